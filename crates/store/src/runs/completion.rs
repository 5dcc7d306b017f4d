//! What a filter of runs may be completed with: the names that occur, and the values under a name.

use std::collections::{BTreeMap, HashSet};

use assay_core::query::{self, Literal};
use assay_core::run_table::{FieldInfo, FieldKind, FieldValue, FieldsRequest, ValuesRequest};
use rusqlite::{Connection, params};

use super::fields::{ATTRIBUTES, Field};
use super::index::Side;
use super::query::experiment_ids;
use crate::error::Result;
use crate::rows::Rows;
use crate::store::{Store, held};

const DEFAULT_LIMIT: usize = 20;
const TABLES: [(FieldKind, &str, &str); 3] = [
    (FieldKind::Metric, "metrics", "metric_summaries"),
    (FieldKind::Param, "params", "run_params"),
    (FieldKind::Tag, "tags", "run_tags"),
];

impl Store {
    /// Attributes first, then metrics, parameters and tags, each by name.
    pub fn run_fields(&self, request: &FieldsRequest) -> Result<Vec<FieldInfo>> {
        self.read(|db| {
            let mut index = held(&self.run_index);
            index.refresh(db)?;
            let experiments = experiment_ids(db, request.experiment.as_ref())?;
            let visible = index.visible(db, Side::Table(request.view), experiments.as_deref())?;
            let rows: HashSet<i64> = index.rows_of(&visible).into_iter().collect();
            drop(index);
            let n_runs = rows.len() as u64;
            let mut fields: Vec<FieldInfo> = ATTRIBUTES
                .iter()
                .map(|name| info(FieldKind::Attribute, format!("attributes.{name}"), n_runs))
                .collect();
            let is_all = n_runs == db.count("SELECT count(*) FROM runs", [])?;
            for (kind, prefix, table) in TABLES {
                let counts = if is_all {
                    counts(db, table)?
                } else {
                    counts_among(db, table, &rows)?
                };
                fields.extend(
                    counts
                        .into_iter()
                        .map(|(key, n)| info(kind, format!("{prefix}.{key}"), n)),
                );
            }
            Ok(fields)
        })
    }

    /// The most frequent first, then by the value. A metric has none: its values are numbers.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`] for a name that runs cannot have.
    pub fn run_values(&self, request: &ValuesRequest) -> Result<Vec<FieldValue>> {
        let field = Field::parse(request.name.trim())?;
        if matches!(field, Field::Metric(..)) {
            return Ok(Vec::new());
        }
        let prefix = request.prefix.to_lowercase();
        let limit = match request.limit {
            0 => DEFAULT_LIMIT,
            limit => limit as usize,
        };
        self.read(|db| {
            let mut index = held(&self.run_index);
            index.refresh(db)?;
            let experiments = experiment_ids(db, request.experiment.as_ref())?;
            let visible = index.visible(db, Side::Table(request.view), experiments.as_deref())?;
            let counts = index.counts(db, &field, &visible)?;
            drop(index);
            let mut found: Vec<(String, u64)> = counts
                .into_iter()
                .filter(|(value, _)| value.to_lowercase().starts_with(&prefix))
                .collect();
            found.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
            found.truncate(limit);
            Ok(found
                .into_iter()
                .map(|(value, n_runs)| FieldValue {
                    text: Literal::Text(value.clone()).to_string(),
                    value,
                    n_runs,
                })
                .collect())
        })
    }
}

fn info(kind: FieldKind, name: String, n_runs: u64) -> FieldInfo {
    FieldInfo {
        text: query::name_text(&name),
        name,
        kind,
        n_runs,
    }
}

fn counts(db: &Connection, table: &str) -> Result<BTreeMap<String, u64>> {
    let sql = format!("SELECT key, count(*) FROM {table} GROUP BY key");
    let counts = db.all(&sql, [], |row| {
        Ok((row.get(0)?, row.get::<_, i64>(1)? as u64))
    })?;
    Ok(counts.into_iter().collect())
}

fn counts_among(
    db: &Connection,
    table: &str,
    rows: &HashSet<i64>,
) -> Result<BTreeMap<String, u64>> {
    let mut found = BTreeMap::new();
    let runs = format!("SELECT run FROM {table} WHERE key = ?1");
    for (key, _) in counts(db, table)? {
        let n = db
            .all(&runs, params![key], |row| Ok(row.get::<_, i64>(0)?))?
            .iter()
            .filter(|row| rows.contains(row))
            .count();
        if n > 0 {
            found.insert(key, n as u64);
        }
    }
    Ok(found)
}
