//! The prediction log: what a server answered, a line a row, written behind the answers' backs.
//!
//! Invariant: at most [`MAX_WAITING_ROWS`] rows and one request more wait to be written, for at most some [`GATHER`];
//! the next answer waits until there is room. So a process that is killed takes no more than those with it.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use assay_core::ModelName;
use assay_core::lab::PredictionLogSettings;
use assay_core::reference::Reference;
use assay_core::registry::VersionKey;
use assay_core::schema::ColumnType;
use assay_core::serving::Answered;
use assay_store::{DayLog, DayLogKind};

use self::line::{Kinds, Line};
use crate::Lab;
use crate::error::{Attempt, Cause};

mod line;

pub(crate) use self::line::{day_of, time_of};

/// Rows that wait to be written at most.
pub const MAX_WAITING_ROWS: usize = 1_024;
/// For so long lines are gathered, so that one write carries many.
const GATHER: Duration = Duration::from_millis(10);
/// A power cut takes no more than what was written in this time.
const SYNC_EVERY: Duration = Duration::from_secs(1);
const BYTES_A_MB: u64 = 1 << 20;

/// Written by a thread of its own until it is dropped; then all that waits is written first.
#[derive(Debug)]
pub struct PredictionLog {
    shared: Arc<Shared>,
    writer: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Shared {
    waiting: Mutex<Waiting>,
    /// There is something to write, or nothing will come any more.
    filled: Condvar,
    /// There is room.
    emptied: Condvar,
}

#[derive(Debug, Default)]
struct Waiting {
    answers: VecDeque<Answered>,
    n_rows: usize,
    is_closed: bool,
}

impl Shared {
    fn held(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl PredictionLog {
    /// `None` when the lab's settings switch it off.
    pub fn begin(lab: &Arc<Lab>) -> Result<Option<Self>, crate::Error> {
        let settings = lab.settings()?.predictions;
        if !settings.log {
            return Ok(None);
        }
        let shared = Arc::new(Shared::default());
        let writer = std::thread::Builder::new()
            .name("prediction log".to_owned())
            .spawn({
                let (shared, lab) = (Arc::clone(&shared), Arc::downgrade(lab));
                move || Writer::new(lab, settings).run(&shared)
            })
            .map_err(|error| Cause::said(assay_core::Code::Io, error.to_string()))
            .attempt(|| "begin the prediction log".to_owned())?;
        Ok(Some(Self {
            shared,
            writer: Some(writer),
        }))
    }

    /// Refused requests are not logged. Waits only when [`MAX_WAITING_ROWS`] wait already.
    pub fn put(&self, answered: Answered) {
        if answered.refusal.is_some() || n_lines(&answered) == 0 {
            return;
        }
        let n_rows = n_lines(&answered);
        let mut waiting = self.shared.held();
        while waiting.n_rows >= MAX_WAITING_ROWS {
            waiting = self
                .shared
                .emptied
                .wait(waiting)
                .unwrap_or_else(PoisonError::into_inner);
        }
        waiting.n_rows += n_rows;
        let was_empty = waiting.answers.is_empty();
        waiting.answers.push_back(answered);
        let is_full = waiting.n_rows >= MAX_WAITING_ROWS;
        drop(waiting);
        if was_empty || is_full {
            self.shared.filled.notify_one();
        }
    }
}

impl Drop for PredictionLog {
    fn drop(&mut self) {
        self.shared.held().is_closed = true;
        self.shared.filled.notify_one();
        if let Some(writer) = self.writer.take() {
            // A writer that panicked has said so on stderr.
            let _ = writer.join();
        }
    }
}

/// A line a row; one for whole tensors.
fn n_lines(answered: &Answered) -> usize {
    match &answered.prediction {
        Some(prediction) => prediction.n_rows(),
        None => usize::from(answered.tensors.is_some()),
    }
}

struct Writer {
    lab: Weak<Lab>,
    settings: PredictionLogSettings,
    logs: HashMap<ModelName, DayLog>,
    kinds: HashMap<VersionKey, Kinds>,
    synced: Instant,
    is_dirty: bool,
    /// One sentence a trouble, not one a request.
    has_complained: bool,
}

impl Writer {
    fn new(lab: Weak<Lab>, settings: PredictionLogSettings) -> Self {
        Self {
            lab,
            settings,
            logs: HashMap::new(),
            kinds: HashMap::new(),
            synced: Instant::now(),
            is_dirty: false,
            has_complained: false,
        }
    }

    fn run(mut self, shared: &Shared) {
        loop {
            let Some(answers) = self.next(shared) else {
                self.sync();
                return;
            };
            if let Err(error) = self.write(&answers) {
                if !self.has_complained {
                    eprintln!("warning: {error}");
                }
                self.has_complained = true;
            } else {
                self.has_complained = false;
            }
            self.is_dirty = true;
            if self.synced.elapsed() >= SYNC_EVERY {
                self.sync();
            }
        }
    }

    /// What waits, gathered for a moment. `None` when nothing comes any more.
    fn next(&mut self, shared: &Shared) -> Option<VecDeque<Answered>> {
        let mut waiting = shared.held();
        while waiting.answers.is_empty() {
            if waiting.is_closed {
                return None;
            }
            let (held, timeout) = shared
                .filled
                .wait_timeout(waiting, SYNC_EVERY)
                .unwrap_or_else(PoisonError::into_inner);
            waiting = held;
            if timeout.timed_out() && self.is_dirty {
                drop(waiting);
                self.sync();
                waiting = shared.held();
            }
        }
        let begun = Instant::now();
        while !waiting.is_closed && waiting.n_rows < MAX_WAITING_ROWS {
            let Some(left) = GATHER.checked_sub(begun.elapsed()) else {
                break;
            };
            waiting = shared
                .filled
                .wait_timeout(waiting, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
        waiting.n_rows = 0;
        let answers = std::mem::take(&mut waiting.answers);
        drop(waiting);
        shared.emptied.notify_all();
        Some(answers)
    }

    fn write(&mut self, answers: &VecDeque<Answered>) -> Result<(), crate::Error> {
        // By model and day; nearly always one of each.
        let mut texts: Vec<(ModelName, String, Vec<u8>)> = Vec::new();
        for answered in answers {
            let Some(version) = &answered.version else {
                continue;
            };
            if !self.is_sampled(&answered.request_id) {
                continue;
            }
            let day = day_of(answered.at_ms);
            let at = texts
                .iter()
                .position(|(model, other, _)| *model == version.model && *other == day);
            let at = at.unwrap_or_else(|| {
                texts.push((version.model.clone(), day, Vec::new()));
                texts.len() - 1
            });
            let kinds = kinds_of(&mut self.kinds, &self.lab, version);
            let text = &mut texts[at].2;
            let n_rows = n_lines(answered);
            for row in 0..n_rows {
                let line = Line {
                    answered,
                    version,
                    row,
                    is_alone: n_rows == 1,
                    kinds,
                    redact: &self.settings.redact,
                };
                serde_json::to_writer(&mut *text, &line)
                    .map_err(Cause::from)
                    .attempt(|| "write the prediction log".to_owned())?;
                text.push(b'\n');
            }
        }
        for (model, day, text) in texts {
            self.append(&model, &day, &text)?;
        }
        Ok(())
    }

    fn append(&mut self, model: &ModelName, day: &str, text: &[u8]) -> Result<(), crate::Error> {
        let attempted = || "write the prediction log".to_owned();
        if !self.logs.contains_key(model) {
            // The lab is gone only when its process ends.
            let Some(lab) = self.lab.upgrade() else {
                return Ok(());
            };
            let max_bytes = self.settings.max_file_mb.saturating_mul(BYTES_A_MB);
            let kind = DayLogKind::Predictions(model);
            self.logs
                .insert(model.clone(), lab.store.day_log(kind, max_bytes));
        }
        let Some(log) = self.logs.get_mut(model) else {
            return Ok(());
        };
        if log.append(day, text).attempt(attempted)?
            && let Some(keep_days) = self.settings.keep_days
            && let Some(first) = line::days_before(day, keep_days)
        {
            log.forget_before(&first).attempt(attempted)?;
        }
        Ok(())
    }

    fn sync(&mut self) {
        for log in self.logs.values_mut() {
            if let Err(error) = log.sync() {
                eprintln!("warning: {error}");
            }
        }
        self.is_dirty = false;
        self.synced = Instant::now();
    }

    /// The same requests are logged however often they are looked at: their id decides.
    fn is_sampled(&self, request_id: &str) -> bool {
        if self.settings.sample >= 1.0 {
            return true;
        }
        let hash = blake3::hash(request_id.as_bytes());
        let (first, _) = hash.as_bytes().split_at(4);
        let drawn = first
            .iter()
            .fold(0_u32, |sum, &byte| (sum << 8) | u32::from(byte));
        f64::from(drawn) < self.settings.sample * (f64::from(u32::MAX) + 1.0)
    }
}

fn kinds_of<'a>(
    known: &'a mut HashMap<VersionKey, Kinds>,
    lab: &Weak<Lab>,
    version: &VersionKey,
) -> &'a Kinds {
    known.entry(version.clone()).or_insert_with(|| {
        let lab = lab.upgrade();
        // Without them numbers are written as numbers.
        lab.and_then(|lab| lab.input_kinds(version).ok())
            .unwrap_or_default()
    })
}

impl Lab {
    fn input_kinds(&self, key: &VersionKey) -> Result<Kinds, Cause> {
        let reference = Reference::version(key.model.as_str(), key.version);
        let version = self.store.model_version(&reference)?;
        let inputs = version.signature.inputs.into_iter();
        Ok(inputs
            .map(|input| (input.name, input.kind))
            .collect::<HashMap<String, ColumnType>>())
    }
}
