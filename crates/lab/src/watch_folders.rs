//! Watched folders: a file that changed and is settled becomes a version, its expectations are checked, and everybody
//! hears of it.
//!
//! Invariant: what was seen stands in the lab, so a restart imports what changed meanwhile and nothing twice; of all
//! processes that have the lab open, the one that holds the lock imports.

mod settling;

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant, UNIX_EPOCH};

use assay_core::dataset::{ImportOptions, ImportOutcome, ImportSpec};
use assay_core::event::{Event, NoticeLevel};
use assay_core::ids::check_name;
use assay_core::job::{JobOutcome, JobSpec};
use assay_core::reference::Reference;
use assay_core::watch::{
    WatchCheck, WatchOutcome, WatchRequest, WatchedFile, WatchedFolder, skip_reason,
};
use assay_core::{Code, Task};
use assay_store::WatchLock;
use notify::{RecommendedWatcher, RecursiveMode, Watcher};

use crate::error::{Attempt, Cause};
use crate::{Error, Lab};
use settling::{FileState, Settling};

/// How long a file must stay as it is before it is read.
pub const SETTLE: Duration = Duration::from_secs(1);
/// How often folders are looked at when nothing is heard of them: some file systems tell nothing.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// How often the list of folders is looked at, and files that wait to settle.
const TICK: Duration = Duration::from_millis(250);

impl Lab {
    pub fn watches(&self) -> Result<Vec<WatchedFolder>, Error> {
        self.store
            .watches()
            .attempt(|| "list the watched folders".to_owned())
    }

    /// Registers a folder; whoever has the lab open to stay imports its files from now on.
    pub fn add_watch(&self, request: &WatchRequest) -> Result<Vec<WatchedFolder>, Error> {
        self.register_folder(request)
            .attempt(|| format!("watch {}", request.folder.display()))?;
        self.watches()
    }

    fn register_folder(&self, request: &WatchRequest) -> Result<String, Cause> {
        if let Some(name) = &request.name {
            check_name(name.as_str())?;
        }
        let folder = std::fs::canonicalize(&request.folder)
            .map_err(|error| Cause::io(&request.folder, error))?;
        if !folder.is_dir() {
            return Err(Cause::with_hint(
                Code::Invalid,
                "it is no folder",
                "give the folder in which the file stands",
            ));
        }
        let lab = std::fs::canonicalize(self.path()).unwrap_or_else(|_| self.path().to_owned());
        if folder.starts_with(lab.join("objects")) || folder == lab {
            return Err(Cause::with_hint(
                Code::Invalid,
                "it belongs to the lab itself",
                "choose a folder outside of the lab, or its `inbox`",
            ));
        }
        let text = folder.display().to_string();
        self.store
            .add_watch(&text, request.name.as_ref(), self.act())?;
        Ok(text)
    }

    /// What was imported stays.
    pub fn remove_watch(&self, folder: &Path) -> Result<Vec<WatchedFolder>, Error> {
        // A folder that is gone can be named as it is listed.
        let text = std::fs::canonicalize(folder)
            .unwrap_or_else(|_| folder.to_owned())
            .display()
            .to_string();
        self.store
            .remove_watch(&text, self.act())
            .attempt(|| format!("stop watching {}", folder.display()))?;
        self.watches()
    }

    /// Registers a folder and watches all registered ones until the process ends; with `once` until every file that
    /// is there now was imported or has its reason. `told` hears of every file of this folder.
    pub fn watch_folder(
        &self,
        request: &WatchRequest,
        settle: Duration,
        once: bool,
        told: &dyn Fn(&WatchedFile),
    ) -> Result<WatchedFolder, Error> {
        let attempted = || format!("watch {}", request.folder.display());
        let folder = self.register_folder(request).attempt(attempted)?;
        let mut watcher = FolderWatcher::new(settle);
        let mut known: HashMap<String, WatchedFile> = HashMap::new();
        loop {
            watcher.tick(self, settle.min(TICK)).attempt(attempted)?;
            let watches = self.store.watches().attempt(attempted)?;
            let Some(watch) = watches.into_iter().find(|watch| watch.folder == folder) else {
                // Somebody else ended it.
                return Err(Error::new(
                    attempted(),
                    Cause::said(Code::Conflict, "it is not watched any more"),
                ));
            };
            for file in watch.files.iter().rev() {
                if known.get(&file.file) != Some(file) {
                    known.insert(file.file.clone(), file.clone());
                    told(file);
                }
            }
            if once && is_done(&watch).attempt(attempted)? {
                return Ok(watch);
            }
        }
    }

    /// Watches all registered folders on a thread of its own, until the lab is dropped.
    pub(crate) fn start_watching_folders(self: &Arc<Self>) {
        let weak = Arc::downgrade(self);
        std::thread::spawn(move || {
            let mut watcher = FolderWatcher::new(SETTLE);
            loop {
                watcher.wait(TICK);
                let Some(lab) = weak.upgrade() else { return };
                // A lab that is busy for a moment is looked at again the next time.
                let _ = watcher.work(&lab);
            }
        });
    }
}

/// Whether all that is in the folder was seen as it is now, and nothing waits.
fn is_done(watch: &WatchedFolder) -> Result<bool, Cause> {
    for (file, state) in files_in(Path::new(&watch.folder))? {
        let known = watch.files.iter().find(|known| known.file == file);
        let is_known =
            known.is_some_and(|known| state.is_of(known) && known.outcome != WatchOutcome::Waiting);
        if !is_known {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Looking into a folder is heard as well; whoever looked again because of it would never rest.
fn may_tell_a_change(event: &notify::Result<notify::Event>) -> bool {
    use notify::event::{AccessKind, AccessMode, EventKind};
    !matches!(
        event,
        Ok(notify::Event {
            kind: EventKind::Access(
                AccessKind::Any
                    | AccessKind::Read
                    | AccessKind::Open(_)
                    | AccessKind::Close(AccessMode::Any | AccessMode::Read | AccessMode::Execute)
                    | AccessKind::Other
            ),
            ..
        })
    )
}

struct FolderWatcher {
    settling: Settling,
    /// `None` where the system offers no way to hear of changes; then folders are looked at.
    watcher: Option<RecommendedWatcher>,
    heard: Receiver<()>,
    watched: BTreeSet<PathBuf>,
    lock: Option<WatchLock>,
    /// Something may have changed since the last look.
    is_due: bool,
    looked: Instant,
}

impl FolderWatcher {
    fn new(settle: Duration) -> Self {
        let (sender, heard): (Sender<()>, Receiver<()>) = channel();
        let watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            if may_tell_a_change(&event) {
                // The other end goes when nobody watches any more.
                let _ = sender.send(());
            }
        });
        Self {
            settling: Settling::new(settle),
            watcher: watcher.ok(),
            heard,
            watched: BTreeSet::new(),
            lock: None,
            is_due: true,
            looked: Instant::now(),
        }
    }

    fn tick(&mut self, lab: &Lab, wait: Duration) -> Result<(), Cause> {
        let worked = self.work(lab);
        self.wait(wait);
        worked
    }

    /// Until something is heard or the time is over; a burst of changes is heard as one.
    fn wait(&mut self, time: Duration) {
        match self.heard.recv_timeout(time) {
            Ok(()) => {
                self.is_due = true;
                while self.heard.try_recv().is_ok() {}
            }
            Err(std::sync::mpsc::RecvTimeoutError::Timeout) => {}
            // Without a watcher there is nobody to hear.
            Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => std::thread::sleep(time),
        }
    }

    fn work(&mut self, lab: &Lab) -> Result<(), Cause> {
        let watches = lab.store.watches()?;
        self.follow(&watches);
        if watches.is_empty() {
            self.lock = None;
            return Ok(());
        }
        if self.lock.is_none() {
            self.lock = lab.store.lock_watching()?;
            if self.lock.is_none() {
                return Ok(());
            }
        }
        if !self.is_due && !self.settling.any() && self.looked.elapsed() < LOOK_EVERY {
            return Ok(());
        }
        self.is_due = false;
        self.looked = Instant::now();
        for watch in &watches {
            self.look(lab, watch)?;
        }
        Ok(())
    }

    fn follow(&mut self, watches: &[WatchedFolder]) {
        let wanted: BTreeSet<PathBuf> = watches
            .iter()
            .map(|watch| PathBuf::from(&watch.folder))
            .collect();
        if wanted == self.watched {
            return;
        }
        if let Some(watcher) = &mut self.watcher {
            // A folder that cannot be followed (it is gone, or too many are) is looked at now and then.
            for gone in self.watched.difference(&wanted) {
                let _ = watcher.unwatch(gone);
            }
            for new in wanted.difference(&self.watched) {
                let _ = watcher.watch(new, RecursiveMode::NonRecursive);
            }
        }
        self.watched = wanted;
        self.is_due = true;
    }

    fn look(&mut self, lab: &Lab, watch: &WatchedFolder) -> Result<(), Cause> {
        let folder = Path::new(&watch.folder);
        // A folder that is not there at the moment (a drive that was taken out) may come back.
        let Ok(files) = files_in(folder) else {
            return Ok(());
        };
        for known in &watch.files {
            if !files.iter().any(|(file, _)| *file == known.file) {
                self.settling.forget(&folder.join(&known.file));
                let now_ms = lab.environment().now_ms();
                lab.store
                    .forget_watched_file(&watch.folder, &known.file, now_ms)?;
            }
        }
        for (file, state) in files {
            let known = watch.files.iter().find(|known| known.file == file);
            let is_seen = known.is_some_and(|known| state.is_of(known));
            if is_seen && known.is_some_and(|known| known.outcome != WatchOutcome::Waiting) {
                continue;
            }
            let skipped = skip_reason(&file).or((state.size_bytes == 0).then_some("it is empty"));
            let outcome = match skipped {
                Some(reason) => WatchOutcome::Skipped {
                    reason: reason.to_owned(),
                },
                None if self.settling.is_settled(&folder.join(&file), &state) => {
                    lab.import_watched(watch, &folder.join(&file))
                }
                None if is_seen => continue,
                None => WatchOutcome::Waiting,
            };
            lab.note_watched(watch, file, &state, outcome)?;
        }
        Ok(())
    }
}

impl Lab {
    fn note_watched(
        &self,
        watch: &WatchedFolder,
        file: String,
        state: &FileState,
        outcome: WatchOutcome,
    ) -> Result<(), Cause> {
        let level = match &outcome {
            WatchOutcome::Imported { check, .. } => match check {
                WatchCheck::NoSuite | WatchCheck::Passed { .. } => Some(NoticeLevel::Info),
                WatchCheck::Failed { .. } | WatchCheck::CouldNotRun { .. } => {
                    Some(NoticeLevel::Warning)
                }
            },
            WatchOutcome::Failed { .. } => Some(NoticeLevel::Warning),
            WatchOutcome::Skipped { .. } | WatchOutcome::Waiting => None,
        };
        let text = format!("`{file}` in {} {}", watch.folder, outcome.sentence());
        self.store.save_watched_file(
            &watch.folder,
            &WatchedFile {
                file,
                size_bytes: state.size_bytes,
                modified_ns: state.modified_ns.to_string(),
                seen_ms: self.environment().now_ms(),
                outcome,
            },
        )?;
        if let Some(level) = level {
            self.tell(&Event::Notice { level, text });
        }
        Ok(())
    }

    fn import_watched(&self, watch: &WatchedFolder, path: &Path) -> WatchOutcome {
        let spec = ImportSpec {
            path: path.to_owned(),
            name: watch.name.clone(),
            options: ImportOptions::default(),
        };
        let imported = self
            .run_job(JobSpec::Import(spec), &|_| {})
            .map_err(|error| error.failure().to_string())
            .and_then(|job| match job.outcome {
                Some(JobOutcome::Dataset(outcome)) => self
                    .settle_import(outcome)
                    .map_err(|cause| cause.to_string()),
                _ => Err("its process ended without an answer".to_owned()),
            });
        imported.unwrap_or_else(|reason| WatchOutcome::Failed { reason })
    }

    /// Makes the file's rows the newest version when an older one has them, and runs the suite.
    fn settle_import(&self, outcome: ImportOutcome) -> Result<WatchOutcome, Cause> {
        let name = outcome.dataset.as_str();
        let newest = self.store.dataset_version(&Reference::latest(name))?;
        let imported = Reference::version(name, outcome.version);
        let is_older = outcome.already_there && newest.content != outcome.dataset_version;
        let version = if is_older {
            self.store.restore_dataset_version(&imported, self.act())?
        } else {
            self.store.dataset_version(&imported)?
        };
        Ok(WatchOutcome::Imported {
            check: self.check_watched(&crate::dataset_reference(&version)),
            hash: version.source.hash,
            dataset: version.dataset,
            version: version.version,
            n_rows: version.n_rows,
            already_there: outcome.already_there && !is_older,
        })
    }

    fn check_watched(&self, version: &Reference) -> WatchCheck {
        match self.store.suite(&version.name, None) {
            Ok(None) => return WatchCheck::NoSuite,
            Err(error) => {
                return WatchCheck::CouldNotRun {
                    reason: error.to_string(),
                };
            }
            Ok(Some(_)) => {}
        }
        match self.check(version, &Task::silent()) {
            Err(error) => WatchCheck::CouldNotRun {
                reason: error.cause.to_string(),
            },
            Ok(report) if report.outcome.n_failed > 0 => WatchCheck::Failed {
                n_rules: report.results.len() as u32,
                n_failed: report.outcome.n_failed,
            },
            Ok(report) => WatchCheck::Passed {
                n_rules: report.results.len() as u32,
            },
        }
    }
}

/// The files in a folder by name, not those in folders inside.
fn files_in(folder: &Path) -> Result<Vec<(String, FileState)>, Cause> {
    let failed = |error| Cause::io(folder, error);
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        // What vanishes between two looks was never there.
        let Ok(metadata) = std::fs::metadata(entry.path()) else {
            continue;
        };
        if !metadata.is_file() {
            continue;
        }
        let modified = metadata.modified().map_err(failed)?;
        let since = modified.duration_since(UNIX_EPOCH);
        let state = FileState {
            size_bytes: metadata.len(),
            modified_ns: since.map_or(0, |since| since.as_nanos()),
        };
        found.push((entry.file_name().to_string_lossy().into_owned(), state));
    }
    found.sort_by(|(a, _), (b, _)| a.cmp(b));
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looking_into_a_folder_is_not_heard_as_a_change_and_a_written_file_is() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.csv"), "x\n1\n").unwrap();
        let mut watcher = FolderWatcher::new(SETTLE);
        if let Some(watcher) = &mut watcher.watcher {
            watcher
                .watch(folder.path(), RecursiveMode::NonRecursive)
                .unwrap();
        }
        assert_eq!(files_in(folder.path()).unwrap().len(), 1);
        std::fs::read(folder.path().join("a.csv")).unwrap();
        let quiet = watcher.heard.recv_timeout(Duration::from_millis(300));
        assert!(quiet.is_err(), "reading woke the watcher");
        std::fs::write(folder.path().join("b.csv"), "x\n2\n").unwrap();
        watcher
            .heard
            .recv_timeout(Duration::from_secs(20))
            .expect("a written file is heard");
    }
}
