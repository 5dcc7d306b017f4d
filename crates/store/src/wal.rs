//! The log of changes (SQLite's write-ahead log), and when it goes into the database: beside the writer, which would
//! wait for the disk otherwise.
//!
//! A log that begins anew needs a moment without a write. Under a load without such a moment it grows to a bound, and
//! there the writer does what is left of the folding itself.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::{Connection, OpenFlags};

use crate::error::Result;

/// New pages after which the log is folded: 16 MiB.
const FOLD_PAGES: i32 = 4_096;
/// The bound: 64 MiB.
const MOST_PAGES: i32 = 16_384;
/// So often it is folded while something is written that was not synced: folding syncs the log first.
const SYNC_EVERY: Duration = Duration::from_secs(1);

#[derive(Debug)]
pub(crate) struct WriteAheadLog {
    database: PathBuf,
    n_pages: Arc<AtomicI32>,
    n_pages_folded: i32,
    folded_at: Instant,
    is_folding: Arc<AtomicBool>,
}

impl WriteAheadLog {
    /// Of the one connection that writes; its own folding ends.
    pub fn of(connection: &mut Connection, database: PathBuf) -> Result<Self> {
        let n_pages = Arc::new(AtomicI32::new(0));
        let seen = Arc::clone(&n_pages);
        connection.wal_hook(Some(move |_: &mut _, pages| {
            seen.store(pages, Ordering::Relaxed);
            Ok(())
        }))?;
        Ok(Self {
            database,
            n_pages,
            n_pages_folded: 0,
            folded_at: Instant::now(),
            is_folding: Arc::default(),
        })
    }

    /// To be called after every commit; `is_synced` says that the commit waited for the disk.
    pub fn committed(&mut self, connection: &Connection, is_synced: bool) {
        let n_pages = self.n_pages.load(Ordering::Relaxed);
        if n_pages < self.n_pages_folded {
            self.n_pages_folded = 0;
        }
        if n_pages >= MOST_PAGES {
            fold(connection);
            self.began(n_pages);
        } else if (n_pages - self.n_pages_folded >= FOLD_PAGES
            || (!is_synced && self.folded_at.elapsed() >= SYNC_EVERY))
            && !self.is_folding.swap(true, Ordering::AcqRel)
        {
            self.began(n_pages);
            let database = self.database.clone();
            let is_folding = Arc::clone(&self.is_folding);
            thread::spawn(move || {
                let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
                if let Ok(connection) = Connection::open_with_flags(database, flags) {
                    fold(&connection);
                }
                is_folding.store(false, Ordering::Release);
            });
        }
    }

    fn began(&mut self, n_pages: i32) {
        self.n_pages_folded = n_pages;
        self.folded_at = Instant::now();
    }
}

/// What cannot be folded now stays in the log, is read from there, and is folded the next time.
fn fold(connection: &Connection) {
    let _ = connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
}
