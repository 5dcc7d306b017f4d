//! JSON: one object a line, or one array of objects.

use std::collections::HashMap;
use std::io::BufReader;

use assay_core::Task;
use assay_core::dataset::ImportOptions;
use polars::prelude::Series;
use serde_json::{Map, Value};

use super::infer::{TextColumn, typed_as_time};
use super::nulls::Nulls;
use super::source::Source;
use crate::columns::{Values, float_text, text_series};
use crate::error::Error;
use crate::frame::Frame;

const RECORDS_PER_CHECK: usize = 1024;

type Record = Map<String, Value>;

pub(super) fn read(source: Source, options: &ImportOptions, task: &Task) -> Result<Frame, Error> {
    let is_array = source.sample.trim_ascii_start().starts_with(b"[");
    let progress = source.progress;
    let mut table = Table {
        nulls: Nulls::of_typed(&options.null_values),
        places: HashMap::new(),
        columns: Vec::new(),
        n_rows: 0,
    };
    let deserializer = serde_json::Deserializer::from_reader(BufReader::new(source.reader));
    if is_array {
        task.step(0, progress.total, "reading");
        let mut values = deserializer.into_iter::<Vec<Record>>();
        for record in values
            .next()
            .transpose()
            .map_err(bad_json)?
            .into_iter()
            .flatten()
        {
            table.push(record)?;
        }
        if let Some(more) = values.next() {
            let line = more.err().map_or(0, |error| error.line() as u64);
            return Err(Error::BadJson {
                line,
                reason: "something follows the array".to_owned(),
            });
        }
    } else {
        for record in deserializer.into_iter::<Record>() {
            table.push(record.map_err(bad_json)?)?;
            if table.n_rows.is_multiple_of(RECORDS_PER_CHECK) {
                task.check()?;
                task.step(progress.done(), progress.total, "reading");
            }
        }
    }
    task.check()?;
    let n_rows = table.n_rows;
    let series = table
        .columns
        .into_iter()
        .map(|column| column.into_series(n_rows, task))
        .collect();
    Frame::from_series(n_rows, series)
}

fn bad_json(error: serde_json::Error) -> Error {
    let text = error.to_string();
    let reason = text.split(" at line ").next().unwrap_or(&text).to_owned();
    // A record that is cut off ends after the last line break: an editor shows no line there.
    let past_the_end = error.is_eof() && error.column() == 0;
    Error::BadJson {
        line: (error.line() as u64 - u64::from(past_the_end && error.line() > 1)).max(1),
        reason,
    }
}

struct Table {
    nulls: Nulls,
    /// Index into `columns` by name.
    places: HashMap<String, usize>,
    /// In order of first appearance.
    columns: Vec<Cells>,
    n_rows: usize,
}

struct Cells {
    name: String,
    /// May be shorter than the table; what follows is missing.
    cells: Vec<Cell>,
}

enum Cell {
    Missing,
    Boolean(bool),
    Integer(i64),
    LargeInteger(u64),
    Float(f64),
    Text(String),
}

impl Table {
    fn push(&mut self, record: Record) -> Result<(), Error> {
        for (name, value) in record {
            let cell = self.cell(&name, value)?;
            let place = match self.places.get(&name) {
                Some(place) => *place,
                None => {
                    self.columns.push(Cells {
                        name: name.clone(),
                        cells: Vec::new(),
                    });
                    self.places.insert(name, self.columns.len() - 1);
                    self.columns.len() - 1
                }
            };
            if let Some(column) = self.columns.get_mut(place) {
                column.cells.resize_with(self.n_rows, || Cell::Missing);
                column.cells.push(cell);
            }
        }
        self.n_rows += 1;
        Ok(())
    }

    fn cell(&self, name: &str, value: Value) -> Result<Cell, Error> {
        Ok(match value {
            Value::Null => Cell::Missing,
            Value::Bool(value) => Cell::Boolean(value),
            Value::Number(number) => match (number.as_i64(), number.as_u64(), number.as_f64()) {
                (Some(integer), _, _) => Cell::Integer(integer),
                (None, Some(large), _) => Cell::LargeInteger(large),
                (None, None, Some(float)) => Cell::Float(float),
                (None, None, None) => Cell::Missing,
            },
            Value::String(text) if self.nulls.contains(text.trim()) => Cell::Missing,
            Value::String(text) => Cell::Text(text),
            Value::Array(_) | Value::Object(_) => {
                return Err(Error::UnsupportedType {
                    column: name.to_owned(),
                    type_name: "lists or nested objects".to_owned(),
                });
            }
        })
    }
}

#[derive(Default)]
struct Counts {
    booleans: usize,
    integers: usize,
    large: usize,
    floats: usize,
    texts: usize,
}

impl Cells {
    fn into_series(mut self, n_rows: usize, task: &Task) -> Series {
        self.cells.resize_with(n_rows, || Cell::Missing);
        let mut counts = Counts::default();
        for cell in &self.cells {
            match cell {
                Cell::Missing => {}
                Cell::Boolean(_) => counts.booleans += 1,
                Cell::Integer(_) => counts.integers += 1,
                Cell::LargeInteger(_) => counts.large += 1,
                Cell::Float(_) => counts.floats += 1,
                Cell::Text(_) => counts.texts += 1,
            }
        }
        let Cells { name, cells } = self;
        match counts {
            Counts {
                booleans: 1..,
                integers: 0,
                large: 0,
                floats: 0,
                texts: 0,
            } => {
                let value = |cell| match cell {
                    Cell::Boolean(value) => Some(value),
                    _ => None,
                };
                Values::Boolean(cells.into_iter().map(value).collect()).into_series(&name)
            }
            Counts {
                booleans: 0,
                integers: 1..,
                large: 0,
                floats: 0,
                texts: 0,
            } => {
                let value = |cell| match cell {
                    Cell::Integer(value) => Some(value),
                    _ => None,
                };
                Values::Integer(cells.into_iter().map(value).collect()).into_series(&name)
            }
            Counts {
                booleans: 0,
                floats: 1..,
                texts: 0,
                ..
            } => {
                let value = |cell| match cell {
                    Cell::Integer(value) => Some(value as f64),
                    Cell::LargeInteger(value) => Some(value as f64),
                    Cell::Float(value) => Some(value),
                    _ => None,
                };
                Values::Float(cells.into_iter().map(value).collect()).into_series(&name)
            }
            Counts {
                booleans: 0,
                integers: 0,
                large: 0,
                floats: 0,
                ..
            } => {
                let mut texts = TextColumn::default();
                for cell in &cells {
                    texts.push(match cell {
                        Cell::Text(text) => Some(text),
                        _ => None,
                    });
                }
                typed_as_time(&name, &texts, task)
            }
            _ => {
                task.warn(format!("column `{name}` holds values of several types, or whole numbers that exceed 64 bits; it is kept as text"));
                let texts: Vec<Option<String>> = cells.into_iter().map(Cell::into_text).collect();
                text_series(&name, n_rows, texts.iter().map(Option::as_deref))
            }
        }
    }
}

impl Cell {
    fn into_text(self) -> Option<String> {
        match self {
            Self::Missing => None,
            Self::Boolean(value) => Some(value.to_string()),
            Self::Integer(value) => Some(value.to_string()),
            Self::LargeInteger(value) => Some(value.to_string()),
            Self::Float(value) => Some(float_text(value)),
            Self::Text(text) => Some(text),
        }
    }
}
