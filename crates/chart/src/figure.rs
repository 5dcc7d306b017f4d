//! From a spec to shapes: the one routine behind every picture.

mod bars;
mod cells;
mod clip;
mod confusion;
mod ends;
mod heatmap;
mod histogram;
mod lines;

use assay_core::chart::{ChartSpec, Figure};
use plotters_backend::DrawingBackend;

use crate::canvas::Canvas;
use crate::error::Error;
use crate::layout;

/// Draws `spec` over the whole canvas.
pub fn draw<DB: DrawingBackend>(mut canvas: Canvas<DB>, spec: &ChartSpec) -> Result<(), Error> {
    let bounds = canvas.bounds();
    canvas.rect(bounds, canvas.palette.bg)?;
    let body = layout::head(&mut canvas, &spec.title, &spec.subtitle)?;
    let drawn = match &spec.figure {
        Figure::Lines {
            x,
            y,
            series,
            limits,
            diagonal,
        } => {
            let lines = lines::Lines {
                x,
                y,
                series,
                limits,
                diagonal: *diagonal,
            };
            lines::draw(&mut canvas, &lines, body)?
        }
        Figure::Bars {
            categories,
            y,
            series,
        } => bars::draw(&mut canvas, categories, y, series, body)?,
        Figure::Histogram { x, edges, series } => {
            histogram::draw(&mut canvas, x, edges, series, body)?
        }
        Figure::Confusion { classes, counts } => {
            confusion::draw(&mut canvas, classes, counts, body)?
        }
        Figure::HeatMap {
            rows,
            columns,
            values,
            over,
            threshold,
        } => {
            let map = heatmap::HeatMap {
                rows,
                columns,
                values,
                over,
                threshold: *threshold,
            };
            heatmap::draw(&mut canvas, &map, body)?
        }
    };
    match drawn {
        Drawn::Something => canvas.finish(),
        Drawn::Nothing(missing) => Err(Error::Nothing {
            title: spec.title.clone(),
            missing,
        }),
    }
}

/// What became of a figure.
enum Drawn {
    Something,
    /// Completes "there is no ...".
    Nothing(&'static str),
}
