//! A page of rows, for a virtual table and for the command line.

use std::collections::HashMap;

use assay_core::query::{Filter, Value};
use polars::prelude::{
    Column, CompatLevel, DataFrame, IdxCa, IdxSize, IntoSeries, IpcStreamWriter, NewChunkedArray,
    PlSmallStr, SerWriter, SortOptions,
};

use crate::columns::View;
use crate::error::Error;
use crate::frame::Frame;

/// A page of the rows that match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rows {
    /// Over all pages.
    pub n_matching: u64,
    /// Arrow IPC stream, uncompressed, one batch, first column `__row` (1-based, 32-bit unsigned); large UTF-8 texts, no view
    /// types, no dictionaries; dates as days, date-times as microseconds.
    pub ipc: Vec<u8>,
}

/// Rows as texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowTexts {
    pub header: Vec<String>,
    /// `None`: missing.
    pub rows: Vec<Vec<Option<String>>>,
}

/// The name of the first column of [`Rows::ipc`].
const ROW_COLUMN: &str = "__row";

/// The rows from `offset` on, at most `limit`, among those that match the filter, sorted by `order_by` (missing values
/// last, ties in the order of the table) or in the order of the table.
///
/// # Errors
/// [`Error::NoSuchColumn`] for a name in `order_by` or in the filter.
pub fn rows(
    frame: &Frame,
    offset: u64,
    limit: u32,
    order_by: Option<&str>,
    descending: bool,
    filter: &Filter,
) -> Result<Rows, Error> {
    let matching = match_rows(frame, filter)?;
    let ordered = match order_by {
        None => matching,
        Some(column) => sort_rows(frame, matching, column, descending)?,
    };
    let offset = usize::try_from(offset).unwrap_or(usize::MAX);
    let page: Vec<IdxSize> = ordered
        .iter()
        .skip(offset)
        .take(limit as usize)
        .copied()
        .collect();
    Ok(Rows {
        n_matching: ordered.len() as u64,
        ipc: ipc_of(frame.data.take(&indices(&page))?, &page)?,
    })
}

/// At most `limit` rows from the 0-based row `offset` on.
///
/// # Errors
/// [`Error::Engine`] when the table breaks its own invariant.
pub fn row_texts(frame: &Frame, offset: u64, limit: u32) -> Result<RowTexts, Error> {
    let offset = usize::try_from(offset).unwrap_or(usize::MAX);
    let page = frame.slice(offset, limit as usize);
    let mut columns: Vec<_> = page
        .views()?
        .into_iter()
        .map(|(name, view)| page.printed(&name, view).into_iter())
        .collect();
    let rows = (0..page.n_rows())
        .map(|_| {
            columns
                .iter_mut()
                .map(|column| column.next().flatten())
                .collect()
        })
        .collect();
    Ok(RowTexts {
        header: page.names(),
        rows,
    })
}

/// One column as texts, a missing value as `None`.
///
/// # Errors
/// [`Error::NoSuchColumn`].
pub fn column_texts(frame: &Frame, name: &str) -> Result<Vec<Option<String>>, Error> {
    Ok(frame.printed(name, frame.view(name)?))
}

/// One column as the filter looks at it, row by row.
enum Cells<'a> {
    Numbers(Vec<Option<f64>>),
    Booleans(Vec<Option<bool>>),
    Texts(Vec<Option<&'a str>>),
    /// Dates in ISO 8601, which compare as texts in the order of time.
    Times(Vec<Option<String>>),
}

impl Cells<'_> {
    fn value(&self, row: usize) -> Value<'_> {
        match self {
            Self::Numbers(values) => {
                present(values, row).map_or(Value::Missing, |v| Value::Number(*v))
            }
            Self::Booleans(values) => {
                present(values, row).map_or(Value::Missing, |v| Value::Boolean(*v))
            }
            Self::Texts(values) => present(values, row).map_or(Value::Missing, |v| Value::Text(v)),
            Self::Times(values) => present(values, row).map_or(Value::Missing, |v| Value::Text(v)),
        }
    }
}

fn present<T>(values: &[Option<T>], row: usize) -> Option<&T> {
    values.get(row).and_then(Option::as_ref)
}

/// 0-based rows that match, ascending.
pub(crate) fn match_rows(frame: &Frame, filter: &Filter) -> Result<Vec<IdxSize>, Error> {
    let mut columns = HashMap::new();
    for name in filter.names() {
        let view = frame.view(name)?;
        let cells = match view {
            View::Integer(_) | View::Float(_) | View::Decimal(..) => {
                Cells::Numbers(view.numbers().unwrap_or_default())
            }
            View::Boolean(values) => Cells::Booleans(values.iter().collect()),
            View::Text(values) => Cells::Texts(values.iter().collect()),
            View::Date(_) | View::Datetime(_) => Cells::Times(view.texts()),
        };
        columns.insert(name, cells);
    }
    Ok((0..frame.n_rows())
        .zip(0..)
        .filter(|(row, _)| {
            filter.matches(&|name| {
                columns
                    .get(name)
                    .map_or(Value::Missing, |cells| cells.value(*row))
            })
        })
        .map(|(_, row)| row)
        .collect())
}

pub(crate) fn sort_rows(
    frame: &Frame,
    matching: Vec<IdxSize>,
    column: &str,
    descending: bool,
) -> Result<Vec<IdxSize>, Error> {
    frame.view(column)?;
    let wanted = indices(&matching);
    let values = frame.data.column(column)?.take(&wanted)?;
    let options = SortOptions::default()
        .with_order_descending(descending)
        .with_nulls_last(true)
        .with_maintain_order(true);
    let order = values.as_materialized_series().arg_sort(options);
    Ok(order
        .iter()
        .flatten()
        .filter_map(|place| matching.get(place as usize).copied())
        .collect())
}

pub(crate) fn indices(rows: &[IdxSize]) -> IdxCa {
    IdxCa::from_iter_values(PlSmallStr::EMPTY, rows.iter().copied())
}

/// `page`: the 0-based numbers of these rows.
pub(crate) fn ipc_of(mut data: DataFrame, page: &[IdxSize]) -> Result<Vec<u8>, Error> {
    let numbers = IdxCa::from_iter_values(
        PlSmallStr::from_static(ROW_COLUMN),
        page.iter().map(|row| row + 1),
    );
    // a column of this name in the data would stand twice
    if data.column(ROW_COLUMN).is_ok() {
        data.rename(ROW_COLUMN, PlSmallStr::from_static("__row_"))?;
    }
    data.insert_column(0, Column::from(numbers.into_series()))?;
    data.rechunk_mut();
    let mut bytes = Vec::new();
    IpcStreamWriter::new(&mut bytes)
        .with_compat_level(CompatLevel::oldest())
        .finish(&mut data)?;
    Ok(bytes)
}
