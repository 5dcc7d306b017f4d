//! The exported files in the hands of strangers: onnx.checker and Python's onnxruntime.

use std::path::{Path, PathBuf};
use std::process::Command;

use assay_core::matrix::Prediction;
use assay_core::{Columns, RawValues};
use serde_json::{Value, json};

/// Runs the check over a folder of models, and gives its report.
pub fn check(folder: &Path) -> Value {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/parity/check.py");
    let (python, packages) = python();
    let output = Command::new(&python)
        .arg(script)
        .arg(folder)
        .env("PYTHONPATH", packages)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()
        .unwrap_or_else(|error| panic!("{}: {error}", python.display()));
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complaint}");
    serde_json::from_slice(&output.stdout).expect("a report")
}

/// Raw columns and our own answers, as the script reads them.
pub fn rows(columns: &Columns, ours: &Prediction, classes: &[String]) -> Value {
    let columns: serde_json::Map<String, Value> = columns
        .columns
        .iter()
        .map(|column| {
            let values = match &column.values {
                RawValues::Numbers(values) => json!(values),
                RawValues::Texts(values) => values
                    .iter()
                    .map(|text| json!(text.as_deref().unwrap_or_default()))
                    .collect(),
            };
            (column.name.clone(), values)
        })
        .collect();
    let (label, scores) = match ours {
        Prediction::Classes {
            indices,
            probabilities,
            n_classes,
        } => (
            indices
                .iter()
                .map(|&index| classes[index as usize].clone())
                .collect(),
            json!(probabilities.chunks(*n_classes).collect::<Vec<_>>()),
        ),
        Prediction::Values(values) => (Vec::new(), json!(values)),
        Prediction::Coordinates {
            values,
            n_components,
        } => (
            Vec::new(),
            json!(values.chunks(*n_components).collect::<Vec<_>>()),
        ),
    };
    json!({ "columns": columns, "label": label, "scores": scores })
}

/// The interpreter and the packages that setup put beside the build.
fn python() -> (PathBuf, PathBuf) {
    let test = std::env::current_exe().unwrap();
    let target = test.ancestors().nth(3).expect("target/debug/deps/test");
    let packages = target.join("python");
    let named = std::fs::read_to_string(packages.join("interpreter"))
        .unwrap_or_else(|error| panic!("{error}; run `cargo xtask setup`"));
    (PathBuf::from(named.trim()), packages)
}
