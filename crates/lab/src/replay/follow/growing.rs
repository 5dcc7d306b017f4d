//! What is new in files since they were looked at last: whole lines of text, whole files of other kinds.

use std::collections::HashMap;
use std::fs::{File, Metadata};
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use assay_core::Task;
use assay_core::code::Code;
use assay_core::dataset::ImportOptions;
use assay_frame::FileKind;

use super::super::pass::Pass;
use super::super::reading::Reading;
use super::super::subject::Subject;
use crate::datasets::file_name;
use crate::error::Cause;

/// Bytes of a file that are taken at once.
const MAX_BYTES: u64 = 64 << 20;
/// Bytes at the beginning by which a file is known again.
const KNOWN_BYTES: u64 = 4_096;

/// Files that were seen, wherever they stand now.
pub struct Growing {
    seen: HashMap<Identity, Seen>,
    /// Where new lines wait to be read.
    folder: tempfile::TempDir,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Identity {
    /// Device and number of the file, which stay when it is renamed.
    #[cfg(unix)]
    File(u64, u64),
    #[cfg(not(unix))]
    Path(PathBuf),
}

struct Seen {
    /// Bytes that were read.
    offset: u64,
    /// Of its first bytes, as many as were read, at most [`KNOWN_BYTES`].
    beginning: blake3::Hash,
    /// The line with the names, of delimited text.
    header: Vec<u8>,
    /// Its size at the last look, for files that are read when they are whole.
    size: u64,
    is_done: bool,
}

impl Growing {
    pub fn new() -> Result<Self, Cause> {
        let folder = tempfile::tempdir();
        Ok(Self {
            seen: HashMap::new(),
            folder: folder.map_err(|error| Cause::io(&std::env::temp_dir(), error))?,
        })
    }

    /// Reads what is new; says whether there was anything. `is_last`: files that are read as a whole do not have to wait
    /// until they are settled.
    pub fn look(
        &mut self,
        files: &[PathBuf],
        subject: &Subject,
        reading: &Reading,
        pass: &mut Pass,
        is_last: bool,
    ) -> Result<bool, Cause> {
        let mut is_new = false;
        // What was begun goes on first: a file that was moved aside is older than the one in its place.
        let is_begun = |path: &&PathBuf| {
            std::fs::metadata(path)
                .is_ok_and(|metadata| self.seen.contains_key(&identity(path, &metadata)))
        };
        let (begun, fresh): (Vec<&PathBuf>, Vec<&PathBuf>) = files.iter().partition(is_begun);
        for path in begun.into_iter().chain(fresh) {
            let read = match self.lines(path, &reading.options) {
                Ok(Some(chunk)) => Some(chunk),
                Ok(None) => self.whole(path, is_last)?,
                // A file that was moved away this moment is found again under its new name.
                Err(Cause::Io { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => {
                    None
                }
                Err(cause) => return Err(cause),
            };
            let Some(chunk) = read else { continue };
            is_new = true;
            let task = Task::silent();
            if !pass.file(subject, reading, &chunk, &file_name(path), &task)? {
                return Err(Cause::with_hint(
                    Code::Invalid,
                    "the rows do not come in the order of their times",
                    "cut windows by time, for example 1d, to follow such a log",
                ));
            }
        }
        Ok(is_new)
    }

    /// New lines that have ended, in a file of their own; `None` when there are none or it is no text.
    fn lines(&mut self, path: &Path, options: &ImportOptions) -> Result<Option<PathBuf>, Cause> {
        let failed = |error| Cause::io(path, error);
        let Some(kind) = text_kind(path) else {
            return Ok(None);
        };
        let mut file = File::open(path).map_err(failed)?;
        let metadata = file.metadata().map_err(failed)?;
        let identity = identity(path, &metadata);
        let known = match self.seen.get(&identity) {
            Some(seen) if seen.offset <= metadata.len() => {
                beginning(&mut file, seen.offset).map_err(failed)? == seen.beginning
            }
            _ => false,
        };
        if !known {
            self.seen.remove(&identity);
        }
        let offset = self.seen.get(&identity).map_or(0, |seen| seen.offset);
        file.seek(SeekFrom::Start(offset)).map_err(failed)?;
        let mut bytes = Vec::new();
        let mut some = (&mut file).take(MAX_BYTES);
        some.read_to_end(&mut bytes).map_err(failed)?;
        // The last line may be half written.
        let end = end_of_lines(&bytes);
        bytes.truncate(end);
        let mut header = match self.seen.get(&identity) {
            Some(seen) => seen.header.clone(),
            None => Vec::new(),
        };
        let has_header = kind == FileKind::Delimited && !options.no_header;
        if has_header && header.is_empty() {
            let first = bytes.iter().position(|byte| *byte == b'\n');
            header = first.map_or(Vec::new(), |end| bytes[..=end].to_vec());
            if bytes.len() == header.len() {
                // Names alone: rows follow.
                return Ok(None);
            }
            bytes.drain(..header.len());
        }
        if bytes.is_empty() {
            return Ok(None);
        }
        let offset = offset + end as u64;
        self.seen.insert(
            identity,
            Seen {
                offset,
                beginning: beginning(&mut file, offset).map_err(failed)?,
                header: header.clone(),
                size: metadata.len(),
                is_done: false,
            },
        );
        let chunk = self.folder.path().join(file_name(path));
        std::fs::write(&chunk, [header, bytes].concat())
            .map_err(|error| Cause::io(&chunk, error))?;
        Ok(Some(chunk))
    }

    /// A file of another kind, once, when it has not grown since the last look.
    fn whole(&mut self, path: &Path, is_last: bool) -> Result<Option<PathBuf>, Cause> {
        if text_kind(path).is_some() {
            return Ok(None);
        }
        let metadata = std::fs::metadata(path).map_err(|error| Cause::io(path, error))?;
        let seen = self
            .seen
            .entry(identity(path, &metadata))
            .or_insert_with(|| Seen {
                offset: 0,
                beginning: blake3::hash(b""),
                header: Vec::new(),
                size: u64::MAX,
                is_done: false,
            });
        let is_settled = seen.size == metadata.len() || is_last;
        seen.size = metadata.len();
        if seen.is_done || !is_settled {
            return Ok(None);
        }
        seen.is_done = true;
        Ok(Some(path.to_owned()))
    }
}

/// Of text that grows line by line; `None` for other files, also packed ones.
fn text_kind(path: &Path) -> Option<FileKind> {
    let ending = path.extension()?.to_str()?.to_lowercase();
    match ending.as_str() {
        "jsonl" | "ndjson" => Some(FileKind::Json),
        "csv" | "tsv" | "txt" | "tab" => Some(FileKind::Delimited),
        // `log.jsonl.1`, as rotation names it
        number if number.bytes().all(|byte| byte.is_ascii_digit()) => {
            text_kind(&path.with_extension(""))
        }
        _ => None,
    }
}

#[cfg(unix)]
fn identity(_: &Path, metadata: &Metadata) -> Identity {
    use std::os::unix::fs::MetadataExt;
    Identity::File(metadata.dev(), metadata.ino())
}

#[cfg(not(unix))]
fn identity(path: &Path, _: &Metadata) -> Identity {
    Identity::Path(path.to_owned())
}

/// Of the first `offset` bytes, at most [`KNOWN_BYTES`].
fn beginning(file: &mut File, offset: u64) -> std::io::Result<blake3::Hash> {
    file.seek(SeekFrom::Start(0))?;
    let mut bytes = Vec::new();
    file.take(offset.min(KNOWN_BYTES)).read_to_end(&mut bytes)?;
    Ok(blake3::hash(&bytes))
}

/// Behind the last line that has ended.
fn end_of_lines(bytes: &[u8]) -> usize {
    let last = bytes.iter().rposition(|byte| *byte == b'\n');
    last.map_or(0, |at| at + 1)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn new_text(growing: &mut Growing, path: &Path) -> Option<String> {
        let chunk = growing
            .lines(path, &ImportOptions::default())
            .expect("a look")?;
        Some(std::fs::read_to_string(chunk).expect("a chunk"))
    }

    fn append(path: &Path, text: &str) {
        let file = std::fs::OpenOptions::new()
            .append(true)
            .create(true)
            .open(path);
        file.and_then(|mut file| file.write_all(text.as_bytes()))
            .expect("a line");
    }

    #[test]
    fn lines_are_read_once_they_have_ended() {
        let folder = tempfile::tempdir().expect("a folder");
        let (log, moved) = (
            folder.path().join("log.csv"),
            folder.path().join("log.csv.1"),
        );
        let mut growing = Growing::new().expect("a folder");
        append(&log, "a,b\n");
        assert_eq!(new_text(&mut growing, &log), None, "names alone");
        append(&log, "1,2\n3,");
        assert_eq!(new_text(&mut growing, &log).as_deref(), Some("a,b\n1,2\n"));
        assert_eq!(new_text(&mut growing, &log), None, "half a line");
        append(&log, "4\n");
        assert_eq!(new_text(&mut growing, &log).as_deref(), Some("a,b\n3,4\n"));
        // moved aside: what was read is known under the new name too
        append(&log, "5,6\n");
        if cfg!(unix) {
            std::fs::rename(&log, &moved).expect("a rotation");
            append(&log, "a,b\n7,8\n");
            assert_eq!(
                new_text(&mut growing, &moved).as_deref(),
                Some("a,b\n5,6\n")
            );
            assert_eq!(new_text(&mut growing, &log).as_deref(), Some("a,b\n7,8\n"));
        }
        // cut off and written anew
        std::fs::write(&log, "a,b\n9,9\n9,9\n9,9\n9,9\n9,9\n").expect("a new file");
        assert_eq!(
            new_text(&mut growing, &log).as_deref(),
            Some("a,b\n9,9\n9,9\n9,9\n9,9\n9,9\n")
        );
    }

    #[test]
    fn files_of_other_kinds_are_read_when_they_are_settled() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("part.parquet");
        std::fs::write(&path, "PAR1").expect("a file");
        let mut growing = Growing::new().expect("a folder");
        assert_eq!(growing.whole(&path, false).expect("a look"), None);
        append(&path, "more");
        assert_eq!(growing.whole(&path, false).expect("a look"), None);
        assert_eq!(
            growing.whole(&path, false).expect("a look"),
            Some(path.clone())
        );
        assert_eq!(growing.whole(&path, true).expect("a look"), None);
    }
}
