//! What stands on both sides of a split and should not: the same rows, the same groups, the future.

use std::collections::BTreeSet;

use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::{Leak, LeakKind};
use crate::matrix::{Columns, RawValues, Target};
use crate::words::{count, percent};

/// Test rows whose inputs and target all equal those of a training row.
pub fn duplicate_rows(train: (&Columns, &Target), test: (&Columns, &Target)) -> Option<Leak> {
    if train.0.columns.is_empty() {
        return None;
    }
    let known: BTreeSet<u64> = row_hashes(train.0, train.1).into_iter().collect();
    let tested = row_hashes(test.0, test.1);
    let n = tested.iter().filter(|hash| known.contains(hash)).count();
    (n > 0).then(|| Leak {
        kind: LeakKind::DuplicateRows,
        column: String::new(),
        n_rows: n as u64,
        of_rows: tested.len() as u64,
        strength: None,
        sentence: format!(
            "{} of {} test rows ({}) equal a training row in every input and in the target; new data will be harder, so \
             keep equal rows together or remove them",
            count(n as u64),
            count(tested.len() as u64),
            share(n, tested.len())
        ),
    })
}

fn share(part: usize, whole: usize) -> String {
    match part as f64 / whole.max(1) as f64 {
        share if share < 0.001 => "under 0.1 %".to_owned(),
        share => percent(share),
    }
}

fn row_hashes(columns: &Columns, target: &Target) -> Vec<u64> {
    let mut hashes: Vec<u64> = match target {
        Target::Classes { indices, .. } => indices.iter().map(|&class| u64::from(class)).collect(),
        Target::Values(values) => values.iter().map(|value| (value + 0.0).to_bits()).collect(),
        Target::Nothing { n_rows, .. } => vec![0; *n_rows],
    };
    for column in &columns.columns {
        match &column.values {
            RawValues::Numbers(numbers) => {
                for (hash, value) in hashes.iter_mut().zip(numbers) {
                    // Every missing number is the same one.
                    let value = if value.is_nan() {
                        f64::NAN
                    } else {
                        value + 0.0
                    };
                    *hash = xxh3_64_with_seed(&value.to_bits().to_le_bytes(), *hash);
                }
            }
            RawValues::Texts(texts) => {
                for (hash, text) in hashes.iter_mut().zip(texts) {
                    let text = text.as_deref().unwrap_or("");
                    *hash = xxh3_64_with_seed(text.as_bytes(), *hash);
                }
            }
        }
    }
    hashes
}

/// Test rows whose group trains too. `groups`: a code per row of the table, `None` for rows without one.
pub fn group_over_split(
    column: &str,
    groups: &[Option<u32>],
    train: &[usize],
    test: &[usize],
) -> Option<Leak> {
    let of = |row: &usize| groups.get(*row).copied().flatten();
    let trained: BTreeSet<u32> = train.iter().filter_map(of).collect();
    let shared: Vec<u32> = test
        .iter()
        .filter_map(of)
        .filter(|group| trained.contains(group))
        .collect();
    let n = shared.len();
    let n_groups = shared.into_iter().collect::<BTreeSet<u32>>().len();
    (n > 0).then(|| Leak {
        kind: LeakKind::GroupOverSplit,
        column: column.to_owned(),
        n_rows: n as u64,
        of_rows: test.len() as u64,
        strength: None,
        sentence: format!(
            "{} of {} test rows ({}) share their `{column}` with training rows ({} values are on both sides); if rows of \
             one `{column}` are alike, split by it: --split grouped --group {column}",
            count(n as u64),
            count(test.len() as u64),
            share(n, test.len()),
            count(n_groups as u64)
        ),
    })
}

/// Training rows that are later than the first test row. `times`: per row of the table, in any unit.
pub fn future_rows(
    column: &str,
    times: &[Option<i64>],
    train: &[usize],
    test: &[usize],
) -> Option<Leak> {
    let of = |row: &usize| times.get(*row).copied().flatten();
    let first_tested = test.iter().filter_map(of).min()?;
    let trained: Vec<i64> = train.iter().filter_map(of).collect();
    let n = trained.iter().filter(|&&time| time > first_tested).count();
    (n > 0).then(|| Leak {
        kind: LeakKind::FutureRows,
        column: column.to_owned(),
        n_rows: n as u64,
        of_rows: train.len() as u64,
        strength: None,
        sentence: format!(
            "{} of {} training rows ({}) are later in `{column}` than the first test row, so the model knows what came \
             after; to test on the future, split by time: --split time --time {column}",
            count(n as u64),
            count(train.len() as u64),
            share(n, train.len())
        ),
    })
}
