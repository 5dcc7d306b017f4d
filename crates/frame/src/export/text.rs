//! Delimited text and JSON.

use std::io::Write;
use std::path::Path;

use assay_core::Task;
use serde_json::{Map, Value};

use super::{Packing, Sink, each_part, parts};
use crate::columns::View;
use crate::error::Error;
use crate::frame::Frame;
use crate::stored::StoredTable;
use crate::write::io;

/// What went wrong on the way to a file whose name the writer does not know.
pub(crate) enum TextError {
    Io(std::io::Error),
    Table(Error),
}

impl TextError {
    pub(crate) fn at(self, path: &Path) -> Error {
        match self {
            Self::Io(error) => io(path, error),
            Self::Table(error) => error,
        }
    }
}

impl From<std::io::Error> for TextError {
    fn from(error: std::io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<Error> for TextError {
    fn from(error: Error) -> Self {
        Self::Table(error)
    }
}

impl From<csv::Error> for TextError {
    fn from(error: csv::Error) -> Self {
        let kind = match error.kind() {
            csv::ErrorKind::Io(inner) => inner.kind(),
            _ => std::io::ErrorKind::Other,
        };
        Self::Io(std::io::Error::new(kind, error.to_string()))
    }
}

pub(super) fn delimited(
    table: &StoredTable,
    delimiter: u8,
    packing: Packing,
    path: &Path,
    task: &Task,
) -> Result<(), Error> {
    let mut writer = CsvText::new(Sink::create(path, packing)?, delimiter);
    let at = |error: TextError| error.at(path);
    writer.header(&table.schema().names()).map_err(at)?;
    each_part(table, task, |frame| writer.rows(&frame).map_err(at))?;
    let sink = writer.finish().map_err(at)?;
    sink.finish().map_err(|error| io(path, error))
}

/// One array, or one object a line.
pub(super) fn json(
    table: &StoredTable,
    is_array: bool,
    packing: Packing,
    path: &Path,
    task: &Task,
) -> Result<(), Error> {
    let sink = Sink::create(path, packing)?;
    let mut writer = if is_array {
        JsonText::array(sink)
    } else {
        JsonText::lines(sink)
    };
    let at = |error: TextError| error.at(path);
    each_part(table, task, |frame| writer.rows(&frame).map_err(at))?;
    let sink = writer.finish().map_err(at)?;
    sink.finish().map_err(|error| io(path, error))
}

/// UTF-8 with quotes where needed; a missing value is the empty field.
pub(crate) struct CsvText<W: Write> {
    writer: csv::Writer<W>,
}

impl<W: Write> CsvText<W> {
    pub(crate) fn new(sink: W, delimiter: u8) -> Self {
        Self {
            writer: csv::WriterBuilder::new()
                .delimiter(delimiter)
                .from_writer(sink),
        }
    }

    pub(crate) fn header(&mut self, names: &[String]) -> Result<(), TextError> {
        Ok(self.writer.write_record(names)?)
    }

    pub(crate) fn rows(&mut self, frame: &Frame) -> Result<(), TextError> {
        for part in parts(frame) {
            let columns: Vec<_> = part
                .views()?
                .into_iter()
                .map(|(name, view)| part.printed(&name, view))
                .collect();
            for row in 0..part.n_rows() {
                let fields = columns
                    .iter()
                    .map(|column| column.get(row).and_then(Option::as_deref).unwrap_or(""));
                self.writer.write_record(fields)?;
            }
        }
        Ok(())
    }

    pub(crate) fn finish(self) -> Result<W, TextError> {
        self.writer
            .into_inner()
            .map_err(|error| TextError::Io(error.into_error()))
    }
}

/// Objects; missing and infinite values are `null`, dates are ISO 8601 texts.
pub(crate) struct JsonText<W: Write> {
    sink: W,
    is_array: bool,
    n_written: u64,
}

impl<W: Write> JsonText<W> {
    pub(crate) fn lines(sink: W) -> Self {
        Self {
            sink,
            is_array: false,
            n_written: 0,
        }
    }

    pub(crate) fn array(sink: W) -> Self {
        Self {
            is_array: true,
            ..Self::lines(sink)
        }
    }

    pub(crate) fn rows(&mut self, frame: &Frame) -> Result<(), TextError> {
        for part in parts(frame) {
            let names = part.names();
            let columns: Vec<_> = part
                .views()?
                .into_iter()
                .map(|(name, view)| json_values(&part, &name, view))
                .collect();
            let mut columns: Vec<_> = columns.into_iter().map(Vec::into_iter).collect();
            for _ in 0..part.n_rows() {
                let record: Map<String, Value> = names
                    .iter()
                    .zip(&mut columns)
                    .map(|(name, column)| (name.clone(), column.next().unwrap_or(Value::Null)))
                    .collect();
                if self.is_array {
                    let before: &[u8] = if self.n_written == 0 { b"[\n" } else { b",\n" };
                    self.sink.write_all(before)?;
                }
                serde_json::to_writer(&mut self.sink, &record).map_err(std::io::Error::from)?;
                if !self.is_array {
                    self.sink.write_all(b"\n")?;
                }
                self.n_written += 1;
            }
        }
        Ok(())
    }

    pub(crate) fn finish(mut self) -> Result<W, TextError> {
        if self.is_array {
            let end: &[u8] = if self.n_written == 0 {
                b"[]\n"
            } else {
                b"\n]\n"
            };
            self.sink.write_all(end)?;
        }
        self.sink.flush()?;
        Ok(self.sink)
    }
}

/// Decimals are texts: a reader would make floats of them.
fn json_values(part: &Frame, name: &str, view: View<'_>) -> Vec<Value> {
    match view {
        View::Integer(values) => values.iter().map(Value::from).collect(),
        View::Float(values) => values.iter().map(Value::from).collect(),
        View::Boolean(values) => values.iter().map(Value::from).collect(),
        other => {
            let texts = part.printed(name, other);
            texts.into_iter().map(Value::from).collect()
        }
    }
}
