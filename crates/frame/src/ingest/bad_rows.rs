//! Rows that cannot be read: counted, shown, and kept in a file of their own.

use std::fs::File;
use std::io::{BufWriter, Seek, SeekFrom};

use assay_core::dataset::BadRow;

use super::SetAsideRows;
use crate::error::Error;

/// Rows that are shown.
const SHOWN: usize = 20;
/// Characters of a row that are shown.
const SHOWN_CHARACTERS: usize = 200;

/// Collects bad rows; the file is made when the first one comes.
pub(super) struct BadRowFile {
    n_rows: u64,
    first: Vec<BadRow>,
    several_files: bool,
    writer: Option<csv::Writer<BufWriter<File>>>,
}

impl BadRowFile {
    pub(super) fn new(several_files: bool) -> Self {
        Self {
            n_rows: 0,
            first: Vec::new(),
            several_files,
            writer: None,
        }
    }

    pub(super) fn n_rows(&self) -> u64 {
        self.n_rows
    }

    pub(super) fn push(&mut self, file: Option<&str>, row: BadRow) -> Result<(), Error> {
        let several = self.several_files;
        let writer = match &mut self.writer {
            Some(writer) => writer,
            none => {
                let file = tempfile::tempfile().map_err(failed)?;
                let mut writer = csv::Writer::from_writer(BufWriter::new(file));
                let names = ["file", "line", "problem", "text"];
                writer
                    .write_record(names.iter().skip(usize::from(!several)))
                    .map_err(|error| failed(error.into()))?;
                none.insert(writer)
            }
        };
        let line = row.line.to_string();
        let fields = [file.unwrap_or_default(), &line, &row.problem, &row.text];
        writer
            .write_record(fields.iter().skip(usize::from(!several)))
            .map_err(|error| failed(error.into()))?;
        self.n_rows += 1;
        if self.first.len() < SHOWN {
            self.first.push(BadRow {
                line: row.line,
                problem: match file {
                    Some(file) => format!("{} (in {file})", row.problem),
                    None => row.problem,
                },
                text: shortened(row.text),
            });
        }
        Ok(())
    }

    /// The error that they are.
    pub(super) fn refused(self, n_good_rows: u64) -> Error {
        Error::BadRows {
            n_rows: self.n_rows,
            of: self.n_rows + n_good_rows,
            first: self.first,
        }
    }

    /// `None` when there is no bad row.
    pub(super) fn finish(self) -> Result<Option<SetAsideRows>, Error> {
        let Some(writer) = self.writer else {
            return Ok(None);
        };
        let mut csv = writer
            .into_inner()
            .map_err(|error| failed(error.into_error()))?
            .into_inner()
            .map_err(|error| failed(error.into_error()))?;
        csv.seek(SeekFrom::Start(0)).map_err(failed)?;
        Ok(Some(SetAsideRows {
            n_rows: self.n_rows,
            first: self.first,
            csv,
        }))
    }
}

fn shortened(text: String) -> String {
    match text.char_indices().nth(SHOWN_CHARACTERS) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or(&text)),
        None => text,
    }
}

fn failed(source: std::io::Error) -> Error {
    Error::Io {
        path: std::env::temp_dir(),
        source,
    }
}
