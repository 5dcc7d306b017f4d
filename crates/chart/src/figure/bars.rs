//! Groups of bars: upright, or lying when the names of the categories are long.

use assay_core::chart::{Axis, BarSeries, Scale};
use plotters_backend::DrawingBackend;

use super::Drawn;
use crate::canvas::{Anchor, Canvas, Rect, Type};
use crate::domain::{Domain, Room, drawable};
use crate::error::Error;
use crate::layout::{self, Entry, Legend, Mark, Plot};
use crate::{font, number};

pub fn draw<DB: DrawingBackend>(
    canvas: &mut Canvas<DB>,
    categories: &[String],
    axis: &Axis,
    series: &[BarSeries],
    body: Rect,
) -> Result<Drawn, Error> {
    let seen = series
        .iter()
        .flat_map(|s| s.values.iter().take(categories.len()))
        .flatten();
    let mut values = seen
        .copied()
        .filter(|v| drawable(*v, axis.scale))
        .peekable();
    if values.peek().is_none() {
        return Ok(Drawn::Nothing("finite value in any category"));
    }
    let Some(domain) = Domain::of(values.chain([0.0]), axis, Room::Tick) else {
        return Ok(Drawn::Nothing("finite value in any category"));
    };
    let body = legend(canvas, series, body)?;
    let names: Vec<String> = categories.iter().map(|c| font::clean(c)).collect();
    let set = Type::new(font::TICK, canvas.palette.ink_2);
    let widest = names.iter().map(|n| set.width(n)).fold(0.0, f64::max);
    if widest + 8.0 <= (body.width() - 40.0) / names.len() as f64 {
        upright(canvas, &names, (axis, domain), series, body)?;
    } else {
        lying(canvas, &names, (axis, domain), series, body)?;
    }
    Ok(Drawn::Something)
}

/// Draws the legend of more than one series; returns what is left.
pub fn legend<DB: DrawingBackend>(
    canvas: &mut Canvas<DB>,
    series: &[BarSeries],
    body: Rect,
) -> Result<Rect, Error> {
    if series.len() < 2 {
        return Ok(body);
    }
    let entry = |s: &BarSeries| Entry {
        mark: Mark::Square,
        color: canvas.palette.category(s.color),
        name: s.name.clone(),
    };
    let entries: Vec<Entry> = series.iter().map(entry).collect();
    let legend = Legend::wrapped(&entries, body.width());
    legend.draw(canvas, body.left, body.top)?;
    Ok(Rect {
        top: body.top + legend.height() + 4.0,
        ..body
    })
}

/// The place of bar `j` of `n_series` in slot `i`: start and end along the axis of categories, from its beginning.
fn across(slot: f64, i: usize, j: usize, n_series: usize) -> (f64, f64) {
    let thickness = (slot * 0.76 / n_series as f64).min(44.0);
    let start = slot * (i as f64 + 0.5) + thickness * (j as f64 - n_series as f64 / 2.0);
    // a pixel between neighbours, where there is one to spare
    (
        start,
        start + thickness - if thickness > 4.0 { 1.0 } else { 0.0 },
    )
}

/// Where bars begin, as a share of the axis: at zero, or at the end that is nearest to it.
fn base(domain: &Domain) -> f64 {
    match domain.scale {
        Scale::Linear => domain.share(0.0).unwrap_or(0.0).clamp(0.0, 1.0),
        Scale::Log => 0.0,
    }
}

/// How values are written beside their bars: all with the same decimals, three digits finer than the axis at most.
fn written(
    values: &[(usize, usize, &BarSeries, f64, f64)],
    domain: &Domain,
) -> impl Fn(f64) -> String + use<> {
    let whole = values.iter().all(|b| b.4.fract() == 0.0);
    let span = (domain.max - domain.min).log10().floor();
    let decimals = if whole {
        0.0
    } else {
        (3.0 - span).clamp(0.0, 9.0)
    };
    let log = domain.scale == Scale::Log;
    move |value| {
        if log {
            number::significant(value, 3)
        } else {
            number::fixed(value, decimals as usize)
        }
    }
}

/// Slot, place in the group, series, share of the axis and value of every bar.
fn each_bar<'a>(
    series: &'a [BarSeries],
    n_categories: usize,
    domain: &Domain,
) -> Vec<(usize, usize, &'a BarSeries, f64, f64)> {
    let mut bars = Vec::new();
    for (j, one) in series.iter().enumerate() {
        for (i, value) in one.values.iter().enumerate().take(n_categories) {
            let Some(value) = value else { continue };
            if let Some(share) = domain.share(*value) {
                bars.push((i, j, one, share.clamp(0.0, 1.0), *value));
            }
        }
    }
    bars
}

fn upright<DB: DrawingBackend>(
    canvas: &mut Canvas<DB>,
    names: &[String],
    (axis, domain): (&Axis, Domain),
    series: &[BarSeries],
    body: Rect,
) -> Result<(), Error> {
    let ticks = domain.ticks();
    let labels = layout::y_labels(&ticks, "");
    // values stand over the highest bar
    let body = Rect {
        top: body.top + 8.0,
        ..body
    };
    let area = layout::columns(body, &labels, ("", &axis.title), 0.0);
    let plot = Plot {
        area,
        x: domain,
        y: domain,
    };
    layout::y_axis(canvas, &plot, (&ticks, &labels), &axis.title)?;

    let slot = area.width() / names.len() as f64;
    let zero = area.bottom - base(&domain) * area.height();
    let bars = each_bar(series, names.len(), &domain);
    let value_text = Type::new(font::TICK, canvas.palette.ink_2).anchored(Anchor::Middle);
    let written = written(&bars, &domain);
    let (start, end) = across(slot, 0, 0, series.len());
    let room = end - start;
    let with_values = bars.iter().all(|b| value_text.width(&written(b.4)) <= room);
    for (i, j, one, share, value) in bars {
        let (start, end) = across(slot, i, j, series.len());
        let y = area.bottom - share * area.height();
        let bar = Rect {
            left: area.left + start,
            right: area.left + end,
            top: y.min(zero),
            bottom: y.max(zero).max(y.min(zero) + 1.0),
        };
        canvas.rect(bar, canvas.palette.category(one.color))?;
        if with_values {
            let baseline = if value < 0.0 {
                bar.bottom + 11.0
            } else {
                bar.top - 4.0
            };
            canvas.text(
                &written(value),
                ((bar.left + bar.right) / 2.0, baseline),
                value_text,
            )?;
        }
    }
    canvas.horizontal(
        area.left,
        area.right,
        zero.min(area.bottom),
        canvas.palette.line_axis,
    )?;
    let set = Type::new(font::TICK, canvas.palette.ink_2).anchored(Anchor::Middle);
    for (i, name) in names.iter().enumerate() {
        canvas.text(
            name,
            (area.left + slot * (i as f64 + 0.5), area.bottom + 15.0),
            set,
        )?;
    }
    Ok(())
}

fn lying<DB: DrawingBackend>(
    canvas: &mut Canvas<DB>,
    names: &[String],
    (axis, domain): (&Axis, Domain),
    series: &[BarSeries],
    body: Rect,
) -> Result<(), Error> {
    let set = Type::new(font::TICK, canvas.palette.ink_2).anchored(Anchor::End);
    let longest = (body.width() * 0.4).min(260.0);
    let names: Vec<String> = names.iter().map(|n| set.fit(n, longest)).collect();
    let bars = each_bar(series, names.len(), &domain);
    let written = written(&bars, &domain);
    let widest = bars
        .iter()
        .map(|b| set.width(&written(b.4)))
        .fold(0.0, f64::max);
    let top = body.top - 4.0;
    let mut area = layout::columns(Rect { top, ..body }, &names, (&axis.title, ""), 6.0);
    let names_end = area.left - 6.0;
    let slot = area.height() / names.len() as f64;
    let (start, end) = across(slot, 0, 0, series.len());
    let with_values = end - start >= 9.0;
    if with_values {
        area.right = (area.right - widest).round().max(area.left + 10.0);
        if bars.iter().any(|b| b.4 < 0.0) {
            area.left = (area.left + widest + 6.0).round().min(area.right - 10.0);
        }
    }
    let plot = Plot {
        area,
        x: domain,
        y: domain,
    };
    for tick in domain.ticks().values {
        let Some(x) = plot.at_x(tick) else { continue };
        canvas.vertical(x, area.top, area.bottom, canvas.palette.line)?;
    }
    layout::x_axis(canvas, &plot, &domain.ticks(), &axis.title)?;

    let zero = area.left + base(&domain) * area.width();
    let value_text = Type::new(font::TICK, canvas.palette.ink_2);
    for (i, j, one, share, value) in bars {
        let (start, end) = across(slot, i, j, series.len());
        let x = area.left + share * area.width();
        let bar = Rect {
            left: x.min(zero),
            right: x.max(zero).max(x.min(zero) + 1.0),
            top: area.top + start,
            bottom: area.top + end,
        };
        canvas.rect(bar, canvas.palette.category(one.color))?;
        if with_values {
            let baseline = (bar.top + bar.bottom) / 2.0 + 4.0;
            let (x, anchor) = if value < 0.0 {
                (bar.left - 4.0, Anchor::End)
            } else {
                (bar.right + 4.0, Anchor::Start)
            };
            canvas.text(&written(value), (x, baseline), value_text.anchored(anchor))?;
        }
    }
    canvas.vertical(zero, area.top, area.bottom, canvas.palette.line_axis)?;
    let stride = (12.0 / slot).ceil().max(1.0) as usize;
    for (i, name) in names.iter().enumerate().step_by(stride) {
        let middle = area.top + slot * (i as f64 + 0.5);
        canvas.text(name, (names_end, middle + 4.0), set)?;
    }
    Ok(())
}
