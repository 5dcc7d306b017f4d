//! An export that predicts differently is refused, also where only rows differ that no test row looks like.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use crate::support::TestLab;

fn trained(lab: &TestLab) -> Value {
    lab.import(&lab.penguins(), &[]);
    let run = lab.json(&[
        "train",
        "penguins",
        "--target",
        "body_mass_g",
        "--algorithm",
        "linear_regression",
    ]);
    run["run_id"].clone()
}

/// Where the bytes of a run's graph lie.
fn graph_of(lab: &TestLab, run: &str) -> PathBuf {
    let shown = lab.json(&["runs", "show", run]);
    let hash = shown["onnx"].as_str().expect("a hash").to_owned();
    lab.path().join("objects").join(&hash[..2]).join(&hash)
}

#[test]
fn every_kind_of_adversarial_rows_is_in_the_report() {
    let lab = TestLab::new();
    let run = trained(&lab);
    let version = lab.json(&[
        "model",
        "register",
        run.as_str().expect("a run"),
        "--name",
        "m",
    ]);
    let parity = &version["parity"];
    assert_eq!(
        (&parity["schema"], &parity["passed"]),
        (&2.into(), &true.into())
    );
    let kinds: Vec<&str> = parity["parts"]["adversarial"]
        .as_array()
        .expect("kinds")
        .iter()
        .map(|part| {
            assert_eq!(part["differences"]["passed"], true, "{part}");
            assert!(part["differences"]["rows"].as_u64() > Some(0), "{part}");
            part["kind"].as_str().expect("a name")
        })
        .collect();
    assert_eq!(
        kinds,
        [
            "missing",
            "all_missing",
            "unseen_category",
            "empty_text",
            "extreme_number",
            "long_text"
        ]
    );
    let slices = parity["parts"]["slices"].as_array().expect("slices");
    let has = |column: &str, label: &str| {
        slices
            .iter()
            .any(|slice| slice["column"] == column && slice["label"] == label)
    };
    assert!(
        has("island", "Biscoe") && has("species", "Adelie"),
        "{slices:?}"
    );
    let written = fs::read(lab.path().join("registry/m/1/parity.json")).expect("a file");
    let written: Value = serde_json::from_slice(&written).expect("JSON");
    assert_eq!(&written, parity);
}

#[test]
fn a_graph_that_differs_on_adversarial_rows_alone_is_not_registered() {
    let lab = TestLab::new();
    let run = trained(&lab);
    let run = run.as_str().expect("a run");
    // The sums of the graph end at the largest f32; now they end at a thousand million, which no test row comes near.
    let path = graph_of(&lab, run);
    let mut bytes = fs::read(&path).expect("the graph");
    let largest = f64::from(f32::MAX).to_le_bytes();
    let at = bytes
        .windows(8)
        .position(|window| window == largest)
        .expect("the largest f32");
    bytes[at..at + 8].copy_from_slice(&1e9_f64.to_le_bytes());
    fs::write(&path, bytes).expect("the graph is written");

    let refused = lab.assay(&["model", "register", run, "--name", "m"]);
    assert_eq!(refused.status, 3, "{}", refused.stderr);
    for part in [
        "the ONNX file does not predict the same",
        "extreme numbers",
        "is 1e30 worst",
    ] {
        assert!(refused.stderr.contains(part), "{part}: {}", refused.stderr);
    }
    assert!(!refused.stderr.contains("test rows:"), "{}", refused.stderr);
    assert_eq!(lab.json(&["model", "list"]), serde_json::json!([]));
    assert!(!lab.path().join("registry/m").exists());
}
