//! Direct loss estimation: a second model says how large the error of each row is (NannyML 0.13's DLE). That model is
//! the caller's; here its answers are added up and judged.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::limits::{MetricLimits, stretches};
use super::{EstimateError, EstimatedMetric, SAMPLING_ERRORS};
use crate::sketch::Moments;

/// A loss of a row, whose mean (or the root of it) is a metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum LossKind {
    Mae,
    Mape,
    Mse,
    Msle,
    Rmse,
    Rmsle,
}

impl LossKind {
    pub const ALL: [Self; 6] = [
        Self::Mae,
        Self::Mape,
        Self::Mse,
        Self::Msle,
        Self::Rmse,
        Self::Rmsle,
    ];

    /// The metric's name in the catalogue of metrics, where it is in it.
    pub const fn metric(self) -> &'static str {
        match self {
            Self::Mae => "mae",
            Self::Mape => "mape",
            Self::Mse => "mse",
            Self::Msle => "msle",
            Self::Rmse => "rmse",
            Self::Rmsle => "rmsle",
        }
    }

    /// The loss of one row, which the caller's model learns to predict; `None` where it is not defined (a share of 0, a
    /// logarithm of what is below 0).
    pub fn of_row(self, truth: f64, predicted: f64) -> Option<f64> {
        let error = truth - predicted;
        let loss = match self {
            Self::Mae => error.abs(),
            Self::Mape if truth != 0.0 => (error / truth).abs(),
            Self::Mse | Self::Rmse => error * error,
            Self::Msle | Self::Rmsle if truth >= 0.0 && predicted >= 0.0 => {
                (truth.ln_1p() - predicted.ln_1p()).powi(2)
            }
            Self::Mape | Self::Msle | Self::Rmsle => f64::NAN,
        };
        loss.is_finite().then_some(loss)
    }

    fn is_root(self) -> bool {
        matches!(self, Self::Rmse | Self::Rmsle)
    }

    fn of_mean(self, mean: f64) -> f64 {
        if self.is_root() { mean.sqrt() } else { mean }
    }
}

/// What is remembered of reference rows whose truth is known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LossReference {
    /// Mean and spread of the rows' losses (standard deviation with divisor n, as NannyML), by kind.
    losses: BTreeMap<LossKind, (f64, f64)>,
    pub limits: BTreeMap<LossKind, MetricLimits>,
}

/// The estimated losses of a window's rows, added up. Parts merge: each is a stratum of its own (Cochran 1977, "Sampling
/// techniques", chapter 5).
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct LossTally {
    /// Those that it speaks for.
    n_rows: u64,
    total: f64,
    /// Of the total, for rows that were not asked; 0 where all were.
    variance: f64,
}

impl LossTally {
    /// The loss that the caller's model predicts for a row; below 0 it counts as 0. What is not finite is not counted:
    /// `false`.
    pub fn add(&mut self, estimated_loss: f64) -> bool {
        if !estimated_loss.is_finite() {
            return false;
        }
        self.n_rows += 1;
        self.total += estimated_loss.max(0.0);
        true
    }

    /// A random sample without repetition of `n_rows` rows speaks for all of them.
    pub fn add_sample(&mut self, estimated_losses: &[f64], n_rows: u64) {
        let finite = estimated_losses.iter().filter(|loss| loss.is_finite());
        let losses: Vec<f64> = finite.map(|loss| loss.max(0.0)).collect();
        if losses.is_empty() {
            return;
        }
        let asked = Moments::of(&losses);
        let n = asked.n as f64;
        let share = n / estimated_losses.len() as f64;
        let all = (n_rows as f64 * share).round().max(n);
        self.n_rows += all as u64;
        self.total += all * asked.mean;
        if asked.n > 1 {
            let variance = asked.m2 / (n - 1.0) / n * (1.0 - n / all);
            self.variance += all * all * variance;
        }
    }

    pub fn merge(&mut self, other: &Self) {
        self.n_rows += other.n_rows;
        self.total += other.total;
        self.variance += other.variance;
    }

    pub fn n_rows(&self) -> u64 {
        self.n_rows
    }
}

impl LossReference {
    /// Rows in their order; a kind that is not defined for every row is left out.
    ///
    /// # Errors
    /// No row, or other numbers of truths and predictions.
    pub fn fit(
        truth: &[f64],
        predicted: &[f64],
        n_stretches: usize,
    ) -> Result<Self, EstimateError> {
        if truth.len() != predicted.len() {
            return Err(EstimateError::Lengths {
                truth: truth.len(),
                predicted: predicted.len(),
                probabilities: 0,
                n_classes: 0,
            });
        }
        if truth.is_empty() {
            return Err(EstimateError::NoRows);
        }
        let mut fitted = Self {
            losses: BTreeMap::new(),
            limits: BTreeMap::new(),
        };
        for kind in LossKind::ALL {
            let rows = truth.iter().zip(predicted);
            let losses: Option<Vec<f64>> = rows.map(|(t, p)| kind.of_row(*t, *p)).collect();
            let Some(losses) = losses else { continue };
            let all = Moments::of(&losses);
            let std = (all.m2 / all.n as f64).sqrt();
            fitted.losses.insert(kind, (all.mean, std));
            let realised: Vec<f64> = stretches(losses.len(), n_stretches)
                .into_iter()
                .map(|rows| kind.of_mean(Moments::of(&losses[rows]).mean))
                .collect();
            if let Some(limits) = MetricLimits::of_stretches(&realised, Some(0.0), None) {
                fitted.limits.insert(kind, limits);
            }
        }
        Ok(fitted)
    }

    /// `None` without a row, or for a kind that the reference does not know.
    pub fn estimated(&self, kind: LossKind, tally: &LossTally) -> Option<EstimatedMetric> {
        let &(mean, std) = self.losses.get(&kind)?;
        let n = tally.n_rows as f64;
        if n == 0.0 {
            return None;
        }
        let value = kind.of_mean(tally.total / n);
        // Of the rows that happened to come, and of those of them that were asked.
        let of_mean = (std * std / n + tally.variance / (n * n)).sqrt();
        let error = if kind.is_root() {
            // First-order change of the root with the mean.
            of_mean / (2.0 * mean.sqrt())
        } else {
            of_mean
        };
        let error = error.is_finite().then_some(error);
        let limits = self.limits.get(&kind).copied();
        Some(EstimatedMetric {
            metric: kind.metric().to_owned(),
            value,
            sampling_error: error,
            low: error.map(|error| (value - SAMPLING_ERRORS * error).max(0.0)),
            high: error.map(|error| value + SAMPLING_ERRORS * error),
            alert: limits.is_some_and(|limits| !limits.contain(value)),
            limits,
        })
    }
}
