//! The design tokens' colours, for pictures and for the native window; a test holds them against the style sheet.

mod tokens;

use assay_core::chart::Theme;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rgb(pub u8, pub u8, pub u8);

impl Rgb {
    const fn hex(value: u32) -> Self {
        Self((value >> 16) as u8, (value >> 8) as u8, value as u8)
    }

    /// `share` of `other` (0 to 1) over the rest of `self`, in sRGB.
    pub fn mix(self, other: Self, share: f64) -> Self {
        let share = share.clamp(0.0, 1.0);
        let blend = |a: u8, b: u8| (f64::from(a) + (f64::from(b) - f64::from(a)) * share).round();
        Self(
            blend(self.0, other.0) as u8,
            blend(self.1, other.1) as u8,
            blend(self.2, other.2) as u8,
        )
    }

    /// Contrast with `other`, 1 to 21 (WCAG 2.2, "contrast ratio").
    pub fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    fn luminance(self) -> f64 {
        let linear = |c: u8| {
            let c = f64::from(c) / 255.0;
            if c <= 0.04045 {
                c / 12.92
            } else {
                ((c + 0.055) / 1.055).powf(2.4)
            }
        };
        0.2126 * linear(self.0) + 0.7152 * linear(self.1) + 0.0722 * linear(self.2)
    }
}

/// The tokens that charts use, under the tokens' names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Palette {
    pub bg: Rgb,
    pub bg_raised: Rgb,
    pub line: Rgb,
    pub line_2: Rgb,
    pub line_axis: Rgb,
    pub ink: Rgb,
    pub ink_2: Rgb,
    pub ink_3: Rgb,
    pub ink_off: Rgb,
    pub accent: Rgb,
    pub critical: Rgb,
    /// `--c1` to `--c8`.
    pub categories: [Rgb; 8],
    /// `--q0` to `--q8`: over the threshold.
    pub heat: [Rgb; 9],
    /// `--n0` to `--n3`: within it, by quarter.
    pub neutral: [Rgb; 4],
    /// The first step of `heat` that stands out from `neutral`. In the dark theme the weak end of the ramp is as dark
    /// as the page, and weak drift would look like a hole.
    pub heat_from: usize,
}

impl Palette {
    pub fn of(theme: Theme) -> &'static Self {
        match theme {
            Theme::Light => &tokens::LIGHT,
            Theme::Dark => &tokens::DARK,
        }
    }

    /// `number` counts from 1 and begins anew after 8.
    pub fn category(&self, number: u8) -> Rgb {
        self.categories[usize::from(number.max(1) - 1) % self.categories.len()]
    }

    /// Ink or page, whichever reads better on `ground`.
    pub fn text_on(&self, ground: Rgb) -> Rgb {
        if ground.contrast(self.ink) >= ground.contrast(self.bg) {
            self.ink
        } else {
            self.bg
        }
    }

    /// A cell of a heat map. Within the threshold: grey, by quarter of it. Over it: the heat ramp, from the threshold to
    /// `top`, the highest distance that is expected.
    pub fn heat_cell(&self, value: f64, over: bool, threshold: f64, top: f64) -> Rgb {
        if over {
            let steps = self.heat.len() - 1 - self.heat_from;
            let share = ((value - threshold) / (top - threshold)).clamp(0.0, 1.0);
            // NaN (no distance between threshold and top) casts to 0
            self.heat[self.heat_from + (share * steps as f64).round() as usize]
        } else {
            let quarter = (4.0 * value / threshold).clamp(0.0, 3.0);
            self.neutral[quarter as usize]
        }
    }

    /// A cell of a confusion matrix, by its share of the row (0 to 1).
    pub fn share_cell(&self, share: f64) -> Rgb {
        self.neutral[0].mix(self.categories[0], share)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The tokens of one block of the style sheet, `--name: #rrggbb;` alone.
    fn token(block: &str, name: &str) -> Rgb {
        let start = format!("--{name}: #");
        let at = block
            .find(&start)
            .unwrap_or_else(|| panic!("--{name} is no colour"));
        let digits = &block[at + start.len()..at + start.len() + 6];
        Rgb::hex(u32::from_str_radix(digits, 16).unwrap())
    }

    #[test]
    fn colours_are_those_of_the_style_sheet() {
        let sheet = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../ui/src/styles/tokens.css"
        );
        let sheet = std::fs::read_to_string(sheet).unwrap();
        let (light, dark) = sheet.split_once("[data-theme=\"dark\"]").unwrap();
        for (theme, block) in [(Theme::Light, light), (Theme::Dark, dark)] {
            let palette = Palette::of(theme);
            let mut expected = vec![
                ("bg".to_owned(), palette.bg),
                ("bg-raised".to_owned(), palette.bg_raised),
                ("line".to_owned(), palette.line),
                ("line-2".to_owned(), palette.line_2),
                ("line-axis".to_owned(), palette.line_axis),
                ("ink".to_owned(), palette.ink),
                ("ink-2".to_owned(), palette.ink_2),
                ("ink-3".to_owned(), palette.ink_3),
                ("ink-off".to_owned(), palette.ink_off),
                ("accent".to_owned(), palette.accent),
                ("critical".to_owned(), palette.critical),
            ];
            let ramp = |letter: &str, from: usize, colors: &[Rgb]| -> Vec<(String, Rgb)> {
                let name = |i: usize| format!("{letter}{}", i + from);
                colors
                    .iter()
                    .enumerate()
                    .map(|(i, c)| (name(i), *c))
                    .collect()
            };
            expected.extend(ramp("c", 1, &palette.categories));
            expected.extend(ramp("q", 0, &palette.heat));
            expected.extend(ramp("n", 0, &palette.neutral));
            for (name, color) in expected {
                assert_eq!(color, token(block, &name), "--{name} of {theme:?}");
            }
        }
    }

    #[test]
    fn categories_begin_anew() {
        let palette = Palette::of(Theme::Light);
        for (number, index) in [(0, 0), (1, 0), (8, 7), (9, 0), (255, 6)] {
            assert_eq!(palette.category(number), palette.categories[index]);
        }
    }

    #[test]
    fn heat_is_grey_within_the_threshold_and_stands_out_over_it() {
        for theme in [Theme::Light, Theme::Dark] {
            let palette = Palette::of(theme);
            let cell = |value, over| palette.heat_cell(value, over, 0.1, 1.0);
            for (value, quarter) in [(0.0, 0), (0.024, 0), (0.026, 1), (0.06, 2), (0.1, 3)] {
                assert_eq!(cell(value, false), palette.neutral[quarter], "{value}");
            }
            assert_eq!(cell(0.101, true), palette.heat[palette.heat_from]);
            assert_eq!(cell(7.0, true), palette.heat[8]);
            // a weak drift differs from every grey in more than its lightness
            let Rgb(r, _, b) = cell(0.101, true);
            assert!(i32::from(r) - i32::from(b) > 60);
            // no distance between threshold and top
            assert_eq!(
                palette.heat_cell(1.0, true, 1.0, 1.0),
                palette.heat[palette.heat_from]
            );
        }
    }

    #[test]
    fn text_in_cells_is_legible() {
        for theme in [Theme::Light, Theme::Dark] {
            let palette = Palette::of(theme);
            for percent in 0..=100 {
                let ground = palette.share_cell(f64::from(percent) / 100.0);
                // the best that ink or page can do on a colour half way between them is 3.9
                assert!(palette.text_on(ground).contrast(ground) >= 3.9, "{percent}");
            }
        }
    }
}
