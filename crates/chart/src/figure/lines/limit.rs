//! A limit across a plot.

use assay_core::chart::Limit;
use plotters_backend::DrawingBackend;

use crate::canvas::{Canvas, Rect, Type};
use crate::error::Error;
use crate::figure::clip;
use crate::layout::Plot;
use crate::thin::Point;
use crate::{font, number};

/// Dashed, with its name beside it, where the fewest lines run.
pub fn draw<DB: DrawingBackend>(
    canvas: &mut Canvas<DB>,
    limit: &Limit,
    lines: &[Vec<Point>],
    plot: &Plot,
) -> Result<(), Error> {
    let area = plot.area;
    let Some(y) = plot
        .at_y(limit.value)
        .filter(|y| (area.top..=area.bottom).contains(y))
    else {
        return Ok(());
    };
    let critical = canvas.palette.critical;
    let middle = y.round() + 0.5;
    canvas.dashed(
        (area.left, middle),
        (area.right, middle),
        (4.0, 3.0),
        critical,
    )?;
    let value = number::short(limit.value);
    let name = font::clean(&limit.name);
    let text = if name.contains(&value) {
        name
    } else {
        format!("{name} {value}")
    };
    let set = Type::new(font::TICK, critical);
    let text = set.fit(text.trim(), area.width() - 8.0);
    let width = set.width(&text);

    let free = area.width() - width - 8.0;
    let mut best: Option<(usize, Point)> = None;
    for step in 0..=20 {
        let left = area.left + 4.0 + free * f64::from(step) / 20.0;
        for baseline in [middle + 12.0, middle - 5.0] {
            let block = Rect {
                left: left - 2.0,
                top: baseline - 9.0,
                right: left + width + 2.0,
                bottom: baseline + 2.0,
            };
            if block.top < area.top || block.bottom > area.bottom {
                continue;
            }
            let crossing = lines
                .iter()
                .map(|line| clip::polyline(line, block).len())
                .sum();
            if best.is_none_or(|(fewest, _)| crossing < fewest) {
                best = Some((crossing, (left, baseline)));
            }
        }
    }
    match best {
        Some((_, at)) => canvas.text(&text, at, set),
        None => Ok(()),
    }
}
