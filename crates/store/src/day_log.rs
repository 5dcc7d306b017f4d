//! Logs of JSON lines below `logs/`: a file a day and part, appended to and never changed.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use assay_core::ModelName;

use crate::error::{Attempted, Result};
use crate::store::Store;

/// What a log is about; it has a folder of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayLogKind<'a> {
    /// What a model answered.
    Predictions(&'a ModelName),
    /// What turned out to be true, whatever model was asked.
    Labels,
}

/// Appends to the newest file of a log.
///
/// Invariant: lines are whole. What a killed process left half written stands in a line of its own, for the next one
/// begins on a new line.
#[derive(Debug)]
pub struct DayLog {
    folder: PathBuf,
    max_file_bytes: u64,
    open: Option<Part>,
}

#[derive(Debug)]
struct Part {
    day: String,
    file: File,
    size_bytes: u64,
}

impl Store {
    /// A file that has `max_file_bytes` is followed by another one.
    pub fn day_log(&self, kind: DayLogKind<'_>, max_file_bytes: u64) -> DayLog {
        DayLog {
            folder: self.day_log_folder(kind),
            max_file_bytes,
            open: None,
        }
    }

    /// The files of a log, oldest first; none when nothing was logged.
    pub fn day_log_files(&self, kind: DayLogKind<'_>) -> Result<Vec<PathBuf>> {
        let folder = self.day_log_folder(kind);
        Ok(parts(&folder)?
            .into_iter()
            .map(|(day, number)| folder.join(file_name(&day, number)))
            .collect())
    }

    fn day_log_folder(&self, kind: DayLogKind<'_>) -> PathBuf {
        let logs = self.layout.logs();
        match kind {
            DayLogKind::Predictions(model) => logs.join("predictions").join(model.as_str()),
            DayLogKind::Labels => logs.join("labels"),
        }
    }
}

impl DayLog {
    /// `lines` are whole lines, each with its end, of `day` (`2026-11-21`). They are with the system when this returns,
    /// so that the end of the process takes none of them; [`Self::sync`] says when a power cut takes none either. Whether
    /// another file was begun.
    pub fn append(&mut self, day: &str, lines: &[u8]) -> Result<bool> {
        let is_current = self
            .open
            .as_ref()
            .is_some_and(|part| part.day == day && part.size_bytes < self.max_file_bytes);
        if !is_current {
            self.sync()?;
            self.open = Some(self.open_part(day)?);
        }
        let Some(part) = &mut self.open else {
            return Ok(false);
        };
        part.file
            .write_all(lines)
            .attempted(|| format!("writing `{}`", self.folder.display()))?;
        part.size_bytes += lines.len() as u64;
        Ok(!is_current)
    }

    pub fn sync(&mut self) -> Result<()> {
        let Some(part) = &self.open else {
            return Ok(());
        };
        part.file
            .sync_data()
            .attempted(|| format!("syncing `{}`", self.folder.display()))
    }

    /// The newest file of the day that is not full, or the one after it.
    fn open_part(&self, day: &str) -> Result<Part> {
        std::fs::create_dir_all(&self.folder)
            .attempted(|| format!("making the folder `{}`", self.folder.display()))?;
        let mut number = parts(&self.folder)?
            .into_iter()
            .filter(|(other, _)| other == day)
            .map(|(_, number)| number)
            .max()
            .unwrap_or(1);
        loop {
            let path = self.folder.join(file_name(day, number));
            let opened = OpenOptions::new()
                .read(true)
                .append(true)
                .create(true)
                .open(&path)
                .and_then(|mut file| {
                    let size_bytes = end_last_line(&mut file)?;
                    Ok((file, size_bytes))
                });
            let (file, size_bytes) =
                opened.attempted(|| format!("opening `{}`", path.display()))?;
            if size_bytes < self.max_file_bytes {
                return Ok(Part {
                    day: day.to_owned(),
                    file,
                    size_bytes,
                });
            }
            number += 1;
        }
    }

    /// Removes the files of days before `day`.
    pub fn forget_before(&self, day: &str) -> Result<()> {
        // Days of this form are ordered as their texts are.
        for (old, number) in parts(&self.folder)?
            .into_iter()
            .filter(|(old, _)| **old < *day)
        {
            let path = self.folder.join(file_name(&old, number));
            std::fs::remove_file(&path).attempted(|| format!("removing `{}`", path.display()))?;
        }
        Ok(())
    }
}

/// `2026-11-21.jsonl`, then `2026-11-21.2.jsonl`.
fn file_name(day: &str, number: u32) -> String {
    match number {
        1 => format!("{day}.jsonl"),
        number => format!("{day}.{number}.jsonl"),
    }
}

/// Days and numbers of the files of a log, oldest first. Files of other names are nobody's.
fn parts(folder: &Path) -> Result<Vec<(String, u32)>> {
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.attempted(|| format!("reading the folder `{}`", folder.display()))?,
    };
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry.attempted(|| format!("reading the folder `{}`", folder.display()))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let Some(stem) = name.strip_suffix(".jsonl") else {
            continue;
        };
        let (day, number) = match stem.split_once('.') {
            Some((day, number)) => (day, number.parse().ok()),
            None => (stem, Some(1)),
        };
        if let (true, Some(number)) = (is_day(day), number) {
            found.push((day.to_owned(), number));
        }
    }
    found.sort();
    Ok(found)
}

fn is_day(text: &str) -> bool {
    let shape = b"dddd-dd-dd";
    text.len() == shape.len()
        && text.bytes().zip(shape).all(|(byte, &wanted)| match wanted {
            b'd' => byte.is_ascii_digit(),
            other => byte == other,
        })
}

/// The size after it.
fn end_last_line(file: &mut File) -> std::io::Result<u64> {
    let size_bytes = file.metadata()?.len();
    if size_bytes == 0 {
        return Ok(0);
    }
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    if last == *b"\n" {
        return Ok(size_bytes);
    }
    file.write_all(b"\n")?;
    Ok(size_bytes + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(folder: &Path) -> DayLog {
        DayLog {
            folder: folder.join("labels"),
            max_file_bytes: 10,
            open: None,
        }
    }

    fn files(folder: &Path) -> Vec<(String, String)> {
        let folder = folder.join("labels");
        let names = parts(&folder).unwrap().into_iter();
        names
            .map(|(day, number)| file_name(&day, number))
            .map(|name| {
                let text = std::fs::read_to_string(folder.join(&name)).unwrap();
                (name, text)
            })
            .collect()
    }

    #[test]
    fn a_full_file_and_a_new_day_begin_another_one() {
        let folder = tempfile::tempdir().unwrap();
        let mut first = log(folder.path());
        first.append("2026-11-20", b"one\n").unwrap();
        first.append("2026-11-20", b"two and more\n").unwrap();
        first.append("2026-11-20", b"three\n").unwrap();
        // Another process goes on where this one is.
        let mut second = log(folder.path());
        second.append("2026-11-20", b"four\n").unwrap();
        second.append("2026-11-21", b"five\n").unwrap();
        let expected = [
            ("2026-11-20.2.jsonl", "three\nfour\n"),
            ("2026-11-20.jsonl", "one\ntwo and more\n"),
            ("2026-11-21.jsonl", "five\n"),
        ];
        let mut found = files(folder.path());
        found.sort();
        assert_eq!(found.len(), expected.len());
        for ((name, text), (wanted_name, wanted_text)) in found.iter().zip(expected) {
            assert_eq!((name.as_str(), text.as_str()), (wanted_name, wanted_text));
        }
        second.forget_before("2026-11-21").unwrap();
        assert_eq!(files(folder.path()).len(), 1);
    }

    #[test]
    fn what_a_killed_process_left_half_written_stands_alone() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("labels")).unwrap();
        let path = folder.path().join("labels").join("2026-11-20.jsonl");
        std::fs::write(&path, "{\"a\"").unwrap();
        std::fs::write(folder.path().join("labels/notes.jsonl"), "mine").unwrap();
        log(folder.path()).append("2026-11-20", b"{}\n").unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "{\"a\"\n{}\n");
        assert_eq!(files(folder.path()).len(), 1, "other files are nobody's");
    }
}
