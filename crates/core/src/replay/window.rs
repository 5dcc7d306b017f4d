//! One window of a replay: its bounds, its columns, and how the model did in it.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::TimestampMs;
use crate::drift::ColumnDrift;
use crate::drift::estimate::{EstimatedMetric, MeasuredMetric};
use crate::drift::multivariate::{CorrelationChange, DomainVerdict, Reconstruction};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct WindowReport {
    /// 0-based.
    pub index: u32,
    /// 1-based rows of the log after ordering, both inclusive; 0 and 0 for a gap.
    pub first_row: u64,
    pub last_row: u64,
    pub start_ms: Option<TimestampMs>,
    pub end_ms: Option<TimestampMs>,
    pub n_rows: u64,
    /// The model version of the window, or its period: `2024-05`.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub label: Option<String>,
    /// Rows that came after rows of a later window; they count here.
    #[serde(default)]
    #[ts(as = "Option<u64>", optional)]
    pub n_late: u64,
    /// Too few rows to judge anything.
    #[serde(default)]
    #[ts(as = "Option<bool>", optional)]
    pub is_too_small: bool,
    /// In the order of `DriftReport::columns`; empty for a gap.
    pub columns: Vec<ColumnDrift>,
    pub n_drifted: u32,
    pub performance: Option<WindowPerformance>,
    /// Where labels exist: every metric of the problem with its 95 % band.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(as = "Option<Vec<MeasuredMetric>>", optional)]
    pub metrics: Vec<MeasuredMetric>,
    /// What the metrics are expected to be, by what the model says alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(as = "Option<Vec<EstimatedMetric>>", optional)]
    pub estimates: Vec<EstimatedMetric>,
    /// How the columns hang together; `None` where the reference does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub multivariate: Option<WindowMultivariate>,
    /// How long production took to answer, where the log says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub latency: Option<WindowLatency>,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS)]
pub struct WindowLatency {
    pub median_ms: f64,
    pub p95_ms: f64,
    /// Rows with a latency.
    pub n: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS)]
pub struct WindowPerformance {
    pub value: f64,
    /// 95 % interval: Wilson for accuracy, normal approximation of the squared errors for RMSE.
    pub low: f64,
    pub high: f64,
    /// Rows with a label.
    pub n: u64,
}

/// Drift that no column shows alone. What was not asked for, or does not apply, is `None`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, TS)]
pub struct WindowMultivariate {
    /// By the principal components of the reference.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub reconstruction: Option<Reconstruction>,
    #[serde(default)]
    #[ts(optional = nullable)]
    pub correlation: Option<CorrelationChange>,
    /// Whether a model can tell the window's rows from those of the reference.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub domain: Option<DomainVerdict>,
}

/// A figure of rows seen together, and whether it is out of its limits.
pub(crate) type Together = fn(&WindowReport) -> Option<(f64, bool)>;

impl WindowMultivariate {
    pub(crate) const RECONSTRUCTION: Together = |window| {
        let found = window.multivariate.as_ref()?.reconstruction.as_ref()?;
        Some((found.error, found.alert))
    };
    pub(crate) const CORRELATION: Together = |window| {
        let found = window.multivariate.as_ref()?.correlation.as_ref()?;
        Some((found.statistic, found.alert))
    };
    pub(crate) const DOMAIN: Together = |window| {
        let found = window.multivariate.as_ref()?.domain.as_ref()?;
        Some((found.roc_auc, found.alert))
    };
}
