//! Bytes that nothing refers to: what killed processes and emptied trash leave, found and removed.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use assay_core::ObjectHash;
use rusqlite::Connection;
use tempfile::NamedTempFile;

use crate::error::{Attempted, Result};
use crate::layout::Layout;
use crate::objects::{Own, is_hash};
use crate::registry::is_unfinished;
use crate::rows::Rows;
use crate::status::size_of;
use crate::store::{Store, held};

/// Another process may be about to refer to an object that is younger.
const SAFE_AGE: Duration = Duration::from_secs(3_600);

/// Every column that names an object.
const REFERENCES: &str = "
    SELECT object FROM row_groups
    UNION SELECT object FROM artifacts
    UNION SELECT onnx FROM model_versions
    UNION SELECT reference FROM model_versions
    UNION SELECT shapes FROM replays";

/// What was taken away.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Removed {
    pub n_files: u64,
    pub size_bytes: u64,
}

impl Store {
    /// Removes objects that nothing refers to, except those put through this store, and those put within the last
    /// hour while another process has the lab open.
    pub(crate) fn remove_orphans(&self) -> Result<Removed> {
        held(&self.lock).guarded(|alone| {
            let now = file_system_now(&self.layout)?;
            let mut removed = Removed::default();
            for (hash, path) in self.read(|db| orphans(&self.layout, db))? {
                if held(&self.own).objects.contains(&hash) {
                    continue;
                }
                let metadata =
                    std::fs::metadata(&path).attempted(|| "looking at an object".to_owned())?;
                let age = metadata
                    .modified()
                    .ok()
                    .and_then(|modified| now.duration_since(modified).ok());
                if alone || age.is_some_and(|age| age > SAFE_AGE) {
                    remove(&path)?;
                    removed.n_files += 1;
                    removed.size_bytes += metadata.len();
                }
            }
            Ok(removed)
        })
    }

    /// Removes unfinished objects and exports that are not this process's own; none while another process has the lab
    /// open, whose they may be.
    pub(crate) fn remove_unfinished(&self) -> Result<Removed> {
        held(&self.lock).guarded(|alone| {
            if alone {
                remove_unfinished(&self.layout, &held(&self.own))
            } else {
                Ok(Removed::default())
            }
        })
    }
}

pub(crate) fn referenced(db: &Connection) -> Result<HashSet<ObjectHash>> {
    let hashes = db.all(REFERENCES, [], |row| Ok(ObjectHash(row.get(0)?)))?;
    Ok(hashes.into_iter().collect())
}

/// Objects in the folder that nothing in the database names, the trash included.
pub(crate) fn orphans(layout: &Layout, db: &Connection) -> Result<Vec<(ObjectHash, PathBuf)>> {
    let referenced = referenced(db)?;
    let mut found = all_objects(layout)?;
    found.retain(|(hash, _)| !referenced.contains(hash));
    Ok(found)
}

pub(crate) fn all_objects(layout: &Layout) -> Result<Vec<(ObjectHash, PathBuf)>> {
    let mut found = Vec::new();
    for folder in entries(&layout.objects())? {
        if folder == layout.pending() || !folder.is_dir() {
            continue;
        }
        for path in entries(&folder)? {
            let name = path.file_name().and_then(|name| name.to_str());
            if let Some(name) = name.filter(|name| is_hash(name)) {
                found.push((ObjectHash::new(name), path));
            }
        }
    }
    Ok(found)
}

/// Unfinished objects and exports that are not this process's own.
pub(crate) fn unfinished(layout: &Layout, own: &Own) -> Result<Vec<PathBuf>> {
    let mut found = entries(&layout.pending())?;
    found.extend(
        entries(&layout.registry())?
            .into_iter()
            .filter(|path| is_unfinished(path)),
    );
    found.retain(|path| !own.unfinished.contains(path));
    Ok(found)
}

pub(crate) fn remove_unfinished(layout: &Layout, own: &Own) -> Result<Removed> {
    let mut removed = Removed::default();
    for path in unfinished(layout, own)? {
        removed.n_files += 1;
        removed.size_bytes += size_of(&path)?;
        remove(&path)?;
    }
    Ok(removed)
}

pub(crate) fn remove(path: &Path) -> Result<()> {
    let outcome = if path.is_dir() {
        std::fs::remove_dir_all(path)
    } else {
        std::fs::remove_file(path)
    };
    outcome.attempted(|| format!("removing `{}`", path.display()))
}

/// The files and folders in a folder, sorted; none when the folder is missing.
pub(crate) fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut found = std::fs::read_dir(folder)
        .and_then(|entries| {
            entries
                .map(|entry| Ok(entry?.path()))
                .collect::<Result<Vec<_>, _>>()
        })
        .attempted(|| format!("reading the folder `{}`", folder.display()))?;
    found.sort();
    Ok(found)
}

/// The time that a file written now gets: ages are measured with the file system's own clock.
fn file_system_now(layout: &Layout) -> Result<SystemTime> {
    NamedTempFile::new_in(layout.pending())
        .and_then(|file| file.as_file().metadata()?.modified())
        .attempted(|| "beginning an object".to_owned())
}
