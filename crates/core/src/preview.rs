//! A look at a file before anything is stored.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::dataset::{BadRow, ImportOptions, TextEncoding};
use crate::ids::DatasetName;
use crate::schema::{ColumnType, Form};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PreviewRequest {
    /// A file, a folder or a pattern, as for an import.
    #[ts(type = "string")]
    pub path: PathBuf,
    /// `None`: those of the last import of a file of this shape, else what is found out.
    #[serde(default)]
    pub options: Option<ImportOptions>,
    /// At most 1,000.
    pub n_rows: u32,
}

/// What an import would make of a file, judged by its beginning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ImportPreview {
    /// The name that the data set would get.
    pub name: DatasetName,
    /// `delimited text`, `Parquet` ...
    pub kind: String,
    /// `gzip`, `zstd`
    pub compression: Option<String>,
    pub encoding: Option<TextEncoding>,
    pub n_files: u32,
    pub size_bytes: u64,
    /// What was asked for, filled up with what was found out.
    pub options: ImportOptions,
    /// The options are those of the last import of a file of this shape.
    pub remembered: bool,
    /// Names the shape of the file: its kind and its columns.
    pub shape: String,
    /// Sheets of a workbook or tables of a SQLite file; `options.sheet` says which one is shown.
    pub sheets: Vec<String>,
    pub columns: Vec<PreviewColumn>,
    /// As texts, `None` for a missing value.
    pub rows: Vec<Vec<Option<String>>>,
    /// Rows that were looked at.
    pub n_rows: u64,
    /// All rows of the source were looked at.
    pub is_whole: bool,
    /// Among the rows that were looked at, the first 20.
    pub bad_rows: Vec<BadRow>,
    pub n_bad_rows: u64,
    pub warnings: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PreviewColumn {
    pub name: String,
    pub kind: ColumnType,
    pub form: Option<Form>,
    /// Among the rows that were looked at.
    pub n_missing: u64,
}
