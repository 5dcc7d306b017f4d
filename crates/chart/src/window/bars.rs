//! Bars and histograms in the window.

use assay_core::chart::{Axis, BarSeries, Scale};
use eframe::egui::{Color32, Stroke, Ui};
use egui_plot::{Bar, BarChart, Legend, Line};

use super::axes::{self, PlotAxis};
use super::division::to_plot;
use super::theme;
use crate::domain::{Domain, Room, drawable};
use crate::font::{self, Weight};
use crate::number;
use crate::palette::Palette;

pub struct View {
    x: PlotAxis,
    y: PlotAxis,
    charts: Vec<Chart>,
    lying: bool,
    palette: &'static Palette,
}

/// One series.
struct Chart {
    name: String,
    color: Color32,
    blocks: Vec<Block>,
    outlined: bool,
}

/// A bar, in egui_plot's coordinates.
#[derive(Debug, Clone, PartialEq)]
struct Block {
    /// Where it begins and ends along the axis of categories or bins.
    from: f64,
    to: f64,
    /// Along the axis of values.
    base: f64,
    end: f64,
    /// What is read under the pointer.
    words: String,
}

impl View {
    /// Bars lie when names are too long to stand side by side. `None` without a value that can be drawn.
    pub fn groups(
        categories: Vec<String>,
        axis: &Axis,
        series: &[BarSeries],
        palette: &'static Palette,
    ) -> Option<Self> {
        let values = series.iter().flat_map(|s| &s.values).flatten().copied();
        let domain = Domain::of(values.chain([0.0]), axis, Room::Tick)?;
        let names: Vec<String> = categories.iter().map(|c| font::clean(c)).collect();
        let widest = names
            .iter()
            .map(|n| font::width(n, font::SMALL, Weight::Normal))
            .fold(0.0, f64::max);
        let lying = (widest + 12.0) * names.len() as f64 > 900.0;

        let n_series = series.len();
        let charts = series.iter().enumerate().map(|(j, one)| {
            let blocks =
                names
                    .iter()
                    .zip(&one.values)
                    .enumerate()
                    .filter_map(|(i, (name, value))| {
                        let value = (*value).filter(|v| drawable(*v, axis.scale))?;
                        let width = 0.76 / n_series as f64;
                        let at = i as f64 + width * (j as f64 + 0.5 - n_series as f64 / 2.0);
                        let at = if lying { -at } else { at };
                        Some(Block {
                            from: at - 0.48 * width,
                            to: at + 0.48 * width,
                            base: base(&domain),
                            end: to_plot(value, axis.scale),
                            words: format!(
                                "{}\n{name}: {}",
                                font::clean(&one.name),
                                number::short(value)
                            ),
                        })
                    });
            Chart::new(one, blocks.collect(), false, palette)
        });
        let charts = charts.collect();
        let mut values = PlotAxis::numbers(&axis.title, domain, "");
        if series.len() > 1 && !lying {
            // the legend stands above the bars
            values.max += 0.16 * (values.max - values.min);
        }
        let names = PlotAxis::names(names, lying);
        let (x, y) = if lying {
            (values, names)
        } else {
            (names, values)
        };
        Some(Self {
            x,
            y,
            charts,
            lying,
            palette,
        })
    }

    /// The last series is filled, the others are outlines over it. `None` without a bin that can be drawn.
    pub fn histogram(
        axis: &Axis,
        edges: &[f64],
        series: &[BarSeries],
        palette: &'static Palette,
    ) -> Option<Self> {
        let placed = |pair: &&[f64]| {
            drawable(pair[0], axis.scale) && drawable(pair[1], axis.scale) && pair[0] < pair[1]
        };
        let reached = edges.windows(2).filter(placed).flatten().copied();
        let shares = series
            .iter()
            .flat_map(|s| &s.values)
            .flatten()
            .map(|v| v * 100.0);
        let x = Domain::of(reached, axis, Room::None)?;
        let y = Domain::of(shares.chain([0.0]), &Axis::linear(""), Room::Tick)?;
        let charts = series.iter().enumerate().map(|(j, one)| {
            let bins = edges
                .windows(2)
                .zip(&one.values)
                .filter(|(pair, _)| placed(pair));
            let blocks = bins.filter_map(|(pair, share)| {
                let share = (*share).filter(|v| v.is_finite() && *v >= 0.0)?;
                let (left, right) = (to_plot(pair[0], axis.scale), to_plot(pair[1], axis.scale));
                let range = format!("{} to {}", number::short(pair[0]), number::short(pair[1]));
                Some(Block {
                    from: left,
                    to: right,
                    base: 0.0,
                    end: share * 100.0,
                    words: words(&one.name, &range, &number::percent(share)),
                })
            });
            Chart::new(one, blocks.collect(), j + 1 < series.len(), palette)
        });
        Some(Self {
            charts: charts.collect(),
            x: PlotAxis::numbers(&axis.title, x, ""),
            y: PlotAxis::numbers("share of rows", y, " %"),
            lying: false,
            palette,
        })
    }

    pub fn show(&mut self, ui: &mut Ui) {
        let mut plot = axes::plot("bars", &self.x, &self.y, self.palette);
        if self.charts.len() > 1 {
            plot = plot.legend(
                Legend::default()
                    .follow_insertion_order(true)
                    .background_alpha(0.85),
            );
        }
        if self.lying {
            plot = plot.show_grid([true, false]);
        }
        plot.label_formatter(|_| None).show(ui, |plot| {
            for chart in self.charts.iter().filter(|c| !c.outlined) {
                plot.bar_chart(chart.filled(self.lying, self.palette));
            }
            for chart in self.charts.iter().filter(|c| c.outlined) {
                plot.line(
                    Line::new(&chart.name, chart.steps())
                        .color(chart.color)
                        .width(1.2)
                        // steps stand upright, however narrow
                        .allow_band(false)
                        .allow_hover(false),
                );
            }
            axes::zoom_by_wheel(plot);
        });
    }
}

impl Chart {
    fn new(series: &BarSeries, blocks: Vec<Block>, outlined: bool, palette: &Palette) -> Self {
        Self {
            name: font::clean(&series.name),
            color: theme::color(palette.category(series.color)),
            blocks,
            outlined,
        }
    }

    fn filled(&self, lying: bool, palette: &Palette) -> BarChart {
        // a hairline of the page between bars that touch
        let stroke = Stroke::new(0.75, theme::color(palette.bg));
        let bar = |b: &Block| {
            let bar = Bar::new((b.from + b.to) / 2.0, b.end - b.base)
                .base_offset(b.base)
                .width(b.to - b.from);
            bar.fill(self.color).stroke(stroke).name(&b.words)
        };
        let chart =
            BarChart::new(&self.name, self.blocks.iter().map(bar).collect()).color(self.color);
        let chart = chart.element_formatter(Box::new(|bar, _| bar.name.clone()));
        if lying { chart.horizontal() } else { chart }
    }

    fn steps(&self) -> Vec<[f64; 2]> {
        let corners = |b: &Block| [[b.from, b.end], [b.to, b.end]];
        let mut steps: Vec<[f64; 2]> = self.blocks.iter().flat_map(corners).collect();
        if let (Some(first), Some(last)) = (steps.first().copied(), steps.last().copied()) {
            steps.insert(0, [first[0], 0.0]);
            steps.push([last[0], 0.0]);
        }
        // egui draws no corner at a point that stands twice
        steps.dedup();
        steps
    }
}

/// What is read under the pointer; it stands beside the bar and must be short.
fn words(series: &str, place: &str, value: &str) -> String {
    let fit = |text: &str| font::fit(&font::clean(text), font::SMALL, Weight::Normal, 130.0);
    format!("{}\n{}: {value}", fit(series), fit(place))
}

/// Where bars begin: at zero, or at the end of the axis that is nearest to it.
fn base(domain: &Domain) -> f64 {
    match domain.scale {
        Scale::Linear => 0f64.clamp(domain.min, domain.max),
        Scale::Log => to_plot(domain.min, Scale::Log),
    }
}

#[cfg(test)]
mod tests {
    use assay_core::chart::Theme;

    use super::*;

    fn series(values: Vec<Option<f64>>) -> BarSeries {
        BarSeries {
            name: "s".to_owned(),
            color: 1,
            values,
        }
    }

    fn palette() -> &'static Palette {
        Palette::of(Theme::Light)
    }

    #[test]
    fn bars_stand_side_by_side_and_lie_under_long_names() {
        let two = [
            series(vec![Some(1.0), None, Some(-2.0)]),
            series(vec![Some(f64::NAN), Some(3.0)]),
        ];
        let names = ["a", "b", "c"].map(str::to_owned).to_vec();
        let view = View::groups(names, &Axis::linear("y"), &two, palette()).unwrap();
        let middles = |i: usize| {
            view.charts[i]
                .blocks
                .iter()
                .map(|b| (b.from + b.to) / 2.0)
                .collect::<Vec<f64>>()
        };
        assert!(!view.lying);
        assert_eq!(middles(0), [-0.19, 2.0 - 0.19]);
        assert_eq!(middles(1), [1.19]);

        let long = vec!["a name that goes on and on, and then on again".to_owned(); 20];
        let view = View::groups(long, &Axis::linear("y"), &two, palette()).unwrap();
        assert!(view.lying && view.charts[0].blocks[1].to < 0.0);
        assert!(
            View::groups(vec![], &Axis::linear("y"), &[], palette())
                .is_some_and(|v| v.charts.is_empty())
        );
    }

    #[test]
    fn a_histogram_is_filled_last_and_outlined_first() {
        let two = [
            series(vec![Some(0.5), Some(0.5)]),
            series(vec![Some(0.25), Some(0.75)]),
        ];
        let view = View::histogram(&Axis::linear("x"), &[0.0, 1.0, 3.0], &two, palette()).unwrap();
        assert_eq!(
            view.charts.iter().map(|c| c.outlined).collect::<Vec<_>>(),
            [true, false]
        );
        assert_eq!(
            view.charts[0].steps(),
            [
                [0.0, 0.0],
                [0.0, 50.0],
                [1.0, 50.0],
                [3.0, 50.0],
                [3.0, 0.0]
            ]
        );
        assert_eq!(view.charts[1].blocks[1].words, "s\n1 to 3: 75.0 %");
        assert!(View::histogram(&Axis::linear("x"), &[1.0, 1.0], &two, palette()).is_none());
    }
}
