//! Runs that a client begins, changes, deletes and finds.

use assay_core::RunId;
use assay_core::TimestampMs;
use assay_core::lab::TrashKind;
use assay_core::run::RunStatus;
use assay_core::tracking::{
    DatasetInput, LoggedModelId, ModelOutput, NewTrackedRun, RunUpdate, TrackedRun,
};
use rusqlite::{Connection, params};

use super::{experiments, load, not_active};
use crate::error::{Error, Result};
use crate::rows::{Rows, to_json, to_word};
use crate::store::{Store, Write};

/// The tag in which clients keep a run's name.
pub const RUN_NAME_TAG: &str = "mlflow.runName";

impl Store {
    /// # Errors
    /// [`Error::NotFound`] for the experiment, [`Error::Invalid`] when it is deleted, [`Error::Conflict`] when the id
    /// is taken.
    pub fn begin_tracked_run(&self, new: &NewTrackedRun) -> Result<TrackedRun> {
        self.write(new.started_ms, |write| {
            experiments::find_active(&write.tx, new.experiment_id)?;
            write.tx.run(
                "INSERT INTO runs (run_id, experiment_id, name, user, status, started_ms, is_tracked)
                 VALUES (?1, ?2, ?3, ?4, 'running', ?5, 1)",
                params![
                    new.run_id.as_str(),
                    new.experiment_id.0,
                    new.name,
                    new.user,
                    new.started_ms
                ],
            )?;
            let row = write.tx.last_insert_rowid();
            for (key, value) in &new.tags {
                write.put_tag_of_run(row, key, value)?;
            }
            write.put_tag_of_run(row, RUN_NAME_TAG, &new.name)?;
            write.listed_run(row);
            load::run(&write.tx, row)
        })
    }

    /// By its whole id; a deleted one too.
    pub fn tracked_run(&self, run_id: &RunId) -> Result<TrackedRun> {
        self.read(|db| load::run(db, load::row_of(db, run_id)?))
    }

    /// A run that ended may run again.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Invalid`] when it is deleted; [`Error::Conflict`] for a run that was trained here.
    pub fn update_tracked_run(
        &self,
        run_id: &RunId,
        update: &RunUpdate,
        at_ms: TimestampMs,
    ) -> Result<TrackedRun> {
        self.write(at_ms, |write| {
            let row = find_open(&write.tx, run_id)?;
            if let Some(status) = update.status {
                let ended_ms = match status {
                    RunStatus::Running => None,
                    _ => Some(update.ended_ms.unwrap_or(at_ms)),
                };
                write.tx.run(
                    "UPDATE runs SET status = ?2, ended_ms = ?3 WHERE id = ?1",
                    params![row, to_word(&status)?, ended_ms],
                )?;
            } else if update.ended_ms.is_some() {
                write.tx.run(
                    "UPDATE runs SET ended_ms = ?2 WHERE id = ?1",
                    params![row, update.ended_ms],
                )?;
            }
            if let Some(name) = update.name.as_deref().filter(|name| !name.is_empty()) {
                write.put_tag_of_run(row, RUN_NAME_TAG, name)?;
            }
            write.touched_run(row);
            load::run(&write.tx, row)
        })
    }

    /// Deleting twice is no error; a run that still runs may be deleted, for its client may be gone.
    pub fn delete_tracked_run(&self, run_id: &RunId, at_ms: TimestampMs) -> Result<()> {
        self.write(at_ms, |write| {
            let row = load::row_of(&write.tx, run_id)?;
            if load::run(&write.tx, row)?.is_deleted {
                return Ok(());
            }
            write.put_away(TrashKind::Run, row, at_ms)
        })
    }

    pub fn restore_tracked_run(&self, run_id: &RunId, at_ms: TimestampMs) -> Result<()> {
        self.write(at_ms, |write| {
            let row = load::row_of(&write.tx, run_id)?;
            if !load::run(&write.tx, row)?.is_deleted {
                return Ok(());
            }
            write.put_back(TrashKind::Run, row)
        })
    }

    /// Unlike [`Store::set_tag`] an empty value is a value.
    pub fn set_tracked_tag(
        &self,
        run_id: &RunId,
        key: &str,
        value: &str,
        at_ms: TimestampMs,
    ) -> Result<()> {
        self.write(at_ms, |write| {
            let row = find_active(&write.tx, run_id)?;
            write.put_tag_of_run(row, key, value)
        })
    }

    /// # Errors
    /// [`Error::NotFound`] when it has no such tag.
    pub fn delete_tracked_tag(&self, run_id: &RunId, key: &str, at_ms: TimestampMs) -> Result<()> {
        self.write(at_ms, |write| {
            let row = find_active(&write.tx, run_id)?;
            let n_deleted = write.tx.run(
                "DELETE FROM run_tags WHERE run = ?1 AND key = ?2",
                params![row, key],
            )?;
            if n_deleted == 0 {
                return Err(Error::not_found("tag", key));
            }
            write.touched_run(row);
            Ok(())
        })
    }

    /// Models that the run made.
    pub fn log_outputs(
        &self,
        run_id: &RunId,
        outputs: &[ModelOutput],
        at_ms: TimestampMs,
    ) -> Result<()> {
        self.write(at_ms, |write| {
            let row = find_active(&write.tx, run_id)?;
            for output in outputs {
                write.tx.run(
                    "INSERT OR REPLACE INTO run_outputs (run, model_id, step) VALUES (?1, ?2, ?3)",
                    params![row, output.model_id.as_str(), output.step],
                )?;
            }
            write.touched_run(row);
            Ok(())
        })
    }

    /// Data and models that the run used. A data set of the same name and digest is described once.
    pub fn log_inputs(
        &self,
        run_id: &RunId,
        inputs: &[DatasetInput],
        models: &[LoggedModelId],
        at_ms: TimestampMs,
    ) -> Result<()> {
        self.write(at_ms, |write| {
            let row = find_active(&write.tx, run_id)?;
            let mut known = load::run(&write.tx, row)?.inputs;
            for input in inputs {
                let same =
                    |old: &DatasetInput| old.name == input.name && old.digest == input.digest;
                if known.iter().any(same) {
                    continue;
                }
                write.tx.run(
                    "INSERT INTO run_inputs (run, place, doc) VALUES (?1, ?2, ?3)",
                    params![row, known.len() as i64, to_json(input)?],
                )?;
                known.push(input.clone());
            }
            for model in models {
                write.tx.run(
                    "INSERT OR IGNORE INTO run_input_models (run, model_id) VALUES (?1, ?2)",
                    params![row, model.as_str()],
                )?;
            }
            write.touched_run(row);
            Ok(())
        })
    }
}

impl Write<'_> {
    /// The tag of the run's name is the run's name.
    pub(super) fn put_tag_of_run(&mut self, row: i64, key: &str, value: &str) -> Result<()> {
        self.tx.run(
            "INSERT OR REPLACE INTO run_tags (run, key, value) VALUES (?1, ?2, ?3)",
            params![row, key, value],
        )?;
        if key == RUN_NAME_TAG && !value.is_empty() {
            self.tx.run(
                "UPDATE runs SET name = ?2 WHERE id = ?1",
                params![row, value],
            )?;
        }
        self.touched_run(row);
        Ok(())
    }
}

/// The row of a run that is not deleted.
pub(super) fn find_active(db: &Connection, run_id: &RunId) -> Result<i64> {
    Ok(find(db, run_id)?.0)
}

/// The row of a run to which a client may write. Invariant: what was trained here and ended changes no more.
pub(super) fn find_open(db: &Connection, run_id: &RunId) -> Result<i64> {
    let (row, is_tracked) = find(db, run_id)?;
    if !is_tracked {
        return Err(Error::conflict(
            format!("the run {run_id} was trained here, and its record does not change"),
            "begin a new run; tags can be set on this one",
        ));
    }
    Ok(row)
}

/// The row of a run that is not deleted, and whether a client began it.
fn find(db: &Connection, run_id: &RunId) -> Result<(i64, bool)> {
    let found = db.first(
        "SELECT id, is_tracked, deleted_ms IS NOT NULL FROM runs WHERE run_id = ?1",
        params![run_id.as_str()],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )?;
    match found {
        None => Err(Error::not_found("run", run_id)),
        Some((_, _, true)) => Err(not_active("run", run_id, "deleted")),
        Some((row, is_tracked, false)) => Ok((row, is_tracked)),
    }
}
