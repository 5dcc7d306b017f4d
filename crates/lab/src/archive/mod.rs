//! Runs, an experiment or the whole lab as one file: a zip with a manifest that names every file in it by its size and
//! blake3.
//!
//! In it: `manifest.json`, `lab.db` with the rows, `objects/<hash>` with the bytes that they refer to, and of a whole lab
//! the folders of `registry/`. An archive that is damaged anywhere is refused as a whole.

mod read;
mod write;

use assay_core::ObjectHash;
use assay_core::imports::ArchiveScope;
use serde::{Deserialize, Serialize};

pub(crate) use read::is_archive;

const MANIFEST: &str = "manifest.json";
const DATABASE: &str = "lab.db";
const FORMAT: &str = "assay-archive";
const SCHEMA: u32 = 1;
/// Bytes that are copied at once.
const COPIED_BYTES: usize = 1 << 20;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Manifest {
    format: String,
    schema: u32,
    /// The version that wrote it.
    assay: String,
    created_ms: i64,
    selection: ArchiveScope,
    n_runs: u64,
    files: Vec<ManifestFile>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct ManifestFile {
    path: String,
    size_bytes: u64,
    blake3: String,
}

fn object_path(hash: &ObjectHash) -> String {
    format!("objects/{hash}")
}
