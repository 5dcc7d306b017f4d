//! Columns of a part of a log as drift takes them: numbers, or texts by code.

use assay_core::matrix::RawValues;
use assay_core::recipe::InputColumn;
use assay_core::schema::ColumnType;
use polars::prelude::PlHashMap;

use crate::columns::View;
use crate::error::Error;
use crate::frame::Frame;
use crate::recipe::{raw_columns, time_number};

/// The values of one column, one entry a row.
#[derive(Debug, Clone, PartialEq)]
pub enum LogColumn {
    /// A missing value is NaN.
    Numbers(Vec<f64>),
    Texts {
        /// Index into `texts`; [`LogColumn::MISSING`] for a missing one.
        codes: Vec<u32>,
        /// Distinct, in order of first appearance.
        texts: Vec<String>,
    },
}

impl LogColumn {
    pub const MISSING: u32 = u32::MAX;

    /// Every value missing.
    pub fn missing(is_text: bool, n_rows: usize) -> Self {
        match is_text {
            true => Self::Texts {
                codes: vec![Self::MISSING; n_rows],
                texts: Vec::new(),
            },
            false => Self::Numbers(vec![f64::NAN; n_rows]),
        }
    }

    pub fn of_texts<'a>(values: impl Iterator<Item = Option<&'a str>>) -> Self {
        let mut known: PlHashMap<&'a str, u32> = PlHashMap::default();
        let mut texts = Vec::new();
        let codes = values
            .map(|value| {
                let Some(text) = value else {
                    return Self::MISSING;
                };
                *known.entry(text).or_insert_with(|| {
                    texts.push(text.to_owned());
                    u32::try_from(texts.len() - 1).unwrap_or(Self::MISSING)
                })
            })
            .collect();
        Self::Texts { codes, texts }
    }

    pub fn of(values: &RawValues) -> Self {
        match values {
            RawValues::Numbers(numbers) => Self::Numbers(numbers.clone()),
            RawValues::Texts(texts) => Self::of_texts(texts.iter().map(Option::as_deref)),
        }
    }

    /// The values of some rows, as a model takes them; a row that is not there is a missing value.
    pub fn values_at(&self, rows: &[usize]) -> RawValues {
        match self {
            Self::Numbers(numbers) => {
                let number = |row: &usize| numbers.get(*row).copied().unwrap_or(f64::NAN);
                RawValues::Numbers(rows.iter().map(number).collect())
            }
            Self::Texts { codes, texts } => {
                let text = |row: &usize| texts.get(*codes.get(*row)? as usize).cloned();
                RawValues::Texts(rows.iter().map(text).collect())
            }
        }
    }
}

/// A column that was read, and what was odd about it.
#[derive(Debug, Clone, PartialEq)]
pub struct ReadColumn {
    pub column: LogColumn,
    /// The type that the log has, where it is not one that the input takes as it is.
    pub changed: Option<ColumnType>,
    /// Values that could not be read as the input's type; they are missing.
    pub n_unreadable: u64,
    /// The first of them.
    pub unreadable: Option<String>,
    /// Their rows, ascending.
    pub unreadable_rows: Vec<usize>,
}

/// The column `name` as the values of an input: numbers of a text column where they are some, texts of a column of numbers
/// as they print. What cannot be read is missing.
///
/// # Errors
/// [`Error::NoSuchColumn`].
pub fn read_column(frame: &Frame, name: &str, input: &InputColumn) -> Result<ReadColumn, Error> {
    let view = frame.view(name)?;
    let as_it_is = |column| ReadColumn {
        column,
        changed: None,
        n_unreadable: 0,
        unreadable: None,
        unreadable_rows: Vec::new(),
    };
    let is_time = |kind| matches!(kind, ColumnType::Date | ColumnType::Datetime);
    let is_wrong = !input.is_text() && view.kind() == ColumnType::Text
        || is_time(view.kind()) != is_time(input.kind);
    if is_wrong && view.n_missing() < frame.n_rows() {
        return Ok(read_changed(frame, view, input));
    }
    Ok(as_it_is(match view {
        View::Text(values) if input.is_text() => LogColumn::of_texts(values.iter()),
        // Without missing values they are copied as one piece.
        View::Float(values) if !input.is_text() => LogColumn::Numbers(match values.cont_slice() {
            Ok(slice) => slice.to_vec(),
            Err(_) => values.iter().map(|v| v.unwrap_or(f64::NAN)).collect(),
        }),
        View::Integer(values) if !input.is_text() => {
            let number = |v: i64| v as f64;
            LogColumn::Numbers(match values.cont_slice() {
                Ok(slice) => slice.iter().copied().map(number).collect(),
                Err(_) => values.iter().map(|v| v.map_or(f64::NAN, number)).collect(),
            })
        }
        _ => {
            let rows: Vec<usize> = (0..frame.n_rows()).collect();
            let here = InputColumn {
                name: name.to_owned(),
                kind: input.kind,
            };
            let columns = raw_columns(frame, &rows, &[here])?.columns;
            match columns.first() {
                Some(column) => LogColumn::of(&column.values),
                None => LogColumn::missing(input.is_text(), frame.n_rows()),
            }
        }
    }))
}

fn read_changed(frame: &Frame, view: View<'_>, input: &InputColumn) -> ReadColumn {
    let mut read = ReadColumn {
        column: LogColumn::missing(input.is_text(), frame.n_rows()),
        changed: Some(view.kind()),
        n_unreadable: 0,
        unreadable: None,
        unreadable_rows: Vec::new(),
    };
    if input.is_text() {
        // Dates and date-times as they print.
        let texts = view.texts();
        read.column = LogColumn::of_texts(texts.iter().map(Option::as_deref));
        return read;
    }
    let numbers = view
        .texts()
        .into_iter()
        .enumerate()
        .map(|(row, text)| {
            let Some(text) = text else { return f64::NAN };
            let number = match input.kind {
                ColumnType::Date | ColumnType::Datetime => time_number(&text, input.kind),
                ColumnType::Boolean if text.eq_ignore_ascii_case("true") => Some(1.0),
                ColumnType::Boolean if text.eq_ignore_ascii_case("false") => Some(0.0),
                _ => text.trim().parse().ok().filter(|n: &f64| n.is_finite()),
            };
            number.unwrap_or_else(|| {
                read.n_unreadable += 1;
                read.unreadable_rows.push(row);
                read.unreadable.get_or_insert(text);
                f64::NAN
            })
        })
        .collect();
    read.column = LogColumn::Numbers(numbers);
    read
}
