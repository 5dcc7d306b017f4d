//! Normal features that go together, class by class.

use super::features::Features;
use super::gaussian::write_softmax;
use super::graph::Graph;
use super::tensor::Constant;

/// f32 [N, n_classes], the probabilities. The model was checked before.
pub fn write(
    graph: &mut Graph,
    wide: &str,
    features: &Features,
    means: &[Vec<f64>],
    factors: &[Vec<f64>],
    constants: &[f64],
) -> String {
    let width = features.order.len();
    let distances: Vec<String> = means
        .iter()
        .zip(factors)
        .map(|(means, factor)| {
            let ordered = features.order.iter().map(|&feature| means[feature]);
            let means = graph.constant("means", Constant::row_f64(ordered.collect()));
            let columns: Vec<&[f64]> = factor.chunks_exact(width.max(1)).collect();
            let by_feature = features
                .order
                .iter()
                .flat_map(|&feature| columns.iter().map(move |column| column[feature]));
            let shape = vec![width as i64, columns.len() as i64];
            let factor = Constant::F64(shape, by_feature.collect());
            let factor = graph.constant("factor", factor);
            let apart = graph.node("Sub", "apart", &[wide, &means], vec![]);
            let whitened = graph.node("MatMul", "whitened", &[&apart, &factor], vec![]);
            let squares = graph.node("Mul", "squares", &[&whitened, &whitened], vec![]);
            graph.reduce("ReduceSum", "distances", &squares, 1, true)
        })
        .collect();
    write_softmax(graph, &distances, constants)
}
