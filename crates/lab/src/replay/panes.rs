//! Which pane a row belongs to, and which panes a window is made of.

use std::collections::HashMap;
use std::ops::Range;

use assay_core::TimestampMs;
use assay_core::replay::{Panes, WindowSpec};
use assay_frame::{Calendar, Error, LogColumn, MAX_WINDOWS};

use super::accumulation::Rows;
use crate::error::Cause;

/// Rows of a window, when nobody says how it is cut, until there are more than [`MOST_WINDOWS`].
const LEAST_ROWS: u64 = 100;
const MOST_WINDOWS: u64 = 100;
/// Of rows that name no version.
const NO_VERSION: &str = "(none)";

/// How a log is cut.
#[derive(Clone)]
pub enum Cut {
    /// Panes of so many rows; doubled when there get too many.
    Unsaid {
        size: u64,
    },
    Rows(Panes),
    Time(Panes),
    Calendar(Calendar),
    Version,
}

impl Cut {
    /// # Errors
    /// [`Error::BadOptions`] for a zone that is not known.
    pub fn of(window: Option<&WindowSpec>) -> Result<Self, Error> {
        let Some(window) = window else {
            return Ok(Self::Unsaid { size: LEAST_ROWS });
        };
        Ok(match (window, window.panes()) {
            (WindowSpec::Calendar { period, zone }, _) => {
                Self::Calendar(Calendar::new(*period, zone.as_deref())?)
            }
            (_, Some(panes)) if window.is_by_rows() => Self::Rows(panes),
            (_, Some(panes)) => Self::Time(panes),
            (_, None) => Self::Version,
        })
    }

    /// The panes of rows by their times; `None` where the order of the rows decides.
    pub fn by_time(&self, times: &[Option<TimestampMs>]) -> Option<Vec<Option<i64>>> {
        match self {
            Self::Time(panes) => {
                let size = panes.size.cast_signed().max(1);
                let pane = |time: &Option<TimestampMs>| time.map(|time| time.div_euclid(size));
                Some(times.iter().map(pane).collect())
            }
            Self::Calendar(calendar) => {
                let mut span = calendar.at(0);
                let pane = |time: &Option<TimestampMs>| {
                    let time = (*time)?;
                    if !(span.start_ms..span.end_ms).contains(&time) {
                        span = calendar.at(time);
                    }
                    Some(span.index)
                };
                Some(times.iter().map(pane).collect())
            }
            Self::Unsaid { .. } | Self::Rows(_) | Self::Version => None,
        }
    }
}

/// Where the rows that came so far went. Small, so that it can be put back when a file is read once more.
#[derive(Clone, Default)]
pub struct Placing {
    /// Rows that have a place.
    pub n_rows: u64,
    pub n_without_time: u64,
    pub n_late: u64,
    /// The last time, where the order of the rows counts.
    last_ms: Option<TimestampMs>,
    latest_pane: Option<i64>,
    versions: HashMap<String, i64>,
    /// In order of first appearance.
    pub version_names: Vec<String>,
}

/// Rows of a part by pane, and how many of them are late.
pub struct Placed {
    pub runs: Vec<(i64, Rows, u64)>,
}

/// A row came before one that is older, where the order counts.
pub struct OutOfOrder;

impl Placing {
    /// The panes of the rows of the next part. `by_time`: those that [`Cut::by_time`] found; `versions`: the version of
    /// each row.
    pub fn place(
        &mut self,
        cut: &mut Cut,
        n_rows: usize,
        times: Option<&[Option<TimestampMs>]>,
        by_time: Option<Vec<Option<i64>>>,
        versions: Option<&LogColumn>,
    ) -> Result<Placed, OutOfOrder> {
        match cut {
            Cut::Unsaid { .. } | Cut::Rows(_) => self.by_rows(cut, n_rows, times),
            Cut::Version => Ok(self.by_version(n_rows, versions)),
            Cut::Time(_) | Cut::Calendar(_) => {
                Ok(self.by_pane(by_time.unwrap_or_else(|| vec![None; n_rows])))
            }
        }
    }

    fn by_rows(
        &mut self,
        cut: &mut Cut,
        n_rows: usize,
        times: Option<&[Option<TimestampMs>]>,
    ) -> Result<Placed, OutOfOrder> {
        let rows: Rows = match times {
            None => Rows::Range(0..n_rows),
            Some(times) => {
                let mut with_time = Vec::with_capacity(n_rows);
                for (row, time) in times.iter().enumerate() {
                    let Some(time) = *time else { continue };
                    if self.last_ms.is_some_and(|last| time < last) {
                        return Err(OutOfOrder);
                    }
                    self.last_ms = Some(time);
                    with_time.push(row);
                }
                self.n_without_time += (n_rows - with_time.len()) as u64;
                match with_time.len() == n_rows {
                    true => Rows::Range(0..n_rows),
                    false => Rows::Some(with_time),
                }
            }
        };
        let n_placed = rows.len() as u64;
        if let Cut::Unsaid { size } = cut {
            while (self.n_rows + n_placed).div_ceil(*size) > MOST_WINDOWS {
                *size *= 2;
            }
        }
        let size = match cut {
            Cut::Unsaid { size } => *size,
            Cut::Rows(panes) => panes.size,
            Cut::Time(_) | Cut::Calendar(_) | Cut::Version => n_placed.max(1),
        };
        let mut runs = Vec::new();
        let mut done = 0;
        while done < n_placed {
            let at = self.n_rows + done;
            let pane = at / size;
            let n = ((pane + 1) * size - at).min(n_placed - done);
            let range = done as usize..(done + n) as usize;
            let part = match &rows {
                Rows::Range(_) => Rows::Range(range),
                Rows::Some(rows) => Rows::Some(rows.get(range).unwrap_or_default().to_vec()),
            };
            runs.push((pane.cast_signed(), part, 0));
            done += n;
        }
        self.n_rows += n_placed;
        Ok(Placed { runs })
    }

    fn by_version(&mut self, n_rows: usize, versions: Option<&LogColumn>) -> Placed {
        let mut of_row = |row: usize| {
            let text = match versions {
                Some(LogColumn::Texts { codes, texts }) => codes
                    .get(row)
                    .and_then(|code| texts.get(*code as usize))
                    .map(String::as_str),
                _ => None,
            };
            let name = text.unwrap_or(NO_VERSION);
            if let Some(&pane) = self.versions.get(name) {
                return pane;
            }
            let pane = self.version_names.len() as i64;
            self.versions.insert(name.to_owned(), pane);
            self.version_names.push(name.to_owned());
            pane
        };
        let panes: Vec<Option<i64>> = (0..n_rows).map(|row| Some(of_row(row))).collect();
        let mut placed = self.by_pane(panes);
        // Versions take turns: no row is late.
        for run in &mut placed.runs {
            self.n_late -= run.2;
            run.2 = 0;
        }
        placed
    }

    fn by_pane(&mut self, panes: Vec<Option<i64>>) -> Placed {
        let n_rows = panes.len();
        let mut late: HashMap<i64, u64> = HashMap::new();
        for pane in panes.iter().flatten() {
            match self.latest_pane {
                Some(latest) if *pane < latest => *late.entry(*pane).or_default() += 1,
                _ => self.latest_pane = Some(*pane),
            }
        }
        let n_placed = panes.iter().flatten().count();
        self.n_rows += n_placed as u64;
        self.n_without_time += (n_rows - n_placed) as u64;
        self.n_late += late.values().sum::<u64>();
        let first = panes.first().copied().flatten();
        let mut runs = Vec::new();
        if let Some(pane) = first
            && panes.iter().all(|other| *other == first)
        {
            runs.push((pane, Rows::Range(0..n_rows), 0));
        } else {
            let mut places: HashMap<i64, usize> = HashMap::new();
            for (row, pane) in panes.iter().enumerate() {
                let Some(pane) = *pane else { continue };
                let place = *places.entry(pane).or_insert_with(|| {
                    runs.push((pane, Rows::Some(Vec::new()), 0));
                    runs.len() - 1
                });
                if let Some((_, Rows::Some(rows), _)) = runs.get_mut(place) {
                    rows.push(row);
                }
            }
        }
        for (pane, _, n_late) in &mut runs {
            *n_late = late.get(pane).copied().unwrap_or(0);
        }
        Placed { runs }
    }
}

/// A window: its panes, and what it is called.
pub struct Cutting {
    pub panes: Range<i64>,
    /// By time: its own bounds, start inclusive, end exclusive.
    pub bounds_ms: Option<(TimestampMs, TimestampMs)>,
    pub label: Option<String>,
}

/// All windows from the first pane with rows to the last.
///
/// # Errors
/// [`Error::TooManyWindows`].
pub fn windows(
    cut: &Cut,
    first: i64,
    last: i64,
    versions: &[String],
) -> Result<Vec<Cutting>, Cause> {
    let panes = match cut {
        Cut::Rows(panes) | Cut::Time(panes) => *panes,
        Cut::Unsaid { .. } | Cut::Calendar(_) | Cut::Version => Panes {
            size: 1,
            n_length: 1,
            n_step: 1,
        },
    };
    let found = panes.n_windows(first, last);
    if found > MAX_WINDOWS + 3 {
        return Err(Error::TooManyWindows {
            found,
            limit: MAX_WINDOWS,
        }
        .into());
    }
    let length = panes.n_length.cast_signed();
    Ok(panes
        .windows(first, last)
        .map(|start| Cutting {
            panes: start..start.saturating_add(length),
            bounds_ms: match cut {
                Cut::Time(panes) => {
                    let size = panes.size.cast_signed();
                    let end = start.saturating_add(length).saturating_mul(size);
                    Some((start.saturating_mul(size), end))
                }
                Cut::Calendar(calendar) => {
                    let span = calendar.span(start);
                    Some((span.start_ms, span.end_ms))
                }
                Cut::Unsaid { .. } | Cut::Rows(_) | Cut::Version => None,
            },
            label: match cut {
                Cut::Calendar(calendar) => Some(calendar.label(start)),
                Cut::Version => usize::try_from(start)
                    .ok()
                    .and_then(|at| versions.get(at).cloned()),
                Cut::Unsaid { .. } | Cut::Rows(_) | Cut::Time(_) => None,
            },
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Cut {
        Cut::of(Some(&text.parse().expect("a window"))).expect("a cut")
    }

    /// A pane, its rows, and how many of them were late.
    type Filled = (i64, u64, u64);

    /// Places the times part by part; answers with the rows of every pane.
    fn placed(cut: &mut Cut, parts: &[&[Option<i64>]]) -> Option<(Placing, Vec<Filled>)> {
        let mut placing = Placing::default();
        let mut panes: Vec<Filled> = Vec::new();
        for times in parts {
            let by_time = cut.by_time(times);
            let placed = placing.place(cut, times.len(), Some(times), by_time, None);
            for (pane, rows, n_late) in placed.ok()?.runs {
                match panes.iter_mut().find(|(known, ..)| *known == pane) {
                    Some((_, n, late)) => {
                        *n += rows.len() as u64;
                        *late += n_late;
                    }
                    None => panes.push((pane, rows.len() as u64, n_late)),
                }
            }
        }
        Some((placing, panes))
    }

    #[test]
    fn rows_find_their_window_in_any_order() {
        let mut by_time = cut("1s");
        let times = [Some(-1), Some(0), None, Some(2_500), Some(999)];
        let (placing, panes) = placed(&mut by_time, &[&times, &[Some(5_000), Some(-1_000)]])
            .expect("any order will do");
        assert_eq!(panes, [(-1, 2, 1), (0, 2, 1), (2, 1, 0), (5, 1, 0)]);
        assert_eq!(
            (placing.n_rows, placing.n_late, placing.n_without_time),
            (6, 2, 1)
        );
        let windows = windows(&by_time, -1, 5, &[]).expect("windows");
        let bounds: Vec<_> = windows.iter().filter_map(|w| w.bounds_ms).collect();
        assert_eq!(bounds.len(), 7, "gaps are windows too");
        assert_eq!((bounds[0], bounds[6]), ((-1_000, 0), (5_000, 6_000)));
    }

    #[test]
    fn rows_are_counted_across_parts() {
        let part = [Some(1); 7];
        let (_, panes) = placed(&mut cut("4rows"), &[&part, &part[..2]]).expect("in order");
        assert_eq!(panes, [(0, 4, 0), (1, 4, 0), (2, 1, 0)]);
        let rows = [Some(1), None, Some(2)];
        let (placing, panes) = placed(&mut cut("2rows"), &[&rows, &rows[2..]]).expect("in order");
        assert_eq!(panes, [(0, 2, 0), (1, 1, 0)]);
        assert_eq!(placing.n_without_time, 1);
        assert!(placed(&mut cut("2rows"), &[&[Some(2), Some(1)]]).is_none());
        assert!(placed(&mut cut("2rows"), &[&[Some(2)], &[Some(1)]]).is_none());
    }

    #[test]
    fn nobody_said_how_to_cut() {
        for (n_rows, size) in [
            (1, 100),
            (10_000, 100),
            (10_001, 200),
            (36_250, 400),
            (1_000_000, 12_800),
        ] {
            let mut unsaid = Cut::of(None).expect("a cut");
            let mut placing = Placing::default();
            let mut left = n_rows;
            while left > 0 {
                let n = left.min(4_096);
                assert!(placing.place(&mut unsaid, n, None, None, None).is_ok());
                left -= n;
            }
            assert!(
                matches!(unsaid, Cut::Unsaid { size: found } if found == size),
                "{n_rows}"
            );
        }
    }

    #[test]
    fn versions_come_in_order_of_appearance() {
        let mut by_version = cut("version");
        let mut placing = Placing::default();
        let versions = LogColumn::of_texts(
            ["2", "1", "2", ""]
                .map(|v| Some(v).filter(|v| !v.is_empty()))
                .into_iter(),
        );
        let placed = placing.place(&mut by_version, 4, None, None, Some(&versions));
        let runs = placed.unwrap_or(Placed { runs: Vec::new() }).runs;
        let sizes: Vec<_> = runs
            .iter()
            .map(|(pane, rows, late)| (*pane, rows.len(), *late))
            .collect();
        assert_eq!(sizes, [(0, 2, 0), (1, 1, 0), (2, 1, 0)]);
        assert_eq!(placing.version_names, ["2", "1", "(none)"]);
        assert_eq!(placing.n_late, 0);
        let windows = windows(&by_version, 0, 2, &placing.version_names).expect("windows");
        let labels: Vec<_> = windows.into_iter().filter_map(|w| w.label).collect();
        assert_eq!(labels, ["2", "1", "(none)"]);
    }

    #[test]
    fn a_calendar_names_its_windows() {
        let month = cut("month in Europe/Tallinn");
        let times = [1_706_652_000_000, 1_709_157_600_000].map(Some);
        let panes = month.by_time(&times).expect("a calendar");
        let (first, last) = (panes[0].expect("a time"), panes[1].expect("a time"));
        let windows = windows(&month, first, last, &[]).expect("windows");
        let labels: Vec<_> = windows.into_iter().filter_map(|w| w.label).collect();
        assert_eq!(labels, ["2024-01", "2024-02"]);
    }

    #[test]
    fn too_many_windows_are_refused() {
        for (first, last) in [(0, 20_000), (i64::MIN / 4, i64::MAX / 4)] {
            assert!(windows(&cut("1s"), first, last, &[]).is_err(), "{first}");
        }
        assert!(windows(&cut("1s"), 0, 9_999, &[]).is_ok());
    }
}
