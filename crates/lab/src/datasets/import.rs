//! Files become a version.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use assay_core::dataset::{ImportOptions, ImportOutcome, ImportSpec, RowGroup, SetAside, Source};
use assay_core::ids::check_name;
use assay_core::{DatasetName, ObjectHash, Task};
use assay_frame::{Frame, GroupSink, Ingested, SetAsideRows};
use assay_store::{NewDatasetVersion, Store};

use super::database;
use crate::error::{Attempt, Cause};
use crate::{Error, Lab};

/// Bytes hashed at once.
const HASHED_BYTES: usize = 1 << 20;

impl Lab {
    /// Reads files into row groups of canonical Parquet, named by their content. The same rows are the same version.
    pub fn import(&self, spec: &ImportSpec, task: &Task) -> Result<ImportOutcome, Error> {
        self.import_files(spec, task)
            .attempt(|| format!("import `{}`", file_name(&spec.path)))
    }

    fn import_files(&self, spec: &ImportSpec, task: &Task) -> Result<ImportOutcome, Cause> {
        let name = match &spec.name {
            Some(name) => name.clone(),
            None => name_of_file(&spec.path),
        };
        check_name(name.as_str())?;
        let files = assay_frame::files_of(&spec.path, task)?;
        let sink = Objects { store: &self.store };
        let (ingested, hashed) = std::thread::scope(|scope| {
            let hashed = scope.spawn(|| hash_files(&files, task));
            let ingested = ingest(&files, &spec.options, &sink, task);
            (ingested, hashed.join())
        });
        let ingested = ingested?;
        let (hash, size_bytes) = hashed.unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
        let source = Source {
            file_name: file_name(&spec.path),
            size_bytes,
            hash,
            options: spec.options.clone(),
            n_files: u32::try_from(files.len()).unwrap_or(u32::MAX),
            set_aside: None,
        };
        let outcome = self.add_version(&name, ingested, source)?;
        // only a convenience: the import stands without it
        if let Err(cause) = self.remember_options(&files, &spec.options) {
            task.warn(format!("how it was read cannot be remembered: {cause}"));
        }
        Ok(outcome)
    }

    fn add_version(
        &self,
        name: &DatasetName,
        ingested: Ingested,
        mut source: Source,
    ) -> Result<ImportOutcome, Cause> {
        source.set_aside = match ingested.set_aside {
            Some(rows) => Some(self.keep_set_aside(rows)?),
            None => None,
        };
        let set_aside = source.set_aside.clone();
        let (version, already_there) = self.store.add_dataset_version(
            NewDatasetVersion {
                dataset: name.clone(),
                content: ingested.content,
                row_groups: ingested.row_groups,
                columns: ingested.schema,
                source,
            },
            self.act(),
        )?;
        self.store
            .save_profile(&version.content, &ingested.profile)?;
        Ok(ImportOutcome {
            dataset: version.dataset,
            version: version.version,
            dataset_version: version.content,
            n_rows: version.n_rows,
            n_columns: u32::try_from(version.columns.columns.len()).unwrap_or(u32::MAX),
            already_there,
            set_aside,
        })
    }

    fn keep_set_aside(&self, rows: SetAsideRows) -> Result<SetAside, Cause> {
        let mut csv = rows.csv;
        let mut pending = self.store.begin_object()?;
        let path = pending.path().to_owned();
        std::io::copy(&mut csv, pending.file()).map_err(|error| Cause::io(&path, error))?;
        let (object, size_bytes) = pending.commit()?;
        Ok(SetAside {
            n_rows: rows.n_rows,
            first: rows.first,
            object,
            size_bytes,
        })
    }
}

fn ingest(
    files: &[PathBuf],
    options: &ImportOptions,
    sink: &Objects<'_>,
    task: &Task,
) -> Result<Ingested, Cause> {
    match database::database_of(files)? {
        Some(database) => database::ingest(&database, options, sink, task),
        None => assay_frame::ingest(files, options, sink, task),
    }
}

/// Row groups are objects of the lab.
struct Objects<'a> {
    store: &'a Store,
}

impl GroupSink for Objects<'_> {
    type Failure = Cause;

    fn known(&self, content: &ObjectHash) -> Option<RowGroup> {
        // a group that cannot be looked up is written again
        self.store.row_group(content).ok().flatten()
    }

    fn put(&self, content: ObjectHash, group: &Frame) -> Result<RowGroup, Cause> {
        let pending = self.store.begin_object()?;
        assay_frame::write_parquet(group, pending.path())?;
        let (object, size_bytes) = pending.commit()?;
        Ok(RowGroup {
            content,
            object,
            n_rows: group.n_rows() as u64,
            size_bytes,
        })
    }
}

/// The file's name without its endings: `adult_train.csv.gz` is `adult_train`.
pub(crate) fn name_of_file(path: &Path) -> DatasetName {
    let name = match path.parent() {
        // the files of a pattern are named by their folder
        Some(folder) if assay_frame::is_pattern(path) && !file_name(folder).is_empty() => {
            file_name(folder)
        }
        _ => file_name(path),
    };
    let mut stem = name.as_str();
    for ending in [
        ".gz", ".gzip", ".zst", ".csv", ".tsv", ".tab", ".txt", ".parquet", ".pq", ".jsonl",
        ".ndjson", ".json", ".arrow", ".feather", ".ipc", ".xlsx", ".xls", ".xlsb", ".ods",
        ".sqlite3", ".sqlite", ".db",
    ] {
        if stem.len() > ending.len() && stem.to_lowercase().ends_with(ending) {
            stem = stem.get(..stem.len() - ending.len()).unwrap_or(stem);
        }
    }
    // What a name may not hold becomes a hyphen, so that a dropped file never fails for its name.
    let cleaned: String = stem
        .chars()
        .map(|c| {
            if c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | ' ') {
                c
            } else {
                '-'
            }
        })
        .collect();
    let cleaned = cleaned.trim_matches([' ', '.']).to_owned();
    DatasetName::new(if cleaned.is_empty() {
        "data".to_owned()
    } else {
        cleaned
    })
}

pub(crate) fn file_name(path: &Path) -> String {
    path.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}

/// blake3 and length of a file; of several files blake3 over their names and hashes, in their order.
fn hash_files(files: &[PathBuf], task: &Task) -> Result<(ObjectHash, u64), Cause> {
    let mut all = blake3::Hasher::new();
    let mut size_bytes = 0;
    let mut buffer = vec![0; HASHED_BYTES];
    let mut last = blake3::hash(b"");
    for path in files {
        let mut file = File::open(path).map_err(|error| Cause::io(path, error))?;
        let mut hasher = blake3::Hasher::new();
        loop {
            task.check()?;
            let n = file
                .read(&mut buffer)
                .map_err(|error| Cause::io(path, error))?;
            if n == 0 {
                break;
            }
            hasher.update(buffer.get(..n).unwrap_or_default());
        }
        size_bytes += hasher.count();
        last = hasher.finalize();
        all.update(file_name(path).as_bytes());
        all.update(last.as_bytes());
    }
    let hash = if files.len() == 1 {
        last
    } else {
        all.finalize()
    };
    Ok((ObjectHash::new(hash.to_hex().to_string()), size_bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dropped_file_always_gets_a_name() {
        for (path, name) in [
            ("/tmp/penguins.csv", "penguins"),
            ("adult_train.csv.gz", "adult_train"),
            ("sales (2026).parquet", "sales -2026-"),
            ("a@b.jsonl", "a-b"),
            (".csv", "csv"),
        ] {
            let made = name_of_file(Path::new(path));
            assert_eq!(made.as_str(), name, "{path}");
            assert_eq!(check_name(made.as_str()), Ok(()));
        }
    }
}
