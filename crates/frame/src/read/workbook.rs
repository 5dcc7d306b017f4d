//! Sheets of a workbook (xlsx, xlsb, xls, ods), row by row.

use std::fmt::Display;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use calamine::{
    Data, DataRef, DataType, Dimensions, ExcelDateTime, Ods, Range, Reader, SheetType,
    SheetVisible, Xls, Xlsb, Xlsx,
};

use super::archive::check_archive;
use super::cells::{Cell, Row};
use super::pump::Stopped;
use super::source::open_file;
use crate::error::Error;
use crate::time;

/// Columns of a sheet, in every program.
const MAX_COLUMNS: u32 = 1 << 14;

type Input = BufReader<File>;

/// A row of a sheet that holds something.
pub(super) struct SheetRow {
    /// From 1.
    pub(super) number: u64,
    pub(super) row: Row,
}

/// A sheet of a workbook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sheet {
    pub(super) name: String,
    pub(super) is_hidden: bool,
}

/// What is told besides the rows.
#[derive(Default, Clone)]
pub(super) struct Extent {
    /// Rows that the sheet says it has; 0: unknown.
    pub(super) n_rows: Arc<AtomicU64>,
    /// Cells that hold an error of a formula.
    pub(super) n_errors: Arc<AtomicU64>,
}

enum Book {
    Xlsx(Box<Xlsx<Input>>),
    Xlsb(Box<Xlsb<Input>>),
    Xls(Box<Xls<Input>>),
    Ods(Box<Ods<Input>>),
}

/// The sheets with cells, in their order.
///
/// # Errors
/// [`Error::TooLarge`] for an archive that unpacks without end, [`Error::Workbook`].
pub(super) fn sheets(path: &Path) -> Result<Vec<Sheet>, Error> {
    check_archive(path)?;
    let path = path.to_owned();
    // on a thread, as damage makes calamine panic
    let listed = std::thread::spawn(move || Ok(listed(open(&path)?.sheets())));
    let damaged = || Error::Workbook("it is damaged".to_owned());
    listed
        .join()
        .map_err(|_| damaged())?
        .map_err(Error::Workbook)
}

/// Hands over the rows of a sheet that hold something, first ones first.
pub(super) fn rows(
    path: &Path,
    sheet: &str,
    extent: &Extent,
    hand_over: &mut dyn FnMut(SheetRow) -> Result<(), Stopped>,
) -> Result<(), String> {
    match open(path)? {
        Book::Xlsx(mut book) => {
            let mut cells = book.worksheet_cells_reader(sheet).map_err(sentence)?;
            extent.set(cells.dimensions());
            of_cells(|| cells.next_cell(), extent, hand_over)
        }
        Book::Xlsb(mut book) => {
            let mut cells = book.worksheet_cells_reader(sheet).map_err(sentence)?;
            extent.set(cells.dimensions());
            of_cells(|| cells.next_cell(), extent, hand_over)
        }
        Book::Xls(mut book) => {
            let range = book.worksheet_range(sheet).map_err(sentence)?;
            of_range(&range, extent, hand_over);
            Ok(())
        }
        Book::Ods(mut book) => {
            let range = book.worksheet_range(sheet).map_err(sentence)?;
            of_range(&range, extent, hand_over);
            Ok(())
        }
    }
}

fn within((row, column): (u32, u32)) -> Result<(u32, u32), String> {
    match column < MAX_COLUMNS {
        true => Ok((row, column)),
        false => Err(format!(
            "a cell stands in column {}, a sheet has at most {MAX_COLUMNS}",
            u64::from(column) + 1
        )),
    }
}

/// Cells of one row that are merged into one: (first row, first column, last column), all from 0.
pub(super) fn merged_in_rows(path: &Path, sheet: &str) -> Vec<(u32, u32, u32)> {
    let Ok(Book::Xlsx(mut book)) = open(path) else {
        return Vec::new();
    };
    let Ok(merged) = book.merge_cells_by_sheet_name(sheet) else {
        return Vec::new();
    };
    merged
        .iter()
        .filter(|area| area.end.1 > area.start.1)
        .map(|area| (area.start.0, area.start.1, area.end.1))
        .collect()
}

fn open(path: &Path) -> Result<Book, String> {
    let (mut file, _) = open_file(path).map_err(|error| error.to_string())?;
    let mut mark = [0; 4];
    file.read_exact(&mut mark)
        .map_err(|error| error.to_string())?;
    let input = || -> Result<Input, String> {
        let (file, _) = open_file(path).map_err(|error| error.to_string())?;
        Ok(BufReader::new(file))
    };
    if mark != *b"PK\x03\x04" {
        return Ok(Book::Xls(Box::new(Xls::new(input()?).map_err(sentence)?)));
    }
    let archive = zip::ZipArchive::new(input()?).map_err(|error| error.to_string())?;
    let holds = |name: &str| archive.index_for_name(name).is_some();
    Ok(if holds("xl/workbook.bin") {
        Book::Xlsb(Box::new(Xlsb::new(input()?).map_err(sentence)?))
    } else if holds("content.xml") {
        Book::Ods(Box::new(Ods::new(input()?).map_err(sentence)?))
    } else {
        Book::Xlsx(Box::new(Xlsx::new(input()?).map_err(sentence)?))
    })
}

impl Book {
    fn sheets(&self) -> &[calamine::Sheet] {
        match self {
            Self::Xlsx(book) => book.sheets_metadata(),
            Self::Xlsb(book) => book.sheets_metadata(),
            Self::Xls(book) => book.sheets_metadata(),
            Self::Ods(book) => book.sheets_metadata(),
        }
    }
}

fn listed(sheets: &[calamine::Sheet]) -> Vec<Sheet> {
    sheets
        .iter()
        .filter(|sheet| sheet.typ == SheetType::WorkSheet)
        .map(|sheet| Sheet {
            name: sheet.name.clone(),
            is_hidden: sheet.visible != SheetVisible::Visible,
        })
        .collect()
}

impl Extent {
    fn set(&self, dimensions: Dimensions) {
        self.n_rows
            .store(u64::from(dimensions.end.0) + 1, Ordering::Relaxed);
    }
}

/// Who stops asking has what they want: that is no error.
fn of_cells<'a, E: Display>(
    mut next: impl FnMut() -> Result<Option<calamine::Cell<DataRef<'a>>>, E>,
    extent: &Extent,
    hand_over: &mut dyn FnMut(SheetRow) -> Result<(), Stopped>,
) -> Result<(), String> {
    let mut gather = Gather::new(extent, hand_over);
    while let Some(cell) = next().map_err(sentence)? {
        let place = within(cell.get_position())?;
        if let Err(Stopped) = gather.push(place, cell.get_value()) {
            return Ok(());
        }
    }
    let (Ok(()) | Err(Stopped)) = gather.flush();
    Ok(())
}

fn of_range(
    range: &Range<Data>,
    extent: &Extent,
    hand_over: &mut dyn FnMut(SheetRow) -> Result<(), Stopped>,
) {
    let (first_row, first_column) = range.start().unwrap_or_default();
    let n_rows = u64::from(first_row) + range.height() as u64;
    extent.n_rows.store(n_rows, Ordering::Relaxed);
    let mut gather = Gather::new(extent, hand_over);
    for (row, cells) in (first_row..).zip(range.rows()) {
        for (column, cell) in (first_column..).zip(cells) {
            if let Err(Stopped) = gather.push((row, column), cell) {
                return;
            }
        }
    }
    let (Ok(()) | Err(Stopped)) = gather.flush();
}

/// Cells on their way into rows.
struct Gather<'a> {
    extent: &'a Extent,
    hand_over: &'a mut dyn FnMut(SheetRow) -> Result<(), Stopped>,
    /// From 0.
    number: u32,
    row: Row,
}

impl<'a> Gather<'a> {
    fn new(
        extent: &'a Extent,
        hand_over: &'a mut dyn FnMut(SheetRow) -> Result<(), Stopped>,
    ) -> Self {
        Self {
            extent,
            hand_over,
            number: 0,
            row: Row::default(),
        }
    }

    fn push(&mut self, (row, column): (u32, u32), value: &impl DataType) -> Result<(), Stopped> {
        if row != self.number {
            self.flush()?;
            self.number = row;
        }
        if value.is_error() {
            self.extent.n_errors.fetch_add(1, Ordering::Relaxed);
        }
        let column = column as usize;
        if let Some(value) = value.get_string() {
            if !value.trim().is_empty() {
                self.row.push(column, Cell::Text(value.trim()));
            }
        } else if let Some(value) = value.get_bool() {
            self.row.push(column, Cell::Boolean(value));
        } else if let Some(value) = value.get_int() {
            self.row.push(column, Cell::Integer(value));
        } else if let Some(value) = value.get_float() {
            self.row.push(column, number(value));
        } else if let Some(value) = value.get_datetime() {
            moment(&mut self.row, column, value);
        } else if let Some(value) = value.get_datetime_iso().or(value.get_duration_iso()) {
            self.row.push(column, Cell::Text(value));
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), Stopped> {
        if self.row.is_empty() {
            return Ok(());
        }
        let row = std::mem::take(&mut self.row);
        (self.hand_over)(SheetRow {
            number: u64::from(self.number) + 1,
            row,
        })
    }
}

/// A workbook keeps all its numbers as floats.
fn number(value: f64) -> Cell<'static> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if value.fract() == 0.0 && value.abs() <= EXACT {
        Cell::Integer(value as i64)
    } else {
        Cell::Float(value)
    }
}

fn moment(row: &mut Row, column: usize, value: ExcelDateTime) {
    if value.is_duration() {
        // days
        row.push(column, Cell::Float(value.as_f64() * 86_400.0));
        return;
    }
    let (year, month, day, hour, minute, second, millis) = value.to_ymd_hms_milli();
    let micros_of_day = (i64::from(hour) * 3600 + i64::from(minute) * 60 + i64::from(second))
        * 1_000_000
        + i64::from(millis) * 1000;
    if (0.0..1.0).contains(&value.as_f64()) {
        // a time of day without a date
        row.push(column, Cell::Text(&time::clock_text(micros_of_day)));
        return;
    }
    let text = format!("{year:04}-{month:02}-{day:02}");
    match time::parse_date(&text) {
        Some(days) if micros_of_day == 0 => row.push(column, Cell::Date(days)),
        Some(days) => {
            let micros = i64::from(days) * time::MICROS_PER_DAY + micros_of_day;
            row.push(column, Cell::Datetime(micros));
        }
        None => row.push(column, number(value.as_f64())),
    }
}

fn sentence(error: impl Display) -> String {
    let text = error.to_string();
    text.lines().next().unwrap_or(&text).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_stands_in_a_column_that_sheets_have() {
        assert_eq!(within((7, 16_383)), Ok((7, 16_383)));
        assert!(within((0, 16_384)).is_err());
    }
}
