//! The table of runs: filter, order, a page of it.
//!
//! The filter's meaning is core's; SQL only fetches the columns that it names, so that ten thousand runs cost a few
//! milliseconds and a page loads no more than it shows.

use std::cmp::Ordering;
use std::collections::HashSet;
use std::time::Instant;

use assay_core::ExperimentName;
use assay_core::query::{self, Value};
use assay_core::run_table::{ARCHIVED_TAG, RunPage, RunQuery, RunView};
use assay_core::tracking::OrderBy;
use rusqlite::{Connection, params};

use super::fields::{Field, Head};
use super::tree::Place;
use super::{table, tree};
use crate::changes;
use crate::error::{Error, Result};
use crate::rows::Rows;
use crate::store::Store;

const DEFAULT_LIMIT: u32 = 1_000;
/// Below, names of parameters and metrics are read run by run; above, name by name.
const FEW_RUNS: usize = 200;

impl Store {
    /// A page of the runs that match; newest first, or in the order asked for with runs that lack a value last,
    /// either way round.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a filter, an order or a column that cannot be read.
    pub fn runs(&self, query: &RunQuery) -> Result<RunPage> {
        let begun = Instant::now();
        let mut page = self.read(|db| page(db, query))?;
        page.duration_secs = begun.elapsed().as_secs_f64();
        Ok(page)
    }
}

fn page(db: &Connection, query: &RunQuery) -> Result<RunPage> {
    let heads = heads(db, query.view, query.experiment.as_ref())?;
    let matches = matching(db, &heads, &query.filter)?;
    let places = places(db, &heads, &matches, query)?;
    let limit = match query.limit {
        0 => DEFAULT_LIMIT,
        limit => limit,
    };
    let offset = usize::try_from(query.offset).unwrap_or(usize::MAX);
    let window: Vec<&Place> = places.iter().skip(offset).take(limit as usize).collect();
    let rows: Vec<i64> = window.iter().map(|place| heads[place.index].row).collect();
    let mut runs = table::rows(db, &rows, query.columns.as_deref())?;
    for (run, place) in runs.iter_mut().zip(&window) {
        run.depth = place.depth;
        run.n_children = place.n_children;
        run.is_match = matches[place.index];
    }
    let matching: Vec<i64> = heads
        .iter()
        .zip(&matches)
        .filter(|(_, matches)| **matches)
        .map(|(head, _)| head.row)
        .collect();
    let names = |table: &str| {
        if query.skip_names {
            Ok(Vec::new())
        } else {
            names_of(db, table, &matching)
        }
    };
    Ok(RunPage {
        runs,
        n_rows: places.len() as u64,
        n_matching: matching.len() as u64,
        n_total: heads.len() as u64,
        param_names: names("run_params")?,
        metric_names: names("metric_summaries")?,
        tag_names: names("run_tags")?,
        change: changes::newest(db)?,
        duration_secs: 0.0,
    })
}

/// Newest first.
pub(super) fn heads(
    db: &Connection,
    view: RunView,
    experiment: Option<&ExperimentName>,
) -> Result<Vec<Head>> {
    let archived: HashSet<i64> = db
        .all(
            "SELECT run FROM run_tags WHERE key = ?1",
            params![ARCHIVED_TAG],
            |row| Ok(row.get(0)?),
        )?
        .into_iter()
        .collect();
    let heads = db.all(
        "SELECT r.id, r.run_id, r.name, e.name, r.status, r.started_ms, r.ended_ms,
                r.dataset || '@' || r.dataset_version, r.user, r.deleted_ms IS NOT NULL
         FROM runs r JOIN experiments e ON e.id = r.experiment_id
         WHERE ?1 IS NULL OR e.name = ?1
         ORDER BY r.started_ms DESC, r.id DESC",
        params![experiment.map(ExperimentName::as_str)],
        |row| {
            let id = row.get(0)?;
            if !view.shows(archived.contains(&id), row.get(9)?) {
                return Ok(None);
            }
            Ok(Some(Head {
                row: id,
                run_id: row.get(1)?,
                name: row.get(2)?,
                experiment: row.get(3)?,
                status: row.get(4)?,
                started_ms: row.get(5)?,
                ended_ms: row.get(6)?,
                dataset: row.get(7)?,
                user: row.get(8)?,
            }))
        },
    )?;
    Ok(heads.into_iter().flatten().collect())
}

/// Whether each run fulfils the filter.
pub(super) fn matching(db: &Connection, heads: &[Head], filter: &str) -> Result<Vec<bool>> {
    let parsed = query::parse(filter).map_err(|error| {
        Error::invalid(
            format!("the filter `{filter}` cannot be read: {error}"),
            "write for example `metrics.test.accuracy > 0.9 and params.algorithm = \"random_forest\"`",
        )
    })?;
    let mut fields = Vec::new();
    for name in parsed.names() {
        fields.push((name, Field::parse(name)?.values(db)?));
    }
    Ok(heads
        .iter()
        .map(|head| {
            parsed.matches(&|name: &str| {
                fields
                    .iter()
                    .find(|(known, _)| *known == name)
                    .map_or(Value::Missing, |(_, values)| values.of(head))
            })
        })
        .collect())
}

/// The rows of the whole table in their order.
fn places(
    db: &Connection,
    heads: &[Head],
    matches: &[bool],
    query: &RunQuery,
) -> Result<Vec<Place>> {
    if !query.tree {
        let order = ordered(db, heads, matches, &query.order_by)?;
        return Ok(order
            .into_iter()
            .map(|index| Place {
                index,
                depth: 0,
                n_children: 0,
            })
            .collect());
    }
    let parents = tree::parents(db, heads)?;
    let shown = tree::with_ancestors(matches, &parents);
    let order = ordered(db, heads, &shown, &query.order_by)?;
    let toggled: HashSet<&str> = query.toggled.iter().map(|run| run.as_str()).collect();
    Ok(tree::arrange(&order, &parents, |index| {
        query.folded != toggled.contains(heads[index].run_id.as_str())
    }))
}

/// Those shown, by the first order, among equals by the next; at last as they stood.
fn ordered(
    db: &Connection,
    heads: &[Head],
    shown: &[bool],
    order_by: &[OrderBy],
) -> Result<Vec<usize>> {
    let mut order: Vec<usize> = (0..heads.len()).filter(|&index| shown[index]).collect();
    let mut fields = Vec::new();
    for by in order_by {
        fields.push((Field::parse(by.name.trim())?.values(db)?, by.ascending));
    }
    let keys: Vec<(Vec<Key<'_>>, bool)> = fields
        .iter()
        .map(|(values, ascending)| {
            let keys = heads.iter().map(|head| Key::of(values.of(head)));
            (keys.collect(), *ascending)
        })
        .collect();
    order.sort_by(|&a, &b| {
        keys.iter()
            .map(|(keys, ascending)| keys[a].compare(&keys[b], *ascending))
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal)
    });
    Ok(order)
}

/// Numbers (and texts that are numbers) before other texts, missing values and NaN last in both directions.
enum Key<'v> {
    Number(f64),
    Text(&'v str),
    Last,
}

impl<'v> Key<'v> {
    fn of(value: Value<'v>) -> Self {
        match value {
            Value::Number(number) if number.is_nan() => Self::Last,
            Value::Number(number) => Self::Number(number),
            Value::Boolean(truth) => Self::Number(f64::from(u8::from(truth))),
            Value::Missing => Self::Last,
            Value::Text(text) => match text.trim().parse::<f64>() {
                Ok(number) if !number.is_nan() => Self::Number(number),
                _ => Self::Text(text),
            },
        }
    }

    fn compare(&self, other: &Self, ascending: bool) -> Ordering {
        let order = match (self, other) {
            (Self::Last, Self::Last) => return Ordering::Equal,
            (Self::Last, _) => return Ordering::Greater,
            (_, Self::Last) => return Ordering::Less,
            (Self::Number(a), Self::Number(b)) => a.total_cmp(b),
            (Self::Text(a), Self::Text(b)) => a.cmp(b),
            (Self::Number(_), Self::Text(_)) => Ordering::Less,
            (Self::Text(_), Self::Number(_)) => Ordering::Greater,
        };
        if ascending { order } else { order.reverse() }
    }
}

/// The names that occur among these runs, sorted. `table` has an index over key and run.
fn names_of(db: &Connection, table: &str, rows: &[i64]) -> Result<Vec<String>> {
    if rows.len() <= FEW_RUNS {
        let sql = format!("SELECT key FROM {table} WHERE run = ?1");
        let mut names = HashSet::new();
        for row in rows {
            names.extend(db.all(&sql, params![row], |row| Ok(row.get::<_, String>(0)?))?);
        }
        let mut names: Vec<String> = names.into_iter().collect();
        names.sort();
        return Ok(names);
    }
    let rows: HashSet<i64> = rows.iter().copied().collect();
    let next = format!("SELECT min(key) FROM {table} WHERE key > ?1");
    let runs = format!("SELECT run FROM {table} WHERE key = ?1");
    let mut names = Vec::new();
    let mut last = String::new();
    // From key to key over the index, and per key only until one of the runs has it.
    while let Some(key) = db
        .first(&next, params![last], |row| {
            Ok(row.get::<_, Option<String>>(0)?)
        })?
        .flatten()
    {
        let mut statement = db.prepare_cached(&runs)?;
        let mut found = statement.query(params![key])?;
        while let Some(row) = found.next()? {
            if rows.contains(&row.get(0)?) {
                names.push(key.clone());
                break;
            }
        }
        last = key;
    }
    Ok(names)
}
