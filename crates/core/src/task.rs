//! How long work tells of its progress and hears of its cancellation.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// How far a job is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Progress {
    /// What is being done, as a person would say it: `fitting`, `fold 2 of 5`.
    pub phase: String,
    /// Units done of `total`; the unit is the phase's own.
    pub done: u64,
    /// 0 when unknown.
    pub total: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("cancelled")]
pub struct Cancelled;

type Listener = Box<dyn Fn(&TaskEvent) + Send + Sync>;

/// One point of a curve that a task draws while it runs: `train.log_loss` after iteration 12.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct TaskMetric {
    pub key: String,
    pub value: f64,
    /// Iteration, epoch or tree, from 1 on.
    pub step: u64,
}

/// What a task says while it runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case", tag = "event")]
pub enum TaskEvent {
    Step(Progress),
    Metric(TaskMetric),
    Warning { text: String },
}

/// Handed to every function that takes long. Cheap to clone; safe to use from several threads.
#[derive(Clone)]
pub struct Task {
    cancelled: Arc<AtomicBool>,
    listener: Arc<Listener>,
}

impl Task {
    pub fn new(listener: impl Fn(&TaskEvent) + Send + Sync + 'static) -> Self {
        Self {
            cancelled: Arc::default(),
            listener: Arc::new(Box::new(listener)),
        }
    }

    /// A task that nobody watches.
    pub fn silent() -> Self {
        Self::new(|_| {})
    }

    /// The same task, whose steps and metrics nobody hears: for work inside a step. Warnings and cancellation pass
    /// through.
    pub fn without_steps(&self) -> Self {
        let listener = Arc::clone(&self.listener);
        Self {
            cancelled: Arc::clone(&self.cancelled),
            listener: Arc::new(Box::new(move |event| {
                if matches!(event, TaskEvent::Warning { .. }) {
                    listener(event);
                }
            })),
        }
    }

    /// The same task, with one more who listens.
    pub fn heard_by(&self, other: impl Fn(&TaskEvent) + Send + Sync + 'static) -> Self {
        let listener = Arc::clone(&self.listener);
        Self {
            cancelled: Arc::clone(&self.cancelled),
            listener: Arc::new(Box::new(move |event| {
                listener(event);
                other(event);
            })),
        }
    }

    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    /// To be called often (at least every 50 ms of work).
    pub fn check(&self) -> Result<(), Cancelled> {
        if self.cancelled.load(Ordering::Relaxed) {
            Err(Cancelled)
        } else {
            Ok(())
        }
    }

    pub fn step(&self, done: u64, total: u64, phase: impl Into<String>) {
        (self.listener)(&TaskEvent::Step(Progress {
            phase: phase.into(),
            done,
            total,
        }));
    }

    /// A number of the fit after `step` iterations; those that are not finite are kept to themselves.
    pub fn metric(&self, key: impl Into<String>, value: f64, step: u64) {
        if value.is_finite() {
            (self.listener)(&TaskEvent::Metric(TaskMetric {
                key: key.into(),
                value,
                step,
            }));
        }
    }

    pub fn warn(&self, text: impl Into<String>) {
        (self.listener)(&TaskEvent::Warning { text: text.into() });
    }
}

impl std::fmt::Debug for Task {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Task")
            .field("cancelled", &self.cancelled)
            .finish_non_exhaustive()
    }
}
