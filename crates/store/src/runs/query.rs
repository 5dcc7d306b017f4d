//! The table of runs: filter, order, a page of it.
//!
//! The filter's meaning is core's; SQL only fetches the columns that it names, so that ten thousand runs cost a few
//! milliseconds and a page loads no more than it shows.

use std::cmp::Ordering;
use std::collections::HashSet;
use std::time::Instant;

use assay_core::query::{self, Value};
use assay_core::run::{RunPage, RunQuery};
use rusqlite::{Connection, params};

use super::fields::{Field, FieldValues, Head};
use super::load;
use crate::error::{Error, Result};
use crate::rows::Rows;
use crate::store::Store;

const DEFAULT_LIMIT: u32 = 1_000;
/// Below, names of parameters and metrics are read run by run; above, name by name.
const FEW_RUNS: usize = 200;

impl Store {
    /// A page of the runs that match; newest first, or by one field with runs that lack it last, either way round.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a filter or an order that cannot be read.
    pub fn runs(&self, query: &RunQuery) -> Result<RunPage> {
        let begun = Instant::now();
        let mut page = self.read(|db| page(db, query))?;
        page.duration_secs = begun.elapsed().as_secs_f64();
        Ok(page)
    }
}

fn page(db: &Connection, query: &RunQuery) -> Result<RunPage> {
    let filter = query::parse(&query.filter).map_err(|error| {
        Error::invalid(
            format!("the filter `{}` cannot be read: {error}", query.filter),
            "write for example `metrics.test.accuracy > 0.9 and params.algorithm = \"random_forest\"`",
        )
    })?;
    let mut heads = heads(db, query.experiment.as_ref().map(|name| name.as_str()))?;
    let n_total = heads.len() as u64;

    let mut fields = Vec::new();
    for name in filter.names() {
        fields.push((name, Field::parse(name)?.values(db)?));
    }
    heads.retain(|head| {
        filter.matches(&|name: &str| {
            fields
                .iter()
                .find(|(known, _)| *known == name)
                .map_or(Value::Missing, |(_, values)| values.of(head))
        })
    });
    if !query.order_by.trim().is_empty() {
        let values = Field::parse(query.order_by.trim())?.values(db)?;
        sort(&mut heads, &values, query.ascending);
    } else if query.ascending {
        heads.reverse();
    }

    let limit = if query.limit == 0 {
        DEFAULT_LIMIT
    } else {
        query.limit
    };
    let offset = usize::try_from(query.offset).unwrap_or(usize::MAX);
    let rows: Vec<i64> = heads
        .iter()
        .skip(offset)
        .take(limit as usize)
        .map(|head| head.row)
        .collect();
    Ok(RunPage {
        runs: load::summaries(db, &rows)?,
        n_matching: heads.len() as u64,
        n_total,
        param_names: names_of(db, "run_params", &heads)?,
        metric_names: names_of(db, "metric_summaries", &heads)?,
        duration_secs: 0.0,
    })
}

/// Newest first.
fn heads(db: &Connection, experiment: Option<&str>) -> Result<Vec<Head>> {
    db.all(
        "SELECT r.id, r.run_id, r.name, e.name, r.status, r.started_ms, r.ended_ms,
                r.dataset || '@' || r.dataset_version, r.user
         FROM runs r JOIN experiments e ON e.id = r.experiment_id
         WHERE r.deleted_ms IS NULL AND (?1 IS NULL OR e.name = ?1)
         ORDER BY r.started_ms DESC, r.id DESC",
        params![experiment],
        |row| {
            Ok(Head {
                row: row.get(0)?,
                run_id: row.get(1)?,
                name: row.get(2)?,
                experiment: row.get(3)?,
                status: row.get(4)?,
                started_ms: row.get(5)?,
                ended_ms: row.get(6)?,
                dataset: row.get(7)?,
                user: row.get(8)?,
            })
        },
    )
}

/// Numbers (and texts that are numbers) before other texts, missing values and NaN last in both directions; equal
/// ones stay newest first.
fn sort(heads: &mut [Head], values: &FieldValues, ascending: bool) {
    heads.sort_by(|a, b| {
        let (a, b) = (Key::of(values.of(a)), Key::of(values.of(b)));
        match (&a, &b) {
            (Key::Last, Key::Last) => Ordering::Equal,
            (Key::Last, _) => Ordering::Greater,
            (_, Key::Last) => Ordering::Less,
            _ if ascending => a.compare(&b),
            _ => b.compare(&a),
        }
    });
}

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

    fn compare(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => a.total_cmp(b),
            (Self::Text(a), Self::Text(b)) => a.cmp(b),
            (Self::Number(_), _) => Ordering::Less,
            (_, Self::Number(_)) => Ordering::Greater,
            _ => Ordering::Equal,
        }
    }
}

/// The names that occur among these runs, sorted. `table` has an index over key and run.
fn names_of(db: &Connection, table: &str, heads: &[Head]) -> Result<Vec<String>> {
    if heads.len() <= FEW_RUNS {
        let sql = format!("SELECT key FROM {table} WHERE run = ?1");
        let mut names = HashSet::new();
        for head in heads {
            names.extend(db.all(&sql, params![head.row], |row| Ok(row.get::<_, String>(0)?))?);
        }
        let mut names: Vec<String> = names.into_iter().collect();
        names.sort();
        return Ok(names);
    }
    let rows: HashSet<i64> = heads.iter().map(|head| head.row).collect();
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
