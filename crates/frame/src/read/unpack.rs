//! Compressed files, unpacked as they are read, to a limit: a file of a few bytes can unpack to more than any disk holds.

use std::io::{BufRead, Read};

use flate2::bufread::MultiGzDecoder;

use crate::error::FileKind;

/// How a file is packed as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compression {
    Gzip,
    Zstd,
}

/// Bytes that any compressed file may unpack to.
pub(super) const MIN_LIMIT: u64 = 1 << 30;

/// Tables of text shrink to a tenth, logs that repeat themselves to a fiftieth; bombs to a thousandth and less.
const MAX_RATIO: u64 = 200;

/// Bytes that a file of `size` bytes may unpack to: 200 times its own, and always `least`.
pub(super) fn limit(size: u64, least: u64) -> u64 {
    size.saturating_mul(MAX_RATIO).max(least)
}

impl Compression {
    pub(super) fn of(sample: &[u8]) -> Option<Self> {
        if sample.starts_with(&[0x1f, 0x8b]) {
            return Some(Self::Gzip);
        }
        sample
            .starts_with(&[0x28, 0xb5, 0x2f, 0xfd])
            .then_some(Self::Zstd)
    }

    pub(super) fn kind(self) -> FileKind {
        match self {
            Self::Gzip => FileKind::Gzip,
            Self::Zstd => FileKind::Zstd,
        }
    }

    pub fn label(self) -> &'static str {
        self.kind().label()
    }

    pub(super) fn reader(
        self,
        packed: impl BufRead + Send + 'static,
    ) -> std::io::Result<Box<dyn Read + Send>> {
        Ok(match self {
            Self::Gzip => Box::new(MultiGzDecoder::new(packed)),
            // zstd refuses windows of more than 128 MB by itself
            Self::Zstd => Box::new(zstd::stream::read::Decoder::with_buffer(packed)?),
        })
    }
}

/// Fails when more than `limit` bytes come out.
pub(super) struct Limited<R> {
    inner: R,
    limit: u64,
    left: u64,
}

#[derive(Debug, thiserror::Error)]
#[error("more than {0} bytes")]
struct Exceeded(u64);

impl<R> Limited<R> {
    pub(super) fn new(inner: R, limit: u64) -> Self {
        Self {
            inner,
            limit,
            left: limit,
        }
    }
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let n = self.inner.read(buffer)?;
        match self.left.checked_sub(n as u64) {
            Some(left) => self.left = left,
            None => return Err(std::io::Error::other(Exceeded(self.limit))),
        }
        Ok(n)
    }
}

/// The limit that was exceeded, when that is what the error says.
pub(super) fn exceeded(error: &std::io::Error) -> Option<u64> {
    let exceeded = error.get_ref()?.downcast_ref::<Exceeded>()?;
    Some(exceeded.0)
}
