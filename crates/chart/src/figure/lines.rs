//! Curves: learning curves, ROC, performance per window, with bands, limits and a diagonal.

use assay_core::chart::{Axis, Limit, Series};
use plotters_backend::DrawingBackend;

use super::ends::{self, End};
use super::{Drawn, clip};
use crate::canvas::{Canvas, Rect, Type};
use crate::domain::{Domain, Room, drawable};
use crate::error::Error;
use crate::layout::{self, Entry, Legend, Mark, Plot};
use crate::thin::{self, Point};
use crate::{font, number};

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
    let (plot, names) = arrange(canvas, lines, (x, y), &labels, body)?;

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
        draw_limit(canvas, limit, &drawn, &plot)?;
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

fn last_point(lines: &Lines, series: &Series) -> Option<Point> {
    points(lines, series).flatten().last()
}

fn mean(lines: &Lines, series: &Series) -> f64 {
    let (sum, n) = points(lines, series)
        .flatten()
        .fold((0.0, 0.0), |(sum, n), p| (sum + p.1, n + 1.0));
    sum / n
}

/// Finds the place of the plot, and of the names: at the ends of the lines (returned with their heights), or else in a
/// legend, which is drawn at once.
fn arrange<'a, DB: DrawingBackend>(
    canvas: &mut Canvas<DB>,
    lines: &Lines<'a>,
    (x, y): (Domain, Domain),
    labels: &[String],
    body: Rect,
) -> Result<(Plot, Vec<(&'a Series, f64)>), Error> {
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

/// Dashed, with its name beside it, where the fewest lines run.
fn draw_limit<DB: DrawingBackend>(
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
