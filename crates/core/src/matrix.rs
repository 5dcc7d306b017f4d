//! Plain tables of numbers and texts, as they pass between the crates that own the heavy libraries.

use crate::schema::ColumnType;
use crate::train::ProblemKind;

/// Features after the recipe. Invariant: `values.len() == n_rows * names.len()`, row-major, finite or NaN (a
/// missing value that the recipe left to the algorithm).
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Matrix {
    pub n_rows: usize,
    /// Feature names in column order.
    pub names: Vec<String>,
    /// f32, because the exported graph computes its features in f32.
    pub values: Vec<f32>,
}

impl Matrix {
    pub fn n_columns(&self) -> usize {
        self.names.len()
    }

    pub fn row(&self, row: usize) -> &[f32] {
        let n = self.n_columns();
        self.values.get(row * n..(row + 1) * n).unwrap_or(&[])
    }

    /// The rows named, in that order. Rows out of range are left out.
    pub fn take(&self, rows: &[usize]) -> Self {
        let mut values = Vec::with_capacity(rows.len() * self.n_columns());
        let mut n_rows = 0;
        for &row in rows.iter().filter(|&&row| row < self.n_rows) {
            values.extend_from_slice(self.row(row));
            n_rows += 1;
        }
        Self {
            n_rows,
            names: self.names.clone(),
            values,
        }
    }
}

/// What is to be predicted, one entry a row.
#[derive(Debug, Clone, PartialEq)]
pub enum Target {
    Classes {
        /// The classes as text, in ascending order (numerically when the column is numeric).
        classes: Vec<String>,
        /// The type of the target column: integer classes leave the ONNX graph as integers, others as text.
        kind: ColumnType,
        /// Index into `classes`, per row.
        indices: Vec<u32>,
    },
    Values(Vec<f64>),
    /// The rows come without an answer: what is asked for is found in their features.
    Nothing {
        n_rows: usize,
        problem: ProblemKind,
    },
}

impl Target {
    pub fn n_rows(&self) -> usize {
        match self {
            Self::Classes { indices, .. } => indices.len(),
            Self::Values(values) => values.len(),
            Self::Nothing { n_rows, .. } => *n_rows,
        }
    }

    pub fn problem(&self) -> ProblemKind {
        match self {
            Self::Classes { classes, .. } if classes.len() <= 2 => ProblemKind::Binary,
            Self::Classes { .. } => ProblemKind::Multiclass,
            Self::Values(_) => ProblemKind::Regression,
            Self::Nothing { problem, .. } => *problem,
        }
    }

    /// The rows named, in that order. Rows out of range are left out.
    pub fn take(&self, rows: &[usize]) -> Self {
        match self {
            Self::Classes {
                classes,
                kind,
                indices,
            } => Self::Classes {
                classes: classes.clone(),
                kind: *kind,
                indices: rows
                    .iter()
                    .filter_map(|&row| indices.get(row).copied())
                    .collect(),
            },
            Self::Values(values) => Self::Values(
                rows.iter()
                    .filter_map(|&row| values.get(row).copied())
                    .collect(),
            ),
            Self::Nothing { n_rows, problem } => Self::Nothing {
                n_rows: rows.iter().filter(|&row| row < n_rows).count(),
                problem: *problem,
            },
        }
    }
}

/// Raw columns as they enter the exported graph.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Columns {
    pub n_rows: usize,
    pub columns: Vec<RawColumn>,
}

impl Columns {
    pub fn column(&self, name: &str) -> Option<&RawColumn> {
        self.columns.iter().find(|column| column.name == name)
    }
}

impl Columns {
    /// The rows named, in that order. A row out of range is missing.
    pub fn take(&self, rows: &[usize]) -> Self {
        Self {
            n_rows: rows.len(),
            columns: self
                .columns
                .iter()
                .map(|column| RawColumn {
                    name: column.name.clone(),
                    values: column.values.take(rows),
                })
                .collect(),
        }
    }

    /// A range of rows, cut to those that exist.
    pub fn slice(&self, rows: std::ops::Range<usize>) -> Self {
        let end = rows.end.min(self.n_rows);
        let range = rows.start.min(end)..end;
        Self {
            n_rows: range.len(),
            columns: self
                .columns
                .iter()
                .map(|column| RawColumn {
                    name: column.name.clone(),
                    values: column.values.slice(range.clone()),
                })
                .collect(),
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct RawColumn {
    pub name: String,
    pub values: RawValues,
}

#[derive(Debug, Clone, PartialEq)]
pub enum RawValues {
    /// Integers, floats and booleans (0, 1); a missing value is NaN.
    Numbers(Vec<f64>),
    Texts(Vec<Option<String>>),
}

impl RawValues {
    /// A copy of a range of rows; empty when it does not exist.
    pub fn slice(&self, rows: std::ops::Range<usize>) -> Self {
        match self {
            Self::Numbers(values) => Self::Numbers(values.get(rows).unwrap_or_default().to_vec()),
            Self::Texts(values) => Self::Texts(values.get(rows).unwrap_or_default().to_vec()),
        }
    }

    /// The rows named, in that order. A row out of range is missing.
    pub fn take(&self, rows: &[usize]) -> Self {
        match self {
            Self::Numbers(values) => Self::Numbers(
                rows.iter()
                    .map(|&row| values.get(row).copied().unwrap_or(f64::NAN))
                    .collect(),
            ),
            Self::Texts(values) => Self::Texts(
                rows.iter()
                    .map(|&row| values.get(row).cloned().flatten())
                    .collect(),
            ),
        }
    }

    /// The smallest and the largest finite number; `None` for texts and when there is none.
    pub fn finite_range(&self) -> Option<(f64, f64)> {
        let Self::Numbers(values) = self else {
            return None;
        };
        values
            .iter()
            .filter(|value| value.is_finite())
            .fold(None, |range, &value| match range {
                None => Some((value, value)),
                Some((low, high)) => Some((f64::min(low, value), f64::max(high, value))),
            })
    }
}

/// What a model says, one entry a row.
#[derive(Debug, Clone, PartialEq)]
pub enum Prediction {
    Classes {
        /// Index of the most probable class, per row; the lowest index wins a tie.
        indices: Vec<u32>,
        /// Row-major, n_rows x n_classes; each row sums to 1.
        probabilities: Vec<f64>,
        n_classes: usize,
    },
    Values(Vec<f64>),
    /// Places among few coordinates.
    Coordinates {
        /// Row-major, n_rows x n_components.
        values: Vec<f64>,
        /// At least 1.
        n_components: usize,
    },
}

impl Prediction {
    /// Parts of one model's answers, one after another. Parts of another form than the first are left out.
    pub fn concat(parts: Vec<Self>) -> Self {
        let mut parts = parts.into_iter();
        let mut whole = parts.next().unwrap_or(Self::Values(Vec::new()));
        for part in parts {
            match (&mut whole, part) {
                (
                    Self::Classes {
                        indices,
                        probabilities,
                        ..
                    },
                    Self::Classes {
                        indices: more,
                        probabilities: more_probabilities,
                        ..
                    },
                ) => {
                    indices.extend(more);
                    probabilities.extend(more_probabilities);
                }
                (Self::Values(values), Self::Values(more))
                | (Self::Coordinates { values, .. }, Self::Coordinates { values: more, .. }) => {
                    values.extend(more);
                }
                _ => {}
            }
        }
        whole
    }

    pub fn n_rows(&self) -> usize {
        match self {
            Self::Classes { indices, .. } => indices.len(),
            Self::Values(values) => values.len(),
            Self::Coordinates {
                values,
                n_components,
            } => values.len() / (*n_components).max(1),
        }
    }

    /// The rows named, in that order. Rows out of range are left out.
    pub fn take(&self, rows: &[usize]) -> Self {
        match self {
            Self::Coordinates {
                values,
                n_components,
            } => Self::Coordinates {
                values: rows
                    .iter()
                    .filter_map(|&row| values.get(row * n_components..(row + 1) * n_components))
                    .flatten()
                    .copied()
                    .collect(),
                n_components: *n_components,
            },
            Self::Classes {
                indices,
                probabilities,
                n_classes,
            } => {
                let rows = || rows.iter().filter(|&&row| row < indices.len());
                Self::Classes {
                    indices: rows().map(|&row| indices[row]).collect(),
                    probabilities: rows()
                        .filter_map(|&row| {
                            probabilities.get(row * n_classes..(row + 1) * n_classes)
                        })
                        .flatten()
                        .copied()
                        .collect(),
                    n_classes: *n_classes,
                }
            }
            Self::Values(values) => Self::Values(
                rows.iter()
                    .filter_map(|&row| values.get(row).copied())
                    .collect(),
            ),
        }
    }
}

/// Index of the most probable class of one row; the lowest index wins a tie.
///
/// Compared in 32 bits, because that is what the exported graph answers in: a tie among trees stays a tie whatever
/// the order in which their votes were added.
pub fn most_probable(probabilities: &[f64]) -> u32 {
    let mut best = 0;
    for (index, &probability) in probabilities.iter().enumerate() {
        if probability as f32 > probabilities[best] as f32 {
            best = index;
        }
    }
    best as u32
}
