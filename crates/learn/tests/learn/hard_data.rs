//! Data on which naive estimators divide by zero, run away or never end.

use std::sync::{Arc, Mutex};

use assay_core::matrix::Prediction;
use assay_core::task::TaskEvent;
use assay_core::train::{AlgorithmInfo, ParamValue, ProblemKind};
use assay_core::{Matrix, Target, Task};
use assay_learn::{Error, catalogue, predict};

use crate::data::{Params, classes, fit, goodness, matrix, nothing, params, random, uniform};

/// Every algorithm that is made for the target, with few trees.
fn algorithms(y: &Target) -> Vec<(String, Params)> {
    let made_for = |problems: &[ProblemKind]| problems.contains(&y.problem());
    catalogue()
        .into_iter()
        .filter(|info| made_for(&info.problems))
        .map(|info| {
            let few = match info.name.as_str() {
                "random_forest" | "extra_trees" | "lightgbm" => {
                    params(&[("n_estimators", ParamValue::Integer(8))])
                }
                "tsne" => params(&[("max_iter", ParamValue::Integer(60))]),
                _ => Params::new(),
            };
            (info.name, few)
        })
        .collect()
}

fn is_sound(prediction: &Prediction) -> bool {
    match prediction {
        Prediction::Values(values) | Prediction::Coordinates { values, .. } => {
            values.iter().all(|value| value.is_finite())
        }
        Prediction::Classes {
            indices,
            probabilities,
            n_classes,
        } => {
            indices.iter().all(|&index| (index as usize) < *n_classes)
                && probabilities.chunks(*n_classes).all(|row| {
                    row.iter().all(|p| (0.0..=1.0).contains(p))
                        && (row.iter().sum::<f64>() - 1.0).abs() <= 1e-6
                })
        }
    }
}

/// Rows by a function of their number.
pub fn rows(n_rows: usize, row: impl Fn(usize) -> Vec<f32>) -> Matrix {
    matrix(&(0..n_rows).map(row).collect::<Vec<_>>())
}

fn hard() -> Vec<(&'static str, Matrix)> {
    let noise = uniform(240, 7);
    let noise = |i: usize| noise[i % 240] as f32;
    vec![
        ("all constant", rows(40, |_| vec![3.7, 0.0])),
        ("one constant", rows(40, |i| vec![0.1, noise(i)])),
        (
            "collinear",
            rows(40, |i| {
                vec![noise(i), 2.0 * noise(i), -noise(i), noise(i) + 1.0]
            }),
        ),
        (
            "one-hot",
            rows(40, |i| {
                (0..4).map(|c| f32::from(u8::from(i % 4 == c))).collect()
            }),
        ),
        ("one-hot of zeros", rows(40, |_| vec![0.0; 5])),
        ("one feature", rows(40, |i| vec![noise(i)])),
        ("two rows", rows(2, |i| vec![i as f32])),
        ("four rows", rows(4, |i| vec![noise(i), 1.0 - noise(i)])),
        (
            "separable",
            rows(40, |i| {
                vec![
                    if i % 2 == 0 { -1.0 } else { 1.0 } * (1.0 + noise(i)),
                    noise(i),
                ]
            }),
        ),
        (
            "more features than rows",
            rows(6, |i| (0..30).map(|c| noise(i * 30 + c)).collect()),
        ),
        (
            "magnitudes",
            rows(40, |i| {
                vec![1e7 * noise(i), 1e-7 * noise(i + 40), 1e6 + noise(i + 80)]
            }),
        ),
        ("huge", rows(40, |i| vec![1e18 * noise(i), noise(i + 40)])),
    ]
}

#[test]
fn every_algorithm_answers_on_hard_features() {
    for (name, x) in hard() {
        let targets = [
            classes(&(0..x.n_rows as u32).map(|i| i % 2).collect::<Vec<_>>(), 2),
            classes(&(0..x.n_rows as u32).map(|i| i % 3).collect::<Vec<_>>(), 3),
            // The folds of a rare class may leave it out.
            classes(&(0..x.n_rows as u32).map(|i| i % 2).collect::<Vec<_>>(), 4),
            Target::Values((0..x.n_rows).map(|i| (i * i % 11) as f64).collect()),
            Target::Values(vec![42.5; x.n_rows]),
            nothing(x.n_rows, ProblemKind::Clustering),
            nothing(x.n_rows, ProblemKind::Anomaly),
            nothing(x.n_rows, ProblemKind::Embedding),
        ];
        for y in targets {
            for (algorithm, params) in algorithms(&y) {
                let model = fit(&algorithm, &params, &x, &y, 3, &Task::silent());
                let model = model.unwrap_or_else(|error| panic!("{algorithm} on {name}: {error}"));
                let prediction = predict(&model, &x);
                assert_eq!(prediction.n_rows(), x.n_rows, "{algorithm} on {name}");
                assert!(
                    is_sound(&prediction),
                    "{algorithm} on {name}: {prediction:?}"
                );
                if let (Target::Values(wanted), Prediction::Values(found)) = (&y, &prediction)
                    && wanted.windows(2).all(|pair| pair[0] == pair[1])
                {
                    assert!(
                        found.iter().all(|v| (v - 42.5).abs() < 1e-4),
                        "{algorithm} on {name}"
                    );
                }
            }
        }
    }
}

#[test]
fn a_hundred_classes_are_told_apart() {
    let x = rows(1_000, |i| {
        let class = i % 100;
        vec![
            (class / 10) as f32 + (i % 7) as f32 * 0.01,
            (class % 10) as f32 - (i % 3) as f32 * 0.01,
        ]
    });
    let y = classes(&(0..1_000).map(|i| i % 100).collect::<Vec<_>>(), 100);
    for (algorithm, params) in algorithms(&y) {
        let model = fit(&algorithm, &params, &x, &y, 0, &Task::silent()).unwrap();
        let prediction = predict(&model, &x);
        assert!(is_sound(&prediction), "{algorithm}");
        let least = match algorithm.as_str() {
            "logistic_regression" => 0.4,
            // The data holds a place in a plane, and neither counts nor what is there or not.
            "multinomial_nb" | "bernoulli_nb" => 0.01,
            // Fifty stumps have a hundred leaves, most for the same classes.
            "ada_boost" => 0.02,
            _ => 0.99,
        };
        let accuracy = goodness(&y, &prediction);
        assert!(accuracy >= least, "{algorithm}: {accuracy}");
    }
}

/// What a task said, and whether it warned.
pub fn listening() -> (Task, Arc<Mutex<Vec<TaskEvent>>>) {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let sink = heard.clone();
    let task = Task::new(move |event: &TaskEvent| sink.lock().unwrap().push(event.clone()));
    (task, heard)
}

pub fn warnings(heard: &Mutex<Vec<TaskEvent>>) -> Vec<String> {
    let heard = heard.lock().unwrap();
    heard
        .iter()
        .filter_map(|event| match event {
            TaskEvent::Warning { text } => Some(text.clone()),
            TaskEvent::Step(_) | TaskEvent::Metric(_) => None,
        })
        .collect()
}

#[test]
fn separable_classes_converge_and_a_short_fit_says_that_it_did_not() {
    let x = rows(60, |i| vec![i as f32 / 10.0, ((i * 7) % 60) as f32]);
    let y = classes(&(0..60).map(|i| u32::from(i >= 30)).collect::<Vec<_>>(), 2);
    for c in [1e-6, 1.0, 1e6] {
        let (task, heard) = listening();
        let given = params(&[("c", ParamValue::Float(c))]);
        let model = fit("logistic_regression", &given, &x, &y, 0, &task).unwrap();
        assert_eq!(warnings(&heard), Vec::<String>::new(), "c {c}");
        if c >= 1.0 {
            assert_eq!(goodness(&y, &predict(&model, &x)), 1.0, "c {c}");
        }
    }
    let (task, heard) = listening();
    let one = params(&[("max_iter", ParamValue::Integer(1))]);
    fit("logistic_regression", &one, &x, &y, 0, &task).unwrap();
    let warned = warnings(&heard);
    assert_eq!(warned.len(), 1);
    assert!(
        warned[0].contains("did not converge in 1 step"),
        "{}",
        warned[0]
    );
}

#[test]
fn a_forest_tells_of_every_tree_and_stops_when_it_is_told() {
    let (x, y, _) = random(300, 5);
    let few = params(&[("n_estimators", ParamValue::Integer(12))]);
    let (task, heard) = listening();
    fit("random_forest", &few, &x, &y, 0, &task).unwrap();
    let done: Vec<(u64, u64)> = heard
        .lock()
        .unwrap()
        .iter()
        .filter_map(|event| match event {
            TaskEvent::Step(step) => Some((step.done, step.total)),
            TaskEvent::Warning { .. } | TaskEvent::Metric(_) => None,
        })
        .collect();
    assert_eq!(done, (0..=12).map(|tree| (tree, 12)).collect::<Vec<_>>());

    for (algorithm, params) in algorithms(&y) {
        let task = Task::silent();
        task.cancel();
        let stopped = fit(&algorithm, &params, &x, &y, 0, &task);
        assert!(matches!(stopped, Err(Error::Cancelled(_))), "{algorithm}");
    }
    let own: Arc<Mutex<Option<Task>>> = Arc::default();
    let held = own.clone();
    let task = Task::new(move |_: &TaskEvent| {
        if let Some(task) = held.lock().unwrap().as_ref() {
            task.cancel();
        }
    });
    *own.lock().unwrap() = Some(task.clone());
    let many = params(&[("n_estimators", ParamValue::Integer(2_000))]);
    let stopped = fit("random_forest", &many, &x, &y, 0, &task);
    assert!(matches!(stopped, Err(Error::Cancelled(_))));
}

/// The hint that names the algorithms for which `able` holds.
fn choose(start: &str, able: &dyn Fn(&AlgorithmInfo) -> bool) -> String {
    let names: Vec<String> = catalogue()
        .iter()
        .filter(|info| able(info))
        .map(|info| format!("`{}`", info.name))
        .collect();
    format!("{start}{}", names.join(", "))
}

#[test]
fn data_that_cannot_be_trained_on_is_refused_with_a_hint() {
    let good = || rows(4, |i| vec![i as f32, 1.0]);
    let numbers = || Target::Values(vec![1.0, 2.0, 3.0, 4.0]);
    let two = || classes(&[0, 1, 0, 1], 2);
    let mut nan = good();
    nan.values[3] = f32::NAN;
    let values = |values: &[f64]| Target::Values(values.to_vec());
    let boundless = values(&[1.0, f64::INFINITY, 0.0, 0.0]);
    let bare = Matrix {
        n_rows: 4,
        ..Matrix::default()
    };
    let cases = [
        (
            "ridge",
            good(),
            two(),
            "`ridge` predicts numbers and the target holds classes",
            choose("choose ", &|info| {
                info.problems.contains(&ProblemKind::Binary)
            }),
        ),
        (
            "logistic_regression",
            good(),
            numbers(),
            "`logistic_regression` predicts classes and the target holds numbers",
            choose("choose ", &|info| {
                info.problems.contains(&ProblemKind::Regression)
            }),
        ),
        (
            "boosting",
            good(),
            two(),
            "there is no algorithm `boosting`",
            choose("choose one of ", &|_| true),
        ),
        (
            "ridge",
            rows(0, |_| vec![]),
            values(&[]),
            "`ridge` cannot use the data: there are no rows",
            "give at least two rows".to_owned(),
        ),
        (
            "ridge",
            bare,
            numbers(),
            "`ridge` cannot use the data: there are no features",
            "keep at least one column besides the target".to_owned(),
        ),
        (
            "ridge",
            good(),
            values(&[1.0]),
            "`ridge` cannot use the data: for 4 rows there are 1 targets, and 8 values in 2 columns",
            "give one of each for every row".to_owned(),
        ),
        (
            "ridge",
            nan,
            numbers(),
            "`ridge` cannot use the data: feature `feature_1` is NaN in row 2",
            "let the recipe impute or scale it".to_owned(),
        ),
        (
            "ridge",
            good(),
            boundless,
            "`ridge` cannot use the data: the target is inf in row 2",
            "leave such rows out or rescale the target".to_owned(),
        ),
        (
            "random_forest",
            good(),
            classes(&[0; 4], 1),
            "`random_forest` cannot use the data: the target has fewer than two classes",
            "choose another target".to_owned(),
        ),
        (
            "random_forest",
            good(),
            classes(&[0, 1, 2, 0], 2),
            "`random_forest` cannot use the data: row 3 has no class of the 2",
            "check the target's classes".to_owned(),
        ),
    ];
    for (algorithm, x, y, wanted, hint) in cases {
        let error = fit(algorithm, &Params::new(), &x, &y, 0, &Task::silent()).unwrap_err();
        assert_eq!(error.to_string(), wanted);
        assert_eq!(error.hint(), Some(hint), "{wanted}");
    }
}
