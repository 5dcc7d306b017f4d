//! The framing of `run-*.wandb`: LevelDB's log in blocks of 32 KiB behind a header of seven bytes, with the plain CRC-32
//! of type and bytes.

use std::io::{ErrorKind, Read};

pub const HEADER: [u8; 4] = *b":W&B";
const HEADER_BYTES: usize = 7;
const BLOCK_BYTES: usize = 32 << 10;
const HEAD_BYTES: usize = 7;
/// A record that is put together of more is none.
const MAX_RECORD_BYTES: usize = 512 << 20;

/// The records of a stream. What is damaged is passed over up to the next block.
pub struct Records<R> {
    stream: R,
    block: Vec<u8>,
    /// Of the next part in the block.
    at: usize,
    is_last_block: bool,
    n_damaged: u64,
}

/// How a part stands to its record.
const FULL: u8 = 1;
const FIRST: u8 = 2;
const MIDDLE: u8 = 3;
const LAST: u8 = 4;

enum Part {
    Bytes { kind: u8, from: usize, to: usize },
    Damaged,
    End,
}

impl<R: Read> Records<R> {
    /// `None`: it is no such file.
    ///
    /// # Errors
    /// What the stream says.
    pub fn begin(stream: R) -> std::io::Result<Option<Self>> {
        let mut records = Self {
            stream,
            block: Vec::new(),
            at: HEADER_BYTES,
            is_last_block: false,
            n_damaged: 0,
        };
        records.next_block()?;
        records.at = HEADER_BYTES;
        Ok(records.block.starts_with(&HEADER).then_some(records))
    }

    /// Parts that were passed over.
    pub fn n_damaged(&self) -> u64 {
        self.n_damaged
    }

    /// `None` at the end; a last record that is not whole is not given.
    ///
    /// # Errors
    /// What the stream says.
    pub fn next_record(&mut self) -> std::io::Result<Option<Vec<u8>>> {
        let mut record: Option<Vec<u8>> = None;
        loop {
            let (kind, from, to) = match self.next_part()? {
                Part::Bytes { kind, from, to } => (kind, from, to),
                Part::Damaged => {
                    self.n_damaged += 1;
                    record = None;
                    continue;
                }
                Part::End => return Ok(None),
            };
            let bytes = self.block.get(from..to).unwrap_or_default();
            match (kind, &mut record) {
                (FULL, _) => return Ok(Some(bytes.to_vec())),
                (FIRST, _) => record = Some(bytes.to_vec()),
                (MIDDLE | LAST, Some(known)) if known.len() + bytes.len() <= MAX_RECORD_BYTES => {
                    known.extend_from_slice(bytes);
                }
                // a middle without a beginning belongs to what was damaged
                _ => record = None,
            }
            if kind == LAST && record.is_some() {
                return Ok(record);
            }
        }
    }

    fn next_part(&mut self) -> std::io::Result<Part> {
        loop {
            let rest = self.block.get(self.at..).unwrap_or_default();
            if rest.len() < HEAD_BYTES {
                if self.is_last_block {
                    return Ok(Part::End);
                }
                self.next_block()?;
                continue;
            }
            let &[c0, c1, c2, c3, l0, l1, kind, ..] = rest else {
                return Ok(Part::End);
            };
            let checksum = u32::from_le_bytes([c0, c1, c2, c3]);
            let length = usize::from(u16::from_le_bytes([l0, l1]));
            if kind == 0 && length == 0 {
                // the rest of the block was left empty
                self.at = self.block.len();
                continue;
            }
            let from = self.at + HEAD_BYTES;
            let Some(bytes) = self.block.get(from..from + length) else {
                let was_last = self.is_last_block;
                self.at = self.block.len();
                return Ok(if was_last { Part::End } else { Part::Damaged });
            };
            let mut hasher = crc32fast::Hasher::new();
            hasher.update(&[kind]);
            hasher.update(bytes);
            if hasher.finalize() != checksum {
                self.at = self.block.len();
                return Ok(Part::Damaged);
            }
            self.at = from + length;
            return Ok(Part::Bytes {
                kind,
                from,
                to: from + length,
            });
        }
    }

    fn next_block(&mut self) -> std::io::Result<()> {
        self.block.resize(BLOCK_BYTES, 0);
        let mut n = 0;
        while n < BLOCK_BYTES {
            match self
                .stream
                .read(self.block.get_mut(n..).unwrap_or_default())
            {
                Ok(0) => break,
                Ok(more) => n += more,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        self.block.truncate(n);
        self.is_last_block = n < BLOCK_BYTES;
        self.at = 0;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn part(kind: u8, bytes: &[u8]) -> Vec<u8> {
        let mut hasher = crc32fast::Hasher::new();
        hasher.update(&[kind]);
        hasher.update(bytes);
        let mut part = hasher.finalize().to_le_bytes().to_vec();
        part.extend((bytes.len() as u16).to_le_bytes());
        part.push(kind);
        part.extend(bytes);
        part
    }

    /// As the format's description has it: what does not fit a block goes on in the next.
    fn written(records: &[Vec<u8>]) -> Vec<u8> {
        let mut file = b":W&B\xe1\xbe\0".to_vec();
        for record in records {
            let mut rest = record.as_slice();
            let mut is_first = true;
            loop {
                let left = BLOCK_BYTES - file.len() % BLOCK_BYTES;
                if left < HEAD_BYTES {
                    file.extend(vec![0; left]);
                    continue;
                }
                let (now, later) = rest.split_at(rest.len().min(left - HEAD_BYTES));
                let kind = match (is_first, later.is_empty()) {
                    (true, true) => FULL,
                    (true, false) => FIRST,
                    (false, false) => MIDDLE,
                    (false, true) => LAST,
                };
                file.extend(part(kind, now));
                (rest, is_first) = (later, false);
                if rest.is_empty() {
                    break;
                }
            }
        }
        file
    }

    fn read(bytes: &[u8]) -> (Vec<Vec<u8>>, u64) {
        let mut records = Records::begin(bytes).unwrap().unwrap();
        let mut found = Vec::new();
        while let Some(record) = records.next_record().unwrap() {
            found.push(record);
        }
        (found, records.n_damaged())
    }

    fn record() -> impl Strategy<Value = Vec<u8>> {
        (
            any::<u8>(),
            prop_oneof![0..200_usize, 30_000..100_000_usize],
        )
            .prop_map(|(byte, n)| vec![byte; n])
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn records_of_any_length_are_read_back_and_a_cut_keeps_the_whole_ones(
            records in prop::collection::vec(record(), 0..12),
            cut in any::<prop::sample::Index>(),
        ) {
            let bytes = written(&records);
            prop_assert_eq!(read(&bytes), (records.clone(), 0));
            let cut = 7 + cut.index(bytes.len() - 6);
            let (whole, _) = read(&bytes[..cut]);
            prop_assert!(records.starts_with(&whole));
        }

        #[test]
        fn a_damaged_byte_loses_no_more_than_its_block_and_the_records_that_reach_into_it(
            place in any::<prop::sample::Index>(),
        ) {
            let records: Vec<Vec<u8>> = (0..60_u8).map(|byte| vec![byte; 2_000]).collect();
            let mut bytes = written(&records);
            let place = 7 + place.index(bytes.len() - 7);
            bytes[place] ^= 0x10;
            let (found, _) = read(&bytes);
            prop_assert!(found.len() >= 60 - 18, "{}", found.len());
            prop_assert!(found.iter().all(|record| records.contains(record)));
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
            let mut file = HEADER.to_vec();
            file.extend(bytes);
            if let Ok(Some(mut records)) = Records::begin(file.as_slice()) {
                while let Ok(Some(record)) = records.next_record() {
                    prop_assert!(record.len() <= file.len());
                }
            }
        }
    }

    #[test]
    fn another_file_is_told_apart() {
        assert!(
            Records::begin(b"PK\x03\x04 and so on".as_slice())
                .unwrap()
                .is_none()
        );
        assert!(Records::begin(b"".as_slice()).unwrap().is_none());
    }
}
