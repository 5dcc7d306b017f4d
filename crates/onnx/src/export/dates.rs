//! Parts of dates, operation by operation as `core::recipe` computes them: floors, divisions and sums of f64.

use assay_core::recipe::{DatePart, DateUnit};

use super::graph::Graph;

const MICROSECONDS_A_DAY: f64 = 86_400e6;
const MICROSECONDS_AN_HOUR: f64 = 3_600e6;

/// `time` is f64 [N, 1], and so is the part.
pub fn write_date_part(graph: &mut Graph, time: &str, unit: DateUnit, part: DatePart) -> String {
    let mut dates = Dates { graph };
    let days = match unit {
        DateUnit::Days => dates.floor(time),
        DateUnit::Microseconds => dates.quotient(time, MICROSECONDS_A_DAY),
    };
    match (part, unit) {
        (DatePart::Hour, DateUnit::Days) => dates.times(&days, 0.0),
        (DatePart::Hour, DateUnit::Microseconds) => {
            let midnight = dates.times(&days, MICROSECONDS_A_DAY);
            let since = dates.minus(time, &midnight);
            dates.quotient(&since, MICROSECONDS_AN_HOUR)
        }
        (DatePart::Weekday, _) => {
            let since_monday = dates.plus(&days, 3.0);
            dates.rest(&since_monday, 7.0)
        }
        (DatePart::DayOfYear, _) => {
            let year = Civil::write(&mut dates, &days).year(&mut dates);
            let before = dates.plus(&year, -1.0);
            let new_year = dates.times(&before, 365.0);
            let new_year = dates.plus_quotient(&new_year, &before, 4.0);
            let new_year = dates.minus_quotient(&new_year, &before, 100.0);
            let new_year = dates.plus_quotient(&new_year, &before, 400.0);
            let new_year = dates.plus(&new_year, -719_162.0);
            let since = dates.minus(&days, &new_year);
            dates.plus(&since, 1.0)
        }
        (DatePart::Year, _) => Civil::write(&mut dates, &days).year(&mut dates),
        (DatePart::Month, _) => Civil::write(&mut dates, &days).month(&mut dates),
        (DatePart::Day, _) => Civil::write(&mut dates, &days).day(&mut dates),
    }
}

/// Years and months that begin with March.
struct Civil {
    era: String,
    year_of_era: String,
    day_of_year: String,
    month_of_year: String,
    /// 1 in January and February, else 0.
    after_december: String,
}

impl Civil {
    fn write(dates: &mut Dates<'_>, days: &str) -> Self {
        let shifted = dates.plus(days, 719_468.0);
        let era = dates.quotient(&shifted, 146_097.0);
        let era_days = dates.times(&era, 146_097.0);
        let day_of_era = dates.minus(&shifted, &era_days);
        let year_days = dates.minus_quotient(&day_of_era, &day_of_era, 1_460.0);
        let year_days = dates.plus_quotient(&year_days, &day_of_era, 36_524.0);
        let year_days = dates.minus_quotient(&year_days, &day_of_era, 146_096.0);
        let year_of_era = dates.quotient(&year_days, 365.0);
        let first = dates.times(&year_of_era, 365.0);
        let first = dates.plus_quotient(&first, &year_of_era, 4.0);
        let first = dates.minus_quotient(&first, &year_of_era, 100.0);
        let day_of_year = dates.minus(&day_of_era, &first);
        let months = dates.times(&day_of_year, 5.0);
        let months = dates.plus(&months, 2.0);
        let month_of_year = dates.quotient(&months, 153.0);
        let after_december = dates.quotient(&month_of_year, 10.0);
        Self {
            era,
            year_of_era,
            day_of_year,
            month_of_year,
            after_december,
        }
    }

    fn year(&self, dates: &mut Dates<'_>) -> String {
        let eras = dates.times(&self.era, 400.0);
        let year = dates.sum(&self.year_of_era, &eras);
        dates.sum(&year, &self.after_december)
    }

    fn month(&self, dates: &mut Dates<'_>) -> String {
        let month = dates.plus(&self.month_of_year, 3.0);
        let turned = dates.times(&self.after_december, 12.0);
        dates.minus(&month, &turned)
    }

    fn day(&self, dates: &mut Dates<'_>) -> String {
        let before = dates.times(&self.month_of_year, 153.0);
        let before = dates.plus(&before, 2.0);
        let before = dates.quotient(&before, 5.0);
        let day = dates.minus(&self.day_of_year, &before);
        dates.plus(&day, 1.0)
    }
}

/// Arithmetic as nodes.
struct Dates<'a> {
    graph: &'a mut Graph,
}

impl Dates<'_> {
    fn with(&mut self, operator: &str, a: &str, number: f64) -> String {
        let number = self.graph.scalar("number", number);
        self.graph.node(operator, "date", &[a, &number], vec![])
    }

    fn floor(&mut self, a: &str) -> String {
        self.graph.node("Floor", "date", &[a], vec![])
    }

    fn plus(&mut self, a: &str, number: f64) -> String {
        self.with("Add", a, number)
    }

    fn times(&mut self, a: &str, number: f64) -> String {
        self.with("Mul", a, number)
    }

    /// Whole ones.
    fn quotient(&mut self, a: &str, number: f64) -> String {
        let quotient = self.with("Div", a, number);
        self.floor(&quotient)
    }

    fn rest(&mut self, a: &str, number: f64) -> String {
        let whole = self.quotient(a, number);
        let whole = self.times(&whole, number);
        self.minus(a, &whole)
    }

    fn sum(&mut self, a: &str, b: &str) -> String {
        self.graph.node("Add", "date", &[a, b], vec![])
    }

    fn minus(&mut self, a: &str, b: &str) -> String {
        self.graph.node("Sub", "date", &[a, b], vec![])
    }

    fn plus_quotient(&mut self, a: &str, b: &str, number: f64) -> String {
        let quotient = self.quotient(b, number);
        self.sum(a, &quotient)
    }

    fn minus_quotient(&mut self, a: &str, b: &str, number: f64) -> String {
        let quotient = self.quotient(b, number);
        self.minus(a, &quotient)
    }
}
