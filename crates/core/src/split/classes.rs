//! Splits that keep the share of each class.

use std::collections::BTreeMap;

use rand_xoshiro::Xoshiro256PlusPlus;

use super::draw::{ascending, shuffle};
use crate::matrix::Target;

/// Each class by its share; see [`shares`]. Train, test.
pub(super) fn stratified(
    indices: &[u32],
    rows: &[usize],
    n_test: usize,
    random: &mut Xoshiro256PlusPlus,
) -> (Vec<usize>, Vec<usize>) {
    let classes = by_class(indices, rows);
    let sizes: Vec<usize> = classes.iter().map(Vec::len).collect();
    let (mut train, mut test) = (Vec::new(), Vec::new());
    for (mut group, n) in classes.into_iter().zip(shares(&sizes, n_test)) {
        shuffle(&mut group, random);
        train.extend(group.split_off(n));
        test.extend(group);
    }
    (train, test)
}

/// The rows of each class, ascending; one part for numbers.
pub(super) fn parts(target: &Target, rows: &[usize]) -> Vec<Vec<usize>> {
    match target {
        Target::Classes { indices, .. } => by_class(indices, rows),
        Target::Values(_) | Target::Nothing { .. } => vec![ascending(rows)],
    }
}

/// How many of each class test: its exact share rounded so that the sum is `n_test` (largest remainder), within
/// at least 1 (for two rows or more) and all but 1. These bounds win over the sum.
fn shares(sizes: &[usize], n_test: usize) -> Vec<usize> {
    let n_rows: usize = sizes.iter().sum();
    let exact: Vec<f64> = sizes
        .iter()
        .map(|&size| size as f64 * n_test as f64 / n_rows.max(1) as f64)
        .collect();
    let bounds: Vec<(usize, usize)> = sizes
        .iter()
        .map(|&size| (usize::from(size >= 2), size.saturating_sub(1)))
        .collect();
    let mut counts: Vec<usize> = exact
        .iter()
        .zip(&bounds)
        .map(|(exact, &(low, high))| (exact.floor() as usize).clamp(low, high))
        .collect();
    // `max_by` keeps the last of equals, so going backwards prefers the first class.
    while counts.iter().sum::<usize>() < n_test {
        let Some(class) = (0..sizes.len())
            .rev()
            .filter(|&class| counts[class] < bounds[class].1)
            .max_by(|&a, &b| {
                (exact[a] - counts[a] as f64).total_cmp(&(exact[b] - counts[b] as f64))
            })
        else {
            break;
        };
        counts[class] += 1;
    }
    while counts.iter().sum::<usize>() > n_test {
        let Some(class) = (0..sizes.len())
            .rev()
            .filter(|&class| counts[class] > bounds[class].0)
            .max_by(|&a, &b| {
                (counts[a] as f64 - exact[a]).total_cmp(&(counts[b] as f64 - exact[b]))
            })
        else {
            break;
        };
        counts[class] -= 1;
    }
    counts
}

pub(super) fn by_class(indices: &[u32], rows: &[usize]) -> Vec<Vec<usize>> {
    let mut classes: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for row in ascending(rows) {
        if let Some(&class) = indices.get(row) {
            classes.entry(class).or_default().push(row);
        }
    }
    classes.into_values().collect()
}
