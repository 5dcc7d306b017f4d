//! A replay as JUnit XML, which continuous integration shows: a test case per column, and one for each alert rule that
//! came true.

use std::time::Duration;

use assay_core::drift::Verdict;
use assay_core::replay::{DriftReport, ReplayColumn};
use assay_core::words::{count, counted};
use quick_junit::{
    NonSuccessKind, Property, Report, SerializeError, TestCase, TestCaseStatus, TestSuite,
};

/// Drifted windows of a column that are named.
const SHOWN_WINDOWS: usize = 20;

/// A column that drifted in a window is a failure, one that no window could judge is skipped; an alert is a failure
/// unless it is muted.
pub fn replay_junit(report: &DriftReport) -> Result<String, SerializeError> {
    let mut suite = TestSuite::new(format!(
        "{} on {}",
        report.against(),
        report.logs.join(", ")
    ));
    for (name, value) in [
        ("model", report.against()),
        ("replay", report.replay_id.to_string()),
        ("rows", report.n_rows.to_string()),
        ("windows", report.windows.len().to_string()),
        ("mode", report.rule.mode.label().to_owned()),
        ("verdict", report.verdict.clone()),
    ] {
        suite.add_property(Property::new(name, value));
    }
    let time = Duration::try_from_secs_f64(report.duration_secs).unwrap_or_default();
    suite.set_time(time);
    for (place, column) in report.columns.iter().enumerate() {
        let mut case = TestCase::new(column.name.clone(), status(report, place, column));
        case.set_classname(format!("{}.columns", report.against()));
        suite.add_test_case(case);
    }
    for alert in report.alerts.iter().filter(|alert| !alert.muted) {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
        status.set_message(alert.sentence.clone());
        status.set_type(alert.severity.label());
        let name = match &alert.column {
            Some(column) => format!("{}: {column}", alert.rule),
            None => alert.rule.clone(),
        };
        let mut case = TestCase::new(name, status);
        case.set_classname(format!("{}.alerts", report.against()));
        suite.add_test_case(case);
    }
    let mut all = Report::new("assay replay");
    all.set_time(time);
    all.add_test_suite(suite);
    all.to_string()
}

fn status(report: &DriftReport, place: usize, column: &ReplayColumn) -> TestCaseStatus {
    let cells = || {
        let windows = report.windows.iter();
        windows.filter_map(move |window| Some((window, window.columns.get(place)?)))
    };
    if column.n_drifted_windows == 0 {
        let is_judged = cells().any(|(_, cell)| cell.verdict != Verdict::NotJudged);
        if is_judged {
            return TestCaseStatus::success();
        }
        let mut skipped = TestCaseStatus::skipped();
        let reason = cells().next().map(|(_, cell)| cell.reason.clone());
        skipped.set_message(reason.unwrap_or_else(|| "no window could be judged".to_owned()));
        return skipped;
    }
    let drifted = cells().filter(|(_, cell)| cell.verdict == Verdict::Drifted);
    let mut lines: Vec<String> = drifted
        .take(SHOWN_WINDOWS)
        .map(|(window, cell)| {
            format!(
                "window {}, rows {} to {}: {}",
                window.index + 1,
                count(window.first_row),
                count(window.last_row),
                cell.reason
            )
        })
        .collect();
    if column.n_drifted_windows as usize > lines.len() {
        lines.push("…".to_owned());
    }
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    status.set_message(format!(
        "drifted in {} of {}",
        count(u64::from(column.n_drifted_windows)),
        counted(report.windows.len() as u64, "window", "windows")
    ));
    status.set_type("drift");
    status.set_description(lines.join("\n"));
    status
}
