//! The list of changes: how a window hears of a write by another process.

use std::collections::BTreeSet;

use assay_core::TimestampMs;
use assay_core::event::Kind;
use rusqlite::{Connection, params};

use crate::error::Result;
use crate::rows::{Rows, from_word, to_word};
use crate::store::{Store, read_only};

/// A reader that has not looked for this many changes is told that everything changed.
const KEPT: i64 = 10_000;
/// What is older goes so many at a time, for groups of log entries come by the thousand a second.
const DROPPED_AT_ONCE: i64 = 256;

impl Store {
    /// The number of the newest change; 0 before the first.
    pub fn change_number(&self) -> Result<u64> {
        self.read(newest)
    }

    /// What was changed after change `number`, and the number of the newest change.
    pub fn changes_since(&self, number: u64) -> Result<(u64, Vec<Kind>)> {
        self.read(|db| since(db, number))
    }

    /// A watch that reports changes from now on, of this and of other processes.
    pub fn watch(&self) -> Result<Watch> {
        let connection = read_only(&self.layout)?;
        let number = newest(&connection)?;
        let data_version = data_version(&connection)?;
        Ok(Watch {
            connection,
            number,
            data_version,
        })
    }
}

/// Has a connection of its own; asking it costs microseconds as long as nothing was written.
#[derive(Debug)]
pub struct Watch {
    connection: Connection,
    number: u64,
    data_version: i64,
}

impl Watch {
    /// What was changed since the last call; empty when nothing was.
    pub fn poll(&mut self) -> Result<Vec<Kind>> {
        // SQLite counts commits of other connections here without reading the database.
        let data_version = data_version(&self.connection)?;
        if data_version == self.data_version {
            return Ok(Vec::new());
        }
        let (number, kinds) = since(&self.connection, self.number)?;
        self.data_version = data_version;
        self.number = number;
        Ok(kinds)
    }
}

/// The number of the last of them; 0 when there is none.
pub(crate) fn append(db: &Connection, kinds: &BTreeSet<Kind>, at_ms: TimestampMs) -> Result<i64> {
    let mut number = 0;
    for kind in kinds {
        db.run(
            "INSERT INTO changes (kind, at_ms) VALUES (?1, ?2)",
            params![to_word(kind)?, at_ms],
        )?;
        number = db.last_insert_rowid();
        if number % DROPPED_AT_ONCE == 0 {
            db.run(
                "DELETE FROM changes WHERE number <= ?1",
                params![number - KEPT],
            )?;
            db.run(
                "DELETE FROM run_changes WHERE number <= ?1",
                params![number - KEPT],
            )?;
        }
    }
    Ok(number)
}

/// The runs that were touched after change `number`, ascending; `None`: it is too long ago to say.
pub(crate) fn runs_since(db: &Connection, number: u64, newest: u64) -> Result<Option<Vec<i64>>> {
    if newest < number || newest - number >= KEPT.unsigned_abs() {
        return Ok(None);
    }
    db.all(
        "SELECT DISTINCT run FROM run_changes WHERE number > ?1 ORDER BY run",
        params![number as i64],
        |row| Ok(row.get(0)?),
    )
    .map(Some)
}

pub(crate) fn newest(db: &Connection) -> Result<u64> {
    db.count("SELECT max(number) FROM changes", [])
}

fn since(db: &Connection, number: u64) -> Result<(u64, Vec<Kind>)> {
    let newest = newest(db)?;
    let oldest = db.count("SELECT min(number) FROM changes", [])?;
    if number + 1 < oldest {
        return Ok((newest, Kind::ALL.to_vec()));
    }
    let kinds = db.all(
        "SELECT DISTINCT kind FROM changes WHERE number > ?1",
        params![number as i64],
        |row| from_word::<Kind>(&row.get::<_, String>(0)?),
    )?;
    let kinds: BTreeSet<Kind> = kinds.into_iter().collect();
    Ok((newest, kinds.into_iter().collect()))
}

fn data_version(db: &Connection) -> Result<i64> {
    Ok(db.pragma_query_value(None, "data_version", |row| row.get(0))?)
}
