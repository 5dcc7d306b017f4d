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
    pub fn mark(&self, db: &Connection, number: i64) -> Result<()> {
        for row in &self.rows {
            let sql = if self.listed.contains(row) {
                "UPDATE runs SET changed = ?2, listed = ?2 WHERE id = ?1"
            } else {
                "UPDATE runs SET changed = ?2 WHERE id = ?1"
            };
            db.run(sql, params![row, number])?;
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
        let since = i64::try_from(request.since).unwrap_or(i64::MAX);
        self.read(|db| {
            let change = changes::newest(db)?;
            let (n_changed, listed) = db
                .first(
                    "SELECT count(*), max(listed) FROM runs WHERE changed > ?1",
                    params![since],
                    |row| Ok((row.get::<_, i64>(0)?, row.get::<_, Option<i64>>(1)?)),
                )?
                .unwrap_or_default();
            let shown = db.all(
                "SELECT r.id FROM json_each(?1) w JOIN runs r ON r.run_id = w.value WHERE r.changed > ?2",
                params![to_json(&request.shown)?, since],
                |row| Ok(row.get::<_, i64>(0)?),
            )?;
            Ok(RunChanges {
                change,
                runs: table::rows(db, &shown, request.columns.as_deref())?,
                n_changed: n_changed as u64,
                rows_shift: listed.is_some_and(|listed| listed > since)
                    || others_changed(db, since)?,
            })
        })
    }
}

/// The trash, or the models that rows name; also when that was so long ago that it is forgotten.
fn others_changed(db: &Connection, since: i64) -> Result<bool> {
    let n = db.count(
        "SELECT count(*) FROM changes WHERE number > ?1 AND kind IN ('trash', 'models')",
        params![since],
    )?;
    let oldest = db.count("SELECT min(number) FROM changes", [])? as i64;
    Ok(n > 0 || since.saturating_add(1) < oldest)
}
