//! The database's format, one numbered step after another, each with a backup before it.

use std::path::Path;
use std::time::Duration;

use assay_core::TimestampMs;
use rusqlite::{Connection, TransactionBehavior, backup::Backup};

use crate::error::{Attempted, Error, Result};
use crate::runs::chunk_rows;

/// `ASAY`, so that a file browser and `file` can tell a lab's database from another one.
pub(crate) const APPLICATION_ID: i32 = 0x4153_4159;

/// From format n to n + 1 at index n.
///
/// Invariant: a step that was released is never changed.
pub(crate) const STEPS: &[&str] = &[
    include_str!("migrations/1.sql"),
    include_str!("migrations/2.sql"),
    include_str!("migrations/3.sql"),
    include_str!("migrations/4.sql"),
    include_str!("migrations/5.sql"),
    include_str!("migrations/6.sql"),
    include_str!("migrations/7.sql"),
    include_str!("migrations/8.sql"),
    include_str!("migrations/9.sql"),
];

/// What a step does that SQL cannot.
type Finish = fn(&Connection) -> Result<()>;

/// What SQL cannot do of a step, by the format that it leads to.
const AFTER: &[(usize, Finish)] = &[(7, chunk_rows::describe_chunks)];

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
    // A step that rebuilds a table would otherwise delete what refers to it (sqlite.org/lang_altertable.html#otheralter).
    connection.pragma_update(None, "foreign_keys", false)?;
    for (index, step) in steps.iter().enumerate().skip(found as usize) {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.execute_batch(step)?;
        for (_, finish) in AFTER.iter().filter(|(format, _)| *format == index + 1) {
            finish(&transaction)?;
        }
        transaction.pragma_update(None, "user_version", index as u32 + 1)?;
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.commit()?;
    }
    connection.pragma_update(None, "foreign_keys", true)?;
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

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: &[&str] = &[
        "CREATE TABLE notes (text TEXT); INSERT INTO notes VALUES ('old');",
        "ALTER TABLE notes ADD COLUMN stars INTEGER; UPDATE notes SET stars = 3;",
    ];

    fn notes(connection: &Connection, columns: &str) -> rusqlite::Result<String> {
        connection.query_row(&format!("SELECT {columns} FROM notes"), [], |row| {
            row.get(0)
        })
    }

    #[test]
    fn an_older_database_is_copied_and_then_brought_up() -> Result<()> {
        let folder = tempfile::tempdir().unwrap();
        let (path, backups) = (folder.path().join("lab.db"), folder.path().join("backups"));
        let mut connection = Connection::open(&path)?;
        migrate(&mut connection, &TWO[..1], &backups, 1)?;
        assert_eq!(format(&connection, TWO)?, 1);
        assert!(!backups.exists(), "an empty database needs no copy");

        migrate(&mut connection, TWO, &backups, 42)?;
        assert_eq!(format(&connection, TWO)?, 2);
        assert_eq!(notes(&connection, "text || stars")?, "old3");
        let copy = Connection::open(backups.join("lab-v1-42.db"))?;
        assert_eq!(format(&copy, TWO)?, 1);
        assert_eq!(notes(&copy, "text")?, "old");
        assert!(notes(&copy, "stars").is_err());

        migrate(&mut connection, TWO, &backups, 43)?;
        assert_eq!(std::fs::read_dir(&backups).unwrap().count(), 1);
        Ok(())
    }

    #[test]
    fn a_step_that_fails_leaves_the_database_before_it() -> Result<()> {
        let folder = tempfile::tempdir().unwrap();
        let mut connection = Connection::open_in_memory()?;
        let broken = [
            TWO[0],
            "UPDATE notes SET text = 'lost'; SELECT * FROM nothing;",
        ];
        assert!(migrate(&mut connection, &broken, folder.path(), 1).is_err());
        assert_eq!(format(&connection, TWO)?, 1);
        assert_eq!(notes(&connection, "text")?, "old");
        Ok(())
    }

    #[test]
    fn a_newer_database_is_refused() -> Result<()> {
        let connection = Connection::open_in_memory()?;
        connection.pragma_update(None, "user_version", 3)?;
        let refused = format(&connection, TWO);
        assert!(matches!(
            refused,
            Err(Error::NewerLab { found: 3, known: 2 })
        ));
        Ok(())
    }

    #[test]
    fn the_released_steps_build_the_newest_format() -> Result<()> {
        let folder = tempfile::tempdir().unwrap();
        let mut connection = Connection::open_in_memory()?;
        migrate(&mut connection, STEPS, folder.path(), 1)?;
        assert_eq!(format(&connection, STEPS)? as usize, STEPS.len());
        Ok(())
    }
}
