//! Rows that repeat an earlier row in every column.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use assay_core::Task;

use crate::columns::View;
use crate::error::Error;

/// By digests of 128 bits per row, built column by column; two different rows share one with a chance of about
/// n² / 10^38.
pub(super) fn count(
    n_rows: usize,
    views: &[(String, View<'_>)],
    task: &Task,
) -> Result<u64, Error> {
    let mut digests = vec![[0_u64, 1_u64]; n_rows];
    for (_, view) in views {
        task.check()?;
        match view {
            View::Integer(values) | View::Datetime(values) => mix(&mut digests, values.iter()),
            View::Float(values) => mix(
                &mut digests,
                values
                    .iter()
                    .map(|value| value.map(|v| (v + 0.0).to_bits())),
            ),
            View::Boolean(values) => mix(&mut digests, values.iter()),
            View::Text(values) => mix(&mut digests, values.iter()),
            View::Date(values) => mix(&mut digests, values.iter()),
        }
    }
    task.check()?;
    let distinct: HashSet<[u64; 2]> = digests.into_iter().collect();
    Ok((n_rows - distinct.len()) as u64)
}

fn mix(digests: &mut [[u64; 2]], values: impl Iterator<Item = impl Hash>) {
    for (digest, value) in digests.iter_mut().zip(values) {
        for lane in digest {
            let mut hasher = DefaultHasher::new();
            lane.hash(&mut hasher);
            value.hash(&mut hasher);
            *lane = hasher.finish();
        }
    }
}
