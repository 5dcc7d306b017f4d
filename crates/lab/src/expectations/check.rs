//! A suite on a version: one row group after another, and the report that is kept.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use assay_core::Task;
use assay_core::code::Code;
use assay_core::dataset::DatasetVersion;
use assay_core::expect::SUITE_SCHEMA;
use assay_core::expect::{CheckReport, MAX_PARTIAL, ResultFormat, RuleResult, Suite, SuiteOutcome};
use assay_core::reference::Reference;
use assay_core::suites::SuiteVersion;
use assay_frame::CheckOptions;
use serde_json::Value;

use crate::error::{Attempt, Cause};
use crate::{Error, Lab, dataset_reference};

/// Rows that a complete result names, for each rule.
const MAX_COMPLETE: usize = 1_000_000;

impl Lab {
    /// Evaluates a data set's own rules on a version and keeps the result. Failed rules are no error here.
    pub fn check(&self, dataset: &Reference, task: &Task) -> Result<CheckReport, Error> {
        self.check_by(dataset, None, ResultFormat::Summary, task)
    }

    /// The same by another suite, naming all unexpected rows when the format is complete. What is kept names the first
    /// 20 of each rule.
    pub fn check_by(
        &self,
        dataset: &Reference,
        suite: Option<&Reference>,
        format: ResultFormat,
        task: &Task,
    ) -> Result<CheckReport, Error> {
        self.check_version(dataset, suite, format, task)
            .attempt(|| format!("check `{dataset}`"))
    }

    fn check_version(
        &self,
        dataset: &Reference,
        suite: Option<&Reference>,
        format: ResultFormat,
        task: &Task,
    ) -> Result<CheckReport, Cause> {
        let version = self.store.dataset_version(dataset)?;
        let suite = match suite {
            Some(suite) => self.suite_of(suite)?,
            None => self
                .store
                .suite(version.dataset.as_str(), None)?
                .ok_or_else(|| {
                    Cause::with_hint(
                        Code::NotFound,
                        "no expectations are saved for it",
                        format!(
                            "begin with `assay expect suggest {}`, or name a suite with --suite",
                            version.dataset
                        ),
                    )
                })?,
        };
        let max_named_rows = match format {
            ResultFormat::Complete => MAX_COMPLETE,
            _ => MAX_PARTIAL,
        };
        self.evaluate(&version, &suite, max_named_rows, task)
    }

    /// Keeps the report of the check.
    pub(super) fn evaluate(
        &self,
        version: &DatasetVersion,
        suite: &SuiteVersion,
        max_named_rows: usize,
        task: &Task,
    ) -> Result<CheckReport, Cause> {
        let started = Instant::now();
        let name = &suite.suite.name;
        let results = self.results(version, &suite.suite, max_named_rows, task)?;
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
            .save_check(&in_short(&report), &version.content, self.act())?;
        Ok(report)
    }

    fn results(
        &self,
        version: &DatasetVersion,
        suite: &Suite,
        max_named_rows: usize,
        task: &Task,
    ) -> Result<Vec<RuleResult>, Cause> {
        let row_count_of = |name: &str| self.n_rows_of(name);
        let numbers = RowNumbers::default();
        let query = |query: &str| {
            let (rows, row_numbers) = self.query(version, query, task)?;
            numbers.keep(query, row_numbers);
            Ok(rows)
        };
        let options = CheckOptions {
            max_named_rows,
            row_count_of: Some(&row_count_of),
            query: Some(&query),
        };
        let groups = self.row_groups(version)?;
        let parts = groups
            .iter()
            .map(|path| Ok(assay_frame::read_parquet(path)?.with_forms_of(&version.columns)));
        let mut results =
            assay_frame::check_batches(parts, &version.columns, suite, &options, task)?;
        numbers.tell(&mut results);
        Ok(results)
    }

    /// Rows of the newest version of another data set of the lab.
    fn n_rows_of(&self, name: &str) -> Result<u64, String> {
        let reference: Reference = name
            .parse()
            .map_err(|error| format!("`{name}` is no data set: {error}"))?;
        self.store
            .dataset_version(&reference)
            .map(|version| version.n_rows)
            .map_err(|error| error.to_string())
    }

    /// Where the rows of a version stand, first rows first.
    pub(super) fn row_groups(
        &self,
        version: &DatasetVersion,
    ) -> Result<Vec<std::path::PathBuf>, Cause> {
        version
            .row_groups
            .iter()
            .map(|group| Ok(self.store.object_path(&group.object)?))
            .collect()
    }
}

/// Row numbers that queries selected, by query.
#[derive(Default)]
struct RowNumbers(Mutex<HashMap<String, Vec<u64>>>);

impl RowNumbers {
    fn keep(&self, query: &str, row_numbers: Vec<u64>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.insert(query.to_owned(), row_numbers);
    }

    /// Rows that a query names are listed as those of other rules are.
    fn tell(self, results: &mut [RuleResult]) {
        let kept = self.0.into_inner().unwrap_or_else(PoisonError::into_inner);
        for result in results {
            let query = result.expectation.rule.kwargs.get("unexpected_rows_query");
            let numbers = query
                .and_then(Value::as_str)
                .and_then(|query| kept.get(query));
            let rows = result
                .details
                .as_ref()
                .and_then(|details| details.get("unexpected_rows"));
            if let (Some(numbers), Some(Value::Array(rows))) = (numbers, rows)
                && numbers.len() == rows.len()
            {
                result.unexpected_values.clone_from(rows);
                result.unexpected_rows.clone_from(numbers);
            }
        }
    }
}

/// What is kept of a report: the first rows of each rule.
fn in_short(report: &CheckReport) -> CheckReport {
    let mut report = report.clone();
    for result in &mut report.results {
        result.unexpected_rows.truncate(MAX_PARTIAL);
        result.unexpected_values.truncate(MAX_PARTIAL);
    }
    report
}
