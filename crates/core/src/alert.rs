//! Alerts: what of a replay somebody wants to hear of, and when it has happened.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::TimestampMs;
use crate::drift::{ColumnDrift, Verdict};
use crate::event::NoticeLevel;
use crate::ids::ReplayId;
use crate::metrics;
use crate::registry::VersionKey;
use crate::replay::{ColumnRole, DriftReport, WindowReport};
use crate::words::{count, number, percent};

pub const ALERT_SCHEMA: u32 = 1;

/// An entry of `[[alert]]` in assay.toml.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AlertRule {
    /// Unique; what notifications call it.
    pub name: String,
    /// `None`: every model.
    #[serde(default)]
    pub model: Option<String>,
    pub metric: AlertMetric,
    /// A column; `None`: each column by itself, for metrics of columns.
    #[serde(default)]
    pub column: Option<String>,
    /// `None`: what stands at the metric.
    #[serde(default)]
    pub threshold: Option<f64>,
    /// For so many windows in a row, 1 or more.
    #[serde(default = "one")]
    pub windows: u32,
    #[serde(default = "warning")]
    pub severity: NoticeLevel,
    #[serde(default)]
    pub muted: bool,
    /// Names of `[webhook.NAME]` that hear of it.
    #[serde(default)]
    pub webhooks: Vec<String>,
}

fn one() -> u32 {
    1
}

fn warning() -> NoticeLevel {
    NoticeLevel::Warning
}

/// An entry of `[webhook.NAME]` in assay.toml.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebhookSettings {
    /// `https://…`, or `http://…` within one's own network.
    pub url: String,
    /// Holds the secret that messages are signed with; `None`: they are not signed.
    #[serde(default)]
    pub secret_file: Option<PathBuf>,
}

/// What a webhook is sent: one message for all alerts of a replay that name it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AlertMessage {
    pub schema: u32,
    /// `None`: the log was held against a data set.
    pub model: Option<VersionKey>,
    pub replay_id: ReplayId,
    /// Of the whole replay.
    pub verdict: String,
    pub alerts: Vec<Alert>,
}

impl AlertRule {
    /// The key that is wrong, and what it must be.
    pub fn fault(&self) -> Option<(&'static str, &'static str)> {
        if self.windows == 0 {
            return Some(("windows", "1 or more"));
        }
        if self.column.is_some() && !self.metric.is_of_columns() {
            return Some(("column", "left out: the metric is not of columns"));
        }
        if self.threshold.is_some() && self.metric == AlertMetric::Drift {
            return Some((
                "threshold",
                "left out: [drift] says when a column has drifted",
            ));
        }
        self.threshold
            .is_some_and(|threshold| !threshold.is_finite())
            .then_some(("threshold", "a number"))
    }
}

/// What is looked at in every window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum AlertMetric {
    /// A column's verdict is drift; without a threshold.
    Drift,
    /// A column's effect by the method that its verdict goes by is at least the threshold; 0.1.
    Effect,
    /// The share of missing values of a column is at least the threshold; 0.05.
    Missing,
    /// The share of values outside what the reference held is at least the threshold; 0.01.
    Outside,
    /// The share of the judged columns that drifted is at least the threshold; 0.5.
    DriftShare,
    /// The model's performance is worse than the threshold; worse than on its test rows.
    Performance,
    /// The window has fewer rows than the threshold; 1.
    Rows,
}

impl AlertMetric {
    /// Whether columns have it, not windows.
    pub fn is_of_columns(self) -> bool {
        matches!(
            self,
            Self::Drift | Self::Effect | Self::Missing | Self::Outside
        )
    }

    /// `None`: none is needed, or it follows from the report.
    fn default_threshold(self) -> Option<f64> {
        match self {
            Self::Drift | Self::Performance => None,
            Self::Effect => Some(0.1),
            Self::Missing => Some(0.05),
            Self::Outside => Some(0.01),
            Self::DriftShare => Some(0.5),
            Self::Rows => Some(1.0),
        }
    }
}

/// A rule that came true in a replay: once for each column, however many windows it holds for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Alert {
    pub schema: u32,
    pub rule: String,
    pub severity: NoticeLevel,
    pub metric: AlertMetric,
    /// `None`: the log was held against a data set.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub model: Option<VersionKey>,
    pub replay_id: ReplayId,
    /// `None` for what is not of a column.
    pub column: Option<String>,
    /// 0-based: the first window of the stretch, and the last of it.
    pub first_window: u32,
    pub last_window: u32,
    /// The stretch lasts to the end of the log.
    pub is_ongoing: bool,
    /// The worst of the stretch; `None` for a verdict.
    pub value: Option<f64>,
    pub threshold: Option<f64>,
    pub muted: bool,
    /// `` `vicprice` drifted in windows 26 to 100 ``
    pub sentence: String,
    pub at_ms: TimestampMs,
}

/// What came true, in the order of the rules, then of the columns. Windows without rows neither fulfil a rule nor end a
/// stretch, but for [`AlertMetric::Rows`]; of several stretches the first one that is long enough counts.
pub fn raised(rules: &[AlertRule], report: &DriftReport) -> Vec<Alert> {
    let mut alerts = Vec::new();
    for rule in rules {
        if rule.model.as_deref().is_some_and(|wanted| {
            let model = report.model.as_ref();
            model.is_none_or(|model| wanted != model.model.as_str())
        }) {
            continue;
        }
        if rule.metric.is_of_columns() {
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

/// One look at a window: nothing to look at, or the value and whether it is bad.
type Look = Option<(Option<f64>, bool)>;

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
    let found = stretch(rule, report, look, f64::max)?;
    let what = match (rule.metric, found.value, threshold) {
        (AlertMetric::Effect, Some(value), Some(threshold)) => format!(
            "`{name}` moved by {}, over {},",
            number(value),
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
    Some(alert(rule, report, Some(name), &found, threshold, &what))
}

fn of_windows(rule: &AlertRule, report: &DriftReport) -> Option<Alert> {
    let metric = report.performance_metric.as_deref();
    let greater_is_better = metric
        .and_then(metrics::metric)
        .is_none_or(|metric| metric.greater_is_better);
    let threshold = match rule.metric {
        AlertMetric::Performance => rule.threshold.or(report.test_performance),
        other => rule.threshold.or(other.default_threshold()),
    }?;
    let look = |window: &WindowReport| -> Look {
        let (value, is_bad) = match rule.metric {
            AlertMetric::Rows => (window.n_rows as f64, (window.n_rows as f64) < threshold),
            AlertMetric::Performance => {
                let value = window.performance?.value;
                let is_worse = match greater_is_better {
                    true => value < threshold,
                    false => value > threshold,
                };
                (value, is_worse)
            }
            _ => {
                let judged = window
                    .columns
                    .iter()
                    .filter(|c| c.verdict != Verdict::NotJudged);
                let value = share(u64::from(window.n_drifted), judged.count() as u64)?;
                (value, value >= threshold)
            }
        };
        Some((Some(value), is_bad))
    };
    let worse = match rule.metric {
        AlertMetric::Rows => f64::min,
        AlertMetric::Performance if greater_is_better => f64::min,
        _ => f64::max,
    };
    let found = stretch(rule, report, look, worse)?;
    let value = number(found.value.unwrap_or(threshold));
    let what = match rule.metric {
        AlertMetric::Rows => format!("{value} rows came, fewer than {},", number(threshold)),
        AlertMetric::Performance => format!(
            "{} of {} was {value}, worse than {},",
            metric.unwrap_or("performance"),
            report.against(),
            number(threshold)
        ),
        _ => format!(
            "{} of the columns drifted",
            percent(found.value.unwrap_or(threshold))
        ),
    };
    Some(alert(rule, report, None, &found, Some(threshold), &what))
}

struct Stretch {
    first: u32,
    last: u32,
    is_ongoing: bool,
    value: Option<f64>,
}

/// The first stretch of bad windows that is long enough, to its end.
fn stretch(
    rule: &AlertRule,
    report: &DriftReport,
    look: impl Fn(&WindowReport) -> Look,
    worse: fn(f64, f64) -> f64,
) -> Option<Stretch> {
    let mut found: Option<(Stretch, u32)> = None;
    let is_long = |n_windows: u32| n_windows >= rule.windows.max(1);
    for window in &report.windows {
        match (look(window), &mut found) {
            (None, _) => {}
            (Some((value, true)), Some((stretch, n_windows))) => {
                stretch.last = window.index;
                stretch.value = match (stretch.value, value) {
                    (Some(a), Some(b)) => Some(worse(a, b)),
                    (a, b) => a.or(b),
                };
                *n_windows += 1;
            }
            (Some((value, true)), none) => {
                let stretch = Stretch {
                    first: window.index,
                    last: window.index,
                    is_ongoing: false,
                    value,
                };
                *none = Some((stretch, 1));
            }
            (Some((_, false)), Some((_, n_windows))) if is_long(*n_windows) => {
                return found.map(|(stretch, _)| stretch);
            }
            (Some((_, false)), found) => *found = None,
        }
    }
    let (stretch, n_windows) = found?;
    is_long(n_windows).then_some(Stretch {
        is_ongoing: true,
        ..stretch
    })
}

fn alert(
    rule: &AlertRule,
    report: &DriftReport,
    column: Option<&str>,
    found: &Stretch,
    threshold: Option<f64>,
    what: &str,
) -> Alert {
    let place = match (found.first, found.last) {
        (first, last) if first == last => format!("in window {}", first + 1),
        (first, last) => format!("in windows {} to {}", first + 1, last + 1),
    };
    let n_windows = count(report.windows.len() as u64);
    let end = if found.is_ongoing {
        ", the end of the log"
    } else {
        ""
    };
    Alert {
        schema: ALERT_SCHEMA,
        rule: rule.name.clone(),
        severity: rule.severity,
        metric: rule.metric,
        model: report.model.clone(),
        replay_id: report.replay_id.clone(),
        column: column.map(str::to_owned),
        first_window: found.first,
        last_window: found.last,
        is_ongoing: found.is_ongoing,
        value: found.value,
        threshold,
        muted: rule.muted,
        sentence: format!("{what} {place} of {n_windows}{end}"),
        at_ms: report.created_ms,
    }
}

fn values(cell: &ColumnDrift) -> u64 {
    cell.n_rows.saturating_sub(cell.n_missing)
}

/// `None` of nothing.
fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
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
    fn the_first_stretch_that_is_long_enough_counts() {
        for (windows, needed, wanted) in [
            ("....", 1, None),
            ("d...", 1, Some((0, 0, false))),
            (".dd.d", 2, Some((1, 2, false))),
            ("d.ddd", 2, Some((2, 4, true))),
            ("d d", 2, Some((0, 2, true))),
            ("d.d.d", 2, None),
            ("d d.d", 2, Some((0, 2, false))),
            ("", 1, None),
        ] {
            let rule = rule(&format!(r#"{{"metric": "drift", "windows": {needed}}}"#));
            let found = raised(&[rule], &report(windows));
            let found = found
                .first()
                .map(|a| (a.first_window, a.last_window, a.is_ongoing));
            assert_eq!(found, wanted, "{windows:?} {needed}");
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
