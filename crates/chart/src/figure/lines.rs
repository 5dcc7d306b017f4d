//! Curves: learning curves, ROC, performance per window, with bands, limits and a diagonal.

mod arrange;
mod limit;

use assay_core::chart::{Axis, Limit, Series};
use plotters_backend::DrawingBackend;

use super::{Drawn, clip};
use crate::canvas::{Canvas, Rect, Type};
use crate::domain::{Domain, Room, drawable};
use crate::error::Error;
use crate::font;
use crate::layout::{self, Plot};
use crate::thin::{self, Point};

pub struct Lines<'a> {
    pub x: &'a Axis,
    pub y: &'a Axis,
    pub series: &'a [Series],
    pub limits: &'a [Limit],
    pub diagonal: bool,
}

pub fn draw<DB: DrawingBackend>(
    canvas: &mut Canvas<DB>,
    lines: &Lines,
    body: Rect,
) -> Result<Drawn, Error> {
    let Some((x, y)) = domains(lines) else {
        return Ok(Drawn::Nothing("point with a finite x and y"));
    };
    let ticks = y.ticks();
    let labels = layout::y_labels(&ticks, "");
    let (plot, names) = arrange::arrange(canvas, lines, (x, y), &labels, body)?;

    layout::y_axis(canvas, &plot, (&ticks, &labels), &lines.y.title)?;
    layout::x_axis(canvas, &plot, &x.ticks(), &lines.x.title)?;
    for series in lines.series {
        band(canvas, lines, series, &plot)?;
    }
    if lines.diagonal {
        let Rect {
            left,
            top,
            right,
            bottom,
        } = plot.area;
        canvas.dashed(
            (left, bottom),
            (right, top),
            (2.0, 3.0),
            canvas.palette.line_axis,
        )?;
    }
    // the first series lies on top
    let mut drawn = Vec::new();
    for series in lines.series.iter().rev() {
        drawn.extend(line(canvas, lines, series, &plot)?);
    }
    for limit in lines.limits {
        limit::draw(canvas, limit, &drawn, &plot)?;
    }
    for (series, y) in names {
        let set = Type::new(font::TICK, canvas.palette.category(series.color));
        canvas.text(
            &font::clean(&series.name),
            (plot.area.right + 7.0, y + 4.0),
            set,
        )?;
    }
    Ok(Drawn::Something)
}

fn domains(lines: &Lines) -> Option<(Domain, Domain)> {
    let placed = |series| points(lines, series).flatten();
    let x = Domain::of(
        lines.series.iter().flat_map(placed).map(|p| p.0),
        lines.x,
        Room::None,
    )?;
    let bounds = lines
        .series
        .iter()
        .flat_map(|s| s.low.iter().chain(&s.high))
        .copied();
    let limits = lines.limits.iter().map(|l| l.value);
    let values = lines.series.iter().flat_map(placed).map(|p| p.1);
    let y = Domain::of(values.chain(bounds).chain(limits), lines.y, Room::Some)?;
    Some((x, y))
}

/// `None` where a point has no place on the axes: a gap.
fn points<'a>(lines: &Lines, series: &'a Series) -> impl Iterator<Item = Option<Point>> + 'a {
    let (x_scale, y_scale) = (lines.x.scale, lines.y.scale);
    let pairs = series.x.iter().zip(&series.y);
    pairs.map(move |(x, y)| (drawable(*x, x_scale) && drawable(*y, y_scale)).then_some((*x, *y)))
}

fn band<DB: DrawingBackend>(
    canvas: &mut Canvas<DB>,
    lines: &Lines,
    series: &Series,
    plot: &Plot,
) -> Result<(), Error> {
    let scale = lines.y.scale;
    let bounds = series.x.iter().zip(series.low.iter().zip(&series.high));
    let placed: Vec<Option<(f64, f64, f64)>> = bounds
        .map(|(x, (low, high))| {
            let both = drawable(*low, scale) && drawable(*high, scale);
            both.then(|| Some((plot.at_x(*x)?, plot.at_y(*low)?, plot.at_y(*high)?)))?
        })
        .collect();
    let color = canvas.palette.category(series.color);
    for part in placed.split(Option::is_none) {
        let part: Vec<(f64, f64, f64)> = part.iter().flatten().copied().collect();
        let part = thin::band_to_columns(&part);
        let upper = part.iter().map(|(x, _, high)| (*x, *high));
        let lower = part.iter().rev().map(|(x, low, _)| (*x, *low));
        let outline: Vec<Point> = upper
            .chain(lower)
            .map(|p| clip::clamped(p, plot.area))
            .collect();
        if part.len() > 1 {
            canvas.area(&outline, color, 0.13)?;
        }
    }
    Ok(())
}

/// Returns what was drawn.
fn line<DB: DrawingBackend>(
    canvas: &mut Canvas<DB>,
    lines: &Lines,
    series: &Series,
    plot: &Plot,
) -> Result<Vec<Vec<Point>>, Error> {
    let mut drawn = Vec::new();
    let color = canvas.palette.category(series.color);
    let placed: Vec<Option<Point>> = points(lines, series)
        .map(|p| p.and_then(|(x, y)| plot.at(x, y)))
        .collect();
    for part in placed.split(Option::is_none) {
        let part: Vec<Point> = part.iter().flatten().copied().collect();
        if let [alone] = part[..] {
            if clip::holds(plot.area, alone) {
                canvas.dot(alone, 2.0, color)?;
            }
            continue;
        }
        for visible in clip::polyline(&thin::to_columns(&part), plot.area) {
            canvas.path(&visible, 1.5, color)?;
            drawn.push(visible);
        }
    }
    Ok(drawn)
}
