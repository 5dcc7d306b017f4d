//! The sketch of a column: small enough to travel with a model, exact where the values are few.

use std::cmp::Reverse;
use std::collections::HashMap;

use super::bins::equal_edges;
use super::steps::{Steps, steps_of};
use super::{ColumnSketch, SketchShape};
use crate::matrix::RawValues;
use crate::profile::Histogram;

/// Distinct numbers that are kept as they are.
pub(super) const MAX_VALUES: u64 = 2_000;
/// Categories that are kept by name.
pub(super) const MAX_CATEGORIES: usize = 1_000;
const N_HISTOGRAM_BINS: usize = 24;

/// What is remembered of a column. Numbers are numeric, texts categorical; NaN and infinite numbers count as missing.
pub fn sketch_column(name: &str, values: &RawValues) -> ColumnSketch {
    let (n_rows, n_values, shape) = match values {
        RawValues::Numbers(numbers) => {
            let (distinct, cumulative) = steps_of(numbers.iter().copied());
            let n_values = cumulative.last().copied().unwrap_or(0);
            (numbers.len(), n_values, numeric(distinct, cumulative, None))
        }
        RawValues::Texts(texts) => {
            let counts = category_counts(texts.iter().flatten().map(String::as_str));
            let n_values = counts.values().sum();
            (texts.len(), n_values, categorical(counts))
        }
    };
    ColumnSketch {
        name: name.to_owned(),
        n_rows: n_rows as u64,
        n_missing: n_rows as u64 - n_values,
        shape,
        own: None,
        own_by_method: Vec::new(),
    }
}

/// The sketch of a reference whose rows stand in their order: also remembers how far its own stretches lie from it.
pub fn sketch_reference(name: &str, values: &RawValues) -> ColumnSketch {
    let mut sketch = sketch_column(name, values);
    super::own::remember(&mut sketch, values);
    sketch
}

impl ColumnSketch {
    /// Rows that hold a value.
    pub fn n_values(&self) -> u64 {
        self.n_rows - self.n_missing.min(self.n_rows)
    }

    /// The value with this share of the values at or below it, `numerator` / `denominator`; `None` for texts and for nothing.
    pub fn quantile(&self, numerator: u64, denominator: u64) -> Option<f64> {
        match &self.shape {
            SketchShape::Numeric {
                values, cumulative, ..
            } => Steps { values, cumulative }.quantile(numerator, denominator),
            SketchShape::Categorical { .. } | SketchShape::Empty => None,
        }
    }

    pub fn missing_share(&self) -> f64 {
        if self.n_rows > 0 {
            self.n_missing as f64 / self.n_rows as f64
        } else {
            0.0
        }
    }
}

pub(super) fn category_counts<'a>(texts: impl Iterator<Item = &'a str>) -> HashMap<&'a str, u64> {
    let mut counts = HashMap::new();
    for text in texts {
        *counts.entry(text).or_default() += 1;
    }
    counts
}

/// By falling count, then by value.
pub(super) fn ranked(counts: HashMap<&str, u64>) -> Vec<(&str, u64)> {
    let mut ranked: Vec<_> = counts.into_iter().collect();
    ranked.sort_unstable_by_key(|&(value, count)| (Reverse(count), value));
    ranked
}

fn categorical(counts: HashMap<&str, u64>) -> SketchShape {
    if counts.is_empty() {
        return SketchShape::Empty;
    }
    let ranked = ranked(counts);
    let kept = ranked.iter().take(MAX_CATEGORIES);
    SketchShape::Categorical {
        values: kept.clone().map(|&(value, _)| value.to_owned()).collect(),
        counts: kept.map(|&(_, count)| count).collect(),
        n_other: ranked.iter().skip(MAX_CATEGORIES).map(|&(_, n)| n).sum(),
    }
}

/// `known`: mean and standard deviation, where the steps only stand for the values.
pub(super) fn numeric(
    values: Vec<f64>,
    cumulative: Vec<u64>,
    known: Option<(f64, f64)>,
) -> SketchShape {
    let steps = Steps {
        values: &values,
        cumulative: &cumulative,
    };
    let (Some(&min), Some(&max)) = (values.first(), values.last()) else {
        return SketchShape::Empty;
    };
    let (mean, std) = known.unwrap_or_else(|| moments(steps));
    let edges = equal_edges(min, max, N_HISTOGRAM_BINS);
    let histogram = Histogram {
        counts: super::bins::count_steps(&edges, steps),
        edges,
    };
    let is_short = values.len() as u64 <= MAX_VALUES;
    let (values, cumulative) = if is_short {
        (values, cumulative)
    } else {
        thinned_to(steps, MAX_VALUES as usize)
    };
    SketchShape::Numeric {
        min,
        max,
        mean,
        std,
        values,
        cumulative,
        exact: is_short && known.is_none(),
        histogram,
    }
}

/// Mean and sample standard deviation; deviations from the first value keep a constant exact.
fn moments(steps: Steps<'_>) -> (f64, f64) {
    let n = steps.n() as f64;
    let origin = steps.values.first().copied().unwrap_or(0.0);
    let sum: f64 = steps.counts().map(|(v, c)| (v - origin) * c as f64).sum();
    let mean = sum / n;
    let squares: f64 = steps
        .counts()
        .map(|(v, c)| (v - origin - mean).powi(2) * c as f64)
        .sum();
    let std = if n > 1.0 {
        (squares / (n - 1.0)).sqrt()
    } else {
        0.0
    };
    (origin + mean, std)
}

/// The values at the ranks j · n / `points`: between two neighbours lie under n / `points` rows.
pub(super) fn thinned_to(steps: Steps<'_>, points: usize) -> (Vec<f64>, Vec<u64>) {
    let n = u128::from(steps.n());
    let (mut values, mut cumulative) = (Vec::new(), Vec::new());
    let mut next = 1;
    for (&value, &rows) in steps.values.iter().zip(steps.cumulative) {
        let reached = u128::from(rows) * points as u128 / n.max(1);
        if reached >= next {
            values.push(value);
            cumulative.push(rows);
            next = reached + 1;
        }
    }
    (values, cumulative)
}
