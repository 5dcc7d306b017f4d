//! The circuit breaker of a version: closed, open after too many failures, half open to try again.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use assay_core::TimestampMs;
use assay_core::serving::{BreakerPosition, BreakerState, ServeSettings};

/// Times are given; it looks at no clock.
#[derive(Debug)]
pub struct Breaker {
    max_failures: usize,
    window_ms: TimestampMs,
    open_ms: TimestampMs,
    /// Invariant: true only while it is closed, so that a request that may pass waits for nobody.
    is_closed: AtomicBool,
    record: Mutex<Record>,
}

#[derive(Debug, Default)]
struct Record {
    /// Times within the window, oldest first.
    failures: VecDeque<TimestampMs>,
    opened_ms: Option<TimestampMs>,
    is_trying: bool,
    last_failure: Option<String>,
}

/// How a request was let through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    Free,
    /// The one that tries whether the version answers again.
    Trial,
}

impl Breaker {
    pub fn new(settings: &ServeSettings) -> Self {
        let milliseconds = |secs: f64| (secs * 1e3).min(1e15) as TimestampMs;
        Self {
            max_failures: settings.max_failures as usize,
            window_ms: milliseconds(settings.window_secs),
            open_ms: milliseconds(settings.open_secs),
            is_closed: AtomicBool::new(true),
            record: Mutex::default(),
        }
    }

    /// `None`: not now.
    pub fn admit(&self, now_ms: TimestampMs) -> Option<Admission> {
        if self.is_closed.load(Ordering::Acquire) {
            return Some(Admission::Free);
        }
        let mut record = self.record();
        let Some(opened_ms) = record.opened_ms else {
            return Some(Admission::Free);
        };
        if record.is_trying || now_ms < opened_ms.saturating_add(self.open_ms) {
            return None;
        }
        record.is_trying = true;
        Some(Admission::Trial)
    }

    /// A request that was let through was answered.
    pub fn succeeded(&self, admission: Admission) {
        if admission == Admission::Trial {
            let mut record = self.record();
            *record = Record::default();
            self.is_closed.store(true, Ordering::Release);
        }
    }

    /// It was not, and the version is to blame.
    pub fn failed(&self, admission: Admission, now_ms: TimestampMs, sentence: &str) {
        let mut record = self.record();
        self.note(&mut record, now_ms, sentence);
        match admission {
            Admission::Trial => {
                record.is_trying = false;
                record.opened_ms = Some(now_ms);
            }
            Admission::Free => {
                if record.opened_ms.is_none() && record.failures.len() >= self.max_failures {
                    self.open(&mut record, now_ms);
                }
            }
        }
    }

    /// The version cannot answer at all.
    pub fn broke(&self, admission: Admission, now_ms: TimestampMs, sentence: &str) {
        let mut record = self.record();
        self.note(&mut record, now_ms, sentence);
        if admission == Admission::Trial {
            record.is_trying = false;
        }
        self.open(&mut record, now_ms);
    }

    /// It did not come to the version: the request itself was wrong, or its caller went away.
    pub fn gave_up(&self, admission: Admission) {
        if admission == Admission::Trial {
            self.record().is_trying = false;
        }
    }

    pub fn state(&self, now_ms: TimestampMs) -> BreakerState {
        let mut record = self.record();
        self.forget(&mut record, now_ms);
        let retry_ms = record.opened_ms.map(|at| at.saturating_add(self.open_ms));
        BreakerState {
            position: match retry_ms {
                None => BreakerPosition::Closed,
                Some(retry_ms) if now_ms >= retry_ms || record.is_trying => {
                    BreakerPosition::HalfOpen
                }
                Some(_) => BreakerPosition::Open,
            },
            n_failures: record.failures.len() as u32,
            opened_ms: record.opened_ms,
            retry_ms,
            last_failure: record.last_failure.clone(),
        }
    }

    fn note(&self, record: &mut Record, now_ms: TimestampMs, sentence: &str) {
        record.failures.push_back(now_ms);
        self.forget(record, now_ms);
        if record.failures.len() > self.max_failures {
            record.failures.pop_front();
        }
        record.last_failure = Some(sentence.to_owned());
    }

    fn forget(&self, record: &mut Record, now_ms: TimestampMs) {
        while record
            .failures
            .front()
            .is_some_and(|at| at.saturating_add(self.window_ms) < now_ms)
        {
            record.failures.pop_front();
        }
    }

    fn open(&self, record: &mut Record, now_ms: TimestampMs) {
        record.opened_ms = Some(now_ms);
        self.is_closed.store(false, Ordering::Release);
    }

    fn record(&self) -> MutexGuard<'_, Record> {
        self.record.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_opens_tries_and_closes() {
        let breaker = Breaker::new(&ServeSettings {
            max_failures: 2,
            window_secs: 1.0,
            open_secs: 5.0,
            ..ServeSettings::default()
        });
        let position = |now| breaker.state(now).position;
        let free = Admission::Free;
        breaker.failed(free, 0, "a");
        // The first failure has left the window.
        breaker.failed(free, 1_500, "b");
        assert_eq!(position(1_500), BreakerPosition::Closed);
        breaker.failed(free, 1_600, "c");
        assert_eq!(position(1_600), BreakerPosition::Open);
        assert_eq!(breaker.state(1_600).retry_ms, Some(6_600));
        assert_eq!(breaker.admit(6_599), None);
        assert_eq!(position(6_600), BreakerPosition::HalfOpen);
        assert_eq!(breaker.admit(6_600), Some(Admission::Trial));
        assert_eq!(breaker.admit(6_601), None, "one at a time");
        breaker.gave_up(Admission::Trial);
        assert_eq!(breaker.admit(6_602), Some(Admission::Trial));
        breaker.failed(Admission::Trial, 6_602, "d");
        assert_eq!(breaker.admit(11_601), None);
        assert_eq!(breaker.state(6_602).last_failure.as_deref(), Some("d"));
        assert_eq!(breaker.admit(11_602), Some(Admission::Trial));
        breaker.succeeded(Admission::Trial);
        assert_eq!(position(11_602), BreakerPosition::Closed);
        assert_eq!(breaker.state(11_602).last_failure, None);
        assert_eq!(breaker.admit(11_603), Some(Admission::Free));
    }

    #[test]
    fn a_version_that_cannot_answer_at_all_opens_it_at_once() {
        let breaker = Breaker::new(&ServeSettings::default());
        breaker.broke(Admission::Free, 10, "damaged");
        assert_eq!(breaker.state(10).position, BreakerPosition::Open);
        assert_eq!(breaker.admit(11), None);
    }
}
