//! Dates and date-times between texts and numbers. ISO 8601 only: any other order of day and month is a guess.

use assay_core::schema::Form;
use jiff::civil::{Date, DateTime};
use jiff::fmt::temporal::Pieces;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, Unit};

const MICROS_PER_SECOND: i64 = 1_000_000;
pub(crate) const MICROS_PER_DAY: i64 = 86_400 * MICROS_PER_SECOND;

/// Days since 1970-01-01 of `2026-11-21`.
pub(crate) fn parse_date(text: &str) -> Option<i32> {
    if text.len() != 10 || !has_date_shape(text) {
        return None;
    }
    let date: Date = text.parse().ok()?;
    let days = date.since((Unit::Day, epoch())).ok()?.get_days();
    Some(days)
}

/// A date-time as it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ParsedDatetime {
    /// Microseconds since 1970-01-01T00:00, in UTC when a zone was written; finer digits are cut.
    pub micros: i64,
    /// Whether `Z` or an offset was written.
    pub zoned: bool,
    /// Seconds east of UTC, when written.
    pub offset_secs: Option<i32>,
}

/// [`parse_datetime`] of bytes, quick for `2026-11-21T09:30:15.25`.
pub(crate) fn parse_datetime_bytes(bytes: &[u8]) -> Option<ParsedDatetime> {
    match local_datetime(bytes) {
        Some(micros) => Some(ParsedDatetime {
            micros,
            zoned: false,
            offset_secs: None,
        }),
        None => parse_datetime(std::str::from_utf8(bytes).ok()?),
    }
}

/// Microseconds since 1970 of a date and a time of the day without a zone; `None` also for what is merely unusual.
fn local_datetime(bytes: &[u8]) -> Option<i64> {
    let digits = |from: usize, n: usize| {
        bytes
            .get(from..from + n)?
            .iter()
            .try_fold(0_i64, |value, byte| {
                byte.is_ascii_digit()
                    .then(|| value * 10 + i64::from(byte - b'0'))
            })
    };
    let separators = [(4, b'-'), (7, b'-'), (13, b':'), (16, b':')];
    if !matches!(bytes.get(10), Some(b'T' | b' '))
        || !separators
            .iter()
            .all(|(at, byte)| bytes.get(*at) == Some(byte))
    {
        return None;
    }
    let (year, month, day) = (digits(0, 4)?, digits(5, 2)?, digits(8, 2)?);
    let (hour, minute, second) = (digits(11, 2)?, digits(14, 2)?, digits(17, 2)?);
    let micros = match bytes.get(19) {
        None => 0,
        Some(b'.') if (21..=26).contains(&bytes.len()) => {
            let n = bytes.len() - 20;
            digits(20, n)? * 10_i64.pow(6 - n as u32)
        }
        Some(_) => return None,
    };
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let n_days = match month {
        2 => 28 + i64::from(is_leap),
        4 | 6 | 9 | 11 => 30,
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        _ => return None,
    };
    if !(1..=n_days).contains(&day) || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let secs = (days_since_epoch(year, month, day) * 24 + hour) * 3600 + minute * 60 + second;
    Some(secs * MICROS_PER_SECOND + micros)
}

/// Days from 1970-01-01 to a date of the Gregorian calendar (Hinnant, "chrono-compatible low-level date algorithms").
fn days_since_epoch(year: i64, month: i64, day: i64) -> i64 {
    let year = year - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year - era * 400;
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// The zones of a column's times, whose order does not matter.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Zones {
    n_local: u64,
    n_zoned: u64,
    offset_secs: Option<i32>,
    several: bool,
}

/// A column holds times with a zone and times without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct MixedZones;

impl Zones {
    pub(crate) fn note(&mut self, parsed: &ParsedDatetime) {
        if !parsed.zoned {
            self.n_local += 1;
            return;
        }
        self.several |= self.n_zoned > 0 && self.offset_secs != parsed.offset_secs;
        self.offset_secs = parsed.offset_secs;
        self.n_zoned += 1;
    }

    /// The form of the column: none for times without a zone, the offset that all share, else UTC.
    pub(crate) fn form(&self) -> Result<Option<Form>, MixedZones> {
        match (self.n_local, self.n_zoned) {
            (_, 0) => Ok(None),
            (0, _) => Ok(Some(Form::Zone {
                name: match self.several {
                    true => offset_name(0),
                    false => offset_name(self.offset_secs.unwrap_or(0)),
                },
            })),
            _ => Err(MixedZones),
        }
    }
}

/// `UTC`, `+02:00`, `-03:30`
fn offset_name(offset_secs: i32) -> String {
    if offset_secs == 0 {
        return "UTC".to_owned();
    }
    let sign = if offset_secs < 0 { '-' } else { '+' };
    let minutes = offset_secs.unsigned_abs() / 60;
    format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
}

/// Of a time of day that ends in one: `Z`, `+02:00`, `+0200`, `+02`.
fn written_offset(clock: &str) -> i32 {
    let Some(place) = clock.rfind(['+', '-']) else {
        return 0;
    };
    let digits: Vec<i32> = clock
        .bytes()
        .skip(place + 1)
        .filter(u8::is_ascii_digit)
        .map(|digit| i32::from(digit - b'0'))
        .collect();
    let two = |at: usize| match digits.get(at..at + 2) {
        Some([tens, ones]) => tens * 10 + ones,
        _ => 0,
    };
    let secs = two(0) * 3600 + two(2) * 60 + two(4);
    match clock.as_bytes().get(place) {
        Some(b'-') => -secs,
        _ => secs,
    }
}

/// `2026-11-21 09:30`, `2026-11-21T09:30:15.25`, `2026-11-21T09:30:15Z`, `2026-11-21T09:30:15+02:00`.
pub(crate) fn parse_datetime(text: &str) -> Option<ParsedDatetime> {
    if text.len() < 16
        || !has_date_shape(text)
        || !matches!(text.as_bytes()[10], b'T' | b't' | b' ')
        || text.contains('[')
    {
        return None;
    }
    let clock = text.get(11..)?;
    if clock.contains(['Z', 'z', '+', '-']) {
        let pieces = Pieces::parse(text).ok()?;
        let offset = pieces.to_numeric_offset()?;
        let timestamp: Timestamp = text.parse().ok()?;
        return Some(ParsedDatetime {
            micros: timestamp.as_microsecond(),
            zoned: true,
            offset_secs: Some(offset.seconds()),
        });
    }
    let datetime: DateTime = text.parse().ok()?;
    let elapsed: SignedDuration =
        datetime.duration_since(epoch().to_datetime(jiff::civil::Time::midnight()));
    let micros = elapsed
        .as_secs()
        .checked_mul(MICROS_PER_SECOND)?
        .checked_add(i64::from(elapsed.subsec_nanos()).div_euclid(1000))?;
    Some(ParsedDatetime {
        micros,
        zoned: false,
        offset_secs: None,
    })
}

/// ISO 8601; days outside the years -9999 to 9999 as a number.
pub(crate) fn date_text(days: i32) -> String {
    let date = jiff::Span::new()
        .try_days(days)
        .and_then(|span| epoch().checked_add(span));
    match date {
        Ok(date) => date.to_string(),
        Err(_) => format!("{days} days"),
    }
}

/// ISO 8601 without a zone; moments outside the years -9999 to 9999 as a number.
pub(crate) fn datetime_text(micros: i64) -> String {
    match Timestamp::from_microsecond(micros) {
        Ok(timestamp) => jiff::tz::Offset::UTC.to_datetime(timestamp).to_string(),
        Err(_) => format!("{micros} us"),
    }
}

/// ISO 8601 with the offset that the zone has at that moment: `2026-11-21T09:30:00+02:00`, `2026-11-21T07:30:00Z`.
pub(crate) fn zoned_text(micros: i64, zone: &TimeZone) -> String {
    match Timestamp::from_microsecond(micros) {
        Ok(_) if *zone == TimeZone::UTC => format!("{}Z", datetime_text(micros)),
        Ok(timestamp) => timestamp
            .to_zoned(zone.clone())
            .strftime("%Y-%m-%dT%H:%M:%S%.f%:z")
            .to_string(),
        Err(_) => datetime_text(micros),
    }
}

/// The zone of that name or offset; UTC for one that is not known here.
pub(crate) fn zone_of(name: &str) -> TimeZone {
    let offset = match name.as_bytes() {
        [b'+' | b'-', ..] => jiff::tz::Offset::from_seconds(written_offset(name)).ok(),
        _ => None,
    };
    match offset {
        Some(offset) => TimeZone::fixed(offset),
        None => TimeZone::get(name).unwrap_or(TimeZone::UTC),
    }
}

/// `09:30:00` of microseconds since midnight.
pub(crate) fn clock_text(micros: i64) -> String {
    let midnight = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);
    match midnight.checked_add(SignedDuration::from_micros(micros)) {
        Ok(moment) => moment.time().to_string(),
        Err(_) => format!("{micros} us"),
    }
}

fn epoch() -> Date {
    Date::constant(1970, 1, 1)
}

fn has_date_shape(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= 10
        && bytes.iter().take(10).enumerate().all(|(i, byte)| match i {
            4 | 7 => *byte == b'-',
            _ => byte.is_ascii_digit(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_read_back_as_written() {
        for (text, days) in [
            ("1970-01-01", 0),
            ("1970-01-02", 1),
            ("1969-12-31", -1),
            ("2000-02-29", 11_016),
            ("0001-01-01", -719_162),
            ("9999-12-31", 2_932_896),
        ] {
            assert_eq!(parse_date(text), Some(days), "{text}");
            assert_eq!(date_text(days), text);
        }
        for bad in [
            "2026-13-01",
            "2026-02-30",
            "21.11.2026",
            "2026-1-1",
            "2026-11-21x",
            "",
            "２０２６-1",
        ] {
            assert_eq!(parse_date(bad), None, "{bad}");
        }
        assert_eq!(date_text(i32::MAX), "2147483647 days");
    }

    #[test]
    fn datetimes_are_microseconds_in_utc() {
        for (text, micros, zoned, printed) in [
            ("1970-01-01 00:00", 0, false, "1970-01-01T00:00:00"),
            (
                "1970-01-01T00:00:01.5",
                1_500_000,
                false,
                "1970-01-01T00:00:01.5",
            ),
            (
                "1969-12-31T23:59:59.999999",
                -1,
                false,
                "1969-12-31T23:59:59.999999",
            ),
            ("1970-01-01T02:00:00+02:00", 0, true, "1970-01-01T00:00:00"),
            (
                "1970-01-01T00:00:01Z",
                1_000_000,
                true,
                "1970-01-01T00:00:01",
            ),
        ] {
            for parsed in [parse_datetime(text), parse_datetime_bytes(text.as_bytes())] {
                let found = parsed
                    .map(|moment| (moment.micros, moment.zoned, moment.offset_secs.is_some()));
                assert_eq!(found, Some((micros, zoned, zoned)), "{text}");
            }
            assert_eq!(datetime_text(micros), printed);
        }
        for bad in [
            "1970-01-01",
            "1970-01-01T25:00",
            "1970-01-01x10:00",
            "1970-01-01T10:00[UTC]",
            "yesterday at noon",
        ] {
            assert_eq!(parse_datetime(bad), None, "{bad}");
        }
    }

    #[test]
    fn columns_of_zoned_times_have_the_zone_that_all_share() {
        let zone = |name: &str| {
            Ok(Some(Form::Zone {
                name: name.to_owned(),
            }))
        };
        for (texts, form) in [
            (vec!["2026-01-01T10:00"], Ok(None)),
            (
                vec!["2026-01-01T10:00Z", "2026-01-01T10:00+00:00"],
                zone("UTC"),
            ),
            (
                vec!["2026-01-01T10:00+02:00", "2026-06-01T10:00+0200"],
                zone("+02:00"),
            ),
            (vec!["2026-01-01T10:00-03:30"], zone("-03:30")),
            (
                vec!["2026-01-01T10:00+02:00", "2026-06-01T10:00+03:00"],
                zone("UTC"),
            ),
            (
                vec!["2026-01-01T10:00Z", "2026-01-01T10:00"],
                Err(MixedZones),
            ),
        ] {
            let mut whole = Zones::default();
            for text in &texts {
                let parsed = parse_datetime(text).unwrap();
                whole.note(&parsed);
            }
            assert_eq!(whole.form(), form, "{texts:?}");
        }
    }
}
