//! Jobs: work that takes time, each in a process of its own, remembered by the lab.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::TimestampMs;
use crate::ask::{ExportDataset, Written};
use crate::code::Failure;
use crate::dataset::{ImportOutcome, ImportSpec};
use crate::ids::{JobId, ReplayId, RunId};
use crate::imported_model::ModelImportSpec;
use crate::imports::{ArchiveWritten, RunExportSpec, RunImportReport, RunImportSpec};
use crate::model_diff::ModelDiffRequest;
use crate::registry::ModelVersion;
use crate::replay::ReplaySpec;
use crate::reproduction::Reproduction;
use crate::scoring::{PredictSpec, Predicted};
use crate::task::Progress;
use crate::train::TrainSpec;
use crate::variants::{ModelVariant, ShrinkSpec};
use crate::version_diff::DiffRequest;

/// What a worker is asked to do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "job", rename_all = "snake_case")]
pub enum JobSpec {
    Import(ImportSpec),
    Train(Box<TrainSpec>),
    Replay(Box<ReplaySpec>),
    Diff(DiffRequest),
    Export(ExportDataset),
    /// Trains a run again and compares.
    Reproduce {
        run_id: RunId,
    },
    /// Runs of another tracker, or of an archive.
    ImportRuns(RunImportSpec),
    /// Runs into an archive.
    ExportRuns(RunExportSpec),
    /// A file scored by a model.
    Predict(PredictSpec),
    /// A smaller model of a version.
    Shrink(ShrinkSpec),
    /// An ONNX file into the registry; what it holds runs in the worker alone.
    ImportModel(ModelImportSpec),
    /// Two models on the same rows.
    DiffModels(ModelDiffRequest),
    /// The whole chain on the bundled sample data.
    Demo,
}

impl JobSpec {
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Import(_) => "import",
            Self::Train(_) => "train",
            Self::Replay(_) => "replay",
            Self::Diff(_) => "diff",
            Self::Export(_) => "export",
            Self::Reproduce { .. } => "reproduce",
            Self::ImportRuns(_) => "import_runs",
            Self::ExportRuns(_) => "export_runs",
            Self::Shrink(_) => "shrink",
            Self::Predict(_) => "predict",
            Self::ImportModel(_) => "import_model",
            Self::DiffModels(_) => "diff_models",
            Self::Demo => "demo",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    Waiting,
    Running,
    Done,
    Failed,
    Cancelled,
    /// The application died while it ran.
    Interrupted,
}

impl JobState {
    pub fn is_over(self) -> bool {
        !matches!(self, Self::Waiting | Self::Running)
    }
}

/// What a job made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "made", rename_all = "snake_case")]
pub enum JobOutcome {
    Dataset(ImportOutcome),
    Run {
        run_id: RunId,
    },
    Replay {
        replay_id: ReplayId,
    },
    /// Two versions were compared; the answer is kept until it is asked for.
    Diff,
    Export(Written),
    Reproduction(Reproduction),
    RunsImported(RunImportReport),
    RunsExported(ArchiveWritten),
    Shrunk(Box<ModelVariant>),
    Predicted(Predicted),
    Model(Box<ModelVersion>),
    /// Two models were compared; the answer is kept until it is asked for.
    ModelDiff,
    Demo,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Job {
    pub job_id: JobId,
    /// `train penguins`
    pub title: String,
    pub spec: JobSpec,
    pub state: JobState,
    pub progress: Option<Progress>,
    pub warnings: Vec<String>,
    /// The run that a training job fills, from its start on.
    #[serde(default)]
    pub run_id: Option<RunId>,
    pub outcome: Option<JobOutcome>,
    pub failure: Option<Failure>,
    pub created_ms: TimestampMs,
    pub started_ms: Option<TimestampMs>,
    pub ended_ms: Option<TimestampMs>,
}
