//! The confusion matrix: counts in the cells, the share of the row as colour; rows true, columns predicted.

use plotters_backend::DrawingBackend;

use super::Drawn;
use super::cells::{self, Grid};
use crate::canvas::{Anchor, Canvas, Rect, Type};
use crate::error::Error;
use crate::{font, number};

/// No cell is larger: a matrix of two classes is not a poster.
const LARGEST: (f64, f64) = (150.0, 96.0);

pub fn draw<DB: DrawingBackend>(
    canvas: &mut Canvas<DB>,
    classes: &[String],
    counts: &[Vec<u64>],
    body: Rect,
) -> Result<Drawn, Error> {
    let n = classes.len();
    let count = |row: usize, column: usize| -> u64 {
        counts
            .get(row)
            .and_then(|r| r.get(column))
            .copied()
            .unwrap_or(0)
    };
    if n == 0 || (0..n).all(|i| (0..n).all(|j| count(i, j) == 0)) {
        return Ok(Drawn::Nothing("row that was counted"));
    }
    let quiet = Type::new(font::TICK, canvas.palette.ink_3);
    let name_text = Type::new(font::SMALL, canvas.palette.ink).anchored(Anchor::End);
    let names: Vec<String> = classes
        .iter()
        .map(|c| name_text.fit(&font::clean(c), body.width() * 0.25))
        .collect();
    let widest = names
        .iter()
        .map(|name| name_text.width(name))
        .fold(quiet.width("true"), f64::max);

    let left = (body.left + widest + 8.0).round();
    let top = (body.top + 22.0).min(body.bottom - 50.0).round();
    let side = |room: f64, largest: f64| (room / n as f64).min(largest).max(2.0);
    let cell = (
        side(body.right - left, LARGEST.0),
        side(body.bottom - 34.0 - top, LARGEST.1),
    );
    // wide cells read well, high ones look like bars
    let cell = (cell.0.min(cell.1 * 2.0), cell.1.min(cell.0 * 1.2));
    let area = Rect {
        left,
        top,
        right: left + cell.0 * n as f64,
        bottom: top + cell.1 * n as f64,
    };
    let grid = Grid {
        area,
        n_rows: n,
        n_columns: n,
    };

    canvas.text("true", (left - 8.0, top - 8.0), quiet.anchored(Anchor::End))?;
    let shares = [0.0, 0.25, 0.5, 0.75, 1.0].map(|s| canvas.palette.share_cell(s));
    let ramp_end = area.right.max(area.left + 190.0).min(body.right);
    cells::ramp(
        canvas,
        ("share of the true class  0", "100 %"),
        &shares,
        ramp_end,
        body.top,
    )?;
    for row in 0..n {
        let total: u64 = (0..n)
            .map(|column| count(row, column))
            .fold(0, u64::saturating_add);
        for column in 0..n {
            draw_cell(
                canvas,
                grid.cell(row, column, (1.0, 1.0)),
                count(row, column),
                total,
            )?;
        }
    }
    cells::row_names(canvas, &grid, &names, left - 8.0, name_text)?;
    cells::column_names(canvas, &grid, classes, ((cell.0 - 6.0).max(60.0), 6.0))?;
    let middle = (area.left + area.right) / 2.0;
    canvas.text(
        "predicted",
        (middle, area.bottom + 29.0),
        quiet.anchored(Anchor::Middle),
    )?;
    Ok(Drawn::Something)
}

/// The count, with its share under it where there is room; nothing where there is none.
fn draw_cell<DB: DrawingBackend>(
    canvas: &mut Canvas<DB>,
    cell: Rect,
    count: u64,
    total: u64,
) -> Result<(), Error> {
    let share = if total == 0 {
        0.0
    } else {
        count as f64 / total as f64
    };
    let ground = canvas.palette.share_cell(share);
    canvas.rect(cell, ground)?;
    let ink = canvas.palette.text_on(ground);
    let text = number::fixed(count as f64, 0);
    let (middle, center) = (
        (cell.left + cell.right) / 2.0,
        (cell.top + cell.bottom) / 2.0,
    );
    let (width, height) = (cell.width() - 4.0, cell.height() - 2.0);

    let large = Type::new(font::BASE, ink).anchored(Anchor::Middle);
    let small = Type::new(font::TICK, ink).anchored(Anchor::Middle);
    let percent = number::percent(share);
    if height >= 36.0 && large.width(&text).max(small.width(&percent)) <= width {
        canvas.text(&text, (middle, center - 1.0), large)?;
        return canvas.text(&percent, (middle, center + 14.0), small);
    }
    let set = if height >= 16.0 && large.width(&text) <= width {
        large
    } else {
        small
    };
    if height >= 11.0 && set.width(&text) <= width {
        canvas.text(&text, (middle, center + set.size * 0.36), set)?;
    }
    Ok(())
}
