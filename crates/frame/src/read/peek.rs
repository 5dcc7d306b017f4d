//! The first rows of a file, for a person to look at before it is imported.

use std::path::Path;

use assay_core::Task;
use assay_core::dataset::{ImportOptions, TextEncoding};

use super::batches::{self, Batches};
use super::excel;
use super::plain::PlainRows;
use super::unpack::Compression;
use super::{source, workbook};
use crate::error::{Error, FileKind};
use crate::frame::Frame;

/// Rows that are shown.
const PEEK_ROWS: u64 = 200;

/// A file as far as one can tell from its beginning.
#[derive(Debug, Clone)]
pub struct Peeked {
    pub kind: FileKind,
    pub compression: Option<Compression>,
    /// Of text.
    pub encoding: Option<TextEncoding>,
    /// Sheets of a workbook, in their order.
    pub tables: Vec<String>,
    /// The one that the rows are of.
    pub table: Option<String>,
    /// At most 200 rows; `None` for delimited text and for databases, which others read.
    pub frame: Option<Frame>,
    /// Whether these are all rows of the file.
    pub is_whole: bool,
}

/// The first rows with the types that they have by themselves, and with what the options say. Types that depend on all
/// rows (categories, columns of JSON) are those of the first rows.
///
/// # Errors
/// See [`Error`]; a file that an import would refuse at once is refused here too.
pub fn peek(path: &Path, options: &ImportOptions, task: &Task) -> Result<Peeked, Error> {
    let source = source::open(path, options)?;
    let is_text = matches!(source.kind, FileKind::Delimited | FileKind::Json);
    let mut peeked = Peeked {
        kind: source.kind,
        compression: source.compression,
        encoding: is_text.then_some(source.encoding),
        tables: Vec::new(),
        table: None,
        frame: None,
        is_whole: false,
    };
    match source.kind {
        FileKind::Delimited | FileKind::Sqlite => return Ok(peeked),
        FileKind::Excel => {
            let sheets = workbook::sheets(path)?;
            peeked.table = Some(excel::chosen(&sheets, options)?.name.clone());
            peeked.tables = sheets.into_iter().map(|sheet| sheet.name).collect();
        }
        _ => {}
    }
    // one more tells whether there are more
    let mut batches = batches::open(path, options, Some(PEEK_ROWS + 1), task)?;
    let (frame, is_whole) = first_rows(&mut *batches, task)?;
    peeked.frame = Some(frame);
    peeked.is_whole = is_whole;
    Ok(peeked)
}

/// The first rows of a table that another part of the program reads, and whether these are all.
///
/// # Errors
/// See [`Error`].
pub fn peek_rows(
    rows: Box<dyn PlainRows>,
    options: &ImportOptions,
    task: &Task,
) -> Result<(Frame, bool), Error> {
    let mut batches = batches::row_batches(rows, options, Some(PEEK_ROWS + 1), task)?;
    first_rows(&mut *batches, task)
}

/// At most [`PEEK_ROWS`] rows, and whether there are no more.
fn first_rows(batches: &mut dyn Batches, task: &Task) -> Result<(Frame, bool), Error> {
    let mut parts: Vec<Frame> = Vec::new();
    let mut n_rows = 0;
    while n_rows <= PEEK_ROWS {
        match batches.next(task)? {
            Some(part) => {
                n_rows += part.n_rows() as u64;
                parts.push(part);
            }
            None => break,
        }
    }
    if n_rows == 0 {
        return Err(Error::NoRows);
    }
    let whole = Frame::concat(&parts)?.frame;
    let frame = whole.slice(0, PEEK_ROWS as usize);
    Ok((frame.with_forms_of(batches.schema()), n_rows <= PEEK_ROWS))
}
