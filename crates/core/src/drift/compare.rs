//! One column of a window against its reference: every measure that applies.

use std::borrow::Cow;

use super::cells::{Cells, jensen_shannon, population_stability};
use super::chi_square::chi_square;
use super::kolmogorov::two_sample_p;
use super::sketch::category_counts;
use super::steps::{Steps, kolmogorov_smirnov, steps_of, wasserstein};
use super::{ColumnDrift, ColumnSketch, Decides, Method, SketchShape, Verdict};
use crate::matrix::RawValues;

/// Measures a window against a reference; not judged yet (see [`super::judge`]).
///
/// Numeric: Jensen-Shannon distance and PSI on the deciles of the reference (values that hold a tenth of it apart),
/// Kolmogorov-Smirnov with its asymptotic p-value, Wasserstein distance over max(standard deviation of the
/// reference, 0.001). Categorical: Jensen-Shannon distance, PSI and chi-square over the categories, all that the
/// reference does not list being one.
///
/// Values of the other kind are read as the reference's: texts as numbers where they are some (else missing), numbers
/// as texts. Infinite numbers count as missing.
pub fn compare_column(reference: &ColumnSketch, window: &RawValues) -> ColumnDrift {
    let mut drift = ColumnDrift {
        column: reference.name.clone(),
        n_rows: n_rows(window) as u64,
        n_missing: 0,
        missing_rise: 0.0,
        method: Method::JensenShannon,
        decides: Decides::Both,
        statistic: None,
        effect: None,
        jensen_shannon: None,
        limit: 0.0,
        warning_limit: None,
        psi: None,
        ks_statistic: None,
        wasserstein: None,
        chi_square: None,
        p_value: None,
        p_adjusted: None,
        n_outside: 0,
        n_unseen: 0,
        verdict: Verdict::NotJudged,
        reason: String::new(),
    };
    let n_values = match &reference.shape {
        SketchShape::Numeric {
            min,
            max,
            std,
            values,
            cumulative,
            ..
        } => {
            let (window_values, window_cumulative) = steps_of(numbers(window));
            let reference = Steps { values, cumulative };
            let window = Steps {
                values: &window_values,
                cumulative: &window_cumulative,
            };
            compare_numbers(&mut drift, reference, window, (*min, *max), *std);
            window.n()
        }
        SketchShape::Categorical {
            values,
            counts,
            n_other,
        } => compare_categories(&mut drift, values, counts, *n_other, window),
        SketchShape::Empty => n_present(window),
    };
    (drift.statistic, drift.effect) = (drift.jensen_shannon, drift.jensen_shannon);
    drift.n_missing = drift.n_rows - n_values;
    if drift.n_rows > 0 {
        drift.missing_rise =
            drift.n_missing as f64 / drift.n_rows as f64 - reference.missing_share();
    }
    drift
}

impl ColumnDrift {
    /// Rows of the window that hold a value.
    pub fn n_values(&self) -> u64 {
        self.n_rows - self.n_missing.min(self.n_rows)
    }
}

/// The values as finite numbers; texts that are none are left out.
pub(super) fn numbers(values: &RawValues) -> Box<dyn Iterator<Item = f64> + '_> {
    match values {
        RawValues::Numbers(numbers) => Box::new(numbers.iter().copied().filter(|n| n.is_finite())),
        RawValues::Texts(texts) => Box::new(
            texts
                .iter()
                .flatten()
                .filter_map(|text| text.trim().parse().ok())
                .filter(|number: &f64| number.is_finite()),
        ),
    }
}

/// The values as texts; missing ones are left out.
pub(super) fn texts(values: &RawValues) -> Vec<Cow<'_, str>> {
    match values {
        RawValues::Texts(texts) => texts
            .iter()
            .flatten()
            .map(|text| Cow::Borrowed(text.as_str()))
            .collect(),
        RawValues::Numbers(numbers) => numbers
            .iter()
            .filter(|number| number.is_finite())
            .map(|number| Cow::Owned(number.to_string()))
            .collect(),
    }
}

fn n_rows(values: &RawValues) -> usize {
    match values {
        RawValues::Numbers(numbers) => numbers.len(),
        RawValues::Texts(texts) => texts.len(),
    }
}

fn n_present(values: &RawValues) -> u64 {
    texts(values).len() as u64
}

fn compare_numbers(
    drift: &mut ColumnDrift,
    reference: Steps<'_>,
    window: Steps<'_>,
    (min, max): (f64, f64),
    std: f64,
) {
    if window.n() == 0 || reference.n() == 0 {
        return;
    }
    let is_outside = |value: f64| value < min || value > max;
    for (value, count) in window.counts() {
        if is_outside(value) {
            drift.n_outside += count;
            drift.n_unseen += u64::from(min == max);
        }
    }
    let cells = Cells::of(reference);
    let (in_reference, in_window) = (cells.counts(reference), cells.counts(window));
    drift.jensen_shannon = jensen_shannon(&in_reference, &in_window);
    drift.psi = population_stability(&in_reference, &in_window);
    let distance = kolmogorov_smirnov(reference, window);
    drift.ks_statistic = Some(distance);
    drift.p_value = Some(two_sample_p(distance, reference.n(), window.n()));
    drift.wasserstein = Some(wasserstein(reference, window) / std.max(0.001));
}

/// Answers with the number of values in the window.
fn compare_categories(
    drift: &mut ColumnDrift,
    values: &[String],
    counts: &[u64],
    n_other: u64,
    window: &RawValues,
) -> u64 {
    let texts = texts(window);
    let mut in_window = category_counts(texts.iter().map(AsRef::as_ref));
    let mut b: Vec<u64> = values
        .iter()
        .map(|value| in_window.remove(value.as_str()).unwrap_or(0))
        .collect();
    let unlisted: u64 = in_window.values().sum();
    // Where the reference itself has unlisted categories, nobody can tell which are new.
    if n_other == 0 {
        drift.n_outside = unlisted;
        drift.n_unseen = in_window.len() as u64;
    }
    let mut a = counts.to_vec();
    a.push(n_other);
    b.push(unlisted);
    drift.jensen_shannon = jensen_shannon(&a, &b);
    drift.psi = population_stability(&a, &b);
    if let Some(test) = chi_square(&a, &b) {
        drift.chi_square = Some(test.statistic);
        drift.p_value = Some(test.p_value);
    }
    texts.len() as u64
}
