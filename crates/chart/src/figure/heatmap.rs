//! The drift map: columns of the data by windows. Grey within the threshold, the heat ramp over it, gaps left open.

use plotters_backend::DrawingBackend;

use super::Drawn;
use super::cells::{self, Grid};
use crate::canvas::{Anchor, Canvas, Rect, Type};
use crate::error::Error;
use crate::{font, number};

pub struct HeatMap<'a> {
    pub rows: &'a [String],
    pub columns: &'a [String],
    pub values: &'a [Option<f64>],
    pub over: &'a [bool],
    pub threshold: f64,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cell {
    pub value: f64,
    pub over: bool,
}

impl HeatMap<'_> {
    /// `None` is a gap.
    pub fn cell(&self, row: usize, column: usize) -> Option<Cell> {
        let i = row * self.columns.len() + column;
        let value = self
            .values
            .get(i)
            .copied()
            .flatten()
            .filter(|v| v.is_finite())?;
        Some(Cell {
            value,
            over: self.over.get(i).copied().unwrap_or(false),
        })
    }

    /// The end of the ramp: 1, where most distances end, or the largest value when it is larger.
    pub fn top(&self) -> f64 {
        self.values
            .iter()
            .flatten()
            .copied()
            .filter(|v| v.is_finite())
            .fold(1.0, f64::max)
    }

    /// Columns `from..to` of `row` as one: the worst of them.
    fn worst(&self, row: usize, from: usize, to: usize) -> Option<Cell> {
        let cells = (from..to).filter_map(|column| self.cell(row, column));
        cells.max_by(|a, b| a.over.cmp(&b.over).then(a.value.total_cmp(&b.value)))
    }
}

/// Rows grow no higher: the picture may be high because a page is.
const HIGHEST_ROW: f64 = 40.0;

pub fn draw<DB: DrawingBackend>(
    canvas: &mut Canvas<DB>,
    map: &HeatMap,
    body: Rect,
) -> Result<Drawn, Error> {
    let (n_rows, n_columns) = (map.rows.len(), map.columns.len());
    let any = |row| (0..n_columns).any(|column| map.cell(row, column).is_some());
    if !(0..n_rows).any(any) {
        return Ok(Drawn::Nothing("window with a distance"));
    }
    let name_text = Type::new(font::SMALL, canvas.palette.ink_2);
    let names: Vec<String> = map
        .rows
        .iter()
        .map(|r| name_text.fit(&font::clean(r), body.width() * 0.25))
        .collect();
    let counts: Vec<usize> = (0..n_rows)
        .map(|row| {
            (0..n_columns)
                .filter(|c| map.cell(row, *c).is_some_and(|cell| cell.over))
                .count()
        })
        .collect();
    let widest = names
        .iter()
        .map(|name| name_text.width(name))
        .fold(0.0, f64::max);
    let count_text = Type::new(font::TICK, canvas.palette.ink_3).anchored(Anchor::End);
    let count_width = count_text.width(&number::fixed(n_columns as f64, 0));

    let left = (body.left + widest + 10.0 + count_width + 8.0).round();
    let top = (body.top + 18.0).round();
    let right = body.right.max(left + 10.0);
    let row_height = ((body.bottom - 18.0 - top) / n_rows as f64).clamp(1.0, HIGHEST_ROW);
    let area = Rect {
        left,
        top,
        right,
        bottom: top + row_height * n_rows as f64,
    };
    // more windows than pixels: neighbours share a cell
    let merged = (n_columns as f64 * 2.0 / area.width()).ceil().max(1.0) as usize;
    let grid = Grid {
        area,
        n_rows,
        n_columns: n_columns.div_ceil(merged),
    };

    draw_legend(canvas, map, body)?;
    let top_value = map.top();
    for row in 0..n_rows {
        draw_row(canvas, map, &grid, (row, merged), top_value)?;
    }
    let stride = (12.0 / row_height).ceil().max(1.0) as usize;
    for row in (0..n_rows).step_by(stride) {
        let baseline = top + row_height * (row as f64 + 0.5) + 4.0;
        let drifted = counts[row] > 0;
        let color = if drifted {
            canvas.palette.ink
        } else {
            canvas.palette.ink_3
        };
        canvas.text(
            &names[row],
            (body.left, baseline),
            Type { color, ..name_text },
        )?;
        if drifted {
            let count = number::fixed(counts[row] as f64, 0);
            canvas.text(&count, (left - 8.0, baseline), count_text)?;
        }
    }
    let ticks: Vec<String> = map.columns.iter().step_by(merged).cloned().collect();
    cells::column_names(canvas, &grid, &ticks, (120.0, 24.0))?;
    Ok(Drawn::Something)
}

fn draw_row<DB: DrawingBackend>(
    canvas: &mut Canvas<DB>,
    map: &HeatMap,
    grid: &Grid,
    (row, merged): (usize, usize),
    top: f64,
) -> Result<(), Error> {
    let gap = if grid.cell_width() >= 3.0 { 0.75 } else { 0.0 };
    let row_gap = if grid.cell_height() >= 4.0 { 1.0 } else { 0.0 };
    let cell_of = |column: usize| {
        let to = ((column + 1) * merged).min(map.columns.len());
        map.worst(row, column * merged, to)
    };
    let cells: Vec<Option<Cell>> = (0..grid.n_columns).map(cell_of).collect();
    for (column, cell) in cells.iter().enumerate() {
        let rect = grid.cell(row, column, (gap, row_gap));
        match cell {
            Some(cell) => {
                let color = canvas
                    .palette
                    .heat_cell(cell.value, cell.over, map.threshold, top);
                canvas.rect(rect, color)?;
            }
            None if rect.width() >= 5.0 && rect.height() >= 8.0 => {
                let middle = (
                    (rect.left + rect.right) / 2.0,
                    (rect.top + rect.bottom) / 2.0,
                );
                canvas.dot(middle, 1.0, canvas.palette.line_2)?;
            }
            None => {}
        }
    }
    if grid.cell_height() < 8.0 {
        return Ok(());
    }
    let over = |cell: &Option<Cell>| cell.is_some_and(|c| c.over);
    let mut start = 0;
    for run in cells.chunk_by(|a, b| over(a) == over(b)) {
        let end = start + run.len();
        if over(&run[0]) {
            let (first, last) = (
                grid.cell(row, start, (gap, row_gap)),
                grid.cell(row, end - 1, (gap, row_gap)),
            );
            let line = Rect {
                left: first.left,
                right: last.right,
                top: first.bottom - 2.0,
                bottom: first.bottom,
            };
            canvas.rect(line, canvas.palette.ink)?;
        }
        start = end;
    }
    Ok(())
}

/// "within 0.1" and "over it" with their ramps, at the right.
fn draw_legend<DB: DrawingBackend>(
    canvas: &mut Canvas<DB>,
    map: &HeatMap,
    body: Rect,
) -> Result<(), Error> {
    let palette = canvas.palette;
    let y = body.top - 4.0;
    let left = cells::ramp(
        canvas,
        ("over it", ""),
        &palette.heat[palette.heat_from..],
        body.right,
        y,
    )?;
    let end = body.right;
    let start = end - 12.0 * (palette.heat.len() - palette.heat_from) as f64;
    canvas.rect(
        Rect {
            left: start + 0.75,
            right: end,
            top: y + 10.0,
            bottom: y + 12.0,
        },
        palette.ink,
    )?;
    let within = format!("within {}", number::significant(map.threshold, 3));
    cells::ramp(canvas, (&within, ""), &palette.neutral, left - 14.0, y)?;
    Ok(())
}
