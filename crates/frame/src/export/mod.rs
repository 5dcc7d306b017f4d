//! A stored table as a file of another format, group by group, so that it need not fit into memory.
//!
//! What comes in again is what went out, but for what a format cannot hold:
//! - text (CSV, TSV): types are found out again when it is read, and a category is text;
//! - JSON: the same, but numbers, booleans and texts are told apart; infinite numbers are null;
//! - Excel: numbers have 15 digits (longer ones go as text), times have milliseconds, instants in a zone and days before
//!   March 1900 are texts, infinite numbers are empty, rows without any value are lost, 1,048,575 rows and 16,384 columns fit;
//! - SQLite: a category, a decimal and an instant in a zone are texts;
//! - Parquet and Arrow hold everything, as types that other programs know: a category is a dictionary (of an order: an
//!   enum for polars), an instant in a zone a timestamp of that zone (of an offset like +05:30: of UTC), a decimal a
//!   decimal. The forms of the columns stand in the metadata of the file, too, so that it comes in again as the same
//!   version.

mod columnar;
mod excel;
mod stream;
mod text;

pub use stream::arrow_stream;

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use assay_core::Task;
use assay_core::schema::{Form, Schema};

use crate::columns::View;
use crate::error::Error;
use crate::frame::Frame;
use crate::stored::StoredTable;
use crate::write::io;

pub(crate) use text::{CsvText, JsonText};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportFormat {
    Csv(Packing),
    Tsv(Packing),
    Json(Packing),
    JsonLines(Packing),
    Parquet,
    /// Arrow IPC file, Feather version 2.
    Arrow,
    Excel,
    /// Written by who owns SQL; see [`plain_columns`].
    Sqlite,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packing {
    None,
    Gzip,
    Zstd,
}

impl ExportFormat {
    /// The endings that name a format, for sentences.
    pub const ENDINGS: &str = ".csv, .tsv, .json or .jsonl (each also with .gz or .zst), .parquet, .arrow, .feather, .xlsx \
                               or .sqlite";

    /// By the ending of the path.
    pub fn of(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_string_lossy().to_lowercase();
        let (name, packing) = match name.rsplit_once('.') {
            Some((bare, "gz")) => (bare.to_owned(), Packing::Gzip),
            Some((bare, "zst")) => (bare.to_owned(), Packing::Zstd),
            _ => (name, Packing::None),
        };
        let (_, ending) = name.rsplit_once('.')?;
        let format = match ending {
            "csv" => Self::Csv(packing),
            "tsv" | "tab" => Self::Tsv(packing),
            "json" => Self::Json(packing),
            "jsonl" | "ndjson" => Self::JsonLines(packing),
            "parquet" => Self::Parquet,
            "arrow" | "ipc" | "feather" => Self::Arrow,
            "xlsx" => Self::Excel,
            "sqlite" | "sqlite3" | "db" => Self::Sqlite,
            _ => return None,
        };
        let is_text = matches!(
            format,
            Self::Csv(_) | Self::Tsv(_) | Self::Json(_) | Self::JsonLines(_)
        );
        (is_text || packing == Packing::None).then_some(format)
    }
}

/// Writes the whole table to `path`, replacing what is there.
///
/// # Errors
/// [`Error::Io`]; [`Error::TooLarge`] for a workbook; [`Error::UnsupportedType`] for SQLite, which is not written here.
pub fn export(
    table: &StoredTable,
    format: ExportFormat,
    path: &Path,
    task: &Task,
) -> Result<(), Error> {
    match format {
        ExportFormat::Csv(packing) => text::delimited(table, b',', packing, path, task),
        ExportFormat::Tsv(packing) => text::delimited(table, b'\t', packing, path, task),
        ExportFormat::Json(packing) => text::json(table, true, packing, path, task),
        ExportFormat::JsonLines(packing) => text::json(table, false, packing, path, task),
        ExportFormat::Parquet => columnar::parquet(table, path, task),
        ExportFormat::Arrow => columnar::arrow(table, path, task),
        ExportFormat::Excel => excel::write(table, path, task),
        ExportFormat::Sqlite => Err(Error::BadOptions(
            "a SQLite file is written by the lab".to_owned(),
        )),
    }
}

/// The values of a column without anything of the table engine.
#[derive(Debug, Clone, PartialEq)]
pub enum PlainColumn {
    Integers(Vec<Option<i64>>),
    Floats(Vec<Option<f64>>),
    Booleans(Vec<Option<bool>>),
    /// Texts, exact decimals, and times in ISO 8601.
    Texts(Vec<Option<String>>),
}

/// All columns of a part of a table.
///
/// # Errors
/// [`Error::Engine`] when the table breaks its own invariant.
pub fn plain_columns(frame: &Frame) -> Result<Vec<PlainColumn>, Error> {
    Ok(frame
        .views()?
        .into_iter()
        .map(|(name, view)| match view {
            View::Integer(values) => PlainColumn::Integers(values.iter().collect()),
            View::Float(values) => PlainColumn::Floats(values.iter().collect()),
            View::Boolean(values) => PlainColumn::Booleans(values.iter().collect()),
            other => PlainColumn::Texts(frame.printed(&name, other)),
        })
        .collect())
}

/// A group after another, with progress in rows.
fn each_group(
    table: &StoredTable,
    task: &Task,
    mut write: impl FnMut(Frame) -> Result<(), Error>,
) -> Result<(), Error> {
    for group in 0..table.n_groups() {
        task.step(table.rows_of_group(group).start, table.n_rows(), "writing");
        task.check()?;
        write(table.group(group, None)?)?;
    }
    task.step(table.n_rows(), table.n_rows(), "writing");
    Ok(())
}

/// Parts of groups that are small enough to be held as texts, with progress in rows.
fn each_part(
    table: &StoredTable,
    task: &Task,
    mut write: impl FnMut(Frame) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut done = 0;
    each_group(table, &task.without_steps(), |group| {
        for part in parts(&group) {
            task.step(done, table.n_rows(), "writing");
            task.check()?;
            done += part.n_rows() as u64;
            write(part)?;
        }
        Ok(())
    })?;
    task.step(done, table.n_rows(), "writing");
    Ok(())
}

fn parts(frame: &Frame) -> impl Iterator<Item = Frame> + '_ {
    const PART_ROWS: usize = 1 << 15;
    (0..frame.n_rows())
        .step_by(PART_ROWS)
        .map(|first| frame.slice(first, PART_ROWS))
}

/// The forms of the columns as the footer of a file keeps them; `None` without any.
fn forms_json(schema: &Schema) -> Option<String> {
    let forms: std::collections::BTreeMap<&str, &Form> = schema
        .columns
        .iter()
        .filter_map(|column| Some((column.name.as_str(), column.form.as_ref()?)))
        .collect();
    if forms.is_empty() {
        return None;
    }
    serde_json::to_string(&forms).ok()
}

/// A file that may be packed on the way.
enum Sink {
    Plain(BufWriter<File>),
    Gzip(Box<flate2::write::GzEncoder<BufWriter<File>>>),
    Zstd(Box<zstd::Encoder<'static, BufWriter<File>>>),
}

impl Sink {
    fn create(path: &Path, packing: Packing) -> Result<Self, Error> {
        let file = BufWriter::new(File::create(path).map_err(|error| io(path, error))?);
        Ok(match packing {
            Packing::None => Self::Plain(file),
            Packing::Gzip => Self::Gzip(Box::new(flate2::write::GzEncoder::new(
                file,
                flate2::Compression::default(),
            ))),
            Packing::Zstd => Self::Zstd(Box::new(
                zstd::Encoder::new(file, zstd::DEFAULT_COMPRESSION_LEVEL)
                    .map_err(|error| io(path, error))?,
            )),
        })
    }

    fn finish(self) -> std::io::Result<()> {
        match self {
            Self::Plain(mut file) => file.flush(),
            Self::Gzip(file) => file.finish()?.flush(),
            Self::Zstd(file) => file.finish()?.flush(),
        }
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        match self {
            Self::Plain(file) => file.write(bytes),
            Self::Gzip(file) => file.write(bytes),
            Self::Zstd(file) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        match self {
            Self::Plain(file) => file.flush(),
            Self::Gzip(file) => file.flush(),
            Self::Zstd(file) => file.flush(),
        }
    }
}
