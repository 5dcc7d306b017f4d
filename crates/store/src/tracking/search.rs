//! Which runs a client finds.
//!
//! The filter's meaning is core's. A run may have several data sets: a condition on `datasets.` holds when one of them
//! fulfils it.

use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};

use assay_core::query::{self, Filter, Literal, Operator, Value};
use assay_core::tracking::{DatasetInput, OrderBy, TrackedQuery, TrackedRun, ViewType};
use rusqlite::{Connection, params};

use super::load;
use crate::error::{Error, Result};
use crate::rows::{Rows, from_json, to_json};
use crate::runs::fields::{Field, FieldValues, Head};
use crate::store::Store;

/// The tag of a data set that says what it was used for.
const CONTEXT_TAG: &str = "mlflow.data.context";

impl Store {
    /// A page of runs, and whether there are more.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a filter or an order that cannot be read.
    pub fn search_tracked_runs(&self, wanted: &TrackedQuery) -> Result<(Vec<TrackedRun>, bool)> {
        let filter = query::parse(&wanted.filter).map_err(|error| {
            Error::invalid(
                format!("the filter `{}` cannot be read: {error}", wanted.filter),
                "write for example `metrics.accuracy > 0.9 and params.model = 'tree'`",
            )
        })?;
        self.read(|db| {
            let mut heads = heads(db, wanted)?;
            retain(db, &mut heads, filter)?;
            sort(db, &mut heads, &wanted.order_by)?;
            let offset = usize::try_from(wanted.offset).unwrap_or(usize::MAX);
            let rows: Vec<i64> = heads
                .iter()
                .skip(offset)
                .take(wanted.limit as usize)
                .map(|head| head.row)
                .collect();
            let more = offset.saturating_add(rows.len()) < heads.len();
            Ok((load::runs(db, &rows)?, more))
        })
    }
}

/// The newest first, then by id.
fn heads(db: &Connection, wanted: &TrackedQuery) -> Result<Vec<Head>> {
    let side = match wanted.view {
        ViewType::ActiveOnly => "AND r.deleted_ms IS NULL",
        ViewType::DeletedOnly => "AND r.deleted_ms IS NOT NULL",
        ViewType::All => "",
    };
    let sql = format!(
        "SELECT r.id, r.run_id, r.name, e.name, r.status, r.started_ms, r.ended_ms,
                r.dataset || '@' || r.dataset_version, r.user
         FROM json_each(?1) w JOIN runs r ON r.experiment_id = w.value JOIN experiments e ON e.id = r.experiment_id
         WHERE true {side} ORDER BY r.started_ms DESC, r.run_id"
    );
    db.all(&sql, params![to_json(&wanted.experiments)?], |row| {
        Ok(Head {
            row: row.get(0)?,
            run_id: row.get(1)?,
            name: row.get(2)?,
            experiment: row.get(3)?,
            // As clients write it.
            status: row.get::<_, String>(4)?.to_ascii_uppercase(),
            started_ms: row.get(5)?,
            ended_ms: row.get(6)?,
            dataset: row.get(7)?,
            user: row.get(8)?,
        })
    })
}

fn retain(db: &Connection, heads: &mut Vec<Head>, filter: Filter) -> Result<()> {
    let mut datasets = DatasetConditions::default();
    let filter = datasets.take_out(filter);
    let held = datasets.rows(db)?;
    let mut fields = Vec::new();
    for name in filter.names() {
        if !held.contains_key(name) {
            fields.push((name, Field::parse(name)?.values(db)?));
        }
    }
    heads.retain(|head| {
        filter.matches(&|name: &str| {
            if let Some(rows) = held.get(name) {
                return Value::Boolean(rows.contains(&head.row));
            }
            fields
                .iter()
                .find(|(known, _)| *known == name)
                .map_or(Value::Missing, |(_, values)| values.of(head))
        })
    });
    Ok(())
}

/// Conditions on data sets, each under a name that no field has.
#[derive(Default)]
struct DatasetConditions {
    conditions: Vec<Filter>,
}

impl DatasetConditions {
    /// The same filter with a boolean in the place of each condition.
    fn take_out(&mut self, filter: Filter) -> Filter {
        match filter {
            Filter::And(filters) => Filter::And(self.take_out_all(filters)),
            Filter::Or(filters) => Filter::Or(self.take_out_all(filters)),
            Filter::Not(filter) => Filter::Not(Box::new(self.take_out(*filter))),
            condition if condition.names().iter().any(|name| is_of_dataset(name)) => {
                let name = Self::name(self.conditions.len());
                self.conditions.push(condition);
                Filter::Compare {
                    name,
                    operator: Operator::Equal,
                    value: Literal::Boolean(true),
                }
            }
            other => other,
        }
    }

    fn take_out_all(&mut self, filters: Vec<Filter>) -> Vec<Filter> {
        filters
            .into_iter()
            .map(|filter| self.take_out(filter))
            .collect()
    }

    /// A NUL stands in no name that can be written.
    fn name(index: usize) -> String {
        format!("\0{index}")
    }

    /// The runs that fulfil each.
    fn rows(&self, db: &Connection) -> Result<HashMap<String, HashSet<i64>>> {
        if self.conditions.is_empty() {
            return Ok(HashMap::new());
        }
        let inputs: Vec<(i64, DatasetInput)> =
            db.all("SELECT run, doc FROM run_inputs", [], |row| {
                Ok((row.get(0)?, from_json(&row.get::<_, String>(1)?)?))
            })?;
        let mut found = HashMap::new();
        for (index, condition) in self.conditions.iter().enumerate() {
            if let Some(name) = condition.names().into_iter().find(|name| !is_known(name)) {
                return Err(Error::invalid(
                    format!("data sets have no `{name}`"),
                    "write datasets.name, datasets.digest or datasets.context",
                ));
            }
            let rows = inputs
                .iter()
                .filter(|(_, input)| condition.matches(&|name: &str| part(input, name)))
                .map(|(row, _)| *row)
                .collect();
            found.insert(Self::name(index), rows);
        }
        Ok(found)
    }
}

fn is_of_dataset(name: &str) -> bool {
    name.starts_with("dataset.") || name.starts_with("datasets.")
}

fn is_known(name: &str) -> bool {
    part_name(name).is_some_and(|part| matches!(part, "name" | "digest" | "context"))
}

fn part_name(name: &str) -> Option<&str> {
    name.split_once('.').map(|(_, part)| part)
}

fn part<'v>(input: &'v DatasetInput, name: &str) -> Value<'v> {
    match part_name(name) {
        Some("name") => Value::Text(&input.name),
        Some("digest") => Value::Text(&input.digest),
        Some("context") => input
            .tags
            .get(CONTEXT_TAG)
            .map_or(Value::Missing, |context| Value::Text(context)),
        _ => Value::Missing,
    }
}

/// Numbers by size and texts by their characters; NaN behind all numbers and what is missing behind that, either way
/// round. Equal ones stay in their order.
fn sort(db: &Connection, heads: &mut [Head], order_by: &[OrderBy]) -> Result<()> {
    let mut fields: Vec<(FieldValues, bool)> = Vec::new();
    for order in order_by {
        fields.push((Field::parse(&order.name)?.values(db)?, order.ascending));
    }
    heads.sort_by(|a, b| {
        fields
            .iter()
            .map(|(values, ascending)| compare(values.of(a), values.of(b), *ascending))
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal)
    });
    Ok(())
}

fn compare(a: Value<'_>, b: Value<'_>, ascending: bool) -> Ordering {
    let place = |value: &Value<'_>| match value {
        Value::Missing => 2,
        Value::Number(number) if number.is_nan() => 1,
        _ => 0,
    };
    let order = match (a, b) {
        (Value::Number(a), Value::Number(b)) => a.total_cmp(&b),
        (Value::Text(a), Value::Text(b)) => a.cmp(b),
        (Value::Boolean(a), Value::Boolean(b)) => a.cmp(&b),
        _ => Ordering::Equal,
    };
    let order = if ascending { order } else { order.reverse() };
    place(&a).cmp(&place(&b)).then(if place(&a) == 0 {
        order
    } else {
        Ordering::Equal
    })
}
