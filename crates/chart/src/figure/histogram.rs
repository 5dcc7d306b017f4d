//! Distributions over shared edges: one as bars, the others as outlines over it.

use assay_core::chart::{Axis, BarSeries};
use plotters_backend::DrawingBackend;

use super::{Drawn, clip};
use crate::canvas::{Canvas, Rect};
use crate::domain::{Domain, Room, drawable};
use crate::error::Error;
use crate::layout::{self, Entry, Legend, Mark, Plot};
use crate::palette::Rgb;
use crate::thin::Point;

/// Left edge, right edge, share of rows in percent.
type Bin = (f64, f64, f64);

pub fn draw<DB: DrawingBackend>(
    canvas: &mut Canvas<DB>,
    axis: &Axis,
    edges: &[f64],
    series: &[BarSeries],
    body: Rect,
) -> Result<Drawn, Error> {
    let all: Vec<Vec<Bin>> = series.iter().map(|s| bins(axis, edges, s)).collect();
    let reached = all.iter().flatten().flat_map(|b| [b.0, b.1]);
    let shares = all.iter().flatten().map(|b| b.2);
    let (Some(x), Some(y)) = (
        Domain::of(reached, axis, Room::None),
        Domain::of(shares.chain([0.0]), &Axis::linear(""), Room::Tick),
    ) else {
        return Ok(Drawn::Nothing("bin with finite edges and a share"));
    };
    let body = legend(canvas, series, body)?;
    let ticks = y.ticks();
    let labels = layout::y_labels(&ticks, " %");
    let area = layout::columns(body, &labels, (&axis.title, "share of rows"), 6.0);
    let plot = Plot { area, x, y };
    layout::y_axis(canvas, &plot, (&ticks, &labels), "share of rows")?;
    layout::x_axis(canvas, &plot, &x.ticks(), &axis.title)?;
    // the last is what is looked at, the others are what it is held against
    if let (Some(one), Some(bins)) = (series.last(), all.last()) {
        filled(canvas, bins, canvas.palette.category(one.color), &plot)?;
    }
    for (one, bins) in series.iter().zip(&all).take(series.len().saturating_sub(1)) {
        outlined(canvas, bins, canvas.palette.category(one.color), &plot)?;
    }
    canvas.horizontal(area.left, area.right, area.bottom, canvas.palette.line_axis)?;
    Ok(Drawn::Something)
}

/// The bins of `series` that can be drawn.
fn bins(axis: &Axis, edges: &[f64], series: &BarSeries) -> Vec<Bin> {
    let bin = |(pair, value): (&[f64], &Option<f64>)| {
        let share = value.filter(|v| v.is_finite() && *v >= 0.0)?;
        let placed = drawable(pair[0], axis.scale) && drawable(pair[1], axis.scale);
        (placed && pair[0] < pair[1]).then_some((pair[0], pair[1], share * 100.0))
    };
    edges
        .windows(2)
        .zip(&series.values)
        .filter_map(bin)
        .collect()
}

fn legend<DB: DrawingBackend>(
    canvas: &mut Canvas<DB>,
    series: &[BarSeries],
    body: Rect,
) -> Result<Rect, Error> {
    if series.len() < 2 {
        return Ok(body);
    }
    let entry = |(i, s): (usize, &BarSeries)| Entry {
        mark: if i + 1 == series.len() {
            Mark::Square
        } else {
            Mark::Frame
        },
        color: canvas.palette.category(s.color),
        name: s.name.clone(),
    };
    let entries: Vec<Entry> = series.iter().enumerate().map(entry).collect();
    let legend = Legend::wrapped(&entries, body.width());
    legend.draw(canvas, body.left, body.top)?;
    Ok(Rect {
        top: body.top + legend.height() + 4.0,
        ..body
    })
}

fn filled<DB: DrawingBackend>(
    canvas: &mut Canvas<DB>,
    bins: &[Bin],
    color: Rgb,
    plot: &Plot,
) -> Result<(), Error> {
    for (left, right, share) in bins.iter().filter(|b| b.2 > 0.0) {
        let (Some((left, top)), Some(right)) = (plot.at(*left, *share), plot.at_x(*right)) else {
            continue;
        };
        let gap = if right - left > 3.0 { 0.5 } else { 0.0 };
        let (left, top) = clip::clamped((left + gap, top), plot.area);
        let (right, bottom) = clip::clamped((right - gap, plot.area.bottom), plot.area);
        // what is there is seen, however little
        let top = top.min(bottom - 1.0);
        canvas.rect(
            Rect {
                left,
                top,
                right,
                bottom,
            },
            color,
        )?;
    }
    Ok(())
}

fn outlined<DB: DrawingBackend>(
    canvas: &mut Canvas<DB>,
    bins: &[Bin],
    color: Rgb,
    plot: &Plot,
) -> Result<(), Error> {
    let floor = plot.area.bottom;
    for run in bins.chunk_by(|a, b| a.1 == b.0) {
        let mut steps: Vec<Point> = Vec::new();
        for (left, right, share) in run {
            let (Some((left, top)), Some(right)) = (plot.at(*left, *share), plot.at_x(*right))
            else {
                continue;
            };
            if steps.is_empty() {
                steps.push((left, floor));
            }
            steps.extend([(left, top), (right, top)]);
        }
        if let Some((right, _)) = steps.last().copied() {
            steps.push((right, floor));
        }
        for part in clip::polyline(&steps, plot.area) {
            canvas.path(&part, 1.2, color)?;
        }
    }
    Ok(())
}
