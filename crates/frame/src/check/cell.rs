//! One value of a column, whatever its type, and how values compare.

use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

use assay_core::schema::ColumnType;
use serde_json::Value;
use xxhash_rust::xxh3::xxh3_128;

use crate::columns::View;
use crate::{decimal, time};

/// A value; texts are borrowed or owned.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Cell<S> {
    Missing,
    Integer(i64),
    Float(f64),
    Boolean(bool),
    Text(S),
    /// Days since 1970-01-01.
    Date(i32),
    /// Microseconds since 1970-01-01T00:00.
    Datetime(i64),
}

/// The value in a 0-based row.
pub(super) fn cell(view: View<'_>, row: usize) -> Cell<&str> {
    let found = match view {
        View::Integer(values) => values.get(row).map(Cell::Integer),
        View::Float(values) => values.get(row).map(Cell::Float),
        View::Decimal(values, scale) => values
            .get(row)
            .map(|units| Cell::Float(decimal::to_float(units, scale))),
        View::Boolean(values) => values.get(row).map(Cell::Boolean),
        View::Text(values) => values.get(row).map(Cell::Text),
        View::Date(values) => values.get(row).map(Cell::Date),
        View::Datetime(values) => values.get(row).map(Cell::Datetime),
    };
    found.unwrap_or(Cell::Missing)
}

impl<S: AsRef<str>> Cell<S> {
    pub(super) fn is_missing(&self) -> bool {
        matches!(self, Self::Missing)
    }

    fn number(&self) -> Option<f64> {
        match self {
            Self::Integer(value) => Some(*value as f64),
            Self::Float(value) => Some(*value),
            _ => None,
        }
    }

    /// Dates begin at midnight.
    fn micros(&self) -> Option<i64> {
        match self {
            Self::Date(days) => Some(micros_of(*days)),
            Self::Datetime(micros) => Some(*micros),
            _ => None,
        }
    }

    /// `None` where one is missing or they are of kinds that do not compare.
    pub(super) fn compare<T: AsRef<str>>(&self, other: &Cell<T>) -> Option<Ordering> {
        match (self, other) {
            (Self::Integer(a), Cell::Integer(b)) => Some(a.cmp(b)),
            (Self::Text(a), Cell::Text(b)) => Some(a.as_ref().cmp(b.as_ref())),
            (Self::Boolean(a), Cell::Boolean(b)) => Some(a.cmp(b)),
            _ => match (self.number(), other.number()) {
                (Some(a), Some(b)) => a.partial_cmp(&b),
                _ => Some(self.micros()?.cmp(&other.micros()?)),
            },
        }
    }

    /// Equal for equal values, whole floats and integers included; a missing value has one too.
    pub(super) fn key(&self) -> u128 {
        const TAG: u32 = 64;
        match self {
            Self::Missing => 4 << TAG,
            Self::Integer(value) => u128::from(value.cast_unsigned()),
            Self::Float(value) if value.fract() == 0.0 && value.abs() < 9.2e18 => {
                u128::from((*value as i64).cast_unsigned())
            }
            Self::Float(value) => (1 << TAG) | u128::from(value.to_bits()),
            Self::Boolean(value) => (3 << TAG) | u128::from(*value),
            Self::Text(text) => text_key(text.as_ref()),
            Self::Date(days) => (2 << TAG) | u128::from(micros_of(*days).cast_unsigned()),
            Self::Datetime(micros) => (2 << TAG) | u128::from(micros.cast_unsigned()),
        }
    }

    /// Dates and date-times in ISO 8601.
    pub(super) fn json(&self) -> Value {
        match self {
            Self::Missing => Value::Null,
            Self::Integer(value) => (*value).into(),
            Self::Float(value) => (*value).into(),
            Self::Boolean(value) => (*value).into(),
            Self::Text(text) => text.as_ref().into(),
            Self::Date(days) => time::date_text(*days).into(),
            Self::Datetime(micros) => time::datetime_text(*micros).into(),
        }
    }
}

impl Cell<&str> {
    pub(super) fn owned(&self) -> Cell<String> {
        match *self {
            Cell::Missing => Cell::Missing,
            Cell::Integer(value) => Cell::Integer(value),
            Cell::Float(value) => Cell::Float(value),
            Cell::Boolean(value) => Cell::Boolean(value),
            Cell::Text(text) => Cell::Text(text.to_owned()),
            Cell::Date(days) => Cell::Date(days),
            Cell::Datetime(micros) => Cell::Datetime(micros),
        }
    }
}

/// A value of a suite as a value of a column of this kind: numbers and dates may be written as texts. `None` where no
/// value of the column can equal it.
pub(super) fn read_value(value: &Value, kind: ColumnType) -> Option<Cell<String>> {
    match (kind, value) {
        (_, Value::Null) => Some(Cell::Missing),
        (ColumnType::Integer | ColumnType::Float, Value::Number(number)) => match number.as_i64() {
            Some(whole) => Some(Cell::Integer(whole)),
            None => number.as_f64().map(Cell::Float),
        },
        (ColumnType::Integer | ColumnType::Float, Value::String(text)) => {
            let text = text.trim();
            let whole = text.parse().map(Cell::Integer);
            whole.or_else(|_| text.parse().map(Cell::Float)).ok()
        }
        (ColumnType::Boolean, Value::Bool(flag)) => Some(Cell::Boolean(*flag)),
        (ColumnType::Boolean, Value::String(text)) => {
            text.to_lowercase().parse().ok().map(Cell::Boolean)
        }
        (ColumnType::Text, Value::String(text)) => Some(Cell::Text(text.clone())),
        (ColumnType::Date | ColumnType::Datetime, Value::String(text)) => {
            micros(text).map(Cell::Datetime)
        }
        _ => None,
    }
}

/// Microseconds since 1970-01-01T00:00 of a date or a date-time in ISO 8601.
pub(super) fn micros(text: &str) -> Option<i64> {
    let text = text.trim();
    match time::parse_date(text) {
        Some(days) => Some(micros_of(days)),
        None => time::parse_datetime(text).map(|parsed| parsed.micros),
    }
}

pub(super) const MICROS_PER_DAY: i64 = 86_400_000_000;

fn micros_of(days: i32) -> i64 {
    i64::from(days) * MICROS_PER_DAY
}

pub(super) fn text_key(text: &str) -> u128 {
    xxh3_128(text.as_bytes())
}

/// Keys are hashes or close to it already; one multiplication spreads those that are not.
#[derive(Default)]
pub(super) struct KeyHasher(u64);

impl Hasher for KeyHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = xxhash_rust::xxh3::xxh3_64_with_seed(bytes, self.0);
    }

    fn write_u64(&mut self, value: u64) {
        let mixed = (self.0 ^ value).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = mixed ^ (mixed >> 32);
    }

    fn write_u128(&mut self, value: u128) {
        self.write_u64(value as u64 ^ (value >> 64) as u64);
    }
}

pub(super) type KeyMap<K, V> = HashMap<K, V, BuildHasherDefault<KeyHasher>>;
pub(super) type KeySet<K> = HashSet<K, BuildHasherDefault<KeyHasher>>;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn equal_values_have_equal_keys_and_compare_as_equal() {
        let read = |value: Value, kind| read_value(&value, kind).unwrap();
        let equal = [
            (
                read(json!(3), ColumnType::Integer),
                read(json!("3.0"), ColumnType::Float),
            ),
            (
                read(json!(-0.0), ColumnType::Float),
                read(json!(0), ColumnType::Float),
            ),
            (
                Cell::Date(1),
                read(json!("1970-01-02 00:00:00"), ColumnType::Date),
            ),
            (
                read(json!("True"), ColumnType::Boolean),
                Cell::Boolean(true),
            ),
        ];
        for (a, b) in equal {
            assert_eq!(a.key(), b.key(), "{a:?} {b:?}");
            assert_eq!(a.compare(&b), Some(Ordering::Equal), "{a:?} {b:?}");
        }
        assert_ne!(
            Cell::<&str>::Integer(1).key(),
            Cell::<&str>::Boolean(true).key()
        );
        assert_eq!(Cell::<&str>::Missing.compare(&Cell::Text("a")), None);
        assert_eq!(Cell::Text("1").compare(&Cell::<&str>::Integer(1)), None);
        assert_eq!(read_value(&json!(1), ColumnType::Text), None);
    }
}
