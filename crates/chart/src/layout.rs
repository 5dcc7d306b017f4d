//! What figures have in common: title, legend row, axes and grid.

mod axes;
mod legend;

use plotters_backend::DrawingBackend;

pub use axes::{Plot, columns, spaced, x_axis, y_axis, y_labels};
pub use legend::{Entry, Legend, Mark};

use crate::canvas::{Canvas, Rect, Type};
use crate::error::Error;
use crate::font;

/// Around everything.
pub const MARGIN: f64 = 16.0;

/// Writes title and subtitle, beside each other when they fit; returns what is left for the figure.
pub fn head<DB: DrawingBackend>(
    canvas: &mut Canvas<DB>,
    title: &str,
    subtitle: &str,
) -> Result<Rect, Error> {
    let bounds = canvas.bounds();
    let room = bounds.width() - 2.0 * MARGIN;
    let strong = Type::new(font::TITLE, canvas.palette.ink).strong();
    let quiet = Type::new(font::SMALL, canvas.palette.ink_3);

    let mut baseline = MARGIN + 11.0;
    let (title, subtitle) = (font::clean(title), font::clean(subtitle));
    canvas.text(&strong.fit(&title, room), (MARGIN, baseline), strong)?;
    if !subtitle.is_empty() {
        let beside = if title.is_empty() {
            0.0
        } else {
            strong.width(&title) + 8.0
        };
        if beside + quiet.width(&subtitle) <= room {
            canvas.text(&subtitle, (MARGIN + beside, baseline), quiet)?;
        } else {
            baseline += 17.0;
            canvas.text(&quiet.fit(&subtitle, room), (MARGIN, baseline), quiet)?;
        }
    }
    let nothing_written = title.is_empty() && subtitle.is_empty();
    Ok(Rect {
        left: MARGIN,
        top: if nothing_written {
            MARGIN
        } else {
            baseline + 13.0
        },
        right: bounds.right - MARGIN,
        bottom: bounds.bottom - 12.0,
    })
}
