//! Imported graphs over HTTP: whole tensors in and out, and a matrix where the graph takes one for its columns.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde_json::{Value, json};

use super::{get, post_json, until};
use crate::server::Server;
use crate::support::TestLab;

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/onnx/tests/corpus")
}

/// `digits` takes an image, `flowers` a matrix of four columns.
fn lab() -> TestLab {
    let lab = TestLab::new();
    for (file, name) in [("cnn.onnx", "digits"), ("logistic.onnx", "flowers")] {
        let path = corpus().join(file);
        let path = path.to_str().expect("a path");
        lab.json(&["model", "import", path, "--name", name]);
    }
    lab
}

fn known() -> Value {
    let text = fs::read(corpus().join("cnn.json")).expect("the answers of the reference");
    serde_json::from_slice(&text).expect("JSON")
}

#[test]
fn an_image_as_nested_lists_is_answered_and_logged() {
    let lab = lab();
    let server = Server::start(&lab, &[]);
    let known = known();
    let pixels = known["image"].as_array().expect("pixels");
    let rows: Vec<&[Value]> = pixels.chunks(8).collect();
    let request = json!({ "image": [[rows]] });
    let answer = post_json(&server, "/models/digits/predict", &request);
    assert_eq!(answer.status, 200, "{}", answer.json());
    let said = answer.json();
    let said = said["outputs"]["probabilities"][0]
        .as_array()
        .expect("a row");
    let wanted = known["probabilities"].as_array().expect("a row");
    assert_eq!(said.len(), wanted.len());
    for (said, wanted) in said.iter().zip(wanted) {
        let difference = said.as_f64().expect("a number") - wanted.as_f64().expect("a number");
        assert!(difference.abs() < 1e-6, "{said} {wanted}");
    }
    let logged = || -> Option<String> {
        let folder = lab.path().join("logs/predictions/digits");
        let log = fs::read_dir(folder).ok()?.next()?.ok()?;
        let text = fs::read_to_string(log.path()).ok()?;
        text.ends_with('\n').then_some(text)
    };
    assert!(until(|| logged().is_some()));
    let line: Value = serde_json::from_str(&logged().expect("a line")).expect("JSON");
    assert_eq!(
        line["output"]["probabilities"].as_array().map(Vec::len),
        Some(1)
    );
}

#[test]
fn what_is_no_such_tensor_is_refused_with_its_name() {
    let lab = lab();
    let server = Server::start(&lab, &[]);
    for (path, request, status, part) in [
        (
            "digits/predict",
            json!({ "image": [[1.0, 2.0]] }),
            422,
            "[N, 1, 8, 8]",
        ),
        (
            "digits/predict",
            json!({ "picture": [1.0] }),
            422,
            "no input `picture`",
        ),
        (
            "digits/predict/batch",
            json!([{ "image": [1.0] }]),
            415,
            "whole tensors",
        ),
        ("digits/predict", json!([1.0]), 400, "cannot be read"),
        ("flowers/predict", json!({ "f0": [[1.0]] }), 422, "f1"),
    ] {
        let answer = post_json(&server, &format!("/models/{path}"), &request);
        let said = answer.json();
        assert_eq!(answer.status, status, "{path}: {said}");
        assert!(said.to_string().contains(part), "{path}: {said}");
    }
    let api = get(&server, "/models/digits/openapi.json");
    assert_eq!(api.status, 200);
    let api = api.json();
    let record = &api["components"]["schemas"]["digits-record"];
    let rows = &record["properties"]["image"]["items"]["items"];
    assert_eq!(rows["minItems"], 8);
    assert!(api["paths"].get("/models/digits/predict/batch").is_none());
}

#[test]
fn tritons_client_sends_whole_tensors() {
    let lab = lab();
    let server = Server::start(&lab, &[]);
    let shown = lab.json(&["model", "show", "flowers"]);
    let input = shown["version"]["imported"]["inputs"][0]["name"]
        .as_str()
        .expect("an input");
    let output = crate::mlflow::python_command(&lab, "tests/serve/triton_tensors.py")
        .arg(&server.address)
        .arg(corpus())
        .arg(input)
        .stdin(Stdio::null())
        .output()
        .expect("Python starts");
    assert!(
        output.status.success(),
        "{}\n{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}
