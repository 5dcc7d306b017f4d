//! Traces and spans out of their tables.

use std::collections::HashMap;

use assay_core::trace::{Span, TraceId, TraceInfo};
use assay_core::tracking::ExperimentId;
use rusqlite::{Connection, params};

use super::assessments;
use crate::error::{Error, Result};
use crate::rows::{Rows, from_json, from_word, to_json};

pub(super) fn row_of(db: &Connection, id: &TraceId) -> Result<i64> {
    db.first(
        "SELECT id FROM traces WHERE trace_id = ?1",
        params![id.as_str()],
        |row| Ok(row.get(0)?),
    )?
    .ok_or_else(|| Error::not_found("trace", id))
}

pub(super) fn info(db: &Connection, row: i64) -> Result<TraceInfo> {
    infos(db, &[row])?
        .pop()
        .ok_or_else(|| Error::not_found("trace", row))
}

/// In the order of `rows`. One query per table, however many there are.
pub(super) fn infos(db: &Connection, rows: &[i64]) -> Result<Vec<TraceInfo>> {
    let wanted = to_json(&rows)?;
    let mut found: HashMap<i64, TraceInfo> = db
        .all(
            "SELECT t.id, t.trace_id, t.experiment_id, t.started_ms, t.duration_ms, t.state, t.client_request_id,
                    t.request_preview, t.response_preview
             FROM json_each(?1) w JOIN traces t ON t.id = w.value",
            params![wanted],
            |row| {
                let info = TraceInfo {
                    trace_id: TraceId(row.get(1)?),
                    experiment_id: ExperimentId(row.get(2)?),
                    started_ms: row.get(3)?,
                    duration_ms: row.get(4)?,
                    state: from_word(&row.get::<_, String>(5)?)?,
                    client_request_id: row.get(6)?,
                    request_preview: row.get(7)?,
                    response_preview: row.get(8)?,
                    metadata: Default::default(),
                    tags: Default::default(),
                    assessments: Vec::new(),
                };
                Ok((row.get(0)?, info))
            },
        )?
        .into_iter()
        .collect();
    let texts = |table: &str| {
        let sql = format!(
            "SELECT t.trace, t.key, t.value FROM json_each(?1) w JOIN {table} t ON t.trace = w.value"
        );
        db.all(&sql, params![wanted], |row| {
            Ok((row.get::<_, i64>(0)?, row.get(1)?, row.get(2)?))
        })
    };
    for (row, key, value) in texts("trace_metadata")? {
        if let Some(info) = found.get_mut(&row) {
            info.metadata.insert(key, value);
        }
    }
    for (row, key, value) in texts("trace_tags")? {
        if let Some(info) = found.get_mut(&row) {
            info.tags.insert(key, value);
        }
    }
    for (row, assessment) in assessments::of_traces(db, &wanted)? {
        if let Some(info) = found.get_mut(&row) {
            info.assessments.push(assessment);
        }
    }
    Ok(rows.iter().filter_map(|row| found.remove(row)).collect())
}

/// By when they began.
pub(super) fn spans(db: &Connection, row: i64) -> Result<Vec<Span>> {
    db.all(
        "SELECT t.trace_id, s.span_id, s.parent_id, s.name, s.started_ns, s.ended_ns, s.state, s.otlp
         FROM trace_spans s JOIN traces t ON t.id = s.trace
         WHERE s.trace = ?1 ORDER BY s.started_ns, s.span_id",
        params![row],
        |row| {
            Ok(Span {
                trace_id: TraceId(row.get(0)?),
                span_id: row.get(1)?,
                parent_id: row.get(2)?,
                name: row.get(3)?,
                started_ns: row.get(4)?,
                ended_ns: row.get(5)?,
                state: from_word(&row.get::<_, String>(6)?)?,
                otlp: from_json(&row.get::<_, String>(7)?)?,
            })
        },
    )
}
