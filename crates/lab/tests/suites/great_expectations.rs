//! Files that Great Expectations 1.24.1 and 0.18.22 wrote (golden/make_suites.py).

use assay_core::expect::{RuleType, Severity};
use assay_core::suites::SuiteFormat;
use assay_lab::suites::{ReadSuite, from_gx_json, from_toml, to_gx_value, to_toml};
use serde_json::{Value, json};

const GX_1: &str = include_str!("golden/gx_1.json");
const GX_0: &str = include_str!("golden/gx_0.json");

fn suites(golden: &str) -> Vec<Value> {
    let file: Value = serde_json::from_str(golden).unwrap();
    file["suites"].as_array().unwrap().clone()
}

fn read(suite: &Value) -> ReadSuite {
    from_gx_json(&suite.to_string()).unwrap()
}

fn what_was_not_understood(suite: &ReadSuite) -> Vec<(u32, &str)> {
    suite
        .not_understood
        .iter()
        .map(|entry| (entry.rule, entry.type_.as_str()))
        .collect()
}

#[test]
fn every_suite_comes_back_as_it_was_also_by_way_of_toml() {
    for (golden, format) in [
        (GX_1, SuiteFormat::GreatExpectations),
        (GX_0, SuiteFormat::GreatExpectations0),
    ] {
        for file in suites(golden) {
            let suite = read(&file).suite;
            let written = to_gx_value(&suite, format);
            for (ours, theirs) in entries(&written).iter().zip(entries(&file)) {
                assert_eq!(ours, theirs);
            }
            assert_eq!(written, file);
        }
    }
    for file in [&suites(GX_1)[0], &suites(GX_0)[0]] {
        let suite = read(file).suite;
        let text = to_toml(&suite);
        let again = from_toml(&text).map_err(|error| error.to_string()).unwrap();
        for (ours, theirs) in again.expectations.iter().zip(&suite.expectations) {
            assert_eq!(ours, theirs);
        }
        assert_eq!(again, suite);
    }
}

fn entries(suite: &Value) -> &[Value] {
    suite["expectations"].as_array().map_or(&[], Vec::as_slice)
}

#[test]
fn every_type_of_the_newer_generation_is_understood_with_all_its_arguments() {
    let plain = read(&suites(GX_1)[0]);
    assert_eq!(what_was_not_understood(&plain), []);
    let seen: Vec<RuleType> = plain
        .suite
        .expectations
        .iter()
        .map(|expectation| expectation.rule.type_)
        .collect();
    for type_ in RuleType::ALL {
        // The type that the file of the newer generation cannot be made to hold: its class wants an argument that no
        // suite has.
        let excepted = [RuleType::MulticolumnUnique, RuleType::NotUnderstood];
        assert_eq!(seen.contains(type_), !excepted.contains(type_), "{type_}");
    }
}

#[test]
fn what_people_say_about_a_rule_is_kept_where_it_belongs() {
    let words = read(&suites(GX_1)[1]);
    let expectations = &words.suite.expectations;
    let severities: Vec<Severity> = expectations.iter().map(|e| e.severity).take(3).collect();
    assert_eq!(
        severities,
        [Severity::Critical, Severity::Warning, Severity::Info]
    );
    assert_eq!(expectations[0].description.as_deref(), Some("a sentence"));
    assert_eq!(expectations[0].meta["assay"], "theirs");
    assert_eq!(words.suite.other["meta"]["owner"]["team"], "data");
    // A parameter that only their run time could fill.
    assert_eq!(
        what_was_not_understood(&words),
        [(7, "expect_column_values_to_be_between")]
    );
}

#[test]
fn what_is_not_understood_is_listed_kept_and_exported_unchanged() {
    let file = &suites(GX_1)[2];
    let suite = read(file);
    let name = "expect_query_results_to_match_comparison";
    assert_eq!(what_was_not_understood(&suite), [(2, name)]);
    assert_eq!(
        suite.suite.expectations[1].rule.type_,
        RuleType::NotUnderstood
    );
    let problems = suite.suite.problems();
    assert_eq!(problems.len(), 1, "it must not pass: {problems:?}");
    assert!(problems[0].1.0.contains(name), "{problems:?}");
    let older = to_gx_value(&suite.suite, SuiteFormat::GreatExpectations0);
    assert_eq!(entries(&older)[1]["expectation_type"], name);

    let old = read(&suites(GX_0)[0]);
    let n = old.suite.expectations.len() as u32;
    assert_eq!(
        what_was_not_understood(&old),
        [
            (n - 1, "expect_column_values_to_be_between"),
            (n, "expect_column_values_to_be_vectors")
        ]
    );
    assert!(
        old.not_understood[0]
            .wrong
            .contains("`parse_strings_as_datetimes`")
    );
}

#[test]
fn reasons_and_severities_go_through_either_generation() {
    let entry = json!({
        "type": "expect_column_values_to_not_be_null", "kwargs": {"column": "a"},
        "severity": "warning", "reason": "none of 3 rows lacks it", "notes": ["x"], "description": "d", "id": "i",
        "meta": {"k": 1}, "success_on_last_run": true,
    });
    let file = json!({"schema": 1, "name": "s", "expectations": [entry]});
    let suite = read(&file).suite;
    assert_eq!(suite.expectations[0].reason, "none of 3 rows lacks it");
    for format in [
        SuiteFormat::GreatExpectations,
        SuiteFormat::GreatExpectations0,
    ] {
        let written = to_gx_value(&suite, format);
        let entry = &entries(&written)[0];
        assert_eq!(entry["meta"]["assay"]["reason"], "none of 3 rows lacks it");
        assert_eq!(entry["success_on_last_run"], true);
        assert_eq!(read(&written).suite, suite);
    }
}
