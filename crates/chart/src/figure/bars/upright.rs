//! Bars that stand on their categories.

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
