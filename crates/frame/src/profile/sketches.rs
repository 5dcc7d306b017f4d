//! What is remembered of a table too long to be kept.

use assay_core::Task;
use assay_core::schema::Schema;
use rayon::prelude::*;

use super::Limits;
use super::column::ColumnSketch;
use super::figures::Figures;
use super::sample::RowSample;
use crate::error::Error;
use crate::frame::Frame;
use crate::hash::value_hashes;

pub(super) struct Sketches {
    schema: Schema,
    limits: Limits,
    columns: Vec<ColumnSketch>,
    sample: RowSample,
}

impl Sketches {
    pub(super) fn new(schema: &Schema, limits: Limits) -> Self {
        let columns = schema.columns.iter();
        Self {
            columns: columns
                .map(|column| ColumnSketch::new(&column.name))
                .collect(),
            schema: schema.clone(),
            limits,
            sample: RowSample::new(limits.sample_rows),
        }
    }

    /// As [`super::Profiler::push`]. One column after the other, so that a sketch stays in the processor's cache.
    pub(super) fn push(
        &mut self,
        batch: &Frame,
        hashes: &[impl AsRef<[u64]>],
        first_row: u64,
    ) -> Result<(), Error> {
        let views = batch.views()?;
        for ((column, (_, view)), hashes) in self.columns.iter_mut().zip(&views).zip(hashes) {
            column.push(*view, hashes.as_ref(), self.limits.distinct);
        }
        self.sample.push(batch, first_row, &self.schema)
    }

    pub(super) fn push_all(&mut self, batches: Vec<(u64, Frame)>) -> Result<(), Error> {
        for (first_row, batch) in batches {
            let views = batch.views()?;
            let hashes: Vec<_> = views.iter().map(|(_, view)| value_hashes(*view)).collect();
            self.push(&batch, &hashes, first_row)?;
        }
        Ok(())
    }

    pub(super) fn merge(&mut self, other: Self) -> Result<(), Error> {
        for (ours, theirs) in self.columns.iter_mut().zip(other.columns) {
            ours.merge(theirs);
        }
        self.sample.merge(other.sample, &self.schema)
    }

    /// Sampled rows (their 0-based numbers, ascending, and the rows), and the figures of each column.
    pub(super) fn finish(self, task: &Task) -> Result<(Vec<u64>, Frame, Vec<Figures>), Error> {
        let (rows, frame) = self.sample.finish(&self.schema)?;
        let figures = self
            .columns
            .par_iter()
            .zip(frame.views()?)
            .map(|(column, (_, view))| {
                task.check()?;
                Ok(column.finish(view))
            })
            .collect::<Result<Vec<_>, Error>>()?;
        Ok((rows, frame, figures))
    }
}
