//! TFRecord, the framing of event files: length, its checksum, bytes, their checksum; all little-endian.
//!
//! The checksums are CRC-32C, masked as in TensorFlow's `lib/hash/crc32c.h`.

use std::io::{ErrorKind, Read};

/// An event of this size is no event; larger ones are passed over.
const MAX_RECORD_BYTES: u64 = 512 << 20;
const MASK_DELTA: u32 = 0xa282_ead8;

/// The records of a stream.
pub struct Records<R> {
    stream: R,
    is_over: bool,
}

#[derive(Debug, PartialEq, Eq)]
pub enum Record {
    Whole(Vec<u8>),
    /// Its bytes do not have their checksum; the next record can be read.
    Damaged,
}

/// Why no further record can be read.
#[derive(Debug, thiserror::Error)]
pub enum End {
    /// Normal for a file that is being written.
    #[error("the last record is not whole")]
    Truncated,
    #[error("the length of a record is damaged, and what follows cannot be found")]
    Lost,
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

impl<R: Read> Records<R> {
    pub fn new(stream: R) -> Self {
        Self {
            stream,
            is_over: false,
        }
    }

    fn read_next(&mut self) -> Result<Option<Record>, End> {
        let mut head = [0; 12];
        match fill(&mut self.stream, &mut head)? {
            0 => return Ok(None),
            12 => {}
            _ => return Err(End::Truncated),
        }
        let (length, checksum) = head.split_at(8);
        if masked(length) != little(checksum) as u32 {
            return Err(End::Lost);
        }
        let length = little(length);
        if length > MAX_RECORD_BYTES {
            let wanted = length.saturating_add(4);
            let passed = std::io::copy(&mut (&mut self.stream).take(wanted), &mut std::io::sink())?;
            return match passed == wanted {
                true => Ok(Some(Record::Damaged)),
                false => Err(End::Truncated),
            };
        }
        // grows with what is there, not with what the length says
        let mut bytes = Vec::new();
        (&mut self.stream).take(length).read_to_end(&mut bytes)?;
        let mut checksum = [0; 4];
        if bytes.len() as u64 != length || fill(&mut self.stream, &mut checksum)? != 4 {
            return Err(End::Truncated);
        }
        Ok(Some(match masked(&bytes) == u32::from_le_bytes(checksum) {
            true => Record::Whole(bytes),
            false => Record::Damaged,
        }))
    }
}

impl<R: Read> Iterator for Records<R> {
    type Item = Result<Record, End>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_over {
            return None;
        }
        let next = self.read_next();
        self.is_over = !matches!(next, Ok(Some(_)));
        next.transpose()
    }
}

/// The checksum as it stands in a file.
pub fn masked(bytes: &[u8]) -> u32 {
    crc32c::crc32c(bytes)
        .rotate_right(15)
        .wrapping_add(MASK_DELTA)
}

/// How many bytes were there.
fn fill(stream: &mut impl Read, buffer: &mut [u8]) -> std::io::Result<usize> {
    let mut n = 0;
    while let Some(rest) = buffer.get_mut(n..).filter(|rest| !rest.is_empty()) {
        match stream.read(rest) {
            Ok(0) => break,
            Ok(more) => n += more,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(n)
}

fn little(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .rev()
        .fold(0, |value, byte| value << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn framed(records: &[Vec<u8>]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for record in records {
            let length = (record.len() as u64).to_le_bytes();
            bytes.extend(length);
            bytes.extend(masked(&length).to_le_bytes());
            bytes.extend(record);
            bytes.extend(masked(record).to_le_bytes());
        }
        bytes
    }

    fn read(bytes: &[u8]) -> Vec<Result<Record, End>> {
        Records::new(bytes).collect()
    }

    /// Known answer: `123456789` has the CRC-32C e3069283.
    #[test]
    fn the_checksum_is_that_of_tensorflow() {
        let expected = 0xe306_9283_u32.rotate_right(15).wrapping_add(MASK_DELTA);
        assert_eq!(masked(b"123456789"), expected);
    }

    proptest! {
        #[test]
        fn what_is_framed_is_read_and_every_beginning_of_it_reads_its_whole_records(
            records in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..200), 0..8),
            cut in any::<prop::sample::Index>(),
        ) {
            let bytes = framed(&records);
            let whole: Vec<_> = read(&bytes).into_iter().map(Result::unwrap).collect();
            prop_assert_eq!(&whole, &records.iter().cloned().map(Record::Whole).collect::<Vec<_>>());
            let cut = cut.index(bytes.len() + 1);
            let mut expected = 0;
            let mut end = 0;
            for record in &records {
                if end + record.len() + 16 > cut { break }
                end += record.len() + 16;
                expected += 1;
            }
            let mut beginning = read(&bytes[..cut]);
            let truncated = matches!(beginning.last(), Some(Err(End::Truncated)));
            prop_assert_eq!(truncated, end < cut);
            beginning.retain(Result::is_ok);
            prop_assert_eq!(beginning.len(), expected);
        }

        #[test]
        fn a_flipped_bit_costs_its_own_record_or_what_follows(
            records in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..50), 1..6),
            place in any::<prop::sample::Index>(),
            bit in 0..8_u32,
        ) {
            let mut bytes = framed(&records);
            let place = place.index(bytes.len());
            bytes[place] ^= 1 << bit;
            let mut n_whole = 0;
            for (index, outcome) in read(&bytes).into_iter().enumerate() {
                if let Ok(Record::Whole(read)) = outcome {
                    prop_assert_eq!(&read, &records[index]);
                    n_whole += 1;
                }
            }
            prop_assert!(n_whole < records.len());
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            prop_assert!(read(&bytes).len() <= bytes.len() / 16 + 1);
        }
    }
}
