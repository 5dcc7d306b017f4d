//! Days, weeks, months, quarters and years of a zone.

use assay_core::TimestampMs;
use assay_core::replay::Period;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::times::zone_named;
use crate::error::Error;

/// Cuts time at the borders of a calendar's periods.
#[derive(Debug, Clone)]
pub struct Calendar {
    period: Period,
    zone: TimeZone,
}

/// One period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// Consecutive from period to period.
    pub index: i64,
    /// Inclusive.
    pub start_ms: TimestampMs,
    /// Exclusive.
    pub end_ms: TimestampMs,
}

impl Calendar {
    /// # Errors
    /// [`Error::BadOptions`] for a zone that is not known.
    pub fn new(period: Period, zone: Option<&str>) -> Result<Self, Error> {
        Ok(Self {
            period,
            zone: zone_named(zone)?,
        })
    }

    /// The period that holds a moment.
    pub fn at(&self, ms: TimestampMs) -> Span {
        let moment = Timestamp::from_millisecond(ms).unwrap_or(match ms < 0 {
            true => Timestamp::MIN,
            false => Timestamp::MAX,
        });
        self.span(index_of(self.period, self.zone.to_datetime(moment).date()))
    }

    pub fn span(&self, index: i64) -> Span {
        Span {
            index,
            start_ms: self.begin(index),
            end_ms: self.begin(index.saturating_add(1)),
        }
    }

    /// `2024-05-01`, `2024-W18`, `2024-05`, `2024-Q2`, `2024`
    pub fn label(&self, index: i64) -> String {
        let first = first_day(self.period, index);
        match self.period {
            Period::Day => first.to_string(),
            Period::Week => {
                let week = first.iso_week_date();
                format!("{:04}-W{:02}", week.year(), week.week())
            }
            Period::Month => format!("{:04}-{:02}", first.year(), first.month()),
            Period::Quarter => format!("{:04}-Q{}", first.year(), (first.month() - 1) / 3 + 1),
            Period::Year => format!("{:04}", first.year()),
        }
    }

    fn begin(&self, index: i64) -> TimestampMs {
        let midnight = DateTime::from_parts(first_day(self.period, index), Time::midnight());
        // A midnight that a change of the clock leaves out begins with the next moment.
        match self.zone.to_ambiguous_timestamp(midnight).compatible() {
            Ok(moment) => moment.as_millisecond(),
            Err(_) if index < 0 => TimestampMs::MIN,
            Err(_) => TimestampMs::MAX,
        }
    }
}

const MONDAY_BEFORE_1970: i64 = 3;

fn index_of(period: Period, date: Date) -> i64 {
    let (year, month) = (i64::from(date.year()), i64::from(date.month()) - 1);
    match period {
        Period::Day => days(date),
        Period::Week => (days(date) + MONDAY_BEFORE_1970).div_euclid(7),
        Period::Month => year * 12 + month,
        Period::Quarter => year * 4 + month / 3,
        Period::Year => year,
    }
}

/// The last day there is for periods beyond the calendar.
fn first_day(period: Period, index: i64) -> Date {
    let of_month = |months: i64| {
        let year = i16::try_from(months.div_euclid(12)).ok()?;
        let month = i8::try_from(months.rem_euclid(12) + 1).ok()?;
        Date::new(year, month, 1).ok()
    };
    let of_days = |days: i64| {
        let span = SignedDuration::try_from_hours(days.checked_mul(24)?)?;
        epoch().checked_add(span).ok()
    };
    let date = match period {
        Period::Day => of_days(index),
        Period::Week => index
            .checked_mul(7)
            .and_then(|days| of_days(days - MONDAY_BEFORE_1970)),
        Period::Month => of_month(index),
        Period::Quarter => index.checked_mul(3).and_then(of_month),
        Period::Year => index.checked_mul(12).and_then(of_month),
    };
    date.unwrap_or(match index < 0 {
        true => Date::MIN,
        false => Date::MAX,
    })
}

fn days(date: Date) -> i64 {
    date.duration_since(epoch()).as_hours() / 24
}

fn epoch() -> Date {
    Date::constant(1970, 1, 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(text: &str) -> TimestampMs {
        text.parse::<Timestamp>().unwrap().as_millisecond()
    }

    #[test]
    fn periods_begin_at_midnight_of_their_zone() {
        for (period, zone, moment, label, start, end) in [
            (
                Period::Day,
                None,
                "2024-05-01T12:00:00Z",
                "2024-05-01",
                "2024-05-01T00:00:00Z",
                "2024-05-02T00:00:00Z",
            ),
            (
                Period::Day,
                Some("Europe/Tallinn"),
                "2024-04-30T21:00:00Z",
                "2024-05-01",
                "2024-04-30T21:00:00Z",
                "2024-05-01T21:00:00Z",
            ),
            // the day on which the clock goes forward has 23 hours
            (
                Period::Day,
                Some("Europe/Tallinn"),
                "2024-03-31T05:00:00Z",
                "2024-03-31",
                "2024-03-30T22:00:00Z",
                "2024-03-31T21:00:00Z",
            ),
            (
                Period::Week,
                Some("UTC"),
                "2024-05-05T23:59:59Z",
                "2024-W18",
                "2024-04-29T00:00:00Z",
                "2024-05-06T00:00:00Z",
            ),
            (
                Period::Week,
                None,
                "1970-01-01T00:00:00Z",
                "1970-W01",
                "1969-12-29T00:00:00Z",
                "1970-01-05T00:00:00Z",
            ),
            (
                Period::Month,
                Some("+02:00"),
                "2024-02-29T22:30:00Z",
                "2024-03",
                "2024-02-29T22:00:00Z",
                "2024-03-31T22:00:00Z",
            ),
            (
                Period::Quarter,
                None,
                "2023-12-31T23:59:59Z",
                "2023-Q4",
                "2023-10-01T00:00:00Z",
                "2024-01-01T00:00:00Z",
            ),
            (
                Period::Year,
                Some("America/New_York"),
                "2024-01-01T04:59:59Z",
                "2023",
                "2023-01-01T05:00:00Z",
                "2024-01-01T05:00:00Z",
            ),
        ] {
            let calendar = Calendar::new(period, zone).unwrap();
            let span = calendar.at(ms(moment));
            assert_eq!(
                (span.start_ms, span.end_ms),
                (ms(start), ms(end)),
                "{moment}"
            );
            assert_eq!(calendar.label(span.index), label);
            assert_eq!(calendar.at(span.start_ms).index, span.index);
            assert_eq!(calendar.at(span.end_ms).index, span.index + 1);
        }
        assert!(Calendar::new(Period::Day, Some("Middle/Earth")).is_err());
        let far = Calendar::new(Period::Month, None).unwrap();
        assert!(far.at(i64::MAX).start_ms > 0 && far.at(i64::MIN).end_ms < 0);
    }
}
