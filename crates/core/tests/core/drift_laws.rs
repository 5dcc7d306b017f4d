//! What holds of every distance, whatever the data.

use assay_core::drift::{
    ColumnDrift, DriftRule, Verdict, bins_over, compare_column, counts, judge, reference_counts,
    sketch_column,
};
use assay_core::matrix::RawValues;
use proptest::prelude::*;

use crate::law;

/// Numbers with many ties, some missing.
fn column() -> impl Strategy<Value = Vec<f64>> {
    let value = prop_oneof![
        3 => (-50i32..50).prop_map(f64::from),
        2 => (-500i32..500).prop_map(|i| f64::from(i) / 64.0),
        1 => Just(0.0),
        1 => Just(f64::NAN),
    ];
    prop::collection::vec(value, 1..120)
}

fn categories() -> impl Strategy<Value = Vec<Option<String>>> {
    prop::collection::vec(prop::option::weighted(0.9, "[a-f]"), 1..120)
}

fn drift(reference: &[f64], window: &[f64]) -> ColumnDrift {
    let reference = sketch_column("x", &RawValues::Numbers(reference.to_vec()));
    compare_column(&reference, &RawValues::Numbers(window.to_vec()))
}

fn text_drift(reference: &[Option<String>], window: &[Option<String>]) -> ColumnDrift {
    let reference = sketch_column("x", &RawValues::Texts(reference.to_vec()));
    compare_column(&reference, &RawValues::Texts(window.to_vec()))
}

fn near(a: Option<f64>, b: Option<f64>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => (a - b).abs() <= 1e-9 * a.abs().max(1.0),
        (a, b) => a == b,
    }
}

fn in_bounds(drift: &ColumnDrift) -> bool {
    let unit = |value: Option<f64>| value.is_none_or(|v| (0.0..=1.0).contains(&v));
    let positive = |value: Option<f64>| value.is_none_or(|v| v >= 0.0 && v.is_finite());
    unit(drift.jensen_shannon)
        && unit(drift.ks_statistic)
        && unit(drift.p_value)
        && positive(drift.psi)
        && positive(drift.wasserstein)
        && positive(drift.chi_square)
        && drift.n_missing <= drift.n_rows
        && drift.n_outside <= drift.n_values()
}

proptest! {
    #![proptest_config(law())]

    #[test]
    fn nothing_moves_when_nothing_changes(mut values in column(), texts in categories()) {
        let reference = sketch_column("x", &RawValues::Numbers(values.clone()));
        values.reverse();
        let mut columns = [
            compare_column(&reference, &RawValues::Numbers(values)),
            text_drift(&texts, &texts),
        ];
        let mut text_reference = sketch_column("x", &RawValues::Texts(texts));
        text_reference.name = "text".to_owned();
        columns[1].column = "text".to_owned();
        judge(&mut columns, &[reference, text_reference], &DriftRule::default());
        for column in columns {
            prop_assert_ne!(column.verdict, Verdict::Drifted);
            if column.n_values() == 0 {
                continue;
            }
            prop_assert_eq!(column.jensen_shannon, Some(0.0));
            prop_assert_eq!(column.psi, Some(0.0));
            prop_assert_eq!(column.p_value, Some(1.0));
            prop_assert!(near(column.ks_statistic.or(column.chi_square), Some(0.0)));
            prop_assert_eq!((column.n_outside, column.n_unseen), (0, 0));
            if column.n_values() >= 30 {
                prop_assert_eq!(column.verdict, Verdict::Stable);
            }
        }
    }

    #[test]
    fn measures_stay_in_their_bounds(
        a in column(), b in column(), c in categories(), d in categories(),
    ) {
        prop_assert!(in_bounds(&drift(&a, &b)));
        prop_assert!(in_bounds(&text_drift(&c, &d)));
    }

    #[test]
    fn the_order_of_rows_does_not_matter(a in column(), b in column(), turn in any::<prop::sample::Index>()) {
        let (mut c, mut d) = (a.clone(), b.clone());
        c.rotate_left(turn.index(a.len()));
        d.reverse();
        prop_assert_eq!(drift(&a, &b), drift(&c, &d));
    }

    #[test]
    fn some_distances_have_no_direction(
        a in column(), b in column(), c in categories(), d in categories(),
    ) {
        let (there, back) = (drift(&a, &b), drift(&b, &a));
        if there.p_value.is_some() && back.p_value.is_some() {
            prop_assert!(near(there.ks_statistic, back.ks_statistic));
            prop_assert!(near(there.p_value, back.p_value));
        }
        let (there, back) = (text_drift(&c, &d), text_drift(&d, &c));
        if there.p_value.is_some() && back.p_value.is_some() {
            prop_assert!(near(there.jensen_shannon, back.jensen_shannon));
        }
    }

    /// Powers of two and small integers keep the arithmetic exact, so ties stay ties.
    #[test]
    fn the_unit_of_measurement_does_not_matter(
        a in column(), b in column(), exponent in -4i32..5, offset in -8i32..8,
    ) {
        let convert = |values: &[f64]| -> Vec<f64> {
            values.iter().map(|v| v * 2f64.powi(exponent) + f64::from(offset)).collect()
        };
        let (before, after) = (drift(&a, &b), drift(&convert(&a), &convert(&b)));
        prop_assert_eq!(before.ks_statistic, after.ks_statistic);
        prop_assert_eq!(before.p_value, after.p_value);
        prop_assert_eq!(before.psi, after.psi);
        prop_assert_eq!(before.jensen_shannon, after.jensen_shannon);
        prop_assert_eq!(before.n_outside, after.n_outside);
    }

    #[test]
    fn every_value_is_in_one_bin(a in column(), b in column()) {
        let (reference, log) = (RawValues::Numbers(a), RawValues::Numbers(b));
        let sketch = sketch_column("x", &reference);
        let shared = bins_over(&sketch, &log);
        for (counts, n) in [
            (counts(&shared, &log), drift_values(&log)),
            (counts(&shared, &reference), drift_values(&reference)),
            (reference_counts(&shared, &sketch), sketch.n_values()),
        ] {
            prop_assert!((20..=30).contains(&counts.len()) || n == 0);
            prop_assert_eq!(counts.iter().sum::<u64>(), n);
        }
        if sketch.n_values() > 0 {
            prop_assert_eq!(reference_counts(&shared, &sketch), counts(&shared, &reference));
        }
    }
}

fn drift_values(values: &RawValues) -> u64 {
    match values {
        RawValues::Numbers(numbers) => numbers.iter().filter(|n| n.is_finite()).count() as u64,
        RawValues::Texts(texts) => texts.iter().flatten().count() as u64,
    }
}
