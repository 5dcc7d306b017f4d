//! Runs that come from elsewhere: what other trackers wrote, tables of metrics, and archives of labs.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::TimestampMs;
use crate::ids::{ExperimentName, RunId};
use crate::run::RunStatus;
use crate::tracking::{DatasetInput, ModelOutput};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum RunFormat {
    /// `mlruns`: folders and files.
    MlflowFolder,
    /// `mlflow.db`.
    MlflowDatabase,
    /// Event files, alone or in folders.
    Tensorboard,
    /// Folders that the client of Weights & Biases leaves behind.
    Wandb,
    /// A table of metrics.
    Csv,
    /// What `assay runs export` wrote.
    Archive,
}

impl RunFormat {
    /// As a sentence names it.
    pub fn words(self) -> &'static str {
        match self {
            Self::MlflowFolder => "an mlruns folder",
            Self::MlflowDatabase => "an MLflow database",
            Self::Tensorboard => "TensorBoard event files",
            Self::Wandb => "W&B run folders",
            Self::Csv => "a table of metrics",
            Self::Archive => "an archive of Assay",
        }
    }
}

/// What is to be imported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RunImportSpec {
    #[ts(type = "string")]
    pub path: PathBuf,
    /// `None`: it is found out.
    #[serde(default)]
    pub format: Option<RunFormat>,
    /// For runs whose source names no experiment; `None`: after the folder or file.
    #[serde(default)]
    pub experiment: Option<ExperimentName>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RunImportReport {
    pub format: RunFormat,
    /// How it was read, as a sentence says it: `long table: run, key, step, value`.
    pub read_as: String,
    /// Runs that were not in the lab.
    pub n_new: u64,
    /// Runs of an earlier import that had changed since.
    pub n_updated: u64,
    /// Runs that were in the lab as they are, or that the lab keeps as its own.
    pub n_unchanged: u64,
    /// Of the new and the updated runs.
    pub n_points: u64,
    pub n_artifacts: u64,
    pub artifact_bytes: u64,
    /// Versions of registered models that were not in the lab.
    pub n_model_versions: u64,
    /// Where the new and the updated runs are.
    pub experiments: Vec<ExperimentName>,
    /// What could not be read, and was left out.
    pub problems: Vec<ImportProblem>,
}

impl RunImportReport {
    /// Of an import that has read nothing yet.
    pub fn new(format: RunFormat) -> Self {
        Self {
            format,
            read_as: String::new(),
            n_new: 0,
            n_updated: 0,
            n_unchanged: 0,
            n_points: 0,
            n_artifacts: 0,
            artifact_bytes: 0,
            n_model_versions: 0,
            experiments: Vec::new(),
            problems: Vec::new(),
        }
    }
}

/// A file, a run or a line that was left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ImportProblem {
    /// Relative to what is imported.
    pub place: String,
    pub wrong: String,
}

impl std::fmt::Display for ImportProblem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.place, self.wrong)
    }
}

/// A file or folder that may hold runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RunsAt {
    #[ts(type = "string")]
    pub path: PathBuf,
}

/// What a file or folder holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RecognisedRuns {
    /// `None`: no runs that can be read.
    pub format: Option<RunFormat>,
    /// `an mlruns folder`; empty when there is none.
    pub words: String,
}

/// What goes into an archive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "of", rename_all = "snake_case")]
pub enum ArchiveScope {
    Runs {
        run_ids: Vec<RunId>,
    },
    Experiment {
        experiment: ExperimentName,
    },
    /// The whole lab, its trash too.
    All,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RunExportSpec {
    pub selection: ArchiveScope,
    #[ts(type = "string")]
    pub path: PathBuf,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ArchiveWritten {
    #[ts(type = "string")]
    pub path: PathBuf,
    pub size_bytes: u64,
    pub n_runs: u64,
    /// Files in the archive, each with its checksum.
    pub n_files: u64,
}

/// An experiment as its source has it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct ImportedExperiment {
    /// Kept when it is free in the lab.
    pub experiment_id: Option<i64>,
    pub name: String,
    pub is_deleted: bool,
    /// 0: the source does not say.
    pub created_ms: TimestampMs,
    pub updated_ms: TimestampMs,
    pub tags: BTreeMap<String, String>,
}

/// A run as its source has it, without its points and files.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ImportedRun {
    pub run_id: RunId,
    pub name: String,
    pub user: String,
    pub status: RunStatus,
    pub started_ms: TimestampMs,
    pub ended_ms: Option<TimestampMs>,
    /// `None`: it is not deleted.
    pub deleted_ms: Option<TimestampMs>,
    pub params: BTreeMap<String, String>,
    pub tags: BTreeMap<String, String>,
    pub inputs: Vec<DatasetInput>,
    #[serde(skip)]
    pub outputs: Vec<ModelOutput>,
}
