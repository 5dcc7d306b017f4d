//! Registered models that come from another registry, with their numbers, times, stages, aliases and tags.

use assay_core::event::Kind;
use assay_core::registered::{Origin, RegisteredModel, RegisteredVersion};
use rusqlite::params;

use super::{folded, kind_of, model_row};
use crate::act::Act;
use crate::error::Result;
use crate::rows::{Rows, to_word};
use crate::store::{Store, Write};

impl Store {
    /// Adds what the lab has not: the model, versions by their numbers, aliases and tags that are not given yet. Returns
    /// the numbers that were added.
    pub fn import_registered_model(
        &self,
        model: &RegisteredModel,
        act: Act<'_>,
    ) -> Result<Vec<u32>> {
        self.write(act.at_ms, |write| {
            let row = match model_row(&write.tx, model.model.as_str())? {
                Some(row) => row,
                None => {
                    write.tx.run(
                        "INSERT INTO models (name, folded, description, created_ms, updated_ms)
                         VALUES (?1, ?2, ?3, ?4, ?5)",
                        params![
                            model.model.as_str(),
                            folded(model.model.as_str()),
                            model.description,
                            model.created_ms,
                            model.updated_ms
                        ],
                    )?;
                    write.tx.last_insert_rowid()
                }
            };
            for (key, value) in &model.tags {
                write.tx.run(
                    "INSERT OR IGNORE INTO model_tags (model_id, key, value) VALUES (?1, ?2, ?3)",
                    params![row, key, value],
                )?;
            }
            let mut added = Vec::new();
            for version in &model.versions {
                if kind_of(&write.tx, row, version.version)?.is_none() {
                    write.put_imported_version(row, version)?;
                    added.push(version.version);
                }
            }
            // no later version gets a number that is taken
            let last = model.versions.iter().map(|version| version.version).max();
            write.tx.run(
                "INSERT INTO version_counters (kind, name, last) VALUES ('model', ?1, ?2)
                 ON CONFLICT (kind, name) DO UPDATE SET last = max(last, excluded.last)",
                params![folded(model.model.as_str()), last.unwrap_or(0)],
            )?;
            for (alias, number) in &model.aliases {
                if added.contains(number) {
                    write.tx.run(
                        "INSERT OR IGNORE INTO model_aliases (model_id, alias, version)
                         VALUES (?1, ?2, ?3)",
                        params![row, alias, number],
                    )?;
                }
            }
            if !added.is_empty() {
                let detail = format!("{} of another registry.", added.len());
                write.audit(act, "model.imported", model.model.as_str(), &detail)?;
            }
            write.changed(Kind::Models);
            write.changed(Kind::Runs);
            Ok(added)
        })
    }
}

impl Write<'_> {
    fn put_imported_version(&mut self, model: i64, version: &RegisteredVersion) -> Result<()> {
        let Origin::Client {
            source,
            location,
            run_link,
            logged_model,
        } = &version.origin
        else {
            return Ok(());
        };
        self.tx.run(
            "INSERT INTO client_versions (model_id, version, stage, source, location, run_link, run_id,
                                          logged_model, description, created_ms, updated_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            params![
                model,
                version.version,
                to_word(&version.stage)?,
                source,
                location,
                run_link,
                version.run_id.as_ref().map(|id| id.as_str()),
                logged_model.as_ref().map(|id| id.as_str()),
                version.description,
                version.created_ms,
                version.updated_ms
            ],
        )?;
        for (key, value) in &version.tags {
            self.tx.run(
                "INSERT OR IGNORE INTO model_version_tags (model_id, version, key, value)
                 VALUES (?1, ?2, ?3, ?4)",
                params![model, version.version, key, value],
            )?;
        }
        Ok(())
    }
}
