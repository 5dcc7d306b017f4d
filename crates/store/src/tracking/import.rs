//! Runs that come from elsewhere: each whole or not at all, and once only.

use std::collections::BTreeMap;

use assay_core::event::Kind;
use assay_core::imports::{ImportedExperiment, ImportedRun};
use assay_core::run::Artifact;
use assay_core::tracking::{ExperimentId, LoggedModel, LoggedModelId};
use assay_core::{RunId, TimestampMs};
use rusqlite::{Connection, params};

use super::runs::RUN_NAME_TAG;
use crate::error::Result;
use crate::files::check_path;
use crate::rows::{Rows, to_json, to_word};
use crate::runs::metrics::MetricPoint;
use crate::store::{Durability, Store, Write};

/// What the lab has of a run that is to be imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KnownRun {
    /// Nothing.
    No,
    /// It was imported before, and its source then had this fingerprint.
    Imported { fingerprint: String },
    /// It was trained here, or a client logged it: it is not touched.
    Own,
}

/// Where an imported run came from.
#[derive(Debug, Clone, Copy)]
pub struct RunOrigin<'a> {
    /// A word for the kind of source.
    pub format: &'a str,
    pub path: &'a str,
}

/// Takes points in the order of each metric.
pub type PutPoints<'a> = dyn FnMut(&[MetricPoint]) -> Result<()> + 'a;

impl Store {
    /// Runs in the trash too.
    pub fn known_run(&self, run_id: &RunId) -> Result<KnownRun> {
        self.read(|db| {
            let found = db.first(
                "SELECT o.fingerprint FROM runs r LEFT JOIN run_origins o ON o.run = r.id
                 WHERE r.run_id = ?1",
                params![run_id.as_str()],
                |row| Ok(row.get::<_, Option<String>>(0)?),
            )?;
            Ok(match found {
                None => KnownRun::No,
                Some(None) => KnownRun::Own,
                Some(Some(fingerprint)) => KnownRun::Imported { fingerprint },
            })
        })
    }

    /// The lab's experiment of that name, or of that id and time if it was renamed here; else a new one, with the same
    /// id when that is free.
    pub fn import_experiment(
        &self,
        experiment: &ImportedExperiment,
        at_ms: TimestampMs,
    ) -> Result<ExperimentId> {
        self.write(at_ms, |write| {
            if let Some(known) = find(&write.tx, experiment)? {
                return Ok(known);
            }
            let id = experiment.experiment_id.filter(|id| *id >= 0);
            let taken = write.tx.count(
                "SELECT count(*) FROM experiments WHERE id = ?1",
                params![id],
            )?;
            let created_ms = match experiment.created_ms {
                0 => at_ms,
                created_ms => created_ms,
            };
            write.tx.run(
                "INSERT INTO experiments (id, name, created_ms, updated_ms, deleted_ms)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
                params![
                    id.filter(|_| taken == 0),
                    experiment.name,
                    created_ms,
                    experiment.updated_ms.max(created_ms),
                    experiment.is_deleted.then_some(at_ms)
                ],
            )?;
            let row = write.tx.last_insert_rowid();
            for (key, value) in &experiment.tags {
                write.tx.run(
                    "INSERT INTO experiment_tags (experiment, key, value) VALUES (?1, ?2, ?3)",
                    params![row, key, value],
                )?;
            }
            write.changed(Kind::Runs);
            Ok(ExperimentId(row))
        })
    }

    /// One transaction: a run that is not whole is never seen. A run of an earlier import is replaced, but stays where
    /// it was moved to, in the trash if it lies there, and keeps the tags that were given to it here.
    ///
    /// `points` hands over the points and gives the fingerprint of all that was read.
    ///
    /// # Errors
    /// [`crate::Error::Conflict`] when the lab has a run of its own with that id; what `points` says.
    pub fn import_run(
        &self,
        experiment: ExperimentId,
        run: &ImportedRun,
        files: &[Artifact],
        origin: RunOrigin<'_>,
        at_ms: TimestampMs,
        points: impl FnOnce(&mut PutPoints<'_>) -> Result<String>,
    ) -> Result<()> {
        for file in files {
            check_path(&file.path)?;
        }
        self.write_with(Durability::PowerCut, at_ms, |write| {
            let before = Before::take(write, &run.run_id)?;
            let row = write.put_imported(experiment, run, &before)?;
            for file in files {
                write.tx.run(
                    "INSERT INTO artifacts (run, path, object, size_bytes) VALUES (?1, ?2, ?3, ?4)",
                    params![row, file.path, file.object.as_str(), file.size_bytes as i64],
                )?;
            }
            let fingerprint = points(&mut |points| write.put_points(row, points))?;
            write.tx.run(
                "INSERT INTO run_origins (run, format, path, fingerprint) VALUES (?1, ?2, ?3, ?4)",
                params![row, origin.format, origin.path, fingerprint],
            )?;
            write.listed_run(row);
            write.changed(Kind::Trash);
            Ok(())
        })?;
        self.settle(files.iter().map(|file| &file.object));
        Ok(())
    }

    /// A model that was logged beside a run, with its files; `false`: the lab has it already. Its experiment is the
    /// lab's.
    pub fn import_logged_model(
        &self,
        model: &LoggedModel,
        files: &[Artifact],
        at_ms: TimestampMs,
    ) -> Result<bool> {
        for file in files {
            check_path(&file.path)?;
        }
        let is_new = self.write(at_ms, |write| {
            let known = write.tx.count(
                "SELECT count(*) FROM logged_models WHERE model_id = ?1",
                params![model.model_id.as_str()],
            )?;
            if known == 0 {
                write.put_imported_model(model, files)?;
            }
            Ok(known == 0)
        })?;
        self.settle(files.iter().map(|file| &file.object));
        Ok(is_new)
    }

    /// Whether the lab has it, deleted or not.
    pub fn knows_logged_model(&self, id: &LoggedModelId) -> Result<bool> {
        self.read(|db| {
            let known = db.count(
                "SELECT count(*) FROM logged_models WHERE model_id = ?1",
                params![id.as_str()],
            )?;
            Ok(known > 0)
        })
    }
}

/// What of a run of an earlier import stays.
#[derive(Default)]
struct Before {
    row: Option<i64>,
    experiment: Option<i64>,
    deleted_ms: Option<TimestampMs>,
    tags: BTreeMap<String, String>,
}

impl Before {
    /// Removes the run.
    fn take(write: &Write<'_>, run_id: &RunId) -> Result<Self> {
        let db = &write.tx;
        let found = db.first(
            "SELECT id, experiment_id, deleted_ms FROM runs WHERE run_id = ?1",
            params![run_id.as_str()],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )?;
        let Some((row, experiment, deleted_ms)) = found else {
            return Ok(Self::default());
        };
        let origins = db.count(
            "SELECT count(*) FROM run_origins WHERE run = ?1",
            params![row],
        )?;
        if origins == 0 {
            return Err(crate::Error::conflict(
                format!("the lab has a run {run_id} of its own"),
                "it is left as it is",
            ));
        }
        let tags = db
            .all(
                "SELECT key, value FROM run_tags WHERE run = ?1",
                params![row],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )?
            .into_iter()
            .collect();
        db.run("DELETE FROM runs WHERE id = ?1", params![row])?;
        Ok(Self {
            row: Some(row),
            experiment: Some(experiment),
            deleted_ms,
            tags,
        })
    }
}

impl Write<'_> {
    fn put_imported_model(&mut self, model: &LoggedModel, files: &[Artifact]) -> Result<()> {
        let row = self.put_logged_model(model)?;
        for found in &model.metrics {
            self.put_model_metric(row, found)?;
        }
        for file in files {
            self.tx.run(
                "INSERT INTO logged_model_files (model, path, object, size_bytes)
                 VALUES (?1, ?2, ?3, ?4)",
                params![row, file.path, file.object.as_str(), file.size_bytes as i64],
            )?;
        }
        Ok(())
    }

    fn put_imported(
        &mut self,
        experiment: ExperimentId,
        run: &ImportedRun,
        before: &Before,
    ) -> Result<i64> {
        let experiment = before.experiment.unwrap_or(experiment.0);
        // a run of a deleted experiment is deleted with it, and comes back with it
        let with_experiment = self.tx.first(
            "SELECT deleted_ms FROM experiments WHERE id = ?1",
            params![experiment],
            |row| Ok(row.get::<_, Option<i64>>(0)?),
        )?;
        let deleted_ms = before
            .deleted_ms
            .or(with_experiment.flatten())
            .or(run.deleted_ms);
        self.tx.run(
            "INSERT INTO runs (id, run_id, experiment_id, name, user, status, started_ms, ended_ms,
                               deleted_ms, is_tracked)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 1)",
            params![
                before.row,
                run.run_id.as_str(),
                experiment,
                run.name,
                run.user,
                to_word(&run.status)?,
                run.started_ms,
                run.ended_ms,
                deleted_ms
            ],
        )?;
        let row = self.tx.last_insert_rowid();
        for (key, value) in &run.params {
            self.tx.run(
                "INSERT INTO run_params (run, key, value) VALUES (?1, ?2, ?3)",
                params![row, key, value],
            )?;
        }
        let mut tags = before.tags.clone();
        tags.extend(run.tags.clone());
        tags.entry(RUN_NAME_TAG.to_owned())
            .or_insert_with(|| run.name.clone());
        for (key, value) in &tags {
            self.tx.run(
                "INSERT INTO run_tags (run, key, value) VALUES (?1, ?2, ?3)",
                params![row, key, value],
            )?;
        }
        for (place, input) in run.inputs.iter().enumerate() {
            self.tx.run(
                "INSERT INTO run_inputs (run, place, doc) VALUES (?1, ?2, ?3)",
                params![row, place as i64, to_json(input)?],
            )?;
        }
        for output in &run.outputs {
            self.tx.run(
                "INSERT OR REPLACE INTO run_outputs (run, model_id, step) VALUES (?1, ?2, ?3)",
                params![row, output.model_id.as_str(), output.step],
            )?;
        }
        Ok(row)
    }
}

fn find(db: &Connection, wanted: &ImportedExperiment) -> Result<Option<ExperimentId>> {
    db.first(
        "SELECT id FROM experiments
         WHERE name = ?1 OR (id = ?2 AND id > 0 AND ?3 > 0 AND created_ms = ?3)
         ORDER BY name = ?1 DESC LIMIT 1",
        params![wanted.name, wanted.experiment_id, wanted.created_ms],
        |row| Ok(ExperimentId(row.get(0)?)),
    )
}
