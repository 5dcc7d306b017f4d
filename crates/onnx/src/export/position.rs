//! The position of a value among the categories of its column.

use super::graph::Graph;
use super::tensor::{self, Constant};
use crate::proto::AttributeProto;
use crate::proto::tensor_proto::DataType;

/// What Python's onnxruntime makes of None, of NaN and of pandas' NA in a column of texts.
const PYTHON_MISSING: [&str; 3] = ["None", "nan", "<NA>"];

/// Texts to be found, and what a missing one stands for.
pub struct Keys<'a> {
    pub names: &'a [String],
    pub fill: Option<&'a str>,
    /// Texts that count as missing beside the empty one.
    pub missing: Vec<&'static str>,
}

/// Texts that count as missing beside the empty one: where a missing text is another thing than an unknown one, Python's
/// missing values are missing too, unless training saw such a text as a category or a word.
pub fn missing_texts(is_known: impl Fn(&str) -> bool) -> Vec<&'static str> {
    PYTHON_MISSING
        .into_iter()
        .filter(|&text| !is_known(text))
        .collect()
}

/// i64 [N]: the place of each text, `otherwise` for one that is not there. A missing text has the place of what
/// the recipe fills it in with, if it does.
pub fn write_position(
    graph: &mut Graph,
    texts: &str,
    keys: &Keys<'_>,
    places: &[i64],
    otherwise: i64,
) -> String {
    // The empty text is the missing one, never a category.
    let named = places.iter().copied().zip(keys.names);
    let (mut positions, mut names): (Vec<i64>, Vec<&str>) = named
        .clone()
        .filter(|(_, name)| !name.is_empty())
        .map(|(position, name)| (position, name.as_str()))
        .unzip();
    if let Some(fill) = keys.fill {
        let filled = named.clone().find(|(_, name)| *name == fill);
        let position = filled.map_or(otherwise, |(position, _)| position);
        for missing in std::iter::once("").chain(keys.missing.iter().copied()) {
            names.push(missing);
            positions.push(position);
        }
    }
    if names.is_empty() {
        // The operator wants a key; the position is that of every other text.
        names.push("");
        positions.push(otherwise);
    }
    let attributes: Vec<AttributeProto> = vec![
        tensor::texts("keys_strings", names),
        tensor::ints("values_int64s", positions),
        tensor::int("default_int64", otherwise),
    ];
    graph.node(
        "LabelEncoder",
        &format!("{texts}_position"),
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
    let one = graph.scalar("one", 1.0);
    let equal = graph.node("Equal", "equal", &[number, &keys], vec![]);
    let equal = graph.cast("equal_f64", &equal, DataType::Double);
    let counted = graph.node("MatMul", "counted", &[&equal, &counts], vec![]);
    graph.node("Sub", "position", &[&counted, &one], vec![])
}

/// f64 [N, 1]: how many edges are not above the number; NaN stays it.
pub fn write_bin(graph: &mut Graph, number: &str, edges: &[f64]) -> String {
    let missing = graph.node("IsNaN", "missing", &[number], vec![]);
    let counted = if edges.is_empty() {
        graph.scalar("zero", 0.0)
    } else {
        let ones = Constant::F64(vec![edges.len() as i64, 1], vec![1.0; edges.len()]);
        let ones = graph.constant("ones", ones);
        let edges = graph.constant("edges", Constant::row_f64(edges.to_vec()));
        let above = graph.node("GreaterOrEqual", "above", &[number, &edges], vec![]);
        let above = graph.cast("above_f64", &above, DataType::Double);
        graph.node("MatMul", "bin", &[&above, &ones], vec![])
    };
    graph.node(
        "Where",
        "bin_or_missing",
        &[&missing, number, &counted],
        vec![],
    )
}
