//! The text of `MLmodel`. That mlflow opens it was tried by hand; see the module's documentation.

use assay_core::registry::Port;
use assay_onnx::{MlModel, ml_model, requirements, signature};

fn port(name: &str, element: &str, shape: &[&str]) -> Port {
    Port {
        name: name.to_owned(),
        element: element.to_owned(),
        shape: shape.iter().map(|&axis| axis.to_owned()).collect(),
    }
}

#[test]
fn the_signature_is_written_as_mlflow_writes_it() {
    let table = [
        (
            port("bill \"mm\"", "double", &["N"]),
            r#"{"name":"bill \"mm\"","type":"tensor","tensor-spec":{"dtype":"float64","shape":[-1]}}"#,
        ),
        (
            port("island", "string", &["N"]),
            r#"{"name":"island","type":"tensor","tensor-spec":{"dtype":"object","shape":[-1]}}"#,
        ),
        (
            port("label", "int64", &["N"]),
            r#"{"name":"label","type":"tensor","tensor-spec":{"dtype":"int64","shape":[-1]}}"#,
        ),
        (
            port("probabilities", "float", &["N", "3"]),
            r#"{"name":"probabilities","type":"tensor","tensor-spec":{"dtype":"float32","shape":[-1,3]}}"#,
        ),
    ];
    for (port, expected) in table {
        assert_eq!(signature(&[port]), format!("[{expected}]"));
    }
}

#[test]
fn the_file_names_the_graph_and_quotes_what_it_is_given() {
    let text = ml_model(&MlModel {
        inputs: &[port("bill \"mm\"", "double", &["N"])],
        outputs: &[port("value", "float", &["N"])],
        model_uuid: "0123456789abcdef0123456789abcdef",
        run_id: "run: 1",
        created_utc: "2026-11-21 02:13:30.926207",
        size_bytes: 137,
    });
    for line in [
        "    data: model.onnx",
        "    loader_module: mlflow.onnx",
        "run_id: \"run: 1\"",
        "model_size_bytes: 137",
        "model_uuid: \"0123456789abcdef0123456789abcdef\"",
        "utc_time_created: \"2026-11-21 02:13:30.926207\"",
    ] {
        assert!(text.lines().any(|found| found == line), "{line}");
    }
    assert!(text.contains(r#"inputs: "[{\"name\":\"bill \\\"mm\\\"\""#));
    for (name, _) in &requirements()[1..] {
        assert!(text.contains(name), "{name}");
    }
}
