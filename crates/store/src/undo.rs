//! Undo: the newest change that can be taken back, and how.

use assay_core::lab::TrashKind;
use assay_core::registry::{Stage, VersionKey};
use assay_core::{DatasetName, ModelName};
use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};

use crate::act::Act;
use crate::error::{Error, Result};
use crate::rows::{Rows, from_json, to_json};
use crate::store::{Store, Write};

/// Older steps are forgotten.
const KEPT: i64 = 1_000;

/// What brings the state before a change back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub(crate) enum Step {
    Restore {
        kind: TrashKind,
        row: i64,
    },
    Delete {
        kind: TrashKind,
        row: i64,
    },
    /// `None`: there was no such alias.
    Alias {
        model: ModelName,
        alias: String,
        version: Option<u32>,
    },
    Stage {
        key: VersionKey,
        stage: Stage,
    },
    /// `None`: there was no such tag.
    Tag {
        dataset: DatasetName,
        tag: String,
        version: Option<u32>,
    },
    /// The version that counted; `None`: there was no such suite.
    Suite {
        name: String,
        version: Option<u32>,
    },
    /// The version that counted; `None`: there was no such recipe.
    Recipe {
        name: String,
        version: Option<u32>,
    },
    /// By row the value that each run had; `None`: it had no such tag.
    RunTags {
        key: String,
        before: Vec<(i64, Option<String>)>,
    },
    /// By row the experiment that each run was in.
    RunExperiments {
        before: Vec<(i64, i64)>,
    },
    RestoreRuns {
        rows: Vec<i64>,
    },
    DeleteRuns {
        rows: Vec<i64>,
    },
    /// One after the other.
    All {
        steps: Vec<Step>,
    },
}

impl Store {
    /// Takes back the newest change that can be: a delete, a restore, a move of an alias, a tag or a stage, a saved
    /// suite or recipe. Returns what it was; `None` when there is nothing. What cannot be found any more (its trash
    /// was emptied) is passed over.
    ///
    /// # Errors
    /// [`Error::Conflict`] when something is in the way, for example a new data set of the deleted one's name; the
    /// step stays.
    pub fn undo(&self, act: Act<'_>) -> Result<Option<String>> {
        self.write(act.at_ms, |write| {
            while let Some((number, title, step)) = newest(&write.tx)? {
                write
                    .tx
                    .run("DELETE FROM undo WHERE number = ?1", params![number])?;
                match write.take_back(step, act) {
                    Ok(()) => {
                        write.audit(act, "undone", "", &format!("Took back: {title}."))?;
                        return Ok(Some(title));
                    }
                    Err(Error::NotFound { .. }) => {}
                    Err(error) => return Err(error),
                }
            }
            Ok(None)
        })
    }

    /// What the next undo would take back: `delete of the data set penguins`.
    pub fn undo_title(&self) -> Result<Option<String>> {
        self.read(title)
    }
}

impl Write<'_> {
    pub(crate) fn undoable(&mut self, title: &str, step: &Step) -> Result<()> {
        self.tx.run(
            "INSERT INTO undo (title, step) VALUES (?1, ?2)",
            params![title, to_json(step)?],
        )?;
        self.tx.run(
            "DELETE FROM undo WHERE number <= ?1",
            params![self.tx.last_insert_rowid() - KEPT],
        )?;
        Ok(())
    }

    fn take_back(&mut self, step: Step, act: Act<'_>) -> Result<()> {
        match step {
            Step::Restore { kind, row } => self.put_back(kind, row),
            Step::Delete { kind, row } => self.put_away(kind, row, act.at_ms),
            Step::Alias {
                model,
                alias,
                version,
            } => {
                self.put_alias(&model, &alias, version)?;
                self.forget_alias(&model, &alias, version)
            }
            Step::Stage { key, stage } => {
                self.put_stage(&key, stage)?;
                self.forget_stage(&key)
            }
            Step::Tag {
                dataset,
                tag,
                version,
            } => self.put_tag(&dataset, &tag, version),
            Step::Suite { name, version } => self.put_suite(&name, version),
            Step::Recipe { name, version } => self.put_recipe(&name, version),
            Step::RunTags { key, before } => self.take_back_tags(&key, before),
            Step::RunExperiments { before } => self.take_back_moves(before),
            Step::RestoreRuns { rows } => self.take_back_deletes(&rows),
            Step::DeleteRuns { rows } => self.take_back_restores(&rows, act.at_ms),
            Step::All { steps } => steps
                .into_iter()
                .try_for_each(|step| self.take_back(step, act)),
        }
    }
}

pub(crate) fn title(db: &Connection) -> Result<Option<String>> {
    Ok(newest(db)?.map(|(_, title, _)| title))
}

fn newest(db: &Connection) -> Result<Option<(i64, String, Step)>> {
    db.first(
        "SELECT number, title, step FROM undo ORDER BY number DESC LIMIT 1",
        [],
        |row| {
            Ok((
                row.get(0)?,
                row.get(1)?,
                from_json(&row.get::<_, String>(2)?)?,
            ))
        },
    )
}
