//! The comparison as a table of texts, a line a window and model.

use super::{ChallengeReport, ModelWindow};
use crate::words::number;

/// The head and the lines: window, model, rows, each metric with its band, disagreement, gain, median latency. What was
/// not measured is empty.
pub fn challenge_table(report: &ChallengeReport) -> Vec<Vec<String>> {
    let mut metrics: Vec<&str> = Vec::new();
    let models = report.windows.iter().flat_map(|window| &window.models);
    for measured in models.flat_map(|model| &model.performance) {
        if !metrics.contains(&measured.metric.as_str()) {
            metrics.push(&measured.metric);
        }
    }
    let fixed = |names: &[&str]| -> Vec<String> { names.iter().map(|n| (*n).to_owned()).collect() };
    let mut head = fixed(&["window", "model", "rows"]);
    head.extend(fixed(&metrics));
    head.extend(fixed(&["disagreement", "gain", "p50 ms", "p99 ms"]));
    let mut table = vec![head];
    for window in &report.windows {
        for (name, model) in report.models.iter().zip(&window.models) {
            table.push(line(&window.window, name, model, &metrics));
        }
    }
    table
}

fn line(window: &str, name: &str, model: &ModelWindow, metrics: &[&str]) -> Vec<String> {
    let with_band = |value: f64, low: f64, high: f64| {
        format!("{} ({} to {})", number(value), number(low), number(high))
    };
    let mut cells = vec![window.to_owned(), name.to_owned(), model.n_rows.to_string()];
    for metric in metrics {
        let found = model.performance.iter().find(|m| m.metric == *metric);
        cells.push(found.map_or_else(String::new, |m| with_band(m.value, m.low, m.high)));
    }
    cells.push(model.disagreement.map_or_else(String::new, number));
    let gain = model
        .gain
        .map(|gain| with_band(gain.mean, gain.low, gain.high));
    cells.push(gain.unwrap_or_default());
    for latency in [
        model.latency.map(|latency| latency.p50_ms),
        model.latency.map(|latency| latency.p99_ms),
    ] {
        cells.push(latency.map_or_else(String::new, number));
    }
    cells
}
