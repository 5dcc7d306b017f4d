//! Watched folders: files that become versions when they change.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::TimestampMs;
use crate::ids::{DatasetName, ObjectHash};

/// A folder to be watched, or not any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct WatchRequest {
    #[ts(type = "string")]
    pub folder: PathBuf,
    /// All files become versions of this data set; `None`: each of the one that its name says.
    #[serde(default)]
    pub name: Option<DatasetName>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct WatchedFolder {
    pub folder: String,
    pub name: Option<DatasetName>,
    pub added_ms: TimestampMs,
    /// What became of each file that was seen, newest first.
    pub files: Vec<WatchedFile>,
}

/// The last thing that happened to a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct WatchedFile {
    /// Relative to the folder.
    pub file: String,
    pub size_bytes: u64,
    /// Nanoseconds since 1970, as the file system says, in decimal: more than a JSON number holds.
    pub modified_ns: String,
    pub seen_ms: TimestampMs,
    pub outcome: WatchOutcome,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum WatchOutcome {
    Imported {
        dataset: DatasetName,
        version: u32,
        n_rows: u64,
        /// blake3 of the file.
        hash: ObjectHash,
        /// The rows were the newest version already.
        already_there: bool,
        check: WatchCheck,
    },
    /// Left alone, and why: hidden, a temporary name, no kind of data.
    Skipped { reason: String },
    /// Changed a moment ago: it waits until it is settled.
    Waiting,
    /// The import failed; it is tried again when the file changes.
    Failed { reason: String },
}

/// What the suite of the data set said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "check", rename_all = "snake_case")]
pub enum WatchCheck {
    NoSuite,
    Passed { n_rules: u32 },
    Failed { n_rules: u32, n_failed: u32 },
    CouldNotRun { reason: String },
}

impl WatchOutcome {
    /// One sentence.
    pub fn sentence(&self) -> String {
        match self {
            Self::Imported {
                dataset,
                version,
                n_rows,
                already_there,
                check,
                ..
            } => {
                let what = if *already_there {
                    "is there already as"
                } else {
                    "imported as"
                };
                let rows = crate::words::counted(*n_rows, "row", "rows");
                format!("{what} {dataset}@{version}, {rows}{}", check.words())
            }
            Self::Skipped { reason } => format!("skipped: {reason}"),
            Self::Waiting => "waits until it is settled".to_owned(),
            Self::Failed { reason } => format!("failed: {reason}"),
        }
    }
}

impl WatchCheck {
    fn words(&self) -> String {
        match self {
            Self::NoSuite => String::new(),
            Self::Passed { n_rules } => format!(", all {n_rules} expectations hold"),
            Self::Failed { n_rules, n_failed } => {
                format!(", {n_failed} of {n_rules} expectations failed")
            }
            Self::CouldNotRun { reason } => format!(", its expectations could not run: {reason}"),
        }
    }
}

/// Why a file of this name is never imported; `None` when it may be data.
pub fn skip_reason(file_name: &str) -> Option<&'static str> {
    /// What editors, browsers and copying programs call files that are not whole.
    const TEMPORARY: [&str; 9] = [
        ".tmp",
        ".temp",
        ".part",
        ".partial",
        ".crdownload",
        ".download",
        ".swp",
        ".bak",
        ".lock",
    ];
    const DATA: [&str; 17] = [
        ".csv", ".tsv", ".tab", ".txt", ".parquet", ".json", ".jsonl", ".ndjson", ".arrow",
        ".feather", ".ipc", ".xlsx", ".xls", ".ods", ".sqlite", ".sqlite3", ".db",
    ];
    let name = file_name.to_lowercase();
    if name.starts_with('.') {
        return Some("it is hidden");
    }
    if name.starts_with("~$")
        || name.ends_with('~')
        || TEMPORARY.iter().any(|ending| name.ends_with(ending))
    {
        return Some("its name is that of a temporary file");
    }
    let bare = name
        .strip_suffix(".gz")
        .or_else(|| name.strip_suffix(".zst"))
        .unwrap_or(&name);
    if DATA.iter().any(|ending| bare.ends_with(ending)) {
        None
    } else {
        Some("its ending names no kind of data")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_data_is_taken() {
        for (name, part) in [
            ("sales.csv", ""),
            ("Sales 2026.CSV.GZ", ""),
            ("events.jsonl.zst", ""),
            (".sales.csv", "hidden"),
            ("sales.csv.part", "temporary"),
            ("~$book.xlsx", "temporary"),
            ("sales.csv~", "temporary"),
            ("notes.docx", "no kind"),
            ("archive.gz", "no kind"),
        ] {
            let reason = skip_reason(name).unwrap_or_default();
            assert!(
                reason.contains(part) && reason.is_empty() == part.is_empty(),
                "{name}: {reason}"
            );
        }
    }
}
