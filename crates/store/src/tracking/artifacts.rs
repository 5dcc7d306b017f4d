//! Files and points of a client's run.

use std::collections::HashSet;

use assay_core::run::Artifact;
use assay_core::{ObjectHash, RunId, TimestampMs};
use rusqlite::params;

use super::{load, runs};
use crate::error::Result;
use crate::rows::Rows;
use crate::runs::metrics::MetricPoint;
use crate::runs::{self as all_runs, chunk_rows};
use crate::store::Store;

impl Store {
    /// Refers to an object that is in the lab. The path is relative, with `/`; the same path again replaces it.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`] for a path that leaves the run, or a deleted run; [`crate::Error::Conflict`] for a run
    /// that was trained here.
    pub fn add_tracked_artifact(
        &self,
        run_id: &RunId,
        path: &str,
        object: &ObjectHash,
        size_bytes: u64,
        at_ms: TimestampMs,
    ) -> Result<()> {
        all_runs::check_artifact_path(path)?;
        self.object_path(object)?;
        self.write(at_ms, |write| {
            let row = runs::find_open(&write.tx, run_id)?;
            write.tx.run(
                "INSERT OR REPLACE INTO artifacts (run, path, object, size_bytes)
                 VALUES (?1, ?2, ?3, ?4)",
                params![row, path, object.as_str(), size_bytes as i64],
            )?;
            write.touched_run(row);
            Ok(())
        })?;
        self.settle([object]);
        Ok(())
    }

    /// By path; of a deleted run too.
    pub fn tracked_artifacts(&self, run_id: &RunId) -> Result<Vec<Artifact>> {
        self.read(|db| all_runs::artifacts(db, load::row_of(db, run_id)?))
    }

    /// A file, or all files of a folder; nothing when there is none.
    pub fn delete_tracked_artifacts(
        &self,
        run_id: &RunId,
        path: &str,
        at_ms: TimestampMs,
    ) -> Result<()> {
        self.write(at_ms, |write| {
            let row = runs::find_open(&write.tx, run_id)?;
            // `0` follows `/`: all paths of the folder stand between the two.
            write.tx.run(
                "DELETE FROM artifacts WHERE run = ?1 AND (path = ?2 OR (path >= ?3 AND path < ?4))",
                params![row, path, format!("{path}/"), format!("{path}0")],
            )?;
            write.touched_run(row);
            Ok(())
        })
    }

    /// Every point once, by time, step and value, as MLflow has it: what was sent twice was logged once.
    pub fn tracked_points(&self, run_id: &RunId, key: &str) -> Result<Vec<MetricPoint>> {
        let samples = self.read(|db| chunk_rows::samples(db, load::row_of(db, run_id)?, key))?;
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
