//! Batches one under another, and tables without rows.

use assay_core::schema::{ColumnType, Schema};
use polars::prelude::{ChunkedArray, PolarsNumericType, Series};

use crate::columns::{Values, View, text_series};
use crate::error::Error;
use crate::frame::Frame;

/// The parts in their order, which all have the columns of `schema`; no part is a table without rows.
pub(super) fn stacked(schema: &Schema, parts: Vec<Frame>) -> Result<Frame, Error> {
    let mut parts = parts.into_iter();
    let Some(mut first) = parts.next() else {
        let columns = schema.columns.iter();
        let columns = columns.map(|column| no_rows(&column.name, column.kind));
        return Frame::from_series(0, columns.collect());
    };
    for part in parts {
        first.data.vstack_mut_owned(part.data)?;
    }
    Ok(first)
}

fn no_rows(name: &str, kind: ColumnType) -> Series {
    match kind {
        ColumnType::Integer => Values::Integer(Vec::new()).into_series(name),
        ColumnType::Float => Values::Float(Vec::new()).into_series(name),
        ColumnType::Boolean => Values::Boolean(Vec::new()).into_series(name),
        ColumnType::Date => Values::Date(Vec::new()).into_series(name),
        ColumnType::Datetime => Values::Datetime(Vec::new()).into_series(name),
        ColumnType::Text => text_series(name, 0, std::iter::empty()),
    }
}

/// The rows at those 0-based places, in that order, in memory of their own.
pub(super) fn with_rows(frame: &Frame, places: &[usize]) -> Result<Frame, Error> {
    let columns = frame.views()?.into_iter().map(|(name, view)| {
        match view {
            View::Integer(values) => Values::Integer(picked(values, places)),
            View::Float(values) => Values::Float(picked(values, places)),
            View::Decimal(values, scale) => Values::Decimal(picked(values, places), scale),
            View::Date(values) => Values::Date(picked(values, places)),
            View::Datetime(values) => Values::Datetime(picked(values, places)),
            View::Boolean(values) => {
                Values::Boolean(places.iter().map(|place| values.get(*place)).collect())
            }
            View::Text(values) => {
                let texts = places.iter().map(|place| values.get(*place));
                return text_series(&name, places.len(), texts);
            }
        }
        .into_series(&name)
    });
    Frame::from_series(places.len(), columns.collect())
}

fn picked<T: PolarsNumericType>(
    values: &ChunkedArray<T>,
    places: &[usize],
) -> Vec<Option<T::Native>> {
    places.iter().map(|place| values.get(*place)).collect()
}
