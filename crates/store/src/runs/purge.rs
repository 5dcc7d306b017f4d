//! Runs of the trash deleted for good, and what that frees.

use std::collections::HashSet;

use assay_core::bulk::{LeftReason, PurgeRuns, RunTrash, RunsPurged};
use assay_core::event::Kind;
use rusqlite::{Connection, params};

use super::selection::{Chosen, Left, choose};
use crate::act::Act;
use crate::error::Result;
use crate::rows::{Rows, to_json};
use crate::store::Store;
use crate::trash;

impl Store {
    /// Deletes runs of the trash for good, then the bytes that nothing refers to any more. What is not in the trash
    /// is left, and so is a run that a registered model was made from.
    ///
    /// # Errors
    /// As [`Store::change_runs`].
    pub fn purge_runs(&self, request: &PurgeRuns, act: Act<'_>) -> Result<RunsPurged> {
        let mut left = Left::default();
        let n_deleted = self.write(act.at_ms, |write| {
            let mut chosen = choose(&write.tx, &request.selection, true, &mut left)?;
            let registered = registered(&write.tx)?;
            chosen.retain(|run| {
                let Some((reason, why)) = obstacle(run, &registered) else {
                    return true;
                };
                left.add(&run.run_id, &run.name, reason, why);
                false
            });
            if chosen.is_empty() {
                return Ok(0);
            }
            let rows: Vec<i64> = chosen.iter().map(|run| run.row).collect();
            write.tx.run(
                "DELETE FROM runs WHERE id IN (SELECT value FROM json_each(?1))",
                params![to_json(&rows)?],
            )?;
            write.changed(Kind::Trash);
            write.changed(Kind::Runs);
            let names: Vec<&str> = chosen
                .iter()
                .take(100)
                .map(|run| run.name.as_str())
                .collect();
            write.audit(
                act,
                "trash.emptied",
                "",
                &format!(
                    "Deleted {} for good: {}.",
                    runs_text(chosen.len()),
                    names.join("; ")
                ),
            )?;
            Ok(chosen.len() as u64)
        })?;
        let removed = self.remove_orphans()?;
        Ok(RunsPurged {
            n_deleted,
            freed_bytes: removed.size_bytes,
            left: left.told,
            n_left: left.n,
        })
    }

    pub fn run_trash(&self) -> Result<RunTrash> {
        self.read(|db| {
            let rows = db.all(
                "SELECT id FROM runs WHERE deleted_ms IS NOT NULL",
                [],
                |row| Ok(row.get::<_, i64>(0)?),
            )?;
            let registered = registered(db)?;
            let (kept, gone): (Vec<i64>, Vec<i64>) =
                rows.iter().partition(|row| registered.contains(row));
            Ok(RunTrash {
                n_runs: rows.len() as u64,
                size_bytes: trash::freed_by_all_runs(db, &gone)?,
                n_registered: kept.len() as u64,
            })
        })
    }
}

fn obstacle(run: &Chosen, registered: &HashSet<i64>) -> Option<(LeftReason, String)> {
    let name = &run.name;
    if !run.is_deleted {
        let why = format!("the run `{name}` is not in the trash: delete it first");
        return Some((LeftReason::NotInTrash, why));
    }
    registered.contains(&run.row).then(|| {
        let why = format!(
            "a registered model was made by the run `{name}`: delete the model for good first"
        );
        (LeftReason::Registered, why)
    })
}

/// Runs that a version was made from, of a model in the trash too.
fn registered(db: &Connection) -> Result<HashSet<i64>> {
    let rows = db.all(
        "SELECT DISTINCT r.id FROM model_versions v JOIN runs r ON r.run_id = v.run_id",
        [],
        |row| Ok(row.get(0)?),
    )?;
    Ok(rows.into_iter().collect())
}

fn runs_text(n: usize) -> String {
    if n == 1 {
        "1 run".to_owned()
    } else {
        format!("{n} runs")
    }
}
