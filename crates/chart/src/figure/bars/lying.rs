//! Bars that lie beside the names of their categories.

use assay_core::chart::{Axis, BarSeries};
use plotters_backend::DrawingBackend;

use super::{across, base, each_bar, written};
use crate::canvas::{Anchor, Canvas, Rect, Type};
use crate::domain::Domain;
use crate::error::Error;
use crate::font;
use crate::layout::{self, Plot};

pub fn draw<DB: DrawingBackend>(
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
