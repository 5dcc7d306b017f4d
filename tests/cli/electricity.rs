//! Electricity: trained on the first fifth, replayed on the rest, the change near row 17,400 seen at once and not before.

use crate::support::{TestLab, sample};

/// The first row (1-based, of the whole file) in which each column leaves its constant, read off the file itself.
fn first_change(text: &str, column: &str) -> usize {
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().expect("a header").split(',').collect();
    let at = header
        .iter()
        .position(|name| *name == column)
        .expect("the column");
    let values: Vec<&str> = lines
        .map(|line| line.split(',').nth(at).expect("a field"))
        .collect();
    let constant = values[0];
    values
        .iter()
        .position(|value| *value != constant)
        .expect("it moves")
        + 1
}

#[test]
fn the_drift_is_seen_in_the_first_window_that_holds_it() {
    let text = sample("electricity.csv.gz");
    let lab = TestLab::new();
    lab.import(&lab.file("electricity.csv", &text), &[]);
    let run = lab.json(&[
        "train",
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
        "max_depth=8",
    ]);
    let run_id = run["run_id"].as_str().expect("an id");
    lab.json(&["model", "register", run_id, "--name", "price"]);

    let mut lines = text.lines();
    let header = lines.next().expect("a header");
    let n_training = 9_062;
    let rest: Vec<&str> = lines.skip(n_training).collect();
    let log = lab.file("rest.csv", format!("{header}\n{}\n", rest.join("\n")));
    for rows in [336, 500] {
        let window = format!("{rows}rows");
        let report = lab.json(&[
            "replay",
            log.to_str().expect("text"),
            "--model",
            "price",
            "--window",
            &window,
        ]);
        for column in ["vicprice", "vicdemand", "transfer"] {
            let expected = (first_change(&text, column) - 1 - n_training) / rows;
            let seen = report["columns"]
                .as_array()
                .expect("columns")
                .iter()
                .find(|candidate| candidate["name"] == column);
            let first = seen.and_then(|column| column["first_drifted_window"].as_u64());
            assert_eq!(
                first,
                Some(expected as u64),
                "{column} in windows of {rows}"
            );
        }
        assert_eq!(report["performance_metric"], "accuracy");
        assert!(
            report["windows"][0]["performance"]["value"]
                .as_f64()
                .is_some_and(|value| value > 0.5)
        );
    }
}
