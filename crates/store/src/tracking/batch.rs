//! Metrics, parameters and tags of a run, many at once and all or none.

use assay_core::{RunId, TimestampMs};
use rusqlite::params;

use super::runs;
use crate::error::{Error, Result};
use crate::rows::Rows;
use crate::runs::metrics::MetricPoint;
use crate::store::{Durability, Store, Write};

impl Store {
    /// All of it or nothing. Parameters are written once: the same value again is fine.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Invalid`] when the run is deleted, or a parameter has another value already;
    /// [`Error::Conflict`] for a run that was trained here.
    pub fn log_batch(
        &self,
        run_id: &RunId,
        points: &[MetricPoint],
        params: &[(String, String)],
        tags: &[(String, String)],
        at_ms: TimestampMs,
    ) -> Result<()> {
        self.write_with(Durability::Kill, at_ms, |write| {
            let row = runs::find_open(&write.tx, run_id)?;
            write.put_params(run_id, row, params)?;
            for (key, value) in tags {
                write.put_tag_of_run(row, key, value)?;
            }
            write.put_points(row, points)
        })
    }
}

impl Write<'_> {
    fn put_params(&mut self, run_id: &RunId, row: i64, given: &[(String, String)]) -> Result<()> {
        let mut changed = Vec::new();
        for (key, value) in given {
            let known = self.tx.first(
                "SELECT value FROM run_params WHERE run = ?1 AND key = ?2",
                params![row, key],
                |row| Ok(row.get::<_, String>(0)?),
            )?;
            match known {
                Some(known) if known == *value => {}
                Some(known) => changed.push(format!(
                    "{{'key': '{key}', 'old_value': '{known}', 'new_value': '{value}'}}"
                )),
                None => {
                    self.tx.run(
                        "INSERT INTO run_params (run, key, value) VALUES (?1, ?2, ?3)",
                        params![row, key, value],
                    )?;
                }
            }
        }
        if !changed.is_empty() {
            return Err(Error::invalid(
                format!(
                    "Changing param values is not allowed. Params were already logged='[{}]' for run ID='{run_id}'",
                    changed.join(", ")
                ),
                "log the new value under another name, or begin a new run",
            ));
        }
        self.touched_run(row);
        Ok(())
    }
}
