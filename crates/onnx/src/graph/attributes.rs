//! What is said of an attribute of a node.

use assay_core::onnx_graph::{OnnxAttribute, TensorStatistics};
use assay_core::words::counted;

use crate::proto::attribute_proto::AttributeType;
use crate::proto::{AttributeProto, GraphProto, TensorProto};
use crate::tensor_values::{Numbers, element, element_name};

/// Characters of [`OnnxAttribute::text`].
const MAX_TEXT: usize = 120;
/// Lists and tensors of up to so many numbers are written out.
const WRITTEN_OUT: usize = 8;

/// `max_values` bounds the numbers of which statistics are made.
pub(crate) fn drawn(attribute: &AttributeProto, max_values: usize) -> OnnxAttribute {
    let kind = kind_of(attribute);
    OnnxAttribute {
        name: attribute.name.clone().unwrap_or_default(),
        kind: kind.as_str_name().to_lowercase(),
        text: shortened(text(attribute, kind)),
        statistics: statistics(attribute, max_values)
            .filter(|found| found.n_values > WRITTEN_OUT as u64),
    }
}

/// `None` when there are no numbers, or more than `max_values`.
pub(super) fn statistics(
    attribute: &AttributeProto,
    max_values: usize,
) -> Option<TensorStatistics> {
    match kind_of(attribute) {
        AttributeType::Floats if attribute.floats.len() <= max_values => {
            TensorStatistics::of(attribute.floats.iter().map(|&value| f64::from(value)))
        }
        AttributeType::Ints if attribute.ints.len() <= max_values => {
            TensorStatistics::of(attribute.ints.iter().map(|&value| value as f64))
        }
        AttributeType::Tensor => Numbers::of(attribute.t.as_ref()?)
            .filter(|numbers| numbers.len() <= max_values)
            .and_then(|numbers| TensorStatistics::of(numbers.iter())),
        _ => None,
    }
}

/// Old files do not say it; then what is there says it.
fn kind_of(attribute: &AttributeProto) -> AttributeType {
    let said = AttributeType::try_from(attribute.r#type.unwrap_or(0));
    match said {
        Ok(kind) if kind != AttributeType::Undefined => kind,
        _ if attribute.f.is_some() => AttributeType::Float,
        _ if attribute.i.is_some() => AttributeType::Int,
        _ if attribute.s.is_some() => AttributeType::String,
        _ if attribute.t.is_some() => AttributeType::Tensor,
        _ if attribute.g.is_some() => AttributeType::Graph,
        _ if !attribute.floats.is_empty() => AttributeType::Floats,
        _ if !attribute.ints.is_empty() => AttributeType::Ints,
        _ if !attribute.strings.is_empty() => AttributeType::Strings,
        _ => AttributeType::Undefined,
    }
}

fn text(attribute: &AttributeProto, kind: AttributeType) -> String {
    if let Some(name) = attribute
        .ref_attr_name
        .as_deref()
        .filter(|name| !name.is_empty())
    {
        return format!("the attribute `{name}` of the function");
    }
    match kind {
        AttributeType::Float => attribute.f.unwrap_or_default().to_string(),
        AttributeType::Int => attribute.i.unwrap_or_default().to_string(),
        AttributeType::String => lossy(attribute.s.as_deref().unwrap_or_default()),
        AttributeType::Floats => listed(&attribute.floats, "number", f32::to_string),
        AttributeType::Ints => listed(&attribute.ints, "number", i64::to_string),
        AttributeType::Strings => listed(&attribute.strings, "text", |text| lossy(text)),
        AttributeType::Tensor => attribute.t.as_ref().map(tensor).unwrap_or_default(),
        AttributeType::Tensors => counted(attribute.tensors.len() as u64, "tensor", "tensors"),
        AttributeType::Graph => attribute.g.as_ref().map(graph).unwrap_or_default(),
        AttributeType::Graphs => counted(attribute.graphs.len() as u64, "graph", "graphs"),
        AttributeType::SparseTensor => "a sparse tensor".to_owned(),
        AttributeType::SparseTensors => counted(
            attribute.sparse_tensors.len() as u64,
            "sparse tensor",
            "sparse tensors",
        ),
        AttributeType::TypeProto => "a type".to_owned(),
        AttributeType::TypeProtos => counted(attribute.type_protos.len() as u64, "type", "types"),
        AttributeType::Undefined => String::new(),
    }
}

fn listed<T>(values: &[T], noun: &str, write: impl Fn(&T) -> String) -> String {
    if values.len() > WRITTEN_OUT {
        return counted(values.len() as u64, noun, &format!("{noun}s"));
    }
    values.iter().map(write).collect::<Vec<_>>().join(", ")
}

fn tensor(tensor: &TensorProto) -> String {
    let shape: Vec<String> = tensor.dims.iter().map(i64::to_string).collect();
    let what = format!("{} [{}]", element_name(element(tensor)), shape.join(", "));
    match Numbers::of(tensor) {
        Some(numbers) if numbers.len() <= WRITTEN_OUT => {
            let values: Vec<String> = numbers.iter().map(|value| value.to_string()).collect();
            format!("{what}: {}", values.join(", "))
        }
        _ if (1..=WRITTEN_OUT).contains(&tensor.string_data.len()) => {
            let values: Vec<String> = tensor.string_data.iter().map(|text| lossy(text)).collect();
            format!("{what}: {}", values.join(", "))
        }
        _ => what,
    }
}

fn graph(graph: &GraphProto) -> String {
    counted(graph.node.len() as u64, "node", "nodes")
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn shortened(text: String) -> String {
    match text.char_indices().nth(MAX_TEXT) {
        None => text,
        Some(_) => text.chars().take(MAX_TEXT - 1).chain(['…']).collect(),
    }
}
