//! The points of metrics, for charts of many runs.

use std::collections::HashMap;

use assay_core::curves::MetricBucket;
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

/// What is known of a curve without its points.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CurveOutline {
    pub chunks: Vec<CurveChunk>,
    /// The points in no chunk, a thousand at most.
    pub tail: Vec<MetricSample>,
}

/// Up to 1,024 points that were logged one after another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CurveChunk {
    pub whole: MetricBucket,
    pub(super) id: i64,
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

    pub fn curve_outline(&self, curve: &CurveId) -> Result<CurveOutline> {
        self.read(|db| chunk_rows::outline(db, curve.row, &curve.key))
    }

    /// Of each chunk its points, 32 at a time as they were logged; none of one that was deleted since.
    pub fn chunk_groups(&self, chunks: &[CurveChunk]) -> Result<Vec<Vec<MetricBucket>>> {
        self.read(|db| {
            let groups = chunks.iter();
            groups
                .map(|chunk| chunk_rows::groups_of(db, chunk.id))
                .collect()
        })
    }

    /// Of each chunk its points as they were logged; none of one that was deleted since.
    pub fn chunk_points(&self, chunks: &[CurveChunk]) -> Result<Vec<Vec<MetricSample>>> {
        self.read(|db| {
            let points = chunks.iter();
            points
                .map(|chunk| chunk_rows::points_of(db, chunk.id))
                .collect()
        })
    }
}
