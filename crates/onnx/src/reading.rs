//! Bytes to a whole model of the format, and a walk through everything in it.

use std::collections::{BTreeMap, HashSet};

use assay_core::registry::Port;
use prost::Message;

use crate::bounds;
use crate::error::Error;
use crate::proto::tensor_shape_proto::dimension::Value as Axis;
use crate::proto::type_proto::Value as Kind;
use crate::proto::{
    AttributeProto, GraphProto, ModelProto, NodeProto, OperatorSetIdProto, TensorProto, TypeProto,
    ValueInfoProto, tensor_proto::DataType,
};
use crate::tensor_values::element_name;

/// The domain of ONNX itself, which files also leave empty.
pub(crate) const ONNX_DOMAIN: &str = "ai.onnx";

/// A model with the parts that every file must have.
pub(crate) struct Whole {
    pub ir_version: u32,
    pub opsets: BTreeMap<String, u32>,
    pub graph: GraphProto,
    /// Without the graph.
    pub model: ModelProto,
}

/// # Errors
/// [`Error::NotOnnx`], [`Error::TooLarge`].
pub(crate) fn read(bytes: &[u8]) -> Result<Whole, Error> {
    bounds::check(bytes)?;
    let mut model = ModelProto::decode(bytes).map_err(|_| Error::NotOnnx)?;
    // Protobuf reads many a byte sequence as a message with nothing in it; a model holds all of these.
    let ir_version = match model.ir_version.map(u32::try_from) {
        Some(Ok(version)) if version > 0 => version,
        _ => return Err(Error::NotOnnx),
    };
    let graph = model.graph.take().ok_or(Error::NotOnnx)?;
    if model.opset_import.is_empty() || graph.output.is_empty() {
        return Err(Error::NotOnnx);
    }
    Ok(Whole {
        ir_version,
        opsets: opsets(&model.opset_import)?,
        graph,
        model,
    })
}

fn opsets(imports: &[OperatorSetIdProto]) -> Result<BTreeMap<String, u32>, Error> {
    imports
        .iter()
        .map(|opset| {
            let version = u32::try_from(opset.version.unwrap_or(0)).map_err(|_| Error::NotOnnx)?;
            Ok((domain(opset.domain.as_deref()).to_owned(), version))
        })
        .collect()
}

impl Whole {
    pub(crate) fn producer(&self) -> String {
        [&self.model.producer_name, &self.model.producer_version]
            .into_iter()
            .flatten()
            .filter(|text| !text.is_empty())
            .cloned()
            .collect::<Vec<_>>()
            .join(" ")
    }

    pub(crate) fn metadata(&self) -> Vec<(String, String)> {
        let entries = self.model.metadata_props.iter();
        entries
            .map(|entry| {
                let text = |part: &Option<String>| part.clone().unwrap_or_default();
                (text(&entry.key), text(&entry.value))
            })
            .collect()
    }

    /// Every node, also those of graphs inside nodes and of functions.
    pub(crate) fn each_node<'a>(&'a self, see: &mut dyn FnMut(&'a NodeProto)) {
        nodes_of(&self.graph.node, see);
        for function in &self.model.functions {
            nodes_of(&function.node, see);
        }
    }

    /// Every constant, wherever it is.
    pub(crate) fn each_tensor<'a>(&'a self, see: &mut dyn FnMut(&'a TensorProto)) {
        tensors_of(&self.graph, see);
        for function in &self.model.functions {
            for node in &function.node {
                tensors_of_node(node, see);
            }
            for attribute in &function.attribute_proto {
                tensors_of_attribute(attribute, see);
            }
        }
    }
}

fn nodes_of<'a>(nodes: &'a [NodeProto], see: &mut dyn FnMut(&'a NodeProto)) {
    for node in nodes {
        see(node);
        for attribute in &node.attribute {
            for graph in graphs_of(attribute) {
                nodes_of(&graph.node, see);
            }
        }
    }
}

fn tensors_of<'a>(graph: &'a GraphProto, see: &mut dyn FnMut(&'a TensorProto)) {
    graph.initializer.iter().for_each(&mut *see);
    for sparse in &graph.sparse_initializer {
        sparse.values.iter().for_each(&mut *see);
        sparse.indices.iter().for_each(&mut *see);
    }
    for node in &graph.node {
        tensors_of_node(node, see);
    }
}

fn tensors_of_node<'a>(node: &'a NodeProto, see: &mut dyn FnMut(&'a TensorProto)) {
    for attribute in &node.attribute {
        tensors_of_attribute(attribute, see);
    }
}

fn tensors_of_attribute<'a>(attribute: &'a AttributeProto, see: &mut dyn FnMut(&'a TensorProto)) {
    attribute.t.iter().for_each(&mut *see);
    attribute.tensors.iter().for_each(&mut *see);
    for sparse in attribute
        .sparse_tensor
        .iter()
        .chain(&attribute.sparse_tensors)
    {
        sparse.values.iter().for_each(&mut *see);
        sparse.indices.iter().for_each(&mut *see);
    }
    for graph in graphs_of(attribute) {
        tensors_of(graph, see);
    }
}

/// The graphs inside an attribute.
pub(crate) fn graphs_of(attribute: &AttributeProto) -> impl Iterator<Item = &GraphProto> {
    attribute.g.iter().chain(&attribute.graphs)
}

pub(crate) fn domain(text: Option<&str>) -> &str {
    match text {
        None | Some("") => ONNX_DOMAIN,
        Some(text) => text,
    }
}

/// The names of a graph's constants.
pub(crate) fn constants(graph: &GraphProto) -> HashSet<&str> {
    let sparse = graph.sparse_initializer.iter();
    graph
        .initializer
        .iter()
        .chain(sparse.filter_map(|sparse| sparse.values.as_ref()))
        .filter_map(|tensor| tensor.name.as_deref())
        .collect()
}

/// Old files name their constants among the inputs too; those are left out.
pub(crate) fn ports(constants: &HashSet<&str>, values: &[ValueInfoProto]) -> Vec<Port> {
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
        .filter(|port| !constants.contains(port.name.as_str()))
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
    let element = DataType::try_from(tensor.elem_type.unwrap_or(0)).unwrap_or(DataType::Undefined);
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
    (element_name(element), shape)
}
