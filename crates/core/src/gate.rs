//! Gates: what a model version must show before it moves to a stage, condition by condition.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::TimestampMs;
use crate::ids::VersionKey;
use crate::metrics::{PairedDifference, larger_is_better};
use crate::parity::{ParityReport, TOLERANCE};
use crate::registered::Stage;
use crate::words::{count, difference};

/// What a gate says of conditions on the run of a version that came as a file.
const NOT_TRAINED_HERE: &str = "cannot be judged: it was imported, no run here trained it";
const DAY_MS: f64 = 86_400_000.0;

/// What a move to a stage needs; keyed by the stage's name in `assay.toml`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GateSettings {
    /// By metric name the least value, or the largest where less is better (errors and losses).
    pub metrics: BTreeMap<String, f64>,
    /// The newest check of the training data has no failed rule.
    pub expectations: bool,
    /// The parity report passed.
    pub parity: bool,
    /// How the version must stand beside the one that an alias points at.
    pub better_than: Option<BetterThan>,
    /// The version of the data set that it was trained on was imported at most so many days ago.
    pub max_data_age_days: Option<f64>,
    /// A person says why.
    pub approval: bool,
}

impl Default for GateSettings {
    fn default() -> Self {
        Self {
            metrics: BTreeMap::new(),
            expectations: true,
            parity: true,
            better_than: None,
            max_data_age_days: None,
            approval: false,
        }
    }
}

/// What the newest check of a version of a data set found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataCheck {
    pub n_passed: u64,
    pub n_rules: u64,
    pub passed: bool,
}

/// Better by more than a margin on the same rows, as a paired bootstrap sees it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BetterThan {
    pub alias: String,
    /// `None`: the one by which models of the kind are chosen.
    pub metric: Option<String>,
    /// In units of the metric, 0 or more.
    pub margin: f64,
    /// Between 0 and 1, one-sided.
    pub confidence: f64,
}

impl Default for BetterThan {
    fn default() -> Self {
        Self {
            alias: "champion".to_owned(),
            metric: None,
            margin: 0.0,
            confidence: 0.95,
        }
    }
}

/// What a gate says of one move.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct GateReport {
    pub model: VersionKey,
    pub to: Stage,
    pub passed: bool,
    pub conditions: Vec<GateCondition>,
}

impl GateReport {
    pub fn of(model: VersionKey, to: Stage, conditions: Vec<GateCondition>) -> Self {
        Self {
            model,
            to,
            passed: conditions.iter().all(|condition| condition.passed),
            conditions,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct GateCondition {
    pub kind: ConditionKind,
    /// `test.accuracy`, `expectations`, `ONNX parity`
    pub name: String,
    /// `at least 0.90`, `suite passes`
    pub needs: String,
    /// `0.9236`, `11 of 14 passed`, `not checked`
    pub measured: String,
    pub passed: bool,
}

/// Says where a condition can be met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ConditionKind {
    Metric,
    Comparison,
    Expectations,
    Parity,
    DataAge,
    Approval,
}

/// A metric against its limit.
pub fn metric_condition(name: &str, value: Option<f64>, limit: f64) -> GateCondition {
    let is_gain = larger_is_better(name);
    GateCondition {
        kind: ConditionKind::Metric,
        name: name.to_owned(),
        needs: format!("at {} {limit}", if is_gain { "least" } else { "most" }),
        measured: value.map_or_else(|| "not measured".to_owned(), |value| format!("{value:.4}")),
        passed: value.is_some_and(|value| {
            if is_gain {
                value >= limit
            } else {
                value <= limit
            }
        }),
    }
}

/// What the champion is to a candidate.
#[derive(Debug, Clone, PartialEq)]
pub enum Champion {
    /// Nobody is there to be better than, or it is the candidate itself.
    Nobody,
    /// Why the two cannot be compared.
    NotComparable(String),
    Compared(VersionKey, PairedDifference),
}

/// Invariant: what cannot be compared is not better.
pub fn comparison_condition(rule: &BetterThan, metric: &str, champion: &Champion) -> GateCondition {
    let sure = (rule.confidence * 1_000.0).round() / 10.0;
    let mut name = format!("better than {}", rule.alias);
    let mut rows = String::new();
    let (measured, passed) = match champion {
        Champion::Nobody => (format!("no other {}", rule.alias), true),
        Champion::NotComparable(why) => (why.clone(), false),
        Champion::Compared(key, found) => {
            name = format!("better than {key}");
            rows = format!(" on {} rows", count(found.n_rows as u64));
            (
                format!("{:+.4}, surely {:+.4}", found.difference, found.at_least),
                found.at_least > rule.margin,
            )
        }
    };
    GateCondition {
        kind: ConditionKind::Comparison,
        name,
        needs: format!("{metric} by more than {}{rows}, {sure}% sure", rule.margin),
        measured,
        passed,
    }
}

/// The newest check of the training data, as rules passed of rules; `None`: there was none.
/// `place`: where it was checked, when that is not this lab: ` in its own lab`.
pub fn expectations_condition(check: Option<DataCheck>, place: &str) -> GateCondition {
    // Invariant: a rule that did not run is a failure, so is a suite that did not.
    let (measured, passed) = match check {
        None => (format!("not checked{place}"), false),
        Some(check) => (
            format!("{} of {} passed{place}", check.n_passed, check.n_rules),
            check.passed,
        ),
    };
    GateCondition {
        kind: ConditionKind::Expectations,
        name: "expectations".to_owned(),
        needs: "suite passes".to_owned(),
        measured,
        passed,
    }
}

/// Invariant: what was never compared did not pass.
pub fn parity_condition(parity: Option<&ParityReport>) -> GateCondition {
    let Some(parity) = parity else {
        let needs = format!("0 label flips, at most {TOLERANCE:.0e}");
        return GateCondition::of_imported(ConditionKind::Parity, "ONNX parity", needs);
    };
    GateCondition {
        kind: ConditionKind::Parity,
        name: "ONNX parity".to_owned(),
        needs: format!("0 label flips, at most {:.0e}", parity.tolerance),
        measured: format!(
            "{} of {}, {}",
            count(parity.label_flips),
            count(parity.rows),
            difference(parity.max_rel_diff)
        ),
        passed: parity.passed,
    }
}

/// A condition on what a run leaves, for a version that came as a file.
///
/// Invariant: what cannot be judged did not pass.
impl GateCondition {
    pub fn of_imported(kind: ConditionKind, name: &str, needs: String) -> Self {
        Self {
            kind,
            name: name.to_owned(),
            needs,
            measured: NOT_TRAINED_HERE.to_owned(),
            passed: false,
        }
    }
}

/// A data set that seems to come from the future, by a clock that was wrong, is new; one whose import nobody knows is
/// too old.
pub fn data_age_condition(
    imported_ms: Option<TimestampMs>,
    now_ms: TimestampMs,
    max_days: f64,
) -> GateCondition {
    let days = imported_ms
        .map(|imported_ms| (now_ms.saturating_sub(imported_ms) as f64 / DAY_MS).max(0.0));
    GateCondition {
        kind: ConditionKind::DataAge,
        name: "age of the data".to_owned(),
        needs: format!("at most {max_days} days"),
        measured: days.map_or_else(|| "not known".to_owned(), |days| format!("{days:.1} days")),
        passed: days.is_some_and(|days| days <= max_days),
    }
}

/// `reason` is what the person who moves the version says; nothing before it is asked.
pub fn approval_condition(reason: &str) -> GateCondition {
    let passed = !reason.trim().is_empty();
    GateCondition {
        kind: ConditionKind::Approval,
        name: "approval".to_owned(),
        needs: "a reason".to_owned(),
        measured: if passed { "given" } else { "not given" }.to_owned(),
        passed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_the_least_of_a_gain_and_the_most_of_a_loss() {
        for (name, value, limit, passed) in [
            ("test.accuracy", Some(0.9), 0.9, true),
            ("test.accuracy", Some(0.89), 0.9, false),
            ("test.rmse", Some(0.9), 0.9, true),
            ("test.rmse", Some(0.91), 0.9, false),
            ("test.log_loss", Some(0.1), 0.9, true),
            ("test.accuracy", Some(f64::NAN), 0.9, false),
            ("test.accuracy", None, 0.0, false),
        ] {
            let condition = metric_condition(name, value, limit);
            assert_eq!(condition.passed, passed, "{condition:?}");
        }
    }

    #[test]
    fn what_cannot_be_compared_is_not_better_and_nobody_is_no_hindrance() {
        let rule = BetterThan {
            margin: 0.01,
            ..BetterThan::default()
        };
        let key = VersionKey {
            model: crate::ModelName::new("m"),
            version: 1,
        };
        let compared = |at_least: f64| {
            Champion::Compared(
                key.clone(),
                PairedDifference {
                    value: 0.9,
                    other: 0.88,
                    difference: 0.02,
                    at_least,
                    n_rows: 1_200,
                    n_resamples: 1_000,
                },
            )
        };
        for (champion, passed) in [
            (Champion::Nobody, true),
            (Champion::NotComparable("other classes".to_owned()), false),
            (compared(0.011), true),
            (compared(0.01), false),
            (compared(-0.1), false),
        ] {
            let condition = comparison_condition(&rule, "accuracy", &champion);
            assert_eq!(condition.passed, passed, "{condition:?}");
        }
        let shown = comparison_condition(&rule, "accuracy", &compared(0.011));
        assert_eq!(
            [&*shown.name, &*shown.needs, &*shown.measured],
            [
                "better than m@1",
                "accuracy by more than 0.01 on 1,200 rows, 95% sure",
                "+0.0200, surely +0.0110"
            ]
        );
    }

    #[test]
    fn data_grows_old_and_an_approval_is_a_reason() {
        let day = 86_400_000;
        assert!(data_age_condition(Some(0), 30 * day, 30.0).passed);
        assert!(!data_age_condition(Some(0), 30 * day + day / 2, 30.0).passed);
        assert!(data_age_condition(Some(5), 0, 0.0).passed);
        assert!(!data_age_condition(None, 0, 30.0).passed);
        assert!(!approval_condition("  ").passed);
        assert!(approval_condition("seen by two of us").passed);
    }
}
