//! Groups of bars: upright, or lying when the names of the categories are long.

mod lying;
mod upright;

use assay_core::chart::{Axis, BarSeries, Scale};
use plotters_backend::DrawingBackend;

use super::Drawn;
use crate::canvas::{Canvas, Rect, Type};
use crate::domain::{Domain, Room, drawable};
use crate::error::Error;
use crate::layout::{Entry, Legend, Mark};
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
        upright::draw(canvas, &names, (axis, domain), series, body)?;
    } else {
        lying::draw(canvas, &names, (axis, domain), series, body)?;
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
