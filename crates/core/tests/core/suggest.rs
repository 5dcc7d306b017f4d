//! Suggested suites: what is suggested, how severe it is, and that it holds where it came from.

use std::collections::HashSet;

use assay_core::expect::read::{ColumnTest, Statistic, TableTest, Test, ValueTest, column_types};
use assay_core::expect::{Rule, Severity, Suite, describe, suggest};
use assay_core::schema::ColumnType;
use proptest::prelude::*;

use crate::law;
use crate::table::{TestColumn, profile};

/// Whether a rule holds, in the plainest way.
fn holds(rule: &Rule, columns: &[TestColumn]) -> bool {
    let of = |name: &str| {
        columns
            .iter()
            .find(|column| column.name == name)
            .expect("column")
    };
    let share = |n: usize, of: usize, mostly: f64| of == 0 || n as f64 / of as f64 >= mostly;
    let read = rule.read().expect("arguments");
    match &read.test {
        Test::Values {
            column,
            test,
            mostly,
        } => {
            let column = of(column);
            match test {
                ValueTest::NotNull => share(column.values().count(), column.cells.len(), *mostly),
                ValueTest::Unique => {
                    let values: Vec<&String> = column.values().collect();
                    values.iter().collect::<HashSet<_>>().len() == values.len()
                }
                ValueTest::Between(bounds) => column.numbers().iter().all(|&x| bounds.hold(x)),
                ValueTest::InSet { values, .. } => {
                    let texts: Vec<String> = values
                        .iter()
                        .map(|v| v.as_str().map_or_else(|| v.to_string(), str::to_owned))
                        .collect();
                    column.values().all(|value| texts.contains(value))
                }
                ValueTest::Length(bounds) => column
                    .values()
                    .all(|value| bounds.hold(value.chars().count() as f64)),
                ValueTest::OfType(names) => column_types(&names[0]) == [column.kind],
                _ => false,
            }
        }
        Test::Table(TableTest::RowCount(bounds)) => {
            bounds.hold(columns.first().map_or(0, |column| column.cells.len()) as f64)
        }
        Test::Table(TableTest::ColumnSet { columns: names, .. }) => {
            columns.iter().map(|column| &column.name).eq(names)
        }
        Test::Column {
            column,
            test:
                ColumnTest::Statistic {
                    statistic: Statistic::Mean,
                    bounds,
                },
        } => {
            let numbers = of(column).numbers();
            bounds.hold(numbers.iter().sum::<f64>() / numbers.len() as f64)
        }
        _ => false,
    }
}

fn words(suite: &Suite) -> Vec<(String, Severity)> {
    let rules = suite.expectations.iter();
    rules.map(|e| (describe(&e.rule), e.severity)).collect()
}

#[test]
fn penguins_suggest_what_a_person_would_write() {
    let mass: Vec<Option<f64>> = (0..100)
        .map(|i| (i != 3).then(|| 2700.0 + 3600.0 * f64::from(i) / 99.0))
        .collect();
    let sex: Vec<Option<&str>> = (0..100).map(|i| (i % 4 > 0).then_some("MALE")).collect();
    let columns = [
        TestColumn::full(
            "penguin_id",
            ColumnType::Integer,
            &(7..107).collect::<Vec<_>>(),
        ),
        TestColumn::full(
            "species",
            ColumnType::Text,
            &["Gentoo", "Adelie"].repeat(50),
        ),
        TestColumn::new("body_mass_g", ColumnType::Float, &mass),
        TestColumn::new("sex", ColumnType::Text, &sex),
        TestColumn::full("year", ColumnType::Integer, &[2007, 2008].repeat(50)),
        TestColumn::full("ring", ColumnType::Float, &[1.5; 100]),
        TestColumn::full("tagged", ColumnType::Boolean, &[true; 100]),
        TestColumn::new::<f64>("gone", ColumnType::Float, &[None; 100]),
    ];
    let suite = suggest(&profile(&columns), "penguins-basic");
    assert_eq!(suite.name, "penguins-basic");
    use Severity::{Critical, Warning};
    let wanted = [
        ("columns match the set of 8", Critical),
        ("row count between 50 and 200", Warning),
        ("`penguin_id` of type int", Critical),
        ("`penguin_id` not null", Critical),
        ("`penguin_id` unique", Critical),
        ("`species` of type text", Critical),
        ("`species` not null", Critical),
        ("`species` in {Adelie, Gentoo}", Critical),
        ("`body_mass_g` of type float", Critical),
        ("`body_mass_g` not null, mostly 0.98", Warning),
        ("`body_mass_g` between 2,300 and 6,700", Warning),
        ("`body_mass_g` mean between 3,900 and 5,100", Warning),
        ("`sex` of type text", Critical),
        ("`sex` in {MALE}", Critical),
        ("`year` of type int", Critical),
        ("`year` not null", Critical),
        ("`year` in {2007, 2008}", Critical),
        ("`ring` of type float", Critical),
        ("`ring` not null", Critical),
        ("`ring` exactly 1.5", Warning),
        ("`tagged` of type bool", Critical),
        ("`tagged` not null", Critical),
        ("`gone` of type float", Critical),
    ];
    let wanted: Vec<(String, Severity)> = wanted
        .map(|(words, severity)| (words.to_owned(), severity))
        .into();
    assert_eq!(words(&suite), wanted);
    assert!(suite.expectations.iter().all(|e| !e.reason.is_empty()));
    for expectation in &suite.expectations {
        assert!(
            holds(&expectation.rule, &columns),
            "{}",
            describe(&expectation.rule)
        );
    }
}

#[test]
fn texts_are_held_to_their_lengths() {
    let codes: Vec<String> = (0..40).map(|i| format!("EE{i:04}")).collect();
    let names: Vec<String> = (0..40)
        .map(|i| "õun".repeat(1 + i % 3) + &i.to_string())
        .collect();
    let few = &names[..19];
    for (name, texts, expected) in [
        ("code", codes.as_slice(), Some("`code` length exactly 6")),
        (
            "product_id",
            codes.as_slice(),
            Some("`product_id` length exactly 6"),
        ),
        ("name", names.as_slice(), Some("`name` length at most 22")),
        ("name", few, None),
    ] {
        let columns = [TestColumn::full(name, ColumnType::Text, texts)];
        let suite = suggest(&profile(&columns), "s");
        let lengths: Vec<_> = words(&suite)
            .into_iter()
            .filter(|(words, _)| words.contains("length"))
            .collect();
        let expected: Vec<_> = expected
            .map(|words| (words.to_owned(), Severity::Warning))
            .into_iter()
            .collect();
        assert_eq!(lengths, expected, "{name}");
        assert!(suite.expectations.iter().all(|e| holds(&e.rule, &columns)));
    }
}

#[test]
fn what_was_never_negative_stays_so() {
    let price: Vec<f64> = (0..60).map(|i| f64::from(i) / 1000.0).collect();
    let columns = [TestColumn::full("price", ColumnType::Float, &price)];
    let found = words(&suggest(&profile(&columns), "s"));
    assert!(
        found.contains(&("`price` between 0 and 0.065".to_owned(), Severity::Warning)),
        "{found:?}"
    );
}

fn column(n: usize) -> impl Strategy<Value = TestColumn> {
    let name = prop::sample::select(vec!["a", "customer_id", "c"]);
    let float = prop_oneof![
        (-1000i32..1000).prop_map(|i| f64::from(i) / 7.0),
        -1e-9f64..1e-9,
        -1e300f64..1e300,
        any::<f64>().prop_filter("finite", |x| x.is_finite()),
    ];
    let cells = prop_oneof![
        prop::collection::vec(
            prop::option::weighted(0.95, float.prop_map(|x| x.to_string())),
            n
        )
        .prop_map(|cells| (ColumnType::Float, cells)),
        prop::collection::vec(
            prop::option::weighted(0.95, any::<i32>().prop_map(|x| x.to_string())),
            n
        )
        .prop_map(|cells| (ColumnType::Integer, cells)),
        prop::collection::vec(
            prop::option::weighted(0.8, (-4i64..4).prop_map(|x| x.to_string())),
            n
        )
        .prop_map(|cells| (ColumnType::Integer, cells)),
        prop::collection::vec(prop::option::of("[a-c]{1,2}"), n)
            .prop_map(|cells| (ColumnType::Text, cells)),
        prop::collection::vec(prop::option::of("[a-zõ ]{1,30}"), n)
            .prop_map(|cells| (ColumnType::Text, cells)),
    ];
    (name, cells).prop_map(|(name, (kind, cells))| TestColumn {
        name: name.to_owned(),
        kind,
        cells,
    })
}

proptest! {
    #![proptest_config(law())]

    #[test]
    fn a_suggested_suite_holds_where_it_came_from(column in (0usize..50).prop_flat_map(column)) {
        let columns = [column];
        for expectation in suggest(&profile(&columns), "s").expectations {
            prop_assert!(
                holds(&expectation.rule, &columns),
                "{} ({})", describe(&expectation.rule), expectation.reason
            );
        }
    }
}
