//! A log that grows, replayed while it does: new lines of its files, and new files of its folders.
//!
//! Invariant: a line is read once it has ended, and once only; a file that was moved aside is followed under its new name,
//! and one that was cut off or replaced is read from its beginning.

mod growing;
mod telling;

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use assay_core::alert::Alert;
use assay_core::replay::{DriftReport, ReplaySpec, WindowReport};
use assay_core::task::TaskEvent;
use assay_core::{ReplayId, Task};
use notify::{RecommendedWatcher, RecursiveMode, Watcher};

use self::growing::Growing;
use self::telling::Telling;
use super::challenge::Sample;
use super::panes::Cut;
use super::pass::Pass;
use super::reading::{Reading, files_of};
use crate::datasets::file_name;
use crate::error::{Attempt, Cause};
use crate::{Error, Lab};

/// How often files are looked at when nothing is heard of them: some file systems tell nothing.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How often it is asked whether to stop.
const TICK: Duration = Duration::from_millis(100);

/// What somebody who follows a log hears of.
#[derive(Debug, Clone, Copy)]
pub enum Heard<'a> {
    /// A window that is through.
    Window(&'a WindowReport),
    /// An alert that has come true, once.
    Alert(&'a Alert),
}

impl Lab {
    /// Replays a log as it grows until `is_over`, and keeps the report then. `told` hears of windows and alerts, webhooks
    /// of alerts, while it goes on.
    pub fn follow_replay(
        &self,
        spec: &ReplaySpec,
        is_over: &dyn Fn() -> bool,
        told: &mut dyn FnMut(Heard<'_>),
    ) -> Result<DriftReport, Error> {
        self.follow_log(spec, is_over, told).attempt(|| {
            let first = spec.logs.first();
            let log = first.map(|path| file_name(path)).unwrap_or_default();
            format!("follow `{log}` against `{}`", spec.against())
        })
    }

    fn follow_log(
        &self,
        spec: &ReplaySpec,
        is_over: &dyn Fn() -> bool,
        told: &mut dyn FnMut(Heard<'_>),
    ) -> Result<DriftReport, Cause> {
        let started = Instant::now();
        let subject = self.subject(spec)?;
        let task = Task::new(|event| {
            if let TaskEvent::Warning { text } = event {
                eprintln!("warning: {text}");
            }
        });
        let (_watcher, changes) = watch(&spec.logs);
        let mut growing = Growing::new()?;
        let mut followed: Option<(Reading, Pass)> = None;
        let replay_id = ReplayId::from_bits(self.environment.id_bits());
        std::thread::scope(|scope| {
            let mut telling = Telling::new(self, &task, scope, told);
            loop {
                // What came before the end is read too.
                let is_last = is_over();
                if followed.is_none() && has_rows(spec) {
                    let reading = Reading::of(spec, &subject, &task)?;
                    let sample = Sample::of(&subject, &reading);
                    let pass = Pass::new(Cut::of(spec.window.as_ref())?, sample);
                    followed = Some((reading, pass));
                }
                if let Some((reading, pass)) = &mut followed {
                    let files = files_of(&spec.logs, &Task::silent()).unwrap_or_default();
                    if growing.look(&files, &subject, reading, pass, is_last)? {
                        telling.of_windows(spec, &replay_id, &subject, reading, pass)?;
                    }
                }
                if is_last {
                    break;
                }
                wait(&changes, is_over);
            }
            let Some((reading, pass)) = followed.filter(|(_, pass)| pass.placing.n_rows > 0) else {
                return Err(assay_frame::Error::NoRows.into());
            };
            let report =
                self.keep_replay(spec, &replay_id, &subject, &reading, &pass, started, &task)?;
            telling.of_alerts(&report);
            Ok(report)
        })
    }
}

/// Whether a first line has ended somewhere.
fn has_rows(spec: &ReplaySpec) -> bool {
    files_of(&spec.logs, &Task::silent()).is_ok_and(|files| {
        super::reading::beginning_of(&files, &spec.options, &Task::silent()).is_ok()
    })
}

/// Hears of changes beside the logs; a system that tells nothing is asked instead.
fn watch(logs: &[PathBuf]) -> (Option<RecommendedWatcher>, Receiver<()>) {
    let (sender, changes) = channel();
    let heard = move |_: notify::Result<notify::Event>| {
        // The other end is gone only when nobody follows any more.
        let _ = sender.send(());
    };
    let mut watcher = notify::recommended_watcher(heard).ok();
    if let Some(watcher) = &mut watcher {
        for log in logs {
            let mut folder = log.clone();
            while !folder.is_dir() && folder.pop() {}
            if folder.as_os_str().is_empty() {
                folder = PathBuf::from(".");
            }
            // A folder that cannot be watched is looked at now and then.
            let _ = watcher.watch(&folder, RecursiveMode::Recursive);
        }
    }
    (watcher, changes)
}

/// Until something changed, it is time to look, or all is over.
fn wait(changes: &Receiver<()>, is_over: &dyn Fn() -> bool) {
    let begun = Instant::now();
    while begun.elapsed() < LOOK_EVERY && !is_over() {
        if changes.recv_timeout(TICK).is_ok() {
            // A writer changes a file many times: one look is enough for all of them.
            std::thread::sleep(TICK);
            while changes.try_recv().is_ok() {}
            return;
        }
    }
}
