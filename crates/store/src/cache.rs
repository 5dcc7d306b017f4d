//! `cache.db`: profiles by content. May be deleted at any moment, and is thrown away when it cannot be read.

use assay_core::ObjectHash;
use assay_core::profile::{PROFILE_SCHEMA, Profile};
use rusqlite::{Connection, params};

use crate::error::{Error, Result};
use crate::orphans::remove;
use crate::rows::{Rows, from_json, to_json};
use crate::store::Store;

impl Store {
    /// Keeps the profile of a data set's content. A cache that cannot be written is made anew.
    pub fn save_profile(&self, content: &ObjectHash, profile: &Profile) -> Result<()> {
        let doc = to_json(profile)?;
        match self.try_save(content, &doc) {
            Err(Error::Damaged { .. } | Error::Database(_)) => {
                self.drop_cache()?;
                self.try_save(content, &doc)
            }
            outcome => outcome,
        }
    }

    /// `None`: not computed yet, or forgotten.
    pub fn profile(&self, content: &ObjectHash) -> Result<Option<Profile>> {
        if !self.layout.cache().is_file() {
            return Ok(None);
        }
        let found = self.cache().and_then(|db| {
            db.first(
                "SELECT doc FROM profiles WHERE content = ?1 AND schema = ?2",
                params![content.as_str(), PROFILE_SCHEMA],
                |row| from_json(&row.get::<_, String>(0)?),
            )
        });
        match found {
            Err(Error::Damaged { .. } | Error::Database(_)) => Ok(None),
            found => found,
        }
    }

    fn try_save(&self, content: &ObjectHash, doc: &str) -> Result<()> {
        self.cache()?.run(
            "INSERT OR REPLACE INTO profiles (content, schema, doc) VALUES (?1, ?2, ?3)",
            params![content.as_str(), PROFILE_SCHEMA, doc],
        )?;
        Ok(())
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
                PRIMARY KEY (content, schema)) STRICT;",
        )?;
        Ok(db)
    }

    fn drop_cache(&self) -> Result<()> {
        let path = self.layout.cache();
        if path.exists() { remove(&path) } else { Ok(()) }
    }
}
