//! Tables of SQLite databases: read by store, imported by frame.

use std::path::PathBuf;

use assay_core::Task;
use assay_core::dataset::ImportOptions;
use assay_frame::{Beginning, GroupSink, Ingested, PlainRows, PlainValue};
use assay_store::{ForeignDatabase, ForeignRows, ForeignValue};

use crate::error::Cause;

/// The database, when the files are one.
pub(super) fn database_of(files: &[PathBuf]) -> Result<Option<ForeignDatabase>, Cause> {
    match files {
        [path] if assay_frame::is_database(path)? => Ok(Some(ForeignDatabase::open(path)?)),
        _ => Ok(None),
    }
}

pub(super) fn ingest<S: GroupSink<Failure = Cause>>(
    database: &ForeignDatabase,
    options: &ImportOptions,
    sink: &S,
    task: &Task,
) -> Result<Ingested, Cause> {
    let rows = Table(database.rows(options.sheet.as_deref())?);
    assay_frame::ingest_rows(Box::new(rows), options, sink, task)
}

pub(super) fn preview(
    database: &ForeignDatabase,
    options: &ImportOptions,
    n_rows: u32,
    task: &Task,
) -> Result<Beginning, Cause> {
    let tables = database.tables()?;
    let rows = database.rows(options.sheet.as_deref())?;
    let table = rows.table().to_owned();
    Ok(assay_frame::preview_rows(
        Box::new(Table(rows)),
        tables.into_iter().map(|table| table.name).collect(),
        table,
        options,
        n_rows,
        task,
    )?)
}

struct Table(ForeignRows);

impl PlainRows for Table {
    fn table(&self) -> &str {
        self.0.table()
    }

    fn columns(&self) -> Vec<String> {
        self.0.columns().to_vec()
    }

    fn rewind(&mut self) -> Result<(), String> {
        self.0.rewind();
        Ok(())
    }

    fn next(&mut self, push: &mut dyn FnMut(PlainValue<'_>)) -> Result<bool, String> {
        let Some(row) = self.0.next_row().map_err(|error| error.to_string())? else {
            return Ok(false);
        };
        for value in &row {
            push(match value {
                ForeignValue::Missing => PlainValue::Missing,
                ForeignValue::Boolean(value) => PlainValue::Boolean(*value),
                ForeignValue::Integer(value) => PlainValue::Integer(*value),
                ForeignValue::Float(value) => PlainValue::Float(*value),
                ForeignValue::Text(text) => PlainValue::Text(text),
                ForeignValue::NotUtf8(bytes) => PlainValue::NotUtf8(bytes),
            });
        }
        Ok(true)
    }

    fn progress(&self) -> (u64, u64) {
        self.0.progress()
    }
}
