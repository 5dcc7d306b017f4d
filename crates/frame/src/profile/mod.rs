//! What a table looks like: figures per column, how columns go together, and sentences worth a look.

mod accuracy;
mod associations;
mod column;
mod figures;
#[cfg(test)]
mod laws;
mod look;
mod notes;
mod sample;
mod sketches;
mod stack;

use assay_core::Task;
use assay_core::profile::{Likely, PROFILE_SCHEMA, Profile};
use assay_core::schema::Schema;
use assay_core::sketch::DistinctSample;
use rayon::prelude::*;

use crate::error::Error;
use crate::frame::Frame;
use crate::hash::{row_hashes, value_hashes};
use figures::Figures;
use look::Look;
use sketches::Sketches;

/// Rows of a batch that [`profile`] hands over.
const BATCH_ROWS: usize = 65_536;

/// Figures over all rows: exact up to 100,000 rows (fewer for tables of more than 200 columns), bounded past that, as
/// `accuracy` says. Both cores, and more, take part.
///
/// # Errors
/// [`Error::Cancelled`]; [`Error::Engine`] when the table breaks its own invariant.
pub fn profile(frame: &Frame, task: &Task) -> Result<Profile, Error> {
    let schema = frame.schema();
    let n_rows = frame.n_rows();
    let starts: Vec<usize> = (0..n_rows).step_by(BATCH_ROWS).collect();
    let per_thread = starts.len().div_ceil(rayon::current_num_threads()).max(1);
    task.step(0, n_rows as u64, "profiling rows");
    let profilers = starts
        .par_chunks(per_thread)
        .map(|starts| {
            let mut profiler = Profiler::new(&schema);
            for first in starts {
                task.check()?;
                let batch = frame.slice(*first, BATCH_ROWS);
                let views = batch.views()?;
                let hashes = views
                    .iter()
                    .map(|(_, view)| value_hashes(*view))
                    .collect::<Vec<_>>();
                let row_hashes = row_hashes(batch.n_rows(), &hashes);
                profiler.push(&batch, &hashes, &row_hashes, *first as u64)?;
            }
            Ok(profiler)
        })
        .collect::<Result<Vec<_>, Error>>()?;
    let mut whole = Profiler::new(&schema);
    for profiler in profilers {
        whole.merge(profiler);
    }
    task.step(n_rows as u64, n_rows as u64, "comparing columns");
    whole.finish(task)
}

/// Profiles a table that comes in batches, in whatever order and on however many threads.
///
/// Invariant: what [`Profiler::finish`] reports depends on the rows and their places alone, not on how they were cut
/// into batches, nor on which of several merged profilers saw them; means and moments but for the rounding of sums.
pub(crate) struct Profiler {
    schema: Schema,
    limits: Limits,
    n_rows: u64,
    /// Hashes of whole rows.
    rows: DistinctSample<()>,
    /// Batches with the 0-based place of their first row, as long as the table is small.
    kept: Vec<(u64, Frame)>,
    /// `None` as long as the table is small.
    sketches: Option<Box<Sketches>>,
    /// What went wrong in a merge; told at the end.
    failed: Option<Error>,
}

/// How much is kept.
///
/// Invariant: depends on the number of columns alone, so that shards agree.
#[derive(Clone, Copy)]
pub(super) struct Limits {
    /// Rows up to which everything is exact.
    exact_rows: u64,
    /// Distinct values per column that are counted one by one.
    distinct: usize,
    /// Rows of the sample that stands for the table past `exact_rows`.
    sample_rows: usize,
    /// Distinct rows that are counted one by one.
    distinct_rows: usize,
}

impl Limits {
    fn of(n_columns: usize) -> Self {
        let share =
            |cells: usize, least: usize, most: usize| (cells / n_columns.max(1)).clamp(least, most);
        Self {
            exact_rows: share(20_000_000, 1_000, 100_000) as u64,
            distinct: share(1 << 19, 1 << 9, 1 << 14),
            sample_rows: share(2_000_000, 1_000, 10_000),
            distinct_rows: 1 << 18,
        }
    }
}

impl Profiler {
    pub(crate) fn new(schema: &Schema) -> Self {
        Self::with_limits(schema, Limits::of(schema.columns.len()))
    }

    fn with_limits(schema: &Schema, limits: Limits) -> Self {
        Self {
            schema: schema.clone(),
            limits,
            n_rows: 0,
            rows: DistinctSample::new(limits.distinct_rows),
            kept: Vec::new(),
            sketches: None,
            failed: None,
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
        hashes: &[impl AsRef<[u64]>],
        row_hashes: &[u64],
        first_row: u64,
    ) -> Result<(), Error> {
        self.n_rows += batch.n_rows() as u64;
        self.rows.push(row_hashes, row_hashes, |_| ());
        if self.sketches.is_none() && self.n_rows <= self.limits.exact_rows {
            self.kept.push((first_row, batch.clone()));
            return Ok(());
        }
        self.sketched()?.push(batch, hashes, first_row)
    }

    /// Takes in what another profiler of the same table saw.
    pub(crate) fn merge(&mut self, other: Self) {
        self.n_rows += other.n_rows;
        self.rows.merge(other.rows);
        if self.failed.is_none() {
            self.failed = other.failed;
        }
        if let Err(error) = self.merge_rows(other.kept, other.sketches) {
            self.failed.get_or_insert(error);
        }
    }

    fn merge_rows(
        &mut self,
        kept: Vec<(u64, Frame)>,
        sketches: Option<Box<Sketches>>,
    ) -> Result<(), Error> {
        let small = self.n_rows <= self.limits.exact_rows;
        if small && self.sketches.is_none() && sketches.is_none() {
            self.kept.extend(kept);
            return Ok(());
        }
        let ours = self.sketched()?;
        ours.push_all(kept)?;
        match sketches {
            Some(theirs) => ours.merge(*theirs),
            None => Ok(()),
        }
    }

    /// The sketches, made of the kept batches when they are not there yet.
    fn sketched(&mut self) -> Result<&mut Sketches, Error> {
        let sketches = match self.sketches.take() {
            Some(sketches) => sketches,
            None => {
                let mut sketches = Sketches::new(&self.schema, self.limits);
                sketches.push_all(std::mem::take(&mut self.kept))?;
                Box::new(sketches)
            }
        };
        Ok(self.sketches.insert(sketches))
    }

    /// # Errors
    /// [`Error::Cancelled`]; [`Error::Engine`] when the table breaks its own invariant.
    pub(crate) fn finish(self, task: &Task) -> Result<Profile, Error> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        let (rows, frame, figures) = match self.sketches {
            None => {
                let mut kept = self.kept;
                kept.sort_by_key(|(first, _)| *first);
                let parts = kept.into_iter().map(|(_, frame)| frame).collect();
                let frame = stack::stacked(&self.schema, parts)?;
                let views = frame.views()?;
                let figures = views
                    .par_iter()
                    .map(|(name, view)| {
                        task.check()?;
                        Ok(Figures::exact(name, *view))
                    })
                    .collect::<Result<Vec<_>, Error>>()?;
                drop(views);
                (None, frame, figures)
            }
            Some(sketches) => {
                let (rows, frame, figures) = sketches.finish(task)?;
                (Some(rows), frame, figures)
            }
        };
        let look = Look::new(&frame, rows, figures, self.n_rows)?;
        Self::report(look, &self.rows, self.limits, task)
    }

    fn report(
        mut look: Look<'_>,
        rows: &DistinctSample<()>,
        limits: Limits,
        task: &Task,
    ) -> Result<Profile, Error> {
        task.check()?;
        for place in 0..look.figures.len() {
            let seen = look.seen(place);
            if let Some(figures) = look.figures.get_mut(place) {
                figures.profile.likely = Likely::of(&figures.profile, &seen);
            }
        }
        let compared = associations::of(&look, limits.sample_rows, task)?;
        let n_duplicate_rows = rows.n_repeats().min(look.n_rows.saturating_sub(1));
        let notes = notes::of(&look, n_duplicate_rows, &compared, task)?;
        let accuracy = accuracy::of(&look, rows, &compared, limits);
        let columns: Vec<_> = look
            .figures
            .into_iter()
            .map(|column| column.profile)
            .collect();
        Ok(Profile {
            schema: PROFILE_SCHEMA,
            n_rows: look.n_rows,
            n_missing: columns.iter().map(|column| column.n_missing).sum(),
            n_duplicate_rows,
            columns,
            associations: compared.associations,
            notes,
            exact: accuracy.iter().all(|group| group.exact),
            accuracy,
        })
    }
}
