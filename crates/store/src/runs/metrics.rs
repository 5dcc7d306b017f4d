//! Metric points: what is logged, what a chart asks for, and a summary that is always right.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use assay_core::curves::MetricBucket;
use assay_core::run::MetricSummary;
use assay_core::tracking::MetricSample as Sample;
use assay_core::{RunId, TimestampMs};
use rusqlite::{Connection, params};

use super::summary::Summary;
use super::{chunk, chunk_rows, load};
use crate::error::Result;
use crate::rows::Rows;
use crate::store::{Durability, Store, Write};

/// The whole of a curve.
pub const ALL_STEPS: RangeInclusive<i64> = i64::MIN..=i64::MAX;

/// One value that was logged.
#[derive(Debug, Clone, PartialEq)]
pub struct MetricPoint {
    pub key: String,
    pub value: f64,
    pub step: i64,
    pub at_ms: TimestampMs,
}

impl Store {
    /// Adds points in the order given. Many at once are cheap; one at a time is one small transaction each.
    ///
    /// # Errors
    /// [`crate::Error::Conflict`] when the run is finished.
    pub fn log_metrics(&self, run_id: &RunId, points: &[MetricPoint]) -> Result<()> {
        let Some(newest) = points.iter().map(|point| point.at_ms).max() else {
            return Ok(());
        };
        self.write_with(Durability::Kill, newest, |write| {
            let row = load::find_running(&write.tx, run_id)?;
            write.put_points(row, points)
        })
    }

    /// All points of a metric in the order they were logged; none when it was not.
    pub fn metric_points(&self, run_id: &RunId, key: &str) -> Result<Vec<MetricPoint>> {
        self.metric_points_behind(run_id, key, 0)
    }

    /// The points of a metric that were logged behind its first `n_known`.
    pub fn metric_points_behind(
        &self,
        run_id: &RunId,
        key: &str,
        n_known: usize,
    ) -> Result<Vec<MetricPoint>> {
        let samples = self.read(|db| {
            let row = load::find_id(db, run_id)?;
            chunk_rows::samples_behind(db, row, key, n_known)
        })?;
        Ok(samples
            .into_iter()
            .map(|sample| MetricPoint {
                key: key.to_owned(),
                value: sample.value,
                step: sample.step,
                at_ms: sample.at_ms,
            })
            .collect())
    }

    /// At most `n` buckets, by step, that keep every spike; for a chart `n` pixels wide. [`ALL_STEPS`] is the whole
    /// curve; a narrower range is shown as finely as it can be.
    pub fn metric_buckets(
        &self,
        run_id: &RunId,
        key: &str,
        steps: &RangeInclusive<i64>,
        n: u32,
    ) -> Result<Vec<MetricBucket>> {
        let wanted = n.max(1) as usize;
        self.read(|db| {
            let row = load::find_id(db, run_id)?;
            let fine = chunk_rows::buckets(db, row, key, steps, wanted)?;
            Ok(join(&fine, wanted))
        })
    }

    /// By name.
    pub fn metric_summaries(&self, run_id: &RunId) -> Result<Vec<MetricSummary>> {
        self.read(|db| summaries(db, load::find_id(db, run_id)?))
    }
}

pub(crate) fn summaries(db: &Connection, row: i64) -> Result<Vec<MetricSummary>> {
    db.all(
        "SELECT key, last, min, max, best_step, n FROM metric_summaries WHERE run = ?1 ORDER BY key",
        params![row],
        |row| {
            Ok(MetricSummary {
                key: row.get(0)?,
                last: number(row.get(1)?),
                min: number(row.get(2)?),
                max: number(row.get(3)?),
                best_step: row.get(4)?,
                n: row.get::<_, i64>(5)? as u64,
            })
        },
    )
}

impl Write<'_> {
    pub(crate) fn put_points(&mut self, row: i64, points: &[MetricPoint]) -> Result<()> {
        let mut by_key: BTreeMap<&str, Vec<Sample>> = BTreeMap::new();
        for point in points {
            by_key
                .entry(&point.key)
                .or_default()
                .push(chunk::sample(point));
        }
        for (key, samples) in &by_key {
            self.put_samples(row, key, samples)?;
        }
        Ok(())
    }

    /// Adds points to one curve.
    pub(crate) fn put_samples(&mut self, row: i64, key: &str, new: &[Sample]) -> Result<()> {
        if new.is_empty() {
            return Ok(());
        }
        let mut summary = Summary::find(&self.tx, row, key)?;
        self.append(row, key, &mut summary, new)?;
        let summary = summary.with(new, key);
        summary.put(&self.tx, row, key)?;
        self.touched_run(row);
        Ok(())
    }
}

/// At most `n` buckets out of finer ones, as even as they come.
fn join(fine: &[MetricBucket], n: usize) -> Vec<MetricBucket> {
    if fine.len() <= n {
        return fine.to_vec();
    }
    (0..n)
        .map(|index| {
            let mut bucket = MetricBucket::default();
            for part in &fine[index * fine.len() / n..(index + 1) * fine.len() / n] {
                bucket.join(part);
            }
            bucket
        })
        .collect()
}

/// SQLite has no NaN and stores it as NULL.
pub(super) fn number(stored: Option<f64>) -> f64 {
    stored.unwrap_or(f64::NAN)
}
