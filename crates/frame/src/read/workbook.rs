//! Sheets of a workbook (xlsx, xlsb, xls, ods), row by row.

use std::fmt::Display;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use assay_core::words::count;
use calamine::{
    Data, DataRef, DataType, Dimensions, ExcelDateTime, Ods, Range, Reader, SheetType,
    SheetVisible, Xls, Xlsb, Xlsx,
};

use super::cells::{Cell, Row};
use super::ods_extent::OdsExtent;
use super::pump::Stopped;
use super::source::open_file;
use super::unpack;
use crate::error::Error;
use crate::time;

/// Cells of all sheets of an OpenDocument file, which are held in memory.
const MAX_ODS_CELLS: u64 = 1 << 24;

/// Where the list of texts says how long it is.
const HEAD_BYTES: u64 = 4096;

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
    check_archive(path, unpack::MIN_LIMIT)?;
    let path = path.to_owned();
    // on a thread, as damage makes calamine panic
    let listed = std::thread::spawn(move || Ok(listed(open(&path)?.sheets())));
    let damaged = || Error::Workbook("it is damaged".to_owned());
    listed
        .join()
        .map_err(|_| damaged())?
        .map_err(Error::Workbook)
}

/// Unpacks the archive once without keeping anything: the sizes that it declares may be lies.
pub(super) fn check_archive(path: &Path, least: u64) -> Result<(), Error> {
    let (mut file, len) = open_file(path)?;
    let mut mark = [0; 4];
    if file.read_exact(&mut mark).is_err() || mark != *b"PK\x03\x04" {
        return super::biff::check_extent(path);
    }
    unpacked_at_most(path, unpack::limit(len, least))
}

fn unpacked_at_most(path: &Path, limit: u64) -> Result<(), Error> {
    let (file, _) = open_file(path)?;
    let too_large = || {
        Error::TooLarge(format!(
            "it unpacks to more than {} MB",
            limit.div_ceil(1_000_000)
        ))
    };
    let broken = |error: zip::result::ZipError| Error::Workbook(error.to_string());
    let mut archive = zip::ZipArchive::new(BufReader::new(file)).map_err(broken)?;
    let mut left = limit;
    for entry in 0..archive.len() {
        let mut entry = archive.by_index(entry).map_err(broken)?;
        if entry.size() > left {
            return Err(too_large());
        }
        let io = |error: std::io::Error| Error::Workbook(error.to_string());
        let name = entry.name().map_err(broken)?.into_owned();
        let mut head = Vec::new();
        if name.ends_with("sharedStrings.xml") {
            entry
                .by_ref()
                .take(HEAD_BYTES)
                .read_to_end(&mut head)
                .map_err(io)?;
        }
        let mut extent = OdsExtent::default();
        let is_content = name == "content.xml";
        let mut all = entry.by_ref().take(left.saturating_add(1));
        let rest = match is_content {
            true => std::io::copy(&mut all, &mut extent),
            false => std::io::copy(&mut all, &mut std::io::sink()),
        }
        .map_err(io)?;
        if extent.n_cells() > MAX_ODS_CELLS {
            return Err(Error::Workbook(format!(
                "its sheets reach over {} cells, at most {} can be read from an OpenDocument file",
                count(extent.n_cells()),
                count(MAX_ODS_CELLS)
            )));
        }
        let n = head.len() as u64 + rest;
        if claimed_texts(&head) > n {
            return Err(Error::Workbook(
                "it says that it has more texts than it has bytes for".to_owned(),
            ));
        }
        left = left.checked_sub(n).ok_or_else(too_large)?;
    }
    Ok(())
}

/// What the list of texts says of its own length: room for so many is made at once.
fn claimed_texts(head: &[u8]) -> u64 {
    let text = String::from_utf8_lossy(head);
    let said = text.split("uniqueCount=").nth(1).unwrap_or_default();
    let digits: String = said
        .trim_start_matches(['"', '\'', ' '])
        .chars()
        .take_while(char::is_ascii_digit)
        .collect();
    match digits.is_empty() {
        true => 0,
        false => digits.parse().unwrap_or(u64::MAX),
    }
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
        if let Err(Stopped) = gather.push(cell.get_position(), cell.get_value()) {
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
    use std::io::Write;

    use super::*;

    #[test]
    fn a_list_of_texts_says_how_long_it_is() {
        for (head, n) in [
            ("<sst xmlns='x' count='9' uniqueCount=\"12\">", 12),
            ("<sst uniqueCount='99999999999999999999999'/>", u64::MAX),
            ("<sst count='3'>", 0),
            ("", 0),
        ] {
            assert_eq!(claimed_texts(head.as_bytes()), n, "{head}");
        }
    }

    #[test]
    fn an_archive_that_unpacks_without_end_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t.xlsx");
        // stored without compression: what counts is the sum
        let mut archive = zip::ZipWriter::new(File::create(&path).unwrap());
        let plain = zip::write::SimpleFileOptions::default()
            .compression_method(zip::CompressionMethod::Stored);
        for part in 0..3 {
            archive.start_file(format!("xl/{part}"), plain).unwrap();
            archive.write_all(&[0; 1000]).unwrap();
        }
        archive.finish().unwrap();
        assert!(check_archive(&path, u64::MAX).is_ok());
        // its own length times 200 is always allowed, so the limit is asked for directly
        assert!(unpacked_at_most(&path, 3000).is_ok());
        assert!(matches!(
            unpacked_at_most(&path, 2999),
            Err(Error::TooLarge(_))
        ));
    }
}
