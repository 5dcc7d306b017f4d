//! Expectations: rules about a data set, named as Great Expectations names them, and their results.

mod suggest;
mod words;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::TimestampMs;
use crate::reference::Reference;
use crate::schema::ColumnType;

pub use suggest::suggest;
pub use words::describe;

pub const SUITE_SCHEMA: u32 = 1;

/// A named list of rules.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Suite {
    pub schema: u32,
    pub name: String,
    pub expectations: Vec<Expectation>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Expectation {
    #[serde(flatten)]
    pub rule: Rule,
    #[serde(default)]
    pub severity: Severity,
    /// Why it was suggested; empty when a person wrote it.
    #[serde(default)]
    pub reason: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Stops training.
    #[default]
    Critical,
    Warning,
    Info,
}

/// One rule. `mostly` is the share of checked rows (0 to 1) that must hold. Rules on values skip missing values,
/// except those about missing values.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "type", content = "kwargs", rename_all = "snake_case")]
pub enum Rule {
    ExpectColumnValuesToNotBeNull {
        column: String,
        #[serde(default = "all")]
        mostly: f64,
    },
    ExpectColumnValuesToBeUnique {
        column: String,
        #[serde(default = "all")]
        mostly: f64,
    },
    /// Bounds are inclusive unless strict; an absent bound does not bound.
    ExpectColumnValuesToBeBetween {
        column: String,
        #[serde(default)]
        min_value: Option<f64>,
        #[serde(default)]
        max_value: Option<f64>,
        #[serde(default)]
        strict_min: bool,
        #[serde(default)]
        strict_max: bool,
        #[serde(default = "all")]
        mostly: f64,
    },
    ExpectColumnValuesToBeInSet {
        column: String,
        /// Compared as text (numbers as they print).
        value_set: Vec<String>,
        #[serde(default = "all")]
        mostly: f64,
    },
    /// The regular expression may match anywhere in the value.
    ExpectColumnValuesToMatchRegex {
        column: String,
        regex: String,
        #[serde(default = "all")]
        mostly: f64,
    },
    ExpectColumnValuesToBeOfType {
        column: String,
        type_: ColumnType,
    },
    ExpectTableRowCountToBeBetween {
        #[serde(default)]
        min_value: Option<u64>,
        #[serde(default)]
        max_value: Option<u64>,
    },
    ExpectTableColumnsToMatchSet {
        column_set: Vec<String>,
        /// Other columns are not allowed.
        #[serde(default = "yes")]
        exact_match: bool,
    },
    ExpectColumnMeanToBeBetween {
        column: String,
        #[serde(default)]
        min_value: Option<f64>,
        #[serde(default)]
        max_value: Option<f64>,
    },
    /// Distinct values, missing not counted.
    ExpectColumnUniqueValueCountToBeBetween {
        column: String,
        #[serde(default)]
        min_value: Option<u64>,
        #[serde(default)]
        max_value: Option<u64>,
    },
}

fn all() -> f64 {
    1.0
}

fn yes() -> bool {
    true
}

impl Rule {
    /// The column a rule speaks of; `None` for rules on the table.
    pub fn column(&self) -> Option<&str> {
        match self {
            Self::ExpectColumnValuesToNotBeNull { column, .. }
            | Self::ExpectColumnValuesToBeUnique { column, .. }
            | Self::ExpectColumnValuesToBeBetween { column, .. }
            | Self::ExpectColumnValuesToBeInSet { column, .. }
            | Self::ExpectColumnValuesToMatchRegex { column, .. }
            | Self::ExpectColumnValuesToBeOfType { column, .. }
            | Self::ExpectColumnMeanToBeBetween { column, .. }
            | Self::ExpectColumnUniqueValueCountToBeBetween { column, .. } => Some(column),
            Self::ExpectTableRowCountToBeBetween { .. }
            | Self::ExpectTableColumnsToMatchSet { .. } => None,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum RuleStatus {
    Passed,
    Failed,
    /// The rule could not be evaluated (no such column, wrong type, a regular expression that is none).
    /// Invariant: counts as a failure.
    DidNotRun,
}

/// The result of one rule. Says how many rows it looked at.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct RuleResult {
    pub expectation: Expectation,
    pub status: RuleStatus,
    /// Rows that were compared with the rule.
    pub n_checked: u64,
    /// Rows skipped because the value is missing.
    pub n_missing: u64,
    pub n_unexpected: u64,
    /// 1-based rows that break the rule, the first 20.
    pub unexpected_rows: Vec<u64>,
    /// The values in those rows, as text (`null` for a missing one).
    pub unexpected_values: Vec<String>,
    /// What was observed, for rules on the whole column or table: `200.9`, `344`, `missing: sex`.
    pub observed: String,
    /// Why it did not run.
    pub problem: Option<String>,
}

/// The result of a suite on one version.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct CheckReport {
    pub schema: u32,
    pub suite: String,
    /// 0: not known.
    #[serde(default)]
    pub suite_version: u32,
    pub dataset: Reference,
    pub n_rows: u64,
    pub outcome: SuiteOutcome,
    pub results: Vec<RuleResult>,
    pub checked_ms: TimestampMs,
    pub duration_secs: f64,
}

/// Counts over a suite's results.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
pub struct SuiteOutcome {
    pub suite: String,
    pub n_passed: u32,
    /// Failed rules of severity critical, and all rules that did not run.
    pub n_failed: u32,
    /// Failed rules of severity warning or info.
    pub n_warning: u32,
    /// Of `n_failed`, those that did not run.
    pub n_not_run: u32,
}

impl SuiteOutcome {
    pub fn passed(&self) -> bool {
        self.n_failed == 0
    }

    pub fn of(suite: &str, results: &[RuleResult]) -> Self {
        let mut outcome = Self {
            suite: suite.to_owned(),
            ..Self::default()
        };
        for result in results {
            match (result.status, result.expectation.severity) {
                (RuleStatus::Passed, _) => outcome.n_passed += 1,
                (RuleStatus::DidNotRun, _) => {
                    outcome.n_failed += 1;
                    outcome.n_not_run += 1;
                }
                (RuleStatus::Failed, Severity::Critical) => outcome.n_failed += 1,
                (RuleStatus::Failed, _) => outcome.n_warning += 1,
            }
        }
        outcome
    }
}
