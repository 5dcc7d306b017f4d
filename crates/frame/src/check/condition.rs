//! Row conditions over the columns of a table.

use std::cmp::Ordering;

use assay_core::expect::Problem;
use assay_core::expect::condition::{Comparison, Condition, Operand};
use assay_core::schema::{ColumnType, Schema};

use super::cell::{Cell, KeySet, cell, read_value};
use super::piece::Piece;
use super::{column_of, kind_words};
use crate::error::Error;

/// A condition whose columns are there and compare with its values.
#[derive(Debug, PartialEq)]
pub(super) enum RowCondition {
    And(Vec<RowCondition>),
    Or(Vec<RowCondition>),
    Not(Box<RowCondition>),
    Compare {
        column: String,
        comparison: Comparison,
        value: Cell<String>,
    },
    CompareColumns {
        left: String,
        comparison: Comparison,
        right: String,
    },
    In {
        column: String,
        keys: KeySet<u128>,
        negated: bool,
    },
    IsNull {
        column: String,
        is_null: bool,
    },
    IsTrue(String),
}

impl RowCondition {
    /// # Errors
    /// A column that is not there, or that does not compare with the value.
    pub(super) fn new(condition: &Condition, schema: &Schema) -> Result<Self, Problem> {
        let all = |parts: &[Condition]| {
            parts
                .iter()
                .map(|part| Self::new(part, schema))
                .collect::<Result<Vec<_>, _>>()
        };
        Ok(match condition {
            Condition::And(parts) => Self::And(all(parts)?),
            Condition::Or(parts) => Self::Or(all(parts)?),
            Condition::Not(part) => Self::Not(Box::new(Self::new(part, schema)?)),
            Condition::Compare {
                left: Operand::Column(column),
                comparison,
                right: Operand::Value(value),
            } => {
                let kind = column_of(schema, column)?;
                let Some(value) = read_value(value, kind) else {
                    return Err(Problem(format!(
                        "the row condition compares `{column}`, which is {}, with {value}",
                        kind_words(kind)
                    )));
                };
                Self::Compare {
                    column: column.clone(),
                    comparison: *comparison,
                    value,
                }
            }
            Condition::Compare {
                left: Operand::Column(left),
                comparison,
                right: Operand::Column(right),
            } => {
                let (a, b) = (column_of(schema, left)?, column_of(schema, right)?);
                if !comparable(a, b) {
                    return Err(Problem(format!(
                        "the row condition compares `{left}`, which is {}, with `{right}`, which is {}",
                        kind_words(a),
                        kind_words(b)
                    )));
                }
                Self::CompareColumns {
                    left: left.clone(),
                    comparison: *comparison,
                    right: right.clone(),
                }
            }
            Condition::Compare { .. } => {
                return Err(Problem("the row condition names no column".to_owned()));
            }
            Condition::In {
                column,
                values,
                negated,
            } => {
                let kind = column_of(schema, column)?;
                Self::In {
                    column: column.clone(),
                    keys: values
                        .iter()
                        .filter_map(|value| read_value(value, kind))
                        .map(|value| value.key())
                        .collect(),
                    negated: *negated,
                }
            }
            Condition::IsNull { column, is_null } => {
                column_of(schema, column)?;
                Self::IsNull {
                    column: column.clone(),
                    is_null: *is_null,
                }
            }
            Condition::IsTrue { column } => {
                let kind = column_of(schema, column)?;
                if kind != ColumnType::Boolean {
                    return Err(Problem(format!(
                        "the row condition asks whether `{column}` is true, which is {}",
                        kind_words(kind)
                    )));
                }
                Self::IsTrue(column.clone())
            }
        })
    }

    pub(super) fn asks_for(&self, name: &str) -> bool {
        match self {
            Self::And(parts) | Self::Or(parts) => parts.iter().any(|part| part.asks_for(name)),
            Self::Not(part) => part.asks_for(name),
            Self::CompareColumns { left, right, .. } => left == name || right == name,
            Self::Compare { column, .. }
            | Self::In { column, .. }
            | Self::IsNull { column, .. }
            | Self::IsTrue(column) => column == name,
        }
    }

    /// Whether it holds, row by row.
    pub(super) fn mask(&self, piece: &Piece) -> Result<Vec<bool>, Error> {
        let n_rows = piece.n_rows();
        let rows = |column: &str, test: &dyn Fn(Cell<&str>) -> bool| {
            let view = piece.view(column)?;
            Ok((0..n_rows).map(|row| test(cell(view, row))).collect())
        };
        match self {
            Self::And(parts) => combined(parts, piece, |a, b| a && b),
            Self::Or(parts) => combined(parts, piece, |a, b| a || b),
            Self::Not(part) => {
                let mut mask = part.mask(piece)?;
                mask.iter_mut().for_each(|holds| *holds = !*holds);
                Ok(mask)
            }
            Self::Compare {
                column,
                comparison,
                value,
            } => rows(column, &|cell| holds(*comparison, cell.compare(value))),
            Self::CompareColumns {
                left,
                comparison,
                right,
            } => {
                let (left, right) = (piece.view(left)?, piece.view(right)?);
                Ok((0..n_rows)
                    .map(|row| holds(*comparison, cell(left, row).compare(&cell(right, row))))
                    .collect())
            }
            Self::In {
                column,
                keys,
                negated,
            } => rows(column, &|cell| keys.contains(&cell.key()) != *negated),
            Self::IsNull { column, is_null } => rows(column, &|cell| cell.is_missing() == *is_null),
            Self::IsTrue(column) => rows(column, &|cell| cell == Cell::Boolean(true)),
        }
    }
}

/// Whether values of these kinds have an order among them.
pub(super) fn comparable(a: ColumnType, b: ColumnType) -> bool {
    let is_time = |kind| matches!(kind, ColumnType::Date | ColumnType::Datetime);
    a == b || (a.is_numeric() && b.is_numeric()) || (is_time(a) && is_time(b))
}

fn combined(
    parts: &[RowCondition],
    piece: &Piece,
    both: impl Fn(bool, bool) -> bool,
) -> Result<Vec<bool>, Error> {
    let mut masks = parts.iter().map(|part| part.mask(piece));
    let Some(first) = masks.next() else {
        return Ok(vec![true; piece.n_rows()]);
    };
    let mut mask = first?;
    for other in masks {
        for (holds, other) in mask.iter_mut().zip(other?) {
            *holds = both(*holds, other);
        }
    }
    Ok(mask)
}

/// Without an order, which is so for a missing value, only `!=` holds; so it is in pandas.
fn holds(comparison: Comparison, ordering: Option<Ordering>) -> bool {
    match comparison {
        Comparison::Equal => ordering == Some(Ordering::Equal),
        Comparison::NotEqual => ordering != Some(Ordering::Equal),
        Comparison::Less => ordering == Some(Ordering::Less),
        Comparison::Greater => ordering == Some(Ordering::Greater),
        Comparison::LessOrEqual => ordering.is_some_and(Ordering::is_le),
        Comparison::GreaterOrEqual => ordering.is_some_and(Ordering::is_ge),
    }
}
