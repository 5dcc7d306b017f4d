//! Every rule: kept, broken, over missing values, with a tolerance, and where it cannot run.

use assay_core::Task;
use assay_core::expect::RuleStatus::{self, DidNotRun, Failed, Passed};
use assay_core::expect::{Expectation, Rule, RuleResult, Severity, Suite};
use assay_frame::check;

use crate::support::{penguins, table};

fn results(csv: &str, rules: &[&str]) -> Vec<RuleResult> {
    let expectations = rules
        .iter()
        .map(|text| {
            let (name, kwargs) = text.split_once(' ').unwrap();
            let json = format!(r#"{{"type":"expect_{name}","kwargs":{kwargs}}}"#);
            let rule: Rule =
                serde_json::from_str(&json).unwrap_or_else(|error| panic!("{json}: {error}"));
            Expectation::new(rule, Severity::Critical, "")
        })
        .collect();
    let suite = Suite::new("test", expectations);
    check(&table(csv), &suite, &Task::silent()).unwrap()
}

const TABLE: &str = "n,f,t,b,d,u\n1,0.5,ab,true,2026-01-01,a\n2,1.5,abc,false,2026-01-02,b\n3,,AB,,,c\n3,-2.5,,true,2026-01-02,d\n";

type ValueCase<'a> = (&'a str, RuleStatus, u64, u64, &'a [u64], &'a [&'a str]);

#[test]
fn rules_on_values() {
    // rule, status, checked, missing, unexpected rows, unexpected values
    let cases: [ValueCase; 27] = [
        (
            r#"column_values_to_not_be_null {"column":"n"}"#,
            Passed,
            4,
            0,
            &[],
            &[],
        ),
        (
            r#"column_values_to_not_be_null {"column":"t"}"#,
            Failed,
            4,
            0,
            &[4],
            &["null"],
        ),
        (
            r#"column_values_to_not_be_null {"column":"t","mostly":0.75}"#,
            Passed,
            4,
            0,
            &[4],
            &["null"],
        ),
        (
            r#"column_values_to_be_unique {"column":"u"}"#,
            Passed,
            4,
            0,
            &[],
            &[],
        ),
        (
            r#"column_values_to_be_unique {"column":"n"}"#,
            Failed,
            4,
            0,
            &[3, 4],
            &["3", "3"],
        ),
        (
            r#"column_values_to_be_unique {"column":"n","mostly":0.5}"#,
            Passed,
            4,
            0,
            &[3, 4],
            &["3", "3"],
        ),
        (
            r#"column_values_to_be_unique {"column":"d"}"#,
            Failed,
            3,
            1,
            &[2, 4],
            &["2026-01-02", "2026-01-02"],
        ),
        (
            r#"column_values_to_be_between {"column":"n","min_value":1,"max_value":3}"#,
            Passed,
            4,
            0,
            &[],
            &[],
        ),
        (
            r#"column_values_to_be_between {"column":"n","min_value":1,"max_value":3,"strict_max":true}"#,
            Failed,
            4,
            0,
            &[3, 4],
            &["3", "3"],
        ),
        (
            r#"column_values_to_be_between {"column":"n","min_value":1,"strict_min":true}"#,
            Failed,
            4,
            0,
            &[1],
            &["1"],
        ),
        (
            r#"column_values_to_be_between {"column":"f","min_value":0}"#,
            Failed,
            3,
            1,
            &[4],
            &["-2.5"],
        ),
        (
            r#"column_values_to_be_between {"column":"f","min_value":0,"mostly":0.6}"#,
            Passed,
            3,
            1,
            &[4],
            &["-2.5"],
        ),
        (
            r#"column_values_to_be_in_set {"column":"t","value_set":["ab","abc","AB"]}"#,
            Passed,
            3,
            1,
            &[],
            &[],
        ),
        (
            r#"column_values_to_be_in_set {"column":"t","value_set":["ab","abc"]}"#,
            Failed,
            3,
            1,
            &[3],
            &["AB"],
        ),
        (
            r#"column_values_to_be_in_set {"column":"n","value_set":["1","2.0","3"]}"#,
            Passed,
            4,
            0,
            &[],
            &[],
        ),
        (
            r#"column_values_to_be_in_set {"column":"f","value_set":["0.5","1.50"]}"#,
            Failed,
            3,
            1,
            &[4],
            &["-2.5"],
        ),
        (
            r#"column_values_to_be_in_set {"column":"b","value_set":["True"]}"#,
            Failed,
            3,
            1,
            &[2],
            &["false"],
        ),
        (
            r#"column_values_to_be_in_set {"column":"t","value_set":[]}"#,
            Failed,
            3,
            1,
            &[1, 2, 3],
            &["ab", "abc", "AB"],
        ),
        (
            r#"column_values_to_match_regex {"column":"t","regex":"b"}"#,
            Failed,
            3,
            1,
            &[3],
            &["AB"],
        ),
        (
            r#"column_values_to_match_regex {"column":"t","regex":"(?i)^ab"}"#,
            Passed,
            3,
            1,
            &[],
            &[],
        ),
        (
            r#"column_values_to_match_regex {"column":"t","regex":"b","mostly":0.6}"#,
            Passed,
            3,
            1,
            &[3],
            &["AB"],
        ),
        // cannot run
        (
            r#"column_values_to_not_be_null {"column":"zz"}"#,
            DidNotRun,
            0,
            0,
            &[],
            &[],
        ),
        (
            r#"column_values_to_be_between {"column":"t","min_value":0}"#,
            DidNotRun,
            0,
            0,
            &[],
            &[],
        ),
        (
            r#"column_values_to_be_between {"column":"n"}"#,
            DidNotRun,
            0,
            0,
            &[],
            &[],
        ),
        (
            r#"column_values_to_be_between {"column":"n","min_value":2,"max_value":1}"#,
            DidNotRun,
            0,
            0,
            &[],
            &[],
        ),
        (
            r#"column_values_to_match_regex {"column":"n","regex":"1"}"#,
            DidNotRun,
            0,
            0,
            &[],
            &[],
        ),
        (
            r#"column_values_to_match_regex {"column":"t","regex":"("}"#,
            DidNotRun,
            0,
            0,
            &[],
            &[],
        ),
    ];
    for (rule, status, n_checked, n_missing, rows, values) in cases {
        let result = results(TABLE, &[rule]).remove(0);
        assert_eq!(result.status, status, "{rule}: {result:?}");
        assert_eq!(
            (result.n_checked, result.n_missing),
            (n_checked, n_missing),
            "{rule}"
        );
        assert_eq!(result.unexpected_rows, rows, "{rule}");
        let shown: Vec<String> = result
            .unexpected_values
            .iter()
            .map(|value| {
                value
                    .as_str()
                    .map_or_else(|| value.to_string(), str::to_owned)
            })
            .collect();
        assert_eq!(shown, values, "{rule}");
        assert_eq!(result.n_unexpected, rows.len() as u64, "{rule}");
        assert_eq!(result.problem.is_some(), status == DidNotRun, "{rule}");
    }
}

#[test]
fn rules_on_columns_and_the_table() {
    let cases: [(&str, RuleStatus, u64, &str); 18] = [
        (
            r#"column_values_to_be_of_type {"column":"n","type_":"integer"}"#,
            Passed,
            4,
            "int",
        ),
        (
            r#"column_values_to_be_of_type {"column":"n","type_":"text"}"#,
            Failed,
            4,
            "int",
        ),
        (
            r#"table_row_count_to_be_between {"min_value":4,"max_value":4}"#,
            Passed,
            4,
            "4",
        ),
        (
            r#"table_row_count_to_be_between {"min_value":5}"#,
            Failed,
            4,
            "4",
        ),
        (r#"table_row_count_to_be_between {}"#, DidNotRun, 0, ""),
        (
            r#"table_columns_to_match_set {"column_set":["u","d","b","t","f","n"]}"#,
            Passed,
            4,
            "equal",
        ),
        (
            r#"table_columns_to_match_set {"column_set":["n","f","t","b","d"]}"#,
            Failed,
            4,
            "unexpected: u",
        ),
        (
            r#"table_columns_to_match_set {"column_set":["n","f"],"exact_match":false}"#,
            Passed,
            4,
            "equal",
        ),
        (
            r#"table_columns_to_match_set {"column_set":["n","sex"],"exact_match":false}"#,
            Failed,
            4,
            "missing: sex",
        ),
        (
            r#"column_mean_to_be_between {"column":"n","min_value":2.25,"max_value":2.25}"#,
            Passed,
            4,
            "2.25",
        ),
        (
            r#"column_mean_to_be_between {"column":"f","max_value":-1}"#,
            Failed,
            3,
            "-0.16666666666666666",
        ),
        (
            r#"column_mean_to_be_between {"column":"t","max_value":1}"#,
            DidNotRun,
            0,
            "",
        ),
        (
            r#"column_mean_to_be_between {"column":"n"}"#,
            DidNotRun,
            0,
            "",
        ),
        (
            r#"column_unique_value_count_to_be_between {"column":"n","min_value":3,"max_value":3}"#,
            Passed,
            4,
            "3",
        ),
        (
            r#"column_unique_value_count_to_be_between {"column":"t","max_value":2}"#,
            Failed,
            3,
            "3",
        ),
        (
            r#"column_unique_value_count_to_be_between {"column":"b","min_value":2}"#,
            Passed,
            3,
            "2",
        ),
        (
            r#"column_unique_value_count_to_be_between {"column":"n","min_value":5,"max_value":1}"#,
            DidNotRun,
            0,
            "",
        ),
        (
            r#"column_unique_value_count_to_be_between {"column":"zz","min_value":1}"#,
            DidNotRun,
            0,
            "",
        ),
    ];
    for (rule, status, n_checked, observed) in cases {
        let result = results(TABLE, &[rule]).remove(0);
        assert_eq!(result.status, status, "{rule}: {result:?}");
        assert_eq!(result.n_checked, n_checked, "{rule}");
        assert_eq!(result.observed, observed, "{rule}");
    }
}

#[test]
fn problems_are_sentences() {
    for (rule, problem) in [
        (
            r#"column_values_to_not_be_null {"column":"zz"}"#,
            "there is no column `zz`",
        ),
        (
            r#"column_values_to_be_between {"column":"t","min_value":0}"#,
            "column `t` is text, but the rule needs numbers",
        ),
        (
            r#"column_values_to_match_regex {"column":"t","regex":"("}"#,
            "`(` is no regular expression: unclosed group",
        ),
        (
            r#"column_values_to_be_unique {"column":"t","mostly":1.5}"#,
            "`mostly` is 1.5; it must lie between 0 and 1",
        ),
    ] {
        assert_eq!(results(TABLE, &[rule])[0].problem.as_deref(), Some(problem));
    }
}

#[test]
fn a_column_without_values_keeps_every_rule_on_values_but_not_on_missing_ones() {
    let rules = [
        r#"column_values_to_be_unique {"column":"x"}"#,
        r#"column_values_to_match_regex {"column":"x","regex":"a"}"#,
        r#"column_values_to_not_be_null {"column":"x"}"#,
    ];
    let results = results("x,y\n,1\n,2\n", &rules);
    let got: Vec<_> = results
        .iter()
        .map(|r| (r.status, r.n_checked, r.n_missing))
        .collect();
    assert_eq!(got, [(Passed, 0, 2), (Passed, 0, 2), (Failed, 2, 0)]);
}

#[test]
fn at_most_twenty_rows_are_named_and_all_are_counted() {
    let suite: Suite = serde_json::from_str(
        r#"{"schema":1,"name":"s","expectations":[{"type":"expect_column_values_to_be_between","kwargs":{"column":"body_mass_g","max_value":3000}}]}"#,
    )
    .unwrap();
    let results = check(&penguins(), &suite, &Task::silent()).unwrap();
    assert_eq!(results[0].unexpected_rows.len(), 20);
    assert_eq!(results[0].n_checked, 342);
    assert_eq!(results[0].n_missing, 2);
    assert!(results[0].n_unexpected > 300);
    let task = Task::silent();
    task.cancel();
    assert!(check(&penguins(), &suite, &task).is_err());
}
