//! The figures of a numeric column.

use super::histogram::histogram;
use super::{NumericProfile, QUANTILES};
use crate::sketch::{Moments, NumberSummary, Weighted};

/// Tukey's fences stand this many interquartile ranges outside of the quartiles (Tukey 1977, "Exploratory data
/// analysis").
const FENCE: f64 = 1.5;

impl NumericProfile {
    /// Exact figures of finite numbers. `whole`: the column is one of integers. `None` without a number.
    pub fn exact(weighted: &Weighted, whole: bool, n_not_finite: u64) -> Option<Self> {
        let (min, max) = (weighted.min()?, weighted.max()?);
        let n_negative = weighted.n_below(0.0);
        let spread = Spread::of(weighted, min, max);
        Some(Self::new(
            weighted,
            Totals {
                min,
                max,
                n_zero: weighted.n_up_to(0.0) - n_negative,
                n_negative,
                n_not_finite,
            },
            spread,
            whole,
        ))
    }

    /// Totals and moments exact, the rest within [`crate::sketch::BUCKET_ERROR`]. `None` without a finite number.
    pub fn estimated<V>(summary: &NumberSummary<V>, whole: bool) -> Option<Self> {
        let (values, counts) = summary.buckets.steps(whole);
        let values = values
            .into_iter()
            .map(|value| value.clamp(summary.min, summary.max))
            .collect();
        let weighted = Weighted::ascending(values, &counts);
        let (min, max) = (summary.min, summary.max);
        weighted.min()?;
        let spread = match Spread::from(&summary.moments, 1.0) {
            Some(spread) => spread,
            None => Spread::of(&weighted, min, max),
        };
        Some(Self::new(
            &weighted,
            Totals {
                min,
                max,
                n_zero: summary.n_zero,
                n_negative: summary.n_negative,
                n_not_finite: summary.n_not_finite,
            },
            spread,
            whole,
        ))
    }

    fn new(weighted: &Weighted, totals: Totals, spread: Spread, whole: bool) -> Self {
        let fences = |ranges: f64| {
            let quartile = |probability| weighted.quantile(probability).unwrap_or(totals.min);
            let (low, high) = (quartile(0.25), quartile(0.75));
            // where the distance overflows, nothing is far out
            let reach = (ranges * (high - low)).min(f64::MAX);
            [(low - reach).max(f64::MIN), (high + reach).min(f64::MAX)]
        };
        let n_outside =
            |[low, high]: [f64; 2]| weighted.n_below(low) + weighted.n() - weighted.n_up_to(high);
        let (inner, outer) = (fences(FENCE), fences(2.0 * FENCE));
        Self {
            min: totals.min,
            max: totals.max,
            mean: spread.mean,
            std: spread.std,
            skewness: spread.skewness,
            kurtosis: spread.kurtosis,
            quantiles: QUANTILES
                .iter()
                .filter_map(|probability| weighted.quantile(*probability))
                .collect(),
            n_zero: totals.n_zero,
            n_negative: totals.n_negative,
            n_not_finite: totals.n_not_finite,
            n_outliers: n_outside(inner),
            fences: inner,
            n_far_out: n_outside(outer),
            histogram: histogram(weighted, totals.min, totals.max, whole),
        }
    }
}

struct Totals {
    min: f64,
    max: f64,
    n_zero: u64,
    n_negative: u64,
    n_not_finite: u64,
}

struct Spread {
    mean: f64,
    std: f64,
    skewness: Option<f64>,
    kurtosis: Option<f64>,
}

impl Spread {
    /// In two passes.
    fn of(weighted: &Weighted, min: f64, max: f64) -> Self {
        // A constant has no spread, whatever rounding makes of it.
        let constant = Self {
            mean: min,
            std: 0.0,
            skewness: None,
            kurtosis: None,
        };
        if min == max {
            return constant;
        }
        let (moments, unit) = weighted.moments();
        Self::from(&moments, unit).unwrap_or(constant)
    }

    /// `None` when a figure left the range of a double.
    fn from(moments: &Moments, unit: f64) -> Option<Self> {
        let (mean, std) = (moments.mean * unit, moments.std() * unit);
        (mean.is_finite() && std.is_finite() && moments.m4.is_finite()).then(|| Self {
            mean,
            std,
            skewness: moments.skewness(),
            kurtosis: moments.kurtosis(),
        })
    }
}
