//! Runs: what was trained, with what, and how good it is.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::TimestampMs;
use crate::ids::{DatasetName, ExperimentId, ExperimentName, ObjectHash, RunId, VersionKey};
use crate::leakage::Leak;
use crate::parity::ParityReport;
use crate::recipe::{FittedRecipe, Recipe};
use crate::reference::Reference;
use crate::train::{ParamValue, ProblemKind, TrainSpec};

pub const RUN_SCHEMA: u32 = 1;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum RunStatus {
    Running,
    Finished,
    Failed,
    /// Cancelled by a person, or its worker died.
    Killed,
}

/// A row of the run table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct RunSummary {
    pub run_id: RunId,
    pub name: String,
    pub experiment: ExperimentName,
    pub status: RunStatus,
    pub started_ms: TimestampMs,
    pub ended_ms: Option<TimestampMs>,
    /// Parameters as text, `algorithm` among them.
    pub params: BTreeMap<String, String>,
    /// Last value by name: `test.accuracy`, `cv.accuracy.mean` ...
    pub metrics: BTreeMap<String, f64>,
    pub tags: BTreeMap<String, String>,
    /// `name@version` of the data it was trained on.
    pub dataset: Option<Reference>,
    pub models: Vec<VersionKey>,
}

impl RunSummary {
    /// Seconds from start to end; `None` while it runs.
    pub fn duration_secs(&self) -> Option<f64> {
        self.ended_ms
            .map(|ended| (ended - self.started_ms) as f64 / 1000.0)
    }
}

/// What a training run stores beside parameters and metrics, as its record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct TrainRecord {
    pub schema: u32,
    pub spec: TrainSpec,
    pub problem: ProblemKind,
    pub algorithm: String,
    pub dataset: DatasetName,
    pub dataset_number: u32,
    pub dataset_version: ObjectHash,
    pub recipe: Recipe,
    pub fitted: FittedRecipe,
    /// For classification, in the order of the probabilities.
    pub classes: Vec<String>,
    pub n_train_rows: u64,
    pub n_test_rows: u64,
    pub environment: RunEnvironment,
    /// Rules that failed with severity warning, warnings of the recipe and of the algorithm.
    pub warnings: Vec<String>,
    /// Signs that the test flatters the model; their sentences are among the warnings too.
    #[serde(default)]
    pub leaks: Vec<Leak>,
    /// The candidate that the model was trained with; `None` when there were none.
    #[serde(default)]
    pub chosen_params: Option<BTreeMap<String, ParamValue>>,
}

/// Where a run ran.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
pub struct RunEnvironment {
    pub assay: String,
    pub os: String,
    pub arch: String,
    /// Threads that the training could use.
    pub n_threads: u32,
    pub onnx_runtime: String,
    /// What the processor can do beyond the least of its kind, of what arithmetic makes use of.
    #[serde(default)]
    pub cpu_features: Vec<String>,
    /// Of the library that trained the model, when LightGBM did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub lightgbm: Option<String>,
    /// Of the folder in which the command was given, when it is in a git repository.
    pub git_commit: Option<String>,
    pub git_dirty: Option<bool>,
}

/// Everything the page of a run shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct RunDetail {
    pub summary: RunSummary,
    pub record: Option<TrainRecord>,
    /// Per metric, over all its points.
    pub metric_summaries: Vec<MetricSummary>,
    pub confusion: Option<Confusion>,
    pub parity: Option<ParityReport>,
    pub artifacts: Vec<Artifact>,
    pub failure: Option<crate::code::Failure>,
    /// The command that trains this again.
    pub command: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct MetricSummary {
    pub key: String,
    pub last: f64,
    pub min: f64,
    pub max: f64,
    /// The step of the best value by the metric's direction (largest unless it is a loss or an error).
    pub best_step: i64,
    pub n: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Artifact {
    /// Relative, with `/`.
    pub path: String,
    pub object: ObjectHash,
    pub size_bytes: u64,
}

/// Rows are true classes, columns predicted ones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Confusion {
    pub classes: Vec<String>,
    pub counts: Vec<Vec<u64>>,
}

/// Stored test-set predictions of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StoredPredictions {
    pub schema: u32,
    /// 0-based rows of the data set version.
    pub rows: Vec<u64>,
    pub classes: Vec<String>,
    /// Class index for classification.
    pub truth_class: Vec<u32>,
    pub predicted_class: Vec<u32>,
    /// Row-major, n_rows x n_classes.
    pub probabilities: Vec<f64>,
    /// For regression.
    pub truth_value: Vec<f64>,
    pub predicted_value: Vec<f64>,
    /// For embeddings: row-major, n_rows x n_components.
    pub coordinates: Vec<f64>,
    /// 0 for all others.
    pub n_components: usize,
}

/// Several runs side by side, differences apart from what is equal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Comparison {
    pub runs: Vec<RunSummary>,
    pub params: Vec<ComparisonRow>,
    pub metrics: Vec<MetricRow>,
    /// Parameters equal in all runs.
    pub equal: Vec<ComparisonRow>,
    /// One per run that has stored predictions for classes, else `None`.
    pub confusions: Vec<Option<Confusion>>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ComparisonRow {
    pub name: String,
    /// One per run; `None`: the run has no such parameter.
    pub values: Vec<Option<String>>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct MetricRow {
    pub name: String,
    pub values: Vec<Option<f64>>,
    /// Index of the best run; `None` when all are equal or none has it.
    pub best: Option<u32>,
    pub larger_is_better: bool,
}

/// A row of the list of experiments; those without runs are not in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ExperimentSummary {
    /// What clients of the tracking API call it in links.
    #[ts(type = "number")]
    pub experiment_id: ExperimentId,
    pub experiment: ExperimentName,
    pub n_runs: u32,
    pub last_started_ms: TimestampMs,
}
