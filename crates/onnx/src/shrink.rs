//! Smaller graphs that say nearly the same: weights in fewer bits, trees with fewer nodes.

mod ensemble;
mod float16;
mod int8;
mod prune;

use assay_core::Columns;
use assay_core::variants::VariantKind;
use prost::Message;

use crate::error::Error;
use crate::proto::{AttributeProto, GraphProto, ModelProto, NodeProto};
use crate::reading::{Whole, read};
use crate::runtime::Runtime;

/// A matrix with fewer numbers costs more in nodes than it saves in bits.
const FEWEST_NUMBERS: usize = 64;

/// A smaller file of a graph.
#[derive(Debug, Clone, PartialEq)]
pub struct Shrunk {
    pub bytes: Vec<u8>,
    /// What was done: `2 of 3 matrices are in 16 bits`.
    pub note: String,
}

/// Matrices that stand in products as float16; they are widened again when the graph is loaded, and everything is
/// computed as before.
///
/// # Errors
/// [`Error::Shrink`] says why the graph does not get smaller; [`Error::NotOnnx`], [`Error::TooLarge`].
pub fn to_float16(bytes: &[u8]) -> Result<Shrunk, Error> {
    changed(bytes, VariantKind::Float16, float16::write)
}

/// Matrices that stand in products as int8, a scale for each of their columns; what they are multiplied with is quantised as
/// it comes, with one scale for all rows of a call (`DynamicQuantizeLinear`, `MatMulInteger`).
///
/// # Errors
/// As [`to_float16`].
pub fn to_int8(bytes: &[u8]) -> Result<Shrunk, Error> {
    changed(bytes, VariantKind::Int8, int8::write)
}

/// Trees with a share of their nodes, over 0 and under 1: subtrees become leaves, those first that cost the rows least
/// for each node that they save (weakest-link pruning, Breiman et al. 1984; the loss is the sum of squares between what
/// a row got from its leaves and what it gets then).
///
/// # Errors
/// As [`to_float16`]; and as [`crate::Session::predict`] for the rows.
pub fn prune(
    runtime: &Runtime,
    bytes: &[u8],
    share: f64,
    columns: &Columns,
) -> Result<Shrunk, Error> {
    let rows = prune::rows(runtime, bytes, columns)?;
    changed(bytes, VariantKind::Pruned, |whole| {
        prune::write(&mut whole.graph, share, &rows)
    })
}

fn changed(
    bytes: &[u8],
    kind: VariantKind,
    change: impl FnOnce(&mut Whole) -> Result<String, Error>,
) -> Result<Shrunk, Error> {
    let mut whole = read(bytes)?;
    let note = change(&mut whole)?;
    let file = ModelProto {
        graph: Some(whole.graph),
        ..whole.model
    };
    let smaller = file.encode_to_vec();
    if smaller.len() >= bytes.len() {
        return Err(Error::Shrink(format!(
            "as {} it would have {} bytes instead of {}",
            kind.name(),
            smaller.len(),
            bytes.len()
        )));
    }
    Ok(Shrunk {
        bytes: smaller,
        note,
    })
}

/// Names that no value of the graph has, nor of the graphs inside its nodes.
struct Names<'a>(std::collections::HashSet<&'a str>);

impl<'a> Names<'a> {
    fn of(graph: &'a GraphProto) -> Self {
        let mut names = std::collections::HashSet::new();
        collect(graph, &mut names);
        Self(names)
    }

    fn fresh(&self, hint: &str) -> String {
        let mut name = hint.to_owned();
        while self.0.contains(name.as_str()) {
            name.push('_');
        }
        name
    }
}

fn collect<'a>(graph: &'a GraphProto, names: &mut std::collections::HashSet<&'a str>) {
    let values = graph.input.iter().chain(&graph.output);
    names.extend(values.filter_map(|value| value.name.as_deref()));
    names.extend(
        graph
            .initializer
            .iter()
            .filter_map(|tensor| tensor.name.as_deref()),
    );
    for node in &graph.node {
        names.extend(node.input.iter().chain(&node.output).map(String::as_str));
        for inner in node
            .attribute
            .iter()
            .filter_map(|attribute| attribute.g.as_ref())
        {
            collect(inner, names);
        }
    }
}

fn is_product(node: &NodeProto) -> bool {
    matches!(node.op_type.as_deref(), Some("MatMul" | "Gemm")) && is_standard(node)
}

fn is_standard(node: &NodeProto) -> bool {
    matches!(node.domain.as_deref(), None | Some("" | "ai.onnx"))
}

fn node(
    operator: &str,
    inputs: &[&str],
    outputs: &[&str],
    attribute: Vec<AttributeProto>,
) -> NodeProto {
    NodeProto {
        name: Some(format!("{operator}/{}", outputs.first().unwrap_or(&""))),
        op_type: Some(operator.to_owned()),
        input: inputs.iter().map(|&name| name.to_owned()).collect(),
        output: outputs.iter().map(|&name| name.to_owned()).collect(),
        attribute,
        ..NodeProto::default()
    }
}

/// The operators of a graph in words, for a sentence that says why nothing can be done.
fn operators(graph: &GraphProto) -> String {
    let mut found: Vec<&str> = graph
        .node
        .iter()
        .filter_map(|node| node.op_type.as_deref())
        .collect();
    found.sort_unstable();
    found.dedup();
    found.join(", ")
}
