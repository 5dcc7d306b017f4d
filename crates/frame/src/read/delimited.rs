//! Delimited text: every field is read as text and trimmed; types are found out over whole columns afterwards.
//!
//! polars' own reader is not used here: it fills short rows silently, and sees types in a sample only.

use std::io::Read;
use std::path::Path;

use assay_core::Task;
use assay_core::dataset::ImportOptions;
use csv::{ByteRecord, Reader, ReaderBuilder};
use rayon::prelude::*;

use super::infer::{TextColumn, typed};
use super::nulls::Nulls;
use super::source::Source;
use super::{delimiter, header, names, source};
use crate::error::Error;
use crate::frame::Frame;

/// Rows between two looks at the task.
const ROWS_PER_CHECK: usize = 4096;
/// Rows that the header is judged by.
const HEADER_ROWS: usize = 200;

pub(super) fn reader<R: Read>(delimiter: u8, text: R) -> Reader<R> {
    ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .buffer_capacity(1 << 16)
        .from_reader(text)
}

pub(super) fn read(
    path: &Path,
    source: Source,
    options: &ImportOptions,
    task: &Task,
) -> Result<Frame, Error> {
    let delimiter = match &options.delimiter {
        Some(text) => delimiter::given(text)?,
        None => delimiter::found_out(&source.sample, source.sample_is_all, source.tabs),
    };
    let nulls = Nulls::of_delimited(&options.null_values);
    let progress = source.progress;
    let mut rows = Rows {
        path,
        options,
        reader: reader(delimiter, source.reader),
        record: ByteRecord::new(),
        n_fields: None,
    };
    let Some(first) = rows.next()? else {
        return Err(Error::EmptyFile);
    };
    if !options.columns.is_empty() {
        names::check_given(&options.columns, first.len())?;
    }
    let headless = options.no_header
        || is_headless(
            &first,
            &source.sample,
            source.sample_is_all,
            delimiter,
            &nulls,
            task,
        );
    let mut columns = vec![TextColumn::default(); first.len()];
    let mut push = |fields: &[String]| {
        for (column, field) in columns.iter_mut().zip(fields) {
            column.push(
                Some(field)
                    .filter(|text| !nulls.contains(text))
                    .map(String::as_str),
            );
        }
    };
    if headless {
        push(&first);
    }
    let mut n_rows = usize::from(headless);
    while let Some(fields) = rows.next()? {
        push(&fields);
        n_rows += 1;
        if n_rows.is_multiple_of(ROWS_PER_CHECK) {
            task.check()?;
            task.step(progress.done(), progress.total, "reading");
        }
    }
    if n_rows == 0 {
        return Err(Error::NoRows);
    }
    let names = if !options.columns.is_empty() {
        options.columns.clone()
    } else if headless {
        names::generated(first.len())
    } else {
        names::repaired(first, task)
    };
    task.step(progress.total, progress.total, "finding types");
    let series = columns
        .par_iter()
        .zip(&names)
        .map(|(column, name)| {
            task.check()?;
            Ok(typed(name, column, task))
        })
        .collect::<Result<Vec<_>, Error>>()?;
    Frame::from_series(n_rows, series)
}

fn is_headless(
    first: &[String],
    sample: &[u8],
    sample_is_all: bool,
    delimiter: u8,
    nulls: &Nulls,
    task: &Task,
) -> bool {
    let mut rest: Vec<Vec<String>> = reader(delimiter, sample)
        .byte_records()
        .flatten()
        .skip(1)
        .filter(|record| !is_blank(record))
        .take(HEADER_ROWS)
        .map(|record| {
            record
                .iter()
                .map(|field| tidy(&String::from_utf8_lossy(field)).to_owned())
                .collect()
        })
        .collect();
    if !sample_is_all {
        rest.pop();
    }
    let headless = header::looks_like_values(first, &rest, nulls);
    if headless {
        task.warn("the first row looks like values, not names; it is kept as a row (name the columns with --columns)");
    }
    headless
}

/// Rows of trimmed fields, all of the same number.
struct Rows<'a, R> {
    path: &'a Path,
    options: &'a ImportOptions,
    reader: Reader<R>,
    record: ByteRecord,
    n_fields: Option<usize>,
}

impl<R: Read> Rows<'_, R> {
    fn next(&mut self) -> Result<Option<Vec<String>>, Error> {
        loop {
            let more = self
                .reader
                .read_byte_record(&mut self.record)
                .map_err(unreadable)?;
            if !more {
                return Ok(None);
            }
            if is_blank(&self.record) && self.n_fields != Some(1) {
                continue;
            }
            let found = self.record.len();
            let expected = *self.n_fields.get_or_insert(found);
            if found != expected {
                return Err(Error::Ragged {
                    line: self.line(),
                    expected,
                    found,
                });
            }
            return self
                .record
                .iter()
                .map(|field| match std::str::from_utf8(field) {
                    Ok(text) => Ok(tidy(text).to_owned()),
                    Err(_) => Err(Error::NotUtf8 { line: self.line() }),
                })
                .collect::<Result<_, _>>()
                .map(Some);
        }
    }
}

impl<R> Rows<'_, R> {
    /// The line of the row just read. The reader's own count is behind after empty lines and CR LF.
    fn line(&self) -> u64 {
        let offset = self.record.position().map_or(0, csv::Position::byte);
        source::line_at(self.path, self.options, offset)
    }
}

fn unreadable(error: csv::Error) -> Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => source::failed(error),
        other => Error::Unreadable(format!("{other:?}")),
    }
}

/// An empty line, or one of blanks.
fn is_blank(record: &ByteRecord) -> bool {
    record.len() <= 1 && record.iter().all(|field| field.trim_ascii().is_empty())
}

/// Without the blanks around it; and without quotes that a blank before them has kept the reader from seeing.
fn tidy(field: &str) -> &str {
    let trimmed = field.trim();
    if trimmed.len() == field.len() || trimmed.len() < 2 {
        return trimmed;
    }
    trimmed
        .strip_prefix('"')
        .and_then(|inner| inner.strip_suffix('"'))
        .map_or(trimmed, str::trim)
}
