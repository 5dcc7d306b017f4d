//! Production logs: put in time order and cut into windows.

use std::ops::Range;

use assay_core::TimestampMs;
use assay_core::replay::WindowSpec;
use polars::prelude::{IdxCa, IdxSize, NewChunkedArray, PlSmallStr};

use crate::columns::View;
use crate::error::Error;
use crate::frame::Frame;
use crate::time;

/// A log in the order in which it is replayed.
#[derive(Debug, Clone)]
pub struct OrderedLog {
    pub frame: Frame,
    /// One per row, ascending; `None` without a timestamp column.
    pub times_ms: Option<Vec<TimestampMs>>,
    /// Rows that were put aside because their time is missing.
    pub n_without_time: u64,
}

/// One window: rows of the ordered log. Empty: a gap in time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    /// 0-based rows.
    pub range: Range<usize>,
    /// By time: the window's own bounds, start inclusive, end exclusive. By rows: the times of its first and last
    /// row, both inclusive; `None` without times.
    pub start_ms: Option<TimestampMs>,
    pub end_ms: Option<TimestampMs>,
}

/// At most so many windows are cut.
pub const MAX_WINDOWS: u64 = 10_000;

const MS_PER_DAY: i64 = 86_400_000;

/// Sorts by `timestamp` (stable): a date-time, a date, an integer (seconds, milli-, micro- or nanoseconds since 1970, by the
/// size of the largest) or ISO 8601 text. `None` keeps the order of the file.
///
/// # Errors
/// [`Error::NoSuchColumn`], [`Error::WrongType`], [`Error::BadValue`] for a text that is no time,
/// [`Error::NoRows`] when no row has a time.
pub fn order_log(frame: &Frame, timestamp: Option<&str>) -> Result<OrderedLog, Error> {
    let Some(column) = timestamp else {
        return Ok(OrderedLog {
            frame: frame.clone(),
            times_ms: None,
            n_without_time: 0,
        });
    };
    let times = times_of(column, frame.view(column)?)?;
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
        times_ms: Some(order.into_iter().map(|(time, _)| time).collect()),
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

/// Cuts `n_rows` rows into windows: by rows (the last one may be shorter), or by time, aligned to multiples of the
/// length since 1970, with empty windows kept as gaps. `times_ms` is ascending, one per row.
///
/// # Errors
/// [`Error::NoTimes`] for windows by time without times, [`Error::TooManyWindows`] over [`MAX_WINDOWS`].
pub fn windows(
    n_rows: usize,
    times_ms: Option<&[TimestampMs]>,
    window: WindowSpec,
) -> Result<Vec<Window>, Error> {
    match window {
        WindowSpec::Rows(length) => by_rows(n_rows, times_ms, length.max(1)),
        WindowSpec::Millis(length) => by_time(times_ms.ok_or(Error::NoTimes)?, length.max(1)),
    }
}

fn by_rows(
    n_rows: usize,
    times_ms: Option<&[TimestampMs]>,
    length: u64,
) -> Result<Vec<Window>, Error> {
    limit_windows((n_rows as u64).div_ceil(length))?;
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    let time = |row: usize| times_ms.and_then(|times| times.get(row)).copied();
    Ok((0..n_rows)
        .step_by(length)
        .map(|first| {
            let end = first.saturating_add(length).min(n_rows);
            Window {
                range: first..end,
                start_ms: time(first),
                end_ms: time(end - 1),
            }
        })
        .collect())
}

fn by_time(times: &[TimestampMs], length: i64) -> Result<Vec<Window>, Error> {
    let (Some(first), Some(last)) = (times.first(), times.last()) else {
        return Ok(Vec::new());
    };
    let (first, last) = (first.div_euclid(length), last.div_euclid(length));
    limit_windows(last.abs_diff(first).saturating_add(1))?;
    let mut row = 0;
    Ok((first..=last)
        .map(|window| {
            let start = row;
            row += times
                .iter()
                .skip(start)
                .take_while(|time| time.div_euclid(length) <= window)
                .count();
            Window {
                range: start..row,
                start_ms: Some(window.saturating_mul(length)),
                end_ms: Some(window.saturating_add(1).saturating_mul(length)),
            }
        })
        .collect())
}

fn limit_windows(found: u64) -> Result<(), Error> {
    if found > MAX_WINDOWS {
        return Err(Error::TooManyWindows {
            found,
            limit: MAX_WINDOWS,
        });
    }
    Ok(())
}
