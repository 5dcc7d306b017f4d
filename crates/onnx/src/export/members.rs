//! Several models as one: a weighted mean, or a last model over what the others answer.

use assay_core::model::Model;

use super::estimator::{write_answers, write_in_range};
use super::features::Features;
use super::graph::Graph;
use super::tensor::Constant;
use crate::proto::tensor_proto::DataType;

/// f32 [N, n_outputs]. The members were checked before.
pub fn write_vote(
    graph: &mut Graph,
    members: &[Model],
    weights: &[f64],
    features: &Features,
    wide: &str,
) -> String {
    let mut sum: Option<String> = None;
    for (member, &weight) in members.iter().zip(weights) {
        let answers = write_answers(graph, member, features, wide);
        let answers = graph.cast("member_f64", &answers, DataType::Double);
        let weight = graph.constant("weight", Constant::F64(Vec::new(), vec![weight]));
        let weighted = graph.node("Mul", "weighted", &[&answers, &weight], vec![]);
        sum = Some(match sum {
            Some(sum) => graph.node("Add", "votes", &[&sum, &weighted], vec![]),
            None => weighted,
        });
    }
    let sum = write_in_range(graph, &sum.unwrap_or_default());
    graph.cast("mean_of_members", &sum, DataType::Float)
}

/// f32 [N, n_outputs]. The members were checked before.
pub fn write_stack(
    graph: &mut Graph,
    members: &[Model],
    last: &Model,
    features: &Features,
    wide: &str,
) -> String {
    let answers: Vec<String> = members
        .iter()
        .map(|member| {
            let answers = write_answers(graph, member, features, wide);
            if member.n_outputs() == 2 {
                write_second(graph, &answers)
            } else {
                answers
            }
        })
        .collect();
    let stacked = Features {
        name: graph.concat("member_answers", &answers),
        order: (0..last.n_features).collect(),
        missing_texts: Default::default(),
    };
    let wide = graph.cast("member_answers_f64", &stacked.name, DataType::Double);
    write_answers(graph, last, &stacked, &wide)
}

/// Column 1 as [N, 1].
fn write_second(graph: &mut Graph, answers: &str) -> String {
    let column = graph.constant("second", Constant::I64(vec![1], vec![1]));
    let axis = vec![super::tensor::int("axis", 1)];
    graph.node("Gather", "of_second_class", &[answers, &column], axis)
}
