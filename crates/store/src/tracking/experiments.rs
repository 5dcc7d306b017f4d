//! Experiments with their ids, tags and trash.

use assay_core::TimestampMs;
use assay_core::event::Kind;
use assay_core::tracking::{ExperimentId, TrackedExperiment};
use rusqlite::{Connection, Row, params};

use super::not_active;
use crate::error::{Error, Result};
use crate::rows::Rows;
use crate::store::{Store, Write};

const COLUMNS: &str = "id, name, artifact_location, deleted_ms, created_ms, updated_ms";
/// As MLflow has it.
const MAX_NAME_CHARACTERS: usize = 500;

impl Store {
    /// # Errors
    /// [`Error::Conflict`] when the name is taken, by a deleted experiment too; [`Error::Invalid`] for a name that is
    /// empty or too long.
    pub fn create_experiment(
        &self,
        name: &str,
        artifact_location: Option<&str>,
        tags: &[(String, String)],
        at_ms: TimestampMs,
    ) -> Result<ExperimentId> {
        self.write(at_ms, |write| {
            check_name(&write.tx, name, None)?;
            write.tx.run(
                "INSERT INTO experiments (name, artifact_location, created_ms, updated_ms)
                 VALUES (?1, ?2, ?3, ?3)",
                params![name, artifact_location, at_ms],
            )?;
            let id = ExperimentId(write.tx.last_insert_rowid());
            for (key, value) in tags {
                write.put_experiment_tag(id, key, value)?;
            }
            write.changed(Kind::Runs);
            Ok(id)
        })
    }

    /// A deleted one too.
    pub fn experiment(&self, id: ExperimentId) -> Result<TrackedExperiment> {
        self.read(|db| find(db, id))
    }

    /// A deleted one too.
    pub fn experiment_by_name(&self, name: &str) -> Result<Option<TrackedExperiment>> {
        self.read(|db| {
            let id = db.first(
                "SELECT id FROM experiments WHERE name = ?1",
                params![name],
                |row| Ok(ExperimentId(row.get(0)?)),
            )?;
            id.map(|id| find(db, id)).transpose()
        })
    }

    /// All of them, the deleted too; by id.
    pub fn tracked_experiments(&self) -> Result<Vec<TrackedExperiment>> {
        self.read(|db| {
            let sql = format!("SELECT {COLUMNS} FROM experiments ORDER BY id");
            let mut found = db.all(&sql, [], read)?;
            let tags = db.all(
                "SELECT experiment, key, value FROM experiment_tags ORDER BY experiment",
                [],
                |row| Ok((ExperimentId(row.get(0)?), row.get(1)?, row.get(2)?)),
            )?;
            for (id, key, value) in tags {
                let place = found.binary_search_by_key(&id, |experiment| experiment.experiment_id);
                if let Some(experiment) = place.ok().and_then(|place| found.get_mut(place)) {
                    experiment.tags.insert(key, value);
                }
            }
            Ok(found)
        })
    }

    /// # Errors
    /// [`Error::NotFound`]; [`Error::Invalid`] for one that is deleted; [`Error::Conflict`] when the name is taken.
    pub fn rename_experiment(
        &self,
        id: ExperimentId,
        name: &str,
        at_ms: TimestampMs,
    ) -> Result<()> {
        self.write(at_ms, |write| {
            find_active(&write.tx, id)?;
            check_name(&write.tx, name, Some(id))?;
            write.tx.run(
                "UPDATE experiments SET name = ?2, updated_ms = ?3 WHERE id = ?1",
                params![id.0, name, at_ms],
            )?;
            // Their rows name it.
            for row in write.tx.all(
                "SELECT id FROM runs WHERE experiment_id = ?1",
                params![id.0],
                |row| Ok(row.get(0)?),
            )? {
                write.touched_run(row);
            }
            write.changed(Kind::Runs);
            Ok(())
        })
    }

    /// Its runs go to the trash with it.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Invalid`] when it is deleted already.
    pub fn delete_experiment(&self, id: ExperimentId, at_ms: TimestampMs) -> Result<()> {
        self.write(at_ms, |write| {
            find_active(&write.tx, id)?;
            write.tx.run(
                "UPDATE experiments SET deleted_ms = ?2, updated_ms = ?2 WHERE id = ?1",
                params![id.0, at_ms],
            )?;
            write.tx.run(
                "UPDATE runs SET deleted_ms = ?2 WHERE experiment_id = ?1 AND deleted_ms IS NULL",
                params![id.0, at_ms],
            )?;
            write.changed(Kind::Runs);
            write.changed(Kind::Trash);
            Ok(())
        })
    }

    /// The runs that went with it come back with it.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Invalid`] when it is not deleted.
    pub fn restore_experiment(&self, id: ExperimentId, at_ms: TimestampMs) -> Result<()> {
        self.write(at_ms, |write| {
            if !find(&write.tx, id)?.is_deleted {
                return Err(Error::invalid(
                    format!("the experiment {id} is not deleted"),
                    "there is nothing to restore",
                ));
            }
            write.tx.run(
                "UPDATE runs SET deleted_ms = NULL WHERE experiment_id = ?1
                 AND deleted_ms = (SELECT deleted_ms FROM experiments WHERE id = ?1)",
                params![id.0],
            )?;
            write.tx.run(
                "UPDATE experiments SET deleted_ms = NULL, updated_ms = ?2 WHERE id = ?1",
                params![id.0, at_ms],
            )?;
            write.changed(Kind::Runs);
            write.changed(Kind::Trash);
            Ok(())
        })
    }

    pub fn set_experiment_tag(
        &self,
        id: ExperimentId,
        key: &str,
        value: &str,
        at_ms: TimestampMs,
    ) -> Result<()> {
        self.write(at_ms, |write| {
            find_active(&write.tx, id)?;
            write.put_experiment_tag(id, key, value)
        })
    }

    /// # Errors
    /// [`Error::NotFound`] when it has no such tag.
    pub fn delete_experiment_tag(
        &self,
        id: ExperimentId,
        key: &str,
        at_ms: TimestampMs,
    ) -> Result<()> {
        self.write(at_ms, |write| {
            find_active(&write.tx, id)?;
            let n_deleted = write.tx.run(
                "DELETE FROM experiment_tags WHERE experiment = ?1 AND key = ?2",
                params![id.0, key],
            )?;
            if n_deleted == 0 {
                return Err(Error::not_found("tag", key));
            }
            write.changed(Kind::Runs);
            Ok(())
        })
    }
}

impl Write<'_> {
    fn put_experiment_tag(&mut self, id: ExperimentId, key: &str, value: &str) -> Result<()> {
        self.tx.run(
            "INSERT OR REPLACE INTO experiment_tags (experiment, key, value) VALUES (?1, ?2, ?3)",
            params![id.0, key, value],
        )?;
        self.changed(Kind::Runs);
        Ok(())
    }
}

pub(super) fn find_active(db: &Connection, id: ExperimentId) -> Result<TrackedExperiment> {
    let found = find(db, id)?;
    if found.is_deleted {
        return Err(not_active("experiment", id, "deleted"));
    }
    Ok(found)
}

fn find(db: &Connection, id: ExperimentId) -> Result<TrackedExperiment> {
    let sql = format!("SELECT {COLUMNS} FROM experiments WHERE id = ?1");
    let mut found = db
        .first(&sql, params![id.0], read)?
        .ok_or_else(|| Error::not_found("experiment", id))?;
    found.tags = db
        .all(
            "SELECT key, value FROM experiment_tags WHERE experiment = ?1",
            params![id.0],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?
        .into_iter()
        .collect();
    Ok(found)
}

/// Without its tags.
fn read(row: &Row<'_>) -> Result<TrackedExperiment> {
    Ok(TrackedExperiment {
        experiment_id: ExperimentId(row.get(0)?),
        name: row.get(1)?,
        artifact_location: row.get(2)?,
        is_deleted: row.get::<_, Option<i64>>(3)?.is_some(),
        created_ms: row.get(4)?,
        updated_ms: row.get(5)?,
        tags: Default::default(),
    })
}

fn check_name(db: &Connection, name: &str, own: Option<ExperimentId>) -> Result<()> {
    if name.trim().is_empty() || name.chars().count() > MAX_NAME_CHARACTERS {
        return Err(Error::invalid(
            format!("an experiment's name has 1 to {MAX_NAME_CHARACTERS} characters"),
            "give it another name",
        ));
    }
    let taken = db.first(
        "SELECT id FROM experiments WHERE name = ?1",
        params![name],
        |row| Ok(ExperimentId(row.get(0)?)),
    )?;
    match taken {
        Some(id) if Some(id) != own => Err(Error::conflict(
            format!("there is an experiment `{name}` already"),
            "take another name, or restore it when it is deleted",
        )),
        _ => Ok(()),
    }
}
