//! Linear models and naive Bayes predict what scikit-learn's do (golden/make_linear_golden.py).

use std::collections::BTreeSet;

use assay_core::matrix::Prediction;
use assay_core::train::ParamValue;
use assay_core::{Target, Task};
use assay_learn::{Training, predict};
use serde::Deserialize;
use serde_json::Value;

use crate::data::{Params, classes, matrix};

#[derive(Deserialize)]
struct Golden {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    algorithm: String,
    set: String,
    params: Params,
    weighted: bool,
    /// Of every fifth row.
    predictions: Vec<Vec<f64>>,
}

fn cases() -> Vec<Case> {
    let golden: Golden =
        serde_json::from_str(include_str!("../golden/linear_golden.json")).unwrap();
    golden.cases
}

/// Probabilities are this near, and values this share of the largest value. Models and answers are stored in f32, and
/// a penalty on absolute values leaves scikit-learn's own solver some way from the optimum.
fn tolerance(case: &Case) -> f64 {
    match case
        .params
        .get("penalty")
        .map(ToString::to_string)
        .as_deref()
    {
        Some("l1" | "elastic_net") => 2e-5,
        // An inverse Gaussian, which both fit step by shrinking step.
        _ if case.params.get("power") == Some(&ParamValue::Float(3.0)) => 1e-5,
        _ => 2e-6,
    }
}

#[test]
fn predictions_on_small_data_are_those_of_scikit_learn() {
    let sets: Value = serde_json::from_str(include_str!("../golden/golden.json")).unwrap();
    let mut wrong = Vec::new();
    for case in cases() {
        let set = &sets[&case.set];
        let x: Vec<Vec<f32>> = serde_json::from_value(set["x"].clone()).unwrap();
        let x = matrix(&x);
        let y: Vec<f64> = serde_json::from_value(set["y"].clone()).unwrap();
        let y = if case.set.starts_with("diabetes") {
            Target::Values(y)
        } else {
            let indices: Vec<u32> = y.iter().map(|class| *class as u32).collect();
            let n_classes = indices.iter().max().unwrap() + 1;
            classes(&indices, n_classes)
        };
        let weights: Vec<f32> = (0..x.n_rows).map(|row| 1.0 + (row % 3) as f32).collect();
        let task = Task::silent();
        let training = Training {
            x: &x,
            y: &y,
            weights: case.weighted.then_some(weights.as_slice()),
            seed: 0,
            task: &task,
        };
        let what = format!(
            "{} on {}, {:?}, weighted {}",
            case.algorithm, case.set, case.params, case.weighted
        );
        let model = assay_learn::fit(&case.algorithm, &case.params, &training)
            .unwrap_or_else(|error| panic!("{what}: {error}"));
        let (found, width) = match predict(&model, &x) {
            Prediction::Classes {
                probabilities,
                n_classes,
                ..
            } => (probabilities, n_classes),
            Prediction::Values(values) => (values, 1),
            Prediction::Coordinates {
                values,
                n_components,
            } => (values, n_components),
        };
        let found: Vec<&[f64]> = found.chunks(width).step_by(5).collect();
        assert_eq!(found.len(), case.predictions.len(), "{what}");
        let largest = case
            .predictions
            .iter()
            .flatten()
            .fold(1.0, |largest: f64, value| largest.max(value.abs()));
        let apart = found
            .iter()
            .zip(&case.predictions)
            .flat_map(|(found, wanted)| found.iter().zip(wanted))
            .fold(0.0, |most: f64, (a, b)| most.max((a - b).abs() / largest));
        if apart > tolerance(&case) {
            wrong.push(format!("{what}: {apart:.2e} apart"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_linear_algorithm_has_golden_predictions() {
    let found: BTreeSet<String> = cases().into_iter().map(|case| case.algorithm).collect();
    let wanted = [
        "bernoulli_nb",
        "elastic_net",
        "gamma_regression",
        "gaussian_nb",
        "lasso",
        "linear_regression",
        "logistic_regression",
        "multinomial_nb",
        "pls",
        "poisson_regression",
        "ridge",
        "tweedie_regression",
    ];
    assert_eq!(found.into_iter().collect::<Vec<_>>(), wanted);
}
