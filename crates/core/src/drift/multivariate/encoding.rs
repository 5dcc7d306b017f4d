//! Rows of a table as vectors of numbers, by what the reference says of each column.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use super::MultivariateError;
use crate::matrix::{Columns, RawColumn, RawValues};

/// Categories that are remembered by name.
const MAX_CATEGORIES: usize = 1_000;

/// How a reference's columns become numbers. Small, and travels with a model version.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RowEncoding {
    pub columns: Vec<EncodedColumn>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EncodedColumn {
    pub name: String,
    pub kind: EncodedKind,
    /// Of the encoded reference; a scale of 0 is 1 (as scikit-learn's `StandardScaler`, divisor n).
    pub mean: f64,
    pub scale: f64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum EncodedKind {
    /// The number itself; a missing one is the reference's mean.
    Number { fill: f64 },
    /// The category's share of the reference; a missing one is the most frequent (the first by name of several). A
    /// category that the reference did not hold is 0, or, where there are over 1,000, the mean share of those that were
    /// not kept by name.
    Category {
        fill: String,
        shares: BTreeMap<String, f64>,
        other: f64,
    },
}

/// What a column says of its categories, besides by their share: a number each, by falling share.
fn codes(shares: &BTreeMap<String, f64>) -> HashMap<&str, f64> {
    let mut ranked: Vec<(&str, f64)> = shares.iter().map(|(k, v)| (k.as_str(), *v)).collect();
    ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(b.0)));
    ranked
        .into_iter()
        .enumerate()
        .map(|(code, (name, _))| (name, code as f64))
        .collect()
}

impl RowEncoding {
    /// Of the reference's columns; columns without any value are left out.
    ///
    /// # Errors
    /// Columns of different lengths, under two rows, or under two columns with values.
    pub fn fit(reference: &Columns) -> Result<Self, MultivariateError> {
        for column in &reference.columns {
            let found = n_values(&column.values);
            if found != reference.n_rows {
                return Err(MultivariateError::Lengths {
                    column: column.name.clone(),
                    found,
                    n_rows: reference.n_rows,
                });
            }
        }
        let columns: Vec<EncodedColumn> = reference.columns.iter().filter_map(fitted).collect();
        if reference.n_rows < 2 || columns.len() < 2 {
            return Err(MultivariateError::TooSmall {
                n_rows: reference.n_rows,
                n_columns: columns.len(),
            });
        }
        Ok(Self { columns })
    }

    pub fn n_columns(&self) -> usize {
        self.columns.len()
    }

    /// Row-major, scaled to mean 0 and standard deviation 1 of the reference. A column that is missing, or holds numbers
    /// where the reference held texts, counts as missing values.
    pub fn encode(&self, rows: &Columns) -> Vec<f64> {
        self.encoded(rows, |column, out| {
            for value in out {
                *value = (*value - column.mean) / column.scale;
            }
        })
    }

    /// Row-major, in the columns' own units; categories as numbers by falling share of the reference, -1 for one that it
    /// did not hold. For models that split.
    pub fn encode_codes(&self, rows: &Columns) -> Vec<f64> {
        let mut encoded = self.encoded(rows, |_, _| {});
        let p = self.n_columns();
        for (at, column) in self.columns.iter().enumerate() {
            let EncodedKind::Category { fill, shares, .. } = &column.kind else {
                continue;
            };
            let codes = codes(shares);
            for (row, slot) in encoded.iter_mut().skip(at).step_by(p).enumerate() {
                let text = text_at(rows.column(&column.name), row).unwrap_or(fill);
                *slot = codes.get(text).copied().unwrap_or(-1.0);
            }
        }
        encoded
    }

    fn encoded(&self, rows: &Columns, finish: impl Fn(&EncodedColumn, &mut [f64])) -> Vec<f64> {
        let p = self.n_columns();
        let mut encoded = vec![0.0; rows.n_rows * p];
        for (at, column) in self.columns.iter().enumerate() {
            let mut values = column.encode(rows.column(&column.name), rows.n_rows);
            finish(column, &mut values);
            for (slot, value) in encoded.iter_mut().skip(at).step_by(p).zip(values) {
                *slot = value;
            }
        }
        encoded
    }
}

impl EncodedColumn {
    fn encode(&self, column: Option<&RawColumn>, n_rows: usize) -> Vec<f64> {
        match &self.kind {
            EncodedKind::Number { fill } => match column.map(|column| &column.values) {
                Some(RawValues::Numbers(values)) if values.len() == n_rows => values
                    .iter()
                    .map(|value| if value.is_finite() { *value } else { *fill })
                    .collect(),
                _ => vec![*fill; n_rows],
            },
            EncodedKind::Category {
                fill,
                shares,
                other,
            } => {
                let fast: HashMap<&str, f64> = shares
                    .iter()
                    .map(|(name, share)| (name.as_str(), *share))
                    .collect();
                (0..n_rows)
                    .map(|row| {
                        let text = text_at(column, row).unwrap_or(fill);
                        fast.get(text).copied().unwrap_or(*other)
                    })
                    .collect()
            }
        }
    }
}

fn text_at(column: Option<&RawColumn>, row: usize) -> Option<&str> {
    match &column?.values {
        RawValues::Texts(texts) => texts.get(row)?.as_deref(),
        RawValues::Numbers(_) => None,
    }
}

fn n_values(values: &RawValues) -> usize {
    match values {
        RawValues::Numbers(numbers) => numbers.len(),
        RawValues::Texts(texts) => texts.len(),
    }
}

fn fitted(column: &RawColumn) -> Option<EncodedColumn> {
    let kind = match &column.values {
        RawValues::Numbers(values) => {
            let finite = values.iter().filter(|value| value.is_finite());
            let (sum, n) = finite.fold((0.0, 0_u64), |(sum, n), value| (sum + value, n + 1));
            (n > 0).then(|| EncodedKind::Number {
                fill: sum / n as f64,
            })?
        }
        RawValues::Texts(texts) => category(texts)?,
    };
    let mut fitted = EncodedColumn {
        name: column.name.clone(),
        kind,
        mean: 0.0,
        scale: 1.0,
    };
    let encoded = fitted.encode(Some(column), n_values(&column.values));
    let moments = crate::sketch::Moments::of(&encoded);
    let std = (moments.m2 / moments.n as f64).sqrt();
    fitted.mean = moments.mean;
    // What rounding leaves of a constant is no scale.
    let least = 10.0 * f64::EPSILON * moments.mean.abs();
    fitted.scale = if std > least { std } else { 1.0 };
    Some(fitted)
}

fn category(texts: &[Option<String>]) -> Option<EncodedKind> {
    let mut counts: HashMap<&str, u64> = HashMap::new();
    for text in texts.iter().flatten() {
        *counts.entry(text).or_default() += 1;
    }
    let mut ranked: Vec<(&str, u64)> = counts.into_iter().collect();
    ranked.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    let (fill, _) = *ranked.first()?;
    let n_missing = texts.iter().filter(|text| text.is_none()).count() as u64;
    if let Some(first) = ranked.first_mut() {
        first.1 += n_missing;
    }
    let share = |count: u64| count as f64 / texts.len() as f64;
    let rest = ranked.get(MAX_CATEGORIES..).unwrap_or_default();
    let other = if rest.is_empty() {
        0.0
    } else {
        share(rest.iter().map(|(_, count)| count).sum()) / rest.len() as f64
    };
    Some(EncodedKind::Category {
        fill: fill.to_owned(),
        shares: ranked
            .iter()
            .take(MAX_CATEGORIES)
            .map(|&(name, count)| (name.to_owned(), share(count)))
            .collect(),
        other,
    })
}
