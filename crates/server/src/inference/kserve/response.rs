//! An answer: JSON, and tensors as bytes behind it where the caller wants them so.

use assay_core::matrix::Prediction;
use assay_core::registry::SignatureColumn;
use assay_core::schema::ColumnType;
use assay_core::serving::{Answered, Refusal, RefusalKind};
use assay_core::tensor::{NamedTensor, TensorValues};
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use super::HEADER_LENGTH;
use super::request::Wanted;
use crate::inference::answer::{marked, refusal};
use crate::inference::request::Caller;

/// An output of a model.
pub struct Output {
    pub name: &'static str,
    pub datatype: &'static str,
    /// Without the rows.
    pub width: Option<usize>,
}

enum Values<'a> {
    Texts(Vec<&'a str>),
    Integers(Vec<i64>),
    Floats(&'a [f64]),
    Whole(&'a TensorValues),
}

/// The outputs of a model with these classes.
pub fn outputs(outputs: &[SignatureColumn], n_classes: usize) -> Vec<Output> {
    outputs
        .iter()
        .filter_map(|column| {
            let (name, datatype, width) = match column.name.as_str() {
                "label" if column.kind == ColumnType::Integer => ("label", "INT64", None),
                "label" => ("label", "BYTES", None),
                "probabilities" => ("probabilities", "FP32", Some(n_classes)),
                "value" => ("value", "FP32", None),
                "coordinates" => ("coordinates", "FP32", Some(0)),
                _ => return None,
            };
            Some(Output {
                name,
                datatype,
                width,
            })
        })
        .collect()
}

/// `signature`: the outputs of the model that answered.
pub fn respond(
    caller: &Caller,
    wanted: &Wanted,
    answered: &Answered,
    has_integer_labels: bool,
) -> Response {
    match written(caller, wanted, answered, has_integer_labels) {
        Ok(response) => marked(caller, response),
        Err(refused) => refusal(caller, &refused),
    }
}

fn written(
    caller: &Caller,
    wanted: &Wanted,
    answered: &Answered,
    has_integer_labels: bool,
) -> Result<Response, Refusal> {
    let all = match &answered.tensors {
        Some(tensors) => tensors.iter().map(whole).collect(),
        None => tensors(answered, has_integer_labels)?,
    };
    let names: Vec<&str> = all.iter().map(|(name, ..)| *name).collect();
    if let Some(unknown) = wanted
        .outputs
        .iter()
        .find(|output| !names.contains(&output.name.as_str()))
    {
        return Err(Refusal::new(
            RefusalKind::Unreadable,
            format!(
                "the model has no output `{}`; it has {}",
                unknown.name,
                names.join(", ")
            ),
        ));
    }
    let mut outputs = Vec::new();
    let mut binary = Vec::new();
    for (name, shape, values) in &all {
        let choice = wanted.outputs.iter().find(|output| output.name == *name);
        if choice.is_none() && !wanted.outputs.is_empty() {
            continue;
        }
        let is_binary = choice
            .and_then(|choice| choice.is_binary)
            .unwrap_or(wanted.is_binary);
        let mut output = Map::new();
        output.insert("name".to_owned(), json!(name));
        output.insert("datatype".to_owned(), json!(values.datatype()));
        output.insert("shape".to_owned(), json!(shape));
        if is_binary {
            let start = binary.len();
            values.write(&mut binary);
            let size = binary.len() - start;
            output.insert("parameters".to_owned(), json!({ "binary_data_size": size }));
        } else {
            output.insert("data".to_owned(), values.json());
        }
        outputs.push(Value::Object(output));
    }
    let mut form = Map::new();
    if let Some(key) = &answered.version {
        form.insert("model_name".to_owned(), json!(key.model));
        form.insert("model_version".to_owned(), json!(key.version.to_string()));
    }
    let id = wanted.id.as_ref().unwrap_or(&caller.request_id);
    form.insert("id".to_owned(), json!(id));
    let sentences: Vec<&str> = answered
        .warnings
        .iter()
        .map(|warning| warning.sentence.as_str())
        .collect();
    if !sentences.is_empty() {
        let warnings = json!({ "warnings": sentences.join("; ") });
        form.insert("parameters".to_owned(), warnings);
    }
    form.insert("outputs".to_owned(), Value::Array(outputs));
    let mut body = Value::Object(form).to_string().into_bytes();
    if binary.is_empty() {
        let media = HeaderValue::from_static("application/json");
        return Ok(([(header::CONTENT_TYPE, media)], body).into_response());
    }
    let length = body.len();
    body.extend(binary);
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/octet-stream"),
        ),
        (
            HeaderName::from_static(HEADER_LENGTH),
            HeaderValue::from(length),
        ),
    ];
    Ok((headers, body).into_response())
}

type Tensor<'a> = (&'a str, Vec<usize>, Values<'a>);

fn whole(tensor: &NamedTensor) -> Tensor<'_> {
    (
        &tensor.name,
        tensor.shape.clone(),
        Values::Whole(&tensor.values),
    )
}

fn tensors(answered: &Answered, has_integer_labels: bool) -> Result<Vec<Tensor<'_>>, Refusal> {
    let failed = || {
        Refusal::new(
            RefusalKind::Failed,
            "the model answered with no known label",
        )
    };
    Ok(match &answered.prediction {
        None => Vec::new(),
        Some(Prediction::Values(values)) => {
            vec![("value", vec![values.len()], Values::Floats(values))]
        }
        Some(Prediction::Coordinates {
            values,
            n_components,
        }) => {
            let shape = vec![values.len() / (*n_components).max(1), *n_components];
            vec![("coordinates", shape, Values::Floats(values))]
        }
        Some(Prediction::Classes {
            indices,
            probabilities,
            n_classes,
        }) => {
            let labels: Option<Vec<&str>> = indices
                .iter()
                .map(|&index| answered.classes.get(index as usize).map(String::as_str))
                .collect();
            let labels = labels.ok_or_else(failed)?;
            let labels = match has_integer_labels {
                true => Values::Integers(
                    labels
                        .iter()
                        .map(|label| label.parse().map_err(|_| failed()))
                        .collect::<Result<_, _>>()?,
                ),
                false => Values::Texts(labels),
            };
            vec![
                ("label", vec![indices.len()], labels),
                (
                    "probabilities",
                    vec![indices.len(), *n_classes],
                    Values::Floats(probabilities),
                ),
            ]
        }
    })
}

impl Values<'_> {
    fn datatype(&self) -> &'static str {
        match self {
            Self::Texts(_) => "BYTES",
            Self::Integers(_) => "INT64",
            Self::Floats(_) => "FP32",
            Self::Whole(values) => datatype(values.element()),
        }
    }

    fn json(&self) -> Value {
        match self {
            Self::Texts(texts) => json!(texts),
            Self::Integers(integers) => json!(integers),
            // The graph answers in 32 bits: no digits that it did not say.
            Self::Floats(floats) => {
                Value::Array(floats.iter().map(|&value| json!(value as f32)).collect())
            }
            Self::Whole(values) => Value::Array(values.cells()),
        }
    }

    fn write(&self, bytes: &mut Vec<u8>) {
        match self {
            Self::Texts(texts) => write_texts(bytes, texts.iter().copied()),
            Self::Integers(integers) => {
                bytes.extend(integers.iter().flat_map(|value| value.to_le_bytes()));
            }
            Self::Whole(values) => match values {
                TensorValues::Float(v) => bytes.extend(v.iter().flat_map(|v| v.to_le_bytes())),
                TensorValues::Double(v) => bytes.extend(v.iter().flat_map(|v| v.to_le_bytes())),
                TensorValues::Int64(v) => bytes.extend(v.iter().flat_map(|v| v.to_le_bytes())),
                TensorValues::Int32(v) => bytes.extend(v.iter().flat_map(|v| v.to_le_bytes())),
                TensorValues::Uint8(v) => bytes.extend(v),
                TensorValues::Bool(v) => bytes.extend(v.iter().map(|&flag| u8::from(flag))),
                TensorValues::Text(v) => write_texts(bytes, v.iter().map(String::as_str)),
            },
            Self::Floats(floats) => {
                bytes.extend(
                    floats
                        .iter()
                        .flat_map(|&value| (value as f32).to_le_bytes()),
                );
            }
        }
    }
}

fn write_texts<'t>(bytes: &mut Vec<u8>, texts: impl Iterator<Item = &'t str>) {
    for text in texts {
        // A label is shorter than four gigabytes.
        bytes.extend((text.len() as u32).to_le_bytes());
        bytes.extend(text.as_bytes());
    }
}

/// The protocol's name of an ONNX element.
pub fn datatype(element: &str) -> &'static str {
    match element {
        "double" => "FP64",
        "int64" => "INT64",
        "int32" => "INT32",
        "uint8" => "UINT8",
        "bool" => "BOOL",
        "string" => "BYTES",
        _ => "FP32",
    }
}
