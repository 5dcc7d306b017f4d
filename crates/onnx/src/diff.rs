//! Two ONNX files side by side, without running either.

mod ensembles;
mod matching;
mod weights;

use std::collections::BTreeMap;

use assay_core::ObjectHash;
use assay_core::model_diff::{
    ChangedText, MODEL_DIFF_SCHEMA, MOST_LISTED, ModelDiff, ModelDiffSide, NodeAt, NodeChange,
    NodeChanges,
};
use assay_core::registry::Port;

use self::matching::{Flat, Matched, flatten};
use crate::error::Error;
use crate::graph::drawn;
use crate::inspect::n_parameters;
use crate::proto::{AttributeProto, NodeProto};
use crate::reading::{Whole, constants, ports, read};

/// A file, what it is called, and the name of its content.
#[derive(Debug, Clone, Copy)]
pub struct DiffSide<'a> {
    pub title: &'a str,
    pub file: &'a ObjectHash,
    pub bytes: &'a [u8],
}

/// What differs between two files; predictions are not compared here.
///
/// Nodes are matched by their names, then by the names of their outputs, then by what they do with what they are fed,
/// and what is left by operator in the order of the files.
///
/// # Errors
/// [`Error::NotOnnx`], [`Error::TooLarge`].
pub fn diff(left: DiffSide<'_>, right: DiffSide<'_>) -> Result<ModelDiff, Error> {
    let (a, b) = (read(left.bytes)?, read(right.bytes)?);
    let (flat_a, flat_b) = (flatten(&a.graph), flatten(&b.graph));
    let same_file = left.bytes == right.bytes;
    let matched = Matched::of(&flat_a, &flat_b, same_file);
    let opsets = |whole: &Whole| -> BTreeMap<String, String> {
        let opsets = whole.opsets.iter();
        opsets
            .map(|(domain, version)| (domain.clone(), version.to_string()))
            .collect()
    };
    let metadata = |whole: &Whole| -> BTreeMap<String, String> {
        let entries = whole.metadata().into_iter();
        entries
            .map(|(key, value)| (key, shortened(&value)))
            .collect()
    };
    let inputs = |whole: &Whole| described(&ports(&constants(&whole.graph), &whole.graph.input));
    let outputs = |whole: &Whole| described(&ports(&constants(&whole.graph), &whole.graph.output));
    Ok(ModelDiff {
        schema: MODEL_DIFF_SCHEMA,
        same_file,
        opsets: changed(&opsets(&a), &opsets(&b)),
        metadata: changed(&metadata(&a), &metadata(&b)),
        inputs: changed(&inputs(&a), &inputs(&b)),
        outputs: changed(&outputs(&a), &outputs(&b)),
        nodes: node_changes(&flat_a, &flat_b, &matched),
        weights: weights::changes(&flat_a, &flat_b, &matched),
        ensembles: ensembles::changes(&flat_a, &flat_b, &matched),
        predictions: None,
        left: side(left, &a, &flat_a),
        right: side(right, &b, &flat_b),
    })
}

fn side(side: DiffSide<'_>, whole: &Whole, flat: &Flat<'_>) -> ModelDiffSide {
    ModelDiffSide {
        title: side.title.to_owned(),
        file: side.file.clone(),
        size_bytes: side.bytes.len() as u64,
        producer: whole.producer(),
        ir_version: whole.ir_version,
        n_nodes: flat.nodes.len() as u64,
        n_parameters: n_parameters(&whole.graph),
    }
}

/// The type of each, by name.
fn described(ports: &[Port]) -> BTreeMap<String, String> {
    let ports = ports.iter();
    ports
        .map(|port| {
            let text = format!("{} [{}]", port.element, port.shape.join(", "));
            (port.name.clone(), text)
        })
        .collect()
}

/// By name, at most [`MOST_LISTED`].
fn changed(left: &BTreeMap<String, String>, right: &BTreeMap<String, String>) -> Vec<ChangedText> {
    let only_right = right.keys().filter(|name| !left.contains_key(*name));
    let mut names: Vec<&String> = left.keys().chain(only_right).collect();
    names.sort();
    names
        .into_iter()
        .filter(|name| left.get(*name) != right.get(*name))
        .take(MOST_LISTED)
        .map(|name| ChangedText {
            name: name.clone(),
            left: left.get(name).cloned(),
            right: right.get(name).cloned(),
        })
        .collect()
}

fn node_changes(left: &Flat<'_>, right: &Flat<'_>, matched: &Matched) -> NodeChanges {
    let mut changes = NodeChanges::default();
    for (a, b) in matched.left.iter().enumerate() {
        let Some(b) = *b else {
            changes.n_left_only += 1;
            if changes.left_only.len() < MOST_LISTED {
                changes.left_only.push(at(left, a));
            }
            continue;
        };
        let attributes = attribute_changes(left.nodes[a].node, right.nodes[b].node);
        let rewired = matched.is_rewired(left, right, a, b);
        if attributes.is_empty() && !rewired {
            changes.n_same += 1;
            continue;
        }
        changes.n_changed += 1;
        if changes.changed.len() < MOST_LISTED {
            changes.changed.push(NodeChange {
                left: at(left, a),
                right: at(right, b),
                attributes,
                rewired,
            });
        }
    }
    for (b, a) in matched.right.iter().enumerate() {
        if a.is_none() {
            changes.n_right_only += 1;
            if changes.right_only.len() < MOST_LISTED {
                changes.right_only.push(at(right, b));
            }
        }
    }
    changes
}

fn at(flat: &Flat<'_>, index: usize) -> NodeAt {
    let found = &flat.nodes[index];
    NodeAt {
        index: index as u32,
        name: found.node.name.clone().unwrap_or_default(),
        op: found.node.op_type.clone().unwrap_or_default(),
        path: found.path.clone(),
    }
}

/// Graphs inside are compared node by node, not here.
fn attribute_changes(left: &NodeProto, right: &NodeProto) -> Vec<ChangedText> {
    fn by_name(node: &NodeProto) -> BTreeMap<&str, &AttributeProto> {
        let plain = node
            .attribute
            .iter()
            .filter(|attribute| attribute.g.is_none() && attribute.graphs.is_empty());
        plain
            .map(|attribute| (attribute.name.as_deref().unwrap_or_default(), attribute))
            .collect()
    }
    let (left, right) = (by_name(left), by_name(right));
    let only_right = right.keys().filter(|name| !left.contains_key(*name));
    let mut names: Vec<&str> = left.keys().chain(only_right).copied().collect();
    names.sort_unstable();
    names
        .into_iter()
        .filter(|name| match (left.get(name), right.get(name)) {
            (Some(a), Some(b)) => !same_values(a, b),
            _ => true,
        })
        .take(MOST_LISTED)
        .map(|name| {
            let text = |side: &BTreeMap<&str, &AttributeProto>| {
                side.get(name).map(|attribute| drawn(attribute, 0).text)
            };
            let (left, mut right) = (text(&left), text(&right));
            if left == right {
                // Too long to be written out.
                right = right.map(|text| format!("{text}, others"));
            }
            ChangedText {
                name: name.to_owned(),
                left,
                right,
            }
        })
        .collect()
}

/// NaN is the same as NaN here; what is said of an attribute besides its value does not count.
fn same_values(a: &AttributeProto, b: &AttributeProto) -> bool {
    let bits = |values: &[f32]| {
        values
            .iter()
            .map(|value| value.to_bits())
            .collect::<Vec<_>>()
    };
    a.f.map(f32::to_bits) == b.f.map(f32::to_bits)
        && a.i == b.i
        && a.s == b.s
        && a.ints == b.ints
        && a.strings == b.strings
        && bits(&a.floats) == bits(&b.floats)
        && match (&a.t, &b.t) {
            (Some(a), Some(b)) => weights::same_tensor(a, b),
            (a, b) => a.is_none() == b.is_none(),
        }
        && a.tensors.len() == b.tensors.len()
        && a.tensors
            .iter()
            .zip(&b.tensors)
            .all(|(a, b)| weights::same_tensor(a, b))
}

fn shortened(text: &str) -> String {
    const MOST: usize = 200;
    match text.char_indices().nth(MOST) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
    }
}
