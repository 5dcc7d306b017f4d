//! Reads what other trackers wrote to files, without changing a byte of it: `mlruns` folders, TensorBoard event files,
//! W&B run folders, tables of metrics. Databases are read by `store`, the only crate that speaks SQL.
//!
//! Invariant: whatever the bytes are, a reader ends with what could be read and the places of what could not; it never
//! follows a link out of the folder.

mod error;
mod files;
pub mod mlruns;
pub mod table;
pub mod tensorboard;
pub mod tfrecord;
pub mod wandb;
mod yaml;

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use assay_core::imports::{ImportProblem, ImportedExperiment, ImportedRun, RunFormat};
use assay_core::registered::RegisteredModel;
use assay_core::tracking::LoggedModel;
use assay_core::{RunId, Task, TimestampMs};

pub use error::{Error, Result};
pub use files::{files_below, problem};

/// Runs that can be read one after the other.
pub trait RunSource {
    /// How it is read, as a sentence says it.
    fn read_as(&self) -> String;

    fn experiments(&self) -> &[ImportedExperiment];

    fn n_runs(&self) -> usize;

    /// One run without its points. `index` is below [`RunSource::n_runs`].
    ///
    /// # Errors
    /// Why the whole run is left out.
    fn run(&mut self, index: usize) -> Result<SourceRun, ImportProblem>;

    /// The points of a run in the order of each metric, until `keep` breaks off.
    fn points(&mut self, index: usize, keep: &mut Keep<'_>) -> ControlFlow<()>;

    /// Models that were logged beside the runs; their runs come first.
    fn models(&mut self) -> Vec<SourceModel> {
        Vec::new()
    }

    /// Registered models with their versions; what they were made by comes first.
    fn registered_models(&mut self) -> Vec<RegisteredModel> {
        Vec::new()
    }

    /// What was left out since the last call.
    fn take_problems(&mut self) -> Vec<ImportProblem>;
}

/// Takes a point of the metric that is named.
pub type Keep<'a> = dyn FnMut(&str, Point) -> ControlFlow<()> + 'a;

#[derive(Debug, Clone, PartialEq)]
pub struct SourceRun {
    /// Index among the source's experiments.
    pub experiment: usize,
    pub run: ImportedRun,
    /// By path.
    pub files: Vec<SourceFile>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct SourceModel {
    /// Index among the source's experiments.
    pub experiment: usize,
    /// Its experiment is the source's.
    pub model: LoggedModel,
    /// By path.
    pub files: Vec<SourceFile>,
}

/// An artifact that lies on this computer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// In the run: relative, with `/`.
    pub path: String,
    pub file: PathBuf,
}

/// One value of a metric.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    pub value: f64,
    pub step: i64,
    pub at_ms: TimestampMs,
}

/// What a file or folder holds; `None` for what is not read here, databases and archives among it.
pub fn recognise(path: &Path) -> Option<RunFormat> {
    if path.is_dir() {
        if mlruns::root_of(path).is_some() {
            return Some(RunFormat::MlflowFolder);
        }
        if wandb::holds_runs(path) {
            return Some(RunFormat::Wandb);
        }
        return tensorboard::holds_events(path).then_some(RunFormat::Tensorboard);
    }
    let name = path.file_name()?.to_string_lossy().to_lowercase();
    if tensorboard::is_event_file(&name) {
        Some(RunFormat::Tensorboard)
    } else if name.ends_with(".wandb") {
        Some(RunFormat::Wandb)
    } else if (name.ends_with(".csv") || name.ends_with(".tsv")) && table::holds_metrics(path) {
        Some(RunFormat::Csv)
    } else {
        None
    }
}

/// # Errors
/// [`Error::Nothing`] when there is no run of that format, [`Error::Io`], [`Error::Unreadable`],
/// [`Error::Cancelled`].
pub fn open(path: &Path, format: RunFormat, task: &Task) -> Result<Box<dyn RunSource>> {
    Ok(match format {
        RunFormat::MlflowFolder => Box::new(mlruns::Folder::open(path, task)?),
        RunFormat::Tensorboard => Box::new(tensorboard::EventFiles::open(path, task)?),
        RunFormat::Wandb => Box::new(wandb::RunFolders::open(path, task)?),
        RunFormat::Csv => Box::new(table::Table::open(path, task)?),
        RunFormat::MlflowDatabase | RunFormat::Archive => {
            return Err(Error::Nothing {
                path: path.to_owned(),
                wanted: format.words(),
            });
        }
    })
}

/// How something was read, and which names in it stand for no numbers; the first five of them.
pub(crate) fn with_left_out(words: String, left_out: &BTreeSet<String>) -> String {
    if left_out.is_empty() {
        return words;
    }
    let names: Vec<&str> = left_out.iter().map(String::as_str).take(5).collect();
    format!(
        "{words}; {} hold no numbers and were left out",
        names.join(", ")
    )
}

/// An id for a run whose source has none of 32 digits: the same parts are the same run, wherever they lie.
pub fn derived_id(parts: &[&str]) -> RunId {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    let digest = hasher.finalize();
    let mut bits = [0; 16];
    for (bit, byte) in bits.iter_mut().zip(digest.as_bytes()) {
        *bit = *byte;
    }
    RunId::from_bits(u128::from_be_bytes(bits))
}
