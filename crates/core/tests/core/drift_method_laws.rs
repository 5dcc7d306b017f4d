//! What holds of every drift method, whatever the data.

use assay_core::drift::{ColumnSketch, Measured, Method, Mode, measure, sketch_column};
use assay_core::matrix::RawValues;
use proptest::prelude::*;
use proptest::test_runner::Config;

/// Fewer cases than elsewhere: each tries three modes of nineteen methods.
fn law() -> Config {
    Config {
        cases: 32,
        ..crate::law()
    }
}

fn column() -> impl Strategy<Value = Vec<f64>> {
    let value = prop_oneof![
        3 => (-50i32..50).prop_map(f64::from),
        4 => (-5000i32..5000).prop_map(|i| f64::from(i) / 64.0),
        1 => Just(0.0),
        1 => Just(f64::NAN),
    ];
    prop::collection::vec(value, 12..90)
}

fn categories() -> impl Strategy<Value = Vec<Option<String>>> {
    prop::collection::vec(prop::option::weighted(0.9, "[a-f]"), 12..90)
}

fn numeric(values: &[f64]) -> ColumnSketch {
    sketch_column("x", &RawValues::Numbers(values.to_vec()))
}

fn categorical(values: &[Option<String>]) -> ColumnSketch {
    sketch_column("x", &RawValues::Texts(values.to_vec()))
}

fn all_of(a: &ColumnSketch, b: &ColumnSketch) -> Vec<(Method, Mode, Measured)> {
    let modes = Mode::ALL.into_iter();
    modes
        .flat_map(|mode| Method::ALL.into_iter().map(move |method| (method, mode)))
        .filter_map(|(method, mode)| Some((method, mode, measure(method, mode, a, b)?)))
        .collect()
}

/// Distances that cannot exceed 1.
fn is_unit(method: Method, mode: Mode) -> bool {
    match method {
        Method::KolmogorovSmirnov
        | Method::JensenShannon
        | Method::Hellinger
        | Method::LInfinity => true,
        Method::TotalVariation => mode != Mode::NannyMl,
        _ => false,
    }
}

fn near(a: f64, b: f64, tolerance: f64) -> bool {
    (a - b).abs() <= tolerance * a.abs().max(b.abs()).max(1.0)
}

/// Without direction: the size of the statistic, and the p-value, whichever side is the reference.
fn has_no_direction(method: Method, mode: Mode) -> bool {
    match method {
        Method::KolmogorovSmirnov => mode != Mode::NannyMl,
        Method::AndersonDarling
        | Method::CramerVonMises
        | Method::EppsSingleton
        | Method::TTest
        | Method::FisherExact => true,
        Method::Energy | Method::JensenShannon | Method::Hellinger => mode == Mode::Evidently,
        Method::Wasserstein => mode == Mode::NannyMl,
        _ => false,
    }
}

proptest! {
    #![proptest_config(law())]

    #[test]
    fn nothing_is_measured_where_nothing_changed(a in column(), c in categories()) {
        let mut turned = a.clone();
        turned.reverse();
        let found = all_of(&numeric(&a), &numeric(&turned));
        for (method, mode, measured) in found.into_iter().chain(all_of(&categorical(&c), &categorical(&c))) {
            if let Some(p) = measured.p_value {
                prop_assert!(p >= 0.25, "{method} {mode}: p {p}");
            } else {
                prop_assert!(measured.statistic.abs() < 1e-7, "{method} {mode}: {}", measured.statistic);
            }
            let no_effect = method == Method::Mmd || measured.effect.abs() < 1e-7;
            prop_assert!(no_effect, "{method} {mode}: {}", measured.effect);
        }
    }

    #[test]
    fn measures_stay_in_their_bounds(a in column(), b in column(), c in categories(), d in categories()) {
        let found = all_of(&numeric(&a), &numeric(&b));
        for (method, mode, measured) in found.into_iter().chain(all_of(&categorical(&c), &categorical(&d))) {
            prop_assert!(measured.p_value.is_none_or(|p| (0.0..=1.0).contains(&p)), "{method} {mode}");
            prop_assert!(measured.effect >= 0.0 && measured.effect.is_finite(), "{method} {mode}");
            if is_unit(method, mode) {
                prop_assert!((0.0..=1.0).contains(&measured.statistic), "{method} {mode}: {}", measured.statistic);
            }
            if measured.p_value.is_none() {
                prop_assert!(measured.statistic >= -1e-12, "{method} {mode}: {}", measured.statistic);
            }
        }
    }

    #[test]
    fn the_order_of_rows_does_not_matter(a in column(), b in column(), turn in any::<prop::sample::Index>()) {
        let (mut c, mut d) = (a.clone(), b.clone());
        c.rotate_left(turn.index(a.len()));
        d.reverse();
        prop_assert_eq!(all_of(&numeric(&a), &numeric(&b)), all_of(&numeric(&c), &numeric(&d)));
    }

    #[test]
    fn some_methods_have_no_direction(a in column(), b in column(), c in categories(), d in categories()) {
        let there = all_of(&numeric(&a), &numeric(&b)).into_iter().chain(all_of(&categorical(&c), &categorical(&d)));
        let back = |method, mode, numeric_kind: bool| if numeric_kind {
            measure(method, mode, &numeric(&b), &numeric(&a))
        } else {
            measure(method, mode, &categorical(&d), &categorical(&c))
        };
        let n_numeric = all_of(&numeric(&a), &numeric(&b)).len();
        for (place, (method, mode, measured)) in there.enumerate() {
            if !has_no_direction(method, mode) {
                continue;
            }
            // Evidently bins by the number of values of the reference.
            let by_reference = mode == Mode::Evidently && method == Method::JensenShannon && place < n_numeric;
            let Some(other) = back(method, mode, place < n_numeric).filter(|_| !by_reference) else {
                continue;
            };
            prop_assert!(near(measured.statistic.abs(), other.statistic.abs(), 1e-7), "{method} {mode}");
            if let (Some(p), Some(q)) = (measured.p_value, other.p_value) {
                prop_assert!(near(p, q, 1e-7), "{method} {mode}: {p} {q}");
            }
        }
    }

    /// Powers of two keep the arithmetic exact, so that ties stay ties.
    #[test]
    fn the_unit_of_measurement_does_not_matter_in_the_textbook(
        a in column(), b in column(), exponent in -4i32..5, offset in -8i32..8,
    ) {
        let convert = |values: &[f64]| -> Vec<f64> {
            values.iter().map(|v| v * 2f64.powi(exponent) + f64::from(offset)).collect()
        };
        let varied = a.iter().filter(|v| v.is_finite()).any(|v| *v != a[0]) && a[0].is_finite();
        for method in Method::ALL {
            // A reference of which half of the pairs are the same value has no unit for the kernel.
            if !varied || method == Method::Mmd {
                continue;
            }
            let before = measure(method, Mode::Textbook, &numeric(&a), &numeric(&b));
            let after = measure(method, Mode::Textbook, &numeric(&convert(&a)), &numeric(&convert(&b)));
            match (before, after) {
                (Some(before), Some(after)) => {
                    prop_assert!(near(before.statistic, after.statistic, 1e-6), "{method}: {before:?} {after:?}");
                    let (p, q) = (before.p_value.unwrap_or(1.0), after.p_value.unwrap_or(1.0));
                    prop_assert!(near(p, q, 1e-6), "{method}: {p} {q}");
                }
                (before, after) => prop_assert_eq!(before, after),
            }
        }
    }
}
