//! Which runs one change is about.

use std::collections::{HashMap, HashSet};

use assay_core::RunId;
use assay_core::bulk::{LeftReason, LeftRun, RunSelection};
use assay_core::run_table::{RunQuery, RunView};
use rusqlite::{Connection, params};

use super::index::{Bits, Side};
use super::query::{parse, visible_once, wanted};
use super::tree;
use crate::error::{Error, Result};
use crate::rows::{Rows, to_json};

/// More runs that were left are counted and not told.
const MAX_TOLD: usize = 1_000;

/// A run that is meant.
#[derive(Debug, Clone)]
pub(super) struct Chosen {
    pub row: i64,
    pub run_id: String,
    pub name: String,
    pub experiment: i64,
    pub is_running: bool,
    pub is_tracked: bool,
    pub is_deleted: bool,
}

/// Runs that are left as they are.
#[derive(Debug, Default)]
pub(super) struct Left {
    pub told: Vec<LeftRun>,
    pub n: u64,
}

impl Left {
    pub fn add(&mut self, run_id: &str, name: &str, reason: LeftReason, why: String) {
        self.n += 1;
        if self.told.len() < MAX_TOLD {
            self.told.push(LeftRun {
                run_id: RunId::new(run_id),
                name: name.to_owned(),
                reason,
                why,
            });
        }
    }
}

/// The runs of a selection, each once. `side` is where the runs that are not named stand: in the trash or outside.
///
/// # Errors
/// [`Error::Invalid`] for a filter that cannot be read, and for a selection that names nothing.
pub(super) fn choose(
    db: &Connection,
    selection: &RunSelection,
    in_trash: bool,
    left: &mut Left,
) -> Result<Vec<Chosen>> {
    if selection.runs.is_empty() && selection.matching.is_none() {
        return Err(Error::invalid(
            "no run is named",
            "name runs, or a filter that finds them",
        ));
    }
    let mut rows = Vec::new();
    let named: HashMap<String, i64> = db
        .all(
            "SELECT r.run_id, r.id FROM json_each(?1) w JOIN runs r ON r.run_id = w.value",
            params![to_json(&selection.runs)?],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?
        .into_iter()
        .collect();
    for run_id in &selection.runs {
        match named.get(run_id.as_str()) {
            Some(row) => rows.push(*row),
            None => left.add(
                run_id.as_str(),
                "",
                LeftReason::NotFound,
                format!("there is no run {run_id} any more"),
            ),
        }
    }
    if let Some(query) = &selection.matching {
        rows.extend(found_by(db, query)?);
    }
    if selection.with_children {
        rows = with_children(db, &rows, in_trash)?;
    }
    let except: HashSet<&str> = selection.except.iter().map(RunId::as_str).collect();
    let mut seen = HashSet::new();
    rows.retain(|row| seen.insert(*row));
    let mut chosen = load(db, &rows)?;
    chosen.retain(|run| !except.contains(run.run_id.as_str()));
    Ok(chosen)
}

/// In no order. A change may be on its way that nobody else sees, so nothing of it is kept.
fn found_by(db: &Connection, query: &RunQuery) -> Result<Vec<i64>> {
    let filter = parse(&query.filter)?;
    let (mut index, visible) = visible_once(db, query.view, query.experiment.as_ref())?;
    let matching = index.matching(db, &wanted(query, &filter, None)?, &visible)?;
    Ok(index.rows_of(&matching))
}

fn with_children(db: &Connection, rows: &[i64], in_trash: bool) -> Result<Vec<i64>> {
    let (mut index, all) = visible_once(db, RunView::All, None)?;
    let trash = index.visible(db, Side::Table(RunView::Trash), None)?;
    let mut marked = vec![false; index.n_runs()];
    for place in rows.iter().filter_map(|&row| index.place(row)) {
        if let Some(marked) = marked.get_mut(place) {
            *marked = true;
        }
    }
    let chosen = tree::with_descendants(&marked, &index.parents(db, &all)?);
    let below = Bits::of(chosen.len(), |place| {
        chosen.get(place) == Some(&true) && trash.contains(place) == in_trash
    });
    Ok(rows.iter().copied().chain(index.rows_of(&below)).collect())
}

/// In the order of `rows`.
fn load(db: &Connection, rows: &[i64]) -> Result<Vec<Chosen>> {
    db.all(
        "SELECT r.id, r.run_id, r.name, r.experiment_id, r.status = 'running', r.is_tracked,
                r.deleted_ms IS NOT NULL
         FROM json_each(?1) w JOIN runs r ON r.id = w.value ORDER BY w.key",
        params![to_json(&rows)?],
        |row| {
            Ok(Chosen {
                row: row.get(0)?,
                run_id: row.get(1)?,
                name: row.get(2)?,
                experiment: row.get(3)?,
                is_running: row.get(4)?,
                is_tracked: row.get(5)?,
                is_deleted: row.get(6)?,
            })
        },
    )
}
