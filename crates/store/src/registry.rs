//! The exported folders of model versions, each whole or not there, each with the sums of its files.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use assay_core::event::Kind;
use assay_core::registry::VersionKey;
use assay_core::tracking::ArtifactFile;
use sha2::{Digest, Sha256};
use tempfile::TempDir;

use crate::act::Act;
use crate::error::{Attempted, Error, Result};
use crate::layout::sync_folder;
use crate::models::find_key;
use crate::orphans::{entries, remove};
use crate::store::Store;

/// The sums of every other file of a folder.
pub const CHECKSUMS: &str = "CHECKSUMS";
/// minisign's signature of CHECKSUMS; the only file without a sum.
pub const SIGNATURE: &str = "CHECKSUMS.minisig";

/// A folder against its CHECKSUMS.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FolderCheck {
    /// Files that CHECKSUMS lists.
    pub n_files: u32,
    /// Those that are missing or changed; CHECKSUMS itself when it cannot be read.
    pub damaged: Vec<String>,
}

/// A folder that was read once, from its first to its last byte.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReadFolder {
    pub check: FolderCheck,
    /// CHECKSUMS as it is; empty when it cannot be read.
    pub sums: Vec<u8>,
    /// The text of CHECKSUMS.minisig; `None` when there is none, empty when it is no text.
    pub signature: Option<String>,
    /// The files that were asked for: the very bytes that were summed.
    pub kept: BTreeMap<String, Vec<u8>>,
    pub size_bytes: u64,
}

impl Store {
    /// Writes the folder of a version with `CHECKSUMS` beside the files, in place of the one that was there. Paths are
    /// relative, with `/`. `sign` gets the sums and may give a signature of them. Returns the folder.
    pub fn write_registry<E: From<Error>>(
        &self,
        key: &VersionKey,
        files: &[(String, Vec<u8>)],
        sign: impl FnOnce(&str) -> std::result::Result<Option<String>, E>,
    ) -> std::result::Result<PathBuf, E> {
        for (path, _) in files {
            check_path(path)?;
        }
        let sums = checksums(files);
        let signature = sign(&sums)?;
        Ok(self.write_folder(key, files, &sums, signature.as_deref())?)
    }

    fn write_folder(
        &self,
        key: &VersionKey,
        files: &[(String, Vec<u8>)],
        sums: &str,
        signature: Option<&str>,
    ) -> Result<PathBuf> {
        self.read(|db| find_key(db, key).map(|_| ()))?;
        let target = self.layout.registered(key);
        let writing = || format!("writing the folder of {key}");
        let unfinished = self.begin_folder()?;
        for (path, bytes) in files {
            write_file(&unfinished.path().join(path), bytes).attempted(writing)?;
        }
        write_file(&unfinished.path().join(CHECKSUMS), sums.as_bytes()).attempted(writing)?;
        if let Some(signature) = signature {
            write_file(&unfinished.path().join(SIGNATURE), signature.as_bytes())
                .attempted(writing)?;
        }
        sync_folder(unfinished.path())?;

        let parent = self.layout.registry().join(key.model.as_str());
        std::fs::create_dir_all(&parent).attempted(writing)?;
        let replaced = if target.exists() {
            let aside = self.begin_folder()?;
            std::fs::rename(&target, aside.path().join("replaced")).attempted(writing)?;
            Some(aside)
        } else {
            None
        };
        let finished = unfinished.keep();
        if let Err(error) = std::fs::rename(&finished, &target).attempted(writing) {
            if let Some(aside) = &replaced {
                std::fs::rename(aside.path().join("replaced"), &target).attempted(writing)?;
            }
            remove(&finished)?;
            return Err(error);
        }
        sync_folder(&parent)?;
        sync_folder(&self.layout.registry())?;
        Ok(target)
    }

    /// Writes one file of a folder anew, with its sums and their signature.
    ///
    /// # Errors
    /// [`Error::NotFound`] as for [`Store::registry_path`]; [`Error::Damaged`] when another file is not what its sums
    /// say: new sums would vouch for it.
    pub fn replace_registry_file<E: From<Error>>(
        &self,
        key: &VersionKey,
        (path, bytes): (&str, &[u8]),
        act: Act<'_>,
        sign: impl FnOnce(&str) -> std::result::Result<Option<String>, E>,
    ) -> std::result::Result<(), E> {
        self.require_intact(key)?;
        let folder = self.registry_path(key)?;
        let mut files = Vec::new();
        for file in self.registry_files(key)? {
            if ![CHECKSUMS, SIGNATURE, path].contains(&file.path.as_str()) {
                let bytes = std::fs::read(folder.join(&file.path))
                    .attempted(|| format!("reading `{}` of {key}", file.path))?;
                files.push((file.path, bytes));
            }
        }
        files.push((path.to_owned(), bytes.to_vec()));
        self.write_registry(key, &files, sign)?;
        self.write(act.at_ms, |write| {
            write.changed(Kind::Models);
            let detail = format!("`{path}` was changed.");
            write.audit(act, "model.changed", &key.to_string(), &detail)?;
            Ok(())
        })?;
        Ok(())
    }

    /// Puts a signature of the sums beside them, in place of one that is there.
    ///
    /// # Errors
    /// [`Error::NotFound`] as for [`Store::registry_path`]; [`Error::Damaged`] when a file is not what its sum says.
    pub fn sign_registry(&self, key: &VersionKey, signature: &str, act: Act<'_>) -> Result<()> {
        self.require_intact(key)?;
        let folder = self.registry_path(key)?;
        let signing = || format!("signing the folder of {key}");
        let pending = self.begin_folder()?;
        let written = pending.path().join(SIGNATURE);
        write_file(&written, signature.as_bytes()).attempted(signing)?;
        std::fs::rename(&written, folder.join(SIGNATURE)).attempted(signing)?;
        sync_folder(&folder)?;
        self.write(act.at_ms, |write| {
            write.changed(Kind::Models);
            write.audit(
                act,
                "model.signed",
                &key.to_string(),
                "Its sums were signed.",
            )?;
            Ok(())
        })
    }

    fn require_intact(&self, key: &VersionKey) -> Result<()> {
        let damaged = self.verify_registry(key)?.damaged;
        if damaged.is_empty() {
            return Ok(());
        }
        Err(Error::damaged(format!(
            "files of {key} are damaged: {}",
            damaged.join(", ")
        )))
    }

    /// # Errors
    /// [`Error::NotFound`] when the version is not there or was not exported.
    pub fn registry_path(&self, key: &VersionKey) -> Result<PathBuf> {
        let path = self.layout.registered(key);
        self.read(|db| find_key(db, key).map(|_| ()))?;
        if path.is_dir() {
            Ok(path)
        } else {
            Err(Error::not_found("exported folder of", key))
        }
    }

    /// By path.
    ///
    /// # Errors
    /// [`Error::NotFound`] as for [`Store::registry_path`].
    pub fn registry_files(&self, key: &VersionKey) -> Result<Vec<ArtifactFile>> {
        let mut files = Vec::new();
        list(&self.registry_path(key)?, "", &mut files)
            .attempted(|| format!("listing the folder of {key}"))?;
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(files)
    }

    /// Where a file of the folder lies.
    ///
    /// # Errors
    /// [`Error::NotFound`] as for [`Store::registry_path`], and when there is no such file.
    pub fn registry_file(&self, key: &VersionKey, path: &str) -> Result<PathBuf> {
        let folder = self.registry_path(key)?;
        if path != CHECKSUMS && path != SIGNATURE {
            check_path(path)?;
        }
        let file = folder.join(path);
        if file.is_file() {
            Ok(file)
        } else {
            Err(Error::not_found("file", path))
        }
    }

    /// # Errors
    /// [`Error::NotFound`] as for [`Store::registry_path`].
    pub fn verify_registry(&self, key: &VersionKey) -> Result<FolderCheck> {
        check_folder(&self.registry_path(key)?)
    }

    fn begin_folder(&self) -> Result<TempDir> {
        TempDir::with_prefix_in("folder-", self.lease_folder()?)
            .attempted(|| "beginning an exported folder".to_owned())
    }
}

/// Compares every file that `CHECKSUMS` in `folder` lists; the folder may be anywhere.
pub fn check_folder(folder: &Path) -> Result<FolderCheck> {
    Ok(read_folder(folder, |_| false).check)
}

/// The same, and what was read: `keep` says whose bytes are wanted, of the files that are listed and whole.
pub fn read_folder(folder: &Path, keep: impl Fn(&str) -> bool) -> ReadFolder {
    let sums = std::fs::read(folder.join(CHECKSUMS)).unwrap_or_default();
    let mut read = ReadFolder {
        size_bytes: sums.len() as u64,
        signature: std::fs::read(folder.join(SIGNATURE))
            .ok()
            .map(|bytes| String::from_utf8(bytes).unwrap_or_default()),
        ..ReadFolder::default()
    };
    let listed = std::str::from_utf8(&sums).ok().and_then(parse);
    let Some(listed) = listed else {
        read.check = unreadable();
        return read;
    };
    read.check.n_files = listed.len() as u32;
    for (path, wanted) in &listed {
        // A file that cannot be read is as damaged as a missing one.
        let found = std::fs::read(folder.join(path)).ok();
        match found.filter(|bytes| Sums::of(bytes) == *wanted) {
            Some(bytes) => {
                read.size_bytes += bytes.len() as u64;
                if keep(path) {
                    read.kept.insert((*path).to_owned(), bytes);
                }
            }
            None => read.check.damaged.push((*path).to_owned()),
        }
    }
    drop(listed);
    read.sums = sums;
    read
}

/// Writes files with their sums into a folder anywhere; `sign` gets the sums and may give a signature of them. Returns
/// the bytes written.
pub fn write_folder<E: From<Error>>(
    folder: &Path,
    files: &[(String, Vec<u8>)],
    sign: impl FnOnce(&str) -> std::result::Result<Option<String>, E>,
) -> std::result::Result<u64, E> {
    let mut all: Vec<(&str, &[u8])> = Vec::new();
    for (path, bytes) in files {
        check_path(path)?;
        all.push((path, bytes));
    }
    let sums = checksums(files);
    let signature = sign(&sums)?;
    all.push((CHECKSUMS, sums.as_bytes()));
    all.extend(signature.as_ref().map(|text| (SIGNATURE, text.as_bytes())));
    let mut size_bytes = 0;
    for (path, bytes) in all {
        write_file(&folder.join(path), bytes)
            .attempted(|| format!("writing `{}`", folder.join(path).display()))?;
        size_bytes += bytes.len() as u64;
    }
    Ok(size_bytes)
}

/// Removes the folder of a version that was deleted for good, and its model's when that is empty.
pub(crate) fn remove_registered(store: &Store, key: &VersionKey) -> Result<()> {
    let folder = store.layout.registered(key);
    if folder.exists() {
        remove(&folder)?;
    }
    if let Some(parent) = folder.parent()
        && parent.is_dir()
        && entries(parent)?.is_empty()
    {
        remove(parent)?;
    }
    Ok(())
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Sums {
    blake3: String,
    sha256: String,
}

impl Sums {
    fn of(bytes: &[u8]) -> Self {
        let mut sha256 = String::with_capacity(64);
        for byte in Sha256::digest(bytes) {
            // Writing to a string does not fail.
            let _ = write!(sha256, "{byte:02x}");
        }
        Self {
            blake3: blake3::hash(bytes).to_hex().to_string(),
            sha256,
        }
    }
}

/// In the tagged form that `sha256sum --check` and `b3sum --check` read, each taking the lines it knows.
fn checksums(files: &[(String, Vec<u8>)]) -> String {
    let sorted: BTreeMap<&str, Sums> = files
        .iter()
        .map(|(path, bytes)| (path.as_str(), Sums::of(bytes)))
        .collect();
    let mut text = String::new();
    for (path, sums) in sorted {
        let _ = writeln!(text, "BLAKE3 ({path}) = {}", sums.blake3);
        let _ = writeln!(text, "SHA256 ({path}) = {}", sums.sha256);
    }
    text
}

/// `None` when it is no list of sums, or one without files.
fn parse(text: &str) -> Option<BTreeMap<&str, Sums>> {
    let mut listed: BTreeMap<&str, Sums> = BTreeMap::new();
    for line in text.lines() {
        let (head, sum) = line.rsplit_once(") = ")?;
        let (kind, path) = head.split_once(" (")?;
        check_path(path).ok()?;
        let sums = listed.entry(path).or_default();
        match kind {
            "BLAKE3" => sum.clone_into(&mut sums.blake3),
            "SHA256" => sum.clone_into(&mut sums.sha256),
            _ => return None,
        }
    }
    (!listed.is_empty()).then_some(listed)
}

/// `inside` is the path of `folder` itself, with a slash at its end unless it is empty.
fn list(folder: &Path, inside: &str, files: &mut Vec<ArtifactFile>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let path = format!("{inside}{}", entry.file_name().to_string_lossy());
        let metadata = entry.metadata()?;
        if metadata.is_dir() {
            list(&entry.path(), &format!("{path}/"), files)?;
        } else {
            files.push(ArtifactFile {
                path,
                size_bytes: metadata.len(),
            });
        }
    }
    Ok(())
}

fn unreadable() -> FolderCheck {
    FolderCheck {
        n_files: 0,
        damaged: vec![CHECKSUMS.to_owned()],
    }
}

fn check_path(path: &str) -> Result<()> {
    let fits = ![CHECKSUMS, SIGNATURE].contains(&path)
        && !path.contains(['\\', ':', '\n', '\r', '\0'])
        && path.split('/').all(|part| !matches!(part, "" | "." | ".."));
    if fits {
        Ok(())
    } else {
        Err(Error::invalid(
            format!("`{path}` is no path of a file in an exported folder"),
            "write it relative and with `/`",
        ))
    }
}

fn write_file(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut file = File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}
