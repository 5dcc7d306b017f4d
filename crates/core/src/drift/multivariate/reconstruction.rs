//! How well rows are put together again from the reference's principal components (NannyML 0.13's
//! `DataReconstructionDriftCalculator`).

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::MultivariateError;
use super::comoments::CoMoments;
use super::encoding::RowEncoding;
use super::ordinary::{JudgedBy, Variation, WindowLimits};
use crate::drift::estimate::{MetricLimits, SAMPLING_ERRORS, stretches};
use crate::eigen::eigen;
use crate::matrix::Columns;
use crate::sketch::Moments;
use crate::task::Task;

/// Share of the variance that the components keep, at least.
const MIN_VARIANCE: f64 = 0.65;

/// The reference's components. Small, and travels with a model version.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PcaReference {
    pub encoding: RowEncoding,
    /// Of length 1 each, largest variance first.
    pub components: Vec<Vec<f64>>,
    /// Of the mean error of the reference's own stretches; an end beyond what an error can be is `None`.
    pub limits: MetricLimits,
    /// Of the mean error, by the length of a stretch; `None`: too few rows.
    pub variation: Option<Variation>,
    /// Of all reference rows.
    pub error: Reconstruction,
}

/// The errors of a window's rows, added up. Parts merge.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct ReconstructionTally {
    errors: Moments,
}

/// A window's mean distance between its rows (scaled by the reference) and what the components make of them.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS)]
pub struct Reconstruction {
    pub n_rows: u64,
    pub error: f64,
    /// Standard deviation of the rows' errors over √n; `None` for one row.
    pub sampling_error: Option<f64>,
    /// Three sampling errors under and over.
    pub low: Option<f64>,
    pub high: Option<f64>,
    /// What is ordinary for a window of so many rows; `None`: the reference has too few to know.
    pub limits: Option<MetricLimits>,
    /// Outside the limits, or on one.
    pub alert: bool,
}

impl ReconstructionTally {
    pub fn merge(&mut self, other: &Self) {
        self.errors.merge(&other.errors);
    }

    pub fn n_rows(&self) -> u64 {
        self.errors.n
    }
}

impl PcaReference {
    /// Of reference rows in their order, cut in `n_stretches` consecutive stretches for the limits.
    ///
    /// # Errors
    /// Columns of different lengths, under two rows or columns, cancelled.
    pub fn fit(
        reference: &Columns,
        n_stretches: usize,
        task: &Task,
    ) -> Result<Self, MultivariateError> {
        let encoding = RowEncoding::fit(reference)?;
        let p = encoding.n_columns();
        let rows = encoding.encode(reference);
        let mut moments = CoMoments::new(p);
        for (at, row) in rows.chunks_exact(p).enumerate() {
            if at % 4_096 == 0 {
                task.check()?;
            }
            moments.push(row);
        }
        let found = eigen(moments.covariance(), p, task)?;
        let total: f64 = found.values.iter().sum();
        let mut kept = 0;
        let mut sum = 0.0;
        for value in &found.values {
            kept += 1;
            sum += value;
            if sum / total > MIN_VARIANCE {
                break;
            }
        }
        let mut fitted = Self {
            encoding,
            components: found.vectors.into_iter().take(kept).collect(),
            limits: MetricLimits {
                low: None,
                high: None,
            },
            variation: None,
            error: Reconstruction {
                n_rows: 0,
                error: 0.0,
                sampling_error: None,
                low: None,
                high: None,
                limits: None,
                alert: false,
            },
        };
        let mut all = ReconstructionTally::default();
        let mut means = Vec::new();
        for stretch in stretches(reference.n_rows, n_stretches) {
            task.check()?;
            let mut tally = ReconstructionTally::default();
            fitted.add_encoded(&mut tally, &rows[stretch.start * p..stretch.end * p]);
            means.push(tally.errors.mean);
            all.merge(&tally);
        }
        if let Some(limits) = MetricLimits::of_stretches(&means, None, None) {
            fitted.limits = MetricLimits {
                low: limits.low.filter(|low| *low >= 0.0),
                high: limits.high,
            };
        }
        let errors: Vec<f64> = rows
            .chunks_exact(p)
            .map(|row| fitted.error_of(row))
            .collect();
        fitted.variation = Variation::of_means(reference.n_rows, |stretch| {
            Some(Moments::of(errors.get(stretch)?).mean)
        });
        if let Some(error) = fitted.reconstruction(&all, &WindowLimits::Same(None)) {
            fitted.error = error;
        }
        Ok(fitted)
    }

    /// Adds a part of a window; columns are found by name.
    pub fn add(&self, tally: &mut ReconstructionTally, rows: &Columns) {
        self.add_encoded(tally, &self.encoding.encode(rows));
    }

    /// Of rows as [`RowEncoding::raw`] has them.
    pub fn add_raw(&self, tally: &mut ReconstructionTally, rows: &[f64]) {
        self.add_encoded(tally, &self.encoding.scaled(rows));
    }

    pub fn limits_by(&self, by: JudgedBy) -> WindowLimits {
        match by {
            JudgedBy::Stretches => WindowLimits::Same(Some(self.limits)),
            JudgedBy::Chance(chance) => {
                WindowLimits::around_mean(self.error.error, self.variation, chance)
            }
        }
    }

    /// `None` without a row.
    pub fn reconstruction(
        &self,
        tally: &ReconstructionTally,
        limits: &WindowLimits,
    ) -> Option<Reconstruction> {
        let n = tally.errors.n;
        if n == 0 {
            return None;
        }
        let error = tally.errors.mean;
        let sampling_error = (n > 1).then(|| tally.errors.std() / (n as f64).sqrt());
        let reach = sampling_error.map(|sampling| SAMPLING_ERRORS * sampling);
        let limits = limits.of(n);
        let inside = limits.is_none_or(|limits| {
            limits.low.is_none_or(|low| low < error) && limits.high.is_none_or(|high| error < high)
        });
        Some(Reconstruction {
            n_rows: n,
            error,
            sampling_error,
            low: reach.map(|reach| (error - reach).max(0.0)),
            high: reach.map(|reach| error + reach),
            limits,
            alert: !inside,
        })
    }

    fn add_encoded(&self, tally: &mut ReconstructionTally, rows: &[f64]) {
        let errors: Vec<f64> = rows
            .chunks_exact(self.encoding.n_columns())
            .map(|row| self.error_of(row))
            .collect();
        tally.errors.merge(&Moments::of(&errors));
    }

    /// What the components leave of a scaled row: its length less that of its shadow, by Pythagoras in each direction.
    fn error_of(&self, row: &[f64]) -> f64 {
        let mut rest = row.to_vec();
        for component in &self.components {
            let along: f64 = row.iter().zip(component).map(|(x, v)| x * v).sum();
            for (left, v) in rest.iter_mut().zip(component) {
                *left -= along * v;
            }
        }
        rest.iter().map(|left| left * left).sum::<f64>().sqrt()
    }
}
