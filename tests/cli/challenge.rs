//! Challengers beside the champion, and training it again, on the same windows of Electricity.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use serde_json::{Value, json};

use crate::cli::model_import::corpus;
use crate::support::{TestLab, sample, text};

const N_TRAINING: usize = 9_062;

/// Trained on the first fifth: `deep@1`, which learnt by heart, the same again as `twin@1`, and `stump@1`; with the rest as a log.
fn electricity() -> (TestLab, PathBuf) {
    static ROWS: OnceLock<String> = OnceLock::new();
    let rows = ROWS.get_or_init(|| sample("electricity.csv.gz"));
    let lab = TestLab::new();
    lab.import(&lab.file("electricity.csv", rows), &[]);
    for (name, depth) in [("deep", 12), ("twin", 12), ("stump", 1)] {
        lab.register(
            name,
            &[
                "electricity",
                "--target",
                "class",
                "--split",
                "time",
                "--test-size",
                "0.8",
                "--algorithm",
                "decision_tree",
                "--param",
                &format!("max_depth={depth}"),
            ],
        );
    }
    let mut lines = rows.lines();
    let header = lines.next().expect("a header");
    let rest: Vec<&str> = lines.skip(N_TRAINING).collect();
    let log = lab.file("rest.csv", format!("{header}\n{}\n", rest.join("\n")));
    (lab, log)
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or(f64::NAN)
}

fn measured(model: &Value, metric: &str) -> f64 {
    let metrics = model["performance"].as_array().expect("metrics");
    let found = metrics.iter().find(|found| found["metric"] == metric);
    number(&found.expect("the metric")["value"])
}

fn names(value: &Value) -> Vec<&str> {
    let fields = value.as_object().expect("an object");
    let mut names: Vec<&str> = fields.keys().map(String::as_str).collect();
    names.sort_unstable();
    names
}

#[test]
fn the_better_challenger_is_found_and_training_again_is_simulated() {
    let (lab, log) = electricity();
    let report = lab.json(&[
        "replay",
        text(&log),
        "--model",
        "deep",
        "--window",
        "2000rows",
        "--challenger",
        "stump@1",
        "--challenger",
        "twin",
        "--retrain",
        "every=4",
        "--retrain",
        "on-alert=3",
    ]);
    let challenge = &report["challenge"];
    assert_eq!(challenge["models"], json!(["deep@1", "stump@1", "twin@1"]));
    let shapes: [(&Value, &[&str]); 4] = [
        (
            challenge,
            &["models", "policies", "tests", "totals", "windows"],
        ),
        (&challenge["windows"][0], &["models", "window"]),
        (
            &challenge["totals"][1],
            &["disagreement", "gain", "latency", "n_rows", "performance"],
        ),
        (
            &challenge["policies"][0],
            &[
                "mean_performance",
                "n_alerts",
                "n_refits",
                "policy",
                "steps",
            ],
        ),
    ];
    for (value, wanted) in shapes {
        assert_eq!(names(value), wanted);
    }

    let totals = challenge["totals"].as_array().expect("totals");
    let [deep, stump, twin] = &totals[..] else {
        panic!("three models: {totals:?}");
    };
    assert_eq!(deep["n_rows"], report["n_rows"]);
    let overall = number(&report["performance"]);
    assert!((measured(deep, "accuracy") - overall).abs() < 1e-12);
    let gained = measured(stump, "accuracy") - overall;
    assert!((number(&stump["gain"]["mean"]) - gained).abs() < 1e-9);
    assert_eq!(twin["disagreement"], 0.0);
    assert!(number(&stump["disagreement"]) >= gained.abs());
    assert_eq!(stump["latency"]["n"], report["n_rows"]);

    let [stump, twin] = &challenge["tests"].as_array().expect("tests")[..] else {
        panic!("two tests");
    };
    assert_eq!(
        (&stump["better"], &stump["worse"]),
        (&json!(true), &json!(false))
    );
    assert!(gained > 0.01, "the two are worth telling apart: {gained}");
    assert!((number(&stump["gain"]) - gained).abs() < 0.01, "{stump}");
    assert_eq!(
        (&twin["better"], &twin["worse"]),
        (&json!(false), &json!(false))
    );
    assert_eq!(
        (&twin["gain"], &twin["n_seen"]),
        (&json!(0.0), &report["n_rows"])
    );

    // The windows of the comparison are those of the replay.
    let windows = challenge["windows"].as_array().expect("windows");
    let replayed = report["windows"].as_array().expect("windows");
    assert_eq!(windows.len(), replayed.len());
    for (window, replayed) in windows.iter().zip(replayed) {
        let accuracy = measured(&window["models"][0], "accuracy");
        assert!((accuracy - number(&replayed["performance"]["value"])).abs() < 1e-12);
    }

    let [never, every, on_alert] = &challenge["policies"].as_array().expect("policies")[..] else {
        panic!("three policies");
    };
    let n_windows = replayed.len();
    assert_eq!(
        (&never["policy"]["kind"], &never["n_refits"]),
        (&json!("never"), &json!(0))
    );
    assert_eq!(every["n_refits"], (n_windows - 1) / 4);
    let steps = never["steps"].as_array().expect("steps");
    assert_eq!(steps.len(), n_windows);
    for (step, replayed) in steps.iter().zip(replayed) {
        assert_eq!(step["performance"], replayed["performance"]["value"]);
        if number(&replayed["n_drifted"]) > 0.0 {
            assert_eq!(step["alert"], true, "{step}");
        }
    }
    let refits = number(&on_alert["n_refits"]);
    assert!(
        refits >= 1.0 && refits <= number(&on_alert["n_alerts"]),
        "{on_alert}"
    );
    // Nothing of it stays in the lab.
    assert_eq!(
        lab.json(&["runs", "list"])["runs"].as_array().map(Vec::len),
        Some(3)
    );

    let shown = lab.assay(&[
        "replay",
        text(&log),
        "--model",
        "deep",
        "--window",
        "8000rows",
        "--challenger",
        "stump",
        "--retrain",
        "never",
    ]);
    for words in [
        "rows 1 to 8000",
        "all rows",
        "stump@1",
        "better than deep@1",
        "mean accuracy",
        "p50 ms",
    ] {
        assert!(shown.stdout.contains(words), "{words}: {}", shown.stdout);
    }
}

#[test]
fn what_cannot_be_compared_is_refused_in_a_sentence() {
    let lab = TestLab::new();
    lab.import(&lab.penguins(), &[]);
    let tree = ["--algorithm", "decision_tree"];
    lab.register(
        "species",
        &[&["penguins", "--target", "species"], &tree[..]].concat(),
    );
    lab.register(
        "sex",
        &[&["penguins", "--target", "sex"], &tree[..]].concat(),
    );
    lab.register(
        "mass",
        &[
            "penguins",
            "--target",
            "body_mass_g",
            "--algorithm",
            "ridge",
        ],
    );
    lab.register("groups", &["penguins", "--algorithm", "k_means"]);
    lab.json(&[
        "model",
        "import",
        &corpus("pipeline_zipmap.onnx"),
        "--name",
        "people",
    ]);
    let log = text(&lab.penguins()).to_owned();
    let unlabelled = lab.file("unlabelled.csv", "island,body_mass_g\nBiscoe,4000\n");
    let runs = || lab.json(&["runs", "list"])["runs"].clone();
    let before = runs();
    let refusals: [(&str, &[&str], &str); 9] = [
        (
            &log,
            &["--reference", "penguins", "--challenger", "species"],
            "no model to challenge",
        ),
        (
            &log,
            &["--model", "species", "--challenger", "species@1"],
            "is named twice",
        ),
        (
            &log,
            &["--model", "species", "--challenger", "mass"],
            "answers with numbers and `species@1` with classes",
        ),
        (
            &log,
            &["--model", "species", "--challenger", "sex"],
            "apart, and `species@1`",
        ),
        (
            &log,
            &["--model", "species", "--challenger", "people"],
            "apart, and `species@1`",
        ),
        (
            &log,
            &["--model", "species", "--challenger", "nobody"],
            "nobody",
        ),
        (
            &log,
            &["--reference", "penguins", "--retrain", "every=2"],
            "no model to train again",
        ),
        (
            &log,
            &["--model", "groups", "--retrain", "never"],
            "learnt without a target",
        ),
        (
            text(&unlabelled),
            &["--model", "species", "--retrain", "every=2"],
            "no labels to train on again",
        ),
    ];
    for (log, words, said) in refusals {
        let answer = lab.assay(&[&["replay", log], words].concat());
        assert_eq!(answer.status, 1, "{words:?}: {}", answer.stderr);
        assert!(answer.stderr.contains(said), "{words:?}: {}", answer.stderr);
    }
    let usage = lab.assay(&["replay", &log, "--model", "species", "--retrain", "often"]);
    assert_eq!(usage.status, 2);
    assert!(usage.stderr.contains("never, every=5"), "{}", usage.stderr);
    assert_eq!(runs(), before);
}

#[test]
fn a_challenger_reads_its_own_columns_and_is_left_out_where_they_are_not() {
    let lab = TestLab::new();
    let rows: String = (0..400)
        .map(|row| {
            format!(
                "{},{},{}\n",
                row % 7,
                (row * 3) % 11,
                i32::from(row % 7 > 3)
            )
        })
        .collect();
    lab.import(&lab.file("few.csv", format!("a,b,y\n{rows}")), &[]);
    let halves = [("by_b", "b"), ("by_a", "a")];
    for (name, column) in halves {
        let narrow = lab.file("narrow.csv", {
            let place = usize::from(column == "b");
            let lines = rows.lines().map(|line| {
                let fields: Vec<&str> = line.split(',').collect();
                format!("{},{}\n", fields[place], fields[2])
            });
            format!("{column},y\n{}", lines.collect::<String>())
        });
        lab.import(&narrow, &["--name", name]);
        lab.register(
            name,
            &[name, "--target", "y", "--algorithm", "decision_tree"],
        );
    }
    let both = lab.file("both.csv", format!("a,b,y\n{rows}"));
    let alone = lab.file("alone.csv", {
        let lines = rows.lines().map(|line| {
            let fields: Vec<&str> = line.split(',').collect();
            format!("{},{}\n", fields[1], fields[2])
        });
        format!("b,y\n{}", lines.collect::<String>())
    });
    let folder = lab.path().with_file_name("exported");
    lab.json(&["model", "export", "by_a", text(&folder)]);
    let onnx = folder.join("model.onnx");
    lab.json(&["model", "import", text(&onnx), "--name", "outside"]);
    let replay = |log: &Path| {
        lab.json(&[
            "replay",
            text(log),
            "--model",
            "by_b",
            "--challenger",
            "by_a",
            "--challenger",
            "outside",
        ])
    };
    let report = replay(&both);
    assert_eq!(measured(&report["challenge"]["totals"][1], "accuracy"), 1.0);
    assert_eq!(report["challenge"]["tests"][0]["better"], true);
    // An ONNX file of somebody else says the same.
    assert_eq!(
        report["challenge"]["tests"][1]["gain"],
        report["challenge"]["tests"][0]["gain"]
    );
    // What the challenger alone reads is not watched.
    let names: Vec<&Value> = report["columns"]
        .as_array()
        .expect("columns")
        .iter()
        .map(|c| &c["name"])
        .collect();
    assert_eq!(names, ["b", "prediction", "target"]);

    let report = replay(&alone);
    assert_eq!(report["challenge"], Value::Null);
    let warnings = report["warnings"].to_string();
    assert!(
        warnings.contains("`by_a@1` is left out: the log has no column `a`"),
        "{warnings}"
    );
}
