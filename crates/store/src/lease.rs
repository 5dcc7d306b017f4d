//! Leases: what each process has on its way, so that nobody takes it for rubbish and everybody can tell when it is.
//!
//! A process that writes bytes has a folder of its own in `objects/tmp/` with a `lock` that it holds as long as it
//! lives, its unfinished files, and a `journal` of the objects it claims: those that it put, or found and is about to
//! refer to. A lease whose lock can be taken is dead. Its files go, and of the objects in its journal those that nothing
//! refers to and no other lease claims.
//!
//! Invariant: an object is claimed before it is moved into place or looked for, and who claims holds `lab.claims`
//! shared until it has looked; who removes objects holds it alone, reads the journals first and the references after
//! them, for a claim is dropped only when the reference stands.

use std::collections::{HashMap, HashSet};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use assay_core::ObjectHash;

use crate::error::{Attempted, Result};
use crate::layout::Layout;
use crate::objects::is_hash;
use crate::orphans::{Removed, entries, is_referenced, remove};
use crate::status::size_of;
use crate::store::{Store, held};

const LOCK: &str = "lock";
const JOURNAL: &str = "journal";

/// What this process has on its way.
#[derive(Debug, Default)]
pub(crate) struct Own {
    /// Made when it is first needed: who only reads has none.
    lease: Option<Lease>,
    /// How often each object was claimed and not yet settled. Invariant: the journal holds all of them.
    claims: HashMap<ObjectHash, u32>,
}

#[derive(Debug)]
struct Lease {
    folder: PathBuf,
    journal: File,
    _lock: File,
}

/// Held for moments: shared by who claims objects, alone by who removes them.
pub(crate) struct Claiming {
    _file: File,
}

impl Store {
    /// The folder for this process's unfinished files.
    pub(crate) fn lease_folder(&self) -> Result<PathBuf> {
        let mut own = held(&self.own);
        Ok(own.lease(&self.layout)?.folder.clone())
    }

    /// To be called while `claiming` is held, and before the object is looked for or moved into place.
    pub(crate) fn claim(&self, object: &ObjectHash, _claiming: &Claiming) -> Result<()> {
        let mut own = held(&self.own);
        if !own.claims.contains_key(object) {
            let journalling = || "claiming an object".to_owned();
            let lease = own.lease(&self.layout)?;
            writeln!(lease.journal, "{object}").attempted(journalling)?;
            lease.journal.sync_data().attempted(journalling)?;
        }
        *own.claims.entry(object.clone()).or_default() += 1;
        Ok(())
    }

    /// Something refers to these objects from now on, or they are not wanted any more; each drops one claim.
    pub(crate) fn settle<'a>(&self, objects: impl IntoIterator<Item = &'a ObjectHash>) {
        let mut own = held(&self.own);
        for object in objects {
            if let Some(n) = own.claims.get_mut(object) {
                *n -= 1;
                if *n == 0 {
                    own.claims.remove(object);
                }
            }
        }
        if own.claims.is_empty()
            && let Some(lease) = &own.lease
        {
            // A journal that stays too long only keeps objects a little longer.
            let _ = lease.journal.set_len(0);
        }
    }

    /// Drops one claim on each of these objects and removes those that nothing refers to and nobody else claims.
    pub(crate) fn abandon(&self, objects: &[ObjectHash]) -> Result<Removed> {
        self.settle(objects);
        let _claiming = Claiming::alone(&self.layout)?;
        let claimed = self.claimed()?;
        self.remove_unreferenced(objects.iter().filter(|object| !claimed.contains(*object)))
    }

    /// What this and all other living processes claim.
    pub(crate) fn claimed(&self) -> Result<HashSet<ObjectHash>> {
        let mut claimed: HashSet<ObjectHash> = held(&self.own).claims.keys().cloned().collect();
        for folder in entries(&self.layout.leases())? {
            if is_alive(&folder)? && !self.is_own(&folder) {
                claimed.extend(read_journal(&folder)?);
            }
        }
        Ok(claimed)
    }

    /// Removes what dead processes left on their way. Costs a look into one folder when there is nothing.
    pub(crate) fn clear_dead_leases(&self) -> Result<Removed> {
        let mut removed = Removed::default();
        if self.dead_leases()?.is_empty() {
            return Ok(removed);
        }
        let _claiming = Claiming::alone(&self.layout)?;
        let dead = self.dead_leases()?;
        let mut left = HashSet::new();
        for path in dead.iter().filter(|path| path.is_dir()) {
            left.extend(read_journal(path)?);
        }
        let claimed = self.claimed()?;
        removed += self.remove_unreferenced(left.difference(&claimed))?;
        // Last, so that whoever is killed here leaves the journal to the next.
        for path in dead {
            removed += remove_lease(&path)?;
        }
        Ok(removed)
    }

    /// The leases that nobody holds, and what else lies among them.
    fn dead_leases(&self) -> Result<Vec<PathBuf>> {
        let mut dead = Vec::new();
        for path in entries(&self.layout.leases())? {
            if !is_alive(&path)? {
                dead.push(path);
            }
        }
        Ok(dead)
    }

    fn is_own(&self, folder: &Path) -> bool {
        held(&self.own)
            .lease
            .as_ref()
            .is_some_and(|lease| lease.folder == folder)
    }

    /// To be called while nobody can claim.
    fn remove_unreferenced<'a>(
        &self,
        objects: impl Iterator<Item = &'a ObjectHash>,
    ) -> Result<Removed> {
        let mut removed = Removed::default();
        for object in objects {
            let path = self.layout.object(object);
            if path.is_file() && !self.read(|db| is_referenced(db, object))? {
                removed.n_files += 1;
                removed.size_bytes += size_of(&path)?;
                remove(&path)?;
            }
        }
        Ok(removed)
    }

    /// Gives the lease back: what was put and never referred to is of no use to anybody.
    fn end_lease(&self) -> Result<()> {
        let Own { lease, claims } = std::mem::take(&mut *held(&self.own));
        let Some(lease) = lease else { return Ok(()) };
        if !claims.is_empty() {
            let _claiming = Claiming::alone(&self.layout)?;
            let claimed = self.claimed_by_others(&lease.folder)?;
            self.remove_unreferenced(claims.keys().filter(|object| !claimed.contains(*object)))?;
        }
        let Lease { folder, .. } = lease;
        remove_lease(&folder).map(|_| ())
    }

    fn claimed_by_others(&self, own: &Path) -> Result<HashSet<ObjectHash>> {
        let mut claimed = HashSet::new();
        for folder in entries(&self.layout.leases())? {
            if folder != own && is_alive(&folder)? {
                claimed.extend(read_journal(&folder)?);
            }
        }
        Ok(claimed)
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        // What stays is a dead lease, which the next one to open the lab clears.
        let _ = self.end_lease();
    }
}

impl Own {
    fn lease(&mut self, layout: &Layout) -> Result<&mut Lease> {
        let lease = match self.lease.take() {
            Some(lease) => lease,
            None => Lease::take(layout)?,
        };
        Ok(self.lease.insert(lease))
    }
}

impl Lease {
    fn take(layout: &Layout) -> Result<Self> {
        let beginning = || "beginning to write into the lab".to_owned();
        // Nobody clears a lease that is not locked yet.
        let _claiming = Claiming::shared(layout)?;
        let prefix = format!("lease-{}-", std::process::id());
        let folder = tempfile::Builder::new()
            .prefix(&prefix)
            .tempdir_in(layout.leases())
            .attempted(beginning)?
            .keep();
        let lock = File::create_new(folder.join(LOCK)).attempted(beginning)?;
        lock.lock().attempted(beginning)?;
        let journal = OpenOptions::new()
            .append(true)
            .create(true)
            .open(folder.join(JOURNAL))
            .attempted(beginning)?;
        Ok(Self {
            folder,
            journal,
            _lock: lock,
        })
    }
}

impl Claiming {
    pub(crate) fn shared(layout: &Layout) -> Result<Self> {
        Self::take(layout, File::lock_shared)
    }

    pub(crate) fn alone(layout: &Layout) -> Result<Self> {
        Self::take(layout, File::lock)
    }

    fn take(layout: &Layout, lock: impl FnOnce(&File) -> std::io::Result<()>) -> Result<Self> {
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(layout.claiming())
            .and_then(|file| lock(&file).map(|()| file))
            .attempted(|| "locking the objects".to_owned())?;
        Ok(Self { _file: file })
    }
}

/// Whether a process holds this lease. The lock goes with the process, so no process id has to be trusted.
fn is_alive(folder: &Path) -> Result<bool> {
    let looking = || format!("looking at `{}`", folder.display());
    let lock = match File::open(folder.join(LOCK)) {
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Ok(false);
        }
        opened => opened.attempted(looking)?,
    };
    match lock.try_lock_shared() {
        Ok(()) => Ok(false),
        Err(TryLockError::WouldBlock) => Ok(true),
        Err(TryLockError::Error(error)) => Err(error).attempted(looking),
    }
}

/// A line that a killed process did not finish names nothing.
fn read_journal(folder: &Path) -> Result<Vec<ObjectHash>> {
    let text = match std::fs::read_to_string(folder.join(JOURNAL)) {
        Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
        read => read.attempted(|| format!("reading the journal in `{}`", folder.display()))?,
    };
    Ok(text
        .lines()
        .filter(|line| is_hash(line))
        .map(ObjectHash::new)
        .collect())
}

/// Counts the unfinished files, not the lock and the journal. Another one may be removing it, too.
fn remove_lease(path: &Path) -> Result<Removed> {
    let mut removed = Removed::default();
    let inside = if path.is_dir() {
        entries(path)?
    } else {
        vec![path.to_owned()]
    };
    for file in inside {
        if !file.ends_with(LOCK) && !file.ends_with(JOURNAL) {
            removed.n_files += 1;
            removed.size_bytes += size_of(&file).unwrap_or(0);
        }
    }
    match remove(path) {
        Err(_) if !path.exists() => Ok(removed),
        outcome => outcome.map(|()| removed),
    }
}
