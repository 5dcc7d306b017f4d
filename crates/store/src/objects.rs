//! Bytes named by their blake3, written once and never changed.

use std::cell::Cell;
use std::fs::File;
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use assay_core::ObjectHash;
use tempfile::NamedTempFile;

use crate::error::{Attempted, Error, Result};
use crate::layout::{Layout, sync_folder};
use crate::lease::Claiming;
use crate::store::Store;

/// Bytes on their way into the lab. Dropped without [`PendingObject::commit`], they are gone.
///
/// What is written through [`Write`] is hashed on the way, so that nothing is read again.
#[derive(Debug)]
pub struct PendingObject<'a> {
    store: &'a Store,
    file: NamedTempFile,
    hasher: blake3::Hasher,
    /// Somebody may have written past the hasher.
    is_shared: Cell<bool>,
}

impl Store {
    /// A new file inside the lab, to be filled through [`Write`], [`PendingObject::file`] or by
    /// [`PendingObject::path`].
    pub fn begin_object(&self) -> Result<PendingObject<'_>> {
        let file = NamedTempFile::with_prefix_in("object-", self.lease_folder()?)
            .attempted(|| "beginning an object".to_owned())?;
        Ok(PendingObject {
            store: self,
            file,
            hasher: blake3::Hasher::new(),
            is_shared: Cell::new(false),
        })
    }

    pub fn put_object(&self, bytes: &[u8]) -> Result<(ObjectHash, u64)> {
        let mut object = self.begin_object()?;
        object
            .write_all(bytes)
            .attempted(|| "writing an object".to_owned())?;
        object.commit()
    }

    /// A file that stays where it is: the object is a link to it. For a lab that is only a view of other files and goes
    /// when it is closed; where there are no links, the file is copied.
    pub fn link_object(&self, file: &Path) -> Result<(ObjectHash, u64)> {
        let linking = || format!("reading `{}`", file.display());
        let opened = File::open(file).attempted(linking)?;
        if cfg!(not(unix)) {
            let mut object = self.begin_object()?;
            std::io::copy(&mut &opened, &mut object).attempted(linking)?;
            return object.commit();
        }
        let (hash, size_bytes) = hash_of(&opened).attempted(linking)?;
        let target = self.layout.object(&hash);
        if !target.is_file() {
            make_parent(&self.layout, &target)?;
            let file = std::path::absolute(file).attempted(linking)?;
            link(&file, &target).attempted(linking)?;
        }
        Ok((hash, size_bytes))
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
        self.is_shared.set(true);
        self.file.path()
    }

    pub fn file(&mut self) -> &mut File {
        self.is_shared.set(true);
        self.file.as_file_mut()
    }

    /// Names the bytes, syncs them and moves them into place; an object that is there already is kept. Returns the
    /// hash and the number of bytes.
    ///
    /// The file may have been written or replaced by its path.
    pub fn commit(self) -> Result<(ObjectHash, u64)> {
        let Self {
            store,
            file,
            hasher,
            is_shared,
        } = self;
        let naming = || "finishing an object".to_owned();
        let path = file.into_temp_path();
        let handle = File::options()
            .read(true)
            .write(true)
            .open(&path)
            .attempted(naming)?;
        handle.sync_all().attempted(naming)?;
        let (hash, size_bytes) = if is_shared.get() {
            hash_of(&handle).attempted(naming)?
        } else {
            name_of(&hasher)
        };
        drop(handle);
        let claiming = Claiming::shared(&store.layout)?;
        store.claim(&hash, &claiming)?;
        let target = store.layout.object(&hash);
        if !target.is_file() {
            let folder = make_parent(&store.layout, &target)?;
            path.persist(&target)
                .map_err(|error| error.error)
                .attempted(naming)?;
            sync_folder(&folder)?;
        }
        Ok((hash, size_bytes))
    }
}

impl Write for PendingObject<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let n = self.file.write(bytes)?;
        self.hasher.update(bytes.get(..n).unwrap_or_default());
        Ok(n)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.file.flush()
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
    Ok(name_of(&hasher))
}

fn name_of(hasher: &blake3::Hasher) -> (ObjectHash, u64) {
    let hash = ObjectHash::new(hasher.finalize().to_hex().as_str());
    (hash, hasher.count())
}

pub(crate) fn is_hash(text: &str) -> bool {
    text.len() == 64
        && text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

#[cfg(unix)]
fn link(file: &Path, target: &Path) -> std::io::Result<()> {
    std::os::unix::fs::symlink(file, target)
}

#[cfg(not(unix))]
fn link(file: &Path, target: &Path) -> std::io::Result<()> {
    std::fs::copy(file, target).map(|_| ())
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
