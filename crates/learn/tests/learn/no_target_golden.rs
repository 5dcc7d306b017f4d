//! What scikit-learn finds without a target (golden/make_no_target_golden.py).

use assay_core::matrix::Prediction;
use assay_core::model::Kernel;
use assay_core::train::{ParamValue, ProblemKind};
use assay_core::{Matrix, Task, metrics};
use assay_learn::density::{DbscanParams, OpticsParams};
use assay_learn::gmm::{Covariance, GmmParams};
use assay_learn::hierarchical::{HierarchicalParams, Linkage};
use assay_learn::ica::IcaParams;
use assay_learn::k_means::KMeansParams;
use assay_learn::pca::PcaParams;
use assay_learn::predict;
use assay_learn::svm::OneClassSvmParams;
use linfa::traits::Fit;
use linfa::{DatasetBase, ParamGuard};
use ndarray::{Array2, ArrayView2};
use serde_json::Value;

use crate::data::{fit, matrix, nothing, params};

fn golden() -> Value {
    serde_json::from_str(include_str!("../golden/no_target_golden.json")).unwrap()
}

fn numbers(value: &Value) -> Vec<f64> {
    let number = |number: &Value| number.as_f64().unwrap_or(f64::INFINITY);
    value.as_array().unwrap().iter().map(number).collect()
}

fn table(value: &Value) -> Vec<Vec<f64>> {
    value.as_array().unwrap().iter().map(numbers).collect()
}

fn codes(value: &Value) -> Vec<u32> {
    numbers(value)
        .iter()
        .map(|&code| (code + 1.0) as u32)
        .collect()
}

fn narrow(value: &Value) -> Matrix {
    let rows: Vec<Vec<f32>> = table(value)
        .into_iter()
        .map(|row| row.into_iter().map(|value| value as f32).collect())
        .collect();
    matrix(&rows)
}

fn rows(x: &Matrix) -> DatasetBase<ArrayView2<'_, f32>, ()> {
    let view = ArrayView2::from_shape((x.n_rows, x.n_columns()), &x.values).unwrap();
    DatasetBase::new(view, ())
}

fn near(found: &[f64], wanted: &[f64], tolerance: f64, what: &str) {
    assert_eq!(found.len(), wanted.len(), "{what}");
    for (place, (found, wanted)) in found.iter().zip(wanted).enumerate() {
        let both_infinite = found.is_infinite() && wanted.is_infinite();
        assert!(
            both_infinite || (found - wanted).abs() <= tolerance * wanted.abs().max(1.0),
            "{what}, number {place}: {found}, not {wanted}"
        );
    }
}

/// The same groups, whatever they are called.
fn same_groups(found: &[u32], wanted: &[u32]) -> bool {
    metrics::adjusted_rand(found, wanted) == Some(1.0)
}

#[test]
fn k_means_ends_where_scikit_learn_ends_from_the_same_start() {
    let golden = golden();
    let (x, wanted) = (narrow(&golden["x"]), &golden["k_means"]);
    let found = KMeansParams::new(&Task::silent())
        .n_clusters(3)
        .start(table(&wanted["start"]))
        .tol(0.0)
        .check()
        .unwrap()
        .fit(&rows(&x))
        .unwrap();
    let inertia = wanted["inertia"].as_f64().unwrap();
    near(&[found.inertia], &[inertia], 1e-9, "inertia");
    for centre in &table(&wanted["centres"]) {
        let is_near = |found: &&Vec<f64>| {
            found
                .iter()
                .zip(centre)
                .all(|(found, wanted)| (found - wanted).abs() < 1e-6)
        };
        assert!(
            found.centres.iter().any(|found| is_near(&found)),
            "{centre:?}"
        );
    }
    let given = params(&[("n_clusters", ParamValue::Integer(3))]);
    let y = nothing(x.n_rows, ProblemKind::Clustering);
    let model = fit("k_means", &given, &x, &y, 5, &Task::silent()).unwrap();
    let Prediction::Classes { indices, .. } = predict(&model, &x) else {
        panic!("clusters");
    };
    let drawn = metrics::inertia(&x, &indices).unwrap();
    assert!(drawn <= inertia * (1.0 + 1e-6), "{drawn}, {inertia}");
}

#[test]
fn crowds_are_those_of_scikit_learn() {
    let golden = golden();
    let x = narrow(&golden["x"]);
    let truth = codes(&golden["truth"]);
    for wanted in golden["dbscan"].as_array().unwrap() {
        let what = format!("eps {}", wanted["eps"]);
        let found = DbscanParams::new(&Task::silent())
            .eps(wanted["eps"].as_f64().unwrap())
            .min_samples(wanted["min_samples"].as_u64().unwrap() as usize)
            .check()
            .unwrap()
            .fit(&rows(&x))
            .unwrap();
        let is_core: Vec<bool> = serde_json::from_value(wanted["is_core"].clone()).unwrap();
        assert_eq!(found.is_core, is_core, "{what}");
        let labels = codes(&wanted["labels"]);
        let noise: Vec<bool> = labels.iter().map(|&label| label == 0).collect();
        let found_noise: Vec<bool> = found.labels.iter().map(Option::is_none).collect();
        assert_eq!(found_noise, noise, "{what}");
        // A row on the border of two crowds goes to the nearer one here, to the first one there.
        let of_cores = |labels: Vec<u32>| -> Vec<u32> {
            let pairs = labels.into_iter().zip(&is_core);
            pairs
                .filter(|(_, core)| **core)
                .map(|(label, _)| label)
                .collect()
        };
        let found = found
            .labels
            .iter()
            .map(|label| label.map_or(0, |label| label + 1));
        let (found, wanted_cores) = (of_cores(found.collect()), of_cores(labels.clone()));
        assert!(
            found.is_empty() || same_groups(&found, &wanted_cores),
            "{what}"
        );
        for (name, found) in [
            ("homogeneity", metrics::homogeneity(&truth, &labels)),
            ("completeness", metrics::completeness(&truth, &labels)),
        ] {
            near(
                &[found.unwrap()],
                &[wanted[name].as_f64().unwrap()],
                1e-12,
                name,
            );
        }
    }
}

#[test]
fn rows_are_reached_in_the_order_of_scikit_learn() {
    let golden = golden();
    let (x, wanted) = (narrow(&golden["apart"]), &golden["optics"]);
    for cut in wanted["cuts"].as_array().unwrap() {
        let found = OpticsParams::new(&Task::silent())
            .eps(cut["eps"].as_f64().unwrap())
            .check()
            .unwrap()
            .fit(&rows(&x))
            .unwrap();
        assert_eq!(found.order[0], 0);
        near(
            &found.core_distances,
            &numbers(&wanted["core_distances"]),
            1e-6,
            "core distances",
        );
        // Rows that are reached equally nearly may be in another order, for the last bit of a distance.
        let sorted = |mut values: Vec<f64>| {
            values.sort_by(f64::total_cmp);
            values
        };
        let reachability = sorted(found.reachability.clone());
        let wanted = sorted(numbers(&wanted["reachability"]));
        near(&reachability, &wanted, 1e-6, "reachability");
        let labels = found.crowds.labels.iter();
        let labels: Vec<u32> = labels
            .map(|label| label.map_or(0, |label| label + 1))
            .collect();
        assert!(
            same_groups(&labels, &codes(&cut["labels"])),
            "{}",
            cut["eps"]
        );
    }
}

#[test]
fn joins_are_those_of_scikit_learn() {
    let golden = golden();
    let x = narrow(&golden["apart"]);
    for wanted in golden["hierarchical"].as_array().unwrap() {
        let name = wanted["linkage"].as_str().unwrap();
        let linkage = match name {
            "ward" => Linkage::Ward,
            "complete" => Linkage::Complete,
            "average" => Linkage::Average,
            _ => Linkage::Single,
        };
        let found = HierarchicalParams::new(&Task::silent())
            .n_clusters(3)
            .linkage(linkage)
            .check()
            .unwrap()
            .fit(&rows(&x))
            .unwrap();
        near(&found.heights, &numbers(&wanted["heights"]), 1e-9, name);
        assert!(
            same_groups(&found.labels, &codes(&wanted["labels"])),
            "{name}"
        );
    }
}

#[test]
fn principal_components_are_those_of_scikit_learn() {
    let golden = golden();
    let (x, wanted) = (narrow(&golden["x"]), &golden["pca"]);
    let found = PcaParams::new(&Task::silent())
        .n_components(3)
        .check()
        .unwrap()
        .fit(&rows(&x))
        .unwrap();
    near(
        &found.variances.to_vec(),
        &numbers(&wanted["variances"]),
        1e-9,
        "variances",
    );
    near(
        &found.shares.to_vec(),
        &numbers(&wanted["shares"]),
        1e-9,
        "shares",
    );
    let components: Vec<f64> = found.components.iter().copied().collect();
    near(
        &components,
        &table(&wanted["components"]).concat(),
        1e-8,
        "components",
    );
    let given = params(&[("n_components", ParamValue::Integer(3))]);
    let y = nothing(x.n_rows, ProblemKind::Embedding);
    let model = fit("pca", &given, &x, &y, 0, &Task::silent()).unwrap();
    let Prediction::Coordinates { values, .. } = predict(&model, &x) else {
        panic!("coordinates");
    };
    near(
        &values,
        &table(&wanted["coordinates"]).concat(),
        2e-6,
        "coordinates",
    );
}

#[test]
fn mixtures_settle_where_those_of_scikit_learn_do() {
    let golden = golden();
    let x = narrow(&golden["x"]);
    for wanted in golden["gmm"].as_array().unwrap() {
        let name = wanted["covariance"].as_str().unwrap();
        let covariance = match name {
            "full" => Covariance::Full,
            _ => Covariance::Diagonal,
        };
        let found = GmmParams::new(&Task::silent())
            .n_components(3)
            .covariance(covariance)
            .tol(1e-11)
            .max_iter(10_000)
            .check()
            .unwrap()
            .fit(&rows(&x))
            .unwrap();
        let log_likelihood = wanted["log_likelihood"].as_f64().unwrap();
        near(&[found.log_likelihood], &[log_likelihood], 1e-6, name);
        let weights = numbers(&wanted["weights"]);
        for component in &found.components {
            let is_same = |(weight, mean): (&f64, &Vec<f64>)| {
                (weight - component.weight).abs() < 1e-4
                    && mean
                        .iter()
                        .zip(&component.mean)
                        .all(|(a, b)| (a - b).abs() < 1e-3)
            };
            let means = table(&wanted["means"]);
            assert!(
                weights.iter().zip(&means).any(is_same),
                "{name}: {component:?}"
            );
        }
        let given = params(&[
            ("n_components", ParamValue::Integer(3)),
            ("covariance", ParamValue::Text(name.to_owned())),
            ("tol", ParamValue::Float(1e-11)),
            ("max_iter", ParamValue::Integer(10_000)),
        ]);
        let y = nothing(x.n_rows, ProblemKind::Clustering);
        let model = fit("gmm", &given, &x, &y, 0, &Task::silent()).unwrap();
        let Prediction::Classes { probabilities, .. } = predict(&model, &x) else {
            panic!("clusters");
        };
        for (found, wanted) in probabilities.chunks(3).zip(table(&wanted["probabilities"])) {
            let sorted = |row: &[f64]| {
                let mut row = row.to_vec();
                row.sort_by(f64::total_cmp);
                row
            };
            near(&sorted(found), &sorted(&wanted), 1e-3, name);
        }
    }
}

#[test]
fn independent_components_are_those_of_scikit_learn() {
    let golden = golden();
    let (x, wanted) = (
        narrow(&golden["ica"]["x"]),
        table(&golden["ica"]["coordinates"]),
    );
    let found = IcaParams::new(&Task::silent())
        .n_components(3)
        .start(Array2::eye(3))
        .tol(1e-12)
        .max_iter(2_000)
        .check()
        .unwrap()
        .fit(&rows(&x))
        .unwrap();
    let mut taken = Vec::new();
    for component in found.components.rows() {
        let along: Vec<f64> = (0..x.n_rows)
            .map(|row| {
                let features = x.row(row).iter().zip(&found.means).zip(component);
                features
                    .map(|((&x, mean), c)| (f64::from(x) - mean) * c)
                    .sum()
            })
            .collect();
        // Order and sign are nobody's.
        let apart = |signal: usize, sign: f64| {
            let pairs = along.iter().zip(&wanted);
            pairs.fold(0.0_f64, |most, (a, row)| {
                most.max((a - sign * row[signal]).abs())
            })
        };
        let signal = (0..3).find(|&signal| apart(signal, 1.0).min(apart(signal, -1.0)) < 1e-5);
        taken.push(signal.unwrap_or_else(|| panic!("{component} is none of them")));
    }
    taken.sort_unstable();
    assert_eq!(taken, [0, 1, 2]);
}

#[test]
fn one_class_machines_decide_as_libsvm_does() {
    let golden = golden();
    let x = narrow(&golden["x"]);
    for wanted in golden["one_class"].as_array().unwrap() {
        let given = &wanted["params"];
        let number = |name: &str| given[name].as_f64().unwrap_or_default();
        let kernel = match given["kernel"].as_str().unwrap() {
            "linear" => Kernel::Linear,
            "poly" => Kernel::Polynomial {
                gamma: number("gamma"),
                offset: number("coef0"),
                degree: given["degree"].as_u64().unwrap() as u32,
            },
            _ => Kernel::Rbf {
                gamma: number("gamma"),
            },
        };
        let machine = OneClassSvmParams::new(kernel, &Task::silent())
            .nu(number("nu"))
            .tolerance(1e-7)
            .check()
            .unwrap()
            .fit(&rows(&x))
            .unwrap();
        let decisions: Vec<f64> = (0..x.n_rows)
            .map(|row| {
                let vectors = machine
                    .vectors
                    .chunks(x.n_columns())
                    .zip(&machine.coefficients);
                let sum: f64 = vectors.map(|(v, c)| c * kernel.of(v, x.row(row))).sum();
                sum + machine.intercept
            })
            .collect();
        let scale = machine.intercept.abs().max(1.0);
        let scaled = |values: &[f64]| values.iter().map(|v| v / scale).collect::<Vec<f64>>();
        let wanted = scaled(&numbers(&wanted["decisions"]));
        near(&scaled(&decisions), &wanted, 1e-4, &given.to_string());
    }
}
