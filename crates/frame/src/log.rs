//! Production logs: read in parts, their times in any common form, their columns as drift takes them; put in time order
//! where that is asked for.

mod calendar;
mod columns;
mod times;

use assay_core::TimestampMs;
use polars::prelude::{IdxCa, IdxSize, NewChunkedArray, PlSmallStr};

use crate::columns::View;
use crate::error::Error;
use crate::frame::Frame;
use crate::time;

/// A log in the order of its times.
#[derive(Debug, Clone)]
pub struct OrderedLog {
    pub frame: Frame,
    /// One per row, ascending.
    pub times_ms: Vec<TimestampMs>,
    /// Rows that were put aside because they have no time, or none that can be read.
    pub n_without_time: u64,
    /// Of the times; without the times themselves.
    pub unreadable: ReadTimes,
}

/// At most so many windows are cut.
pub const MAX_WINDOWS: u64 = 10_000;

pub use calendar::{Calendar, Span};
pub use columns::{LogColumn, ReadColumn, read_column};
pub use times::{LogTimes, ReadTimes, TimeEvidence, TimeForm};

const MS_PER_DAY: i64 = 86_400_000;

/// Sorts by time (stable).
///
/// # Errors
/// [`Error::NoSuchColumn`], [`Error::NoTimes`] when no row has a time.
pub fn order_log(frame: &Frame, times: &LogTimes) -> Result<OrderedLog, Error> {
    let mut read = times.read(frame)?;
    let times = std::mem::take(&mut read.times_ms);
    let mut order: Vec<(TimestampMs, IdxSize)> = times
        .iter()
        .zip(0..)
        .filter_map(|(time, row)| time.map(|time| (time, row)))
        .collect();
    if order.is_empty() {
        return Err(Error::NoTimes);
    }
    // row numbers break ties: the sort is stable
    order.sort_unstable();
    let rows = IdxCa::from_iter_values(PlSmallStr::EMPTY, order.iter().map(|(_, row)| *row));
    Ok(OrderedLog {
        n_without_time: (times.len() - order.len()) as u64,
        frame: frame.with_data(frame.data.take(&rows)?),
        times_ms: order.into_iter().map(|(time, _)| time).collect(),
        unreadable: read,
    })
}

pub(crate) fn times_of(column: &str, view: View<'_>) -> Result<Vec<Option<TimestampMs>>, Error> {
    match view {
        View::Datetime(values) => Ok(values
            .iter()
            .map(|value| value.map(|micros| micros.div_euclid(1000)))
            .collect()),
        View::Date(values) => Ok(values
            .iter()
            .map(|value| value.map(|days| i64::from(days) * MS_PER_DAY))
            .collect()),
        View::Integer(values) => {
            let largest = values.iter().flatten().map(i64::unsigned_abs).max();
            let to_ms = epoch_unit(largest.unwrap_or(0));
            Ok(values.iter().map(|value| value.map(to_ms)).collect())
        }
        View::Text(values) => values
            .iter()
            .zip(1..)
            .map(|(value, row)| match value {
                None => Ok(None),
                Some(text) => match text_to_ms(text) {
                    Some(ms) => Ok(Some(ms)),
                    None => Err(Error::BadValue {
                        column: column.to_owned(),
                        row,
                        value: text.to_owned(),
                        needed: "time in ISO 8601",
                    }),
                },
            })
            .collect(),
        View::Float(_) | View::Decimal(..) | View::Boolean(_) => Err(Error::WrongType {
            column: column.to_owned(),
            found: view.kind().label().to_owned(),
            needed: "a timestamp must be a date-time, a date, whole seconds or ISO 8601 text"
                .to_owned(),
        }),
    }
}

/// Seconds reach to the year 5138 before they are taken for milliseconds, and so on.
fn epoch_unit(largest: u64) -> fn(i64) -> TimestampMs {
    match largest {
        0..100_000_000_000 => |seconds| seconds * 1000,
        100_000_000_000..100_000_000_000_000 => |millis| millis,
        100_000_000_000_000..100_000_000_000_000_000 => |micros| micros.div_euclid(1000),
        _ => |nanos| nanos.div_euclid(1_000_000),
    }
}

fn text_to_ms(text: &str) -> Option<TimestampMs> {
    let text = text.trim();
    match time::parse_datetime(text) {
        Some(parsed) => Some(parsed.micros.div_euclid(1000)),
        None => time::parse_date(text).map(|days| i64::from(days) * MS_PER_DAY),
    }
}
