//! Pictures of a report in light and dark: one SVG whose colours are variables of the page.

use std::collections::BTreeMap;
use std::fmt::Write;

use assay_core::chart::{ChartSpec, Theme};
use minijinja::Value;

use crate::error::Cause;

/// The colours of all pictures of a report.
#[derive(Default)]
pub struct Picture {
    /// Light and dark, and the number of their variable.
    colors: BTreeMap<(String, String), usize>,
}

impl Picture {
    /// An SVG, marked as safe: the chart crate escapes all text.
    pub fn of(&mut self, spec: &ChartSpec, width: u32, height: u32) -> Result<Value, Cause> {
        let light = assay_chart::svg(spec, Theme::Light, width, height)?;
        let dark = assay_chart::svg(spec, Theme::Dark, width, height)?;
        // The ramps of a heat map differ in length, and so does its legend.
        let both = || format!("<div class=\"light\">{light}</div><div class=\"dark\">{dark}</div>");
        let svg = self.merged(&light, &dark).unwrap_or_else(both);
        Ok(Value::from_safe_string(svg))
    }

    /// The variables in light, and in dark.
    pub fn variables(&self) -> (Value, Value) {
        let (mut light, mut dark) = (String::new(), String::new());
        for ((of_light, of_dark), number) in &self.colors {
            // A String takes whatever is written.
            let _ = write!(light, "--k{number}:{of_light};");
            let _ = write!(dark, "--k{number}:{of_dark};");
        }
        (
            Value::from_safe_string(light),
            Value::from_safe_string(dark),
        )
    }

    /// Both are the same but for their colours; `None` where they are not.
    fn merged(&mut self, light: &str, dark: &str) -> Option<String> {
        let mut merged = String::with_capacity(light.len());
        let (mut light, mut dark) = (colored(light), colored(dark));
        loop {
            match (light.next(), dark.next()) {
                (None, None) => return Some(merged),
                (Some((before, of_light)), Some((same, of_dark))) if before == same => {
                    merged.push_str(before);
                    if let (Some(of_light), Some(of_dark)) = (of_light, of_dark) {
                        let next = self.colors.len();
                        let colors = (of_light.to_owned(), of_dark.to_owned());
                        let number = *self.colors.entry(colors).or_insert(next);
                        let _ = write!(merged, "var(--k{number})");
                    }
                }
                _ => return None,
            }
        }
    }
}

/// Parts of a picture, each with the colour behind it; the last without one.
fn colored(svg: &str) -> impl Iterator<Item = (&str, Option<&str>)> {
    let mut rest = Some(svg);
    std::iter::from_fn(move || {
        let text = rest?;
        let Some(at) = text.find("\"#").map(|at| at + 1) else {
            rest = None;
            return Some((text, None));
        };
        let end = text.get(at..)?.find('"').map(|end| at + end)?;
        rest = text.get(end..);
        Some((text.get(..at)?, text.get(at..end)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_become_variables() {
        let mut picture = Picture::default();
        let of =
            |a: &str, b: &str| format!("<g><rect fill=\"{a}\"/><text stroke=\"{b}\">\"</text></g>");
        let merged = picture.merged(&of("#FFFFFF", "#000000"), &of("#111111", "#EEEEEE"));
        assert_eq!(merged, Some(of("var(--k0)", "var(--k1)")));
        let again = picture.merged(&of("#FFFFFF", "#FFFFFF"), &of("#111111", "#222222"));
        assert_eq!(again, Some(of("var(--k0)", "var(--k2)")));
        assert_eq!(picture.merged("<g>", "<h>"), None);
        let (light, dark) = picture.variables();
        assert_eq!(light.to_string(), "--k1:#000000;--k0:#FFFFFF;--k2:#FFFFFF;");
        assert_eq!(dark.to_string(), "--k1:#EEEEEE;--k0:#111111;--k2:#222222;");
    }
}
