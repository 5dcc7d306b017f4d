//! Bytes named by their blake3, written once and never changed.

use std::collections::HashSet;
use std::fs::File;
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use assay_core::ObjectHash;
use tempfile::NamedTempFile;

use crate::error::{Attempted, Error, Result};
use crate::layout::{Layout, sync_folder};
use crate::store::{Store, held};

/// Bytes on their way into the lab. Dropped without [`PendingObject::commit`], they are gone.
#[derive(Debug)]
pub struct PendingObject<'a> {
    file: NamedTempFile,
    unfinished: Unfinished<'a>,
}

/// What this process has on its way: no orphans, whatever the database says.
#[derive(Debug, Default)]
pub(crate) struct Own {
    /// Put, and not yet referred to.
    pub objects: HashSet<ObjectHash>,
    /// Files and folders that are being written.
    pub unfinished: HashSet<PathBuf>,
}

/// Says that a file or folder is being written, until it is dropped.
#[derive(Debug)]
pub(crate) struct Unfinished<'a> {
    store: &'a Store,
    path: PathBuf,
}

impl Store {
    /// A new file inside the lab, to be filled through [`PendingObject::file`] or by [`PendingObject::path`].
    pub fn begin_object(&self) -> Result<PendingObject<'_>> {
        let pending = self.layout.pending();
        let (file, unfinished) = self
            .begin(
                || NamedTempFile::with_prefix_in("object-", &pending),
                NamedTempFile::path,
            )
            .attempted(|| "beginning an object".to_owned())?;
        Ok(PendingObject { file, unfinished })
    }

    /// Makes a temporary file or folder and knows of it before anybody can look for orphans.
    pub(crate) fn begin<T>(
        &self,
        make: impl FnOnce() -> std::io::Result<T>,
        path: impl FnOnce(&T) -> &Path,
    ) -> std::io::Result<(T, Unfinished<'_>)> {
        let mut own = held(&self.own);
        let made = make()?;
        let path = path(&made).to_owned();
        own.unfinished.insert(path.clone());
        Ok((made, Unfinished { store: self, path }))
    }

    /// Something refers to these objects from now on.
    pub(crate) fn settle(&self, objects: &[&ObjectHash]) {
        let mut own = held(&self.own);
        for hash in objects {
            own.objects.remove(*hash);
        }
    }

    pub fn put_object(&self, bytes: &[u8]) -> Result<(ObjectHash, u64)> {
        let mut object = self.begin_object()?;
        object
            .file()
            .write_all(bytes)
            .attempted(|| "writing an object".to_owned())?;
        object.commit()
    }

    /// # Errors
    /// [`Error::NotFound`] when there is no such object, or the text is no hash.
    pub fn object_path(&self, hash: &ObjectHash) -> Result<PathBuf> {
        let path = self.layout.object(hash);
        if is_hash(hash.as_str()) && path.is_file() {
            Ok(path)
        } else {
            Err(Error::not_found("object", hash))
        }
    }

    pub fn read_object(&self, hash: &ObjectHash) -> Result<Vec<u8>> {
        let path = self.object_path(hash)?;
        std::fs::read(&path).attempted(|| format!("reading the object {}", hash.short()))
    }
}

impl PendingObject<'_> {
    pub fn path(&self) -> &Path {
        self.file.path()
    }

    pub fn file(&mut self) -> &mut File {
        self.file.as_file_mut()
    }

    /// Names the bytes, syncs them and moves them into place; an object that is there already is kept. Returns the
    /// hash and the number of bytes.
    ///
    /// The file may have been written or replaced by its path.
    pub fn commit(self) -> Result<(ObjectHash, u64)> {
        let Self { file, unfinished } = self;
        let store = unfinished.store;
        let path = file.into_temp_path();
        let naming = || "finishing an object".to_owned();
        let handle = File::options()
            .read(true)
            .write(true)
            .open(&path)
            .attempted(naming)?;
        handle.sync_all().attempted(naming)?;
        let (hash, size_bytes) = hash_of(&handle).attempted(naming)?;
        // Known as ours before it can be seen as an orphan.
        held(&store.own).objects.insert(hash.clone());
        let target = store.layout.object(&hash);
        if target.is_file() {
            touch(&target, &handle)?;
            return Ok((hash, size_bytes));
        }
        drop(handle);
        let folder = make_parent(&store.layout, &target)?;
        path.persist(&target)
            .map_err(|error| error.error)
            .attempted(naming)?;
        sync_folder(&folder)?;
        Ok((hash, size_bytes))
    }
}

impl Drop for Unfinished<'_> {
    fn drop(&mut self) {
        held(&self.store.own).unfinished.remove(&self.path);
    }
}

/// The hash and length of what is left to read.
pub(crate) fn hash_of(mut reader: impl Read) -> std::io::Result<(ObjectHash, u64)> {
    let mut hasher = blake3::Hasher::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        match reader.read(&mut buffer) {
            Ok(0) => break,
            Ok(n) => {
                hasher.update(&buffer[..n]);
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    let hash = ObjectHash::new(hasher.finalize().to_hex().as_str());
    Ok((hash, hasher.count()))
}

pub(crate) fn is_hash(text: &str) -> bool {
    text.len() == 64
        && text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

/// An object that is put again is as young as a new one: who looks for orphans in another process leaves it alone.
fn touch(object: &Path, pending: &File) -> Result<()> {
    let again = || "keeping an object".to_owned();
    let now = pending
        .metadata()
        .and_then(|metadata| metadata.modified())
        .attempted(again)?;
    File::options()
        .write(true)
        .open(object)
        .and_then(|file| file.set_modified(now))
        .attempted(again)
}

fn make_parent(layout: &Layout, target: &Path) -> Result<PathBuf> {
    let folder = target
        .parent()
        .map_or_else(|| layout.objects(), Path::to_owned);
    if !folder.is_dir() {
        std::fs::create_dir_all(&folder).attempted(|| "making a folder of objects".to_owned())?;
        sync_folder(&layout.objects())?;
    }
    Ok(folder)
}
