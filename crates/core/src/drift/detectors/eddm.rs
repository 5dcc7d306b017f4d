//! EDDM: the number of rows between errors against the largest it ever was (Baena-García et al. 2006, "Early drift
//! detection method").

use serde::{Deserialize, Serialize};

use super::Signal;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EddmState {
    warm_start: u64,
    alpha: f64,
    beta: f64,
    n_rows: u64,
    last_error: u64,
    n_errors: u64,
    mean_distance: f64,
    /// Sum of squares about the mean distance.
    squares: f64,
    /// Mean distance plus two standard deviations, at its largest.
    largest: Option<f64>,
    /// Kept from error to error.
    warning: bool,
}

impl EddmState {
    pub(super) fn new(warm_start: u32, alpha: f64, beta: f64) -> Self {
        Self {
            warm_start: u64::from(warm_start),
            alpha: alpha.max(beta),
            beta,
            n_rows: 0,
            last_error: 0,
            n_errors: 0,
            mean_distance: 0.0,
            squares: 0.0,
            largest: None,
            warning: false,
        }
    }

    pub(super) fn push(&mut self, error: bool) -> Signal {
        self.n_rows += 1;
        if error && self.after_error() {
            return Signal::Drift;
        }
        if self.warning {
            Signal::Warning
        } else {
            Signal::None
        }
    }

    fn after_error(&mut self) -> bool {
        self.n_errors += 1;
        let distance = (self.n_rows - self.last_error) as f64;
        let before = self.mean_distance;
        self.mean_distance += (1.0 / self.n_errors as f64) * (distance - before);
        self.squares += (distance - before) * (distance - self.mean_distance);
        self.last_error = self.n_rows;
        if self.n_rows <= self.warm_start {
            return false;
        }
        let variance = if self.n_errors > 1 {
            self.squares / (self.n_errors - 1) as f64
        } else {
            0.0
        };
        let reach = self.mean_distance + 2.0 * variance.sqrt();
        let largest = match self.largest {
            Some(largest) if reach <= largest => largest,
            _ => {
                self.largest = Some(reach);
                return false;
            }
        };
        if self.n_errors <= self.warm_start {
            return false;
        }
        let level = reach / largest;
        self.warning = level < self.alpha;
        level < self.beta
    }
}
