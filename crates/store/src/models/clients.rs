//! What clients of the tracking API do in the registry.

use assay_core::event::Kind;
use assay_core::registered::{NewClientVersion, RegisteredModel, RegisteredVersion};
use assay_core::registry::{Stage, VersionKey};
use assay_core::{ModelName, TimestampMs};
use rusqlite::params;

use super::{VersionKind, folded, kind_of, model_row};
use crate::act::Act;
use crate::datasets::next_number;
use crate::error::{Error, Result};
use crate::rows::{Rows, to_word};
use crate::store::{Store, Write};

impl Store {
    /// A model without versions.
    ///
    /// # Errors
    /// [`Error::Conflict`] when there is one of that name.
    pub fn create_registered_model(
        &self,
        model: &ModelName,
        description: &str,
        tags: &[(String, String)],
        act: Act<'_>,
    ) -> Result<RegisteredModel> {
        self.write(act.at_ms, |write| {
            if model_row(&write.tx, model.as_str())?.is_some() {
                return Err(taken(model));
            }
            let row = write.insert_model(model.as_str(), description, act.at_ms)?;
            for (key, value) in tags {
                write.put_model_tag(row, key, value)?;
            }
            write.audit(act, "model.created", model.as_str(), "Without a version.")?;
            Ok(())
        })?;
        self.registered_model(model)
    }

    pub fn describe_model(&self, model: &ModelName, text: &str, act: Act<'_>) -> Result<()> {
        self.write(act.at_ms, |write| {
            let row = write.model_row(model)?;
            write.tx.run(
                "UPDATE models SET description = ?2 WHERE id = ?1",
                params![row, text],
            )?;
            write.touch_model(row, act.at_ms)?;
            write.audit(
                act,
                "model.described",
                model.as_str(),
                "Its description changed.",
            )?;
            Ok(())
        })
    }

    /// # Errors
    /// [`Error::Conflict`] when the new name is taken, or the model has versions that were registered here: folders,
    /// replays and the audit log know them by their name.
    pub fn rename_model(&self, model: &ModelName, to: &ModelName, act: Act<'_>) -> Result<()> {
        self.write(act.at_ms, |write| {
            let row = write.model_row(model)?;
            let n_exported = write.tx.count(
                "SELECT count(*) FROM model_versions WHERE model_id = ?1",
                params![row],
            )?;
            if n_exported > 0 {
                return Err(Error::conflict(
                    format!("the model `{model}` has versions that were registered here, which keep their name"),
                    "register a run under the new name instead",
                ));
            }
            if model_row(&write.tx, to.as_str())?.is_some() {
                return Err(taken(to));
            }
            write.tx.run(
                "UPDATE models SET name = ?2, folded = ?3 WHERE id = ?1",
                params![row, to.as_str(), folded(to.as_str())],
            )?;
            // The line goes on under the new name.
            write.tx.run(
                "INSERT INTO version_counters (kind, name, last)
                 SELECT 'model', ?2, coalesce(max(version), 0) FROM client_versions WHERE model_id = ?1
                 ON CONFLICT (kind, name) DO UPDATE SET last = max(last, excluded.last)",
                params![row, folded(to.as_str())],
            )?;
            write.tx.run(
                "UPDATE client_versions SET updated_ms = ?2 WHERE model_id = ?1",
                params![row, act.at_ms],
            )?;
            write.touch_model(row, act.at_ms)?;
            write.audit(act, "model.renamed", to.as_str(), &format!("From `{model}`."))?;
            Ok(())
        })
    }

    pub fn set_model_tag(
        &self,
        model: &ModelName,
        key: &str,
        value: &str,
        act: Act<'_>,
    ) -> Result<()> {
        self.write(act.at_ms, |write| {
            let row = write.model_row(model)?;
            write.put_model_tag(row, key, value)?;
            write.audit(
                act,
                "model.tagged",
                model.as_str(),
                &format!("Tag `{key}`."),
            )?;
            Ok(())
        })
    }

    /// Nothing when it has no such tag.
    pub fn delete_model_tag(&self, model: &ModelName, key: &str, act: Act<'_>) -> Result<()> {
        self.write(act.at_ms, |write| {
            let row = write.model_row(model)?;
            let n_deleted = write.tx.run(
                "DELETE FROM model_tags WHERE model_id = ?1 AND key = ?2",
                params![row, key],
            )?;
            if n_deleted > 0 {
                write.changed(Kind::Models);
                write.audit(
                    act,
                    "model.untagged",
                    model.as_str(),
                    &format!("Tag `{key}`."),
                )?;
            }
            Ok(())
        })
    }

    /// Adds a client's version to a model that is there.
    pub fn register_for_client(
        &self,
        new: &NewClientVersion,
        act: Act<'_>,
    ) -> Result<RegisteredVersion> {
        let key = self.write(act.at_ms, |write| {
            let row = write.model_row(&new.model)?;
            let number = next_number(&write.tx, "model", &folded(new.model.as_str()))?;
            write.tx.run(
                "INSERT INTO client_versions (model_id, version, stage, source, location, run_link, run_id,
                                              logged_model, description, created_ms, updated_ms)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?10)",
                params![
                    row,
                    number,
                    to_word(&Stage::Development)?,
                    new.source,
                    new.location,
                    new.run_link,
                    new.run_id.as_ref().map(|id| id.as_str()),
                    new.logged_model.as_ref().map(|id| id.as_str()),
                    new.description,
                    act.at_ms
                ],
            )?;
            for (tag, value) in &new.tags {
                write.put_version_tag(row, number, tag, value)?;
            }
            write.touch_model(row, act.at_ms)?;
            write.changed(Kind::Runs);
            let key = VersionKey {
                model: new.model.clone(),
                version: number,
            };
            let detail = match &new.run_id {
                Some(run) => format!("By a client, from run {run}."),
                None => format!("By a client, from {}.", new.source),
            };
            write.audit(act, "model.registered", &key.to_string(), &detail)?;
            Ok(key)
        })?;
        self.registered_version(&key)
    }

    pub fn describe_version(&self, key: &VersionKey, text: &str, act: Act<'_>) -> Result<()> {
        self.write(act.at_ms, |write| {
            let (row, kind) = write.version_row(key)?;
            let sql = format!(
                "UPDATE {} SET description = ?3, updated_ms = ?4 WHERE model_id = ?1 AND version = ?2",
                kind.table()
            );
            write.tx.run(&sql, params![row, key.version, text, act.at_ms])?;
            write.changed(Kind::Models);
            write.audit(act, "model.described", &key.to_string(), "Its description changed.")?;
            Ok(())
        })
    }

    pub fn set_version_tag(
        &self,
        key: &VersionKey,
        tag: &str,
        value: &str,
        act: Act<'_>,
    ) -> Result<()> {
        self.write(act.at_ms, |write| {
            let (row, _) = write.version_row(key)?;
            write.put_version_tag(row, key.version, tag, value)?;
            write.audit(
                act,
                "model.tagged",
                &key.to_string(),
                &format!("Tag `{tag}`."),
            )?;
            Ok(())
        })
    }

    /// Nothing when it has no such tag.
    pub fn delete_version_tag(&self, key: &VersionKey, tag: &str, act: Act<'_>) -> Result<()> {
        self.write(act.at_ms, |write| {
            let (row, _) = write.version_row(key)?;
            let n_deleted = write.tx.run(
                "DELETE FROM model_version_tags WHERE model_id = ?1 AND version = ?2 AND key = ?3",
                params![row, key.version, tag],
            )?;
            if n_deleted > 0 {
                write.changed(Kind::Models);
                write.audit(
                    act,
                    "model.untagged",
                    &key.to_string(),
                    &format!("Tag `{tag}`."),
                )?;
            }
            Ok(())
        })
    }

    /// A client's version goes for good. One that was registered here is archived, and clients see it no more until
    /// its stage or an alias is set here again; its files stay.
    pub fn delete_version_for_client(&self, key: &VersionKey, act: Act<'_>) -> Result<()> {
        let stage = self.registered_version(key)?.stage;
        self.write(act.at_ms, |write| {
            let (row, kind) = write.version_row(key)?;
            write.tx.run(
                "DELETE FROM model_aliases WHERE model_id = ?1 AND version = ?2",
                params![row, key.version],
            )?;
            match kind {
                VersionKind::Client => {
                    for table in ["client_versions", "model_version_tags"] {
                        let sql = format!("DELETE FROM {table} WHERE model_id = ?1 AND version = ?2");
                        write.tx.run(&sql, params![row, key.version])?;
                    }
                }
                VersionKind::Assay => {
                    write.tx.run(
                        "UPDATE model_versions SET stage = ?3, hidden_ms = ?4 WHERE model_id = ?1 AND version = ?2",
                        params![row, key.version, to_word(&Stage::Archived)?, act.at_ms],
                    )?;
                }
            }
            write.touch_model(row, act.at_ms)?;
            let detail = match kind {
                VersionKind::Client => "A client's version, for good.".to_owned(),
                VersionKind::Assay => format!(
                    "By a client: it went from {} to archived, and its files stay.",
                    stage.label()
                ),
            };
            write.audit(act, "model.version_deleted", &key.to_string(), &detail)?;
            Ok(())
        })
    }
}

impl Write<'_> {
    pub(super) fn insert_model(
        &mut self,
        name: &str,
        description: &str,
        at_ms: TimestampMs,
    ) -> Result<i64> {
        self.tx.run(
            "INSERT INTO models (name, folded, description, created_ms, updated_ms) VALUES (?1, ?2, ?3, ?4, ?4)",
            params![name, folded(name), description, at_ms],
        )?;
        self.changed(Kind::Models);
        Ok(self.tx.last_insert_rowid())
    }

    pub(super) fn touch_model(&mut self, row: i64, at_ms: TimestampMs) -> Result<()> {
        self.tx.run(
            "UPDATE models SET updated_ms = ?2 WHERE id = ?1",
            params![row, at_ms],
        )?;
        self.changed(Kind::Models);
        Ok(())
    }

    /// A version of either kind: its model's row, and which table holds it.
    pub(super) fn version_row(&self, key: &VersionKey) -> Result<(i64, VersionKind)> {
        let missing = || Error::not_found("model", key);
        let row = model_row(&self.tx, key.model.as_str())?.ok_or_else(missing)?;
        let kind = kind_of(&self.tx, row, key.version)?.ok_or_else(missing)?;
        Ok((row, kind))
    }

    fn model_row(&self, model: &ModelName) -> Result<i64> {
        model_row(&self.tx, model.as_str())?.ok_or_else(|| Error::not_found("model", model))
    }

    fn put_model_tag(&mut self, row: i64, key: &str, value: &str) -> Result<()> {
        self.tx.run(
            "INSERT OR REPLACE INTO model_tags (model_id, key, value) VALUES (?1, ?2, ?3)",
            params![row, key, value],
        )?;
        self.changed(Kind::Models);
        Ok(())
    }

    fn put_version_tag(&mut self, row: i64, version: u32, key: &str, value: &str) -> Result<()> {
        self.tx.run(
            "INSERT OR REPLACE INTO model_version_tags (model_id, version, key, value) VALUES (?1, ?2, ?3, ?4)",
            params![row, version, key, value],
        )?;
        self.changed(Kind::Models);
        Ok(())
    }
}

fn taken(model: &ModelName) -> Error {
    Error::conflict(
        format!("there is a model `{model}` already"),
        "choose another name",
    )
}
