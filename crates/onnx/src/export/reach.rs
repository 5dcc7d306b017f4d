//! The cluster of the nearest stored row, where that is near enough.

use assay_core::model::Distance;

use super::features::Features;
use super::graph::Graph;
use super::nearness::{write_apart, write_rows};
use super::tensor::{self, Constant};
use crate::proto::tensor_proto::DataType;

/// f32 [N, n_classes]: 1 for the class of the nearest row within the root of `radius_squared`, or for the last class.
/// `wide` is f64 [N, n_features]. The model was checked before.
pub fn write(
    graph: &mut Graph,
    wide: &str,
    features: &Features,
    (rows, clusters, radius_squared): (&[f32], &[u32], f32),
    n_classes: i64,
) -> String {
    let rows = write_rows(graph, "stored_rows", rows, features);
    let of_rows = clusters.iter().map(|&cluster| i64::from(cluster)).collect();
    let shape = vec![clusters.len() as i64];
    let clusters = graph.constant("clusters", Constant::I64(shape, of_rows));
    let radius = Constant::F32(Vec::new(), vec![radius_squared]);
    let radius = graph.constant("radius_squared", radius);
    let noise = graph.constant("noise", Constant::I64(vec![1], vec![n_classes - 1]));
    let width = features.order.len() as i64;
    let shape = (DataType::Int64, 1);
    let found = graph.each_row("found", wide, width, shape, |graph, row| {
        let sums = write_apart(graph, row, &rows, Distance::Euclidean);
        let largest = Constant::F64(Vec::new(), vec![f64::from(f32::MAX)]);
        let largest = graph.constant("largest_f32", largest);
        let sums = graph.node("Min", "sums_in_range", &[&sums, &largest], vec![]);
        let sums = graph.cast("compared", &sums, DataType::Float);
        // Of equal ones, ArgMin takes the first.
        let alone = || vec![tensor::int("axis", 0), tensor::int("keepdims", 1)];
        let nearest = graph.node("ArgMin", "nearest", &[&sums], alone());
        let apart = graph.node("Gather", "apart_from_nearest", &[&sums, &nearest], vec![]);
        let cluster = graph.node("Gather", "cluster", &[&clusters, &nearest], vec![]);
        let is_near = graph.node("LessOrEqual", "is_near", &[&apart, &radius], vec![]);
        graph.node(
            "Where",
            "found_class",
            &[&is_near, &cluster, &noise],
            vec![],
        )
    });
    let found = graph.with_axis("Squeeze", "classes_found", &found);
    let depth = graph.constant("n_classes", Constant::scalar_i64(n_classes));
    let off_and_on = graph.constant("off_and_on", Constant::F32(vec![2], vec![0.0, 1.0]));
    graph.node(
        "OneHot",
        "memberships",
        &[&found, &depth, &off_and_on],
        vec![],
    )
}
