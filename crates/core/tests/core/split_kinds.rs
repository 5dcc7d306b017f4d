//! Splits by groups and by time: against scikit-learn's splitters (golden/split.json) and by their laws.

use std::collections::BTreeMap;

use assay_core::matrix::Target;
use assay_core::schema::ColumnType;
use assay_core::split::{Fold, SplitError, SplitRows, folds, hold_out};
use assay_core::train::{CvSpec, CvWindow, SplitMethod, SplitSpec};
use proptest::prelude::*;
use serde::Deserialize;

use crate::law;

#[derive(Deserialize)]
struct Golden {
    time: Vec<TimeCase>,
    groups: Vec<GroupCase>,
}

#[derive(Deserialize)]
struct TimeCase {
    n: usize,
    k: usize,
    gap: u32,
    max_train_rows: Option<u32>,
    folds: Vec<(Vec<usize>, Vec<usize>)>,
}

#[derive(Deserialize)]
struct GroupCase {
    k: usize,
    groups: Vec<u32>,
    /// Rows of each fold, ascending.
    sizes: Vec<usize>,
}

fn golden() -> Golden {
    serde_json::from_str(include_str!("../golden/split.json")).expect("golden file")
}

fn numbers(n: usize) -> Target {
    Target::Values((0..n).map(|i| i as f64).collect())
}

fn classes(indices: &[u32]) -> Target {
    Target::Classes {
        classes: (0..3).map(|i| format!("c{i}")).collect(),
        kind: ColumnType::Text,
        indices: indices.to_vec(),
    }
}

fn spec(method: SplitMethod) -> SplitSpec {
    SplitSpec {
        method,
        ..SplitSpec::default()
    }
}

#[test]
fn folds_by_time_are_those_of_scikit_learn() {
    for case in golden().time {
        let target = numbers(case.n);
        let rows: Vec<usize> = (0..case.n).collect();
        let split = SplitSpec {
            gap: case.gap,
            ..spec(SplitMethod::Time)
        };
        let cv = CvSpec {
            window: case
                .max_train_rows
                .map_or(CvWindow::Expanding, |max_train_rows| CvWindow::Sliding {
                    max_train_rows,
                }),
            ..CvSpec::default()
        };
        let found = folds(&SplitRows::new(&target, &rows), &split, &cv, case.k, 0);
        let wanted: Vec<Fold> = case
            .folds
            .into_iter()
            .map(|(train, validation)| Fold { train, validation })
            .collect();
        assert_eq!(found, Ok(wanted), "{} rows, {} folds", case.n, case.k);
    }
}

#[test]
fn folds_of_groups_are_as_even_as_those_of_scikit_learn() {
    for case in golden().groups {
        let target = numbers(case.groups.len());
        let rows: Vec<usize> = (0..case.groups.len()).collect();
        let data = SplitRows {
            groups: Some(&case.groups),
            ..SplitRows::new(&target, &rows)
        };
        for seed in 0..3 {
            let folds = folds(
                &data,
                &spec(SplitMethod::Grouped),
                &CvSpec::default(),
                case.k,
                seed,
            );
            let mut sizes: Vec<usize> = folds
                .expect("folds")
                .iter()
                .map(|fold| fold.validation.len())
                .collect();
            sizes.sort_unstable();
            assert_eq!(sizes, case.sizes, "{} folds, seed {seed}", case.k);
        }
    }
}

#[test]
fn what_groups_and_times_do_not_allow_is_said() {
    let target = numbers(10);
    let rows: Vec<usize> = (0..10).collect();
    let plain = SplitRows::new(&target, &rows);
    let one_group = [7; 10];
    let one_time = [3; 10];
    let three_times = [1, 1, 1, 1, 1, 1, 2, 2, 2, 3];
    let grouped = SplitRows {
        groups: Some(&one_group),
        ..plain
    };
    let same_time = SplitRows {
        times: Some(&one_time),
        ..plain
    };
    let few_times = SplitRows {
        times: Some(&three_times),
        ..plain
    };
    let time = |gap| SplitSpec {
        gap,
        ..spec(SplitMethod::Time)
    };
    let cv = |repeats| CvSpec {
        repeats,
        ..CvSpec::default()
    };
    for (error, found) in [
        (
            SplitError::NoGroups,
            hold_out(&plain, &spec(SplitMethod::Grouped), 0).err(),
        ),
        (
            SplitError::TooFewGroups {
                found: 1,
                needed: 2,
            },
            hold_out(&grouped, &spec(SplitMethod::Grouped), 0).err(),
        ),
        (
            SplitError::TooFewGroups {
                found: 1,
                needed: 3,
            },
            folds(&grouped, &spec(SplitMethod::Grouped), &cv(1), 3, 0).err(),
        ),
        (
            SplitError::NotClasses,
            hold_out(&grouped, &spec(SplitMethod::StratifiedGrouped), 0).err(),
        ),
        (SplitError::OneTime, hold_out(&same_time, &time(0), 0).err()),
        (
            SplitError::Gap { gap: 7, n_rows: 8 },
            hold_out(&plain, &time(7), 0).err(),
        ),
        (
            SplitError::FewTimes { k: 4 },
            folds(&few_times, &time(0), &cv(1), 4, 0).err(),
        ),
        (
            SplitError::RepeatedTime,
            folds(&plain, &time(0), &cv(2), 2, 0).err(),
        ),
        (
            SplitError::Repeats(0),
            folds(&plain, &spec(SplitMethod::Auto), &cv(0), 2, 0).err(),
        ),
    ] {
        assert_eq!(found, Some(error.clone()), "{error}");
    }
}

/// Rows with a class, a group and a time.
fn rows() -> impl Strategy<Value = Vec<(u32, u32, i64)>> {
    prop::collection::vec((0u32..3, 0u32..12, 0i64..20), 3..80)
}

fn unzip(rows: &[(u32, u32, i64)]) -> (Target, Vec<u32>, Vec<i64>, Vec<usize>) {
    let indices: Vec<u32> = rows.iter().map(|row| row.0).collect();
    (
        classes(&indices),
        rows.iter().map(|row| row.1).collect(),
        rows.iter().map(|row| row.2).collect(),
        (0..rows.len()).collect(),
    )
}

proptest! {
    #![proptest_config(law())]

    #[test]
    fn groups_are_never_cut(rows in rows(), k in 2usize..6, seed in any::<u64>(), stratified in any::<bool>()) {
        let (target, groups, _, all) = unzip(&rows);
        let data = SplitRows { groups: Some(&groups), ..SplitRows::new(&target, &all) };
        let method = if stratified { SplitMethod::StratifiedGrouped } else { SplitMethod::Grouped };
        let mut pairs = Vec::new();
        if let Ok(split) = hold_out(&data, &spec(method), seed) {
            pairs.push((split.train, split.test));
        }
        if let Ok(folds) = folds(&data, &spec(method), &CvSpec::default(), k, seed) {
            let mut validated: Vec<usize> = folds.iter().flat_map(|fold| fold.validation.clone()).collect();
            validated.sort_unstable();
            prop_assert_eq!(&validated, &all);
            pairs.extend(folds.into_iter().map(|fold| (fold.train, fold.validation)));
        }
        for (train, test) in pairs {
            prop_assert!(!train.is_empty() && !test.is_empty());
            let mut both = [train.clone(), test.clone()].concat();
            both.sort_unstable();
            prop_assert_eq!(&both, &all);
            let mut sides: BTreeMap<u32, bool> = BTreeMap::new();
            for (rows, side) in [(&train, false), (&test, true)] {
                for &row in rows {
                    prop_assert_eq!(*sides.entry(groups[row]).or_insert(side), side);
                }
            }
        }
    }

    #[test]
    fn training_comes_before_testing_with_the_gap_between(
        rows in rows(),
        k in 2usize..5,
        gap in 0u32..6,
        by_column in any::<bool>(),
        sliding in prop::option::of(1u32..30),
    ) {
        let (target, _, times, all) = unzip(&rows);
        let data = SplitRows { times: by_column.then_some(times.as_slice()), ..SplitRows::new(&target, &all) };
        let split = SplitSpec { gap, ..spec(SplitMethod::Time) };
        let window = sliding.map_or(CvWindow::Expanding, |max_train_rows| CvWindow::Sliding { max_train_rows });
        let cv = CvSpec { window, ..CvSpec::default() };
        let mut order = all.clone();
        if by_column {
            order.sort_by_key(|&row| times[row]);
        }
        let place = |row: usize| order.iter().position(|&other| other == row).expect("a place");
        let mut pairs = Vec::new();
        if let Ok(hold_out) = hold_out(&data, &split, 0) {
            prop_assert!(hold_out.test.contains(order.last().expect("a row")));
            pairs.push((hold_out.train, hold_out.test));
        }
        if let Ok(folds) = folds(&data, &split, &cv, k, 0) {
            prop_assert_eq!(folds.len(), k);
            if let Some(most) = sliding {
                prop_assert!(folds.iter().all(|fold| fold.train.len() <= most as usize));
            }
            let mut validated: Vec<usize> = folds.iter().flat_map(|fold| fold.validation.clone()).collect();
            let n_validated = validated.len();
            validated.sort_unstable();
            validated.dedup();
            prop_assert_eq!(validated.len(), n_validated);
            pairs.extend(folds.into_iter().map(|fold| (fold.train, fold.validation)));
        }
        for (train, test) in pairs {
            let last = train.iter().map(|&row| place(row)).max().expect("a training row");
            let first = test.iter().map(|&row| place(row)).min().expect("a test row");
            prop_assert!(last + (gap as usize) < first);
            if by_column {
                prop_assert!(times[order[last]] < times[order[first]]);
            }
        }
    }

    #[test]
    fn repeats_are_different_partitions(n in 12usize..60, k in 2usize..5, seed in any::<u64>()) {
        let target = numbers(n);
        let all: Vec<usize> = (0..n).collect();
        let data = SplitRows::new(&target, &all);
        let cv = CvSpec { repeats: 3, ..CvSpec::default() };
        let repeated = folds(&data, &SplitSpec::default(), &cv, k, seed).expect("folds");
        prop_assert_eq!(repeated.len(), 3 * k);
        for folds in repeated.chunks(k) {
            let mut validated: Vec<usize> = folds.iter().flat_map(|fold| fold.validation.clone()).collect();
            validated.sort_unstable();
            prop_assert_eq!(&validated, &all);
        }
        prop_assert_ne!(&repeated[..k], &repeated[k..2 * k]);
        let once = folds(&data, &SplitSpec::default(), &CvSpec::default(), k, seed).expect("folds");
        prop_assert_eq!(&repeated[..k], &once[..]);
    }
}
