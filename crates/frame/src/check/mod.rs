//! Expectations checked against a table.

mod column;
mod values;

use assay_core::Task;
use assay_core::expect::read::{Bound, ColumnTest, Statistic, TableTest, Test, ValueTest, Wanted};
use assay_core::expect::{self, Expectation, Rule, RuleResult, RuleStatus, Suite};
use serde_json::Value;

use crate::columns::{View, float_text};
use crate::error::Error;
use crate::frame::Frame;

/// One result per expectation of the suite, in its order. A rule that cannot be evaluated is a result too, with its
/// reason.
///
/// # Errors
/// [`Error::Cancelled`] alone.
pub fn check(frame: &Frame, suite: &Suite, task: &Task) -> Result<Vec<RuleResult>, Error> {
    let total = suite.expectations.len() as u64;
    let mut results = Vec::with_capacity(suite.expectations.len());
    for (done, expectation) in (0..).zip(&suite.expectations) {
        task.check()?;
        task.step(done, total, "checking");
        results.push(result(frame, expectation));
    }
    task.step(total, total, "checked");
    Ok(results)
}

/// What a rule found.
#[derive(Debug, Default)]
struct Finding {
    passed: bool,
    n_checked: u64,
    n_missing: u64,
    n_unexpected: u64,
    /// 1-based.
    unexpected_rows: Vec<u64>,
    unexpected_values: Vec<String>,
    observed: String,
}

/// Why a rule could not be evaluated, as a sentence.
struct Problem(String);

/// At most so many rows are named.
const MAX_NAMED_ROWS: usize = 20;

fn result(frame: &Frame, expectation: &Expectation) -> RuleResult {
    let outcome = evaluate(frame, &expectation.rule);
    let (status, finding) = match outcome {
        Ok(finding) if finding.passed => (RuleStatus::Passed, finding),
        Ok(finding) => (RuleStatus::Failed, finding),
        Err(Problem(problem)) => {
            let problem = expect::Problem(problem);
            return RuleResult::did_not_run(expectation.clone(), problem);
        }
    };
    RuleResult {
        expectation: expectation.clone(),
        status,
        n_rows: frame.n_rows() as u64,
        n_checked: finding.n_checked,
        n_missing: finding.n_missing,
        n_unexpected: finding.n_unexpected,
        unexpected_rows: finding.unexpected_rows,
        unexpected_values: finding
            .unexpected_values
            .into_iter()
            .map(Value::from)
            .collect(),
        observed_value: Value::from(finding.observed.as_str()),
        observed: finding.observed,
        details: None,
        problem: None,
    }
}

fn evaluate(frame: &Frame, rule: &Rule) -> Result<Finding, Problem> {
    let read = rule.read().map_err(|problem| Problem(problem.0))?;
    let number = |bound: &Option<Bound>| bound.as_ref().and_then(Bound::number);
    let count = |bound: &Option<Bound>| number(bound).map(|value| value as u64);
    match &read.test {
        Test::Values {
            column,
            test,
            mostly,
        } => {
            let view = view(frame, column)?;
            match test {
                ValueTest::NotNull => values::not_null(view, *mostly),
                ValueTest::Unique => values::unique(view, *mostly),
                ValueTest::Between(bounds) => {
                    let bounds = values::Bounds {
                        min: number(&bounds.min),
                        max: number(&bounds.max),
                        strict_min: bounds.strict_min,
                        strict_max: bounds.strict_max,
                    };
                    values::between(column, view, &bounds, *mostly)
                }
                ValueTest::InSet {
                    values,
                    negated: false,
                } => {
                    let texts: Vec<String> = values
                        .iter()
                        .map(|value| {
                            value
                                .as_str()
                                .map_or_else(|| value.to_string(), str::to_owned)
                        })
                        .collect();
                    values::in_set(view, &texts, *mostly)
                }
                ValueTest::Regex(patterns) if patterns.wanted == Wanted::Any => {
                    values::matches(column, view, &patterns.patterns.join("|"), *mostly)
                }
                ValueTest::OfType(names) => Ok(column::of_type(view, names, frame.n_rows())),
                _ => Err(not_evaluated(rule)),
            }
        }
        Test::Column {
            column,
            test: ColumnTest::Statistic { statistic, bounds },
        } => match statistic {
            Statistic::Mean => column::mean_between(
                column,
                view(frame, column)?,
                number(&bounds.min),
                number(&bounds.max),
            ),
            Statistic::DistinctCount => column::distinct_between(
                view(frame, column)?,
                count(&bounds.min),
                count(&bounds.max),
            ),
            _ => Err(not_evaluated(rule)),
        },
        Test::Table(TableTest::RowCount(bounds)) => {
            column::row_count_between(frame, count(&bounds.min), count(&bounds.max))
        }
        Test::Table(TableTest::ColumnSet { columns, exact }) => {
            Ok(column::columns_match(frame, columns, *exact))
        }
        _ => Err(not_evaluated(rule)),
    }
}

fn not_evaluated(rule: &Rule) -> Problem {
    Problem(format!(
        "rules of type `{}` are not evaluated yet",
        rule.type_
    ))
}

fn view<'a>(frame: &'a Frame, column: &str) -> Result<View<'a>, Problem> {
    frame
        .view(column)
        .map_err(|error| Problem(error.to_string()))
}

/// Bounds that can hold.
fn bounds<T: PartialOrd + std::fmt::Display + Copy>(
    min: Option<T>,
    max: Option<T>,
) -> Result<(), Problem> {
    match (min, max) {
        (None, None) => Err(Problem(
            "it has neither a least nor a largest value".to_owned(),
        )),
        (Some(min), Some(max)) if min > max => Err(Problem(format!(
            "the least value {min} exceeds the largest, {max}"
        ))),
        _ => Ok(()),
    }
}

fn wrong_type(column: &str, view: View<'_>, needed: &str) -> Problem {
    Problem(format!(
        "column `{column}` is {}, but the rule needs {needed}",
        view.kind().label()
    ))
}

/// A number as people write it: whole ones without a point.
fn number_text(value: f64) -> String {
    if value.fract() == 0.0 && value.abs() < 1e15 {
        format!("{value:.0}")
    } else {
        float_text(value)
    }
}
