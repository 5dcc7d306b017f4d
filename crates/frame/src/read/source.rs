//! What a file is: found out from its first bytes and held against its name.

use std::fs::File;
use std::io::{BufReader, Cursor, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::read::MultiGzDecoder;

use crate::error::{Error, FileKind};

/// As much of the file as is looked at to find out its kind, its delimiter and its header.
const SAMPLE_BYTES: u64 = 64 * 1024;

/// A text file about to be read, without compression and without a byte order mark.
pub(super) struct Source {
    pub(super) kind: FileKind,
    /// The first bytes of the text, once more.
    pub(super) sample: Vec<u8>,
    /// Whether the sample is the whole text.
    pub(super) sample_is_all: bool,
    /// Whether the name says that tabs delimit.
    pub(super) tabs: bool,
    pub(super) reader: Box<dyn Read + Send>,
    pub(super) progress: ReadBytes,
}

/// How many bytes of the file have been read, for progress.
#[derive(Clone)]
pub(super) struct ReadBytes {
    done: Arc<AtomicU64>,
    pub(super) total: u64,
}

impl ReadBytes {
    pub(super) fn done(&self) -> u64 {
        self.done.load(Ordering::Relaxed)
    }
}

/// What the name promises; `None`: nothing.
struct Promise {
    kind: Option<FileKind>,
    gzip: bool,
    tabs: bool,
}

pub(super) fn open(path: &Path) -> Result<Source, Error> {
    let failed = |source| Error::Io {
        path: path.to_owned(),
        source,
    };
    let file = File::open(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Error::NoSuchFile(path.to_owned()),
        _ => failed(error),
    })?;
    let total = file.metadata().map_err(failed)?.len();
    let progress = ReadBytes {
        done: Arc::default(),
        total,
    };
    let mut reader: Box<dyn Read + Send> = Box::new(BufReader::new(Counted {
        file,
        done: Arc::clone(&progress.done),
    }));
    let promise = promise_of(path);
    let mut sample = take_sample(&mut reader).map_err(failed)?;
    if sample.is_empty() {
        return Err(Error::EmptyFile);
    }
    let gzip = sample.starts_with(&[0x1f, 0x8b]);
    if gzip {
        if !promise.gzip && promise.kind.is_some() {
            return Err(mismatch(&promise, FileKind::Gzip));
        }
        reader = Box::new(BufReader::new(MultiGzDecoder::new(
            Cursor::new(sample).chain(reader),
        )));
        sample = take_sample(&mut reader).map_err(|error| Error::Unreadable(error.to_string()))?;
        if sample.is_empty() {
            return Err(Error::EmptyFile);
        }
    }
    let kind = kind_of(&sample);
    if promise.gzip != gzip && promise.gzip {
        return Err(Error::KindMismatch {
            name: FileKind::Gzip,
            content: kind,
        });
    }
    if let Some(named) = promise.kind
        && named != kind
    {
        return Err(mismatch(&promise, kind));
    }
    match kind {
        FileKind::Delimited | FileKind::Json => {}
        FileKind::Parquet if !gzip => {}
        other => return Err(Error::UnknownKind(other)),
    }
    if sample.starts_with(BYTE_ORDER_MARK) {
        sample.drain(..BYTE_ORDER_MARK.len());
    }
    if sample.iter().all(u8::is_ascii_whitespace) && (sample.len() as u64) < SAMPLE_BYTES {
        return Err(Error::EmptyFile);
    }
    Ok(Source {
        kind,
        sample_is_all: (sample.len() as u64) < SAMPLE_BYTES - BYTE_ORDER_MARK.len() as u64,
        tabs: promise.tabs,
        reader: Box::new(Cursor::new(sample.clone()).chain(reader)),
        sample,
        progress,
    })
}

/// The 1-based line of the first row that begins at or after a byte of the text. Reads the file again: for errors only.
pub(super) fn line_at(path: &Path, offset: u64) -> u64 {
    let Ok(source) = open(path) else {
        return 0;
    };
    let mut line = 1;
    for (place, byte) in (0..).zip(BufReader::new(source.reader).bytes()) {
        match byte {
            Ok(b'\n') => line += 1,
            Ok(b'\r') => {}
            Ok(_) if place < offset => {}
            _ => break,
        }
    }
    line
}

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

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

fn promise_of(path: &Path) -> Promise {
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().to_lowercase())
        .unwrap_or_default();
    let (name, gzip) = match name.strip_suffix(".gz").or(name.strip_suffix(".gzip")) {
        Some(inner) => (inner, true),
        None => (name.as_str(), false),
    };
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    let kind = match ending {
        "csv" | "tsv" | "tab" => Some(FileKind::Delimited),
        "json" | "jsonl" | "ndjson" => Some(FileKind::Json),
        "parquet" | "pq" => Some(FileKind::Parquet),
        _ => None,
    };
    Promise {
        kind,
        gzip,
        tabs: matches!(ending, "tsv" | "tab"),
    }
}

fn kind_of(sample: &[u8]) -> FileKind {
    if sample.starts_with(b"PAR1") {
        return FileKind::Parquet;
    }
    if sample.starts_with(b"PK\x03\x04") {
        return FileKind::Zip;
    }
    if sample.starts_with(&[0x1f, 0x8b]) {
        return FileKind::Gzip;
    }
    if sample.contains(&0) {
        return FileKind::Binary;
    }
    let text = sample.strip_prefix(BYTE_ORDER_MARK).unwrap_or(sample);
    match text.iter().find(|byte| !byte.is_ascii_whitespace()) {
        Some(b'{' | b'[') if begins_json(text) => FileKind::Json,
        _ => FileKind::Delimited,
    }
}

/// A header such as `{id},{name}` begins with a brace as well; the first JSON value decides.
fn begins_json(sample: &[u8]) -> bool {
    let mut values = serde_json::Deserializer::from_slice(sample).into_iter::<serde_json::Value>();
    match values.next() {
        Some(Err(error)) => error.is_eof() || sample.trim_ascii_start().starts_with(b"{\""),
        _ => true,
    }
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
