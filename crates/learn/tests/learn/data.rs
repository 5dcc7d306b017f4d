//! Data for the tests, and how good a prediction on it is.

use std::collections::BTreeMap;

use assay_core::matrix::Prediction;
use assay_core::model::Model;
use assay_core::schema::ColumnType;
use assay_core::train::{ParamValue, ProblemKind};
use assay_core::{Matrix, Target, Task};
use assay_learn::{Error, Training, lightgbm};

pub type Params = BTreeMap<String, ParamValue>;

pub fn params(pairs: &[(&str, ParamValue)]) -> Params {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), value.clone()))
        .collect()
}

pub fn matrix(rows: &[Vec<f32>]) -> Matrix {
    let n_columns = rows.first().map_or(0, Vec::len);
    Matrix {
        n_rows: rows.len(),
        names: (0..n_columns).map(|i| format!("feature_{i}")).collect(),
        values: rows.concat(),
    }
}

pub fn classes(indices: &[u32], n_classes: u32) -> Target {
    Target::Classes {
        classes: (0..n_classes)
            .map(|class| format!("class {class}"))
            .collect(),
        kind: ColumnType::Text,
        indices: indices.to_vec(),
    }
}

/// Rows without an answer.
pub fn nothing(n_rows: usize, problem: ProblemKind) -> Target {
    Target::Nothing { n_rows, problem }
}

/// `y` as the algorithm takes it: over 0 for those that predict a logarithm.
pub fn fitting(algorithm: &str, y: &Target) -> Target {
    match y {
        Target::Values(values) if LOG_LINEAR.contains(&algorithm) => {
            Target::Values(values.iter().map(|value| value.abs().max(0.5)).collect())
        }
        y => y.clone(),
    }
}

const LOG_LINEAR: [&str; 3] = [
    "poisson_regression",
    "gamma_regression",
    "tweedie_regression",
];

/// LightGBM's library is the one that `ASSAY_LIGHTGBM` names, else the one that setup put beside the build.
pub fn find_libraries() {
    let named = std::env::var_os("ASSAY_LIGHTGBM").map(std::path::PathBuf::from);
    let test = std::env::current_exe().unwrap();
    let target = test.ancestors().nth(3).unwrap();
    let beside = target.join("native").join(lightgbm::file_name());
    lightgbm::look_in(named.into_iter().chain([beside]).collect());
}

/// On targets [`fitting`] the algorithm, without row weights.
pub fn fit(
    algorithm: &str,
    params: &Params,
    x: &Matrix,
    y: &Target,
    seed: u64,
    task: &Task,
) -> Result<Model, Error> {
    find_libraries();
    let training = Training {
        x,
        y: &fitting(algorithm, y),
        weights: None,
        seed,
        task,
    };
    assay_learn::fit(algorithm, params, &training)
}

/// SplitMix64, as golden/make_golden.py has it: numbers in [0, 1) with 24 bits.
pub fn uniform(n: usize, seed: u64) -> Vec<f64> {
    (1..=n as u64)
        .map(|i| {
            let mut z = seed.wrapping_add(i.wrapping_mul(0x9E37_79B9_7F4A_7C15));
            z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            ((z ^ (z >> 31)) >> 40) as f64 / 16_777_216.0
        })
        .collect()
}

/// `random_data` of golden/make_golden.py: ten features, classes of which a tenth is turned round, numbers.
pub fn random(n_rows: usize, seed: u64) -> (Matrix, Target, Target) {
    let x = uniform(n_rows * 10, seed);
    let noise = uniform(n_rows, seed + 1);
    let rows: Vec<&[f64]> = x.chunks(10).collect();
    let score: Vec<f64> = rows
        .iter()
        .map(|x| x[0] * x[1] + if x[2] > 0.3 { 0.3 } else { 0.0 } + x[3] * x[3] - 0.7 * x[4])
        .collect();
    let indices: Vec<u32> = score
        .iter()
        .zip(&noise)
        .map(|(score, noise)| u32::from((*score > 0.35) != (*noise < 0.1)))
        .collect();
    let values = score
        .iter()
        .zip(&noise)
        .map(|(score, noise)| score + 0.1 * (noise - 0.5));
    (
        matrix(
            &rows
                .iter()
                .map(|row| row.iter().map(|x| *x as f32).collect())
                .collect::<Vec<_>>(),
        ),
        classes(&indices, 2),
        Target::Values(values.collect()),
    )
}

/// Accuracy for classes, R² for numbers.
pub fn goodness(wanted: &Target, found: &Prediction) -> f64 {
    match (wanted, found) {
        (
            Target::Classes {
                indices: wanted, ..
            },
            Prediction::Classes { indices: found, .. },
        ) => {
            let right = wanted.iter().zip(found).filter(|(a, b)| a == b).count();
            right as f64 / wanted.len() as f64
        }
        (Target::Values(wanted), Prediction::Values(found)) => {
            let mean = wanted.iter().sum::<f64>() / wanted.len() as f64;
            let total: f64 = wanted.iter().map(|y| (y - mean).powi(2)).sum();
            let left: f64 = wanted.iter().zip(found).map(|(a, b)| (a - b).powi(2)).sum();
            1.0 - left / total
        }
        _ => panic!("a prediction of another kind than the target"),
    }
}
