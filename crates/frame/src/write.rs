//! Tables out: the canonical Parquet file of a version, and exports.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use assay_core::schema::Schema;
use polars::prelude::{
    DataFrame, KeyValueMetadata, ParquetCompression, ParquetWriter, StatisticsOptions,
};
use rayon::prelude::*;
use serde_json::{Map, Value};

use crate::columns::View;
use crate::error::Error;
use crate::frame::Frame;

/// Rows of one row group. Fixed, so that the same rows make the same file.
const ROW_GROUP_ROWS: usize = 1 << 18;

/// Where the footer of a canonical file keeps the forms of the columns, as JSON by name.
pub(crate) const FORMS_KEY: &str = "assay.forms";

/// Writes the canonical form: one chunk a column, LZ4, fixed row groups. An existing file is replaced.
///
/// # Errors
/// [`Error::Io`] when the disk says no, [`Error::Parquet`].
pub fn write_parquet(frame: &Frame, path: &Path) -> Result<(), Error> {
    let mut data = frame.data.clone();
    data.rechunk_mut();
    let mut metadata = Vec::new();
    if !frame.forms.is_empty() {
        let forms = serde_json::to_string(&*frame.forms)
            .map_err(|error| io(path, std::io::Error::other(error)))?;
        metadata.push((FORMS_KEY.to_owned(), forms));
    }
    write_data(&mut data, metadata, path)
}

pub(crate) fn write_data(
    data: &mut DataFrame,
    metadata: Vec<(String, String)>,
    path: &Path,
) -> Result<(), Error> {
    let metadata = (!metadata.is_empty()).then(|| KeyValueMetadata::from_static(metadata));
    let mut file = BufWriter::new(File::create(path).map_err(|error| io(path, error))?);
    ParquetWriter::new(&mut file)
        .with_compression(ParquetCompression::Lz4Raw)
        .with_statistics(StatisticsOptions::default())
        .with_row_group_size(Some(ROW_GROUP_ROWS))
        .with_key_value_metadata(metadata)
        .set_parallel(false)
        .finish(data)
        .map_err(|error| match error {
            polars::error::PolarsError::IO { error, .. } => {
                io(path, std::io::Error::new(error.kind(), error.to_string()))
            }
            other => Error::Parquet(other.to_string()),
        })?;
    file.flush().map_err(|error| io(path, error))
}

/// Row groups one after another as one table, with the forms that the schema says.
///
/// # Errors
/// As [`read_parquet`].
pub fn read_row_groups(paths: &[PathBuf], schema: &Schema) -> Result<Frame, Error> {
    let groups = paths
        .par_iter()
        .map(|path| read_parquet(path))
        .collect::<Result<Vec<_>, Error>>()?;
    let mut rows: Option<DataFrame> = None;
    for group in groups {
        match &mut rows {
            None => rows = Some(group.data),
            Some(rows) => {
                rows.vstack_mut_owned(group.data)?;
            }
        }
    }
    Ok(Frame::plain(rows.ok_or(Error::NoRows)?).with_forms_of(schema))
}

/// Reads what [`write_parquet`] wrote.
///
/// # Errors
/// [`Error::NoSuchFile`], [`Error::Io`], [`Error::Parquet`], [`Error::UnsupportedType`] for a file of other types.
pub fn read_parquet(path: &Path) -> Result<Frame, Error> {
    let frame = crate::read::open_parquet(path)?;
    frame.views()?;
    Ok(frame)
}

/// UTF-8 with a header, commas, quotes where needed; a missing value is the empty field.
///
/// # Errors
/// [`Error::Io`].
pub fn write_csv(frame: &Frame, path: &Path) -> Result<(), Error> {
    let failed = |error: csv::Error| {
        let kind = match error.kind() {
            csv::ErrorKind::Io(inner) => inner.kind(),
            _ => std::io::ErrorKind::Other,
        };
        io(path, std::io::Error::new(kind, error.to_string()))
    };
    let mut writer = csv::Writer::from_path(path).map_err(failed)?;
    writer.write_record(frame.names()).map_err(failed)?;
    for part in parts(frame) {
        let columns: Vec<_> = part
            .views()?
            .into_iter()
            .map(|(name, view)| part.printed(&name, view))
            .collect();
        for row in 0..part.n_rows() {
            let fields = columns
                .iter()
                .map(|column| column.get(row).and_then(Option::as_deref).unwrap_or(""));
            writer.write_record(fields).map_err(failed)?;
        }
    }
    writer.flush().map_err(|error| io(path, error))
}

/// One object a line; missing and infinite values are `null`, dates are ISO 8601 texts.
///
/// # Errors
/// [`Error::Io`].
pub fn write_json_lines(frame: &Frame, path: &Path) -> Result<(), Error> {
    let mut file = BufWriter::new(File::create(path).map_err(|error| io(path, error))?);
    for part in parts(frame) {
        let names = part.names();
        let columns: Vec<_> = part
            .views()?
            .into_iter()
            .map(|(name, view)| json_values(&part, &name, view))
            .collect();
        let mut columns: Vec<_> = columns.into_iter().map(Vec::into_iter).collect();
        for _ in 0..part.n_rows() {
            let record: Map<String, Value> = names
                .iter()
                .zip(&mut columns)
                .map(|(name, column)| (name.clone(), column.next().unwrap_or(Value::Null)))
                .collect();
            let mut line = serde_json::to_vec(&record)
                .map_err(|error| io(path, std::io::Error::other(error)))?;
            line.push(b'\n');
            file.write_all(&line).map_err(|error| io(path, error))?;
        }
    }
    file.flush().map_err(|error| io(path, error))
}

/// Parts that are small enough to be held as texts.
fn parts(frame: &Frame) -> impl Iterator<Item = Frame> + '_ {
    const PART_ROWS: usize = 1 << 16;
    (0..frame.n_rows())
        .step_by(PART_ROWS)
        .map(|first| frame.slice(first, PART_ROWS))
}

/// Decimals are texts: a reader would make floats of them.
fn json_values(part: &Frame, name: &str, view: View<'_>) -> Vec<Value> {
    match view {
        View::Integer(values) => values.iter().map(Value::from).collect(),
        View::Float(values) => values.iter().map(Value::from).collect(),
        View::Boolean(values) => values.iter().map(Value::from).collect(),
        other => {
            let texts = part.printed(name, other);
            texts.into_iter().map(Value::from).collect()
        }
    }
}

pub(crate) fn io(path: &Path, source: std::io::Error) -> Error {
    Error::Io {
        path: path.to_owned(),
        source,
    }
}
