//! When a file is whole: its size and its time did not change for a while.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use assay_core::watch::WatchedFile;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FileState {
    pub size_bytes: u64,
    /// Since 1970.
    pub modified_ns: u128,
}

impl FileState {
    pub(super) fn is_of(&self, known: &WatchedFile) -> bool {
        known.size_bytes == self.size_bytes && known.modified_ns == self.modified_ns.to_string()
    }
}

/// The files that wait, each with the state in which it was first seen and when.
#[derive(Debug)]
pub(super) struct Settling {
    time: Duration,
    waiting: HashMap<PathBuf, (FileState, Instant)>,
}

impl Settling {
    pub(super) fn new(time: Duration) -> Self {
        Self {
            time,
            waiting: HashMap::new(),
        }
    }

    pub(super) fn any(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// Whether the file stayed in this state for the whole time. A file that did is not waited for any more.
    pub(super) fn is_settled(&mut self, path: &Path, state: &FileState) -> bool {
        match self.waiting.get(path) {
            Some((known, since)) if known == state => {
                let is_settled = since.elapsed() >= self.time;
                if is_settled {
                    self.waiting.remove(path);
                }
                is_settled
            }
            _ => {
                let seen = (state.clone(), Instant::now());
                self.waiting.insert(path.to_owned(), seen);
                false
            }
        }
    }

    pub(super) fn forget(&mut self, path: &Path) {
        self.waiting.remove(path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_grows_waits_until_it_stays() {
        let path = Path::new("a.csv");
        let state = |size_bytes| FileState {
            size_bytes,
            modified_ns: 1,
        };
        let mut settling = Settling::new(Duration::from_secs(3_600));
        for size_bytes in [10, 20, 20] {
            assert!(!settling.is_settled(path, &state(size_bytes)));
            assert!(settling.any());
        }
        // With no time to wait, the second look at the same state is enough, and a new state begins anew.
        settling.time = Duration::ZERO;
        assert!(!settling.is_settled(path, &state(30)));
        assert!(settling.is_settled(path, &state(30)));
        assert!(!settling.any());
        assert!(!settling.is_settled(path, &state(30)));
        settling.forget(path);
        assert!(!settling.any());
    }
}
