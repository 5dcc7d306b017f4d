//! Where the points of a curve lie: in chunks, and in the tail behind them, portion by portion.

use std::ops::RangeInclusive;

use assay_core::tracking::MetricSample as Sample;
use rusqlite::{Connection, Row, params};

use super::chunk::{self, CHUNK, GROUP};
use super::metrics::{MetricBucket, number};
use super::summary::Summary;
use crate::error::Result;
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
        let all = chunk::bucket(samples);
        self.tx.run(
            "INSERT INTO metric_chunks
                (run, key, place, n, first_step, last_step, min, max, groups, points)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            params![
                row,
                key,
                place as i64,
                samples.len() as i64,
                all.first_step,
                all.last_step,
                all.min,
                all.max,
                chunk::write_groups(&chunk::groups(samples)),
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

/// Every point, in the order in which they were logged.
pub(crate) fn samples(db: &Connection, row: i64, key: &str) -> Result<Vec<Sample>> {
    let mut samples = Vec::new();
    db.all(
        "SELECT points FROM metric_chunks WHERE run = ?1 AND key = ?2 ORDER BY place",
        params![row, key],
        |row| {
            let points = row.get_ref(0)?.as_blob().map_err(rusqlite::Error::from)?;
            samples.extend(chunk::decompress(points)?);
            Ok(())
        },
    )?;
    read_tail(db, row, key, &mut samples)?;
    Ok(samples)
}

/// The points whose step is in the range, and at least the nearest outside of it on either side: whole chunks, in the
/// order in which they were logged.
pub(super) fn samples_around(
    db: &Connection,
    row: i64,
    key: &str,
    steps: &RangeInclusive<i64>,
) -> Result<Vec<Sample>> {
    let mut samples = Vec::new();
    db.all(
        "WITH mine AS (SELECT id, place, first_step, last_step FROM metric_chunks WHERE run = ?1 AND key = ?2)
         SELECT c.points FROM mine m JOIN metric_chunks c ON c.id = m.id
         WHERE m.last_step >= coalesce((SELECT max(last_step) FROM mine WHERE last_step < ?3), ?3)
           AND m.first_step <= coalesce((SELECT min(first_step) FROM mine WHERE first_step > ?4), ?4)
         ORDER BY m.place",
        params![row, key, steps.start(), steps.end()],
        |row| {
            let points = row.get_ref(0)?.as_blob().map_err(rusqlite::Error::from)?;
            samples.extend(chunk::decompress(points)?);
            Ok(())
        },
    )?;
    read_tail(db, row, key, &mut samples)?;
    Ok(samples)
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
        "SELECT id, n, first_step, last_step, min, max FROM metric_chunks
         WHERE run = ?1 AND key = ?2 AND first_step <= ?4 AND last_step >= ?3 ORDER BY place",
        params![row, key, steps.start(), steps.end()],
        read_extremes,
    )?;
    let n_points: u64 = chunks.iter().map(|(_, all)| all.n).sum();
    let wants_points = n_points < (n * GROUP) as u64;
    let wants_chunks = chunks.len() >= n * CHUNKS_PER_BUCKET;
    let within = |mut samples: Vec<Sample>| {
        samples.retain(|sample| steps.contains(&sample.step));
        if wants_points {
            samples.chunks(1).map(chunk::bucket).collect()
        } else {
            chunk::groups(&samples)
        }
    };
    let mut fine = Vec::new();
    for (id, all) in &chunks {
        let is_within = steps.contains(&all.first_step) && steps.contains(&all.last_step);
        if wants_points || !is_within {
            fine.extend(within(points_of(db, *id)?));
        } else if wants_chunks {
            fine.push(*all);
        } else {
            fine.extend(groups_of(db, *id)?);
        }
    }
    let mut tail = Vec::new();
    read_tail(db, row, key, &mut tail)?;
    fine.extend(within(tail));
    fine.sort_by_key(|bucket| (bucket.first_step, bucket.last_step));
    Ok(fine)
}

/// Of the chunks of format 4, which had them for their groups alone.
pub(crate) fn find_extremes(db: &Connection) -> Result<()> {
    for id in db.all("SELECT id FROM metric_chunks", [], |row| {
        Ok(row.get::<_, i64>(0)?)
    })? {
        let mut all = MetricBucket::default();
        for group in groups_of(db, id)? {
            all.join(&group);
        }
        db.run(
            "UPDATE metric_chunks SET first_step = ?2, last_step = ?3, min = ?4, max = ?5 WHERE id = ?1",
            params![id, all.first_step, all.last_step, all.min, all.max],
        )?;
    }
    Ok(())
}

fn read_extremes(row: &Row<'_>) -> Result<(i64, MetricBucket)> {
    let all = MetricBucket {
        n: row.get::<_, i64>(1)? as u64,
        first_step: row.get(2)?,
        last_step: row.get(3)?,
        min: number(row.get(4)?),
        max: number(row.get(5)?),
    };
    Ok((row.get(0)?, all))
}

fn groups_of(db: &Connection, id: i64) -> Result<Vec<MetricBucket>> {
    let found = db.first(
        "SELECT groups FROM metric_chunks WHERE id = ?1",
        params![id],
        |row| chunk::read_groups(row.get_ref(0)?.as_blob().map_err(rusqlite::Error::from)?),
    )?;
    Ok(found.unwrap_or_default())
}

fn points_of(db: &Connection, id: i64) -> Result<Vec<Sample>> {
    let found = db.first(
        "SELECT points FROM metric_chunks WHERE id = ?1",
        params![id],
        |row| chunk::decompress(row.get_ref(0)?.as_blob().map_err(rusqlite::Error::from)?),
    )?;
    Ok(found.unwrap_or_default())
}

fn read_tail(db: &Connection, row: i64, key: &str, samples: &mut Vec<Sample>) -> Result<()> {
    let mut read = |row: &Row<'_>| {
        let portion = row.get_ref(0)?.as_blob().map_err(rusqlite::Error::from)?;
        chunk::read_portion(portion, samples)
    };
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
