//! What scikit-learn's calibration, ensembles, transformed targets and AdaBoost for numbers predict
//! (golden/make_ensemble_golden.py).

use assay_core::matrix::Prediction;
use assay_core::model::Model;
use assay_core::split::Fold;
use assay_core::train::{CalibrationMethod, ParamValue, TargetTransform};
use assay_core::{Matrix, Target, Task};
use assay_learn::ensemble::{StackingParams, members};
use assay_learn::{Training, calibrated, fit_transformed, predict};
use serde_json::Value;

use crate::data::{Params, fit, params};
use crate::golden_models::{read, table, target, thirds};

const N_FOLDS: usize = 5;

fn goldens() -> (Value, Value) {
    (
        read(include_str!("../golden/golden.json")),
        read(include_str!("../golden/golden_ensembles.json")),
    )
}

/// Training row i is in fold i % 5.
fn folds(n_rows: usize) -> Vec<Fold> {
    (0..N_FOLDS)
        .map(|fold| {
            let (validation, train) = (0..n_rows).partition(|row| row % N_FOLDS == fold);
            Fold { train, validation }
        })
        .collect()
}

fn given(params: &Value) -> Params {
    serde_json::from_value(params.clone()).unwrap()
}

fn numbers(prediction: Prediction) -> Vec<f64> {
    match prediction {
        Prediction::Classes { probabilities, .. } => probabilities,
        Prediction::Values(values) | Prediction::Coordinates { values, .. } => values,
    }
}

fn same(model: &Model, new: &Matrix, wanted: &Value, tolerance: f64, label: &str) {
    let (found, wanted) = (numbers(predict(model, new)), table(wanted).concat());
    assert_eq!(found.len(), wanted.len(), "{label}");
    for (at, (found, wanted)) in found.iter().zip(wanted).enumerate() {
        assert!(
            (found - wanted).abs() <= tolerance * wanted.abs().max(1.0),
            "{label}: number {at} is {found}, not {wanted}"
        );
    }
}

/// What models of the other folds say of every row.
fn unseen(
    algorithm: &str,
    given: &Params,
    x: &Matrix,
    y: &Target,
    weights: Option<&[f32]>,
) -> Prediction {
    let mut rows: Vec<(usize, u32, Vec<f64>)> = Vec::new();
    for fold in folds(x.n_rows) {
        let of_train: Option<Vec<f32>> =
            weights.map(|weights| fold.train.iter().map(|&row| weights[row]).collect());
        let training = Training {
            x: &x.take(&fold.train),
            y: &y.take(&fold.train),
            weights: of_train.as_deref(),
            seed: 0,
            task: &Task::silent(),
        };
        let model = assay_learn::fit(algorithm, given, &training).unwrap();
        let Prediction::Classes {
            indices,
            probabilities,
            n_classes,
        } = predict(&model, &x.take(&fold.validation))
        else {
            panic!("classes");
        };
        for ((row, index), p) in fold
            .validation
            .into_iter()
            .zip(indices)
            .zip(probabilities.chunks(n_classes))
        {
            rows.push((row, index, p.to_vec()));
        }
    }
    rows.sort_by_key(|(row, ..)| *row);
    Prediction::Classes {
        indices: rows.iter().map(|(_, index, _)| *index).collect(),
        n_classes: rows[0].2.len(),
        probabilities: rows.into_iter().flat_map(|(.., p)| p).collect(),
    }
}

#[test]
fn calibrated_probabilities_are_those_of_scikit_learn() {
    let (all, golden) = goldens();
    let cases = golden["calibration"].as_array().unwrap();
    assert!(cases.len() >= 12);
    for case in cases {
        let (name, algorithm) = (
            case["data"].as_str().unwrap(),
            case["algorithm"].as_str().unwrap(),
        );
        let method: CalibrationMethod = serde_json::from_value(case["method"].clone()).unwrap();
        let (x, y, new) = thirds(&all, name, false);
        let (y, given) = (target(name, &y), given(&case["params"]));
        let weights: Vec<f32> = (0..x.n_rows).map(|row| [1.0, 2.0, 3.0][row % 3]).collect();
        let weights = case["weighted"].as_bool().unwrap().then_some(&weights[..]);
        let training = Training {
            x: &x,
            y: &y,
            weights,
            seed: 0,
            task: &Task::silent(),
        };
        let base = assay_learn::fit(algorithm, &given, &training).unwrap();
        let unseen = unseen(algorithm, &given, &x, &y, weights);
        let model = calibrated(base, method, &unseen, &y, weights, &Task::silent()).unwrap();
        let label = format!(
            "{method:?} of {algorithm} on {name}, weights {}",
            weights.is_some()
        );
        same(&model, &new, &case["predictions"], 1e-5, &label);
    }
}

#[test]
fn ensembles_answer_as_those_of_scikit_learn() {
    let (all, golden) = goldens();
    for case in golden["ensembles"].as_array().unwrap() {
        let name = case["data"].as_str().unwrap();
        let (x, y, new) = thirds(&all, name, false);
        let y = target(name, &y);
        let text = |key: &str| case[key].as_str().unwrap().to_owned();
        let label = format!("{} on {name}", text("members"));
        let voting = params(&[
            ("members", ParamValue::Text(text("members"))),
            ("weights", ParamValue::Text(text("weights"))),
        ]);
        let model = fit("voting", &voting, &x, &y, 0, &Task::silent()).unwrap();
        same(
            &model,
            &new,
            &case["voting"],
            1e-6,
            &format!("voting of {label}"),
        );
        let last = members::read(&text("final")).remove(0);
        let stacking = StackingParams::new(members::read(&text("members")), last, folds(x.n_rows));
        let training = Training {
            x: &x,
            y: &y,
            weights: None,
            seed: 0,
            task: &Task::silent(),
        };
        let model = stacking.fit(&training).unwrap();
        same(
            &model,
            &new,
            &case["stacking"],
            5e-6,
            &format!("stacking of {label}"),
        );
    }
}

#[test]
fn transformed_targets_are_predicted_as_by_scikit_learn() {
    let (all, golden) = goldens();
    for case in golden["transforms"].as_array().unwrap() {
        let transform: TargetTransform = serde_json::from_value(case["transform"].clone()).unwrap();
        let shift = case["shift"].as_f64().unwrap();
        let (x, y, new) = thirds(&all, "diabetes", false);
        let y = Target::Values(y.iter().map(|y| y - shift).collect());
        let training = Training {
            x: &x,
            y: &y,
            weights: None,
            seed: 0,
            task: &Task::silent(),
        };
        let model = fit_transformed("ridge", &Params::new(), Some(transform), &training).unwrap();
        same(
            &model,
            &new,
            &case["predictions"],
            1e-5,
            &format!("{transform:?} less {shift}"),
        );
    }
}

#[test]
fn boosting_of_numbers_is_that_of_scikit_learn_on_the_same_draws() {
    let (all, golden) = goldens();
    for case in golden["boosted"].as_array().unwrap() {
        let (x, y, new) = thirds(&all, "diabetes", false);
        let given = given(&case["params"]);
        let seed = case["seed"].as_u64().unwrap();
        let model = fit(
            "ada_boost",
            &given,
            &x,
            &Target::Values(y),
            seed,
            &Task::silent(),
        )
        .unwrap();
        same(
            &model,
            &new,
            &case["predictions"],
            1e-6,
            &format!("{given:?}"),
        );
    }
}
