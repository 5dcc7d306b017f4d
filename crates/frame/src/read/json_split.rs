//! Records cut out of a stream of JSON, with the lines that they begin in: one a line, one after another, or the items
//! of an array.

use std::io::Read;
use std::ops::Range;

use crate::error::Error;
use crate::read::source;

/// A longer record is no row of a table.
pub(super) const MAX_RECORD_BYTES: usize = 32 << 20;
const CHUNK_BYTES: usize = 1 << 18;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    /// One record a line. A line that is none does not touch the others.
    Lines,
    /// Records over several lines, or several in a line.
    Values,
    Array,
}

impl Layout {
    /// By the first bytes.
    pub(super) fn of(sample: &[u8]) -> Self {
        let text = sample.trim_ascii_start();
        if text.starts_with(b"[") {
            return Self::Array;
        }
        let line = text.split(|byte| *byte == b'\n').next().unwrap_or(text);
        let mut values =
            serde_json::Deserializer::from_slice(line).into_iter::<serde::de::IgnoredAny>();
        match (values.next(), values.next()) {
            (Some(Ok(_)), None) => Self::Lines,
            (Some(Err(error)), _) if !error.is_eof() => Self::Lines,
            (Some(Ok(_)), Some(Err(_))) => Self::Lines,
            _ => Self::Values,
        }
    }
}

/// A record as it stands.
pub(super) struct Piece {
    /// From 1.
    pub(super) line: u64,
    /// In [`Splitter::bytes`]; `None`: longer than [`MAX_RECORD_BYTES`].
    pub(super) range: Option<Range<usize>>,
}

pub(super) struct Splitter {
    reader: Box<dyn Read + Send>,
    layout: Layout,
    buffer: Vec<u8>,
    /// Bytes of the buffer that are done.
    start: usize,
    line: u64,
    at_end: bool,
    /// Items of the array so far; `None`: before its bracket.
    n_items: Option<u64>,
    closed: bool,
}

impl Splitter {
    pub(super) fn new(reader: Box<dyn Read + Send>, layout: Layout) -> Self {
        Self {
            reader,
            layout,
            buffer: Vec::new(),
            start: 0,
            line: 1,
            at_end: false,
            n_items: None,
            closed: false,
        }
    }

    pub(super) fn bytes(&self, range: Range<usize>) -> &[u8] {
        self.buffer.get(range).unwrap_or_default()
    }

    pub(super) fn next(&mut self) -> Result<Option<Piece>, Error> {
        match self.layout {
            Layout::Lines => self.next_line(),
            Layout::Values => match self.peek()? {
                None => Ok(None),
                Some(_) => self.value().map(Some),
            },
            Layout::Array => self.next_item(),
        }
    }

    fn next_line(&mut self) -> Result<Option<Piece>, Error> {
        loop {
            let Some(end) = self.line_end()? else {
                return Ok(None);
            };
            let line = self.line;
            let range = end.map(|end| self.start..end);
            self.start = end.map_or(self.start, |end| (end + 1).min(self.buffer.len()));
            self.line += 1;
            match &range {
                Some(range) if self.bytes(range.clone()).trim_ascii().is_empty() => {}
                _ => return Ok(Some(Piece { line, range })),
            }
        }
    }

    /// Where the line ends; the inner `None`: it was too long and has been left out.
    fn line_end(&mut self) -> Result<Option<Option<usize>>, Error> {
        let mut looked = self.start;
        let mut too_long = false;
        loop {
            let rest = self.buffer.get(looked..).unwrap_or_default();
            if let Some(found) = memchr::memchr(b'\n', rest) {
                if too_long {
                    self.start = looked + found + 1;
                    return Ok(Some(None));
                }
                return Ok(Some(Some(looked + found)));
            }
            looked = self.buffer.len();
            if too_long || looked - self.start > MAX_RECORD_BYTES {
                too_long = true;
                self.start = looked;
            }
            let shift = self.start;
            if !self.fill()? {
                let nothing = self.start == self.buffer.len() && !too_long;
                return Ok((!nothing).then_some((!too_long).then_some(self.buffer.len())));
            }
            looked -= shift;
        }
    }

    fn next_item(&mut self) -> Result<Option<Piece>, Error> {
        if self.n_items.is_none() {
            self.peek()?;
            self.start += 1;
            self.n_items = Some(0);
        }
        if self.closed {
            return match self.peek()? {
                None => Ok(None),
                Some(_) => Err(self.bad("something follows the array")),
            };
        }
        let mut next = self.peek()?;
        if next == Some(b']') {
            self.start += 1;
            self.closed = true;
            return self.next_item();
        }
        if self.n_items.is_some_and(|n| n > 0) && next.is_some() {
            if next != Some(b',') {
                return Err(self.bad("a comma or the end of the array is missing"));
            }
            self.start += 1;
            next = self.peek()?;
        }
        match next {
            None => Err(self.bad("the array is cut off")),
            Some(b',' | b']') => Err(self.bad("an item is missing before the comma or bracket")),
            Some(_) => {
                self.n_items = self.n_items.map(|n| n + 1);
                self.value().map(Some)
            }
        }
    }

    /// The next byte that is no white space, which stays; `None` at the end.
    fn peek(&mut self) -> Result<Option<u8>, Error> {
        loop {
            while let Some(byte) = self.buffer.get(self.start) {
                match byte {
                    b'\n' => self.line += 1,
                    b' ' | b'\t' | b'\r' => {}
                    other => return Ok(Some(*other)),
                }
                self.start += 1;
            }
            if !self.fill()? {
                return Ok(None);
            }
        }
    }

    /// The value that begins here, to the bracket that closes it.
    fn value(&mut self) -> Result<Piece, Error> {
        let line = self.line;
        let mut at = self.start;
        let (mut depth, mut in_text, mut escaped) = (0_usize, false, false);
        loop {
            let Some(byte) = self.buffer.get(at).copied() else {
                let shift = self.start;
                if at - self.start > MAX_RECORD_BYTES {
                    return Err(self.bad("a record is longer than 32 MB"));
                }
                if self.fill()? {
                    at -= shift;
                    continue;
                }
                if depth > 0 || in_text {
                    return Err(self.bad("the record is cut off"));
                }
                break;
            };
            if byte == b'\n' {
                self.line += 1;
            }
            if in_text {
                match byte {
                    _ if escaped => escaped = false,
                    b'\\' => escaped = true,
                    b'"' => in_text = false,
                    _ => {}
                }
                at += 1;
                if !in_text && depth == 0 {
                    break;
                }
                continue;
            }
            match byte {
                b'"' if depth > 0 || at == self.start => in_text = true,
                b'{' | b'[' if depth > 0 || at == self.start => depth += 1,
                // the next value, or the end of the array: a number or a word ends here
                b'"' | b'{' | b'[' => break,
                b'}' | b']' if depth == 0 => {
                    if at == self.start {
                        return Err(self.bad("a bracket closes nothing"));
                    }
                    break;
                }
                b'}' | b']' => {
                    depth -= 1;
                    if depth == 0 {
                        at += 1;
                        break;
                    }
                }
                b',' | b' ' | b'\t' | b'\r' | b'\n' if depth == 0 => {
                    if byte == b'\n' {
                        // counted when it is passed over
                        self.line -= 1;
                    }
                    break;
                }
                _ => {}
            }
            at += 1;
        }
        if at == self.start {
            return Err(self.bad("a value is missing"));
        }
        let range = self.start..at;
        self.start = at;
        Ok(Piece {
            line,
            range: Some(range),
        })
    }

    /// More bytes behind those that are not done, which move to the front; `false` at the end.
    fn fill(&mut self) -> Result<bool, Error> {
        if self.at_end {
            return Ok(false);
        }
        self.buffer.drain(..self.start);
        self.start = 0;
        let len = self.buffer.len();
        self.buffer.resize(len + CHUNK_BYTES, 0);
        let room = self.buffer.get_mut(len..).unwrap_or_default();
        let n = self.reader.read(room).map_err(source::failed)?;
        self.buffer.truncate(len + n);
        self.at_end = n == 0;
        Ok(n > 0)
    }

    fn bad(&self, reason: &str) -> Error {
        Error::BadJson {
            line: self.line,
            reason: reason.to_owned(),
        }
    }
}
