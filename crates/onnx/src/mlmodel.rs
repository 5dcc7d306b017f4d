//! The `MLmodel` file, with which Python's mlflow opens an exported folder.
//!
//! `mlflow.pyfunc.load_model(folder).predict(frame)` takes a data frame of raw columns and answers with a dictionary of
//! the graph's outputs. Tried by hand with mlflow 3.17.2, onnxruntime 1.31.1, pandas 3.1 and 2.3.
//!
//! The signature is mlflow's kind for tensors, though the inputs are columns: with it mlflow turns whole numbers and
//! booleans into the f64 that the graph takes, and pandas 3's texts into arrays. With its kind for columns it refuses
//! the former, and hands ONNX Runtime something it cannot read for the latter. Missing values need no care: NaN
//! arrives as it is, and a missing text, as whatever text Python makes of it, is known to the graph. Two limits are
//! mlflow's own: the frame's index must hold a 0 (`reset_index`), and the first row's texts must not be None or pandas'
//! NA (NaN is well).

use assay_core::registry::{Inspection, Port};
use serde_json::{Value, json};

/// The `onnx` package whose definition of the format this crate is compiled from.
const ONNX_VERSION: &str = "1.23.2";
/// The mlflow whose layout this is.
const MLFLOW_VERSION: &str = "3.17.2";
/// The oldest Python that this mlflow runs on.
const PYTHON_VERSION: &str = "3.10.0";

/// What the file says.
#[derive(Debug, Clone)]
pub struct MlModel<'a> {
    /// Of `model.onnx`, from [`crate::inspect`].
    pub graph: &'a Inspection,
    /// 32 hexadecimal digits.
    pub model_uuid: &'a str,
    /// `None` for a model that no run trained.
    pub run_id: Option<&'a str>,
    /// `2026-11-21 02:13:30.926207`, in UTC.
    pub created_utc: &'a str,
    pub size_bytes: u64,
}

/// The text of `MLmodel` for a folder with `model.onnx` and the files of [`requirements`] beside it.
pub fn ml_model(model: &MlModel<'_>) -> String {
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
        run_id = model.run_id.map_or_else(|| "null".to_owned(), quoted),
        inputs = quoted(&signature(&model.graph.inputs)),
        outputs = quoted(&signature(&model.graph.outputs)),
        created = quoted(model.created_utc),
    )
}

/// The three files, name and text, that say what Python needs.
pub fn requirements() -> [(&'static str, String); 3] {
    let packages = [
        format!("mlflow>={MLFLOW_VERSION}"),
        "numpy".to_owned(),
        "onnx".to_owned(),
        "onnxruntime".to_owned(),
        "pandas".to_owned(),
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

/// Inputs or outputs as mlflow writes them: a JSON array of `{"name", "type": "tensor", "tensor-spec"}`.
fn signature(ports: &[Port]) -> String {
    let entries = ports.iter().map(|port| {
        let shape: Vec<i64> = port
            .shape
            .iter()
            .map(|axis| axis.parse().unwrap_or(-1))
            .collect();
        json!({
            "name": port.name,
            "type": "tensor",
            "tensor-spec": {"dtype": numpy_type(&port.element), "shape": shape},
        })
    });
    Value::Array(entries.collect()).to_string()
}

fn numpy_type(element: &str) -> &str {
    match element {
        "double" => "float64",
        "float" => "float32",
        "string" => "object",
        other => other,
    }
}

/// JSON's quotes and escapes are YAML's too.
fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}
