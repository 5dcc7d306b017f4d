//! Work in four stages: read on one thread, parse on all of them, put in order, finish on all of them.

use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use rayon::prelude::*;

/// Pieces of work that may be under way, by thread. More only costs memory.
const AHEAD: usize = 3;

/// The stages of one run. A failure of any stage ends the run.
pub(super) struct Stages<'a, Block, Part, Group, Failure> {
    /// The next block; `None` at the end. Called on the thread that runs the stages.
    pub next: &'a mut dyn FnMut() -> Result<Option<Block>, Failure>,
    /// Called on any thread.
    pub parse: &'a (dyn Fn(Block) -> Result<Part, Failure> + Sync),
    /// Called on one thread at a time, with the parts in the order of their blocks and with `None` after the last.
    pub order: &'a mut (dyn FnMut(Option<Part>) -> Result<Vec<Group>, Failure> + Send),
    /// Called on any thread, in any order.
    pub finish: &'a (dyn Fn(Group) -> Result<(), Failure> + Sync),
}

struct State<'a, Part, Group, Failure> {
    order: &'a mut (dyn FnMut(Option<Part>) -> Result<Vec<Group>, Failure> + Send),
    /// Parsed, and waiting for an earlier part.
    waiting: BTreeMap<u64, Part>,
    next_index: u64,
    n_under_way: usize,
    failure: Option<Failure>,
}

struct Shared<'a, Part, Group, Failure> {
    state: Mutex<State<'a, Part, Group, Failure>>,
    moved: Condvar,
}

impl<'a, Part, Group, Failure> Shared<'a, Part, Group, Failure> {
    fn held(&self) -> MutexGuard<'_, State<'a, Part, Group, Failure>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn fail(&self, failure: Failure) {
        self.held().failure.get_or_insert(failure);
        self.moved.notify_all();
    }

    fn has_failed(&self) -> bool {
        self.held().failure.is_some()
    }
}

pub(super) fn run<Block: Send, Part: Send, Group: Send, Failure: Send>(
    stages: Stages<'_, Block, Part, Group, Failure>,
) -> Result<(), Failure> {
    let Stages {
        next,
        parse,
        order,
        finish,
    } = stages;
    let shared = Shared {
        state: Mutex::new(State {
            order,
            waiting: BTreeMap::new(),
            next_index: 0,
            n_under_way: 0,
            failure: None,
        }),
        moved: Condvar::new(),
    };
    let limit = AHEAD * rayon::current_num_threads() + 1;
    rayon::in_place_scope_fifo(|scope| {
        for index in 0.. {
            if !make_room(&shared, limit) {
                return;
            }
            let block = match next() {
                Ok(Some(block)) => block,
                Ok(None) => return,
                Err(failure) => return shared.fail(failure),
            };
            let shared = &shared;
            scope.spawn_fifo(move |scope| {
                if shared.has_failed() {
                    return;
                }
                match parse(block) {
                    Ok(part) => {
                        for group in put_in_order(shared, index, part) {
                            scope.spawn_fifo(move |_| finish_one(shared, finish, group));
                        }
                    }
                    Err(failure) => shared.fail(failure),
                }
            });
        }
    });
    let mut state = shared
        .state
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    if let Some(failure) = state.failure.take() {
        return Err(failure);
    }
    (state.order)(None)?
        .into_par_iter()
        .map(finish)
        .collect::<Result<Vec<()>, Failure>>()?;
    Ok(())
}

/// Waits until there is something to do for this thread; says whether to go on.
fn make_room<Part, Group, Failure>(
    shared: &Shared<'_, Part, Group, Failure>,
    limit: usize,
) -> bool {
    let mut state = shared.held();
    while state.n_under_way >= limit && state.failure.is_none() {
        state = shared
            .moved
            .wait(state)
            .unwrap_or_else(PoisonError::into_inner);
    }
    state.n_under_way += 1;
    state.failure.is_none()
}

/// Groups that became whole by this part and those that waited for it.
fn put_in_order<Part, Group, Failure>(
    shared: &Shared<'_, Part, Group, Failure>,
    index: u64,
    part: Part,
) -> Vec<Group> {
    let mut state = shared.held();
    state.waiting.insert(index, part);
    let mut groups = Vec::new();
    loop {
        let next_index = state.next_index;
        let Some(part) = state.waiting.remove(&next_index) else {
            break;
        };
        state.next_index += 1;
        state.n_under_way -= 1;
        match (state.order)(Some(part)) {
            Ok(whole) => groups.extend(whole),
            Err(failure) => {
                state.failure.get_or_insert(failure);
                groups.clear();
                break;
            }
        }
    }
    state.n_under_way += groups.len();
    shared.moved.notify_all();
    groups
}

fn finish_one<Part, Group, Failure>(
    shared: &Shared<'_, Part, Group, Failure>,
    finish: &(dyn Fn(Group) -> Result<(), Failure> + Sync),
    group: Group,
) {
    if shared.has_failed() {
        return;
    }
    match finish(group) {
        Ok(()) => {
            shared.held().n_under_way -= 1;
            shared.moved.notify_all();
        }
        Err(failure) => shared.fail(failure),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers 0 to n, squared on many threads, in groups of three; fails where told.
    fn squares(n: u64, failing: Option<(&'static str, u64)>) -> Result<Vec<u64>, String> {
        let fails = |stage: &str, value: u64| -> Result<(), String> {
            match failing {
                Some((at, on)) if at == stage && on == value => Err(format!("{stage} {value}")),
                _ => Ok(()),
            }
        };
        let mut given = 0;
        let mut kept = Vec::new();
        let seen = Mutex::new(Vec::new());
        run::<u64, u64, Vec<u64>, String>(Stages {
            next: &mut || {
                fails("next", given)?;
                given += 1;
                Ok((given <= n).then_some(given - 1))
            },
            parse: &|value: u64| {
                fails("parse", value)?;
                Ok(value * value)
            },
            order: &mut |part: Option<u64>| {
                let last = part.is_none();
                if let Some(value) = part {
                    fails("order", value)?;
                    kept.push(value);
                }
                Ok(if kept.len() == 3 || last {
                    vec![std::mem::take(&mut kept)]
                } else {
                    Vec::new()
                })
            },
            finish: &|group: Vec<u64>| {
                for value in &group {
                    fails("finish", *value)?;
                }
                seen.lock().unwrap().extend(group);
                Ok(())
            },
        })?;
        let mut seen = seen.into_inner().unwrap();
        seen.sort_unstable();
        Ok(seen)
    }

    #[test]
    fn everything_is_done_once() {
        for n in [0, 1, 3, 100] {
            assert_eq!(squares(n, None), Ok((0..n).map(|i| i * i).collect()));
        }
    }

    #[test]
    fn a_failure_anywhere_ends_the_run() {
        for failing in [("next", 50), ("parse", 7), ("order", 49), ("finish", 81)] {
            assert_eq!(
                squares(100, Some(failing)),
                Err(format!("{} {}", failing.0, failing.1))
            );
        }
    }
}
