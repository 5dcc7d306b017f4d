//! What is known of a curve without its points.

use assay_core::metrics::larger_is_better;
use assay_core::tracking::MetricSample as Sample;
use rusqlite::{Connection, params};

use super::metrics::number;
use crate::error::Result;
use crate::rows::Rows;

pub(super) struct Summary {
    last: f64,
    last_step: i64,
    last_ms: i64,
    min: f64,
    max: f64,
    best_step: i64,
    pub n: i64,
    /// Of these, how many are in no chunk.
    pub n_tail: usize,
    /// The newest of the tail, as a portion.
    pub recent: Vec<u8>,
}

impl Summary {
    /// The stored one, or that of no points.
    pub fn find(db: &Connection, row: i64, key: &str) -> Result<Self> {
        let known = db.first(
            "SELECT last, last_step, last_ms, min, max, best_step, n, n_tail, recent
             FROM metric_summaries WHERE run = ?1 AND key = ?2",
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
                    n_tail: row.get::<_, i64>(7)? as usize,
                    recent: row.get(8)?,
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
            n_tail: 0,
            recent: Vec::new(),
        }))
    }

    pub fn put(&self, db: &Connection, row: i64, key: &str) -> Result<()> {
        db.run(
            "INSERT INTO metric_summaries
                (run, key, last, last_step, last_ms, min, max, best_step, n, n_tail, recent)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
             ON CONFLICT (run, key) DO UPDATE SET
                last = excluded.last, last_step = excluded.last_step, last_ms = excluded.last_ms,
                min = excluded.min, max = excluded.max, best_step = excluded.best_step,
                n = excluded.n, n_tail = excluded.n_tail,
                recent = excluded.recent",
            params![
                row,
                key,
                self.last,
                self.last_step,
                self.last_ms,
                self.min,
                self.max,
                self.best_step,
                self.n,
                self.n_tail as i64,
                self.recent
            ],
        )?;
        Ok(())
    }

    /// The last value is that of the largest step, of equal steps that of the latest time, of equal times the largest,
    /// as MLflow has it; a value that is no number comes before all others.
    pub fn with(self, new: &[Sample], key: &str) -> Self {
        let larger_is_better = larger_is_better(key);
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
