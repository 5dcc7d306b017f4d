//! A version as a file again.

use std::path::Path;

use assay_core::Task;
use assay_core::ask::Written;
use assay_core::code::Code;
use assay_core::dataset::DatasetVersion;
use assay_core::reference::Reference;
use assay_frame::{ExportFormat, PlainColumn, StoredTable};
use assay_store::SqliteValue;
use tempfile::NamedTempFile;

use crate::error::{Attempt, Cause};
use crate::{Error, Lab};

impl Lab {
    /// Writes a version in the format that the ending of the path names. The file is written beside its place and put
    /// there when it is whole; what was there before is replaced.
    pub fn export_dataset(&self, dataset: &Reference, path: &Path) -> Result<Written, Error> {
        self.export_dataset_to(dataset, path)
            .attempt(|| format!("export `{dataset}` to {}", path.display()))
    }

    fn export_dataset_to(&self, dataset: &Reference, path: &Path) -> Result<Written, Cause> {
        let version = self.store.dataset_version(dataset)?;
        let format = ExportFormat::of(path).ok_or_else(|| {
            Cause::with_hint(
                Code::Unsupported,
                "the ending of the path names no format",
                format!("end it in {}", ExportFormat::ENDINGS),
            )
        })?;
        let table = self.stored(&version)?;
        let beside = temporary_beside(path)?;
        let task = Task::silent();
        match format {
            ExportFormat::Sqlite => export_sqlite(&version, &table, beside.path())?,
            other => assay_frame::export(&table, other, beside.path(), &task)?,
        }
        let failed = |error| Cause::io(path, error);
        let file = std::fs::File::open(beside.path()).map_err(failed)?;
        file.sync_all().map_err(failed)?;
        let size_bytes = file.metadata().map_err(failed)?.len();
        drop(file);
        beside.persist(path).map_err(|error| failed(error.error))?;
        Ok(Written {
            path: path.display().to_string(),
            size_bytes,
        })
    }
}

/// With the permissions of any other new file.
fn temporary_beside(path: &Path) -> Result<NamedTempFile, Cause> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut builder = tempfile::Builder::new();
    builder.prefix(".assay-export-");
    #[cfg(unix)]
    let permissions = {
        use std::os::unix::fs::PermissionsExt;
        std::fs::Permissions::from_mode(0o666)
    };
    #[cfg(unix)]
    builder.permissions(permissions);
    builder
        .tempfile_in(folder)
        .map_err(|error| Cause::io(path, error))
}

/// One table of the data set's name.
fn export_sqlite(version: &DatasetVersion, table: &StoredTable, path: &Path) -> Result<(), Cause> {
    let mut groups = 0..table.n_groups();
    let name = version.dataset.as_str();
    assay_store::write_sqlite(path, name, &version.columns, || {
        let Some(group) = groups.next() else {
            return Ok::<_, Cause>(None);
        };
        let frame = table.group(group, None)?;
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
