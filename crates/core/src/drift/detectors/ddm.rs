//! DDM: the error rate against the least it ever was (Gama, Medas, Castillo and Rodrigues 2004, "Learning with drift
//! detection").

use serde::{Deserialize, Serialize};

use super::Signal;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DdmState {
    warm_start: f64,
    warning_threshold: f64,
    drift_threshold: f64,
    n_rows: f64,
    error_rate: f64,
    least: Option<Least>,
}

/// Error rate and its standard deviation where their sum was least.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct Least {
    rate: f64,
    std: f64,
}

impl DdmState {
    pub(super) fn new(warm_start: u32, warning_threshold: f64, drift_threshold: f64) -> Self {
        Self {
            warm_start: f64::from(warm_start),
            warning_threshold,
            drift_threshold,
            n_rows: 0.0,
            error_rate: 0.0,
            least: None,
        }
    }

    pub(super) fn push(&mut self, error: bool) -> Signal {
        self.n_rows += 1.0;
        self.error_rate += (1.0 / self.n_rows) * (f64::from(u8::from(error)) - self.error_rate);
        let rate = self.error_rate;
        // Rounding may leave a rate a hair over 1.
        let std = (rate * (1.0 - rate) / self.n_rows).max(0.0).sqrt();
        if self.n_rows <= self.warm_start {
            return Signal::None;
        }
        let least = match self.least {
            Some(least) if rate + std > least.rate + least.std => least,
            _ => *self.least.insert(Least { rate, std }),
        };
        let over = |threshold: f64| rate + std > least.rate + threshold * least.std;
        if over(self.drift_threshold) {
            Signal::Drift
        } else if over(self.warning_threshold) {
            Signal::Warning
        } else {
            Signal::None
        }
    }
}
