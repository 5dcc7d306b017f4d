//! Where a plot of lines stands in its picture, and where the names of the lines do.

use assay_core::chart::Series;
use plotters_backend::DrawingBackend;

use super::{Lines, points};
use crate::canvas::{Canvas, Rect, Type};
use crate::domain::Domain;
use crate::error::Error;
use crate::figure::ends::{self, End};
use crate::font;
use crate::layout::{self, Entry, Legend, Mark, Plot};
use crate::thin::Point;

/// Series whose names stand at the ends of their lines, with the heights of the names.
pub type Names<'a> = Vec<(&'a Series, f64)>;

/// Finds the place of the plot, and of the names: at the ends of the lines (returned with their heights), or else in a
/// legend, which is drawn at once.
pub fn arrange<'a, DB: DrawingBackend>(
    canvas: &mut Canvas<DB>,
    lines: &Lines<'a>,
    (x, y): (Domain, Domain),
    labels: &[String],
    body: Rect,
) -> Result<(Plot, Names<'a>), Error> {
    let titles = (lines.x.title.as_str(), lines.y.title.as_str());
    let mut named: Vec<(&Series, Point)> = lines
        .series
        .iter()
        .filter(|s| !s.name.is_empty())
        .filter_map(|s| Some((s, last_point(lines, s)?)))
        .collect();
    let set = Type::new(font::TICK, canvas.palette.ink);
    let mut plot = Plot {
        area: layout::columns(body, labels, titles, 0.0),
        x,
        y,
    };
    if lines.diagonal {
        square(&mut plot.area);
    }
    let end = |(series, (px, py)): &(&Series, Point)| {
        let width = set.width(&font::clean(&series.name));
        Some(End {
            x: x.share(*px)?,
            y: plot.at_y(*py)?,
            width,
        })
    };
    let ends: Option<Vec<End>> = named.iter().map(end).collect();
    let reach = (plot.area.top, plot.area.bottom);
    if let Some(ends) = ends
        && let Some(heights) = ends::places(&ends, reach, (body.width() * 0.25).min(170.0))
    {
        let widest = ends.iter().map(|e| e.width).fold(0.0, f64::max);
        // the labels of the x axis reach a little beyond its end
        let room = if ends.is_empty() { 6.0 } else { widest + 9.0 };
        let free = body.right - plot.area.right;
        plot.area.right -= (room - free).max(0.0).round();
        let names = named.into_iter().map(|(s, _)| s).zip(heights).collect();
        return Ok((plot, names));
    }
    // the order follows the values: the last, and where lines end together (ROC), the mean
    let rank = |(series, last): &(&Series, Point)| (last.1, mean(lines, series));
    named.sort_by(|a, b| {
        let (a, b) = (rank(a), rank(b));
        b.0.total_cmp(&a.0).then(b.1.total_cmp(&a.1))
    });
    let entry = |(s, _): &(&Series, Point)| Entry {
        mark: Mark::Line,
        color: canvas.palette.category(s.color),
        name: s.name.clone(),
    };
    let entries: Vec<Entry> = named.iter().map(entry).collect();
    let beside = body.right - plot.area.right - 24.0;
    if lines.diagonal && beside > 120.0 {
        let legend = Legend::stacked(&entries, beside);
        legend.draw(canvas, plot.area.right + 24.0, plot.area.top)?;
        return Ok((plot, Vec::new()));
    }
    let legend = Legend::wrapped(&entries, body.width());
    legend.draw(canvas, body.left, body.top)?;
    let below = Rect {
        top: body.top + legend.height() + 4.0,
        ..body
    };
    plot.area = layout::columns(below, labels, titles, 6.0);
    if lines.diagonal {
        square(&mut plot.area);
    }
    Ok((plot, Vec::new()))
}

/// A diagonal is one of equal scales: as wide as high.
fn square(area: &mut Rect) {
    let side = area.width().min(area.height());
    area.right = area.left + side;
    area.bottom = area.top + side;
}

fn last_point(lines: &Lines, series: &Series) -> Option<Point> {
    points(lines, series).flatten().last()
}

fn mean(lines: &Lines, series: &Series) -> f64 {
    let (sum, n) = points(lines, series)
        .flatten()
        .fold((0.0, 0.0), |(sum, n), p| (sum + p.1, n + 1.0));
    sum / n
}
