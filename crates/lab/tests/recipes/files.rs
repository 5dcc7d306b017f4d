//! The default recipe fits, and a linear model and trees train, on whatever a file holds.

use std::collections::BTreeMap;

use assay_core::recipe::{Missing, recommend, validate};
use assay_core::{Matrix, Target, Task};
use assay_frame::{Frame, TargetKind, apply_recipe, fit_and_apply, profile, raw_columns};
use assay_learn::{Training, fit, predict};

use crate::table;

/// Of the target's kind: least squares or maximum likelihood, and trees.
const ALGORITHMS: [[&str; 2]; 2] = [
    ["logistic_regression", "decision_tree"],
    ["ridge", "decision_tree"],
];

/// Trains on the first rows of each class or value, and answers for all.
fn trains(what: &str, frame: &Frame, target: &str, kind: TargetKind, n_train: usize) {
    let task = Task::silent();
    let found = assay_frame::target(frame, target, kind).unwrap();
    let schema = frame.schema();
    let recipe = recommend(&profile(frame, &task).unwrap(), &schema, target);
    assert_eq!(
        validate(&recipe, &schema, target, Missing::Refused),
        Ok(()),
        "{what}"
    );
    let train: Vec<usize> = (0..n_train.min(found.rows.len())).collect();
    let rows: Vec<usize> = train.iter().map(|&at| found.rows[at]).collect();
    let given = raw_columns(frame, &rows, &recipe.inputs).unwrap();
    let y = found.target.take(&train);
    let (fitted, x) = fit_and_apply(&given, &y, &recipe, Missing::Refused, &task)
        .unwrap_or_else(|error| panic!("{what}: {error}"));
    let all = raw_columns(frame, &found.rows, &recipe.inputs).unwrap();
    let all = apply_recipe(&all, &fitted).unwrap_or_else(|error| panic!("{what}: {error}"));
    let of_kind = usize::from(matches!(y, Target::Values(_)));
    for algorithm in ALGORITHMS[of_kind] {
        let n = answers(&format!("{what}, {algorithm}"), algorithm, &x, &y, &all);
        assert_eq!(n, found.rows.len(), "{what}, {algorithm}");
    }
}

fn answers(what: &str, algorithm: &str, x: &Matrix, y: &Target, all: &Matrix) -> usize {
    let training = Training {
        x,
        y,
        weights: None,
        seed: 3,
        task: &Task::silent(),
    };
    let model = fit(algorithm, &BTreeMap::new(), &training)
        .unwrap_or_else(|error| panic!("{what}: {error}"));
    let prediction = predict(&model, all);
    match prediction {
        assay_core::matrix::Prediction::Classes {
            indices,
            probabilities,
            ..
        } => {
            assert!(
                probabilities.iter().all(|p| (0.0..=1.0).contains(p)),
                "{what}"
            );
            indices.len()
        }
        assay_core::matrix::Prediction::Values(values)
        | assay_core::matrix::Prediction::Coordinates { values, .. } => {
            assert!(values.iter().all(|value| value.is_finite()), "{what}");
            values.len()
        }
    }
}

fn lines(n: usize, of: impl Fn(usize) -> String) -> String {
    (0..n).map(|row| of(row) + "\n").collect()
}

/// Columns, the first of which is the target.
fn hard_files() -> Vec<(&'static str, String)> {
    let review = |row: usize| {
        let words = [
            "Good", "bad;", "the", "Über", "night", "<br/>", "100%", "None",
        ];
        let n = row * 7 % 23 + 4;
        let words = (0..n).map(|at| words[(at * at + row) % words.len()]);
        format!("\"{} no {row}\"", words.collect::<Vec<_>>().join(" "))
    };
    let gap = |row: usize, value: &str| {
        let is_gap = row % 7 == 3;
        if is_gap {
            String::new()
        } else {
            value.to_owned()
        }
    };
    vec![
        (
            "one row per class",
            lines(30, |row| format!("class {row},{row}.5,{}", row % 2 == 0)),
        ),
        (
            "constant columns",
            lines(40, |row| format!("{},4.25,same,true,2024-01-01", row % 2)),
        ),
        (
            "10,000 categories",
            lines(24_000, |row| format!("{},k{}", row % 2, row % 10_000)),
        ),
        (
            "dates",
            lines(60, |row| {
                let day = format!("2025-11-{:02}", row % 28 + 1);
                let time = format!("1969-12-31T{:02}:59:59", row % 24);
                format!("{},{day},{time},{}", row % 2, gap(row, "2024-02-29"))
            }),
        ),
        (
            "free text",
            lines(80, |row| {
                format!("{},{},{}", row % 2, gap(row, &review(row)), row % 4)
            }),
        ),
        (
            "free text alone",
            lines(80, |row| format!("{},{}", row % 2, review(row))),
        ),
        (
            "a column without a value",
            lines(40, |row| format!("{},,{}", row % 2, row % 5)),
        ),
        (
            "one column beside the target",
            lines(40, |row| format!("{},{}", row % 2, row * row % 17)),
        ),
        (
            "words that are links",
            lines(40, |row| {
                let path = "deep/".repeat(12);
                format!(
                    "{},https://example.org/{path}{row}.html,{}",
                    row % 3,
                    row % 5
                )
            }),
        ),
        (
            "values that begin late",
            lines(60, |row| match row {
                0..50 => format!("{},,,,{row}", row % 2),
                _ => format!("{},1.5,word,2024-01-01,{row}", row % 2),
            }),
        ),
        (
            "huge numbers",
            lines(40, |row| {
                format!("{},{row}e30,{}e-300,{}", row % 2, row, row % 5)
            }),
        ),
    ]
}

#[test]
fn the_default_recipe_never_fails() {
    for (what, body) in hard_files() {
        let n_columns = body.lines().next().unwrap().split(',').count();
        let names: Vec<String> = (0..n_columns).map(|at| format!("c{at}")).collect();
        let frame = table(&format!("{}\n{body}", names.join(",")));
        for n_train in [usize::MAX, 12] {
            trains(what, &frame, "c0", TargetKind::Classes, n_train);
        }
        if what != "one row per class" {
            trains(what, &frame, "c0", TargetKind::Values, usize::MAX);
        }
    }
}

#[test]
fn a_table_of_nothing_but_missing_values_says_what_is_wrong() {
    let frame = table(&format!(
        "y,a,b\n{}",
        lines(20, |row| format!("{},,", row % 2))
    ));
    let schema = frame.schema();
    let profile = profile(&frame, &Task::silent()).unwrap();
    let recipe = recommend(&profile, &schema, "y");
    let error = validate(&recipe, &schema, "y", Missing::Refused)
        .unwrap_err()
        .to_string();
    assert!(error.contains("no input"), "{error}");
    assert!(
        recipe
            .left_out
            .iter()
            .all(|left| left.reason == "it holds no value")
    );
}
