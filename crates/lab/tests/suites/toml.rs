//! The form that a person edits.

use assay_core::expect::{Expectation, Rule, RuleType, SUITE_SCHEMA, Severity, Suite};
use assay_lab::suites::{from_toml, read_suite, to_toml};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

fn suite(expectations: Vec<Expectation>) -> Suite {
    Suite::new("orders", expectations)
}

#[test]
fn a_rule_is_written_for_a_person_to_read() {
    let between = Rule::new(
        RuleType::ValuesBetween,
        json!({"column": "price", "min_value": 0, "max_value": 12.5}),
    );
    let query = Rule::new(
        RuleType::UnexpectedRows,
        json!({"unexpected_rows_query": "SELECT *\nFROM {batch}\nWHERE a = '\\'"}),
    );
    let pattern = Rule::new(
        RuleType::Regex,
        json!({"column": "code", "regex": "^\\d{3}$", "mostly": 0.9}),
    );
    let suite = suite(vec![
        Expectation::new(between, Severity::Warning, "0.5 to 11 seen"),
        Expectation::new(query, Severity::Critical, ""),
        Expectation::new(pattern, Severity::Info, ""),
    ]);
    insta::assert_snapshot!(to_toml(&suite));
    assert_eq!(from_toml(&to_toml(&suite)), Ok(suite));
}

#[test]
fn what_a_person_writes_is_read_as_meant() {
    let text = "\u{feff}name = 'orders'\n\n[[rules]]\ntype = \"expect_column_values_to_be_between\"\n\
                min_value = 2024-01-31 # no quotes\ncolumn = \"day\"\n";
    let read = read_suite(text).unwrap().suite;
    let expected = Rule::new(
        RuleType::ValuesBetween,
        json!({"min_value": "2024-01-31", "column": "day"}),
    );
    assert_eq!(read.expectations[0].rule, expected);
    let order: Vec<&String> = read.expectations[0].rule.kwargs.keys().collect();
    assert_eq!(order, ["min_value", "column"]);
    assert_eq!(read.expectations[0].severity, Severity::Critical);
}

#[test]
fn an_error_says_where_and_what() {
    let rule = "[[rules]]\ntype = \"expect_column_values_to_not_be_null\"\n";
    for (body, said) in [
        ("name = ", "line 1: "),
        ("[[rules]", "line 1: "),
        (
            "rules = 3\nname = 'a'",
            "line 1: `rules` is not a list; write [[rules]] before each rule",
        ),
        ("rules = []", "it has no `name`"),
        ("name = 3", "line 1: `name` is not a text"),
        (
            "name = 'a'\nnmae = 'b'",
            "line 2: a suite has no `nmae`; it has `name` and `[[rules]]`",
        ),
        (
            "schema = 9\nname = 'a'",
            "line 1: `schema` is not 1, the only one that is known here",
        ),
        (
            "name = 'a'\n[[rules]]\ncolumn = 'b'",
            "rule 1 (line 2) has no `type`",
        ),
        (
            "name = 'a'\n[[rules]]\ntype = 'expect_nothing'",
            "rule 1 (line 2) is of the type `expect_nothing`, which there is not",
        ),
        (
            "name = 'a'\nRULEcolumn = 'b'\nRULEcolumn = 'c'\nmin_value = 1",
            "rule 2 (line 8) has `min_value`, which expect_column_values_to_not_be_null does not take",
        ),
        (
            "name = 'a'\nRULEcolumn = 'b'\nmostly = 2",
            "rule 1 (line 2) cannot be understood: ",
        ),
        (
            "name = 'a'\nRULEcolumn = 'b'\nmostly = nan",
            "rule 1 (line 5) has a `mostly` that is no finite number",
        ),
        (
            "name = 'a'\nRULEcolumn = 'b'\nmostly = 99999999999999999999",
            "rule 1 (line 5) has a `mostly` that is a whole number of more than 64 bits",
        ),
        (
            "name = 'a'\nRULEcolumn = 'b'\nseverity = 'fatal'",
            "rule 1 (line 2) has a `severity` other than critical, warning and info",
        ),
        (
            "name = 'a'\nRULEcolumn = 'b'\nreason = 3",
            "rule 1 (line 2) has a `reason` of another form than it should have",
        ),
    ] {
        let text = body.replace("RULE", rule);
        let error = from_toml(&text).unwrap_err().to_string();
        assert!(error.starts_with(said), "{text}\n{error}");
        assert!(!error.contains('\n'), "{error}");
    }
}

/// Any JSON, with the keys and texts that TOML or this form could trip over.
fn any_json() -> impl Strategy<Value = Value> {
    let text = prop_oneof![
        any::<String>(),
        Just("null".to_owned()),
        Just("json".to_owned()),
        Just("type".to_owned()),
        Just("'''\\".to_owned()),
        Just("\u{7f}\r\n\t\u{0}".to_owned()),
        Just("a\nb'".to_owned()),
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>()
            .prop_filter("JSON has no others", |value| value.is_finite())
            .prop_map(Value::from),
        text.clone().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((text.clone(), inner), 0..4)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

fn any_object() -> impl Strategy<Value = Map<String, Value>> {
    prop::collection::vec((any::<String>(), any_json()), 0..4)
        .prop_map(|fields| fields.into_iter().collect())
}

proptest! {
    #[test]
    fn whatever_a_suite_holds_reads_back_exactly(
        name in "\\PC{1,20}[a-z]",
        kwargs in any_object(),
        set in prop::collection::vec(any_json(), 1..5),
        meta in any_object(),
        other in any_object(),
        reason in any::<String>(),
        description in any::<Option<String>>(),
        severity in prop_oneof![Just(Severity::Critical), Just(Severity::Warning), Just(Severity::Info)],
    ) {
        let mut kept = Rule::new(RuleType::NotUnderstood, json!({ "entry": set }));
        kept.kwargs.extend(kwargs.clone());
        let mut rule = Rule::new(RuleType::NotNull, json!({ "column": name }));
        for (argument, value) in kwargs {
            // Arguments that mean something must be right; these do not.
            rule.kwargs.insert(format!("{argument} "), value);
        }
        let mut expectation = Expectation::new(rule, severity, reason);
        expectation.description = description;
        expectation.meta = meta;
        expectation.other = other.clone();
        let written = Suite {
            schema: SUITE_SCHEMA,
            name,
            expectations: vec![expectation, Expectation::new(kept, severity, "")],
            other,
        };
        let text = to_toml(&written);
        prop_assert_eq!(from_toml(&text), Ok(written), "{}", text);
    }
}
