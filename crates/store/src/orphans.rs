//! Bytes that nothing refers to: what killed processes and emptied trash leave, found and removed.

use std::collections::HashSet;
use std::ops::AddAssign;
use std::path::{Path, PathBuf};

use assay_core::ObjectHash;
use rusqlite::{Connection, params};

use crate::error::{Attempted, Result};
use crate::layout::Layout;
use crate::lease::Claiming;
use crate::objects::is_hash;
use crate::rows::Rows;
use crate::status::size_of;
use crate::store::Store;

/// Every column that names an object. Invariant: each has an index.
pub(crate) const REFERENCES: [(&str, &str); 8] = [
    ("row_groups", "object"),
    ("dataset_versions", "set_aside"),
    ("artifacts", "object"),
    ("logged_model_files", "object"),
    ("trace_files", "object"),
    ("model_versions", "onnx"),
    ("model_versions", "reference"),
    ("replays", "shapes"),
];

/// What was taken away.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Removed {
    pub n_files: u64,
    pub size_bytes: u64,
}

impl AddAssign for Removed {
    fn add_assign(&mut self, other: Self) {
        self.n_files += other.n_files;
        self.size_bytes += other.size_bytes;
    }
}

impl Store {
    /// Removes objects that nothing refers to and no living process claims.
    pub(crate) fn remove_orphans(&self) -> Result<Removed> {
        let mut removed = self.clear_dead_leases()?;
        let _claiming = Claiming::alone(&self.layout)?;
        for path in self.orphans()? {
            removed.n_files += 1;
            removed.size_bytes += size_of(&path)?;
            remove(&path)?;
        }
        Ok(removed)
    }

    /// Objects in the folder that nothing in the database names, the trash included, and no living process claims.
    pub(crate) fn orphans(&self) -> Result<Vec<PathBuf>> {
        // In this order: what is there was claimed before it came, and is referred to before its claim is dropped.
        let mut found = all_objects(&self.layout)?;
        let claimed = self.claimed()?;
        let referenced = self.read(referenced)?;
        found.retain(|(hash, _)| !claimed.contains(hash) && !referenced.contains(hash));
        Ok(found.into_iter().map(|(_, path)| path).collect())
    }
}

pub(crate) fn referenced(db: &Connection) -> Result<HashSet<ObjectHash>> {
    let columns: Vec<String> = REFERENCES
        .iter()
        .map(|(table, column)| format!("SELECT {column} FROM {table} WHERE {column} NOT NULL"))
        .collect();
    let hashes = db.all(&columns.join(" UNION "), [], |row| {
        Ok(ObjectHash(row.get(0)?))
    })?;
    Ok(hashes.into_iter().collect())
}

pub(crate) fn is_referenced(db: &Connection, object: &ObjectHash) -> Result<bool> {
    let columns: Vec<String> = REFERENCES
        .iter()
        .map(|(table, column)| format!("EXISTS (SELECT 1 FROM {table} WHERE {column} = ?1)"))
        .collect();
    let sql = format!("SELECT {}", columns.join(" OR "));
    Ok(db.count(&sql, params![object.as_str()])? > 0)
}

pub(crate) fn all_objects(layout: &Layout) -> Result<Vec<(ObjectHash, PathBuf)>> {
    let mut found = Vec::new();
    for folder in entries(&layout.objects())? {
        if folder == layout.leases() || !folder.is_dir() {
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
