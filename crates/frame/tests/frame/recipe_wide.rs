//! Words and components against scikit-learn, and what they do with hard rows.

use assay_core::recipe::{FittedStep, InputColumn, RECIPE_SCHEMA, Recipe, Step};
use assay_core::schema::ColumnType::{self, Float, Text};
use assay_core::{Columns, RawColumn, RawValues};
use assay_frame::{Error, apply_recipe, fit_recipe};
use serde_json::Value;

fn golden() -> Value {
    serde_json::from_str(include_str!("../golden/recipes/recipes.json")).unwrap()
}

fn list<T: serde::de::DeserializeOwned>(value: &Value) -> Vec<T> {
    serde_json::from_value(value.clone()).unwrap()
}

fn recipe(names: &[&str], kind: ColumnType, steps: Vec<Step>) -> Recipe {
    let inputs = names.iter().map(|name| InputColumn {
        name: (*name).to_owned(),
        kind,
    });
    Recipe {
        schema: RECIPE_SCHEMA,
        inputs: inputs.collect(),
        steps,
        left_out: Vec::new(),
    }
}

fn columns(columns: Vec<(&str, RawValues)>) -> Columns {
    Columns {
        n_rows: match &columns[0].1 {
            RawValues::Numbers(values) => values.len(),
            RawValues::Texts(values) => values.len(),
        },
        columns: columns
            .into_iter()
            .map(|(name, values)| RawColumn {
                name: name.to_owned(),
                values,
            })
            .collect(),
    }
}

fn texts<T: AsRef<str>>(values: &[T]) -> RawValues {
    let texts = values.iter().map(|text| Some(text.as_ref().to_owned()));
    RawValues::Texts(texts.collect())
}

fn tfidf(max_words: u32, min_count: u32) -> Step {
    Step::Tfidf {
        columns: vec!["t".to_owned()],
        max_words,
        min_count,
    }
}

/// Rows of `n` features against rows of numbers.
fn close(ours: &[f32], theirs: &[Vec<f64>], tolerance: f64, what: &str) {
    let theirs = theirs.concat();
    assert_eq!(ours.len(), theirs.len(), "{what}");
    for (at, (ours, theirs)) in ours.iter().zip(theirs).enumerate() {
        let apart = (f64::from(*ours) - theirs).abs();
        assert!(apart <= tolerance, "{what}, {at}: {ours} / {theirs}");
    }
}

#[test]
fn words_weigh_what_scikit_learn_says() {
    let golden = golden();
    let given: Vec<String> = list(&golden["texts"]);
    let data = columns(vec![("t", texts(&given))]);
    for (name, step) in [
        ("all", tfidf(1_000, 1)),
        ("4", tfidf(4, 1)),
        ("9 in 4", tfidf(9, 4)),
    ] {
        let of = &golden["tfidf"][name];
        let fitted = fit_recipe(&data, &recipe(&["t"], Text, vec![step])).unwrap();
        let FittedStep::Tfidf { words, weights, .. } = &fitted.steps[0] else {
            panic!("{fitted:?}");
        };
        assert_eq!(*words, list::<String>(&of["words"]), "{name}");
        for (ours, theirs) in weights.iter().zip(list::<f64>(&of["weights"])) {
            assert!((ours - theirs).abs() < 1e-12, "{name}: {ours} / {theirs}");
        }
        let matrix = apply_recipe(&data, &fitted).unwrap();
        assert_eq!(matrix.names[0], format!("t_word_{}", words[0]));
        close(
            &matrix.values,
            &list::<Vec<f64>>(&of["features"]),
            1e-7,
            name,
        );
    }
}

#[test]
fn texts_without_a_known_word_are_zeros() {
    let data = columns(vec![("t", texts(&["one two", "two three", "two"]))]);
    let length = Step::TextLength {
        columns: vec!["t".to_owned()],
    };
    let fitted = fit_recipe(&data, &recipe(&["t"], Text, vec![length, tfidf(8, 2)])).unwrap();
    assert_eq!(fitted.features, ["t_word_two", "t_n_words"]);
    let hard = [
        Some(""),
        None,
        Some("  three\ttwo  "),
        Some("TWO"),
        Some("two. two"),
    ];
    let hard = hard.map(|text| text.map(str::to_owned)).to_vec();
    let hard = columns(vec![("t", RawValues::Texts(hard))]);
    let matrix = apply_recipe(&hard, &fitted).unwrap();
    let expected = [[0.0, 0.0], [0.0, 0.0], [0.0, 1.0], [1.0, 1.0], [1.0, 2.0]];
    assert_eq!(matrix.values, expected.concat());
}

#[test]
fn a_vocabulary_without_a_word_is_no_failure() {
    let data = columns(vec![("t", texts(&["one", "two"]))]);
    let length = Step::TextLength {
        columns: vec!["t".to_owned()],
    };
    let fitted = fit_recipe(&data, &recipe(&["t"], Text, vec![length, tfidf(8, 2)])).unwrap();
    assert_eq!(fitted.features, ["t_n_words"]);
    assert_eq!(apply_recipe(&data, &fitted).unwrap().values, [1.0, 1.0]);
}

fn pca(n_components: Option<u32>, variance: Option<f64>) -> Step {
    Step::Pca {
        columns: Vec::new(),
        n_components,
        variance,
    }
}

#[test]
fn components_are_those_of_scikit_learn() {
    let golden = golden();
    let names = ["skewed", "negative", "mixed", "whole"];
    let data = columns(
        names
            .iter()
            .map(|name| {
                let values = list(&golden["numeric"][name]["values"]);
                (*name, RawValues::Numbers(values))
            })
            .collect(),
    );
    for (name, step) in [
        ("all", pca(None, None)),
        ("2", pca(Some(2), None)),
        ("0.9", pca(None, Some(0.9))),
    ] {
        let of = &golden["pca"][name];
        let fitted = fit_recipe(&data, &recipe(&names, Float, vec![step])).unwrap();
        let FittedStep::Pca {
            components, shares, ..
        } = &fitted.steps[0]
        else {
            panic!("{fitted:?}");
        };
        assert_eq!(fitted.features.first().map(String::as_str), Some("pca_1"));
        let theirs: Vec<Vec<f64>> = list(&of["components"]);
        assert_eq!(components.len(), theirs.len(), "{name}");
        for (ours, theirs) in components.concat().iter().zip(theirs.concat()) {
            assert!((ours - theirs).abs() < 1e-12, "{name}: {ours} / {theirs}");
        }
        for (ours, theirs) in shares.iter().zip(list::<f64>(&of["shares"])) {
            assert!((ours - theirs).abs() < 1e-12, "{name}: {ours} / {theirs}");
        }
        let matrix = apply_recipe(&data, &fitted).unwrap();
        close(
            &matrix.values,
            &list::<Vec<f64>>(&of["features"]),
            1e-5,
            name,
        );
    }
}

#[test]
fn components_of_hard_columns() {
    let numbers = |values: &[f64]| RawValues::Numbers(values.to_vec());
    let fit = |values: Vec<(&str, RawValues)>, names: &[&str]| {
        let data = columns(values);
        let fitted = fit_recipe(&data, &recipe(names, Float, vec![pca(None, None)]))?;
        apply_recipe(&data, &fitted)
    };
    // Two columns that say the same have one component; constant ones have one that says nothing.
    let same = [1.0, 2.0, 3.0];
    let one = fit(
        vec![("a", numbers(&same)), ("b", numbers(&same))],
        &["a", "b"],
    )
    .unwrap();
    assert_eq!(one.names, ["pca_1"]);
    let none = fit(vec![("a", numbers(&[0.1; 3]))], &["a"]).unwrap();
    assert_eq!(none.values, [0.0; 3]);
    let gap = fit(vec![("a", numbers(&[1.0, f64::NAN]))], &["a"]);
    assert!(matches!(&gap, Err(Error::Recipe(text)) if text.contains("impute it before")));
    let huge = fit(vec![("a", numbers(&[1e200, -1e200]))], &["a"]);
    assert!(matches!(&huge, Err(Error::Recipe(text)) if text.contains("too large")));
}

#[test]
fn a_second_pca_and_columns_of_its_name_stand_beside_it() {
    let numbers = |shift: f64| {
        let values = (0..9).map(|at| (f64::from(at) * shift).sin());
        RawValues::Numbers(values.collect())
    };
    let names = ["pca_1", "b", "c", "d"];
    let data = columns(
        names
            .iter()
            .zip([1.0, 2.0, 3.0, 4.0])
            .map(|(name, shift)| (*name, numbers(shift)))
            .collect(),
    );
    let of = |names: &[&str]| Step::Pca {
        columns: names.iter().map(|name| (*name).to_owned()).collect(),
        n_components: Some(1),
        variance: None,
    };
    let steps = vec![of(&["b", "c"]), of(&["d"])];
    let fitted = fit_recipe(&data, &recipe(&names, Float, steps)).unwrap();
    assert_eq!(fitted.features, ["pca_1", "pca2_1", "pca3_1"]);
}
