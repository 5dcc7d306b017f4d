//! What confusion matrices and heat maps share: row names at the left, column names below, a ramp above.

use plotters_backend::DrawingBackend;

use crate::canvas::{Anchor, Canvas, Rect, Type};
use crate::error::Error;
use crate::font;
use crate::layout;
use crate::palette::Rgb;

/// A grid of cells in a picture.
#[derive(Debug, Clone, Copy)]
pub struct Grid {
    pub area: Rect,
    pub n_rows: usize,
    pub n_columns: usize,
}

impl Grid {
    pub fn cell_width(&self) -> f64 {
        self.area.width() / self.n_columns as f64
    }
    pub fn cell_height(&self) -> f64 {
        self.area.height() / self.n_rows as f64
    }
    /// `gap` is left at the right and at the bottom.
    pub fn cell(&self, row: usize, column: usize, gap: (f64, f64)) -> Rect {
        let left = self.area.left + self.cell_width() * column as f64;
        let top = self.area.top + self.cell_height() * row as f64;
        Rect {
            left,
            top,
            right: left + self.cell_width() - gap.0,
            bottom: top + self.cell_height() - gap.1,
        }
    }
}

/// Names at the left, their right ends at `x`; where rows are low, every second, third ... of them.
pub fn row_names<DB: DrawingBackend>(
    canvas: &mut Canvas<DB>,
    grid: &Grid,
    names: &[String],
    x: f64,
    set: Type,
) -> Result<(), Error> {
    let stride = (12.0 / grid.cell_height()).ceil().max(1.0) as usize;
    for (i, name) in names.iter().enumerate().step_by(stride) {
        let middle = grid.area.top + grid.cell_height() * (i as f64 + 0.5);
        canvas.text(name, (x, middle + 4.0), set)?;
    }
    Ok(())
}

/// Names below, as many as stand `gap` apart; each is cut to `longest`.
pub fn column_names<DB: DrawingBackend>(
    canvas: &mut Canvas<DB>,
    grid: &Grid,
    names: &[String],
    (longest, gap): (f64, f64),
) -> Result<(), Error> {
    let set = Type::new(font::TICK, canvas.palette.ink_3).anchored(Anchor::Middle);
    let bounds = canvas.bounds();
    let place = |(i, name): (usize, &String)| {
        let name = set.fit(&font::clean(name), longest);
        let width = set.width(&name);
        let middle = grid.area.left + grid.cell_width() * (i as f64 + 0.5);
        let middle = middle
            .min(bounds.right - 2.0 - width / 2.0)
            .max(2.0 + width / 2.0);
        (name, (middle, width))
    };
    let placed: Vec<(String, (f64, f64))> = names.iter().enumerate().map(place).collect();
    let spans: Vec<(f64, f64)> = placed.iter().map(|p| p.1).collect();
    for ((name, (middle, _)), shown) in placed.iter().zip(layout::spaced(&spans, gap)) {
        if shown {
            canvas.text(name, (*middle, grid.area.bottom + 14.0), set)?;
        }
    }
    Ok(())
}

/// A row of swatches after its words, its right end at `right`; returns its left end.
pub fn ramp<DB: DrawingBackend>(
    canvas: &mut Canvas<DB>,
    words: (&str, &str),
    colors: &[Rgb],
    right: f64,
    top: f64,
) -> Result<f64, Error> {
    let set = Type::new(font::TICK, canvas.palette.ink_3);
    let (before, after) = words;
    let baseline = top + 10.0;
    let mut x = right;
    if !after.is_empty() {
        canvas.text(after, (x, baseline), set.anchored(Anchor::End))?;
        x -= set.width(after) + 6.0;
    }
    for color in colors.iter().rev() {
        let swatch = Rect {
            left: x - 11.25,
            top: top + 1.0,
            right: x,
            bottom: top + 11.0,
        };
        canvas.rect(swatch, *color)?;
        x -= 12.0;
    }
    x -= 5.0;
    canvas.text(before, (x, baseline), set.anchored(Anchor::End))?;
    Ok(x - set.width(before))
}
