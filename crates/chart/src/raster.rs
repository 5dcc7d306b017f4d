//! The PNG: a plotters backend on tiny-skia, with smooth edges, joined lines and text from outlines.

use std::convert::Infallible;

use assay_core::chart::{ChartSpec, Theme};
use plotters_backend::text_anchor::HPos;
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind,
    FontStyle,
};
use tiny_skia::{FillRule, LineJoin, Paint, Path, PathBuilder, Pixmap, Stroke, Transform};

use crate::canvas::{ASCENT, Canvas, FONT_SCALE, UNITS};
use crate::error::Error;
use crate::figure;
use crate::font::{self, Pen, Weight};
use crate::palette::Palette;

pub fn image(spec: &ChartSpec, theme: Theme, width: u32, height: u32) -> Result<Vec<u8>, Error> {
    let mut pixels = Pixmap::new(width, height)
        .ok_or_else(|| Error::Draw(format!("no memory for {width} x {height} pixels")))?;
    let backend = Raster {
        scale: density(width, height) as f32 / UNITS as f32,
        pixels: &mut pixels,
    };
    figure::draw(Canvas::new(backend, Palette::of(theme)), spec)?;
    pixels.encode_png().map_err(|e| Error::Draw(e.to_string()))
}

/// Pixels in a CSS pixel.
fn density(width: u32, height: u32) -> u32 {
    (width / 800).min(height / 500).max(1)
}

struct Raster<'a> {
    pixels: &'a mut Pixmap,
    /// Pixels in a backend unit.
    scale: f32,
}

type Drawn = Result<(), DrawingErrorKind<Infallible>>;

impl Raster<'_> {
    fn fill(&mut self, path: Option<Path>, color: BackendColor) -> Drawn {
        if let Some(path) = path {
            let scale = Transform::from_scale(self.scale, self.scale);
            let paint = paint(color);
            self.pixels
                .fill_path(&path, &paint, FillRule::Winding, scale, None);
        }
        Ok(())
    }

    fn stroke(&mut self, path: Option<Path>, style: &impl BackendStyle) -> Drawn {
        if let Some(path) = path {
            let stroke = Stroke {
                width: style.stroke_width() as f32,
                line_join: LineJoin::Round,
                ..Stroke::default()
            };
            let scale = Transform::from_scale(self.scale, self.scale);
            let paint = paint(style.color());
            self.pixels.stroke_path(&path, &paint, &stroke, scale, None);
        }
        Ok(())
    }
}

impl DrawingBackend for Raster<'_> {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        let units = |pixels: u32| (pixels as f32 / self.scale).round() as u32;
        (units(self.pixels.width()), units(self.pixels.height()))
    }

    fn ensure_prepared(&mut self) -> Drawn {
        Ok(())
    }

    fn present(&mut self) -> Drawn {
        Ok(())
    }

    fn draw_pixel(&mut self, (x, y): BackendCoord, color: BackendColor) -> Drawn {
        self.fill(rectangle((x, y), (x + 1, y + 1)), color)
    }

    fn draw_line<S: BackendStyle>(
        &mut self,
        from: BackendCoord,
        to: BackendCoord,
        style: &S,
    ) -> Drawn {
        self.stroke(polyline([from, to], false), style)
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        a: BackendCoord,
        b: BackendCoord,
        style: &S,
        fill: bool,
    ) -> Drawn {
        if fill {
            self.fill(rectangle(a, b), style.color())
        } else {
            self.stroke(rectangle(a, b), style)
        }
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Drawn {
        self.stroke(polyline(path, false), style)
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        (x, y): BackendCoord,
        radius: u32,
        style: &S,
        fill: bool,
    ) -> Drawn {
        let circle = PathBuilder::from_circle(x as f32, y as f32, radius as f32);
        if fill {
            self.fill(circle, style.color())
        } else {
            self.stroke(circle, style)
        }
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        corners: I,
        style: &S,
    ) -> Drawn {
        self.fill(polyline(corners, true), style.color())
    }

    /// Invariant: the text is anchored at its top, as `Canvas::text` does.
    fn draw_text<S: BackendTextStyle>(
        &mut self,
        text: &str,
        style: &S,
        (x, top): BackendCoord,
    ) -> Drawn {
        let size = style.size() / FONT_SCALE;
        let weight = match style.style() {
            FontStyle::Bold => Weight::Strong,
            _ => Weight::Normal,
        };
        let width = font::width(text, size, weight);
        let left = f64::from(x)
            - match style.anchor().h_pos {
                HPos::Left => 0.0,
                HPos::Center => width / 2.0,
                HPos::Right => width,
            };
        let mut pen = Outline(PathBuilder::new());
        let baseline = f64::from(top) + ASCENT * size;
        font::outline(text, size, weight, (left, baseline), &mut pen);
        self.fill(pen.0.finish(), style.color())
    }
}

struct Outline(PathBuilder);

impl Pen for Outline {
    fn move_to(&mut self, (x, y): (f32, f32)) {
        self.0.move_to(x, y);
    }
    fn line_to(&mut self, (x, y): (f32, f32)) {
        self.0.line_to(x, y);
    }
    fn quad_to(&mut self, (a, b): (f32, f32), (x, y): (f32, f32)) {
        self.0.quad_to(a, b, x, y);
    }
    fn cubic_to(&mut self, (a, b): (f32, f32), (c, d): (f32, f32), (x, y): (f32, f32)) {
        self.0.cubic_to(a, b, c, d, x, y);
    }
    fn close(&mut self) {
        self.0.close();
    }
}

fn paint(color: BackendColor) -> Paint<'static> {
    let (r, g, b) = color.rgb;
    let mut paint = Paint::default();
    paint.set_color_rgba8(r, g, b, (color.alpha * 255.0).round() as u8);
    paint
}

fn rectangle((left, top): BackendCoord, (right, bottom): BackendCoord) -> Option<Path> {
    let rect = tiny_skia::Rect::from_ltrb(left as f32, top as f32, right as f32, bottom as f32)?;
    Some(PathBuilder::from_rect(rect))
}

fn polyline(points: impl IntoIterator<Item = BackendCoord>, close: bool) -> Option<Path> {
    let mut path = PathBuilder::new();
    for (i, (x, y)) in points.into_iter().enumerate() {
        if i == 0 {
            path.move_to(x as f32, y as f32);
        } else {
            path.line_to(x as f32, y as f32);
        }
    }
    if close {
        path.close();
    }
    path.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_pictures_are_denser() {
        for (size, expected) in [
            ((100, 100), 1),
            ((800, 500), 1),
            ((1600, 1000), 2),
            ((1600, 999), 1),
            ((2400, 1600), 3),
            ((8000, 400), 1),
            ((8000, 8000), 10),
        ] {
            assert_eq!(density(size.0, size.1), expected, "{size:?}");
        }
    }
}
