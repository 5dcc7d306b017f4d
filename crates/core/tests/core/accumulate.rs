//! Sketches that are built in chunks: the same as from all values at once where that is promised, else as near as promised.

use assay_core::RawValues;
use assay_core::drift::{
    ColumnSketch, Dictionary, MAX_KEPT, MIN_KEPT, SketchBuilder, SketchShape, rank_error,
    sketch_column,
};
use proptest::prelude::*;
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{RngCore, SeedableRng};

use crate::law;

fn built(kept: usize, chunks: &[&[f64]]) -> ColumnSketch {
    let mut builder = SketchBuilder::numbers(kept);
    for chunk in chunks {
        builder.push_numbers(chunk);
    }
    builder.finish("x", &Dictionary::default())
}

/// As [`sketch_column`] makes it, in texts counted chunk by chunk.
fn built_texts(chunks: &[&[Option<String>]]) -> ColumnSketch {
    let mut dictionary = Dictionary::default();
    let mut whole = SketchBuilder::texts();
    for chunk in chunks {
        let mut part = SketchBuilder::texts();
        for text in *chunk {
            match text {
                None => part.push_missing(1),
                Some(text) => match dictionary.code(text) {
                    Some(code) => part.push_counts(&[(code, 1)], 0),
                    None => part.push_counts(&[], 1),
                },
            }
        }
        whole.merge(&part);
    }
    whole.finish("x", &dictionary)
}

/// The largest error of a rank read off the sketch, as a share of the rows.
fn worst_rank(sketch: &ColumnSketch, values: &[f64]) -> f64 {
    let SketchShape::Numeric {
        values: kept,
        cumulative,
        ..
    } = &sketch.shape
    else {
        panic!("{sketch:?}");
    };
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let n = sorted.len() as f64;
    let worst = sorted.iter().step_by(3).map(|&value| {
        let rank = |list: &[f64]| list.partition_point(|other| *other <= value);
        let read = rank(kept).checked_sub(1).map_or(0, |at| cumulative[at]);
        (read as f64 - rank(&sorted) as f64).abs() / n
    });
    worst.fold(0.0, f64::max)
}

/// Streams of several shapes and orders.
fn streams(n: usize) -> Vec<(&'static str, Vec<f64>)> {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(7);
    let mut uniform = || (random.next_u64() >> 11) as f64 / (1_u64 << 53) as f64;
    let scattered: Vec<f64> = (0..n).map(|_| uniform()).collect();
    let skewed: Vec<f64> = scattered.iter().map(|u| (-u.ln()).exp()).collect();
    let zeros: Vec<f64> = scattered
        .iter()
        .map(|&u| if u < 0.4 { 0.0 } else { u })
        .collect();
    let mut ascending = scattered.clone();
    ascending.sort_unstable_by(f64::total_cmp);
    let descending: Vec<f64> = ascending.iter().rev().copied().collect();
    let whole: Vec<f64> = scattered.iter().map(|u| (u * 50.0).floor()).collect();
    vec![
        ("scattered", scattered),
        ("skewed", skewed),
        ("many zeros", zeros),
        ("ascending", ascending),
        ("descending", descending),
        ("fifty values", whole),
    ]
}

#[test]
fn ranks_are_as_near_as_promised() {
    for (name, values) in streams(40_000) {
        for kept in [MIN_KEPT, 256, MAX_KEPT] {
            for size in [97, 5_000, 40_000] {
                let chunks: Vec<&[f64]> = values.chunks(size).collect();
                let sketch = built(kept, &chunks);
                let error = worst_rank(&sketch, &values);
                assert!(
                    error <= rank_error(kept),
                    "{name}, {kept} kept, chunks of {size}: {error}"
                );
                assert_eq!(sketch.n_values(), 40_000);
                if name == "fifty values" {
                    assert_eq!(error, 0.0, "fifty values are kept as they are");
                }
            }
        }
    }
}

#[test]
fn merged_in_any_order_it_is_as_near() {
    for (name, values) in streams(30_000) {
        let parts: Vec<SketchBuilder> = values
            .chunks(1_234)
            .map(|chunk| {
                let mut builder = SketchBuilder::numbers(512);
                builder.push_numbers(chunk);
                builder
            })
            .collect();
        let mut forward = SketchBuilder::numbers(512);
        parts.iter().for_each(|part| forward.merge(part));
        let mut backward = SketchBuilder::numbers(512);
        parts.iter().rev().for_each(|part| backward.merge(part));
        let halves = parts.chunks(parts.len() / 2 + 1).map(|half| {
            half.iter()
                .fold(SketchBuilder::numbers(512), |mut sum, part| {
                    sum.merge(part);
                    sum
                })
        });
        let tree = halves.reduce(|mut a, b| {
            a.merge(&b);
            a
        });
        for (order, builder) in [
            ("forward", Some(forward)),
            ("backward", Some(backward)),
            ("tree", tree),
        ] {
            let sketch = builder.unwrap().finish("x", &Dictionary::default());
            assert_eq!(sketch.n_values(), 30_000);
            let error = worst_rank(&sketch, &values);
            assert!(error <= rank_error(512), "{name} {order}: {error}");
        }
    }
}

#[test]
fn what_is_sealed_stays_small_and_takes_more_rows() {
    let (_, values) = streams(100_000).swap_remove(0);
    let mut builder = SketchBuilder::numbers(MAX_KEPT);
    builder.push_numbers(&values[..70_000]);
    builder.seal(200);
    assert!(builder.n_held() <= 400, "{}", builder.n_held());
    // late rows
    builder.push_numbers(&values[70_000..]);
    builder.seal(200);
    let sketch = builder.finish("x", &Dictionary::default());
    assert_eq!(sketch.n_values(), 100_000);
    let error = worst_rank(&sketch, &values);
    assert!(error <= 2.0 / 200.0 + rank_error(MAX_KEPT), "{error}");
    builder.shrink(MIN_KEPT);
    builder.push_numbers(&values);
    assert!(builder.n_held() < 8 * MIN_KEPT, "{}", builder.n_held());
}

#[test]
fn moments_and_range_are_those_of_all_values() {
    let (_, values) = streams(100_000).swap_remove(1);
    let chunks: Vec<&[f64]> = values.chunks(3_000).collect();
    let sketch = built(MIN_KEPT, &chunks);
    let all = sketch_column("x", &RawValues::Numbers(values));
    let (
        SketchShape::Numeric {
            min,
            max,
            mean,
            std,
            exact,
            values: kept,
            ..
        },
        SketchShape::Numeric {
            min: all_min,
            max: all_max,
            mean: all_mean,
            std: all_std,
            ..
        },
    ) = (sketch.shape, all.shape)
    else {
        panic!("numbers");
    };
    assert!(!exact);
    assert_eq!((min, max), (all_min, all_max));
    assert_eq!((kept.first(), kept.last()), (Some(&min), Some(&max)));
    crate::assert_close("mean", mean, all_mean, 1e-12);
    crate::assert_close("std", std, all_std, 1e-9);
}

#[test]
fn texts_beyond_the_thousand_count_together() {
    let many: Vec<Option<String>> = (0..30_000)
        .map(|i| Some(format!("t{}", i % 20_000)))
        .collect();
    let sketch = built_texts(&many.chunks(777).collect::<Vec<_>>());
    let SketchShape::Categorical {
        counts, n_other, ..
    } = &sketch.shape
    else {
        panic!("{sketch:?}");
    };
    assert_eq!(counts.len(), 1_000);
    assert_eq!(counts.iter().sum::<u64>() + n_other, 30_000);
}

proptest! {
    #![proptest_config(law())]

    /// Few distinct values: the very sketch of all values at once, however they were cut.
    #[test]
    fn few_values_are_exact(
        values in prop::collection::vec(
            prop_oneof![
                4 => (-300i32..300).prop_map(|i| f64::from(i) / 8.0),
                1 => Just(f64::NAN),
                1 => Just(-0.0),
                1 => Just(f64::INFINITY),
            ],
            0..400,
        ),
        size in 1usize..50,
    ) {
        let chunks: Vec<&[f64]> = values.chunks(size).collect();
        prop_assert_eq!(built(MAX_KEPT, &chunks), sketch_column("x", &RawValues::Numbers(values.clone())));
    }

    #[test]
    fn texts_are_exact(
        values in prop::collection::vec(prop::option::weighted(0.9, "[a-f]{1,2}"), 0..200),
        size in 1usize..50,
    ) {
        let chunks: Vec<&[Option<String>]> = values.chunks(size).collect();
        prop_assert_eq!(built_texts(&chunks), sketch_column("x", &RawValues::Texts(values.clone())));
    }
}
