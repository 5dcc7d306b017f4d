//! The text of `MLmodel`. That mlflow opens it was tried by hand; see the module's documentation.

use assay_core::registry::{Signature, SignatureColumn};
use assay_core::schema::ColumnType;
use assay_onnx::{MlModel, ml_model, requirements, signature_json};

fn column(name: &str, kind: ColumnType, nullable: bool) -> SignatureColumn {
    SignatureColumn {
        name: name.to_owned(),
        kind,
        nullable,
        seen: String::new(),
        constant: false,
    }
}

fn signature() -> Signature {
    Signature {
        inputs: vec![
            column("bill \"mm\"", ColumnType::Float, true),
            column("year", ColumnType::Integer, false),
            column("wild", ColumnType::Boolean, false),
            column("island", ColumnType::Text, true),
        ],
        outputs: vec![
            column("label", ColumnType::Integer, false),
            column("probability_0", ColumnType::Float, false),
        ],
    }
}

#[test]
fn the_signature_is_written_as_mlflow_writes_it() {
    let (inputs, outputs) = signature_json(&signature());
    assert_eq!(
        inputs,
        r#"[{"type":"double","name":"bill \"mm\"","required":false},{"type":"double","name":"year","required":true},{"type":"double","name":"wild","required":true},{"type":"string","name":"island","required":false}]"#
    );
    assert_eq!(
        outputs,
        r#"[{"type":"long","name":"label","required":true},{"type":"float","name":"probability_0","required":true}]"#
    );
}

#[test]
fn the_file_names_the_graph_and_quotes_what_it_is_given() {
    let text = ml_model(&MlModel {
        signature: &signature(),
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
    assert!(text.contains(r#"inputs: "[{\"type\":\"double\",\"name\":\"bill \\\"mm\\\"\""#));
    assert!(requirements().iter().all(|(name, _)| !name.is_empty()));
    for (name, _) in &requirements()[1..] {
        assert!(text.contains(name), "{name}");
    }
}
