//! The measures of a replay: every window's sketches against the reference's, performance where the truth is known.

use assay_core::Task;
use assay_core::drift::{self, ColumnSketch, DriftRule, ReferenceSketch};
use assay_core::matrix::RawValues;
use assay_core::replay::{ConceptStream, QualityIssue, WindowLatency, WindowReport};
use rayon::prelude::*;

use super::accumulation::{Pane, points_for};
use super::batch;
use super::panes::{self, Cutting};
use super::pass::Pass;
use super::performance::Performance;
use super::quality;
use super::reading::Reading;
use super::sketches::Windows;
use super::subject::Subject;
use super::together;
use crate::error::Cause;

const LATENCY: &str = "latency";

pub struct Measured {
    /// Names of the watched columns, in order.
    pub names: Vec<String>,
    /// Of them, those that are read of the log; what the model said and the truth follow.
    pub n_features: usize,
    pub windows: Vec<WindowReport>,
    pub sketches: Windows,
    pub performance_metric: Option<&'static str>,
    pub performance: Option<f64>,
    pub concept: Vec<ConceptStream>,
    pub quality: Vec<QualityIssue>,
}

/// Every watched column in every window.
pub fn measure(
    subject: &Subject,
    reading: &Reading,
    pass: &Pass,
    rule: &DriftRule,
    task: &Task,
) -> Result<Measured, Cause> {
    let names = batch::watched(subject, reading);
    let references = references(&subject.reference, &names);
    let cuttings = cuttings(pass)?;
    let mut all_names = names.clone();
    all_names.extend(reading.mapping.latency.iter().map(|_| LATENCY.to_owned()));
    task.check()?;
    task.step(0, 0, format!("measuring {} windows", cuttings.len()));
    let points = points_for(cuttings.len() * all_names.len());
    let first_rows = first_rows(pass, &cuttings);
    let n_features = reading.inputs.len();
    let measured: Vec<_> = cuttings
        .par_iter()
        .zip(first_rows)
        .enumerate()
        .map(|(index, (cutting, first_row))| {
            let index = u32::try_from(index).unwrap_or(u32::MAX);
            let found = pass.total.window(cutting.panes.clone(), &all_names, points);
            let Some((pane, mut sketches)) = found else {
                return (gap(index, cutting), (None, Vec::new()));
            };
            let latency = sketches.get(names.len()).and_then(latency);
            sketches.truncate(names.len());
            let drifts = drift::compare_columns(&references, &sketches, rule);
            let mut report = gap(index, cutting);
            fill(&mut report, &pane, first_row);
            report.metrics = pane.tallies.worth.metrics();
            report.estimates = pane.tallies.worth.estimates(subject);
            report.columns = drifts;
            report.latency = latency;
            let findings = match report.is_too_small {
                true => Vec::new(),
                false => {
                    let features = references.get(..n_features).unwrap_or_default();
                    let unreadable = &pane.tallies.unreadable;
                    quality::of_window(features, &sketches, unreadable, cuttings.len())
                }
            };
            (report, (Some(sketches), findings))
        })
        .collect();
    let (mut windows, (sketches, findings)): (Vec<WindowReport>, (Windows, Vec<_>)) =
        measured.into_iter().unzip();
    let together = together::judged(subject, reading, pass, &cuttings, rule, task)?;
    for (window, together) in windows.iter_mut().zip(together) {
        window.multivariate = together;
    }
    let mut columns: Vec<&mut [drift::ColumnDrift]> = windows
        .iter_mut()
        .map(|window| window.columns.as_mut_slice())
        .collect();
    drift::judge_windows(&mut columns, &references, rule);
    let mut whole = Performance::default();
    for pane in pass.total.panes.values() {
        whole.merge(&pane.tallies.performance);
    }
    let has_truth = batch::has_truth(reading);
    Ok(Measured {
        names,
        n_features,
        quality: quality::issues(findings, &windows, &pass.cut),
        windows,
        sketches,
        performance_metric: has_truth.then_some(match subject.answers().is_empty() {
            true => "rmse",
            false => "accuracy",
        }),
        performance: whole.value().map(|whole| whole.value),
        concept: pass.concept.streams(&cuttings),
    })
}

/// The reference's sketch of each watched column; an empty one where it has none.
pub fn references(reference: &ReferenceSketch, names: &[String]) -> Vec<ColumnSketch> {
    let nothing = |name: &str| drift::sketch_column(name, &RawValues::Numbers(Vec::new()));
    let of_name = |name: &String| {
        let mut known = reference.columns.iter();
        let found = known.find(|sketch| sketch.name == *name);
        found.cloned().unwrap_or_else(|| nothing(name))
    };
    names.iter().map(of_name).collect()
}

pub fn cuttings(pass: &Pass) -> Result<Vec<Cutting>, Cause> {
    let first = pass.total.panes.keys().next();
    let last = pass.total.panes.keys().next_back();
    match (first, last) {
        (Some(&first), Some(&last)) => {
            panes::windows(&pass.cut, first, last, &pass.placing.version_names)
        }
        _ => Ok(Vec::new()),
    }
}

/// Of each window, the number of rows in the panes before it.
fn first_rows(pass: &Pass, cuttings: &[Cutting]) -> Vec<u64> {
    let mut panes = pass.total.panes.iter().peekable();
    let mut before = 0;
    cuttings
        .iter()
        .map(|cutting| {
            while let Some((_, pane)) = panes.next_if(|(index, _)| **index < cutting.panes.start) {
                before += pane.n_rows;
            }
            before
        })
        .collect()
}

fn gap(index: u32, cutting: &Cutting) -> WindowReport {
    WindowReport {
        index,
        first_row: 0,
        last_row: 0,
        start_ms: cutting.bounds_ms.map(|(start, _)| start),
        end_ms: cutting.bounds_ms.map(|(_, end)| end),
        n_rows: 0,
        label: cutting.label.clone(),
        n_late: 0,
        is_too_small: false,
        columns: Vec::new(),
        n_drifted: 0,
        performance: None,
        metrics: Vec::new(),
        estimates: Vec::new(),
        multivariate: None,
        latency: None,
    }
}

fn fill(report: &mut WindowReport, pane: &Pane, rows_before: u64) {
    report.first_row = rows_before + 1;
    report.last_row = rows_before + pane.n_rows;
    report.n_rows = pane.n_rows;
    report.n_late = pane.n_late;
    report.is_too_small = pane.n_rows < drift::MIN_VALUES;
    report.performance = pane.performance();
    // By rows: the times of the first and the last one.
    report.start_ms = report.start_ms.or(pane.times_ms.map(|(first, _)| first));
    report.end_ms = report.end_ms.or(pane.times_ms.map(|(_, last)| last));
}

fn latency(sketch: &ColumnSketch) -> Option<WindowLatency> {
    Some(WindowLatency {
        median_ms: sketch.quantile(1, 2)?,
        p95_ms: sketch.quantile(95, 100)?,
        n: sketch.n_values(),
    })
}
