//! Rows into row groups: profiled, named by their content and put where they are kept.

use std::sync::{Mutex, MutexGuard, PoisonError};

use assay_core::Task;
use assay_core::dataset::RowGroup;
use assay_core::schema::Schema;

use super::groups::{Cutter, Group, Part};
use super::stream::{self, Found, Taker};
use super::{GroupSink, Ingested};
use crate::error::Error;
use crate::frame::Frame;
use crate::profile::Profiler;

pub(super) struct Keeper<'a, S> {
    sink: &'a S,
    task: &'a Task,
    state: Mutex<State>,
}

struct State {
    schema: Schema,
    cutter: Cutter,
    /// Profilers that no thread uses at the moment; what each of them saw belongs together.
    idle: Vec<Profiler>,
    /// Groups by their first row.
    made: Vec<(u64, RowGroup)>,
}

impl<'a, S: GroupSink> Keeper<'a, S> {
    pub(super) fn new(sink: &'a S, task: &'a Task) -> Self {
        Self {
            sink,
            task,
            state: Mutex::new(State::of(&Schema::default())),
        }
    }

    pub(super) fn finish(self, found: Found) -> Result<Ingested, S::Failure> {
        let mut state = self
            .state
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        state.made.sort_by_key(|(first_row, _)| *first_row);
        let row_groups: Vec<RowGroup> = state.made.into_iter().map(|(_, group)| group).collect();
        let mut profilers = state.idle.into_iter();
        let mut profiler = profilers.next().ok_or(Error::NoRows)?;
        for other in profilers {
            profiler.merge(other);
        }
        Ok(Ingested {
            content: stream::content_of(&found.schema, &row_groups),
            n_rows: found.n_rows,
            row_groups,
            profile: profiler.finish(self.task)?,
            schema: found.schema,
            set_aside: found.set_aside,
        })
    }

    fn held(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn profile(&self, group: &Group) -> Result<(), Error> {
        let idle = {
            let mut state = self.held();
            match state.idle.pop() {
                Some(idle) => idle,
                None => Profiler::new(&state.schema),
            }
        };
        let mut profiler = idle;
        let mut first_row = group.first_row;
        for piece in &group.pieces {
            profiler.push(&piece.frame, &piece.hashes(), piece.row_hashes(), first_row)?;
            first_row += piece.frame.n_rows() as u64;
        }
        self.held().idle.push(profiler);
        Ok(())
    }
}

impl State {
    fn of(schema: &Schema) -> Self {
        Self {
            cutter: Cutter::new(schema.columns.len()),
            schema: schema.clone(),
            idle: Vec::new(),
            made: Vec::new(),
        }
    }
}

impl<S: GroupSink> Taker for Keeper<'_, S> {
    type Failure = S::Failure;
    type Part = Part;
    type Group = Group;

    fn begin(&self, schema: &Schema) {
        *self.held() = State::of(schema);
    }

    fn part(&self, frame: Frame) -> Result<Part, S::Failure> {
        Ok(Part::of(frame)?)
    }

    fn order(&self, part: Option<Part>) -> Result<Vec<Group>, S::Failure> {
        let mut state = self.held();
        Ok(match part {
            Some(part) => state.cutter.push(part),
            None => state.cutter.end().into_iter().collect(),
        })
    }

    fn finish(&self, group: Group) -> Result<(), S::Failure> {
        self.task.check().map_err(Error::from)?;
        self.profile(&group)?;
        // Forms belong to the whole table: they are known when its last row is.
        let rows = Frame::plain(group.frame()?.data);
        let content = crate::hash::content_hash(&rows)?;
        let kept = match self.sink.known(&content) {
            Some(known) => known,
            None => self.sink.put(content, &rows)?,
        };
        self.held().made.push((group.first_row, kept));
        Ok(())
    }
}
