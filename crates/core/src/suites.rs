//! Suites as a lab keeps them: named lines of versions, and the history of their checks.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::TimestampMs;
use crate::expect::{CheckReport, ResultFormat, Suite, SuiteOutcome};
use crate::reference::Reference;

/// One saved state of a suite.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct SuiteVersion {
    /// 1 for the first; never given twice under a name.
    pub version: u32,
    pub saved_ms: TimestampMs,
    pub suite: Suite,
}

/// A line of the list of suites.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SuiteSummary {
    pub name: String,
    /// The version that counts.
    pub version: u32,
    pub n_versions: u32,
    pub n_expectations: u32,
    pub saved_ms: TimestampMs,
}

/// A line of the history of a data set's checks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct CheckSummary {
    pub check_id: u64,
    /// `name@version`
    pub dataset: Reference,
    pub suite: String,
    /// 0: not known.
    pub suite_version: u32,
    pub outcome: SuiteOutcome,
    pub n_rows: u64,
    pub checked_ms: TimestampMs,
    pub duration_secs: f64,
}

/// How a suite is written as a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SuiteFormat {
    /// For a person to edit.
    #[default]
    Toml,
    /// JSON of Great Expectations 1.x.
    GreatExpectations,
    /// JSON of Great Expectations 0.x.
    GreatExpectations0,
}

/// Something of a suite's file that has no meaning here. It is kept with the suite.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct NotUnderstood {
    /// Counted from 1.
    pub rule: u32,
    /// As the file names it; empty when it names none.
    #[serde(rename = "type")]
    pub type_: String,
    /// What is wrong, and what follows from it.
    pub wrong: String,
}

/// A suite that was taken from a file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ImportedSuite {
    pub suite: SuiteVersion,
    pub not_understood: Vec<NotUnderstood>,
}

/// The text of a suite's file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SuiteText {
    /// A name for the file.
    pub file_name: String,
    pub text: String,
}

/// The rules of a data set and what the newest check of this version by them said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ExpectationsView {
    pub suite: Option<Suite>,
    pub suite_version: Option<u32>,
    pub report: Option<CheckReport>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ExpectationsRequest {
    pub dataset: Reference,
    /// `name` or `name@version`; `None`: the data set's own, which has its name.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub suite: Option<Reference>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CheckRequest {
    pub dataset: Reference,
    /// `name` or `name@version`; `None`: the data set's own, which has its name.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub suite: Option<Reference>,
    /// A complete result names every unexpected row, others the first 20 of each rule.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub format: Option<ResultFormat>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct SaveSuite {
    pub dataset: Reference,
    pub suite: Suite,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ByCheck {
    pub check_id: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ImportSuite {
    /// For the sentence when it is no suite.
    pub file_name: String,
    /// TOML, or JSON of Great Expectations.
    pub text: String,
    /// `None`: the name in the file.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub name: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ExportSuite {
    /// `name` or `name@version`
    pub suite: Reference,
    #[serde(default)]
    pub format: SuiteFormat,
    /// Where the text is written as well.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub path: Option<PathBuf>,
}

/// A check as JUnit XML, which continuous integration shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct JunitRequest {
    pub check_id: u64,
    /// Where the text is written as well.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub path: Option<PathBuf>,
}
