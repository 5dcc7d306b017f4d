//! The nearest of several centres.

use assay_core::model::NEAREST_TOLERANCE;

use super::features::Features;
use super::graph::Graph;
use super::tensor::{self, Constant};
use crate::proto::tensor_proto::DataType;

/// f32 [N, n_classes]: 1 for the nearest centre, else 0. The model was checked before.
pub fn write(
    graph: &mut Graph,
    wide: &str,
    features: &Features,
    origin: &[f64],
    centres: &[Vec<f64>],
) -> String {
    let n_classes = centres.len() as i64;
    let ordered = |row: &[f64]| features.order.iter().map(|&feature| row[feature]).collect();
    let origin = graph.constant("origin", Constant::row_f64(ordered(origin)));
    let by_feature = features
        .order
        .iter()
        .flat_map(|&feature| centres.iter().map(move |centre| centre[feature]))
        .collect();
    let shape = vec![features.order.len() as i64, n_classes];
    let by_feature = graph.constant("centres", Constant::F64(shape, by_feature));
    let half_square =
        |centre: &Vec<f64>| 0.5 * centre.iter().map(|value| value * value).sum::<f64>();
    let halves = Constant::row_f64(centres.iter().map(half_square).collect());
    let halves = graph.constant("halves", halves);
    let from_origin = graph.node("Sub", "from_origin", &[wide, &origin], vec![]);
    let products = graph.node("MatMul", "products", &[&from_origin, &by_feature], vec![]);
    let nearness = graph.node("Sub", "nearness", &[&products, &halves], vec![]);

    let largest = graph.reduce("ReduceMax", "largest", &nearness, 1, true);
    let scalar = Constant::F64(Vec::new(), vec![NEAREST_TOLERANCE]);
    let tolerance = graph.constant("tolerance", scalar);
    let size = graph.node("Abs", "size", &[&largest], vec![]);
    let slack = graph.node("Mul", "slack", &[&size, &tolerance], vec![]);
    let least = graph.node("Sub", "least", &[&largest, &slack], vec![]);
    let is_near = graph.node("GreaterOrEqual", "is_near", &[&nearness, &least], vec![]);
    let near = graph.cast("near", &is_near, DataType::Float);
    let first = vec![tensor::int("axis", 1), tensor::int("keepdims", 0)];
    let index = graph.node("ArgMax", "nearest", &[&near], first);
    let depth = graph.constant("n_classes", Constant::scalar_i64(n_classes));
    let off_and_on = graph.constant("off_and_on", Constant::F32(vec![2], vec![0.0, 1.0]));
    graph.node(
        "OneHot",
        "memberships",
        &[&index, &depth, &off_and_on],
        vec![],
    )
}
