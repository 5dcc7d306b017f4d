//! Which rows train and which rows test. The same seed gives the same rows on every machine.

use std::collections::BTreeMap;

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{RngCore, SeedableRng};

use crate::matrix::Target;
use crate::train::{SplitMethod, SplitSpec};

/// Two rows to train on, one to test with.
pub const MIN_ROWS: usize = 3;

/// Rows as they were named, ascending. Invariant: both sides hold at least one row, no row is on both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HoldOut {
    pub train: Vec<usize>,
    pub test: Vec<usize>,
}

/// One fold of a cross-validation; rows as they were named, ascending.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fold {
    pub train: Vec<usize>,
    pub validation: Vec<usize>,
}

/// Why rows cannot be split.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum SplitError {
    #[error("{found} rows have a target value, and {MIN_ROWS} are needed to train and to test")]
    TooFewRows { found: usize },
    #[error(
        "a test share of {0} leaves one side without rows; choose one over 0 and under 1, for example 0.2"
    )]
    Fraction(f64),
    #[error("every row has the class `{class}`, and two classes are needed; choose another target")]
    OneClass { class: String },
    #[error(
        "each class has one row only, so none is left to test with; choose another target or a random split"
    )]
    OneRowPerClass,
    #[error(
        "the first {n_rows} rows all have the class `{class}`, so nothing can be learnt from them; choose a stratified split"
    )]
    OneClassFirst { class: String, n_rows: usize },
    #[error(
        "classes are needed for a stratified split, and the target holds numbers; choose a random split"
    )]
    NotClasses,
    #[error("{k} folds cannot be made of {n_rows} rows; choose between 2 and {n_rows}")]
    Folds { k: usize, n_rows: usize },
    #[error(
        "fold {fold} of {k} leaves only rows of the class `{class}` to train on; choose fewer folds or another target"
    )]
    OneClassFold {
        fold: usize,
        k: usize,
        class: String,
    },
    #[error("row {row} was asked for, and the target has {n_rows}")]
    RowOutOfRange { row: usize, n_rows: usize },
}

/// Holds out a share of `rows` (distinct row numbers of `target`) for the test: `test_fraction` of them, rounded up.
///
/// Stratified: each class by its share; a class of two rows or more has at least one on each side, a class of one row
/// trains. Time: the first of `rows`, in the order given, train. For the other methods the order does not matter.
///
/// # Errors
/// Fewer than [`MIN_ROWS`] rows, one class only, or a share that is none.
pub fn hold_out(
    target: &Target,
    rows: &[usize],
    spec: &SplitSpec,
    seed: u64,
) -> Result<HoldOut, SplitError> {
    check_rows(target, rows)?;
    if rows.len() < MIN_ROWS {
        return Err(SplitError::TooFewRows { found: rows.len() });
    }
    if !(spec.test_fraction > 0.0 && spec.test_fraction < 1.0) {
        return Err(SplitError::Fraction(spec.test_fraction));
    }
    if let Some(class) = only_class(target, rows) {
        return Err(SplitError::OneClass { class });
    }
    let n_test = n_test(rows.len(), spec.test_fraction);
    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
    let (mut train, mut test) = match (spec.method, target) {
        (SplitMethod::Time, _) => first_rows(target, rows, n_test)?,
        (SplitMethod::Auto | SplitMethod::Stratified, Target::Classes { indices, .. }) => {
            stratified(indices, rows, n_test, &mut random)
        }
        (SplitMethod::Stratified, Target::Values(_)) => return Err(SplitError::NotClasses),
        (SplitMethod::Auto | SplitMethod::Random, _) => {
            let mut shuffled = ascending(rows);
            shuffle(&mut shuffled, &mut random);
            let train = shuffled.split_off(n_test);
            (train, shuffled)
        }
    };
    if test.is_empty() {
        return Err(SplitError::OneRowPerClass);
    }
    train.sort_unstable();
    test.sort_unstable();
    Ok(HoldOut { train, test })
}

/// Cuts `rows` (distinct row numbers of `target`) into `k` folds whose sizes differ by at most one; for classes, the
/// rows of each class per fold differ by at most one too. Every row validates once.
///
/// # Errors
/// `k` under 2 or over the number of rows, one class only, or a fold that would train on one class.
pub fn k_folds(
    target: &Target,
    rows: &[usize],
    k: usize,
    seed: u64,
) -> Result<Vec<Fold>, SplitError> {
    check_rows(target, rows)?;
    if rows.len() < MIN_ROWS {
        return Err(SplitError::TooFewRows { found: rows.len() });
    }
    if k < 2 || k > rows.len() {
        return Err(SplitError::Folds {
            k,
            n_rows: rows.len(),
        });
    }
    if let Some(class) = only_class(target, rows) {
        return Err(SplitError::OneClass { class });
    }
    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
    // Dealing class after class without a break keeps both the folds and the classes in them even.
    let mut dealt: Vec<usize> = Vec::with_capacity(rows.len());
    for mut group in groups(target, rows) {
        shuffle(&mut group, &mut random);
        dealt.extend(group);
    }
    (0..k)
        .map(|fold| {
            let (mut train, mut validation) = (Vec::new(), Vec::new());
            for (position, &row) in dealt.iter().enumerate() {
                if position % k == fold {
                    validation.push(row);
                } else {
                    train.push(row);
                }
            }
            train.sort_unstable();
            validation.sort_unstable();
            match only_class(target, &train) {
                Some(class) => Err(SplitError::OneClassFold {
                    fold: fold + 1,
                    k,
                    class,
                }),
                None => Ok(Fold { train, validation }),
            }
        })
        .collect()
}

fn check_rows(target: &Target, rows: &[usize]) -> Result<(), SplitError> {
    let n_rows = target.n_rows();
    match rows.iter().find(|&&row| row >= n_rows) {
        Some(&row) => Err(SplitError::RowOutOfRange { row, n_rows }),
        None => Ok(()),
    }
}

/// The name of the class that all rows have, if they do.
fn only_class(target: &Target, rows: &[usize]) -> Option<String> {
    let Target::Classes {
        classes, indices, ..
    } = target
    else {
        return None;
    };
    let mut seen = rows.iter().filter_map(|&row| indices.get(row));
    let first = *seen.next()?;
    seen.all(|&index| index == first)
        .then(|| classes.get(first as usize).cloned().unwrap_or_default())
}

fn n_test(n_rows: usize, fraction: f64) -> usize {
    // A hair under, so that 0.1 of 30 rows is 3 and not 4.
    let wanted = (n_rows as f64 * fraction - 1e-9).ceil() as usize;
    wanted.clamp(1, n_rows.saturating_sub(2).max(1))
}

fn first_rows(
    target: &Target,
    rows: &[usize],
    n_test: usize,
) -> Result<(Vec<usize>, Vec<usize>), SplitError> {
    let (train, test) = rows.split_at(rows.len() - n_test);
    match only_class(target, train) {
        Some(class) => Err(SplitError::OneClassFirst {
            class,
            n_rows: train.len(),
        }),
        None => Ok((train.to_vec(), test.to_vec())),
    }
}

fn stratified(
    indices: &[u32],
    rows: &[usize],
    n_test: usize,
    random: &mut Xoshiro256PlusPlus,
) -> (Vec<usize>, Vec<usize>) {
    let groups = by_class(indices, rows);
    let sizes: Vec<usize> = groups.iter().map(Vec::len).collect();
    let (mut train, mut test) = (Vec::new(), Vec::new());
    for (mut group, n) in groups.into_iter().zip(shares(&sizes, n_test)) {
        shuffle(&mut group, random);
        train.extend(group.split_off(n));
        test.extend(group);
    }
    (train, test)
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

fn groups(target: &Target, rows: &[usize]) -> Vec<Vec<usize>> {
    match target {
        Target::Classes { indices, .. } => by_class(indices, rows),
        Target::Values(_) => vec![ascending(rows)],
    }
}

fn by_class(indices: &[u32], rows: &[usize]) -> Vec<Vec<usize>> {
    let mut groups: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for row in ascending(rows) {
        if let Some(&class) = indices.get(row) {
            groups.entry(class).or_default().push(row);
        }
    }
    groups.into_values().collect()
}

fn ascending(rows: &[usize]) -> Vec<usize> {
    let mut rows = rows.to_vec();
    rows.sort_unstable();
    rows
}

/// Fisher and Yates, from the end; written out so that no release of a library can change the order.
fn shuffle(rows: &mut [usize], random: &mut Xoshiro256PlusPlus) {
    for last in (1..rows.len()).rev() {
        rows.swap(last, below(last as u64 + 1, random) as usize);
    }
}

/// A number from 0 to `bound` − 1, each with the same chance: draws over the largest multiple of `bound` are repeated.
fn below(bound: u64, random: &mut Xoshiro256PlusPlus) -> u64 {
    let limit = u64::MAX - u64::MAX % bound;
    loop {
        let draw = random.next_u64();
        if draw < limit {
            return draw % bound;
        }
    }
}
