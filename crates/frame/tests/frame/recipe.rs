//! Recipes: what they learn, what they make, and that they look at nothing else.

use assay_core::recipe::{FittedStep, ImputeStrategy, InputColumn, RECIPE_SCHEMA, Recipe, Step};
use assay_core::schema::ColumnType::{self, Boolean, Date, Float, Integer, Text};
use assay_core::{Columns, RawColumn, RawValues};
use assay_frame::{Error, apply_recipe, fit_recipe, raw_columns};
use proptest::prelude::*;

use crate::support::{penguins, table};

fn inputs(columns: &[(&str, ColumnType)]) -> Vec<InputColumn> {
    columns
        .iter()
        .map(|(name, kind)| InputColumn {
            name: (*name).to_owned(),
            kind: *kind,
        })
        .collect()
}

fn recipe(columns: &[(&str, ColumnType)], steps: Vec<Step>) -> Recipe {
    Recipe {
        schema: RECIPE_SCHEMA,
        inputs: inputs(columns),
        steps,
        left_out: Vec::new(),
    }
}

fn names(columns: &[&str]) -> Vec<String> {
    columns.iter().map(|name| (*name).to_owned()).collect()
}

fn impute(columns: &[&str], strategy: ImputeStrategy) -> Step {
    Step::Impute {
        columns: names(columns),
        strategy,
        indicator: false,
    }
}

fn constant(value: &str) -> ImputeStrategy {
    ImputeStrategy::Constant {
        value: value.to_owned(),
    }
}

fn numbers(name: &str, values: &[f64]) -> RawColumn {
    RawColumn {
        name: name.to_owned(),
        values: RawValues::Numbers(values.to_vec()),
    }
}

fn texts(name: &str, values: &[&str]) -> RawColumn {
    let values = values.iter().map(|text| Some((*text).to_owned())).collect();
    RawColumn {
        name: name.to_owned(),
        values: RawValues::Texts(values),
    }
}

fn columns(columns: Vec<RawColumn>) -> Columns {
    let n_rows = match &columns[0].values {
        RawValues::Numbers(values) => values.len(),
        RawValues::Texts(values) => values.len(),
    };
    Columns { n_rows, columns }
}

const NAN: f64 = f64::NAN;

#[test]
fn columns_enter_as_their_inputs_say() {
    let frame = table("i,f,b,t,e,d\n1,0.5,true,x,,2026-01-01\n,,,,,\n3,2.5,false,y,,2026-01-02\n");
    let inputs_of = |kinds: &[(&str, ColumnType)]| raw_columns(&frame, &[2, 0, 1], &inputs(kinds));
    let got = inputs_of(&[
        ("i", Integer),
        ("f", Float),
        ("b", Boolean),
        ("t", Text),
        ("e", Float),
    ])
    .unwrap();
    assert_eq!(got.n_rows, 3);
    for (name, expected) in [
        ("i", [3.0, 1.0, NAN]),
        ("f", [2.5, 0.5, NAN]),
        ("b", [0.0, 1.0, NAN]),
        ("e", [NAN, NAN, NAN]),
    ] {
        let Some(RawValues::Numbers(values)) = got.column(name).map(|c| &c.values) else {
            panic!("{name}")
        };
        let bits = |values: &[f64]| {
            values
                .iter()
                .map(|v| (v.is_nan(), if v.is_nan() { 0.0 } else { *v }))
                .collect::<Vec<_>>()
        };
        assert_eq!(bits(values), bits(&expected), "{name}");
    }
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(
        got.columns[3].values,
        RawValues::Texts(vec![some("y"), some("x"), None])
    );
    // a number whose input is text enters as it prints
    let got = inputs_of(&[("i", Text), ("f", Text), ("b", Text)]).unwrap();
    for (place, expected) in [["3", "1"], ["2.5", "0.5"], ["false", "true"]]
        .iter()
        .enumerate()
    {
        assert_eq!(
            got.columns[place].values,
            RawValues::Texts(vec![some(expected[0]), some(expected[1]), None])
        );
    }
    assert!(
        matches!(inputs_of(&[("zz", Float)]), Err(Error::NoSuchColumn { column, .. }) if column == "zz")
    );
    assert!(matches!(
        inputs_of(&[("d", Float)]),
        Err(Error::WrongType { .. })
    ));
    assert!(matches!(
        inputs_of(&[("i", Date)]),
        Err(Error::WrongType { .. })
    ));
    assert!(matches!(
        inputs_of(&[("t", Float)]),
        Err(Error::BadValue { row: 1, .. })
    ));
}

#[test]
fn steps_learn_what_their_documents_say() {
    let data = || {
        columns(vec![
            numbers("n", &[1.0, 2.0, 2.0, NAN, 5.0]),
            numbers("c", &[0.1, 0.1, 0.1, 0.1, 0.1]),
            texts("t", &["b", "a", "b", "", "c"]),
        ])
    };
    let number = |value| FittedStep::ImputeNumber {
        column: "n".to_owned(),
        value,
    };
    let text = |value: &str| FittedStep::ImputeText {
        column: "t".to_owned(),
        value: value.to_owned(),
    };
    let one_hot = |max_categories| Step::OneHot {
        columns: names(&["t"]),
        max_categories,
        min_count: 0,
        rare: None,
    };
    let ordinal = |order: &[&str]| Step::Ordinal {
        columns: names(&["t"]),
        order: names(order),
    };
    let categories = |list: &[&str]| FittedStep::OneHot {
        column: "t".to_owned(),
        categories: names(list),
        rare: None,
    };
    let places = |list: &[&str]| FittedStep::Ordinal {
        column: "t".to_owned(),
        categories: names(list),
    };
    for (kinds, step, expected, features) in [
        (
            ("n", Float),
            impute(&["n"], ImputeStrategy::Mean),
            number(2.5),
            vec!["n"],
        ),
        (
            ("n", Float),
            impute(&["n"], ImputeStrategy::Median),
            number(2.0),
            vec!["n"],
        ),
        (
            ("n", Float),
            impute(&["n"], ImputeStrategy::Mode),
            number(2.0),
            vec!["n"],
        ),
        (
            ("n", Float),
            impute(&["n"], constant("-1.5")),
            number(-1.5),
            vec!["n"],
        ),
        (
            ("n", Float),
            Step::Standardise {
                columns: names(&["n"]),
            },
            FittedStep::Standardise {
                column: "n".to_owned(),
                mean: 2.5,
                std: 1.5,
            },
            vec!["n"],
        ),
        (
            ("c", Float),
            Step::Standardise {
                columns: names(&["c"]),
            },
            FittedStep::Standardise {
                column: "c".to_owned(),
                mean: 0.1,
                std: 1.0,
            },
            vec!["c"],
        ),
        (
            ("t", Text),
            one_hot(10),
            categories(&["a", "b", "c"]),
            vec!["t=a", "t=b", "t=c"],
        ),
        (
            ("t", Text),
            one_hot(2),
            categories(&["a", "b"]),
            vec!["t=a", "t=b"],
        ),
        (
            ("t", Text),
            ordinal(&[]),
            places(&["a", "b", "c"]),
            vec!["t"],
        ),
        (
            ("t", Text),
            ordinal(&["c", "a"]),
            places(&["c", "a"]),
            vec!["t"],
        ),
    ] {
        let fitted = fit_recipe(&data(), &recipe(&[kinds], vec![step])).unwrap();
        assert_eq!(fitted.steps, [expected]);
        assert_eq!(fitted.features, features);
    }
    let steps = vec![impute(&["t"], ImputeStrategy::Mode), ordinal(&[])];
    let fitted = fit_recipe(&data(), &recipe(&[("t", Text)], steps)).unwrap();
    assert_eq!(fitted.steps, [text("b"), places(&["a", "b", "c"])]);
}

#[test]
fn features_are_computed_in_double_and_rounded_once() {
    let data = columns(vec![
        numbers("n", &[1.0, NAN, 4.0, 7.0]),
        texts("t", &["b", "zz", "", "a"]),
        texts("o", &["low", "high", "", "zz"]),
        numbers("c", &[0.1, 0.1, 0.1, 0.1]),
        numbers("p", &[0.1, -0.0, 3e38, 1e-40]),
    ]);
    let recipe = recipe(
        &[
            ("n", Float),
            ("t", Text),
            ("o", Text),
            ("c", Float),
            ("p", Float),
        ],
        vec![
            impute(&["n"], ImputeStrategy::Median),
            Step::Standardise {
                columns: names(&["n", "c"]),
            },
            Step::OneHot {
                columns: names(&["t"]),
                max_categories: 2,
                min_count: 0,
                rare: None,
            },
            Step::Ordinal {
                columns: names(&["o"]),
                order: names(&["low", "high"]),
            },
            Step::Passthrough {
                columns: names(&["p"]),
            },
        ],
    );
    let fitted = fit_recipe(&data, &recipe).unwrap();
    assert_eq!(fitted.features, ["n", "t=a", "t=b", "o", "c", "p"]);
    let FittedStep::Standardise { mean, std, .. } = &fitted.steps[1] else {
        panic!()
    };
    assert_eq!((*mean, *std), (4.0, 4.5_f64.sqrt()));
    let matrix = apply_recipe(&data, &fitted).unwrap();
    assert_eq!(matrix.names, fitted.features);
    let z = |value: f64| ((value - 4.0) / 4.5_f64.sqrt()) as f32;
    assert_eq!(matrix.row(0), [z(1.0), 0.0, 1.0, 0.0, 0.0, 0.1_f32]);
    assert_eq!(matrix.row(1), [0.0, 0.0, 0.0, 1.0, 0.0, 0.0]);
    assert_eq!(matrix.row(2), [0.0, 0.0, 0.0, -1.0, 0.0, 3e38]);
    assert_eq!(
        matrix.row(3),
        [z(7.0), 1.0, 0.0, -1.0, 0.0, 1e-40_f64 as f32]
    );
    // rows that training never saw
    let other = columns(vec![
        numbers("n", &[NAN]),
        texts("t", &["new"]),
        texts("o", &["new"]),
        numbers("c", &[0.6]),
        numbers("p", &[2.0]),
    ]);
    assert_eq!(
        apply_recipe(&other, &fitted).unwrap().row(0),
        [0.0, 0.0, 0.0, -1.0, (0.6_f64 - 0.1) as f32, 2.0]
    );
}

#[test]
fn recipes_that_cannot_work_are_refused() {
    let data = columns(vec![
        numbers("n", &[1.0, 2.0]),
        texts("t", &["a", "b"]),
        numbers("none", &[NAN, NAN]),
    ]);
    for (kinds, steps, reason) in [
        (vec![], vec![], "no input column"),
        (vec![("t", Text)], vec![], "never becomes a number"),
        (
            vec![("n", Float)],
            vec![impute(&["t"], ImputeStrategy::Mode)],
            "which is no input",
        ),
        (vec![("n", Float), ("n", Float)], vec![], "twice"),
        (
            vec![("t", Text)],
            vec![impute(&["t"], ImputeStrategy::Mean)],
            "has no mean",
        ),
        (
            vec![("t", Text)],
            vec![Step::Standardise {
                columns: names(&["t"]),
            }],
            "cannot be standardised",
        ),
        (
            vec![("t", Text)],
            vec![Step::Passthrough {
                columns: names(&["t"]),
            }],
            "passthrough needs numbers",
        ),
        (
            vec![("n", Float)],
            vec![Step::OneHot {
                columns: names(&["n"]),
                max_categories: 5,
                min_count: 0,
                rare: None,
            }],
            "take text",
        ),
        (
            vec![("n", Float)],
            vec![impute(&["n"], constant("many"))],
            "no number",
        ),
        (
            vec![("t", Text)],
            vec![impute(&["t"], constant(""))],
            "empty text",
        ),
        (
            vec![("none", Float)],
            vec![Step::Standardise {
                columns: names(&["none"]),
            }],
            "no value in the training rows",
        ),
        (
            vec![("t", Text)],
            vec![
                Step::OneHot {
                    columns: names(&["t"]),
                    max_categories: 5,
                    min_count: 0,
                    rare: None,
                },
                Step::Standardise {
                    columns: names(&["t"]),
                },
            ],
            "no step may follow",
        ),
    ] {
        let error = fit_recipe(&data, &recipe(&kinds, steps)).unwrap_err();
        assert!(
            matches!(&error, Error::Recipe(text) if text.contains(reason)),
            "{reason}: {error}"
        );
    }
    assert!(matches!(
        fit_recipe(&data, &recipe(&[("zz", Float)], vec![])),
        Err(Error::NoSuchColumn { .. })
    ));
}

#[test]
fn values_that_the_graph_could_not_hold_are_refused() {
    let recipe = recipe(&[("n", Float)], vec![]);
    let fitted = fit_recipe(&columns(vec![numbers("n", &[1.0, 2.0])]), &recipe).unwrap();
    for (value, is_missing) in [
        (NAN, true),
        (1e39, false),
        (f64::INFINITY, false),
        (-1e39, false),
    ] {
        let error = apply_recipe(&columns(vec![numbers("n", &[1.0, value])]), &fitted).unwrap_err();
        match error {
            Error::MissingValue { row: 2, .. } => assert!(is_missing, "{value}"),
            Error::NotFinite { row: 2, .. } => assert!(!is_missing, "{value}"),
            other => panic!("{value}: {other}"),
        }
    }
    let error = apply_recipe(&columns(vec![numbers("m", &[1.0])]), &fitted).unwrap_err();
    assert!(matches!(error, Error::NoSuchColumn { .. }));
}

#[test]
fn only_the_rows_given_are_learnt_from() {
    let frame = penguins();
    let kinds = [
        ("bill_length_mm", Float),
        ("body_mass_g", Integer),
        ("island", Text),
        ("sex", Text),
    ];
    let recipe = recipe(
        &kinds,
        vec![
            impute(&["bill_length_mm", "body_mass_g"], ImputeStrategy::Median),
            impute(&["sex"], ImputeStrategy::Mode),
            Step::Standardise {
                columns: names(&["bill_length_mm", "body_mass_g"]),
            },
            Step::OneHot {
                columns: names(&["island", "sex"]),
                max_categories: 10,
                min_count: 0,
                rare: None,
            },
        ],
    );
    let train: Vec<usize> = (0..300).collect();
    let clean = fit_recipe(
        &raw_columns(&frame, &train, &recipe.inputs).unwrap(),
        &recipe,
    )
    .unwrap();
    // the other 44 rows poisoned
    let mut csv = "bill_length_mm,body_mass_g,island,sex\n".to_owned();
    let texts = assay_frame::row_texts(&frame, 0, 300).unwrap();
    for row in &texts.rows {
        let cell = |place: usize| row[place].as_deref().unwrap_or("");
        csv.push_str(&format!(
            "{},{},{},{}\n",
            cell(2),
            cell(5),
            cell(1),
            cell(6)
        ));
    }
    for _ in 0..44 {
        csv.push_str("1e30,999999999,Poison,POISON\n");
    }
    let poisoned = table(&csv);
    assert_eq!(poisoned.n_rows(), 344);
    let fitted = fit_recipe(
        &raw_columns(&poisoned, &train, &recipe.inputs).unwrap(),
        &recipe,
    )
    .unwrap();
    assert_eq!(fitted, clean);
    assert_eq!(clean.features.len(), 7);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn standardised_columns_have_mean_zero_and_deviation_one(values in prop::collection::vec(-1e6_f64..1e6, 2..60)) {
        let data = columns(vec![numbers("n", &values)]);
        let recipe = recipe(&[("n", Float)], vec![Step::Standardise { columns: names(&["n"]) }]);
        let fitted = fit_recipe(&data, &recipe).unwrap();
        let matrix = apply_recipe(&data, &fitted).unwrap();
        let n = values.len() as f64;
        let features: Vec<f64> = matrix.values.iter().map(|v| f64::from(*v)).collect();
        let mean = features.iter().sum::<f64>() / n;
        let variance = features.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n;
        prop_assert!(mean.abs() < 1e-4);
        prop_assert!((variance - 1.0).abs() < 1e-4 || variance == 0.0);
    }

    #[test]
    fn a_row_has_at_most_one_hot_feature(values in prop::collection::vec("[a-f]{0,2}", 1..40), limit in 1_u32..8) {
        let texts_given: Vec<&str> = values.iter().map(String::as_str).collect();
        let data = columns(vec![texts("t", &texts_given)]);
        let recipe = recipe(&[("t", Text)], vec![Step::OneHot { columns: names(&["t"]), max_categories: limit, min_count: 0, rare: None }]);
        let Ok(fitted) = fit_recipe(&data, &recipe) else {
            prop_assert!(values.iter().all(String::is_empty));
            return Ok(());
        };
        prop_assert!(fitted.features.len() <= limit as usize);
        let matrix = apply_recipe(&data, &fitted).unwrap();
        for (row, value) in values.iter().enumerate() {
            let sum: f32 = matrix.row(row).iter().sum();
            let known = fitted.features.contains(&format!("t={value}"));
            prop_assert_eq!(sum, f32::from(u8::from(known)));
        }
    }
}
