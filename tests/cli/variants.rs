//! Smaller models of a version, measured beside the whole one.

use serde_json::Value;

use crate::support::TestLab;

fn with_model(target: &str, algorithm: &str) -> TestLab {
    let lab = TestLab::new();
    lab.import(&lab.penguins(), &[]);
    let words = [
        "train",
        "penguins",
        "--target",
        target,
        "--algorithm",
        algorithm,
    ];
    let run = lab.json(&words)["run_id"].clone();
    lab.json(&[
        "model",
        "register",
        run.as_str().expect("a run"),
        "--name",
        "m",
    ]);
    lab
}

fn figure(variant: &Value, side: &str, name: &str) -> f64 {
    variant[side][name].as_f64().expect("a number")
}

#[test]
fn a_forest_is_pruned_and_stays_good() {
    let lab = with_model("species", "random_forest");
    let made = lab.json(&["model", "shrink", "m", "--to", "pruned", "--size", "0.5"]);
    assert!(
        figure(&made, "measured", "size_bytes") < 0.7 * figure(&made, "original", "size_bytes")
    );
    let accuracy = |side: &str| made[side]["metrics"]["accuracy"].as_f64().expect("a share");
    assert!(
        accuracy("measured") >= accuracy("original") - 0.05,
        "{made}"
    );
    for side in ["measured", "original"] {
        assert!(figure(&made, side, "row_latency_micros") > 0.0, "{made}");
        assert!(figure(&made, side, "batch_latency_millis") > 0.0, "{made}");
    }
    assert!(
        made["note"]
            .as_str()
            .is_some_and(|note| note.contains("nodes are left")),
        "{made}"
    );

    // The version has it, and all of its files are as their sums say.
    let shown = lab.json(&["model", "show", "m"]);
    assert_eq!(shown["variants"][0]["kind"], "pruned");
    assert_eq!(lab.json(&["model", "verify", "m"])["passed"], true);
    let folder = lab.path().with_file_name("small");
    let small = folder.to_str().expect("text");
    lab.json(&["model", "export", "m", small, "--variant", "pruned"]);
    assert_eq!(lab.json(&["model", "verify", small])["passed"], true);
    let size = std::fs::metadata(folder.join("model.onnx"))
        .expect("a file")
        .len();
    assert_eq!(size as f64, figure(&made, "measured", "size_bytes"));
    let answer = lab.assay(&["model", "export", "m", "nowhere", "--variant", "int8"]);
    assert!(
        answer.stderr.contains("assay model shrink m@1 --to int8"),
        "{}",
        answer.stderr
    );
}

#[test]
fn what_does_not_get_smaller_is_refused_in_one_sentence() {
    let lab = with_model("species", "decision_tree");
    for (words, part) in [
        (
            &["--to", "float16"][..],
            "no product of matrices in it has constants",
        ),
        (&["--to", "int8"], "prune trees instead"),
        (
            &["--to", "pruned", "--size", "1.5"],
            "name a share over 0 and under 1",
        ),
        (
            &["--to", "float16", "--size", "0.5"],
            "name a size for pruned trees alone",
        ),
    ] {
        let answer = lab.assay(&[&["model", "shrink", "m"], words].concat());
        assert_ne!(answer.status, 0, "{words:?}");
        assert!(answer.stderr.contains(part), "{words:?}: {}", answer.stderr);
    }
    let lab = with_model("body_mass_g", "ridge");
    let answer = lab.assay(&["model", "shrink", "m", "--to", "pruned"]);
    assert!(
        answer.stderr.contains("it has no trees"),
        "{}",
        answer.stderr
    );
    assert_eq!(
        lab.json(&["model", "show", "m"])["variants"],
        serde_json::json!([])
    );
}
