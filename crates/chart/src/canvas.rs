//! What figures draw with: shapes and text in CSS pixels, handed to a plotters backend.

use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{FontDesc, FontFamily, FontStyle, TextStyle};
use plotters_backend::{BackendColor, BackendStyle, DrawingBackend};

use crate::error::Error;
use crate::font::{self, Weight};
use crate::palette::{Palette, Rgb};
use crate::thin::Point;

/// Backend units in a CSS pixel. plotters counts in whole units: this keeps tenths of a pixel, and line widths of 1.5.
pub const UNITS: f64 = 10.0;

/// From the top of a text to its baseline, in ems; what plotters' SVG backend writes for a text anchored at its top.
pub const ASCENT: f64 = 0.76;

/// plotters divides the sizes of fonts by this.
pub const FONT_SCALE: f64 = 1.24;

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rect {
    pub left: f64,
    pub top: f64,
    pub right: f64,
    pub bottom: f64,
}

impl Rect {
    pub fn width(&self) -> f64 {
        self.right - self.left
    }
    pub fn height(&self) -> f64 {
        self.bottom - self.top
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    Start,
    Middle,
    End,
}

/// How a text is set.
#[derive(Debug, Clone, Copy)]
pub struct Type {
    pub size: f64,
    pub weight: Weight,
    pub color: Rgb,
    pub anchor: Anchor,
}

impl Type {
    pub fn new(size: f64, color: Rgb) -> Self {
        Self {
            size,
            weight: Weight::Normal,
            color,
            anchor: Anchor::Start,
        }
    }
    pub fn strong(self) -> Self {
        Self {
            weight: Weight::Strong,
            ..self
        }
    }
    pub fn anchored(self, anchor: Anchor) -> Self {
        Self { anchor, ..self }
    }
    pub fn width(&self, text: &str) -> f64 {
        font::width(text, self.size, self.weight)
    }
    pub fn fit(&self, text: &str, room: f64) -> String {
        font::fit(text, self.size, self.weight, room)
    }
}

pub struct Canvas<DB> {
    backend: DB,
    pub palette: &'static Palette,
}

impl<DB: DrawingBackend> Canvas<DB> {
    /// `backend` measures [`UNITS`] in a CSS pixel.
    pub fn new(backend: DB, palette: &'static Palette) -> Self {
        Self { backend, palette }
    }

    /// The whole picture, in CSS pixels.
    pub fn bounds(&self) -> Rect {
        let (width, height) = self.backend.get_size();
        Rect {
            left: 0.0,
            top: 0.0,
            right: f64::from(width) / UNITS,
            bottom: f64::from(height) / UNITS,
        }
    }

    /// Invariant: called once, after the last shape.
    pub fn finish(mut self) -> Result<(), Error> {
        done(self.backend.present())
    }

    pub fn rect(&mut self, rect: Rect, color: Rgb) -> Result<(), Error> {
        let (a, b) = (
            units((rect.left, rect.top)),
            units((rect.right, rect.bottom)),
        );
        if a.0 >= b.0 || a.1 >= b.1 {
            return Ok(());
        }
        done(
            self.backend
                .draw_rect(a, b, &Stroke::fill(color, 1.0), true),
        )
    }

    /// A crisp horizontal line of one pixel below `y`.
    pub fn horizontal(&mut self, left: f64, right: f64, y: f64, color: Rgb) -> Result<(), Error> {
        let top = y.round();
        let bottom = top + 1.0;
        self.rect(
            Rect {
                left: left.round(),
                top,
                right: right.round(),
                bottom,
            },
            color,
        )
    }

    /// A crisp vertical line of one pixel to the right of `x`.
    pub fn vertical(&mut self, x: f64, top: f64, bottom: f64, color: Rgb) -> Result<(), Error> {
        let left = x.round();
        let right = left + 1.0;
        self.rect(
            Rect {
                left,
                top: top.round(),
                right,
                bottom: bottom.round(),
            },
            color,
        )
    }

    pub fn path(&mut self, points: &[Point], width: f64, color: Rgb) -> Result<(), Error> {
        let style = Stroke::line(color, width);
        done(
            self.backend
                .draw_path(points.iter().map(|p| units(*p)), &style),
        )
    }

    pub fn area(&mut self, points: &[Point], color: Rgb, alpha: f64) -> Result<(), Error> {
        let style = Stroke::fill(color, alpha);
        done(
            self.backend
                .fill_polygon(points.iter().map(|p| units(*p)), &style),
        )
    }

    /// `dash`: drawn and left out, in pixels.
    pub fn dashed(
        &mut self,
        from: Point,
        to: Point,
        dash: (f64, f64),
        color: Rgb,
    ) -> Result<(), Error> {
        let style = Stroke::line(color, 1.0);
        let length = (to.0 - from.0).hypot(to.1 - from.1);
        let along = |d: f64| {
            let share = d / length;
            units((
                from.0 + (to.0 - from.0) * share,
                from.1 + (to.1 - from.1) * share,
            ))
        };
        let mut at = 0.0;
        while at < length {
            let end = (at + dash.0).min(length);
            done(self.backend.draw_line(along(at), along(end), &style))?;
            at += dash.0 + dash.1;
        }
        Ok(())
    }

    pub fn dot(&mut self, center: Point, radius: f64, color: Rgb) -> Result<(), Error> {
        let style = Stroke::fill(color, 1.0);
        let radius = (radius * UNITS) as u32;
        done(
            self.backend
                .draw_circle(units(center), radius, &style, true),
        )
    }

    pub fn text(&mut self, text: &str, (x, baseline): Point, set: Type) -> Result<(), Error> {
        if text.is_empty() {
            return Ok(());
        }
        let weight = match set.weight {
            Weight::Normal => FontStyle::Normal,
            Weight::Strong => FontStyle::Bold,
        };
        // the family stands once, on the root of the document
        let font = FontDesc::new(
            FontFamily::Name("inherit"),
            set.size * UNITS * FONT_SCALE,
            weight,
        );
        let h_pos = match set.anchor {
            Anchor::Start => HPos::Left,
            Anchor::Middle => HPos::Center,
            Anchor::End => HPos::Right,
        };
        let style = TextStyle {
            pos: Pos::new(h_pos, VPos::Top),
            color: Stroke::fill(set.color, 1.0).color,
            font,
        };
        let at = units((x, baseline - ASCENT * set.size));
        done(self.backend.draw_text(&font::clean(text), &style, at))
    }
}

struct Stroke {
    color: BackendColor,
    width: u32,
}

impl Stroke {
    fn fill(Rgb(r, g, b): Rgb, alpha: f64) -> Self {
        let rgb = (r, g, b);
        let color = BackendColor { alpha, rgb };
        Self { color, width: 0 }
    }
    fn line(color: Rgb, width: f64) -> Self {
        let width = (width * UNITS).round() as u32;
        Self {
            width,
            ..Self::fill(color, 1.0)
        }
    }
}

impl BackendStyle for Stroke {
    fn color(&self) -> BackendColor {
        self.color
    }
    fn stroke_width(&self) -> u32 {
        self.width
    }
}

/// Far outside a picture is as good as farther outside, and keeps the arithmetic of backends from overflowing.
fn units((x, y): Point) -> (i32, i32) {
    let unit = |v: f64| (v * UNITS).round().clamp(-1e6, 1e6) as i32;
    (unit(x), unit(y))
}

fn done<E: std::fmt::Display>(result: Result<(), E>) -> Result<(), Error> {
    result.map_err(|e| Error::Draw(e.to_string()))
}
