//! Requests that log at the same time share a commit: while one group is written, the next one gathers.

use std::fmt;

use assay_core::TimestampMs;
use assay_core::tracking::LogEntry;

use crate::error::Result;
use crate::store::{Store, held};

/// Hears how an entry fared, after the commit that holds it.
pub type Answer = Box<dyn FnOnce(Result<()>) + Send>;

/// What waits for the next commit.
#[derive(Default)]
pub(crate) struct Queue {
    entries: Vec<LogEntry>,
    answers: Vec<Answer>,
    /// Somebody is in [`Store::commit_queue`] and will see what is added now.
    is_led: bool,
}

impl Store {
    /// Puts an entry into the next group. When this returns true, nobody writes groups just now: the caller is to call
    /// [`Store::commit_queue`] on a thread that may block.
    #[must_use]
    pub fn enqueue(&self, entry: LogEntry, answer: Answer) -> bool {
        let mut queue = held(&self.queue);
        queue.entries.push(entry);
        queue.answers.push(answer);
        !std::mem::replace(&mut queue.is_led, true)
    }

    /// Writes group after group until nothing waits.
    pub fn commit_queue(&self, now_ms: impl Fn() -> TimestampMs) {
        let lead = Lead(self);
        loop {
            // Those who were just answered may be about to ask again: a larger group is cheaper for all.
            std::thread::yield_now();
            let Some((entries, answers)) = lead.next_group() else {
                return;
            };
            let outcomes = self.log_entries(&entries, now_ms());
            for (outcome, answer) in outcomes.into_iter().zip(answers) {
                answer(outcome);
            }
        }
    }
}

/// Invariant: who leads and stops, for whatever reason, is followed by the next who adds an entry.
struct Lead<'a>(&'a Store);

impl Lead<'_> {
    fn next_group(&self) -> Option<(Vec<LogEntry>, Vec<Answer>)> {
        let mut queue = held(&self.0.queue);
        // In the same breath, so that nobody adds an entry in between and relies on this one.
        queue.is_led = !queue.entries.is_empty();
        queue.is_led.then(|| {
            (
                std::mem::take(&mut queue.entries),
                std::mem::take(&mut queue.answers),
            )
        })
    }
}

impl Drop for Lead<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            held(&self.0.queue).is_led = false;
        }
    }
}

impl fmt::Debug for Queue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Queue")
            .field("n_waiting", &self.entries.len())
            .field("is_led", &self.is_led)
            .finish()
    }
}
