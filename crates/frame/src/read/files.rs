//! Which files a path means: one file, those of a folder, or those that fit a pattern.

use std::cmp::Ordering;
use std::path::{Path, PathBuf};

use assay_core::Task;

use crate::error::Error;

/// Files of a data set are at most this many.
const MAX_FILES: usize = 100_000;

/// The files that a path means, in natural order (`part-2` before `part-10`): the file itself, the files of a folder and
/// its folders, or those that fit a pattern (`*`, `?`, `[ab]`, `**`). Hidden, temporary and empty ones are left out, with
/// a warning.
///
/// # Errors
/// [`Error::NoSuchFile`], [`Error::NoFiles`] when nothing is left, [`Error::BadOptions`] for a pattern that is none,
/// [`Error::Io`].
pub fn files_of(path: &Path, task: &Task) -> Result<Vec<PathBuf>, Error> {
    if path.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    let mut found = Vec::new();
    let mut left_out = Vec::new();
    if path.is_dir() {
        collect(path, &mut found, &mut left_out, task)?;
    } else {
        match_pattern(path, &mut found, &mut left_out, task)?;
    }
    if !left_out.is_empty() {
        left_out.sort();
        let shown: Vec<&str> = left_out.iter().take(5).map(String::as_str).collect();
        let more = match left_out.len() - shown.len() {
            0 => String::new(),
            n => format!(" and {n} more"),
        };
        task.warn(format!(
            "left out: {}{more} (hidden, temporary or empty)",
            shown.join(", ")
        ));
    }
    if found.is_empty() {
        return Err(Error::NoFiles(path.to_owned()));
    }
    found.sort_by(|a, b| natural(&a.to_string_lossy(), &b.to_string_lossy()));
    Ok(found)
}

/// Whether a path is taken for a pattern: it names nothing that is there and holds `*`, `?` or `[`.
pub fn is_pattern(path: &Path) -> bool {
    path.to_string_lossy().contains(['*', '?', '[']) && !path.exists()
}

pub(super) fn file_name(path: &Path) -> String {
    path.file_name().map_or_else(
        || path.display().to_string(),
        |name| name.to_string_lossy().into_owned(),
    )
}

fn collect(
    folder: &Path,
    found: &mut Vec<PathBuf>,
    left_out: &mut Vec<String>,
    task: &Task,
) -> Result<(), Error> {
    let failed = |source| Error::Io {
        path: folder.to_owned(),
        source,
    };
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        task.check()?;
        let entry = entry.map_err(failed)?;
        let path = entry.path();
        if is_passing(&file_name(&path)) {
            left_out.push(file_name(&path));
        } else if entry.file_type().map_err(failed)?.is_dir() {
            // folders that are links are not followed: they may lead back here
            collect(&path, found, left_out, task)?;
        } else {
            keep(path, found, left_out)?;
        }
    }
    Ok(())
}

fn match_pattern(
    pattern: &Path,
    found: &mut Vec<PathBuf>,
    left_out: &mut Vec<String>,
    task: &Task,
) -> Result<(), Error> {
    let Some(text) = pattern.to_str().filter(|_| is_pattern(pattern)) else {
        return Err(Error::NoSuchFile(pattern.to_owned()));
    };
    let options = glob::MatchOptions {
        require_literal_separator: true,
        ..glob::MatchOptions::new()
    };
    let paths = glob::glob_with(text, options)
        .map_err(|error| Error::BadOptions(format!("`{text}` is no pattern: {}", error.msg)))?;
    for path in paths {
        task.check()?;
        let path = path.map_err(|error| Error::Io {
            path: error.path().to_owned(),
            source: error.into(),
        })?;
        if path.is_dir() {
            continue;
        }
        if is_passing(&file_name(&path)) {
            left_out.push(file_name(&path));
        } else {
            keep(path, found, left_out)?;
        }
    }
    Ok(())
}

fn keep(path: PathBuf, found: &mut Vec<PathBuf>, left_out: &mut Vec<String>) -> Result<(), Error> {
    // pipes and devices could block for ever
    match std::fs::metadata(&path) {
        Ok(metadata) if metadata.is_file() && metadata.len() > 0 => found.push(path),
        _ => left_out.push(file_name(&path)),
    }
    if found.len() > MAX_FILES {
        return Err(Error::TooLarge(format!(
            "there are more than {MAX_FILES} files"
        )));
    }
    Ok(())
}

/// Hidden, written at this moment, or left by an editor, a download or a job.
fn is_passing(name: &str) -> bool {
    const ENDINGS: [&str; 8] = [
        "~",
        ".tmp",
        ".temp",
        ".part",
        ".partial",
        ".crdownload",
        ".swp",
        ".bak",
    ];
    let lower = name.to_lowercase();
    name.starts_with(['.', '_', '#'])
        || name.starts_with("~$")
        || ENDINGS.iter().any(|ending| lower.ends_with(ending))
        || lower == "thumbs.db"
        || lower == "desktop.ini"
}

/// Numbers inside names compare by their value, other text by its characters.
fn natural(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (a, b);
    loop {
        let (left_digits, right_digits) = (digits(left), digits(right));
        if !left_digits.is_empty() && !right_digits.is_empty() {
            let (x, y) = (trim_zeros(left_digits), trim_zeros(right_digits));
            let order = x.len().cmp(&y.len()).then_with(|| x.cmp(y));
            if order != Ordering::Equal {
                return order;
            }
            left = left.strip_prefix(left_digits).unwrap_or("");
            right = right.strip_prefix(right_digits).unwrap_or("");
            continue;
        }
        let (mut left_chars, mut right_chars) = (left.chars(), right.chars());
        match (left_chars.next(), right_chars.next()) {
            (Some(x), Some(y)) if x == y => {
                left = left_chars.as_str();
                right = right_chars.as_str();
            }
            // equal but for zeros before numbers
            (None, None) => return a.cmp(b),
            (x, y) => return x.cmp(&y),
        }
    }
}

fn digits(text: &str) -> &str {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    text.get(..end).unwrap_or("")
}

fn trim_zeros(digits: &str) -> &str {
    digits.trim_start_matches('0')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_sort_as_a_person_counts() {
        let mut names = vec![
            "p10.csv", "p9.csv", "p010.csv", "a/2", "a/10", "p1x", "p", "P2",
        ];
        names.sort_by(|a, b| natural(a, b));
        assert_eq!(
            names,
            [
                "P2", "a/2", "a/10", "p", "p1x", "p9.csv", "p010.csv", "p10.csv"
            ]
        );
    }

    #[test]
    fn passing_files_are_known_by_their_names() {
        for (name, passing) in [
            (".hidden", true),
            ("_SUCCESS", true),
            ("~$book.xlsx", true),
            ("x.csv.part", true),
            ("x.csv~", true),
            ("Thumbs.db", true),
            ("x.csv", false),
            ("lab.db", false),
        ] {
            assert_eq!(is_passing(name), passing, "{name}");
        }
    }
}
