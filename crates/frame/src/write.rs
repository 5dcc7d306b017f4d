//! Tables in memory out: the canonical Parquet file of a version, and texts.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use assay_core::schema::Schema;
use polars::prelude::{
    DataFrame, KeyValueMetadata, ParquetCompression, ParquetWriter, StatisticsOptions,
};
use rayon::prelude::*;

use crate::error::Error;
use crate::export::{CsvText, JsonText};
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
        .with_statistics(StatisticsOptions::empty())
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
    let file = BufWriter::new(File::create(path).map_err(|error| io(path, error))?);
    let mut writer = CsvText::new(file, b',');
    let written = writer
        .header(&frame.names())
        .and_then(|()| writer.rows(frame))
        .and_then(|()| writer.finish());
    written.map(|_| ()).map_err(|error| error.at(path))
}

/// One object a line; missing and infinite values are `null`, dates are ISO 8601 texts.
///
/// # Errors
/// [`Error::Io`].
pub fn write_json_lines(frame: &Frame, path: &Path) -> Result<(), Error> {
    let file = BufWriter::new(File::create(path).map_err(|error| io(path, error))?);
    let mut writer = JsonText::lines(file);
    let written = writer.rows(frame).and_then(|()| writer.finish());
    written.map(|_| ()).map_err(|error| error.at(path))
}

pub(crate) fn io(path: &Path, source: std::io::Error) -> Error {
    Error::Io {
        path: path.to_owned(),
        source,
    }
}
