//! Watched folders, and what became of the files in them.

use std::fs::{File, OpenOptions, TryLockError};

use assay_core::event::Kind;
use assay_core::watch::{WatchedFile, WatchedFolder};
use assay_core::{DatasetName, TimestampMs};
use rusqlite::{Connection, params};

use crate::act::Act;
use crate::error::{Attempted, Error, Result};
use crate::rows::{Rows, from_json, to_json};
use crate::store::Store;

/// Held by the one process that imports from the watched folders of a lab.
#[derive(Debug)]
pub struct WatchLock {
    _file: File,
}

impl Store {
    /// Watches a folder from now on, or changes the name under which its files are imported; `folder` is absolute.
    pub fn add_watch(&self, folder: &str, name: Option<&DatasetName>, act: Act<'_>) -> Result<()> {
        let name = name.map(DatasetName::as_str);
        self.write(act.at_ms, |write| {
            let known = write.tx.first(
                "SELECT dataset FROM watches WHERE folder = ?1",
                params![folder],
                |row| Ok(row.get::<_, Option<String>>(0)?),
            )?;
            if known.is_some_and(|known| known.as_deref() == name) {
                return Ok(());
            }
            write.tx.run(
                "INSERT INTO watches (folder, dataset, added_ms) VALUES (?1, ?2, ?3)
                 ON CONFLICT (folder) DO UPDATE SET dataset = ?2",
                params![folder, name, act.at_ms],
            )?;
            write.changed(Kind::Watches);
            let detail = match name {
                Some(name) => format!("Its files become versions of {name}."),
                None => {
                    "Its files become versions of the data sets that their names say.".to_owned()
                }
            };
            write.audit(act, "watch.added", folder, &detail)?;
            Ok(())
        })
    }

    /// What was imported stays; what is known of the files is forgotten.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the folder is not watched.
    pub fn remove_watch(&self, folder: &str, act: Act<'_>) -> Result<()> {
        self.write(act.at_ms, |write| {
            let n_removed = write
                .tx
                .run("DELETE FROM watches WHERE folder = ?1", params![folder])?;
            if n_removed == 0 {
                return Err(Error::not_found("watched folder", folder));
            }
            write.changed(Kind::Watches);
            write.audit(act, "watch.removed", folder, "It is not watched any more.")?;
            Ok(())
        })
    }

    /// In the order in which they were added.
    pub fn watches(&self) -> Result<Vec<WatchedFolder>> {
        self.read(|db| {
            let folders = db.all(
                "SELECT id, folder, dataset, added_ms FROM watches ORDER BY id",
                [],
                |row| {
                    Ok((
                        row.get::<_, i64>(0)?,
                        WatchedFolder {
                            folder: row.get(1)?,
                            name: row.get::<_, Option<String>>(2)?.map(DatasetName),
                            added_ms: row.get(3)?,
                            files: Vec::new(),
                        },
                    ))
                },
            )?;
            folders
                .into_iter()
                .map(|(id, folder)| {
                    Ok(WatchedFolder {
                        files: files(db, id)?,
                        ..folder
                    })
                })
                .collect()
        })
    }

    /// Replaces what is known of a file. A folder that is not watched any more is left alone.
    pub fn save_watched_file(&self, folder: &str, file: &WatchedFile) -> Result<()> {
        self.write(file.seen_ms, |write| {
            let n_written = write.tx.run(
                "INSERT OR REPLACE INTO watched_files (watch_id, path, seen_ms, doc)
                 SELECT id, ?2, ?3, ?4 FROM watches WHERE folder = ?1",
                params![folder, file.file, file.seen_ms, to_json(file)?],
            )?;
            if n_written > 0 {
                write.changed(Kind::Watches);
            }
            Ok(())
        })
    }

    /// The file is gone.
    pub fn forget_watched_file(&self, folder: &str, file: &str, now_ms: TimestampMs) -> Result<()> {
        self.write(now_ms, |write| {
            let n_removed = write.tx.run(
                "DELETE FROM watched_files
                 WHERE path = ?2 AND watch_id = (SELECT id FROM watches WHERE folder = ?1)",
                params![folder, file],
            )?;
            if n_removed > 0 {
                write.changed(Kind::Watches);
            }
            Ok(())
        })
    }

    /// `None`: another process does it. The lock goes with the process.
    pub fn lock_watching(&self) -> Result<Option<WatchLock>> {
        let locking = || "locking the watched folders".to_owned();
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(self.layout.watching())
            .attempted(locking)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(WatchLock { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error).attempted(locking),
        }
    }
}

fn files(db: &Connection, watch: i64) -> Result<Vec<WatchedFile>> {
    db.all(
        "SELECT doc FROM watched_files WHERE watch_id = ?1 ORDER BY seen_ms DESC, path",
        params![watch],
        |row| from_json(&row.get::<_, String>(0)?),
    )
}
