//! Data sets: imported, listed, looked at.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use assay_core::code::Code;
use assay_core::dataset::{
    DatasetDetail, DatasetSummary, DatasetVersion, ImportOutcome, ImportSpec, RowGroup,
    RowsRequest, Source,
};
use assay_core::ids::check_name;
use assay_core::profile::Profile;
use assay_core::query;
use assay_core::reference::Reference;
use assay_core::{DatasetName, ObjectHash, Task};
use assay_frame::{Frame, RowTexts};
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

    pub fn datasets(&self) -> Result<Vec<DatasetSummary>, Error> {
        self.store
            .datasets()
            .attempt(|| "list the data sets".to_owned())
    }

    pub fn dataset(&self, dataset: &Reference) -> Result<DatasetDetail, Error> {
        self.store
            .dataset_detail(dataset)
            .attempt(|| format!("show `{dataset}`"))
    }

    pub fn profile(&self, dataset: &Reference) -> Result<Profile, Error> {
        self.profile_of(dataset)
            .attempt(|| format!("profile `{dataset}`"))
    }

    pub(crate) fn profile_of(&self, dataset: &Reference) -> Result<Profile, Cause> {
        let version = self.store.dataset_version(dataset)?;
        if let Some(profile) = self.store.profile(&version.content)? {
            return Ok(profile);
        }
        // Profiles are a cache: made again when they are gone.
        let profile = assay_frame::profile(&self.frame_of(&version)?, &Task::silent())?;
        self.store.save_profile(&version.content, &profile)?;
        Ok(profile)
    }

    /// The bytes that [`RowsRequest`] describes.
    pub fn rows(&self, request: &RowsRequest) -> Result<Vec<u8>, Error> {
        self.rows_of(request)
            .attempt(|| format!("show rows of `{}`", request.dataset))
    }

    fn rows_of(&self, request: &RowsRequest) -> Result<Vec<u8>, Cause> {
        let filter = query::parse(&request.filter).map_err(|error| {
            Cause::with_hint(
                Code::Invalid,
                error.to_string(),
                "write for example: island = \"Dream\" and body_mass_g > 4000",
            )
        })?;
        let frame = self.cached_frame(&self.store.dataset_version(&request.dataset)?)?;
        let rows = assay_frame::rows(
            &frame,
            request.offset,
            request.limit.min(2_000),
            request.order_by.as_deref(),
            request.descending,
            &filter,
        )?;
        let mut bytes = rows.n_matching.to_le_bytes().to_vec();
        bytes.extend_from_slice(&rows.ipc);
        Ok(bytes)
    }

    /// The first rows as texts, for a terminal.
    pub fn head(&self, dataset: &Reference, n_rows: u32) -> Result<RowTexts, Error> {
        let frame = self
            .store
            .dataset_version(dataset)
            .map_err(Cause::from)
            .and_then(|version| self.frame_of(&version))
            .attempt(|| format!("show rows of `{dataset}`"))?;
        assay_frame::row_texts(&frame, 0, n_rows).attempt(|| format!("show rows of `{dataset}`"))
    }

    /// Writes a version as CSV, JSON lines or Parquet, by the ending of the path.
    pub fn export_dataset(&self, dataset: &Reference, path: &Path) -> Result<(), Error> {
        self.export_dataset_to(dataset, path)
            .attempt(|| format!("export `{dataset}` to {}", path.display()))
    }

    fn export_dataset_to(&self, dataset: &Reference, path: &Path) -> Result<(), Cause> {
        let frame = self.frame_of(&self.store.dataset_version(dataset)?)?;
        let ending = path
            .extension()
            .map(|ending| ending.to_string_lossy().to_lowercase());
        match ending.as_deref() {
            Some("csv") => assay_frame::write_csv(&frame, path)?,
            Some("parquet") => assay_frame::write_parquet(&frame, path)?,
            Some("jsonl" | "ndjson") => assay_frame::write_json_lines(&frame, path)?,
            _ => {
                return Err(Cause::with_hint(
                    Code::Unsupported,
                    "the ending of the path names no format",
                    "end it in .csv, .parquet or .jsonl",
                ));
            }
        }
        Ok(())
    }

    pub(crate) fn frame_of(&self, version: &DatasetVersion) -> Result<Frame, Cause> {
        let groups = version
            .row_groups
            .iter()
            .map(|group| {
                Ok(assay_frame::read_parquet(
                    &self.store.object_path(&group.object)?,
                )?)
            })
            .collect::<Result<Vec<_>, Cause>>()?;
        Ok(Frame::concat(&groups)?.frame)
    }

    /// The table that was looked at last stays in memory, so that scrolling does not read it again.
    fn cached_frame(&self, version: &DatasetVersion) -> Result<Frame, Cause> {
        let mut shown = self
            .shown
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some((content, frame)) = shown.as_ref()
            && *content == version.content
        {
            return Ok(frame.clone());
        }
        let frame = self.frame_of(version)?;
        *shown = Some((version.content.clone(), frame.clone()));
        Ok(frame)
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
