//! What other programs log: experiments and runs as the tracking API speaks of them, which is MLflow's.
//!
//! The window and the command line speak of the same runs as [`crate::run::RunSummary`].

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::TimestampMs;
pub use crate::ids::{ExperimentId, LoggedModelId};
use crate::ids::{RunId, TraceId, VersionKey};
use crate::run::RunStatus;

/// The experiment that a client means when it names none.
pub const DEFAULT_EXPERIMENT_ID: ExperimentId = ExperimentId(0);

#[derive(Debug, Clone, PartialEq)]
pub struct TrackedExperiment {
    pub experiment_id: ExperimentId,
    pub name: String,
    /// `None`: below the lab's own root of artifacts.
    pub artifact_location: Option<String>,
    pub is_deleted: bool,
    pub created_ms: TimestampMs,
    pub updated_ms: TimestampMs,
    pub tags: BTreeMap<String, String>,
}

/// A run as its client begins it.
#[derive(Debug, Clone, PartialEq)]
pub struct NewTrackedRun {
    pub run_id: RunId,
    pub experiment_id: ExperimentId,
    pub name: String,
    pub user: String,
    pub started_ms: TimestampMs,
    pub tags: BTreeMap<String, String>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct TrackedRun {
    pub run_id: RunId,
    pub experiment_id: ExperimentId,
    pub name: String,
    pub user: String,
    pub status: RunStatus,
    pub started_ms: TimestampMs,
    pub ended_ms: Option<TimestampMs>,
    pub is_deleted: bool,
    pub params: BTreeMap<String, String>,
    pub tags: BTreeMap<String, String>,
    /// By name.
    pub metrics: Vec<LatestMetric>,
    pub inputs: Vec<DatasetInput>,
    /// Models that it used.
    pub input_models: Vec<LoggedModelId>,
    pub outputs: Vec<ModelOutput>,
}

/// The point of the largest step; of equal steps that of the latest time, of equal times the largest value.
#[derive(Debug, Clone, PartialEq)]
pub struct LatestMetric {
    pub key: String,
    pub value: f64,
    pub step: i64,
    pub at_ms: TimestampMs,
}

/// A data set that a run used, as its client describes it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct DatasetInput {
    pub name: String,
    pub digest: String,
    pub source_type: String,
    pub source: String,
    #[serde(default)]
    pub schema: Option<String>,
    #[serde(default)]
    pub profile: Option<String>,
    /// `mlflow.data.context` says what it was used for.
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
}

/// A data set that runs of an experiment used, once for each thing that it was used for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatasetSummary {
    pub experiment_id: ExperimentId,
    pub name: String,
    pub digest: String,
    /// `None`: no run said what it used it for.
    pub context: Option<String>,
}

/// Which side of the trash is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ViewType {
    #[default]
    ActiveOnly,
    DeletedOnly,
    All,
}

impl ViewType {
    pub fn shows(self, is_deleted: bool) -> bool {
        match self {
            Self::ActiveOnly => !is_deleted,
            Self::DeletedOnly => is_deleted,
            Self::All => true,
        }
    }
}

/// What of a run its client changes after it began.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RunUpdate {
    pub status: Option<RunStatus>,
    pub ended_ms: Option<TimestampMs>,
    pub name: Option<String>,
}

/// Which runs a client wants, and in which order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TrackedQuery {
    pub experiments: Vec<ExperimentId>,
    pub view: ViewType,
    /// In the grammar of [`crate::query`].
    pub filter: String,
    /// The first decides, the others among equals; at the end the newest first, then by id.
    pub order_by: Vec<OrderBy>,
    /// `None`: from the first on.
    pub after: Option<RunCursor>,
    pub limit: u32,
    /// Where the files of experiments lie that name no other place; `artifact_uri` is told by it.
    pub artifact_root: String,
}

/// The last run of a page, and what its order looked at: the next page begins behind it, whatever is logged in between.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunCursor {
    /// One per order.
    pub values: Vec<OrderValue>,
    pub started_ms: TimestampMs,
    pub run_id: RunId,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderValue {
    Missing,
    /// The bits of a number, for a text of it may lose some.
    Number {
        bits: u64,
    },
    Text {
        text: String,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct OrderBy {
    /// `metrics.NAME`, `params.NAME`, `tags.NAME`, or an attribute.
    pub name: String,
    #[serde(default)]
    pub ascending: bool,
}

/// A value that a client logged.
#[derive(Debug, Clone, PartialEq)]
pub struct LoggedMetric {
    pub key: String,
    pub value: f64,
    pub step: i64,
    pub at_ms: TimestampMs,
}

/// What one request logs: all of it, or nothing.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Batch {
    pub metrics: Vec<LoggedMetric>,
    pub params: Vec<(String, String)>,
    pub tags: Vec<(String, String)>,
}

/// A value without its name.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MetricSample {
    pub value: f64,
    pub step: i64,
    pub at_ms: TimestampMs,
}

/// What one request logs to one run, its metrics by name: all of it, or nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct LogEntry {
    pub run_id: RunId,
    /// Each name once; its values in the order in which they were logged.
    pub metrics: Vec<(String, Vec<MetricSample>)>,
    pub params: Vec<(String, String)>,
    pub tags: Vec<(String, String)>,
}

impl LogEntry {
    pub fn of(run_id: RunId, batch: &Batch) -> Self {
        let mut metrics: BTreeMap<&str, Vec<MetricSample>> = BTreeMap::new();
        for metric in &batch.metrics {
            metrics.entry(&metric.key).or_default().push(MetricSample {
                value: metric.value,
                step: metric.step,
                at_ms: metric.at_ms,
            });
        }
        Self {
            run_id,
            metrics: metrics
                .into_iter()
                .map(|(key, samples)| (key.to_owned(), samples))
                .collect(),
            params: batch.params.clone(),
            tags: batch.tags.clone(),
        }
    }
}

/// A model that a client logged; what its files hold is the client's matter.
#[derive(Debug, Clone, PartialEq)]
pub struct LoggedModel {
    pub model_id: LoggedModelId,
    pub experiment_id: ExperimentId,
    pub name: String,
    pub model_type: String,
    pub status: LoggedModelStatus,
    /// Empty: no run made it.
    pub source_run_id: String,
    pub created_ms: TimestampMs,
    pub updated_ms: TimestampMs,
    pub params: BTreeMap<String, String>,
    pub tags: BTreeMap<String, String>,
    pub metrics: Vec<ModelMetric>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LoggedModelStatus {
    Pending,
    Ready,
    Failed,
}

/// A value of a metric of a model, with the run and the data that it was measured with.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelMetric {
    pub metric: LoggedMetric,
    pub run_id: RunId,
    /// Empty: not said.
    pub dataset_name: String,
    pub dataset_digest: String,
}

/// A model that a run made or used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelOutput {
    pub model_id: LoggedModelId,
    pub step: i64,
}

/// What files belong to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ArtifactOwner {
    Run(RunId),
    LoggedModel(LoggedModelId),
    /// The exported folder of a version that was registered here; nobody writes to it.
    Registered(VersionKey),
    Trace(TraceId),
}

impl std::fmt::Display for ArtifactOwner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Run(id) => write!(f, "the run {id}"),
            Self::LoggedModel(id) => write!(f, "the logged model {id}"),
            Self::Registered(key) => write!(f, "the model {key}"),
            Self::Trace(id) => write!(f, "the trace {id}"),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArtifactFile {
    /// Relative, with `/`.
    pub path: String,
    pub size_bytes: u64,
}
