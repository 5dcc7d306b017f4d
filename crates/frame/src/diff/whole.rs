//! Rows without a key: a row is there or not, as often as it stands there.

use std::collections::HashMap;

use assay_core::Task;
use assay_core::version_diff::{Cell, LISTED_ROWS, RowAt, RowsDiff};
use polars::prelude::IdxSize;

use super::{Comparison, Side, common_columns, hashes, row};
use crate::error::Error;
use crate::hash::row_hashes;
use crate::stored::StoredTable;

pub(super) fn compare(left: Side<'_>, right: Side<'_>, task: &Task) -> Result<RowsDiff, Error> {
    let columns = common_columns(left.table, right.table);
    let only_common_columns = columns.len() < left.table.schema().columns.len()
        || columns.len() < right.table.schema().columns.len();
    let (a, b) = (
        unshared_rows(left, &columns, task)?,
        unshared_rows(right, &columns, task)?,
    );
    let n_shared: u64 = (0..right.table.n_groups())
        .filter(|group| right.is_shared(*group))
        .map(|group| {
            let rows = right.table.rows_of_group(group);
            rows.end - rows.start
        })
        .sum();
    let removed = surplus(&a, &b);
    let added = surplus(&b, &a);
    Ok(RowsDiff {
        n_added: added.n,
        n_removed: removed.n,
        n_unchanged: n_shared + a.len() as u64 - removed.n,
        added: listed(right.table, &added.first)?,
        removed: listed(left.table, &removed.first)?,
        only_common_columns,
        ..RowsDiff::default()
    })
}

/// The hashes of the rows that the other side may lack, with their places.
fn unshared_rows(
    side: Side<'_>,
    columns: &[(String, Comparison)],
    task: &Task,
) -> Result<Vec<(u64, IdxSize)>, Error> {
    let names: Vec<String> = columns.iter().map(|(name, _)| name.clone()).collect();
    let mut all = Vec::new();
    for group in 0..side.table.n_groups() {
        let rows = side.table.rows_of_group(group);
        task.step(rows.start, side.table.n_rows(), "comparing rows");
        task.check()?;
        if side.is_shared(group) {
            continue;
        }
        let frame = side.table.group(group, Some(&names))?;
        let values = columns
            .iter()
            .map(|(name, comparison)| Ok(hashes(frame.view(name)?, *comparison)))
            .collect::<Result<Vec<_>, Error>>()?;
        let first = usize::try_from(side.table.rows_of_group(group).start).unwrap_or(usize::MAX);
        let rows = row_hashes(frame.n_rows(), &values);
        all.extend(rows.into_iter().zip((first..).map(row)));
    }
    Ok(all)
}

struct Surplus {
    n: u64,
    /// The first places of them.
    first: Vec<IdxSize>,
}

/// Rows that stand in `these` more often than in `others`; of equal rows the later ones are too many.
fn surplus(these: &[(u64, IdxSize)], others: &[(u64, IdxSize)]) -> Surplus {
    let mut left: HashMap<u64, u64> = HashMap::with_capacity(others.len());
    for (hash, _) in others {
        *left.entry(*hash).or_default() += 1;
    }
    let mut surplus = Surplus {
        n: 0,
        first: Vec::new(),
    };
    for (hash, place) in these {
        match left.get_mut(hash) {
            Some(n) if *n > 0 => *n -= 1,
            _ => {
                surplus.n += 1;
                if surplus.first.len() < LISTED_ROWS {
                    surplus.first.push(*place);
                }
            }
        }
    }
    surplus
}

pub(super) fn listed(table: &StoredTable, places: &[IdxSize]) -> Result<Vec<RowAt>, Error> {
    let texts = table.texts(places)?;
    Ok(places
        .iter()
        .zip(texts.rows)
        .map(|(place, cells)| RowAt {
            row: u64::from(*place) + 1,
            cells: texts
                .header
                .iter()
                .zip(cells)
                .map(|(column, value)| Cell {
                    column: column.clone(),
                    value,
                })
                .collect(),
        })
        .collect())
}
