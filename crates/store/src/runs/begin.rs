//! How a run begins, and what it is called.

use assay_core::ids::check_name;
use assay_core::run::{RunStatus, RunSummary};
use rusqlite::{Connection, params};

use super::{NewRun, load};
use crate::error::{Error, Result};
use crate::rows::{Rows, to_word};
use crate::store::Store;

impl Store {
    /// Names need not be unique; ids must.
    ///
    /// # Errors
    /// [`Error::Conflict`] when the id is taken, [`Error::Name`] for an experiment's name that is none.
    pub fn begin_run(&self, new: NewRun) -> Result<RunSummary> {
        check_name(new.experiment.as_str())?;
        self.write(new.started_ms, |write| {
            let db = &write.tx;
            let taken = db.count(
                "SELECT count(*) FROM runs WHERE run_id = ?1",
                params![new.run_id.as_str()],
            )?;
            if taken > 0 {
                return Err(Error::conflict(
                    format!("there is a run {} already", new.run_id),
                    "begin it with another id",
                ));
            }
            let experiment = experiment_row(db, new.experiment.as_str())?;
            let name = match &new.name {
                Some(name) if !name.trim().is_empty() => name.trim().to_owned(),
                _ => {
                    let algorithm = new.params.get("algorithm").map_or("run", String::as_str);
                    next_name(db, experiment, algorithm)?
                }
            };
            let (dataset, number) = match &new.dataset {
                Some((dataset, number)) => (Some(dataset.as_str()), Some(*number)),
                None => (None, None),
            };
            db.run(
                "INSERT INTO runs (run_id, experiment_id, name, status, started_ms, dataset,
                                   dataset_version, process_id)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                params![
                    new.run_id.as_str(),
                    experiment,
                    name,
                    to_word(&RunStatus::Running)?,
                    new.started_ms,
                    dataset,
                    number,
                    new.process_id
                ],
            )?;
            let row = db.last_insert_rowid();
            for (key, value) in &new.params {
                write.tx.run(
                    "INSERT INTO run_params (run, key, value) VALUES (?1, ?2, ?3)",
                    params![row, key, value],
                )?;
            }
            for (key, value) in &new.tags {
                write.put_text("run_tags", row, key, value)?;
            }
            write.listed_run(row);
            load::summary(&write.tx, row)
        })
    }
}

fn experiment_row(db: &Connection, name: &str) -> Result<i64> {
    db.run(
        "INSERT INTO experiments (name) VALUES (?1) ON CONFLICT (name) DO NOTHING",
        params![name],
    )?;
    db.first(
        "SELECT id FROM experiments WHERE name = ?1",
        params![name],
        |row| Ok(row.get(0)?),
    )?
    .ok_or_else(|| Error::not_found("experiment", name))
}

/// One more than the highest number of the algorithm's runs in the experiment, the trash included.
fn next_name(db: &Connection, experiment: i64, algorithm: &str) -> Result<String> {
    let prefix = format!("{algorithm}-");
    // `.` follows `-` in the order of characters: all names with the prefix stand between the two.
    let end = format!("{algorithm}.");
    let numbers = db.all(
        "SELECT name FROM runs WHERE experiment_id = ?1 AND name >= ?2 AND name < ?3",
        params![experiment, prefix, end],
        |row| {
            let name: String = row.get(0)?;
            Ok(name
                .strip_prefix(&prefix)
                .and_then(|number| number.parse::<u32>().ok()))
        },
    )?;
    let last = numbers.into_iter().flatten().max().unwrap_or(0);
    Ok(format!("{prefix}{:02}", last + 1))
}
