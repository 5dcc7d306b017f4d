//! What differs between two stored tables: the distribution of each column, and the rows.
//!
//! Values and rows are compared by hashes of 64 bits: of ten million different rows, two look alike with a probability of
//! three in a million.

mod columns;
mod keyed;
mod whole;

use assay_core::Task;
use assay_core::version_diff::RowsDiff;
use polars::prelude::IdxSize;

use crate::columns::View;
use crate::error::Error;
use crate::hash::{MISSING, value_hashes};
use crate::stored::StoredTable;

pub use columns::column_changes;

/// A table and how it is called in sentences.
#[derive(Debug, Clone, Copy)]
pub struct Side<'a> {
    pub table: &'a StoredTable,
    /// `penguins@2`
    pub name: &'a str,
    /// Whether the other side has the group, too. As long as the number of groups.
    pub shared: &'a [bool],
}

/// Compares rows by `key`, or as a whole when it is empty. Groups that both sides have are left out where their rows
/// cannot differ.
///
/// # Errors
/// [`Error::NoSuchColumn`] for a key that a side lacks, [`Error::DuplicateKey`].
pub fn compare_rows(
    left: Side<'_>,
    right: Side<'_>,
    key: &[String],
    task: &Task,
) -> Result<RowsDiff, Error> {
    if key.is_empty() {
        whole::compare(left, right, task)
    } else {
        keyed::compare(left, right, key, task)
    }
}

impl Side<'_> {
    fn is_shared(&self, group: usize) -> bool {
        self.shared.get(group).copied().unwrap_or(false)
    }
}

/// How the values of a column of both sides are made comparable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comparison {
    Plain,
    /// One side holds integers, the other floats or decimals.
    Numbers,
    Texts,
}

/// The columns that both have, in the order of the right one.
fn common_columns(left: &StoredTable, right: &StoredTable) -> Vec<(String, Comparison)> {
    let columns = right.schema().columns.iter();
    columns
        .filter_map(|column| {
            let other = left.schema().column(&column.name)?;
            let comparison = if other.type_label() == column.type_label() {
                Comparison::Plain
            } else if other.kind.is_numeric() && column.kind.is_numeric() {
                Comparison::Numbers
            } else if other.kind == column.kind {
                // Categories with other levels, times shown in another zone.
                Comparison::Plain
            } else {
                Comparison::Texts
            };
            Some((column.name.clone(), comparison))
        })
        .collect()
}

fn hashes(view: View<'_>, comparison: Comparison) -> Vec<u64> {
    match comparison {
        Comparison::Plain => value_hashes(view),
        Comparison::Numbers => {
            let numbers = view.numbers().unwrap_or_default().into_iter();
            numbers
                // adding 0 turns −0 into 0
                .map(|value| value.map_or(MISSING, |value| (value + 0.0).to_bits()))
                .collect()
        }
        Comparison::Texts => {
            let texts = view.texts().into_iter();
            texts
                .map(|text| {
                    text.map_or(MISSING, |text| xxhash_rust::xxh3::xxh3_64(text.as_bytes()))
                })
                .collect()
        }
    }
}

/// One column of the groups that are not shared, hashed; shared ones count as zeros, so that places stay.
fn column_hashes(
    side: Side<'_>,
    name: &str,
    comparison: Comparison,
    task: &Task,
) -> Result<Vec<u64>, Error> {
    let mut all = Vec::with_capacity(usize::try_from(side.table.n_rows()).unwrap_or(0));
    for group in 0..side.table.n_groups() {
        task.check()?;
        if side.is_shared(group) {
            let rows = side.table.rows_of_group(group);
            all.extend(rows.map(|_| 0_u64));
        } else {
            let frame = side.table.group(group, Some(&[name.to_owned()]))?;
            all.extend(hashes(frame.view(name)?, comparison));
        }
    }
    Ok(all)
}

fn row(place: usize) -> IdxSize {
    IdxSize::try_from(place).unwrap_or(IdxSize::MAX)
}
