//! One run as scripts and as a person read it.

use assay_core::RunId;
use assay_core::metrics;
use assay_core::result::{
    Calibration, ChosenOn, Costs, Interval, MetricValue, RunResult, ThresholdReport, ThresholdRule,
};
use assay_core::run::RunDetail;
use assay_core::words::{difference, percent};
use assay_lab::{Error, Lab};
use serde_json::json;

use crate::output::{figure, table};

/// Lines of a list that a person is shown; `--json` has all.
const SHOWN_SLICES: usize = 8;
const SHOWN_ERRORS: usize = 5;
const SHOWN_COLUMNS: usize = 8;

/// A run with what it says of its model.
pub struct Shown {
    detail: RunDetail,
    /// `None` for a run that failed, or was made before there were results.
    result: Option<RunResult>,
}

impl Shown {
    pub fn of(lab: &Lab, run_id: &RunId, costs: Option<Costs>) -> Result<Self, Error> {
        let detail = lab.run(run_id)?;
        let has_result = detail
            .artifacts
            .iter()
            .any(|artifact| artifact.path == "result.json");
        let result = has_result
            .then(|| lab.run_result(run_id, costs))
            .transpose()?;
        Ok(Self { detail, result })
    }

    /// What scripts need, under the names that stay.
    pub fn summary(&self) -> serde_json::Value {
        let detail = &self.detail;
        let record = detail.record.as_ref();
        json!({
            "run_id": detail.summary.run_id,
            "name": detail.summary.name,
            "experiment": detail.summary.experiment,
            "status": detail.summary.status,
            "dataset": detail.summary.dataset,
            "dataset_version": record.map(|record| &record.dataset_version),
            "algorithm": record.map(|record| &record.algorithm),
            "params": detail.summary.params,
            "chosen_params": record.and_then(|record| record.chosen_params.as_ref()),
            "metrics": detail.summary.metrics,
            "onnx": detail.artifacts.iter().find(|artifact| artifact.path == "model.onnx").map(|artifact| &artifact.object),
            "parity": detail.parity,
            "warnings": record.map(|record| &record.warnings),
            "leaks": record.map(|record| &record.leaks),
            "failure": detail.failure,
            "result": self.result,
            "spec": record.map(|record| &record.spec),
            "environment": record.map(|record| &record.environment),
            "recipe": record.map(|record| &record.recipe),
            "artifacts": detail.artifacts,
            "command": detail.command,
        })
    }

    pub fn text(&self) -> String {
        let summary = &self.detail.summary;
        let mut parts = vec![format!(
            "{} ({})  {} on {}",
            summary.name,
            summary.run_id.as_str().get(..8).unwrap_or_default(),
            summary
                .params
                .get("algorithm")
                .map(String::as_str)
                .unwrap_or_default(),
            summary
                .dataset
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default(),
        )];
        parts.extend(self.detail.failure.as_ref().map(ToString::to_string));
        parts.push(self.metrics());
        if let Some(record) = &self.detail.record {
            let leaks: Vec<String> = record
                .leaks
                .iter()
                .map(|leak| format!("leak? {}", leak.sentence))
                .collect();
            parts.extend((!leaks.is_empty()).then(|| leaks.join("\n")));
        }
        if let Some(result) = &self.result {
            parts.extend(result_parts(result));
        }
        if let Some(parity) = &self.detail.parity {
            parts.push(format!(
                "ONNX parity {}: {} rows, {} labels differ, largest difference {}",
                if parity.passed { "passed" } else { "failed" },
                parity.rows,
                parity.label_flips,
                difference(parity.max_rel_diff)
            ));
        }
        parts.join("\n\n")
    }

    /// Test metrics in the order of the catalogue, with their intervals and what the cross-validation says; then all
    /// that is left.
    fn metrics(&self) -> String {
        let of_test: &[MetricValue] = self.result.as_ref().map_or(&[], |result| &result.metrics);
        let all = &self.detail.summary.metrics;
        let is_validated = all.keys().any(|name| name.starts_with("cv."));
        let of_folds = |name: &str, figure_of: &str| {
            let value = all.get(&format!("cv.{name}.{figure_of}"));
            is_validated.then(|| value.map_or_else(String::new, |value| figure(Some(*value))))
        };
        let is_shown = |name: &str| {
            let mut parts = name.splitn(2, '.');
            let (of, rest) = (parts.next(), parts.next().unwrap_or_default());
            of_test.iter().any(|metric| match of {
                Some("test") => rest == metric.name,
                // The points of a curve over the folds, and the two figures of the table.
                Some("cv") => rest
                    .strip_prefix(metric.name.as_str())
                    .is_some_and(|figure| matches!(figure, "" | ".mean" | ".std")),
                _ => false,
            })
        };
        let mut rows: Vec<Vec<String>> = of_test
            .iter()
            .map(|metric| {
                let mut row = vec![
                    format!("test.{}", metric.name),
                    figure(Some(metric.value)),
                    metric.interval.map(interval).unwrap_or_default(),
                ];
                row.extend(of_folds(&metric.name, "mean"));
                row.extend(of_folds(&metric.name, "std"));
                row
            })
            .collect();
        rows.extend(
            all.iter()
                .filter(|(name, _)| !is_shown(name))
                .map(|(name, value)| vec![name.clone(), figure(Some(*value))]),
        );
        let mut head = vec!["metric", "value", "95 % interval"];
        if is_validated {
            head.extend(["mean of folds", "std"]);
        }
        table(&head, rows, &[1, 3, 4])
    }
}

fn interval(interval: Interval) -> String {
    format!(
        "{} to {}",
        figure(Some(interval.low)),
        figure(Some(interval.high))
    )
}

fn result_parts(result: &RunResult) -> Vec<String> {
    let mut parts = Vec::new();
    if !result.groups.is_empty() {
        let n_rows: u64 = result.groups.iter().map(|group| group.n_rows).sum();
        let rows = result
            .groups
            .iter()
            .map(|group| {
                vec![
                    group.name.clone(),
                    group.n_rows.to_string(),
                    percent(group.n_rows as f64 / n_rows.max(1) as f64),
                ]
            })
            .collect();
        parts.push(table(&["group", "test rows", "share"], rows, &[1, 2]));
    }
    parts.extend(calibrated(result));
    parts.extend(result.threshold.as_ref().map(threshold));
    if let Some(choice) = &result.choice {
        let rows = choice
            .candidates
            .iter()
            .enumerate()
            .map(|(index, candidate)| {
                let params: Vec<String> = candidate
                    .params
                    .iter()
                    .map(|(name, value)| format!("{name}={value}"))
                    .collect();
                vec![
                    params.join(" "),
                    figure(Some(candidate.mean)),
                    figure(Some(candidate.std)),
                    if index == choice.chosen as usize {
                        "chosen"
                    } else {
                        ""
                    }
                    .to_owned(),
                ]
            })
            .collect();
        let mean = format!("{} over {} folds", choice.metric, choice.n_inner_folds);
        parts.push(table(&["candidate", &mean, "std", ""], rows, &[1, 2]));
    }
    if let Some(importances) = &result.importances.permutation {
        let rows = importances
            .columns
            .iter()
            .take(SHOWN_COLUMNS)
            .map(|column| {
                vec![
                    column.column.clone(),
                    figure(Some(column.mean)),
                    figure(Some(column.std)),
                ]
            })
            .collect();
        let fall = format!("{} lost when shuffled", importances.metric);
        parts.push(table(&["column", &fall, "std"], rows, &[1, 2]));
    }
    if let Some(curve) = &result.learning_curve {
        let rows = curve
            .points
            .iter()
            .map(|point| {
                vec![
                    point.n_train_rows.to_string(),
                    figure(Some(point.train)),
                    figure(Some(point.validation)),
                ]
            })
            .collect();
        let train = format!("{} on them", curve.metric);
        parts.push(table(
            &["training rows", &train, "on others"],
            rows,
            &[0, 1, 2],
        ));
    }
    parts.extend(slices(result));
    parts.extend(errors(result));
    parts
}

/// What a calibration changed.
fn calibrated(result: &RunResult) -> Option<String> {
    let before = result.uncalibrated.as_ref()?;
    let now = |name: &str| {
        let metric = result.metrics.iter().find(|metric| metric.name == name);
        metric.map(|metric| metric.value)
    };
    let error = |calibration: &Option<Calibration>| Some(calibration.as_ref()?.expected_error);
    let rows = [
        ("log loss", before.log_loss, now("log_loss")),
        ("Brier score", before.brier, now("brier")),
        (
            "calibration error",
            error(&before.calibration),
            error(&result.calibration),
        ),
    ]
    .map(|(name, before, after)| vec![name.to_owned(), figure(before), figure(after)]);
    let title = format!("calibrated ({})", before.method.name());
    Some(table(&[&title, "before", "after"], rows.into(), &[1, 2]))
}

fn threshold(report: &ThresholdReport) -> String {
    let rows = report
        .choices
        .iter()
        .map(|choice| {
            let point = &choice.point;
            let rule = match choice.rule {
                ThresholdRule::Default => "as the model has it",
                ThresholdRule::LowestCost => "lowest cost",
                ThresholdRule::HighestF1 => "highest F1",
                ThresholdRule::Youden => "Youden",
            };
            let mut row = vec![rule.to_owned()];
            row.extend(
                [
                    point.threshold,
                    point.precision,
                    point.recall,
                    point.f1,
                    point.cost,
                ]
                .map(|value| figure(Some(value))),
            );
            row
        })
        .collect();
    let chosen_on = match report.chosen_on {
        ChosenOn::TestRows => "chosen on the test rows, which flatters a little",
        ChosenOn::ValidationRows => "chosen in the cross-validation",
    };
    format!(
        "{}\nthresholds of {}, {chosen_on}; a false positive costs {}, a false negative {}",
        table(
            &["threshold", "at", "precision", "recall", "f1", "cost a row"],
            rows,
            &[1, 2, 3, 4, 5]
        ),
        report.positive_class,
        figure(Some(report.costs.false_positive)),
        figure(Some(report.costs.false_negative)),
    )
}

/// The worst slices that are large enough to lean on.
fn slices(result: &RunResult) -> Option<String> {
    let shown: Vec<_> = result
        .slices
        .iter()
        .filter(|slice| slice.is_worse && !slice.is_small)
        .take(SHOWN_SLICES)
        .collect();
    let metric = &shown.first()?.metric;
    let title = metrics::metric(metric).map_or(metric.as_str(), |metric| metric.title);
    let rows = shown
        .iter()
        .map(|slice| {
            vec![
                format!("{} {}", slice.column, slice.label),
                slice.n.to_string(),
                figure(Some(slice.value)),
                interval(slice.interval),
            ]
        })
        .collect();
    Some(table(
        &["worse on", "rows", &title.to_lowercase(), "95 % interval"],
        rows,
        &[1, 2],
    ))
}

fn errors(result: &RunResult) -> Option<String> {
    let is_class = !result.classes.is_empty();
    let rows: Vec<Vec<String>> = result
        .errors
        .iter()
        .take(SHOWN_ERRORS)
        .map(|error| {
            let size = if is_class {
                percent(error.size)
            } else {
                figure(Some(error.size))
            };
            // A person counts rows from 1.
            vec![
                (error.row + 1).to_string(),
                error.truth.clone(),
                error.prediction.clone(),
                size,
            ]
        })
        .collect();
    let size = if is_class { "how sure" } else { "off by" };
    let right: &[usize] = if is_class { &[0, 3] } else { &[0, 1, 2, 3] };
    (!rows.is_empty()).then(|| table(&["row", "truth", "predicted", size], rows, right))
}
