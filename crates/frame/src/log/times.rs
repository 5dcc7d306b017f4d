//! The times of a log: epochs of any unit, ISO 8601, days and months in either order, with or without a zone.

use assay_core::TimestampMs;
use assay_core::replay::TimeFormat;
use assay_core::schema::{ColumnType, Form};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::MS_PER_DAY;
use crate::columns::View;
use crate::error::Error;
use crate::frame::Frame;
use crate::time;

/// How the times of a column are read, and what speaks for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeForm {
    /// `None`: dates or date-times, as the file itself says.
    pub format: Option<TimeFormat>,
    pub evidence: TimeEvidence,
}

/// Of times with a day and a month before the year: how many could only be read in one order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TimeEvidence {
    pub n_day_first: u64,
    pub n_month_first: u64,
    /// Could be read either way.
    pub n_either: u64,
}

impl TimeEvidence {
    pub fn add(&mut self, other: Self) {
        self.n_day_first += other.n_day_first;
        self.n_month_first += other.n_month_first;
        self.n_either += other.n_either;
    }
}

/// Reads times of one column, part by part.
#[derive(Debug, Clone)]
pub struct LogTimes {
    column: String,
    format: Option<TimeFormat>,
    zone: TimeZone,
}

impl TimeForm {
    /// What the first values of a column of that type suggest; `None` when they are no times.
    pub fn of(kind: ColumnType, texts: &[Option<String>]) -> Option<Self> {
        let plain = |format| {
            Some(Self {
                format,
                evidence: TimeEvidence::default(),
            })
        };
        let present = || texts.iter().flatten().map(|text| text.trim());
        match kind {
            ColumnType::Date | ColumnType::Datetime => plain(None),
            ColumnType::Boolean => None,
            ColumnType::Integer | ColumnType::Float => {
                let largest = present()
                    .filter_map(|text| text.parse::<f64>().ok())
                    .map(f64::abs)
                    .fold(0.0, f64::max);
                plain(Some(epoch_unit(largest)))
            }
            ColumnType::Text => {
                let n = present().count();
                let n_iso = present().filter(|text| iso(text).is_some()).count();
                if n > 0 && n_iso * 2 > n {
                    return plain(Some(TimeFormat::Iso));
                }
                let mut evidence = TimeEvidence::default();
                let n_split = present()
                    .filter(|text| day_and_month(text, true, &mut evidence).is_some())
                    .count();
                let readable = n_split as u64 + evidence.n_month_first;
                (n > 0 && readable * 2 > n as u64).then_some(Self {
                    format: Some(match evidence.n_month_first > evidence.n_day_first {
                        true => TimeFormat::MonthFirst,
                        false => TimeFormat::DayFirst,
                    }),
                    evidence,
                })
            }
        }
    }
}

impl LogTimes {
    /// # Errors
    /// [`Error::BadOptions`] for a zone that is not known.
    pub fn new(
        column: &str,
        format: Option<TimeFormat>,
        zone: Option<&str>,
    ) -> Result<Self, Error> {
        Ok(Self {
            column: column.to_owned(),
            format,
            zone: zone_named(zone)?,
        })
    }

    /// One entry a row, `None` where there is no time or none that can be read; the first text that could not be; and
    /// what the texts say of the order of day and month.
    ///
    /// # Errors
    /// [`Error::NoSuchColumn`].
    pub fn read(&self, frame: &Frame) -> Result<ReadTimes, Error> {
        let mut read = ReadTimes::default();
        let utc = self.zone == TimeZone::UTC;
        let zoned = matches!(frame.form(&self.column), Some(Form::Zone { .. }));
        let local = |micros: i64| match utc || zoned {
            true => Some(micros.div_euclid(1000)),
            false => self.moment(micros),
        };
        let view = frame.view(&self.column)?;
        read.times_ms = match view {
            View::Datetime(values) => values.iter().map(|value| local(value?)).collect(),
            View::Date(values) => values
                .iter()
                .map(|days| local(i64::from(days?).checked_mul(time::MICROS_PER_DAY)?))
                .collect(),
            View::Integer(values) => values
                .iter()
                .map(|value| Some(self.epoch_ms(value?)))
                .collect(),
            View::Float(_) | View::Decimal(..) => {
                let numbers = view.numbers().unwrap_or_default();
                let ms = |value: Option<f64>| Some(self.epoch_ms_of_float(value?));
                numbers.into_iter().map(ms).collect()
            }
            View::Boolean(values) => vec![None; values.len()],
            View::Text(values) => values
                .iter()
                .map(|text| {
                    let text = text?.trim();
                    let ms = self.text_ms(text, &mut read.evidence, &local);
                    if ms.is_none() {
                        read.n_unreadable += 1;
                        read.unreadable.get_or_insert_with(|| text.to_owned());
                    }
                    ms
                })
                .collect(),
        };
        Ok(read)
    }

    /// One time as a text.
    pub fn of_text(&self, text: &str) -> Option<TimestampMs> {
        let local = |micros: i64| match self.zone == TimeZone::UTC {
            true => Some(micros.div_euclid(1000)),
            false => self.moment(micros),
        };
        self.text_ms(text.trim(), &mut TimeEvidence::default(), &local)
    }

    fn text_ms(
        &self,
        text: &str,
        evidence: &mut TimeEvidence,
        local: &dyn Fn(i64) -> Option<TimestampMs>,
    ) -> Option<TimestampMs> {
        match self.format {
            Some(TimeFormat::DayFirst) => local(day_and_month(text, true, evidence)?),
            Some(TimeFormat::MonthFirst) => local(day_and_month(text, false, evidence)?),
            None | Some(TimeFormat::Iso) => match iso(text)? {
                (micros, true) => Some(micros.div_euclid(1000)),
                (micros, false) => local(micros),
            },
            Some(_) => match text.parse::<i64>() {
                Ok(number) => Some(self.epoch_ms(number)),
                Err(_) => Some(self.epoch_ms_of_float(text.parse().ok()?)),
            },
        }
    }

    fn epoch_ms(&self, value: i64) -> TimestampMs {
        match self.unit(value.unsigned_abs() as f64) {
            TimeFormat::Milliseconds => value,
            TimeFormat::Microseconds => value.div_euclid(1000),
            TimeFormat::Nanoseconds => value.div_euclid(1_000_000),
            _ => value.saturating_mul(1000),
        }
    }

    fn epoch_ms_of_float(&self, value: f64) -> TimestampMs {
        let ms = match self.unit(value.abs()) {
            TimeFormat::Milliseconds => value,
            TimeFormat::Microseconds => value / 1e3,
            TimeFormat::Nanoseconds => value / 1e6,
            _ => value * 1e3,
        };
        ms.floor() as TimestampMs
    }

    fn unit(&self, size: f64) -> TimeFormat {
        match self.format {
            Some(
                unit @ (TimeFormat::Seconds
                | TimeFormat::Milliseconds
                | TimeFormat::Microseconds
                | TimeFormat::Nanoseconds),
            ) => unit,
            _ => epoch_unit(size),
        }
    }

    /// A moment of the clock on the wall; of two the earlier one, and of none the next.
    fn moment(&self, micros: i64) -> Option<TimestampMs> {
        let wall = jiff::Timestamp::from_microsecond(micros).ok()?;
        let wall: DateTime = jiff::tz::Offset::UTC.to_datetime(wall);
        let moment = self.zone.to_ambiguous_timestamp(wall).compatible().ok()?;
        Some(moment.as_millisecond())
    }
}

/// What [`LogTimes::read`] found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReadTimes {
    pub times_ms: Vec<Option<TimestampMs>>,
    pub n_unreadable: u64,
    /// The first of them.
    pub unreadable: Option<String>,
    pub evidence: TimeEvidence,
}

/// The zone of a name or an offset; UTC for none.
///
/// # Errors
/// [`Error::BadOptions`] for one that is not known.
pub(super) fn zone_named(name: Option<&str>) -> Result<TimeZone, Error> {
    let Some(name) = name.map(str::trim).filter(|name| !name.is_empty()) else {
        return Ok(TimeZone::UTC);
    };
    let zone = time::zone_of(name);
    let is_utc = ["utc", "z", "gmt", "etc/utc", "+00:00", "-00:00", "+0000"]
        .contains(&name.to_lowercase().as_str());
    if zone == TimeZone::UTC && !is_utc {
        return Err(Error::BadOptions(format!(
            "there is no zone `{name}`; write for example Europe/Tallinn or +02:00"
        )));
    }
    Ok(zone)
}

/// Seconds reach to the year 5138 before they are taken for milliseconds, and so on.
fn epoch_unit(largest: f64) -> TimeFormat {
    match largest {
        size if size < 1e11 => TimeFormat::Seconds,
        size if size < 1e14 => TimeFormat::Milliseconds,
        size if size < 1e17 => TimeFormat::Microseconds,
        _ => TimeFormat::Nanoseconds,
    }
}

/// Microseconds, and whether a zone was written.
fn iso(text: &str) -> Option<(i64, bool)> {
    match time::parse_datetime_bytes(text.as_bytes()) {
        Some(parsed) => Some((parsed.micros, parsed.zoned)),
        None => time::parse_date(text).map(|days| (i64::from(days) * MS_PER_DAY * 1000, false)),
    }
}

/// Microseconds of `31/12/2024`, `31.12.2024 14:05`, `12-31-2024 14:05:09`.
fn day_and_month(text: &str, day_first: bool, evidence: &mut TimeEvidence) -> Option<i64> {
    let (date, clock) = match text.split_once([' ', 'T', ',']) {
        Some((date, clock)) => (date, clock.trim()),
        None => (text, ""),
    };
    let separator = date.bytes().find(|byte| !byte.is_ascii_digit())?;
    if !matches!(separator, b'/' | b'.' | b'-') {
        return None;
    }
    let mut parts = date.split(char::from(separator));
    let (first, second, year) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || first.len() > 2 || second.len() > 2 || year.len() != 4 {
        return None;
    }
    let (first, second): (u8, u8) = (first.parse().ok()?, second.parse().ok()?);
    match (first > 12, second > 12) {
        (true, false) => evidence.n_day_first += 1,
        (false, true) => evidence.n_month_first += 1,
        (false, false) => evidence.n_either += 1,
        (true, true) => return None,
    }
    let (day, month) = match day_first {
        true => (first, second),
        false => (second, first),
    };
    let clock = match clock.len() {
        0 => "00:00:00".to_owned(),
        4 | 7 if clock.as_bytes().get(1) == Some(&b':') => format!("0{clock}"),
        _ => clock.to_owned(),
    };
    let written = format!("{year}-{month:02}-{day:02}T{clock}");
    time::parse_datetime(&written)
        .filter(|parsed| !parsed.zoned)
        .map(|parsed| parsed.micros)
}
