//! The position of a value among the categories of its column.

use super::column::Categories;
use super::graph::Graph;
use super::tensor::{self, Constant};
use crate::proto::AttributeProto;
use crate::proto::tensor_proto::DataType;

/// What Python's onnxruntime makes of None, of NaN and of pandas' NA in a column of texts.
const PYTHON_MISSING: [&str; 3] = ["None", "nan", "<NA>"];

/// Texts that count as missing beside the empty one: where a missing text is filled in, Python's missing values are
/// too, unless training saw such a text as a category. (Where it is not, they are unknown texts, which is the same.)
pub fn missing_texts(categories: &Categories<'_>) -> Vec<&'static str> {
    if categories.fill.is_none() {
        return Vec::new();
    }
    PYTHON_MISSING
        .into_iter()
        .filter(|&text| categories.names.iter().all(|name| name != text))
        .collect()
}

/// i64 [N]: the position of each text, `otherwise` for one that is not there. A missing text has the position of what
/// the recipe fills it in with, if it does.
pub fn write_position(
    graph: &mut Graph,
    texts: &str,
    name: &str,
    categories: Categories<'_>,
    otherwise: i64,
) -> String {
    // The empty text is the missing one, never a category.
    let named = (0..)
        .zip(categories.names)
        .filter(|(_, name)| !name.is_empty());
    let (mut positions, mut keys): (Vec<i64>, Vec<&str>) = named
        .map(|(position, name)| (position, name.as_str()))
        .unzip();
    if let Some(fill) = categories.fill {
        let filled = (0..).zip(categories.names).find(|(_, name)| *name == fill);
        let position = filled.map_or(otherwise, |(position, _)| position);
        for missing in std::iter::once("").chain(missing_texts(&categories)) {
            keys.push(missing);
            positions.push(position);
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
