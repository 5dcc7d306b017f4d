//! Who may work: jobs wait until the budget has room for one more.

use std::collections::HashMap;
use std::process::Child;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use assay_core::JobId;
use assay_core::lab::JobSettings;

use crate::processes;

/// Less than this is not worth beginning with.
const LEAST_MEMORY: u64 = 512 << 20;
/// Of the computer's memory, what jobs may have when nothing is set: three quarters.
const DEFAULT_MEMORY: (u64, u64) = (3, 4);
/// How many jobs run side by side when nothing is set.
const DEFAULT_AT_ONCE: u32 = 2;
/// What workers hold changes without a word.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// What all jobs of this process together may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Budget {
    pub at_once: usize,
    pub n_threads: usize,
    pub memory_bytes: u64,
}

/// What one of them got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Share {
    pub n_threads: usize,
    pub memory_bytes: u64,
}

/// A job that runs, and what it holds now.
struct Working {
    class: Class,
    n_threads: usize,
    memory_bytes: u64,
}

/// The jobs of this process.
#[derive(Default)]
pub(crate) struct Running {
    slots: Mutex<HashMap<JobId, Slot>>,
    freed: Condvar,
    n_queued: AtomicU64,
}

/// Who waits for whom: what a person looks at a page for does not wait until a training is over.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Class {
    #[default]
    Making,
    Reading,
}

#[derive(Default)]
pub(super) struct Slot {
    pub class: Class,
    /// Who came first waits least.
    place: u64,
    /// `None` while it waits.
    pub share: Option<Share>,
    pub child: Option<Arc<Mutex<Child>>>,
    pub cancelled: bool,
}

impl Budget {
    pub(super) fn of(settings: &JobSettings) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, |n| n.get());
        let memory = settings.memory_mb.map(|mb| mb << 20).unwrap_or_else(|| {
            let (part, of) = DEFAULT_MEMORY;
            processes::memory_of_computer().map_or(u64::MAX, |bytes| bytes / of * part)
        });
        Self {
            at_once: settings.at_once.unwrap_or(DEFAULT_AT_ONCE).max(1) as usize,
            n_threads: settings.n_threads.map_or(cores, |n| n.max(1) as usize),
            memory_bytes: memory,
        }
    }

    /// What one more job gets beside those that run; `None`: it waits.
    fn share(&self, class: Class, running: &[Working]) -> Option<Share> {
        let n_threads: usize = running.iter().map(|job| job.n_threads).sum();
        let in_use: u64 = running.iter().map(|job| job.memory_bytes).sum();
        let left = self.memory_bytes.saturating_sub(in_use);
        let n_alike = running.iter().filter(|job| job.class == class).count();
        let is_free = running.is_empty() || (n_alike < self.at_once && left >= LEAST_MEMORY);
        is_free.then(|| Share {
            n_threads: self.n_threads.saturating_sub(n_threads).max(1),
            memory_bytes: left,
        })
    }
}

impl Running {
    pub(super) fn lock(&self) -> MutexGuard<'_, HashMap<JobId, Slot>> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The job waits from here on, behind all of its class that wait already.
    pub(super) fn queue(&self, job_id: JobId, class: Class) {
        let place = self.n_queued.fetch_add(1, Ordering::Relaxed);
        let slot = Slot {
            class,
            place,
            ..Slot::default()
        };
        self.lock().insert(job_id, slot);
    }

    /// Something changed that those who wait should look at.
    pub(super) fn notify(&self) {
        self.freed.notify_all();
    }

    /// Waits until it is this job's turn and the budget has room. `None` when the job was cancelled meanwhile.
    pub(super) fn wait_for_share(&self, job_id: &JobId, budget: Budget) -> Option<Share> {
        let mut slots = self.lock();
        loop {
            let (class, place) = match slots.get(job_id) {
                Some(slot) if !slot.cancelled => (slot.class, slot.place),
                _ => return None,
            };
            let is_next = !slots.values().any(|slot| slot.waits_before(class, place));
            let running: Vec<Working> = slots.values().filter_map(Slot::working).collect();
            if let (true, Some(share)) = (is_next, budget.share(class, &running)) {
                slots.entry(job_id.clone()).or_default().share = Some(share);
                drop(slots);
                // There may be room for the one behind it too.
                self.notify();
                return Some(share);
            }
            slots = self
                .freed
                .wait_timeout(slots, LOOK_EVERY)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }
}

impl Slot {
    fn waits_before(&self, class: Class, place: u64) -> bool {
        self.class == class && self.share.is_none() && !self.cancelled && self.place < place
    }

    fn working(&self) -> Option<Working> {
        let share = self.share?;
        let memory_bytes = self.child.as_ref().map_or(0, |child| {
            let child = child.lock().unwrap_or_else(PoisonError::into_inner);
            processes::memory_in_use(child.id())
        });
        Some(Working {
            class: self.class,
            n_threads: share.n_threads,
            memory_bytes,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GB: u64 = 1 << 30;

    fn making((n_threads, memory_bytes): &(usize, u64)) -> Working {
        Working {
            class: Class::Making,
            n_threads: *n_threads,
            memory_bytes: *memory_bytes,
        }
    }

    #[test]
    fn a_job_gets_what_the_others_leave() {
        let budget = Budget {
            at_once: 2,
            n_threads: 4,
            memory_bytes: 4 * GB,
        };
        let share = |n_threads, memory_bytes| {
            Some(Share {
                n_threads,
                memory_bytes,
            })
        };
        for (running, expected) in [
            (&[][..], share(4, 4 * GB)),
            (&[(4, GB)], share(1, 3 * GB)),
            (&[(1, GB)], share(3, 3 * GB)),
            (&[(4, 4 * GB - LEAST_MEMORY)], share(1, LEAST_MEMORY)),
            (&[(4, 4 * GB)], None),
            (&[(1, GB), (1, GB)], None),
        ] {
            let working: Vec<Working> = running.iter().map(making).collect();
            assert_eq!(
                budget.share(Class::Making, &working),
                expected,
                "{running:?}"
            );
        }
        let busy = [making(&(2, GB)), making(&(2, GB))];
        assert_eq!(budget.share(Class::Reading, &busy), share(1, 2 * GB));
        let tiny = Budget {
            memory_bytes: 1,
            ..budget
        };
        assert_eq!(
            tiny.share(Class::Making, &[]),
            share(4, 1),
            "one job may always try"
        );
    }

    #[test]
    fn who_came_first_goes_first() {
        let running = Arc::new(Running::default());
        let ids: Vec<JobId> = (0..6).map(JobId::from_bits).collect();
        for id in &ids {
            running.queue(id.clone(), Class::Making);
        }
        running.queue(JobId::from_bits(9), Class::Reading);
        let budget = Budget {
            at_once: 1,
            n_threads: 1,
            memory_bytes: 4 * GB,
        };
        let (sender, order) = std::sync::mpsc::channel();
        // The last begin to wait first; one in the middle was cancelled.
        running.lock().get_mut(&ids[2]).unwrap().cancelled = true;
        let waiting: Vec<_> = ids
            .iter()
            .rev()
            .cloned()
            .map(|id| {
                let (running, sender) = (Arc::clone(&running), sender.clone());
                std::thread::spawn(move || {
                    let share = running.wait_for_share(&id, budget);
                    sender.send((id.clone(), share.is_some())).unwrap();
                    running.lock().remove(&id);
                    running.notify();
                })
            })
            .collect();
        for thread in waiting {
            thread.join().unwrap();
        }
        let ran: Vec<JobId> = order
            .try_iter()
            .filter_map(|(id, ran)| ran.then_some(id))
            .collect();
        let wanted: Vec<JobId> = [0, 1, 3, 4, 5].map(JobId::from_bits).into();
        assert_eq!(ran, wanted);
    }

    #[test]
    fn what_is_not_set_follows_the_computer() {
        let budget = Budget::of(&JobSettings::default());
        assert_eq!(budget.at_once, 2);
        assert!(budget.n_threads >= 1 && budget.memory_bytes > LEAST_MEMORY);
        let set = JobSettings {
            at_once: Some(0),
            n_threads: Some(3),
            memory_mb: Some(1_000),
        };
        let expected = Budget {
            at_once: 1,
            n_threads: 3,
            memory_bytes: 1_000 << 20,
        };
        assert_eq!(Budget::of(&set), expected);
    }
}
