//! Text in encodings other than UTF-8, decoded as it is read.

use std::io::Read;

use assay_core::dataset::TextEncoding;
use encoding_rs::{Decoder, DecoderResult, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// By the byte order mark, by where zero bytes stand, by whether it is UTF-8; what is none of these is windows-1252, in
/// which every byte is a character. `cut`: the sample may end inside a character.
pub(super) fn found_out(sample: &[u8], cut: bool) -> TextEncoding {
    for encoding in [
        TextEncoding::Utf8,
        TextEncoding::Utf16Le,
        TextEncoding::Utf16Be,
    ] {
        if mark_of(sample, encoding) > 0 {
            return encoding;
        }
    }
    if let Some(encoding) = by_zeros(sample) {
        return encoding;
    }
    match std::str::from_utf8(sample) {
        Ok(_) => TextEncoding::Utf8,
        // cut off inside a character
        Err(error) if cut && error.error_len().is_none() => TextEncoding::Utf8,
        // zeros and control characters make it binary, whatever its other bytes are
        Err(_) if sample.contains(&0) => TextEncoding::Utf8,
        Err(_) => TextEncoding::Latin1,
    }
}

/// The length of the byte order mark that the text begins with.
pub(super) fn mark_of(sample: &[u8], encoding: TextEncoding) -> usize {
    let mark: &[u8] = match encoding {
        TextEncoding::Utf8 => b"\xef\xbb\xbf",
        TextEncoding::Utf16Le => b"\xff\xfe",
        TextEncoding::Utf16Be => b"\xfe\xff",
        TextEncoding::Latin1 => return 0,
    };
    match sample.starts_with(mark) {
        true => mark.len(),
        false => 0,
    }
}

/// ASCII in UTF-16 has a zero in every other byte: at least a third of one half of the bytes, and hardly one of the
/// other half.
fn by_zeros(sample: &[u8]) -> Option<TextEncoding> {
    // fewer may be a broken file in any encoding
    const MIN_ZEROS: usize = 4;
    let zeros = |parity: usize| {
        sample
            .iter()
            .skip(parity)
            .step_by(2)
            .filter(|b| **b == 0)
            .count()
    };
    let (even, odd, pairs) = (zeros(0), zeros(1), sample.len() / 2);
    if odd >= MIN_ZEROS && odd * 3 > pairs && even * 50 <= pairs {
        Some(TextEncoding::Utf16Le)
    } else if even >= MIN_ZEROS && even * 3 > pairs && odd * 50 <= pairs {
        Some(TextEncoding::Utf16Be)
    } else {
        None
    }
}

/// A byte that stands in no UTF-8 text.
const NO_TEXT: u8 = 0xff;

/// UTF-8 out of another encoding. What is no character there (half a surrogate pair, half a code unit at the end) comes
/// out as a byte that is no UTF-8.
pub(super) struct Decoded<R> {
    inner: R,
    decoder: Decoder,
    /// Read and not yet decoded: `bytes[first..end]`.
    bytes: Vec<u8>,
    first: usize,
    end: usize,
    /// Decoded and not yet taken.
    text: Vec<u8>,
    taken: usize,
    at_end: bool,
    done: bool,
}

const CHUNK_BYTES: usize = 1 << 16;

impl<R: Read> Decoded<R> {
    /// The byte order mark has been taken off.
    pub(super) fn new(inner: R, encoding: TextEncoding) -> Self {
        let encoding = match encoding {
            TextEncoding::Utf16Le => UTF_16LE,
            TextEncoding::Utf16Be => UTF_16BE,
            TextEncoding::Latin1 => WINDOWS_1252,
            TextEncoding::Utf8 => encoding_rs::UTF_8,
        };
        Self {
            inner,
            decoder: encoding.new_decoder_without_bom_handling(),
            bytes: vec![0; CHUNK_BYTES],
            first: 0,
            end: 0,
            text: Vec::new(),
            taken: 0,
            at_end: false,
            done: false,
        }
    }

    fn decode(&mut self) -> std::io::Result<()> {
        if self.first == self.end && !self.at_end {
            self.end = self.inner.read(&mut self.bytes)?;
            self.first = 0;
            self.at_end = self.end == 0;
        }
        // no encoding here makes more than three bytes out of one
        self.text.resize(CHUNK_BYTES * 3 + 16, 0);
        let pending = self.bytes.get(self.first..self.end).unwrap_or_default();
        let (result, n_read, n_written) =
            self.decoder
                .decode_to_utf8_without_replacement(pending, &mut self.text, self.at_end);
        self.first += n_read;
        self.text.truncate(n_written);
        match result {
            DecoderResult::Malformed(..) => self.text.push(NO_TEXT),
            DecoderResult::InputEmpty => self.done = self.at_end,
            DecoderResult::OutputFull => {}
        }
        self.taken = 0;
        Ok(())
    }
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        while self.taken == self.text.len() && !self.done {
            self.decode()?;
        }
        let left = self.text.get(self.taken..).unwrap_or_default();
        let n = left.len().min(buffer.len());
        if let (Some(to), Some(from)) = (buffer.get_mut(..n), left.get(..n)) {
            to.copy_from_slice(from);
        }
        self.taken += n;
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str, little: bool) -> Vec<u8> {
        let pair = |unit: u16| match little {
            true => unit.to_le_bytes(),
            false => unit.to_be_bytes(),
        };
        text.encode_utf16().flat_map(pair).collect()
    }

    #[test]
    fn encodings_are_found_out() {
        let text = "name,city\nJõgi,Tallinn\n";
        let with = |mark: &[u8], text: Vec<u8>| [mark, &text].concat();
        for (sample, encoding) in [
            (text.as_bytes().to_vec(), TextEncoding::Utf8),
            (with(b"\xef\xbb\xbf", text.into()), TextEncoding::Utf8),
            (with(b"\xff\xfe", utf16(text, true)), TextEncoding::Utf16Le),
            (with(b"\xfe\xff", utf16(text, false)), TextEncoding::Utf16Be),
            (utf16(text, true), TextEncoding::Utf16Le),
            (utf16(text, false), TextEncoding::Utf16Be),
            (b"name\nJ\xf5gi\n".to_vec(), TextEncoding::Latin1),
            // no text at all
            (b"\x00\xf5\x00\x00\xf5\xff".to_vec(), TextEncoding::Utf8),
            (b"a".to_vec(), TextEncoding::Utf8),
        ] {
            assert_eq!(found_out(&sample, false), encoding, "{sample:?}");
        }
        let cut = &"õ".as_bytes()[..1];
        assert_eq!(found_out(cut, true), TextEncoding::Utf8);
        assert_eq!(found_out(cut, false), TextEncoding::Latin1);
    }

    #[test]
    fn decoded_text_does_not_depend_on_how_it_is_read() {
        let text = "õ€𝄞 ".repeat(40_000);
        let bytes = utf16(&text, true);
        let mut decoded = Vec::new();
        Decoded::new(bytes.as_slice(), TextEncoding::Utf16Le)
            .read_to_end(&mut decoded)
            .unwrap();
        assert!(decoded == text.as_bytes());
        let mut one_by_one = Decoded::new(&bytes[..600], TextEncoding::Utf16Le);
        let mut piece = [0; 1];
        let mut pieces = Vec::new();
        while one_by_one.read(&mut piece).unwrap() == 1 {
            pieces.push(piece[0]);
        }
        assert_eq!(pieces, &text.as_bytes()[..600]);
    }

    #[test]
    fn what_is_no_character_is_no_utf_8() {
        for (bytes, encoding, expected) in [
            // half a surrogate pair
            (
                &b"a\0\x00\xd8b\0"[..],
                TextEncoding::Utf16Le,
                &b"a\xffb"[..],
            ),
            // half a code unit
            (b"a\0b", TextEncoding::Utf16Le, b"a\xff"),
            (b"\x80\xe4", TextEncoding::Latin1, "€ä".as_bytes()),
        ] {
            let mut decoded = Vec::new();
            Decoded::new(bytes, encoding)
                .read_to_end(&mut decoded)
                .unwrap();
            assert_eq!(decoded, expected, "{bytes:?}");
        }
    }
}
