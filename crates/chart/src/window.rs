//! The native plot window: pan, zoom and read-out over millions of points.
//!
//! It blocks and must own the main thread, as window systems want it; the desktop host starts itself again as a child
//! for it.

mod axes;
mod bars;
mod division;
mod grid;
mod lines;
mod theme;

use assay_core::chart::{ChartSpec, Figure, Theme};
use eframe::egui;

use crate::error::Error;
use crate::font;
use crate::palette::Palette;

/// Shows `spec` until the user closes the window.
///
/// Drag moves, the wheel zooms, a drag with the right button zooms to a box, a double click shows everything again, a
/// click in the legend hides a series. A line is thinned to at most 4,000 points of what is visible.
///
/// # Errors
/// [`Error::Nothing`] and [`Error::NewerSpec`] before a window opens, [`Error::Window`] when there is no display or no
/// OpenGL.
pub fn open(spec: ChartSpec, theme: Theme) -> Result<(), Error> {
    // what cannot be drawn is no window either
    crate::svg(&spec, theme, 400, 300)?;
    let title = format!("{} · Assay", font::clean(&spec.title));
    let options = eframe::NativeOptions {
        viewport: egui::ViewportBuilder::default()
            .with_title(&title)
            .with_inner_size([1_000.0, 640.0])
            .with_min_inner_size([360.0, 240.0]),
        renderer: eframe::Renderer::Glow,
        ..Default::default()
    };
    let start: eframe::AppCreator<'_> = Box::new(move |context| {
        theme::apply(&context.egui_ctx, theme);
        Ok(Box::new(Window::new(spec, theme)))
    });
    eframe::run_native(&title, options, start).map_err(|e| Error::Window(e.to_string()))
}

struct Window {
    title: String,
    subtitle: String,
    palette: &'static Palette,
    view: View,
}

enum View {
    Lines(lines::View),
    Bars(bars::View),
    Grid(grid::View),
    /// Checked before the window opens.
    Nothing,
}

impl Window {
    fn new(spec: ChartSpec, theme: Theme) -> Self {
        let palette = Palette::of(theme);
        Self {
            title: font::clean(&spec.title),
            subtitle: font::clean(&spec.subtitle),
            palette,
            view: view(spec.figure, palette).unwrap_or(View::Nothing),
        }
    }
}

fn view(figure: Figure, palette: &'static Palette) -> Option<View> {
    Some(match figure {
        Figure::Lines {
            x,
            y,
            series,
            limits,
            diagonal,
        } => View::Lines(lines::View::new(
            (&x, &y),
            series,
            limits,
            diagonal,
            palette,
        )?),
        Figure::Bars {
            categories,
            y,
            series,
        } => View::Bars(bars::View::groups(categories, &y, &series, palette)?),
        Figure::Histogram { x, edges, series } => {
            View::Bars(bars::View::histogram(&x, &edges, &series, palette)?)
        }
        Figure::Confusion { classes, counts } => {
            View::Grid(grid::View::confusion(classes, &counts, palette))
        }
        Figure::HeatMap {
            rows,
            columns,
            values,
            over,
            threshold,
        } => View::Grid(grid::View::heat_map(
            rows, columns, values, over, threshold, palette,
        )),
    })
}

impl eframe::App for Window {
    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        let ground = egui::Frame::new()
            .fill(theme::color(self.palette.bg))
            .inner_margin(egui::Margin {
                left: 12,
                right: 32,
                top: 12,
                bottom: 8,
            });
        egui::CentralPanel::default().frame(ground).show(ui, |ui| {
            ui.horizontal(|ui| {
                ui.label(theme::title(&self.title, self.palette));
                ui.label(theme::quiet(&self.subtitle, self.palette));
            });
            ui.add_space(6.0);
            let help = "drag to move · wheel to zoom · right drag to zoom to a box · double click for everything";
            egui::Panel::bottom("help").frame(egui::Frame::new()).show_separator_line(false).show(ui, |ui| {
                ui.label(theme::quiet(help, self.palette));
            });
            match &mut self.view {
                View::Lines(view) => view.show(ui),
                View::Bars(view) => view.show(ui),
                View::Grid(view) => view.show(ui),
                View::Nothing => {}
            }
        });
    }

    fn clear_color(&self, _visuals: &egui::Visuals) -> [f32; 4] {
        theme::color(self.palette.bg).to_normalized_gamma_f32()
    }
}

#[cfg(test)]
#[path = "../tests/samples/mod.rs"]
mod samples;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_figure_has_a_view() {
        for (name, spec) in samples::all() {
            let shown = view(spec.figure.clone(), Palette::of(Theme::Dark));
            let fits = matches!(
                (&spec.figure, shown),
                (Figure::Lines { .. }, Some(View::Lines(_)))
                    | (
                        Figure::Bars { .. } | Figure::Histogram { .. },
                        Some(View::Bars(_))
                    )
                    | (
                        Figure::Confusion { .. } | Figure::HeatMap { .. },
                        Some(View::Grid(_))
                    )
            );
            assert!(fits, "{name}");
        }
    }

    #[test]
    fn what_cannot_be_drawn_opens_no_window() {
        let figure = Figure::Confusion {
            classes: vec![],
            counts: vec![],
        };
        let error = open(samples::spec("Empty", "", figure), Theme::Light).unwrap_err();
        assert!(matches!(error, Error::Nothing { .. }), "{error}");
    }
}
