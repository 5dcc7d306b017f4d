//! Rows that cannot be read: counted, shown, and kept in a file of their own.

use std::fs::File;
use std::io::{BufWriter, Seek, SeekFrom, Write};

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
    /// What the number of a bad row is that of: `line`, `row`.
    pub(super) unit: &'static str,
    writer: Option<BufWriter<File>>,
}

impl BadRowFile {
    pub(super) fn new(several_files: bool) -> Self {
        Self {
            n_rows: 0,
            first: Vec::new(),
            several_files,
            unit: "line",
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
                let writer = none.insert(BufWriter::new(file));
                let names = ["file", "line", "problem", "text"];
                write_record(writer, names.iter().skip(usize::from(!several))).map_err(failed)?;
                writer
            }
        };
        let line = row.line.to_string();
        let fields = [file.unwrap_or_default(), &line, &row.problem, &row.text];
        write_record(writer, fields.iter().skip(usize::from(!several))).map_err(failed)?;
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
            unit: self.unit,
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
            .map_err(|error| failed(error.into_error()))?;
        csv.seek(SeekFrom::Start(0)).map_err(failed)?;
        Ok(Some(SetAsideRows {
            n_rows: self.n_rows,
            first: self.first,
            csv,
        }))
    }
}

/// The writer of the csv crate looks through the rest of a field for each few kilobytes of it: a row of 100 MB would take
/// it minutes.
fn write_record<'a>(
    writer: &mut impl Write,
    fields: impl Iterator<Item = &'a &'a str>,
) -> std::io::Result<()> {
    for (place, field) in fields.enumerate() {
        if place > 0 {
            writer.write_all(b",")?;
        }
        if field.contains(['"', ',', '\n', '\r']) {
            writer.write_all(b"\"")?;
            writer.write_all(field.replace('"', "\"\"").as_bytes())?;
            writer.write_all(b"\"")?;
        } else {
            writer.write_all(field.as_bytes())?;
        }
    }
    writer.write_all(b"\n")
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_kept_whole_whatever_they_hold() {
        let mut file = BadRowFile::new(true);
        let texts = [
            "1,2,3".to_owned(),
            "say \"x\"\r\nand more".to_owned(),
            "õ\"".repeat(1 << 20),
            String::new(),
        ];
        for (line, text) in (1..).zip(&texts) {
            let row = BadRow {
                line,
                problem: "has 3 fields, \"not\" 2".to_owned(),
                text: text.clone(),
            };
            file.push(Some("a,b.csv"), row).unwrap();
        }
        let aside = file.finish().unwrap().unwrap();
        assert_eq!(aside.n_rows, 4);
        assert_eq!(aside.first[2].text.chars().count(), SHOWN_CHARACTERS + 1);
        let mut rows = csv::Reader::from_reader(aside.csv);
        for (line, text) in (1..).zip(&texts) {
            let record = rows.records().next().unwrap().unwrap();
            let fields: Vec<&str> = record.iter().collect();
            let number = line.to_string();
            assert_eq!(
                fields,
                ["a,b.csv", &number, "has 3 fields, \"not\" 2", text]
            );
        }
    }
}
