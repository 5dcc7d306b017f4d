//! Versions that come from other labs, with the numbers that they have there.

use assay_core::event::Kind;
use assay_core::registry::{ModelVersion, Stage};
use rusqlite::params;

use super::{folded, kind_of};
use crate::act::Act;
use crate::error::{Error, Result};
use crate::rows::Rows;
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
            let id = write.model_named(name, "rename one of them in its lab", act.at_ms)?;
            if kind_of(&write.tx, id, version.version)?.is_some() {
                return Err(Error::conflict(
                    format!("there is another version {}", version.key()),
                    "delete the model here, or register the version under another name where it comes from",
                ));
            }
            write.insert_version(id, &version, act.at_ms)?;
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
