//! Models that clients log.

use std::collections::{BTreeMap, HashMap};

use assay_core::event::Kind;
use assay_core::run::Artifact;
use assay_core::tracking::{
    ExperimentId, LoggedMetric, LoggedModel, LoggedModelId, LoggedModelStatus, ModelMetric,
};
use assay_core::{RunId, TimestampMs};
use rusqlite::{Connection, Row, params};

use super::experiments;
use crate::error::{Error, Result};
use crate::files::{self, OF_LOGGED_MODELS};
use crate::rows::{Rows, from_word, to_json, to_word};
use crate::store::{Store, Write};

const COLUMNS: &str =
    "m.id, m.model_id, m.experiment_id, m.name, m.model_type, m.status, m.source_run,
    m.created_ms, m.updated_ms";

impl Store {
    /// # Errors
    /// [`Error::NotFound`] for the experiment, [`Error::Invalid`] when it is deleted.
    pub fn create_logged_model(&self, model: &LoggedModel) -> Result<()> {
        self.write(model.created_ms, |write| {
            experiments::find_active(&write.tx, model.experiment_id)?;
            write.put_logged_model(model)?;
            Ok(())
        })
    }

    /// # Errors
    /// [`Error::NotFound`], also for a deleted one unless it is asked for.
    pub fn logged_model(&self, id: &LoggedModelId, deleted_too: bool) -> Result<LoggedModel> {
        self.read(|db| {
            let row = row_of(db, id)?;
            let hidden = !deleted_too
                && db.count(
                    "SELECT count(*) FROM logged_models WHERE id = ?1 AND deleted_ms IS NOT NULL",
                    params![row],
                )? > 0;
            match one(db, row)? {
                Some(model) if !hidden => Ok(model),
                _ => Err(Error::not_found("logged model", id)),
            }
        })
    }

    /// Those of the experiments that are not deleted, the newest first.
    pub fn logged_models(&self, experiments: &[ExperimentId]) -> Result<Vec<LoggedModel>> {
        self.read(|db| {
            let rows = db.all(
                "SELECT m.id FROM json_each(?1) w JOIN logged_models m ON m.experiment_id = w.value
                 WHERE m.deleted_ms IS NULL ORDER BY m.created_ms DESC, m.id DESC",
                params![to_json(&experiments)?],
                |row| Ok(row.get(0)?),
            )?;
            many(db, &rows)
        })
    }

    pub fn finish_logged_model(
        &self,
        id: &LoggedModelId,
        status: LoggedModelStatus,
        at_ms: TimestampMs,
    ) -> Result<LoggedModel> {
        self.write(at_ms, |write| {
            let row = row_of(&write.tx, id)?;
            write.tx.run(
                "UPDATE logged_models SET status = ?2, updated_ms = ?3 WHERE id = ?1",
                params![row, to_word(&status)?, at_ms],
            )?;
            write.changed(Kind::Models);
            one(&write.tx, row)?.ok_or_else(|| Error::not_found("logged model", id))
        })
    }

    /// Parameters are written once: the same value again is fine.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Invalid`] when one has another value already.
    pub fn log_logged_model_params(
        &self,
        id: &LoggedModelId,
        given: &BTreeMap<String, String>,
        at_ms: TimestampMs,
    ) -> Result<()> {
        self.write(at_ms, |write| {
            let row = row_of(&write.tx, id)?;
            for (key, value) in given {
                let other = write.tx.count(
                    "SELECT count(*) FROM logged_model_params WHERE model = ?1 AND key = ?2 AND value <> ?3",
                    params![row, key, value],
                )?;
                if other > 0 {
                    return Err(Error::invalid(
                        format!("the parameter `{key}` of the logged model {id} has another value already"),
                        "log the new value under another name",
                    ));
                }
            }
            write.put_model_texts("logged_model_params", row, given)
        })
    }

    pub fn set_logged_model_tags(
        &self,
        id: &LoggedModelId,
        tags: &BTreeMap<String, String>,
        at_ms: TimestampMs,
    ) -> Result<()> {
        self.write(at_ms, |write| {
            let row = row_of(&write.tx, id)?;
            write.put_model_texts("logged_model_tags", row, tags)
        })
    }

    /// # Errors
    /// [`Error::NotFound`] when it has no such tag.
    pub fn delete_logged_model_tag(
        &self,
        id: &LoggedModelId,
        key: &str,
        at_ms: TimestampMs,
    ) -> Result<()> {
        self.write(at_ms, |write| {
            let row = row_of(&write.tx, id)?;
            let n_deleted = write.tx.run(
                "DELETE FROM logged_model_tags WHERE model = ?1 AND key = ?2",
                params![row, key],
            )?;
            if n_deleted == 0 {
                return Err(Error::not_found("tag", key));
            }
            write.changed(Kind::Models);
            Ok(())
        })
    }

    pub fn delete_logged_model(&self, id: &LoggedModelId, at_ms: TimestampMs) -> Result<()> {
        self.write(at_ms, |write| {
            let row = row_of(&write.tx, id)?;
            write.tx.run(
                "UPDATE logged_models SET deleted_ms = coalesce(deleted_ms, ?2), updated_ms = ?2 WHERE id = ?1",
                params![row, at_ms],
            )?;
            write.changed(Kind::Models);
            Ok(())
        })
    }

    /// The path is relative, with `/`; the same path again replaces it.
    pub fn add_logged_model_file(
        &self,
        id: &LoggedModelId,
        file: &Artifact,
        at_ms: TimestampMs,
    ) -> Result<()> {
        self.put_file(OF_LOGGED_MODELS, file, at_ms, |write| changed(write, id))
    }

    /// A file, or all files of a folder; nothing when there is none.
    pub fn delete_logged_model_files(
        &self,
        id: &LoggedModelId,
        path: &str,
        at_ms: TimestampMs,
    ) -> Result<()> {
        self.delete_files(OF_LOGGED_MODELS, path, at_ms, |write| changed(write, id))
    }

    /// By path.
    pub fn logged_model_files(&self, id: &LoggedModelId) -> Result<Vec<Artifact>> {
        self.read(|db| files::list(db, OF_LOGGED_MODELS, row_of(db, id)?))
    }
}

impl Write<'_> {
    /// The model with its parameters and tags; its row.
    pub(super) fn put_logged_model(&mut self, model: &LoggedModel) -> Result<i64> {
        self.tx.run(
            "INSERT INTO logged_models (model_id, experiment_id, name, model_type, status, source_run,
                                        created_ms, updated_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            params![
                model.model_id.as_str(),
                model.experiment_id.0,
                model.name,
                model.model_type,
                to_word(&model.status)?,
                model.source_run_id,
                model.created_ms,
                model.updated_ms
            ],
        )?;
        let row = self.tx.last_insert_rowid();
        self.put_model_texts("logged_model_params", row, &model.params)?;
        self.put_model_texts("logged_model_tags", row, &model.tags)?;
        Ok(row)
    }

    /// A value of the same run, time and step again is that value.
    pub(super) fn put_model_metric(&mut self, row: i64, found: &ModelMetric) -> Result<()> {
        self.tx.run(
            "INSERT INTO logged_model_metrics
                (model, key, run_id, dataset_name, dataset_digest, value, step, at_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
             ON CONFLICT DO UPDATE SET value = excluded.value, dataset_name = excluded.dataset_name,
                dataset_digest = excluded.dataset_digest",
            params![
                row,
                found.metric.key,
                found.run_id.as_str(),
                found.dataset_name,
                found.dataset_digest,
                found.metric.value,
                found.metric.step,
                found.metric.at_ms
            ],
        )?;
        Ok(())
    }

    pub(super) fn put_model_texts(
        &mut self,
        table: &str,
        row: i64,
        texts: &BTreeMap<String, String>,
    ) -> Result<()> {
        let sql = format!("INSERT OR REPLACE INTO {table} (model, key, value) VALUES (?1, ?2, ?3)");
        for (key, value) in texts {
            self.tx.run(&sql, params![row, key, value])?;
        }
        self.changed(Kind::Models);
        Ok(())
    }
}

/// The row of a model that changes.
fn changed(write: &mut Write<'_>, id: &LoggedModelId) -> Result<i64> {
    write.changed(Kind::Models);
    row_of(&write.tx, id)
}

/// A deleted one too: its client may still finish and tag it.
pub(super) fn row_of(db: &Connection, id: &LoggedModelId) -> Result<i64> {
    db.first(
        "SELECT id FROM logged_models WHERE model_id = ?1",
        params![id.as_str()],
        |row| Ok(row.get(0)?),
    )?
    .ok_or_else(|| Error::not_found("logged model", id))
}

fn one(db: &Connection, row: i64) -> Result<Option<LoggedModel>> {
    Ok(many(db, &[row])?.pop())
}

/// In the order of `rows`.
fn many(db: &Connection, rows: &[i64]) -> Result<Vec<LoggedModel>> {
    let wanted = to_json(&rows)?;
    let sql =
        format!("SELECT {COLUMNS} FROM json_each(?1) w JOIN logged_models m ON m.id = w.value");
    let mut found: HashMap<i64, LoggedModel> = db
        .all(&sql, params![wanted], |row| Ok((row.get(0)?, read(row)?)))?
        .into_iter()
        .collect();
    let texts = |table: &str| {
        let sql = format!(
            "SELECT t.model, t.key, t.value FROM json_each(?1) w JOIN {table} t ON t.model = w.value"
        );
        db.all(&sql, params![wanted], |row| {
            Ok((row.get::<_, i64>(0)?, row.get(1)?, row.get(2)?))
        })
    };
    for (row, key, value) in texts("logged_model_params")? {
        if let Some(model) = found.get_mut(&row) {
            model.params.insert(key, value);
        }
    }
    for (row, key, value) in texts("logged_model_tags")? {
        if let Some(model) = found.get_mut(&row) {
            model.tags.insert(key, value);
        }
    }
    for (row, metric) in metrics(db, &wanted)? {
        if let Some(model) = found.get_mut(&row) {
            model.metrics.push(metric);
        }
    }
    Ok(rows.iter().filter_map(|row| found.remove(row)).collect())
}

fn metrics(db: &Connection, wanted: &str) -> Result<Vec<(i64, ModelMetric)>> {
    db.all(
        "SELECT t.model, t.key, t.run_id, t.dataset_name, t.dataset_digest, t.value, t.step, t.at_ms
         FROM json_each(?1) w JOIN logged_model_metrics t ON t.model = w.value
         ORDER BY t.key, t.at_ms, t.step, t.run_id",
        params![wanted],
        |row| {
            let metric = ModelMetric {
                metric: LoggedMetric {
                    key: row.get(1)?,
                    value: row.get::<_, Option<f64>>(5)?.unwrap_or(f64::NAN),
                    step: row.get(6)?,
                    at_ms: row.get(7)?,
                },
                run_id: RunId(row.get(2)?),
                dataset_name: row.get(3)?,
                dataset_digest: row.get(4)?,
            };
            Ok((row.get(0)?, metric))
        },
    )
}

/// Without params, tags and metrics.
fn read(row: &Row<'_>) -> Result<LoggedModel> {
    Ok(LoggedModel {
        model_id: LoggedModelId(row.get(1)?),
        experiment_id: ExperimentId(row.get(2)?),
        name: row.get(3)?,
        model_type: row.get(4)?,
        status: from_word(&row.get::<_, String>(5)?)?,
        source_run_id: row.get(6)?,
        created_ms: row.get(7)?,
        updated_ms: row.get(8)?,
        params: Default::default(),
        tags: Default::default(),
        metrics: Vec::new(),
    })
}
