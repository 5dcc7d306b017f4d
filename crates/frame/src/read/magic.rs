//! What a file's first bytes and its name say that it is.

use std::path::Path;

use super::unpack::Compression;
use crate::error::FileKind;

/// What a name promises; `None`: nothing.
pub(super) struct Promise {
    pub(super) kind: Option<FileKind>,
    pub(super) compression: Option<Compression>,
    pub(super) tabs: bool,
}

pub(super) fn promise_of(path: &Path) -> Promise {
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().to_lowercase())
        .unwrap_or_default();
    let packed = [
        (".gz", Compression::Gzip),
        (".gzip", Compression::Gzip),
        (".zst", Compression::Zstd),
        (".zstd", Compression::Zstd),
    ];
    let stripped = packed
        .iter()
        .find_map(|(ending, packed)| Some((name.strip_suffix(ending)?, *packed)));
    let (name, compression) = match stripped {
        Some((inner, packed)) => (inner, Some(packed)),
        None => (name.as_str(), None),
    };
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    let kind = match ending {
        "csv" | "tsv" | "tab" => Some(FileKind::Delimited),
        "json" | "jsonl" | "ndjson" => Some(FileKind::Json),
        "parquet" | "pq" => Some(FileKind::Parquet),
        "arrow" | "arrows" | "ipc" | "feather" => Some(FileKind::Arrow),
        "xlsx" | "xlsm" | "xlsb" | "xls" | "ods" => Some(FileKind::Excel),
        "sqlite" | "sqlite3" | "db3" => Some(FileKind::Sqlite),
        _ => None,
    };
    Promise {
        kind,
        compression,
        tabs: matches!(ending, "tsv" | "tab"),
    }
}

/// By the marks that files of bytes begin with; `None`: it may be text.
pub(super) fn kind_of_bytes(sample: &[u8]) -> Option<FileKind> {
    let marks: [(&[u8], FileKind); 7] = [
        (b"PAR1", FileKind::Parquet),
        (b"ARROW1", FileKind::Arrow),
        // an IPC stream: the mark of a message, before the length of its head
        (b"\xff\xff\xff\xff", FileKind::Arrow),
        (b"SQLite format 3\0", FileKind::Sqlite),
        // a compound file: a workbook of Excel 97 to 2003
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", FileKind::Excel),
        (b"\x1f\x8b", FileKind::Gzip),
        (b"\x28\xb5\x2f\xfd", FileKind::Zstd),
    ];
    if sample.starts_with(b"PK\x03\x04") {
        return Some(match is_workbook(sample) {
            true => FileKind::Excel,
            false => FileKind::Zip,
        });
    }
    let found = marks.iter().find(|(mark, _)| sample.starts_with(mark));
    found.map(|(_, kind)| *kind)
}

/// The first entries of an archive name what it is.
fn is_workbook(sample: &[u8]) -> bool {
    let holds = |text: &[u8]| memchr::memmem::find(sample, text).is_some();
    holds(b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet")
        || holds(b"[Content_Types].xml") && !holds(b"word/") && !holds(b"ppt/")
        || holds(b"xl/")
}

/// Of text in UTF-8.
pub(super) fn kind_of_text(sample: &[u8]) -> FileKind {
    let is_control = |byte: &&u8| matches!(**byte, 0x01..=0x08 | 0x0e..=0x1a | 0x1c..=0x1f);
    let n_controls = sample.iter().filter(is_control).count();
    if sample.contains(&0) || n_controls * 50 > sample.len() {
        return FileKind::Binary;
    }
    match sample.iter().find(|byte| !byte.is_ascii_whitespace()) {
        Some(b'{' | b'[') if begins_json(sample) => FileKind::Json,
        _ => FileKind::Delimited,
    }
}

/// A header such as `{id},{name}` begins with a brace as well; the first JSON value decides.
fn begins_json(sample: &[u8]) -> bool {
    let mut values = serde_json::Deserializer::from_slice(sample).into_iter::<serde_json::Value>();
    match values.next() {
        Some(Err(error)) => {
            let text = sample.trim_ascii_start();
            let item = text.strip_prefix(b"[").unwrap_or(text).trim_ascii_start();
            error.is_eof() || item.starts_with(b"{\"")
        }
        _ => true,
    }
}
