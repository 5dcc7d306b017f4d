//! Where the points of a curve lie: in chunks, and in the tail behind them, portion by portion.

use std::ops::RangeInclusive;

use assay_core::curves::{GROUP, MetricBucket};
use assay_core::tracking::MetricSample as Sample;
use rusqlite::{Connection, Row, params};

use super::chunk::{self, CHUNK};
use super::curve::{CurveChunk, CurveOutline};
use super::metrics::number;
use super::summary::Summary;
use crate::error::{Error, Result};
use crate::rows::Rows;
use crate::store::Write;

/// A portion of so many points is a chunk of its own: what it costs to describe one is then small beside its points.
const SHORTEST_CHUNK: usize = 256;
/// So many points that came one by one wait in the summary.
const MOST_RECENT: usize = 16;
/// Chunks stand for themselves in a chart when so many fall on each of its buckets, for they do not end where buckets do.
const CHUNKS_PER_BUCKET: usize = 4;

impl Write<'_> {
    /// Adds points to a curve; `known` is what is known of it without them, but for where they stand.
    ///
    /// Invariant: the points before the tail are in chunks, the tail holds fewer than [`CHUNK`], and the newest of them
    /// are in the summary.
    pub(super) fn append(
        &mut self,
        row: i64,
        key: &str,
        known: &mut Summary,
        new: &[Sample],
    ) -> Result<()> {
        let n_known = known.n as usize;
        let n_recent = chunk::n_in_portion(&known.recent);
        if new.len() < SHORTEST_CHUNK && known.n_tail + new.len() < CHUNK {
            known.n_tail += new.len();
            known.recent.extend(chunk::write_portion(new));
            if n_recent + new.len() > MOST_RECENT {
                let portion = std::mem::take(&mut known.recent);
                self.put_portion(row, key, n_known - n_recent, &portion)?;
            }
            return Ok(());
        }
        let mut waiting = Vec::new();
        let samples = if known.n_tail == 0 {
            new
        } else {
            read_tail(&self.tx, row, key, &mut waiting)?;
            self.tx.run(
                "DELETE FROM metric_tails WHERE run = ?1 AND key = ?2",
                params![row, key],
            )?;
            waiting.extend_from_slice(new);
            &waiting
        };
        let mut place = n_known - known.n_tail;
        known.n_tail = 0;
        known.recent.clear();
        for part in samples.chunks(CHUNK) {
            if part.len() < SHORTEST_CHUNK {
                self.put_portion(row, key, place, &chunk::write_portion(part))?;
                known.n_tail = part.len();
            } else {
                self.put_chunk(row, key, place, part)?;
            }
            place += part.len();
        }
        Ok(())
    }

    fn put_chunk(&mut self, row: i64, key: &str, place: usize, samples: &[Sample]) -> Result<()> {
        let groups = chunk::groups(samples);
        let all = joined(&groups);
        self.tx.run(
            "INSERT INTO metric_chunks
                (run, key, place, n, first_step, last_step, first_ms, last_ms, n_finite, min, max, mean, last, groups, points)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
            params![
                row,
                key,
                place as i64,
                samples.len() as i64,
                all.first_step,
                all.last_step,
                all.first_ms,
                all.last_ms,
                all.n_finite as i64,
                all.min,
                all.max,
                all.mean,
                all.last,
                chunk::write_groups(&groups),
                chunk::compress(samples)?
            ],
        )?;
        Ok(())
    }

    fn put_portion(&mut self, row: i64, key: &str, place: usize, portion: &[u8]) -> Result<()> {
        self.tx.run(
            "INSERT INTO metric_tails (run, key, place, points) VALUES (?1, ?2, ?3, ?4)",
            params![row, key, place as i64, portion],
        )?;
        Ok(())
    }
}

/// The points behind the first `n_known`, in the order in which they were logged.
pub(crate) fn samples_behind(
    db: &Connection,
    row: i64,
    key: &str,
    n_known: usize,
) -> Result<Vec<Sample>> {
    let mut place = None;
    let mut samples = Vec::new();
    db.all(
        "SELECT place, points FROM metric_chunks WHERE run = ?1 AND key = ?2 AND place + n > ?3 ORDER BY place",
        params![row, key, n_known as i64],
        |row| {
            place.get_or_insert(row.get::<_, i64>(0)? as usize);
            samples.extend(chunk::decompress(blob(row, 1)?)?);
            Ok(())
        },
    )?;
    let n_in_chunks = db.count(
        "SELECT n - n_tail FROM metric_summaries WHERE run = ?1 AND key = ?2",
        params![row, key],
    )? as usize;
    read_tail(db, row, key, &mut samples)?;
    samples.drain(..(n_known - place.unwrap_or(n_in_chunks).min(n_known)).min(samples.len()));
    Ok(samples)
}

pub(super) fn outline(db: &Connection, row: i64, key: &str) -> Result<CurveOutline> {
    let chunks = db.all(
        "SELECT id, n, first_step, last_step, first_ms, last_ms, n_finite, min, max, mean, last FROM metric_chunks
         WHERE run = ?1 AND key = ?2 ORDER BY place",
        params![row, key],
        read_chunk,
    )?;
    let mut tail = Vec::new();
    read_tail(db, row, key, &mut tail)?;
    Ok(CurveOutline { chunks, tail })
}

/// The steps in buckets that are at least so fine that `n` can be made of them, by step: single points, groups of
/// points, or chunks, and at both ends of the range no point outside.
pub(super) fn buckets(
    db: &Connection,
    row: i64,
    key: &str,
    steps: &RangeInclusive<i64>,
    n: usize,
) -> Result<Vec<MetricBucket>> {
    let chunks = db.all(
        "SELECT id, n, first_step, last_step, first_ms, last_ms, n_finite, min, max, mean, last FROM metric_chunks
         WHERE run = ?1 AND key = ?2 AND first_step <= ?4 AND last_step >= ?3 ORDER BY place",
        params![row, key, steps.start(), steps.end()],
        read_chunk,
    )?;
    let n_points: u64 = chunks.iter().map(|chunk| chunk.whole.n).sum();
    let wants_points = n_points < (n * GROUP) as u64;
    let wants_chunks = chunks.len() >= n * CHUNKS_PER_BUCKET;
    let within = |mut samples: Vec<Sample>| {
        samples.retain(|sample| steps.contains(&sample.step));
        if wants_points {
            samples.chunks(1).map(MetricBucket::of).collect()
        } else {
            chunk::groups(&samples)
        }
    };
    let mut fine = Vec::new();
    for CurveChunk { whole, id } in chunks {
        let is_within = steps.contains(&whole.first_step) && steps.contains(&whole.last_step);
        if wants_points || !is_within {
            fine.extend(within(points_of(db, id)?));
        } else if wants_chunks {
            fine.push(whole);
        } else {
            fine.extend(groups_of(db, id)?);
        }
    }
    let mut tail = Vec::new();
    read_tail(db, row, key, &mut tail)?;
    fine.extend(within(tail));
    fine.sort_by_key(|bucket| (bucket.first_step, bucket.last_step));
    Ok(fine)
}

/// What charts need of the chunks of format 5 and their groups, which said less of themselves: from their points.
pub(crate) fn describe_chunks(db: &Connection) -> Result<()> {
    let chunks = db.all("SELECT id FROM metric_chunks", [], |row| {
        Ok(row.get::<_, i64>(0)?)
    })?;
    for id in chunks {
        let groups = chunk::groups(&points_of(db, id)?);
        let all = joined(&groups);
        db.run(
            "UPDATE metric_chunks SET first_step = ?2, last_step = ?3, first_ms = ?4, last_ms = ?5, n_finite = ?6,
                min = ?7, max = ?8, mean = ?9, last = ?10, groups = ?11 WHERE id = ?1",
            params![
                id,
                all.first_step,
                all.last_step,
                all.first_ms,
                all.last_ms,
                all.n_finite as i64,
                all.min,
                all.max,
                all.mean,
                all.last,
                chunk::write_groups(&groups)
            ],
        )?;
    }
    Ok(())
}

/// None when the chunk is gone.
pub(super) fn groups_of(db: &Connection, id: i64) -> Result<Vec<MetricBucket>> {
    let found = db.first(
        "SELECT groups FROM metric_chunks WHERE id = ?1",
        params![id],
        |row| chunk::read_groups(blob(row, 0)?),
    )?;
    Ok(found.unwrap_or_default())
}

/// None when the chunk is gone.
pub(super) fn points_of(db: &Connection, id: i64) -> Result<Vec<Sample>> {
    let found = db.first(
        "SELECT points FROM metric_chunks WHERE id = ?1",
        params![id],
        |row| chunk::decompress(blob(row, 0)?),
    )?;
    Ok(found.unwrap_or_default())
}

fn read_chunk(row: &Row<'_>) -> Result<CurveChunk> {
    let (n, n_finite): (i64, i64) = (row.get(1)?, row.get(6)?);
    if !(0..=CHUNK as i64).contains(&n) || !(0..=n).contains(&n_finite) {
        return Err(Error::damaged("stored metric points cannot be read"));
    }
    let whole = MetricBucket {
        n: n as u64,
        first_step: row.get(2)?,
        last_step: row.get(3)?,
        first_ms: row.get(4)?,
        last_ms: row.get(5)?,
        n_finite: n_finite as u64,
        min: number(row.get(7)?),
        max: number(row.get(8)?),
        mean: number(row.get(9)?),
        last: number(row.get(10)?),
    };
    Ok(CurveChunk {
        whole,
        id: row.get(0)?,
    })
}

fn joined(groups: &[MetricBucket]) -> MetricBucket {
    let mut all = MetricBucket::default();
    for group in groups {
        all.join(group);
    }
    all
}

fn read_tail(db: &Connection, row: i64, key: &str, samples: &mut Vec<Sample>) -> Result<()> {
    let mut read = |row: &Row<'_>| chunk::read_portion(blob(row, 0)?, samples);
    db.all(
        "SELECT points FROM metric_tails WHERE run = ?1 AND key = ?2 ORDER BY place",
        params![row, key],
        &mut read,
    )?;
    db.all(
        "SELECT recent FROM metric_summaries WHERE run = ?1 AND key = ?2",
        params![row, key],
        read,
    )?;
    Ok(())
}

fn blob<'r>(row: &'r Row<'_>, column: usize) -> Result<&'r [u8]> {
    Ok(row
        .get_ref(column)?
        .as_blob()
        .map_err(rusqlite::Error::from)?)
}
