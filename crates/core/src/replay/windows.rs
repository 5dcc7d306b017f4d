//! How a log is cut: the windows as a person writes them, and the panes that windows which overlap share.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// `336rows`, `12h`, `1d`, `1w`; with overlap `1d step 6h`, `10000rows step 2500rows`; `day`, `week`, `month`, `quarter`
/// or `year`, in a zone `month in Europe/Tallinn`; `version`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(try_from = "String", into = "String")]
#[ts(type = "string")]
pub enum WindowSpec {
    Rows(u64),
    /// Aligned to multiples since 1970-01-01T00:00Z.
    Millis(i64),
    /// A window begins every `step` rows.
    SlidingRows {
        length: u64,
        step: u64,
    },
    /// A window begins at every multiple of `step` since 1970-01-01T00:00Z.
    SlidingMillis {
        length: i64,
        step: i64,
    },
    /// Of the calendar in a zone: an IANA name, an offset (`+02:00`), `UTC` when nothing was said.
    Calendar {
        period: Period,
        zone: Option<String>,
    },
    /// By the version of the model that answered, in order of first appearance.
    Version,
}

/// Weeks begin on Monday.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    Day,
    Week,
    Month,
    Quarter,
    Year,
}

impl Period {
    pub const ALL: [(Self, &str); 5] = [
        (Self::Day, "day"),
        (Self::Week, "week"),
        (Self::Month, "month"),
        (Self::Quarter, "quarter"),
        (Self::Year, "year"),
    ];

    pub fn name(self) -> &'static str {
        let mut all = Self::ALL.into_iter();
        all.find(|(period, _)| *period == self)
            .map_or("day", |(_, name)| name)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no window; write for example 1000rows, 12h, 1d, 1w, 1d step 6h, 10000rows step 2500rows, month, month in Europe/Tallinn or version"
)]
pub struct WindowError(pub String);

const UNITS: [(&str, i64); 5] = [
    ("min", 60_000),
    ("h", 3_600_000),
    ("d", 86_400_000),
    ("w", 604_800_000),
    ("s", 1_000),
];

/// A window holds at most so many panes, so that steps that hardly fit into the length do not make millions of them.
const MAX_PANES: u64 = 10_000;

/// Panes of equal size, of which every window holds the same number: rows are added to their pane, panes to windows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Panes {
    /// Rows or milliseconds of a pane: the greatest common part of length and step.
    pub size: u64,
    /// Panes of a window.
    pub n_length: u64,
    /// Panes between the beginnings of two windows.
    pub n_step: u64,
}

impl Panes {
    fn of(length: u64, step: u64) -> Self {
        let size = common(length, step).max(1);
        Self {
            size,
            n_length: length / size,
            n_step: (step / size).max(1),
        }
    }

    /// The first pane of every window that holds rows of panes `first` to `last`: from the last window that begins at or
    /// before the first row on, to the first one that holds the last row. Windows begin at multiples of the step.
    pub fn windows(&self, first: i64, last: i64) -> impl Iterator<Item = i64> + use<> {
        let (length, step) = (self.n_length.cast_signed(), self.n_step.cast_signed());
        let begin = first.div_euclid(step).saturating_mul(step);
        // The first window whose end lies behind the last pane.
        let behind = last.saturating_sub(length).saturating_add(1);
        let end = if behind <= begin {
            begin
        } else {
            let n = (behind - begin).div_euclid(step) + i64::from((behind - begin) % step != 0);
            begin + n * step
        };
        (0..)
            .map(move |n: i64| begin + n * step)
            .take_while(move |start| *start <= end)
    }

    /// How many [`Self::windows`] there are.
    pub fn n_windows(&self, first: i64, last: i64) -> u64 {
        let span = last.abs_diff(first).saturating_add(2 * self.n_step);
        span.saturating_sub(self.n_length.min(span)) / self.n_step + 1
    }
}

fn common(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { common(b, a % b) }
}

impl WindowSpec {
    /// Panes of rows or of time; `None` for windows whose lengths differ.
    pub fn panes(&self) -> Option<Panes> {
        match *self {
            Self::Rows(length) => Some(Panes::of(length, length)),
            Self::Millis(length) => Some(Panes::of(length.unsigned_abs(), length.unsigned_abs())),
            Self::SlidingRows { length, step } => Some(Panes::of(length, step)),
            Self::SlidingMillis { length, step } => {
                Some(Panes::of(length.unsigned_abs(), step.unsigned_abs()))
            }
            Self::Calendar { .. } | Self::Version => None,
        }
    }

    pub fn is_by_rows(&self) -> bool {
        matches!(self, Self::Rows(_) | Self::SlidingRows { .. })
    }

    /// Whether rows must have a time.
    pub fn needs_times(&self) -> bool {
        matches!(
            self,
            Self::Millis(_) | Self::SlidingMillis { .. } | Self::Calendar { .. }
        )
    }
}

enum Length {
    Rows(u64),
    Millis(i64),
}

fn length(text: &str) -> Option<Length> {
    let text = text.trim();
    let rows = text
        .strip_suffix("rows")
        .or_else(|| text.strip_suffix("row"));
    if let Some(number) = rows {
        let rows: u64 = number.trim().parse().ok()?;
        return (rows > 0).then_some(Length::Rows(rows));
    }
    let (number, millis) = UNITS
        .iter()
        .find_map(|(unit, millis)| Some((text.strip_suffix(unit)?, millis)))?;
    let count: i64 = number.trim().parse().ok()?;
    let total = count.checked_mul(*millis).filter(|total| *total > 0)?;
    Some(Length::Millis(total))
}

fn parse(text: &str) -> Option<WindowSpec> {
    let text = text.trim();
    if text == "version" {
        return Some(WindowSpec::Version);
    }
    let (word, zone) = match text.split_once(" in ") {
        Some((word, zone)) => (
            word.trim(),
            Some(zone.trim()).filter(|zone| !zone.is_empty()),
        ),
        None => (text, None),
    };
    if let Some((period, _)) = Period::ALL.into_iter().find(|(_, name)| *name == word) {
        return Some(WindowSpec::Calendar {
            period,
            zone: zone.map(str::to_owned),
        });
    }
    let Some((whole, part)) = text.split_once(" step ") else {
        return Some(match length(text)? {
            Length::Rows(rows) => WindowSpec::Rows(rows),
            Length::Millis(millis) => WindowSpec::Millis(millis),
        });
    };
    let sliding = match (length(whole)?, length(part)?) {
        (Length::Rows(length), Length::Rows(step)) => WindowSpec::SlidingRows { length, step },
        (Length::Millis(length), Length::Millis(step)) => {
            WindowSpec::SlidingMillis { length, step }
        }
        _ => return None,
    };
    let panes = sliding.panes()?;
    (panes.n_length <= MAX_PANES && panes.n_step <= panes.n_length).then_some(sliding)
}

impl FromStr for WindowSpec {
    type Err = WindowError;

    fn from_str(text: &str) -> Result<Self, WindowError> {
        parse(text).ok_or_else(|| WindowError(text.to_owned()))
    }
}

struct Time(i64);

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let largest = UNITS
            .iter()
            .filter(|(_, size)| self.0 % size == 0)
            .max_by_key(|(_, size)| *size);
        match largest {
            Some((unit, size)) => write!(f, "{}{unit}", self.0 / size),
            None => write!(f, "{}s", self.0 / 1000),
        }
    }
}

impl fmt::Display for WindowSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rows(rows) => write!(f, "{rows}rows"),
            Self::Millis(millis) => Time(*millis).fmt(f),
            Self::SlidingRows { length, step } => write!(f, "{length}rows step {step}rows"),
            Self::SlidingMillis { length, step } => {
                write!(f, "{} step {}", Time(*length), Time(*step))
            }
            Self::Calendar { period, zone: None } => f.write_str(period.name()),
            Self::Calendar {
                period,
                zone: Some(zone),
            } => write!(f, "{} in {zone}", period.name()),
            Self::Version => f.write_str("version"),
        }
    }
}

impl TryFrom<String> for WindowSpec {
    type Error = WindowError;
    fn try_from(text: String) -> Result<Self, WindowError> {
        text.parse()
    }
}

impl From<WindowSpec> for String {
    fn from(window: WindowSpec) -> Self {
        window.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_read_back_as_written() {
        let calendar = |period, zone: Option<&str>| WindowSpec::Calendar {
            period,
            zone: zone.map(str::to_owned),
        };
        for (text, window) in [
            ("1000rows", WindowSpec::Rows(1000)),
            ("90s", WindowSpec::Millis(90_000)),
            ("30min", WindowSpec::Millis(1_800_000)),
            ("12h", WindowSpec::Millis(43_200_000)),
            ("1d", WindowSpec::Millis(86_400_000)),
            ("2w", WindowSpec::Millis(1_209_600_000)),
            (
                "1d step 6h",
                WindowSpec::SlidingMillis {
                    length: 86_400_000,
                    step: 21_600_000,
                },
            ),
            (
                "10000rows step 2500rows",
                WindowSpec::SlidingRows {
                    length: 10_000,
                    step: 2_500,
                },
            ),
            ("month", calendar(Period::Month, None)),
            (
                "week in Europe/Tallinn",
                calendar(Period::Week, Some("Europe/Tallinn")),
            ),
            ("version", WindowSpec::Version),
        ] {
            assert_eq!(text.parse(), Ok(window.clone()), "{text}");
            assert_eq!(window.to_string(), text);
        }
        for bad in [
            "",
            "rows",
            "0rows",
            "-1d",
            "1y",
            "d",
            "99999999999999999d",
            "1d step 100rows",
            "6h step 1d",
            "99991d step 1s",
            "fortnight",
        ] {
            assert!(bad.parse::<WindowSpec>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn windows_that_overlap_share_panes() {
        let panes = WindowSpec::SlidingRows {
            length: 10,
            step: 4,
        }
        .panes()
        .unwrap();
        assert_eq!((panes.size, panes.n_length, panes.n_step), (2, 5, 2));
        // rows 0 to 21 are panes 0 to 10: windows of rows 0..10, 4..14, 8..18, 12..22
        let starts: Vec<i64> = panes.windows(0, 10).collect();
        assert_eq!(starts, [0, 2, 4, 6]);
        // fewer rows than a window has
        assert_eq!(panes.windows(0, 3).collect::<Vec<_>>(), [0]);
        let plain = WindowSpec::Millis(10).panes().unwrap();
        assert_eq!(plain.windows(-2, 1).collect::<Vec<_>>(), [-2, -1, 0, 1]);
        for (first, last) in [(0, 10), (0, 0), (3, 17), (-9, 4)] {
            for panes in [panes, plain] {
                let n = panes.windows(first, last).count() as u64;
                let bound = panes.n_windows(first, last);
                assert!(n <= bound && bound <= n + 3, "{n} {bound}");
            }
        }
    }
}
