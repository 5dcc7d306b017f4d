//! What scikit-learn finds on the same numbers (golden/make_golden.py).

use assay_core::Task;
use assay_core::matrix::Prediction;
use assay_core::train::ParamValue;
use assay_core::{Matrix, Target};
use assay_learn::linear_regression::LeastSquaresParams;
use assay_learn::logistic_regression::LogisticParams;
use assay_learn::ridge::RidgeParams;
use assay_learn::{LinearModel, predict};
use linfa::DatasetBase;
use linfa::traits::Fit;
use ndarray::{Array2, ArrayView1};
use serde_json::Value;

use crate::data::{self, Params, fit};

fn golden() -> Value {
    serde_json::from_str(include_str!("../golden/golden.json")).unwrap()
}

fn numbers(value: &Value) -> Vec<f64> {
    value
        .as_array()
        .unwrap()
        .iter()
        .map(|number| number.as_f64().unwrap())
        .collect()
}

fn table(value: &Value) -> Vec<Vec<f64>> {
    value.as_array().unwrap().iter().map(numbers).collect()
}

fn features(set: &Value) -> Vec<Vec<f32>> {
    let narrow = |row: Vec<f64>| row.into_iter().map(|value| value as f32).collect();
    table(&set["x"]).into_iter().map(narrow).collect()
}

fn array(set: &Value) -> Array2<f32> {
    let x = data::matrix(&features(set));
    Array2::from_shape_vec((x.n_rows, x.n_columns()), x.values).unwrap()
}

fn assert_close(name: &str, found: &[f64], wanted: &[f64], tolerance: f64) {
    assert_eq!(found.len(), wanted.len(), "{name}");
    for (found, wanted) in found.iter().zip(wanted) {
        assert!(
            (found - wanted).abs() <= tolerance * wanted.abs().max(1.0),
            "{name}: {found} and not {wanted}"
        );
    }
}

#[test]
fn logistic_regression_finds_the_same_optimum() {
    let golden = golden();
    for name in ["penguins", "cancer"] {
        let set = &golden[name];
        let classes: Vec<u32> = numbers(&set["y"])
            .into_iter()
            .map(|class| class as u32)
            .collect();
        let x = array(set);
        let dataset = DatasetBase::new(x.view(), ArrayView1::from(&classes));
        for wanted in set["logistic"].as_array().unwrap() {
            let model = LogisticParams::new(&Task::silent())
                .c(wanted["c"].as_f64().unwrap())
                .with_intercept(wanted["fit_intercept"].as_bool().unwrap())
                .fit(&dataset)
                .unwrap();
            let label = format!("{name}, c {}", wanted["c"]);
            let coefficients: Vec<f64> = model.coefficients.iter().copied().collect();
            let coefficients_wanted = table(&wanted["coefficients"]).concat();
            assert_close(&label, &coefficients, &coefficients_wanted, 1e-6);
            if model.intercepts.iter().any(|intercept| *intercept != 0.0) {
                let intercepts = model.intercepts.to_vec();
                assert_close(&label, &intercepts, &numbers(&wanted["intercepts"]), 1e-6);
            } else {
                assert_eq!(wanted["fit_intercept"], false, "{label}");
            }
        }
    }
}

#[test]
fn linear_and_ridge_regression_find_the_same_coefficients() {
    let golden = golden();
    let task = Task::silent();
    let check = |name: &str, model: &LinearModel, wanted: &Value| {
        let coefficients = model.coefficients.to_vec();
        assert_close(name, &coefficients, &numbers(&wanted["coefficients"]), 1e-8);
        let intercept = wanted["intercept"].as_f64().unwrap();
        assert_close(name, &[model.intercept], &[intercept], 1e-8);
    };
    for name in ["diabetes", "diabetes_collinear"] {
        let set = &golden[name];
        let (x, y) = (array(set), numbers(&set["y"]));
        let dataset = DatasetBase::new(x.view(), ArrayView1::from(&y));
        let least_squares = LeastSquaresParams::new(&task);
        check(name, &least_squares.fit(&dataset).unwrap(), &set["linear"]);
        if let Some(wanted) = set.get("linear_without_intercept") {
            let through_origin = least_squares.with_intercept(false);
            check(name, &through_origin.fit(&dataset).unwrap(), wanted);
        }
        for wanted in set["ridge"].as_array().unwrap() {
            let alpha = wanted["alpha"].as_f64().unwrap();
            let model = RidgeParams::new(&task).alpha(alpha).fit(&dataset).unwrap();
            check(&format!("{name}, alpha {alpha}"), &model, wanted);
        }
    }
}

/// Rows 0, 3, 6 ... are predicted, the others are trained on.
fn thirds(x: &Matrix, y: &Target) -> (Matrix, Target, Matrix) {
    let (new, old): (Vec<usize>, Vec<usize>) = (0..x.n_rows).partition(|row| row % 3 == 0);
    (x.take(&old), y.take(&old), x.take(&new))
}

#[test]
fn a_tree_without_ties_predicts_the_same_on_new_rows() {
    let golden = golden();
    for name in ["penguins_raw", "diabetes_raw"] {
        let set = &golden[name];
        let y = numbers(&set["y"]);
        let y = if name == "penguins_raw" {
            let indices: Vec<u32> = y.into_iter().map(|class| class as u32).collect();
            data::classes(&indices, 3)
        } else {
            Target::Values(y)
        };
        let (x, y, new) = thirds(&data::matrix(&features(set)), &y);
        for wanted in set["trees"].as_array().unwrap() {
            let params: Params = serde_json::from_value(wanted["params"].clone()).unwrap();
            let model = fit("decision_tree", &params, &x, &y, 0, &Task::silent()).unwrap();
            let found = match predict(&model, &new) {
                Prediction::Classes { probabilities, .. } => probabilities,
                Prediction::Values(values) | Prediction::Coordinates { values, .. } => values,
            };
            let predictions = table(&wanted["predictions"]).concat();
            assert_close(&format!("{name} {params:?}"), &found, &predictions, 1e-6);
        }
    }
}

#[test]
fn a_forest_is_as_accurate_on_new_rows() {
    let golden = golden();
    let (x, classes, values) = data::random(2_000, 1);
    let (new, new_classes, new_values) = data::random(4_000, 2);
    for (score, y, wanted) in [
        ("accuracy", &classes, &new_classes),
        ("r2", &values, &new_values),
    ] {
        let seeds = [0, 1, 2];
        let n_seeds = seeds.len() as f64;
        let found: f64 = seeds
            .into_iter()
            .map(|seed| {
                let params = data::params(&[("n_estimators", ParamValue::Integer(100))]);
                let model = fit("random_forest", &params, &x, y, seed, &Task::silent()).unwrap();
                data::goodness(wanted, &predict(&model, &new)) / n_seeds
            })
            .sum();
        let theirs = golden["random"][score]["mean"].as_f64().unwrap();
        assert!(
            (found - theirs).abs() <= 0.005,
            "{score}: {found}, scikit-learn {theirs}"
        );
    }
}
