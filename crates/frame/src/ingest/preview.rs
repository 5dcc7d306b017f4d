//! What an import would make of files, judged by their beginning.

use std::path::PathBuf;

use assay_core::Task;
use assay_core::dataset::{BadRow, ImportOptions};
use assay_core::preview::PreviewColumn;

use super::blocks::Block;
use super::delimited::schema_of;
use super::parse::{self, Parsed};
use super::plan::{Kind, Plan};
use crate::error::{Error, FileKind};
use crate::frame::Frame;
use crate::read::{self, Compression, PlainRows, source};
use crate::rows::{RowTexts, row_texts};

/// A look at the beginning of files.
#[derive(Debug)]
pub struct Beginning {
    pub kind: FileKind,
    pub compression: Option<Compression>,
    pub encoding: Option<assay_core::dataset::TextEncoding>,
    /// What was asked for, filled up with what was found out.
    pub options: ImportOptions,
    pub sheets: Vec<String>,
    pub columns: Vec<PreviewColumn>,
    /// Names the columns as the file has them, whatever the options say.
    pub shape: String,
    pub rows: RowTexts,
    pub n_rows: u64,
    pub is_whole: bool,
    pub bad_rows: Vec<BadRow>,
}

/// At most `n_rows` rows, read as [`super::ingest`] would read them.
///
/// # Errors
/// As [`super::ingest`]; bad rows are no error here.
pub fn preview(
    files: &[PathBuf],
    options: &ImportOptions,
    n_rows: u32,
    task: &Task,
) -> Result<Beginning, Error> {
    task.check()?;
    if read::kind_of_files(files, options)? == FileKind::Delimited {
        delimited(files, options, n_rows, task)
    } else {
        other(files, options, n_rows, task)
    }
}

fn delimited(
    files: &[PathBuf],
    options: &ImportOptions,
    n_rows: u32,
    task: &Task,
) -> Result<Beginning, Error> {
    let mut plan = Plan::of(files, options, task)?;
    let first = plan.files.first().cloned().ok_or(Error::EmptyFile)?;
    let source = source::open(&first.path, options)?;
    let text = std::mem::take(&mut plan.sample);
    let block = Block {
        text,
        first_line: 1 + u64::from(options.skip_lines),
        left_out: Vec::new(),
    };
    for column in &mut plan.columns {
        if column.kind == Kind::Unknown {
            column.kind = Kind::Text;
        }
    }
    let parsed = parse::parse(
        &block,
        &first,
        &plan.columns,
        &plan.nulls,
        first.n_header_records,
    )?;
    let Parsed::Rows(rows) = parsed else {
        return Err(Error::Unreadable("it changed while it was read".to_owned()));
    };
    let frame = rows.frame.with_forms_of(&schema_of(&plan.columns));
    let mut found = options.clone();
    found.delimiter = Some(char::from(first.dialect.delimiter).to_string());
    found.decimal_comma = Some(first.dialect.decimal_comma);
    found.encoding = Some(source.encoding);
    found.no_header = first.n_header_records == 0;
    Ok(Beginning {
        kind: FileKind::Delimited,
        compression: source.compression,
        encoding: Some(source.encoding),
        options: found,
        sheets: Vec::new(),
        columns: columns_of(&frame)?,
        shape: shape_of(FileKind::Delimited, &plan.source_names),
        n_rows: frame.n_rows() as u64,
        rows: row_texts(&frame, 0, n_rows)?,
        is_whole: source.sample_is_all && files.len() == 1,
        bad_rows: rows.bad,
    })
}

fn other(
    files: &[PathBuf],
    options: &ImportOptions,
    n_rows: u32,
    task: &Task,
) -> Result<Beginning, Error> {
    let path = files.first().ok_or(Error::EmptyFile)?;
    let peeked = read::peek(path, options, task)?;
    let frame = peeked.frame.ok_or(Error::UnknownKind(peeked.kind))?;
    Ok(Beginning {
        kind: peeked.kind,
        compression: peeked.compression,
        encoding: peeked.encoding,
        options: ImportOptions {
            sheet: peeked.table.or(options.sheet.clone()),
            ..options.clone()
        },
        sheets: peeked.tables,
        columns: columns_of(&frame)?,
        shape: shape_of(peeked.kind, &frame.names()),
        n_rows: frame.n_rows() as u64,
        rows: row_texts(&frame, 0, n_rows)?,
        is_whole: peeked.is_whole && files.len() == 1,
        bad_rows: Vec::new(),
    })
}

/// At most `n_rows` rows of a table that another part of the program reads.
///
/// # Errors
/// As [`super::ingest_rows`].
pub fn preview_rows(
    rows: Box<dyn PlainRows>,
    tables: Vec<String>,
    table: String,
    options: &ImportOptions,
    n_rows: u32,
    task: &Task,
) -> Result<Beginning, Error> {
    let (frame, is_whole) = read::peek_rows(rows, options, task)?;
    Ok(Beginning {
        kind: FileKind::Sqlite,
        compression: None,
        encoding: None,
        options: ImportOptions {
            sheet: Some(table),
            ..options.clone()
        },
        sheets: tables,
        columns: columns_of(&frame)?,
        shape: shape_of(FileKind::Sqlite, &frame.names()),
        n_rows: frame.n_rows() as u64,
        rows: row_texts(&frame, 0, n_rows)?,
        is_whole,
        bad_rows: Vec::new(),
    })
}

/// Whether a file is a SQLite database, which another part of the program reads.
///
/// # Errors
/// As [`super::ingest`].
pub fn is_database(path: &std::path::Path) -> Result<bool, Error> {
    let kind = source::open(path, &ImportOptions::default())?.kind;
    Ok(kind == FileKind::Sqlite)
}

fn columns_of(frame: &Frame) -> Result<Vec<PreviewColumn>, Error> {
    let columns = frame.schema().columns.into_iter();
    Ok(columns
        .zip(frame.views()?)
        .map(|(column, (_, view))| PreviewColumn {
            n_missing: view.n_missing() as u64,
            name: column.name,
            kind: column.kind,
            form: column.form,
        })
        .collect())
}

/// Files of the same columns have the same shape.
fn shape_of(kind: FileKind, names: &[String]) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(kind.label().as_bytes());
    for name in names {
        hasher.update(&(name.len() as u64).to_le_bytes());
        hasher.update(name.as_bytes());
    }
    hasher.finalize().to_hex().to_string()
}
