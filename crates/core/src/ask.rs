//! Small requests and answers of the wire that are no documents of their own.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::chart::{ChartRequest, RenderRequest, Theme};
use crate::ids::{JobId, ModelName, ReplayId, RunId};
use crate::lab::{SearchHit, TrashKind};
use crate::reference::Reference;
use crate::registry::{Stage, VersionKey};
use crate::replay::JudgedBy;
use crate::result::Costs;
use crate::variants::VariantKind;

/// No question, or no answer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Nothing {}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LabPath {
    #[ts(type = "string")]
    pub path: PathBuf,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ByDataset {
    pub dataset: Reference,
}

/// Points a tag at the version; with `remove` takes it away from the data set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TagRequest {
    pub dataset: Reference,
    pub tag: String,
    #[serde(default)]
    pub remove: bool,
}

/// The ending of the path names the format; an existing file is replaced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ExportDataset {
    pub dataset: Reference,
    #[ts(type = "string")]
    pub path: PathBuf,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ByRun {
    pub run_id: RunId,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ResultRequest {
    pub run_id: RunId,
    /// Other costs of wrong answers choose other thresholds; `None`: both cost 1.
    #[serde(default)]
    pub costs: Option<Costs>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ByRuns {
    pub runs: Vec<RunId>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ByModel {
    pub model: Reference,
}

/// By its name alone, which a client of the tracking API may have chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ByModelName {
    pub name: ModelName,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ByReplay {
    pub replay: ReplayId,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ByJob {
    pub job_id: JobId,
}

/// The job was accepted; its progress comes as events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct JobStarted {
    pub job_id: JobId,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DoctorRequest {
    #[serde(default)]
    pub repair: bool,
}

/// What was taken back, in words; `None` when there was nothing to undo.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Undone {
    pub what: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TrashRequest {
    pub kind: TrashKind,
    pub id: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TrashEmptied {
    pub n_items: u64,
    pub freed_bytes: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SearchRequest {
    pub text: String,
    /// At most 100.
    pub limit: u32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct SearchAnswer {
    pub hits: Vec<SearchHit>,
    /// Things that were searched.
    pub n_searched: u64,
    pub duration_secs: f64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RecipeRequest {
    pub dataset: Reference,
    pub target: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct OpenChart {
    pub chart: ChartRequest,
    #[serde(default)]
    pub theme: Theme,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct SaveChart {
    pub render: RenderRequest,
    #[ts(type = "string")]
    pub path: PathBuf,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RegisterRequest {
    pub run_id: RunId,
    pub name: ModelName,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct GateRequest {
    pub model: Reference,
    pub to: Stage,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AliasRequest {
    pub model: Reference,
    pub alias: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ExportRequest {
    pub model: Reference,
    #[ts(type = "string")]
    pub folder: PathBuf,
    /// A smaller model of the version in the place of the whole one.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub variant: Option<VariantKind>,
}

/// What was written, where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Written {
    pub path: String,
    pub size_bytes: u64,
}

/// What is said of a model version: YAML front matter and Markdown, as model hubs read them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ModelCard {
    pub model: VersionKey,
    pub text: String,
    /// It is not as Assay would write it from what is known.
    pub is_edited: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SetModelCard {
    pub model: Reference,
    /// `None`: written anew from what is known.
    pub text: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct SaveReport {
    pub report: ReportRequest,
    #[ts(type = "string")]
    pub path: PathBuf,
}

/// What an HTML report is about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "about", rename_all = "snake_case")]
pub enum ReportRequest {
    Runs {
        runs: Vec<RunId>,
    },
    Replay {
        replay: ReplayId,
        /// `None`: as it was kept.
        #[serde(default)]
        #[ts(optional = nullable)]
        judged_by: Option<Box<JudgedBy>>,
    },
    /// Data, runs, models and replays of the whole lab.
    Lab,
}
