//! Detectors beside the merging of parts: whoever finds them idle shows them all that waits, and nobody else waits for that.
//!
//! Invariant: they see the parts in the order of the rows, whatever thread shows them.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};

use super::concept::{Concept, Errors};
use super::subject::Subject;

/// Parts that may wait; then whoever brings one stays until there are fewer, so that memory does not grow with the log.
const MAX_WAITING: usize = 64;

pub struct Detecting {
    waiting: Mutex<BTreeMap<u64, Shown>>,
    running: Mutex<Running>,
}

struct Shown {
    errors: Errors,
    /// Rows of a pane by which the errors are placed.
    size: u64,
}

struct Running {
    concept: Concept,
    size: u64,
    next: u64,
}

impl Detecting {
    pub fn new(concept: Concept, size: u64) -> Self {
        Self {
            waiting: Mutex::default(),
            running: Mutex::new(Running {
                concept,
                size,
                next: 0,
            }),
        }
    }

    /// Takes the errors of part `number`, the first being 0.
    pub fn add(&self, subject: &Subject, number: u64, size: u64, errors: Errors) {
        let n_waiting = {
            let mut waiting = held(&self.waiting);
            waiting.insert(number, Shown { errors, size });
            waiting.len()
        };
        loop {
            let running = match self.running.try_lock() {
                Ok(running) => running,
                Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
                Err(TryLockError::WouldBlock) if n_waiting > MAX_WAITING => held(&self.running),
                Err(TryLockError::WouldBlock) => return,
            };
            let next = self.show(running, subject);
            // A part that came after the last look, while the detectors still seemed busy.
            if !held(&self.waiting).contains_key(&next) {
                return;
            }
        }
    }

    /// What they found, once every part has been added.
    pub fn concept(&self) -> Concept {
        held(&self.running).concept.clone()
    }

    /// Answers with the number of the part that they have not seen.
    fn show(&self, mut running: MutexGuard<'_, Running>, subject: &Subject) -> u64 {
        loop {
            let Some(shown) = held(&self.waiting).remove(&running.next) else {
                return running.next;
            };
            running.next += 1;
            while running.size < shown.size {
                running.concept.double();
                running.size *= 2;
            }
            running.concept.add(subject, &shown.errors);
        }
    }
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
