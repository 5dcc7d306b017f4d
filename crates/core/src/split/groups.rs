//! Splits in which the rows of one group stay together.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use rand_xoshiro::Xoshiro256PlusPlus;

use super::draw::{ascending, shuffle};
use crate::matrix::Target;

/// The rows of each group, ascending, by rising code of the group.
pub(super) fn members(rows: &[usize], groups: &[u32]) -> Vec<Vec<usize>> {
    let mut members: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for row in ascending(rows) {
        if let Some(&group) = groups.get(row) {
            members.entry(group).or_default().push(row);
        }
    }
    members.into_values().collect()
}

/// Train and test rows: groups in random order test when that brings the test closer to `n_test` rows, one group at
/// least on either side.
pub(super) fn hold_out(
    mut members: Vec<Vec<usize>>,
    n_test: usize,
    random: &mut Xoshiro256PlusPlus,
) -> (Vec<usize>, Vec<usize>) {
    shuffle(&mut members, random);
    let (mut train, mut test): (Vec<Vec<usize>>, Vec<Vec<usize>>) = (Vec::new(), Vec::new());
    let mut n_in_test = 0;
    let n_groups = members.len();
    for group in members {
        let with = n_in_test + group.len();
        let is_closer = with.abs_diff(n_test) <= n_test.abs_diff(n_in_test);
        if is_closer && test.len() + 1 < n_groups {
            n_in_test = with;
            test.push(group);
        } else {
            train.push(group);
        }
    }
    at_least_one(&mut train, &mut test);
    (train.concat(), test.concat())
}

/// As [`hold_out`], with groups placed by how near they bring each class to its share; the most uneven groups first.
pub(super) fn stratified_hold_out(
    mut members: Vec<Vec<usize>>,
    indices: &[u32],
    share: f64,
    random: &mut Xoshiro256PlusPlus,
) -> (Vec<usize>, Vec<usize>) {
    shuffle(&mut members, random);
    let counted = counted(members, indices);
    let totals = totals(&counted);
    let mut in_test = vec![0u64; totals.len()];
    let distance = |counts: &[u64]| -> f64 {
        counts
            .iter()
            .zip(&totals)
            .filter(|(_, total)| **total > 0)
            .map(|(&n, &total)| (n as f64 / total as f64 - share).powi(2))
            .sum()
    };
    let (mut train, mut test): (Vec<Vec<usize>>, Vec<Vec<usize>>) = (Vec::new(), Vec::new());
    let n_groups = counted.len();
    for (rows, counts) in counted {
        let with: Vec<u64> = in_test.iter().zip(&counts).map(|(a, b)| a + b).collect();
        if distance(&with) <= distance(&in_test) && test.len() + 1 < n_groups {
            in_test = with;
            test.push(rows);
        } else {
            train.push(rows);
        }
    }
    at_least_one(&mut train, &mut test);
    (train.concat(), test.concat())
}

/// The smallest group of the other side where one side has none.
fn at_least_one(train: &mut Vec<Vec<usize>>, test: &mut Vec<Vec<usize>>) {
    if test.is_empty() {
        let smallest = (0..train.len()).min_by_key(|&at| train[at].len());
        test.extend(smallest.map(|at| train.remove(at)));
    }
}

/// The rows of each of `k` folds: the largest group first, each into the fold with the fewest rows, as scikit-learn's
/// `GroupKFold`; equal groups in random order.
pub(super) fn folds(
    mut members: Vec<Vec<usize>>,
    k: usize,
    random: &mut Xoshiro256PlusPlus,
) -> Vec<Vec<usize>> {
    shuffle(&mut members, random);
    members.sort_by_key(|group| Reverse(group.len()));
    let mut folds: Vec<Vec<usize>> = vec![Vec::new(); k];
    for group in members {
        // `min_by_key` keeps the first of equals.
        if let Some(fold) = folds.iter_mut().min_by_key(|fold| fold.len()) {
            fold.extend(group);
        }
    }
    folds
}

/// The rows of each of `k` folds: the most uneven group first, each into the fold where the classes then spread most
/// evenly over the folds, as scikit-learn's `StratifiedGroupKFold`; `random` decides among equals.
pub(super) fn stratified_folds(
    mut members: Vec<Vec<usize>>,
    indices: &[u32],
    k: usize,
    random: Option<&mut Xoshiro256PlusPlus>,
) -> Vec<Vec<usize>> {
    if let Some(random) = random {
        shuffle(&mut members, random);
    }
    let counted = counted(members, indices);
    let totals = totals(&counted);
    let mut folds: Vec<(Vec<usize>, Vec<u64>)> = vec![(Vec::new(), vec![0; totals.len()]); k];
    // Sum of squares over the folds, per class: what a group changes of it is all that must be computed anew.
    let mut squares = vec![0u64; totals.len()];
    let mut placed = vec![0u64; totals.len()];
    for (rows, counts) in counted {
        let mut best: Option<(f64, usize, usize)> = None;
        for (at, (held, in_fold)) in folds.iter().enumerate() {
            let unevenness = unevenness(in_fold, &counts, &squares, &placed, &totals, k);
            let better = best.is_none_or(|(least, n_rows, _)| {
                unevenness < least || close(unevenness, least) && held.len() < n_rows
            });
            if better {
                best = Some((unevenness, held.len(), at));
            }
        }
        let Some((held, in_fold)) = best.and_then(|(_, _, at)| folds.get_mut(at)) else {
            continue;
        };
        held.extend(rows);
        for (class, &n) in counts.iter().enumerate() {
            squares[class] += (in_fold[class] + n).pow(2) - in_fold[class].pow(2);
            in_fold[class] += n;
            placed[class] += n;
        }
    }
    folds.into_iter().map(|(rows, _)| rows).collect()
}

/// Mean over the classes of the standard deviation, over the folds, of their share of the class, once `counts` have
/// joined `in_fold`. In whole numbers up to the root, so that equal folds are equal.
fn unevenness(
    in_fold: &[u64],
    counts: &[u64],
    squares: &[u64],
    placed: &[u64],
    totals: &[u64],
    k: usize,
) -> f64 {
    let k = k as u64;
    let sum: f64 = (0..totals.len())
        .filter(|&class| totals[class] > 0)
        .map(|class| {
            let with = in_fold[class] + counts[class];
            let squares = squares[class] - in_fold[class].pow(2) + with.pow(2);
            let all = placed[class] + counts[class];
            let variance = u128::from(k) * u128::from(squares) - u128::from(all).pow(2);
            (variance as f64).sqrt() / (k as f64 * totals[class] as f64)
        })
        .sum();
    sum / totals.len().max(1) as f64
}

/// As numpy's `isclose`.
fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-8 + 1e-5 * b.abs()
}

/// Each group with its rows of each class, the one whose counts spread most first.
fn counted(members: Vec<Vec<usize>>, indices: &[u32]) -> Vec<(Vec<usize>, Vec<u64>)> {
    let n_classes = indices.iter().max().map_or(0, |&class| class as usize + 1);
    let mut counted: Vec<(Vec<usize>, Vec<u64>)> = members
        .into_iter()
        .map(|rows| {
            let mut counts = vec![0; n_classes];
            for class in rows.iter().filter_map(|&row| indices.get(row)) {
                counts[*class as usize] += 1;
            }
            (rows, counts)
        })
        .collect();
    counted.sort_by_cached_key(|(_, counts)| {
        let (n, sum): (u64, u64) = (counts.len() as u64, counts.iter().sum());
        let squares: u64 = counts.iter().map(|count| count * count).sum();
        Reverse(n * squares - sum * sum)
    });
    counted
}

fn totals(counted: &[(Vec<usize>, Vec<u64>)]) -> Vec<u64> {
    let mut totals = vec![0; counted.first().map_or(0, |(_, counts)| counts.len())];
    for (_, counts) in counted {
        for (total, n) in totals.iter_mut().zip(counts) {
            *total += n;
        }
    }
    totals
}

/// The class of each row, when there are classes.
pub(super) fn indices(target: &Target) -> Option<&[u32]> {
    match target {
        Target::Classes { indices, .. } => Some(indices),
        Target::Values(_) | Target::Nothing { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize)]
    struct Golden {
        stratified_groups: Vec<Case>,
    }

    #[derive(Deserialize)]
    struct Case {
        k: usize,
        groups: Vec<u32>,
        classes: Vec<u32>,
        folds: Vec<Vec<usize>>,
    }

    /// Which random order of equal groups is drawn is our own, so the law is tested where nothing is drawn.
    #[test]
    fn stratified_groups_fall_into_the_folds_of_scikit_learn() {
        let golden: Golden =
            serde_json::from_str(include_str!("../../tests/golden/split.json")).expect("golden");
        for case in golden.stratified_groups {
            let rows: Vec<usize> = (0..case.groups.len()).collect();
            let mut folds =
                stratified_folds(members(&rows, &case.groups), &case.classes, case.k, None);
            for fold in &mut folds {
                fold.sort_unstable();
            }
            // Among equal folds rounding decides there, so the folds are the same and their order may not be.
            folds.sort();
            let mut wanted = case.folds;
            wanted.sort();
            assert_eq!(folds, wanted, "{} folds", case.k);
        }
    }
}
