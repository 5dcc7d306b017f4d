//! Effect sizes against scipy and numpy (golden/effects.json), their words, and their laws.

use assay_core::version_diff::{
    EffectMeasure, Magnitude, category_effects, missing_effect, number_effects,
};
use proptest::prelude::*;
use serde::Deserialize;

use crate::{assert_close, law};

#[derive(Deserialize)]
struct Golden {
    numbers: Vec<Numbers>,
    categories: Vec<Categories>,
}

#[derive(Deserialize)]
struct Numbers {
    left: Ramp,
    right: Ramp,
    cohens_d: f64,
    kolmogorov_smirnov: f64,
}

#[derive(Deserialize)]
struct Categories {
    left: Vec<u64>,
    right: Vec<u64>,
    cramers_v: f64,
    jensen_shannon: f64,
}

#[derive(Deserialize)]
struct Ramp {
    n: u64,
    multiplier: u64,
    modulus: u64,
    offset: f64,
    scale: f64,
}

impl Ramp {
    fn values(&self) -> Vec<f64> {
        (0..self.n)
            .map(|i| {
                let share = ((i * self.multiplier) % self.modulus) as f64 / self.modulus as f64;
                self.offset + self.scale * share
            })
            .collect()
    }
}

#[test]
fn effects_are_those_of_scipy() {
    let golden: Golden = serde_json::from_str(include_str!("../golden/effects.json")).unwrap();
    for case in &golden.numbers {
        let (_, _, effects) = number_effects(&case.left.values(), &case.right.values()).unwrap();
        assert_eq!(effects[0].measure, EffectMeasure::CohensD);
        assert_close("d", effects[0].value, case.cohens_d, 1e-12);
        assert_close("KS", effects[1].value, case.kolmogorov_smirnov, 1e-12);
    }
    for case in &golden.categories {
        let counts: Vec<(u64, u64)> = case
            .left
            .iter()
            .copied()
            .zip(case.right.iter().copied())
            .collect();
        let effects = category_effects(&counts);
        assert_close("V", effects[0].value, case.cramers_v, 1e-12);
        assert_close("JS", effects[1].value, case.jensen_shannon, 1e-9);
    }
}

#[test]
fn words_follow_cohen() {
    for (left, right, word) in [
        (0.1, 0.1, Magnitude::None),
        (0.1, 0.2, Magnitude::Small),
        (0.1, 0.35, Magnitude::Medium),
        (0.9, 0.1, Magnitude::Large),
    ] {
        let effect = missing_effect(left, right);
        assert_eq!(
            effect.magnitude, word,
            "{left} to {right}: {}",
            effect.value
        );
        assert_eq!(effect.value > 0.0, right > left, "{left} to {right}");
    }
    // Two normal distributions half a standard deviation apart: a medium effect by either measure.
    let normal = |mean: f64| -> Vec<f64> {
        let quantile = |p: f64| 4.91 * (p.powf(0.14) - (1.0 - p).powf(0.14));
        (1..2_000)
            .map(|i| mean + quantile(f64::from(i) / 2_000.0))
            .collect()
    };
    let (_, _, effects) = number_effects(&normal(0.0), &normal(0.51)).unwrap();
    let words: Vec<_> = effects.iter().map(|effect| effect.magnitude).collect();
    assert_eq!(words, [Magnitude::Medium, Magnitude::Medium], "{effects:?}");
}

#[test]
fn what_cannot_be_compared_has_no_effect() {
    assert_eq!(number_effects(&[], &[1.0]), None);
    assert!(category_effects(&[(3, 0)]).is_empty());
    assert!(category_effects(&[]).is_empty());
    // One value each: there is no standard deviation to measure by, but the distance is whole.
    let (_, _, effects) = number_effects(&[1.0, 1.0], &[2.0]).unwrap();
    assert_eq!(effects.len(), 1);
    assert_close("KS", effects[0].value, 1.0, 0.0);
    let (_, _, effects) = number_effects(&[1.0], &[1.0]).unwrap();
    assert!(effects.iter().all(|effect| effect.value == 0.0));
}

proptest! {
    #![proptest_config(law())]

    #[test]
    fn the_way_back_is_as_long_and_nothing_is_nothing(
        left in prop::collection::vec(-1e3..1e3_f64, 1..50),
        right in prop::collection::vec(-1e3..1e3_f64, 1..50),
        counts in prop::collection::vec((0..50_u64, 0..50_u64), 1..8),
    ) {
        let (_, _, there) = number_effects(&left, &right).unwrap();
        let (_, _, back) = number_effects(&right, &left).unwrap();
        for (a, b) in there.iter().zip(&back) {
            assert_close("back", a.value.abs(), b.value.abs(), 1e-9);
        }
        let (_, _, same) = number_effects(&left, &left).unwrap();
        prop_assert!(same.iter().all(|effect| effect.value == 0.0));
        for effect in category_effects(&counts) {
            prop_assert!((0.0..=1.0).contains(&effect.value), "{effect:?}");
        }
        let doubled: Vec<_> = counts.iter().map(|(a, _)| (*a, 2 * a)).collect();
        for effect in category_effects(&doubled) {
            assert_close("in proportion", effect.value, 0.0, 1e-6);
        }
    }
}
