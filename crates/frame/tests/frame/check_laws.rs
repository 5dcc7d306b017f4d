//! What holds for every type of expectation, on any rows: parts joined find what the whole finds.

use assay_core::Task;
use assay_core::expect::{Expectation, Rule, RuleResult, Severity, Suite};
use assay_frame::{CheckOptions, Checker, Frame, check_batches, check_with};
use proptest::prelude::*;
use serde_json::Value;

use crate::support::table;

const GOLDENS: &str = include_str!("../golden/expectations/goldens.json");

/// The rules of all goldens, over their columns.
fn suite(goldens: &Value) -> Suite {
    let cases = goldens["cases"].as_array().unwrap();
    let rule = |case: &Value| -> Rule {
        Rule::new(
            case["type"].as_str().unwrap().parse().unwrap(),
            case["kwargs"].clone(),
        )
    };
    Suite::new(
        "all",
        cases
            .iter()
            .map(|case| Expectation::new(rule(case), Severity::Critical, ""))
            .collect(),
    )
}

/// The header, and the values of each column that stand in the goldens' table, one of them missing.
fn columns(goldens: &Value) -> (String, Vec<Vec<String>>) {
    let csv = goldens["csv"].as_str().unwrap();
    let (header, _) = csv.split_once('\n').unwrap();
    let frame = table(csv);
    let values = frame
        .names()
        .iter()
        .map(|name| {
            let texts = assay_frame::column_texts(&frame, name).unwrap();
            texts
                .into_iter()
                .map(|text| {
                    text.map_or_else(String::new, |text| {
                        format!("\"{}\"", text.replace('"', "\"\""))
                    })
                })
                .collect()
        })
        .collect();
    (header.to_owned(), values)
}

fn rows(columns: Vec<Vec<String>>) -> impl Strategy<Value = Vec<Vec<String>>> {
    let row: Vec<_> = columns.into_iter().map(prop::sample::select).collect();
    prop::collection::vec(row, 1..40)
}

fn same_number(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => {
            let (a, b) = (a.as_f64().unwrap(), b.as_f64().unwrap());
            (a - b).abs() <= 1e-9 * a.abs().max(1.0)
        }
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same_number(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| same_number(a, &b[key]))
        }
        _ => a == b,
    }
}

fn same(whole: &[RuleResult], parts: &[RuleResult]) -> Result<(), TestCaseError> {
    prop_assert_eq!(whole.len(), parts.len());
    for (whole, parts) in whole.iter().zip(parts) {
        let observed = same_number(&whole.observed_value, &parts.observed_value);
        prop_assert!(observed, "{:?}\n{:?}", whole, parts);
        let counts = |result: &RuleResult| {
            let mut result = result.clone();
            result.observed = String::new();
            result.observed_value = Value::Null;
            result.details = None;
            result
        };
        prop_assert_eq!(counts(whole), counts(parts));
    }
    Ok(())
}

fn merged(frame: &Frame, suite: &Suite, cut: usize, options: &CheckOptions<'_>) -> Vec<RuleResult> {
    let task = Task::silent();
    let checker = |first: usize, n: usize| {
        let mut checker = Checker::new(suite, &frame.schema(), options.max_named_rows);
        checker
            .push(&frame.slice(first, n), first as u64, &task)
            .unwrap();
        checker
    };
    let mut first = checker(0, cut);
    first.merge(checker(cut, frame.n_rows()));
    first.finish(options, &task).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn parts_joined_find_what_the_whole_finds(
        (header, rows) in {
            let goldens: Value = serde_json::from_str(GOLDENS).unwrap();
            let (header, columns) = columns(&goldens);
            (Just(header), rows(columns))
        },
        batch_rows in 1usize..20,
        cut in 0usize..40,
    ) {
        let goldens: Value = serde_json::from_str(GOLDENS).unwrap();
        let suite = suite(&goldens);
        let lines: Vec<String> = rows.iter().map(|row| row.join(",")).collect();
        let frame = table(&format!("{header}\n{}\n", lines.join("\n")));
        let row_count_of = |_: &str| Ok(8);
        let options = CheckOptions { row_count_of: Some(&row_count_of), ..CheckOptions::default() };
        let whole = check_with(&frame, &suite, &options, &Task::silent()).unwrap();
        for result in &whole {
            prop_assert!(result.n_checked <= frame.n_rows() as u64, "{:?}", result);
            prop_assert!(result.n_checked + result.n_missing <= frame.n_rows() as u64, "{:?}", result);
            prop_assert!(result.unexpected_rows.len() <= 20);
            prop_assert!(result.unexpected_rows.is_sorted_by(|a, b| a < b), "{:?}", result);
            prop_assert_eq!(result.unexpected_rows.len(), result.unexpected_values.len());
        }
        let batches = (0..frame.n_rows()).step_by(batch_rows).map(|first| Ok(frame.slice(first, batch_rows)));
        let parts = check_batches(batches, &frame.schema(), &suite, &options, &Task::silent()).unwrap();
        same(&whole, &parts)?;
        same(&whole, &merged(&frame, &suite, cut.min(frame.n_rows()), &options))?;
    }
}

#[test]
fn a_table_without_rows_is_checked_too() {
    let goldens: Value = serde_json::from_str(GOLDENS).unwrap();
    let frame = table(goldens["csv"].as_str().unwrap());
    let suite = suite(&goldens);
    let options = CheckOptions::default();
    let none = std::iter::empty();
    let results = check_batches(none, &frame.schema(), &suite, &options, &Task::silent()).unwrap();
    assert_eq!(results.len(), suite.expectations.len());
    let empty = check_with(&frame.slice(0, 0), &suite, &options, &Task::silent()).unwrap();
    assert_eq!(results, empty);
    assert!(results.iter().all(|result| result.n_checked == 0));
}
