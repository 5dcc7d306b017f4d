//! One change to many runs: one transaction, one undo step, one entry of the audit log; what was left is told.

use std::collections::{HashMap, HashSet};

use assay_core::bulk::{LeftReason, RunChange, RunsChange, RunsChanged};
use assay_core::ids::check_name;
use assay_core::lab::TrashKind;
use assay_core::registry::VersionKey;
use assay_core::run_table::ARCHIVED_TAG;
use assay_core::{ExperimentName, TimestampMs};
use rusqlite::{Connection, params};

use super::load;
use super::selection::{Chosen, Left, choose};
use crate::act::Act;
use crate::error::{Error, Result};
use crate::rows::{Rows, to_json};
use crate::store::{Store, Write};
use crate::tracking::RUN_NAME_TAG;
use crate::undo::Step;

/// So many ids stand in the audit log; more are counted.
const MAX_AUDITED: usize = 1_000;
/// Of the tag of an archived run.
const ARCHIVED: &str = "true";

impl Store {
    /// Changes all runs that can be and tells of the others why they were left.
    ///
    /// # Errors
    /// [`Error::Invalid`] when no run is named, for a filter that cannot be read, or a tag that is a run's name;
    /// [`Error::Name`] for an experiment's name that is none; [`Error::Conflict`] when that experiment is deleted.
    pub fn change_runs(&self, request: &RunsChange, act: Act<'_>) -> Result<RunsChanged> {
        check(&request.change)?;
        self.write(act.at_ms, |write| {
            let mut left = Left::default();
            let from_trash = request.change == RunChange::Restore;
            let mut chosen = choose(&write.tx, &request.selection, from_trash, &mut left)?;
            leave(&write.tx, &mut chosen, &request.change, &mut left)?;
            let n_chosen = chosen.len();
            let step = write.change(&mut chosen, &request.change, act.at_ms)?;
            let undo = if chosen.is_empty() {
                None
            } else {
                let title = title(&request.change, &chosen);
                write.undoable(&title, &step)?;
                let subject = match chosen.as_slice() {
                    [run] => run.run_id.as_str(),
                    _ => "",
                };
                write.audit(
                    act,
                    action(&request.change),
                    subject,
                    &detail(&title, &chosen),
                )?;
                Some(title)
            };
            Ok(RunsChanged {
                n_changed: chosen.len() as u64,
                n_unchanged: (n_chosen - chosen.len()) as u64,
                left: left.told,
                n_left: left.n,
                undo,
            })
        })
    }
}

impl Write<'_> {
    /// Keeps among `chosen` those that are otherwise now; the step brings them back.
    fn change(
        &mut self,
        chosen: &mut Vec<Chosen>,
        change: &RunChange,
        at_ms: TimestampMs,
    ) -> Result<Step> {
        match change {
            RunChange::Tag { key, value } => self.tag(chosen, key, Some(value)),
            RunChange::Untag { key } => self.tag(chosen, key, None),
            RunChange::Archive => self.tag(chosen, ARCHIVED_TAG, Some(ARCHIVED)),
            RunChange::Unarchive => self.tag(chosen, ARCHIVED_TAG, None),
            RunChange::Move { experiment } => {
                let target = self.experiment_row(experiment, at_ms)?;
                chosen.retain(|run| run.experiment != target);
                let before = chosen.iter().map(|run| (run.row, run.experiment)).collect();
                for run in chosen.iter() {
                    self.put_experiment(run.row, target)?;
                }
                Ok(Step::RunExperiments { before })
            }
            RunChange::Delete { .. } => {
                let rows: Vec<i64> = chosen.iter().map(|run| run.row).collect();
                for row in &rows {
                    self.put_away(TrashKind::Run, *row, at_ms)?;
                }
                Ok(Step::RestoreRuns { rows })
            }
            RunChange::Restore => {
                let rows: Vec<i64> = chosen.iter().map(|run| run.row).collect();
                for row in &rows {
                    self.put_back(TrashKind::Run, *row)?;
                }
                Ok(Step::DeleteRuns { rows })
            }
        }
    }

    fn tag(&mut self, chosen: &mut Vec<Chosen>, key: &str, value: Option<&str>) -> Result<Step> {
        let rows: Vec<i64> = chosen.iter().map(|run| run.row).collect();
        let known: HashMap<i64, String> = self
            .tx
            .all(
                "SELECT t.run, t.value FROM json_each(?1) w JOIN run_tags t ON t.run = w.value AND t.key = ?2",
                params![to_json(&rows)?, key],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )?
            .into_iter()
            .collect();
        chosen.retain(|run| known.get(&run.row).map(String::as_str) != value);
        let before = chosen
            .iter()
            .map(|run| (run.row, known.get(&run.row).cloned()))
            .collect();
        for run in chosen.iter() {
            self.put_run_tag(run.row, key, value)?;
        }
        Ok(Step::RunTags {
            key: key.to_owned(),
            before,
        })
    }

    pub(crate) fn take_back_tags(
        &mut self,
        key: &str,
        before: Vec<(i64, Option<String>)>,
    ) -> Result<()> {
        let rows: Vec<i64> = before.iter().map(|(row, _)| *row).collect();
        let there = rows_where(&self.tx, &rows, "true")?;
        for (row, value) in before {
            if there.contains(&row) {
                self.put_run_tag(row, key, value.as_deref())?;
            }
        }
        Ok(())
    }

    pub(crate) fn take_back_moves(&mut self, before: Vec<(i64, i64)>) -> Result<()> {
        let rows: Vec<i64> = before.iter().map(|(row, _)| *row).collect();
        let there = rows_where(&self.tx, &rows, "true")?;
        for (row, experiment) in before {
            if there.contains(&row) {
                self.put_experiment(row, experiment)?;
            }
        }
        Ok(())
    }

    pub(crate) fn take_back_deletes(&mut self, rows: &[i64]) -> Result<()> {
        for row in rows_where(&self.tx, rows, "r.deleted_ms IS NOT NULL")? {
            self.put_back(TrashKind::Run, row)?;
        }
        Ok(())
    }

    pub(crate) fn take_back_restores(&mut self, rows: &[i64], at_ms: TimestampMs) -> Result<()> {
        for row in rows_where(&self.tx, rows, "r.deleted_ms IS NULL")? {
            self.put_away(TrashKind::Run, row, at_ms)?;
        }
        Ok(())
    }

    /// `None` takes it away.
    fn put_run_tag(&mut self, row: i64, key: &str, value: Option<&str>) -> Result<()> {
        match value {
            Some(value) => self.tx.run(
                "INSERT OR REPLACE INTO run_tags (run, key, value) VALUES (?1, ?2, ?3)",
                params![row, key, value],
            )?,
            None => self.tx.run(
                "DELETE FROM run_tags WHERE run = ?1 AND key = ?2",
                params![row, key],
            )?,
        };
        if key == ARCHIVED_TAG {
            self.listed_run(row);
        } else {
            self.touched_run(row);
        }
        Ok(())
    }

    fn put_experiment(&mut self, row: i64, experiment: i64) -> Result<()> {
        self.tx.run(
            "UPDATE runs SET experiment_id = ?2 WHERE id = ?1",
            params![row, experiment],
        )?;
        self.listed_run(row);
        Ok(())
    }

    fn experiment_row(&mut self, name: &ExperimentName, at_ms: TimestampMs) -> Result<i64> {
        self.tx.run(
            "INSERT INTO experiments (name, created_ms, updated_ms) VALUES (?1, ?2, ?2)
             ON CONFLICT (name) DO NOTHING",
            params![name.as_str(), at_ms],
        )?;
        let (row, is_deleted) = self
            .tx
            .first(
                "SELECT id, deleted_ms IS NOT NULL FROM experiments WHERE name = ?1",
                params![name.as_str()],
                |row| Ok((row.get(0)?, row.get::<_, bool>(1)?)),
            )?
            .ok_or_else(|| Error::not_found("experiment", name))?;
        if is_deleted {
            return Err(Error::conflict(
                format!("the experiment `{name}` is deleted"),
                "restore it, or choose another",
            ));
        }
        Ok(row)
    }
}

fn check(change: &RunChange) -> Result<()> {
    match change {
        RunChange::Tag { key, .. } | RunChange::Untag { key } => {
            if key.trim().is_empty() {
                return Err(Error::invalid("a tag has no name", "give it one"));
            }
            if key == RUN_NAME_TAG {
                return Err(Error::invalid(
                    format!(
                        "the tag `{key}` is a run's name, and several runs are not called the same"
                    ),
                    "choose another tag",
                ));
            }
            Ok(())
        }
        RunChange::Move { experiment } => Ok(check_name(experiment.as_str())?),
        _ => Ok(()),
    }
}

/// Takes out the runs that cannot be changed so.
fn leave(
    db: &Connection,
    chosen: &mut Vec<Chosen>,
    change: &RunChange,
    left: &mut Left,
) -> Result<()> {
    let models = match change {
        RunChange::Delete { .. } => made_models(db, chosen)?,
        _ => HashMap::new(),
    };
    chosen.retain(|run| {
        let Some((reason, why)) = obstacle(run, change, models.get(&run.row)) else {
            return true;
        };
        left.add(&run.run_id, &run.name, reason, why);
        false
    });
    Ok(())
}

fn obstacle(
    run: &Chosen,
    change: &RunChange,
    model: Option<&VersionKey>,
) -> Option<(LeftReason, String)> {
    let name = &run.name;
    match change {
        RunChange::Restore => {
            return (!run.is_deleted).then(|| {
                let why = format!("the run `{name}` is not in the trash");
                (LeftReason::NotInTrash, why)
            });
        }
        _ if run.is_deleted => {
            let why = format!("the run `{name}` is in the trash: restore it first");
            return Some((LeftReason::InTrash, why));
        }
        _ => {}
    }
    let RunChange::Delete { even_running } = change else {
        return None;
    };
    if run.is_running && !run.is_tracked {
        let why = format!("the run `{name}` is being trained: cancel its job first");
        return Some((LeftReason::Training, why));
    }
    if run.is_running && !even_running {
        let why = format!("the client of the run `{name}` has not said that it ended");
        return Some((LeftReason::Running, why));
    }
    model.map(|model| {
        let why = format!("{model} was made by the run `{name}`: delete the model first");
        (LeftReason::Registered, why)
    })
}

/// Of each run that made a model, one version.
fn made_models(db: &Connection, chosen: &[Chosen]) -> Result<HashMap<i64, VersionKey>> {
    let rows: Vec<i64> = chosen.iter().map(|run| run.row).collect();
    Ok(load::models(db, &to_json(&rows)?)?.into_iter().collect())
}

/// `delete of 12 runs`, `tag team on the run forest-01`
fn title(change: &RunChange, chosen: &[Chosen]) -> String {
    let runs = match chosen {
        [run] => format!("the run {}", run.name),
        runs => format!("{} runs", runs.len()),
    };
    match change {
        RunChange::Tag { key, .. } => format!("tag {key} on {runs}"),
        RunChange::Untag { key } => format!("removal of the tag {key} from {runs}"),
        RunChange::Move { experiment } => format!("move of {runs} to {experiment}"),
        RunChange::Archive => format!("archiving of {runs}"),
        RunChange::Unarchive => format!("return of {runs} from the archive"),
        RunChange::Delete { .. } => format!("delete of {runs}"),
        RunChange::Restore => format!("restore of {runs}"),
    }
}

fn action(change: &RunChange) -> &'static str {
    match change {
        RunChange::Tag { .. } => "runs.tagged",
        RunChange::Untag { .. } => "runs.untagged",
        RunChange::Move { .. } => "runs.moved",
        RunChange::Archive => "runs.archived",
        RunChange::Unarchive => "runs.unarchived",
        RunChange::Delete { .. } => "runs.deleted",
        RunChange::Restore => "runs.restored",
    }
}

fn detail(title: &str, chosen: &[Chosen]) -> String {
    let ids: Vec<&str> = chosen
        .iter()
        .take(MAX_AUDITED)
        .map(|run| run.run_id.as_str())
        .collect();
    let more = match chosen.len().saturating_sub(MAX_AUDITED) {
        0 => String::new(),
        n => format!(" and {n} more"),
    };
    format!("Done: {title}. Runs: {}{more}.", ids.join(", "))
}

/// Those of the rows that are as the condition says.
///
/// # Errors
/// [`Error::NotFound`] when none is: then there is nothing to take back.
fn rows_where(db: &Connection, rows: &[i64], condition: &str) -> Result<HashSet<i64>> {
    let sql =
        format!("SELECT r.id FROM json_each(?1) w JOIN runs r ON r.id = w.value WHERE {condition}");
    let found = db.all(&sql, params![to_json(&rows)?], |row| Ok(row.get(0)?))?;
    if found.is_empty() {
        return Err(Error::not_found("run", "of this change"));
    }
    Ok(found.into_iter().collect())
}
