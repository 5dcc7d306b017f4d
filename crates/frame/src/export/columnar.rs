//! Parquet and Arrow IPC: every type as it is.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use assay_core::Task;
use polars::prelude::{
    CompatLevel, IpcWriter, KeyValueMetadata, ParquetCompression, ParquetWriter, Schema, SerWriter,
};

use super::{each_group, forms_json};
use crate::error::Error;
use crate::stored::StoredTable;
use crate::write::{FORMS_KEY, io};

pub(super) fn parquet(table: &StoredTable, path: &Path, task: &Task) -> Result<(), Error> {
    let mut file = BufWriter::new(File::create(path).map_err(|error| io(path, error))?);
    let metadata = forms_json(table.schema())
        .map(|forms| KeyValueMetadata::from_static(vec![(FORMS_KEY.to_owned(), forms)]));
    let schema = polars_schema(table)?;
    let mut writer = ParquetWriter::new(&mut file)
        .with_compression(ParquetCompression::Zstd(None))
        .with_key_value_metadata(metadata)
        .set_parallel(false)
        .batched(&schema)
        .map_err(|error| failed(path, error))?;
    each_group(table, task, |mut frame| {
        frame.data.rechunk_mut();
        writer
            .write_batch(&frame.data)
            .map_err(|error| failed(path, error))
    })?;
    writer.finish().map_err(|error| failed(path, error))?;
    drop(writer);
    file.flush().map_err(|error| io(path, error))
}

pub(super) fn arrow(table: &StoredTable, path: &Path, task: &Task) -> Result<(), Error> {
    let mut file = BufWriter::new(File::create(path).map_err(|error| io(path, error))?);
    let schema = polars_schema(table)?;
    let mut writer = IpcWriter::new(&mut file)
        .with_compat_level(CompatLevel::oldest())
        // No column is a dictionary.
        .batched(&schema, vec![Default::default(); schema.len()])
        .map_err(|error| failed(path, error))?;
    if let Some(forms) = forms_json(table.schema()) {
        writer.set_custom_metadata(vec![(FORMS_KEY.to_owned(), forms)]);
    }
    each_group(table, task, |mut frame| {
        frame.data.rechunk_mut();
        writer
            .write_batch(&frame.data)
            .map_err(|error| failed(path, error))
    })?;
    writer.finish().map_err(|error| failed(path, error))?;
    drop(writer);
    file.flush().map_err(|error| io(path, error))
}

/// As the first group has it: all groups have the same.
fn polars_schema(table: &StoredTable) -> Result<Schema, Error> {
    Ok(table.group(0, None)?.data.schema().as_ref().clone())
}

fn failed(path: &Path, error: polars::error::PolarsError) -> Error {
    match error {
        polars::error::PolarsError::IO { error, .. } => {
            io(path, std::io::Error::new(error.kind(), error.to_string()))
        }
        other => Error::Engine(other.to_string()),
    }
}
