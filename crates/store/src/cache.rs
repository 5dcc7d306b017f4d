//! `cache.db`: profiles and sketches by content, and what two versions differ in. May be deleted at any moment, and is thrown away when it cannot be read.

use assay_core::ObjectHash;
use assay_core::drift::{ReferenceSketch, SKETCH_SCHEMA};
use assay_core::model_diff::{MODEL_DIFF_SCHEMA, ModelDiff};
use assay_core::profile::{PROFILE_SCHEMA, Profile};
use assay_core::version_diff::{VERSION_DIFF_SCHEMA, VersionDiff};
use rusqlite::{Connection, Params, ToSql, params};
use serde::de::DeserializeOwned;

use crate::error::{Error, Result};
use crate::orphans::remove;
use crate::rows::{Rows, from_json, to_json};
use crate::store::Store;

/// Differences that are kept.
const MOST_DIFFS: u32 = 50;
/// Sketches that are kept: each is some megabytes.
const MOST_SKETCHES: u32 = 20;

impl Store {
    /// Keeps the profile of a data set's content. A cache that cannot be written is made anew.
    pub fn save_profile(&self, content: &ObjectHash, profile: &Profile) -> Result<()> {
        let doc = to_json(profile)?;
        self.keep(
            "INSERT OR REPLACE INTO profiles (content, schema, doc) VALUES (?1, ?2, ?3)",
            params![content.as_str(), PROFILE_SCHEMA, doc],
        )
    }

    /// Keeps the sketch that logs are held against, of a data set's content.
    pub fn save_reference_sketch(
        &self,
        content: &ObjectHash,
        sketch: &ReferenceSketch,
    ) -> Result<()> {
        let doc = to_json(sketch)?;
        self.keep(
            "INSERT OR REPLACE INTO sketches (content, schema, doc) VALUES (?1, ?2, ?3)",
            params![content.as_str(), SKETCH_SCHEMA, doc],
        )?;
        self.keep(
            "DELETE FROM sketches WHERE rowid NOT IN
                (SELECT rowid FROM sketches ORDER BY rowid DESC LIMIT ?1)",
            params![MOST_SKETCHES],
        )
    }

    /// `None`: not made yet, or forgotten.
    pub fn reference_sketch(&self, content: &ObjectHash) -> Result<Option<ReferenceSketch>> {
        self.kept(
            "SELECT doc FROM sketches WHERE content = ?1 AND schema = ?2",
            params![content.as_str(), SKETCH_SCHEMA],
        )
    }

    /// Keeps what two versions differ in, by a key that names both and how they were compared.
    pub fn save_diff(&self, key: &ObjectHash, diff: &VersionDiff) -> Result<()> {
        let doc = to_json(diff)?;
        self.keep(
            "INSERT OR REPLACE INTO diffs (key, schema, doc) VALUES (?1, ?2, ?3)",
            params![key.as_str(), VERSION_DIFF_SCHEMA, doc],
        )?;
        self.keep(
            "DELETE FROM diffs WHERE rowid NOT IN
                (SELECT rowid FROM diffs ORDER BY rowid DESC LIMIT ?1)",
            params![MOST_DIFFS],
        )
    }

    /// Keeps what two models differ in, by a key that names both and the rows they were asked about.
    pub fn save_model_diff(&self, key: &ObjectHash, diff: &ModelDiff) -> Result<()> {
        let doc = to_json(diff)?;
        self.keep(
            "INSERT OR REPLACE INTO diffs (key, schema, doc) VALUES (?1, ?2, ?3)",
            params![key.as_str(), MODEL_DIFF_SCHEMA, doc],
        )?;
        self.keep(
            "DELETE FROM diffs WHERE rowid NOT IN
                (SELECT rowid FROM diffs ORDER BY rowid DESC LIMIT ?1)",
            params![MOST_DIFFS],
        )
    }

    /// `None`: not compared yet, or forgotten.
    pub fn model_diff(&self, key: &ObjectHash) -> Result<Option<ModelDiff>> {
        self.kept(
            "SELECT doc FROM diffs WHERE key = ?1 AND schema = ?2",
            params![key.as_str(), MODEL_DIFF_SCHEMA],
        )
    }

    /// `None`: not computed yet, or forgotten.
    pub fn profile(&self, content: &ObjectHash) -> Result<Option<Profile>> {
        self.kept(
            "SELECT doc FROM profiles WHERE content = ?1 AND schema = ?2",
            params![content.as_str(), PROFILE_SCHEMA],
        )
    }

    /// `None`: not compared yet, or forgotten.
    pub fn diff(&self, key: &ObjectHash) -> Result<Option<VersionDiff>> {
        self.kept(
            "SELECT doc FROM diffs WHERE key = ?1 AND schema = ?2",
            params![key.as_str(), VERSION_DIFF_SCHEMA],
        )
    }

    fn kept<T: DeserializeOwned>(&self, query: &str, of: impl Params) -> Result<Option<T>> {
        if !self.layout.cache().is_file() {
            return Ok(None);
        }
        let found = self
            .cache()
            .and_then(|db| db.first(query, of, |row| from_json(&row.get::<_, String>(0)?)));
        match found {
            Err(Error::Damaged { .. } | Error::Database(_)) => Ok(None),
            found => found,
        }
    }

    fn keep(&self, statement: &str, values: &[&dyn ToSql]) -> Result<()> {
        let attempt = || self.cache()?.run(statement, values).map(|_| ());
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
