//! What is left of the truth when the prediction is taken away.

use super::{ResidualBin, ResidualPoint, Residuals};
use crate::metrics::quantile;
use crate::split::shuffled;

const N_BARS: usize = 30;
const MAX_BINS: usize = 20;
const ROWS_A_BIN: usize = 10;
const MAX_SAMPLE: usize = 500;

/// `None` without a row.
pub fn residuals(truth: &[f64], predicted: &[f64], seed: u64) -> Option<Residuals> {
    let mut points: Vec<ResidualPoint> = truth
        .iter()
        .zip(predicted)
        .map(|(truth, &prediction)| ResidualPoint {
            prediction,
            residual: truth - prediction,
        })
        .collect();
    let first = points.first()?.residual;
    let n = points.len() as f64;
    let (low, high) = points.iter().fold((first, first), |(low, high), point| {
        (low.min(point.residual), high.max(point.residual))
    });
    let mean = points.iter().map(|point| point.residual).sum::<f64>() / n;
    let squares: f64 = points
        .iter()
        .map(|point| (point.residual - mean).powi(2))
        .sum();
    let (edges, counts) = histogram(&points, low, high);
    points.sort_by(|a, b| a.prediction.total_cmp(&b.prediction));
    let by_prediction = by_prediction(&points);
    let mut sample = shuffled(points, seed);
    sample.truncate(MAX_SAMPLE);
    Some(Residuals {
        edges,
        counts,
        mean,
        std: if n > 1.0 {
            (squares / (n - 1.0)).sqrt()
        } else {
            0.0
        },
        by_prediction,
        sample,
    })
}

fn histogram(points: &[ResidualPoint], low: f64, high: f64) -> (Vec<f64>, Vec<u64>) {
    if low == high {
        return (vec![low, high], vec![points.len() as u64]);
    }
    let width = (high - low) / N_BARS as f64;
    let mut edges: Vec<f64> = (0..N_BARS).map(|bar| low + bar as f64 * width).collect();
    edges.push(high);
    let mut counts = vec![0; N_BARS];
    for point in points {
        let bar = (((point.residual - low) / width) as usize).min(N_BARS - 1);
        counts[bar] += 1;
    }
    (edges, counts)
}

fn by_prediction(ascending: &[ResidualPoint]) -> Vec<ResidualBin> {
    let n_bins = (ascending.len() / ROWS_A_BIN).clamp(1, MAX_BINS);
    (0..n_bins)
        .filter_map(|bin| {
            let range = bin * ascending.len() / n_bins..(bin + 1) * ascending.len() / n_bins;
            let rows = ascending.get(range).filter(|rows| !rows.is_empty())?;
            let mut residuals: Vec<f64> = rows.iter().map(|row| row.residual).collect();
            residuals.sort_unstable_by(f64::total_cmp);
            Some(ResidualBin {
                mean_prediction: rows.iter().map(|row| row.prediction).sum::<f64>()
                    / rows.len() as f64,
                low: quantile(&residuals, 0.1),
                median: quantile(&residuals, 0.5),
                high: quantile(&residuals, 0.9),
                n: rows.len() as u64,
            })
        })
        .collect()
}
