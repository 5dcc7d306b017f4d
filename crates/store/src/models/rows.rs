//! The rows of models and versions, as registering and pulling write them.

use assay_core::TimestampMs;
use assay_core::registry::ModelVersion;
use rusqlite::params;

use super::model_row_in_any_case;
use crate::error::{Error, Result};
use crate::rows::{Rows, to_json, to_word};
use crate::store::Write;

impl Write<'_> {
    /// The model of that name, made where there is none. `hint`: what to do when one differs in case only.
    pub(super) fn model_named(
        &mut self,
        name: &str,
        hint: &str,
        at_ms: TimestampMs,
    ) -> Result<i64> {
        match model_row_in_any_case(&self.tx, name)? {
            Some((id, known)) if known == name => Ok(id),
            Some((_, known)) => Err(Error::conflict(
                format!(
                    "there is a model `{known}`, which differs from `{name}` in upper and lower case only"
                ),
                hint,
            )),
            None => self.insert_model(name, "", at_ms),
        }
    }

    pub(super) fn insert_version(
        &mut self,
        model: i64,
        version: &ModelVersion,
        at_ms: TimestampMs,
    ) -> Result<()> {
        self.tx.run(
            "INSERT INTO model_versions (model_id, version, stage, run_id, dataset,
                                         dataset_version, onnx, reference, doc, updated_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            params![
                model,
                version.version,
                to_word(&version.stage)?,
                version.run_id.as_ref().map(|id| id.as_str()),
                version.dataset.as_ref().map(|name| name.as_str()),
                version.dataset_number,
                version.onnx.as_str(),
                version.reference.as_ref().map(|object| object.as_str()),
                to_json(version)?,
                at_ms
            ],
        )?;
        Ok(())
    }
}
