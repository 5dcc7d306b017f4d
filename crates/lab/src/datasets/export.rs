//! A version as a file again.

use std::fs::File;
use std::path::{Path, PathBuf};

use assay_core::ask::{ExportDataset, Written};
use assay_core::code::Code;
use assay_core::dataset::DatasetVersion;
use assay_core::reference::Reference;
use assay_core::{JobId, Task};
use assay_frame::{ExportFormat, PlainColumn, StoredTable};
use assay_store::SqliteValue;

use crate::error::{Attempt, Cause};
use crate::{Error, Lab};

impl Lab {
    /// Writes a version in the format that the ending of the path names. The file is written beside its place and put
    /// there when it is whole; what was there before is replaced.
    pub fn export_dataset(
        &self,
        request: &ExportDataset,
        job_id: &JobId,
        task: &Task,
    ) -> Result<Written, Error> {
        self.export_dataset_to(&request.dataset, &request.path, job_id, task)
            .attempt(|| format!("export `{}` to {}", request.dataset, request.path.display()))
    }

    fn export_dataset_to(
        &self,
        dataset: &Reference,
        path: &Path,
        job_id: &JobId,
        task: &Task,
    ) -> Result<Written, Cause> {
        let version = self.store.dataset_version(dataset)?;
        let format = ExportFormat::of(path).ok_or_else(|| {
            Cause::with_hint(
                Code::Unsupported,
                "the ending of the path names no format",
                format!("end it in {}", ExportFormat::ENDINGS),
            )
        })?;
        let table = self.stored(&version)?;
        let failed = |error| Cause::io(path, error);
        let beside = Beside::create(path, job_id).map_err(failed)?;
        match format {
            ExportFormat::Sqlite => export_sqlite(&version, &table, &beside.path, task),
            other => assay_frame::export(&table, other, &beside.path, task).map_err(Cause::from),
        }
        .map_err(|cause| match cause {
            // The file beside is nobody's business.
            Cause::Frame(assay_frame::Error::Io { source, .. }) => failed(source),
            other => other,
        })?;
        task.check()?;
        let size_bytes = beside.put(path).map_err(failed)?;
        Ok(Written {
            path: path.display().to_string(),
            size_bytes,
        })
    }
}

/// Removes what an export left that did not come to its end, because its process was killed.
pub(crate) fn forget_export(request: &ExportDataset, job_id: &JobId) {
    // It is there only when the process was killed on its way.
    let _ = std::fs::remove_file(path_beside(&request.path, job_id));
}

/// In the same folder, so that it can be renamed; named by the job, so that it is found again.
pub(crate) fn path_beside(path: &Path, job_id: &JobId) -> PathBuf {
    path.with_file_name(format!(".assay-export-{job_id}"))
}

/// A file on its way, removed unless it is put into its place.
pub(crate) struct Beside {
    pub path: PathBuf,
}

impl Beside {
    pub fn create(path: &Path, job_id: &JobId) -> std::io::Result<Self> {
        let path = path_beside(path, job_id);
        File::create_new(&path)?;
        Ok(Self { path })
    }

    /// The number of bytes.
    pub fn put(self, path: &Path) -> std::io::Result<u64> {
        let file = File::options().write(true).open(&self.path)?;
        file.sync_all()?;
        let size_bytes = file.metadata()?.len();
        drop(file);
        std::fs::rename(&self.path, path)?;
        Ok(size_bytes)
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        // After `put` it is not there any more.
        let _ = std::fs::remove_file(&self.path);
    }
}

/// One table of the data set's name.
fn export_sqlite(
    version: &DatasetVersion,
    table: &StoredTable,
    path: &Path,
    task: &Task,
) -> Result<(), Cause> {
    let mut groups = 0..table.n_groups();
    let mut done = 0;
    let name = version.dataset.as_str();
    assay_store::write_sqlite(path, name, &version.columns, || {
        let Some(group) = groups.next() else {
            return Ok::<_, Cause>(None);
        };
        task.step(done, table.n_rows(), "writing");
        task.check()?;
        let frame = table.group(group, None)?;
        done += frame.n_rows() as u64;
        let mut columns: Vec<_> = assay_frame::plain_columns(&frame)?
            .into_iter()
            .map(sqlite_values)
            .collect();
        let rows = (0..frame.n_rows()).map(|_| {
            columns
                .iter_mut()
                .map(|column| column.next().unwrap_or(SqliteValue::Missing))
                .collect()
        });
        Ok(Some(rows.collect()))
    })
}

fn sqlite_values(column: PlainColumn) -> Box<dyn Iterator<Item = SqliteValue>> {
    fn all<T: 'static>(
        values: Vec<Option<T>>,
        of: fn(T) -> SqliteValue,
    ) -> Box<dyn Iterator<Item = SqliteValue>> {
        let values = values.into_iter();
        Box::new(values.map(move |value| value.map_or(SqliteValue::Missing, of)))
    }
    match column {
        PlainColumn::Integers(values) => all(values, SqliteValue::Integer),
        PlainColumn::Floats(values) => all(values, SqliteValue::Float),
        PlainColumn::Booleans(values) => {
            all(values, |value| SqliteValue::Integer(i64::from(value)))
        }
        PlainColumn::Texts(values) => all(values, SqliteValue::Text),
    }
}
