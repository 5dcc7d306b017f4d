//! Values of sources whose columns have no declared type (JSON, worksheets, SQLite): one by one, the type of a column
//! found over all of them, and the column in that type.

use std::ops::Range;

use assay_core::Task;
use assay_core::schema::{Column, ColumnType, Form};
use polars::prelude::{IntoSeries, PlSmallStr, Series, StringChunkedBuilder};

use super::nulls::Nulls;
use crate::columns::{Values, float_text};
use crate::time::{self, Zones};
use crate::types::Type;

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Cell<'a> {
    Missing,
    Boolean(bool),
    Integer(i64),
    /// A number that 64 bits do not hold, as it stands.
    Large(&'a str),
    Float(f64),
    Text(&'a str),
    /// Days since 1970-01-01.
    Date(i32),
    /// Microseconds since 1970-01-01T00:00.
    Datetime(i64),
}

/// The cells of one row; those that it lacks are missing.
#[derive(Default, Clone)]
pub(super) struct Row {
    text: String,
    cells: Vec<(usize, Stored)>,
}

#[derive(Clone)]
enum Stored {
    Missing,
    Boolean(bool),
    Integer(i64),
    Large(Range<usize>),
    Float(f64),
    Text(Range<usize>),
    Date(i32),
    Datetime(i64),
}

impl Row {
    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.cells.clear();
    }

    pub(super) fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// Bytes of its texts.
    pub(super) fn text_bytes(&self) -> usize {
        self.text.len()
    }

    /// A later cell of the same column counts.
    pub(super) fn push(&mut self, column: usize, cell: Cell<'_>) {
        let mut keep = |text: &str| {
            let start = self.text.len();
            self.text.push_str(text);
            start..self.text.len()
        };
        let stored = match cell {
            Cell::Missing => Stored::Missing,
            Cell::Boolean(value) => Stored::Boolean(value),
            Cell::Integer(value) => Stored::Integer(value),
            Cell::Large(text) => Stored::Large(keep(text)),
            Cell::Float(value) => Stored::Float(value),
            Cell::Text(text) => Stored::Text(keep(text)),
            Cell::Date(value) => Stored::Date(value),
            Cell::Datetime(value) => Stored::Datetime(value),
        };
        self.cells.push((column, stored));
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (usize, Cell<'_>)> {
        let text = |range: &Range<usize>| self.text.get(range.clone()).unwrap_or("");
        self.cells.iter().map(move |(column, stored)| {
            let cell = match stored {
                Stored::Missing => Cell::Missing,
                Stored::Boolean(value) => Cell::Boolean(*value),
                Stored::Integer(value) => Cell::Integer(*value),
                Stored::Large(range) => Cell::Large(text(range)),
                Stored::Float(value) => Cell::Float(*value),
                Stored::Text(range) => Cell::Text(text(range)),
                Stored::Date(value) => Cell::Date(*value),
                Stored::Datetime(value) => Cell::Datetime(*value),
            };
            (column.to_owned(), cell)
        })
    }
}

impl<'a> Cell<'a> {
    /// Missing when the text is empty or one of the markers.
    pub(super) fn present(self, nulls: &Nulls) -> Self {
        match self {
            Self::Text(text) if nulls.contains(text.trim()) => Self::Missing,
            Self::Float(value) if value.is_nan() => Self::Missing,
            other => other,
        }
    }

    /// As it prints; `None`: missing.
    pub(super) fn text(self) -> Option<String> {
        Some(match self {
            Self::Missing => return None,
            Self::Boolean(value) => value.to_string(),
            Self::Integer(value) => value.to_string(),
            Self::Float(value) => float_text(value),
            Self::Large(text) | Self::Text(text) => text.to_owned(),
            Self::Date(days) => time::date_text(days),
            Self::Datetime(micros) => time::datetime_text(micros),
        })
    }
}

/// What the values of a column are, counted.
#[derive(Default)]
pub(super) struct Seen {
    n_booleans: u64,
    n_integers: u64,
    n_large: u64,
    n_floats: u64,
    n_texts: u64,
    n_dates: u64,
    n_datetimes: u64,
    /// Of the texts.
    n_text_dates: u64,
    zones: Zones,
    n_text_datetimes: u64,
}

impl Seen {
    pub(super) fn push(&mut self, cell: Cell<'_>) {
        match cell {
            Cell::Missing => {}
            Cell::Boolean(_) => self.n_booleans += 1,
            Cell::Integer(_) => self.n_integers += 1,
            Cell::Large(_) => self.n_large += 1,
            Cell::Float(_) => self.n_floats += 1,
            Cell::Date(_) => self.n_dates += 1,
            Cell::Datetime(_) => self.n_datetimes += 1,
            Cell::Text(text) => {
                let all_times = self.n_text_dates + self.n_text_datetimes == self.n_texts;
                self.n_texts += 1;
                // one text that is none settles it
                if !all_times {
                } else if time::parse_date(text).is_some() {
                    self.n_text_dates += 1;
                } else if let Some(parsed) = time::parse_datetime(text) {
                    self.n_text_datetimes += 1;
                    self.zones.note(&parsed);
                }
            }
        }
    }

    /// The type that holds them all.
    pub(super) fn found(&self, name: &str, task: &Task) -> Type {
        let numbers = self.n_integers + self.n_large + self.n_floats;
        let times = self.n_dates + self.n_datetimes;
        let all = self.n_booleans + numbers + times + self.n_texts;
        let only = |n: u64| n > 0 && n == all;
        if only(self.n_booleans) {
            return Type::plain(ColumnType::Boolean);
        }
        if only(self.n_integers) {
            return Type::plain(ColumnType::Integer);
        }
        if only(numbers) && self.n_floats > 0 {
            return Type::plain(ColumnType::Float);
        }
        if only(self.n_dates) || only(self.n_text_dates) {
            return Type::plain(ColumnType::Date);
        }
        if only(times) {
            return Type::plain(ColumnType::Datetime);
        }
        if only(self.n_text_datetimes) {
            match self.zones.form() {
                Ok(form) => {
                    return Type {
                        kind: ColumnType::Datetime,
                        form,
                    };
                }
                Err(_) => task.warn(format!(
                    "column `{name}` holds times with and without a zone; it is kept as text"
                )),
            }
        } else if self.n_texts < all {
            task.warn(format!("column `{name}` holds values of several types, or whole numbers that exceed 64 bits; it is kept as text"));
        }
        Type::plain(ColumnType::Text)
    }
}

/// A column that grows.
pub(super) struct Builder {
    name: String,
    form: Option<Form>,
    values: Growing,
}

enum Growing {
    Text(Box<StringChunkedBuilder>),
    Typed(Values),
}

impl Builder {
    pub(super) fn new(column: &Column, n_rows: usize) -> Self {
        let values = match column.kind {
            ColumnType::Text => Growing::Text(Box::new(StringChunkedBuilder::new(
                PlSmallStr::from_str(&column.name),
                n_rows,
            ))),
            ColumnType::Integer => Growing::Typed(Values::Integer(Vec::with_capacity(n_rows))),
            ColumnType::Float => Growing::Typed(Values::Float(Vec::with_capacity(n_rows))),
            ColumnType::Boolean => Growing::Typed(Values::Boolean(Vec::with_capacity(n_rows))),
            ColumnType::Date => Growing::Typed(Values::Date(Vec::with_capacity(n_rows))),
            ColumnType::Datetime => Growing::Typed(Values::Datetime(Vec::with_capacity(n_rows))),
        };
        Self {
            name: column.name.clone(),
            form: column.form.clone(),
            values,
        }
    }

    /// A value of the type that was found; another is missing.
    pub(super) fn push(&mut self, cell: Cell<'_>) {
        let values = match &mut self.values {
            Growing::Text(texts) => {
                match cell {
                    Cell::Text(text) => texts.append_option(Some(text).filter(|t| !t.is_empty())),
                    other => texts.append_option(other.text()),
                }
                return;
            }
            Growing::Typed(values) => values,
        };
        match values {
            Values::Integer(values) => values.push(match cell {
                Cell::Integer(value) => Some(value),
                _ => None,
            }),
            Values::Float(values) => values.push(match cell {
                Cell::Integer(value) => Some(value as f64),
                Cell::Float(value) => Some(value),
                Cell::Large(text) => text.parse().ok(),
                _ => None,
            }),
            Values::Boolean(values) => values.push(match cell {
                Cell::Boolean(value) => Some(value),
                _ => None,
            }),
            Values::Date(values) => values.push(match cell {
                Cell::Date(days) => Some(days),
                Cell::Text(text) => time::parse_date(text),
                _ => None,
            }),
            Values::Datetime(values) => values.push(match cell {
                Cell::Datetime(micros) => Some(micros),
                Cell::Date(days) => Some(i64::from(days) * time::MICROS_PER_DAY),
                Cell::Text(text) => time::parse_datetime(text).map(|parsed| parsed.micros),
                _ => None,
            }),
            Values::Decimal(values, _) => values.push(None),
        }
    }

    pub(super) fn finish(self) -> (Series, Option<Form>) {
        let series = match self.values {
            Growing::Text(texts) => texts.finish().into_series(),
            Growing::Typed(values) => values.into_series(&self.name),
        };
        (series, self.form)
    }
}
