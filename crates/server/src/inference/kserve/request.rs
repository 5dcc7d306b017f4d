//! An inference request: JSON, and tensors as bytes behind it.

use assay_api::serving::{GivenColumn, GivenValues};
use assay_core::serving::{Refusal, RefusalKind};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::tensor::{DataType, Flat};

/// What of a request is not its rows.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Wanted {
    pub id: Option<String>,
    /// Empty: all of them.
    pub outputs: Vec<WantedOutput>,
    /// Whether outputs that do not say go as bytes.
    pub is_binary: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub struct WantedOutput {
    pub name: String,
    pub is_binary: Option<bool>,
}

#[derive(Deserialize)]
struct Form {
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    parameters: Map<String, Value>,
    inputs: Vec<Input>,
    #[serde(default)]
    outputs: Vec<Output>,
}

#[derive(Deserialize)]
struct Input {
    name: String,
    shape: Vec<u64>,
    datatype: String,
    #[serde(default)]
    parameters: Map<String, Value>,
    data: Option<Flat>,
}

#[derive(Deserialize)]
struct Output {
    name: String,
    #[serde(default)]
    parameters: Map<String, Value>,
}

/// `header_length`: the bytes of the JSON; `None`: all of the body.
///
/// # Errors
/// [`RefusalKind::Unreadable`].
pub fn read(
    body: &[u8],
    header_length: Option<usize>,
) -> Result<(Wanted, Vec<GivenColumn>), Refusal> {
    let length = header_length.unwrap_or(body.len());
    let Some((json, mut binary)) = body.split_at_checked(length) else {
        return Err(unreadable(format!(
            "its header says {length} bytes of JSON, and it has {} bytes in all",
            body.len()
        )));
    };
    let form: Form = serde_json::from_slice(json).map_err(|error| unreadable(error.to_string()))?;
    let mut columns = Vec::with_capacity(form.inputs.len());
    for input in form.inputs {
        let name = input.name.clone();
        let wrong = |wrong: String| unreadable(format!("the tensor `{name}` {wrong}"));
        let (shape, values) = tensor(input, &mut binary).map_err(wrong)?;
        columns.push(GivenColumn {
            name,
            shape,
            values,
        });
    }
    if !binary.is_empty() {
        return Err(unreadable(format!(
            "{} bytes behind the JSON belong to no tensor",
            binary.len()
        )));
    }
    let flag =
        |parameters: &Map<String, Value>, key: &str| parameters.get(key).and_then(Value::as_bool);
    let outputs = form.outputs.iter().map(|output| WantedOutput {
        name: output.name.clone(),
        is_binary: flag(&output.parameters, "binary_data"),
    });
    Ok((
        Wanted {
            outputs: outputs.collect(),
            is_binary: flag(&form.parameters, "binary_data_output").unwrap_or(false),
            id: form.id,
        },
        columns,
    ))
}

/// Shape and values; takes what belongs to the tensor off the front of `binary`.
fn tensor(input: Input, binary: &mut &[u8]) -> Result<(Vec<usize>, GivenValues), String> {
    let data_type = DataType::parse(&input.datatype)
        .ok_or_else(|| format!("is of the type `{}`, which is not taken", input.datatype))?;
    let axes = input.shape.iter().map(|&axis| usize::try_from(axis).ok());
    let shape: Option<Vec<usize>> = axes.collect();
    let n = shape.as_ref().and_then(|shape| {
        let mut axes = shape.iter();
        axes.try_fold(1_usize, |n, &axis| n.checked_mul(axis))
    });
    let (Some(shape), Some(n)) = (shape, n) else {
        return Err(format!(
            "has the shape {:?}, which is too large",
            input.shape
        ));
    };
    let size = input.parameters.get("binary_data_size");
    let values = match (input.data, size) {
        (Some(flat), None) => {
            if flat.len() != n {
                return Err(format!("holds {} values, its shape says {n}", flat.len()));
            }
            data_type
                .of_json(flat)
                .map_err(|wrong| format!("{wrong} where its type is {}", input.datatype))
        }
        (None, Some(size)) => {
            let size = size
                .as_u64()
                .and_then(|size| usize::try_from(size).ok())
                .and_then(|size| binary.split_at_checked(size));
            let Some((own, rest)) = size else {
                return Err("says more bytes than stand behind the JSON".to_owned());
            };
            *binary = rest;
            data_type.of_bytes(own, n)
        }
        (Some(_), Some(_)) => Err("comes twice, as data and as bytes".to_owned()),
        (None, None) => Err("has neither data nor binary_data_size".to_owned()),
    }?;
    Ok((shape, values))
}

fn unreadable(wrong: String) -> Refusal {
    Refusal::new(
        RefusalKind::Unreadable,
        format!("the request cannot be read: {wrong}"),
    )
    .with_hint("send it as the Open Inference Protocol has it; GET the model's page under /v2/models for its tensors")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tensors_are_read_from_json_and_from_bytes() {
        let json = r#"{"id": "7", "inputs": [
            {"name": "a", "shape": [2, 1], "datatype": "FP64", "parameters": {"binary_data_size": 16}},
            {"name": "b", "shape": [2], "datatype": "BYTES", "data": ["x", null]}],
            "outputs": [{"name": "label", "parameters": {"binary_data": true}}]}"#;
        let mut body = json.as_bytes().to_vec();
        body.extend([1.0_f64, -2.0].iter().flat_map(|v| v.to_le_bytes()));
        let (wanted, columns) = read(&body, Some(json.len())).expect("a request");
        assert_eq!(wanted.id.as_deref(), Some("7"));
        assert_eq!(wanted.outputs[0].is_binary, Some(true));
        assert_eq!(columns[0].shape, [2, 1]);
        assert_eq!(columns[0].values, GivenValues::Floats(vec![1.0, -2.0]));
        assert_eq!(
            columns[1].values,
            GivenValues::Texts(vec![Some("x".to_owned()), None])
        );
    }

    #[test]
    fn what_does_not_add_up_is_refused_in_words() {
        let of = |tensor: &str| format!(r#"{{"inputs": [{{"name": "a", {tensor}}}]}}"#);
        for (json, more, header, part) in [
            (
                of(r#""shape": [2], "datatype": "FP64", "data": [1]"#),
                0,
                None,
                "its shape says 2",
            ),
            (
                of(
                    r#""shape": [9000000000, 9000000000, 9000000000], "datatype": "FP64", "data": []"#,
                ),
                0,
                None,
                "too large",
            ),
            (
                of(r#""shape": [1], "datatype": "FP8", "data": [1]"#),
                0,
                None,
                "FP8",
            ),
            (
                of(r#""shape": [1], "datatype": "FP64", "data": ["x"]"#),
                0,
                None,
                "a text",
            ),
            (
                of(r#""shape": [1], "datatype": "FP64""#),
                0,
                None,
                "neither",
            ),
            (
                of(r#""shape": [1], "datatype": "FP64", "parameters": {"binary_data_size": 999}"#),
                8,
                Some(0),
                "more bytes",
            ),
            (
                of(r#""shape": [1], "datatype": "FP64", "parameters": {"binary_data_size": 8}"#),
                9,
                Some(0),
                "belong to no tensor",
            ),
            (
                of(r#""shape": [0], "datatype": "FP64", "data": []"#),
                0,
                Some(9_999),
                "9999",
            ),
        ] {
            let mut body = json.clone().into_bytes();
            body.extend(std::iter::repeat_n(0, more));
            let header = header.map(|n| if n == 0 { json.len() } else { n });
            let refused = read(&body, header).expect_err("refused");
            assert!(refused.wrong.contains(part), "{json}: {}", refused.wrong);
        }
    }
}
