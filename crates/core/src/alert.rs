//! Alerts: what of a replay somebody wants to hear of.

mod measures;
mod raised;
mod stretches;

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::TimestampMs;
use crate::drift::quality::QualityKind;
use crate::event::NoticeLevel;
use crate::ids::ReplayId;
use crate::registry::VersionKey;

pub use self::raised::raised;

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
        if self.threshold.is_some() && !self.metric.takes_threshold() {
            return Some(("threshold", "left out: the metric is true or not by itself"));
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
    /// What the model's performance is expected to be without labels is worse than the threshold; out of its limits.
    EstimatedPerformance,
    /// Something of a column, or the number of rows, is not as the reference lets expect; without a threshold.
    Quality,
    /// Detectors saw the model's errors change as often as the threshold; 1.
    ConceptDrift,
    /// The error of a reconstruction by the reference's principal components is over the threshold; out of its limits.
    ReconstructionError,
    /// The change of the correlations between columns is over the threshold; out of its limits.
    CorrelationChange,
    /// The area under the curve of a model that tells the rows from the reference's is over the threshold; out of its
    /// limits. Only where a replay asks for that model.
    DomainClassifier,
    /// The window has fewer rows than the threshold; 1.
    Rows,
}

impl AlertMetric {
    /// Whether columns have it, not windows.
    pub fn is_of_columns(self) -> bool {
        matches!(
            self,
            Self::Drift | Self::Effect | Self::Missing | Self::Outside | Self::Quality
        )
    }

    fn takes_threshold(self) -> bool {
        !matches!(self, Self::Drift | Self::Quality)
    }

    /// `None`: none is needed, or it follows from the report.
    fn default_threshold(self) -> Option<f64> {
        match self {
            Self::Drift
            | Self::Performance
            | Self::EstimatedPerformance
            | Self::Quality
            | Self::ReconstructionError
            | Self::CorrelationChange
            | Self::DomainClassifier => None,
            Self::Effect => Some(0.1),
            Self::Missing => Some(0.05),
            Self::Outside => Some(0.01),
            Self::DriftShare => Some(0.5),
            Self::Rows | Self::ConceptDrift => Some(1.0),
        }
    }
}

/// A rule that came true in a replay: one for each column, however many windows it holds for, and however often.
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
    /// What is out of order with the data; `None` for other metrics than quality.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub quality: Option<QualityKind>,
    /// 0-based: the first window of the first stretch, and the last of it.
    pub first_window: u32,
    pub last_window: u32,
    /// The first stretch lasts to the end of the log.
    pub is_ongoing: bool,
    /// The worst of the first stretch; `None` for a verdict.
    pub value: Option<f64>,
    pub threshold: Option<f64>,
    pub muted: bool,
    /// `` `vicprice` drifted in windows 26 to 30 of 100, and once more in window 90 ``
    pub sentence: String,
    /// When it came true again, in the order of windows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(as = "Option<Vec<AlertStretch>>", optional)]
    pub later: Vec<AlertStretch>,
    pub at_ms: TimestampMs,
}

/// Windows one after the other in which a rule was true.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct AlertStretch {
    /// 0-based.
    pub first_window: u32,
    pub last_window: u32,
    /// It lasts to the end of the log.
    pub is_ongoing: bool,
    /// The worst of it; `None` for a verdict.
    pub value: Option<f64>,
    /// `` `vicprice` drifted in window 90 of 100 ``
    pub sentence: String,
}

impl Alert {
    /// The later stretches that begin after a window, each as an alert of its own.
    pub fn after(&self, window: u32) -> impl Iterator<Item = Alert> + '_ {
        let later = self.later.iter();
        let new = later.filter(move |stretch| stretch.first_window > window);
        new.map(|stretch| Alert {
            first_window: stretch.first_window,
            last_window: stretch.last_window,
            is_ongoing: stretch.is_ongoing,
            value: stretch.value,
            sentence: stretch.sentence.clone(),
            later: Vec::new(),
            ..self.clone()
        })
    }

    /// The last window of its last stretch, 0-based.
    pub fn newest_window(&self) -> u32 {
        let last = self.later.last();
        last.map_or(self.last_window, |stretch| stretch.last_window)
    }
}
