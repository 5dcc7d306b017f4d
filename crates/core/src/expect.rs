//! Expectations: rules about a data set, named as Great Expectations names them, and their results.

mod catalogue;
pub mod condition;
mod format;
pub mod read;
mod rule_type;
mod suggest;
mod words;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use ts_rs::TS;

use crate::TimestampMs;
use crate::reference::Reference;

pub use catalogue::{ArgumentInfo, ArgumentKind, RuleGroup, RuleInfo, catalogue, rule_info};
pub use format::{MAX_PARTIAL, ResultFormat, validation_result};
pub use rule_type::{RuleType, UnknownRuleType};
pub use suggest::suggest;
pub use words::{describe, describe_condition};

pub const SUITE_SCHEMA: u32 = 1;

/// A named list of rules.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Suite {
    pub schema: u32,
    pub name: String,
    pub expectations: Vec<Expectation>,
    /// What another program keeps beside the rules: `meta`, `notes`, `id`.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    #[ts(as = "Option<std::collections::HashMap<String, Value>>")]
    pub other: Map<String, Value>,
}

/// A rule with what people say about it. Its JSON is that of Great Expectations, with a reason.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Expectation {
    #[serde(flatten)]
    pub rule: Rule,
    #[serde(default)]
    pub severity: Severity,
    /// Why it was suggested; empty when a person wrote it.
    #[serde(default)]
    pub reason: String,
    /// What a person wrote beside it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<Notes>,
    /// What another program keeps beside it.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    #[ts(as = "Option<std::collections::HashMap<String, Value>>")]
    pub meta: Map<String, Value>,
    /// The name another program knows it by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// A person's own sentence for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Everything else that its file said of it.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    #[ts(as = "Option<std::collections::HashMap<String, Value>>")]
    pub other: Map<String, Value>,
}

/// One text or several, as they came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(untagged)]
pub enum Notes {
    One(String),
    Several(Vec<String>),
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

/// One rule: a type and its arguments, as they are written. The catalogue says which arguments a type takes;
/// [`Rule::read`] makes typed ones of them.
///
/// Values keep their JSON types, and arguments that are not understood are kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Rule {
    #[serde(rename = "type")]
    pub type_: RuleType,
    #[serde(default)]
    #[ts(as = "std::collections::HashMap<String, Value>")]
    pub kwargs: Map<String, Value>,
}

/// Why a rule cannot be understood or evaluated, as a sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Problem(pub String);

impl Rule {
    /// `arguments` is an object; anything else gives a rule without arguments.
    pub fn new(type_: RuleType, arguments: Value) -> Self {
        let kwargs = match arguments {
            Value::Object(kwargs) => kwargs,
            _ => Map::new(),
        };
        Self { type_, kwargs }
    }

    /// The column a rule speaks of; `None` for rules on several columns or on the table.
    pub fn column(&self) -> Option<&str> {
        self.kwargs.get("column").and_then(Value::as_str)
    }

    /// Every column that the rule speaks of, in the order of its arguments; those of its condition are not among them.
    pub fn columns(&self) -> Vec<&str> {
        let list = |name: &str| {
            let list = self.kwargs.get(name).and_then(Value::as_array);
            list.into_iter().flatten().filter_map(Value::as_str)
        };
        let one = |name: &str| self.kwargs.get(name).and_then(Value::as_str);
        ["column", "column_A", "column_B"]
            .into_iter()
            .filter_map(one)
            .chain(list("column_list"))
            .chain(list("column_set"))
            .collect()
    }

    /// The arguments that the type does not take. They are kept, and change nothing.
    pub fn not_understood(&self) -> Vec<&str> {
        self.kwargs
            .keys()
            .map(String::as_str)
            .filter(|name| !catalogue::takes(self.type_, name))
            .collect()
    }
}

/// Of the arguments of a rule that is not understood: the type that another program gave it.
fn foreign_type(kwargs: &Map<String, Value>) -> String {
    let entry = kwargs.get("entry");
    ["type", "expectation_type"]
        .into_iter()
        .find_map(|key| entry?.get(key)?.as_str())
        .map_or_else(
            || "a rule without a type".to_owned(),
            |name| format!("`{name}`"),
        )
}

impl Expectation {
    pub fn new(rule: Rule, severity: Severity, reason: impl Into<String>) -> Self {
        Self {
            rule,
            severity,
            reason: reason.into(),
            notes: None,
            meta: Map::new(),
            id: None,
            description: None,
            other: Map::new(),
        }
    }
}

impl Suite {
    pub fn new(name: impl Into<String>, expectations: Vec<Expectation>) -> Self {
        Self {
            schema: SUITE_SCHEMA,
            name: name.into(),
            expectations,
            other: Map::new(),
        }
    }

    /// What is wrong with the arguments of its rules, as sentences, each with the 0-based place of its rule.
    pub fn problems(&self) -> Vec<(usize, Problem)> {
        self.expectations
            .iter()
            .enumerate()
            .filter_map(|(at, expectation)| Some((at, expectation.rule.read().err()?)))
            .collect()
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
    /// Rows that the row condition left; all without one.
    #[serde(default)]
    pub n_rows: u64,
    /// Rows that were compared with the rule.
    pub n_checked: u64,
    /// Rows skipped because the value is missing.
    pub n_missing: u64,
    pub n_unexpected: u64,
    /// 1-based rows that break the rule, the first 20 unless more were asked for.
    pub unexpected_rows: Vec<u64>,
    /// The values in those rows: one, `[a, b]` for a pair, an object for several columns; `null` for a missing one.
    pub unexpected_values: Vec<Value>,
    /// What was observed, for people: `200.9`, `344`, `missing: sex`.
    pub observed: String,
    /// What was observed, as Great Expectations gives it; `null` for rules on rows.
    #[serde(default)]
    pub observed_value: Value,
    /// More than that, where the type has it: quantiles that hold, columns that differ, distributions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<Value>,
    /// Why it did not run.
    pub problem: Option<String>,
}

impl RuleResult {
    /// A result of a rule that could not be evaluated.
    pub fn did_not_run(expectation: Expectation, problem: Problem) -> Self {
        Self {
            expectation,
            status: RuleStatus::DidNotRun,
            n_rows: 0,
            n_checked: 0,
            n_missing: 0,
            n_unexpected: 0,
            unexpected_rows: Vec::new(),
            unexpected_values: Vec::new(),
            observed: String::new(),
            observed_value: Value::Null,
            details: None,
            problem: Some(problem.0),
        }
    }

    /// Unexpected rows among those compared, in percent; `None` when none was compared.
    pub fn unexpected_percent(&self) -> Option<f64> {
        percent(self.n_unexpected, self.n_checked)
    }

    /// Unexpected rows among all that the condition left, in percent.
    pub fn unexpected_percent_total(&self) -> Option<f64> {
        percent(self.n_unexpected, self.n_rows)
    }

    /// Rows skipped among all that the condition left, in percent.
    pub fn missing_percent(&self) -> Option<f64> {
        percent(self.n_missing, self.n_rows)
    }
}

fn percent(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64 * 100.0)
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
