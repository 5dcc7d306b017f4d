//! The database's format, one numbered step after another, each with a backup before it.

use std::path::Path;
use std::time::Duration;

use assay_core::TimestampMs;
use rusqlite::{Connection, TransactionBehavior, backup::Backup};

use crate::error::{Attempted, Error, Result};

/// `ASAY`, so that a file browser and `file` can tell a lab's database from another one.
pub(crate) const APPLICATION_ID: i32 = 0x4153_4159;

/// From format n to n + 1 at index n.
///
/// Invariant: a step that was released is never changed.
pub(crate) const STEPS: &[&str] = &[include_str!("migrations/1.sql")];

/// The format of a database: 0 for an empty one.
///
/// # Errors
/// When it is newer than `steps` reach.
pub(crate) fn format(connection: &Connection, steps: &[&str]) -> Result<u32> {
    let found: u32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let known = steps.len() as u32;
    if found > known {
        return Err(Error::NewerLab { found, known });
    }
    Ok(found)
}

/// Brings a database to the newest format. To be called by one process alone.
///
/// A copy as it was goes to `backups` first, unless it was empty. Each step is one transaction.
pub(crate) fn migrate(
    connection: &mut Connection,
    steps: &[&str],
    backups: &Path,
    now_ms: TimestampMs,
) -> Result<()> {
    let found = format(connection, steps)?;
    if found as usize == steps.len() {
        return Ok(());
    }
    if found > 0 {
        back_up(
            connection,
            &backups.join(format!("lab-v{found}-{now_ms}.db")),
        )?;
    }
    for (index, step) in steps.iter().enumerate().skip(found as usize) {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.execute_batch(step)?;
        transaction.pragma_update(None, "user_version", index as u32 + 1)?;
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.commit()?;
    }
    Ok(())
}

fn back_up(connection: &Connection, path: &Path) -> Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)
            .attempted(|| format!("making the folder `{}`", folder.display()))?;
    }
    let mut copy = Connection::open(path)?;
    Backup::new(connection, &mut copy)?.run_to_completion(1_000, Duration::ZERO, None)?;
    Ok(())
}
