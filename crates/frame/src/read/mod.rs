//! Files in: CSV and other delimited text, JSON lines, JSON arrays and Parquet, text also compressed with gzip.
//!
//! The same rows make the same table whatever file they came in: integers of any width are 64 bits, a NaN and an
//! empty text are missing, times are microseconds in UTC.

mod batches;
mod delimited;
mod delimiter;
mod encoding;
mod files;
mod header;
mod infer;
mod json;
mod magic;
mod names;
mod nulls;
mod parquet;
mod source;
mod unpack;

use std::path::Path;

use assay_core::Task;
use assay_core::dataset::ImportOptions;

use crate::error::{Error, FileKind};
use crate::frame::Frame;

pub(crate) use batches::{BATCH_ROWS, Batches, batches, kind_of_files};
pub use files::{files_of, is_pattern};
pub(crate) use parquet::open as open_parquet;
pub use unpack::Compression;

/// Reads a file into a table. Its kind is found out from its content; a name that says otherwise is an error.
///
/// Delimited text: fields are trimmed; the empty field, `options.null_values` and the usual markers (`?`, `NA`,
/// `N/A`, `n/a`, `null`, `NULL`, `NaN`, `nan`, `None`, `<NA>`, `#N/A` and pandas' others) are missing. A column gets
/// the first type that fits all its values: integer, float, boolean (`true`, `false` in any case), date (ISO 8601),
/// date-time (ISO 8601; a zone is turned into UTC), text. Codes with leading zeros (`007`) and whole numbers that
/// exceed 64 bits stay text. JSON: texts stay texts but for dates; `null`, the empty text and `options.null_values`
/// are missing.
///
/// Warnings (columns without a value, repaired names, a header that is none ...) go to the task.
///
/// # Errors
/// See [`Error`]; each names the line, the column or the kind that is wrong.
pub fn read(path: &Path, options: &ImportOptions, task: &Task) -> Result<Frame, Error> {
    task.check()?;
    let source = source::open(path, options)?;
    let frame = match source.kind {
        FileKind::Parquet => parquet::read(path, task)?,
        FileKind::Json => json::read(source, options, task)?,
        _ => delimited::read(path, source, options, task)?,
    };
    let frame = match source_names_apply(options, &frame) {
        true => names::rename(frame, &options.columns)?,
        false => frame,
    };
    if frame.n_rows() == 0 || frame.n_columns() == 0 {
        return Err(Error::NoRows);
    }
    warn_of_empty_columns(&frame, task);
    task.step(1, 1, "read");
    Ok(frame)
}

/// Delimited text has taken the names already; for it they are equal here.
fn source_names_apply(options: &ImportOptions, frame: &Frame) -> bool {
    !options.columns.is_empty() && options.columns != frame.names()
}

fn warn_of_empty_columns(frame: &Frame, task: &Task) {
    for column in frame.schema().columns {
        let n_missing = frame.view(&column.name).map_or(0, |view| view.n_missing());
        if n_missing == frame.n_rows() {
            task.warn(format!("column `{}` has no value in any row", column.name));
        }
    }
}
