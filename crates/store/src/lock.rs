//! The lock: several processes of one version may hold a lab, two versions may not.
//!
//! `lab.lock` is held shared as long as a lab is open. File locks cannot be turned from shared to exclusive in one
//! step, so whoever takes, changes or tests it holds `lab.gate` meanwhile.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::time::Duration;

use crate::error::{Attempted, Error, Result};
use crate::layout::Layout;

/// How often and how long to wait for a process that migrates; with its backup in mind.
const ATTEMPTS: u32 = 200;
const PAUSE: Duration = Duration::from_millis(50);

/// Invariant: the file names the version of everyone who holds it.
#[derive(Debug)]
pub(crate) struct LabLock {
    file: File,
}

impl LabLock {
    /// Takes the lab for `version`. `prepare` runs in any case before the lab may be used, and is told whether
    /// nobody else holds it.
    pub fn take<T>(
        layout: &Layout,
        version: &str,
        prepare: impl FnOnce(bool) -> Result<T>,
    ) -> Result<(Self, T)> {
        let _gate = Gate::pass(&layout.gate())?;
        let mut lock = Self {
            file: open(&layout.lock())?,
        };
        let alone = lock.try_exclusive()?;
        if alone {
            lock.write_version(version)?;
        } else {
            lock.share()?;
            let found = lock.read_version()?;
            if found != version {
                return Err(Error::HeldByOtherVersion { version: found });
            }
        }
        let prepared = prepare(alone)?;
        if alone {
            lock.release()?;
            lock.share()?;
        }
        Ok((lock, prepared))
    }

    fn try_exclusive(&self) -> Result<bool> {
        match self.file.try_lock() {
            Ok(()) => Ok(true),
            Err(TryLockError::WouldBlock) => Ok(false),
            Err(TryLockError::Error(error)) => {
                Err(error).attempted(|| "locking the lab".to_owned())
            }
        }
    }

    fn share(&self) -> Result<()> {
        self.file
            .lock_shared()
            .attempted(|| "locking the lab".to_owned())
    }

    fn release(&self) -> Result<()> {
        self.file
            .unlock()
            .attempted(|| "releasing the lab's lock".to_owned())
    }

    fn write_version(&mut self, version: &str) -> Result<()> {
        self.file
            .set_len(0)
            .and_then(|()| self.file.seek(SeekFrom::Start(0)))
            .and_then(|_| self.file.write_all(version.as_bytes()))
            .and_then(|()| self.file.sync_data())
            .attempted(|| "writing the lab's lock".to_owned())
    }

    fn read_version(&mut self) -> Result<String> {
        let mut found = String::new();
        self.file
            .seek(SeekFrom::Start(0))
            .and_then(|_| self.file.read_to_string(&mut found))
            .attempted(|| "reading the lab's lock".to_owned())?;
        Ok(found)
    }
}

/// Held for moments only; the lock goes with the file handle.
struct Gate {
    _file: File,
}

impl Gate {
    fn pass(path: &Path) -> Result<Self> {
        let file = open(path)?;
        for _ in 0..ATTEMPTS {
            match file.try_lock() {
                Ok(()) => return Ok(Self { _file: file }),
                Err(TryLockError::WouldBlock) => std::thread::sleep(PAUSE),
                Err(TryLockError::Error(error)) => {
                    return Err(error).attempted(|| "locking the lab".to_owned());
                }
            }
        }
        Err(Error::Busy)
    }
}

fn open(path: &Path) -> Result<File> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)
        .attempted(|| format!("opening the lock `{}`", path.display()))
}
