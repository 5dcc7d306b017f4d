//! How a run ends.

use assay_core::run::RunStatus;
use assay_core::{RunId, TimestampMs};
use rusqlite::params;
use serde::Serialize;

use super::{FinishedRun, load};
use crate::error::{Error, Result};
use crate::rows::{Rows, to_json, to_word};
use crate::store::{Store, Write};

impl Store {
    /// Ends a run. Invariant: from here on only its tags change.
    ///
    /// # Errors
    /// [`Error::Conflict`] when it is finished already.
    pub fn finish_run(&self, run_id: &RunId, end: &FinishedRun) -> Result<()> {
        if end.status == RunStatus::Running {
            return Err(Error::invalid(
                "a run cannot end as running",
                "end it as finished, failed or killed",
            ));
        }
        self.write(end.ended_ms, |write| {
            let row = load::find_running(&write.tx, run_id)?;
            write.put_document(row, "record", end.record.as_ref())?;
            write.put_document(row, "failure", end.failure.as_ref())?;
            write.put_document(row, "confusion", end.confusion.as_ref())?;
            write.put_document(row, "parity", end.parity.as_ref())?;
            write.end_run(row, end.status, end.ended_ms)
        })
    }
}

impl Write<'_> {
    pub(crate) fn end_run(
        &mut self,
        row: i64,
        status: RunStatus,
        ended_ms: TimestampMs,
    ) -> Result<()> {
        self.tx.run(
            "UPDATE runs SET status = ?2, ended_ms = ?3, process_id = NULL WHERE id = ?1",
            params![row, to_word(&status)?, ended_ms],
        )?;
        self.touched_run(row);
        Ok(())
    }

    fn put_document<T: Serialize>(
        &mut self,
        row: i64,
        kind: &str,
        document: Option<&T>,
    ) -> Result<()> {
        if let Some(document) = document {
            self.tx.run(
                "INSERT INTO run_documents (run, kind, doc) VALUES (?1, ?2, ?3)",
                params![row, kind, to_json(document)?],
            )?;
        }
        Ok(())
    }
}
