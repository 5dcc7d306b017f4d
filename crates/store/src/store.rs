//! One open lab: how it is made and opened, and the only two ways to its database.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use assay_core::TimestampMs;
use assay_core::event::Kind;
use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use crate::act::Act;
use crate::changes;
use crate::error::{Attempted, Error, Result};
use crate::layout::{Layout, sync_folder};
use crate::lease::Own;
use crate::lock::LabLock;
use crate::migrate::{self, STEPS};
use crate::runs::index::RunIndex;
use crate::runs::live::Touched;
use crate::settings;
use crate::tracking::queue::Queue;
use crate::wal::WriteAheadLog;

const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
const IDLE_READERS: usize = 4;
/// Of one connection; writing what a client logs alone takes a dozen.
const PREPARED_STATEMENTS: usize = 128;

/// An open lab. Blocking; to be shared between threads.
///
/// Writes go one after another over one connection; reads do not wait for them (WAL) and see one state each.
#[derive(Debug)]
pub struct Store {
    pub(crate) layout: Layout,
    // Dropped in this order: a reader cannot fold the log of changes into the database when it is the last to close.
    readers: Mutex<Vec<Connection>>,
    writer: Mutex<Writer>,
    pub(crate) queue: Mutex<Queue>,
    pub(crate) own: Mutex<Own>,
    /// What the lab is a view of, when it takes no changes.
    view_of: OnceLock<String>,
    /// What searches keep of the runs.
    pub(crate) run_index: Mutex<RunIndex>,
    _lock: LabLock,
}

#[derive(Debug)]
struct Writer {
    connection: Connection,
    durability: Durability,
    log: WriteAheadLog,
}

/// What a committed write survives. Either survives a killed process and leaves a consistent lab.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Durability {
    /// A power cut too (`synchronous=FULL`): for everything that is done when the call returns.
    PowerCut,
    /// For what belongs to unfinished work and comes often: what clients log to a run, metric points and the progress
    /// of jobs. The next write of the other kind, at the latest the one that finishes the work, syncs them as well, and
    /// while it goes on the log is synced about once a second: a power cut takes what came since, a killed process
    /// nothing.
    Kill,
}

/// One transaction on its way.
pub(crate) struct Write<'a> {
    pub tx: rusqlite::Transaction<'a>,
    kinds: BTreeSet<Kind>,
    touched: Touched,
}

impl Write<'_> {
    /// Reads of this kind are to be done again.
    pub fn changed(&mut self, kind: Kind) {
        self.kinds.insert(kind);
    }

    /// The row of the table of runs is to be read again.
    pub fn touched_run(&mut self, row: i64) {
        self.kinds.insert(Kind::Runs);
        self.touched.rows.insert(row);
    }

    /// The run came, or is in another list now.
    pub fn listed_run(&mut self, row: i64) {
        self.touched_run(row);
        self.touched.listed.insert(row);
    }
}

impl Store {
    /// Makes a lab in `dir`, which may exist when it holds nothing else. What a killed `create` left is taken up.
    ///
    /// # Errors
    /// [`Error::AlreadyALab`], [`Error::FolderNotEmpty`], and what the file system says.
    pub fn create(dir: &Path, app_version: &str, act: Act<'_>) -> Result<Self> {
        std::fs::create_dir_all(dir)
            .attempted(|| format!("making the folder `{}`", dir.display()))?;
        let layout = Layout::new(dir);
        layout.check_free()?;
        if is_lab(&layout) {
            return Err(Error::AlreadyALab {
                path: dir.to_owned(),
            });
        }
        layout.make_folders()?;
        settings::write_default(&layout.settings())?;
        let store = Self::start(layout, app_version, act.at_ms, true)?;
        store.append_audit(act, "lab.created", "", "The lab was made.")?;
        sync_folder(dir)?;
        Ok(store)
    }

    /// Opens a lab; brings an older one to the newest format, with a copy of its database in `backups/` before.
    ///
    /// # Errors
    /// [`Error::NotALab`], [`Error::NewerLab`], [`Error::HeldByOtherVersion`], [`Error::Busy`] when another process
    /// is opening it for longer than ten seconds.
    pub fn open(dir: &Path, app_version: &str, now_ms: TimestampMs) -> Result<Self> {
        let layout = Layout::new(dir);
        if !layout.database().is_file() || !layout.settings().is_file() {
            return Err(Error::NotALab {
                path: dir.to_owned(),
            });
        }
        Self::start(layout, app_version, now_ms, false)
    }

    /// Whether `dir` holds a lab; nothing is locked or changed.
    pub fn is_lab(dir: &Path) -> bool {
        is_lab(&Layout::new(dir))
    }

    pub fn dir(&self) -> &Path {
        self.layout.root()
    }

    /// `inbox/`: files put here are imported.
    pub fn inbox(&self) -> PathBuf {
        self.layout.inbox()
    }

    /// `logs/`: prediction logs.
    pub fn logs(&self) -> PathBuf {
        self.layout.logs()
    }

    fn start(layout: Layout, version: &str, now_ms: TimestampMs, new: bool) -> Result<Self> {
        // A lab of a newer version is told as such, whoever holds it, and without touching it.
        if !new {
            let connection = read_only(&layout)?;
            if application_id(&connection)? != migrate::APPLICATION_ID {
                return Err(Error::NotALab {
                    path: layout.root().to_owned(),
                });
            }
            migrate::format(&connection, STEPS)?;
        }
        let (lock, mut connection) = LabLock::take(&layout, version, |alone| {
            layout.make_folders()?;
            let mut connection = read_write(&layout)?;
            if alone {
                migrate::migrate(&mut connection, STEPS, &layout.backups(), now_ms)?;
            } else if (migrate::format(&connection, STEPS)? as usize) < STEPS.len() {
                return Err(Error::Busy);
            }
            Ok(connection)
        })?;
        let log = WriteAheadLog::of(&mut connection, layout.database())?;
        let store = Self {
            layout,
            writer: Mutex::new(Writer {
                connection,
                durability: Durability::PowerCut,
                log,
            }),
            queue: Mutex::default(),
            readers: Mutex::default(),
            own: Mutex::default(),
            view_of: OnceLock::new(),
            run_index: Mutex::default(),
            _lock: lock,
        };
        // What cannot be removed now harms nobody; the doctor names it.
        let _ = store.clear_dead_leases();
        Ok(store)
    }

    /// From here on the lab takes no changes: it is a view of files that stay what they are.
    pub fn close_to_changes(&self, view_of: &str) {
        // a second call changes nothing
        let _ = self.view_of.set(view_of.to_owned());
    }

    /// Runs `work` on one state of the database.
    pub(crate) fn read<T>(&self, work: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        let idle = held(&self.readers).pop();
        let connection = match idle {
            Some(connection) => connection,
            None => read_only(&self.layout)?,
        };
        let transaction = connection.unchecked_transaction()?;
        let outcome = work(&transaction);
        drop(transaction);
        let mut readers = held(&self.readers);
        if readers.len() < IDLE_READERS {
            readers.push(connection);
        }
        outcome
    }

    /// Runs `work` in one transaction; when it fails, nothing was written.
    pub(crate) fn write<T>(
        &self,
        at_ms: TimestampMs,
        work: impl FnOnce(&mut Write<'_>) -> Result<T>,
    ) -> Result<T> {
        self.write_with(Durability::PowerCut, at_ms, work)
    }

    pub(crate) fn write_with<T>(
        &self,
        durability: Durability,
        at_ms: TimestampMs,
        work: impl FnOnce(&mut Write<'_>) -> Result<T>,
    ) -> Result<T> {
        if let Some(view_of) = self.view_of.get() {
            return Err(Error::conflict(
                format!("this is a view of `{view_of}`, which is only read"),
                "make a lab with `assay init` and import it there",
            ));
        }
        let mut writer = held(&self.writer);
        if writer.durability != durability {
            let level = match durability {
                Durability::PowerCut => "FULL",
                Durability::Kill => "NORMAL",
            };
            writer
                .connection
                .pragma_update(None, "synchronous", level)?;
            writer.durability = durability;
        }
        let Writer {
            connection, log, ..
        } = &mut *writer;
        let outcome = {
            let mut write = Write {
                tx: connection.transaction_with_behavior(TransactionBehavior::Immediate)?,
                kinds: BTreeSet::new(),
                touched: Touched::default(),
            };
            let outcome = work(&mut write)?;
            let Write { tx, kinds, touched } = write;
            let number = changes::append(&tx, &kinds, at_ms)?;
            touched.mark(&tx, number)?;
            tx.commit()?;
            outcome
        };
        log.committed(connection, durability == Durability::PowerCut);
        Ok(outcome)
    }
}

/// A thread that panicked left no half of a change behind: transactions roll back when dropped.
pub(crate) fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(crate) fn read_only(layout: &Layout) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(layout.database(), flags)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(PREPARED_STATEMENTS);
    Ok(connection)
}

fn read_write(layout: &Layout) -> Result<Connection> {
    let connection = Connection::open(layout.database())?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(PREPARED_STATEMENTS);
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    Ok(connection)
}

fn application_id(connection: &Connection) -> Result<i32> {
    Ok(connection.pragma_query_value(None, "application_id", |row| row.get(0))?)
}

fn is_lab(layout: &Layout) -> bool {
    layout.database().is_file()
        && read_only(layout)
            .and_then(|connection| application_id(&connection))
            .is_ok_and(|id| id == migrate::APPLICATION_ID)
}

#[cfg(test)]
mod tests {
    use assay_core::registry::AuditEntry;

    use super::*;

    const ACT: Act<'static> = Act {
        actor: "test",
        at_ms: 1,
    };

    impl Store {
        /// As if the disk had room for `extra` more pages of the database.
        fn leave_room_for(&self, extra: i64) -> Result<()> {
            let writer = held(&self.writer);
            let n_pages: i64 = writer
                .connection
                .pragma_query_value(None, "page_count", |row| row.get(0))?;
            let limit = format!("PRAGMA max_page_count = {}", n_pages + extra);
            writer.connection.query_row(&limit, [], |_| Ok(()))?;
            Ok(())
        }
    }

    #[test]
    fn a_full_disk_is_said_and_leaves_the_database_as_it_was() -> Result<()> {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::create(&folder.path().join("lab"), "1", ACT)?;
        let state = |store: &Store| -> Result<(Vec<AuditEntry>, u64)> {
            Ok((store.audit(None, 100)?, store.change_number()?))
        };
        let before = state(&store)?;
        store.leave_room_for(2)?;
        let long = "x".repeat(100_000);
        let error = store.append_audit(ACT, "a", "b", &long).unwrap_err();
        assert!(matches!(error, Error::DiskFull { .. }), "{error:?}");
        assert_eq!(error.code(), assay_core::Code::Io);
        assert_eq!(state(&store)?, before);
        assert!(store.doctor(false, |_| true, 0).healthy);

        store.leave_room_for(1_000)?;
        store.append_audit(ACT, "a", "b", &long)?;
        assert_eq!(store.verify_audit()?, Ok(2));
        Ok(())
    }

    #[test]
    fn a_write_that_fails_half_way_wrote_nothing() -> Result<()> {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::create(&folder.path().join("lab"), "1", ACT)?;
        let before = (store.audit(None, 9)?, store.change_number()?);
        let failed: Result<()> = store.write(2, |write| {
            write.audit(ACT, "a", "b", "c")?;
            Err(Error::Busy)
        });
        assert!(failed.is_err());
        assert_eq!((store.audit(None, 9)?, store.change_number()?), before);
        Ok(())
    }
}
