//! What a table looks like: exact figures per column and sentences worth a look.

mod histogram;
mod notes;
mod numeric;
mod pairs;
mod stack;

use assay_core::Task;
use assay_core::profile::{
    ColumnProfile, Likely, PROFILE_SCHEMA, Profile, Seen, TextProfile, TimeProfile,
};
use assay_core::schema::Schema;
use rayon::prelude::*;
use std::collections::HashMap;

use crate::columns::View;
use crate::counts::Counts;
use crate::error::Error;
use crate::frame::Frame;
use crate::hash::{row_hashes, value_hashes};
use crate::time;

/// Values listed per column, and distinct values up to which a numeric column lists them.
const MAX_TOP: usize = 20;

/// Rows of a batch that [`profile`] hands over.
const BATCH_ROWS: usize = 65_536;

/// Figures over all rows: exact up to 100,000 rows, bounded past that (see [`Profiler`]).
///
/// # Errors
/// [`Error::Cancelled`]; [`Error::Engine`] when the table breaks its own invariant.
pub fn profile(frame: &Frame, task: &Task) -> Result<Profile, Error> {
    let mut profiler = Profiler::new(&frame.schema());
    let total = frame.n_rows() as u64;
    let mut first = 0;
    while first < frame.n_rows() {
        task.check()?;
        let batch = frame.slice(first, BATCH_ROWS);
        let hashes: Vec<Vec<u64>> = batch
            .views()?
            .par_iter()
            .map(|(_, view)| value_hashes(*view))
            .collect();
        let row_hashes = row_hashes(batch.n_rows(), &hashes);
        profiler.push(&batch, &hashes, &row_hashes, first as u64)?;
        first += batch.n_rows();
        task.step(first as u64, total, "profiling rows");
    }
    profiler.finish(task)
}

/// Profiles a table that comes in batches, in whatever order and on however many threads.
///
/// Invariant: what [`Profiler::finish`] reports depends on the rows and their places alone, not on how they were cut
/// into batches, nor on which of several merged profilers saw them.
pub(crate) struct Profiler {
    schema: Schema,
    /// Batches with the 0-based place of their first row.
    kept: Vec<(u64, Frame)>,
    n_duplicates: HashMap<u64, u64>,
}

impl Profiler {
    pub(crate) fn new(schema: &Schema) -> Self {
        Self {
            schema: schema.clone(),
            kept: Vec::new(),
            n_duplicates: HashMap::new(),
        }
    }

    /// `hashes[c][r]`: hash of the value, [`crate::hash::MISSING`] for a missing one; `row_hashes[r]`; `first_row`: 0-based
    /// in the whole table.
    ///
    /// # Errors
    /// [`Error::Engine`] when the batch breaks its own invariant.
    pub(crate) fn push(
        &mut self,
        batch: &Frame,
        _hashes: &[Vec<u64>],
        row_hashes: &[u64],
        first_row: u64,
    ) -> Result<(), Error> {
        for hash in row_hashes {
            *self.n_duplicates.entry(*hash).or_default() += 1;
        }
        self.kept.push((first_row, batch.clone()));
        Ok(())
    }

    /// Takes in what another profiler of the same table saw.
    pub(crate) fn merge(&mut self, other: Self) {
        self.kept.extend(other.kept);
        for (hash, count) in other.n_duplicates {
            *self.n_duplicates.entry(hash).or_default() += count;
        }
    }

    /// # Errors
    /// [`Error::Cancelled`]; [`Error::Engine`] when the table breaks its own invariant.
    pub(crate) fn finish(mut self, task: &Task) -> Result<Profile, Error> {
        self.kept.sort_by_key(|(first, _)| *first);
        let parts: Vec<Frame> = self.kept.into_iter().map(|(_, frame)| frame).collect();
        let frame = stack::stacked(&self.schema, parts)?;
        let views = frame.views()?;
        let columns = views
            .par_iter()
            .map(|(name, view)| {
                task.check()?;
                Ok(column_profile(name, *view))
            })
            .collect::<Result<Vec<_>, Error>>()?;
        let notes = notes::of(frame.n_rows(), &views, &columns, task)?;
        Ok(Profile {
            schema: PROFILE_SCHEMA,
            n_rows: frame.n_rows() as u64,
            n_missing: columns.iter().map(|column| column.n_missing).sum(),
            n_duplicate_rows: self.n_duplicates.values().map(|count| count - 1).sum(),
            columns,
            associations: Vec::new(),
            notes,
            exact: true,
            accuracy: Vec::new(),
        })
    }
}

fn column_profile(name: &str, view: View<'_>) -> ColumnProfile {
    let counts = Counts::of(view);
    let n_missing = view.n_missing() as u64;
    let is_numeric = view.kind().is_numeric();
    let few = counts.n_distinct() <= MAX_TOP as u64;
    let mut column = ColumnProfile {
        name: name.to_owned(),
        kind: view.kind(),
        n_rows: counts.n_values() + n_missing,
        n_missing,
        n_distinct: counts.n_distinct(),
        numeric: if is_numeric { numeric::of(view) } else { None },
        top: if few || !is_numeric {
            counts.top(MAX_TOP)
        } else {
            Vec::new()
        },
        time: time_profile(view),
        text: text_profile(view),
        likely: Likely::default(),
        exact: true,
    };
    column.likely = Likely::of(&column, &Seen::default());
    column
}

fn time_profile(view: View<'_>) -> Option<TimeProfile> {
    let (min, max) = match view {
        View::Date(values) => {
            let days = || values.iter().flatten();
            (
                time::date_text(days().min()?),
                time::date_text(days().max()?),
            )
        }
        View::Datetime(values) => {
            let micros = || values.iter().flatten();
            (
                time::datetime_text(micros().min()?),
                time::datetime_text(micros().max()?),
            )
        }
        _ => return None,
    };
    Some(TimeProfile { min, max })
}

fn text_profile(view: View<'_>) -> Option<TextProfile> {
    let View::Text(values) = view else {
        return None;
    };
    let lengths: Vec<u64> = values
        .iter()
        .flatten()
        .map(|text| text.chars().count() as u64)
        .collect();
    Some(TextProfile {
        min_length: lengths.iter().copied().min()?,
        max_length: lengths.iter().copied().max()?,
        mean_length: lengths.iter().sum::<u64>() as f64 / lengths.len() as f64,
    })
}
