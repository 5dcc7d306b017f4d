//! Aliases and stages: what moves between the versions of a model.

use assay_core::event::Kind;
use assay_core::reference::{Reference, Selector};
use assay_core::registry::{Stage, VersionKey};
use assay_core::{ModelName, TimestampMs};
use rusqlite::params;

use super::model_row;
use crate::act::Act;
use crate::error::{Error, Result};
use crate::rows::{Rows, from_word, to_word};
use crate::store::{Store, Write};
use crate::undo::Step;

impl Store {
    /// Points an alias at a version, away from another one if need be; can be undone.
    ///
    /// # Errors
    /// [`Error::Invalid`] for `latest` and for what reads as a version number.
    pub fn set_alias(&self, key: &VersionKey, alias: &str, act: Act<'_>) -> Result<()> {
        check_alias(alias)?;
        self.set_any_alias(key, alias, act)
    }

    /// The same for any word that clients of the tracking API allow, which Assay itself may read as a number.
    pub fn set_any_alias(&self, key: &VersionKey, alias: &str, act: Act<'_>) -> Result<()> {
        self.write(act.at_ms, |write| {
            write.version_row(key)?;
            write.move_alias(&key.model, alias, Some(key.version), act)?;
            write.show_to_clients(key)
        })
    }

    /// # Errors
    /// [`Error::NotFound`] when the model has no such alias.
    pub fn remove_alias(&self, model: &ModelName, alias: &str, act: Act<'_>) -> Result<()> {
        self.write(act.at_ms, |write| {
            if write.alias_target(model, alias)?.is_none() {
                return Err(Error::not_found("model", format!("{model}@{alias}")));
            }
            write.move_alias(model, alias, None, act)
        })
    }

    /// Moves a version to a stage and nothing else: a version that is in production already stays there beside it,
    /// for whether both serve is the user's decision. No gate is asked here. Can be undone. Returns the stage before.
    pub fn set_stage(
        &self,
        key: &VersionKey,
        to: Stage,
        reason: &str,
        act: Act<'_>,
    ) -> Result<Stage> {
        self.write(act.at_ms, |write| {
            let from = write.stage_of(key)?;
            if from == to {
                return Ok(from);
            }
            write.undoable(
                &format!("move of {key} to {}", to.label()),
                &Step::Stage {
                    key: key.clone(),
                    stage: from,
                },
            )?;
            write.put_stage(key, to)?;
            write.came_to_stage(key, to, act.at_ms)?;
            write.touch_version(key, act.at_ms)?;
            let action = match to {
                Stage::Archived => "model.archived",
                Stage::Production | Stage::Candidate if to > from => "model.promoted",
                Stage::Production | Stage::Candidate | Stage::Development => "model.moved",
            };
            let mut detail = format!("From {} to {}.", from.label(), to.label());
            if !reason.trim().is_empty() {
                detail.push_str(" Reason: ");
                detail.push_str(reason.trim());
            }
            write.audit(act, action, &key.to_string(), &detail)?;
            Ok(from)
        })
    }
}

impl Write<'_> {
    pub(crate) fn put_stage(&mut self, key: &VersionKey, stage: Stage) -> Result<()> {
        let (model, kind) = self.version_row(key)?;
        let sql = format!(
            "UPDATE {} SET stage = ?3 WHERE model_id = ?1 AND version = ?2",
            kind.table()
        );
        self.tx
            .run(&sql, params![model, key.version, to_word(&stage)?])?;
        self.changed(Kind::Models);
        self.show_to_clients(key)
    }

    fn touch_version(&mut self, key: &VersionKey, at_ms: TimestampMs) -> Result<()> {
        let (model, kind) = self.version_row(key)?;
        let sql = format!(
            "UPDATE {} SET updated_ms = ?3 WHERE model_id = ?1 AND version = ?2",
            kind.table()
        );
        self.tx.run(&sql, params![model, key.version, at_ms])?;
        self.touch_model(model, at_ms)
    }

    pub(super) fn stage_of(&self, key: &VersionKey) -> Result<Stage> {
        let (model, kind) = self.version_row(key)?;
        let sql = format!(
            "SELECT stage FROM {} WHERE model_id = ?1 AND version = ?2",
            kind.table()
        );
        self.tx
            .first(&sql, params![model, key.version], |row| {
                from_word(&row.get::<_, String>(0)?)
            })?
            .ok_or_else(|| Error::not_found("model", key))
    }

    /// A version that is used again is there for clients again, also when one of them deleted it.
    fn show_to_clients(&mut self, key: &VersionKey) -> Result<()> {
        let (model, _) = self.version_row(key)?;
        self.tx.run(
            "UPDATE model_versions SET hidden_ms = NULL WHERE model_id = ?1 AND version = ?2 AND hidden_ms IS NOT NULL",
            params![model, key.version],
        )?;
        Ok(())
    }

    /// `None` takes the alias away.
    pub(crate) fn put_alias(
        &mut self,
        model: &ModelName,
        alias: &str,
        version: Option<u32>,
    ) -> Result<()> {
        let row =
            model_row(&self.tx, model.as_str())?.ok_or_else(|| Error::not_found("model", model))?;
        match version {
            Some(version) => self.tx.run(
                "INSERT INTO model_aliases (model_id, alias, version) VALUES (?1, ?2, ?3)
                 ON CONFLICT (model_id, alias) DO UPDATE SET version = excluded.version",
                params![row, alias, version],
            )?,
            None => self.tx.run(
                "DELETE FROM model_aliases WHERE model_id = ?1 AND alias = ?2",
                params![row, alias],
            )?,
        };
        self.changed(Kind::Models);
        Ok(())
    }

    fn move_alias(
        &mut self,
        model: &ModelName,
        alias: &str,
        to: Option<u32>,
        act: Act<'_>,
    ) -> Result<()> {
        let from = self.alias_target(model, alias)?;
        if from == to {
            return Ok(());
        }
        self.undoable(
            &format!("move of the alias {model}@{alias}"),
            &Step::Alias {
                model: model.clone(),
                alias: alias.to_owned(),
                version: from,
            },
        )?;
        self.put_alias(model, alias, to)?;
        if let Some(version) = to {
            self.came_to_alias(model, version, alias, act.at_ms)?;
        }
        let at = |version: Option<u32>| match version {
            Some(version) => format!("{model}@{version}"),
            None => "nothing".to_owned(),
        };
        let subject = at(to.or(from));
        let detail = format!("`{alias}` moved from {} to {}.", at(from), at(to));
        self.audit(act, "model.alias_moved", &subject, &detail)?;
        Ok(())
    }

    fn alias_target(&self, model: &ModelName, alias: &str) -> Result<Option<u32>> {
        self.tx.first(
            "SELECT a.version FROM model_aliases a
             JOIN models m ON m.id = a.model_id AND m.deleted_ms IS NULL
             WHERE m.name = ?1 AND a.alias = ?2",
            params![model.as_str(), alias],
            |row| Ok(row.get(0)?),
        )
    }
}

/// An alias must come back as one from `name@alias`.
fn check_alias(alias: &str) -> Result<()> {
    let reference: Reference = format!("model@{alias}").parse()?;
    if alias == "latest" || reference.selector != Selector::Alias(alias.to_owned()) {
        return Err(Error::invalid(
            format!("`{alias}` is no alias: it means a version by itself"),
            "choose a word such as `champion`",
        ));
    }
    Ok(())
}
