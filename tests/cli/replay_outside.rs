//! A log against a model that somebody else trained, with a data set in the place of its training rows.

use std::fs;

use serde_json::Value;

use crate::support::TestLab;

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
    let folder = lab.path().with_file_name("exported");
    let folder = folder.to_str().expect("text");
    lab.json(&["model", "export", "own", folder]);
    lab.json(&[
        "model",
        "import",
        &format!("{folder}/model.onnx"),
        "--name",
        "outside",
    ]);
    let log = format!("{head}{}{}", rows(500, 5_000, 0.0), rows(500, 6_000, 0.4));
    let log = lab.file("log.csv", log);
    (lab, log.to_str().expect("text").to_owned())
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
