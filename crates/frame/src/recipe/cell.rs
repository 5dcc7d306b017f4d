//! One value on its way into a graph, as [`raw_columns`](crate::raw_columns) would read a table that holds it.

use std::sync::LazyLock;

use assay_core::schema::ColumnType;

use super::raw::MICROSECONDS_A_DAY;
use crate::read::nulls::Nulls;
use crate::time;

/// A date (`2026-11-21`) as days or a date-time (ISO 8601; with an offset it is taken to UTC) as microseconds since
/// 1970-01-01: a date where a date-time is wanted is its midnight, a date-time where a date is wanted its day. `None` for
/// another text and another kind.
pub fn time_number(text: &str, kind: ColumnType) -> Option<f64> {
    let days = || time::parse_date(text).map(f64::from);
    let micros = || time::parse_datetime_bytes(text.as_bytes()).map(|parsed| parsed.micros as f64);
    match kind {
        ColumnType::Date => days().or_else(|| Some((micros()? / MICROSECONDS_A_DAY).floor())),
        ColumnType::Datetime => days().map(|days| days * MICROSECONDS_A_DAY).or_else(micros),
        _ => None,
    }
}

/// Whether a field of a delimited file stands for no value.
pub fn is_missing_text(text: &str) -> bool {
    static MARKERS: LazyLock<Nulls> = LazyLock::new(|| Nulls::of_delimited(&[]));
    MARKERS.contains(text.trim())
}

/// A number of a graph as a person reads it: dates and date-times in ISO 8601, booleans as `true` and `false`.
pub fn number_text(value: f64, kind: ColumnType) -> String {
    match kind {
        ColumnType::Date => time::date_text(value as i32),
        ColumnType::Datetime => time::datetime_text(value as i64),
        ColumnType::Boolean => (value != 0.0).to_string(),
        ColumnType::Integer => format!("{value}"),
        ColumnType::Float | ColumnType::Text => crate::columns::float_text(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_enter_in_the_unit_of_their_input() {
        let day = MICROSECONDS_A_DAY;
        for (text, kind, wanted) in [
            ("1970-01-03", ColumnType::Date, Some(2.0)),
            ("1970-01-03", ColumnType::Datetime, Some(2.0 * day)),
            ("1970-01-03T12:00", ColumnType::Date, Some(2.0)),
            ("1970-01-03T12:00", ColumnType::Datetime, Some(2.5 * day)),
            ("1970-01-03T01:00+02:00", ColumnType::Date, Some(1.0)),
            ("1969-12-31", ColumnType::Date, Some(-1.0)),
            ("3.1.1970", ColumnType::Date, None),
            ("1970-01-03", ColumnType::Float, None),
        ] {
            assert_eq!(time_number(text, kind), wanted, "{text}");
        }
        assert!(
            ["", " NA ", "null", "nan"]
                .iter()
                .all(|text| is_missing_text(text))
        );
        assert!(!is_missing_text("0"));
        assert_eq!(number_text(2.0, ColumnType::Date), "1970-01-03");
        assert_eq!(number_text(1.0, ColumnType::Boolean), "true");
        assert_eq!(number_text(3.0, ColumnType::Integer), "3");
        assert_eq!(number_text(3.0, ColumnType::Float), "3.0");
    }
}
