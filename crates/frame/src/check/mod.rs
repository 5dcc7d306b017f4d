//! Expectations checked against a table.

mod column;
mod values;

use assay_core::Task;
use assay_core::expect::{Expectation, Rule, RuleResult, RuleStatus, Suite};

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
    let (status, finding, problem) = match outcome {
        Ok(finding) if finding.passed => (RuleStatus::Passed, finding, None),
        Ok(finding) => (RuleStatus::Failed, finding, None),
        Err(Problem(problem)) => (RuleStatus::DidNotRun, Finding::default(), Some(problem)),
    };
    RuleResult {
        expectation: expectation.clone(),
        status,
        n_checked: finding.n_checked,
        n_missing: finding.n_missing,
        n_unexpected: finding.n_unexpected,
        unexpected_rows: finding.unexpected_rows,
        unexpected_values: finding.unexpected_values,
        observed: finding.observed,
        problem,
    }
}

fn evaluate(frame: &Frame, rule: &Rule) -> Result<Finding, Problem> {
    match rule {
        Rule::ExpectColumnValuesToNotBeNull { column, mostly } => {
            values::not_null(view(frame, column)?, share(*mostly)?)
        }
        Rule::ExpectColumnValuesToBeUnique { column, mostly } => {
            values::unique(view(frame, column)?, share(*mostly)?)
        }
        Rule::ExpectColumnValuesToBeBetween {
            column,
            min_value,
            max_value,
            strict_min,
            strict_max,
            mostly,
        } => {
            let bounds = values::Bounds {
                min: *min_value,
                max: *max_value,
                strict_min: *strict_min,
                strict_max: *strict_max,
            };
            values::between(column, view(frame, column)?, &bounds, share(*mostly)?)
        }
        Rule::ExpectColumnValuesToBeInSet {
            column,
            value_set,
            mostly,
        } => values::in_set(view(frame, column)?, value_set, share(*mostly)?),
        Rule::ExpectColumnValuesToMatchRegex {
            column,
            regex,
            mostly,
        } => values::matches(column, view(frame, column)?, regex, share(*mostly)?),
        Rule::ExpectColumnValuesToBeOfType { column, type_ } => Ok(column::of_type(
            view(frame, column)?,
            *type_,
            frame.n_rows(),
        )),
        Rule::ExpectColumnMeanToBeBetween {
            column,
            min_value,
            max_value,
        } => column::mean_between(column, view(frame, column)?, *min_value, *max_value),
        Rule::ExpectColumnUniqueValueCountToBeBetween {
            column,
            min_value,
            max_value,
        } => column::distinct_between(view(frame, column)?, *min_value, *max_value),
        Rule::ExpectTableRowCountToBeBetween {
            min_value,
            max_value,
        } => column::row_count_between(frame, *min_value, *max_value),
        Rule::ExpectTableColumnsToMatchSet {
            column_set,
            exact_match,
        } => Ok(column::columns_match(frame, column_set, *exact_match)),
    }
}

fn view<'a>(frame: &'a Frame, column: &str) -> Result<View<'a>, Problem> {
    frame
        .view(column)
        .map_err(|error| Problem(error.to_string()))
}

/// `mostly` as a share.
fn share(mostly: f64) -> Result<f64, Problem> {
    if (0.0..=1.0).contains(&mostly) {
        Ok(mostly)
    } else {
        Err(Problem(format!(
            "`mostly` is {mostly}; it must lie between 0 and 1"
        )))
    }
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
