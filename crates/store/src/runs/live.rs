//! Which runs changed since a change: a table in sight stays live without being read again as a whole.

use std::collections::BTreeSet;

use assay_core::run_table::{RunChanges, RunChangesRequest};
use rusqlite::{Connection, params};

use super::table;
use crate::changes;
use crate::error::{Error, Result};
use crate::rows::{Rows, to_json};
use crate::store::Store;

/// More rows are never in sight.
const MAX_SHOWN: usize = 1_000;

/// The runs that one transaction changes.
#[derive(Debug, Default)]
pub(crate) struct Touched {
    pub rows: BTreeSet<i64>,
    pub listed: BTreeSet<i64>,
}

impl Touched {
    /// Most of what they change triggers have noted already.
    pub fn mark(&self, db: &Connection, number: i64) -> Result<()> {
        for row in &self.rows {
            db.run(
                "INSERT INTO run_changes SELECT ?2, ?1
                 WHERE NOT EXISTS (SELECT 1 FROM run_changes WHERE number = ?2 AND run = ?1)",
                params![row, number],
            )?;
        }
        for row in &self.listed {
            db.run(
                "UPDATE runs SET listed = ?2 WHERE id = ?1",
                params![row, number],
            )?;
        }
        Ok(())
    }
}

impl Store {
    /// # Errors
    /// [`Error::Invalid`] when more than 1,000 runs are in sight, or for a column that cannot be read.
    pub fn run_changes(&self, request: &RunChangesRequest) -> Result<RunChanges> {
        if request.shown.len() > MAX_SHOWN {
            return Err(Error::invalid(
                format!("{} runs are said to be in sight", request.shown.len()),
                format!("ask for at most {MAX_SHOWN}"),
            ));
        }
        self.read(|db| {
            let change = changes::newest(db)?;
            let touched = changes::runs_since(db, request.since, change)?;
            let shown = db.all(
                "SELECT r.id FROM json_each(?1) w JOIN runs r ON r.run_id = w.value",
                params![to_json(&request.shown)?],
                |row| Ok(row.get::<_, i64>(0)?),
            )?;
            let (n_changed, shown) = match &touched {
                Some(touched) => {
                    let is_touched = |row: &i64| touched.binary_search(row).is_ok();
                    let shown = shown.into_iter().filter(is_touched).collect();
                    (touched.len() as u64, shown)
                }
                // What is forgotten may have been anything.
                None => (db.count("SELECT count(*) FROM runs", [])?, shown),
            };
            let listed = db.count("SELECT max(listed) FROM runs", [])?;
            Ok(RunChanges {
                change,
                runs: table::rows(db, &shown, request.columns.as_deref())?,
                n_changed,
                rows_shift: touched.is_none()
                    || listed > request.since
                    || others_changed(db, request.since)?,
            })
        })
    }
}

/// The trash, or the models that rows name.
fn others_changed(db: &Connection, since: u64) -> Result<bool> {
    let n = db.count(
        "SELECT count(*) FROM changes WHERE number > ?1 AND kind IN ('trash', 'models')",
        params![i64::try_from(since).unwrap_or(i64::MAX)],
    )?;
    Ok(n > 0)
}
