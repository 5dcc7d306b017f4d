//! A text cut into blocks of whole rows, read ahead of those who parse them.

use std::io::Read;

use memchr::{memchr, memchr2_iter, memrchr};

use crate::error::Error;
use crate::read::source;

/// Text of one block, about.
const BLOCK_BYTES: usize = 2 << 20;
/// A row that is longer ends the import: an unclosed quote would otherwise take the rest of the file into memory.
pub(super) const MAX_ROW_BYTES: usize = 32 << 20;

/// Whole rows.
pub(super) struct Block {
    pub text: Vec<u8>,
    /// The 1-based line on which the text begins.
    pub first_line: u64,
    /// Lines that were left out, by their place in the text.
    pub left_out: Vec<(usize, u64)>,
}

impl Block {
    /// The 1-based lines of the file at places of the text, in their order; one pass when they ascend.
    pub(super) fn lines_at(&self, places: impl IntoIterator<Item = usize>) -> Vec<u64> {
        let (mut from, mut line) = (0, self.first_line);
        let mut left_out = self.left_out.iter().peekable();
        let mut lines = Vec::new();
        for place in places {
            if place < from {
                (from, line) = (0, self.first_line);
                left_out = self.left_out.iter().peekable();
            }
            line += super::tokens::lines_before(self.text.get(from..).unwrap_or(&[]), place - from);
            while let Some((_, n)) = left_out.next_if(|(at, _)| *at <= place) {
                line += n;
            }
            from = place;
            lines.push(line);
        }
        lines
    }
}

/// What makes a row in this text.
#[derive(Debug, Clone)]
pub(super) struct Lines {
    pub delimiter: u8,
    pub quote: Option<u8>,
    /// Lines that begin so are left out.
    pub comment: Option<String>,
    /// Lines to leave out at the beginning.
    pub skip_lines: u32,
}

pub(super) struct Blocks<R> {
    reader: R,
    lines: Lines,
    /// The beginning of a row whose end was not read yet.
    rest: Vec<u8>,
    line: u64,
    is_over: bool,
    max_row_bytes: usize,
}

impl<R: Read> Blocks<R> {
    pub(super) fn new(reader: R, lines: Lines) -> Self {
        Self {
            reader,
            lines,
            rest: Vec::new(),
            line: 1,
            is_over: false,
            max_row_bytes: MAX_ROW_BYTES,
        }
    }

    /// The next rows; `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<Block>, Error> {
        if self.is_over {
            return Ok(None);
        }
        let mut text = std::mem::take(&mut self.rest);
        let mut scanned = Scan::default();
        let mut wanted = BLOCK_BYTES;
        loop {
            let before = text.len();
            let more = wanted.saturating_sub(before).max(BLOCK_BYTES / 4);
            text.reserve(more);
            self.reader
                .by_ref()
                .take(more as u64)
                .read_to_end(&mut text)
                .map_err(source::failed)?;
            if text.len() == before {
                self.is_over = true;
                break;
            }
            scanned.go_on(&text, self.lines.quote, self.lines.delimiter);
            if let Some(end) = scanned.last_row_end(&text)
                && text.len() >= BLOCK_BYTES
            {
                self.rest = text.get(end..).unwrap_or(&[]).to_vec();
                text.truncate(end);
                break;
            }
            if text.len() > self.max_row_bytes {
                return Err(Error::LongRow {
                    line: self.line,
                    limit_bytes: self.max_row_bytes as u64,
                });
            }
            wanted = text.len() * 2;
        }
        if text.is_empty() {
            return Ok(None);
        }
        let first_line = self.line;
        self.line += super::tokens::lines_before(&text, text.len());
        let mut block = Block {
            text,
            first_line,
            left_out: Vec::new(),
        };
        self.leave_out(&mut block);
        Ok(Some(block))
    }

    /// Takes comments, and lines to be skipped at the beginning, out of the text.
    fn leave_out(&mut self, block: &mut Block) {
        if self.lines.skip_lines == 0 && self.lines.comment.is_none() {
            return;
        }
        let (text, left_out, skipped) = kept(
            &block.text,
            self.lines.skip_lines,
            self.lines.comment.as_deref(),
            self.lines.quote,
            self.lines.delimiter,
        );
        self.lines.skip_lines -= skipped;
        block.text = text;
        block.left_out = left_out;
    }
}

/// The text without comments and without its first lines.
pub(super) fn without_left_out_lines(
    text: &[u8],
    skip_lines: u32,
    comment: Option<&str>,
    quote: Option<u8>,
    delimiter: u8,
) -> Vec<u8> {
    if skip_lines == 0 && comment.is_none() {
        return text.to_vec();
    }
    kept(text, skip_lines, comment, quote, delimiter).0
}

type LeftOut = Vec<(usize, u64)>;

fn kept(
    text: &[u8],
    skip_lines: u32,
    comment: Option<&str>,
    quote: Option<u8>,
    delimiter: u8,
) -> (Vec<u8>, LeftOut, u32) {
    let mut made = Vec::with_capacity(text.len());
    let mut left_out = Vec::new();
    let mut skipped = 0;
    let mut rest = text;
    while !rest.is_empty() {
        let line_end = memchr(b'\n', rest).map_or(rest.len(), |end| end + 1);
        let is_comment =
            comment.is_some_and(|prefix| !prefix.is_empty() && rest.starts_with(prefix.as_bytes()));
        let taken = if skipped < skip_lines {
            skipped += 1;
            left_out.push((made.len(), 1));
            line_end
        } else if is_comment {
            left_out.push((made.len(), 1));
            line_end
        } else {
            // a row may go over several lines
            let end = row_end(rest, quote, delimiter);
            made.extend_from_slice(rest.get(..end).unwrap_or(rest));
            end
        };
        rest = rest.get(taken..).unwrap_or(&[]);
    }
    (made, left_out, skipped)
}

/// Where the first row of the text ends.
pub(super) fn row_end(text: &[u8], quote: Option<u8>, delimiter: u8) -> usize {
    let Some(quote) = quote else {
        return memchr(b'\n', text).map_or(text.len(), |end| end + 1);
    };
    let mut scan = Scan::default();
    for place in memchr2_iter(quote, b'\n', text) {
        if text.get(place) == Some(&b'\n') && place >= scan.place {
            scan.to(text, place, quote, delimiter);
            if !scan.inside {
                return place + 1;
            }
        }
    }
    text.len()
}

/// Where the last whole row of a text ends.
pub(super) fn last_row_end(text: &[u8], quote: Option<u8>, delimiter: u8) -> Option<usize> {
    let mut scan = Scan::default();
    scan.go_on(text, quote, delimiter);
    scan.last_row_end(text)
}

/// Where quoted text begins and ends, as the csv crate sees it: a quote opens at the beginning of a field only, a doubled
/// one inside is a character, and what follows a closing one up to the delimiter is plain.
#[derive(Default)]
struct Scan {
    place: usize,
    inside: bool,
    /// Where text outside of quotes began last, and all such stretches before.
    outside_from: usize,
    stretches: Vec<(usize, usize)>,
}

impl Scan {
    fn go_on(&mut self, text: &[u8], quote: Option<u8>, delimiter: u8) {
        match quote {
            Some(quote) => self.to(text, text.len(), quote, delimiter),
            None => self.place = text.len(),
        }
    }

    fn to(&mut self, text: &[u8], end: usize, quote: u8, delimiter: u8) {
        while let Some(found) = text
            .get(self.place..end)
            .and_then(|rest| memchr(quote, rest))
        {
            let at = self.place + found;
            if self.inside {
                match text.get(at + 1) {
                    Some(next) if *next == quote => self.place = at + 2,
                    // at the end of what was read so far the next byte decides
                    None => {
                        self.place = at;
                        return;
                    }
                    Some(_) => {
                        self.inside = false;
                        self.outside_from = at + 1;
                        self.place = at + 1;
                    }
                }
            } else {
                let before = at.checked_sub(1).and_then(|i| text.get(i));
                let opens = match before {
                    None => true,
                    Some(byte) => *byte == delimiter || matches!(byte, b'\n' | b'\r'),
                };
                if opens {
                    self.inside = true;
                    self.stretches.push((self.outside_from, at));
                }
                self.place = at + 1;
            }
        }
        self.place = self.place.max(end);
    }

    fn last_row_end(&self, text: &[u8]) -> Option<usize> {
        let last = (!self.inside).then_some((self.outside_from, text.len()));
        last.into_iter()
            .chain(self.stretches.iter().rev().copied())
            .find_map(|(from, to)| {
                let found = memrchr(b'\n', text.get(from..to)?)?;
                Some(from + found + 1)
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn lines() -> Lines {
        Lines {
            delimiter: b',',
            quote: Some(b'"'),
            comment: None,
            skip_lines: 0,
        }
    }

    #[test]
    fn rows_end_outside_of_quotes() {
        for (text, end) in [
            ("a,b\nc", Some(4)),
            ("a,\"b\nc", None),
            ("x\na,\"b\nc\"\nd", Some(10)),
            ("x\na,\"b\n\"\"c", Some(2)),
            ("5\" pipe\nx", Some(8)),
            ("\"a\"\"\n\"\nx", Some(7)),
        ] {
            assert_eq!(
                last_row_end(text.as_bytes(), Some(b'"'), b','),
                end,
                "{text:?}"
            );
        }
        assert_eq!(last_row_end(b"a,\"b\nc", None, b','), Some(5));
    }

    #[test]
    fn left_out_lines_still_count() {
        let text = b"title\n# one\na,b\n# two\n1,2\n3\n";
        let lines = Lines {
            comment: Some("#".to_owned()),
            skip_lines: 1,
            ..lines()
        };
        let block = Blocks::new(&text[..], lines).next().ok().flatten().unwrap();
        assert_eq!(block.text, b"a,b\n1,2\n3\n");
        assert_eq!(block.lines_at([0, 4, 8, 8]), [3, 5, 6, 6]);
        assert_eq!(block.lines_at([8, 0, 4]), [6, 3, 5]);
    }

    #[test]
    fn a_quote_that_is_never_closed_ends_the_import() {
        let text = format!("a,b\n1,\"{}", "x\n".repeat(3 << 20));
        let mut blocks = Blocks::new(text.as_bytes(), lines());
        blocks.max_row_bytes = 4 << 20;
        let first = blocks.next().ok().flatten().unwrap();
        assert_eq!(first.text, b"a,b\n");
        assert!(matches!(blocks.next(), Err(Error::LongRow { line: 2, .. })));
    }

    proptest! {
        /// However the text is cut, the csv crate reads the same records from the pieces as from the whole.
        #[test]
        fn blocks_end_where_rows_end(text in "[ab,\"\n ]{0,200}") {
            let all = |bytes: &[u8]| -> Vec<csv::ByteRecord> {
                csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes)
                    .into_byte_records().flatten().collect()
            };
            let whole = all(text.as_bytes());
            if let Some(end) = last_row_end(text.as_bytes(), Some(b'"'), b',') {
                let mut pieces = all(&text.as_bytes()[..end]);
                pieces.extend(all(&text.as_bytes()[end..]));
                prop_assert_eq!(pieces, whole);
            }
        }
    }
}
