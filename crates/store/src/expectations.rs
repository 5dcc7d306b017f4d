//! Suites of expectations, which have versions, and the reports of their checks.

use assay_core::event::Kind;
use assay_core::expect::{CheckReport, Suite};
use assay_core::reference::{Reference, Selector};
use assay_core::suites::{CheckSummary, SuiteSummary, SuiteVersion};
use assay_core::{DatasetName, ObjectHash};
use rusqlite::{Connection, Row, params};

use crate::act::Act;
use crate::datasets::{find, line_of, next_number};
use crate::error::{Error, Result};
use crate::rows::{Rows, from_json, to_json};
use crate::store::{Store, Write};
use crate::undo::Step;

impl Store {
    /// Makes it the version of its name that counts. A suite equal to that one makes no new version. Can be undone.
    pub fn save_suite(&self, suite: &Suite, act: Act<'_>) -> Result<SuiteVersion> {
        if suite.name.trim().is_empty() {
            return Err(Error::invalid("a suite has no name", "give it one"));
        }
        self.write(act.at_ms, |write| {
            let previous = find_suite(&write.tx, &suite.name, None)?;
            if let Some(previous) = &previous
                && previous.suite == *suite
            {
                return Ok(previous.clone());
            }
            let saved = SuiteVersion {
                version: next_number(&write.tx, "suite", &suite.name)?,
                saved_ms: act.at_ms,
                suite: suite.clone(),
            };
            write.tx.run(
                "INSERT INTO suite_versions (name, version, saved_ms, doc) VALUES (?1, ?2, ?3, ?4)",
                params![suite.name, saved.version, act.at_ms, to_json(suite)?],
            )?;
            write.undoable(
                &format!("save of the suite `{}`", suite.name),
                &Step::Suite {
                    name: suite.name.clone(),
                    version: previous.map(|previous| previous.version),
                },
            )?;
            write.put_suite(&suite.name, Some(saved.version))?;
            write.audit(
                act,
                "suite.saved",
                &format!("{}@{}", suite.name, saved.version),
                &format!("{} rules.", suite.expectations.len()),
            )?;
            Ok(saved)
        })
    }

    /// `version` of `None` is the one that counts. `None`: there is no such suite or version.
    pub fn suite(&self, name: &str, version: Option<u32>) -> Result<Option<SuiteVersion>> {
        self.read(|db| find_suite(db, name, version))
    }

    /// By name.
    pub fn suites(&self) -> Result<Vec<SuiteSummary>> {
        self.read(|db| {
            db.all(
                "SELECT s.name, s.version, v.saved_ms, json_array_length(v.doc, '$.expectations'),
                        (SELECT count(*) FROM suite_versions o WHERE o.name = s.name)
                 FROM suites s JOIN suite_versions v ON v.name = s.name AND v.version = s.version
                 ORDER BY s.name",
                [],
                |row| {
                    Ok(SuiteSummary {
                        name: row.get(0)?,
                        version: row.get(1)?,
                        saved_ms: row.get(2)?,
                        n_expectations: row.get(3)?,
                        n_versions: row.get(4)?,
                    })
                },
            )
        })
    }

    /// Keeps a report beside the version of the report's data set that has this content.
    pub fn save_check(
        &self,
        report: &CheckReport,
        content: &ObjectHash,
        act: Act<'_>,
    ) -> Result<()> {
        self.write(act.at_ms, |write| {
            let missing = || Error::not_found("data set", &report.dataset);
            let line = line_of(&write.tx, &report.dataset.name)?.ok_or_else(missing)?;
            let number = match &report.dataset.selector {
                Selector::Version(number) => Some(*number),
                _ => None,
            };
            let version = write
                .tx
                .first(
                    "SELECT id FROM dataset_versions
                     WHERE dataset_id = ?1 AND content = ?2 AND (?3 IS NULL OR version = ?3)
                     ORDER BY version DESC LIMIT 1",
                    params![line, content.as_str(), number],
                    |row| Ok(row.get::<_, i64>(0)?),
                )?
                .ok_or_else(missing)?;
            write.tx.run(
                "INSERT INTO checks (dataset_version_id, checked_ms, outcome, suite, suite_version, doc)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                params![
                    version,
                    report.checked_ms,
                    to_json(&report.outcome)?,
                    report.suite,
                    report.suite_version,
                    to_json(report)?
                ],
            )?;
            let outcome = &report.outcome;
            let verdict = if outcome.passed() { "passed" } else { "failed" };
            write.audit(
                act,
                "expectations.checked",
                &report.dataset.to_string(),
                &format!(
                    "The suite {}@{} {verdict}: {} of {} rules held.",
                    report.suite,
                    report.suite_version,
                    outcome.n_passed,
                    report.results.len()
                ),
            )?;
            write.changed(Kind::Expectations);
            write.changed(Kind::Datasets);
            Ok(())
        })
    }

    /// The newest check of a version by the data set's own suite, which has its name. `None`: never checked.
    pub fn latest_check(&self, dataset: &DatasetName, version: u32) -> Result<Option<CheckReport>> {
        self.latest_check_by(dataset, version, dataset.as_str())
    }

    pub fn latest_check_by(
        &self,
        dataset: &DatasetName,
        version: u32,
        suite: &str,
    ) -> Result<Option<CheckReport>> {
        self.read(|db| {
            let (id, _) = find(db, &Reference::version(dataset.as_str(), version))?;
            db.first(
                "SELECT doc FROM checks WHERE dataset_version_id = ?1 AND suite = ?2
                 ORDER BY checked_ms DESC, id DESC LIMIT 1",
                params![id, suite],
                |row| from_json(&row.get::<_, String>(0)?),
            )
        })
    }

    /// Every check of a version, newest first; of all versions when the reference names none.
    pub fn check_history(&self, dataset: &Reference) -> Result<Vec<CheckSummary>> {
        self.read(|db| {
            let (id, version) = find(db, dataset)?;
            let all = matches!(dataset.selector, Selector::Latest);
            db.all(
                "SELECT c.id, v.version, c.suite, c.suite_version, c.outcome, c.checked_ms,
                        json_extract(c.doc, '$.n_rows'), json_extract(c.doc, '$.duration_secs')
                 FROM checks c JOIN dataset_versions v ON v.id = c.dataset_version_id
                 WHERE CASE WHEN ?1 THEN v.dataset_id = (SELECT dataset_id FROM dataset_versions WHERE id = ?2)
                            ELSE v.id = ?2 END
                 ORDER BY c.checked_ms DESC, c.id DESC",
                params![all, id],
                |row| read_check(version.dataset.as_str(), row),
            )
        })
    }

    /// The whole report of a line of the history.
    pub fn check_report(&self, check_id: u64) -> Result<CheckReport> {
        self.read(|db| {
            db.first(
                "SELECT doc FROM checks WHERE id = ?1",
                params![check_id as i64],
                |row| from_json(&row.get::<_, String>(0)?),
            )?
            .ok_or_else(|| Error::not_found("check", check_id))
        })
    }
}

impl Write<'_> {
    /// Sets the version that counts; `None` takes the suite out of the list, its versions stay.
    pub(crate) fn put_suite(&mut self, name: &str, version: Option<u32>) -> Result<()> {
        match version {
            Some(version) => self.tx.run(
                "INSERT OR REPLACE INTO suites (name, version) VALUES (?1, ?2)",
                params![name, version],
            )?,
            None => self
                .tx
                .run("DELETE FROM suites WHERE name = ?1", params![name])?,
        };
        self.changed(Kind::Expectations);
        Ok(())
    }
}

fn find_suite(db: &Connection, name: &str, version: Option<u32>) -> Result<Option<SuiteVersion>> {
    db.first(
        "SELECT version, saved_ms, doc FROM suite_versions
         WHERE name = ?1 AND version = coalesce(?2, (SELECT version FROM suites WHERE name = ?1))",
        params![name, version],
        |row| {
            Ok(SuiteVersion {
                version: row.get(0)?,
                saved_ms: row.get(1)?,
                suite: from_json(&row.get::<_, String>(2)?)?,
            })
        },
    )
}

fn read_check(dataset: &str, row: &Row<'_>) -> Result<CheckSummary> {
    Ok(CheckSummary {
        check_id: row.get::<_, i64>(0)?.max(0) as u64,
        dataset: Reference::version(dataset, row.get(1)?),
        suite: row.get(2)?,
        suite_version: row.get(3)?,
        outcome: from_json(&row.get::<_, String>(4)?)?,
        checked_ms: row.get(5)?,
        n_rows: row.get::<_, Option<i64>>(6)?.unwrap_or(0).max(0) as u64,
        duration_secs: row.get::<_, Option<f64>>(7)?.unwrap_or(0.0),
    })
}
