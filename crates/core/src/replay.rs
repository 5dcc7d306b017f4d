//! Replays: a production log, window by window, against the data a model was trained on.

mod beside;
mod mapping;
mod window;
mod windows;

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::TimestampMs;
use crate::alert::Alert;
use crate::dataset::ImportOptions;
use crate::drift::challenge::{ChallengeReport, Policy};
use crate::drift::{ColumnDrift, DriftRule, DriftSettings, Ecdf};
use crate::ids::ReplayId;
use crate::reference::Reference;
use crate::registry::VersionKey;
use crate::train::ProblemKind;

pub use beside::{ConceptDetection, ConceptStream, QualityIssue};
pub use mapping::{
    ColumnProposal, LabelSource, LogMapping, ProposedBy, ReplayPreview, ReplayPreviewRequest,
    TimeFormat,
};
pub use window::{WindowLatency, WindowMultivariate, WindowPerformance, WindowReport};
pub use windows::{Panes, Period, WindowError, WindowSpec};

pub const DRIFT_REPORT_SCHEMA: u32 = 1;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ReplaySpec {
    /// Files, folders or patterns: CSV, JSON lines, Parquet or Arrow; read one after another.
    #[ts(type = "Array<string>")]
    pub logs: Vec<PathBuf>,
    /// `None`: nothing is scored, and the log is held against `reference`.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub model: Option<Reference>,
    /// A version of a data set, where there is no model.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub reference: Option<Reference>,
    /// What its columns mean.
    #[serde(flatten)]
    pub mapping: LogMapping,
    /// `None`: 50 to 100 windows of equal rows, none under 100 rows.
    #[serde(default)]
    pub window: Option<WindowSpec>,
    #[serde(default)]
    pub options: ImportOptions,
    /// Stands over what assay.toml says under `[drift]`.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub rule: Option<DriftSettings>,
    /// Models that are asked about the same rows, to see what they would have done.
    #[serde(default)]
    #[ts(as = "Option<Vec<Reference>>", optional)]
    pub challengers: Vec<Reference>,
    /// Rules by which the model is trained again on the log itself, to see what that would have brought.
    #[serde(default)]
    #[ts(as = "Option<Vec<Policy>>", optional)]
    pub retrain: Vec<Policy>,
    /// Whether to try in every window if a model can tell its rows from the reference's; the slowest measure by far.
    #[serde(default)]
    #[ts(as = "Option<bool>", optional)]
    pub domain_classifier: bool,
}

/// A kept replay judged by another rule; what is not set is as by default, not as in assay.toml.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct JudgeReplay {
    pub replay: ReplayId,
    #[serde(flatten)]
    pub by: JudgedBy,
}

/// What a kept replay is judged by instead of the rule and the reference that it was kept with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct JudgedBy {
    pub rule: DriftSettings,
    /// A data set that its features are held against.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub reference: Option<Reference>,
}

/// The result of a replay.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct DriftReport {
    pub schema: u32,
    pub replay_id: ReplayId,
    /// `None`: nothing was scored.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub model: Option<VersionKey>,
    /// The version of a data set that the log was held against, where there is no model; with one, that its features were
    /// held against when it was judged again.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub reference: Option<Reference>,
    #[serde(default)]
    #[ts(optional = nullable)]
    pub problem: Option<ProblemKind>,
    pub logs: Vec<String>,
    pub rule: DriftRule,
    pub window: WindowSpec,
    pub n_rows: u64,
    pub n_reference_rows: u64,
    /// The metric of `performance`: `accuracy` or `rmse`; `None` without labels.
    pub performance_metric: Option<String>,
    /// Over all labelled rows.
    pub performance: Option<f64>,
    /// The same metric on rows that the model did not learn from, see `baseline_rows`.
    pub test_performance: Option<f64>,
    #[serde(default)]
    #[ts(as = "Option<BaselineRows>", optional)]
    pub baseline_rows: BaselineRows,
    /// Columns in the order of the model's inputs; then `prediction`, and `target` where labels exist.
    pub columns: Vec<ReplayColumn>,
    /// In time order. A window without rows is a gap: it has no columns and no verdict.
    pub windows: Vec<WindowReport>,
    /// Names of columns that drifted in at least one window, by first drift.
    pub drifted: Vec<String>,
    /// 0-based index of the first drifted window.
    pub first_drifted_window: Option<u32>,
    /// `Drifted from window 26 on: vicprice, vicdemand, transfer`
    pub verdict: String,
    /// Said once: columns of the model that the log lacks, labels that were not seen in training ...
    pub warnings: Vec<String>,
    /// Rules of `[[alert]]` that came true.
    #[serde(default)]
    pub alerts: Vec<Alert>,
    /// Data quality: by column and kind, what alerts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(as = "Option<Vec<QualityIssue>>", optional)]
    pub quality: Vec<QualityIssue>,
    /// Where labels exist: each detector of concept drift.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(as = "Option<Vec<ConceptStream>>", optional)]
    pub concept: Vec<ConceptStream>,
    /// Challengers beside the model, and training it again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub challenge: Option<ChallengeReport>,
    /// All of it besides columns in sentences, the most important first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(as = "Option<Vec<String>>", optional)]
    pub findings: Vec<String>,
    pub created_ms: TimestampMs,
    pub duration_secs: f64,
}

impl DriftReport {
    /// What the log was held against: `price@3`.
    pub fn against(&self) -> String {
        against(self.model.as_ref(), self.reference.as_ref())
    }
}

impl ReplaySummary {
    /// As [`DriftReport::against`].
    pub fn against(&self) -> String {
        against(self.model.as_ref(), self.reference.as_ref())
    }
}

impl ReplaySpec {
    /// As [`DriftReport::against`].
    pub fn against(&self) -> String {
        let named = self.model.as_ref().or(self.reference.as_ref());
        named.map(ToString::to_string).unwrap_or_default()
    }
}

fn against(model: Option<&VersionKey>, dataset: Option<&Reference>) -> String {
    match (model, dataset) {
        (Some(model), _) => model.to_string(),
        (None, Some(dataset)) => dataset.to_string(),
        (None, None) => String::new(),
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ReplayColumn {
    pub name: String,
    pub role: ColumnRole,
    pub numeric: bool,
    /// The reference has one value only.
    pub constant: bool,
    pub n_drifted_windows: u32,
    pub first_drifted_window: Option<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ColumnRole {
    Feature,
    Prediction,
    Target,
}

/// The rows that a model's performance in production is held against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum BaselineRows {
    /// The model's own test rows.
    #[default]
    Test,
    /// Those of the data set that the log is held against: nothing is known of how the model was trained.
    Reference,
}

impl BaselineRows {
    /// `test rows`
    pub fn words(self) -> &'static str {
        match self {
            Self::Test => "test rows",
            Self::Reference => "reference rows",
        }
    }
}

/// One column of a replay over all its windows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DistributionRequest {
    pub replay: ReplayId,
    pub column: String,
    /// A data set that it is held against; `None`: what the log was held against.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub reference: Option<Reference>,
}

/// Histograms of every column and window over shared bins: what a click on a cell overlays.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReplayShapes {
    pub schema: u32,
    /// In the order of `DriftReport::columns`.
    pub columns: Vec<ColumnShapes>,
}

/// How a column is distributed in the reference and in every window.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ColumnShapes {
    pub name: String,
    pub bins: Bins,
    pub reference: Vec<u64>,
    /// One per window; empty for a gap.
    pub windows: Vec<Vec<u64>>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Bins {
    /// n + 1 ascending edges for n counts; the outer two reach to the smallest and largest value of the log.
    Edges {
        edges: Vec<f64>,
    },
    Categories {
        categories: Vec<String>,
    },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct CellRequest {
    pub replay: ReplayId,
    pub column: String,
    /// 0-based.
    pub window: u32,
    /// `None`: as the replay was kept.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub judged_by: Option<JudgedBy>,
}

/// One cell of the heat map, with its two distributions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct CellDetail {
    pub column: String,
    pub window: WindowReport,
    pub drift: ColumnDrift,
    pub bins: Bins,
    pub reference: Vec<u64>,
    pub current: Vec<u64>,
    /// Of numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub ecdf: Option<CellEcdf>,
    /// `One value became 286. Every reference row holds 0.003467; 90.5 % of this window lies outside the reference's range.`
    pub sentence: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct CellEcdf {
    pub reference: Ecdf,
    pub current: Ecdf,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ReplaySummary {
    pub replay_id: ReplayId,
    #[serde(default)]
    #[ts(optional = nullable)]
    pub model: Option<VersionKey>,
    #[serde(default)]
    #[ts(optional = nullable)]
    pub reference: Option<Reference>,
    pub logs: Vec<String>,
    pub n_rows: u64,
    pub n_windows: u32,
    pub drifted: Vec<String>,
    pub verdict: String,
    pub created_ms: TimestampMs,
}
