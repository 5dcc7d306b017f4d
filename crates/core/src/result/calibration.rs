//! Whether probabilities come true as often as they say.

use super::{Calibration, CalibrationBin, Interval};
use crate::matrix::Prediction;
use crate::metrics::{quantile, wilson_interval};

const N_BINS: usize = 10;

/// Two classes: the probability of the second one; more: that of the class predicted. Bins end at the quantiles of the
/// probabilities, as scikit-learn's `calibration_curve` with `strategy="quantile"`; equal ones share a bin. `None` for
/// numbers and without a row.
pub fn calibration(truth: &[u32], prediction: &Prediction) -> Option<Calibration> {
    let rows = claims(truth, prediction)?;
    let mut sorted: Vec<f64> = rows.iter().map(|row| row.0).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    let edges: Vec<f64> = (1..N_BINS)
        .map(|edge| quantile(&sorted, edge as f64 / N_BINS as f64))
        .collect();
    let mut sums = vec![(0.0, 0u64, 0u64); N_BINS];
    for (probability, hit) in rows {
        let bin = edges.partition_point(|&edge| edge < probability);
        if let Some((sum, n_hits, n)) = sums.get_mut(bin) {
            *sum += probability;
            *n_hits += u64::from(hit);
            *n += 1;
        }
    }
    let bins: Vec<CalibrationBin> = sums
        .into_iter()
        .filter(|&(_, _, n)| n > 0)
        .map(|(sum, n_hits, n)| {
            let (low, high) = wilson_interval(n_hits, n);
            CalibrationBin {
                mean_probability: sum / n as f64,
                share: n_hits as f64 / n as f64,
                interval: Interval { low, high },
                n,
            }
        })
        .collect();
    let n_rows: u64 = bins.iter().map(|bin| bin.n).sum();
    let distance = |bin: &CalibrationBin| (bin.mean_probability - bin.share).abs();
    (n_rows > 0).then(|| Calibration {
        expected_error: bins
            .iter()
            .map(|bin| bin.n as f64 * distance(bin))
            .sum::<f64>()
            / n_rows as f64,
        largest_error: bins.iter().map(distance).fold(0.0, f64::max),
        bins,
    })
}

/// The probability that each row claims, and whether it came true.
fn claims(truth: &[u32], prediction: &Prediction) -> Option<Vec<(f64, bool)>> {
    let Prediction::Classes {
        indices,
        probabilities,
        n_classes,
    } = prediction
    else {
        return None;
    };
    let rows = truth
        .iter()
        .zip(indices)
        .zip(probabilities.chunks_exact((*n_classes).max(1)));
    Some(
        rows.filter_map(|((&truth, &predicted), row)| {
            let claimed = if *n_classes == 2 { 1 } else { predicted };
            Some((*row.get(claimed as usize)?, truth == claimed))
        })
        .collect(),
    )
}
