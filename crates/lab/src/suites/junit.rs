//! The result of a check as JUnit XML, which continuous integration shows: a test suite of one test case per rule.

use std::time::Duration;

use assay_core::expect::{CheckReport, RuleResult, RuleStatus, Severity, describe};
use assay_core::words::{count, counted};
use quick_junit::{
    NonSuccessKind, Property, Report, SerializeError, TestCase, TestCaseStatus, TestSuite,
};
use serde_json::Value;

/// Rows of a failed rule that are named.
const SHOWN_ROWS: usize = 10;

/// A rule that failed is a failure, one that did not run an error. A failed rule that only warns is a success whose
/// output says what it saw, because such a check passes.
pub fn to_junit(report: &CheckReport) -> Result<String, SerializeError> {
    let mut suite = TestSuite::new(report.suite.clone());
    for (name, value) in [
        ("dataset", report.dataset.to_string()),
        (
            "suite_version",
            format!("{}@{}", report.suite, report.suite_version),
        ),
        ("rows", report.n_rows.to_string()),
    ] {
        suite.add_property(Property::new(name, value));
    }
    suite.set_time(seconds(report.duration_secs));
    for result in &report.results {
        suite.add_test_case(test_case(report, result));
    }
    let mut all = Report::new("assay expect check");
    all.set_time(seconds(report.duration_secs));
    all.add_test_suite(suite);
    all.to_string()
}

fn seconds(secs: f64) -> Duration {
    Duration::try_from_secs_f64(secs).unwrap_or_default()
}

fn test_case(report: &CheckReport, result: &RuleResult) -> TestCase {
    let rule = &result.expectation.rule;
    let severity = result.expectation.severity;
    let status = match (result.status, severity) {
        (RuleStatus::Passed, _) => TestCaseStatus::success(),
        (RuleStatus::Failed, Severity::Warning | Severity::Info) => TestCaseStatus::success(),
        (RuleStatus::Failed, Severity::Critical) => {
            non_success(NonSuccessKind::Failure, result, &sentence(result))
        }
        (RuleStatus::DidNotRun, _) => {
            let problem = result.problem.as_deref().unwrap_or("it did not run");
            non_success(NonSuccessKind::Error, result, problem)
        }
    };
    let mut case = TestCase::new(describe(rule), status);
    case.set_classname(match rule.column() {
        Some(column) => format!("{}.{column}", report.suite),
        None => report.suite.clone(),
    });
    for (name, value) in [
        ("type", rule.type_.name().to_owned()),
        ("severity", word(severity).to_owned()),
        ("rows_checked", result.n_checked.to_string()),
        ("rows_missing", result.n_missing.to_string()),
        ("rows_unexpected", result.n_unexpected.to_string()),
    ] {
        case.add_property(Property::new(name, value));
    }
    if result.status == RuleStatus::Failed && severity != Severity::Critical {
        case.set_system_out(format!(
            "{}: {}\n{}",
            word(severity),
            sentence(result),
            rows(result)
        ));
    }
    case
}

fn non_success(kind: NonSuccessKind, result: &RuleResult, message: &str) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(kind);
    status.set_message(message);
    status.set_type(result.expectation.rule.type_.name());
    status.set_description(format!("{message}\n{}", rows(result)));
    status
}

/// `11 of 344 checked rows break it; observed 96.8 % hold`
fn sentence(result: &RuleResult) -> String {
    let checked = counted(result.n_checked, "checked row", "checked rows");
    let mut text = if result.n_unexpected > 0 && !result.unexpected_rows.is_empty() {
        format!("{} of {checked} break it", count(result.n_unexpected))
    } else {
        format!("it does not hold on {checked}")
    };
    if !result.observed.is_empty() {
        text.push_str("; observed ");
        text.push_str(&result.observed);
    }
    text
}

/// One line per row: `row 4: null`.
fn rows(result: &RuleResult) -> String {
    let mut lines: Vec<String> = result
        .unexpected_rows
        .iter()
        .zip(&result.unexpected_values)
        .take(SHOWN_ROWS)
        .map(|(row, value)| match value {
            Value::String(text) => format!("row {row}: {text}"),
            other => format!("row {row}: {other}"),
        })
        .collect();
    if result.n_unexpected > lines.len() as u64 && !lines.is_empty() {
        lines.push("…".to_owned());
    }
    lines.join("\n")
}

fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "critical",
        Severity::Warning => "warning",
        Severity::Info => "info",
    }
}
