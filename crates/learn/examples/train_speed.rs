//! How long an algorithm takes and how much memory:
//! `train_speed ALGORITHM N_ROWS X.f32 Y.f64|Y.u32|- [NAME=VALUE ...]`.
//!
//! X holds row-major little-endian f32, as many columns as its size says for the rows that Y has; Y holds numbers (f64)
//! or class indices (u32); an algorithm without a target takes `-` for it, and rows of 20 features. Of the first N_ROWS
//! the first 80 % train and the rest test. Prints one JSON object: the seconds of fit and predict, the score (accuracy or
//! R²; mean squared distance of a training row to its centre; share of the variance that the coordinates of the training
//! rows hold), and the peak of resident memory beyond the data (null where the system is not Linux).

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;
use std::time::Instant;

use assay_core::matrix::Prediction;
use assay_core::schema::ColumnType;
use assay_core::task::TaskEvent;
use assay_core::{Matrix, Target, Task, metrics};
use assay_learn::{Training, fit, lightgbm, parse_param, predict};

/// Of rows without a target.
const N_FEATURES: usize = 20;

fn main() -> Result<(), Box<dyn Error>> {
    if let Some(target) = std::env::current_exe()?.ancestors().nth(3) {
        lightgbm::look_in(vec![target.join("native").join(lightgbm::file_name())]);
    }
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [algorithm, n_rows, x, y, given @ ..] = arguments.as_slice() else {
        return Err("give ALGORITHM N_ROWS X.f32 Y.f64|Y.u32 [NAME=VALUE ...]".into());
    };
    let params = given
        .iter()
        .map(|text| {
            let (name, value) = text
                .split_once('=')
                .ok_or("give parameters as NAME=VALUE")?;
            Ok((name.to_owned(), parse_param(algorithm, name, value)?))
        })
        .collect::<Result<BTreeMap<_, _>, Box<dyn Error>>>()?;
    let bytes = std::fs::read(x)?;
    let y = match y.as_str() {
        "-" => without_target(algorithm, bytes.len() / 4 / N_FEATURES)?,
        y => target(Path::new(y))?,
    };
    let n_columns = bytes.len() / 4 / y.n_rows().max(1);
    let n_rows = n_rows.parse::<usize>()?.min(y.n_rows());
    let n_train = n_rows * 4 / 5;
    let part = |rows: std::ops::Range<usize>| {
        let range = rows.start * n_columns * 4..rows.end * n_columns * 4;
        let matrix = Matrix {
            n_rows: rows.len(),
            names: (0..n_columns).map(|column| format!("f{column}")).collect(),
            values: floats(&bytes[range]),
        };
        (matrix, y.take(&rows.collect::<Vec<_>>()))
    };
    let (x_train, y_train) = part(0..n_train);
    let (x_test, y_test) = part(n_train..n_rows);
    let data_bytes = x_train.values.len() * 4;
    drop(bytes);

    let task = Task::new(|event| {
        if let TaskEvent::Warning { text } = event {
            eprintln!("{text}");
        }
    });
    let training = Training {
        x: &x_train,
        y: &y_train,
        weights: None,
        seed: 0,
        task: &task,
    };
    // The kernel forgets the peak so far.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
    let before = memory("VmRSS:");
    let started = Instant::now();
    let model = fit(algorithm, &params, &training)?;
    let fit_seconds = started.elapsed().as_secs_f64();
    let peak_bytes = memory("VmHWM:")
        .zip(before)
        .map(|(peak, before)| peak.saturating_sub(before));
    let started = Instant::now();
    let prediction = predict(&model, &x_test);
    let predict_seconds = started.elapsed().as_secs_f64();
    let answer = serde_json::json!({
        "algorithm": algorithm,
        "n_rows": n_rows,
        "fit_seconds": fit_seconds,
        "predict_seconds": predict_seconds,
        "score": match &y_test {
            Target::Nothing { .. } => score_without_target(&x_train, &predict(&model, &x_train)),
            y_test => score(y_test, &prediction),
        },
        "peak_extra_bytes": peak_bytes,
        "peak_extra_over_data": peak_bytes.map(|peak| peak as f64 / data_bytes as f64),
    });
    println!("{answer}");
    Ok(())
}

fn without_target(algorithm: &str, n_rows: usize) -> Result<Target, Box<dyn Error>> {
    let problems = assay_learn::algorithm(algorithm)?.problems.iter();
    let problem = problems.copied().find(|problem| !problem.has_target());
    Ok(Target::Nothing {
        n_rows,
        problem: problem.ok_or("name the file with the target")?,
    })
}

fn score_without_target(x: &Matrix, found: &Prediction) -> f64 {
    match found {
        Prediction::Classes { indices, .. } => {
            metrics::inertia(x, indices).unwrap_or(f64::NAN) / x.n_rows as f64
        }
        Prediction::Coordinates {
            values,
            n_components,
        } => {
            let variance = |values: &mut dyn Iterator<Item = f64>| {
                let (mut n, mut sum, mut squares) = (0.0, 0.0, 0.0);
                for value in values {
                    n += 1.0;
                    sum += value;
                    squares += value * value;
                }
                squares / n - (sum / n).powi(2)
            };
            let column = |at: usize| {
                let values = x.values.iter().skip(at).step_by(x.n_columns());
                variance(&mut values.map(|&value| f64::from(value)))
            };
            let coordinate =
                |at: usize| variance(&mut values.iter().skip(at).step_by(*n_components).copied());
            let kept: f64 = (0..*n_components).map(coordinate).sum();
            kept / (0..x.n_columns()).map(column).sum::<f64>()
        }
        Prediction::Values(_) => f64::NAN,
    }
}

/// Bytes of resident memory, as Linux tells them; `None` elsewhere.
fn memory(key: &str) -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with(key))?;
    let kilobytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kilobytes * 1_024)
}

fn target(path: &Path) -> Result<Target, Box<dyn Error>> {
    let bytes = std::fs::read(path)?;
    if path.extension().is_some_and(|extension| extension == "f64") {
        let read = |bytes: &[u8; 8]| f64::from_le_bytes(*bytes);
        return Ok(Target::Values(
            bytes.as_chunks::<8>().0.iter().map(read).collect(),
        ));
    }
    let read = |bytes: &[u8; 4]| u32::from_le_bytes(*bytes);
    let indices: Vec<u32> = bytes.as_chunks::<4>().0.iter().map(read).collect();
    let n_classes = indices.iter().max().map_or(0, |largest| largest + 1);
    Ok(Target::Classes {
        classes: (0..n_classes).map(|class| class.to_string()).collect(),
        kind: ColumnType::Integer,
        indices,
    })
}

fn floats(bytes: &[u8]) -> Vec<f32> {
    let read = |bytes: &[u8; 4]| f32::from_le_bytes(*bytes);
    bytes.as_chunks::<4>().0.iter().map(read).collect()
}

/// Accuracy for classes, R² for numbers.
fn score(wanted: &Target, found: &Prediction) -> f64 {
    match (wanted, found) {
        (
            Target::Classes {
                indices: wanted, ..
            },
            Prediction::Classes { indices: found, .. },
        ) => {
            let n_right = wanted.iter().zip(found).filter(|(a, b)| a == b).count();
            n_right as f64 / wanted.len() as f64
        }
        (Target::Values(wanted), Prediction::Values(found)) => {
            let mean = wanted.iter().sum::<f64>() / wanted.len() as f64;
            let total: f64 = wanted.iter().map(|y| (y - mean).powi(2)).sum();
            let left: f64 = wanted.iter().zip(found).map(|(a, b)| (a - b).powi(2)).sum();
            1.0 - left / total
        }
        _ => f64::NAN,
    }
}
