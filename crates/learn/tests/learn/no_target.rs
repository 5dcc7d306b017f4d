//! What each algorithm without a target promises.

use std::collections::BTreeMap;

use assay_core::matrix::Prediction;
use assay_core::model::Form;
use assay_core::train::{ParamValue, ProblemKind};
use assay_core::{Matrix, Target, Task, metrics};
use assay_learn::{Error, predict};

use crate::data::{Params, fit, matrix, nothing, params, uniform};

/// Three crowds in a plane with 4 % strewn around them, and which rows are those.
fn crowds(n_rows: usize, seed: u64) -> (Matrix, Vec<u32>) {
    let draws = uniform(n_rows * 6, seed);
    let mut truth = Vec::new();
    let made: Vec<Vec<f32>> = draws
        .chunks(6)
        .enumerate()
        .map(|(row, draws)| {
            let crowd = row % 3;
            if row % 25 == 24 {
                truth.push(3);
                return vec![
                    (draws[0] * 40.0 - 20.0) as f32,
                    (draws[1] * 40.0 - 20.0) as f32,
                ];
            }
            truth.push(crowd as u32);
            // Sums of draws are near to normal.
            let at = |a: f64, b: f64, centre: f64| (centre + 2.0 * (a + b) - 2.0) as f32;
            let (x, y) = [(-6.0, 0.0), (6.0, 1.0), (0.0, 8.0)][crowd];
            vec![at(draws[2], draws[3], x), at(draws[4], draws[5], y)]
        })
        .collect();
    (matrix(&made), truth)
}

fn found(algorithm: &str, given: &Params, x: &Matrix, problem: ProblemKind) -> Prediction {
    let y = nothing(x.n_rows, problem);
    predict(
        &fit(algorithm, given, x, &y, 1, &Task::silent()).unwrap(),
        x,
    )
}

#[test]
fn every_clustering_finds_clear_crowds() {
    let (x, truth) = crowds(900, 41);
    let integer = |name: &str, value| params(&[(name, ParamValue::Integer(value))]);
    let table: BTreeMap<&str, Params> = BTreeMap::from([
        ("k_means", integer("n_clusters", 3)),
        ("gmm", integer("n_components", 4)),
        ("dbscan", Params::new()),
        ("optics", Params::new()),
        ("hierarchical", integer("n_clusters", 3)),
    ]);
    for info in assay_learn::catalogue() {
        if !info.problems.contains(&ProblemKind::Clustering) {
            continue;
        }
        let given = table.get(info.name.as_str()).expect("parameters for it");
        let Prediction::Classes { indices, .. } =
            found(&info.name, given, &x, ProblemKind::Clustering)
        else {
            panic!("clusters");
        };
        let (truth, indices): (Vec<u32>, Vec<u32>) = truth
            .iter()
            .zip(indices)
            .filter(|(crowd, _)| **crowd < 3)
            .unzip();
        let agreement = metrics::adjusted_rand(&truth, &indices).unwrap();
        assert!(agreement > 0.9, "{}: {agreement}", info.name);
    }
}

#[test]
fn strewn_rows_are_anomalies() {
    let (x, truth) = crowds(1_500, 42);
    let is_strewn: Vec<bool> = truth.iter().map(|&crowd| crowd == 3).collect();
    let table: BTreeMap<&str, Params> = BTreeMap::from([
        (
            "isolation_forest",
            params(&[("contamination", ParamValue::Float(0.04))]),
        ),
        (
            "one_class_svm",
            params(&[
                ("nu", ParamValue::Float(0.04)),
                ("gamma", ParamValue::Float(0.1)),
            ]),
        ),
    ]);
    for info in assay_learn::catalogue() {
        if !info.problems.contains(&ProblemKind::Anomaly) {
            continue;
        }
        let given = table.get(info.name.as_str()).expect("parameters for it");
        let Prediction::Classes {
            indices,
            probabilities,
            ..
        } = found(&info.name, given, &x, ProblemKind::Anomaly)
        else {
            panic!("classes");
        };
        let scores: Vec<f64> = probabilities.iter().skip(1).step_by(2).copied().collect();
        let area = metrics::roc_auc(&is_strewn, &scores).unwrap();
        assert!(area > 0.9, "{}: {area}", info.name);
        let called = indices.iter().filter(|&&index| index == 1).count();
        assert!((40..80).contains(&called), "{}: {called}", info.name);
    }
}

#[test]
fn random_directions_nearly_keep_distances() {
    let draws = uniform(60 * 400, 43);
    let rows: Vec<Vec<f32>> = draws
        .chunks(400)
        .map(|row| row.iter().map(|&value| value as f32).collect())
        .collect();
    let x = matrix(&rows);
    let squared =
        |a: &[f64], b: &[f64]| -> f64 { a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum() };
    for directions in ["gaussian", "sparse"] {
        let given = params(&[
            ("n_components", ParamValue::Integer(300)),
            ("directions", ParamValue::Text(directions.to_owned())),
        ]);
        let Prediction::Coordinates { values, .. } =
            found("random_projection", &given, &x, ProblemKind::Embedding)
        else {
            panic!("coordinates");
        };
        let places: Vec<&[f64]> = values.chunks(300).collect();
        for row in 1..x.n_rows {
            let wide = |row: usize| {
                x.row(row)
                    .iter()
                    .map(|&v| f64::from(v))
                    .collect::<Vec<f64>>()
            };
            let kept = squared(places[0], places[row]) / squared(&wide(0), &wide(row));
            assert!(
                (0.6..1.6).contains(&kept),
                "{directions}, row {row}: {kept}"
            );
        }
    }
}

#[test]
fn crowds_stay_crowds_in_a_plane() {
    let (x, truth) = crowds(300, 46);
    let given = params(&[
        ("perplexity", ParamValue::Float(15.0)),
        ("max_iter", ParamValue::Integer(500)),
    ]);
    let Prediction::Coordinates {
        values,
        n_components,
    } = found("tsne", &given, &x, ProblemKind::Embedding)
    else {
        panic!("coordinates");
    };
    let trust = metrics::trustworthiness(&x, &values, n_components, 5, &Task::silent());
    assert!(trust.unwrap().unwrap() > 0.95, "{trust:?}");
    let places: Vec<Vec<f32>> = values
        .chunks(2)
        .map(|at| vec![at[0] as f32, at[1] as f32])
        .collect();
    let apart = metrics::silhouette(&matrix(&places), &truth, &Task::silent());
    assert!(apart.unwrap().unwrap() > 0.3, "{apart:?}");
    // Training rows keep the places that they were given.
    let twice = found("tsne", &given, &x, ProblemKind::Embedding);
    assert_eq!(
        twice,
        Prediction::Coordinates {
            values,
            n_components
        }
    );
}

#[test]
fn rows_far_from_every_core_are_noise() {
    let (x, _) = crowds(600, 44);
    let far = matrix(&[vec![500.0, 500.0], vec![-6.0, 0.0]]);
    for algorithm in ["dbscan", "optics"] {
        let y = nothing(x.n_rows, ProblemKind::Clustering);
        let model = fit(algorithm, &Params::new(), &x, &y, 0, &Task::silent()).unwrap();
        let Prediction::Classes {
            indices, n_classes, ..
        } = predict(&model, &far)
        else {
            panic!("clusters");
        };
        assert_eq!(indices[0] as usize, n_classes - 1, "{algorithm}");
        assert!((indices[1] as usize) < n_classes - 1, "{algorithm}");
        let Form::Reach { rows, .. } = &model.form else {
            panic!("rows in reach");
        };
        assert!(
            rows.len() < x.values.len(),
            "{algorithm} keeps core rows alone"
        );
    }
}

#[test]
fn a_target_is_refused_and_so_is_none() {
    let (x, truth) = crowds(60, 45);
    let values = Target::Values(vec![0.5; 60]);
    let error = fit("k_means", &Params::new(), &x, &values, 0, &Task::silent()).unwrap_err();
    assert!(
        matches!(error, Error::Target { needs: "no", .. }),
        "{error}"
    );
    let y = nothing(truth.len(), ProblemKind::Clustering);
    let error = fit("ridge", &Params::new(), &x, &y, 0, &Task::silent()).unwrap_err();
    assert!(matches!(error, Error::Target { needs: "a", .. }), "{error}");
    let error = fit("pca", &Params::new(), &x, &y, 0, &Task::silent()).unwrap_err();
    assert!(error.hint().is_some(), "{error}");
}
