//! How files of a shape were imported last, offered for the next one of the same shape.

use assay_core::dataset::ImportOptions;
use rusqlite::params;

use crate::error::Result;
use crate::rows::{Rows, from_json, to_json};
use crate::store::Store;

/// Older shapes are forgotten.
const KEPT: i64 = 1_000;

impl Store {
    /// `None`: no file of this shape was imported, or it was forgotten.
    pub fn import_options(&self, shape: &str) -> Result<Option<ImportOptions>> {
        self.read(|db| {
            db.first(
                "SELECT options FROM import_options WHERE shape = ?1",
                params![shape],
                |row| from_json(&row.get::<_, String>(0)?),
            )
        })
    }

    /// Replaces what was remembered for files of this shape. `shape` is whatever tells files apart whose options
    /// should be the same; the store only compares it.
    pub fn save_import_options(&self, shape: &str, options: &ImportOptions) -> Result<()> {
        // No read shows them, so nothing is told and the moment is of no matter.
        self.write(0, |write| {
            write.tx.run(
                "INSERT OR REPLACE INTO import_options (shape, options) VALUES (?1, ?2)",
                params![shape, to_json(options)?],
            )?;
            write.tx.run(
                "DELETE FROM import_options WHERE number <= ?1",
                params![write.tx.last_insert_rowid() - KEPT],
            )?;
            Ok(())
        })
    }
}
