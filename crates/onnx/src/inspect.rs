//! Any ONNX file: what it says of itself.

use std::collections::HashSet;

use assay_core::registry::{GraphNode, GraphSummary, Inspection};

use crate::error::Error;
use crate::graph::{external_files, operators};
use crate::proto::{AttributeProto, GraphProto, TensorProto, tensor_proto::DataType};
use crate::reading::{constants, ports, read};
use crate::tensor_values::{element, n_values};

/// Reads the definition of a graph without running it; needs no ONNX Runtime.
///
/// # Errors
/// [`Error::NotOnnx`] for anything that is no ONNX file, or not a whole one; [`Error::TooLarge`].
pub fn inspect(bytes: &[u8]) -> Result<Inspection, Error> {
    let whole = read(bytes)?;
    let constants = constants(&whole.graph);
    Ok(Inspection {
        ir_version: whole.ir_version,
        opsets: whole.opsets.clone(),
        producer: whole.producer(),
        inputs: ports(&constants, &whole.graph.input),
        outputs: ports(&constants, &whole.graph.output),
        n_parameters: n_parameters(&whole.graph),
        metadata: whole.metadata(),
        size_bytes: bytes.len() as u64,
        custom_operators: operators(&whole).1,
        external_data: external_files(&whole),
        graph: summary(&whole.graph),
    })
}

/// The graph without its constants.
pub(crate) fn summary(graph: &GraphProto) -> GraphSummary {
    let constants = constants(graph);
    let names = |values| {
        let ports = ports(&constants, values).into_iter();
        ports.map(|port| port.name).collect()
    };
    GraphSummary {
        nodes: graph
            .node
            .iter()
            .map(|node| GraphNode {
                name: node.name.clone().unwrap_or_default(),
                op: node.op_type.clone().unwrap_or_default(),
                inputs: wired(&node.input, &constants),
                outputs: node.output.clone(),
            })
            .collect(),
        inputs: names(&graph.input),
        outputs: names(&graph.output),
    }
}

fn wired(inputs: &[String], constants: &HashSet<&str>) -> Vec<String> {
    let values = inputs.iter();
    values
        .filter(|name| !name.is_empty() && !constants.contains(name.as_str()))
        .cloned()
        .collect()
}

/// Floating-point numbers among the constants of a graph and its nodes.
pub(crate) fn n_parameters(graph: &GraphProto) -> u64 {
    let constants = graph.initializer.iter().map(n_floats);
    let in_nodes = graph
        .node
        .iter()
        .flat_map(|node| &node.attribute)
        .map(n_floats_in_attribute);
    constants.chain(in_nodes).fold(0, u64::saturating_add)
}

fn n_floats(tensor: &TensorProto) -> u64 {
    let is_floating = matches!(
        element(tensor),
        DataType::Float | DataType::Double | DataType::Float16 | DataType::Bfloat16
    );
    if is_floating { n_values(tensor) } else { 0 }
}

fn n_floats_in_attribute(attribute: &AttributeProto) -> u64 {
    attribute.floats.len() as u64 + attribute.t.as_ref().map_or(0, n_floats)
}
