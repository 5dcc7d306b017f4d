//! Runs: begun, filled, finished, and from then on append-only.

mod begin;
pub(crate) mod bulk;
mod chunk;
pub(crate) mod chunk_rows;
mod completion;
pub(crate) mod curve;
pub(crate) mod fields;
mod finish;
pub(crate) mod index;
pub(crate) mod live;
pub(crate) mod load;
pub(crate) mod metrics;
mod purge;
pub(crate) mod query;
mod selection;
mod summary;
mod table;
mod tree;

use std::collections::BTreeMap;

use assay_core::code::Failure;
use assay_core::parity::ParityReport;
use assay_core::run::{
    Artifact, Confusion, ExperimentSummary, MetricSummary, RunStatus, RunSummary, TrainRecord,
};
use assay_core::tracking::ExperimentId;
use assay_core::{DatasetName, ExperimentName, RunId, TimestampMs};
use rusqlite::{Connection, params};

use crate::error::Result;
use crate::files::{self, OF_RUNS};
use crate::rows::{Rows, from_json};
use crate::store::{Store, Write};

/// A run to be begun.
#[derive(Debug, Clone, PartialEq)]
pub struct NewRun {
    pub run_id: RunId,
    pub experiment: ExperimentName,
    /// `None`: `algorithm-01` and so on, after the parameter `algorithm`.
    pub name: Option<String>,
    pub started_ms: TimestampMs,
    /// As text, `algorithm` among them.
    pub params: BTreeMap<String, String>,
    pub tags: BTreeMap<String, String>,
    /// Name and number of the data it is trained on.
    pub dataset: Option<(DatasetName, u32)>,
    /// The process that fills it; when that dies, the run counts as killed. `None`: somebody else ends it.
    pub process_id: Option<u32>,
}

/// How a run ended, with all that is known only then.
#[derive(Debug, Clone, PartialEq)]
pub struct FinishedRun {
    /// Not `Running`.
    pub status: RunStatus,
    pub ended_ms: TimestampMs,
    pub record: Option<TrainRecord>,
    pub failure: Option<Failure>,
    pub confusion: Option<Confusion>,
    pub parity: Option<ParityReport>,
}

impl FinishedRun {
    /// An end without documents.
    pub fn new(status: RunStatus, ended_ms: TimestampMs) -> Self {
        Self {
            status,
            ended_ms,
            record: None,
            failure: None,
            confusion: None,
            parity: None,
        }
    }
}

/// All that is stored of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct RunParts {
    pub summary: RunSummary,
    pub record: Option<TrainRecord>,
    pub metric_summaries: Vec<MetricSummary>,
    pub confusion: Option<Confusion>,
    pub parity: Option<ParityReport>,
    pub artifacts: Vec<Artifact>,
    pub failure: Option<Failure>,
}

impl Store {
    /// A run by its id, by the first digits of it (four at least) when they are enough, or by its name when only one
    /// has it. Runs in the trash are not found.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Ambiguous`] with up to five candidates.
    pub fn run(&self, wanted: &str) -> Result<RunSummary> {
        self.read(|db| {
            let row = load::find(db, wanted)?;
            load::summary(db, row)
        })
    }

    pub fn run_parts(&self, run_id: &RunId) -> Result<RunParts> {
        self.read(|db| {
            let row = load::find_id(db, run_id)?;
            Ok(RunParts {
                summary: load::summary(db, row)?,
                record: document(db, row, "record")?,
                metric_summaries: metrics::summaries(db, row)?,
                confusion: document(db, row, "confusion")?,
                parity: document(db, row, "parity")?,
                artifacts: files::list(db, OF_RUNS, row)?,
                failure: document(db, row, "failure")?,
            })
        })
    }

    /// Refers to an object that is in the lab. The path is relative, with `/`; the same path again replaces it.
    ///
    /// # Errors
    /// [`Error::Conflict`] when the run is finished, [`Error::Invalid`] for a path that leaves the run.
    pub fn add_artifact(&self, run_id: &RunId, file: &Artifact, at_ms: TimestampMs) -> Result<()> {
        self.put_file(OF_RUNS, file, at_ms, |write| {
            let row = load::find_running(&write.tx, run_id)?;
            write.touched_run(row);
            Ok(row)
        })
    }

    /// By path.
    pub fn artifacts(&self, run_id: &RunId) -> Result<Vec<Artifact>> {
        self.read(|db| files::list(db, OF_RUNS, load::find_id(db, run_id)?))
    }

    /// Sets a tag, on a finished run too: tags say what people think of a run, not what it was. An empty value
    /// removes it.
    pub fn set_tag(
        &self,
        run_id: &RunId,
        key: &str,
        value: &str,
        at_ms: TimestampMs,
    ) -> Result<()> {
        self.write(at_ms, |write| {
            let row = load::find_id(&write.tx, run_id)?;
            write.put_text("run_tags", row, key, value)
        })
    }

    /// With their runs that are not in the trash; by name.
    pub fn experiments(&self) -> Result<Vec<ExperimentSummary>> {
        self.read(|db| {
            db.all(
                "SELECT e.id, e.name, count(*), max(r.started_ms) FROM experiments e
                 JOIN runs r ON r.experiment_id = e.id AND r.deleted_ms IS NULL
                 GROUP BY e.id ORDER BY e.name",
                [],
                |row| {
                    Ok(ExperimentSummary {
                        experiment_id: ExperimentId(row.get(0)?),
                        experiment: ExperimentName(row.get(1)?),
                        n_runs: row.get(2)?,
                        last_started_ms: row.get(3)?,
                    })
                },
            )
        })
    }
}

impl Write<'_> {
    /// A parameter or tag; an empty value is none.
    fn put_text(&mut self, table: &str, row: i64, key: &str, value: &str) -> Result<()> {
        if value.is_empty() {
            self.tx.run(
                &format!("DELETE FROM {table} WHERE run = ?1 AND key = ?2"),
                params![row, key],
            )?;
        } else {
            self.tx.run(
                &format!("INSERT OR REPLACE INTO {table} (run, key, value) VALUES (?1, ?2, ?3)"),
                params![row, key, value],
            )?;
        }
        self.touched_run(row);
        Ok(())
    }
}

fn document<T: serde::de::DeserializeOwned>(
    db: &Connection,
    row: i64,
    kind: &str,
) -> Result<Option<T>> {
    db.first(
        "SELECT doc FROM run_documents WHERE run = ?1 AND kind = ?2",
        params![row, kind],
        |row| from_json(&row.get::<_, String>(0)?),
    )
}
