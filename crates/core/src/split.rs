//! Which rows train and which rows test. The same seed gives the same rows on every machine.

mod classes;
mod draw;
mod groups;
mod time;

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;

use crate::matrix::Target;
use crate::train::{CvSpec, SplitMethod, SplitSpec};

use time::Timeline;

use draw::shuffle;

/// Two rows to train on, one to test with.
pub const MIN_ROWS: usize = 3;

const MAX_REPEATS: u32 = 100;

/// Between the seeds of two repeats: the golden ratio in 64 bits, so that neighbouring seeds do not share repeats.
const BETWEEN_SEEDS: u64 = 0x9E37_79B9_7F4A_7C15;

/// What a split needs to know of the rows.
#[derive(Debug, Clone, Copy)]
pub struct SplitRows<'a> {
    pub target: &'a Target,
    /// Distinct row numbers of `target`: the rows to be split.
    pub rows: &'a [usize],
    /// A code per row of `target`; rows of one code are a group.
    pub groups: Option<&'a [u32]>,
    /// A time per row of `target`, in any unit; `None`: the order of `rows` is that of time.
    pub times: Option<&'a [i64]>,
}

impl<'a> SplitRows<'a> {
    /// Rows without groups and times.
    pub fn new(target: &'a Target, rows: &'a [usize]) -> Self {
        Self {
            target,
            rows,
            groups: None,
            times: None,
        }
    }

    /// Other rows of the same target.
    pub fn of(&self, rows: &'a [usize]) -> Self {
        Self { rows, ..*self }
    }
}

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
    #[error("a split by groups needs the column that names them; name it with the split")]
    NoGroups,
    #[error(
        "{needed} groups are needed, and the rows have {found}; choose another column or fewer folds"
    )]
    TooFewGroups { found: usize, needed: usize },
    #[error(
        "the groups leave only rows of the class `{class}` to train on; choose another column or another seed"
    )]
    OneClassGroups { class: String },
    #[error("all rows have the same time, so none come after others; choose another column")]
    OneTime,
    #[error("the rows have too few different times for {k} folds; choose fewer folds")]
    FewTimes { k: usize },
    #[error(
        "a gap of {gap} rows leaves too few of the {n_rows} rows before the border to train on; choose a smaller gap or fewer folds"
    )]
    Gap { gap: usize, n_rows: usize },
    #[error("folds by time have one order only, so they cannot be repeated; choose 1 repeat")]
    RepeatedTime,
    #[error("{0} repeats were asked for; choose 1 to {MAX_REPEATS}")]
    Repeats(u32),
    #[error("row {row} was asked for, and the target has {n_rows}")]
    RowOutOfRange { row: usize, n_rows: usize },
}

/// Holds out a share of the rows for the test: `test_fraction` of them, rounded up.
///
/// Stratified: each class by its share; a class of two rows or more has at least one on each side, a class of one row
/// trains. Grouped: whole groups, as near to the share as they let it. Time: the first rows train; rows of one time are
/// on one side, and `gap` rows between the sides are on none. For the other methods the order does not matter.
///
/// # Errors
/// Fewer than [`MIN_ROWS`] rows, one class only, a share that is none, or groups or times that cannot be split.
pub fn hold_out(data: &SplitRows<'_>, spec: &SplitSpec, seed: u64) -> Result<HoldOut, SplitError> {
    check(data)?;
    if !(spec.test_fraction > 0.0 && spec.test_fraction < 1.0) {
        return Err(SplitError::Fraction(spec.test_fraction));
    }
    check_classes(data)?;
    let (target, rows) = (data.target, data.rows);
    let n_test = n_test(rows.len(), spec.test_fraction);
    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
    let (mut train, mut test) = match (spec.method, groups::indices(target)) {
        (SplitMethod::Time, _) => {
            let (train, test) = Timeline::new(data).hold_out(n_test, spec.gap as usize)?;
            if let Some(class) = only_class(target, &train) {
                return Err(SplitError::OneClassFirst {
                    class,
                    n_rows: train.len(),
                });
            }
            (train, test)
        }
        (SplitMethod::Grouped, _) => groups::hold_out(members(data, 2)?, n_test, &mut random),
        (SplitMethod::StratifiedGrouped, Some(indices)) => {
            let share = n_test as f64 / rows.len() as f64;
            groups::stratified_hold_out(members(data, 2)?, indices, share, &mut random)
        }
        (SplitMethod::Auto | SplitMethod::Stratified, Some(indices)) => {
            classes::stratified(indices, rows, n_test, &mut random)
        }
        (SplitMethod::Stratified | SplitMethod::StratifiedGrouped, None) => {
            return Err(SplitError::NotClasses);
        }
        (SplitMethod::Auto | SplitMethod::Random, _) => {
            let mut shuffled = draw::ascending(rows);
            shuffle(&mut shuffled, &mut random);
            let train = shuffled.split_off(n_test);
            (train, shuffled)
        }
    };
    if test.is_empty() {
        return Err(SplitError::OneRowPerClass);
    }
    if spec.method.is_grouped()
        && let Some(class) = only_class(target, &train)
    {
        return Err(SplitError::OneClassGroups { class });
    }
    train.sort_unstable();
    test.sort_unstable();
    Ok(HoldOut { train, test })
}

/// The folds of a cross-validation of `data`'s rows, which a split as `split` says left to train: `k` folds, as often
/// as `cv.repeats` says.
///
/// Random and stratified: sizes differ by at most one; for classes, the rows of each class per fold do too, unless
/// `random` was asked for. Grouped: whole groups, as even as they let it. In all of these every row validates once a
/// repeat. Time: see scikit-learn's `TimeSeriesSplit`; the first rows never validate.
///
/// # Errors
/// `k` under 2 or over the number of rows or groups, one class only, or a fold that would train on one class.
pub fn folds(
    data: &SplitRows<'_>,
    split: &SplitSpec,
    cv: &CvSpec,
    k: usize,
    seed: u64,
) -> Result<Vec<Fold>, SplitError> {
    check(data)?;
    if k < 2 || k > data.rows.len() {
        return Err(SplitError::Folds {
            k,
            n_rows: data.rows.len(),
        });
    }
    check_classes(data)?;
    let method = match (cv.method, split.method) {
        (SplitMethod::Auto, SplitMethod::Random) | (SplitMethod::Auto, SplitMethod::Stratified) => {
            SplitMethod::Auto
        }
        (SplitMethod::Auto, of_split) => of_split,
        (of_folds, _) => of_folds,
    };
    if cv.repeats == 0 || cv.repeats > MAX_REPEATS {
        return Err(SplitError::Repeats(cv.repeats));
    }
    if method == SplitMethod::Time {
        if cv.repeats > 1 {
            return Err(SplitError::RepeatedTime);
        }
        let folds = Timeline::new(data).folds(k, split.gap as usize, cv.window)?;
        return checked(data.target, folds, k);
    }
    let mut all = Vec::with_capacity(k * cv.repeats as usize);
    for repeat in 0..u64::from(cv.repeats) {
        let seed = seed.wrapping_add(repeat.wrapping_mul(BETWEEN_SEEDS));
        let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
        let validations = validations(data, method, k, &mut random)?;
        let folds = around(data.rows, validations);
        all.extend(checked(data.target, folds, k)?);
    }
    Ok(all)
}

/// The validation rows of each of `k` folds.
fn validations(
    data: &SplitRows<'_>,
    method: SplitMethod,
    k: usize,
    random: &mut Xoshiro256PlusPlus,
) -> Result<Vec<Vec<usize>>, SplitError> {
    let parts = match (method, groups::indices(data.target)) {
        (SplitMethod::Grouped, _) => return Ok(groups::folds(members(data, k)?, k, random)),
        (SplitMethod::StratifiedGrouped, Some(indices)) => {
            let members = members(data, k)?;
            return Ok(groups::stratified_folds(members, indices, k, Some(random)));
        }
        (SplitMethod::Stratified | SplitMethod::StratifiedGrouped, None) => {
            return Err(SplitError::NotClasses);
        }
        (SplitMethod::Random, _) => vec![draw::ascending(data.rows)],
        _ => classes::parts(data.target, data.rows),
    };
    // Dealing class after class without a break keeps both the folds and the classes in them even.
    let mut dealt: Vec<usize> = Vec::with_capacity(data.rows.len());
    for mut part in parts {
        shuffle(&mut part, random);
        dealt.extend(part);
    }
    Ok((0..k)
        .map(|fold| dealt.iter().skip(fold).step_by(k).copied().collect())
        .collect())
}

/// Each part of the rows as validation, the others as training rows.
fn around(rows: &[usize], validations: Vec<Vec<usize>>) -> Vec<Fold> {
    let rows = draw::ascending(rows);
    validations
        .into_iter()
        .map(|mut validation| {
            validation.sort_unstable();
            let train = rows
                .iter()
                .filter(|row| validation.binary_search(row).is_err())
                .copied()
                .collect();
            Fold { train, validation }
        })
        .collect()
}

fn checked(target: &Target, folds: Vec<Fold>, k: usize) -> Result<Vec<Fold>, SplitError> {
    for (index, fold) in folds.iter().enumerate() {
        if let Some(class) = only_class(target, &fold.train) {
            return Err(SplitError::OneClassFold {
                fold: index + 1,
                k,
                class,
            });
        }
    }
    Ok(folds)
}

fn members(data: &SplitRows<'_>, needed: usize) -> Result<Vec<Vec<usize>>, SplitError> {
    let groups = data.groups.ok_or(SplitError::NoGroups)?;
    let members = groups::members(data.rows, groups);
    if members.len() < needed {
        return Err(SplitError::TooFewGroups {
            found: members.len(),
            needed,
        });
    }
    Ok(members)
}

/// The same things in an order that the seed decides, equal on every machine and in every release.
pub fn shuffled<T>(mut things: Vec<T>, seed: u64) -> Vec<T> {
    shuffle(&mut things, &mut Xoshiro256PlusPlus::seed_from_u64(seed));
    things
}

fn check(data: &SplitRows<'_>) -> Result<(), SplitError> {
    let n_rows = data.target.n_rows();
    if let Some(&row) = data.rows.iter().find(|&&row| row >= n_rows) {
        return Err(SplitError::RowOutOfRange { row, n_rows });
    }
    if data.rows.len() < MIN_ROWS {
        return Err(SplitError::TooFewRows {
            found: data.rows.len(),
        });
    }
    Ok(())
}

fn check_classes(data: &SplitRows<'_>) -> Result<(), SplitError> {
    match only_class(data.target, data.rows) {
        Some(class) => Err(SplitError::OneClass { class }),
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
