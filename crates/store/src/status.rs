//! The lab in numbers.

use std::path::Path;

use assay_core::lab::LabStatus;

use crate::error::{Attempted, Result};
use crate::orphans::entries;
use crate::rows::Rows;
use crate::store::Store;
use crate::{jobs, trash, undo};

impl Store {
    /// Counts leave the trash out; the size is that of the whole folder. `is_alive` says whether a process runs.
    pub fn status(&self, app_version: &str, is_alive: impl Fn(u32) -> bool) -> Result<LabStatus> {
        let servers = self.servers(is_alive)?;
        let size_bytes = size_of(self.dir())?;
        self.read(|db| {
            let live = |table: &str| {
                let sql = format!("SELECT count(*) FROM {table} WHERE deleted_ms IS NULL");
                db.count(&sql, [])
            };
            let (n_jobs_running, n_jobs_waiting) = jobs::counts(db)?;
            Ok(LabStatus {
                path: self.dir().display().to_string(),
                assay_version: app_version.to_owned(),
                size_bytes,
                n_datasets: live("datasets")?,
                n_runs: live("runs")?,
                n_models: live("models")?,
                n_replays: live("replays")?,
                n_jobs_running,
                n_jobs_waiting,
                n_in_trash: trash::count(db)?,
                last_change_ms: db
                    .first("SELECT max(at_ms) FROM changes", [], |row| Ok(row.get(0)?))?
                    .flatten(),
                servers,
                undo: undo::title(db)?,
            })
        })
    }
}

/// Bytes of a file, or of all files in a folder. What vanishes meanwhile counts nothing.
pub(crate) fn size_of(path: &Path) -> Result<u64> {
    let metadata = match std::fs::symlink_metadata(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(0),
        found => found.attempted(|| format!("looking at `{}`", path.display()))?,
    };
    if !metadata.is_dir() {
        return Ok(metadata.len());
    }
    let mut size_bytes = 0;
    for entry in entries(path)? {
        size_bytes += size_of(&entry)?;
    }
    Ok(size_bytes)
}
