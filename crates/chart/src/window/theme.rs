//! The tokens in egui's terms.

use std::sync::Arc;

use assay_core::chart::Theme;
use eframe::egui::{
    Color32, Context, FontData, FontDefinitions, FontFamily, RichText, Stroke, Visuals,
};

use crate::font;
use crate::palette::{Palette, Rgb};

pub fn color(Rgb(r, g, b): Rgb) -> Color32 {
    Color32::from_rgb(r, g, b)
}

/// The face and the colours of the pictures.
pub fn apply(context: &Context, theme: Theme) {
    let mut fonts = FontDefinitions::default();
    for (name, bytes) in [
        ("text", notosans::REGULAR_TTF),
        ("strong", notosans::BOLD_TTF),
    ] {
        fonts
            .font_data
            .insert(name.to_owned(), Arc::new(FontData::from_static(bytes)));
    }
    let fallback = fonts.families.entry(FontFamily::Proportional).or_default();
    fallback.insert(0, "text".to_owned());
    let mut strong = fallback.clone();
    strong.insert(0, "strong".to_owned());
    fonts.families.insert(strong_family(), strong);
    context.set_fonts(fonts);

    let palette = Palette::of(theme);
    let mut visuals = match theme {
        Theme::Light => Visuals::light(),
        Theme::Dark => Visuals::dark(),
    };
    visuals.panel_fill = color(palette.bg);
    visuals.window_fill = color(palette.bg_raised);
    visuals.window_stroke = Stroke::new(1.0, color(palette.line_2));
    // egui_plot draws legends, crosshairs and ticks with these
    visuals.extreme_bg_color = color(palette.bg);
    visuals.override_text_color = Some(color(palette.ink_2));
    visuals.widgets.noninteractive.bg_stroke = Stroke::new(1.0, color(palette.line));
    visuals.widgets.noninteractive.fg_stroke = Stroke::new(1.0, color(palette.ink_3));
    visuals.selection.bg_fill = color(palette.accent);
    let kind = match theme {
        Theme::Light => eframe::egui::Theme::Light,
        Theme::Dark => eframe::egui::Theme::Dark,
    };
    context.set_theme(kind);
    context.all_styles_mut(|style| {
        for size in style.text_styles.values_mut() {
            size.size = font::SMALL as f32;
        }
    });
    context.set_visuals_of(kind, visuals);
}

pub fn title(text: &str, palette: &Palette) -> RichText {
    RichText::new(text)
        .family(strong_family())
        .size(font::TITLE as f32)
        .color(color(palette.ink))
}

pub fn quiet(text: &str, palette: &Palette) -> RichText {
    RichText::new(text)
        .size(font::SMALL as f32)
        .color(color(palette.ink_3))
}

fn strong_family() -> FontFamily {
    FontFamily::Name("strong".into())
}
