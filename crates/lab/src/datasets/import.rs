//! A file becomes a version.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use assay_core::dataset::{ImportOutcome, ImportSpec, RowGroup, Source};
use assay_core::ids::check_name;
use assay_core::{DatasetName, ObjectHash, Task};
use assay_frame::Frame;
use assay_store::NewDatasetVersion;

use crate::error::{Attempt, Cause};
use crate::{Error, Lab};

impl Lab {
    /// Reads a file into canonical Parquet, named by its content. The same rows are the same version.
    pub fn import(&self, spec: &ImportSpec, task: &Task) -> Result<ImportOutcome, Error> {
        self.import_file(spec, task)
            .attempt(|| format!("import `{}`", file_name(&spec.path)))
    }

    fn import_file(&self, spec: &ImportSpec, task: &Task) -> Result<ImportOutcome, Cause> {
        let name = match &spec.name {
            Some(name) => name.clone(),
            None => name_of_file(&spec.path),
        };
        check_name(name.as_str())?;
        task.step(0, 4, "reading");
        let frame = assay_frame::read(&spec.path, &spec.options, task)?;
        let (hash, size_bytes) = hash_file(&spec.path)?;
        let source = Source {
            file_name: file_name(&spec.path),
            size_bytes,
            hash,
            options: spec.options.clone(),
            n_files: 1,
            set_aside: None,
        };
        self.add_version(&name, &frame, source, task)
    }

    /// Stores a table as the next version of a data set.
    pub(crate) fn add_version(
        &self,
        name: &DatasetName,
        frame: &Frame,
        source: Source,
        task: &Task,
    ) -> Result<ImportOutcome, Cause> {
        task.step(1, 4, "naming by content");
        let content = assay_frame::content_hash(frame)?;
        task.check()?;
        task.step(2, 4, "profiling");
        let profile = assay_frame::profile(frame, task)?;
        task.check()?;
        task.step(3, 4, "writing");
        let pending = self.store.begin_object()?;
        assay_frame::write_parquet(frame, pending.path())?;
        let (object, size_bytes) = pending.commit()?;
        let row_groups = vec![RowGroup {
            content: content.clone(),
            object,
            n_rows: frame.n_rows() as u64,
            size_bytes,
        }];
        let (version, already_there) = self.store.add_dataset_version(
            NewDatasetVersion {
                dataset: name.clone(),
                content,
                row_groups,
                columns: frame.schema(),
                source,
            },
            self.act(),
        )?;
        self.store.save_profile(&version.content, &profile)?;
        task.step(4, 4, "done");
        Ok(ImportOutcome {
            dataset: version.dataset,
            version: version.version,
            dataset_version: version.content,
            n_rows: version.n_rows,
            n_columns: u32::try_from(version.columns.columns.len()).unwrap_or(u32::MAX),
            already_there,
            set_aside: version.source.set_aside,
        })
    }
}

/// The file's name without its endings: `adult_train.csv.gz` is `adult_train`.
fn name_of_file(path: &Path) -> DatasetName {
    let name = file_name(path);
    let mut stem = name.as_str();
    for ending in [
        ".gz", ".csv", ".tsv", ".txt", ".parquet", ".jsonl", ".ndjson", ".json",
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

/// blake3 and length of a file.
fn hash_file(path: &Path) -> Result<(ObjectHash, u64), Cause> {
    let mut file = File::open(path).map_err(|error| Cause::io(path, error))?;
    let mut hasher = blake3::Hasher::new();
    let mut buffer = vec![0; 1 << 16];
    let mut size_bytes = 0;
    loop {
        let n = file
            .read(&mut buffer)
            .map_err(|error| Cause::io(path, error))?;
        if n == 0 {
            break;
        }
        size_bytes += n as u64;
        hasher.update(buffer.get(..n).unwrap_or_default());
    }
    Ok((
        ObjectHash::new(hasher.finalize().to_hex().to_string()),
        size_bytes,
    ))
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
