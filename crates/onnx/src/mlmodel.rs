//! The `MLmodel` file, with which Python's mlflow opens an exported folder.
//!
//! `mlflow.pyfunc.load_model(folder).predict(frame)` then takes the raw columns and answers with a data frame of the
//! graph's outputs. Checked by hand with mlflow 3.17.2, onnxruntime 1.31.1 and pandas 3.1.

use assay_core::registry::{Signature, SignatureColumn};
use assay_core::schema::ColumnType;
use serde_json::{Value, json};

/// The `onnx` package that wrote the format's definition this crate is compiled from.
const ONNX_VERSION: &str = "1.23.2";
/// The mlflow whose layout this is.
const MLFLOW_VERSION: &str = "3.17.2";
/// The oldest Python that mlflow names in such a file; a newer one only makes it say so.
const PYTHON_VERSION: &str = "3.10.0";

/// What the file says.
#[derive(Debug, Clone)]
pub struct MlModel<'a> {
    pub signature: &'a Signature,
    /// 32 hexadecimal digits.
    pub model_uuid: &'a str,
    pub run_id: &'a str,
    /// `2026-11-21 02:13:30.926207`, in UTC.
    pub created_utc: &'a str,
    pub size_bytes: u64,
}

/// The text of `MLmodel` for a folder with `model.onnx` and the files of [`requirements`] beside it.
pub fn ml_model(model: &MlModel<'_>) -> String {
    let (inputs, outputs) = signature_json(model.signature);
    format!(
        "flavors:
  onnx:
    code: null
    data: model.onnx
    onnx_session_options: null
    onnx_version: {ONNX_VERSION}
    providers:
    - CPUExecutionProvider
  python_function:
    data: model.onnx
    env:
      conda: conda.yaml
      virtualenv: python_env.yaml
    loader_module: mlflow.onnx
    python_version: {PYTHON_VERSION}
mlflow_version: {MLFLOW_VERSION}
model_size_bytes: {size}
model_uuid: {uuid}
run_id: {run_id}
signature:
  inputs: {inputs}
  outputs: {outputs}
  params: null
utc_time_created: {created}
",
        size = model.size_bytes,
        uuid = quoted(model.model_uuid),
        run_id = quoted(model.run_id),
        inputs = quoted(&inputs),
        outputs = quoted(&outputs),
        created = quoted(model.created_utc),
    )
}

/// The three files, name and text, that name what Python needs.
pub fn requirements() -> [(&'static str, String); 3] {
    let packages = [
        format!("mlflow>={MLFLOW_VERSION}"),
        "numpy".to_owned(),
        "onnx".to_owned(),
        "onnxruntime".to_owned(),
    ];
    let conda: String = packages
        .iter()
        .map(|package| format!("  - {package}\n"))
        .collect();
    [
        ("requirements.txt", packages.join("\n") + "\n"),
        (
            "python_env.yaml",
            format!("python: {PYTHON_VERSION}\ndependencies:\n- -r requirements.txt\n"),
        ),
        (
            "conda.yaml",
            format!(
                "channels:\n- conda-forge\ndependencies:\n- python>={PYTHON_VERSION}\n- pip\n- pip:\n{conda}name: assay\n"
            ),
        ),
    ]
}

/// Inputs and outputs as mlflow writes them: JSON arrays of `{"type", "name", "required"}`.
///
/// Numbers are `double`, because only there is room for a missing value; integer labels are `long`.
pub fn signature_json(signature: &Signature) -> (String, String) {
    let inputs = signature.inputs.iter().map(|column| {
        let kind = match column.kind {
            ColumnType::Integer | ColumnType::Float | ColumnType::Boolean => "double",
            ColumnType::Text | ColumnType::Date | ColumnType::Datetime => "string",
        };
        entry(column, kind)
    });
    let outputs = signature.outputs.iter().map(|column| {
        let kind = match column.kind {
            ColumnType::Integer => "long",
            ColumnType::Float => "float",
            _ => "string",
        };
        entry(column, kind)
    });
    let text = |entries: Vec<Value>| Value::Array(entries).to_string();
    (text(inputs.collect()), text(outputs.collect()))
}

fn entry(column: &SignatureColumn, kind: &str) -> Value {
    json!({"type": kind, "name": column.name, "required": !column.nullable})
}

/// JSON's quotes and escapes are YAML's too.
fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}
