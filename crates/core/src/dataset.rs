//! Data sets: a name with a line of versions, each named by its content.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::expect::SuiteOutcome;
use crate::ids::{DatasetName, ObjectHash, RunId};
use crate::reference::Reference;
use crate::schema::{ColumnType, Form, Schema};
use crate::{ReplayId, TimestampMs};

/// How a source is to be read. All defaults mean: find out.
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
    /// The ASCII character around fields, or the empty text when quotes are characters like others; `None`: `"`.
    pub quote: Option<String>,
    /// `None`: found out from the file.
    pub encoding: Option<TextEncoding>,
    /// `1.234,5` is a number; `None`: found out from the file.
    pub decimal_comma: Option<bool>,
    /// Lines that begin with this text are no rows; `None`: there are none.
    pub comment: Option<String>,
    /// Lines to leave out before the header.
    pub skip_lines: u32,
    /// A sheet of a workbook, or a table of a SQLite file; `None`: the only one, else the first.
    pub sheet: Option<String>,
    /// Types for columns by their name in the data set; the others are found out.
    pub types: BTreeMap<String, TypeChoice>,
    pub bad_rows: BadRows,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum TextEncoding {
    Utf8,
    Utf16Le,
    Utf16Be,
    /// Windows-1252, which holds ISO 8859-1.
    Latin1,
}

/// What becomes of rows that cannot be read: too many or too few fields, no text in the encoding, a value that does not
/// fit a chosen type, no JSON object.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum BadRows {
    /// Nothing is imported; the error counts them.
    #[default]
    Refuse,
    /// They go to a file of their own, which the version keeps.
    SetAside,
}

/// A type that a person chose for a column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TypeChoice {
    pub kind: ColumnType,
    /// A category without levels gets those of the data.
    #[serde(default)]
    pub form: Option<Form>,
}

/// Why a text names no type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no type; there are int, float, bool, text, date, datetime, datetime(ZONE), category and decimal(DIGITS,SCALE)"
)]
pub struct TypeError(String);

/// `int`, `decimal(18,2)`, `datetime(Europe/Tallinn)`, `category`
impl FromStr for TypeChoice {
    type Err = TypeError;
    fn from_str(text: &str) -> Result<Self, TypeError> {
        let refused = || TypeError(text.to_owned());
        let plain = |kind| Self { kind, form: None };
        let (word, inside) = match text.trim().split_once('(') {
            Some((word, rest)) => (word, Some(rest.strip_suffix(')').ok_or_else(refused)?)),
            None => (text.trim(), None),
        };
        match (word, inside) {
            ("int", None) => Ok(plain(ColumnType::Integer)),
            ("float", None) => Ok(plain(ColumnType::Float)),
            ("bool", None) => Ok(plain(ColumnType::Boolean)),
            ("text", None) => Ok(plain(ColumnType::Text)),
            ("date", None) => Ok(plain(ColumnType::Date)),
            ("datetime", None) => Ok(plain(ColumnType::Datetime)),
            ("category", None) => Ok(Self {
                kind: ColumnType::Text,
                form: Some(Form::Category {
                    levels: Vec::new(),
                    ordered: false,
                }),
            }),
            ("datetime", Some(zone)) if !zone.trim().is_empty() => Ok(Self {
                kind: ColumnType::Datetime,
                form: Some(Form::Zone {
                    name: zone.trim().to_owned(),
                }),
            }),
            ("decimal", Some(inside)) => {
                let (precision, scale) = inside.split_once(',').ok_or_else(refused)?;
                Ok(Self {
                    kind: ColumnType::Float,
                    form: Some(Form::Decimal {
                        precision: precision.trim().parse().map_err(|_| refused())?,
                        scale: scale.trim().parse().map_err(|_| refused())?,
                    }),
                })
            }
            _ => Err(refused()),
        }
    }
}

/// A row that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct BadRow {
    /// Of the source file, from 1; for sources without lines the row.
    pub line: u64,
    /// What follows after the number of the line: `has 3 fields where 4 are expected`.
    pub problem: String,
    /// The row as it stands; shown are at most 200 characters.
    pub text: String,
}

/// Rows that were set aside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SetAside {
    pub n_rows: u64,
    /// The first 20.
    pub first: Vec<BadRow>,
    /// All of them as CSV (`line`, `problem`, `text`) among the objects.
    pub object: ObjectHash,
    pub size_bytes: u64,
}

/// What `datasets.import` is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ImportSpec {
    /// A file, a folder, or a pattern such as `logs/2026-*.csv`.
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
    #[serde(default)]
    pub set_aside: Option<SetAside>,
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
    /// The rows in their order. A group that two versions share is stored once.
    pub row_groups: Vec<RowGroup>,
    pub columns: Schema,
    pub n_rows: u64,
    /// Of all row groups.
    pub size_bytes: u64,
    pub source: Source,
    /// The version that was the newest before; `None` for the first one.
    #[serde(default)]
    pub parent: Option<u32>,
    /// The older version whose rows this is again.
    #[serde(default)]
    pub restored_from: Option<u32>,
    pub created_ms: TimestampMs,
}

/// Consecutive rows of a version: a canonical Parquet file among the objects.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RowGroup {
    /// blake3 of names, types and values.
    pub content: ObjectHash,
    pub object: ObjectHash,
    pub n_rows: u64,
    pub size_bytes: u64,
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
    /// Files, when the source is a folder or a pattern.
    #[serde(default)]
    pub n_files: u32,
    #[serde(default)]
    pub set_aside: Option<SetAside>,
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
    /// Versions by the tags that point at them.
    pub tags: BTreeMap<String, u32>,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_read_as_they_are_shown() {
        for text in [
            "int",
            "float",
            "bool",
            "text",
            "date",
            "datetime",
            "category",
            "decimal(18,2)",
            "datetime(Europe/Tallinn)",
        ] {
            let choice: TypeChoice = text.parse().unwrap();
            let label = choice
                .form
                .as_ref()
                .map_or(choice.kind.label().to_owned(), Form::label);
            assert_eq!(label, text);
        }
        for bad in [
            "",
            "integer",
            "decimal",
            "decimal(2)",
            "decimal(a,b)",
            "datetime()",
            "int(3)",
            "category(a",
        ] {
            assert!(bad.parse::<TypeChoice>().is_err(), "{bad}");
        }
    }
}
