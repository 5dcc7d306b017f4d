//! Ticks, labels, horizontal grid and baseline.

use plotters_backend::DrawingBackend;

use super::MARGIN;
use crate::canvas::{Anchor, Canvas, Rect, Type};
use crate::domain::Domain;
use crate::error::Error;
use crate::font;
use crate::palette::Rgb;
use crate::thin::Point;
use crate::ticks::Ticks;

/// Two domains laid over a rectangle of the picture.
pub struct Plot {
    pub area: Rect,
    pub x: Domain,
    pub y: Domain,
}

impl Plot {
    pub fn at_x(&self, x: f64) -> Option<f64> {
        let share = self.x.share(x)?;
        Some(self.area.left + share * self.area.width())
    }

    pub fn at_y(&self, y: f64) -> Option<f64> {
        let share = self.y.share(y)?;
        Some(self.area.bottom - share * self.area.height())
    }

    pub fn at(&self, x: f64, y: f64) -> Option<Point> {
        Some((self.at_x(x)?, self.at_y(y)?))
    }
}

/// The rectangle for the data within `body`: left of it room for the longest of `labels`, above it for the title of
/// the y axis, below it for ticks and the title of the x axis, right of it `right`. Never smaller than ten pixels.
pub fn columns(body: Rect, labels: &[String], titles: (&str, &str), right: f64) -> Rect {
    let (x_title, y_title) = titles;
    let longest = labels
        .iter()
        .map(|l| tick_text().width(l))
        .fold(0.0, f64::max);
    let left = (body.left + longest + 6.0).round();
    let top = body.top + if y_title.is_empty() { 4.0 } else { 20.0 };
    let below = if x_title.is_empty() { 18.0 } else { 32.0 };
    let bottom = (body.bottom - below).round();
    Rect {
        left,
        top: top.round().min(bottom - 10.0),
        right: (body.right - right).round().max(left + 10.0),
        bottom,
    }
}

/// The labels of a y axis, written at the height of their ticks.
pub fn y_labels(ticks: &Ticks, suffix: &str) -> Vec<String> {
    let suffixed = |label| format!("{label}{suffix}");
    ticks.labels().into_iter().map(suffixed).collect()
}

/// Horizontal grid with its labels, and the title above the axis.
pub fn y_axis<DB: DrawingBackend>(
    canvas: &mut Canvas<DB>,
    plot: &Plot,
    (ticks, labels): (&Ticks, &[String]),
    title: &str,
) -> Result<(), Error> {
    let quiet = Type::new(font::TICK, canvas.palette.ink_3);
    let line = canvas.palette.line;
    let area = plot.area;
    let mut lowest = f64::INFINITY;
    for (value, label) in ticks.values.iter().zip(labels) {
        let Some(y) = plot.at_y(*value) else { continue };
        if y < area.bottom - 1.0 {
            canvas.horizontal(area.left, area.right, y, line)?;
        }
        // in a low plot every other label gives way
        if lowest - y >= 12.0 {
            canvas.text(
                label,
                (area.left - 6.0, y + 4.0),
                quiet.anchored(Anchor::End),
            )?;
            lowest = y;
        }
    }
    canvas.horizontal(area.left, area.right, area.bottom, canvas.palette.line_axis)?;
    let title = quiet.fit(&font::clean(title), area.right - MARGIN);
    canvas.text(&title, (MARGIN, area.top - 11.0), quiet)
}

/// Tick marks with their labels under the baseline, and the title under them.
pub fn x_axis<DB: DrawingBackend>(
    canvas: &mut Canvas<DB>,
    plot: &Plot,
    ticks: &Ticks,
    title: &str,
) -> Result<(), Error> {
    let quiet = Type::new(font::TICK, canvas.palette.ink_3);
    let axis = canvas.palette.line_axis;
    let area = plot.area;
    let labels = ticks.labels();
    let places: Vec<(f64, f64)> = ticks
        .values
        .iter()
        .zip(&labels)
        .filter_map(|(v, label)| Some((plot.at_x(*v)?, quiet.width(label))))
        .collect();
    let shown = spaced(&places, 6.0);
    for ((x, width), (label, shown)) in places.into_iter().zip(labels.iter().zip(shown)) {
        canvas.vertical(x, area.bottom, area.bottom + 4.0, axis)?;
        if shown {
            let right = canvas.bounds().right - 2.0;
            let x = x.min(right - width / 2.0).max(2.0 + width / 2.0);
            canvas.text(
                label,
                (x, area.bottom + 15.0),
                quiet.anchored(Anchor::Middle),
            )?;
        }
    }
    let title = quiet.fit(&font::clean(title), canvas.bounds().width() - 2.0 * MARGIN);
    let middle = (area.left + area.right) / 2.0;
    canvas.text(
        &title,
        (middle, area.bottom + 29.0),
        quiet.anchored(Anchor::Middle),
    )
}

/// Which labels (centre, width; rising) stand at least `gap` apart: every first, second, third ... of them.
pub fn spaced(labels: &[(f64, f64)], gap: f64) -> Vec<bool> {
    let clear = |stride: usize| {
        let kept: Vec<&(f64, f64)> = labels.iter().step_by(stride).collect();
        kept.windows(2)
            .all(|w| w[1].0 - w[1].1 / 2.0 - (w[0].0 + w[0].1 / 2.0) >= gap)
    };
    let stride = (1..labels.len())
        .find(|s| clear(*s))
        .unwrap_or(labels.len())
        .max(1);
    (0..labels.len()).map(|i| i % stride == 0).collect()
}

fn tick_text() -> Type {
    Type::new(font::TICK, Rgb(0, 0, 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_stand_clear_of_each_other() {
        for (width, shown) in [
            (8.0, vec![0, 1, 2, 3, 4]),
            (20.0, vec![0, 2, 4]),
            (500.0, vec![0]),
        ] {
            let labels: Vec<(f64, f64)> = (0..5).map(|i| (f64::from(i) * 20.0, width)).collect();
            let expected: Vec<bool> = (0..5).map(|i| shown.contains(&i)).collect();
            assert_eq!(spaced(&labels, 6.0), expected, "{width}");
        }
        assert!(spaced(&[], 6.0).is_empty());
    }
}
