//! Metric points: chunks of the past, a short tail of single rows, and a summary that is always right.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use assay_core::metrics::larger_is_better;
use assay_core::run::MetricSummary;
use assay_core::{RunId, TimestampMs};
use rusqlite::{Connection, params};

use super::chunk::{self, CHUNK, GROUP, Sample};
use super::load;
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

/// The points of a stretch of steps.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MetricBucket {
    /// Smallest and largest step.
    pub first_step: i64,
    pub last_step: i64,
    /// NaN when no value of the bucket is a number.
    pub min: f64,
    pub max: f64,
    pub n: u64,
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
        let samples = self.read(|db| samples(db, load::find_id(db, run_id)?, key))?;
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
        self.read(|db| {
            let row = load::find_id(db, run_id)?;
            let wanted = n.max(1) as usize;
            let total = db.count(
                "SELECT n FROM metric_summaries WHERE run = ?1 AND key = ?2",
                params![row, key],
            )? as usize;
            let mut fine: Vec<MetricBucket> = if *steps == ALL_STEPS && total >= wanted * GROUP {
                group_buckets(db, row, key)?
            } else {
                samples(db, row, key)?
                    .iter()
                    .filter(|sample| steps.contains(&sample.step))
                    .map(|sample| chunk::bucket(std::slice::from_ref(sample)))
                    .collect()
            };
            fine.sort_by_key(|bucket| (bucket.first_step, bucket.last_step));
            Ok(join(&fine, wanted))
        })
    }

    /// By name.
    pub fn metric_summaries(&self, run_id: &RunId) -> Result<Vec<MetricSummary>> {
        self.read(|db| summaries(db, load::find_id(db, run_id)?))
    }
}

impl Default for MetricBucket {
    /// Of no points.
    fn default() -> Self {
        Self {
            first_step: i64::MAX,
            last_step: i64::MIN,
            min: f64::NAN,
            max: f64::NAN,
            n: 0,
        }
    }
}

impl MetricBucket {
    /// Takes the points of another bucket in. `f64::min` passes over NaN.
    pub(super) fn join(&mut self, other: &Self) {
        self.first_step = self.first_step.min(other.first_step);
        self.last_step = self.last_step.max(other.last_step);
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
        self.n += other.n;
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
                .push(Sample::from(point));
        }
        for (key, samples) in &by_key {
            let known = Summary::find(&self.tx, row, key)?;
            self.append(row, key, known.n as usize, samples)?;
            self.put_summary(row, key, known.with(samples, larger_is_better(key)))?;
        }
        self.touched_run(row);
        Ok(())
    }

    /// Full chunks are compressed; what does not fill one stays a row per point.
    ///
    /// Invariant: after `n_known` points there are `n_known / CHUNK` chunks, and the rest is in the tail.
    fn append(&mut self, row: i64, key: &str, n_known: usize, new: &[Sample]) -> Result<()> {
        let in_tail = n_known % CHUNK;
        if in_tail + new.len() < CHUNK {
            return self.append_tail(row, key, in_tail, new);
        }
        let mut samples = tail(&self.tx, row, key)?;
        samples.extend_from_slice(new);
        self.tx.run(
            "DELETE FROM metric_tails WHERE run = ?1 AND key = ?2",
            params![row, key],
        )?;
        let chunks = samples.chunks_exact(CHUNK);
        let rest = chunks.remainder();
        for (number, full) in (n_known / CHUNK..).zip(chunks) {
            self.tx.run(
                "INSERT INTO metric_chunks (run, key, number, groups, points)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
                params![
                    row,
                    key,
                    number as i64,
                    chunk::write_groups(&chunk::groups(full)),
                    chunk::compress(full)?
                ],
            )?;
        }
        self.append_tail(row, key, 0, rest)
    }

    fn append_tail(&mut self, row: i64, key: &str, from: usize, new: &[Sample]) -> Result<()> {
        for (index, sample) in new.iter().enumerate() {
            self.tx.run(
                "INSERT INTO metric_tails (run, key, place, value, step, at_ms)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                params![
                    row,
                    key,
                    (from + index) as i64,
                    sample.value.to_bits() as i64,
                    sample.step,
                    sample.at_ms
                ],
            )?;
        }
        Ok(())
    }

    fn put_summary(&mut self, row: i64, key: &str, summary: Summary) -> Result<()> {
        self.tx.run(
            "INSERT OR REPLACE INTO metric_summaries
                (run, key, last, last_step, last_ms, min, max, best_step, n)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            params![
                row,
                key,
                summary.last,
                summary.last_step,
                summary.last_ms,
                summary.min,
                summary.max,
                summary.best_step,
                summary.n
            ],
        )?;
        Ok(())
    }
}

struct Summary {
    last: f64,
    last_step: i64,
    last_ms: i64,
    min: f64,
    max: f64,
    best_step: i64,
    n: i64,
}

impl Summary {
    /// The stored one, or that of no points.
    fn find(db: &Connection, row: i64, key: &str) -> Result<Self> {
        let known = db.first(
            "SELECT last, last_step, last_ms, min, max, best_step, n FROM metric_summaries
             WHERE run = ?1 AND key = ?2",
            params![row, key],
            |row| {
                Ok(Self {
                    last: number(row.get(0)?),
                    last_step: row.get(1)?,
                    last_ms: row.get(2)?,
                    min: number(row.get(3)?),
                    max: number(row.get(4)?),
                    best_step: row.get(5)?,
                    n: row.get(6)?,
                })
            },
        )?;
        Ok(known.unwrap_or(Self {
            last: f64::NAN,
            last_step: i64::MIN,
            last_ms: i64::MIN,
            min: f64::NAN,
            max: f64::NAN,
            best_step: 0,
            n: 0,
        }))
    }

    /// The last value is that of the largest step, of equal steps that of the latest time, of equal times the largest,
    /// as MLflow has it; a value that is no number comes before all others.
    fn with(self, new: &[Sample], larger_is_better: bool) -> Self {
        let mut summary = self;
        if let (0, Some(first)) = (summary.n, new.first()) {
            summary.best_step = first.step;
        }
        for sample in new {
            let (at, known) = (
                (sample.step, sample.at_ms),
                (summary.last_step, summary.last_ms),
            );
            if at > known
                || (at == known && !(sample.value < summary.last || sample.value.is_nan()))
            {
                summary.last = sample.value;
                (summary.last_step, summary.last_ms) = at;
            }
            let best = if larger_is_better {
                summary.max
            } else {
                summary.min
            };
            let better = if larger_is_better {
                sample.value > best
            } else {
                sample.value < best
            };
            if better || (best.is_nan() && !sample.value.is_nan()) {
                summary.best_step = sample.step;
            }
            summary.min = summary.min.min(sample.value);
            summary.max = summary.max.max(sample.value);
            summary.n += 1;
        }
        summary
    }
}

pub(crate) fn samples(db: &Connection, row: i64, key: &str) -> Result<Vec<Sample>> {
    let chunks = db.all(
        "SELECT points FROM metric_chunks WHERE run = ?1 AND key = ?2 ORDER BY number",
        params![row, key],
        |row| chunk::decompress(row.get_ref(0)?.as_blob().map_err(rusqlite::Error::from)?),
    )?;
    let mut samples: Vec<Sample> = chunks.into_iter().flatten().collect();
    samples.extend(tail(db, row, key)?);
    Ok(samples)
}

fn tail(db: &Connection, row: i64, key: &str) -> Result<Vec<Sample>> {
    db.all(
        "SELECT value, step, at_ms FROM metric_tails WHERE run = ?1 AND key = ?2 ORDER BY place",
        params![row, key],
        |row| {
            Ok(Sample {
                value: f64::from_bits(row.get::<_, i64>(0)? as u64),
                step: row.get(1)?,
                at_ms: row.get(2)?,
            })
        },
    )
}

fn group_buckets(db: &Connection, row: i64, key: &str) -> Result<Vec<MetricBucket>> {
    let groups = db.all(
        "SELECT groups FROM metric_chunks WHERE run = ?1 AND key = ?2 ORDER BY number",
        params![row, key],
        |row| chunk::read_groups(row.get_ref(0)?.as_blob().map_err(rusqlite::Error::from)?),
    )?;
    let mut buckets: Vec<MetricBucket> = groups.into_iter().flatten().collect();
    buckets.extend(chunk::groups(&tail(db, row, key)?));
    Ok(buckets)
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
fn number(stored: Option<f64>) -> f64 {
    stored.unwrap_or(f64::NAN)
}
