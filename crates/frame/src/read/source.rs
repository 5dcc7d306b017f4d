//! What a file is: found out from its first bytes and held against its name. Text comes out as UTF-8 without
//! compression, whatever it was in the file.

use std::fs::File;
use std::io::{BufReader, Cursor, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use assay_core::dataset::{ImportOptions, TextEncoding};

use super::encoding;
use super::magic::{self, Promise};
use super::unpack::{self, Compression, Limited};
use crate::error::{Error, FileKind};

/// As much of the file as is looked at to find out its kind, its encoding, its delimiter and its header.
pub(crate) const SAMPLE_BYTES: u64 = 64 * 1024;

/// A file about to be read. Text is without compression and without a byte order mark.
pub(crate) struct Source {
    pub(crate) kind: FileKind,
    /// The first bytes of the text, once more.
    pub(crate) sample: Vec<u8>,
    /// Whether the sample is the whole text.
    pub(crate) sample_is_all: bool,
    /// Whether the name says that tabs delimit.
    pub(crate) tabs: bool,
    /// UTF-8. What is no text in the file's encoding comes as bytes that are no UTF-8, so that one check finds both.
    pub(crate) reader: Box<dyn Read + Send>,
    pub(crate) progress: ReadBytes,
    pub(crate) encoding: TextEncoding,
    pub(crate) compression: Option<Compression>,
}

/// How many bytes of the file have been read, for progress.
#[derive(Clone, Default)]
pub(crate) struct ReadBytes {
    done: Arc<AtomicU64>,
    pub(crate) total: u64,
}

impl ReadBytes {
    pub(crate) fn new(total: u64) -> Self {
        Self {
            done: Arc::default(),
            total,
        }
    }

    pub(crate) fn done(&self) -> u64 {
        self.done.load(Ordering::Relaxed)
    }

    pub(crate) fn set(&self, done: u64) {
        self.done.store(done, Ordering::Relaxed);
    }
}

impl Source {
    /// Makes the sample `n_bytes` long, or the whole text when that is shorter.
    pub(crate) fn lengthen_sample(&mut self, n_bytes: u64) -> Result<(), Error> {
        let mut sample = Vec::new();
        self.reader
            .by_ref()
            .take(n_bytes)
            .read_to_end(&mut sample)
            .map_err(failed)?;
        self.sample_is_all = (sample.len() as u64) < n_bytes;
        let rest = std::mem::replace(&mut self.reader, Box::new(std::io::empty()));
        self.reader = Box::new(Cursor::new(sample.clone()).chain(rest));
        self.sample = sample;
        Ok(())
    }
}

/// # Errors
/// [`Error::NoSuchFile`], [`Error::Io`], [`Error::EmptyFile`], [`Error::KindMismatch`] when name and content disagree,
/// [`Error::UnknownKind`] for content that no reader knows, [`Error::Unreadable`].
pub(crate) fn open(path: &Path, options: &ImportOptions) -> Result<Source, Error> {
    open_limited(path, options, unpack::MIN_LIMIT)
}

/// `unpacked_limit`: bytes that a compressed file may always unpack to.
pub(crate) fn open_limited(
    path: &Path,
    options: &ImportOptions,
    unpacked_limit: u64,
) -> Result<Source, Error> {
    let (file, total) = open_file(path)?;
    let progress = ReadBytes::new(total);
    let mut reader: Box<dyn Read + Send> = Box::new(BufReader::new(Counted {
        file,
        done: Arc::clone(&progress.done),
    }));
    let promise = magic::promise_of(path);
    let mut sample = take_sample(&mut reader).map_err(|error| io(path, error))?;
    if sample.is_empty() {
        return Err(Error::EmptyFile);
    }
    let compression = Compression::of(&sample);
    if let Some(compression) = compression {
        if promise.compression.is_none() && promise.kind.is_some() {
            return Err(mismatch(&promise, compression.kind()));
        }
        let packed = BufReader::new(Cursor::new(sample).chain(reader));
        let unpacked = compression
            .reader(packed)
            .map_err(|error| io(path, error))?;
        reader = Box::new(BufReader::new(Limited::new(
            unpacked,
            unpack::limit(total, unpacked_limit),
        )));
        sample = take_sample(&mut reader).map_err(failed)?;
        if sample.is_empty() {
            return Err(Error::EmptyFile);
        }
    }
    let encoding = options
        .encoding
        .unwrap_or_else(|| encoding::found_out(&sample, sample.len() as u64 == SAMPLE_BYTES));
    let mut kind = magic::kind_of_bytes(&sample);
    let mark = encoding::mark_of(&sample, encoding);
    if kind.is_none() {
        sample.drain(..mark);
        if encoding != TextEncoding::Utf8 {
            let decoder = encoding::Decoded::new(Cursor::new(sample).chain(reader), encoding);
            reader = Box::new(BufReader::new(decoder));
            sample = take_sample(&mut reader).map_err(failed)?;
        }
        kind = Some(magic::kind_of_text(&sample));
    }
    let kind = kind.unwrap_or(FileKind::Binary);
    if let Some(named) = promise.compression
        && compression != Some(named)
    {
        return Err(Error::KindMismatch {
            name: named.kind(),
            content: compression.map_or(kind, Compression::kind),
        });
    }
    if promise.kind.is_some_and(|named| named != kind) {
        return Err(mismatch(&promise, kind));
    }
    match kind {
        FileKind::Delimited | FileKind::Json => {}
        FileKind::Parquet | FileKind::Arrow | FileKind::Excel | FileKind::Sqlite
            if compression.is_none() => {}
        other => return Err(Error::UnknownKind(other)),
    }
    let whole = (sample.len() as u64) < SAMPLE_BYTES - mark as u64;
    if sample.iter().all(u8::is_ascii_whitespace) && whole {
        return Err(Error::EmptyFile);
    }
    Ok(Source {
        kind,
        sample_is_all: whole,
        tabs: promise.tabs,
        reader: Box::new(Cursor::new(sample.clone()).chain(reader)),
        sample,
        progress,
        encoding,
        compression,
    })
}

/// The file and its length in bytes.
pub(crate) fn open_file(path: &Path) -> Result<(File, u64), Error> {
    let file = File::open(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Error::NoSuchFile(path.to_owned()),
        _ => io(path, error),
    })?;
    let metadata = file.metadata().map_err(|error| io(path, error))?;
    if !metadata.is_file() {
        return Err(Error::NotAFile(path.to_owned()));
    }
    Ok((file, metadata.len()))
}

/// An error of [`Source::reader`] as what it means.
pub(crate) fn failed(error: std::io::Error) -> Error {
    match unpack::exceeded(&error) {
        Some(limit) => Error::TooLarge(format!(
            "it unpacks to more than {} MB",
            limit.div_ceil(1_000_000)
        )),
        None => Error::Unreadable(error.to_string()),
    }
}

fn io(path: &Path, source: std::io::Error) -> Error {
    Error::Io {
        path: path.to_owned(),
        source,
    }
}

fn mismatch(promise: &Promise, content: FileKind) -> Error {
    match promise.kind {
        Some(name) => Error::KindMismatch { name, content },
        None => Error::UnknownKind(content),
    }
}

fn take_sample(reader: &mut impl Read) -> std::io::Result<Vec<u8>> {
    let mut sample = Vec::new();
    reader.take(SAMPLE_BYTES).read_to_end(&mut sample)?;
    Ok(sample)
}

struct Counted {
    file: File,
    done: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let n = self.file.read(buffer)?;
        self.done.fetch_add(n as u64, Ordering::Relaxed);
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn what_unpacks_without_end_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let text = "1\n".repeat(1 << 21);
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        gzip.write_all(text.as_bytes()).unwrap();
        let zstd = zstd::stream::encode_all(text.as_bytes(), 3).unwrap();
        for (name, bytes) in [("t.csv.gz", gzip.finish().unwrap()), ("t.csv.zst", zstd)] {
            let path = folder.path().join(name);
            std::fs::write(&path, bytes).unwrap();
            for (limit, whole) in [(u64::MAX, true), (1 << 20, false)] {
                let source = open_limited(&path, &ImportOptions::default(), limit).unwrap();
                let mut unpacked = Vec::new();
                let mut reader = source.reader;
                let outcome = reader.read_to_end(&mut unpacked).map_err(failed);
                match (whole, outcome) {
                    (true, Ok(n)) => assert_eq!(n, text.len(), "{name}"),
                    (false, Err(Error::TooLarge(reason))) => {
                        assert!(reason.contains("unpacks to more than"), "{reason}");
                    }
                    (_, other) => panic!("{name} {limit}: {other:?}"),
                }
            }
        }
    }

    #[test]
    fn every_encoding_comes_out_as_utf_8() {
        let folder = tempfile::tempdir().unwrap();
        let text = "nimi,linn\nJõgi,Tartu\nÜlle,Võru\n";
        let wide = |little: bool| -> Vec<u8> {
            let pair = |unit: u16| match little {
                true => unit.to_le_bytes(),
                false => unit.to_be_bytes(),
            };
            text.encode_utf16().flat_map(pair).collect()
        };
        let latin = text.chars().map(|c| c as u8).collect();
        for (bytes, encoding) in [
            (text.as_bytes().to_vec(), TextEncoding::Utf8),
            (
                [b"\xef\xbb\xbf", text.as_bytes()].concat(),
                TextEncoding::Utf8,
            ),
            (
                [b"\xff\xfe".to_vec(), wide(true)].concat(),
                TextEncoding::Utf16Le,
            ),
            (
                [b"\xfe\xff".to_vec(), wide(false)].concat(),
                TextEncoding::Utf16Be,
            ),
            (wide(true), TextEncoding::Utf16Le),
            (latin, TextEncoding::Latin1),
        ] {
            let path = folder.path().join("t.csv");
            std::fs::write(&path, bytes).unwrap();
            let mut source = open(&path, &ImportOptions::default()).unwrap();
            let mut read = String::new();
            source.reader.read_to_string(&mut read).unwrap();
            assert_eq!((source.encoding, read.as_str()), (encoding, text));
            assert!(source.sample_is_all && source.sample == text.as_bytes());
        }
    }
}
