//! How far the sheets of an old workbook (.xls) reach, found out before it is read: calamine makes one table of each
//! sheet, from its first cell to its last, and two cells far from each other are enough for more than memory holds.
//!
//! Formats: [MS-CFB] for the file, [MS-XLS] for the stream inside.

use std::path::Path;

use super::source::open_file;
use crate::error::Error;

/// Cells between the first and the last of each sheet, over all sheets.
const MAX_CELLS: u64 = 1 << 23;
/// Files of the old format are small: 65,536 rows of 256 columns a sheet.
const MAX_FILE_BYTES: u64 = 256 << 20;

const SIGNATURE: [u8; 8] = *b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";
/// Sector numbers from here on mean something else than a sector.
const FIRST_RESERVED: u32 = 0xffff_fffa;
/// Shorter streams lie in the small sectors.
const MIN_STREAM_BYTES: u64 = 4096;
const SMALL_SECTOR_BYTES: usize = 64;

/// # Errors
/// [`Error::TooLarge`]; [`Error::Workbook`] when the sheets reach over more cells than can be held.
pub(super) fn check_extent(path: &Path) -> Result<(), Error> {
    let (_, len) = open_file(path)?;
    if len > MAX_FILE_BYTES {
        return Err(Error::TooLarge(format!(
            "a workbook of the old format has at most {} MB",
            MAX_FILE_BYTES >> 20
        )));
    }
    let bytes = std::fs::read(path).map_err(|source| Error::Io {
        path: path.to_owned(),
        source,
    })?;
    check_cells(&bytes, MAX_CELLS)
}

fn check_cells(bytes: &[u8], max_cells: u64) -> Result<(), Error> {
    // a book of the oldest kind is the stream itself, and damage is calamine's to name
    let stream = if bytes.starts_with(&SIGNATURE) {
        let Some(stream) = Compound::of(bytes).and_then(|file| file.workbook()) else {
            return Ok(());
        };
        stream
    } else {
        bytes.to_vec()
    };
    let n_cells = n_cells(&stream);
    if n_cells > max_cells {
        return Err(Error::Workbook(format!(
            "its sheets reach over {} cells, at most {} can be read from a file of the old format",
            assay_core::words::count(n_cells),
            assay_core::words::count(max_cells)
        )));
    }
    Ok(())
}

/// A file of files.
struct Compound<'a> {
    bytes: &'a [u8],
    sector_bytes: usize,
    /// The sector that follows each.
    next: Vec<u32>,
    next_small: Vec<u32>,
    /// Where the small sectors lie.
    small: Vec<u8>,
    directory: Vec<u8>,
}

impl<'a> Compound<'a> {
    /// `None`: it is damaged.
    fn of(bytes: &'a [u8]) -> Option<Self> {
        let mut file = Self {
            bytes,
            sector_bytes: match u16_at(bytes, 30)? {
                9 => 512,
                12 => 4096,
                _ => return None,
            },
            next: Vec::new(),
            next_small: Vec::new(),
            small: Vec::new(),
            directory: Vec::new(),
        };
        let n_sectors = bytes.len() / file.sector_bytes + 1;
        let mut tables = words(bytes.get(76..512)?);
        let mut more = u32_at(bytes, 68)?;
        let mut n_more = 0;
        while more < FIRST_RESERVED {
            tables.extend(words(file.sector(more)?));
            more = tables.pop()?;
            n_more += 1;
            if n_more > n_sectors {
                return None;
            }
        }
        for table in tables.into_iter().filter(|table| *table < FIRST_RESERVED) {
            file.next.extend(words(file.sector(table)?));
            if file.next.len() > n_sectors + file.sector_bytes {
                return None;
            }
        }
        file.directory = file.chain(u32_at(bytes, 48)?)?;
        file.next_small = words(&file.chain(u32_at(bytes, 60)?)?);
        file.small = file.chain(u32_at(&file.directory, 116)?)?;
        Some(file)
    }

    fn sector(&self, sector: u32) -> Option<&'a [u8]> {
        let start = (sector as usize + 1).checked_mul(self.sector_bytes)?;
        let end = (start + self.sector_bytes).min(self.bytes.len());
        self.bytes.get(start..end)
    }

    /// A stream from its first sector on. A chain that bites its tail ends where it would be longer than the file.
    fn chain(&self, first: u32) -> Option<Vec<u8>> {
        let mut stream = Vec::new();
        let mut sector = first;
        while sector < FIRST_RESERVED && stream.len() <= self.bytes.len() {
            stream.extend_from_slice(self.sector(sector)?);
            sector = *self.next.get(sector as usize)?;
        }
        Some(stream)
    }

    fn small_chain(&self, first: u32) -> Option<Vec<u8>> {
        let mut stream = Vec::new();
        let mut sector = first;
        while sector < FIRST_RESERVED && stream.len() <= self.bytes.len() {
            let start = sector as usize * SMALL_SECTOR_BYTES;
            let end = (start + SMALL_SECTOR_BYTES).min(self.small.len());
            stream.extend_from_slice(self.small.get(start..end)?);
            sector = *self.next_small.get(sector as usize)?;
        }
        Some(stream)
    }

    /// The stream that holds the sheets.
    fn workbook(&self) -> Option<Vec<u8>> {
        let named = |name: &str| {
            self.directory.chunks_exact(128).find(|entry| {
                let units = entry.chunks_exact(2).take(32);
                let found: String = units
                    .map(|unit| char::from(unit.first().copied().unwrap_or(0)))
                    .take_while(|c| *c != '\0')
                    .collect();
                found.eq_ignore_ascii_case(name)
            })
        };
        let entry = named("Workbook").or_else(|| named("Book"))?;
        let first = u32_at(entry, 116)?;
        match u64::from(u32_at(entry, 120)?) < MIN_STREAM_BYTES {
            true => self.small_chain(first),
            false => self.chain(first),
        }
    }
}

/// Cells between the first and the last of each sheet, whether they are there or only said to be.
fn n_cells(stream: &[u8]) -> u64 {
    let mut sum: u64 = 0;
    let mut area = Area::default();
    let mut at = 0;
    while let (Some(kind), Some(len)) = (u16_at(stream, at), u16_at(stream, at + 2)) {
        let end = (at + 4 + usize::from(len)).min(stream.len());
        let record = stream.get(at + 4..end).unwrap_or(&[]);
        at = end;
        match kind {
            // the beginning and the end of a sheet
            0x0809 | 0x000a => sum = sum.saturating_add(std::mem::take(&mut area).n_cells()),
            0x0200 => sum = sum.saturating_add(said(record)),
            // one cell, or several of a row: formula, blank, number, label, boolean, text, rich text, packed numbers
            0x0006 | 0x0201 | 0x0203 | 0x0204 | 0x0205 | 0x027e | 0x00fd | 0x00d6 | 0x00bd => {
                if let (Some(row), Some(column)) = (u16_at(record, 0), u16_at(record, 2)) {
                    let n_more = match kind {
                        0x00bd => (record.len() / 6).saturating_sub(1),
                        _ => 0,
                    };
                    area.add(u64::from(row), u64::from(column), n_more as u64);
                }
            }
            _ => {}
        }
    }
    sum.saturating_add(area.n_cells())
}

/// What a sheet says of its own extent: room for so much is made at once.
fn said(record: &[u8]) -> u64 {
    let (rows, columns) = if record.len() >= 14 {
        (
            (
                u32_at(record, 0).map(u64::from),
                u32_at(record, 4).map(u64::from),
            ),
            (u16_at(record, 8), u16_at(record, 10)),
        )
    } else {
        (
            (
                u16_at(record, 0).map(u64::from),
                u16_at(record, 2).map(u64::from),
            ),
            (u16_at(record, 4), u16_at(record, 6)),
        )
    };
    match (rows, columns) {
        ((Some(first_row), Some(last_row)), (Some(first), Some(last))) => last_row
            .saturating_sub(first_row)
            .saturating_mul(u64::from(last.saturating_sub(first))),
        _ => 0,
    }
}

#[derive(Default)]
struct Area {
    /// First and last row, first and last column.
    reach: Option<(u64, u64, u64, u64)>,
}

impl Area {
    fn add(&mut self, row: u64, column: u64, n_more: u64) {
        let last = column + n_more;
        self.reach = Some(match self.reach {
            None => (row, row, column, last),
            Some((a, b, c, d)) => (a.min(row), b.max(row), c.min(column), d.max(last)),
        });
    }

    fn n_cells(&self) -> u64 {
        self.reach
            .map_or(0, |(a, b, c, d)| (b - a + 1).saturating_mul(d - c + 1))
    }
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    let found = bytes.get(at..at.checked_add(2)?)?;
    found.try_into().ok().map(u16::from_le_bytes)
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let found = bytes.get(at..at.checked_add(4)?)?;
    found.try_into().ok().map(u32::from_le_bytes)
}

fn words(bytes: &[u8]) -> Vec<u32> {
    let word = |word: &[u8]| word.try_into().ok().map(u32::from_le_bytes);
    bytes.chunks_exact(4).filter_map(word).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(kind: u16, body: &[u8]) -> Vec<u8> {
        let head = [kind.to_le_bytes(), (body.len() as u16).to_le_bytes()].concat();
        [head, body.to_vec()].concat()
    }

    fn number(row: u16, column: u16) -> Vec<u8> {
        let place = [row.to_le_bytes(), column.to_le_bytes()].concat();
        record(0x0203, &[place, vec![0; 10]].concat())
    }

    fn sheet(cells: &[(u16, u16)]) -> Vec<u8> {
        let cells: Vec<u8> = cells
            .iter()
            .flat_map(|(row, column)| number(*row, *column))
            .collect();
        [record(0x0809, &[0; 16]), cells, record(0x000a, &[])].concat()
    }

    #[test]
    fn two_cells_far_from_each_other_are_many() {
        let near = sheet(&[(0, 0), (9, 3)]);
        let far = sheet(&[(0, 0), (65_535, 65_535)]);
        let claimed = record(
            0x0200,
            &[0, 0, 0, 0, 255, 255, 255, 255, 0, 0, 255, 255, 0, 0],
        );
        for (stream, n) in [
            (near.clone(), 40),
            ([near.clone(), near.clone()].concat(), 80),
            (far, 1 << 32),
            (claimed, u64::from(u32::MAX) * 65_535),
            (
                record(
                    0x00bd,
                    &[1, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0],
                ),
                3,
            ),
            (vec![3, 2, 255, 255, 1], 0),
            (Vec::new(), 0),
        ] {
            assert_eq!(n_cells(&stream), n);
        }
    }

    #[test]
    fn a_book_is_measured_inside_its_file() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/formats/book.xls");
        let bytes = std::fs::read(path).unwrap();
        let stream = Compound::of(&bytes).unwrap().workbook().unwrap();
        let n = n_cells(&stream);
        assert!((10..10_000).contains(&n), "{n}");
        assert!(check_cells(&bytes, n).is_ok());
        let error = check_cells(&bytes, n - 1).unwrap_err();
        assert!(
            matches!(error, Error::Workbook(reason) if reason.starts_with("its sheets reach over"))
        );
        // damage anywhere neither hangs nor panics
        for place in 0..bytes.len().min(4096) {
            let mut bytes = bytes.clone();
            bytes[place] ^= 0xff;
            let _ = check_cells(&bytes, MAX_CELLS);
        }
    }
}
