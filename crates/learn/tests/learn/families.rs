//! What single algorithms promise beyond what all of them do.

use std::sync::{Arc, Mutex};

use assay_core::matrix::Prediction;
use assay_core::model::Form;
use assay_core::task::TaskEvent;
use assay_core::train::{CalibrationMethod, ParamValue};
use assay_core::{Target, Task};
use assay_learn::{calibrated, predict};

use crate::data::{Params, classes, fit, goodness, matrix, params, random};

fn heard() -> (Arc<Mutex<Vec<TaskEvent>>>, Task) {
    let heard: Arc<Mutex<Vec<TaskEvent>>> = Arc::default();
    let sink = heard.clone();
    let task = Task::new(move |event: &TaskEvent| sink.lock().unwrap().push(event.clone()));
    (heard, task)
}

fn n_trees(form: &Form) -> usize {
    match form {
        Form::Boosted { trees, .. } | Form::Trees { trees } => trees.len(),
        _ => 0,
    }
}

#[test]
fn boosting_stops_early_and_tells_its_losses() {
    let (x, y, _) = random(1_000, 31);
    let (heard, task) = heard();
    let given = params(&[
        ("n_estimators", ParamValue::Integer(300)),
        ("learning_rate", ParamValue::Float(0.3)),
        ("early_stopping_rounds", ParamValue::Integer(5)),
    ]);
    let model = fit("lightgbm", &given, &x, &y, 1, &task).unwrap();
    let kept = n_trees(&model.form);
    assert!((1..200).contains(&kept), "{kept}");
    let events = heard.lock().unwrap();
    let losses = |wanted: &str| -> Vec<f64> {
        events
            .iter()
            .filter_map(|event| match event {
                TaskEvent::Metric(point) if point.key == wanted => Some(point.value),
                _ => None,
            })
            .collect()
    };
    let (training, validation) = (losses("train.loss"), losses("validation.loss"));
    assert_eq!(validation.len(), kept + 5);
    assert!(training.last() < training.first());
    let least = validation.iter().copied().fold(f64::INFINITY, f64::min);
    assert_eq!(validation[kept - 1], least);
}

#[test]
fn a_quantile_lies_over_its_share_of_the_rows() {
    let (x, _, y) = random(2_000, 32);
    let given = params(&[
        ("objective", ParamValue::Text("quantile".to_owned())),
        ("quantile", ParamValue::Float(0.9)),
    ]);
    let model = fit("lightgbm", &given, &x, &y, 0, &Task::silent()).unwrap();
    let (Prediction::Values(found), Target::Values(wanted)) = (predict(&model, &x), &y) else {
        panic!("numbers");
    };
    let over = found.iter().zip(wanted).filter(|(f, w)| f >= w).count();
    assert!((1_700..1_950).contains(&over), "{over}");
}

#[test]
fn a_poisson_target_under_zero_is_refused() {
    let (x, _, _) = random(40, 33);
    let y = Target::Values((0..40).map(|i| f64::from(i) - 3.0).collect());
    let given = params(&[("objective", ParamValue::Text("poisson".to_owned()))]);
    let error = fit("lightgbm", &given, &x, &y, 0, &Task::silent()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "`lightgbm` cannot use the data: the target is -3 in row 1"
    );
    assert!(error.hint().is_some());
}

#[test]
fn more_rows_than_are_allowed_are_drawn_with_a_word() {
    let (x, classes, values) = random(400, 34);
    for algorithm in ["knn", "svm"] {
        for y in [&classes, &values] {
            let (heard, task) = heard();
            let given = params(&[("max_rows", ParamValue::Integer(100))]);
            let model = fit(algorithm, &given, &x, y, 5, &task).unwrap();
            let events = heard.lock().unwrap();
            let warned = events.iter().any(|event| {
                matches!(event, TaskEvent::Warning { text } if text.contains("100 of the 400"))
            });
            assert!(warned, "{algorithm}");
            if let Form::Neighbours { rows, .. } = &model.form {
                assert_eq!(rows.len(), 100 * x.n_columns());
            }
            assert_eq!(
                model,
                fit(algorithm, &given, &x, y, 5, &Task::silent()).unwrap()
            );
            assert_ne!(
                model,
                fit(algorithm, &given, &x, y, 6, &Task::silent()).unwrap()
            );
            assert!(goodness(y, &predict(&model, &x)) > 0.5, "{algorithm}");
        }
    }
}

#[test]
fn a_single_class_that_is_left_is_certain() {
    let (x, _, _) = random(60, 35);
    for present in [0, 1, 2] {
        let y = classes(&[present; 60], 3);
        for algorithm in [
            "decision_tree",
            "random_forest",
            "extra_trees",
            "ada_boost",
            "lightgbm",
            "knn",
            "svm",
        ] {
            let few = match algorithm {
                "random_forest" | "extra_trees" => {
                    params(&[("n_estimators", ParamValue::Integer(3))])
                }
                _ => Params::new(),
            };
            let model = fit(algorithm, &few, &x, &y, 0, &Task::silent()).unwrap();
            let Prediction::Classes { indices, .. } = predict(&model, &x) else {
                panic!("classes");
            };
            assert!(indices.iter().all(|&index| index == present), "{algorithm}");
        }
    }
}

#[test]
fn probabilities_of_a_machine_are_as_sure_as_it_is_right() {
    // A tenth of the classes is turned round: nothing can be surer than nine in ten.
    let (x, y, _) = random(1_500, 36);
    let (new, new_y, _) = random(3_000, 37);
    let model = fit("svm", &Params::new(), &x, &y, 0, &Task::silent()).unwrap();
    let (Prediction::Classes { probabilities, .. }, Target::Classes { indices, .. }) =
        (predict(&model, &new), &new_y)
    else {
        panic!("classes");
    };
    for (low, high) in [(0.0, 0.5), (0.5, 1.0)] {
        let within: Vec<(f64, u32)> = probabilities
            .chunks(2)
            .zip(indices)
            .map(|(row, &class)| (row[1], class))
            .filter(|(p, _)| (low..high).contains(p))
            .collect();
        let n = within.len() as f64;
        let said = within.iter().map(|(p, _)| p).sum::<f64>() / n;
        let was = within.iter().filter(|(_, class)| *class == 1).count() as f64 / n;
        assert!(n > 500.0 && (said - was).abs() < 0.06, "{said} {was}");
    }
}

#[test]
fn trees_stay_about_as_large_as_they_may_be() {
    let (x, y, numbers) = random(2_000, 38);
    let n_nodes = |form: &Form| match form {
        Form::Trees { trees } => trees.iter().map(|tree| tree.nodes.len()).sum(),
        _ => 0_usize,
    };
    for (algorithm, y) in [
        ("random_forest", &y),
        ("random_forest", &numbers),
        ("extra_trees", &numbers),
    ] {
        let grown = |max_nodes| {
            let given = params(&[
                ("n_estimators", ParamValue::Integer(30)),
                ("max_nodes", ParamValue::Integer(max_nodes)),
            ]);
            let (heard, task) = heard();
            let model = fit(algorithm, &given, &x, y, 4, &task).unwrap();
            let events = heard.lock().unwrap();
            let is_warning = |event: &&TaskEvent| matches!(event, TaskEvent::Warning { .. });
            (
                n_nodes(&model.form),
                events.iter().filter(is_warning).count(),
            )
        };
        let (whole, n_warnings) = grown(1_000_000);
        assert_eq!(n_warnings, 0, "{algorithm}");
        let most = whole / 5;
        let (limited, n_warnings) = grown(most as i64);
        assert_eq!(n_warnings, 1, "{algorithm}");
        assert!(
            limited > most / 3 && limited < most * 3 / 2,
            "{algorithm}: {limited} of {most}"
        );
    }
}

#[test]
fn calibration_mends_probabilities_that_are_too_sure() {
    // The same features five times over: naive Bayes counts them as five witnesses.
    let repeated = |n_rows: usize, seed: u64| {
        let (x, y, _) = random(n_rows, seed);
        let rows: Vec<Vec<f32>> = x.values.chunks(10).map(|row| row.repeat(5)).collect();
        (matrix(&rows), y)
    };
    let brier = |y: &Target, found: &Prediction| -> f64 {
        let (Target::Classes { indices, .. }, Prediction::Classes { probabilities, .. }) =
            (y, found)
        else {
            panic!("classes");
        };
        let rows = probabilities.chunks(2).zip(indices);
        rows.map(|(p, &class)| (p[1] - f64::from(class)).powi(2))
            .sum()
    };
    let ((x, y), (unseen_x, unseen_y), (new_x, new_y)) = (
        repeated(1_500, 61),
        repeated(1_500, 62),
        repeated(1_500, 63),
    );
    let base = fit("gaussian_nb", &Params::new(), &x, &y, 0, &Task::silent()).unwrap();
    let before = predict(&base, &new_x);
    let unseen = predict(&base, &unseen_x);
    for method in [
        CalibrationMethod::Platt,
        CalibrationMethod::Isotonic,
        CalibrationMethod::Temperature,
    ] {
        let task = Task::silent();
        let model = calibrated(base.clone(), method, &unseen, &unseen_y, None, &task).unwrap();
        let after = predict(&model, &new_x);
        assert!(
            brier(&new_y, &after) < 0.95 * brier(&new_y, &before),
            "{method:?}"
        );
        if method == CalibrationMethod::Temperature {
            assert_eq!(goodness(&new_y, &after), goodness(&new_y, &before));
        }
    }
    let numbers = Target::Values(vec![0.0; 1_500]);
    let task = Task::silent();
    let refused = calibrated(
        base,
        CalibrationMethod::Platt,
        &unseen,
        &numbers,
        None,
        &task,
    );
    assert!(refused.is_err());
}
