//! Curves smoothed and cut to pixels.

use assay_core::curves::{Frame, buckets, smooth};
use proptest::prelude::*;
use serde::Deserialize;

#[derive(Deserialize)]
struct Golden {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    weight: f64,
    values: Vec<f64>,
    smoothed: Vec<f64>,
}

#[test]
fn smoothing_is_the_weighted_mean_without_bias() {
    let golden: Golden = serde_json::from_str(include_str!("../golden/smoothing.json")).unwrap();
    assert_eq!(golden.cases.len(), 5);
    for case in golden.cases {
        let found = smooth(&case.values, case.weight);
        for (found, expected) in found.iter().zip(&case.smoothed) {
            assert!(
                (found - expected).abs() < 1e-9,
                "{} {found} {expected}",
                case.weight
            );
        }
    }
}

#[test]
fn what_is_no_number_stays_and_counts_nothing() {
    let nan = f64::NAN;
    let found = smooth(&[1.0, nan, 2.0, f64::INFINITY], 0.5);
    assert_eq!(found[0], 1.0);
    assert!(found[1].is_nan());
    assert_eq!(found[2], smooth(&[1.0, 2.0], 0.5)[1]);
    assert_eq!(found[3], f64::INFINITY);
    assert_eq!(smooth(&[0.1; 9], 0.9), [0.1; 9]);
    assert_eq!(smooth(&[3.0, 4.0], 0.0), [3.0, 4.0]);
    assert!(smooth(&[], 0.9).is_empty());
}

#[test]
fn few_points_are_told_one_by_one_with_their_neighbours() {
    let x: Vec<f64> = (0..10).map(f64::from).collect();
    let frame = |from, to, width, log| Frame {
        from,
        to,
        width,
        log,
    };
    for (frame, expected) in [
        (
            frame(0.0, 9.0, 10, false),
            vec![0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0],
        ),
        (frame(2.5, 4.5, 10, false), vec![2.0, 3.0, 4.0, 5.0]),
        (frame(3.2, 3.4, 10, false), vec![3.0, 4.0]),
        (frame(0.0, 9.0, 2, false), vec![4.0, 9.0]),
        // Columns of one logarithm: 1 to 3, 3 to 9.
        (frame(1.0, 9.0, 2, true), vec![0.0, 2.0, 9.0]),
        (frame(20.0, 30.0, 5, false), vec![]),
        (frame(4.0, 4.0, 5, false), vec![3.0, 4.0, 5.0]),
    ] {
        assert_eq!(buckets(&x, &x, &[], &frame).x, expected, "{frame:?}");
    }
}

proptest! {
    #![proptest_config(crate::law())]

    #[test]
    fn buckets_lose_no_point_and_no_spike(
        mut x in prop::collection::vec(0.0..1e6_f64, 1..400),
        seed in prop::collection::vec(-1e3..1e3_f64, 400),
        width in 1_u32..120,
        log in any::<bool>(),
    ) {
        x.sort_by(f64::total_cmp);
        let x: Vec<f64> = x.into_iter().map(|x| x + 1.0).collect();
        let values = &seed[..x.len()];
        let frame = Frame { from: x[0], to: x[x.len() - 1], width, log };
        let found = buckets(&x, values, values, &frame);
        prop_assert_eq!(found.n_shown as usize, x.len());
        prop_assert!(found.x.len() <= width as usize || found.x.len() == x.len());
        prop_assert!(found.x.is_sorted());
        let least = |values: &[f64]| values.iter().copied().reduce(f64::min);
        let most = |values: &[f64]| values.iter().copied().reduce(f64::max);
        prop_assert_eq!(least(&found.min), least(values));
        prop_assert_eq!(most(&found.max), most(values));
        prop_assert_eq!(found.last.last(), values.last());
        prop_assert_eq!(&found.last, &found.smoothed);
        for (index, last) in found.last.iter().enumerate() {
            prop_assert!(found.min[index] <= *last && *last <= found.max[index]);
        }
    }
}
