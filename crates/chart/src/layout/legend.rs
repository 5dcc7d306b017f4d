//! One row (two or three when names are long) of marks with their names.

use plotters_backend::DrawingBackend;

use crate::canvas::{Canvas, Rect, Type};
use crate::error::Error;
use crate::font;
use crate::palette::Rgb;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    Line,
    Square,
    /// An outline: a distribution drawn as steps.
    Frame,
    None,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    pub mark: Mark,
    pub color: Rgb,
    pub name: String,
}

/// Entries broken into rows.
pub struct Legend {
    /// Entry and left end, by row.
    rows: Vec<Vec<(Entry, f64)>>,
}

const ROW: f64 = 16.0;
const ROWS: usize = 3;
const MARK_WIDTH: f64 = 14.0;
const GAP: f64 = 14.0;
const LONGEST_NAME: f64 = 240.0;

impl Legend {
    /// Rows no longer than `room`; the last says how many names are left out.
    pub fn wrapped(entries: &[Entry], room: f64) -> Self {
        let set = text();
        let mut rows: Vec<Vec<(Entry, f64)>> = vec![Vec::new()];
        let mut x = 0.0;
        for entry in entries {
            let mark = mark_width(entry);
            let name = set.fit(&font::clean(&entry.name), LONGEST_NAME.min(room - mark));
            let width = mark + set.width(&name);
            if x > 0.0 && x + width > room {
                rows.push(Vec::new());
                x = 0.0;
            }
            if let Some(row) = rows.last_mut() {
                row.push((
                    Entry {
                        name,
                        ..entry.clone()
                    },
                    x,
                ));
            }
            x += width + GAP;
        }
        if rows.len() > ROWS {
            rows.truncate(ROWS);
            count_the_rest(&mut rows, entries, room);
        }
        Self { rows }
    }

    /// One entry a row, for a column beside a plot.
    pub fn stacked(entries: &[Entry], room: f64) -> Self {
        let set = text();
        let row = |entry: &Entry| {
            let name = set.fit(&font::clean(&entry.name), room - mark_width(entry));
            vec![(
                Entry {
                    name,
                    ..entry.clone()
                },
                0.0,
            )]
        };
        Self {
            rows: entries.iter().map(row).collect(),
        }
    }

    pub fn height(&self) -> f64 {
        if self.rows.iter().all(Vec::is_empty) {
            return 0.0;
        }
        ROW * self.rows.len() as f64
    }

    pub fn draw<DB: DrawingBackend>(
        &self,
        canvas: &mut Canvas<DB>,
        left: f64,
        top: f64,
    ) -> Result<(), Error> {
        let set = Type::new(font::TICK, canvas.palette.ink_2);
        for (i, row) in self.rows.iter().enumerate() {
            let baseline = top + 10.0 + ROW * i as f64;
            for (entry, x) in row {
                let x = left + x;
                draw_mark(canvas, entry, x, baseline)?;
                canvas.text(&entry.name, (x + mark_width(entry), baseline), set)?;
            }
        }
        Ok(())
    }
}

/// Ends the last row with "and n more", instead of as many entries as that takes.
fn count_the_rest(rows: &mut [Vec<(Entry, f64)>], entries: &[Entry], room: f64) {
    let mut shown: usize = rows.iter().map(Vec::len).sum();
    let (Some(row), Some(first)) = (rows.last_mut(), entries.first()) else {
        return;
    };
    while let Some((last, x)) = row.last() {
        let x = x + mark_width(last) + text().width(&last.name) + GAP;
        let name = format!("and {} more", entries.len() - shown);
        if x + text().width(&name) <= room || row.len() == 1 {
            row.push((
                Entry {
                    mark: Mark::None,
                    name,
                    ..first.clone()
                },
                x,
            ));
            return;
        }
        row.pop();
        shown -= 1;
    }
}

fn draw_mark<DB: DrawingBackend>(
    canvas: &mut Canvas<DB>,
    entry: &Entry,
    x: f64,
    baseline: f64,
) -> Result<(), Error> {
    let square = Rect {
        left: x,
        top: baseline - 8.0,
        right: x + 8.0,
        bottom: baseline,
    };
    match entry.mark {
        Mark::None => Ok(()),
        Mark::Line => {
            let (top, bottom) = (baseline - 5.0, baseline - 3.0);
            canvas.rect(
                Rect {
                    left: x,
                    top,
                    right: x + MARK_WIDTH,
                    bottom,
                },
                entry.color,
            )
        }
        Mark::Square => canvas.rect(square, entry.color),
        Mark::Frame => {
            let Rect {
                left,
                top,
                right,
                bottom,
            } = square;
            let corners = [
                (left, bottom),
                (left, top),
                (right, top),
                (right, bottom),
                (left, bottom),
            ];
            canvas.path(&corners, 1.2, entry.color)
        }
    }
}

fn mark_width(entry: &Entry) -> f64 {
    match entry.mark {
        Mark::Line => MARK_WIDTH + 5.0,
        Mark::Square | Mark::Frame => 13.0,
        Mark::None => 0.0,
    }
}

/// The size that counts for widths; the colour is set when it is drawn.
fn text() -> Type {
    Type::new(font::TICK, Rgb(0, 0, 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(n: usize, name: &str) -> Vec<Entry> {
        let entry = |i| Entry {
            mark: Mark::Line,
            color: Rgb(0, 0, 0),
            name: format!("{name} {i}"),
        };
        (0..n).map(entry).collect()
    }

    fn names(legend: &Legend) -> Vec<Vec<&str>> {
        legend
            .rows
            .iter()
            .map(|row| row.iter().map(|(e, _)| e.name.as_str()).collect())
            .collect()
    }

    #[test]
    fn entries_wrap_and_the_rest_is_counted() {
        let short = Legend::wrapped(&entries(3, "run"), 400.0);
        assert_eq!(names(&short), [["run 0", "run 1", "run 2"]]);
        assert_eq!(short.height(), ROW);

        let many = Legend::wrapped(&entries(40, "run"), 300.0);
        let rows = names(&many);
        assert_eq!(rows.len(), ROWS);
        let shown: usize = rows.iter().map(Vec::len).sum::<usize>() - 1;
        assert_eq!(
            rows[2].last(),
            Some(&format!("and {} more", 40 - shown).as_str())
        );

        assert_eq!(Legend::wrapped(&[], 300.0).height(), 0.0);
    }

    #[test]
    fn nothing_is_wider_than_its_room() {
        let long = "a run with a name that goes on and on and on and on and on and on";
        for room in [30.0, 120.0, 500.0] {
            for legend in [
                Legend::wrapped(&entries(9, long), room),
                Legend::stacked(&entries(9, long), room),
            ] {
                for (entry, x) in legend
                    .rows
                    .iter()
                    .flatten()
                    .filter(|(e, _)| e.mark != Mark::None)
                {
                    assert!(
                        x + mark_width(entry) + text().width(&entry.name) <= room,
                        "{entry:?}"
                    );
                }
            }
        }
    }
}
