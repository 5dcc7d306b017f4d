//! A workbook with one sheet.

use std::path::Path;

use assay_core::Task;
use assay_core::schema::Form;
use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};

use super::each_part;
use crate::columns::View;
use crate::error::Error;
use crate::frame::Frame;
use crate::stored::StoredTable;
use crate::write::io;

/// With the header a sheet has 1,048,576 rows.
const MOST_ROWS: u64 = 1_048_575;
const MOST_COLUMNS: usize = 16_384;
/// Excel keeps numbers as floats: larger integers would change.
const LARGEST_INTEGER: i64 = 999_999_999_999_999;
/// Days from Excel's day 0, 1899-12-30, to 1970-01-01.
const DAYS_TO_1970: f64 = 25_569.0;
/// Excel counts a 29 February 1900 that was none: dates before March 1900 would shift.
const FIRST_DAY: f64 = 61.0;
const MICROSECONDS_PER_DAY: f64 = 86_400_000_000.0;

pub(super) fn write(table: &StoredTable, path: &Path, task: &Task) -> Result<(), Error> {
    if table.n_rows() > MOST_ROWS {
        return Err(Error::TooLarge(format!(
            "{} rows, and a sheet holds {MOST_ROWS}",
            table.n_rows()
        )));
    }
    let names = table.schema().names();
    if names.len() > MOST_COLUMNS {
        return Err(Error::TooLarge(format!(
            "{} columns, and a sheet holds {MOST_COLUMNS}",
            names.len()
        )));
    }
    let failed = |error: XlsxError| failed(path, error);
    let mut workbook = Workbook::new();
    let sheet = workbook
        .add_worksheet_with_constant_memory()
        .map_err(failed)?;
    for (name, column) in names.iter().zip(0..) {
        sheet.write_string(0, column, name).map_err(failed)?;
    }
    let formats = Formats {
        date: Format::new().set_num_format("yyyy-mm-dd"),
        datetime: Format::new().set_num_format("yyyy-mm-dd hh:mm:ss.000"),
    };
    let mut row = 1;
    each_part(table, task, |frame| {
        let views = frame.views()?;
        let mut cells: Vec<_> = views
            .iter()
            .map(|(name, view)| cells(&frame, name, *view))
            .collect();
        for _ in 0..frame.n_rows() {
            for (column, cells) in (0..).zip(&mut cells) {
                if let Some(cell) = cells.next().flatten() {
                    put(sheet, row, column, &cell, &formats).map_err(failed)?;
                }
            }
            row += 1;
        }
        Ok(())
    })?;
    workbook.save(path).map_err(failed)
}

struct Formats {
    date: Format,
    datetime: Format,
}

enum Cell {
    Number(f64),
    Boolean(bool),
    Text(String),
    Date(f64),
    Datetime(f64),
}

fn put(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    cell: &Cell,
    formats: &Formats,
) -> Result<(), XlsxError> {
    match cell {
        Cell::Number(number) => sheet.write_number(row, column, *number)?,
        Cell::Boolean(value) => sheet.write_boolean(row, column, *value)?,
        Cell::Text(text) => sheet.write_string(row, column, text)?,
        Cell::Date(day) => sheet.write_number_with_format(row, column, *day, &formats.date)?,
        Cell::Datetime(day) => {
            sheet.write_number_with_format(row, column, *day, &formats.datetime)?
        }
    };
    Ok(())
}

/// `None`: an empty cell.
fn cells<'a>(
    frame: &Frame,
    name: &str,
    view: View<'a>,
) -> Box<dyn Iterator<Item = Option<Cell>> + 'a> {
    if let Some(Form::Zone { .. }) = frame.form(name) {
        let texts = frame.printed(name, view).into_iter();
        return Box::new(texts.map(|text| text.map(Cell::Text)));
    }
    match view {
        View::Integer(values) => Box::new(values.iter().map(|value| value.map(integer))),
        View::Float(values) => Box::new(
            values
                .iter()
                .map(|value| value.filter(|number| number.is_finite()).map(Cell::Number)),
        ),
        View::Boolean(values) => Box::new(values.iter().map(|value| value.map(Cell::Boolean))),
        View::Date(values) => {
            let texts = view.texts().into_iter();
            Box::new(
                values
                    .iter()
                    .zip(texts)
                    .map(|(value, text)| time(f64::from(value?) + DAYS_TO_1970, text, Cell::Date)),
            )
        }
        View::Datetime(values) => {
            let texts = view.texts().into_iter();
            Box::new(values.iter().zip(texts).map(|(value, text)| {
                let days = value? as f64 / MICROSECONDS_PER_DAY;
                time(days + DAYS_TO_1970, text, Cell::Datetime)
            }))
        }
        View::Decimal(..) => {
            let texts = view.texts().into_iter();
            Box::new(texts.map(|text| text.map(decimal)))
        }
        View::Text(_) => Box::new(view.texts().into_iter().map(|text| text.map(Cell::Text))),
    }
}

fn integer(value: i64) -> Cell {
    if value.abs() <= LARGEST_INTEGER {
        Cell::Number(value as f64)
    } else {
        Cell::Text(value.to_string())
    }
}

/// A number where its digits survive as one.
fn decimal(text: String) -> Cell {
    let n_digits = text.bytes().filter(u8::is_ascii_digit).count();
    match text.parse() {
        Ok(number) if n_digits <= 15 => Cell::Number(number),
        _ => Cell::Text(text),
    }
}

fn time(day: f64, text: Option<String>, cell: fn(f64) -> Cell) -> Option<Cell> {
    if day >= FIRST_DAY {
        Some(cell(day))
    } else {
        text.map(Cell::Text)
    }
}

fn failed(path: &Path, error: XlsxError) -> Error {
    match error {
        XlsxError::IoError(error) => io(path, error),
        XlsxError::MaxStringLengthExceeded => {
            Error::TooLarge("a text has more than 32,767 characters".to_owned())
        }
        other => io(path, std::io::Error::other(other)),
    }
}
