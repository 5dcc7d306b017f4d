//! Rules in words, one of each type.

use serde_json::{Value, json};

use super::*;
use crate::expect::RuleType;

fn words(name: &str, arguments: Value) -> String {
    let type_: RuleType = name.parse().unwrap();
    describe(&Rule::new(type_, arguments))
}

/// The window says the same of the same rules: its tests read this table too.
#[test]
fn rules_have_words() {
    let table: Vec<Value> = serde_json::from_str(include_str!("words.json")).unwrap();
    let mut seen = Vec::new();
    for row in table {
        let name = row["type"].as_str().unwrap();
        assert_eq!(words(name, row["kwargs"].clone()), row["words"], "{name}");
        seen.push(name.parse::<RuleType>().unwrap());
    }
    for type_ in RuleType::ALL {
        assert!(seen.contains(type_), "{type_}");
    }
}

#[test]
fn conditions_are_said_and_half_rules_have_their_title() {
    let table = [
        (
            "expect_compound_columns_to_be_unique",
            json!({"column_list": ["a", "b"], "row_condition": "c > 3 and not (d in ['x'] or e.isnull())", "condition_parser": "pandas"}),
            "`a` and `b` unique together, where c > 3 and not (d in {x} or e is missing)",
        ),
        (
            "expect_column_values_to_be_between",
            json!({"column": "mass"}),
            "`mass` values between",
        ),
    ];
    for (name, arguments, expected) in table {
        assert_eq!(words(name, arguments), expected);
    }
}
