//! The type of a column of texts, and its values in that type.

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

/// What a text is as a literal.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Literal {
    Integer(i64),
    /// A whole number that 64 bits cannot hold.
    LargeInteger,
    Float(f64),
    Other,
}

/// Numbers as programs write them: digits with one point, an exponent, `inf`. A leading zero before a digit makes a code.
pub(super) fn literal(text: &str) -> Literal {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let bytes = digits.as_bytes();
    match bytes.first() {
        Some(b'0') if bytes.get(1).is_some_and(u8::is_ascii_digit) => Literal::Other,
        Some(b'0'..=b'9' | b'.') => {
            if bytes.iter().all(u8::is_ascii_digit) {
                text.parse().map_or(Literal::LargeInteger, Literal::Integer)
            } else {
                text.parse().map_or(Literal::Other, Literal::Float)
            }
        }
        Some(b'i' | b'I')
            if digits.eq_ignore_ascii_case("inf") || digits.eq_ignore_ascii_case("infinity") =>
        {
            text.parse().map_or(Literal::Other, Literal::Float)
        }
        _ => Literal::Other,
    }
}

/// The column in the first type that fits all its values.
pub(super) fn typed(name: &str, column: &TextColumn, task: &Task) -> Series {
    match numbers(column) {
        Some(Numbers::Integers(values)) => return Values::Integer(values).into_series(name),
        Some(Numbers::Floats(values)) => return Values::Float(values).into_series(name),
        Some(Numbers::TooLarge) => {
            task.warn(format!(
                "column `{name}` holds whole numbers that exceed 64 bits; it is kept as text"
            ));
            return as_text(name, column);
        }
        None => {}
    }
    if let Some(values) = booleans(column) {
        return Values::Boolean(values).into_series(name);
    }
    typed_as_time(name, column, task)
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

enum Numbers {
    Integers(Vec<Option<i64>>),
    Floats(Vec<Option<f64>>),
    TooLarge,
}

fn numbers(column: &TextColumn) -> Option<Numbers> {
    let (mut n_floats, mut n_finite, mut n_large) = (0_usize, 0_usize, 0_usize);
    for text in column.present() {
        match literal(text) {
            Literal::Integer(_) => n_finite += 1,
            Literal::LargeInteger => n_large += 1,
            Literal::Float(value) => {
                n_floats += 1;
                n_finite += usize::from(value.is_finite());
            }
            Literal::Other => return None,
        }
    }
    if n_finite + n_large == 0 {
        return None;
    }
    if n_floats > 0 {
        let value = |text: &str| text.parse().ok();
        return Some(Numbers::Floats(
            column.iter().map(|text| text.and_then(value)).collect(),
        ));
    }
    if n_large > 0 {
        return Some(Numbers::TooLarge);
    }
    let value = |text: &str| text.parse().ok();
    Some(Numbers::Integers(
        column.iter().map(|text| text.and_then(value)).collect(),
    ))
}

fn booleans(column: &TextColumn) -> Option<Vec<Option<bool>>> {
    all(column, |text| {
        if text.eq_ignore_ascii_case("true") {
            Some(true)
        } else if text.eq_ignore_ascii_case("false") {
            Some(false)
        } else {
            None
        }
    })
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::columns::column_type;
    use assay_core::schema::ColumnType;

    #[test]
    fn columns_get_the_first_type_that_fits() {
        for (values, kind) in [
            (&["1", "", "-2"][..], ColumnType::Integer),
            (&["1", "2.5"], ColumnType::Float),
            (&["1e3", ".5", "5."], ColumnType::Float),
            (&["0", "-0", "10"], ColumnType::Integer),
            (&["inf", "1.0"], ColumnType::Float),
            (&["inf", "-inf"], ColumnType::Text),
            (&["true", "False", "TRUE"], ColumnType::Boolean),
            (&["true", "1"], ColumnType::Text),
            (&["yes", "no"], ColumnType::Text),
            (&["2026-11-21", ""], ColumnType::Date),
            (
                &["2026-11-21T10:00", "2026-11-21 11:00:30.5"],
                ColumnType::Datetime,
            ),
            (&["2026-11-21T10:00Z", "2026-11-21 11:00"], ColumnType::Text),
            (&["2026-11-21", "2026-11-21 11:00"], ColumnType::Text),
            (&["21.11.2026"], ColumnType::Text),
            (&["007", "12"], ColumnType::Text),
            (&["9223372036854775807"], ColumnType::Integer),
            (&["9223372036854775808", "1"], ColumnType::Text),
            (&["9223372036854775808", "1.5"], ColumnType::Float),
            (&["", ""], ColumnType::Text),
            (&["1,000"], ColumnType::Text),
            (&["0x1f"], ColumnType::Text),
            (&["1_000"], ColumnType::Text),
        ] {
            let mut column = TextColumn::default();
            for value in values {
                column.push(Some(value));
            }
            let series = typed("x", &column, &Task::silent());
            assert_eq!(column_type(series.dtype()), Some(kind), "{values:?}");
            assert_eq!(series.len(), values.len());
            let n_empty = values.iter().filter(|value| value.is_empty()).count();
            assert_eq!(series.null_count(), n_empty, "{values:?}");
        }
    }
}
