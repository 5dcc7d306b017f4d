//! When an alert has happened.

use super::measures::{measure, share};
use super::stretches::{Look, alert, stretches};
use super::{Alert, AlertMetric, AlertRule};
use crate::drift::quality::QualityKind;
use crate::drift::{ColumnDrift, Verdict};
use crate::replay::{ColumnRole, DriftReport, WindowReport};
use crate::words::{counted, figure, number, percent};

/// What came true, in the order of the rules, then of the columns. Windows without rows neither fulfil a rule nor end a
/// stretch, but for [`AlertMetric::Rows`]; a stretch that is not long enough does not count.
pub fn raised(rules: &[AlertRule], report: &DriftReport) -> Vec<Alert> {
    let mut alerts = Vec::new();
    for rule in rules {
        if rule.model.as_deref().is_some_and(|wanted| {
            let model = report.model.as_ref();
            model.is_none_or(|model| wanted != model.model.as_str())
        }) {
            continue;
        }
        if rule.metric == AlertMetric::Quality {
            alerts.extend(of_quality(rule, report));
        } else if rule.metric.is_of_columns() {
            for (place, column) in report.columns.iter().enumerate() {
                let is_meant = match &rule.column {
                    Some(wanted) => *wanted == column.name,
                    // The truth moves with the world; whoever wants to hear of it names it.
                    None => column.role != ColumnRole::Target,
                };
                if is_meant {
                    alerts.extend(of_column(rule, report, place, &column.name));
                }
            }
        } else {
            alerts.extend(of_windows(rule, report));
        }
    }
    alerts
}

fn of_column(rule: &AlertRule, report: &DriftReport, place: usize, name: &str) -> Option<Alert> {
    let threshold = rule.threshold.or(rule.metric.default_threshold());
    let look = |window: &WindowReport| -> Look {
        let cell = window.columns.get(place)?;
        let value = match rule.metric {
            AlertMetric::Drift => return Some((None, cell.verdict == Verdict::Drifted)),
            AlertMetric::Effect => cell.effect.or(cell.jensen_shannon)?,
            AlertMetric::Missing => share(cell.n_missing, cell.n_rows)?,
            _ => share(cell.n_outside, values(cell))?,
        };
        Some((
            Some(value),
            threshold.is_some_and(|threshold| value >= threshold),
        ))
    };
    let what = |value: Option<f64>| match (rule.metric, value, threshold) {
        (AlertMetric::Effect, Some(value), Some(threshold)) => format!(
            "`{name}` moved by {}, over {},",
            figure(value),
            number(threshold)
        ),
        (AlertMetric::Missing, Some(value), _) => {
            format!("{} of `{name}` was missing", percent(value))
        }
        (AlertMetric::Outside, Some(value), _) => {
            format!(
                "{} of `{name}` lay outside what training saw",
                percent(value)
            )
        }
        _ => format!("`{name}` drifted"),
    };
    let found = stretches(rule, report, look, f64::max);
    alert(rule, report, Some(name), &found, threshold, what)
}

/// One alert for each measure of data quality that the report has found out of order.
fn of_quality<'a>(
    rule: &'a AlertRule,
    report: &'a DriftReport,
) -> impl Iterator<Item = Alert> + use<'a> {
    let meant = report.quality.iter().filter(|issue| {
        let wanted = rule.column.as_ref();
        wanted.is_none_or(|wanted| issue.column.as_ref() == Some(wanted))
    });
    meant.filter_map(|issue| {
        let look = |window: &WindowReport| -> Look {
            let is_bad = issue.windows.binary_search(&window.index).is_ok();
            let worst = (issue.worst_window == window.index).then_some(issue.worst.share);
            (is_bad || window.n_rows > 0).then_some((worst, is_bad))
        };
        let column = issue.column.as_deref();
        let name = column.unwrap_or_default();
        let what = |_: Option<f64>| match issue.kind {
            QualityKind::Missing => format!("`{name}` lacked more values than the reference"),
            QualityKind::Unseen => {
                format!("`{name}` held categories that the reference did not hold")
            }
            QualityKind::OutOfRange => {
                format!("values of `{name}` lay outside the reference's range")
            }
            QualityKind::TypeChange => {
                format!("values of `{name}` were of another type than the reference's")
            }
            QualityKind::Volume => "the number of rows was out of the ordinary".to_owned(),
        };
        let found = stretches(rule, report, look, f64::max);
        let alert = alert(rule, report, column, &found, None, what)?;
        Some(Alert {
            quality: Some(issue.kind),
            ..alert
        })
    })
}

fn of_windows(rule: &AlertRule, report: &DriftReport) -> Option<Alert> {
    let metric = rule.metric;
    let threshold = match metric {
        AlertMetric::Performance => Some(rule.threshold.or(report.test_performance)?),
        other => rule.threshold.or(other.default_threshold()),
    };
    let measure = measure(metric, report);
    let is_strict = matches!(
        metric,
        AlertMetric::Performance | AlertMetric::EstimatedPerformance
    );
    let look = |window: &WindowReport| -> Look {
        let (value, is_out) = (measure.of)(window)?;
        let is_bad = match threshold {
            None => is_out,
            Some(threshold) if measure.greater_is_better => value < threshold,
            Some(threshold) if is_strict => value > threshold,
            Some(threshold) => value >= threshold,
        };
        Some((Some(value), is_bad))
    };
    let worse = match measure.greater_is_better {
        true => f64::min,
        false => f64::max,
    };
    let what = |value: Option<f64>| {
        let value = value.or(threshold).unwrap_or_default();
        match (metric, threshold) {
            (AlertMetric::Rows, Some(threshold)) => {
                format!(
                    "{} rows came, fewer than {},",
                    number(value),
                    number(threshold)
                )
            }
            (AlertMetric::DriftShare, _) => format!("{} of the columns drifted", percent(value)),
            (AlertMetric::ConceptDrift, _) => {
                let how_often = match value as u64 {
                    0 | 1 => String::new(),
                    n => format!(" up to {} a window,", counted(n, "time", "times")),
                };
                format!("the errors of {} changed{how_often}", report.against())
            }
            (_, Some(threshold)) => {
                let than = if is_strict { "worse than" } else { "at least" };
                // What somebody wrote stands as it was written.
                let threshold = rule.threshold.map_or(figure(threshold), number);
                format!(
                    "{} was {}, {than} {threshold},",
                    measure.name,
                    figure(value)
                )
            }
            (_, None) => format!(
                "{} left its limits, at worst {},",
                measure.name,
                figure(value)
            ),
        }
    };
    let found = stretches(rule, report, look, worse);
    alert(rule, report, None, &found, threshold, what)
}

fn values(cell: &ColumnDrift) -> u64 {
    cell.n_rows.saturating_sub(cell.n_missing)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Windows by letter: `d` drifted, `.` not, ` ` without rows.
    fn report(windows: &str) -> DriftReport {
        let cell = |verdict: &str| {
            serde_json::json!({
                "column": "x", "n_rows": 100, "n_missing": 20, "missing_rise": 0.0, "jensen_shannon": 0.3, "limit": 0.1,
                "psi": null, "ks_statistic": null, "wasserstein": null, "chi_square": null, "p_value": null,
                "p_adjusted": null, "n_outside": 8, "n_unseen": 0, "verdict": verdict, "reason": "",
            })
        };
        let windows: Vec<serde_json::Value> = windows
            .chars()
            .enumerate()
            .map(|(index, letter)| {
                let columns = match letter {
                    'd' => vec![cell("drifted")],
                    '.' => vec![cell("stable")],
                    _ => Vec::new(),
                };
                let value = if letter == 'd' { 0.6 } else { 0.9 };
                serde_json::json!({
                    "index": index, "first_row": 1, "last_row": 100, "start_ms": null, "end_ms": null,
                    "n_rows": 100 * columns.len(), "n_drifted": u32::from(letter == 'd'), "columns": columns,
                    "performance": { "value": value, "low": 0.0, "high": 1.0, "n": 100 },
                    "estimates": [{
                        "metric": "accuracy", "value": value, "sampling_error": null, "low": null, "high": null,
                        "limits": { "low": 0.7, "high": 0.8 }, "alert": true,
                    }],
                    "multivariate": { "reconstruction": {
                        "n_rows": 100, "error": 2.0 - value, "sampling_error": null, "low": null, "high": null,
                        "limits": null, "alert": letter == 'd',
                    } },
                })
            })
            .collect();
        let mut rule = serde_json::to_value(crate::drift::DriftRule::default()).unwrap();
        rule["source"] = "default".into();
        serde_json::from_value(serde_json::json!({
            "schema": 1, "replay_id": "0", "model": { "model": "m", "version": 1 }, "problem": "binary", "logs": [],
            "rule": rule, "window": "100rows", "n_rows": 0, "n_reference_rows": 0, "performance_metric": "accuracy",
            "performance": null, "test_performance": 0.8,
            "columns": [{ "name": "x", "role": "feature", "numeric": true, "constant": false, "n_drifted_windows": 0,
                          "first_drifted_window": null }],
            "quality": [{
                "kind": "missing", "column": "x", "windows": [1], "worst_window": 1,
                "worst": { "kind": "missing", "column": "x", "n_rows": 20, "share": 0.2, "reference_share": 0.0,
                           "limit": 0.05, "alert": true, "sentence": "" },
            }],
            "concept": [{
                "detector": { "kind": "ddm" }, "n_rows": 200, "n_drifts": 2, "n_warnings": 0,
                "detections": [
                    { "row": 120, "window": 1, "signal": "warning" }, { "row": 130, "window": 1, "signal": "drift" },
                    { "row": 170, "window": 1, "signal": "drift" },
                ],
            }],
            "windows": windows, "drifted": [], "first_drifted_window": null, "verdict": "", "warnings": [],
            "created_ms": 0, "duration_secs": 0.0,
        }))
        .unwrap()
    }

    fn rule(text: &str) -> AlertRule {
        let mut rule: serde_json::Value = serde_json::from_str(text).unwrap();
        rule["name"] = "r".into();
        serde_json::from_value(rule).unwrap()
    }

    #[test]
    fn stretches_that_are_long_enough_count() {
        for (windows, needed, wanted) in [
            ("....", 1, &[] as &[(u32, u32, bool)]),
            ("d...", 1, &[(0, 0, false)]),
            (".dd.d", 2, &[(1, 2, false)]),
            (".dd.d", 1, &[(1, 2, false), (4, 4, true)]),
            ("d.ddd", 2, &[(2, 4, true)]),
            ("dd.d.dd. ", 2, &[(0, 1, false), (5, 6, false)]),
            ("d d", 2, &[(0, 2, true)]),
            ("d.d.d", 2, &[]),
            ("d d.d", 2, &[(0, 2, false)]),
            ("", 1, &[]),
        ] {
            let rule = rule(&format!(r#"{{"metric": "drift", "windows": {needed}}}"#));
            let found = raised(&[rule], &report(windows));
            let each = found.iter().flat_map(|alert| {
                let first = (alert.first_window, alert.last_window, alert.is_ongoing);
                let later = alert.after(alert.last_window);
                let later = later.map(|a| (a.first_window, a.last_window, a.is_ongoing));
                std::iter::once(first).chain(later)
            });
            assert_eq!(each.collect::<Vec<_>>(), wanted, "{windows:?} {needed}");
        }
    }

    #[test]
    fn what_came_true_again_is_said_with_it() {
        for (windows, sentence, last) in [
            (
                "d.dd.",
                "`x` drifted in window 1 of 5, and once more in windows 3 to 4",
                "`x` drifted in windows 3 to 4 of 5",
            ),
            (
                "d.d.d",
                "`x` drifted in window 1 of 5, and 2 more times, the last in window 5, the end of the log",
                "`x` drifted in window 5 of 5, the end of the log",
            ),
        ] {
            let found = raised(&[rule(r#"{"metric": "drift"}"#)], &report(windows));
            assert_eq!(found.len(), 1, "{windows:?}");
            assert_eq!(found[0].sentence, sentence);
            let newest = found[0].after(0).last();
            assert_eq!(newest.map(|alert| alert.sentence).as_deref(), Some(last));
        }
    }

    #[test]
    fn what_is_true_or_not_takes_no_threshold() {
        for (text, wanted) in [
            (
                r#"{"metric": "quality", "threshold": 1}"#,
                Some("threshold"),
            ),
            (r#"{"metric": "quality", "column": "x"}"#, None),
            (
                r#"{"metric": "concept_drift", "column": "x"}"#,
                Some("column"),
            ),
            (
                r#"{"metric": "reconstruction_error", "threshold": 1}"#,
                None,
            ),
        ] {
            let fault = rule(text).fault();
            assert_eq!(fault.map(|(key, _)| key), wanted, "{text}");
        }
    }

    #[test]
    fn each_metric_has_its_own_threshold_and_sentence() {
        for (text, wanted) in [
            (
                r#"{"metric": "effect"}"#,
                Some("`x` moved by 0.3, over 0.1, in windows 1 to 2 of 2, the end of the log"),
            ),
            (r#"{"metric": "effect", "threshold": 0.4}"#, None),
            (
                r#"{"metric": "missing"}"#,
                Some("20.0 % of `x` was missing in windows 1 to 2 of 2, the end of the log"),
            ),
            (
                r#"{"metric": "outside"}"#,
                Some(
                    "10.0 % of `x` lay outside what training saw in windows 1 to 2 of 2, the end of the log",
                ),
            ),
            (
                r#"{"metric": "drift_share"}"#,
                Some("100.0 % of the columns drifted in window 2 of 2, the end of the log"),
            ),
            (
                r#"{"metric": "performance"}"#,
                Some(
                    "accuracy of m@1 was 0.6, worse than 0.8, in window 2 of 2, the end of the log",
                ),
            ),
            (
                r#"{"metric": "estimated_performance"}"#,
                Some(
                    "estimated accuracy of m@1 left its limits, at worst 0.6, in window 2 of 2, the end of the log",
                ),
            ),
            (
                r#"{"metric": "estimated_performance", "threshold": 0.95}"#,
                Some(
                    "estimated accuracy of m@1 was 0.6, worse than 0.95, in windows 1 to 2 of 2, the end of the log",
                ),
            ),
            (
                r#"{"metric": "quality"}"#,
                Some(
                    "`x` lacked more values than the reference in window 2 of 2, the end of the log",
                ),
            ),
            (r#"{"metric": "quality", "column": "y"}"#, None),
            (
                r#"{"metric": "concept_drift"}"#,
                Some(
                    "the errors of m@1 changed up to 2 times a window, in window 2 of 2, the end of the log",
                ),
            ),
            (r#"{"metric": "concept_drift", "threshold": 3}"#, None),
            (
                r#"{"metric": "reconstruction_error"}"#,
                Some(
                    "the PCA reconstruction error left its limits, at worst 1.4, in window 2 of 2, the end of the log",
                ),
            ),
            (
                r#"{"metric": "reconstruction_error", "threshold": 1}"#,
                Some(
                    "the PCA reconstruction error was 1.4, at least 1, in windows 1 to 2 of 2, the end of the log",
                ),
            ),
            (r#"{"metric": "correlation_change"}"#, None),
            (r#"{"metric": "domain_classifier"}"#, None),
            (r#"{"metric": "rows"}"#, None),
            (
                r#"{"metric": "rows", "threshold": 200}"#,
                Some("100 rows came, fewer than 200, in windows 1 to 2 of 2, the end of the log"),
            ),
            (r#"{"metric": "drift", "model": "other"}"#, None),
            (r#"{"metric": "drift", "column": "y"}"#, None),
        ] {
            let found = raised(&[rule(text)], &report(".d"));
            assert_eq!(
                found.first().map(|alert| alert.sentence.as_str()),
                wanted,
                "{text}"
            );
        }
    }
}
