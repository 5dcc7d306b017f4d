//! Expectations: suggested, saved, checked; the gate before training.

use std::time::Instant;

use assay_core::Task;
use assay_core::ask::ExpectationsView;
use assay_core::code::Code;
use assay_core::dataset::DatasetVersion;
use assay_core::expect::{
    self, CheckReport, RuleStatus, SUITE_SCHEMA, Severity, Suite, SuiteOutcome,
};
use assay_core::reference::Reference;
use assay_core::suites::SuiteVersion;

use crate::error::{Attempt, Cause};
use crate::{Error, Lab, dataset_reference};

impl Lab {
    /// The rules of a data set, and the newest check of this version.
    pub fn expectations(&self, dataset: &Reference) -> Result<ExpectationsView, Error> {
        self.expectations_of(dataset)
            .attempt(|| format!("show the expectations of `{dataset}`"))
    }

    fn expectations_of(&self, dataset: &Reference) -> Result<ExpectationsView, Cause> {
        let version = self.store.dataset_version(dataset)?;
        let own = self.store.suite(version.dataset.as_str(), None)?;
        Ok(ExpectationsView {
            suite: own.map(|own| own.suite),
            report: self.store.latest_check(&version.dataset, version.version)?,
        })
    }

    /// Rules made from the profile, not yet saved. Every one holds for the data it was made from.
    pub fn suggest_expectations(&self, dataset: &Reference) -> Result<Suite, Error> {
        let attempted = || format!("suggest expectations for `{dataset}`");
        let version = self.store.dataset_version(dataset).attempt(attempted)?;
        let profile = self.profile_of(dataset).attempt(attempted)?;
        Ok(expect::suggest(&profile, version.dataset.as_str()))
    }

    /// A data set has one suite, under its own name; it holds for all its versions.
    pub fn save_expectations(&self, dataset: &Reference, suite: &Suite) -> Result<Suite, Error> {
        let attempted = || format!("save the expectations of `{dataset}`");
        let version = self.store.dataset_version(dataset).attempt(attempted)?;
        let suite = Suite {
            schema: SUITE_SCHEMA,
            name: version.dataset.to_string(),
            ..suite.clone()
        };
        self.store
            .save_suite(&suite, self.act())
            .attempt(attempted)?;
        Ok(suite)
    }

    /// Evaluates the saved rules on a version and keeps the result. Failed rules are no error here.
    pub fn check(&self, dataset: &Reference, task: &Task) -> Result<CheckReport, Error> {
        self.check_version(dataset, task)
            .attempt(|| format!("check `{dataset}`"))
    }

    fn check_version(&self, dataset: &Reference, task: &Task) -> Result<CheckReport, Cause> {
        let version = self.store.dataset_version(dataset)?;
        let suite = self
            .store
            .suite(version.dataset.as_str(), None)?
            .ok_or_else(|| {
                Cause::with_hint(
                    Code::NotFound,
                    "no expectations are saved for it",
                    format!("begin with `assay expect suggest {}`", version.dataset),
                )
            })?;
        self.evaluate(&version, &suite, task)
    }

    fn evaluate(
        &self,
        version: &DatasetVersion,
        suite: &SuiteVersion,
        task: &Task,
    ) -> Result<CheckReport, Cause> {
        let started = Instant::now();
        let results = assay_frame::check(&self.frame_of(version)?, &suite.suite, task)?;
        let name = &suite.suite.name;
        let report = CheckReport {
            schema: SUITE_SCHEMA,
            suite: name.clone(),
            suite_version: suite.version,
            dataset: dataset_reference(version),
            n_rows: version.n_rows,
            outcome: SuiteOutcome::of(name, &results),
            results,
            checked_ms: self.environment.now_ms(),
            duration_secs: started.elapsed().as_secs_f64(),
        };
        self.store
            .save_check(&report, &version.content, self.act())?;
        Ok(report)
    }

    /// Before training: the saved rules must hold. Without saved rules there is nothing to hold. Gives the warnings.
    pub(crate) fn require_expectations(
        &self,
        version: &DatasetVersion,
        task: &Task,
    ) -> Result<Vec<String>, Cause> {
        let Some(suite) = self.store.suite(version.dataset.as_str(), None)? else {
            return Ok(Vec::new());
        };
        task.step(0, 0, "checking expectations");
        let report = self.evaluate(version, &suite, task)?;
        if !report.outcome.passed() {
            return Err(Cause::with_hint(
                Code::Precondition,
                refusal(&report),
                format!(
                    "mend the data or the rules; see `assay expect check {}`",
                    report.dataset
                ),
            ));
        }
        Ok(report
            .results
            .iter()
            .filter(|result| result.status == RuleStatus::Failed)
            .map(|result| {
                format!(
                    "{}: {} of {} rows break it",
                    expect::describe(&result.expectation.rule),
                    result.n_unexpected,
                    result.n_checked
                )
            })
            .collect())
    }
}

/// ``its expectations failed: `bill_length_mm` not null in rows 4, 340``
fn refusal(report: &CheckReport) -> String {
    let mut broken: Vec<String> = report
        .results
        .iter()
        .filter(|result| match result.status {
            RuleStatus::DidNotRun => true,
            RuleStatus::Failed => result.expectation.severity == Severity::Critical,
            RuleStatus::Passed => false,
        })
        .map(|result| {
            let rule = expect::describe(&result.expectation.rule);
            match (&result.problem, result.unexpected_rows.as_slice()) {
                (Some(problem), _) => format!("{rule} did not run ({problem})"),
                (None, []) if result.observed.is_empty() => rule,
                (None, []) => format!("{rule}, observed {}", result.observed),
                (None, rows) => format!("{rule}, {}", broken_rows(rows, result.n_unexpected)),
            }
        })
        .collect();
    let n = broken.len();
    broken.truncate(3);
    let more = if n > 3 {
        format!("; and {} more", n - 3)
    } else {
        String::new()
    };
    format!(
        "{n} of {} expectations failed: {}{more}",
        report.results.len(),
        broken.join("; ")
    )
}

/// `broken by 11 rows (4, 9, 10 …)`
fn broken_rows(rows: &[u64], n_unexpected: u64) -> String {
    let shown: Vec<String> = rows.iter().take(5).map(u64::to_string).collect();
    let more = if n_unexpected > 5 { " …" } else { "" };
    let word = if n_unexpected == 1 { "row" } else { "rows" };
    format!(
        "broken by {n_unexpected} {word} ({}{more})",
        shown.join(", ")
    )
}
