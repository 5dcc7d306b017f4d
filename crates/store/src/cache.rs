//! `cache.db`: profiles and sketches by content, and what two versions differ in. May be deleted at any moment, and is thrown away when it cannot be read.

use assay_core::ObjectHash;
use assay_core::drift::{ReferenceSketch, SKETCH_SCHEMA};
use assay_core::model_diff::{MODEL_DIFF_SCHEMA, ModelDiff};
use assay_core::profile::{PROFILE_SCHEMA, Profile};
use assay_core::version_diff::{VERSION_DIFF_SCHEMA, VersionDiff};
use rusqlite::{Connection, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::{Error, Result};
use crate::orphans::remove;
use crate::rows::{Rows, from_json, to_json};
use crate::store::Store;

/// Documents of one kind.
struct Kept {
    table: &'static str,
    key: &'static str,
    schema: u32,
    /// The newest that stay; `None`: all.
    most: Option<u32>,
}

const PROFILES: Kept = Kept {
    table: "profiles",
    key: "content",
    schema: PROFILE_SCHEMA,
    most: None,
};
/// Each is some megabytes.
const SKETCHES: Kept = Kept {
    table: "sketches",
    key: "content",
    schema: SKETCH_SCHEMA,
    most: Some(20),
};
const DIFFS: Kept = Kept {
    table: "diffs",
    key: "key",
    schema: VERSION_DIFF_SCHEMA,
    most: Some(50),
};
/// In the same table; keys say what was compared.
const MODEL_DIFFS: Kept = Kept {
    schema: MODEL_DIFF_SCHEMA,
    ..DIFFS
};

impl Store {
    /// Keeps the profile of a data set's content. A cache that cannot be written is made anew.
    pub fn save_profile(&self, content: &ObjectHash, profile: &Profile) -> Result<()> {
        self.keep(&PROFILES, content, profile)
    }

    /// `None`: not computed yet, or forgotten.
    pub fn profile(&self, content: &ObjectHash) -> Result<Option<Profile>> {
        self.kept(&PROFILES, content)
    }

    /// Keeps the sketch that logs are held against, of a data set's content.
    pub fn save_reference_sketch(
        &self,
        content: &ObjectHash,
        sketch: &ReferenceSketch,
    ) -> Result<()> {
        self.keep(&SKETCHES, content, sketch)
    }

    /// `None`: not made yet, or forgotten.
    pub fn reference_sketch(&self, content: &ObjectHash) -> Result<Option<ReferenceSketch>> {
        self.kept(&SKETCHES, content)
    }

    /// Keeps what two versions differ in, by a key that names both and how they were compared.
    pub fn save_diff(&self, key: &ObjectHash, diff: &VersionDiff) -> Result<()> {
        self.keep(&DIFFS, key, diff)
    }

    /// `None`: not compared yet, or forgotten.
    pub fn diff(&self, key: &ObjectHash) -> Result<Option<VersionDiff>> {
        self.kept(&DIFFS, key)
    }

    /// Keeps what two models differ in, by a key that names both and the rows they were asked about.
    pub fn save_model_diff(&self, key: &ObjectHash, diff: &ModelDiff) -> Result<()> {
        self.keep(&MODEL_DIFFS, key, diff)
    }

    /// `None`: not compared yet, or forgotten.
    pub fn model_diff(&self, key: &ObjectHash) -> Result<Option<ModelDiff>> {
        self.kept(&MODEL_DIFFS, key)
    }

    fn kept<T: DeserializeOwned>(&self, of: &Kept, key: &ObjectHash) -> Result<Option<T>> {
        if !self.layout.cache().is_file() {
            return Ok(None);
        }
        let query = format!(
            "SELECT doc FROM {} WHERE {} = ?1 AND schema = ?2",
            of.table, of.key
        );
        let found = self.cache().and_then(|db| {
            db.first(&query, params![key.as_str(), of.schema], |row| {
                from_json(&row.get::<_, String>(0)?)
            })
        });
        match found {
            Err(Error::Damaged { .. } | Error::Database(_)) => Ok(None),
            found => found,
        }
    }

    fn keep<T: Serialize>(&self, of: &Kept, key: &ObjectHash, doc: &T) -> Result<()> {
        let doc = to_json(doc)?;
        let attempt = || -> Result<()> {
            let db = self.cache()?;
            db.run(
                &format!(
                    "INSERT OR REPLACE INTO {} ({}, schema, doc) VALUES (?1, ?2, ?3)",
                    of.table, of.key
                ),
                params![key.as_str(), of.schema, doc],
            )?;
            if let Some(most) = of.most {
                db.run(
                    &format!(
                        "DELETE FROM {0} WHERE rowid NOT IN
                            (SELECT rowid FROM {0} ORDER BY rowid DESC LIMIT ?1)",
                        of.table
                    ),
                    params![most],
                )?;
            }
            Ok(())
        };
        match attempt() {
            Err(Error::Damaged { .. } | Error::Database(_)) => {
                self.drop_cache()?;
                attempt()
            }
            outcome => outcome,
        }
    }

    /// Opened anew each time, because the file may have gone since.
    fn cache(&self) -> Result<Connection> {
        let db = Connection::open(self.layout.cache())?;
        db.busy_timeout(std::time::Duration::from_secs(10))?;
        // Nothing here needs to survive a power cut.
        db.pragma_update(None, "synchronous", "OFF")?;
        db.execute_batch(
            "CREATE TABLE IF NOT EXISTS profiles (
                content TEXT NOT NULL, schema INTEGER NOT NULL, doc TEXT NOT NULL,
                PRIMARY KEY (content, schema)) STRICT;
             CREATE TABLE IF NOT EXISTS sketches (
                content TEXT NOT NULL, schema INTEGER NOT NULL, doc TEXT NOT NULL,
                PRIMARY KEY (content, schema)) STRICT;
             CREATE TABLE IF NOT EXISTS diffs (
                key TEXT PRIMARY KEY, schema INTEGER NOT NULL, doc TEXT NOT NULL) STRICT;",
        )?;
        Ok(db)
    }

    fn drop_cache(&self) -> Result<()> {
        let path = self.layout.cache();
        if path.exists() { remove(&path) } else { Ok(()) }
    }
}
