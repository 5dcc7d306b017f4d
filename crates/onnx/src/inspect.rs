//! Any ONNX file: what it says of itself.

use std::collections::BTreeMap;

use assay_core::registry::{GraphNode, GraphSummary, Inspection, Port};
use prost::Message;

use crate::error::Error;
use crate::proto::tensor_shape_proto::dimension::Value as Axis;
use crate::proto::type_proto::Value as Kind;
use crate::proto::{
    AttributeProto, GraphProto, ModelProto, TensorProto, TypeProto, ValueInfoProto,
    tensor_proto::DataType,
};

/// Reads the definition of a graph without running it; needs no ONNX Runtime.
///
/// # Errors
/// [`Error::NotOnnx`] for anything that is no ONNX file, or not a whole one.
pub fn inspect(bytes: &[u8]) -> Result<Inspection, Error> {
    let model = ModelProto::decode(bytes).map_err(|_| Error::NotOnnx)?;
    // Protobuf reads many a byte sequence as a message with nothing in it; a model holds all of these.
    let ir_version = match model.ir_version.map(u32::try_from) {
        Some(Ok(version)) if version > 0 => version,
        _ => return Err(Error::NotOnnx),
    };
    let graph = model.graph.ok_or(Error::NotOnnx)?;
    if model.opset_import.is_empty() || graph.output.is_empty() {
        return Err(Error::NotOnnx);
    }
    let mut opsets = BTreeMap::new();
    for opset in model.opset_import {
        let domain = match opset.domain.unwrap_or_default() {
            domain if domain.is_empty() => "ai.onnx".to_owned(),
            domain => domain,
        };
        let version = u32::try_from(opset.version.unwrap_or(0)).map_err(|_| Error::NotOnnx)?;
        opsets.insert(domain, version);
    }
    let producer = [model.producer_name, model.producer_version]
        .into_iter()
        .flatten()
        .filter(|text| !text.is_empty())
        .collect::<Vec<_>>()
        .join(" ");
    let n_constants = graph.initializer.iter().map(n_floats);
    let n_in_nodes = graph
        .node
        .iter()
        .flat_map(|node| &node.attribute)
        .map(n_floats_in_attribute);
    let n_parameters = n_constants.chain(n_in_nodes).fold(0, u64::saturating_add);
    Ok(Inspection {
        ir_version,
        opsets,
        producer,
        inputs: ports(&graph, &graph.input),
        outputs: ports(&graph, &graph.output),
        n_parameters,
        metadata: model
            .metadata_props
            .into_iter()
            .map(|entry| {
                (
                    entry.key.unwrap_or_default(),
                    entry.value.unwrap_or_default(),
                )
            })
            .collect(),
        graph: summary(&graph),
    })
}

/// The graph without its constants.
pub(crate) fn summary(graph: &GraphProto) -> GraphSummary {
    let names = |ports: Vec<Port>| ports.into_iter().map(|port| port.name).collect();
    GraphSummary {
        nodes: graph
            .node
            .iter()
            .map(|node| GraphNode {
                name: node.name.clone().unwrap_or_default(),
                op: node.op_type.clone().unwrap_or_default(),
                inputs: node
                    .input
                    .iter()
                    .filter(|name| !name.is_empty() && !is_constant(graph, name))
                    .cloned()
                    .collect(),
                outputs: node.output.clone(),
            })
            .collect(),
        inputs: names(ports(graph, &graph.input)),
        outputs: names(ports(graph, &graph.output)),
    }
}

fn is_constant(graph: &GraphProto, name: &str) -> bool {
    graph
        .initializer
        .iter()
        .any(|tensor| tensor.name.as_deref() == Some(name))
}

/// Old files name their constants among the inputs too; those are left out.
fn ports(graph: &GraphProto, values: &[ValueInfoProto]) -> Vec<Port> {
    values
        .iter()
        .map(|value| {
            let (element, shape) = described(value.r#type.as_ref());
            Port {
                name: value.name.clone().unwrap_or_default(),
                element,
                shape,
            }
        })
        .filter(|port| !is_constant(graph, &port.name))
        .collect()
}

fn described(kind: Option<&TypeProto>) -> (String, Vec<String>) {
    let tensor = match kind.and_then(|kind| kind.value.as_ref()) {
        Some(Kind::TensorType(tensor)) => tensor,
        Some(Kind::SequenceType(_)) => return ("sequence".to_owned(), Vec::new()),
        Some(Kind::MapType(_)) => return ("map".to_owned(), Vec::new()),
        Some(_) => return ("other".to_owned(), Vec::new()),
        None => return ("?".to_owned(), Vec::new()),
    };
    let element = DataType::try_from(tensor.elem_type.unwrap_or(0))
        .unwrap_or(DataType::Undefined)
        .as_str_name()
        .to_lowercase();
    let shape = tensor
        .shape
        .iter()
        .flat_map(|shape| &shape.dim)
        .map(|axis| match &axis.value {
            Some(Axis::DimValue(n)) => n.to_string(),
            Some(Axis::DimParam(name)) => name.clone(),
            None => "?".to_owned(),
        })
        .collect();
    (element, shape)
}

fn n_floats(tensor: &TensorProto) -> u64 {
    let floating = [
        DataType::Float,
        DataType::Double,
        DataType::Float16,
        DataType::Bfloat16,
    ];
    if !floating
        .iter()
        .any(|&kind| tensor.data_type == Some(kind as i32))
    {
        return 0;
    }
    tensor
        .dims
        .iter()
        .map(|&n| u64::try_from(n).unwrap_or(0))
        .fold(1, u64::saturating_mul)
}

fn n_floats_in_attribute(attribute: &AttributeProto) -> u64 {
    attribute.floats.len() as u64 + attribute.t.as_ref().map_or(0, n_floats)
}
