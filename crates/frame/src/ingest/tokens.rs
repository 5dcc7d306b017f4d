//! A block of text as rows of fields.

use csv::{ByteRecord, ReaderBuilder};
use memchr::{memchr, memchr_iter};

use super::plan::Dialect;

/// Rows of one block, each of the same number of fields.
pub(super) struct Fields {
    /// Fields that stood in quotes; of a block without quotes none.
    unquoted: Option<Vec<u8>>,
    /// Start and end of every field, row by row.
    spans: Vec<(u32, u32)>,
    n_fields: usize,
    /// Where each row begins and ends in the block.
    rows: Vec<(u32, u32)>,
    /// Rows of another number of fields.
    pub(super) ragged: Vec<Ragged>,
}

/// A row that has too many or too few fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ragged {
    /// Where it begins and ends in the block.
    pub begin: usize,
    pub end: usize,
    pub n_fields: usize,
}

impl Fields {
    /// `text` begins and ends with a row.
    pub(super) fn of(text: &[u8], dialect: &Dialect, n_fields: usize) -> Self {
        match dialect.quote {
            Some(quote) if memchr(quote, text).is_some() => quoted(text, quote, dialect, n_fields),
            _ => plain(text, dialect.delimiter, n_fields),
        }
    }

    pub(super) fn n_rows(&self) -> usize {
        self.rows.len()
    }

    /// Where a row begins in the block.
    pub(super) fn begin_of(&self, row: usize) -> usize {
        self.rows.get(row).map_or(0, |(begin, _)| *begin as usize)
    }

    /// A row as it stands in the block.
    pub(super) fn text_of<'a>(&self, text: &'a [u8], row: usize) -> &'a [u8] {
        let place = self.rows.get(row).copied().unwrap_or_default();
        text.get(place.0 as usize..place.1 as usize).unwrap_or(&[])
    }

    /// The fields of one column, trimmed of blanks, as bytes.
    pub(super) fn column<'a>(
        &'a self,
        text: &'a [u8],
        column: usize,
    ) -> impl Iterator<Item = &'a [u8]> + 'a {
        let bytes = self.unquoted.as_deref().unwrap_or(text);
        self.spans
            .iter()
            .skip(column)
            .step_by(self.n_fields.max(1))
            .map(|(start, end)| tidy(bytes.get(*start as usize..*end as usize).unwrap_or(&[])))
    }
}

impl Fields {
    /// [`Self::column`] of a block that is text and has no quotes; `None` when it has some.
    pub(super) fn texts<'a>(
        &'a self,
        text: &'a str,
        column: usize,
    ) -> Option<impl Iterator<Item = &'a str> + 'a> {
        if self.unquoted.is_some() {
            return None;
        }
        let spans = self.spans.iter().skip(column).step_by(self.n_fields.max(1));
        Some(spans.map(|(start, end)| {
            let field = text.get(*start as usize..*end as usize).unwrap_or("");
            match field.as_bytes() {
                [b'!'..=0x7e, .., b'!'..=0x7e] | [b'!'..=0x7e] => field,
                // what tidy cuts off are whole characters
                bytes => std::str::from_utf8(tidy(bytes)).unwrap_or(""),
            }
        }))
    }
}

/// Fields of text without a quote: whatever stands between two delimiters.
fn plain(text: &[u8], delimiter: u8, n_fields: usize) -> Fields {
    let mut fields = Fields {
        unquoted: None,
        spans: Vec::with_capacity(text.len() / 8),
        n_fields,
        rows: Vec::with_capacity(text.len() / 8 / n_fields.max(1)),
        ragged: Vec::new(),
    };
    let (mut row, mut field, mut n_before) = (0, 0, 0);
    for (at, bytes) in text.chunks(Ends::BYTES).enumerate() {
        for (place, is_line) in Ends::of(bytes, delimiter) {
            let place = at * Ends::BYTES + place;
            fields.spans.push((field as u32, place as u32));
            field = place + 1;
            if is_line {
                fields.end_row(text, row, place, n_before);
                n_before = fields.spans.len();
                row = field;
            }
        }
    }
    if field < text.len() || fields.spans.len() > n_before {
        fields.spans.push((field as u32, text.len() as u32));
        fields.end_row(text, row, text.len(), n_before);
    }
    fields
}

/// Where fields end in a few bytes, a bit for each. A field is too short for one search each to be worth its beginning.
struct Ends {
    fields: u64,
    lines: u64,
}

impl Ends {
    /// Bytes looked at together.
    const BYTES: usize = 64;

    /// At most [`Self::BYTES`] of them.
    #[inline]
    fn of(bytes: &[u8], delimiter: u8) -> Self {
        match bytes.first_chunk() {
            Some(bytes) => Self::of_all(bytes, delimiter),
            None => {
                // Neither of the two stands in what is filled up.
                let filling = if delimiter == 0 { 1 } else { 0 };
                let mut filled = [filling; Self::BYTES];
                for (filled, byte) in filled.iter_mut().zip(bytes) {
                    *filled = *byte;
                }
                Self::of_all(&filled, delimiter)
            }
        }
    }

    #[inline]
    fn of_all(bytes: &[u8; Self::BYTES], delimiter: u8) -> Self {
        let lines = equal(bytes, b'\n');
        Self {
            fields: lines | equal(bytes, delimiter),
            lines,
        }
    }
}

/// Places, each with whether a line ends there.
impl Iterator for Ends {
    type Item = (usize, bool);

    #[inline]
    fn next(&mut self) -> Option<(usize, bool)> {
        if self.fields == 0 {
            return None;
        }
        let place = self.fields.trailing_zeros();
        self.fields &= self.fields - 1;
        Some((place as usize, self.lines >> place & 1 == 1))
    }
}

/// A bit for every byte that is the one wanted.
#[inline]
fn equal(bytes: &[u8; Ends::BYTES], wanted: u8) -> u64 {
    /// Gathers the lowest bits of eight bytes in the highest byte of the product.
    const GATHER: u64 = 0x0102_0408_1020_4080;
    let ones = bytes.map(|byte| u8::from(byte == wanted));
    let words = ones.as_chunks::<8>().0.iter();
    let bits = words.map(|word| u64::from_le_bytes(*word).wrapping_mul(GATHER) >> 56);
    bits.zip((0..).step_by(8))
        .fold(0, |all, (bits, place)| all | bits << place)
}

impl Fields {
    /// Keeps the row whose fields begin at `n_before`, or takes them back.
    fn end_row(&mut self, text: &[u8], begin: usize, end: usize, n_before: usize) {
        let found = self.spans.len() - n_before;
        let is_blank = || {
            text.get(begin..end)
                .is_some_and(|row| row.trim_ascii().is_empty())
        };
        if found == self.n_fields && !(found == 1 && end == begin) {
            self.rows.push((begin as u32, end as u32));
            return;
        }
        if found == 1 && self.n_fields == 1 {
            // an empty line of a file of one column holds no field
            self.spans.truncate(n_before);
            return;
        }
        self.spans.truncate(n_before);
        if !(found == 1 && is_blank()) {
            self.ragged.push(Ragged {
                begin,
                end,
                n_fields: found,
            });
        }
    }
}

/// Fields of text with quotes, by the csv crate.
fn quoted(text: &[u8], quote: u8, dialect: &Dialect, n_fields: usize) -> Fields {
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(dialect.delimiter)
        .quote(quote)
        .buffer_capacity(1 << 16)
        .from_reader(text);
    let mut fields = Fields {
        unquoted: None,
        spans: Vec::with_capacity(text.len() / 8),
        n_fields,
        rows: Vec::new(),
        ragged: Vec::new(),
    };
    let mut bytes: Vec<u8> = Vec::with_capacity(text.len());
    let mut record = ByteRecord::new();
    // A slice is read to its end without an error.
    while let Ok(true) = reader.read_byte_record(&mut record) {
        let begin = row_begin(
            text,
            record.position().map_or(0, |place| place.byte()) as usize,
        );
        let end = reader.position().byte() as usize;
        let found = record.len();
        if found == n_fields {
            for field in &record {
                let start = bytes.len() as u32;
                bytes.extend_from_slice(field);
                fields.spans.push((start, bytes.len() as u32));
            }
            fields.rows.push((begin as u32, end as u32));
        } else if !(found <= 1 && record.iter().all(|field| field.trim_ascii().is_empty())) {
            fields.ragged.push(Ragged {
                begin,
                end,
                n_fields: found,
            });
        }
    }
    fields.unquoted = Some(bytes);
    fields
}

/// The csv crate counts the line breaks before a row to it.
fn row_begin(text: &[u8], place: usize) -> usize {
    let rest = text.get(place..).unwrap_or(&[]);
    place
        + rest
            .iter()
            .take_while(|byte| matches!(byte, b'\n' | b'\r'))
            .count()
}

/// Without the blanks around it; and without quotes that a blank before them has kept the reader from seeing.
#[inline]
pub(super) fn tidy(field: &[u8]) -> &[u8] {
    let (Some(first), Some(last)) = (field.first(), field.last()) else {
        return field;
    };
    // Above the blank and below the first byte of a longer character there is nothing to trim.
    if matches!(first, b'!'..=0x7e) && matches!(last, b'!'..=0x7e) {
        return field;
    }
    let trimmed = match std::str::from_utf8(field) {
        Ok(text) => text.trim().as_bytes(),
        Err(_) => field.trim_ascii(),
    };
    match trimmed {
        [b'"', inner @ .., b'"'] if trimmed.len() < field.len() => inner.trim_ascii(),
        trimmed => trimmed,
    }
}

/// Lines that end before `place`.
pub(super) fn lines_before(text: &[u8], place: usize) -> u64 {
    memchr_iter(b'\n', text.get(..place).unwrap_or(text)).count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str, n_fields: usize) -> (Vec<Vec<String>>, Vec<usize>) {
        let dialect = Dialect {
            delimiter: b',',
            quote: Some(b'"'),
            decimal_comma: false,
        };
        let fields = Fields::of(text.as_bytes(), &dialect, n_fields);
        let columns: Vec<Vec<String>> = (0..n_fields)
            .map(|column| {
                fields
                    .column(text.as_bytes(), column)
                    .map(|field| String::from_utf8_lossy(field).into_owned())
                    .collect()
            })
            .collect();
        let rows = (0..fields.n_rows())
            .map(|row| columns.iter().map(|column| column[row].clone()).collect())
            .collect();
        let ragged = fields.ragged.iter().map(|row| row.n_fields).collect();
        (rows, ragged)
    }

    #[test]
    fn quotes_change_how_a_block_is_read_and_not_what_it_says() {
        for text in [
            "1,2\n3,4\n",
            "1,2\n3,4",
            "1, 2 \r\n3,4\r\n",
            "1,2\n\n3,4\n   \n",
            "1,2\n3\n4,5\n6,7,8\n",
            "1,\n,2\n",
            "\n\n1,2\n",
            ",\n",
        ] {
            let with_quote = format!(
                "{text}{}\"x\",y\n",
                if text.ends_with('\n') { "" } else { "\n" }
            );
            let (plain_rows, plain_ragged) = rows(text, 2);
            let (mut quoted_rows, quoted_ragged) = rows(&with_quote, 2);
            assert_eq!(
                quoted_rows.pop(),
                Some(vec!["x".to_owned(), "y".to_owned()])
            );
            assert_eq!(plain_rows, quoted_rows, "{text:?}");
            assert_eq!(plain_ragged, quoted_ragged, "{text:?}");
        }
    }

    #[test]
    fn ends_are_found_at_every_place() {
        for length in 0..=Ends::BYTES {
            for place in 0..length {
                for (byte, expected) in [
                    (b';', vec![(place, false)]),
                    (b'\n', vec![(place, true)]),
                    (b';' | 0x80, vec![]),
                    (b';' ^ 1, vec![]),
                ] {
                    let mut bytes = vec![b'x'; length];
                    bytes[place] = byte;
                    assert_eq!(Ends::of(&bytes, b';').collect::<Vec<_>>(), expected);
                }
            }
        }
        let both: Vec<_> = Ends::of(b",\n,\n", b',').collect();
        assert_eq!(both, [(0, false), (1, true), (2, false), (3, true)]);
    }

    #[test]
    fn fields_come_out_of_their_quotes() {
        let (found, ragged) = rows("\"a,b\",\"c\"\"d\"\n x , \"y\"\n\"two\nlines\",z\n", 2);
        assert_eq!(
            found,
            [["a,b", "c\"d"], ["x", "y"], ["two\nlines", "z"]]
                .map(|row| row.map(str::to_owned).to_vec())
        );
        assert!(ragged.is_empty());
    }

    #[test]
    fn a_file_of_one_column_has_no_ragged_rows() {
        assert_eq!(rows("a\n\nb\n", 1).0, [["a"], ["b"]]);
        assert_eq!(rows("a\n \nb", 1).0, [["a"], [""], ["b"]]);
    }
}
