//! Any ONNX file as it is drawn: every node with its attributes, every constant with its statistics.

mod attributes;

pub(crate) use attributes::drawn;

use std::collections::BTreeSet;

use assay_core::onnx_graph::{Initializer, OnnxGraph, OnnxNode, TensorPlace, TensorStatistics};

use crate::error::Error;
use crate::inspect::n_parameters;
use crate::proto::{GraphProto, ModelProto, NodeProto, TensorProto};
use crate::reading::{ONNX_DOMAIN, Whole, constants, domain, graphs_of, ports, read};
use crate::tensor_values::{
    Numbers, element, element_name, is_external, location, n_values, width,
};

/// Domains whose operators ONNX Runtime brings.
const KNOWN_DOMAINS: [&str; 3] = [ONNX_DOMAIN, "ai.onnx.ml", "com.microsoft"];
/// Numbers of which statistics are made without being asked for: of one constant, and of all together.
const MAX_VALUES: usize = 1 << 20;
const MAX_VALUES_IN_ALL: usize = 1 << 24;

/// Reads a file without running it; needs no ONNX Runtime. `title` names it.
///
/// # Errors
/// [`Error::NotOnnx`], [`Error::TooLarge`].
pub fn graph(title: &str, bytes: &[u8]) -> Result<OnnxGraph, Error> {
    let whole = read(bytes)?;
    let constants = constants(&whole.graph);
    let mut drawing = Drawing {
        left: MAX_VALUES_IN_ALL,
        ..Drawing::default()
    };
    drawing.add(&whole.graph, None, "");
    let (functions, custom_operators) = operators(&whole);
    let external_data = external_files(&whole);
    Ok(OnnxGraph {
        title: title.to_owned(),
        ir_version: whole.ir_version,
        producer: whole.producer(),
        description: description(&whole.model),
        metadata: whole.metadata(),
        size_bytes: bytes.len() as u64,
        inputs: ports(&constants, &whole.graph.input),
        outputs: ports(&constants, &whole.graph.output),
        nodes: drawing.nodes,
        initializers: drawing.initializers,
        values: ports(&constants, &whole.graph.value_info),
        n_parameters: n_parameters(&whole.graph),
        custom_operators,
        functions,
        external_data,
        opsets: whole.opsets,
    })
}

/// The statistics of one constant of a file, however large it is; `None` for texts, and for values that are elsewhere
/// or damaged.
///
/// # Errors
/// [`Error::NotOnnx`], [`Error::TooLarge`]; [`Error::NoTensor`] when there is nothing in that place.
pub fn tensor_statistics(
    bytes: &[u8],
    place: &TensorPlace,
) -> Result<Option<TensorStatistics>, Error> {
    let whole = read(bytes)?;
    let missing = || Error::NoTensor;
    match place {
        TensorPlace::Initializer { index } => {
            let mut left = *index as usize;
            let tensor = nth_initializer(&whole.graph, &mut left).ok_or_else(missing)?;
            Ok(Numbers::of(tensor).and_then(|numbers| TensorStatistics::of(numbers.iter())))
        }
        TensorPlace::Attribute { node, name } => {
            let mut left = *node as usize;
            let node = nth_node(&whole.graph.node, &mut left).ok_or_else(missing)?;
            let attribute = node
                .attribute
                .iter()
                .find(|attribute| attribute.name.as_deref() == Some(name))
                .ok_or_else(missing)?;
            Ok(attributes::statistics(attribute, usize::MAX))
        }
    }
}

#[derive(Default)]
struct Drawing {
    nodes: Vec<OnnxNode>,
    initializers: Vec<Initializer>,
    /// Numbers of which statistics may still be made.
    left: usize,
}

impl Drawing {
    fn add(&mut self, graph: &GraphProto, parent: Option<u32>, path: &str) {
        for tensor in &graph.initializer {
            let initializer = self.initializer(tensor, path);
            self.initializers.push(initializer);
        }
        for node in &graph.node {
            let index = self.nodes.len() as u32;
            let drawn = self.node(node, index, parent, path);
            self.nodes.push(drawn);
            for attribute in &node.attribute {
                let name = attribute.name.as_deref().unwrap_or_default();
                for inner in graphs_of(attribute) {
                    let slash = if path.is_empty() { "" } else { "/" };
                    self.add(inner, Some(index), &format!("{path}{slash}{index}.{name}"));
                }
            }
        }
    }

    fn node(&mut self, node: &NodeProto, index: u32, parent: Option<u32>, path: &str) -> OnnxNode {
        OnnxNode {
            index,
            name: node.name.clone().unwrap_or_default(),
            op: node.op_type.clone().unwrap_or_default(),
            domain: domain(node.domain.as_deref()).to_owned(),
            inputs: node.input.clone(),
            outputs: node.output.clone(),
            attributes: node
                .attribute
                .iter()
                .map(|attribute| {
                    let found = drawn(attribute, self.left.min(MAX_VALUES));
                    self.spend(found.statistics.as_ref());
                    found
                })
                .collect(),
            parent,
            path: path.to_owned(),
        }
    }

    fn initializer(&mut self, tensor: &TensorProto, path: &str) -> Initializer {
        let element = element(tensor);
        let n_values = n_values(tensor);
        let external = is_external(tensor).then(|| location(tensor).to_owned());
        let statistics = Numbers::of(tensor)
            .filter(|numbers| numbers.len() <= self.left.min(MAX_VALUES))
            .and_then(|numbers| TensorStatistics::of(numbers.iter()));
        self.spend(statistics.as_ref());
        Initializer {
            name: tensor.name.clone().unwrap_or_default(),
            path: path.to_owned(),
            element: element_name(element),
            shape: tensor
                .dims
                .iter()
                .map(|&n| u64::try_from(n).unwrap_or(0))
                .collect(),
            n_values,
            size_bytes: match width(element) {
                Some(width) => n_values.saturating_mul(width as u64),
                None => tensor
                    .string_data
                    .iter()
                    .map(|text| text.len() as u64)
                    .sum(),
            },
            external,
            statistics,
        }
    }

    fn spend(&mut self, statistics: Option<&TensorStatistics>) {
        let n_values = statistics.map_or(0, |found| found.n_values);
        self.left = self.left.saturating_sub(n_values as usize);
    }
}

/// `domain::Operator` of functions that the file brings, and of operators that nobody defines.
pub(crate) fn operators(whole: &Whole) -> (Vec<String>, Vec<String>) {
    let named = |of: Option<&str>, operator: Option<&str>| {
        format!("{}::{}", domain(of), operator.unwrap_or_default())
    };
    let functions: BTreeSet<String> = whole
        .model
        .functions
        .iter()
        .map(|function| named(function.domain.as_deref(), function.name.as_deref()))
        .collect();
    let mut custom = BTreeSet::new();
    whole.each_node(&mut |node| {
        if !KNOWN_DOMAINS.contains(&domain(node.domain.as_deref())) {
            let name = named(node.domain.as_deref(), node.op_type.as_deref());
            if !functions.contains(&name) {
                custom.insert(name);
            }
        }
    });
    (
        functions.into_iter().collect(),
        custom.into_iter().collect(),
    )
}

/// Names of files that hold constants; sorted.
pub(crate) fn external_files(whole: &Whole) -> Vec<String> {
    let mut names = BTreeSet::new();
    whole.each_tensor(&mut |tensor| {
        if is_external(tensor) {
            names.insert(location(tensor).to_owned());
        }
    });
    names.into_iter().collect()
}

fn description(model: &ModelProto) -> String {
    model.doc_string.clone().unwrap_or_default()
}

/// In the order of [`Drawing::add`].
fn nth_initializer<'a>(graph: &'a GraphProto, left: &mut usize) -> Option<&'a TensorProto> {
    if let Some(found) = graph.initializer.get(*left) {
        return Some(found);
    }
    *left -= graph.initializer.len();
    graph
        .node
        .iter()
        .flat_map(|node| &node.attribute)
        .flat_map(graphs_of)
        .find_map(|inner| nth_initializer(inner, left))
}

/// In the order of [`Drawing::add`].
fn nth_node<'a>(nodes: &'a [NodeProto], left: &mut usize) -> Option<&'a NodeProto> {
    for node in nodes {
        if *left == 0 {
            return Some(node);
        }
        *left -= 1;
        let inside = node
            .attribute
            .iter()
            .flat_map(graphs_of)
            .find_map(|graph| nth_node(&graph.node, left));
        if inside.is_some() {
            return inside;
        }
    }
    None
}
