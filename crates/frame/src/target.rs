//! What is to be predicted, taken from a column.

use std::collections::{BTreeMap, BTreeSet};

use assay_core::Target;
use assay_core::schema::ColumnType;

use crate::columns::View;
use crate::error::Error;
use crate::frame::Frame;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TargetKind {
    /// Classes for text, booleans, integers of at most 20 distinct values and floats of at most 2 distinct whole
    /// values; else values.
    Auto,
    Classes,
    Values,
}

#[derive(Debug, Clone, PartialEq)]
pub struct TargetColumn {
    /// One entry per row of `rows`. Classes of an integer column, and of a float column of whole values, are integers.
    pub target: Target,
    /// 0-based rows of the table in which the target is present (and finite), ascending.
    pub rows: Vec<usize>,
    pub n_missing: u64,
}

const MAX_AUTO_CLASSES: usize = 20;
const MAX_CLASSES: usize = 1000;

/// # Errors
/// [`Error::NoSuchColumn`], [`Error::WrongType`] for dates and for values of text, [`Error::TooFewClasses`] for one
/// distinct value, [`Error::TooManyClasses`] over 1,000.
pub fn target(frame: &Frame, column: &str, want: TargetKind) -> Result<TargetColumn, Error> {
    let view = frame.view(column)?;
    match (view, want) {
        (View::Date(_) | View::Datetime(_), _) => Err(wrong(
            column,
            view,
            "a target must be numbers, texts or booleans",
        )),
        (View::Text(_), TargetKind::Values) => {
            Err(wrong(column, view, "a number is needed to regress on"))
        }
        (View::Text(values), _) => classes(column, ColumnType::Text, values.iter(), str::to_owned),
        (View::Boolean(values), TargetKind::Auto | TargetKind::Classes) => {
            classes(column, ColumnType::Boolean, values.iter(), |value| {
                value.to_string()
            })
        }
        (View::Integer(values), TargetKind::Classes) => {
            classes(column, ColumnType::Integer, values.iter(), |value| {
                value.to_string()
            })
        }
        (View::Integer(values), TargetKind::Auto) => {
            if more_than(MAX_AUTO_CLASSES, values.iter().flatten()) {
                regression(column, view)
            } else {
                target(frame, column, TargetKind::Classes)
            }
        }
        (View::Float(_) | View::Decimal(..), TargetKind::Classes | TargetKind::Auto) => {
            let values = view.numbers().unwrap_or_default();
            let whole: Option<Vec<Option<i64>>> = values.into_iter().map(whole).collect();
            match whole {
                Some(whole)
                    if want == TargetKind::Classes || !more_than(2, whole.iter().flatten()) =>
                {
                    classes(column, ColumnType::Integer, whole.into_iter(), |value| {
                        value.to_string()
                    })
                }
                None if want == TargetKind::Classes => Err(wrong(
                    column,
                    view,
                    "classes must be whole numbers, texts or booleans",
                )),
                _ => regression(column, view),
            }
        }
        (
            View::Integer(_) | View::Float(_) | View::Decimal(..) | View::Boolean(_),
            TargetKind::Values,
        ) => regression(column, view),
    }
}

fn wrong(column: &str, view: View<'_>, needed: &str) -> Error {
    Error::WrongType {
        column: column.to_owned(),
        found: view.kind().label().to_owned(),
        needed: needed.to_owned(),
    }
}

/// `None`: not whole; `Some(None)`: missing.
fn whole(value: Option<f64>) -> Option<Option<i64>> {
    match value {
        None => Some(None),
        Some(value) if value.fract() == 0.0 && value.abs() < 9e15 => Some(Some(value as i64)),
        Some(_) => None,
    }
}

fn more_than<T: Ord>(n: usize, values: impl Iterator<Item = T>) -> bool {
    let mut distinct = BTreeSet::new();
    for value in values {
        distinct.insert(value);
        if distinct.len() > n {
            return true;
        }
    }
    false
}

/// Classes in ascending order of their values; `false` comes before `true`.
fn classes<T: Ord + Clone>(
    column: &str,
    kind: ColumnType,
    values: impl Iterator<Item = Option<T>>,
    print: impl Fn(T) -> String,
) -> Result<TargetColumn, Error> {
    let values: Vec<Option<T>> = values.collect();
    let mut places: BTreeMap<T, u32> = values.iter().flatten().map(|v| (v.clone(), 0)).collect();
    check_distinct(column, places.len())?;
    if places.len() > MAX_CLASSES {
        return Err(Error::TooManyClasses {
            column: column.to_owned(),
            n_distinct: places.len(),
            limit: MAX_CLASSES,
        });
    }
    for (place, index) in places.values_mut().zip(0..) {
        *place = index;
    }
    let mut rows = Vec::with_capacity(values.len());
    let mut indices = Vec::with_capacity(values.len());
    for (row, value) in values.iter().enumerate() {
        if let Some(index) = value.as_ref().and_then(|value| places.get(value)) {
            rows.push(row);
            indices.push(*index);
        }
    }
    Ok(TargetColumn {
        n_missing: (values.len() - rows.len()) as u64,
        target: Target::Classes {
            classes: places.into_keys().map(print).collect(),
            kind,
            indices,
        },
        rows,
    })
}

fn regression(column: &str, view: View<'_>) -> Result<TargetColumn, Error> {
    let numbers = view.numbers().unwrap_or_default();
    let mut rows = Vec::with_capacity(numbers.len());
    let mut values = Vec::with_capacity(numbers.len());
    for (row, value) in numbers.iter().enumerate() {
        if let Some(value) = value.filter(|value| value.is_finite()) {
            rows.push(row);
            values.push(value);
        }
    }
    let distinct: BTreeSet<u64> = values
        .iter()
        .map(|value| (value + 0.0).to_bits())
        .take(1)
        .collect();
    let first = distinct.first().copied();
    let constant = values
        .iter()
        .all(|value| Some((value + 0.0).to_bits()) == first);
    if constant {
        check_distinct(column, distinct.len())?;
    }
    Ok(TargetColumn {
        n_missing: (numbers.len() - rows.len()) as u64,
        target: Target::Values(values),
        rows,
    })
}

fn check_distinct(column: &str, n_distinct: usize) -> Result<(), Error> {
    if n_distinct < 2 {
        return Err(Error::TooFewClasses {
            column: column.to_owned(),
            n_distinct,
        });
    }
    Ok(())
}
