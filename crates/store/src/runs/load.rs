//! Rows of runs put together into summaries.

use std::collections::BTreeMap;

use assay_core::reference::Reference;
use assay_core::registry::VersionKey;
use assay_core::run::RunSummary;
use assay_core::{ExperimentName, ModelName, RunId};
use rusqlite::types::FromSql;
use rusqlite::{Connection, params};

use crate::error::{Error, Result};
use crate::rows::{Rows, from_word};

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
    let (mut summary, dataset) = db
        .first(
            "SELECT r.run_id, r.name, e.name, r.status, r.started_ms, r.ended_ms, r.dataset,
                    r.dataset_version
             FROM runs r JOIN experiments e ON e.id = r.experiment_id WHERE r.id = ?1",
            params![row],
            |row| {
                let summary = RunSummary {
                    run_id: RunId(row.get(0)?),
                    name: row.get(1)?,
                    experiment: ExperimentName(row.get(2)?),
                    status: from_word(&row.get::<_, String>(3)?)?,
                    started_ms: row.get(4)?,
                    ended_ms: row.get(5)?,
                    params: BTreeMap::new(),
                    metrics: BTreeMap::new(),
                    tags: BTreeMap::new(),
                    dataset: None,
                    models: Vec::new(),
                };
                let dataset: (Option<String>, Option<u32>) = (row.get(6)?, row.get(7)?);
                Ok((summary, dataset))
            },
        )?
        .ok_or_else(|| Error::not_found("run", row))?;
    if let (Some(name), Some(version)) = dataset {
        summary.dataset = Some(Reference::version(name, version));
    }
    summary.params = texts(db, "SELECT key, value FROM run_params WHERE run = ?1", row)?;
    summary.tags = texts(db, "SELECT key, value FROM run_tags WHERE run = ?1", row)?;
    summary.metrics = texts::<Option<f64>>(
        db,
        "SELECT key, last FROM metric_summaries WHERE run = ?1",
        row,
    )?
    .into_iter()
    .map(|(key, value)| (key, value.unwrap_or(f64::NAN)))
    .collect();
    summary.models = db.all(
        "SELECT m.name, v.version FROM model_versions v
         JOIN models m ON m.id = v.model_id AND m.deleted_ms IS NULL
         WHERE v.run_id = ?1 ORDER BY m.name, v.version",
        params![summary.run_id.as_str()],
        |row| {
            Ok(VersionKey {
                model: ModelName(row.get(0)?),
                version: row.get(1)?,
            })
        },
    )?;
    Ok(summary)
}

fn texts<T: FromSql>(db: &Connection, sql: &str, row: i64) -> Result<BTreeMap<String, T>> {
    let pairs = db.all(sql, params![row], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(pairs.into_iter().collect())
}

fn named(db: &Connection, sql: &str, from: &str, to: &str) -> Result<Vec<(i64, String)>> {
    let read = |row: &rusqlite::Row<'_>| {
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
