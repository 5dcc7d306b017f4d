//! One session, many requests: who finds it idle runs at once, those that come meanwhile are gathered into one run.
//!
//! Nobody works for others while they could answer: whoever ran hands the session to the first that waits, who runs for
//! all that wait by then.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use assay_core::matrix::{Columns, Prediction, RawColumn, RawValues};
use assay_onnx::Session;

/// A session and the line before it.
pub struct Runner {
    session: Session,
    classes: Arc<[String]>,
    /// Rows of one gathered run; a request of more rows runs alone.
    max_rows: usize,
    line: Mutex<Line>,
}

#[derive(Default)]
struct Line {
    /// Invariant: true while somebody holds a [`Turn`], and only then does anybody wait.
    is_taken: bool,
    waiting: VecDeque<Waiting>,
}

struct Waiting {
    columns: Arc<Columns>,
    reply: Reply,
}

/// What one who waits hears.
pub enum Word {
    /// The session is theirs.
    Lead(Turn),
    /// Another ran for them.
    Ran(Result<Ran, String>),
}

/// Tells one who waits; the word comes back when nobody listens any more.
pub type Reply = Box<dyn FnOnce(Word) -> Result<(), Word> + Send>;

/// Answers to the rows of one request.
#[derive(Debug, Clone, PartialEq)]
pub struct Ran {
    pub prediction: Prediction,
    /// Rows of the whole run.
    pub n_batch_rows: usize,
    /// Whether this is the request that ran for all.
    pub has_led: bool,
}

impl Runner {
    pub fn new(session: Session, max_rows: usize) -> Self {
        Self {
            classes: session.classes().into(),
            session,
            max_rows,
            line: Mutex::default(),
        }
    }

    pub fn classes(&self) -> &Arc<[String]> {
        &self.classes
    }

    pub fn session(&self) -> &Session {
        &self.session
    }

    /// Runs at once when the session is idle. `None`: it is not, and the reply will hear.
    pub fn enter(
        self: &Arc<Self>,
        columns: &Arc<Columns>,
        reply: impl FnOnce() -> Reply,
    ) -> Option<Result<Ran, String>> {
        {
            let mut line = self.line();
            if line.is_taken {
                line.waiting.push_back(Waiting {
                    columns: Arc::clone(columns),
                    reply: reply(),
                });
                return None;
            }
            line.is_taken = true;
        }
        let turn = Turn::of(self);
        let prediction = self.predict(columns);
        drop(turn);
        Some(prediction.map(|prediction| Ran {
            prediction,
            n_batch_rows: columns.n_rows,
            has_led: true,
        }))
    }

    /// Holds the idle session, so that others wait.
    #[cfg(test)]
    pub fn hold(self: &Arc<Self>) -> Turn {
        self.line().is_taken = true;
        Turn::of(self)
    }

    fn predict(&self, columns: &Columns) -> Result<Prediction, String> {
        self.session
            .predict(columns, &self.classes)
            .map_err(|error| error.to_string())
    }

    /// Hands the session to the first that waits and still listens.
    fn pass_on(self: &Arc<Self>) {
        loop {
            let next = {
                let mut line = self.line();
                let next = line.waiting.pop_front();
                line.is_taken = next.is_some();
                next
            };
            let Some(Waiting { columns, reply }) = next else {
                return;
            };
            let turn = Turn {
                runner: Arc::clone(self),
                own: Some(columns),
                is_held: true,
            };
            match reply(Word::Lead(turn)) {
                Ok(()) => return,
                // It passes on by itself no more: this loop does.
                Err(Word::Lead(mut turn)) => turn.is_held = false,
                Err(Word::Ran(_)) => {}
            }
        }
    }

    fn line(&self) -> MutexGuard<'_, Line> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The right to use the session; passed on when it is dropped.
pub struct Turn {
    runner: Arc<Runner>,
    /// The rows of the one who leads.
    own: Option<Arc<Columns>>,
    is_held: bool,
}

impl Turn {
    fn of(runner: &Arc<Runner>) -> Self {
        Self {
            runner: Arc::clone(runner),
            own: None,
            is_held: true,
        }
    }

    /// Runs for oneself and for those that wait by now; answers them, and returns one's own.
    pub fn run(mut self) -> Result<Ran, String> {
        let Some(own) = self.own.take() else {
            return Err("a turn without rows".to_owned());
        };
        let others = self.others(own.n_rows);
        if others.is_empty() {
            let prediction = self.runner.predict(&own);
            return prediction.map(|prediction| Ran {
                prediction,
                n_batch_rows: own.n_rows,
                has_led: true,
            });
        }
        let all = std::iter::once(&own).chain(others.iter().map(|other| &other.columns));
        let gathered = gathered(all.map(Arc::as_ref));
        let predicted = self.runner.predict(&gathered);
        // The next ones run while these answers are handed out.
        drop(self);
        let part = |start: usize, n_rows: usize, has_led| {
            let rows: Vec<usize> = (start..start + n_rows).collect();
            predicted.clone().map(|prediction| Ran {
                prediction: prediction.take(&rows),
                n_batch_rows: gathered.n_rows,
                has_led,
            })
        };
        let mut start = own.n_rows;
        for Waiting { columns, reply } in others {
            let n_rows = columns.n_rows;
            drop(columns);
            // Who no longer listens needs no answer.
            let _ = reply(Word::Ran(part(start, n_rows, false)));
            start += n_rows;
        }
        part(0, own.n_rows, true)
    }

    fn others(&self, n_own: usize) -> Vec<Waiting> {
        let mut line = self.runner.line();
        let mut n_rows = n_own;
        let mut others = Vec::new();
        while let Some(next) = line.waiting.front() {
            n_rows += next.columns.n_rows;
            if n_rows > self.runner.max_rows {
                break;
            }
            others.extend(line.waiting.pop_front());
        }
        others
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if std::mem::take(&mut self.is_held) {
            self.runner.pass_on();
        }
    }
}

/// The rows of tables of the same columns, one below the other.
fn gathered<'a>(mut tables: impl Iterator<Item = &'a Columns>) -> Columns {
    let mut whole = tables.next().cloned().unwrap_or_default();
    for table in tables {
        whole.n_rows += table.n_rows;
        for (RawColumn { values, .. }, more) in whole.columns.iter_mut().zip(&table.columns) {
            match (values, &more.values) {
                (RawValues::Numbers(all), RawValues::Numbers(more)) => all.extend(more),
                (RawValues::Texts(all), RawValues::Texts(more)) => all.extend_from_slice(more),
                // One model's columns have one type.
                (RawValues::Numbers(_), RawValues::Texts(_))
                | (RawValues::Texts(_), RawValues::Numbers(_)) => {}
            }
        }
    }
    whole
}
