//! Naive Bayes of normal features, class by class: all classes at once would need n_classes x n_features numbers a row.

use super::estimator::write_in_range;
use super::features::Features;
use super::graph::Graph;
use super::tensor::{self, Constant};
use crate::proto::tensor_proto::DataType;

/// f32 [N, n_classes], the probabilities. The model was checked before.
pub fn write(
    graph: &mut Graph,
    wide: &str,
    features: &Features,
    means: &[Vec<f64>],
    precisions: &[Vec<f64>],
    constants: &[f64],
) -> String {
    let ordered = |row: &[f64]| features.order.iter().map(|&feature| row[feature]).collect();
    let distances: Vec<String> = means
        .iter()
        .zip(precisions)
        .map(|(means, precisions)| {
            let means = graph.constant("means", Constant::row_f64(ordered(means)));
            let shape = vec![precisions.len() as i64, 1];
            let precisions = Constant::F64(shape, ordered(precisions));
            let precisions = graph.constant("precisions", precisions);
            let distance = graph.node("Sub", "distance", &[wide, &means], vec![]);
            let square = graph.node("Mul", "square", &[&distance, &distance], vec![]);
            graph.node("MatMul", "distances", &[&square, &precisions], vec![])
        })
        .collect();
    write_softmax(graph, &distances, constants)
}

/// f32 [N, n_classes]: the softmax of constant − ½ distance; `distances` are f64 [N, 1], one a class.
pub fn write_softmax(graph: &mut Graph, distances: &[String], constants: &[f64]) -> String {
    let distances = graph.concat("all_distances", distances);
    let half = graph.constant("half", Constant::F64(Vec::new(), vec![0.5]));
    let halves = graph.node("Mul", "halves", &[&distances, &half], vec![]);
    let constants = graph.constant("constants", Constant::row_f64(constants.to_vec()));
    let sums = graph.node("Sub", "sums", &[&constants, &halves], vec![]);
    let sums = write_in_range(graph, &sums);
    let rounded = graph.cast("sums_f32", &sums, DataType::Float);
    let sums = graph.cast("sums_f64", &rounded, DataType::Double);
    let axis = vec![tensor::int("axis", 1)];
    let probabilities = graph.node("Softmax", "probabilities_f64", &[&sums], axis);
    graph.cast("probabilities", &probabilities, DataType::Float)
}
