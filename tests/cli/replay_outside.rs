//! A log against a model that somebody else trained, with a data set in the place of its training rows.

use std::fs;

use serde_json::Value;

use crate::support::{TestLab, text};

/// Rows `x,kind,y`: `y` is whether `x` is over a half, but for one row in ten; `x` is moved by `shift`.
fn rows(n: u32, from: u32, shift: f64) -> String {
    (from..from + n)
        .map(|row| {
            let x = (f64::from(row) * 0.618_033_988_75).fract();
            let kind = if row % 3 == 0 { "a" } else { "b" };
            let y = (x > 0.5) != (row % 10 == 0);
            format!("{},{kind},{}\n", x + shift, if y { "yes" } else { "no" })
        })
        .collect()
}

/// With the data set `rows` and the model `outside@1`, an ONNX file whose training nobody here knows; and the path of a log
/// whose second half has moved.
fn outside() -> (TestLab, String) {
    let lab = TestLab::new();
    let head = "x,kind,y\n";
    lab.import(
        &lab.file("rows.csv", format!("{head}{}", rows(2_000, 0, 0.0))),
        &[],
    );
    lab.register(
        "own",
        &[
            "rows",
            "--target",
            "y",
            "--algorithm",
            "decision_tree",
            "--param",
            "max_depth=3",
        ],
    );
    bring(&lab);
    let log = format!("{head}{}{}", rows(500, 5_000, 0.0), rows(500, 6_000, 0.4));
    let log = lab.file("log.csv", log);
    (lab, log.to_str().expect("text").to_owned())
}

/// The graph of the model `own`, as somebody else would have it, becomes `outside@1`.
fn bring(lab: &TestLab) {
    let folder = lab.path().with_file_name("exported");
    lab.json(&["model", "export", "own", text(&folder)]);
    let graph = folder.join("model.onnx");
    lab.json(&["model", "import", text(&graph), "--name", "outside"]);
}

fn of_windows<'a>(report: &'a Value, key: &str) -> Vec<&'a Value> {
    let windows = report["windows"].as_array().expect("windows");
    windows.iter().map(|window| &window[key]).collect()
}

#[test]
fn an_imported_model_is_replayed_against_a_data_set() {
    let (lab, log) = outside();
    let against = ["--reference", "rows", "--label", "y", "--window", "500rows"];
    let replay = |model: &str, more: &[&str]| {
        lab.json(&[&["replay", &log, "--model", model][..], &against, more].concat())
    };
    let report = replay("outside", &["--challenger", "own"]);
    assert_eq!(report["model"]["model"], "outside");
    assert_eq!(report["reference"], "rows@1");
    assert_eq!(report["n_reference_rows"], 2_000);
    assert_eq!(report["drifted"], serde_json::json!(["x", "prediction"]));
    assert_eq!(report["first_drifted_window"], 1);
    assert_eq!(report["performance_metric"], "accuracy");
    let accuracy = &report["windows"][0]["performance"]["value"];
    assert!(accuracy.as_f64().expect("a number") > 0.85, "{accuracy}");
    let estimates = report["windows"][0]["estimates"]
        .as_array()
        .expect("estimates");
    let estimate = estimates.iter().find(|e| e["metric"] == "accuracy");
    let estimate = estimate.expect("of accuracy")["value"]
        .as_f64()
        .expect("a number");
    assert!((estimate - 0.9).abs() < 0.04, "{estimate}");
    assert_eq!(report["challenge"]["tests"][0]["gain"], 0.0);

    // What it is held against is the data set's rows, of which it gets nine in ten right.
    let baseline = report["test_performance"].as_f64().expect("a number");
    assert!((baseline - 0.9).abs() < 0.01, "{baseline}");
    assert_eq!(report["baseline_rows"], "reference");
    let finding =
        format!("accuracy was worse than the {baseline} of the reference rows in window 2");
    let findings = report["findings"].as_array().expect("findings");
    assert!(
        findings
            .iter()
            .any(|said| said.as_str().is_some_and(|said| said.starts_with(&finding))),
        "{findings:?}"
    );

    // The lab's own version answers the same and is held against the same rows; its estimates are those of its test rows.
    let own = replay("own", &[]);
    assert_eq!(of_windows(&own, "columns"), of_windows(&report, "columns"));
    assert_eq!(
        of_windows(&own, "performance"),
        of_windows(&report, "performance")
    );

    // All of it is kept: judged again, in a report, and with the data set gone.
    let id = report["replay_id"].as_str().expect("an id");
    let again = lab.json(&["replay", "--again", id]);
    assert_eq!(
        of_windows(&again, "columns"),
        of_windows(&report, "columns")
    );
    let html = lab.path().with_file_name("report.html");
    let html = html.to_str().expect("text");
    assert_eq!(lab.assay(&["report", id, "--output", html]).status, 0);
    assert!(
        fs::read_to_string(html)
            .expect("a page")
            .contains("outside@1")
    );
    let told = lab.assay(&["replay", "--again", id]);
    assert!(
        told.stdout.contains("2,000 rows of rows@1"),
        "{}",
        told.stdout
    );
}

/// Rows `x,kind,y`: `y` is twice `x`, off by more the larger `x` is; where `has_truth` is not, it is missing.
fn numbers(n: u32, from: u32, span: (f64, f64), has_truth: bool) -> String {
    (from..from + n)
        .map(|row| {
            let at = (f64::from(row) * 0.618_033_988_75).fract();
            let x = span.0 + at * (span.1 - span.0);
            let kind = if row % 3 == 0 { "a" } else { "b" };
            let error = x * if row % 2 == 0 { 1.0 } else { -1.0 };
            match has_truth {
                true => format!("{x},{kind},{}\n", 2.0 * x + error),
                false => format!("{x},{kind},\n"),
            }
        })
        .collect()
}

/// Errors of a model that nobody here trained are learnt from the rows of its reference: they are expected to be larger where
/// the inputs are.
#[test]
fn errors_of_an_imported_model_of_numbers_are_estimated() {
    let lab = TestLab::new();
    let head = "x,kind,y\n";
    let rows = format!("{head}{}", numbers(2_000, 0, (0.0, 10.0), true));
    lab.import(&lab.file("rows.csv", rows), &[]);
    lab.register(
        "own",
        &["rows", "--target", "y", "--algorithm", "linear_regression"],
    );
    bring(&lab);
    // Without labels, and then with small inputs, with large ones, and with both.
    let log = [(0.0, 2.0), (8.0, 10.0), (0.0, 10.0)].map(|span| numbers(500, 5_000, span, false));
    let log = lab.file("log.csv", format!("{head}{}", log.concat()));
    let report = lab.json(&[
        "replay",
        text(&log),
        "--model",
        "outside",
        "--reference",
        "rows",
        "--label",
        "y",
        "--window",
        "500rows",
    ]);
    let estimates = of_windows(&report, "estimates");
    let mae = |window: usize| {
        let metrics = estimates[window].as_array().expect("estimates");
        let found = metrics.iter().find(|own| own["metric"] == "mae");
        found.expect("of the MAE")["value"]
            .as_f64()
            .expect("a number")
    };
    // The mean of |x| over each span.
    for (window, wanted) in [(0, 1.0), (1, 9.0), (2, 5.0)] {
        assert!(
            (mae(window) - wanted).abs() < 0.5,
            "{window}: {}",
            mae(window)
        );
    }
}

#[test]
fn what_an_imported_model_cannot_be_replayed_with_is_said() {
    let (lab, log) = outside();
    lab.import(&lab.file("other.csv", "x,y\n1,yes\n2,no\n"), &[]);
    for (words, wanted) in [
        (
            &["--model", "outside"][..],
            "`outside@1` was imported, so nothing is known of the rows that it was trained on",
        ),
        (
            &["--model", "outside", "--reference", "other"],
            "there is no column `kind`",
        ),
        (
            &[
                "--model",
                "outside",
                "--reference",
                "rows",
                "--label",
                "y",
                "--retrain",
                "every=1",
            ],
            "`outside@1` was imported, and how it was trained is not known",
        ),
    ] {
        let refused = lab.assay(&[&["replay", &log][..], words].concat());
        assert_eq!(refused.status, 1, "{words:?}: {}", refused.stderr);
        assert!(
            refused.stderr.contains(wanted),
            "{words:?}: {}",
            refused.stderr
        );
        assert!(
            refused.stderr.contains("hint: "),
            "{words:?}: {}",
            refused.stderr
        );
    }
    // Every column of the model is there.
    assert_eq!(
        lab.json(&["replay", &log, "--preview", "--model", "outside"])["problems"],
        serde_json::json!([
            "no column is taken for the time: rows are read in the order of the file"
        ])
    );
}
