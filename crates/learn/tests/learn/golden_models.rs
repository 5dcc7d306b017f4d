//! What scikit-learn and LightGBM predict from the same rows (golden/make_golden_models.py).

use assay_core::matrix::Prediction;
use assay_core::model::Kernel;
use assay_core::{Matrix, Target, Task};
use assay_learn::predict;
use assay_learn::svm::SvmParams;
use linfa::DatasetBase;
use linfa::traits::Fit;
use ndarray::{Array1, ArrayView2};
use serde_json::Value;

use crate::data::{self, Params, fit};

pub fn read(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn numbers(value: &Value) -> Vec<f64> {
    let number = |number: &Value| number.as_f64().unwrap();
    value.as_array().unwrap().iter().map(number).collect()
}

pub fn table(value: &Value) -> Vec<Vec<f64>> {
    value.as_array().unwrap().iter().map(numbers).collect()
}

/// The rows that are trained on, their targets, and the rows that are predicted.
pub fn thirds(all: &Value, name: &str, missing: bool) -> (Matrix, Vec<f64>, Matrix) {
    let narrow = |row: Vec<f64>| row.into_iter().map(|value| value as f32).collect();
    let rows: Vec<Vec<f32>> = table(&all[name]["x"]).into_iter().map(narrow).collect();
    let mut x = data::matrix(&rows);
    if missing {
        x.values
            .iter_mut()
            .step_by(7)
            .for_each(|value| *value = f32::NAN);
    }
    let (new, old): (Vec<usize>, Vec<usize>) = (0..x.n_rows).partition(|row| row % 3 == 0);
    let y = numbers(&all[name]["y"]);
    (
        x.take(&old),
        old.iter().map(|&row| y[row]).collect(),
        x.take(&new),
    )
}

pub fn target(name: &str, y: &[f64]) -> Target {
    let indices: Vec<u32> = y.iter().map(|&class| class as u32).collect();
    match name {
        "penguins" => data::classes(&indices, 3),
        "cancer" => data::classes(&indices, 2),
        _ => Target::Values(y.to_vec()),
    }
}

#[test]
fn predictions_are_those_of_the_reference_libraries() {
    let (all, golden) = (
        read(include_str!("../golden/golden.json")),
        read(include_str!("../golden/golden_models.json")),
    );
    let cases = golden["cases"].as_array().unwrap();
    assert!(cases.len() > 20);
    for case in cases {
        let (name, algorithm) = (
            case["data"].as_str().unwrap(),
            case["algorithm"].as_str().unwrap(),
        );
        let (x, y, new) = thirds(&all, name, case["missing"].as_bool().unwrap());
        let params: Params = serde_json::from_value(case["params"].clone()).unwrap();
        let label = format!("{algorithm} on {name}, {params:?}");
        let model = fit(
            algorithm,
            &params,
            &x,
            &target(name, &y),
            0,
            &Task::silent(),
        )
        .unwrap();
        let found = match predict(&model, &new) {
            Prediction::Classes { probabilities, .. } => probabilities,
            Prediction::Values(values) | Prediction::Coordinates { values, .. } => values,
        };
        let wanted = table(&case["predictions"]).concat();
        assert_eq!(found.len(), wanted.len(), "{label}");
        for (row, (found, wanted)) in found.iter().zip(wanted).enumerate() {
            let apart = (found - wanted).abs();
            assert!(
                apart <= 2e-6 * wanted.abs().max(1.0),
                "{label}: number {row} is {found}, not {wanted}"
            );
        }
    }
}

fn kernel(params: &Value, x: &Matrix) -> Kernel {
    let n = x.values.len() as f64;
    let mean = x.values.iter().map(|&v| f64::from(v)).sum::<f64>() / n;
    let variance = x
        .values
        .iter()
        .map(|&v| (f64::from(v) - mean).powi(2))
        .sum::<f64>()
        / n;
    let gamma = params["gamma"]
        .as_f64()
        .unwrap_or(1.0 / (variance * x.n_columns() as f64));
    match params["kernel"].as_str().unwrap() {
        "linear" => Kernel::Linear,
        "polynomial" => Kernel::Polynomial {
            gamma,
            offset: params["coef0"].as_f64().unwrap(),
            degree: params["degree"].as_u64().unwrap() as u32,
        },
        _ => Kernel::Rbf { gamma },
    }
}

/// Decisions of machines over shared vectors, one row at a time.
fn decisions(
    kernel: Kernel,
    vectors: &[f32],
    coefficients: &[Vec<f64>],
    intercepts: &[f64],
    new: &Matrix,
) -> Vec<f64> {
    let of_row = |row: &[f32]| {
        let kernels: Vec<f64> = vectors
            .chunks(row.len())
            .map(|v| kernel.of(v, row))
            .collect();
        let of_machine =
            |(c, b): (&Vec<f64>, &f64)| c.iter().zip(&kernels).map(|(c, k)| c * k).sum::<f64>() + b;
        coefficients
            .iter()
            .zip(intercepts)
            .map(of_machine)
            .collect::<Vec<f64>>()
    };
    new.values
        .chunks(new.n_columns())
        .flat_map(of_row)
        .collect()
}

#[test]
fn machines_decide_as_libsvm_does() {
    let (all, golden) = (
        read(include_str!("../golden/golden.json")),
        read(include_str!("../golden/golden_models.json")),
    );
    for case in golden["machines"].as_array().unwrap() {
        let (name, params) = (case["data"].as_str().unwrap(), &case["params"]);
        let (x, y, new) = thirds(&all, name, false);
        let records = ArrayView2::from_shape((x.n_rows, x.n_columns()), &x.values).unwrap();
        let estimator = SvmParams::new(kernel(params, &x), &Task::silent())
            .c(params["c"].as_f64().unwrap_or(1.0))
            .epsilon(params["epsilon"].as_f64().unwrap_or(0.1))
            .tolerance(1e-6);
        let (found, scale) = if name == "diabetes" {
            let machine = estimator
                .fit(&DatasetBase::new(records, Array1::from(y)))
                .unwrap();
            let found = decisions(
                machine.kernel,
                &machine.vectors,
                &[machine.coefficients],
                &[machine.intercept],
                &new,
            );
            (found, 100.0)
        } else {
            let classes: Array1<usize> = y.iter().map(|&class| class as usize).collect();
            let machines = estimator.fit(&DatasetBase::new(records, classes)).unwrap();
            let found = decisions(
                machines.kernel,
                &machines.vectors,
                &machines.coefficients,
                &machines.intercepts,
                &new,
            );
            (found, 1.0)
        };
        let wanted = table(&case["decisions"]).concat();
        assert_eq!(found.len(), wanted.len(), "{name} {params}");
        for (found, wanted) in found.iter().zip(wanted) {
            let apart = (found - wanted).abs();
            assert!(
                apart <= 1e-4 * scale,
                "{name} {params}: {found}, not {wanted}"
            );
        }
    }
}
