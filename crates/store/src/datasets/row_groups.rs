//! Row groups: what versions share is stored once.

use assay_core::ObjectHash;
use assay_core::dataset::RowGroup;
use rusqlite::{Connection, params};

use crate::error::Result;
use crate::lease::Claiming;
use crate::rows::Rows;
use crate::store::Store;

impl Store {
    /// A stored group of this content, to be put into a new version instead of encoding the same rows again. From
    /// now on it is claimed by this process: no emptied trash takes it, until the version is added.
    ///
    /// `None`: no version, not even one in the trash, has such a group.
    pub fn row_group(&self, content: &ObjectHash) -> Result<Option<RowGroup>> {
        let Some(group) = self.read(|db| find(db, content))? else {
            return Ok(None);
        };
        let claiming = Claiming::shared(&self.layout)?;
        self.claim(&group.object, &claiming)?;
        if self.layout.object(&group.object).is_file() {
            return Ok(Some(group));
        }
        self.settle([&group.object]);
        Ok(None)
    }
}

pub(super) fn put(db: &Connection, version_row: i64, groups: &[RowGroup]) -> Result<()> {
    for (place, group) in (0_i64..).zip(groups) {
        db.run(
            "INSERT INTO row_groups (version_id, place, content, object, n_rows, size_bytes)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![
                version_row,
                place,
                group.content.as_str(),
                group.object.as_str(),
                group.n_rows as i64,
                group.size_bytes as i64
            ],
        )?;
    }
    Ok(())
}

fn find(db: &Connection, content: &ObjectHash) -> Result<Option<RowGroup>> {
    db.first(
        "SELECT content, object, n_rows, size_bytes FROM row_groups WHERE content = ?1 LIMIT 1",
        params![content.as_str()],
        |row| {
            Ok(RowGroup {
                content: ObjectHash(row.get(0)?),
                object: ObjectHash(row.get(1)?),
                n_rows: row.get::<_, i64>(2)? as u64,
                size_bytes: row.get::<_, i64>(3)? as u64,
            })
        },
    )
}
