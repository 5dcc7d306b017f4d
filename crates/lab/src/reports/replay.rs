//! A replay in a report: pictures and tables that stay small however many columns and windows there are.

use assay_core::drift::challenge::{ChallengeReport, challenge_table};
use assay_core::drift::detectors::{Detector, Signal};
use assay_core::drift::{self, ColumnDrift, Verdict};
use assay_core::replay::{ConceptStream, DriftReport, QualityIssue};
use assay_core::words::{count, counted, number, percent};
use minijinja::{Value, context};

use super::picture::Picture;
use crate::error::Cause;
use crate::replay::pictures::{
    drift_map_of, metric_chart, metric_names, multivariate_charts, severity_chart,
};

const WIDTH: u32 = 940;
/// Rows and cells of a row of the heat map.
const MAP_COLUMNS: usize = 60;
const MAP_CELLS: usize = 150;
/// Points of a line.
const POINTS: usize = 300;
/// Lines of a table, and characters of a text in one.
const LINES: usize = 60;
const CHARACTERS: usize = 300;
/// Sentences at the top.
const FINDINGS: usize = 20;
/// Columns whose statistic is drawn, and metrics.
const LINES_DRAWN: usize = 6;
const METRICS_DRAWN: usize = 3;

pub fn section(report: &DriftReport, picture: &mut Picture) -> Result<Value, Cause> {
    let order = by_severity(report);
    let n_windows = report.windows.len();
    let per_cell = n_windows.div_ceil(MAP_CELLS).max(1);
    let per_point = n_windows.div_ceil(POINTS).max(1);
    let mut mapped: Vec<usize> = order.iter().copied().take(MAP_COLUMNS).collect();
    mapped.sort_unstable();
    let has_cells = report
        .windows
        .iter()
        .any(|window| !window.columns.is_empty());
    let map = match has_cells {
        true => {
            let height = 90 + 26 * mapped.len().min(24) + 10 * mapped.len().saturating_sub(24);
            let spec = drift_map_of(report, &mapped, per_cell);
            Some(picture.of(&spec, WIDTH, height as u32)?)
        }
        false => None,
    };
    let drifted: Vec<usize> = order.iter().copied().take(LINES_DRAWN).collect();
    let statistics = match has_cells {
        true => Some(picture.of(&severity_chart(report, &drifted, per_point), WIDTH, 260)?),
        false => None,
    };
    let metrics = metric_names(report).into_iter().take(METRICS_DRAWN);
    let performance = metrics
        .filter_map(|metric| metric_chart(report, metric, per_point))
        .map(|spec| picture.of(&spec, WIDTH, 240))
        .collect::<Result<Vec<_>, Cause>>()?;
    let multivariate = multivariate_charts(report, per_point)
        .iter()
        .map(|spec| picture.of(spec, WIDTH, 200))
        .collect::<Result<Vec<_>, Cause>>()?;
    Ok(context! {
        model => report.against(),
        logs => cut(&report.logs.join(", ")),
        verdict => report.verdict,
        drifted => !report.drifted.is_empty(),
        n_windows => count(n_windows as u64),
        window => report.window.to_string(),
        n_rows => count(report.n_rows),
        n_reference => count(report.n_reference_rows),
        rule => drift::rule_sentence(&report.rule),
        findings => texts(&report.findings, FINDINGS),
        alerts => alerts(report),
        map,
        shown => shown(report.columns.len(), mapped.len(), per_cell),
        statistics,
        performance,
        multivariate,
        together => together(report),
        concept => concept(report),
        quality => quality(report),
        challenge => report.challenge.as_ref().map(challenge),
        columns => columns(report, &order),
        n_more_columns => report.columns.len().saturating_sub(LINES),
        warnings => texts(&report.warnings, LINES),
    })
}

/// Places of the columns: those that drifted in most windows first, then by how far they came.
fn by_severity(report: &DriftReport) -> Vec<usize> {
    let far = |place: usize| {
        let cells = report
            .windows
            .iter()
            .filter_map(|window| window.columns.get(place));
        cells
            .filter_map(ColumnDrift::times_limit)
            .fold(0.0, f64::max)
    };
    let mut order: Vec<(u32, f64, usize)> = report
        .columns
        .iter()
        .enumerate()
        .map(|(place, column)| (column.n_drifted_windows, far(place), place))
        .collect();
    order.sort_by(|a, b| b.0.cmp(&a.0).then(b.1.total_cmp(&a.1)).then(a.2.cmp(&b.2)));
    order.into_iter().map(|(.., place)| place).collect()
}

/// What the heat map leaves out or draws as one; `None`: nothing.
fn shown(n_columns: usize, n_mapped: usize, per_cell: usize) -> Option<String> {
    let columns = (n_mapped < n_columns)
        .then(|| format!("the {n_mapped} of {n_columns} columns that drifted most"));
    let cells = (per_cell > 1).then(|| format!("each cell is the worst of {per_cell} windows"));
    let said: Vec<String> = columns.into_iter().chain(cells).collect();
    (!said.is_empty()).then(|| format!("Shown: {}.", said.join("; ")))
}

fn columns(report: &DriftReport, order: &[usize]) -> Vec<Value> {
    let line = |place: &usize| {
        let column = report.columns.get(*place)?;
        let mut cells = report
            .windows
            .iter()
            .filter_map(|window| window.columns.get(*place));
        let first = cells.find(|cell| cell.verdict == Verdict::Drifted);
        Some(context! {
            name => cut(&column.name),
            n_drifted => column.n_drifted_windows,
            first => column.first_drifted_window.map(|first| first + 1),
            reason => first.map(|cell| cut(&cell.reason)),
        })
    };
    order.iter().take(LINES).filter_map(line).collect()
}

fn alerts(report: &DriftReport) -> Vec<Value> {
    let told = report
        .alerts
        .iter()
        .filter(|alert| !alert.muted)
        .take(LINES);
    told.map(|alert| {
        context! { severity => alert.severity.label(), rule => alert.rule, sentence => cut(&alert.sentence) }
    })
    .collect()
}

/// In how many windows each measure of all columns alerts, and the pair that changed most.
fn together(report: &DriftReport) -> Vec<String> {
    let found = || {
        report
            .windows
            .iter()
            .filter_map(|window| window.multivariate.as_ref())
    };
    let mut said = Vec::new();
    let mut say = |name: &str, alerts: Vec<bool>| {
        if !alerts.is_empty() {
            let n = alerts.iter().filter(|alert| **alert).count();
            let of = counted(alerts.len() as u64, "window", "windows");
            said.push(format!(
                "{name}: outside its limits in {} of {of}",
                count(n as u64)
            ));
        }
    };
    say(
        "Reconstruction by the reference's principal components",
        found()
            .filter_map(|all| Some(all.reconstruction?.alert))
            .collect(),
    );
    say(
        "Correlation of pairs of columns",
        found()
            .filter_map(|all| Some(all.correlation.as_ref()?.alert))
            .collect(),
    );
    say(
        "Domain classifier",
        found().filter_map(|all| Some(all.domain?.alert)).collect(),
    );
    let changes = found()
        .filter_map(|all| all.correlation.as_ref())
        .filter(|change| change.alert);
    let pairs = changes.filter_map(|change| change.pairs.first());
    let size = |first: f64, second: f64| (first - second).abs();
    let largest =
        pairs.max_by(|a, b| size(a.window, a.reference).total_cmp(&size(b.window, b.reference)));
    said.extend(largest.map(|pair| {
        format!(
            "The pair that changed most: {} and {}, from {} to {}",
            pair.first,
            pair.second,
            number(pair.reference),
            number(pair.window)
        )
    }));
    said
}

fn concept(report: &DriftReport) -> Vec<Value> {
    let line = |stream: &ConceptStream| {
        let mut found = stream.detections.iter();
        let first = found.find(|found| found.signal == Signal::Drift);
        context! {
            detector => detector_name(&stream.detector),
            n_rows => count(stream.n_rows),
            n_drifts => count(stream.n_drifts),
            n_warnings => count(stream.n_warnings),
            row => first.map(|found| count(found.row)),
            window => first.map(|found| found.window + 1),
        }
    };
    report.concept.iter().take(LINES).map(line).collect()
}

fn detector_name(detector: &Detector) -> &'static str {
    match detector {
        Detector::Adwin { .. } => "ADWIN",
        Detector::Ddm { .. } => "DDM",
        Detector::Eddm { .. } => "EDDM",
        Detector::PageHinkley { .. } => "Page-Hinkley",
        Detector::Kswin { .. } => "KSWIN",
    }
}

fn quality(report: &DriftReport) -> Vec<Value> {
    let line = |issue: &QualityIssue| {
        context! {
            column => issue.column.as_deref().map(cut),
            n_windows => issue.windows.len(),
            first => issue.windows.first().map(|first| first + 1),
            worst => issue.worst_window + 1,
            share => percent(issue.worst.share),
            sentence => cut(&issue.worst.sentence),
        }
    };
    report.quality.iter().take(LINES).map(line).collect()
}

fn challenge(report: &ChallengeReport) -> Value {
    let mut table = challenge_table(report).into_iter();
    let head = table.next().unwrap_or_default();
    // The last windows are what is decided by.
    let rows: Vec<Vec<String>> = table.collect();
    let n_left = rows.len().saturating_sub(LINES);
    let tests = report.tests.iter().take(LINES).map(|test| {
        context! {
            challenger => test.challenger,
            metric => test.metric,
            champion_value => number(test.champion_value),
            challenger_value => number(test.challenger_value),
            gain => format!("{} ({} to {})", number(test.gain), number(test.low), number(test.high)),
            better => test.better,
            worse => test.worse,
        }
    });
    let policies = report.policies.iter().take(LINES).map(|outcome| {
        context! {
            policy => outcome.policy.label(),
            n_refits => outcome.n_refits,
            n_alerts => outcome.n_alerts,
            performance => outcome.mean_performance.map(number),
        }
    });
    context! {
        champion => report.models.first(),
        tests => tests.collect::<Vec<_>>(),
        policies => policies.collect::<Vec<_>>(),
        head,
        rows => rows.get(n_left..),
        n_left,
    }
}

fn texts(all: &[String], most: usize) -> Vec<String> {
    let mut said: Vec<String> = all.iter().take(most).map(|text| cut(text)).collect();
    if all.len() > most {
        said.push(format!("and {} more", all.len() - most));
    }
    said
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(CHARACTERS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests;
