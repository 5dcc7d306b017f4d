//! Rows of the table of runs, with the columns that were asked for and no others.

use std::collections::{BTreeMap, HashMap};

use assay_core::RunId;
use assay_core::run::RunSummary;
use assay_core::run_table::{ARCHIVED_TAG, NotFinite, PARENT_TAG, RunRow};
use rusqlite::{Connection, params};

use super::fields::{Field, summary_column};
use super::load;
use crate::error::Result;
use crate::rows::{Rows, to_json};
use crate::trash;

/// In the order of `rows`, without their place in a tree.
pub(super) fn rows(
    db: &Connection,
    rows: &[i64],
    columns: Option<&[String]>,
) -> Result<Vec<RunRow>> {
    let wanted = to_json(&rows)?;
    let summaries = match columns {
        None => load::summaries(db, rows)?,
        Some(columns) => chosen(db, rows, &wanted, columns)?,
    };
    let mut kept = kept(db, &wanted)?;
    let trashed: Vec<i64> = rows
        .iter()
        .copied()
        .filter(|row| kept.get(row).is_some_and(|kept| kept.deleted_ms.is_some()))
        .collect();
    let freed = trash::freed_by_each_run(db, &trashed)?;
    Ok(rows
        .iter()
        .zip(summaries)
        .filter_map(|(row, summary)| {
            let kept = kept.remove(row)?;
            Some(RunRow {
                not_finite: not_finite(&summary),
                summary,
                user: kept.user,
                is_tracked: kept.is_tracked,
                is_archived: kept.is_archived,
                deleted_ms: kept.deleted_ms,
                freed_bytes: freed.get(row).copied(),
                parent_run_id: kept.parent,
                depth: 0,
                n_children: 0,
                is_match: true,
            })
        })
        .collect())
}

/// What a row tells besides its summary.
struct Kept {
    user: String,
    is_tracked: bool,
    is_archived: bool,
    deleted_ms: Option<i64>,
    parent: Option<RunId>,
}

fn kept(db: &Connection, wanted: &str) -> Result<HashMap<i64, Kept>> {
    let found = db.all(
        "SELECT r.id, r.user, r.is_tracked, a.run IS NOT NULL, r.deleted_ms, p.value
         FROM json_each(?1) w JOIN runs r ON r.id = w.value
         LEFT JOIN run_tags a ON a.run = r.id AND a.key = ?2
         LEFT JOIN run_tags p ON p.run = r.id AND p.key = ?3",
        params![wanted, ARCHIVED_TAG, PARENT_TAG],
        |row| {
            let kept = Kept {
                user: row.get(1)?,
                is_tracked: row.get(2)?,
                is_archived: row.get(3)?,
                deleted_ms: row.get(4)?,
                parent: row.get::<_, Option<String>>(5)?.map(RunId),
            };
            Ok((row.get(0)?, kept))
        },
    )?;
    Ok(found.into_iter().collect())
}

/// Summaries with these parameters, metrics and tags. Attributes are in every summary.
fn chosen(
    db: &Connection,
    rows: &[i64],
    wanted: &str,
    columns: &[String],
) -> Result<Vec<RunSummary>> {
    let mut found = load::bare(db, wanted)?;
    for column in columns {
        let name = column.split_once('.').map_or("", |(_, name)| name);
        let (table, key, value) = match Field::parse(column)? {
            Field::Attribute(_) | Field::ArtifactUri(_) | Field::Inputs => continue,
            Field::Metric(key, value) => {
                let value = summary_column(&key, value);
                for (row, value) in
                    values::<Option<f64>>(db, "metric_summaries", &key, value, wanted)?
                {
                    if let Some(summary) = found.get_mut(&row) {
                        let value = value.unwrap_or(f64::NAN);
                        summary.metrics.insert(name.to_owned(), value);
                    }
                }
                continue;
            }
            Field::Param(key) => ("run_params", key, "value"),
            Field::Tag(key) => ("run_tags", key, "value"),
        };
        for (row, value) in values::<String>(db, table, &key, value, wanted)? {
            if let Some(summary) = found.get_mut(&row) {
                let texts = match table {
                    "run_params" => &mut summary.params,
                    _ => &mut summary.tags,
                };
                texts.insert(name.to_owned(), value);
            }
        }
    }
    Ok(rows.iter().filter_map(|row| found.remove(row)).collect())
}

fn values<T: rusqlite::types::FromSql>(
    db: &Connection,
    table: &str,
    key: &str,
    value: &str,
    wanted: &str,
) -> Result<Vec<(i64, T)>> {
    // CROSS JOIN keeps the order: a look at each wanted run, not at every run that has the key.
    let sql = format!(
        "SELECT t.run, t.{value} FROM json_each(?1) w CROSS JOIN {table} t ON t.run = w.value AND t.key = ?2"
    );
    db.all(&sql, params![wanted, key], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })
}

fn not_finite(summary: &RunSummary) -> BTreeMap<String, NotFinite> {
    summary
        .metrics
        .iter()
        .filter_map(|(name, value)| Some((name.clone(), NotFinite::of(*value)?)))
        .collect()
}
