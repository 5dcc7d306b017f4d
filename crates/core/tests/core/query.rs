//! The filter grammar: what it reads, what it refuses and where, and what matches.

use assay_core::query::{
    Filter, Literal, MAX_DEPTH, Operator, Value, like_matches, like_regex, parse,
};
use proptest::prelude::*;

use crate::law;

fn compare(name: &str, operator: Operator, value: Literal) -> Filter {
    Filter::Compare {
        name: name.into(),
        operator,
        value,
    }
}

#[test]
fn filters_are_read() {
    use Literal::{Boolean, Number, Text};
    use Operator::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual};
    let table = [
        ("", Filter::All),
        (" \n", Filter::All),
        (
            "metrics.test.accuracy > 0.9",
            compare("metrics.test.accuracy", Greater, Number(0.9)),
        ),
        (
            "params.algorithm = \"random_forest\"",
            compare("params.algorithm", Equal, Text("random_forest".into())),
        ),
        (
            "params.`max depth`>=5",
            compare("params.max depth", GreaterOrEqual, Number(5.0)),
        ),
        (
            "\"flipper length\" <> 'it''s'",
            compare("flipper length", NotEqual, Text("it's".into())),
        ),
        ("x == -1.5e-3", compare("x", Equal, Number(-0.0015))),
        ("x<.5", compare("x", Less, Number(0.5))),
        (
            "alone <= TRUE",
            compare("alone", LessOrEqual, Boolean(true)),
        ),
        (
            "metrics.val/f1-macro = 1",
            compare("metrics.val/f1-macro", Equal, Number(1.0)),
        ),
        ("größe = 1", compare("größe", Equal, Number(1.0))),
        (
            "a = 1 or b = 2 AND not c = 3",
            Filter::Or(vec![
                compare("a", Equal, Number(1.0)),
                Filter::And(vec![
                    compare("b", Equal, Number(2.0)),
                    Filter::Not(Box::new(compare("c", Equal, Number(3.0)))),
                ]),
            ]),
        ),
        (
            "(a = 1 or b = 2) and c = 3",
            Filter::And(vec![
                Filter::Or(vec![
                    compare("a", Equal, Number(1.0)),
                    compare("b", Equal, Number(2.0)),
                ]),
                compare("c", Equal, Number(3.0)),
            ]),
        ),
        (
            "tags.x NOT ILIKE '%a_'",
            Filter::Like {
                name: "tags.x".into(),
                pattern: "%a_".into(),
                ignore_case: true,
                negated: true,
            },
        ),
        (
            "x not in (1, 'b')",
            Filter::In {
                name: "x".into(),
                values: vec![Number(1.0), Text("b".into())],
                negated: true,
            },
        ),
        (
            "x is not null",
            Filter::IsNull {
                name: "x".into(),
                negated: true,
            },
        ),
    ];
    for (text, filter) in table {
        assert_eq!(parse(text), Ok(filter), "{text}");
    }
    let filter = parse("a = 1 and (b > 2 or a < 3) and not c is null").expect("filter");
    assert_eq!(filter.names(), ["a", "b", "c"]);
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    for (text, position, word) in [
        ("a", 1, "comparison"),
        ("a =", 3, "value"),
        ("a = b", 4, "quotes"),
        ("a = null", 4, "is null"),
        ("a > 'x", 4, "not closed"),
        ("größe ? 3", 6, "means nothing"),
        ("a = 1 b = 2", 6, "`and` or `or`"),
        ("(a = 1", 6, "`)`"),
        ("a = 1)", 5, "no `(`"),
        ("and = 1", 0, "name"),
        ("()", 1, "name"),
        ("a. = 1", 3, "dot"),
        ("a in 1", 5, "parentheses"),
        ("a in (1 2)", 8, "`,` or `)`"),
        ("a in ()", 6, "value"),
        ("a like 3", 7, "pattern"),
        ("a is 3", 5, "null"),
        ("a = 1x", 4, "no number"),
        ("a = 1e999", 4, "too large"),
        ("a = 1 and", 9, "name"),
    ] {
        let error = parse(text).expect_err(text);
        assert_eq!(error.position_chars, position, "{text}: {error}");
        assert!(error.message.contains(word), "{text}: {error}");
    }
}

#[test]
fn deep_text_is_refused_and_long_text_is_not() {
    let nested = |depth: usize| format!("{}a = 1{}", "(".repeat(depth), ")".repeat(depth));
    assert!(parse(&nested(MAX_DEPTH)).is_ok());
    assert!(parse(&nested(MAX_DEPTH + 1)).is_err());
    let error = parse(&nested(200_000)).expect_err("too deep");
    assert!(error.message.contains("deeper"), "{error}");
    assert!(parse(&format!("{}a = 1", "not ".repeat(100_000))).is_err());
    let long = vec!["a = 1"; 50_000].join(" and ");
    assert!(parse(&long).expect("flat").matches(&|_| Value::Number(1.0)));
}

#[test]
fn rows_match_or_do_not() {
    let lookup = |name: &str| match name {
        "mass" => Value::Number(4200.0),
        "depth" => Value::Text("10"),
        "island" => Value::Text("Dream"),
        "alone" => Value::Boolean(true),
        "nan" => Value::Number(f64::NAN),
        _ => Value::Missing,
    };
    for (text, matches) in [
        ("", true),
        ("mass > 4000", true),
        ("mass = '4200'", true),
        ("mass > 'abc'", false),
        ("depth > 9", true),
        ("depth > '9'", false),
        ("depth in (10)", true),
        ("island = 'Dream'", true),
        ("island = 'dream'", false),
        ("island ilike 'dr_am'", true),
        ("island like 'dr_am'", false),
        ("island like 'D%m'", true),
        ("island not like '%z%'", true),
        ("island > 5", true),
        ("alone = true", true),
        ("alone = 'True'", true),
        ("alone = 1", true),
        ("gone = 1", false),
        ("gone != 1", false),
        ("gone not in (1)", false),
        ("gone not like 'x'", false),
        ("gone is null", true),
        ("mass is not null", true),
        ("not gone = 1", true),
        ("nan = 1", false),
        ("nan != 1", false),
        ("mass < 4000 or island in ('Biscoe', 'Dream')", true),
        ("mass < 4000 and island in ('Biscoe', 'Dream')", false),
    ] {
        let filter = parse(text).expect(text);
        assert_eq!(filter.matches(&lookup), matches, "{text}");
    }
}

#[test]
fn patterns_match_whole_texts() {
    for (pattern, text, matches) in [
        ("", "", true),
        ("%", "", true),
        ("_", "", false),
        ("a%b%c", "axxbxbyc", true),
        ("a%b%c", "axxbxby", false),
        ("%ab", "aab", true),
        ("_ü_", "füß", true),
        ("a.c", "abc", false),
    ] {
        assert_eq!(
            like_matches(pattern, text, false),
            matches,
            "{pattern} {text}"
        );
    }
    assert_eq!(like_regex("a%.b_", false), r"(?s)^a.*\.b.$");
    assert_eq!(like_regex("x", true), "(?is)^x$");
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("metrics.test.accuracy".to_owned()),
        Just("and".to_owned()),
        Just("params.max depth".to_owned()),
        "[a-z_]{1,6}(\\.[a-z0-9]{1,4})?",
        "\\PC{1,8}",
    ]
}

fn literal() -> impl Strategy<Value = Literal> {
    prop_oneof![
        any::<f64>()
            .prop_filter("finite", |number| number.is_finite())
            .prop_map(Literal::Number),
        (-1000i32..1000).prop_map(|number| Literal::Number(f64::from(number) / 8.0)),
        ".{0,8}".prop_map(Literal::Text),
        any::<bool>().prop_map(Literal::Boolean),
    ]
}

fn operator() -> impl Strategy<Value = Operator> {
    use Operator::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual};
    prop::sample::select(vec![
        Equal,
        NotEqual,
        Less,
        LessOrEqual,
        Greater,
        GreaterOrEqual,
    ])
}

fn filter() -> impl Strategy<Value = Filter> {
    let leaf = prop_oneof![
        (name(), operator(), literal()).prop_map(|(name, operator, value)| Filter::Compare {
            name,
            operator,
            value
        }),
        (name(), ".{0,6}", any::<bool>(), any::<bool>()).prop_map(
            |(name, pattern, ignore_case, negated)| Filter::Like {
                name,
                pattern,
                ignore_case,
                negated
            }
        ),
        (
            name(),
            prop::collection::vec(literal(), 1..4),
            any::<bool>()
        )
            .prop_map(|(name, values, negated)| Filter::In {
                name,
                values,
                negated
            }),
        (name(), any::<bool>()).prop_map(|(name, negated)| Filter::IsNull { name, negated }),
    ];
    leaf.prop_recursive(5, 40, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(Filter::And),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Filter::Or),
            inner.prop_map(|filter| Filter::Not(Box::new(filter))),
        ]
    })
}

proptest! {
    #![proptest_config(law())]

    #[test]
    fn a_filter_reads_back_as_written(filter in filter()) {
        let text = filter.to_string();
        prop_assert_eq!(parse(&text), Ok(filter), "{}", text);
    }

    #[test]
    fn no_text_breaks_the_parser(text in "\\PC{0,60}") {
        if let Err(error) = parse(&text) {
            prop_assert!(error.position_chars <= text.chars().count());
            prop_assert!(!error.message.is_empty());
        }
    }

    #[test]
    fn no_tokens_break_the_parser(
        tokens in prop::collection::vec(
            prop::sample::select(vec![
                "(", ")", "not", "and", "or", "in", "is", "null", "like", "a", "`b c`", "\"d\"",
                "'e'", "1", "-2.5", "=", "!=", "<", ",", ".", "true",
            ]),
            0..20,
        ),
    ) {
        let text = tokens.join(" ");
        match parse(&text) {
            Ok(filter) => prop_assert_eq!(parse(&filter.to_string()), Ok(filter)),
            Err(error) => prop_assert!(error.position_chars <= text.chars().count()),
        }
    }
}
