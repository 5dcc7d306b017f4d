//! The way back: the version that was in production before is there again, in one step that can be undone.

use assay_core::event::Kind;
use assay_core::registry::{Rollback, Stage, VersionKey};
use assay_core::{ModelName, TimestampMs};
use rusqlite::{Connection, params};

use super::model_row;
use crate::act::Act;
use crate::error::{Error, Result};
use crate::rows::{Rows, to_word};
use crate::store::{Store, Write};
use crate::undo::Step;

/// Numbers of the versions between which a rollback moves.
struct Way {
    /// In production now, the one that came last; `None` when it was only taken out.
    from: Option<u32>,
    to: u32,
}

impl Store {
    /// The version that a rollback would put into production; `None` when no other one was there.
    pub fn rollback_target(&self, model: &ModelName) -> Result<Option<VersionKey>> {
        self.read(|db| {
            let Some(row) = model_row(db, model.as_str())? else {
                return Ok(None);
            };
            Ok(way(db, row)?.map(|way| VersionKey {
                model: model.clone(),
                version: way.to,
            }))
        })
    }

    /// Puts `to` into production again and the version that is there now into the archive; the aliases that `to` lost
    /// to that one come back to it.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Conflict`] when `to` is not what a rollback leads to (any more).
    pub fn roll_back(&self, to: &VersionKey, reason: &str, act: Act<'_>) -> Result<Rollback> {
        self.write(act.at_ms, |write| {
            let (row, _) = write.version_row(to)?;
            let way = way(&write.tx, row)?
                .filter(|way| way.to == to.version)
                .ok_or_else(|| {
                    Error::conflict(
                        format!("{to} is not the version that was in production before"),
                        "look at the model again, and move the version to production by itself",
                    )
                })?;
            let key = |version| VersionKey {
                model: to.model.clone(),
                version,
            };
            let mut steps = vec![Step::Stage {
                key: to.clone(),
                stage: write.stage_of(to)?,
            }];
            let mut aliases = Vec::new();
            if let Some(from) = way.from {
                steps.push(Step::Stage {
                    key: key(from),
                    stage: Stage::Production,
                });
                for alias in write.aliases_taken(row, to.version, from)? {
                    steps.push(Step::Alias {
                        model: to.model.clone(),
                        alias: alias.clone(),
                        version: Some(from),
                    });
                    write.put_alias(&to.model, &alias, Some(to.version))?;
                    write.came_to_alias(&to.model, to.version, &alias, act.at_ms)?;
                    aliases.push(alias);
                }
                write.put_stage(&key(from), Stage::Archived)?;
                write.came_to_stage(&key(from), Stage::Archived, act.at_ms)?;
            }
            write.put_stage(to, Stage::Production)?;
            write.came_to_stage(to, Stage::Production, act.at_ms)?;
            write.undoable(&format!("rollback to {to}"), &Step::All { steps })?;

            let mut detail = match way.from {
                Some(from) => format!("Back in production in the place of {}.", key(from)),
                None => "Back in production.".to_owned(),
            };
            for alias in &aliases {
                detail.push_str(&format!(" `{alias}` came back."));
            }
            if !reason.trim().is_empty() {
                detail.push_str(" Reason: ");
                detail.push_str(reason.trim());
            }
            write.audit(act, "model.rolled_back", &to.to_string(), &detail)?;
            write.changed(Kind::Models);
            Ok(Rollback {
                to: to.clone(),
                from: way.from.map(key),
                aliases,
            })
        })
    }
}

impl Write<'_> {
    pub(crate) fn came_to_stage(
        &mut self,
        key: &VersionKey,
        stage: Stage,
        at_ms: TimestampMs,
    ) -> Result<()> {
        let (model, _) = self.version_row(key)?;
        self.tx.run(
            "INSERT INTO version_moves (model_id, version, stage, at_ms) VALUES (?1, ?2, ?3, ?4)",
            params![model, key.version, to_word(&stage)?, at_ms],
        )?;
        Ok(())
    }

    pub(crate) fn came_to_alias(
        &mut self,
        model: &ModelName,
        version: u32,
        alias: &str,
        at_ms: TimestampMs,
    ) -> Result<()> {
        self.tx.run(
            "INSERT INTO version_moves (model_id, version, alias, at_ms)
             SELECT id, ?2, ?3, ?4 FROM models WHERE name = ?1 AND deleted_ms IS NULL",
            params![model.as_str(), version, alias, at_ms],
        )?;
        Ok(())
    }

    /// The newest move of a version was taken back: it was never there.
    pub(crate) fn forget_stage(&mut self, key: &VersionKey) -> Result<()> {
        let (model, _) = self.version_row(key)?;
        self.tx.run(
            "DELETE FROM version_moves WHERE id = (SELECT max(id) FROM version_moves
                 WHERE model_id = ?1 AND version = ?2 AND stage IS NOT NULL)",
            params![model, key.version],
        )?;
        Ok(())
    }

    /// The same of an alias that points at `back` again; it may only have been taken off, which is no move.
    pub(crate) fn forget_alias(
        &mut self,
        model: &ModelName,
        alias: &str,
        back: Option<u32>,
    ) -> Result<()> {
        self.tx.run(
            "DELETE FROM version_moves WHERE id = (SELECT max(v.id) FROM version_moves v
                 JOIN models m ON m.id = v.model_id AND m.name = ?1 AND m.deleted_ms IS NULL
                 WHERE v.alias = ?2) AND version IS NOT ?3",
            params![model.as_str(), alias, back],
        )?;
        Ok(())
    }

    /// The aliases that point at `now`, and pointed at `before` before that.
    fn aliases_taken(&self, model: i64, before: u32, now: u32) -> Result<Vec<String>> {
        self.tx.all(
            "SELECT a.alias FROM model_aliases a WHERE a.model_id = ?1 AND a.version = ?3 AND ?2 = (
                 SELECT m.version FROM version_moves m
                 WHERE m.model_id = ?1 AND m.alias = a.alias AND m.version <> ?3
                 ORDER BY m.id DESC LIMIT 1)
             ORDER BY a.alias",
            params![model, before, now],
            |row| Ok(row.get(0)?),
        )
    }
}

fn way(db: &Connection, model: i64) -> Result<Option<Way>> {
    let from = db.first(
        "SELECT m.version, m.id FROM version_moves m
         WHERE m.model_id = ?1 AND m.stage = 'production' AND m.version IN (
             SELECT version FROM model_versions WHERE model_id = ?1 AND stage = 'production'
             UNION ALL SELECT version FROM client_versions WHERE model_id = ?1 AND stage = 'production')
         ORDER BY m.id DESC LIMIT 1",
        params![model],
        |row| Ok((row.get::<_, u32>(0)?, row.get::<_, i64>(1)?)),
    )?;
    let to = db.first(
        "SELECT m.version FROM version_moves m
         WHERE m.model_id = ?1 AND m.stage = 'production' AND m.id < ?2 AND m.version <> ?3 AND m.version IN (
             SELECT version FROM model_versions WHERE model_id = ?1
             UNION ALL SELECT version FROM client_versions WHERE model_id = ?1)
         ORDER BY m.id DESC LIMIT 1",
        params![
            model,
            from.map_or(i64::MAX, |(_, id)| id),
            from.map_or(0, |(version, _)| version)
        ],
        |row| Ok(row.get::<_, u32>(0)?),
    )?;
    Ok(to.map(|to| Way {
        from: from.map(|(version, _)| version),
        to,
    }))
}
