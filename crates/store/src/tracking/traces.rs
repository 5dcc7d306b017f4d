//! Traces that clients log: begun, added to, tagged, deleted. [`super::trace_search`] finds them.

use std::collections::BTreeMap;

use assay_core::run::Artifact;
use assay_core::trace::{
    NAME_TAG, SOURCE_RUN, SPAN_INPUTS, SPAN_OUTPUTS, SPANS_IN_STORE, SPANS_LOCATION_TAG, Span,
    TraceEnd, TraceId, TraceInfo, TraceSelection, TraceState,
};
use assay_core::tracking::ExperimentId;
use assay_core::{RunId, TimestampMs};
use rusqlite::{Connection, params};

use super::{experiments, trace_load};
use crate::error::{Error, Result};
use crate::files::{self, OF_TRACES};
use crate::rows::{Rows, to_json};
use crate::store::{Durability, Store, Write};

/// Characters of what stands in a list of traces.
const PREVIEW_CHARACTERS: usize = 1_000;

impl Store {
    /// What is known of the trace already, its spans and tags above all, stays where this does not say otherwise.
    ///
    /// # Errors
    /// [`Error::NotFound`] for the experiment, [`Error::Invalid`] when it is deleted.
    pub fn start_trace(&self, info: &TraceInfo, at_ms: TimestampMs) -> Result<TraceInfo> {
        self.write_with(Durability::Kill, at_ms, |write| {
            experiments::find_active(&write.tx, info.experiment_id)?;
            write.tx.run(
                "INSERT INTO traces (trace_id, experiment_id, started_ms, duration_ms, state, client_request_id,
                                     request_preview, response_preview)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
                 ON CONFLICT (trace_id) DO UPDATE SET
                   experiment_id = ?2, started_ms = ?3, duration_ms = ?4, state = ?5,
                   client_request_id = coalesce(?6, client_request_id),
                   request_preview = coalesce(?7, request_preview),
                   response_preview = coalesce(?8, response_preview)",
                params![
                    info.trace_id.as_str(),
                    info.experiment_id.0,
                    info.started_ms,
                    info.duration_ms,
                    info.state.word(),
                    info.client_request_id,
                    info.request_preview,
                    info.response_preview
                ],
            )?;
            let row = trace_load::row_of(&write.tx, &info.trace_id)?;
            write.put_trace_texts("trace_metadata", row, &info.metadata)?;
            write.put_trace_texts("trace_tags", row, &info.tags)?;
            for assessment in &info.assessments {
                write.put_assessment(row, assessment)?;
            }
            trace_load::info(&write.tx, row)
        })
    }

    /// Adds spans to their traces and makes those that are not there; a span sent again replaces the first.
    ///
    /// # Errors
    /// [`Error::NotFound`] for the experiment, [`Error::Invalid`] when it is deleted.
    pub fn log_spans(
        &self,
        experiment_id: ExperimentId,
        spans: &[Span],
        at_ms: TimestampMs,
    ) -> Result<()> {
        self.write_with(Durability::Kill, at_ms, |write| {
            experiments::find_active(&write.tx, experiment_id)?;
            let mut traces: BTreeMap<&TraceId, Vec<&Span>> = BTreeMap::new();
            for span in spans {
                traces.entry(&span.trace_id).or_default().push(span);
            }
            for (id, spans) in traces {
                write.add_spans(experiment_id, id, &spans)?;
            }
            Ok(())
        })
    }

    /// The trace ended; what is said of it is added to what is known.
    pub fn end_trace(&self, id: &TraceId, end: &TraceEnd, at_ms: TimestampMs) -> Result<TraceInfo> {
        self.write_with(Durability::Kill, at_ms, |write| {
            let row = trace_load::row_of(&write.tx, id)?;
            write.tx.run(
                "UPDATE traces SET duration_ms = ?2 - started_ms, state = ?3 WHERE id = ?1",
                params![row, end.ended_ms, end.state.word()],
            )?;
            write.put_trace_texts("trace_metadata", row, &end.metadata)?;
            write.put_trace_texts("trace_tags", row, &end.tags)?;
            trace_load::info(&write.tx, row)
        })
    }

    pub fn trace_info(&self, id: &TraceId) -> Result<TraceInfo> {
        self.read(|db| trace_load::info(db, trace_load::row_of(db, id)?))
    }

    /// By when they began.
    pub fn trace_spans(&self, id: &TraceId) -> Result<Vec<Span>> {
        self.read(|db| trace_load::spans(db, trace_load::row_of(db, id)?))
    }

    pub fn set_trace_tag(
        &self,
        id: &TraceId,
        key: &str,
        value: &str,
        at_ms: TimestampMs,
    ) -> Result<()> {
        self.write(at_ms, |write| {
            let row = trace_load::row_of(&write.tx, id)?;
            let tag = BTreeMap::from([(key.to_owned(), value.to_owned())]);
            write.put_trace_texts("trace_tags", row, &tag)
        })
    }

    /// # Errors
    /// [`Error::NotFound`] when it has no such tag.
    pub fn delete_trace_tag(&self, id: &TraceId, key: &str, at_ms: TimestampMs) -> Result<()> {
        self.write(at_ms, |write| {
            let row = trace_load::row_of(&write.tx, id)?;
            let n_deleted = write.tx.run(
                "DELETE FROM trace_tags WHERE trace = ?1 AND key = ?2",
                params![row, key],
            )?;
            if n_deleted == 0 {
                return Err(Error::not_found("tag", key));
            }
            Ok(())
        })
    }

    /// The traces were made in the run, unless they say that they were made in another. One that is not known begins
    /// here: clients tell of it after they have linked it.
    pub fn link_traces(&self, run_id: &RunId, ids: &[TraceId], at_ms: TimestampMs) -> Result<()> {
        self.write(at_ms, |write| {
            let run = super::load::row_of(&write.tx, run_id)?;
            for id in ids {
                write.tx.run(
                    "INSERT OR IGNORE INTO traces (trace_id, experiment_id, started_ms, state)
                     SELECT ?1, experiment_id, ?3, ?4 FROM runs WHERE id = ?2",
                    params![id.as_str(), run, at_ms, TraceState::InProgress.word()],
                )?;
                let row = trace_load::row_of(&write.tx, id)?;
                write.tx.run(
                    "INSERT OR IGNORE INTO trace_metadata (trace, key, value) VALUES (?1, ?2, ?3)",
                    params![row, SOURCE_RUN, run_id.as_str()],
                )?;
            }
            Ok(())
        })
    }

    /// How many there were of the selection; they are gone with their spans and files.
    pub fn delete_traces(
        &self,
        experiment_id: ExperimentId,
        selection: &TraceSelection,
        at_ms: TimestampMs,
    ) -> Result<u64> {
        self.write(at_ms, |write| {
            let n_deleted = match selection {
                TraceSelection::Ids(ids) => write.tx.run(
                    "DELETE FROM traces WHERE experiment_id = ?1
                     AND trace_id IN (SELECT value FROM json_each(?2))",
                    params![experiment_id.0, to_json(ids)?],
                )?,
                TraceSelection::Until { at_ms, limit } => write.tx.run(
                    "DELETE FROM traces WHERE id IN (
                       SELECT id FROM traces WHERE experiment_id = ?1 AND started_ms <= ?2
                       ORDER BY started_ms, id LIMIT ?3)",
                    params![experiment_id.0, at_ms, limit],
                )?,
            };
            Ok(n_deleted as u64)
        })
    }

    /// Refers to an object that is in the lab; the same path again replaces it.
    pub fn add_trace_file(&self, id: &TraceId, file: &Artifact, at_ms: TimestampMs) -> Result<()> {
        self.put_file(OF_TRACES, file, at_ms, |write| {
            trace_load::row_of(&write.tx, id)
        })
    }

    /// A file, or all files of a folder; nothing when there is none.
    pub fn delete_trace_files(&self, id: &TraceId, path: &str, at_ms: TimestampMs) -> Result<()> {
        self.delete_files(OF_TRACES, path, at_ms, |write| {
            trace_load::row_of(&write.tx, id)
        })
    }

    /// By path.
    pub fn trace_files(&self, id: &TraceId) -> Result<Vec<Artifact>> {
        self.read(|db| files::list(db, OF_TRACES, trace_load::row_of(db, id)?))
    }
}

impl Write<'_> {
    fn put_trace_texts(
        &mut self,
        table: &str,
        row: i64,
        texts: &BTreeMap<String, String>,
    ) -> Result<()> {
        let sql = format!("INSERT OR REPLACE INTO {table} (trace, key, value) VALUES (?1, ?2, ?3)");
        for (key, value) in texts {
            self.tx.run(&sql, params![row, key, value])?;
        }
        Ok(())
    }

    fn add_spans(
        &mut self,
        experiment_id: ExperimentId,
        id: &TraceId,
        spans: &[&Span],
    ) -> Result<()> {
        self.tx.run(
            "INSERT OR IGNORE INTO traces (trace_id, experiment_id, started_ms, state)
             VALUES (?1, ?2, ?3, ?4)",
            params![
                id.as_str(),
                experiment_id.0,
                spans.iter().map(|span| span.started_ns).min().unwrap_or(0) / 1_000_000,
                TraceState::InProgress.word()
            ],
        )?;
        let row = trace_load::row_of(&self.tx, id)?;
        for span in spans {
            self.tx.run(
                "INSERT OR REPLACE INTO trace_spans
                   (trace, span_id, parent_id, name, started_ns, ended_ns, state, otlp)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                params![
                    row,
                    span.span_id,
                    span.parent_id,
                    span.name,
                    span.started_ns,
                    span.ended_ns,
                    span.state.word(),
                    to_json(&span.otlp)?
                ],
            )?;
            if span.parent_id.is_none() {
                self.put_root(row, span)?;
            }
        }
        let tag = BTreeMap::from([(SPANS_LOCATION_TAG.to_owned(), SPANS_IN_STORE.to_owned())]);
        self.put_trace_texts("trace_tags", row, &tag)
    }

    /// What the root says of the whole trace, where its client has not said it.
    fn put_root(&mut self, row: i64, root: &Span) -> Result<()> {
        let is_open = is_in_progress(&self.tx, row)?;
        self.tx.run(
            "UPDATE traces SET request_preview = coalesce(request_preview, ?2),
                               response_preview = coalesce(response_preview, ?3) WHERE id = ?1",
            params![
                row,
                root.attribute(SPAN_INPUTS).map(preview),
                root.attribute(SPAN_OUTPUTS).map(preview)
            ],
        )?;
        if let (true, Some(ended_ns)) = (is_open, root.ended_ns) {
            let state = match root.state {
                TraceState::Error => TraceState::Error,
                _ => TraceState::Ok,
            };
            self.tx.run(
                "UPDATE traces SET state = ?2, started_ms = ?3, duration_ms = ?4 WHERE id = ?1",
                params![
                    row,
                    state.word(),
                    root.started_ns / 1_000_000,
                    ended_ns / 1_000_000 - root.started_ns / 1_000_000
                ],
            )?;
        }
        self.tx.run(
            "INSERT OR IGNORE INTO trace_tags (trace, key, value) VALUES (?1, ?2, ?3)",
            params![row, NAME_TAG, root.name],
        )?;
        Ok(())
    }
}

fn is_in_progress(db: &Connection, row: i64) -> Result<bool> {
    let n = db.count(
        "SELECT count(*) FROM traces WHERE id = ?1 AND state = ?2",
        params![row, TraceState::InProgress.word()],
    )?;
    Ok(n > 0)
}

fn preview(text: String) -> String {
    text.chars().take(PREVIEW_CHARACTERS).collect()
}
