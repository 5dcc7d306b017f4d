//! What stands around an algorithm, on every kind of data: calibrated probabilities and targets on another scale say the
//! same here and through ONNX Runtime.

use std::collections::BTreeMap;

use assay_core::train::{CalibrationMethod, ParamValue, TargetTransform};
use assay_core::{Target, Task};
use assay_frame::{TargetKind, apply_recipe};
use assay_learn::{Training, calibrated, fit, fit_transformed, predict};

use crate::catalogue::{DATA, check_export, find_lightgbm, runtime, table, with_header};
use crate::python;

const METHODS: [CalibrationMethod; 3] = [
    CalibrationMethod::Platt,
    CalibrationMethod::Isotonic,
    CalibrationMethod::Temperature,
];

const TRANSFORMS: [TargetTransform; 4] = [
    TargetTransform::Log,
    TargetTransform::Log1p,
    TargetTransform::BoxCox,
    TargetTransform::YeoJohnson,
];

#[test]
fn calibrated_models_and_their_exports_agree() {
    let folder = tempfile::tempdir().unwrap();
    let models = tempfile::tempdir().unwrap();
    let runtime = runtime();
    find_lightgbm();
    let few = BTreeMap::from([("n_estimators".to_owned(), ParamValue::Integer(10))]);
    for (file, header, [column, _]) in DATA {
        let path = with_header(file, header, folder.path());
        let table = table(&path, column, TargetKind::Classes);
        let x = apply_recipe(&table.columns, &table.recipe).unwrap();
        let task = Task::silent();
        let training = Training {
            x: &x,
            y: &table.target,
            weights: None,
            seed: 3,
            task: &task,
        };
        for algorithm in [
            "logistic_regression",
            "gaussian_nb",
            "svm",
            "knn",
            "random_forest",
            "lightgbm",
        ] {
            let params = match algorithm {
                "random_forest" | "lightgbm" => few.clone(),
                _ => BTreeMap::new(),
            };
            let base = fit(algorithm, &params, &training).unwrap();
            let said = predict(&base, &x);
            for method in METHODS {
                let at = format!("{} of {algorithm} on {column} of {file}", method.name());
                let model =
                    calibrated(base.clone(), method, &said, &table.target, None, &task).unwrap();
                check_export(&table, &model, &runtime, &at, &models.path().join(&at));
            }
        }
    }
    assert_eq!(python::check(models.path())["wrong"], serde_json::json!([]));
}

#[test]
fn transformed_models_and_their_exports_agree() {
    let folder = tempfile::tempdir().unwrap();
    let models = tempfile::tempdir().unwrap();
    let runtime = runtime();
    let few = BTreeMap::from([("n_estimators".to_owned(), ParamValue::Integer(10))]);
    let mut n_agreeing = 0;
    for (file, header, [_, column]) in DATA {
        let path = with_header(file, header, folder.path());
        let table = table(&path, column, TargetKind::Values);
        let Target::Values(values) = &table.target else {
            panic!("numbers");
        };
        let is_positive = values.iter().all(|&value| value > 0.0);
        let x = apply_recipe(&table.columns, &table.recipe).unwrap();
        let training = Training {
            x: &x,
            y: &table.target,
            weights: None,
            seed: 3,
            task: &Task::silent(),
        };
        for transform in TRANSFORMS {
            let wants_positive =
                matches!(transform, TargetTransform::Log | TargetTransform::BoxCox);
            for (algorithm, params) in [("ridge", BTreeMap::new()), ("ada_boost", few.clone())] {
                let at = format!("{} of {algorithm} on {column} of {file}", transform.name());
                match fit_transformed(algorithm, &params, Some(transform), &training) {
                    Ok(model) => {
                        check_export(&table, &model, &runtime, &at, &models.path().join(&at));
                        n_agreeing += 1;
                    }
                    Err(error) => assert!(wants_positive && !is_positive, "{at}: {error}"),
                }
            }
        }
    }
    assert!(n_agreeing >= 36, "{n_agreeing}");
    assert_eq!(python::check(models.path())["wrong"], serde_json::json!([]));
}
