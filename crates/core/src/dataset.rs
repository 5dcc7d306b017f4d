//! Data sets: a name with a line of versions, each named by its content.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::expect::SuiteOutcome;
use crate::ids::{DatasetName, ObjectHash, RunId};
use crate::reference::Reference;
use crate::schema::Schema;
use crate::{ReplayId, TimestampMs};

/// How a source file is to be read. All defaults mean: find out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct ImportOptions {
    /// The first row holds values, not names.
    pub no_header: bool,
    /// Names for the columns, in order; with `no_header` for a file that has none, else instead of the file's.
    pub columns: Vec<String>,
    /// One ASCII character; `None`: found out from the file.
    pub delimiter: Option<String>,
    /// Texts that mean missing, beside the empty field; blanks around a field do not count.
    pub null_values: Vec<String>,
}

/// What `datasets.import` is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ImportSpec {
    #[ts(type = "string")]
    pub path: PathBuf,
    /// `None`: the file's name without its ending.
    pub name: Option<DatasetName>,
    #[serde(default)]
    pub options: ImportOptions,
}

/// What an import did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ImportOutcome {
    pub dataset: DatasetName,
    pub version: u32,
    pub dataset_version: ObjectHash,
    pub n_rows: u64,
    pub n_columns: u32,
    /// The same rows were there already: no new version was made.
    pub already_there: bool,
}

/// One version of a data set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DatasetVersion {
    pub schema: u32,
    pub dataset: DatasetName,
    /// Counts from 1 within the data set.
    pub version: u32,
    /// blake3 of names, types and values.
    pub content: ObjectHash,
    /// The canonical Parquet file among the objects.
    pub object: ObjectHash,
    pub columns: Schema,
    pub n_rows: u64,
    pub size_bytes: u64,
    pub source: Source,
    pub created_ms: TimestampMs,
}

/// Where a version came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Source {
    /// The file's name; paths of the importing computer are not kept.
    pub file_name: String,
    pub size_bytes: u64,
    /// blake3 of the source file.
    pub hash: ObjectHash,
    pub options: ImportOptions,
}

/// A row of the list of data sets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DatasetSummary {
    pub latest: DatasetVersion,
    pub n_versions: u32,
    pub n_runs: u32,
    /// The newest check of the latest version.
    pub expectations: Option<SuiteOutcome>,
}

/// Everything the page of a data set shows in its head and lists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DatasetDetail {
    pub version: DatasetVersion,
    /// Newest first.
    pub versions: Vec<DatasetVersion>,
    pub runs: Vec<RunId>,
    pub replays: Vec<ReplayId>,
    pub expectations: Option<SuiteOutcome>,
}

/// Rows of a version for a virtual table. The answer is bytes: the number of matching rows as u64
/// little-endian, then an Arrow IPC stream of the rows asked for, with a first column `__row` (1-based row of the
/// version).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RowsRequest {
    pub dataset: Reference,
    pub offset: u64,
    /// At most 2,000.
    pub limit: u32,
    #[serde(default)]
    pub order_by: Option<String>,
    #[serde(default)]
    pub descending: bool,
    /// A condition as [`crate::query`] reads it, for example `island = "Dream" and body_mass_g > 4000`.
    #[serde(default)]
    pub filter: String,
}
