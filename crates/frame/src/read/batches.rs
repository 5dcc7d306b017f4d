//! Tables that come in parts: what the import takes for everything that is not delimited text.

use std::path::{Path, PathBuf};

use assay_core::Task;
use assay_core::dataset::{BadRow, ImportOptions};
use assay_core::schema::Schema;

use super::{files, source};
use crate::error::{Error, FileKind};
use crate::frame::Frame;

/// Rows of a part.
pub(crate) const BATCH_ROWS: usize = 1 << 16;

/// A table that comes in parts of one schema, first rows first.
///
/// Invariant: every part has the names, kinds and forms of the schema, which is known before the first part comes;
/// categories have all their levels in it.
pub(crate) trait Batches: Send {
    /// `nullable` says nothing: it is known at the end.
    fn schema(&self) -> &Schema;

    /// The next rows, at most [`BATCH_ROWS`]; `None` at the end. A part can be without rows when all of them were bad.
    fn next(&mut self, task: &Task) -> Result<Option<Frame>, Error>;

    /// The rows that could not be read since this was last asked.
    fn take_bad_rows(&mut self) -> Vec<BadRow> {
        Vec::new()
    }

    /// Bytes of the source that are done, and all of them.
    fn progress(&self) -> (u64, u64);
}

/// Opens files that are not delimited text as one table, those of the first file first.
///
/// # Errors
/// See [`Error`].
pub(crate) fn batches(
    files: &[PathBuf],
    options: &ImportOptions,
    task: &Task,
) -> Result<Box<dyn Batches>, Error> {
    let [path] = files else {
        return Err(Error::BadOptions("one file at a time".to_owned()));
    };
    let frame = super::read_typed(path, options, task)?;
    Ok(Box::new(Whole {
        schema: frame.schema(),
        frame,
        done: 0,
    }))
}

/// What all of these files are.
///
/// # Errors
/// [`Error::MixedKinds`] when they differ.
pub(crate) fn kind_of_files(files: &[PathBuf], options: &ImportOptions) -> Result<FileKind, Error> {
    let mut first: Option<(&Path, FileKind)> = None;
    for path in files {
        let kind = source::open(path, options)?.kind;
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

struct Whole {
    schema: Schema,
    frame: Frame,
    done: usize,
}

impl Batches for Whole {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn next(&mut self, task: &Task) -> Result<Option<Frame>, Error> {
        task.check()?;
        let part = self.frame.slice(self.done, BATCH_ROWS);
        self.done += part.n_rows();
        Ok((part.n_rows() > 0).then_some(part))
    }

    fn progress(&self) -> (u64, u64) {
        (self.done as u64, self.frame.n_rows() as u64)
    }
}
