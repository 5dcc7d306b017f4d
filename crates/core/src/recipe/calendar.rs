//! Parts of dates, by floors and divisions of f64 alone, which is how the exported graph computes them.
//!
//! Exact for whole numbers up to 2^53: 285 years around 1970 in microseconds.
//! The years are Howard Hinnant's `civil_from_days` (chrono-compatible low-level date algorithms).

use super::step::{DatePart, DateUnit};

const MICROSECONDS_A_DAY: f64 = 86_400e6;
const MICROSECONDS_AN_HOUR: f64 = 3_600e6;

/// NaN for NaN.
pub fn date_part(time: f64, unit: DateUnit, part: DatePart) -> f64 {
    let days = match unit {
        DateUnit::Days => time.floor(),
        DateUnit::Microseconds => (time / MICROSECONDS_A_DAY).floor(),
    };
    match (part, unit) {
        (DatePart::Hour, DateUnit::Days) => days * 0.0,
        (DatePart::Hour, DateUnit::Microseconds) => {
            ((time - days * MICROSECONDS_A_DAY) / MICROSECONDS_AN_HOUR).floor()
        }
        // 1970-01-01 was a Thursday.
        (DatePart::Weekday, _) => {
            let since_monday = days + 3.0;
            since_monday - (since_monday / 7.0).floor() * 7.0
        }
        (DatePart::Year, _) => Civil::of(days).year,
        (DatePart::Month, _) => Civil::of(days).month,
        (DatePart::Day, _) => Civil::of(days).day,
        (DatePart::DayOfYear, _) => {
            let before = Civil::of(days).year - 1.0;
            let new_year = before * 365.0 + (before / 4.0).floor() - (before / 100.0).floor()
                + (before / 400.0).floor()
                - 719_162.0;
            days - new_year + 1.0
        }
    }
}

struct Civil {
    year: f64,
    month: f64,
    day: f64,
}

impl Civil {
    fn of(days: f64) -> Self {
        let shifted = days + 719_468.0;
        let era = (shifted / 146_097.0).floor();
        let day_of_era = shifted - era * 146_097.0;
        let year_of_era = ((day_of_era - (day_of_era / 1_460.0).floor()
            + (day_of_era / 36_524.0).floor()
            - (day_of_era / 146_096.0).floor())
            / 365.0)
            .floor();
        // Counted from March.
        let day_of_year = day_of_era
            - (year_of_era * 365.0 + (year_of_era / 4.0).floor() - (year_of_era / 100.0).floor());
        let month_of_year = ((day_of_year * 5.0 + 2.0) / 153.0).floor();
        let after_december = (month_of_year / 10.0).floor();
        Self {
            year: year_of_era + era * 400.0 + after_december,
            month: month_of_year + 3.0 - after_december * 12.0,
            day: day_of_year - ((month_of_year * 153.0 + 2.0) / 5.0).floor() + 1.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_those_of_the_calendar() {
        // days since 1970; year, month, day, weekday, day of year
        let table = [
            (0.0, [1970.0, 1.0, 1.0, 3.0, 1.0]),
            (-1.0, [1969.0, 12.0, 31.0, 2.0, 365.0]),
            (11_016.0, [2000.0, 2.0, 29.0, 1.0, 60.0]),
            (11_322.0, [2000.0, 12.0, 31.0, 6.0, 366.0]),
            (-25_509.0, [1900.0, 2.0, 28.0, 2.0, 59.0]),
            (-25_508.0, [1900.0, 3.0, 1.0, 3.0, 60.0]),
            (20_513.0, [2026.0, 3.0, 1.0, 6.0, 60.0]),
        ];
        let parts = [
            DatePart::Year,
            DatePart::Month,
            DatePart::Day,
            DatePart::Weekday,
            DatePart::DayOfYear,
        ];
        for (days, expected) in table {
            let by_day = parts.map(|part| date_part(days, DateUnit::Days, part));
            assert_eq!(by_day, expected, "{days}");
            let last = (days + 1.0) * MICROSECONDS_A_DAY - 1.0;
            let by_time = parts.map(|part| date_part(last, DateUnit::Microseconds, part));
            assert_eq!(by_time, expected, "{days}");
            assert_eq!(
                date_part(last, DateUnit::Microseconds, DatePart::Hour),
                23.0
            );
        }
        assert!(date_part(f64::NAN, DateUnit::Days, DatePart::Hour).is_nan());
        assert!(date_part(f64::NAN, DateUnit::Microseconds, DatePart::Month).is_nan());
    }

    #[test]
    fn days_follow_each_other() {
        let mut month_before = 12.0;
        let mut day_before = 31.0;
        for days in -40_000..60_000 {
            let civil = Civil::of(f64::from(days));
            if days > -40_000 {
                let next = civil.month == month_before && civil.day == day_before + 1.0;
                let first = civil.day == 1.0 && civil.month == month_before % 12.0 + 1.0;
                assert!(next || first, "{days}");
            }
            (month_before, day_before) = (civil.month, civil.day);
        }
    }
}
