//! Columns that say which rows belong together and which come first, for splits and their checks.

use std::collections::HashMap;

use crate::columns::View;
use crate::error::Error;
use crate::frame::Frame;
use crate::log::times_of;

/// A code per row, the same for equal values, in order of first appearance; `None` where the value is missing.
///
/// # Errors
/// [`Error::NoSuchColumn`].
pub fn group_codes(frame: &Frame, column: &str) -> Result<Vec<Option<u32>>, Error> {
    let view = frame.view(column)?;
    if let View::Integer(values) = view {
        return Ok(coded(values.iter()));
    }
    Ok(coded(view.texts().into_iter()))
}

fn coded<T: std::hash::Hash + Eq>(values: impl Iterator<Item = Option<T>>) -> Vec<Option<u32>> {
    let mut codes: HashMap<T, u32> = HashMap::new();
    values
        .map(|value| {
            let next = codes.len() as u32;
            value.map(|value| *codes.entry(value).or_insert(next))
        })
        .collect()
}

/// A number per row that rises with time; `None` where the time is missing. Dates and date-times, texts in ISO 8601,
/// and any numbers (a year, a step).
///
/// # Errors
/// [`Error::NoSuchColumn`], [`Error::WrongType`] for booleans, [`Error::BadValue`] for a text that is no time.
pub fn row_times(frame: &Frame, column: &str) -> Result<Vec<Option<i64>>, Error> {
    let view = frame.view(column)?;
    match view {
        View::Integer(values) => Ok(values.iter().collect()),
        View::Float(_) | View::Decimal(..) => Ok(view
            .numbers()
            .unwrap_or_default()
            .into_iter()
            .map(|value| value.map(ordered))
            .collect()),
        _ => times_of(column, view),
    }
}

/// The bits of a float as an integer of the same order.
fn ordered(value: f64) -> i64 {
    let bits = (value + 0.0).to_bits() as i64;
    bits ^ (((bits >> 63) as u64) >> 1) as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_keep_their_order() {
        let values = [
            f64::NEG_INFINITY,
            -2.5,
            -1e-300,
            0.0,
            1e-300,
            2.0,
            f64::INFINITY,
        ];
        assert!(values.map(ordered).is_sorted_by(|a, b| a < b));
        assert_eq!(ordered(-0.0), ordered(0.0));
    }

    #[test]
    fn equal_values_have_one_code() {
        let codes = coded([Some("b"), None, Some("a"), Some("b")].into_iter());
        assert_eq!(codes, [Some(0), None, Some(1), Some(0)]);
    }
}
