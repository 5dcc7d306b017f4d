//! The audit log: append-only, each entry chained to the one before by its hash.

use assay_core::TimestampMs;
use assay_core::event::Kind;
use assay_core::registry::AuditEntry;
use rusqlite::{Connection, Row, params};

use crate::act::Act;
use crate::error::Result;
use crate::rows::{Rows, to_json};
use crate::store::{Store, Write};

/// What stands before the first entry.
const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// The first place where the log is not what was written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("entry {number} of the audit log {wrong}")]
pub struct ChainBreak {
    pub number: u64,
    pub wrong: &'static str,
}

impl Store {
    /// Appends an entry that belongs to no change, for example a move that a gate refused.
    pub fn append_audit(
        &self,
        act: Act<'_>,
        action: &str,
        subject: &str,
        detail: &str,
    ) -> Result<AuditEntry> {
        self.write(act.at_ms, |write| write.audit(act, action, subject, detail))
    }

    /// Newest first; of one subject (`nsw-price@3`) or of the whole lab.
    pub fn audit(&self, subject: Option<&str>, limit: u32) -> Result<Vec<AuditEntry>> {
        self.read(|db| match subject {
            Some(subject) => db.all(
                "SELECT * FROM audit WHERE subject = ?1 ORDER BY number DESC LIMIT ?2",
                params![subject, limit],
                read_entry,
            ),
            None => db.all(
                "SELECT * FROM audit ORDER BY number DESC LIMIT ?1",
                params![limit],
                read_entry,
            ),
        })
    }

    /// Walks the whole chain: the number of entries, or where it breaks.
    pub fn verify_audit(&self) -> Result<std::result::Result<u64, ChainBreak>> {
        self.read(verify)
    }
}

impl Write<'_> {
    pub(crate) fn audit(
        &mut self,
        act: Act<'_>,
        action: &str,
        subject: &str,
        detail: &str,
    ) -> Result<AuditEntry> {
        let newest = self.tx.first(
            "SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1",
            [],
            |row| Ok((row.get::<_, i64>(0)? as u64, row.get::<_, String>(1)?)),
        )?;
        let (last, previous_hash) = newest.unwrap_or((0, GENESIS.to_owned()));
        let mut entry = AuditEntry {
            number: last + 1,
            at_ms: act.at_ms,
            actor: act.actor.to_owned(),
            action: action.to_owned(),
            subject: subject.to_owned(),
            detail: detail.to_owned(),
            previous_hash,
            hash: String::new(),
        };
        entry.hash = hash(&entry)?;
        self.tx.run(
            "INSERT INTO audit (number, at_ms, actor, action, subject, detail, previous_hash, hash)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            params![
                entry.number as i64,
                entry.at_ms,
                entry.actor,
                entry.action,
                entry.subject,
                entry.detail,
                entry.previous_hash,
                entry.hash
            ],
        )?;
        self.changed(Kind::Audit);
        Ok(entry)
    }
}

pub(crate) fn verify(db: &Connection) -> Result<std::result::Result<u64, ChainBreak>> {
    let broken = |number, wrong| Ok(Err(ChainBreak { number, wrong }));
    let entries = db.all("SELECT * FROM audit ORDER BY number", [], read_entry)?;
    let mut previous = GENESIS.to_owned();
    for (index, entry) in entries.iter().enumerate() {
        let number = index as u64 + 1;
        if entry.number != number {
            return broken(number, "is missing");
        }
        if entry.previous_hash != previous {
            return broken(number, "does not follow from the one before");
        }
        if hash(entry)? != entry.hash {
            return broken(number, "was changed");
        }
        previous.clone_from(&entry.hash);
    }
    let given = db.count("SELECT seq FROM sqlite_sequence WHERE name = 'audit'", [])?;
    let n_entries = entries.len() as u64;
    if given > n_entries {
        return broken(n_entries + 1, "is missing");
    }
    Ok(Ok(n_entries))
}

/// blake3 over the previous hash and the JSON array of the other fields in their order.
fn hash(entry: &AuditEntry) -> Result<String> {
    type Fields<'a> = (u64, TimestampMs, &'a str, &'a str, &'a str, &'a str);
    let fields: Fields<'_> = (
        entry.number,
        entry.at_ms,
        &entry.actor,
        &entry.action,
        &entry.subject,
        &entry.detail,
    );
    let mut hasher = blake3::Hasher::new();
    hasher.update(entry.previous_hash.as_bytes());
    hasher.update(to_json(&fields)?.as_bytes());
    Ok(hasher.finalize().to_hex().to_string())
}

fn read_entry(row: &Row<'_>) -> Result<AuditEntry> {
    Ok(AuditEntry {
        number: row.get::<_, i64>(0)? as u64,
        at_ms: row.get(1)?,
        actor: row.get(2)?,
        action: row.get(3)?,
        subject: row.get(4)?,
        detail: row.get(5)?,
        previous_hash: row.get(6)?,
        hash: row.get(7)?,
    })
}
