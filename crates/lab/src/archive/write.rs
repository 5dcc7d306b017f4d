//! The way into an archive.

use std::fs::File;
use std::io::{BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use assay_core::Task;
use assay_core::imports::{ArchiveWritten, RunExportSpec};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::{
    COPIED_BYTES, DATABASE, FORMAT, MANIFEST, Manifest, ManifestFile, SCHEMA, object_path,
};
use crate::error::{Attempt, Cause};
use crate::{Error, Lab, VERSION};

/// From here on a zip entry needs the larger form of its sizes.
const LARGE_BYTES: u64 = 4_000_000_000;

impl Lab {
    /// Writes the archive beside its place and moves it there when it is whole; an existing file is replaced.
    pub fn export_runs(&self, spec: &RunExportSpec, task: &Task) -> Result<ArchiveWritten, Error> {
        self.write_archive(spec, task)
            .attempt(|| format!("export runs to `{}`", spec.path.display()))
    }

    fn write_archive(&self, spec: &RunExportSpec, task: &Task) -> Result<ArchiveWritten, Cause> {
        let folder = match spec.path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let failed = |error| Cause::io(&spec.path, error);
        let scratch = tempfile::tempdir().map_err(failed)?;
        let now_ms = self.environment.now_ms();
        let database = scratch.path().join(DATABASE);
        task.step(0, 1, "rows");
        let extract = self.store.extract(&spec.selection, &database, now_ms)?;
        let mut sources: Vec<(String, PathBuf)> = vec![(DATABASE.to_owned(), database)];
        for hash in &extract.objects {
            sources.push((object_path(hash), self.store.object_path(hash)?));
        }
        for (key, folder) in &extract.registry {
            let mut left_out = Vec::new();
            for file in assay_imports::files_below(folder, &mut left_out) {
                let path = format!("registry/{}/{}/{}", key.model, key.version, file.path);
                sources.push((path, file.file));
            }
        }
        let unfinished = tempfile::Builder::new()
            .prefix(".assay-")
            .suffix(".part")
            .tempfile_in(folder)
            .map_err(failed)?;
        let mut archive = Archive {
            zip: ZipWriter::new(BufWriter::with_capacity(COPIED_BYTES, unfinished)),
            files: Vec::with_capacity(sources.len()),
        };
        let n_sources = sources.len() as u64;
        for (index, (name, source)) in sources.iter().enumerate() {
            task.step(index as u64, n_sources, "files");
            archive.add(name, source, task)?;
        }
        let n_files = archive.files.len() as u64;
        let manifest = Manifest {
            format: FORMAT.to_owned(),
            schema: SCHEMA,
            assay: VERSION.to_owned(),
            created_ms: now_ms,
            selection: spec.selection.clone(),
            n_runs: extract.n_runs,
            files: archive.files,
        };
        let text = serde_json::to_vec_pretty(&manifest)?;
        let mut zip = archive.zip;
        zip.start_file(MANIFEST, options(text.len() as u64))
            .map_err(|error| Cause::io(&spec.path, error.into()))?;
        zip.write_all(&text).map_err(failed)?;
        let whole = zip
            .finish()
            .map_err(|error| Cause::io(&spec.path, error.into()))?
            .into_inner()
            .map_err(|error| failed(error.into_error()))?;
        whole.as_file().sync_all().map_err(failed)?;
        let size_bytes = whole.as_file().metadata().map_err(failed)?.len();
        let (_, temporary) = whole.keep().map_err(|error| failed(error.error))?;
        make_public(&temporary).map_err(failed)?;
        std::fs::rename(&temporary, &spec.path).map_err(|error| {
            // what cannot be moved is of no use
            let _ = std::fs::remove_file(&temporary);
            failed(error)
        })?;
        Ok(ArchiveWritten {
            path: spec.path.clone(),
            size_bytes,
            n_runs: extract.n_runs,
            n_files,
        })
    }
}

struct Archive<W: Write + std::io::Seek> {
    zip: ZipWriter<W>,
    files: Vec<ManifestFile>,
}

impl<W: Write + std::io::Seek> Archive<W> {
    fn add(&mut self, name: &str, source: &Path, task: &Task) -> Result<(), Cause> {
        let failed = |error| Cause::io(source, error);
        let mut file = File::open(source).map_err(failed)?;
        let expected = file.metadata().map_err(failed)?.len();
        self.zip
            .start_file(name, options(expected))
            .map_err(|error| Cause::io(source, error.into()))?;
        let mut hasher = blake3::Hasher::new();
        let mut buffer = vec![0; COPIED_BYTES];
        loop {
            task.check()?;
            let n = file.read(&mut buffer).map_err(failed)?;
            let bytes = buffer.get(..n).unwrap_or_default();
            if bytes.is_empty() {
                break;
            }
            hasher.update(bytes);
            self.zip.write_all(bytes).map_err(failed)?;
        }
        self.files.push(ManifestFile {
            path: name.to_owned(),
            size_bytes: hasher.count(),
            blake3: hasher.finalize().to_hex().to_string(),
        });
        Ok(())
    }
}

/// Data sets and metric points are compressed already.
fn options(size_bytes: u64) -> SimpleFileOptions {
    SimpleFileOptions::default()
        .compression_method(zip::CompressionMethod::Stored)
        .large_file(size_bytes >= LARGE_BYTES)
}

/// A temporary file is private; this one is what its user asked for, as any other program would make it.
#[cfg(unix)]
fn make_public(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn make_public(_: &Path) -> std::io::Result<()> {
    Ok(())
}
