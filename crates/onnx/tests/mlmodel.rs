//! The text of `MLmodel`. That mlflow opens it was tried by hand; see the module's documentation.

use std::collections::BTreeMap;

use assay_core::registry::{GraphSummary, Inspection, Port};
use assay_onnx::{MlModel, ml_model, requirements};

fn port(name: &str, element: &str, shape: &[&str]) -> Port {
    Port {
        name: name.to_owned(),
        element: element.to_owned(),
        shape: shape.iter().map(|&axis| axis.to_owned()).collect(),
    }
}

#[test]
fn the_file_names_the_graph_and_quotes_what_it_is_given() {
    let graph = Inspection {
        ir_version: 8,
        opsets: BTreeMap::new(),
        producer: String::new(),
        inputs: vec![
            port("bill \"mm\"", "double", &["N"]),
            port("island", "string", &["N"]),
        ],
        outputs: vec![
            port("label", "int64", &["N"]),
            port("probabilities", "float", &["N", "3"]),
        ],
        graph: GraphSummary::default(),
        n_parameters: 0,
        metadata: Vec::new(),
        size_bytes: 137,
        custom_operators: Vec::new(),
        external_data: Vec::new(),
    };
    let text = ml_model(&MlModel {
        graph: &graph,
        model_uuid: "0123456789abcdef0123456789abcdef",
        run_id: Some("run: 1"),
        created_utc: "2026-11-21 02:13:30.926207",
        size_bytes: 137,
    });
    let inputs = r#"[{"name":"bill \"mm\"","type":"tensor","tensor-spec":{"dtype":"float64","shape":[-1]}},{"name":"island","type":"tensor","tensor-spec":{"dtype":"object","shape":[-1]}}]"#;
    let outputs = r#"[{"name":"label","type":"tensor","tensor-spec":{"dtype":"int64","shape":[-1]}},{"name":"probabilities","type":"tensor","tensor-spec":{"dtype":"float32","shape":[-1,3]}}]"#;
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    assert!(
        text.contains(&format!("  inputs: {}\n", quoted(inputs))),
        "{text}"
    );
    assert!(
        text.contains(&format!("  outputs: {}\n", quoted(outputs))),
        "{text}"
    );
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
    for (name, _) in &requirements()[1..] {
        assert!(text.contains(name), "{name}");
    }
}
