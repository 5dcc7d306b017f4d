//! What holds of every profile: shards add up to the whole, and large tables stay within the bounds they state.

use assay_core::Task;
use assay_core::profile::{NumericProfile, Profile, QUANTILES};
use assay_core::sketch::{BUCKET_ERROR, scatter};
use proptest::prelude::*;

use super::{Limits, Profiler, profile};
use crate::columns::{Values, text_series};
use crate::frame::Frame;
use crate::hash::{row_hashes, value_hashes};

/// So small that tables of a few hundred rows are sketched.
const SMALL: Limits = Limits {
    exact_rows: 100,
    distinct: 32,
    sample_rows: 40,
    distinct_rows: 64,
};

struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = scatter(self.0);
        self.0
    }
    fn below(&mut self, n: u64) -> u64 {
        self.next() % n.max(1)
    }
    fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// Every type, few values and many, missing ones, infinite ones, repeated rows.
fn table(n_rows: usize, random: &mut Random) -> Frame {
    let n_different = 1 + random.below(2 * n_rows as u64 + 1);
    let seeds: Vec<u64> = (0..n_rows).map(|_| random.below(n_different)).collect();
    let present = |seed: u64, column: u64| !scatter(seed * 31 + column).is_multiple_of(9);
    let of = |column: u64, seed: u64| scatter(seed * 7 + column);
    let float = |seed: u64| match of(1, seed) % 50 {
        0 => f64::INFINITY,
        1 => -0.0,
        2 => 0.0,
        n if n < 20 => (n as f64).powi(5) / 7.0,
        n => (n as f64 - 30.0) * 1e-3,
    };
    let texts: Vec<String> = seeds
        .iter()
        .map(|seed| {
            format!(
                "{} of {}",
                ["one", "One", "two"][*seed as usize % 3],
                of(2, *seed) % 90
            )
        })
        .collect();
    let few = ["low fat", "LF", "Regular"];
    let series = vec![
        Values::Integer(
            seeds
                .iter()
                .map(|s| present(*s, 0).then(|| (of(0, *s) % 7) as i64))
                .collect(),
        )
        .into_series("few"),
        Values::Integer(
            seeds
                .iter()
                .map(|s| Some(of(0, *s).cast_signed() >> 20))
                .collect(),
        )
        .into_series("many"),
        Values::Float(
            seeds
                .iter()
                .map(|s| present(*s, 1).then(|| float(*s)))
                .collect(),
        )
        .into_series("float"),
        Values::Boolean(
            seeds
                .iter()
                .map(|s| present(*s, 2).then_some(s % 3 == 0))
                .collect(),
        )
        .into_series("boolean"),
        Values::Date(
            seeds
                .iter()
                .map(|s| present(*s, 3).then_some((of(3, *s) % 80) as i32))
                .collect(),
        )
        .into_series("date"),
        Values::Datetime(
            seeds
                .iter()
                .map(|s| Some((of(4, *s) % 1_000_000) as i64))
                .collect(),
        )
        .into_series("datetime"),
        Values::Decimal(
            seeds
                .iter()
                .map(|s| Some(i128::from(of(5, *s) % 300)))
                .collect(),
            2,
        )
        .into_series("decimal"),
        text_series("text", n_rows, texts.iter().map(|text| Some(text.as_str()))),
        text_series(
            "spelt",
            n_rows,
            seeds
                .iter()
                .map(|s| present(*s, 4).then(|| few[*s as usize % 3])),
        ),
    ];
    Frame::from_series(n_rows, series).unwrap()
}

fn push(profiler: &mut Profiler, batch: &Frame, first: usize) {
    let views = batch.views().unwrap();
    let hashes: Vec<_> = views.iter().map(|(_, view)| value_hashes(*view)).collect();
    let rows = row_hashes(batch.n_rows(), &hashes);
    profiler.push(batch, &hashes, &rows, first as u64).unwrap();
}

/// Takes the moments out, which sums may round differently, and checks that they agree.
fn equal_but_for_rounding(a: &mut Profile, b: &mut Profile) {
    let close = |a: f64, b: f64, size: f64| (a - b).abs() <= 1e-12 * size.max(b.abs());
    for (a, b) in a.columns.iter_mut().zip(&mut b.columns) {
        let (Some(ours), Some(theirs)) = (&mut a.numeric, &mut b.numeric) else {
            continue;
        };
        // the size of what is summed, below which a sum cannot be exact
        let size = ours.max.abs().max(ours.min.abs());
        assert!(
            close(ours.mean, theirs.mean, size),
            "{} {}",
            ours.mean,
            theirs.mean
        );
        assert!(
            close(ours.std, theirs.std, size),
            "{} {}",
            ours.std,
            theirs.std
        );
        for (a, b) in [
            (ours.skewness, theirs.skewness),
            (ours.kurtosis, theirs.kurtosis),
        ] {
            match (a, b) {
                (Some(a), Some(b)) => assert!((a - b).abs() <= 1e-9 * b.abs().max(1.0), "{a} {b}"),
                (a, b) => assert_eq!(a, b),
            }
        }
        for numeric in [ours, theirs] {
            *numeric = NumericProfile {
                mean: 0.0,
                std: 0.0,
                skewness: None,
                kurtosis: None,
                ..numeric.clone()
            };
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn shards_in_any_order_make_the_profile_of_the_whole(n_rows in 0_usize..400, seed in any::<u64>()) {
        let mut random = Random(seed);
        let frame = table(n_rows, &mut random);
        let schema = frame.schema();
        let mut whole = Profiler::with_limits(&schema, SMALL);
        push(&mut whole, &frame, 0);
        let mut whole = whole.finish(&Task::silent()).unwrap();

        let mut cuts: Vec<usize> = (0..random.below(12)).map(|_| random.below(n_rows as u64) as usize).collect();
        cuts.extend([0, n_rows]);
        cuts.sort_unstable();
        cuts.dedup();
        let mut batches: Vec<(usize, usize)> = cuts.windows(2).map(|pair| (pair[0], pair[1])).collect();
        batches.sort_by_key(|batch| scatter(batch.0 as u64 ^ seed));
        let mut shards: Vec<Profiler> =
            (0..1 + random.below(4)).map(|_| Profiler::with_limits(&schema, SMALL)).collect();
        for (first, end) in batches {
            let shard = random.below(shards.len() as u64) as usize;
            push(&mut shards[shard], &frame.slice(first, end - first), first);
        }
        let mut merged = Profiler::with_limits(&schema, SMALL);
        while !shards.is_empty() {
            let next = random.below(shards.len() as u64) as usize;
            merged.merge(shards.swap_remove(next));
        }
        let mut merged = merged.finish(&Task::silent()).unwrap();
        equal_but_for_rounding(&mut merged, &mut whole);
        prop_assert_eq!(merged, whole);
    }
}

#[test]
fn a_large_table_stays_within_its_bounds() {
    const N: usize = 150_000;
    let mut random = Random(11);
    let amounts: Vec<f64> = (0..N).map(|_| (6.0 * random.share() - 1.0).exp()).collect();
    let codes: Vec<i64> = (0..N)
        .map(|_| (random.share().powi(2) * 60_000.0) as i64)
        .collect();
    // one in ten is the same, the others are of 40,000
    let texts: Vec<String> = (0..N)
        .map(|_| match random.below(10) {
            0 => "often".to_owned(),
            _ => format!("t{}", random.below(40_000)),
        })
        .collect();
    let doubled: Vec<i64> = amounts.iter().map(|a| (a * 10.0) as i64).collect();
    let frame = Frame::from_series(
        N,
        vec![
            Values::Float(amounts.iter().copied().map(Some).collect()).into_series("amount"),
            Values::Integer(codes.iter().copied().map(Some).collect()).into_series("code"),
            Values::Integer(doubled.iter().copied().map(Some).collect()).into_series("doubled"),
            text_series("text", N, texts.iter().map(|text| Some(text.as_str()))),
        ],
    )
    .unwrap();
    let profile = profile(&frame, &Task::silent()).unwrap();
    assert!(!profile.exact);
    let exact: Vec<bool> = profile.columns.iter().map(|column| column.exact).collect();
    assert_eq!(exact, [false, false, true, false]);
    assert_eq!(profile.n_rows, N as u64);
    assert_eq!(profile.n_duplicate_rows, 0);

    let mut sorted = amounts.clone();
    sorted.sort_by(f64::total_cmp);
    let numeric = profile.columns[0].numeric.as_ref().unwrap();
    assert_eq!((numeric.min, numeric.max), (sorted[0], sorted[N - 1]));
    for (probability, ours) in QUANTILES.iter().zip(&numeric.quantiles) {
        let theirs = assay_core::sketch::quantile(&sorted, *probability).unwrap();
        assert!(
            (ours - theirs).abs() <= 1.01 * BUCKET_ERROR * theirs,
            "{ours} {theirs}"
        );
    }
    let mean = amounts.iter().sum::<f64>() / N as f64;
    assert!((numeric.mean - mean).abs() <= 1e-12 * mean);
    assert_eq!(numeric.histogram.counts.iter().sum::<u64>(), N as u64);

    // three standard errors, as the profile says
    let distinct = |values: Vec<String>| {
        values
            .into_iter()
            .collect::<std::collections::HashSet<_>>()
            .len()
    };
    for (column, n_distinct) in [
        (1, distinct(codes.iter().map(i64::to_string).collect())),
        (3, distinct(texts.clone())),
    ] {
        let ours = profile.columns[column].n_distinct as f64;
        assert!(
            (ours / n_distinct as f64 - 1.0).abs() < 0.0282,
            "{ours} {n_distinct}"
        );
    }
    let often = texts.iter().filter(|text| *text == "often").count() as f64;
    let top = &profile.columns[3].top;
    assert_eq!((top.len(), top[0].value.as_str()), (1, "often"));
    assert!(
        (top[0].count as f64 - often).abs() < 0.001 * N as f64,
        "{} {often}",
        top[0].count
    );
    // amount and its tenfold go together
    let pearson = &profile.associations[1];
    assert_eq!(
        (pearson.a.as_str(), pearson.b.as_str()),
        ("amount", "doubled")
    );
    assert!(pearson.value > 0.9999 && pearson.n == 10_000);
}
