//! What a window's predicted numbers leave behind, once the truth has come.

use serde::{Deserialize, Serialize};

use super::bands::mean_of;
use super::{Band, MeasuredMetric};
use crate::drift::multivariate::CoMoments;
use crate::metrics::Z;
use crate::sketch::Moments;

/// Of each row: |error|, error², truth and truth² (both about `centre`).
const N_VALUES: usize = 4;
const ABSOLUTE: usize = 0;
const SQUARE: usize = 1;
const TRUTH: usize = 2;
const TRUTH_SQUARE: usize = 3;

/// Rows of numbers with their truth, added up. Tallies of parts of a window merge to that of the whole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ValueTally {
    /// Near the truths, so that their squares keep their digits; the reference's mean.
    centre: f64,
    rows: CoMoments,
}

impl ValueTally {
    /// `centre`: about what the truth is, the mean of the reference's target.
    pub fn around(centre: f64) -> Self {
        Self {
            centre,
            rows: CoMoments::new(N_VALUES),
        }
    }

    /// A row that is not two finite numbers is not counted: `false`.
    pub fn add(&mut self, truth: f64, predicted: f64) -> bool {
        if !truth.is_finite() || !predicted.is_finite() {
            return false;
        }
        let (error, about) = (truth - predicted, truth - self.centre);
        self.rows
            .push(&[error.abs(), error * error, about, about * about]);
        true
    }

    pub fn n_rows(&self) -> u64 {
        self.rows.n()
    }

    /// Tallies about other centres do not merge: `false`.
    pub fn merge(&mut self, other: &Self) -> bool {
        self.centre == other.centre && self.rows.merge(&other.rows)
    }

    /// `mae`, `rmse` and `r2` (where the truth varies) with their bands: of the mean absolute error normal, of the root
    /// by the first-order change with the mean square, of R² by that with the mean square and the truth's variance.
    pub fn measured(&self) -> Vec<MeasuredMetric> {
        let n = self.rows.n() as f64;
        if n == 0.0 {
            return Vec::new();
        }
        let mut measured = Vec::new();
        measured.extend(mean_of("mae", &self.moments(ABSOLUTE)));
        let squares = self.moments(SQUARE);
        let rmse = squares.mean.sqrt();
        let half = if rmse > 0.0 {
            Z * squares.std() / n.sqrt() / (2.0 * rmse)
        } else {
            0.0
        };
        measured.push(MeasuredMetric {
            metric: "rmse".to_owned(),
            value: rmse,
            low: (rmse - half).max(0.0),
            high: rmse + half,
            band: Band::Delta,
        });
        measured.extend(self.r2());
        measured
    }

    fn moments(&self, column: usize) -> Moments {
        Moments {
            n: self.rows.n(),
            mean: self.rows.mean(column),
            m2: self.rows.product(column, column),
            ..Moments::default()
        }
    }

    fn r2(&self) -> Option<MeasuredMetric> {
        let n = self.rows.n() as f64;
        let variance = self.rows.product(TRUTH, TRUTH) / n;
        let value = 1.0 - self.rows.mean(SQUARE) / variance;
        if n < 2.0 || !value.is_finite() {
            return None;
        }
        // Per row: error² − (1 − R²) (truth − mean)², whose variance over that of the truth is that of R². The square
        // about the mean is truth² − 2 mean · truth but for a constant.
        let mean = self.rows.mean(TRUTH);
        let by = 1.0 - value;
        let parts = [(SQUARE, 1.0), (TRUTH_SQUARE, -by), (TRUTH, 2.0 * by * mean)];
        let mut of_rows = 0.0;
        for (a, by_a) in parts {
            for (b, by_b) in parts {
                of_rows += by_a * by_b * self.rows.product(a, b);
            }
        }
        let half = Z * (of_rows.max(0.0) / (n - 1.0)).sqrt() / variance / n.sqrt();
        Some(MeasuredMetric {
            metric: "r2".to_owned(),
            value,
            low: value - half,
            high: (value + half).min(1.0),
            band: Band::Delta,
        })
    }
}
