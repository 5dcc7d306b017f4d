//! SHA-256 of files: pins downloads, and tells whether something must be built again.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::error::{Error, Result, io as at};

/// The SHA-256 of one file, in lower-case hex.
pub fn of_file(path: &Path) -> Result<String> {
    let mut hasher = Sha256::new();
    let mut file = File::open(path).map_err(at("read", path))?;
    io::copy(&mut file, &mut hasher).map_err(at("read", path))?;
    Ok(hex(hasher))
}

/// The SHA-256 over names and contents of files and of every file below folders; what does not exist counts
/// as absent. Times play no part, so a new checkout of the same sources has the same digest.
pub fn of_tree(root: &Path, names: &[&str]) -> Result<String> {
    let mut files = Vec::new();
    for name in names {
        collect(&root.join(name), &mut files)?;
    }
    files.sort();
    let mut hasher = Sha256::new();
    for file in &files {
        let name = file.strip_prefix(root).unwrap_or(file);
        hasher.update(name.to_string_lossy().as_bytes());
        hasher.update([0]);
        hasher.update(of_file(file)?);
    }
    Ok(hex(hasher))
}

/// Refuses a file whose bytes are not the pinned ones.
pub fn check(path: &Path, expected: &'static str) -> Result<()> {
    let found = of_file(path)?;
    if found == expected {
        Ok(())
    } else {
        Err(Error::Hash {
            path: path.to_path_buf(),
            found,
            expected,
        })
    }
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    if path.is_file() {
        files.push(path.to_path_buf());
    } else if path.is_dir() {
        for entry in fs::read_dir(path).map_err(at("read", path))? {
            collect(&entry.map_err(at("read", path))?.path(), files)?;
        }
    }
    Ok(())
}

fn hex(hasher: Sha256) -> String {
    hasher
        .finalize()
        .iter()
        .fold(String::new(), |mut text, byte| {
            // Writing to a String cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    const OF_ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    #[test]
    fn a_file_is_known_by_its_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("abc");
        fs::write(&file, "abc").unwrap();
        assert_eq!(of_file(&file).unwrap(), OF_ABC);
        assert!(check(&file, OF_ABC).is_ok());
        fs::write(&file, "abd").unwrap();
        let refused = check(&file, OF_ABC).unwrap_err().to_string();
        assert!(refused.contains("expected ba7816bf"), "{refused}");
    }

    #[test]
    fn a_tree_changes_with_a_name_or_a_byte_and_not_with_time() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        fs::create_dir_all(root.join("src/deep")).unwrap();
        fs::write(root.join("src/deep/a"), "1").unwrap();
        fs::write(root.join("one"), "2").unwrap();
        let digest = || of_tree(root, &["src", "one", "absent"]).unwrap();
        let before = digest();
        fs::write(root.join("one"), "2").unwrap();
        assert_eq!(digest(), before);
        fs::write(root.join("one"), "3").unwrap();
        let after_byte = digest();
        assert_ne!(after_byte, before);
        fs::rename(root.join("src/deep/a"), root.join("src/deep/b")).unwrap();
        assert_ne!(digest(), after_byte);
    }
}
