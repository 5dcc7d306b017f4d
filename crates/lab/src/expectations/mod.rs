//! Expectations: suggested, saved as suites with versions, taken from files, checked; the gate before training.

mod check;
mod gate;
mod query;

use std::path::Path;

use assay_core::code::Code;
use assay_core::expect::{self, CheckReport, RuleInfo, SUITE_SCHEMA, Suite};
use assay_core::ids::check_name;
use assay_core::reference::{Reference, Selector};
use assay_core::suites::{
    CheckSummary, ExpectationsView, ImportedSuite, SuiteFormat, SuiteSummary, SuiteText,
    SuiteVersion,
};

use crate::charts::write_file;
use crate::error::{Attempt, Cause};
use crate::{Error, Lab, suites};

pub(crate) use gate::Gate;

impl Lab {
    /// The rules of a data set, its own or those of another suite, and the newest check of this version by them.
    pub fn expectations(
        &self,
        dataset: &Reference,
        suite: Option<&Reference>,
    ) -> Result<ExpectationsView, Error> {
        self.expectations_of(dataset, suite)
            .attempt(|| format!("show the expectations of `{dataset}`"))
    }

    fn expectations_of(
        &self,
        dataset: &Reference,
        suite: Option<&Reference>,
    ) -> Result<ExpectationsView, Cause> {
        let version = self.store.dataset_version(dataset)?;
        let (name, found) = match suite {
            Some(suite) => (suite.name.as_str(), Some(self.suite_of(suite)?)),
            None => {
                let name = version.dataset.as_str();
                (name, self.store.suite(name, None)?)
            }
        };
        Ok(ExpectationsView {
            suite_version: found.as_ref().map(|found| found.version),
            suite: found.map(|found| found.suite),
            report: self
                .store
                .latest_check_by(&version.dataset, version.version, name)?,
        })
    }

    /// By name.
    pub fn suites(&self) -> Result<Vec<SuiteSummary>, Error> {
        self.store.suites().attempt(|| "list the suites".to_owned())
    }

    /// `name` or `name@version`.
    pub fn suite(&self, suite: &Reference) -> Result<SuiteVersion, Error> {
        self.suite_of(suite)
            .attempt(|| format!("show the suite `{suite}`"))
    }

    fn suite_of(&self, suite: &Reference) -> Result<SuiteVersion, Cause> {
        let version = match &suite.selector {
            Selector::Latest => None,
            Selector::Version(version) => Some(*version),
            Selector::Alias(_) => return Err(no_suite(suite)),
        };
        self.store
            .suite(&suite.name, version)?
            .ok_or_else(|| no_suite(suite))
    }

    /// Rules made from the profile, not yet saved. Every one holds for the data it was made from.
    pub fn suggest_expectations(&self, dataset: &Reference) -> Result<Suite, Error> {
        let attempted = || format!("suggest expectations for `{dataset}`");
        let version = self.store.dataset_version(dataset).attempt(attempted)?;
        let profile = self.profile_of(dataset).attempt(attempted)?;
        Ok(expect::suggest(&profile, version.dataset.as_str()))
    }

    /// Saves a data set's own suite, which has its name and holds for all its versions.
    pub fn save_expectations(&self, dataset: &Reference, suite: &Suite) -> Result<Suite, Error> {
        let attempted = || format!("save the expectations of `{dataset}`");
        let version = self.store.dataset_version(dataset).attempt(attempted)?;
        let saved = self
            .save_as(suite, version.dataset.as_str())
            .attempt(attempted)?;
        Ok(saved.suite)
    }

    /// Saves a suite under its own name, as the newest version of it.
    pub fn save_suite(&self, suite: &Suite) -> Result<SuiteVersion, Error> {
        self.save_as(suite, &suite.name)
            .attempt(|| format!("save the suite `{}`", suite.name))
    }

    fn save_as(&self, suite: &Suite, name: &str) -> Result<SuiteVersion, Cause> {
        check_name(name)?;
        let suite = Suite {
            schema: SUITE_SCHEMA,
            name: name.to_owned(),
            ..suite.clone()
        };
        Ok(self.store.save_suite(&suite, self.act())?)
    }

    /// Saves the suite of a file's text (TOML, or JSON of Great Expectations), under its own name or another.
    /// `file_name` is for the sentence when it is none.
    pub fn import_suite(
        &self,
        file_name: &str,
        text: &str,
        name: Option<&str>,
    ) -> Result<ImportedSuite, Error> {
        self.import_suite_text(text, name)
            .attempt(|| format!("read the suite {file_name}"))
    }

    fn import_suite_text(&self, text: &str, name: Option<&str>) -> Result<ImportedSuite, Cause> {
        let read = suites::read_suite(text).map_err(|error| {
            Cause::with_hint(
                Code::Invalid,
                error.to_string(),
                "`assay expect types` tells the types and their arguments; `assay expect export` writes a file to begin with",
            )
        })?;
        let name = name.unwrap_or(&read.suite.name);
        check_name(name).map_err(|error| {
            Cause::with_hint(Code::Invalid, error.to_string(), "name it with --name")
        })?;
        Ok(ImportedSuite {
            suite: self.save_as(&read.suite, name)?,
            not_understood: read.not_understood,
        })
    }

    /// A suite as the text of a file.
    pub fn export_suite(&self, suite: &Reference, format: SuiteFormat) -> Result<SuiteText, Error> {
        let found = self
            .suite_of(suite)
            .attempt(|| format!("export the suite `{suite}`"))?;
        let ending = match format {
            SuiteFormat::Toml => "toml",
            SuiteFormat::GreatExpectations | SuiteFormat::GreatExpectations0 => "json",
        };
        Ok(SuiteText {
            file_name: format!("{}.{ending}", found.suite.name),
            text: suites::write_suite(&found.suite, format),
        })
    }

    /// A check as JUnit XML.
    pub fn export_junit(&self, check_id: u64) -> Result<SuiteText, Error> {
        let report = self.check_report(check_id)?;
        let text = suites::to_junit(&report)
            .map_err(|error| Cause::said(Code::Bug, error.to_string()))
            .attempt(|| format!("write the check {check_id} as JUnit XML"))?;
        Ok(SuiteText {
            file_name: format!("{}-expectations.xml", report.dataset.name),
            text,
        })
    }

    /// Writes a text to a file; without a path nothing.
    pub fn write_suite_text(&self, text: &SuiteText, path: Option<&Path>) -> Result<(), Error> {
        let Some(path) = path else { return Ok(()) };
        write_file(path, text.text.as_bytes())
            .map(|_| ())
            .attempt(|| format!("write {}", path.display()))
    }

    /// Every check of a data set, or of one of its versions, newest first.
    pub fn check_history(&self, dataset: &Reference) -> Result<Vec<CheckSummary>, Error> {
        self.store
            .check_history(dataset)
            .attempt(|| format!("show the checks of `{dataset}`"))
    }

    /// The report of an earlier check.
    pub fn check_report(&self, check_id: u64) -> Result<CheckReport, Error> {
        self.store
            .check_report(check_id)
            .attempt(|| format!("show the check {check_id}"))
    }

    /// The types of rules with their arguments.
    pub fn rule_types(&self) -> Vec<RuleInfo> {
        expect::catalogue()
    }
}

fn no_suite(suite: &Reference) -> Cause {
    Cause::with_hint(
        Code::NotFound,
        format!("there is no suite `{suite}`"),
        "`assay expect list` shows what there is; `assay expect suggest` makes one from a data set",
    )
}
