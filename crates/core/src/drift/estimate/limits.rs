//! What is ordinary: the mean of the reference's own stretches, and three standard deviations to either side.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Standard deviations from the mean, as NannyML's `StandardDeviationThreshold`.
const N_STDS: f64 = 3.0;

/// Values outside are an alert; an end that is `None` has none.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS)]
pub struct MetricLimits {
    pub low: Option<f64>,
    pub high: Option<f64>,
}

impl MetricLimits {
    /// Mean ± three standard deviations (divisor n, as NannyML) of the values that are finite, within the bounds of the
    /// metric; `None` without any.
    pub fn of_stretches(values: &[f64], least: Option<f64>, most: Option<f64>) -> Option<Self> {
        let values: Vec<f64> = values.iter().copied().filter(|v| v.is_finite()).collect();
        if values.is_empty() {
            return None;
        }
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let std = (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n).sqrt();
        let (low, high) = (mean - N_STDS * std, mean + N_STDS * std);
        Some(Self {
            low: Some(least.map_or(low, |least| low.max(least))),
            high: Some(most.map_or(high, |most| high.min(most))),
        })
    }

    pub fn contain(&self, value: f64) -> bool {
        self.low.is_none_or(|low| value >= low) && self.high.is_none_or(|high| value <= high)
    }
}

/// `n_rows` in about `n_stretches` equal stretches of consecutive rows.
pub(crate) fn stretches(n_rows: usize, n_stretches: usize) -> Vec<std::ops::Range<usize>> {
    let n = n_stretches.clamp(1, n_rows.max(1));
    (0..n)
        .map(|k| n_rows * k / n..n_rows * (k + 1) / n)
        .collect()
}
