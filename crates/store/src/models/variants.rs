//! Smaller graphs of versions: what is known of each; the files are in the versions' folders.

use assay_core::event::Kind;
use assay_core::registry::VersionKey;
use assay_core::variants::ModelVariant;
use rusqlite::params;

use super::find_key;
use crate::act::Act;
use crate::error::Result;
use crate::rows::{Rows, from_json, to_json};
use crate::store::Store;

impl Store {
    /// Keeps what is known of a variant, in place of one of its kind.
    pub fn put_variant(&self, variant: &ModelVariant, act: Act<'_>) -> Result<()> {
        self.write(act.at_ms, |write| {
            let (model, version) = find_key(&write.tx, &variant.version)?;
            write.tx.run(
                "INSERT OR REPLACE INTO model_variants (model_id, version, kind, doc) VALUES (?1, ?2, ?3, ?4)",
                params![model, version.version, variant.kind.name(), to_json(variant)?],
            )?;
            write.changed(Kind::Models);
            let detail = format!("{}, {} bytes.", variant.kind.name(), variant.measured.size_bytes);
            write.audit(act, "model.shrunk", &variant.version.to_string(), &detail)?;
            Ok(())
        })
    }

    /// By kind.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`] when there is no such version.
    pub fn variants(&self, key: &VersionKey) -> Result<Vec<ModelVariant>> {
        self.read(|db| {
            let (model, _) = find_key(db, key)?;
            db.all(
                "SELECT doc FROM model_variants WHERE model_id = ?1 AND version = ?2 ORDER BY kind",
                params![model, key.version],
                |row| from_json(&row.get::<_, String>(0)?),
            )
        })
    }
}
