//! A graph in two parts, cut at its trees: what comes before them, and what is made of their sums.

use std::collections::HashSet;

use prost::Message;

use super::forest::Forest;
use crate::proto::tensor_proto::DataType;
use crate::proto::tensor_shape_proto::Dimension;
use crate::proto::tensor_shape_proto::dimension::Value as Axis;
use crate::proto::type_proto::{Tensor, Value};
use crate::proto::{
    AttributeProto, GraphProto, ModelProto, NodeProto, TensorShapeProto, TypeProto, ValueInfoProto,
};

pub struct Cut {
    pub forests: Vec<Forest>,
    /// Raw columns to the features that the forests read.
    pub head: Vec<u8>,
    /// Raw columns and the forests' sums to the outputs.
    pub tail: Vec<u8>,
}

/// `None` for a graph without trees, or with trees on top of trees.
pub fn cut(bytes: &[u8]) -> Option<Cut> {
    let mut model = ModelProto::decode(bytes).ok()?;
    let graph = model.graph.take()?;
    let forests: Vec<Forest> = graph
        .node
        .iter()
        .filter_map(|node| Forest::read(node, &graph))
        .collect();
    if forests.is_empty() {
        return None;
    }
    let sums: HashSet<&str> = forests
        .iter()
        .map(|forest| forest.output.as_str())
        .collect();
    let features = forests.iter().map(|forest| forest.input.as_str());
    let outputs = graph
        .output
        .iter()
        .filter_map(|output| output.name.as_deref());

    let before = needed(&graph, features.clone(), &HashSet::new());
    if before.values.iter().any(|value| sums.contains(value)) {
        return None;
    }
    let after = needed(&graph, outputs, &sums);

    let mut named: HashSet<&str> = HashSet::new();
    let head_outputs = features
        .filter(|name| named.insert(name))
        .map(|name| rows_of(name, None))
        .collect();
    let head = part(&graph, &before, Vec::new(), head_outputs);
    let tail_inputs = forests
        .iter()
        .map(|forest| rows_of(&walked(&forest.output), Some(forest.n_targets)))
        .collect();
    let mut tail = part(&graph, &after, tail_inputs, graph.output.clone());
    // The runtime hands an input that is an output too back without a copy, and the sums are ours.
    let copies = forests.iter().map(|forest| NodeProto {
        op_type: Some("Identity".to_owned()),
        input: vec![walked(&forest.output)],
        output: vec![forest.output.clone()],
        ..NodeProto::default()
    });
    tail.node.splice(..0, copies);
    let mut encode = |graph: GraphProto| {
        model.graph = Some(graph);
        model.encode_to_vec()
    };
    let (head, tail) = (encode(head), encode(tail));
    Some(Cut {
        forests,
        head,
        tail,
    })
}

/// The name under which the tail takes what the trees answered.
pub fn walked(output: &str) -> String {
    format!("{output}/walked")
}

/// What leads to some values.
struct Needed<'a> {
    values: HashSet<&'a str>,
    /// By place in the graph.
    nodes: HashSet<usize>,
}

/// Nodes stand in an order in which each comes after those that it needs, so one look from the end finds all.
fn needed<'a>(
    graph: &'a GraphProto,
    wanted: impl Iterator<Item = &'a str>,
    given: &HashSet<&str>,
) -> Needed<'a> {
    let mut found = Needed {
        values: wanted.collect(),
        nodes: HashSet::new(),
    };
    for (place, node) in graph.node.iter().enumerate().rev() {
        let makes =
            |name: &String| found.values.contains(name.as_str()) && !given.contains(name.as_str());
        if node.output.iter().any(makes) {
            found.nodes.insert(place);
            read_by(node, &mut found.values);
        }
    }
    found
}

/// The values that a node reads, also those that the graphs within it take from around them.
fn read_by<'a>(node: &'a NodeProto, values: &mut HashSet<&'a str>) {
    values.extend(node.input.iter().map(String::as_str));
    for graph in node.attribute.iter().flat_map(inner) {
        values.extend(
            graph
                .output
                .iter()
                .filter_map(|output| output.name.as_deref()),
        );
        for node in &graph.node {
            read_by(node, values);
        }
    }
}

fn inner(attribute: &AttributeProto) -> impl Iterator<Item = &GraphProto> {
    attribute.g.iter().chain(&attribute.graphs)
}

fn part(
    graph: &GraphProto,
    needed: &Needed<'_>,
    more_inputs: Vec<ValueInfoProto>,
    outputs: Vec<ValueInfoProto>,
) -> GraphProto {
    let is_needed = |name: &Option<String>| {
        name.as_deref()
            .is_some_and(|name| needed.values.contains(name))
    };
    GraphProto {
        name: graph.name.clone(),
        node: graph
            .node
            .iter()
            .enumerate()
            .filter(|(place, _)| needed.nodes.contains(place))
            .map(|(_, node)| node.clone())
            .collect(),
        initializer: graph
            .initializer
            .iter()
            .filter(|tensor| is_needed(&tensor.name))
            .cloned()
            .collect(),
        input: graph
            .input
            .iter()
            .filter(|input| is_needed(&input.name))
            .cloned()
            .chain(more_inputs)
            .collect(),
        output: outputs,
        ..GraphProto::default()
    }
}

/// f32 [N, width].
fn rows_of(name: &str, width: Option<usize>) -> ValueInfoProto {
    let axis = |value| Dimension {
        value,
        ..Dimension::default()
    };
    let width = width.and_then(|width| i64::try_from(width).ok());
    let shape = TensorShapeProto {
        dim: vec![
            axis(Some(Axis::DimParam("N".to_owned()))),
            axis(width.map(Axis::DimValue)),
        ],
    };
    ValueInfoProto {
        name: Some(name.to_owned()),
        r#type: Some(TypeProto {
            value: Some(Value::TensorType(Tensor {
                elem_type: Some(DataType::Float as i32),
                shape: Some(shape),
            })),
            ..TypeProto::default()
        }),
        ..ValueInfoProto::default()
    }
}
