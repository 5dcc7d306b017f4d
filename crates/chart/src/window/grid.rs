//! Confusion matrices and heat maps in the window: one pixel of a texture a cell, however many cells.

use eframe::egui::{self, Color32, ColorImage, TextureHandle, TextureOptions, Ui, Vec2};
use egui_plot::{HLine, HoverPosition, Line, PlotImage, PlotPoint, PlotUi, Text, VLine};

use super::axes::{self, PlotAxis};
use super::theme;
use crate::palette::Palette;
use crate::{font, number};

/// More texels in a row some graphics cards do not take.
const WIDEST: usize = 8_192;

/// No more cells are written into, or framed one by one.
const FEW: f64 = 150.0;

pub struct View {
    rows: PlotAxis,
    columns: PlotAxis,
    cells: Vec<Cell>,
    n_columns: usize,
    /// Columns that share a texel.
    merged: usize,
    written: bool,
    texture: Option<TextureHandle>,
    palette: &'static Palette,
}

#[derive(Debug, Clone, PartialEq)]
struct Cell {
    /// `None` is a gap.
    color: Option<crate::palette::Rgb>,
    over: bool,
    /// Inside the cell, and under the pointer.
    text: String,
    words: String,
}

impl View {
    pub fn confusion(classes: Vec<String>, counts: &[Vec<u64>], palette: &'static Palette) -> Self {
        let n = classes.len();
        let count = |i: usize, j: usize| counts.get(i).and_then(|r| r.get(j)).copied().unwrap_or(0);
        let cell = |(i, j): (usize, usize)| {
            let total: u64 = (0..n).map(|k| count(i, k)).fold(0, u64::saturating_add);
            let share = if total == 0 {
                0.0
            } else {
                count(i, j) as f64 / total as f64
            };
            let text = number::fixed(count(i, j) as f64, 0);
            Cell {
                color: Some(palette.share_cell(share)),
                over: false,
                words: format!("{text}, {} of the row", number::percent(share)),
                text,
            }
        };
        let cells = (0..n)
            .flat_map(|i| (0..n).map(move |j| (i, j)))
            .map(cell)
            .collect();
        let mut view = Self::new(classes.clone(), classes, cells, palette);
        view.rows.title = "true".to_owned();
        view.columns.title = "predicted".to_owned();
        view.written = n as f64 <= 25.0;
        view
    }

    pub fn heat_map(
        rows: Vec<String>,
        columns: Vec<String>,
        values: Vec<Option<f64>>,
        over: Vec<bool>,
        threshold: f64,
        palette: &'static Palette,
    ) -> Self {
        let finite = |i: usize| values.get(i).copied().flatten().filter(|v| v.is_finite());
        let n = rows.len() * columns.len();
        let top = (0..n).filter_map(finite).fold(1.0, f64::max);
        let cell = |i: usize| {
            let over = over.get(i).copied().unwrap_or(false);
            let value = finite(i);
            let words = match value {
                Some(v) if over => format!(
                    "{}, over {}",
                    number::significant(v, 4),
                    number::short(threshold)
                ),
                Some(v) => format!(
                    "{}, within {}",
                    number::significant(v, 4),
                    number::short(threshold)
                ),
                None => "no value".to_owned(),
            };
            Cell {
                color: value.map(|v| palette.heat_cell(v, over, threshold, top)),
                over: over && value.is_some(),
                text: String::new(),
                words,
            }
        };
        Self::new(rows, columns, (0..n).map(cell).collect(), palette)
    }

    fn new(
        rows: Vec<String>,
        columns: Vec<String>,
        cells: Vec<Cell>,
        palette: &'static Palette,
    ) -> Self {
        let clean = |names: Vec<String>| {
            names
                .iter()
                .map(|n| font::clean(n))
                .collect::<Vec<String>>()
        };
        let n_columns = columns.len();
        Self {
            merged: n_columns.div_ceil(WIDEST).max(1),
            n_columns,
            rows: PlotAxis::cells(clean(rows), true),
            columns: PlotAxis::cells(clean(columns), false),
            cells,
            written: false,
            texture: None,
            palette,
        }
    }

    pub fn show(&mut self, ui: &mut Ui) {
        if self.texture.is_none() {
            let image = self.image();
            self.texture = Some(
                ui.ctx()
                    .load_texture("cells", image, TextureOptions::NEAREST),
            );
        }
        let read_out = |position: &HoverPosition<'_>| {
            let at = match position {
                HoverPosition::NearDataPoint { position, .. } => position,
                HoverPosition::Elsewhere { position } => position,
            };
            self.words(at.x, at.y)
        };
        axes::plot("cells", &self.columns, &self.rows, self.palette)
            .show_grid(false)
            .label_formatter(read_out)
            .show(ui, |plot| {
                self.draw(plot);
                axes::zoom_by_wheel(plot);
            });
    }

    /// What stands under the pointer.
    fn words(&self, x: f64, y: f64) -> Option<String> {
        let (row, column) = (
            self.rows.division.index(y)?,
            self.columns.division.index(x)?,
        );
        let (row_name, column_name) = (self.rows.division.name(y)?, self.columns.division.name(x)?);
        let cell = self.cells.get(row * self.n_columns + column)?;
        Some(format!("{row_name} · {column_name}\n{}", cell.words))
    }

    /// A texel a cell; the worst of the cells that share one.
    fn image(&self) -> ColorImage {
        let row = |cells: &[Cell]| -> Vec<Color32> {
            let texel = |group: &[Cell]| {
                let worst = group
                    .iter()
                    .find(|c| c.over)
                    .or_else(|| group.iter().find(|c| c.color.is_some()));
                worst
                    .and_then(|c| c.color)
                    .map_or(Color32::TRANSPARENT, theme::color)
            };
            cells.chunks(self.merged).map(texel).collect()
        };
        let pixels: Vec<Color32> = self
            .cells
            .chunks(self.n_columns.max(1))
            .flat_map(row)
            .collect();
        let width = self.n_columns.div_ceil(self.merged).max(1);
        ColorImage::new([width, pixels.len() / width], pixels)
    }

    fn draw(&self, plot: &mut PlotUi<'_>) {
        let Some(texture) = &self.texture else { return };
        let (width, height) = (self.columns.max, -self.rows.min);
        // the last texel may stand for fewer columns than it covers
        let drawn = (self.n_columns.div_ceil(self.merged) * self.merged) as f64;
        let center = PlotPoint::new(drawn / 2.0, -height / 2.0);
        plot.image(
            PlotImage::new("", texture, center, Vec2::new(drawn as f32, height as f32))
                .allow_hover(false),
        );

        let bounds = plot.plot_bounds();
        let page = theme::color(self.palette.bg);
        if bounds.height() <= FEW {
            for i in 1..height as usize {
                plot.hline(
                    HLine::new("", -(i as f64))
                        .color(page)
                        .width(1.0)
                        .allow_hover(false),
                );
            }
            self.underline(plot);
        }
        if bounds.width() <= FEW {
            let from = bounds.min()[0].max(1.0) as usize;
            for i in from..=(bounds.max()[0].clamp(0.0, width - 1.0) as usize) {
                plot.vline(
                    VLine::new("", i as f64)
                        .color(page)
                        .width(0.75)
                        .allow_hover(false),
                );
            }
        }
        if self.written {
            self.write(plot);
        }
    }

    /// A line of ink under neighbours over the threshold.
    fn underline(&self, plot: &mut PlotUi<'_>) {
        let ink = theme::color(self.palette.ink);
        for (row, cells) in self.cells.chunks(self.n_columns.max(1)).enumerate() {
            let y = -(row as f64) - 0.96;
            let mut start = 0;
            for run in cells.chunk_by(|a, b| a.over == b.over) {
                let end = start + run.len();
                if run[0].over {
                    let ends = vec![[start as f64, y], [end as f64, y]];
                    plot.line(Line::new("", ends).color(ink).width(2.0).allow_hover(false));
                }
                start = end;
            }
        }
    }

    fn write(&self, plot: &mut PlotUi<'_>) {
        for (i, cell) in self.cells.iter().enumerate() {
            let Some(ground) = cell.color else { continue };
            let (row, column) = (i / self.n_columns, i % self.n_columns);
            let at = PlotPoint::new(
                self.columns.division.place(column),
                self.rows.division.place(row),
            );
            let ink = theme::color(self.palette.text_on(ground));
            let words = egui::RichText::new(&cell.text)
                .size(font::BASE as f32)
                .color(ink);
            plot.text(Text::new("", at, words).allow_hover(false));
        }
    }
}

#[cfg(test)]
mod tests {
    use assay_core::chart::Theme;

    use super::*;

    fn names(n: usize) -> Vec<String> {
        (0..n).map(|i| format!("n{i}")).collect()
    }

    #[test]
    fn a_cell_is_a_texel_and_says_what_it_is() {
        let palette = Palette::of(Theme::Light);
        let values = vec![Some(0.01), None, Some(0.5), Some(0.2)];
        let over = vec![false, true, true, true];
        let view = View::heat_map(names(2), names(2), values, over, 0.1, palette);
        let image = view.image();
        assert_eq!(image.size, [2, 2]);
        assert_eq!(image.pixels[0], theme::color(palette.neutral[0]));
        assert_eq!(image.pixels[1], Color32::TRANSPARENT);
        assert_eq!(view.words(0.5, -0.5).unwrap(), "n0 · n0\n0.01, within 0.1");
        assert_eq!(view.words(1.5, -0.5).unwrap(), "n0 · n1\nno value");
        assert_eq!(view.words(0.5, -1.5).unwrap(), "n1 · n0\n0.5, over 0.1");
        assert_eq!(view.words(0.5, 0.5), None);
        assert_eq!(view.words(2.5, -0.5), None);
    }

    #[test]
    fn cells_that_share_a_texel_show_the_worst() {
        let palette = Palette::of(Theme::Dark);
        let n = WIDEST + 1;
        let mut over = vec![false; n];
        over[1] = true;
        let view = View::heat_map(names(1), names(n), vec![Some(0.5); n], over, 0.1, palette);
        let image = view.image();
        assert_eq!(image.size, [WIDEST / 2 + 1, 1]);
        assert_ne!(image.pixels[0], image.pixels[1]);
    }

    #[test]
    fn a_ragged_confusion_matrix_is_filled_with_zeros() {
        let view = View::confusion(names(2), &[vec![3, 1]], Palette::of(Theme::Light));
        assert_eq!(
            view.words(0.5, -0.5).unwrap(),
            "n0 · n0\n3, 75.0 % of the row"
        );
        assert_eq!(
            view.words(1.5, -1.5).unwrap(),
            "n1 · n1\n0, 0.0 % of the row"
        );
    }
}
