//! What the server and its models say of themselves.

use std::collections::HashMap;

use assay_api::serving::Description;
use assay_core::registry::{Port, SignatureColumn};
use assay_core::schema::ColumnType;
use axum::extract::Path;
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::{Value, json};

use super::EXTENSIONS;
use super::response::{datatype, outputs};
use crate::inference::answer::{document, refusal};
use crate::inference::describe::{blocking, described};
use crate::inference::request::{Caller, State, reference};
use crate::inference::who::{Wish, who};

pub async fn server(state: State, headers: HeaderMap) -> Response {
    let caller = Caller::of(&state, &headers);
    let form = json!({
        "name": "assay",
        "version": env!("CARGO_PKG_VERSION"),
        "extensions": EXTENSIONS,
    });
    document(&caller, &form)
}

pub async fn model(
    state: State,
    Path(path): Path<HashMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    let caller = Caller::of(&state, &headers);
    let name = path.get("name").map_or("", String::as_str);
    match described(&state, &headers, name, path.get("version")).await {
        Ok(found) => {
            let (inputs, outputs) = match &found.tensors {
                Some((inputs, outputs)) => (ports(inputs), ports(outputs)),
                None => {
                    let inputs = found.signature.inputs.iter().map(input).collect();
                    (inputs, columns_out(&found))
                }
            };
            let form = json!({
                "name": found.version.model,
                "versions": [found.version.version.to_string()],
                "platform": "onnx_onnxv1",
                "inputs": inputs,
                "outputs": outputs,
            });
            document(&caller, &form)
        }
        Err(refused) => refusal(&caller, &refused),
    }
}

/// 200 when the version is in memory and its breaker lets requests through.
pub async fn model_ready(
    state: State,
    Path(path): Path<HashMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    let caller = Caller::of(&state, &headers);
    let name = path.get("name").map_or("", String::as_str);
    let found = async {
        who(&state, &headers, Wish::Look)?;
        let model = reference(name, path.get("version").map(String::as_str))?;
        blocking(&state, move |shared| shared.lab.is_ready(&model)).await
    };
    match found.await {
        Ok(()) => document(&caller, &json!({ "name": name, "ready": true })),
        Err(refused) => refusal(&caller, &refused),
    }
}

fn columns_out(found: &Description) -> Vec<Value> {
    outputs(&found.signature.outputs, found.classes.len())
        .iter()
        .map(|output| {
            let shape = match output.width {
                None => json!([-1]),
                Some(0) => json!([-1, -1]),
                Some(width) => json!([-1, width]),
            };
            json!({ "name": output.name, "datatype": output.datatype, "shape": shape })
        })
        .collect()
}

/// Whole tensors; a free axis is -1.
fn ports(ports: &[Port]) -> Vec<Value> {
    let each = ports.iter().map(|port| {
        let axes = port.shape.iter();
        let shape: Vec<i64> = axes.map(|axis| axis.parse().unwrap_or(-1)).collect();
        json!({ "name": port.name, "datatype": datatype(&port.element), "shape": shape })
    });
    each.collect()
}

/// Numbers go as FP64, in which a missing one is NaN; times as ISO 8601.
fn input(column: &SignatureColumn) -> Value {
    let datatype = match column.kind {
        ColumnType::Integer | ColumnType::Float => "FP64",
        ColumnType::Boolean => "BOOL",
        ColumnType::Text | ColumnType::Date | ColumnType::Datetime => "BYTES",
    };
    json!({ "name": column.name, "datatype": datatype, "shape": [-1] })
}
