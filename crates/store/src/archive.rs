//! Rows of a lab on their way into a database of their own, and out of such a one into another lab.
//!
//! What belongs to a run is found by the foreign keys of the tables, so that a table which a later format adds travels
//! with the run that it speaks of.

mod copy;
mod take;

use std::path::{Path, PathBuf};

use assay_core::imports::ArchiveScope;
use assay_core::registry::VersionKey;
use assay_core::{ObjectHash, RunId, TimestampMs};
use rusqlite::{Connection, OpenFlags, params};

use crate::error::{Error, Result};
use crate::migrate::{self, STEPS};
use crate::models;
use crate::orphans::referenced;
use crate::rows::{Rows, to_json};
use crate::store::Store;
use copy::{ABOUT_THE_LAB, Rule, children_of, copy_rows, tables};
pub use take::{Taken, TakenLab};

/// What was written into the database of an archive, and what it refers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extract {
    pub n_runs: u64,
    pub objects: Vec<ObjectHash>,
    /// Versions with a folder in the registry, and the folder.
    pub registry: Vec<(VersionKey, PathBuf)>,
}

/// The database of an archive.
#[derive(Debug)]
pub struct ArchiveDatabase {
    connection: Connection,
}

impl Store {
    /// Writes a database with the runs and all that belongs to them, the trash too; of the whole lab everything except
    /// its log, its undo list and its jobs. `path` must not exist.
    ///
    /// # Errors
    /// [`Error::NotFound`] for a run or an experiment that is not there.
    pub fn extract(
        &self,
        selection: &ArchiveScope,
        path: &Path,
        now_ms: TimestampMs,
    ) -> Result<Extract> {
        let mut to = Connection::open(path)?;
        // the file is new, and thrown away when it does not come to its end
        to.pragma_update(None, "journal_mode", "OFF")?;
        to.pragma_update(None, "synchronous", "OFF")?;
        migrate::migrate(&mut to, STEPS, path, now_ms)?;
        let to = to.transaction()?;
        to.pragma_update(None, "defer_foreign_keys", true)?;
        let registry = self.read(|from| {
            match selected(from, selection)? {
                None => {
                    for table in tables(from)? {
                        if !ABOUT_THE_LAB.contains(&table.as_str()) {
                            // changes are counted by each lab for itself
                            let rule = Rule::all().with("changed", 0).with("listed", 0);
                            copy_rows(from, &to, &table, &rule)?;
                        }
                    }
                    self.registry_folders(from)
                }
                Some(runs) => copy_runs(from, &to, &runs, selection).map(|()| Vec::new()),
            }
        })?;
        let mut objects: Vec<ObjectHash> = referenced(&to)?.into_iter().collect();
        objects.sort();
        let n_runs = to.count("SELECT count(*) FROM runs", [])?;
        to.commit()?;
        Ok(Extract {
            n_runs,
            objects,
            registry,
        })
    }

    fn registry_folders(&self, db: &Connection) -> Result<Vec<(VersionKey, PathBuf)>> {
        let keys = models::version_keys(db)?;
        Ok(keys
            .into_iter()
            .map(|key| {
                let path = self.layout.registered(&key);
                (key, path)
            })
            .filter(|(_, path)| path.is_dir())
            .collect())
    }
}

impl ArchiveDatabase {
    /// An archive of an older Assay is brought up to date first; the file is changed by that.
    ///
    /// # Errors
    /// [`Error::NewerLab`], [`Error::Invalid`] when it is no database of Assay.
    pub fn open(path: &Path, now_ms: TimestampMs) -> Result<Self> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open_with_flags(path, flags)?;
        // functions that a stranger has put into a view or trigger do nothing
        connection.execute_batch("PRAGMA trusted_schema = OFF;")?;
        let id: i32 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
        if id != migrate::APPLICATION_ID {
            return Err(Error::invalid(
                "its database is none of Assay's",
                "export it again",
            ));
        }
        migrate::migrate(
            &mut connection,
            STEPS,
            &path.with_extension("backups"),
            now_ms,
        )?;
        Ok(Self { connection })
    }

    /// In the order in which the lab got them.
    pub fn run_ids(&self) -> Result<Vec<RunId>> {
        self.connection
            .all("SELECT run_id FROM runs ORDER BY id", [], |row| {
                Ok(RunId(row.get(0)?))
            })
    }

    pub fn objects(&self) -> Result<Vec<ObjectHash>> {
        let mut objects: Vec<ObjectHash> = referenced(&self.connection)?.into_iter().collect();
        objects.sort();
        Ok(objects)
    }
}

/// The rows of the runs; `None`: all of the lab.
fn selected(db: &Connection, selection: &ArchiveScope) -> Result<Option<Vec<i64>>> {
    match selection {
        ArchiveScope::All => Ok(None),
        ArchiveScope::Runs { run_ids } => run_ids
            .iter()
            .map(|run_id| {
                db.first(
                    "SELECT id FROM runs WHERE run_id = ?1",
                    params![run_id.as_str()],
                    |row| Ok(row.get(0)?),
                )?
                .ok_or_else(|| Error::not_found("run", run_id))
            })
            .collect::<Result<_>>()
            .map(Some),
        ArchiveScope::Experiment { experiment } => {
            let id = experiment_row(db, experiment.as_str())?;
            db.all(
                "SELECT id FROM runs WHERE experiment_id = ?1 ORDER BY id",
                params![id],
                |row| Ok(row.get(0)?),
            )
            .map(Some)
        }
    }
}

fn experiment_row(db: &Connection, name: &str) -> Result<i64> {
    db.first(
        "SELECT id FROM experiments WHERE name = ?1",
        params![name],
        |row| Ok(row.get(0)?),
    )?
    .ok_or_else(|| Error::not_found("experiment", name))
}

/// Runs with their experiments, the models that they logged, and everything that hangs on these.
fn copy_runs(
    from: &Connection,
    to: &Connection,
    runs: &[i64],
    selection: &ArchiveScope,
) -> Result<()> {
    let wanted = to_json(&runs)?;
    let mut experiments = from.all(
        "SELECT DISTINCT r.experiment_id FROM json_each(?1) w JOIN runs r ON r.id = w.value",
        params![wanted],
        |row| Ok(row.get::<_, i64>(0)?),
    )?;
    if let ArchiveScope::Experiment { experiment } = selection {
        let own = experiment_row(from, experiment.as_str())?;
        if !experiments.contains(&own) {
            experiments.push(own);
        }
    }
    let models = from.all(
        "SELECT DISTINCT l.id FROM json_each(?1) w JOIN runs r ON r.id = w.value
         JOIN logged_models l ON l.source_run = r.run_id
            OR l.model_id IN (SELECT o.model_id FROM run_outputs o WHERE o.run = r.id)
            OR l.model_id IN (SELECT i.model_id FROM run_input_models i WHERE i.run = r.id)",
        params![wanted],
        |row| Ok(row.get::<_, i64>(0)?),
    )?;
    for (table, rows) in [
        ("experiments", experiments.as_slice()),
        ("runs", runs),
        ("logged_models", models.as_slice()),
    ] {
        copy_rows(from, to, table, &Rule::rows("id", rows)?)?;
        for (child, column) in children_of(from, table)? {
            if !matches!(child.as_str(), "runs" | "logged_models") {
                copy_rows(from, to, &child, &Rule::rows(&column, rows)?)?;
            }
        }
    }
    Ok(())
}
