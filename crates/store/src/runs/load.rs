//! Rows of runs put together into summaries.

use std::collections::{BTreeMap, HashMap};

use assay_core::reference::Reference;
use assay_core::registry::VersionKey;
use assay_core::run::RunSummary;
use assay_core::{ExperimentName, ModelName, RunId};
use rusqlite::types::FromSql;
use rusqlite::{Connection, Row, params};

use crate::error::{Error, Result};
use crate::rows::{Rows, from_word, to_json};

/// How many candidates an ambiguous name shows.
const CANDIDATES: usize = 5;
const PREFIX_DIGITS: usize = 4;

/// The row of a run by id, by the beginning of its id, or by name.
pub(crate) fn find(db: &Connection, wanted: &str) -> Result<i64> {
    let by_id = db.first(
        "SELECT id FROM runs WHERE run_id = ?1 AND deleted_ms IS NULL",
        params![wanted],
        |row| Ok(row.get(0)?),
    )?;
    if let Some(row) = by_id {
        return Ok(row);
    }
    let digits = wanted.to_ascii_lowercase();
    let is_prefix =
        digits.len() >= PREFIX_DIGITS && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let mut found = named(
        db,
        "SELECT id, run_id, name FROM runs WHERE name = ?1 AND deleted_ms IS NULL LIMIT 6",
        wanted,
        "",
    )?;
    if is_prefix && found.is_empty() {
        // `g` follows all hexadecimal digits.
        found = named(
            db,
            "SELECT id, run_id, name FROM runs WHERE run_id >= ?1 AND run_id < ?2
             AND deleted_ms IS NULL LIMIT 6",
            &digits,
            &format!("{digits}g"),
        )?;
    }
    match found.as_slice() {
        [] => Err(Error::not_found("run", wanted)),
        [(row, _)] => Ok(*row),
        several => Err(Error::Ambiguous {
            name: wanted.to_owned(),
            candidates: several
                .iter()
                .take(CANDIDATES)
                .map(|(_, title)| title.clone())
                .collect(),
        }),
    }
}

pub(crate) fn find_id(db: &Connection, run_id: &RunId) -> Result<i64> {
    db.first(
        "SELECT id FROM runs WHERE run_id = ?1 AND deleted_ms IS NULL",
        params![run_id.as_str()],
        |row| Ok(row.get(0)?),
    )?
    .ok_or_else(|| Error::not_found("run", run_id))
}

/// The row of a run that may still be written to.
pub(crate) fn find_running(db: &Connection, run_id: &RunId) -> Result<i64> {
    let row = find_id(db, run_id)?;
    let running = db.count(
        "SELECT count(*) FROM runs WHERE id = ?1 AND status = 'running'",
        params![row],
    )?;
    if running == 0 {
        return Err(Error::conflict(
            format!("the run {run_id} is finished, and a finished run does not change"),
            "begin a new run",
        ));
    }
    Ok(row)
}

pub(crate) fn summary(db: &Connection, row: i64) -> Result<RunSummary> {
    summaries(db, &[row])?
        .pop()
        .ok_or_else(|| Error::not_found("run", row))
}

/// In the order of `rows`. One query per table, however many there are.
pub(crate) fn summaries(db: &Connection, rows: &[i64]) -> Result<Vec<RunSummary>> {
    let wanted = to_json(&rows)?;
    let mut found = bare(db, &wanted)?;
    for (row, key, value) in pairs(db, "run_params", "value", &wanted)? {
        if let Some(summary) = found.get_mut(&row) {
            summary.params.insert(key, value);
        }
    }
    for (row, key, value) in pairs(db, "run_tags", "value", &wanted)? {
        if let Some(summary) = found.get_mut(&row) {
            summary.tags.insert(key, value);
        }
    }
    for (row, key, last) in pairs::<Option<f64>>(db, "metric_summaries", "last", &wanted)? {
        if let Some(summary) = found.get_mut(&row) {
            summary.metrics.insert(key, last.unwrap_or(f64::NAN));
        }
    }
    Ok(rows.iter().filter_map(|row| found.remove(row)).collect())
}

/// Without parameters, metrics and tags. `wanted` is a JSON array of rows.
pub(super) fn bare(db: &Connection, wanted: &str) -> Result<HashMap<i64, RunSummary>> {
    let mut found: HashMap<i64, RunSummary> = db
        .all(
            "SELECT r.id, r.run_id, r.name, e.name, r.status, r.started_ms, r.ended_ms, r.dataset,
                    r.dataset_version
             FROM json_each(?1) w JOIN runs r ON r.id = w.value
             JOIN experiments e ON e.id = r.experiment_id",
            params![wanted],
            |row| Ok((row.get(0)?, read_head(row)?)),
        )?
        .into_iter()
        .collect();
    for (row, key) in models(db, wanted)? {
        if let Some(summary) = found.get_mut(&row) {
            summary.models.push(key);
        }
    }
    Ok(found)
}

/// A summary without its parts.
fn read_head(row: &Row<'_>) -> Result<RunSummary> {
    let dataset: (Option<String>, Option<u32>) = (row.get(7)?, row.get(8)?);
    Ok(RunSummary {
        run_id: RunId(row.get(1)?),
        name: row.get(2)?,
        experiment: ExperimentName(row.get(3)?),
        status: from_word(&row.get::<_, String>(4)?)?,
        started_ms: row.get(5)?,
        ended_ms: row.get(6)?,
        params: BTreeMap::new(),
        metrics: BTreeMap::new(),
        tags: BTreeMap::new(),
        dataset: match dataset {
            (Some(name), Some(version)) => Some(Reference::version(name, version)),
            _ => None,
        },
        models: Vec::new(),
    })
}

/// The keys and values of many runs from one table.
fn pairs<T: FromSql>(
    db: &Connection,
    table: &str,
    column: &str,
    wanted: &str,
) -> Result<Vec<(i64, String, T)>> {
    let sql = format!(
        "SELECT t.run, t.key, t.{column} FROM json_each(?1) w JOIN {table} t ON t.run = w.value"
    );
    db.all(&sql, params![wanted], |row| {
        Ok((row.get(0)?, row.get(1)?, row.get(2)?))
    })
}

pub(crate) fn models(db: &Connection, wanted: &str) -> Result<Vec<(i64, VersionKey)>> {
    db.all(
        "SELECT r.id, m.name, v.version FROM json_each(?1) w JOIN runs r ON r.id = w.value
         JOIN model_versions v ON v.run_id = r.run_id
         JOIN models m ON m.id = v.model_id AND m.deleted_ms IS NULL
         ORDER BY m.name, v.version",
        params![wanted],
        |row| {
            let model = ModelName(row.get(1)?);
            let version = row.get(2)?;
            Ok((row.get(0)?, VersionKey { model, version }))
        },
    )
}

fn named(db: &Connection, sql: &str, from: &str, to: &str) -> Result<Vec<(i64, String)>> {
    let read = |row: &Row<'_>| {
        let (id, name): (String, String) = (row.get(1)?, row.get(2)?);
        let short = id.get(..8).unwrap_or(&id);
        Ok((row.get(0)?, format!("{name} ({short})")))
    };
    if to.is_empty() {
        db.all(sql, params![from], read)
    } else {
        db.all(sql, params![from, to], read)
    }
}
