//! Folders walked in order, without following links.

use std::fs;
use std::path::{Path, PathBuf};

use assay_core::imports::ImportProblem;

use crate::SourceFile;

/// Deeper folders are no run's; a folder that is mounted into itself would have no end.
const MAX_DEPTH: usize = 64;

/// All files below a folder by their relative path with `/`; none when there is no such folder. What is left out is
/// said.
pub fn files_below(folder: &Path, problems: &mut Vec<ImportProblem>) -> Vec<SourceFile> {
    let mut found = Vec::new();
    if folder.is_dir() {
        walk(folder, "", 0, &mut found, problems);
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

/// The folders in a folder by name; links and what cannot be read are left out.
pub(crate) fn folders_in(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
        .map(|entry| entry.path())
        .collect();
    found.sort();
    found
}

pub fn problem(place: impl Into<String>, wrong: impl std::fmt::Display) -> ImportProblem {
    ImportProblem {
        place: place.into(),
        wrong: wrong.to_string(),
    }
}

pub(crate) fn name_of(path: &Path) -> String {
    path.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}

/// The path below `root` with `/`, for messages and ids.
pub(crate) fn relative(path: &Path, root: &Path) -> String {
    let below = path.strip_prefix(root).unwrap_or(path);
    let parts: Vec<_> = below
        .components()
        .map(|part| part.as_os_str().to_string_lossy())
        .collect();
    parts.join("/")
}

/// Milliseconds since 1970 of the file's last change; 0 when the system does not say.
pub(crate) fn changed_ms(path: &Path) -> i64 {
    fs::metadata(path)
        .and_then(|found| found.modified())
        .ok()
        .and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok())
        .and_then(|since| i64::try_from(since.as_millis()).ok())
        .unwrap_or(0)
}

fn walk(
    folder: &Path,
    prefix: &str,
    depth: usize,
    found: &mut Vec<SourceFile>,
    problems: &mut Vec<ImportProblem>,
) {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => return problems.push(problem(prefix, error)),
    };
    if depth > MAX_DEPTH {
        return problems.push(problem(prefix, "the folders go too deep"));
    }
    for entry in entries.flatten() {
        let path = entry.path();
        let Ok(name) = entry.file_name().into_string() else {
            problems.push(problem(
                format!("{prefix}{}", path.display()),
                "its name is no text",
            ));
            continue;
        };
        let relative = format!("{prefix}{name}");
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => {
                walk(&path, &format!("{relative}/"), depth + 1, found, problems);
            }
            Ok(kind) if kind.is_file() => found.push(SourceFile {
                path: relative,
                file: path,
            }),
            Ok(_) => problems.push(problem(
                relative,
                "it is a link or no file, and is not followed",
            )),
            Err(error) => problems.push(problem(relative, error)),
        }
    }
}
