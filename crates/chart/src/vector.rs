//! The SVG document: what plotters writes, with a root of our own.

use assay_core::chart::{ChartSpec, Theme};
use plotters::backend::SVGBackend;

use crate::canvas::{Canvas, FONT_SCALE, UNITS};
use crate::error::Error;
use crate::palette::Palette;
use crate::{figure, font};

pub fn document(spec: &ChartSpec, theme: Theme, width: u32, height: u32) -> Result<String, Error> {
    let size = (width * UNITS as u32, height * UNITS as u32);
    let mut drawn = String::new();
    let canvas = Canvas::new(
        SVGBackend::with_string(&mut drawn, size),
        Palette::of(theme),
    );
    figure::draw(canvas, spec)?;
    // plotters sizes its root in backend units
    let (_, shapes) = drawn
        .split_once(">\n")
        .ok_or_else(|| Error::Draw("the SVG has no root".to_owned()))?;
    let root = format!(
        concat!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" width="{}" height="{}" viewBox="0 0 {} {}" role="img" "#,
            r#"font-family="{}" stroke-linejoin="round" style="font-variant-numeric:tabular-nums">"#,
        ),
        width,
        height,
        size.0,
        size.1,
        font::FAMILIES,
    );
    Ok(format!("{root}\n{}", concise(shapes)))
}

/// Without the blanks around texts and without the attributes that say what holds anyway: two thirds of the size of a
/// heat map. The words of a text cannot be hit: plotters escapes the quotation marks in them.
fn concise(shapes: &str) -> String {
    let shapes = shapes
        .replace("\">\n", "\">")
        .replace("\n</text>", "</text>")
        .replace(r#" opacity="1""#, "")
        .replace(r#" stroke="none""#, "")
        .replace(r#" font-family="inherit""#, "")
        .replace(r#"font-weight="bold""#, r#"font-weight="600""#);
    // 104.99999999999999 is what plotters makes of 105
    [font::TICK, font::SMALL, font::BASE, font::TITLE]
        .into_iter()
        .fold(shapes, |shapes, size| {
            let size = size * UNITS;
            let rounded = size * FONT_SCALE / FONT_SCALE;
            if rounded == size {
                return shapes;
            }
            shapes.replace(
                &format!("font-size=\"{rounded}\""),
                &format!("font-size=\"{size}\""),
            )
        })
}
