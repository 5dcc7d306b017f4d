//! A workbook's archive, looked through before it is read: what it unpacks to must be sensible, and what its parts say
//! of their own sizes must be there.

use std::io::{BufReader, Read, Write};
use std::path::Path;

use assay_core::words::count;

use super::ods_extent::OdsExtent;
use super::source::open_file;
use super::unpack;
use crate::error::Error;

/// A text of a cell has at most 32,767 characters, written as so many bytes or a few more.
const MAX_TEXT_BYTES: u64 = 16 << 20;
/// Different texts, which are held in memory.
const MAX_TEXTS: u64 = 1 << 23;
/// Cells of all sheets of an OpenDocument file, which are held in memory.
const MAX_ODS_CELLS: u64 = 1 << 24;
/// As much of a part as can say how long a list of texts is.
const HEAD_BYTES: usize = 4096;

/// Unpacks the archive once without keeping anything: the sizes that it declares may be lies.
///
/// # Errors
/// [`Error::TooLarge`] for an archive that unpacks without end, [`Error::Workbook`] for parts that need more memory than
/// there is.
pub(super) fn check_archive(path: &Path) -> Result<(), Error> {
    let (mut file, len) = open_file(path)?;
    let mut mark = [0; 4];
    if file.read_exact(&mut mark).is_err() || mark != *b"PK\x03\x04" {
        return super::biff::check_extent(path);
    }
    unpacked_at_most(path, unpack::limit(len, unpack::MIN_LIMIT))
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
        let name = entry.name().map_err(broken)?.into_owned();
        let mut part = Part {
            is_content: name == "content.xml",
            ..Part::default()
        };
        let mut bytes = entry.by_ref().take(left.saturating_add(1));
        let n_bytes = std::io::copy(&mut bytes, &mut part)
            .map_err(|error| Error::Workbook(error.to_string()))?;
        part.check(&name, n_bytes)?;
        left = left.checked_sub(n_bytes).ok_or_else(too_large)?;
    }
    Ok(())
}

/// A part of the archive as it comes.
#[derive(Default)]
struct Part {
    /// Of an OpenDocument file.
    is_content: bool,
    /// Where the list of texts says how long it is.
    head: Vec<u8>,
    texts: XmlTexts,
    extent: OdsExtent,
}

impl Part {
    fn check(&self, name: &str, n_bytes: u64) -> Result<(), Error> {
        let wrong = if !name.ends_with(".xml") {
            None
        } else if self.texts.longest() > MAX_TEXT_BYTES {
            Some(format!(
                "it holds a text of more than {} MB",
                MAX_TEXT_BYTES >> 20
            ))
        } else if self.texts.n_texts > MAX_TEXTS {
            Some(format!("it holds more than {} texts", count(MAX_TEXTS)))
        } else if name.ends_with("sharedStrings.xml") && claimed_texts(&self.head) > n_bytes {
            Some("it says that it has more texts than it has bytes for".to_owned())
        } else if self.extent.n_cells() > MAX_ODS_CELLS {
            Some(format!(
                "its sheets reach over {} cells, at most {} can be read from an OpenDocument file",
                count(self.extent.n_cells()),
                count(MAX_ODS_CELLS)
            ))
        } else {
            None
        };
        match wrong {
            Some(wrong) => Err(Error::Workbook(wrong)),
            None => Ok(()),
        }
    }
}

impl Write for Part {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let room = HEAD_BYTES.saturating_sub(self.head.len()).min(bytes.len());
        self.head
            .extend_from_slice(bytes.get(..room).unwrap_or(bytes));
        self.texts.take(bytes);
        if self.is_content {
            self.extent.take(bytes);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Takes the XML of a part as it comes: how many entries a list of texts has, and how long the longest text is.
#[derive(Default)]
struct XmlTexts {
    n_texts: u64,
    longest: u64,
    /// Bytes since the last tag began.
    current: u64,
}

impl XmlTexts {
    fn longest(&self) -> u64 {
        self.longest.max(self.current)
    }

    fn take(&mut self, bytes: &[u8]) {
        let mut before = 0;
        for at in memchr::memchr_iter(b'<', bytes) {
            self.longest = self.longest.max(self.current + (at - before) as u64);
            self.current = 0;
            before = at;
            // one that is cut by the end of the bytes is not worth the trouble
            self.n_texts += u64::from(bytes.get(at + 1..at + 3) == Some(b"si"));
        }
        self.current += (bytes.len() - before) as u64;
    }
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

#[cfg(test)]
mod tests {
    use std::fs::File;

    use super::*;

    #[test]
    fn texts_are_counted_and_measured_however_they_come() {
        let xml = b"<sst><si><t>abc</t></si><si><t>de</t></si></sst>tail";
        for piece in [3, 1000] {
            let mut texts = XmlTexts::default();
            for piece in xml.chunks(piece) {
                texts.take(piece);
            }
            assert_eq!(texts.longest(), "</sst>tail".len() as u64);
            assert!(texts.n_texts <= 2);
        }
        let mut texts = XmlTexts::default();
        texts.take(xml);
        assert_eq!(texts.n_texts, 2);
    }

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
        assert!(check_archive(&path).is_ok());
        // its own length times 200 is always allowed, so the limit is asked for directly
        assert!(unpacked_at_most(&path, 3000).is_ok());
        assert!(matches!(
            unpacked_at_most(&path, 2999),
            Err(Error::TooLarge(_))
        ));
    }
}
