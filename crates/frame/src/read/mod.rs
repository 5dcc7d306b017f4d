//! Files in: CSV and other delimited text, JSON lines, JSON arrays and Parquet, text also compressed with gzip.
//!
//! The same rows make the same table whatever file they came in: integers of any width are 64 bits, a NaN and an
//! empty text are missing, times are microseconds in UTC.

mod batches;
pub(crate) mod delimited;
pub(crate) mod delimiter;
mod encoding;
mod files;
pub(crate) mod header;
mod infer;
mod json;
mod magic;
pub(crate) mod names;
pub(crate) mod nulls;
mod parquet;
pub(crate) mod source;
mod unpack;

use std::path::Path;

use assay_core::Task;
use assay_core::dataset::ImportOptions;

use crate::error::{Error, FileKind};
use crate::frame::Frame;

pub(crate) use batches::{batches, kind_of_files};
pub use files::{files_of, is_pattern};
pub(crate) use parquet::open as open_parquet;
pub use unpack::Compression;

/// Reads a file that is not delimited text.
pub(crate) fn read_typed(
    path: &Path,
    options: &ImportOptions,
    task: &Task,
) -> Result<Frame, Error> {
    task.check()?;
    let source = source::open(path, options)?;
    let frame = match source.kind {
        FileKind::Parquet => parquet::read(path, task)?,
        FileKind::Json => json::read(source, options, task)?,
        other => return Err(Error::UnknownKind(other)),
    };
    let frame = match source_names_apply(options, &frame) {
        true => names::rename(frame, &options.columns)?,
        false => frame,
    };
    if frame.n_rows() == 0 || frame.n_columns() == 0 {
        return Err(Error::NoRows);
    }
    Ok(frame)
}

/// Delimited text has taken the names already; for it they are equal here.
fn source_names_apply(options: &ImportOptions, frame: &Frame) -> bool {
    !options.columns.is_empty() && options.columns != frame.names()
}
