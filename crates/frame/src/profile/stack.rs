//! Batches one under another, and tables without rows.

use assay_core::schema::{ColumnType, Schema};
use polars::prelude::Series;

use crate::columns::{Values, text_series};
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
