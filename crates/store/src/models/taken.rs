//! Versions that come from other labs, with the numbers that they have there.

use assay_core::event::Kind;
use assay_core::registry::{ModelVersion, Stage};
use rusqlite::params;

use super::{folded, kind_of, model_row_in_any_case};
use crate::act::Act;
use crate::error::{Error, Result};
use crate::rows::{Rows, to_json, to_word};
use crate::store::Store;

impl Store {
    /// Adds a version under its own number, in development and without an alias. Its run need not be in this lab.
    ///
    /// # Errors
    /// [`Error::Conflict`] when the model has a version of that number, or its name differs from a model's in upper and
    /// lower case only; [`Error::NotFound`] when an object is missing.
    pub fn take_version(&self, version: &ModelVersion, act: Act<'_>) -> Result<()> {
        assay_core::ids::check_name(version.model.as_str())?;
        self.object_path(&version.onnx)?;
        if let Some(reference) = &version.reference {
            self.object_path(reference)?;
        }
        let version = ModelVersion {
            stage: Stage::Development,
            aliases: Vec::new(),
            ..version.clone()
        };
        self.write(act.at_ms, |write| {
            let name = version.model.as_str();
            let id = match model_row_in_any_case(&write.tx, name)? {
                Some((id, known)) if known == name => id,
                Some((_, known)) => {
                    return Err(Error::conflict(
                        format!("there is a model `{known}`, which differs from `{name}` in upper and lower case only"),
                        "rename one of them in its lab",
                    ));
                }
                None => write.insert_model(name, "", act.at_ms)?,
            };
            if kind_of(&write.tx, id, version.version)?.is_some() {
                return Err(Error::conflict(
                    format!("there is another version {}", version.key()),
                    "delete the model here, or register the version under another name where it comes from",
                ));
            }
            write.tx.run(
                "INSERT INTO model_versions (model_id, version, stage, run_id, dataset,
                                             dataset_version, onnx, reference, doc, updated_ms)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
                params![
                    id,
                    version.version,
                    to_word(&version.stage)?,
                    version.run_id.as_ref().map(|id| id.as_str()),
                    version.dataset.as_ref().map(|name| name.as_str()),
                    version.dataset_number,
                    version.onnx.as_str(),
                    version.reference.as_ref().map(|object| object.as_str()),
                    to_json(&version)?,
                    act.at_ms
                ],
            )?;
            // No later version gets a number that is taken.
            write.tx.run(
                "INSERT INTO version_counters (kind, name, last) VALUES ('model', ?1, ?2)
                 ON CONFLICT (kind, name) DO UPDATE SET last = max(last, excluded.last)",
                params![folded(name), version.version],
            )?;
            write.touch_model(id, act.at_ms)?;
            write.changed(Kind::Models);
            let run = version.run_id.as_ref();
            let run = run.map_or_else(String::new, |run| format!("run {run}, "));
            let detail = format!("Of another lab: {run}{}.", version.algorithm);
            write.audit(act, "model.pulled", &version.key().to_string(), &detail)?;
            Ok(())
        })?;
        self.settle(std::iter::once(&version.onnx).chain(&version.reference));
        Ok(())
    }
}
