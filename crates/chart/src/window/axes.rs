//! What the plots of the window have in common: axes, colours, and how the mouse moves them.

use assay_core::chart::Scale;
use eframe::egui::{Vec2, Vec2b};
use egui_plot::{Plot, PlotUi};

use super::division::{Division, to_plot};
use super::theme;
use crate::domain::Domain;
use crate::font;
use crate::palette::Palette;

#[derive(Debug, Clone, PartialEq)]
pub struct PlotAxis {
    pub title: String,
    pub division: Division,
    /// In egui_plot's coordinates.
    pub min: f64,
    pub max: f64,
}

impl PlotAxis {
    pub fn numbers(title: &str, domain: Domain, suffix: &'static str) -> Self {
        let scale = domain.scale;
        Self {
            title: font::clean(title),
            division: Division::Numbers { scale, suffix },
            min: to_plot(domain.min, scale),
            max: to_plot(domain.max, scale),
        }
    }

    /// Slots of width 1 around 0, 1, 2 ...
    pub fn names(names: Vec<String>, downwards: bool) -> Self {
        let n = names.len() as f64;
        let (min, max) = if downwards {
            (0.5 - n, 0.5)
        } else {
            (-0.5, n - 0.5)
        };
        Self {
            title: String::new(),
            division: Division::Names {
                names,
                downwards,
                half: false,
            },
            min,
            max,
        }
    }

    /// Cells between 0, 1, 2 ...
    pub fn cells(names: Vec<String>, downwards: bool) -> Self {
        let n = names.len() as f64;
        let (min, max) = if downwards { (-n, 0.0) } else { (0.0, n) };
        Self {
            title: String::new(),
            division: Division::Names {
                names,
                downwards,
                half: true,
            },
            min,
            max,
        }
    }

    pub fn scale(&self) -> Scale {
        match self.division {
            Division::Numbers { scale, .. } => scale,
            Division::Names { .. } => Scale::Linear,
        }
    }
}

/// A plot with these axes, with what all figures have in common.
pub fn plot<'a>(id: &'static str, x: &'a PlotAxis, y: &'a PlotAxis, palette: &Palette) -> Plot<'a> {
    Plot::new(id)
        .default_x_bounds(x.min, x.max)
        .default_y_bounds(y.min, y.max)
        .x_grid_spacer(|input| x.division.marks(input.bounds))
        .y_grid_spacer(|input| y.division.marks(input.bounds))
        .x_axis_formatter(|mark, range| {
            x.division.label(mark.value, (*range.start(), *range.end()))
        })
        .y_axis_formatter(|mark, range| {
            y.division.label(mark.value, (*range.start(), *range.end()))
        })
        .x_axis_label(theme::quiet(&x.title, palette))
        .y_axis_label(theme::quiet(&y.title, palette))
        .show_grid(Vec2b::new(false, true))
        .grid_color(theme::color(palette.line))
        .grid_fade(0.0)
        .show_background(false)
        .cursor_color(theme::color(palette.line_2))
        // the wheel zooms instead
        .allow_scroll(false)
}

/// The wheel zooms around the pointer, both ways alike.
pub fn zoom_by_wheel(plot: &mut PlotUi<'_>) {
    let turned = plot.ctx().input(|i| i.smooth_scroll_delta.y);
    if turned != 0.0 && plot.response().contains_pointer() {
        let factor = (f64::from(turned) / 200.0).exp() as f32;
        plot.zoom_bounds_around_hovered(Vec2::splat(factor));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_in_the_middle_of_their_slots_and_cells() {
        let names = || ["a", "b", "c"].map(str::to_owned).to_vec();
        for axis in [
            PlotAxis::names(names(), false),
            PlotAxis::names(names(), true),
            PlotAxis::cells(names(), false),
            PlotAxis::cells(names(), true),
        ] {
            let marks = axis.division.marks((axis.min, axis.max));
            let named: Vec<String> = marks
                .iter()
                .map(|m| axis.division.label(m.value, (0.0, 0.0)))
                .collect();
            assert_eq!(named, ["a", "b", "c"], "{axis:?}");
            for (i, mark) in marks.iter().enumerate() {
                assert_eq!(axis.division.index(mark.value + 0.4), Some(i));
                assert_eq!(axis.division.index(mark.value - 0.4), Some(i));
            }
            assert_eq!(axis.division.name(17.0), None);
            assert_eq!(axis.division.name(-17.0), None);
            assert_eq!(axis.max - axis.min, 3.0);
        }
    }
}
