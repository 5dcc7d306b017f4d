//! Dates and date-times between texts and numbers. ISO 8601 only: any other order of day and month is a guess.

use jiff::civil::{Date, DateTime};
use jiff::{SignedDuration, Timestamp, Unit};

const MICROS_PER_SECOND: i64 = 1_000_000;

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
        let timestamp: Timestamp = text.parse().ok()?;
        return Some(ParsedDatetime {
            micros: timestamp.as_microsecond(),
            zoned: true,
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
            assert_eq!(
                parse_datetime(text),
                Some(ParsedDatetime { micros, zoned }),
                "{text}"
            );
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
}
