//! Files and points of a client's run.

use std::collections::HashSet;

use assay_core::run::Artifact;
use assay_core::{RunId, TimestampMs};

use super::{load, runs};
use crate::error::Result;
use crate::files::{self, OF_RUNS};
use crate::runs::chunk_rows;
use crate::runs::metrics::MetricPoint;
use crate::store::{Store, Write};

impl Store {
    /// Refers to an object that is in the lab. The path is relative, with `/`; the same path again replaces it.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`] for a path that leaves the run, or a deleted run; [`crate::Error::Conflict`] for a run
    /// that was trained here.
    pub fn add_tracked_artifact(
        &self,
        run_id: &RunId,
        file: &Artifact,
        at_ms: TimestampMs,
    ) -> Result<()> {
        self.put_file(OF_RUNS, file, at_ms, |write| open_run(write, run_id))
    }

    /// By path; of a deleted run too.
    pub fn tracked_artifacts(&self, run_id: &RunId) -> Result<Vec<Artifact>> {
        self.read(|db| files::list(db, OF_RUNS, load::row_of(db, run_id)?))
    }

    /// A file, or all files of a folder; nothing when there is none.
    pub fn delete_tracked_artifacts(
        &self,
        run_id: &RunId,
        path: &str,
        at_ms: TimestampMs,
    ) -> Result<()> {
        self.delete_files(OF_RUNS, path, at_ms, |write| open_run(write, run_id))
    }

    /// Every point once, by time, step and value, as MLflow has it: what was sent twice was logged once.
    pub fn tracked_points(&self, run_id: &RunId, key: &str) -> Result<Vec<MetricPoint>> {
        let samples =
            self.read(|db| chunk_rows::samples_behind(db, load::row_of(db, run_id)?, key, 0))?;
        let mut seen = HashSet::with_capacity(samples.len());
        let mut points: Vec<MetricPoint> = samples
            .into_iter()
            .filter(|sample| seen.insert((sample.at_ms, sample.step, sample.value.to_bits())))
            .map(|sample| MetricPoint {
                key: key.to_owned(),
                value: sample.value,
                step: sample.step,
                at_ms: sample.at_ms,
            })
            .collect();
        points.sort_by(|a, b| {
            (a.at_ms, a.step)
                .cmp(&(b.at_ms, b.step))
                .then(a.value.total_cmp(&b.value))
        });
        Ok(points)
    }
}

/// The row of a run to which a client may write, and which changes with that.
fn open_run(write: &mut Write<'_>, run_id: &RunId) -> Result<i64> {
    let row = runs::find_open(&write.tx, run_id)?;
    write.touched_run(row);
    Ok(row)
}
