//! Tables that come in parts: what the import takes for everything that is not delimited text.

use std::path::{Path, PathBuf};

use assay_core::Task;
use assay_core::dataset::{BadRow, ImportOptions};
use assay_core::schema::Schema;

use super::arrow::ArrowBatches;
use super::chosen::with_options;
use super::excel::SheetRecords;
use super::ipc::IpcParts;
use super::json::JsonRecords;
use super::parquet::ParquetParts;
use super::plain::{PlainRecords, PlainRows};
use super::records::RecordBatches;
use super::union::{Part, Union};
use super::{files, source};
use crate::error::{Error, FileKind};
use crate::frame::Frame;

/// Rows of a part.
pub(super) const BATCH_ROWS: usize = 1 << 16;

/// A table that comes in parts of one schema, first rows first.
///
/// Invariant: every part has the names, kinds and forms of the schema, which is known before the first part comes. Only
/// the levels of a category that a person chose without naming them are complete at the end, not before.
pub(crate) trait Batches: Send {
    /// `nullable` says nothing: it is known at the end.
    fn schema(&self) -> &Schema;

    /// The next rows, at most [`BATCH_ROWS`]; `None` at the end. A part can be without rows when all of them were bad.
    fn next(&mut self, task: &Task) -> Result<Option<Frame>, Error>;

    /// The rows that could not be read since this was last asked.
    fn take_bad_rows(&mut self) -> Vec<BadRow> {
        Vec::new()
    }

    /// Where the source has a row of the last part (from 0): its line or its row, from 1.
    fn place_of(&self, _row: usize) -> Option<u64> {
        None
    }

    /// Whether the source numbers its rows by lines.
    fn has_lines(&self) -> bool {
        false
    }

    /// Bytes of the source that are done, and all of them.
    fn progress(&self) -> (u64, u64);
}

/// Opens files that are neither delimited text nor databases as one table, the rows of the first file first.
///
/// # Errors
/// See [`Error`].
pub(crate) fn batches(
    files: &[PathBuf],
    options: &ImportOptions,
    task: &Task,
) -> Result<Box<dyn Batches>, Error> {
    if let [path] = files {
        return open(path, options, None, task);
    }
    let mut parts = Vec::with_capacity(files.len());
    for path in files {
        let file = files::file_name(path);
        let batches = open(path, options, None, task);
        parts.push(Part {
            batches: batches.map_err(|error| error.in_file(&file))?,
            file,
        });
    }
    Ok(Box::new(Union::new(parts, task)))
}

/// A table that another part of the program reads.
///
/// # Errors
/// See [`Error`].
pub(crate) fn row_batches(
    rows: Box<dyn PlainRows>,
    options: &ImportOptions,
    limit: Option<u64>,
    task: &Task,
) -> Result<Box<dyn Batches>, Error> {
    let records = PlainRecords::new(rows);
    let batches = RecordBatches::new(records, options, limit, task)?;
    with_options(Box::new(batches), options)
}

/// What all of these files are.
///
/// # Errors
/// [`Error::MixedKinds`] when they differ.
pub(crate) fn kind_of_files(files: &[PathBuf], options: &ImportOptions) -> Result<FileKind, Error> {
    let mut first: Option<(&Path, FileKind)> = None;
    for path in files {
        let source = source::open(path, options);
        let kind = match files {
            [_] => source?.kind,
            _ => {
                source
                    .map_err(|error| error.in_file(&files::file_name(path)))?
                    .kind
            }
        };
        match first {
            None => first = Some((path, kind)),
            Some((_, known)) if known == kind => {}
            Some((known_path, known)) => {
                return Err(Error::MixedKinds {
                    first: files::file_name(known_path),
                    first_kind: known,
                    other: files::file_name(path),
                    other_kind: kind,
                });
            }
        }
    }
    first.map(|(_, kind)| kind).ok_or(Error::EmptyFile)
}

/// One file; `limit`: as if it had only that many rows, where that saves a look at the others.
pub(super) fn open(
    path: &Path,
    options: &ImportOptions,
    limit: Option<u64>,
    task: &Task,
) -> Result<Box<dyn Batches>, Error> {
    let batches: Box<dyn Batches> = match source::open(path, options)?.kind {
        FileKind::Parquet => {
            let parts = ParquetParts::open(path)?.at_most(limit.unwrap_or(u64::MAX));
            Box::new(ArrowBatches::new(parts, limit, task)?)
        }
        FileKind::Arrow => Box::new(ArrowBatches::new(IpcParts::open(path)?, limit, task)?),
        FileKind::Json => {
            let records = JsonRecords::new(path, options);
            Box::new(RecordBatches::new(records, options, limit, task)?)
        }
        FileKind::Excel => {
            let records = SheetRecords::open(path, options, task)?;
            Box::new(RecordBatches::new(records, options, limit, task)?)
        }
        other => return Err(Error::UnknownKind(other)),
    };
    with_options(batches, options)
}
