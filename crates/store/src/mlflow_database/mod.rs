//! MLflow's SQLite database of any age, read without touching it.
//!
//! The schema grew over 69 migrations: columns and tables that an old database lacks are read as absent. What the
//! database calls infinity (the largest number, as MLflow's own client tells it) stays that number.

mod models;
mod registry;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use assay_core::RunId;
use assay_core::imports::{ImportedExperiment, ImportedRun};
use assay_core::run::RunStatus;
use assay_core::tracking::{DatasetInput, LoggedModelId, ModelOutput};
use rusqlite::{Connection, params};

use crate::error::{Error, Result};
use crate::foreign::ForeignDatabase;
use crate::rows::Rows;

/// An open database.
#[derive(Debug)]
pub struct MlflowDatabase {
    path: PathBuf,
    connection: Connection,
    columns: BTreeMap<String, BTreeSet<String>>,
}

/// A run without its points.
#[derive(Debug, Clone, PartialEq)]
pub struct DatabaseRun {
    pub run: ImportedRun,
    pub experiment_id: i64,
    /// Where its files lay when it was made.
    pub artifact_uri: String,
}

/// Time in ms, step, value.
pub type DatabasePoint = (i64, i64, f64);

impl MlflowDatabase {
    /// Whether the file is such a database; nothing is said of why not.
    pub fn is_at(path: &Path) -> bool {
        Self::open(path).is_ok()
    }

    /// # Errors
    /// [`Error::Invalid`] when the file is no SQLite database or has not MLflow's tables.
    pub fn open(path: &Path) -> Result<Self> {
        let connection = ForeignDatabase::open(path)?.connect()?;
        let mut columns: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let found = connection.all(
            "SELECT t.name, c.name FROM sqlite_schema t, pragma_table_info(t.name) c
             WHERE t.type = 'table'",
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        );
        for (table, column) in found? {
            columns.entry(table).or_default().insert(column);
        }
        for table in ["experiments", "runs", "metrics", "params", "tags"] {
            if !columns.contains_key(table) {
                return Err(Error::invalid(
                    format!(
                        "`{}` has no table `{table}`, so it is no MLflow database",
                        path.display()
                    ),
                    "name an mlflow.db",
                ));
            }
        }
        Ok(Self {
            path: path.to_owned(),
            connection,
            columns,
        })
    }

    /// The schema's age as alembic names it; empty in databases before there was one.
    pub fn revision(&self) -> String {
        if !self.columns.contains_key("alembic_version") {
            return String::new();
        }
        self.connection
            .first("SELECT version_num FROM alembic_version", [], |row| {
                Ok(row.get(0)?)
            })
            .ok()
            .flatten()
            .unwrap_or_default()
    }

    /// By id.
    pub fn experiments(&self) -> Result<Vec<ImportedExperiment>> {
        let created = self.or_null("experiments", "creation_time");
        let updated = self.or_null("experiments", "last_update_time");
        let mut experiments = self.all(
            &format!(
                "SELECT experiment_id, name, lifecycle_stage, {created}, {updated} FROM experiments
                 ORDER BY experiment_id"
            ),
            |row| {
                let created_ms = row.get::<_, Option<i64>>(3)?.unwrap_or(0);
                Ok(ImportedExperiment {
                    experiment_id: Some(row.get(0)?),
                    name: row.get(1)?,
                    is_deleted: row.get::<_, Option<String>>(2)?.as_deref() == Some("deleted"),
                    created_ms,
                    updated_ms: row.get::<_, Option<i64>>(4)?.unwrap_or(created_ms),
                    tags: BTreeMap::new(),
                })
            },
        )?;
        if self.columns.contains_key("experiment_tags") {
            let tags = self.all(
                "SELECT experiment_id, key, value FROM experiment_tags",
                |row| {
                    let value: Option<String> = row.get(2)?;
                    Ok((
                        row.get::<_, i64>(0)?,
                        row.get(1)?,
                        value.unwrap_or_default(),
                    ))
                },
            )?;
            for (id, key, value) in tags {
                let place = experiments
                    .iter_mut()
                    .find(|experiment| experiment.experiment_id == Some(id));
                if let Some(experiment) = place {
                    experiment.tags.insert(key, value);
                }
            }
        }
        Ok(experiments)
    }

    /// In the order in which they were begun.
    pub fn run_ids(&self) -> Result<Vec<RunId>> {
        self.all(
            "SELECT run_uuid FROM runs ORDER BY start_time, run_uuid",
            |row| Ok(RunId(row.get(0)?)),
        )
    }

    /// # Errors
    /// [`Error::NotFound`], [`Error::Invalid`] when the database is damaged.
    pub fn run(&self, run_id: &RunId) -> Result<DatabaseRun> {
        let deleted = self.or_null("runs", "deleted_time");
        let sql = format!(
            "SELECT name, user_id, status, start_time, end_time, lifecycle_stage, {deleted},
                    experiment_id, artifact_uri, source_name, source_version, entry_point_name
             FROM runs WHERE run_uuid = ?1"
        );
        let params = self.texts("params", run_id)?;
        let mut tags = self.texts("tags", run_id)?;
        let (inputs, outputs) = self.vertices(run_id)?;
        self.connection
            .first(&sql, params![run_id.as_str()], |row| {
                let text = |column| Ok::<_, Error>(row.get::<_, Option<String>>(column)?);
                // before there were tags for them
                for (column, tag) in [
                    (9, "mlflow.source.name"),
                    (10, "mlflow.source.git.commit"),
                    (11, "mlflow.project.entryPoint"),
                ] {
                    if let Some(value) = text(column)?.filter(|value| !value.is_empty()) {
                        tags.entry(tag.to_owned()).or_insert(value);
                    }
                }
                let name = match tags.get("mlflow.runName") {
                    Some(name) => name.clone(),
                    None => text(0)?.unwrap_or_default(),
                };
                let is_deleted = text(5)?.as_deref() == Some("deleted");
                let started_ms = row.get::<_, Option<i64>>(3)?.unwrap_or(0);
                let ended_ms: Option<i64> = row.get(4)?;
                let deleted_ms: Option<i64> = row.get(6)?;
                Ok(DatabaseRun {
                    experiment_id: row.get::<_, Option<i64>>(7)?.unwrap_or(0),
                    artifact_uri: text(8)?.unwrap_or_default(),
                    run: ImportedRun {
                        run_id: run_id.clone(),
                        name,
                        user: text(1)?.unwrap_or_default(),
                        status: status(&text(2)?.unwrap_or_default()),
                        started_ms,
                        ended_ms,
                        deleted_ms: is_deleted
                            .then(|| deleted_ms.or(ended_ms).unwrap_or(started_ms)),
                        params,
                        tags,
                        inputs,
                        outputs,
                    },
                })
            })
            .map_err(|error| self.unreadable(error))?
            .ok_or_else(|| Error::not_found("run", run_id))
    }

    /// Every point as it was logged; `keep` says whether more is wanted.
    ///
    /// # Errors
    /// [`Error::Invalid`] when the database is damaged.
    pub fn points(
        &self,
        run_id: &RunId,
        mut keep: impl FnMut(&str, DatabasePoint) -> bool,
    ) -> Result<()> {
        let step = match self.has("metrics", "step") {
            true => "step",
            false => "0",
        };
        let is_nan = self.or_null("metrics", "is_nan");
        let sql = format!(
            "SELECT key, timestamp, {step}, value, {is_nan} FROM metrics WHERE run_uuid = ?1
             ORDER BY rowid"
        );
        let mut read = || -> rusqlite::Result<()> {
            let mut statement = self.connection.prepare(&sql)?;
            let mut rows = statement.query(params![run_id.as_str()])?;
            while let Some(row) = rows.next()? {
                let is_nan = row.get::<_, Option<bool>>(4)?.unwrap_or(false);
                let value: Option<f64> = row.get(3)?;
                let value = value.filter(|_| !is_nan).unwrap_or(f64::NAN);
                let point = (
                    row.get::<_, Option<i64>>(1)?.unwrap_or(0),
                    row.get(2)?,
                    value,
                );
                let key = row.get_ref(0)?.as_str()?;
                if !keep(key, point) {
                    break;
                }
            }
            Ok(())
        };
        read().map_err(|error| self.unreadable(error.into()))
    }

    fn has(&self, table: &str, column: &str) -> bool {
        self.columns
            .get(table)
            .is_some_and(|columns| columns.contains(column))
    }

    fn or_null<'a>(&self, table: &str, column: &'a str) -> &'a str {
        match self.has(table, column) {
            true => column,
            false => "NULL",
        }
    }

    fn all<T>(
        &self,
        sql: &str,
        read: impl FnMut(&rusqlite::Row<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        self.connection
            .all(sql, [], read)
            .map_err(|error| self.unreadable(error))
    }

    fn texts(&self, table: &str, run_id: &RunId) -> Result<BTreeMap<String, String>> {
        let sql = format!("SELECT key, value FROM {table} WHERE run_uuid = ?1");
        let found = self
            .connection
            .all(&sql, params![run_id.as_str()], |row| {
                let value: Option<String> = row.get(1)?;
                Ok((row.get(0)?, value.unwrap_or_default()))
            })
            .map_err(|error| self.unreadable(error))?;
        Ok(found.into_iter().collect())
    }

    /// What went into the run, and the models that came out of it.
    fn vertices(&self, run_id: &RunId) -> Result<(Vec<DatasetInput>, Vec<ModelOutput>)> {
        if !self.columns.contains_key("inputs") || !self.columns.contains_key("datasets") {
            return Ok(Default::default());
        }
        let mut inputs = self
            .connection
            .all(
                "SELECT i.input_uuid, d.name, d.digest, d.dataset_source_type, d.dataset_source,
                        d.dataset_schema, d.dataset_profile
                 FROM inputs i JOIN datasets d ON d.dataset_uuid = i.source_id
                 WHERE i.destination_id = ?1 AND i.destination_type = 'RUN'
                   AND i.source_type = 'DATASET'
                 ORDER BY i.rowid",
                params![run_id.as_str()],
                |row| {
                    let input = DatasetInput {
                        name: row.get(1)?,
                        digest: row.get(2)?,
                        source_type: row.get(3)?,
                        source: row.get(4)?,
                        schema: row.get(5)?,
                        profile: row.get(6)?,
                        tags: BTreeMap::new(),
                    };
                    Ok((row.get::<_, String>(0)?, input))
                },
            )
            .map_err(|error| self.unreadable(error))?;
        for (id, input) in &mut inputs {
            let tags = self
                .connection
                .all(
                    "SELECT name, value FROM input_tags WHERE input_uuid = ?1",
                    params![id.as_str()],
                    |row| Ok((row.get(0)?, row.get(1)?)),
                )
                .map_err(|error| self.unreadable(error))?;
            input.tags = tags.into_iter().collect();
        }
        let step = match self.has("inputs", "step") {
            true => "step",
            false => "0",
        };
        let outputs = self
            .connection
            .all(
                &format!(
                    "SELECT destination_id, {step} FROM inputs
                     WHERE source_id = ?1 AND source_type = 'RUN_OUTPUT'
                       AND destination_type = 'MODEL_OUTPUT'"
                ),
                params![run_id.as_str()],
                |row| {
                    Ok(ModelOutput {
                        model_id: LoggedModelId(row.get(0)?),
                        step: row.get(1)?,
                    })
                },
            )
            .map_err(|error| self.unreadable(error))?;
        Ok((
            inputs.into_iter().map(|(_, input)| input).collect(),
            outputs,
        ))
    }

    /// The lab is not damaged when a stranger's database is.
    fn unreadable(&self, error: Error) -> Error {
        Error::invalid(
            format!("`{}` cannot be read: {error}", self.path.display()),
            "close the program that uses it, or copy the database with its own tools",
        )
    }
}

fn status(word: &str) -> RunStatus {
    match word {
        "FINISHED" => RunStatus::Finished,
        "FAILED" => RunStatus::Failed,
        "KILLED" => RunStatus::Killed,
        _ => RunStatus::Running,
    }
}
