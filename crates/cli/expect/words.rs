//! Suites, results and types as tables for a person.

use assay_core::expect::{
    ArgumentInfo, CheckReport, RuleInfo, RuleResult, RuleStatus, Severity, Suite, describe,
};
use assay_core::suites::{CheckSummary, ImportedSuite, SuiteSummary, SuiteVersion};
use serde_json::Value;

use crate::output::{count, plural, table};

pub fn suite(suite: &Suite) -> String {
    let rows = suite
        .expectations
        .iter()
        .map(|expectation| {
            vec![
                severity(expectation.severity).to_owned(),
                describe(&expectation.rule),
                expectation.reason.clone(),
            ]
        })
        .collect();
    table(&["severity", "rule", "because"], rows, &[])
}

pub fn suite_version(found: &SuiteVersion) -> String {
    format!(
        "{}@{}, {}\n\n{}",
        found.suite.name,
        found.version,
        plural(found.suite.expectations.len() as u64, "rule"),
        suite(&found.suite)
    )
}

pub fn suites(suites: &[SuiteSummary]) -> String {
    let rows = suites
        .iter()
        .map(|suite| {
            vec![
                suite.name.clone(),
                suite.version.to_string(),
                suite.n_versions.to_string(),
                count(u64::from(suite.n_expectations)),
            ]
        })
        .collect();
    table(&["suite", "version", "of", "rules"], rows, &[1, 2, 3])
}

pub fn imported(imported: &ImportedSuite) -> String {
    let found = &imported.suite;
    let mut text = format!(
        "{}@{}, {}",
        found.suite.name,
        found.version,
        plural(found.suite.expectations.len() as u64, "rule")
    );
    if imported.not_understood.is_empty() {
        return text;
    }
    let rows = imported
        .not_understood
        .iter()
        .map(|entry| {
            vec![
                entry.rule.to_string(),
                entry.type_.clone(),
                entry.wrong.clone(),
            ]
        })
        .collect();
    text.push_str("\n\nNot understood:\n");
    text.push_str(&table(&["rule", "type", ""], rows, &[0]));
    text
}

pub fn report(report: &CheckReport) -> String {
    let rows = report.results.iter().map(result).collect();
    let outcome = &report.outcome;
    let verdict = if outcome.passed() { "passed" } else { "failed" };
    format!(
        "{}\n\n{}@{} {verdict}: {} of {} rules passed, {} failed ({} did not run), {} on {}",
        table(
            &["status", "rule", "checked", "missing", "unexpected", ""],
            rows,
            &[2, 3, 4]
        ),
        report.suite,
        report.suite_version,
        outcome.n_passed,
        report.results.len(),
        outcome.n_failed,
        outcome.n_not_run,
        plural(u64::from(outcome.n_warning), "warning"),
        report.dataset,
    )
}

fn result(result: &RuleResult) -> Vec<String> {
    let status = match (result.status, result.expectation.severity) {
        (RuleStatus::Passed, _) => "passed",
        (RuleStatus::DidNotRun, _) => "did not run",
        (RuleStatus::Failed, Severity::Critical) => "failed",
        (RuleStatus::Failed, _) => "warning",
    };
    let detail = match (&result.problem, result.unexpected_rows.is_empty()) {
        (Some(problem), _) => problem.clone(),
        (None, true) => result.observed.clone(),
        (None, false) => {
            let rows: Vec<String> = result
                .unexpected_rows
                .iter()
                .take(6)
                .map(u64::to_string)
                .collect();
            format!("rows {}", rows.join(", "))
        }
    };
    vec![
        status.to_owned(),
        describe(&result.expectation.rule),
        count(result.n_checked),
        count(result.n_missing),
        count(result.n_unexpected),
        detail,
    ]
}

pub fn history(checks: &[CheckSummary]) -> String {
    let rows = checks
        .iter()
        .map(|check| {
            let outcome = &check.outcome;
            let verdict = if outcome.passed() { "passed" } else { "failed" };
            vec![
                check.check_id.to_string(),
                assay_lab::time_text(check.checked_ms),
                check.dataset.to_string(),
                format!("{}@{}", check.suite, check.suite_version),
                verdict.to_owned(),
                outcome.n_passed.to_string(),
                outcome.n_failed.to_string(),
                outcome.n_warning.to_string(),
                count(check.n_rows),
            ]
        })
        .collect();
    table(
        &[
            "check", "when", "data", "suite", "outcome", "passed", "failed", "warnings", "rows",
        ],
        rows,
        &[0, 5, 6, 7, 8],
    )
}

pub fn types(types: &[RuleInfo]) -> String {
    let rows = types
        .iter()
        .map(|info| {
            let arguments: Vec<&str> = info.arguments.iter().map(|a| a.name.as_str()).collect();
            vec![
                word(&info.group),
                info.type_.name().to_owned(),
                info.help.clone(),
                arguments.join(", "),
            ]
        })
        .collect();
    table(&["group", "type", "", "arguments"], rows, &[])
}

pub fn arguments(info: &RuleInfo) -> String {
    let rows = info.arguments.iter().map(argument).collect();
    format!(
        "{}: {}\n\n{}",
        info.type_,
        info.help,
        table(&["argument", "kind", "default", ""], rows, &[])
    )
}

fn argument(argument: &ArgumentInfo) -> Vec<String> {
    let default = match &argument.default {
        Value::Null if argument.required => "must be given".to_owned(),
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let help = if argument.choices.is_empty() {
        argument.help.clone()
    } else {
        format!("{} ({})", argument.help, argument.choices.join(", "))
    };
    vec![argument.name.clone(), word(&argument.kind), default, help]
}

/// A unit variant by its name on the wire.
fn word<T: serde::Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(word)) => word,
        _ => String::new(),
    }
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "critical",
        Severity::Warning => "warning",
        Severity::Info => "info",
    }
}
