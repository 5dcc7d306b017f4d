//! Clients of others: the Open Inference Protocol with Triton's own client, MLflow's `/invocations`.

use std::fs;
use std::process::Stdio;

use serde_json::{Value, json};

use super::{get, lab, post, post_json, started};
use crate::server::Server;

#[test]
fn tritons_client_finds_and_asks_a_model() {
    let (lab, server) = started();
    let output = crate::mlflow::python_command(&lab, "tests/serve/triton.py")
        .arg(&server.address)
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

#[test]
fn mlflows_form_is_answered_as_the_folder_of_the_version_says() {
    let lab = lab();
    for version in ["1", "2"] {
        let folder = lab.path().join("registry/birds").join(version);
        let request = fs::read(folder.join("sample_request.json")).expect("a sample");
        let wanted: Value = serde_json::from_slice(
            &fs::read(folder.join("sample_answer.json")).expect("its answer"),
        )
        .expect("JSON");
        let server = Server::start(&lab, &["--model", &format!("birds@{version}")]);
        assert_eq!(get(&server, "/ping").status, 200);
        assert_eq!(get(&server, "/version").status, 200);
        let json = [("Content-Type", "application/json; format=pandas-split")];
        let answer = post(&server, "/invocations", &json, &request);
        assert_eq!(answer.status, 200, "{}", answer.json());
        let said = answer.json();
        assert_eq!(said["predictions"]["label"], wanted["predictions"]["label"]);
        let flat = |value: &Value| -> Vec<f64> {
            let rows = value["predictions"]["probabilities"]
                .as_array()
                .expect("rows");
            rows.iter()
                .flat_map(|row| row.as_array().expect("a row"))
                .map(|p| p.as_f64().expect("a number"))
                .collect()
        };
        for (said, wanted) in flat(&said).iter().zip(flat(&wanted)) {
            assert!((said - wanted).abs() < 1e-5, "{said} {wanted}");
        }
    }
}

#[test]
fn with_several_models_invocations_wants_one_named() {
    let (lab, server) = started();
    let body = json!({ "dataframe_records": [super::record()] });
    assert_eq!(post_json(&server, "/invocations", &body).status, 200);
    let run = lab.json(&["runs", "list"])["runs"][0]["run_id"].clone();
    let run = run.as_str().expect("an id");
    lab.json(&["model", "register", run, "--name", "others"]);
    // A server sees what another process registered within a moment.
    let begun = std::time::Instant::now();
    let mut answer = post_json(&server, "/invocations", &body);
    while answer.status == 200 && begun.elapsed() < std::time::Duration::from_secs(20) {
        std::thread::sleep(std::time::Duration::from_millis(50));
        answer = post_json(&server, "/invocations", &body);
    }
    assert_eq!(answer.status, 404, "{}", answer.json());
    assert!(
        answer.json()["hint"]
            .as_str()
            .is_some_and(|hint| hint.contains("--model")),
        "{}",
        answer.json()
    );
}
