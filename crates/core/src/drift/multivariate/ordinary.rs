//! What is ordinary for a window of any length: by how the reference's own stretches of two lengths differ.

use std::ops::Range;

use serde::{Deserialize, Serialize};
use statrs::distribution::{ContinuousCDF, Gamma, StudentsT};

use crate::drift::estimate::{MetricLimits, stretches};
use crate::drift::{DriftRule, Mode};

/// Stretches shorter than this say nothing.
const MIN_STRETCH_ROWS: usize = 30;
const N_SHORT: usize = 100;
const N_LONG: usize = 20;

/// By what windows are judged.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum JudgedBy {
    /// NannyML: mean and three standard deviations of ten stretches, whatever the length of the window.
    Stretches,
    /// The chance that a window like the reference is over the limits, for its own length.
    Chance(f64),
}

impl JudgedBy {
    /// The chance of one false alarm in all windows is that of the rule.
    pub fn of(rule: &DriftRule, n_windows: usize) -> Self {
        match rule.mode {
            Mode::NannyMl => Self::Stretches,
            Mode::Textbook | Mode::Evidently => Self::Chance(rule.alpha / n_windows.max(1) as f64),
        }
    }
}

/// A measure varies with the length n of a stretch as `of_rows` / n + `lasting`: by chance, and by what changes in the
/// reference itself.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Variation {
    of_rows: f64,
    lasting: f64,
    n_rows: u64,
    /// Stretches that it is known from.
    n_stretches: u32,
    /// Variance of the measure over its squared mean, among stretches.
    relative: f64,
}

impl Variation {
    /// Of means, whose variance among stretches is looked at. `None`: too few rows.
    pub fn of_means(
        n_rows: usize,
        measure: impl FnMut(Range<usize>) -> Option<f64>,
    ) -> Option<Self> {
        Self::of(n_rows, measure, |values, n| {
            (variance(values), 1.0 / n as f64)
        })
    }

    /// Of squared distances from the whole, whose mean is looked at. `None`: too few rows.
    pub fn of_squares(
        n_rows: usize,
        measure: impl FnMut(Range<usize>) -> Option<f64>,
    ) -> Option<Self> {
        Self::of(n_rows, measure, |values, n| {
            // The whole holds the stretch.
            let apart = 1.0 / n as f64 - 1.0 / n_rows as f64;
            (mean(values), apart)
        })
    }

    fn of(
        n_rows: usize,
        mut measure: impl FnMut(Range<usize>) -> Option<f64>,
        look: impl Fn(&[f64], usize) -> (f64, f64),
    ) -> Option<Self> {
        let n_short = (n_rows / MIN_STRETCH_ROWS).min(N_SHORT);
        if n_short < 4 {
            return None;
        }
        let mut values = |n: usize| -> Vec<f64> {
            let found = stretches(n_rows, n).into_iter().filter_map(&mut measure);
            found.collect()
        };
        let short = values(n_short);
        if short.len() < 3 {
            return None;
        }
        let (of_short, at_short) = look(&short, n_rows / n_short);
        let mut known = Self {
            of_rows: of_short / at_short,
            lasting: 0.0,
            n_rows: n_rows as u64,
            n_stretches: u32::try_from(short.len()).unwrap_or(u32::MAX),
            // Where nothing varies (rows that are put together again without an error) the mean may be 0 too.
            relative: Some(variance(&short) / mean(&short).powi(2))
                .filter(|relative| relative.is_finite())
                .unwrap_or(0.0),
        };
        let n_long = (n_short / 4).clamp(3, N_LONG);
        let long = values(n_long);
        if long.len() >= 3 {
            let (of_long, at_long) = look(&long, n_rows / n_long);
            let of_rows = ((of_short - of_long) / (at_short - at_long)).max(0.0);
            let lasting = of_long - of_rows * at_long;
            if lasting > 0.0 {
                known.of_rows = of_rows;
                known.lasting = lasting;
                known.n_stretches = u32::try_from(long.len()).unwrap_or(u32::MAX);
            }
        }
        Some(known)
    }

    /// Between a window of so many rows and the reference.
    fn at(&self, n_rows: u64) -> f64 {
        let apart = 1.0 / n_rows.max(1) as f64 + 1.0 / self.n_rows.max(1) as f64;
        self.of_rows * apart + self.lasting
    }
}

/// The limits of windows, by their rows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum WindowLimits {
    Same(Option<MetricLimits>),
    /// Of a mean: to either side by so many standard deviations.
    AroundMean {
        mean: f64,
        reach: f64,
        variation: Variation,
    },
    /// Of the root of a squared distance: so many times what is expected.
    OverSquare {
        factor: f64,
        variation: Variation,
    },
}

impl WindowLimits {
    /// `None`: the reference has too few rows to know.
    pub fn around_mean(mean: f64, variation: Option<Variation>, chance: f64) -> Self {
        let limits = || {
            let variation = variation?;
            let t = StudentsT::new(0.0, 1.0, f64::from(variation.n_stretches) - 1.0).ok()?;
            let reach = t.inverse_cdf(1.0 - chance / 2.0);
            reach.is_finite().then_some(Self::AroundMean {
                mean,
                reach,
                variation,
            })
        };
        limits().unwrap_or(Self::Same(None))
    }

    /// Satterthwaite (1946): a sum of squares is about a gamma variable of its mean and variance.
    pub fn over_square(variation: Option<Variation>, chance: f64) -> Self {
        let limits = || {
            let variation = variation?;
            let shape = 1.0 / Some(variation.relative).filter(|relative| *relative > 0.0)?;
            let gamma = Gamma::new(shape, shape).ok()?;
            let factor = gamma.inverse_cdf(1.0 - chance);
            (factor.is_finite() && factor > 0.0).then_some(Self::OverSquare { factor, variation })
        };
        limits().unwrap_or(Self::Same(None))
    }

    pub fn of(&self, n_rows: u64) -> Option<MetricLimits> {
        match *self {
            Self::Same(limits) => limits,
            Self::AroundMean {
                mean,
                reach,
                variation,
            } => {
                let off = reach * variation.at(n_rows).sqrt();
                Some(MetricLimits {
                    low: Some(mean - off).filter(|low| *low >= 0.0),
                    high: Some(mean + off),
                })
            }
            Self::OverSquare { factor, variation } => Some(MetricLimits {
                low: None,
                high: Some((factor * variation.at(n_rows)).sqrt()),
            }),
        }
    }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn variance(values: &[f64]) -> f64 {
    let mean = mean(values);
    values
        .iter()
        .map(|value| (value - mean).powi(2))
        .sum::<f64>()
        / (values.len() as f64 - 1.0)
}
