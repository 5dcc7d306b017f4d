//! Rows with a key: added, removed, or the same row with other values.

use assay_core::Task;
use assay_core::version_diff::{
    Cell, ChangedCell, ChangedColumn, ChangedRow, LISTED_ROWS, RowsDiff,
};
use polars::prelude::IdxSize;

use super::whole::listed;
use super::{Comparison, Side, column_hashes, common_columns, hashes, row};
use crate::error::Error;
use crate::hash::row_hashes;

/// Hash of the key and place of the row, sorted.
type Keys = Vec<(u64, IdxSize)>;

pub(super) fn compare(
    left: Side<'_>,
    right: Side<'_>,
    key: &[String],
    task: &Task,
) -> Result<RowsDiff, Error> {
    for name in key {
        left.table.check_column(name)?;
        right.table.check_column(name)?;
    }
    let columns = common_columns(left.table, right.table);
    let is_key = |(name, _): &&(String, Comparison)| key.contains(name);
    let key_columns: Vec<_> = columns.iter().filter(is_key).cloned().collect();
    let a = keys(left, &key_columns, task)?;
    let b = keys(right, &key_columns, task)?;
    let Joined {
        pairs,
        mut removed,
        mut added,
    } = join(&a, &b);

    // A row of a shared group is its own pair; the others are compared column by column.
    let is_unshared = unshared(left);
    let mut changed = vec![false; pairs.len()];
    let mut changed_columns = Vec::new();
    let values = columns.iter().filter(|column| !is_key(column));
    let total = values.clone().count() as u64;
    for ((name, comparison), done) in values.zip(0..) {
        task.step(done, total, "comparing values");
        let x = column_hashes(left, name, *comparison, task)?;
        let y = column_hashes(right, name, *comparison, task)?;
        let mut n_rows = 0;
        for ((i, j), changed) in pairs.iter().zip(&mut changed) {
            let differs = is_unshared
                .get(*i as usize)
                .is_some_and(|unshared| *unshared)
                && x.get(*i as usize) != y.get(*j as usize);
            *changed |= differs;
            n_rows += u64::from(differs);
        }
        if n_rows > 0 {
            changed_columns.push(ChangedColumn {
                column: name.clone(),
                n_rows,
            });
        }
    }
    changed_columns.sort_by_key(|column| std::cmp::Reverse(column.n_rows));
    let mut changed: Vec<(IdxSize, IdxSize)> = pairs
        .iter()
        .zip(&changed)
        .filter(|(_, changed)| **changed)
        .map(|(pair, _)| *pair)
        .collect();
    let n_changed = changed.len() as u64;
    changed.sort_unstable_by_key(|(_, right)| *right);
    changed.truncate(LISTED_ROWS);
    removed.sort_unstable();
    added.sort_unstable();
    let (n_added, n_removed) = (added.len() as u64, removed.len() as u64);
    added.truncate(LISTED_ROWS);
    removed.truncate(LISTED_ROWS);
    Ok(RowsDiff {
        key: key.to_vec(),
        n_added,
        n_removed,
        n_changed,
        n_unchanged: pairs.len() as u64 - n_changed,
        added: listed(right.table, &added)?,
        removed: listed(left.table, &removed)?,
        changed: changed_rows(left, right, key, &columns, &changed)?,
        changed_columns,
        only_common_columns: false,
    })
}

/// # Errors
/// [`Error::DuplicateKey`] with the first two rows of one key.
fn keys(side: Side<'_>, key: &[(String, Comparison)], task: &Task) -> Result<Keys, Error> {
    let names: Vec<String> = key.iter().map(|(name, _)| name.clone()).collect();
    let mut all: Keys = Vec::new();
    for group in 0..side.table.n_groups() {
        let rows = side.table.rows_of_group(group);
        task.step(
            rows.start,
            side.table.n_rows(),
            "matching rows by their key",
        );
        task.check()?;
        let frame = side.table.group(group, Some(&names))?;
        let values = key
            .iter()
            .map(|(name, comparison)| Ok(hashes(frame.view(name)?, *comparison)))
            .collect::<Result<Vec<_>, Error>>()?;
        let first = all.len();
        let rows = row_hashes(frame.n_rows(), &values);
        all.extend(rows.into_iter().zip((first..).map(row)));
    }
    all.sort_unstable();
    let twice = all
        .windows(2)
        .filter_map(|pair| match pair {
            [(a, first), (b, second)] if a == b => Some([*first, *second]),
            _ => None,
        })
        .min_by_key(|[_, second]| *second);
    let Some(rows) = twice else { return Ok(all) };
    let texts = side.table.texts(&rows)?;
    let value = names
        .iter()
        .map(|name| {
            let place = texts.header.iter().position(|column| column == name);
            let cell = place.and_then(|place| texts.rows.first()?.get(place)?.clone());
            format!("`{name}` = {}", cell.as_deref().unwrap_or("missing"))
        })
        .collect::<Vec<_>>()
        .join(", ");
    let columns: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    Err(Error::DuplicateKey {
        table: side.name.to_owned(),
        columns: columns.join(", "),
        rows: rows.map(|row| u64::from(row) + 1),
        value,
    })
}

struct Joined {
    pairs: Vec<(IdxSize, IdxSize)>,
    removed: Vec<IdxSize>,
    added: Vec<IdxSize>,
}

fn join(left: &Keys, right: &Keys) -> Joined {
    let mut joined = Joined {
        pairs: Vec::new(),
        removed: Vec::new(),
        added: Vec::new(),
    };
    let (mut a, mut b) = (left.iter().peekable(), right.iter().peekable());
    loop {
        match (a.peek(), b.peek()) {
            (Some((x, i)), Some((y, j))) if x == y => {
                joined.pairs.push((*i, *j));
                a.next();
                b.next();
            }
            (Some((x, i)), Some((y, _))) if x < y => {
                joined.removed.push(*i);
                a.next();
            }
            (Some((_, i)), None) => {
                joined.removed.push(*i);
                a.next();
            }
            (_, Some((_, j))) => {
                joined.added.push(*j);
                b.next();
            }
            (None, None) => return joined,
        }
    }
}

/// Row by row, whether its group is not shared.
fn unshared(side: Side<'_>) -> Vec<bool> {
    (0..side.table.n_groups())
        .flat_map(|group| {
            let unshared = !side.is_shared(group);
            side.table.rows_of_group(group).map(move |_| unshared)
        })
        .collect()
}

fn changed_rows(
    left: Side<'_>,
    right: Side<'_>,
    key: &[String],
    columns: &[(String, Comparison)],
    pairs: &[(IdxSize, IdxSize)],
) -> Result<Vec<ChangedRow>, Error> {
    let (places_left, places_right): (Vec<_>, Vec<_>) = pairs.iter().copied().unzip();
    let (a, b) = (
        left.table.texts(&places_left)?,
        right.table.texts(&places_right)?,
    );
    let cell = |header: &[String], row: &[Option<String>], name: &str| {
        let place = header.iter().position(|column| column == name)?;
        row.get(place).cloned().flatten()
    };
    let same = |x: &Option<String>, y: &Option<String>, comparison: Comparison| match (x, y) {
        (Some(x), Some(y)) if comparison == Comparison::Numbers => {
            x.parse::<f64>().ok() == y.parse::<f64>().ok()
        }
        _ => x == y,
    };
    let rows = pairs.iter().zip(a.rows.iter().zip(&b.rows));
    Ok(rows
        .map(|((i, j), (x, y))| ChangedRow {
            key: key
                .iter()
                .map(|name| Cell {
                    column: name.clone(),
                    value: cell(&b.header, y, name),
                })
                .collect(),
            left_row: u64::from(*i) + 1,
            right_row: u64::from(*j) + 1,
            cells: columns
                .iter()
                .filter_map(|(name, comparison)| {
                    let (left, right) = (cell(&a.header, x, name), cell(&b.header, y, name));
                    (!same(&left, &right, *comparison)).then(|| ChangedCell {
                        column: name.clone(),
                        left,
                        right,
                    })
                })
                .collect(),
        })
        .collect())
}
