//! Rules in words, one of each type.

use serde_json::{Value, json};

use super::*;
use crate::expect::RuleType;

fn words(name: &str, arguments: Value) -> String {
    let type_: RuleType = name.parse().unwrap();
    describe(&Rule::new(type_, arguments))
}

#[test]
fn rules_have_words() {
    let names = |n: usize| (0..n).map(|i| format!("c{i}")).collect::<Vec<_>>();
    let table = [
        (
            "expect_column_values_to_be_between",
            json!({"column": "mass", "min_value": 2700, "max_value": 6000}),
            "`mass` between 2,700 and 6,000",
        ),
        (
            "expect_column_values_to_be_between",
            json!({"column": "mass", "min_value": 0, "max_value": 9.5, "strict_min": true, "mostly": 0.9}),
            "`mass` over 0 and at most 9.5, mostly 0.9",
        ),
        (
            "expect_column_values_to_be_between",
            json!({"column": "mass", "max_value": -1, "min_value": null}),
            "`mass` at most −1",
        ),
        (
            "expect_column_values_to_be_between",
            json!({"column": "day", "min_value": "2026-01-01"}),
            "`day` at least 2026-01-01",
        ),
        (
            "expect_column_values_to_be_between",
            json!({"column": "mass"}),
            "`mass` values between",
        ),
        (
            "expect_column_values_to_not_be_null",
            json!({"column": "sex", "mostly": 0.98}),
            "`sex` not null, mostly 0.98",
        ),
        (
            "expect_column_values_to_be_in_set",
            json!({"column": "sex", "value_set": ["FEMALE", 1]}),
            "`sex` in {FEMALE, 1}",
        ),
        (
            "expect_column_values_to_match_regex",
            json!({"column": "sex", "regex": "^[A-Z]+$"}),
            "`sex` matches /^[A-Z]+$/",
        ),
        (
            "expect_column_values_to_not_match_like_pattern_list",
            json!({"column": "sex", "like_pattern_list": ["a%", "b_"]}),
            "`sex` not like 'a%' or 'b_'",
        ),
        (
            "expect_column_values_to_be_of_type",
            json!({"column": "sex", "type_": "integer"}),
            "`sex` of type int",
        ),
        (
            "expect_column_values_to_be_in_type_list",
            json!({"column": "sex", "type_list": ["VARCHAR", "text"]}),
            "`sex` of type VARCHAR or text",
        ),
        (
            "expect_table_row_count_to_be_between",
            json!({"min_value": 300, "max_value": 1400}),
            "row count between 300 and 1,400",
        ),
        (
            "expect_table_columns_to_match_set",
            json!({"column_set": names(7)}),
            "columns match the set of 7",
        ),
        (
            "expect_table_columns_to_match_set",
            json!({"column_set": names(10), "exact_match": false}),
            "columns hold {c0, c1, c2, c3, c4, c5, c6, c7 and 2 more}",
        ),
        (
            "expect_column_mean_to_be_between",
            json!({"column": "sex", "min_value": 195}),
            "`sex` mean at least 195",
        ),
        (
            "expect_column_unique_value_count_to_be_between",
            json!({"column": "sex", "min_value": 2, "max_value": 2}),
            "`sex` distinct values exactly 2",
        ),
        (
            "expect_column_quantile_values_to_be_between",
            json!({"column": "x", "quantile_ranges": {"quantiles": [0.5, 0.9], "value_ranges": [[1, 2], [null, 9]]}}),
            "`x` quantiles 0.5: 1 to 2, 0.9: at most 9",
        ),
        (
            "expect_column_pair_values_a_to_be_greater_than_b",
            json!({"column_A": "a", "column_B": "b", "or_equal": true, "ignore_row_if": "either_value_is_missing"}),
            "`a` at least `b`, rows without missing values",
        ),
        (
            "expect_compound_columns_to_be_unique",
            json!({"column_list": ["a", "b"], "row_condition": "c > 3 and not (d in ['x'] or e.isnull())", "condition_parser": "pandas"}),
            "`a` and `b` unique together, where c > 3 and not (d in {x} or e is missing)",
        ),
        (
            "unexpected_rows_expectation",
            json!({"unexpected_rows_query": "SELECT a\n  FROM {batch} WHERE a < b"}),
            "no row from SELECT a FROM {batch} WHERE a < b",
        ),
    ];
    for (name, arguments, expected) in table {
        assert_eq!(words(name, arguments), expected);
    }
}
