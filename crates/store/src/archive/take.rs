//! What an archive holds becomes part of a lab: run by run, or all of it where there is nothing yet.

use assay_core::event::Kind;
use assay_core::{ObjectHash, RunId, TimestampMs};
use rusqlite::types::Value;
use rusqlite::{Connection, params};

use super::copy::{ABOUT_THE_LAB, Rule, children_of, copy_rows, tables};
use super::{ArchiveDatabase, experiment_row};
use crate::error::{Error, Result};
use crate::rows::Rows;
use crate::store::{Store, Write};

/// What became of a run of an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken {
    /// The lab has a run of that id.
    Known,
    New {
        experiment: String,
        n_points: u64,
        n_artifacts: u64,
        artifact_bytes: u64,
    },
}

/// What came with a whole lab.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TakenLab {
    pub n_runs: u64,
    pub n_points: u64,
    pub n_artifacts: u64,
    pub artifact_bytes: u64,
    pub n_model_versions: u64,
    /// Those with runs, by name.
    pub experiments: Vec<String>,
}

impl Store {
    /// Whether nothing was put into the lab yet.
    pub fn is_fresh(&self) -> Result<bool> {
        self.read(|db| {
            for table in tables(db)? {
                if ABOUT_THE_LAB.contains(&table.as_str()) {
                    continue;
                }
                // every lab begins with the experiment that clients mean when they name none
                let n_rows = match table.as_str() {
                    "experiments" => {
                        db.count("SELECT count(*) FROM experiments WHERE id != 0", [])?
                    }
                    _ => db.count(&format!("SELECT count(*) FROM \"{table}\""), [])?,
                };
                if n_rows > 0 {
                    return Ok(false);
                }
            }
            Ok(true)
        })
    }

    /// Everything, with the numbers that it had. Its objects must be in the lab.
    ///
    /// # Errors
    /// [`Error::Conflict`] when something was put into the lab already.
    pub fn take_all(&self, archive: &ArchiveDatabase, at_ms: TimestampMs) -> Result<TakenLab> {
        if !self.is_fresh()? {
            return Err(Error::conflict(
                "there is something in the lab already",
                "import it into a new lab",
            ));
        }
        self.write(at_ms, |write| {
            write.tx.pragma_update(None, "defer_foreign_keys", true)?;
            for table in tables(&archive.connection)? {
                if !ABOUT_THE_LAB.contains(&table.as_str()) {
                    copy_rows(&archive.connection, &write.tx, &table, &Rule::all())?;
                }
            }
            for kind in [
                Kind::Lab,
                Kind::Datasets,
                Kind::Runs,
                Kind::Models,
                Kind::Replays,
                Kind::Trash,
            ] {
                write.changed(kind);
            }
            let runs = write
                .tx
                .all("SELECT id FROM runs", [], |row| Ok(row.get(0)?))?;
            for run in runs {
                write.listed_run(run);
            }
            let count = |sql: &str| write.tx.count(sql, []);
            Ok(TakenLab {
                n_runs: count("SELECT count(*) FROM runs")?,
                n_points: count("SELECT coalesce(sum(n), 0) FROM metric_summaries")?,
                n_artifacts: count("SELECT count(*) FROM artifacts")?,
                artifact_bytes: count("SELECT coalesce(sum(size_bytes), 0) FROM artifacts")?,
                n_model_versions: count("SELECT count(*) FROM model_versions")?,
                experiments: write.tx.all(
                    "SELECT name FROM experiments
                     WHERE id IN (SELECT experiment_id FROM runs) ORDER BY name",
                    [],
                    |row| Ok(row.get(0)?),
                )?,
            })
        })
    }

    /// One run and what it logged, as one transaction. Its objects must be in the lab.
    pub fn take_run(
        &self,
        archive: &ArchiveDatabase,
        run_id: &RunId,
        at_ms: TimestampMs,
    ) -> Result<Taken> {
        self.write(at_ms, |write| write.take_run(&archive.connection, run_id))
    }

    /// Experiments without runs, and models that were logged without one.
    pub fn take_rest(&self, archive: &ArchiveDatabase, at_ms: TimestampMs) -> Result<()> {
        self.write(at_ms, |write| {
            let from = &archive.connection;
            let experiments = from.all("SELECT id FROM experiments ORDER BY id", [], |row| {
                Ok(row.get::<_, i64>(0)?)
            })?;
            for experiment in experiments {
                write.take_experiment(from, experiment)?;
            }
            let models = from.all("SELECT id FROM logged_models ORDER BY id", [], |row| {
                Ok(row.get(0)?)
            })?;
            for model in models {
                write.take_logged_model(from, model)?;
            }
            Ok(())
        })
    }

    /// Drops the claims on objects of an archive; those that nothing refers to go.
    pub fn settle_archive(&self, objects: &[ObjectHash]) -> Result<()> {
        self.abandon(objects).map(|_| ())
    }
}

impl Write<'_> {
    fn take_run(&mut self, from: &Connection, run_id: &RunId) -> Result<Taken> {
        let find = |db: &Connection| {
            db.first(
                "SELECT id, experiment_id FROM runs WHERE run_id = ?1",
                params![run_id.as_str()],
                |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?)),
            )
        };
        if find(&self.tx)?.is_some() {
            return Ok(Taken::Known);
        }
        let (old, experiment) = find(from)?.ok_or_else(|| Error::not_found("run", run_id))?;
        let experiment = self.take_experiment(from, experiment)?;
        let rule = Rule::renumbered("id", old)?
            .with("experiment_id", experiment)
            // the process that filled it is not on this computer
            .with("process_id", Value::Null)
            .with("changed", 0)
            .with("listed", 0);
        copy_rows(from, &self.tx, "runs", &rule)?;
        let new = self.tx.last_insert_rowid();
        self.take_children(from, "runs", old, new)?;
        let models = from.all(
            "SELECT id FROM logged_models WHERE source_run = ?1",
            params![run_id.as_str()],
            |row| Ok(row.get(0)?),
        )?;
        for model in models {
            self.take_logged_model(from, model)?;
        }
        self.listed_run(new);
        self.changed(Kind::Trash);
        let name = self.tx.first(
            "SELECT name FROM experiments WHERE id = ?1",
            params![experiment],
            |row| Ok(row.get(0)?),
        )?;
        let count = |sql: &str| self.tx.count(sql, params![new]);
        Ok(Taken::New {
            experiment: name.unwrap_or_default(),
            n_points: count("SELECT coalesce(sum(n), 0) FROM metric_summaries WHERE run = ?1")?,
            n_artifacts: count("SELECT count(*) FROM artifacts WHERE run = ?1")?,
            artifact_bytes: count(
                "SELECT coalesce(sum(size_bytes), 0) FROM artifacts WHERE run = ?1",
            )?,
        })
    }

    /// The lab's experiment of the same name, else a copy, with its number when that is free.
    fn take_experiment(&mut self, from: &Connection, old: i64) -> Result<i64> {
        let name = from
            .first(
                "SELECT name FROM experiments WHERE id = ?1",
                params![old],
                |row| Ok(row.get::<_, String>(0)?),
            )?
            .ok_or_else(|| Error::not_found("experiment", old))?;
        match experiment_row(&self.tx, &name) {
            Err(Error::NotFound { .. }) => {}
            known => return known,
        }
        let taken = self.tx.count(
            "SELECT count(*) FROM experiments WHERE id = ?1",
            params![old],
        )?;
        let rule = match taken {
            0 => Rule::rows("id", &[old])?,
            _ => Rule::renumbered("id", old)?,
        };
        copy_rows(from, &self.tx, "experiments", &rule)?;
        let new = self.tx.last_insert_rowid();
        copy_rows(
            from,
            &self.tx,
            "experiment_tags",
            &Rule::rows("experiment", &[old])?.with("experiment", new),
        )?;
        self.changed(Kind::Runs);
        Ok(new)
    }

    fn take_logged_model(&mut self, from: &Connection, old: i64) -> Result<()> {
        let found = from.first(
            "SELECT model_id, experiment_id FROM logged_models WHERE id = ?1",
            params![old],
            |row| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?)),
        )?;
        let Some((model_id, experiment)) = found else {
            return Ok(());
        };
        let known = self.tx.count(
            "SELECT count(*) FROM logged_models WHERE model_id = ?1",
            params![model_id],
        )?;
        if known > 0 {
            return Ok(());
        }
        let experiment = self.take_experiment(from, experiment)?;
        let rule = Rule::renumbered("id", old)?.with("experiment_id", experiment);
        copy_rows(from, &self.tx, "logged_models", &rule)?;
        let new = self.tx.last_insert_rowid();
        self.take_children(from, "logged_models", old, new)?;
        self.changed(Kind::Models);
        Ok(())
    }

    fn take_children(&mut self, from: &Connection, table: &str, old: i64, new: i64) -> Result<()> {
        for (child, column) in children_of(&self.tx, table)? {
            let rule = Rule::renumbered(&column, old)?.with(&column, new);
            copy_rows(from, &self.tx, &child, &rule)?;
        }
        Ok(())
    }
}
