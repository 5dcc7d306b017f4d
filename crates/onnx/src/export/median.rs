//! The weighted median of trees: their leaves side by side, sorted, and the first at which the weights reach half.

use assay_core::model::Tree;

use super::features::Features;
use super::graph::Graph;
use super::tensor::{self, Constant};
use super::trees;
use crate::proto::tensor_proto::DataType;

/// f32 [N, 1]. The trees were checked before.
pub fn write(
    graph: &mut Graph,
    wide: &str,
    features: &Features,
    trees: &[Tree],
    weights: &[f64],
) -> String {
    let n_trees = trees.len() as i64;
    // As many sums as trees: each leaf stands alone.
    let leaves = trees::write_sums(graph, wide, features, trees, &vec![0.0; trees.len()]);
    let n = graph.constant("n_trees", Constant::I64(vec![1], vec![n_trees]));
    let ascending = vec![
        tensor::int("axis", 1),
        tensor::int("largest", 0),
        tensor::int("sorted", 1),
    ];
    let sorted = graph.node_with("TopK", &["sorted", "numbers"], &[&leaves, &n], ascending);
    let [sorted, numbers] = sorted.as_slice() else {
        return leaves;
    };
    let half = Constant::F64(Vec::new(), vec![weights.iter().sum::<f64>() / 2.0]);
    let half = graph.constant("half_of_all", half);
    let weights = graph.constant("tree_weights", Constant::row_f64(weights.to_vec()));
    let weights = graph.node("Gather", "weights", &[&weights, numbers], vec![]);
    let axis = graph.constant("along", Constant::scalar_i64(1));
    let upto = graph.node("CumSum", "weights_up_to", &[&weights, &axis], vec![]);
    let is_reached = graph.node("GreaterOrEqual", "is_reached", &[&upto, &half], vec![]);
    let reached = graph.cast("reached", &is_reached, DataType::Float);
    // The first of equals.
    let first = vec![tensor::int("axis", 1), tensor::int("keepdims", 1)];
    let place = graph.node("ArgMax", "place", &[&reached], first);
    let axis = vec![tensor::int("axis", 1)];
    graph.node("GatherElements", "median", &[sorted, &place], axis)
}
