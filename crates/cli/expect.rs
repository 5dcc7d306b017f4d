//! `assay expect suggest | check`

use std::path::PathBuf;
use std::process::ExitCode;

use assay_core::Task;
use assay_core::code::Code;
use assay_core::expect::{self, CheckReport, RuleResult, RuleStatus, Severity, Suite};
use assay_core::reference::Reference;
use assay_lab::{Cause, Error, Lab};

use crate::output::{Output, count, plural, table};

#[derive(clap::Subcommand)]
pub enum Command {
    /// Make rules from the profile and save them as the data set's suite
    Suggest {
        dataset: Reference,
        /// Print them and save nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// Check a version against its suite; exit 3 when a critical rule fails
    Check { dataset: Reference },
    /// Take a suite from a JSON file
    Import { dataset: Reference, file: PathBuf },
    /// Write the suite as a JSON file
    Export { dataset: Reference, file: PathBuf },
}

impl Command {
    pub fn run(&self, lab: &Lab, output: Output) -> Result<ExitCode, Error> {
        match self {
            Self::Suggest { dataset, dry_run } => {
                let suite = lab.suggest_expectations(dataset)?;
                if !dry_run {
                    lab.save_expectations(dataset, &suite)?;
                }
                output.result(&suite, suite_text);
            }
            Self::Check { dataset } => {
                let report = lab.check(dataset, &Task::silent())?;
                output.result(&report, report_text);
                if !report.outcome.passed() {
                    return Ok(ExitCode::from(Code::Precondition.exit_status()));
                }
            }
            Self::Import { dataset, file } => {
                let attempted = || format!("take a suite from {}", file.display());
                let text = std::fs::read_to_string(file)
                    .map_err(|error| Error::new(attempted(), Cause::io(file, error)))?;
                let suite: Suite = serde_json::from_str(&text).map_err(|error| {
                    let cause = Cause::with_hint(
                        Code::Invalid,
                        format!("it is no suite: {error}"),
                        "begin with the file that `assay expect export` writes",
                    );
                    Error::new(attempted(), cause)
                })?;
                output.result(&lab.save_expectations(dataset, &suite)?, suite_text);
            }
            Self::Export { dataset, file } => {
                let attempted = || format!("write the suite of `{dataset}`");
                let suite = lab.expectations(dataset)?.suite.ok_or_else(|| {
                    let cause = Cause::with_hint(
                        Code::NotFound,
                        "it has none",
                        format!("begin with `assay expect suggest {dataset}`"),
                    );
                    Error::new(attempted(), cause)
                })?;
                let json = serde_json::to_string_pretty(&suite)
                    .map_err(|error| Error::new(attempted(), error))?;
                std::fs::write(file, json)
                    .map_err(|error| Error::new(attempted(), Cause::io(file, error)))?;
                output.result(&suite, |_| format!("wrote {}", file.display()));
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn suite_text(suite: &Suite) -> String {
    let rows = suite
        .expectations
        .iter()
        .map(|expectation| {
            vec![
                severity(expectation.severity).to_owned(),
                expect::describe(&expectation.rule),
                expectation.reason.clone(),
            ]
        })
        .collect();
    table(&["severity", "rule", "because"], rows, &[])
}

fn report_text(report: &CheckReport) -> String {
    let rows = report.results.iter().map(result_row).collect();
    let outcome = &report.outcome;
    let verdict = if outcome.passed() { "passed" } else { "failed" };
    format!(
        "{}\n\n{} {verdict}: {} of {} rules passed, {} failed ({} did not run), {} on {}",
        table(
            &["status", "rule", "checked", "missing", "unexpected", ""],
            rows,
            &[2, 3, 4]
        ),
        report.suite,
        outcome.n_passed,
        report.results.len(),
        outcome.n_failed,
        outcome.n_not_run,
        plural(u64::from(outcome.n_warning), "warning"),
        report.dataset,
    )
}

fn result_row(result: &RuleResult) -> Vec<String> {
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
        expect::describe(&result.expectation.rule),
        count(result.n_checked),
        count(result.n_missing),
        count(result.n_unexpected),
        detail,
    ]
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "critical",
        Severity::Warning => "warning",
        Severity::Info => "info",
    }
}
