//! How often each value of a column occurs.

use std::collections::HashMap;

use assay_core::profile::TopValue;

use crate::columns::{View, float_text};
use crate::{decimal, time};

/// Values that are present, with their counts; the most frequent first, ties by value.
pub(crate) enum Counts<'a> {
    Integers(Vec<(i64, u64)>),
    Floats(Vec<(f64, u64)>),
    /// Units of 10^−scale, and the scale.
    Decimals(Vec<(i128, u64)>, u8),
    Booleans(Vec<(bool, u64)>),
    Texts(Vec<(&'a str, u64)>),
    /// Days.
    Dates(Vec<(i32, u64)>),
    /// Microseconds.
    Datetimes(Vec<(i64, u64)>),
}

impl<'a> Counts<'a> {
    pub(crate) fn of(view: View<'a>) -> Self {
        match view {
            View::Integer(values) => Self::Integers(counted(values.iter())),
            View::Datetime(values) => Self::Datetimes(counted(values.iter())),
            View::Date(values) => Self::Dates(counted(values.iter())),
            View::Boolean(values) => Self::Booleans(counted(values.iter())),
            View::Decimal(values, scale) => Self::Decimals(counted(values.iter()), scale),
            View::Float(values) => Self::Floats(float_counts(values.iter())),
            View::Text(values) => {
                let mut counts: HashMap<&str, u64> = HashMap::new();
                for value in values.iter().flatten() {
                    *counts.entry(value).or_default() += 1;
                }
                let mut counts: Vec<_> = counts.into_iter().collect();
                counts.sort_by(|(a, n_a), (b, n_b)| n_b.cmp(n_a).then(a.cmp(b)));
                Self::Texts(counts)
            }
        }
    }

    pub(crate) fn n_distinct(&self) -> u64 {
        let n = match self {
            Self::Integers(counts) | Self::Datetimes(counts) => counts.len(),
            Self::Floats(counts) => counts.len(),
            Self::Decimals(counts, _) => counts.len(),
            Self::Booleans(counts) => counts.len(),
            Self::Texts(counts) => counts.len(),
            Self::Dates(counts) => counts.len(),
        };
        n as u64
    }

    /// Values that are present.
    pub(crate) fn n_values(&self) -> u64 {
        match self {
            Self::Integers(counts) | Self::Datetimes(counts) => sum(counts),
            Self::Floats(counts) => sum(counts),
            Self::Decimals(counts, _) => sum(counts),
            Self::Booleans(counts) => sum(counts),
            Self::Texts(counts) => sum(counts),
            Self::Dates(counts) => sum(counts),
        }
    }

    /// Numbers with their counts; `None` for other types.
    pub(crate) fn numbers(&self) -> Option<Vec<(f64, u64)>> {
        match self {
            Self::Integers(counts) => Some(counts.iter().map(|(v, n)| (*v as f64, *n)).collect()),
            Self::Floats(counts) => Some(counts.clone()),
            Self::Decimals(counts, scale) => Some(
                counts
                    .iter()
                    .map(|(units, n)| (decimal::to_float(*units, *scale), *n))
                    .collect(),
            ),
            Self::Booleans(_) | Self::Texts(_) | Self::Dates(_) | Self::Datetimes(_) => None,
        }
    }

    /// The `limit` most frequent values as they print.
    pub(crate) fn top(&self, limit: usize) -> Vec<TopValue> {
        match self {
            Self::Integers(counts) => top(counts, limit, |value| value.to_string()),
            Self::Datetimes(counts) => top(counts, limit, |value| time::datetime_text(*value)),
            Self::Dates(counts) => top(counts, limit, |value| time::date_text(*value)),
            Self::Floats(counts) => top(counts, limit, |value| float_text(*value)),
            Self::Decimals(counts, scale) => {
                top(counts, limit, |units| decimal::text(*units, *scale))
            }
            Self::Booleans(counts) => top(counts, limit, |value| value.to_string()),
            Self::Texts(counts) => top(counts, limit, |value| (*value).to_owned()),
        }
    }
}

fn sum<T>(counts: &[(T, u64)]) -> u64 {
    counts.iter().map(|(_, count)| count).sum()
}

fn top<T>(counts: &[(T, u64)], limit: usize, print: impl Fn(&T) -> String) -> Vec<TopValue> {
    counts
        .iter()
        .take(limit)
        .map(|(value, count)| TopValue {
            value: print(value),
            count: *count,
        })
        .collect()
}

fn counted<T: Ord + Copy>(values: impl Iterator<Item = Option<T>>) -> Vec<(T, u64)> {
    let mut present: Vec<T> = values.flatten().collect();
    present.sort_unstable();
    by_count(runs(&present, |a, b| a == b))
}

/// −0 is 0.
fn float_counts(values: impl Iterator<Item = Option<f64>>) -> Vec<(f64, u64)> {
    let mut present: Vec<f64> = values.flatten().map(|value| value + 0.0).collect();
    present.sort_unstable_by(f64::total_cmp);
    by_count(runs(&present, |a, b| a.to_bits() == b.to_bits()))
}

fn runs<T: Copy>(sorted: &[T], same: impl Fn(&T, &T) -> bool) -> Vec<(T, u64)> {
    sorted
        .chunk_by(same)
        .filter_map(|run| Some((*run.first()?, run.len() as u64)))
        .collect()
}

/// Most frequent first; the sort is stable, so ties stay in ascending order.
fn by_count<T>(mut counts: Vec<(T, u64)>) -> Vec<(T, u64)> {
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counts
}
