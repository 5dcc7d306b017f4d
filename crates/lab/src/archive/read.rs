//! The way out of an archive: everything is checked before anything is taken.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufReader, Read, Write};
use std::path::Path;

use assay_core::code::Code;
use assay_core::imports::{ArchiveScope, RunFormat, RunImportReport};
use assay_core::registry::VersionKey;
use assay_core::{ExperimentName, ModelName, ObjectHash, Task};
use assay_imports::problem;
use assay_store::{ArchiveDatabase, CHECKSUMS, SIGNATURE, Taken};
use zip::ZipArchive;

use super::{
    COPIED_BYTES, DATABASE, FORMAT, MANIFEST, Manifest, ManifestFile, SCHEMA, object_path,
};
use crate::Lab;
use crate::datasets::file_name;
use crate::error::Cause;

/// Where the name of the first file of a zip stands.
const NAME_AT: usize = 30;
const MAX_MANIFEST_BYTES: u64 = 1 << 30;

type Zip = ZipArchive<BufReader<File>>;

/// Whether the file begins as an archive does, a zip whose first file is the database. Whether it is whole is found out
/// when it is imported.
pub(crate) fn is_archive(path: &Path) -> bool {
    let mut start = [0; NAME_AT + DATABASE.len()];
    File::open(path)
        .and_then(|mut file| file.read_exact(&mut start))
        .is_ok()
        && start.starts_with(b"PK\x03\x04")
        && start.ends_with(DATABASE.as_bytes())
}

impl Lab {
    /// All of a whole lab where nothing is yet; else its runs, those that are there already left as they are.
    pub(crate) fn import_archive(
        &self,
        path: &Path,
        task: &Task,
    ) -> Result<RunImportReport, Cause> {
        let mut zip = open(path).map_err(|error| damaged(&file_name(path), error))?;
        let manifest = read_manifest(&mut zip)?;
        check(&mut zip, &manifest, task)?;
        let scratch = tempfile::tempdir().map_err(|error| Cause::io(path, error))?;
        let database = scratch.path().join(DATABASE);
        extract(&mut zip, DATABASE, &database)?;
        let now_ms = self.environment.now_ms();
        let archive = ArchiveDatabase::open(&database, now_ms)?;
        let whole = manifest.selection == ArchiveScope::All;
        let is_all = whole && self.store.is_fresh()?;
        let objects = archive.objects()?;
        let known: BTreeSet<&str> = manifest
            .files
            .iter()
            .map(|file| file.path.as_str())
            .collect();
        for hash in &objects {
            if !known.contains(object_path(hash).as_str()) {
                return Err(damaged(&object_path(hash), "it is missing"));
            }
        }
        let outcome = self
            .take_objects(&mut zip, &objects, task)
            .and_then(|()| self.take_rows(&archive, is_all, task));
        // whatever came of it: what nothing refers to goes
        self.store.settle_archive(&objects)?;
        let mut report = outcome?;
        if is_all {
            self.take_registry(&mut zip, &manifest)?;
        } else if whole {
            report.problems.push(problem(
                "data sets, registered models and what else is no run",
                "there is something in this lab already; a new lab takes the whole archive",
            ));
        }
        for left_out in &report.problems {
            task.warn(left_out.to_string());
        }
        report.read_as = format!("{} of {}", RunFormat::Archive.words(), manifest.assay);
        Ok(report)
    }

    fn take_objects(
        &self,
        zip: &mut Zip,
        objects: &[ObjectHash],
        task: &Task,
    ) -> Result<(), Cause> {
        for (index, hash) in objects.iter().enumerate() {
            task.step(index as u64, objects.len() as u64, "files");
            let name = object_path(hash);
            let mut pending = self.store.begin_object()?;
            each_chunk(zip, &name, |bytes| {
                task.check()?;
                pending
                    .write_all(bytes)
                    .map_err(|error| Cause::io(Path::new(&name), error))
            })?;
            let (written, _) = pending.commit()?;
            if written != *hash {
                return Err(damaged(&name, "its bytes are not those of its name"));
            }
        }
        Ok(())
    }

    fn take_rows(
        &self,
        archive: &ArchiveDatabase,
        is_all: bool,
        task: &Task,
    ) -> Result<RunImportReport, Cause> {
        let mut report = RunImportReport::new(RunFormat::Archive);
        let mut experiments = BTreeSet::new();
        let runs = archive.run_ids()?;
        let now_ms = self.environment.now_ms();
        if is_all {
            let totals = self.store.take_all(archive, now_ms)?;
            report.n_new = totals.n_runs;
            report.n_points = totals.n_points;
            report.n_artifacts = totals.n_artifacts;
            report.artifact_bytes = totals.artifact_bytes;
            report.n_model_versions = totals.n_model_versions;
            report.experiments = totals.experiments.into_iter().map(ExperimentName).collect();
            return Ok(report);
        }
        for (index, run_id) in runs.iter().enumerate() {
            task.check()?;
            task.step(index as u64, runs.len() as u64, "runs");
            match self.store.take_run(archive, run_id, now_ms)? {
                Taken::Known => report.n_unchanged += 1,
                Taken::New {
                    experiment,
                    n_points,
                    n_artifacts,
                    artifact_bytes,
                } => {
                    report.n_new += 1;
                    report.n_points += n_points;
                    report.n_artifacts += n_artifacts;
                    report.artifact_bytes += artifact_bytes;
                    experiments.insert(experiment);
                }
            }
        }
        self.store.take_rest(archive, now_ms)?;
        report.experiments = experiments.into_iter().map(ExperimentName).collect();
        Ok(report)
    }

    fn take_registry(&self, zip: &mut Zip, manifest: &Manifest) -> Result<(), Cause> {
        let mut folders: BTreeMap<VersionKey, Vec<(String, Vec<u8>)>> = BTreeMap::new();
        let mut signatures: BTreeMap<VersionKey, String> = BTreeMap::new();
        for file in &manifest.files {
            let Some((model, version, path)) = registry_parts(&file.path) else {
                continue;
            };
            if path == CHECKSUMS {
                continue;
            }
            let key = VersionKey {
                model: ModelName::new(model),
                version,
            };
            let mut bytes = Vec::new();
            each_chunk(zip, &file.path, |chunk| {
                bytes.extend_from_slice(chunk);
                Ok(())
            })?;
            if path == SIGNATURE {
                let text = String::from_utf8(bytes).map_err(|error| damaged(&file.path, error))?;
                signatures.insert(key, text);
            } else {
                folders
                    .entry(key)
                    .or_default()
                    .push((path.to_owned(), bytes));
            }
        }
        for (key, files) in folders {
            // The sums of the same files are the same text, over which the signature was made.
            let signature = signatures.remove(&key);
            self.store
                .write_registry(&key, &files, |_| Ok::<_, Cause>(signature))?;
        }
        Ok(())
    }
}

fn open(path: &Path) -> zip::result::ZipResult<Zip> {
    ZipArchive::new(BufReader::with_capacity(COPIED_BYTES, File::open(path)?))
}

fn read_manifest(zip: &mut Zip) -> Result<Manifest, Cause> {
    let mut text = Vec::new();
    zip.by_name(MANIFEST)
        .map_err(|error| damaged(MANIFEST, error))?
        .take(MAX_MANIFEST_BYTES)
        .read_to_end(&mut text)
        .map_err(|error| damaged(MANIFEST, error))?;
    let manifest: Manifest =
        serde_json::from_slice(&text).map_err(|error| damaged(MANIFEST, error))?;
    if manifest.format != FORMAT {
        return Err(damaged(MANIFEST, "it is no archive of Assay"));
    }
    if manifest.schema > SCHEMA {
        return Err(Cause::with_hint(
            Code::NewerData,
            format!(
                "the archive was written by a newer Assay ({})",
                manifest.assay
            ),
            "update Assay; nothing was changed",
        ));
    }
    Ok(manifest)
}

/// Every file that the manifest names is there with its bytes, and there is no other.
fn check(zip: &mut Zip, manifest: &Manifest, task: &Task) -> Result<(), Cause> {
    let named: BTreeSet<&str> = manifest
        .files
        .iter()
        .map(|file| file.path.as_str())
        .collect();
    for index in 0..zip.len() {
        let entry = zip
            .by_index(index)
            .map_err(|error| damaged("the list of files", error))?;
        let name = entry.name().map(|name| name.into_owned());
        let name = name.map_err(|error| damaged("the list of files", error))?;
        if name != MANIFEST && !named.contains(name.as_str()) {
            return Err(damaged(&name, "the manifest does not name it"));
        }
    }
    for (index, file) in manifest.files.iter().enumerate() {
        task.step(index as u64, manifest.files.len() as u64, "checking");
        check_file(zip, file, task)?;
    }
    Ok(())
}

fn check_file(zip: &mut Zip, file: &ManifestFile, task: &Task) -> Result<(), Cause> {
    let mut hasher = blake3::Hasher::new();
    each_chunk(zip, &file.path, |bytes| {
        task.check()?;
        hasher.update(bytes);
        Ok(())
    })?;
    let is_whole =
        hasher.count() == file.size_bytes && hasher.finalize().to_hex().as_str() == file.blake3;
    match is_whole {
        true => Ok(()),
        false => Err(damaged(&file.path, "its bytes have another checksum")),
    }
}

fn extract(zip: &mut Zip, name: &str, to: &Path) -> Result<(), Cause> {
    let mut file = File::create(to).map_err(|error| Cause::io(to, error))?;
    each_chunk(zip, name, |bytes| {
        file.write_all(bytes).map_err(|error| Cause::io(to, error))
    })
}

fn each_chunk(
    zip: &mut Zip,
    name: &str,
    mut take: impl FnMut(&[u8]) -> Result<(), Cause>,
) -> Result<(), Cause> {
    let mut entry = zip.by_name(name).map_err(|error| damaged(name, error))?;
    let mut buffer = vec![0; COPIED_BYTES];
    loop {
        let n = entry
            .read(&mut buffer)
            .map_err(|error| damaged(name, error))?;
        match buffer.get(..n) {
            None | Some([]) => return Ok(()),
            Some(bytes) => take(bytes)?,
        }
    }
}

/// Model, version and path of `registry/<model>/<version>/<path>`.
fn registry_parts(path: &str) -> Option<(&str, u32, &str)> {
    let (model, rest) = path.strip_prefix("registry/")?.split_once('/')?;
    let (version, path) = rest.split_once('/')?;
    Some((model, version.parse().ok()?, path))
}

fn damaged(name: &str, wrong: impl std::fmt::Display) -> Cause {
    Cause::with_hint(
        Code::Invalid,
        format!("the archive is damaged: `{name}`: {wrong}"),
        "copy it again from where it was written; nothing was changed",
    )
}
