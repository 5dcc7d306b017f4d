//! Bins for pictures: shared by the reference and every window of a replay, so that a slider can play them.

use std::collections::{HashMap, HashSet};

use super::compare::{numbers, texts};
use super::sketch::{category_counts, ranked};
use super::steps::{Steps, steps_of};
use super::{ColumnSketch, SketchShape};
use crate::matrix::RawValues;
use crate::replay::Bins;

/// The last category of a picture: everything that has no bar of its own.
pub const OTHER_CATEGORIES: &str = "(other)";

/// Equal bins of a picture.
const N_BINS: usize = 25;
/// Categories of the reference, and of the log beside them, that get a bar of their own.
const N_REFERENCE_CATEGORIES: usize = 20;
const N_NEW_CATEGORIES: usize = 9;

/// Bins for a reference and a log whose smallest and largest values are `low` and `high`.
///
/// Numeric: 25 bins, equally wide over the body of the reference (1st to 99th percentile and a quarter more on
/// either side; for a constant c, c ± 3 |c|), the outer two reaching to the smallest and largest value of both.
/// Categorical: the 20 most frequent of the reference and [`OTHER_CATEGORIES`].
pub fn bins(reference: &ColumnSketch, low: f64, high: f64) -> Bins {
    match &reference.shape {
        SketchShape::Numeric {
            min,
            max,
            values,
            cumulative,
            ..
        } => {
            let steps = Steps { values, cumulative };
            let low = if low.is_finite() { low.min(*min) } else { *min };
            let high = if high.is_finite() {
                high.max(*max)
            } else {
                *max
            };
            Bins::Edges {
                edges: edges(steps, low, high),
            }
        }
        SketchShape::Empty if low.is_finite() && high.is_finite() && low <= high => Bins::Edges {
            edges: equal_edges(low, high, N_BINS),
        },
        _ => categories(reference, HashMap::new()),
    }
}

/// [`bins`] with what the whole log holds: its smallest and largest number, or its most frequent new categories.
pub fn bins_over(reference: &ColumnSketch, log: &RawValues) -> Bins {
    let numeric = match (&reference.shape, log) {
        (SketchShape::Numeric { .. }, _) => true,
        (SketchShape::Categorical { .. }, _) => false,
        (SketchShape::Empty, log) => matches!(log, RawValues::Numbers(_)),
    };
    if !numeric {
        let texts = texts(log);
        return categories(reference, category_counts(texts.iter().map(AsRef::as_ref)));
    }
    let (low, high) = numbers(log).fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), n| {
        (low.min(n), high.max(n))
    });
    bins(reference, low, high)
}

/// [`bins_over`] of a log whose windows are sketches of the reference's kind.
pub fn bins_over_sketch(reference: &ColumnSketch, windows: &[&ColumnSketch]) -> Bins {
    let mut range = (f64::INFINITY, f64::NEG_INFINITY);
    let mut new: HashMap<&str, u64> = HashMap::new();
    let mut is_categorical = matches!(reference.shape, SketchShape::Categorical { .. });
    for window in windows {
        match &window.shape {
            SketchShape::Numeric { min, max, .. } => {
                range = (range.0.min(*min), range.1.max(*max));
            }
            SketchShape::Categorical {
                values,
                counts,
                n_other,
            } => {
                is_categorical = true;
                for (value, count) in values.iter().zip(counts) {
                    *new.entry(value).or_default() += count;
                }
                if *n_other > 0 {
                    *new.entry(OTHER_CATEGORIES).or_default() += n_other;
                }
            }
            SketchShape::Empty => {}
        }
    }
    match is_categorical {
        true => categories(reference, new),
        false => bins(reference, range.0, range.1),
    }
}

/// How many values fall into each bin. Numbers beyond the outer edges count in the outer bins, categories without a
/// bar of their own in [`OTHER_CATEGORIES`] when there is one; missing values nowhere.
pub fn counts(bins: &Bins, values: &RawValues) -> Vec<u64> {
    match bins {
        Bins::Edges { edges } => {
            let (values, cumulative) = steps_of(numbers(values));
            count_steps(
                edges,
                Steps {
                    values: &values,
                    cumulative: &cumulative,
                },
            )
        }
        Bins::Categories { categories } => {
            let texts = texts(values);
            count_categories(categories, texts.iter().map(|text| (text.as_ref(), 1)))
        }
    }
}

/// The reference over the same bins; exact where the sketch is, else within a 2,000th of its rows per edge.
pub fn reference_counts(bins: &Bins, reference: &ColumnSketch) -> Vec<u64> {
    match (bins, &reference.shape) {
        (
            Bins::Edges { edges },
            SketchShape::Numeric {
                values, cumulative, ..
            },
        ) => count_steps(edges, Steps { values, cumulative }),
        (
            Bins::Categories { categories },
            SketchShape::Categorical {
                values,
                counts,
                n_other,
            },
        ) => {
            let listed = values
                .iter()
                .zip(counts)
                .map(|(value, &count)| (value.as_str(), count));
            count_categories(categories, listed.chain([(OTHER_CATEGORIES, *n_other)]))
        }
        (Bins::Edges { edges }, _) => vec![0; edges.len().saturating_sub(1)],
        (Bins::Categories { categories }, _) => vec![0; categories.len()],
    }
}

/// n + 1 ascending edges of equal bins; around a single value, bins that have it in their middle.
pub(super) fn equal_edges(low: f64, high: f64, n: usize) -> Vec<f64> {
    let (low, high) = if low < high {
        (low, high)
    } else {
        let half = if low == 0.0 { 0.5 } else { low.abs() / 2.0 };
        (low - half, low + half)
    };
    (0..=n)
        .map(|i| {
            let share = i as f64 / n as f64;
            // Exact at both ends.
            low * (1.0 - share) + high * share
        })
        .collect()
}

/// Counts per bin, left-closed, the last right-closed too; what lies beyond counts in the outer bins.
pub(super) fn count_steps(edges: &[f64], steps: Steps<'_>) -> Vec<u64> {
    let n_bins = edges.len().saturating_sub(1);
    let mut counts = vec![0; n_bins];
    for (value, count) in steps.counts() {
        let above = edges.partition_point(|&edge| edge <= value);
        let bin = above.saturating_sub(1).min(n_bins.saturating_sub(1));
        if let Some(bin) = counts.get_mut(bin) {
            *bin += count;
        }
    }
    counts
}

fn edges(reference: Steps<'_>, low: f64, high: f64) -> Vec<f64> {
    let body_low = reference.quantile(1, 100).unwrap_or(low);
    let body_high = reference.quantile(99, 100).unwrap_or(high);
    let margin = match body_high - body_low {
        0.0 if body_low == 0.0 => high - low,
        0.0 => 3.0 * body_low.abs(),
        width => width / 4.0,
    };
    let mut edges = equal_edges(
        (body_low - margin).max(low),
        (body_high + margin).min(high),
        N_BINS,
    );
    if let Some(first) = edges.first_mut() {
        *first = first.min(low);
    }
    if let Some(last) = edges.last_mut() {
        *last = last.max(high);
    }
    edges
}

/// `log`: how often each text came; empty when nobody knows what comes.
fn categories(reference: &ColumnSketch, log: HashMap<&str, u64>) -> Bins {
    let (known, n_other): (&[String], u64) = match &reference.shape {
        SketchShape::Categorical {
            values, n_other, ..
        } => (values, *n_other),
        _ => (&[], 0),
    };
    let mut categories: Vec<String> = known.iter().take(N_REFERENCE_CATEGORIES).cloned().collect();
    let of_reference: HashSet<&str> = known.iter().map(String::as_str).collect();
    let is_unknown = log.is_empty();
    let mut new = log;
    let has_other = new.remove(OTHER_CATEGORIES).is_some();
    new.retain(|value, _| !of_reference.contains(value));
    let n_new = new.len();
    let shown = ranked(new).into_iter().take(N_NEW_CATEGORIES);
    categories.extend(shown.map(|(value, _)| value.to_owned()));

    let complete = known.len() <= N_REFERENCE_CATEGORIES && n_other == 0;
    if is_unknown || has_other || !complete || n_new > N_NEW_CATEGORIES {
        categories.push(OTHER_CATEGORIES.to_owned());
    }
    Bins::Categories { categories }
}

fn count_categories<'a>(
    categories: &[String],
    values: impl Iterator<Item = (&'a str, u64)>,
) -> Vec<u64> {
    let places: HashMap<&str, usize> = categories
        .iter()
        .enumerate()
        .map(|(place, category)| (category.as_str(), place))
        .collect();
    let other = places.get(OTHER_CATEGORIES).copied();
    let mut counts = vec![0; categories.len()];
    for (value, count) in values {
        let place = places.get(value).copied().or(other);
        if let Some(slot) = place.and_then(|place| counts.get_mut(place)) {
            *slot += count;
        }
    }
    counts
}
