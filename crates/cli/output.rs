//! Printing: results to stdout, everything else to stderr; with `--json` one document.

use assay_core::code::Failure;
pub use assay_core::words::count;
use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use serde::Serialize;

#[derive(Clone, Copy)]
pub struct Output {
    pub json: bool,
}

impl Output {
    /// The document, or what `text` makes of it for a person.
    pub fn result<T: Serialize>(self, document: &T, text: impl FnOnce(&T) -> String) {
        if self.json {
            match serde_json::to_string_pretty(document) {
                Ok(json) => print(&json),
                Err(error) => eprintln!("cannot print the result as JSON: {error}"),
            }
        } else {
            print(&text(document));
        }
    }

    /// What stands in a file, as it is.
    pub fn copy(self, file: &mut std::fs::File) -> std::io::Result<()> {
        match std::io::copy(file, &mut std::io::stdout()) {
            Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error),
            _ => Ok(()),
        }
    }

    pub fn failure(self, failure: &Failure) {
        if self.json {
            self.result(&serde_json::json!({ "error": failure }), |_| String::new());
        }
        eprintln!("{failure}");
        if let Some(hint) = &failure.hint {
            eprintln!("hint: {hint}");
        }
    }
}

/// A closed pipe (`assay … | head`) is no failure.
fn print(text: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// A table without lines. `right` names the columns of figures, counted from 0.
pub fn table(head: &[&str], rows: Vec<Vec<String>>, right: &[usize]) -> String {
    let mut table = Table::new();
    table
        .load_preset(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(head);
    table.add_rows(rows);
    for (index, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, 2));
        if right.contains(&index) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
        .lines()
        .map(|line| line.trim_end().to_owned())
        .collect::<Vec<_>>()
        .join("\n")
}

/// `1 row`, `1,204 rows`
pub fn plural(n: u64, one: &str) -> String {
    if n == 1 {
        format!("1 {one}")
    } else {
        format!("{} {one}s", count(n))
    }
}

/// `92 kB`
pub fn bytes(n: u64) -> String {
    match n {
        0..1_000 => format!("{n} B"),
        1_000..1_000_000 => format!("{} kB", n / 1_000),
        1_000_000..1_000_000_000 => format!("{:.1} MB", n as f64 / 1e6),
        _ => format!("{:.1} GB", n as f64 / 1e9),
    }
}

/// At most six significant digits, a middle dot for what is not known.
pub fn figure(value: Option<f64>) -> String {
    let Some(value) = value else {
        return "·".to_owned();
    };
    if value == 0.0 {
        return "0".to_owned();
    }
    if !(1e-4..1e9).contains(&value.abs()) {
        return format!("{value:.3e}");
    }
    let decimals = (5 - value.abs().log10().floor() as i32).clamp(0, 6) as usize;
    let text = format!("{value:.decimals$}");
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_read_at_a_glance() {
        for (value, text) in [
            (0.0, "0"),
            (344.0, "344"),
            (43.92193, "43.9219"),
            (0.003467, "0.003467"),
            (1.5e-7, "1.500e-7"),
            (4201.754386, "4201.75"),
        ] {
            assert_eq!(figure(Some(value)), text);
        }
        assert_eq!(figure(None), "·");
        assert_eq!(count(1_234_567), "1,234,567");
        assert_eq!(plural(1, "row"), "1 row");
        assert_eq!(bytes(92_400), "92 kB");
    }
}
