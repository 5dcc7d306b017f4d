//! Curves in the window, thinned to what is visible.

use assay_core::chart::{Axis, Limit, Scale, Series};
use eframe::egui::{Color32, Ui};
use egui_plot::{
    ColorConflictHandling, Corner, FilledArea, HLine, HoverPosition, Legend, Line, LineStyle,
    PlotPoint,
};

use super::axes::{self, PlotAxis};
use super::division::{from_plot, to_plot};
use super::theme;
use crate::domain::{Domain, Room, drawable};
use crate::palette::Palette;
use crate::{font, number, thin};

/// The most points of a line that are handed to the screen.
const BUDGET: usize = 4_000;

pub struct View {
    x: PlotAxis,
    y: PlotAxis,
    traces: Vec<Trace>,
    limits: Vec<(String, f64)>,
    diagonal: bool,
    palette: &'static Palette,
    /// For what the traces are thinned.
    thinned: Option<Seen>,
}

/// What part of the lines is on the screen, and how finely.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Seen {
    /// Of x, in egui_plot's coordinates.
    range: (f64, f64),
    /// Points of a line.
    budget: usize,
}

/// A series in egui_plot's coordinates.
struct Trace {
    name: String,
    color: Color32,
    x: Vec<f64>,
    y: Vec<f64>,
    low: Vec<f64>,
    high: Vec<f64>,
    rising: bool,
    /// What is shown, cut at gaps.
    parts: Vec<Vec<PlotPoint>>,
    bands: Vec<Vec<[f64; 3]>>,
}

impl Trace {
    fn new(series: Series, (x_scale, y_scale): (Scale, Scale), palette: &Palette) -> Self {
        let Series {
            name,
            color,
            x,
            y,
            low,
            high,
        } = series;
        let placed: Vec<usize> = (0..x.len().min(y.len()))
            .filter(|i| drawable(x[*i], x_scale))
            .collect();
        let at = |values: &[f64]| -> Vec<f64> {
            let value = |i: &usize| to_plot(values.get(*i).copied().unwrap_or(f64::NAN), y_scale);
            if values.is_empty() {
                Vec::new()
            } else {
                placed.iter().map(value).collect()
            }
        };
        let (y, low, high) = (at(&y), at(&low), at(&high));
        let x: Vec<f64> = placed.iter().map(|i| to_plot(x[*i], x_scale)).collect();
        Self {
            name: font::clean(&name),
            color: theme::color(palette.category(color)),
            rising: x.is_sorted(),
            x,
            y,
            low,
            high,
            parts: Vec::new(),
            bands: Vec::new(),
        }
    }

    fn thin(&mut self, seen: Seen) {
        let range = self.rising.then_some(seen.range);
        let points = thin::visible((&self.x, &self.y), range, seen.budget);
        let whole = |part: &[[f64; 2]]| {
            part.iter()
                .map(|p| PlotPoint::new(p[0], p[1]))
                .collect::<Vec<_>>()
        };
        self.parts = points
            .split(|p| p[1].is_nan())
            .filter(|p| !p.is_empty())
            .map(whole)
            .collect();
        let band = thin::visible_band(&self.x, (&self.low, &self.high), range, seen.budget);
        let cut = band.split(|b| b[1].is_nan() || b[2].is_nan());
        self.bands = cut.filter(|b| b.len() > 1).map(<[_]>::to_vec).collect();
    }
}

impl View {
    /// `None` without a point that can be drawn.
    pub fn new(
        (x, y): (&Axis, &Axis),
        series: Vec<Series>,
        limits: Vec<Limit>,
        diagonal: bool,
        palette: &'static Palette,
    ) -> Option<Self> {
        let scales = (x.scale, y.scale);
        let both = |(x, y): (&f64, &f64)| drawable(*x, scales.0) && drawable(*y, scales.1);
        let points = || {
            series
                .iter()
                .flat_map(|s| s.x.iter().zip(&s.y))
                .filter(|(x, y)| both((x, y)))
        };
        let bounds = series
            .iter()
            .flat_map(|s| s.low.iter().chain(&s.high))
            .copied();
        let lines = limits.iter().map(|l| l.value);
        let x_domain = Domain::of(points().map(|p| *p.0), x, Room::None)?;
        let y_domain = Domain::of(
            points().map(|p| *p.1).chain(bounds).chain(lines),
            y,
            Room::Some,
        )?;
        Some(Self {
            x: PlotAxis::numbers(&x.title, x_domain, ""),
            y: PlotAxis::numbers(&y.title, y_domain, ""),
            traces: series
                .into_iter()
                .map(|s| Trace::new(s, scales, palette))
                .collect(),
            limits: limits
                .into_iter()
                .map(|l| (font::clean(&l.name), to_plot(l.value, scales.1)))
                .collect(),
            diagonal,
            palette,
            thinned: None,
        })
    }

    pub fn show(&mut self, ui: &mut Ui) {
        if self.thinned.is_none() {
            self.thin(Seen {
                range: (self.x.min, self.x.max),
                budget: BUDGET,
            });
        }
        let seen = self.plot(ui);
        if self.thinned != Some(seen) {
            self.thin(seen);
            ui.ctx().request_repaint();
        }
    }

    fn thin(&mut self, seen: Seen) {
        for trace in &mut self.traces {
            trace.thin(seen);
        }
        self.thinned = Some(seen);
    }

    /// Returns what is seen now.
    fn plot(&self, ui: &mut Ui) -> Seen {
        let (x_scale, y_scale) = (self.x.scale(), self.y.scale());
        let read_out = move |position: &HoverPosition<'_>| {
            let (name, at) = match position {
                HoverPosition::NearDataPoint {
                    plot_name,
                    position,
                    ..
                } => (*plot_name, position),
                HoverPosition::Elsewhere { position } => ("", position),
            };
            let (x, y) = (from_plot(at.x, x_scale), from_plot(at.y, y_scale));
            let text = format!("{name}\nx {}\ny {}", number::short(x), number::short(y));
            Some(text.trim_start().to_owned())
        };
        let legend = Legend::default()
            .follow_insertion_order(true)
            // under a diagonal there is room
            .position(if self.diagonal {
                Corner::RightBottom
            } else {
                Corner::RightTop
            })
            // a band and its line differ in strength
            .color_conflict_handling(ColorConflictHandling::PickLast)
            .background_alpha(0.85);
        let shown = axes::plot("lines", &self.x, &self.y, self.palette)
            .legend(legend)
            .label_formatter(read_out)
            .show(ui, |plot| {
                for trace in &self.traces {
                    for band in &trace.bands {
                        let column = |i: usize| band.iter().map(|b| b[i]).collect::<Vec<f64>>();
                        let area = FilledArea::new(&trace.name, &column(0), &column(1), &column(2));
                        plot.add(
                            area.fill_color(trace.color.gamma_multiply(0.13))
                                .allow_hover(false),
                        );
                    }
                }
                if self.diagonal {
                    let ends = vec![[self.x.min, self.y.min], [self.x.max, self.y.max]];
                    let line = Line::new("", ends)
                        .color(theme::color(self.palette.line_axis))
                        .width(1.0);
                    plot.line(
                        line.style(LineStyle::Dotted { spacing: 5.0 })
                            .allow_hover(false),
                    );
                }
                for trace in &self.traces {
                    for part in &trace.parts {
                        plot.line(
                            Line::new(&trace.name, part.as_slice())
                                .color(trace.color)
                                .allow_band(false)
                                .width(1.5),
                        );
                    }
                }
                for (name, value) in &self.limits {
                    let line = HLine::new(name, *value)
                        .color(theme::color(self.palette.critical))
                        .width(1.0);
                    plot.hline(line.style(LineStyle::dashed_dense()));
                }
                axes::zoom_by_wheel(plot);
            });
        let bounds = shown.transform.bounds();
        let pixels = shown.transform.frame().width() * ui.ctx().pixels_per_point();
        Seen {
            range: (bounds.min()[0], bounds.max()[0]),
            // the lowest and the highest of each column of pixels; more make holes in what egui fills
            budget: (2 * pixels as usize).clamp(200, BUDGET),
        }
    }
}

#[cfg(test)]
mod tests {
    use assay_core::chart::Theme;

    use super::*;

    fn trace(x: Vec<f64>, y: Vec<f64>, scale: Scale) -> Trace {
        let series = Series {
            name: "a".to_owned(),
            color: 1,
            low: vec![],
            high: vec![],
            x,
            y,
        };
        Trace::new(series, (scale, scale), Palette::of(Theme::Light))
    }

    #[test]
    fn a_trace_shows_few_points_of_many() {
        let n = 1_000_000;
        let x: Vec<f64> = (0..n).map(f64::from).collect();
        let mut y: Vec<f64> = x.iter().map(|v| v.sin()).collect();
        y[123_456] = 99.0;
        let mut trace = trace(x, y, Scale::Linear);
        for range in [(0.0, 1e6), (123_000.0, 124_000.0), (1e5, 3e5)] {
            trace.thin(Seen {
                range,
                budget: BUDGET,
            });
            let shown: Vec<PlotPoint> = trace.parts.concat();
            assert!((1_000..=BUDGET).contains(&shown.len()), "{}", shown.len());
            assert!(shown.iter().any(|p| p.y == 99.0), "{range:?}");
        }
    }

    #[test]
    fn what_has_no_place_is_left_out_or_a_gap() {
        let nan = f64::NAN;
        let mut trace = trace(
            vec![0.0, 1.0, 10.0, nan, 100.0],
            vec![5.0, 10.0, 0.0, 1.0, 1000.0],
            Scale::Log,
        );
        // x of 0 and of NaN are nowhere, y of 0 is a gap
        trace.thin(Seen {
            range: (-1.0, 3.0),
            budget: BUDGET,
        });
        let parts: Vec<Vec<[f64; 2]>> = trace
            .parts
            .iter()
            .map(|part| part.iter().map(|p| [p.x, p.y]).collect())
            .collect();
        assert_eq!(parts, [[[0.0, 1.0]], [[2.0, 3.0]]]);
    }

    #[test]
    fn a_line_that_turns_back_is_shown_whole() {
        let mut trace = trace(vec![0.0, 5.0, 2.0], vec![1.0, 2.0, 3.0], Scale::Linear);
        trace.thin(Seen {
            range: (4.0, 6.0),
            budget: BUDGET,
        });
        assert_eq!(trace.parts.concat().len(), 3);
    }
}
