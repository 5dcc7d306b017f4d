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

/// A category that the reference did not hold.
pub const UNSEEN: f64 = -1.0;

/// Numbers of categories by falling share, of each column of texts; made once for many rows.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RowCodes {
    columns: Vec<Option<HashMap<String, f64>>>,
}

impl RowCodes {
    /// [`UNSEEN`] for a text that the reference did not hold; NaN for a missing one, and where the reference holds numbers.
    pub fn code(&self, column: usize, text: Option<&str>) -> f64 {
        match (self.columns.get(column), text) {
            (Some(Some(codes)), Some(text)) => codes.get(text).copied().unwrap_or(UNSEEN),
            _ => f64::NAN,
        }
    }

    pub fn is_text(&self, column: usize) -> bool {
        self.columns.get(column).is_some_and(Option::is_some)
    }
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

    pub fn codes(&self) -> RowCodes {
        let codes = |column: &EncodedColumn| match &column.kind {
            EncodedKind::Number { .. } => None,
            EncodedKind::Category { shares, .. } => {
                let numbered = ranked(shares).into_iter().zip(0_u32..);
                Some(
                    numbered
                        .map(|((name, _), code)| (name.to_owned(), f64::from(code)))
                        .collect(),
                )
            }
        };
        RowCodes {
            columns: self.columns.iter().map(codes).collect(),
        }
    }

    /// Row-major: numbers as they are, categories by their codes, NaN where one is missing. A column that is missing, or
    /// holds numbers where the reference held texts or the other way round, counts as missing values.
    pub fn raw(&self, rows: &Columns) -> Vec<f64> {
        let p = self.n_columns();
        let codes = self.codes();
        let mut raw = vec![f64::NAN; rows.n_rows * p];
        for (at, column) in self.columns.iter().enumerate() {
            let slots = raw.iter_mut().skip(at).step_by(p);
            match rows.column(&column.name).map(|column| &column.values) {
                Some(RawValues::Numbers(numbers)) if !codes.is_text(at) => {
                    slots
                        .zip(numbers)
                        .for_each(|(slot, number)| *slot = *number);
                }
                Some(RawValues::Texts(texts)) => {
                    let texts = texts.iter().map(Option::as_deref);
                    slots
                        .zip(texts)
                        .for_each(|(slot, text)| *slot = codes.code(at, text));
                }
                _ => {}
            }
        }
        raw
    }

    /// Rows of [`Self::raw`] with categories as their shares, what is missing filled, scaled to mean 0 and standard deviation
    /// 1 of the reference.
    pub fn scaled(&self, raw: &[f64]) -> Vec<f64> {
        let fillings: Vec<Filling> = self.columns.iter().map(EncodedColumn::filling).collect();
        let p = self.n_columns().max(1);
        let mut scaled = raw.to_vec();
        for row in scaled.chunks_exact_mut(p) {
            for ((slot, column), filling) in row.iter_mut().zip(&self.columns).zip(&fillings) {
                *slot = (filling.number(*slot) - column.mean) / column.scale;
            }
        }
        scaled
    }

    /// Rows of [`Self::raw`] with what is missing filled, in the columns' own units. For models that split.
    pub fn filled(&self, raw: &[f64]) -> Vec<f64> {
        let fill = |column: &EncodedColumn| match column.kind {
            EncodedKind::Number { fill } => fill,
            // The most frequent has the first code.
            EncodedKind::Category { .. } => 0.0,
        };
        let fills: Vec<f64> = self.columns.iter().map(fill).collect();
        let filled = raw.iter().zip(fills.iter().cycle());
        filled
            .map(|(value, fill)| if value.is_finite() { *value } else { *fill })
            .collect()
    }

    /// [`Self::scaled`] of a table's rows.
    pub fn encode(&self, rows: &Columns) -> Vec<f64> {
        self.scaled(&self.raw(rows))
    }

    pub fn place(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }
}

/// How a raw value becomes a number.
enum Filling {
    Number { fill: f64 },
    Category { shares: Vec<f64>, other: f64 },
}

impl Filling {
    fn number(&self, raw: f64) -> f64 {
        match self {
            Self::Number { fill } => match raw.is_finite() {
                true => raw,
                false => *fill,
            },
            Self::Category { shares, other } => {
                let code = if raw.is_finite() { raw } else { 0.0 };
                let share = (code >= 0.0).then(|| shares.get(code as usize)).flatten();
                share.copied().unwrap_or(*other)
            }
        }
    }
}

impl EncodedColumn {
    fn filling(&self) -> Filling {
        match &self.kind {
            EncodedKind::Number { fill } => Filling::Number { fill: *fill },
            EncodedKind::Category { shares, other, .. } => Filling::Category {
                shares: ranked(shares).into_iter().map(|(_, share)| share).collect(),
                other: *other,
            },
        }
    }
}

/// By falling share, then by name.
fn ranked(shares: &BTreeMap<String, f64>) -> Vec<(&str, f64)> {
    let mut ranked: Vec<(&str, f64)> = shares.iter().map(|(k, v)| (k.as_str(), *v)).collect();
    ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(b.0)));
    ranked
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
    let alone = RowEncoding {
        columns: vec![fitted.clone()],
    };
    let encoded = alone.encode(&Columns {
        n_rows: n_values(&column.values),
        columns: vec![column.clone()],
    });
    let moments = crate::sketch::Moments::of(&encoded);
    let std = (moments.m2 / moments.n as f64).sqrt();
    fitted.mean = moments.mean;
    // What rounding leaves of a constant is no scale (scikit-learn's bound).
    let least = moments.n as f64 * f64::EPSILON * moments.mean.abs();
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
