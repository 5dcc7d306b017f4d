//! Laws of drift over several columns: correlation, and whether rows can be told apart.

use std::convert::Infallible;

use assay_core::Task;
use assay_core::drift::multivariate::{
    CorrelationReference, DomainFold, DomainReference, JudgedBy, MAX_SAMPLE_ROWS,
    MultivariateError, PcaReference, ReconstructionTally, RowEncoding, RowSample, WindowLimits,
    draw, judge_domain,
};
use assay_core::matrix::{Columns, RawColumn, RawValues};
use proptest::prelude::*;

use crate::drift_estimates::mixed;
use crate::uniform::Uniform;
use crate::{assert_close, law};

/// `a` and `b` with the correlation asked for, `c` beside them.
fn correlated(seed: u64, n: usize, r: f64, unit: f64) -> Columns {
    let mut uniform = Uniform::new(seed);
    let mut columns = [const { Vec::new() }; 3];
    for _ in 0..n {
        let (x, y, z) = (uniform.normal(), uniform.normal(), uniform.normal());
        let row = [x, r * x + (1.0 - r * r).sqrt() * y, z];
        columns
            .iter_mut()
            .zip(row)
            .for_each(|(column, value)| column.push(value * unit));
    }
    let [a, b, c] = columns;
    table(vec![("a", a), ("b", b), ("c", c)])
}

fn table(columns: Vec<(&str, Vec<f64>)>) -> Columns {
    Columns {
        n_rows: columns.first().map_or(0, |(_, values)| values.len()),
        columns: columns
            .into_iter()
            .map(|(name, values)| RawColumn {
                name: name.to_owned(),
                values: RawValues::Numbers(values),
            })
            .collect(),
    }
}

#[test]
fn a_pair_that_lets_go_is_named() {
    let reference = CorrelationReference::fit(&correlated(1, 4_000, 0.8, 1.0), 10).unwrap();
    let judged = |window: &Columns| {
        let mut tally = reference.tally();
        reference.add(&mut tally, window);
        reference
            .change(&tally, &reference.limits_by(JudgedBy::Stretches))
            .unwrap()
    };
    let same = judged(&correlated(2, 400, 0.8, 1.0));
    assert!(!same.alert, "{same:?}");
    assert!(
        same.pairs
            .iter()
            .all(|pair| pair.p_adjusted.unwrap() > 0.01),
        "{same:?}"
    );
    let apart = judged(&correlated(6, 400, 0.2, 1.0));
    assert!(apart.alert && apart.statistic > same.statistic);
    let first = &apart.pairs[0];
    assert_eq!((first.first.as_str(), first.second.as_str()), ("a", "b"));
    // numpy 2.4.6 `corrcoef` and scipy 1.16.3 `2 * norm.sf(|z - z0| / sqrt(1 / 3997 + 1 / 397))`, z = arctanh.
    assert_close("reference", first.reference, 0.799_002_736_506_145_5, 1e-12);
    assert_close("window", first.window, 0.217_572_710_380_427_22, 1e-12);
    assert_close("norm", apart.statistic, 0.335_781_889_034_515_95, 1e-12);
    let p = first.p_value.unwrap();
    assert!((p / 4.741_655_773_109_025_5e-62 - 1.0).abs() < 1e-9, "{p}");
    assert!((first.p_adjusted.unwrap() / p - 3.0).abs() < 1e-9);
    assert!(apart.pairs[1].p_adjusted.unwrap() > 0.01, "{apart:?}");
}

#[test]
fn rows_that_lack_one_value_count_for_the_other_pairs() {
    let mut window = correlated(5, 300, 0.5, 1.0);
    if let RawValues::Numbers(values) = &mut window.columns[2].values {
        values
            .iter_mut()
            .step_by(2)
            .for_each(|value| *value = f64::NAN);
    }
    let reference = CorrelationReference::fit(&correlated(4, 2_000, 0.5, 1.0), 10).unwrap();
    let pair_of = |window: &Columns, first: &str, second: &str| {
        let mut tally = reference.tally();
        reference.add(&mut tally, window);
        let change = reference
            .change(&tally, &reference.limits_by(JudgedBy::Stretches))
            .unwrap();
        change
            .pairs
            .into_iter()
            .find(|p| p.first == first && p.second == second)
            .unwrap()
    };
    let whole = correlated(5, 300, 0.5, 1.0);
    assert_close(
        "a, b",
        pair_of(&window, "a", "b").window,
        pair_of(&whole, "a", "b").window,
        1e-12,
    );
    let rows: Vec<usize> = (1..300).step_by(2).collect();
    let half = whole.take(&rows);
    assert_close(
        "a, c",
        pair_of(&window, "a", "c").window,
        pair_of(&half, "a", "c").window,
        1e-12,
    );
}

#[test]
fn too_little_is_said() {
    let one = table(vec![("a", vec![1.0, 2.0, 3.0])]);
    let small = MultivariateError::TooSmall {
        n_rows: 3,
        n_columns: 1,
    };
    assert_eq!(RowEncoding::fit(&one), Err(small.clone()));
    let constant = table(vec![("a", vec![1.0, 2.0, 3.0]), ("b", vec![5.0; 3])]);
    assert_eq!(CorrelationReference::fit(&constant, 2), Err(small));
    let mut uneven = table(vec![("a", vec![1.0; 3]), ("b", vec![1.0; 2])]);
    uneven.n_rows = 3;
    let wanted = MultivariateError::Lengths {
        column: "b".to_owned(),
        found: 2,
        n_rows: 3,
    };
    assert_eq!(RowEncoding::fit(&uneven), Err(wanted));
    let fitted = PcaReference::fit(&mixed(1, 200, false), 4, &Task::silent()).unwrap();
    assert_eq!(
        fitted.reconstruction(&ReconstructionTally::default(), &WindowLimits::Same(None)),
        None
    );
}

#[test]
fn a_lost_column_is_as_if_it_were_missing_throughout() {
    let fitted = PcaReference::fit(&mixed(1, 500, false), 4, &Task::silent()).unwrap();
    let window = mixed(2, 100, false);
    let (mut lost, mut empty) = (window.clone(), window);
    lost.columns.remove(0);
    empty.columns[0].values = RawValues::Numbers(vec![f64::NAN; 100]);
    let error = |rows: &Columns| {
        let mut tally = ReconstructionTally::default();
        fitted.add(&mut tally, rows);
        fitted
            .reconstruction(&tally, &WindowLimits::Same(None))
            .unwrap()
            .error
    };
    assert_close("error", error(&lost), error(&empty), 1e-12);
}

/// Judges by how much nearer a row lies to the mean of the window's training rows.
fn nearer(fold: &DomainFold<'_>) -> Result<Vec<f64>, Infallible> {
    let p = fold.n_columns;
    let mean = |of_window: bool, column: usize| {
        let rows = fold.train.chunks_exact(p).zip(fold.of_window);
        let values: Vec<f64> = rows
            .filter(|(_, of)| **of == of_window)
            .map(|(row, _)| row[column])
            .collect();
        values.iter().sum::<f64>() / values.len() as f64
    };
    let centres: Vec<(f64, f64)> = (0..p).map(|c| (mean(false, c), mean(true, c))).collect();
    let score = |row: &[f64]| -> f64 {
        row.iter()
            .zip(&centres)
            .map(|(x, (a, b))| (x - a).powi(2) - (x - b).powi(2))
            .sum()
    };
    Ok(fold.test.chunks_exact(p).map(score).collect())
}

#[test]
fn rows_of_another_world_are_told_apart() {
    let reference = DomainReference::fit(&mixed(1, 3_000, false), 5).unwrap();
    let judged = |shift: f64| {
        let mut rows = mixed(2, 1_500, false);
        if let RawValues::Numbers(values) = &mut rows.columns[0].values {
            values.iter_mut().for_each(|value| *value += shift);
        }
        let raw = reference.encoding.raw(&rows);
        let judged = reference.judge(&raw, JudgedBy::Stretches, nearer);
        judged.unwrap().unwrap()
    };
    let (same, other) = (judged(0.0), judged(100.0));
    assert_eq!((same.n_reference, same.n_window), (1_000, 1_000));
    assert!(!same.alert && (same.roc_auc - 0.5).abs() < 0.05, "{same:?}");
    assert!(other.alert && other.roc_auc > 0.95, "{other:?}");
    let few = judge_domain(&[1.0; 4], &[1.0; 40], 1, 0, JudgedBy::Stretches, nearer).unwrap();
    assert_eq!(few, None);
    let stopped = judge_domain(&[1.0; 40], &[1.0; 40], 1, 0, JudgedBy::Stretches, |_| {
        Err("cancelled")
    });
    assert_eq!(stopped, Err("cancelled"));
}

/// Rows `from` to `to` of a log whose rows hold their own number.
fn sample_of(from: u64, to: u64) -> RowSample {
    let drawn = draw(from, 0..(to - from) as usize);
    let values: Vec<f64> = drawn
        .places()
        .map(|place| from as f64 + place as f64)
        .collect();
    drawn.with(1, values)
}

#[test]
fn a_row_of_a_thin_part_is_as_likely_as_one_of_a_full_part() {
    // 100,000 rows of which 200 were kept, beside 20,000 of which 2,000 were.
    let mut sample = sample_of(0, 100_000);
    sample.shrink(200);
    sample.merge(&sample_of(100_000, 120_000));
    assert_eq!(sample.n_rows(), 200);
    let n_later = sample
        .values()
        .iter()
        .filter(|row| **row >= 100_000.0)
        .count();
    // A sixth of 200: within four standard deviations.
    assert!((12..=55).contains(&n_later), "{n_later}");
}

/// What a window like the reference comes to, at the length asked for: alerts of 200 windows.
fn false_alarms(n_rows: usize, chance: f64) -> (usize, usize) {
    let reference = correlated(1, 10_000, 0.6, 1.0);
    let pca = PcaReference::fit(&reference, 10, &Task::silent()).expect("enough rows");
    let correlation = CorrelationReference::fit(&reference, 10).expect("enough rows");
    let by = JudgedBy::Chance(chance);
    let (of_pca, of_correlation) = (pca.limits_by(by), correlation.limits_by(by));
    let mut alerts = (0, 0);
    for seed in 100..300 {
        let window = correlated(seed, n_rows, 0.6, 1.0);
        let mut tally = ReconstructionTally::default();
        pca.add(&mut tally, &window);
        let found = pca.reconstruction(&tally, &of_pca).expect("enough rows");
        alerts.0 += usize::from(found.alert);
        let mut tally = correlation.tally();
        correlation.add(&mut tally, &window);
        let found = correlation
            .change(&tally, &of_correlation)
            .expect("enough rows");
        alerts.1 += usize::from(found.alert);
    }
    alerts
}

#[test]
fn false_alarms_are_as_rare_as_asked_for_at_every_length() {
    for n_rows in [60, 300, 2_000] {
        let (pca, correlation) = false_alarms(n_rows, 0.05);
        // 10 of 200; the limits are known from 20 to 100 stretches alone.
        assert!(
            pca <= 24 && correlation <= 24,
            "{n_rows}: {pca}, {correlation}"
        );
        let (pca, correlation) = false_alarms(n_rows, 0.0005);
        assert!(
            pca <= 2 && correlation <= 2,
            "{n_rows}: {pca}, {correlation}"
        );
    }
}

proptest! {
    #![proptest_config(law())]

    /// However a log is cut into parts, and in whatever order they come.
    #[test]
    fn samples_of_parts_merge_to_that_of_the_whole(n in 1..9_000_u64, cuts in prop::collection::vec(0.0..1.0_f64, 3), most in 1..2_500_usize) {
        let mut whole = sample_of(0, n);
        whole.shrink(most);
        let mut ends: Vec<u64> = cuts.iter().map(|cut| (cut * n as f64) as u64).collect();
        ends.extend([0, n]);
        ends.sort_unstable();
        let mut sample = RowSample::default();
        for (at, part) in ends.windows(2).enumerate().rev() {
            sample.merge(&sample_of(part[0], part[1]));
            if at == 1 {
                sample.shrink(most);
            }
        }
        sample.shrink(most);
        prop_assert_eq!(sample.n_rows(), most.min(MAX_SAMPLE_ROWS).min(n as usize));
        prop_assert_eq!(sample, whole);
    }

    /// Units change nothing, parts add up, and a window that is the reference has not changed.
    #[test]
    fn correlation_knows_no_units_and_no_order(seed in 1..500_u64, r in -0.9..0.9_f64, unit in 0.01..100.0_f64) {
        let rows = correlated(seed, 300, r, 1.0);
        let reference = CorrelationReference::fit(&rows, 5).unwrap();
        let scaled = CorrelationReference::fit(&correlated(seed, 300, r, unit), 5).unwrap();
        let change = |reference: &CorrelationReference, unit: f64, cut: usize| {
            let window = correlated(seed + 1_000, 200, -r, unit);
            let (mut first, mut second) = (reference.tally(), reference.tally());
            reference.add(&mut first, &window.slice(0..cut));
            reference.add(&mut second, &window.slice(cut..200));
            assert!(second.merge(&first));
            reference.change(&second, &WindowLimits::Same(None)).unwrap()
        };
        let (ours, theirs) = (change(&reference, 1.0, 0), change(&scaled, unit, 83));
        prop_assert!((ours.statistic - theirs.statistic).abs() < 1e-9);
        prop_assert!((0.0..=2.0).contains(&ours.statistic));
        let mut same = reference.tally();
        reference.add(&mut same, &rows);
        let same = reference.change(&same, &WindowLimits::Same(None)).unwrap();
        prop_assert!(same.statistic < 1e-12);
        prop_assert!(same.pairs.iter().all(|pair| pair.p_adjusted.unwrap() > 0.999));
    }
}

#[test]
fn rows_that_are_put_together_without_an_error_leave_a_reference_that_can_be_read_again() {
    let numbers: Vec<f64> = (0..200).map(|row| f64::from(row % 7)).collect();
    let one = table(vec![("constant", vec![3.0; 200]), ("size", numbers)]);
    let fitted = PcaReference::fit(&one, 10, &Task::silent()).unwrap();
    let written = serde_json::to_string(&fitted).unwrap();
    assert_eq!(
        serde_json::from_str::<PcaReference>(&written).unwrap(),
        fitted
    );
}
