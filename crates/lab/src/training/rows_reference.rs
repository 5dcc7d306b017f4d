//! What is remembered of the rows of a reference, seen together: components, correlations, and some rows themselves.

use std::collections::HashSet;

use assay_core::drift::WatchReference;
use assay_core::drift::multivariate::{
    CorrelationReference, DomainReference, MultivariateError, PcaReference,
};
use assay_core::matrix::{Columns, RawColumn, RawValues};
use assay_core::words::count;
use assay_core::{Cancelled, Task};

/// Rows that are looked at, at most.
const MAX_ROWS: usize = 50_000;
/// Columns that are looked at, at most: pairs of them are counted.
pub const MAX_COLUMNS: usize = 200;
/// Rows times pairs that are worth the time.
const MAX_WORK: usize = 200_000_000;
/// NannyML's number of chunks.
const N_STRETCHES: usize = 10;
/// Of the rows by which the domain classifier knows the reference.
const SEED: u64 = 7;

/// Rows of so many, evenly taken in their order, so that stretches of them are stretches of the whole.
pub fn taken(n_rows: usize, n_columns: usize) -> Vec<usize> {
    let n_columns = n_columns.clamp(1, MAX_COLUMNS);
    let most = (2 * MAX_WORK / (n_columns * n_columns)).min(MAX_ROWS);
    let n = n_rows.min(most);
    (0..n).map(|row| row * n_rows / n).collect()
}

/// Adds to `watch` what the rows say; what they are too few for is left out.
pub fn remember(
    watch: &mut WatchReference,
    columns: &Columns,
    task: &Task,
) -> Result<(), Cancelled> {
    let rows = taken(columns.n_rows, columns.columns.len());
    let wanted = columns.columns.iter().take(MAX_COLUMNS);
    let some = wanted.map(|column| RawColumn {
        name: column.name.clone(),
        values: match rows.len() == columns.n_rows {
            true => column.values.clone(),
            false => column.values.take(&rows),
        },
    });
    let some = some.filter(|column| !is_of_names(&column.values));
    let some = Columns {
        n_rows: rows.len(),
        columns: some.collect(),
    };
    warn_of_columns(columns.columns.len(), task);
    task.step(0, 0, "looking at rows together");
    watch.components = fitted(PcaReference::fit(&some, N_STRETCHES, task))?;
    task.check()?;
    watch.correlation = fitted(CorrelationReference::fit(&some, N_STRETCHES))?;
    task.check()?;
    watch.domain = fitted(DomainReference::fit(&some, SEED))?;
    Ok(())
}

/// Says that a table is wider than what is looked at.
fn warn_of_columns(n_columns: usize, task: &Task) {
    if n_columns > MAX_COLUMNS {
        task.warn(format!(
            "drift over several columns is watched in the first {MAX_COLUMNS} of {} columns",
            count(n_columns as u64)
        ));
    }
}

/// Texts that name their row, which no other row will have again.
fn is_of_names(values: &RawValues) -> bool {
    let RawValues::Texts(texts) = values else {
        return false;
    };
    let distinct: HashSet<&str> = texts.iter().flatten().map(String::as_str).collect();
    distinct.len() > 50 && 2 * distinct.len() > texts.len()
}

/// `None` where rows or columns are too few.
fn fitted<T>(found: Result<T, MultivariateError>) -> Result<Option<T>, Cancelled> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(MultivariateError::Cancelled(cancelled)) => Err(cancelled),
        Err(MultivariateError::TooSmall { .. } | MultivariateError::Lengths { .. }) => Ok(None),
    }
}
