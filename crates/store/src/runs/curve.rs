//! The points of metrics, for charts of many runs.

use std::collections::HashMap;
use std::ops::RangeInclusive;

use assay_core::tracking::MetricSample;
use assay_core::{RunId, TimestampMs};
use rusqlite::params;

use super::chunk_rows;
use crate::error::Result;
use crate::rows::{Rows, to_json};
use crate::store::Store;

/// A metric of a run that has points.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CurveId {
    pub run_id: RunId,
    pub key: String,
    pub started_ms: TimestampMs,
    pub n_points: u64,
    row: i64,
}

impl Store {
    /// The curves that there are: by run, then by metric, as asked for; of runs in the trash too.
    pub fn curve_ids(&self, runs: &[RunId], keys: &[String]) -> Result<Vec<CurveId>> {
        self.read(|db| {
            let known = db.all(
                "SELECT r.run_id, k.value, r.started_ms, m.n, r.id
                 FROM json_each(?1) w JOIN runs r ON r.run_id = w.value
                 JOIN json_each(?2) k JOIN metric_summaries m ON m.run = r.id AND m.key = k.value",
                params![to_json(&runs)?, to_json(&keys)?],
                |row| {
                    let id = CurveId {
                        run_id: RunId(row.get(0)?),
                        key: row.get(1)?,
                        started_ms: row.get(2)?,
                        n_points: row.get::<_, i64>(3)? as u64,
                        row: row.get(4)?,
                    };
                    Ok(((id.run_id.clone(), id.key.clone()), id))
                },
            )?;
            let mut known: HashMap<(RunId, String), CurveId> = known.into_iter().collect();
            let wanted = runs
                .iter()
                .flat_map(|run| keys.iter().map(|key| (run.clone(), key.clone())));
            Ok(wanted.filter_map(|wanted| known.remove(&wanted)).collect())
        })
    }

    /// The points whose step is in the range, and of those outside at least the nearest on either side, in the order
    /// they were logged.
    pub fn curve_points(
        &self,
        curve: &CurveId,
        steps: &RangeInclusive<i64>,
    ) -> Result<Vec<MetricSample>> {
        self.read(|db| chunk_rows::samples_around(db, curve.row, &curve.key, steps))
    }
}
