//! Files scored by a model, whole.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::dataset::ImportOptions;
use crate::ids::VersionKey;
use crate::reference::Reference;

/// What is scored, and where the answers go.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct PredictSpec {
    pub model: Reference,
    /// A file, a folder or a pattern; several files are one table.
    pub path: PathBuf,
    /// How it is read.
    #[serde(default)]
    pub options: ImportOptions,
    /// A file that is replaced; its ending names the format.
    pub output: PathBuf,
    /// Columns of the rows that stand before the answers; `None`: all.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub keep: Option<Vec<String>>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Predicted {
    pub model: VersionKey,
    pub path: String,
    pub size_bytes: u64,
    pub n_rows: u64,
    /// Rows that could not be read, and are not in the file.
    pub n_set_aside: u64,
    /// The columns that hold the answers.
    pub columns: Vec<String>,
    pub duration_secs: f64,
}
