//! Suites of expectations, and the reports of their checks.

use assay_core::event::Kind;
use assay_core::expect::{CheckReport, Suite};
use assay_core::reference::Reference;
use assay_core::{DatasetName, ObjectHash};
use rusqlite::{Connection, params};

use crate::act::Act;
use crate::datasets::{find, line_of};
use crate::error::{Error, Result};
use crate::rows::{Rows, from_json, to_json};
use crate::store::{Store, Write};
use crate::undo::Step;

impl Store {
    /// Replaces the suite of the same name; can be undone.
    pub fn save_suite(&self, suite: &Suite, act: Act<'_>) -> Result<()> {
        if suite.name.trim().is_empty() {
            return Err(Error::invalid("a suite has no name", "give it one"));
        }
        self.write(act.at_ms, |write| {
            let previous = find_suite(&write.tx, &suite.name)?;
            if previous.as_ref() == Some(suite) {
                return Ok(());
            }
            write.undoable(
                &format!("save of the suite `{}`", suite.name),
                &Step::Suite {
                    name: suite.name.clone(),
                    previous,
                },
            )?;
            write.put_suite(&suite.name, Some(suite))?;
            write.audit(
                act,
                "suite.saved",
                &suite.name,
                &format!("{} rules.", suite.expectations.len()),
            )?;
            Ok(())
        })
    }

    pub fn suite(&self, name: &str) -> Result<Option<Suite>> {
        self.read(|db| find_suite(db, name))
    }

    /// By name.
    pub fn suites(&self) -> Result<Vec<Suite>> {
        self.read(|db| {
            db.all("SELECT doc FROM suites ORDER BY name", [], |row| {
                from_json(&row.get::<_, String>(0)?)
            })
        })
    }

    /// Keeps a report beside the version of the report's data set that has this content.
    pub fn save_check(&self, report: &CheckReport, content: &ObjectHash) -> Result<()> {
        self.write(report.checked_ms, |write| {
            let missing = || Error::not_found("data set", &report.dataset);
            let line = line_of(&write.tx, &report.dataset.name)?.ok_or_else(missing)?;
            let version = write
                .tx
                .first(
                    "SELECT id FROM dataset_versions WHERE dataset_id = ?1 AND content = ?2",
                    params![line, content.as_str()],
                    |row| Ok(row.get::<_, i64>(0)?),
                )?
                .ok_or_else(missing)?;
            write.tx.run(
                "INSERT INTO checks (dataset_version_id, checked_ms, outcome, doc)
                 VALUES (?1, ?2, ?3, ?4)",
                params![
                    version,
                    report.checked_ms,
                    to_json(&report.outcome)?,
                    to_json(report)?
                ],
            )?;
            write.changed(Kind::Expectations);
            write.changed(Kind::Datasets);
            Ok(())
        })
    }

    /// `None`: never checked.
    pub fn latest_check(&self, dataset: &DatasetName, version: u32) -> Result<Option<CheckReport>> {
        self.read(|db| {
            let (id, _) = find(db, &Reference::version(dataset.as_str(), version))?;
            db.first(
                "SELECT doc FROM checks WHERE dataset_version_id = ?1
                 ORDER BY checked_ms DESC, id DESC LIMIT 1",
                params![id],
                |row| from_json(&row.get::<_, String>(0)?),
            )
        })
    }
}

impl Write<'_> {
    /// `None` removes the suite.
    pub(crate) fn put_suite(&mut self, name: &str, suite: Option<&Suite>) -> Result<()> {
        match suite {
            Some(suite) => self.tx.run(
                "INSERT OR REPLACE INTO suites (name, doc) VALUES (?1, ?2)",
                params![name, to_json(suite)?],
            )?,
            None => self
                .tx
                .run("DELETE FROM suites WHERE name = ?1", params![name])?,
        };
        self.changed(Kind::Expectations);
        Ok(())
    }
}

fn find_suite(db: &Connection, name: &str) -> Result<Option<Suite>> {
    db.first(
        "SELECT doc FROM suites WHERE name = ?1",
        params![name],
        |row| from_json(&row.get::<_, String>(0)?),
    )
}
