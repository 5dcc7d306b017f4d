//! Texts that are moments: dates and date-times out of JSON.

use assay_core::Task;
use polars::prelude::Series;

use crate::columns::{Values, text_series};
use crate::time;

/// Texts of one column end to end; a missing value is the empty text.
#[derive(Debug, Default, Clone)]
pub(super) struct TextColumn {
    bytes: String,
    ends: Vec<usize>,
}

impl TextColumn {
    /// `None` and the empty text are missing.
    pub(super) fn push(&mut self, text: Option<&str>) {
        self.bytes.push_str(text.unwrap_or(""));
        self.ends.push(self.bytes.len());
    }

    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = Option<&str>> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts
            .zip(&self.ends)
            .map(|(start, &end)| self.bytes.get(start..end).filter(|text| !text.is_empty()))
    }

    fn present(&self) -> impl Iterator<Item = &str> {
        self.iter().flatten()
    }
}

/// The column as dates or date-times when all values are, else as text.
pub(super) fn typed_as_time(name: &str, column: &TextColumn, task: &Task) -> Series {
    if let Some(values) = all(column, time::parse_date) {
        return Values::Date(values).into_series(name);
    }
    if let Some(values) = all(column, time::parse_datetime) {
        let n_zoned = values.iter().flatten().filter(|value| value.zoned).count();
        if n_zoned == 0 || n_zoned == values.iter().flatten().count() {
            let micros = values.iter().map(|value| value.map(|v| v.micros)).collect();
            return Values::Datetime(micros).into_series(name);
        }
        task.warn(format!(
            "column `{name}` holds times with and without a zone; it is kept as text"
        ));
    }
    as_text(name, column)
}

fn as_text(name: &str, column: &TextColumn) -> Series {
    text_series(name, column.len(), column.iter())
}

/// All values parsed; `None` when one cannot be, or when there is none.
fn all<T>(column: &TextColumn, parse: impl Fn(&str) -> Option<T>) -> Option<Vec<Option<T>>> {
    column.present().next()?;
    let mut values = Vec::new();
    for text in column.iter() {
        values.push(match text {
            None => None,
            Some(text) => Some(parse(text)?),
        });
    }
    Some(values)
}
