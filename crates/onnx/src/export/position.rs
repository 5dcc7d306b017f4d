//! The position of a value among the categories of its column.

use super::column::Categories;
use super::graph::Graph;
use super::tensor::{self, Constant};
use crate::proto::AttributeProto;
use crate::proto::tensor_proto::DataType;

/// i64 [N]: the position of each text, `otherwise` for one that is not there. A missing text is the empty one; where
/// the recipe fills it in, it has the position of what it is filled with.
pub fn write_position(
    graph: &mut Graph,
    texts: &str,
    name: &str,
    categories: Categories<'_>,
    otherwise: i64,
) -> String {
    let mut keys: Vec<&str> = categories.names.iter().map(String::as_str).collect();
    let mut positions: Vec<i64> = (0..keys.len() as i64).collect();
    if let Some(fill) = categories.fill {
        let filled = categories.names.iter().position(|name| name == fill);
        let position = filled.map_or(otherwise, |position| position as i64);
        match keys.iter().position(|key| key.is_empty()) {
            Some(empty) => positions[empty] = position,
            None => {
                keys.push("");
                positions.push(position);
            }
        }
    }
    if keys.is_empty() {
        // The operator wants a key; the position is that of every other text.
        keys.push("");
        positions.push(otherwise);
    }
    let attributes: Vec<AttributeProto> = vec![
        tensor::texts("keys_strings", keys),
        tensor::ints("values_int64s", positions),
        tensor::int("default_int64", otherwise),
    ];
    graph.node(
        "LabelEncoder",
        &format!("{name}_position"),
        &[texts],
        attributes,
    )
}

/// f64 [N, 1]: positions among numbers, counted by comparing with each of them.
pub fn write_number_position(graph: &mut Graph, number: &str, categories: &[f64]) -> String {
    let n = categories.len() as i64;
    let keys = graph.constant("keys", Constant::row_f64(categories.to_vec()));
    let counts = Constant::F64(
        vec![n, 1],
        (1..=n).map(|position| position as f64).collect(),
    );
    let counts = graph.constant("counts", counts);
    let one = graph.constant("one", Constant::F64(Vec::new(), vec![1.0]));
    let equal = graph.node("Equal", "equal", &[number, &keys], vec![]);
    let equal = graph.cast("equal_f64", &equal, DataType::Double);
    let counted = graph.node("MatMul", "counted", &[&equal, &counts], vec![]);
    graph.node("Sub", "position", &[&counted, &one], vec![])
}
