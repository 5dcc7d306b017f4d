//! Text as it is measured and outlined: Noto Sans, compiled in.

use std::sync::LazyLock;

use ab_glyph::{Font, FontRef, Outline, OutlineCurve, Point};

/// Sizes in CSS pixels: `--fs-tick`, `--fs-small`, `--fs-base`, `--fs-title`.
pub const TICK: f64 = 10.5;
pub const SMALL: f64 = 11.5;
pub const BASE: f64 = 13.0;
pub const TITLE: f64 = 15.0;

/// For SVG: the design's face, then what systems have.
pub const FAMILIES: &str = "Inter, Segoe UI, Cantarell, Noto Sans, system-ui, sans-serif";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    Normal,
    Strong,
}

/// The width of `text`, in the unit of `size` (the em).
pub fn width(text: &str, size: f64, weight: Weight) -> f64 {
    ends(text, size, weight).last().copied().unwrap_or(0.0)
}

/// `text`, or as much of it as fits into `room`, with an ellipsis.
pub fn fit(text: &str, size: f64, weight: Weight, room: f64) -> String {
    if width(text, size, weight) <= room {
        return text.to_owned();
    }
    let left = room - width("…", size, weight);
    let mut cut = String::new();
    for (c, end) in text.chars().zip(ends(text, size, weight)) {
        if end > left {
            break;
        }
        cut.push(c);
    }
    let cut = cut.trim_end();
    if cut.is_empty() {
        String::new()
    } else {
        format!("{cut}…")
    }
}

/// Where each character of `text` ends.
fn ends(text: &str, size: f64, weight: Weight) -> Vec<f64> {
    let mut ends = Vec::new();
    match face(weight) {
        Some(face) => each_glyph(face, text, |_, from, advance| {
            ends.push((from + advance) * size)
        }),
        None => ends.extend((1..=text.chars().count()).map(|n| 0.55 * size * n as f64)),
    }
    ends
}

/// What may stand in a picture: control characters (which XML forbids) are blanks.
pub fn clean(text: &str) -> String {
    let printable = |c: char| {
        let forbidden = c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}');
        if forbidden { ' ' } else { c }
    };
    text.chars().map(printable).collect()
}

/// Receives the outline of a text.
pub trait Pen {
    fn move_to(&mut self, to: (f32, f32));
    fn line_to(&mut self, to: (f32, f32));
    fn quad_to(&mut self, control: (f32, f32), to: (f32, f32));
    fn cubic_to(&mut self, first: (f32, f32), second: (f32, f32), to: (f32, f32));
    fn close(&mut self);
}

/// Draws `text` from its left end on the baseline at `origin`; y grows downwards.
pub fn outline(text: &str, size: f64, weight: Weight, origin: (f64, f64), pen: &mut impl Pen) {
    let Some(face) = face(weight) else { return };
    let units = f64::from(face.units_per_em().unwrap_or(1000.0));
    each_glyph(face, text, |glyph, from, _| {
        let Some(Outline { curves, .. }) = face.outline(glyph) else {
            return;
        };
        let at = |p: Point| {
            let x = origin.0 + (from + f64::from(p.x) / units) * size;
            let y = origin.1 - f64::from(p.y) / units * size;
            (x as f32, y as f32)
        };
        trace(&curves, at, pen);
    });
}

/// Curves as a face stores them, joined into closed contours.
fn trace(curves: &[OutlineCurve], at: impl Fn(Point) -> (f32, f32), pen: &mut impl Pen) {
    let mut end: Option<Point> = None;
    for curve in curves {
        let (from, to) = match curve {
            OutlineCurve::Line(a, b) => (*a, *b),
            OutlineCurve::Quad(a, _, b) => (*a, *b),
            OutlineCurve::Cubic(a, _, _, b) => (*a, *b),
        };
        if end != Some(from) {
            if end.is_some() {
                pen.close();
            }
            pen.move_to(at(from));
        }
        match curve {
            OutlineCurve::Line(..) => pen.line_to(at(to)),
            OutlineCurve::Quad(_, c, _) => pen.quad_to(at(*c), at(to)),
            OutlineCurve::Cubic(_, c, d, _) => pen.cubic_to(at(*c), at(*d), at(to)),
        }
        end = Some(to);
    }
    if end.is_some() {
        pen.close();
    }
}

fn face(weight: Weight) -> Option<&'static FontRef<'static>> {
    static NORMAL: LazyLock<Option<FontRef>> =
        LazyLock::new(|| FontRef::try_from_slice(notosans::REGULAR_TTF).ok());
    static STRONG: LazyLock<Option<FontRef>> =
        LazyLock::new(|| FontRef::try_from_slice(notosans::BOLD_TTF).ok());
    match weight {
        Weight::Normal => NORMAL.as_ref(),
        Weight::Strong => STRONG.as_ref(),
    }
}

/// Calls `visit(glyph, left end, advance)`, in ems.
fn each_glyph(face: &FontRef, text: &str, mut visit: impl FnMut(ab_glyph::GlyphId, f64, f64)) {
    let units = f64::from(face.units_per_em().unwrap_or(1000.0));
    let mut at = 0.0;
    let mut previous = None;
    for c in text.chars() {
        let glyph = face.glyph_id(c);
        if let Some(previous) = previous {
            at += f64::from(face.kern_unscaled(previous, glyph)) / units;
        }
        let advance = f64::from(face.h_advance_unscaled(glyph)) / units;
        visit(glyph, at, advance);
        at += advance;
        previous = Some(glyph);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_weights_hold_what_charts_write() {
        for weight in [Weight::Normal, Weight::Strong] {
            let face = face(weight).unwrap();
            for c in "AZaz09−·…%,.@_éüßøñαДж≥".chars() {
                assert_ne!(face.glyph_id(c).0, 0, "{c} in {weight:?}");
            }
        }
    }

    #[test]
    fn figures_are_tabular() {
        let widths: Vec<f64> = "0123456789"
            .chars()
            .map(|c| width(&c.to_string(), 100.0, Weight::Normal))
            .collect();
        assert!(
            widths.iter().all(|w| (w - widths[0]).abs() < 1e-9),
            "{widths:?}"
        );
    }

    #[test]
    fn long_text_is_cut_to_its_room() {
        let name = "a_column_with_a_very_long_name_that_nobody_would_give";
        for room in [200.0, 60.0, 20.0] {
            let cut = fit(name, SMALL, Weight::Normal, room);
            assert!(
                cut.ends_with('…') && width(&cut, SMALL, Weight::Normal) <= room,
                "{cut}"
            );
        }
        assert_eq!(fit(name, SMALL, Weight::Normal, 1.0), "");
        assert_eq!(fit("auc", SMALL, Weight::Normal, 100.0), "auc");
    }

    #[test]
    fn control_characters_are_blanks() {
        assert_eq!(clean("a\u{1}b\nc\u{fffe}d"), "a b c d");
    }
}
