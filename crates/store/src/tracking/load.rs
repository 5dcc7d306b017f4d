//! Runs put together as the tracking API tells them.

use std::collections::HashMap;

use assay_core::RunId;
use assay_core::tracking::{
    DatasetInput, ExperimentId, LatestMetric, LoggedModelId, ModelOutput, TrackedRun,
};
use rusqlite::{Connection, params};

use crate::error::{Error, Result};
use crate::rows::{Rows, from_json, from_word, to_json};

/// The row of a run, in the trash too.
pub(super) fn row_of(db: &Connection, run_id: &RunId) -> Result<i64> {
    db.first(
        "SELECT id FROM runs WHERE run_id = ?1",
        params![run_id.as_str()],
        |row| Ok(row.get(0)?),
    )?
    .ok_or_else(|| Error::not_found("run", run_id))
}

pub(super) fn run(db: &Connection, row: i64) -> Result<TrackedRun> {
    runs(db, &[row])?
        .pop()
        .ok_or_else(|| Error::not_found("run", row))
}

/// In the order of `rows`. One query per table, however many there are.
pub(super) fn runs(db: &Connection, rows: &[i64]) -> Result<Vec<TrackedRun>> {
    let wanted = to_json(&rows)?;
    let mut found: HashMap<i64, TrackedRun> = db
        .all(
            "SELECT r.id, r.run_id, r.experiment_id, r.name, r.user, r.status, r.started_ms, r.ended_ms,
                    r.deleted_ms IS NOT NULL
             FROM json_each(?1) w JOIN runs r ON r.id = w.value",
            params![wanted],
            |row| {
                let run = TrackedRun {
                    run_id: RunId(row.get(1)?),
                    experiment_id: ExperimentId(row.get(2)?),
                    name: row.get(3)?,
                    user: row.get(4)?,
                    status: from_word(&row.get::<_, String>(5)?)?,
                    started_ms: row.get(6)?,
                    ended_ms: row.get(7)?,
                    is_deleted: row.get(8)?,
                    params: Default::default(),
                    tags: Default::default(),
                    metrics: Vec::new(),
                    inputs: Vec::new(),
                    input_models: Vec::new(),
                    outputs: Vec::new(),
                };
                Ok((row.get(0)?, run))
            },
        )?
        .into_iter()
        .collect();
    let texts = |table: &str| {
        let sql = format!(
            "SELECT t.run, t.key, t.value FROM json_each(?1) w JOIN {table} t ON t.run = w.value"
        );
        db.all(&sql, params![wanted], |row| {
            Ok((row.get::<_, i64>(0)?, row.get(1)?, row.get(2)?))
        })
    };
    for (row, key, value) in texts("run_params")? {
        if let Some(run) = found.get_mut(&row) {
            run.params.insert(key, value);
        }
    }
    for (row, key, value) in texts("run_tags")? {
        if let Some(run) = found.get_mut(&row) {
            run.tags.insert(key, value);
        }
    }
    for (row, metric) in metrics(db, &wanted)? {
        if let Some(run) = found.get_mut(&row) {
            run.metrics.push(metric);
        }
    }
    for (row, input) in inputs(db, &wanted)? {
        if let Some(run) = found.get_mut(&row) {
            run.inputs.push(input);
        }
    }
    for (row, model) in input_models(db, &wanted)? {
        if let Some(run) = found.get_mut(&row) {
            run.input_models.push(model);
        }
    }
    for (row, output) in outputs(db, &wanted)? {
        if let Some(run) = found.get_mut(&row) {
            run.outputs.push(output);
        }
    }
    Ok(rows.iter().filter_map(|row| found.remove(row)).collect())
}

fn outputs(db: &Connection, wanted: &str) -> Result<Vec<(i64, ModelOutput)>> {
    db.all(
        "SELECT o.run, o.model_id, o.step FROM json_each(?1) w JOIN run_outputs o ON o.run = w.value",
        params![wanted],
        |row| {
            let output = ModelOutput {
                model_id: LoggedModelId(row.get(1)?),
                step: row.get(2)?,
            };
            Ok((row.get(0)?, output))
        },
    )
}

fn input_models(db: &Connection, wanted: &str) -> Result<Vec<(i64, LoggedModelId)>> {
    db.all(
        "SELECT i.run, i.model_id FROM json_each(?1) w JOIN run_input_models i ON i.run = w.value",
        params![wanted],
        |row| Ok((row.get(0)?, LoggedModelId(row.get(1)?))),
    )
}

fn metrics(db: &Connection, wanted: &str) -> Result<Vec<(i64, LatestMetric)>> {
    db.all(
        "SELECT m.run, m.key, m.last, m.last_step, m.last_ms
         FROM json_each(?1) w JOIN metric_summaries m ON m.run = w.value ORDER BY m.key",
        params![wanted],
        |row| {
            let metric = LatestMetric {
                key: row.get(1)?,
                value: row.get::<_, Option<f64>>(2)?.unwrap_or(f64::NAN),
                step: row.get(3)?,
                at_ms: row.get(4)?,
            };
            Ok((row.get(0)?, metric))
        },
    )
}

fn inputs(db: &Connection, wanted: &str) -> Result<Vec<(i64, DatasetInput)>> {
    db.all(
        "SELECT i.run, i.doc FROM json_each(?1) w JOIN run_inputs i ON i.run = w.value
         ORDER BY i.run, i.place",
        params![wanted],
        |row| Ok((row.get(0)?, from_json(&row.get::<_, String>(1)?)?)),
    )
}
