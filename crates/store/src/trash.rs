//! The trash: what is deleted vanishes from all lists and waits there.
//!
//! The name of a deleted data set or model may be used again at once; its numbers go on where the old line ended, so
//! that `name@3` never means two things. The old line can come back as long as no new one has its name.

mod purge;
mod size;

use assay_core::TimestampMs;
use assay_core::event::Kind;
use assay_core::lab::{TrashItem, TrashKind};
use rusqlite::{Connection, OptionalExtension, params};

use crate::act::Act;
use crate::error::{Error, Result};
use crate::rows::Rows;
use crate::runs::load;
use crate::store::{Store, Write};
use crate::undo::Step;

pub(crate) use size::{freed_by_all_runs, freed_by_each_run};

impl Store {
    /// Moves something to the trash; can be undone. A run may be named as [`Store::run`] takes it, the others by
    /// name or id.
    ///
    /// # Errors
    /// [`Error::Conflict`] for a run that still runs, or that a registered model was made by.
    pub fn delete(&self, kind: TrashKind, id: &str, act: Act<'_>) -> Result<()> {
        self.write(act.at_ms, |write| {
            let row = live_row(&write.tx, kind, id)?;
            if kind == TrashKind::Run {
                check_run_is_free(&write.tx, row)?;
            }
            let title = title(&write.tx, kind, row)?;
            write.undoable(
                &format!("delete of the {title}"),
                &Step::Restore { kind, row },
            )?;
            write.put_away(kind, row, act.at_ms)?;
            let action = format!("{}.deleted", word(kind));
            write.audit(
                act,
                &action,
                &subject(&write.tx, kind, row)?,
                "Moved to the trash.",
            )?;
            Ok(())
        })
    }

    /// Brings something back from the trash, by the id that [`Store::trash`] shows; can be undone.
    ///
    /// # Errors
    /// [`Error::Conflict`] when its name was given to another one since.
    pub fn restore(&self, kind: TrashKind, id: &str, act: Act<'_>) -> Result<()> {
        self.write(act.at_ms, |write| {
            let row = items(&write.tx)?
                .into_iter()
                .find(|(_, item)| item.kind == kind && item.id == id)
                .map(|(row, _)| row)
                .ok_or_else(|| Error::not_found("thing in the trash", id))?;
            let title = title(&write.tx, kind, row)?;
            write.undoable(
                &format!("restore of the {title}"),
                &Step::Delete { kind, row },
            )?;
            write.put_back(kind, row)?;
            let action = format!("{}.restored", word(kind));
            write.audit(
                act,
                &action,
                &subject(&write.tx, kind, row)?,
                "Brought back.",
            )?;
            Ok(())
        })
    }

    /// Newest first. Of several deleted things of one name, the newest has the name for its id, the older ones
    /// `name@N` with the number of their first version.
    pub fn trash(&self) -> Result<Vec<TrashItem>> {
        self.read(|db| Ok(items(db)?.into_iter().map(|(_, item)| item).collect()))
    }
}

impl Write<'_> {
    pub(crate) fn put_away(&mut self, kind: TrashKind, row: i64, at_ms: TimestampMs) -> Result<()> {
        let sql = format!(
            "UPDATE {} SET deleted_ms = ?2 WHERE id = ?1 AND deleted_ms IS NULL",
            table(kind)
        );
        self.moved(kind, self.tx.run(&sql, params![row, at_ms])?, row)
    }

    pub(crate) fn put_back(&mut self, kind: TrashKind, row: i64) -> Result<()> {
        self.check_name_is_free(kind, row)?;
        let sql = format!(
            "UPDATE {} SET deleted_ms = NULL WHERE id = ?1 AND deleted_ms IS NOT NULL",
            table(kind)
        );
        self.moved(kind, self.tx.run(&sql, params![row])?, row)
    }

    fn moved(&mut self, kind: TrashKind, n_moved: usize, row: i64) -> Result<()> {
        if n_moved == 0 {
            return Err(Error::not_found(word(kind), row));
        }
        self.changed(Kind::Trash);
        if kind == TrashKind::Run {
            self.listed_run(row);
        }
        // Lists show each other's counts and links.
        for kind in [Kind::Datasets, Kind::Runs, Kind::Models, Kind::Replays] {
            self.changed(kind);
        }
        Ok(())
    }

    fn check_name_is_free(&self, kind: TrashKind, row: i64) -> Result<()> {
        let (table, column) = match kind {
            TrashKind::Dataset => ("datasets", "name"),
            TrashKind::Model => ("models", "folded"),
            TrashKind::Run | TrashKind::Replay => return Ok(()),
        };
        let sql = format!(
            "SELECT live.name FROM {table} live JOIN {table} old ON live.{column} = old.{column}
             WHERE old.id = ?1 AND old.deleted_ms IS NOT NULL AND live.deleted_ms IS NULL"
        );
        match self
            .tx
            .first(&sql, params![row], |row| Ok(row.get::<_, String>(0)?))?
        {
            None => Ok(()),
            Some(name) => Err(Error::conflict(
                format!("there is a new {} `{name}`", word(kind)),
                "delete the new one first",
            )),
        }
    }
}

pub(crate) fn count(db: &Connection) -> Result<u64> {
    let mut n_items = 0;
    for kind in [
        TrashKind::Run,
        TrashKind::Dataset,
        TrashKind::Model,
        TrashKind::Replay,
    ] {
        let sql = format!(
            "SELECT count(*) FROM {} WHERE deleted_ms IS NOT NULL",
            table(kind)
        );
        n_items += db.count(&sql, [])?;
    }
    Ok(n_items)
}

fn table(kind: TrashKind) -> &'static str {
    match kind {
        TrashKind::Run => "runs",
        TrashKind::Dataset => "datasets",
        TrashKind::Model => "models",
        TrashKind::Replay => "replays",
    }
}

fn word(kind: TrashKind) -> &'static str {
    match kind {
        TrashKind::Run => "run",
        TrashKind::Dataset => "dataset",
        TrashKind::Model => "model",
        TrashKind::Replay => "replay",
    }
}

fn live_row(db: &Connection, kind: TrashKind, id: &str) -> Result<i64> {
    let (sql, noun) = match kind {
        TrashKind::Run => return load::find(db, id),
        TrashKind::Dataset => (
            "SELECT id FROM datasets WHERE name = ?1 AND deleted_ms IS NULL",
            "data set",
        ),
        TrashKind::Model => (
            "SELECT id FROM models WHERE name = ?1 AND deleted_ms IS NULL",
            "model",
        ),
        TrashKind::Replay => (
            "SELECT id FROM replays WHERE replay_id = ?1 AND deleted_ms IS NULL",
            "replay",
        ),
    };
    db.first(sql, params![id], |row| Ok(row.get(0)?))?
        .ok_or_else(|| Error::not_found(noun, id))
}

fn check_run_is_free(db: &Connection, row: i64) -> Result<()> {
    let summary = load::summary(db, row)?;
    if summary.ended_ms.is_none() {
        return Err(Error::conflict(
            format!("the run `{}` still runs", summary.name),
            "cancel its job first",
        ));
    }
    if let Some(model) = summary.models.first() {
        return Err(Error::conflict(
            format!("{model} was made by the run `{}`", summary.name),
            "delete the model first",
        ));
    }
    Ok(())
}

fn subject(db: &Connection, kind: TrashKind, row: i64) -> Result<String> {
    let column = match kind {
        TrashKind::Run => "run_id",
        TrashKind::Replay => "replay_id",
        TrashKind::Dataset | TrashKind::Model => "name",
    };
    let sql = format!("SELECT {column} FROM {} WHERE id = ?1", table(kind));
    let found = db
        .query_row(&sql, params![row], |row| row.get(0))
        .optional()?;
    found.ok_or_else(|| Error::not_found(word(kind), row))
}

/// `run random_forest-03 (default)`, `data set penguins, 2 versions`
fn title(db: &Connection, kind: TrashKind, row: i64) -> Result<String> {
    let sql = match kind {
        TrashKind::Run => {
            "SELECT 'run ' || r.name || ' (' || e.name || ')' FROM runs r
             JOIN experiments e ON e.id = r.experiment_id WHERE r.id = ?1"
        }
        TrashKind::Dataset => {
            "SELECT 'data set ' || d.name || ', ' || count(*) || iif(count(*) = 1, ' version', ' versions')
             FROM datasets d JOIN dataset_versions v ON v.dataset_id = d.id WHERE d.id = ?1"
        }
        TrashKind::Model => {
            "SELECT 'model ' || name || ', ' || n || iif(n = 1, ' version', ' versions')
             FROM (SELECT name, (SELECT count(*) FROM model_versions WHERE model_id = m.id)
                              + (SELECT count(*) FROM client_versions WHERE model_id = m.id) AS n
                   FROM models m WHERE m.id = ?1)"
        }
        TrashKind::Replay => {
            "SELECT 'replay of ' || ifnull(model, dataset) || '@' || ifnull(model_version, dataset_version)
             FROM replays WHERE id = ?1"
        }
    };
    db.first(
        sql,
        params![row],
        |row| Ok(row.get::<_, Option<String>>(0)?),
    )?
    .flatten()
    .ok_or_else(|| Error::not_found(word(kind), row))
}

/// With their rows, newest first. Sizes are those of the objects that the database knows the sizes of; of a run,
/// what deleting it for good would free.
fn items(db: &Connection) -> Result<Vec<(i64, TrashItem)>> {
    const DELETED: [(TrashKind, &str); 4] = [
        (
            TrashKind::Run,
            "SELECT id, run_id, deleted_ms, 0, 0 FROM runs WHERE deleted_ms IS NOT NULL",
        ),
        (
            TrashKind::Dataset,
            "SELECT d.id, d.name, d.deleted_ms, min(v.version), sum(v.size_bytes)
             FROM datasets d JOIN dataset_versions v ON v.dataset_id = d.id
             WHERE d.deleted_ms IS NOT NULL GROUP BY d.id",
        ),
        (
            TrashKind::Model,
            "SELECT m.id, m.name, m.deleted_ms,
                    coalesce((SELECT min(version) FROM (
                        SELECT version FROM model_versions WHERE model_id = m.id
                        UNION ALL SELECT version FROM client_versions WHERE model_id = m.id)), 0),
                    coalesce((SELECT sum(json_extract(doc, '$.onnx_size_bytes')) FROM model_versions
                              WHERE model_id = m.id), 0)
             FROM models m WHERE m.deleted_ms IS NOT NULL",
        ),
        (
            TrashKind::Replay,
            "SELECT id, replay_id, deleted_ms, 0, length(doc) FROM replays
             WHERE deleted_ms IS NOT NULL",
        ),
    ];
    let mut found = Vec::new();
    for (kind, sql) in DELETED {
        for (row, first_version, item) in db.all(sql, [], |row| {
            let item = TrashItem {
                kind,
                id: row.get(1)?,
                title: title(db, kind, row.get(0)?)?,
                size_bytes: row.get::<_, i64>(4)? as u64,
                deleted_ms: row.get(2)?,
            };
            Ok((row.get::<_, i64>(0)?, row.get::<_, u32>(3)?, item))
        })? {
            found.push((row, first_version, item));
        }
    }
    let runs: Vec<i64> = found
        .iter()
        .filter(|(_, _, item)| item.kind == TrashKind::Run)
        .map(|(row, _, _)| *row)
        .collect();
    let freed = freed_by_each_run(db, &runs)?;
    for (row, _, item) in &mut found {
        if item.kind == TrashKind::Run {
            item.size_bytes = freed.get(row).copied().unwrap_or(0);
        }
    }
    found.sort_by_key(|(row, _, item)| std::cmp::Reverse((item.deleted_ms, *row)));
    for index in 0..found.len() {
        let (newer, rest) = found.split_at_mut(index);
        let (_, first_version, item) = &mut rest[0];
        let same_name =
            |(_, _, newer): &&(i64, u32, TrashItem)| newer.kind == item.kind && newer.id == item.id;
        if newer.iter().any(|newer| same_name(&newer)) {
            item.id = format!("{}@{first_version}", item.id);
        }
    }
    Ok(found
        .into_iter()
        .map(|(row, _, item)| (row, item))
        .collect())
}
