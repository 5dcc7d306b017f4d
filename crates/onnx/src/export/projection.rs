//! Coordinates along components.

use super::estimator::write_in_range;
use super::features::Features;
use super::graph::Graph;
use super::tensor::Constant;
use crate::proto::tensor_proto::DataType;

/// f32 [N, n_components]. The model was checked before.
pub fn write(
    graph: &mut Graph,
    wide: &str,
    features: &Features,
    origin: &[f64],
    components: &[Vec<f64>],
) -> String {
    let ordered = features.order.iter().map(|&feature| origin[feature]);
    let origin = graph.constant("origin", Constant::row_f64(ordered.collect()));
    let by_feature = features
        .order
        .iter()
        .flat_map(|&feature| components.iter().map(move |component| component[feature]));
    let shape = vec![features.order.len() as i64, components.len() as i64];
    let by_feature = graph.constant("components", Constant::F64(shape, by_feature.collect()));
    let from_origin = graph.node("Sub", "from_origin", &[wide, &origin], vec![]);
    let products = graph.node("MatMul", "products", &[&from_origin, &by_feature], vec![]);
    let products = write_in_range(graph, &products);
    graph.cast("coordinates", &products, DataType::Float)
}
