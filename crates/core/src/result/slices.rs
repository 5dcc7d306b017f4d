//! How good a model is on parts of the rows, so that a good average hides no bad corner.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::{Interval, Slice};
use crate::matrix::{Columns, Prediction, RawValues, Target};
use crate::metrics::{main_metrics, quantile, wilson_interval};
use crate::task::{Cancelled, Task};
use crate::words::number;

/// Levels of a column that are slices of their own; the rest is `other`.
const MAX_LEVELS: usize = 10;
/// Numbers with more different values than levels are cut at their quartiles.
const N_BINS: usize = 4;
/// Fewer rows are not shown at all.
const FEWEST_ROWS: usize = 5;
/// Fewer rows are marked as small.
const SMALL: usize = 30;
const MAX_SLICES: usize = 100;
/// The 97.5 % quantile of the standard normal distribution.
const Z: f64 = 1.959_963_984_540_054;

/// The slices of every column, the surely worst first: for classes by the upper end of the accuracy's interval, for
/// numbers by the lower end of the mean absolute error's. Columns in which every row differs have no slices.
///
/// # Errors
/// [`Cancelled`].
pub fn slices(
    columns: &Columns,
    truth: &Target,
    prediction: &Prediction,
    task: &Task,
) -> Result<Vec<Slice>, Cancelled> {
    let all: Vec<usize> = (0..truth.n_rows()).collect();
    let Some(overall) = Figure::of(truth, prediction, &all) else {
        return Ok(Vec::new());
    };
    let mut slices = Vec::new();
    for column in &columns.columns {
        let parts = parts(&column.values);
        for (label, rows) in parts {
            task.check()?;
            if rows.len() < FEWEST_ROWS || rows.len() == all.len() {
                continue;
            }
            let Some(figure) = Figure::of(truth, prediction, &rows) else {
                continue;
            };
            slices.push(Slice {
                column: column.name.clone(),
                label,
                n: rows.len() as u64,
                metric: figure.metric.to_owned(),
                value: figure.value,
                interval: figure.interval,
                is_small: rows.len() < SMALL,
                is_worse: figure.is_worse_than(&overall),
                metrics: main_metrics(&truth.take(&rows), &prediction.take(&rows)),
            });
        }
    }
    slices.sort_by(|a, b| badness(b).total_cmp(&badness(a)).then(b.n.cmp(&a.n)));
    slices.truncate(MAX_SLICES);
    Ok(slices)
}

fn badness(slice: &Slice) -> f64 {
    if slice.metric == "accuracy" {
        -slice.interval.high
    } else {
        slice.interval.low
    }
}

struct Figure {
    metric: &'static str,
    value: f64,
    interval: Interval,
}

impl Figure {
    fn of(truth: &Target, prediction: &Prediction, rows: &[usize]) -> Option<Self> {
        let n = rows.len() as f64;
        match (truth, prediction) {
            (
                Target::Classes { indices, .. },
                Prediction::Classes {
                    indices: predicted, ..
                },
            ) => {
                let right = |row: &&usize| indices.get(**row) == predicted.get(**row);
                let n_right = rows.iter().filter(right).count() as u64;
                let (low, high) = wilson_interval(n_right, rows.len() as u64);
                Some(Self {
                    metric: "accuracy",
                    value: n_right as f64 / n,
                    interval: Interval { low, high },
                })
            }
            (Target::Values(truth), Prediction::Values(predicted)) => {
                let errors: Vec<f64> = rows
                    .iter()
                    .filter_map(|&row| Some((truth.get(row)? - predicted.get(row)?).abs()))
                    .collect();
                let mean = errors.iter().sum::<f64>() / n;
                let squares: f64 = errors.iter().map(|error| (error - mean).powi(2)).sum();
                let half = if n > 1.0 {
                    Z * (squares / (n - 1.0) / n).sqrt()
                } else {
                    f64::MAX
                };
                Some(Self {
                    metric: "mae",
                    value: mean,
                    interval: Interval {
                        low: (mean - half).max(0.0),
                        high: mean + half,
                    },
                })
            }
            _ => None,
        }
    }

    fn is_worse_than(&self, overall: &Self) -> bool {
        // The interval alone is not enough: of rows that are all right it ends a rounding error below 1.
        if self.metric == "accuracy" {
            self.value < overall.value && self.interval.high < overall.value
        } else {
            self.value > overall.value && self.interval.low > overall.value
        }
    }
}

/// Values of a column with their rows, ascending: its commonest levels, quartiles of numbers, what is missing. Nothing
/// when no level repeats.
pub fn parts(values: &RawValues) -> Vec<(String, Vec<usize>)> {
    match values {
        RawValues::Texts(texts) => {
            let mut levels: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
            let mut missing = Vec::new();
            for (row, text) in texts.iter().enumerate() {
                match text.as_deref().filter(|text| !text.is_empty()) {
                    Some(text) => levels.entry(text).or_default().push(row),
                    None => missing.push(row),
                }
            }
            let levels = levels
                .into_iter()
                .map(|(text, rows)| (text.to_owned(), rows));
            with_missing(largest(levels.collect()), missing)
        }
        RawValues::Numbers(numbers) => {
            let missing: Vec<usize> = (0..numbers.len())
                .filter(|&row| numbers[row].is_nan())
                .collect();
            let present: Vec<usize> = (0..numbers.len())
                .filter(|&row| !numbers[row].is_nan())
                .collect();
            with_missing(of_numbers(numbers, &present), missing)
        }
    }
}

fn with_missing(
    mut parts: Vec<(String, Vec<usize>)>,
    missing: Vec<usize>,
) -> Vec<(String, Vec<usize>)> {
    if !missing.is_empty() {
        parts.push(("missing".to_owned(), missing));
    }
    parts
}

/// The levels with most rows, and what is left as `other`; nothing when no level repeats.
fn largest(mut levels: Vec<(String, Vec<usize>)>) -> Vec<(String, Vec<usize>)> {
    if levels.iter().all(|(_, rows)| rows.len() < FEWEST_ROWS) {
        return Vec::new();
    }
    levels.sort_by_key(|(_, rows)| Reverse(rows.len()));
    if levels.len() > MAX_LEVELS {
        let mut other: Vec<usize> = levels
            .split_off(MAX_LEVELS)
            .into_iter()
            .flat_map(|(_, rows)| rows)
            .collect();
        other.sort_unstable();
        levels.push(("other".to_owned(), other));
    }
    levels
}

fn of_numbers(numbers: &[f64], present: &[usize]) -> Vec<(String, Vec<usize>)> {
    let mut sorted: Vec<f64> = present.iter().map(|&row| numbers[row] + 0.0).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    let mut distinct = sorted.clone();
    distinct.dedup();
    if distinct.len() <= MAX_LEVELS {
        let rows_of = |value: f64| {
            present
                .iter()
                .copied()
                .filter(move |&row| numbers[row] == value)
        };
        return distinct
            .into_iter()
            .map(|value| (number(value), rows_of(value).collect()))
            .collect();
    }
    let edges: Vec<f64> = (1..N_BINS)
        .map(|edge| quantile(&sorted, edge as f64 / N_BINS as f64))
        .collect();
    let mut bins: Vec<Vec<usize>> = vec![Vec::new(); N_BINS];
    for &row in present {
        bins[edges.partition_point(|&edge| edge < numbers[row])].push(row);
    }
    bins.into_iter()
        .filter(|rows| !rows.is_empty())
        .map(|rows| {
            let (low, high) = rows.iter().fold((f64::MAX, f64::MIN), |(low, high), &row| {
                (low.min(numbers[row]), high.max(numbers[row]))
            });
            (format!("{} to {}", number(low), number(high)), rows)
        })
        .collect()
}
