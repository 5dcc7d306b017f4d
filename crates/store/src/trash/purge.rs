//! Emptying the trash: the one thing that cannot be undone.

use assay_core::ModelName;
use assay_core::event::Kind;
use assay_core::lab::TrashKind;
use assay_core::registry::VersionKey;
use rusqlite::{Connection, params};

use super::{items, table};
use crate::act::Act;
use crate::error::Result;
use crate::orphans::Removed;
use crate::registry::remove_registered;
use crate::rows::Rows;
use crate::store::Store;

impl Store {
    /// Deletes for good what is in the trash, then the bytes that nothing refers to any more. A run that a registered
    /// model was made by stays in the trash, and so do objects that a living process is about to refer to.
    pub fn empty_trash(&self, act: Act<'_>) -> Result<Removed> {
        let exported = self.write(act.at_ms, |write| {
            let mut exported = Vec::new();
            let mut titles = Vec::new();
            // Models before the runs that they were made by.
            let mut items = items(&write.tx)?;
            items.sort_by_key(|(_, item)| item.kind == TrashKind::Run);
            for (row, item) in items {
                if item.kind == TrashKind::Run && made_a_model(&write.tx, row)? {
                    continue;
                }
                if item.kind == TrashKind::Model {
                    exported.extend(keys(&write.tx, row)?);
                }
                let sql = format!("DELETE FROM {} WHERE id = ?1", table(item.kind));
                write.tx.run(&sql, params![row])?;
                titles.push(item.title);
            }
            if !titles.is_empty() {
                write.changed(Kind::Trash);
                write.audit(
                    act,
                    "trash.emptied",
                    "",
                    &format!("Deleted for good: {}.", titles.join("; ")),
                )?;
            }
            Ok(exported)
        })?;
        for key in exported {
            remove_registered(self, &key)?;
        }
        self.remove_orphans()
    }
}

fn made_a_model(db: &Connection, run: i64) -> Result<bool> {
    let n = db.count(
        "SELECT count(*) FROM model_versions v JOIN runs r ON r.run_id = v.run_id WHERE r.id = ?1",
        params![run],
    )?;
    Ok(n > 0)
}

fn keys(db: &Connection, model: i64) -> Result<Vec<VersionKey>> {
    db.all(
        "SELECT m.name, v.version FROM model_versions v JOIN models m ON m.id = v.model_id
         WHERE m.id = ?1",
        params![model],
        |row| {
            Ok(VersionKey {
                model: ModelName(row.get(0)?),
                version: row.get(1)?,
            })
        },
    )
}
