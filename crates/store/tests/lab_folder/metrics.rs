//! Metric points: whatever comes, in whatever portions, comes back, and the summary agrees.

use std::cell::Cell;

use assay_core::curves::MetricBucket;
use assay_core::run::MetricSummary;
use assay_store::{ALL_STEPS, MetricPoint};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::support::Lab;

fn point(value: f64, step: i64) -> MetricPoint {
    MetricPoint {
        key: "test.loss".to_owned(),
        value,
        step,
        at_ms: step.wrapping_mul(7),
    }
}

fn summary_of(lab: &Lab, run: &assay_core::RunId) -> MetricSummary {
    lab.store.metric_summaries(run).unwrap().remove(0)
}

#[test]
fn points_in_any_order_and_portion_come_back() {
    let lab = Lab::new();
    let number = Cell::new(0);
    let values = prop_oneof![
        8 => -1e3..1e3,
        1 => prop_oneof![Just(f64::NAN), Just(f64::INFINITY), Just(-0.0), Just(1e300)],
    ];
    let portions = prop::collection::vec(
        prop::collection::vec((values, -5_000..5_000_i64), 0..700),
        1..6,
    );
    let config = Config {
        cases: 24,
        failure_persistence: None,
        ..Config::default()
    };
    let outcome = TestRunner::new_with_rng(config, fixed_rng()).run(&portions, |portions| {
        number.set(number.get() + 1);
        let run = lab.run(number.get());
        let mut all = Vec::new();
        for portion in portions {
            let points: Vec<_> = portion
                .into_iter()
                .map(|(v, step)| point(v, step))
                .collect();
            lab.store.log_metrics(&run, &points)?;
            all.extend(points);
        }
        let back = lab.store.metric_points(&run, "test.loss")?;
        let bits = |points: &[MetricPoint]| -> Vec<_> {
            points
                .iter()
                .map(|p| (p.value.to_bits(), p.step, p.at_ms))
                .collect()
        };
        prop_assert_eq!(bits(&back), bits(&all));
        if all.is_empty() {
            return Ok(());
        }
        let numbers = || all.iter().map(|p| p.value);
        let (min, max) = (
            numbers().fold(f64::NAN, f64::min),
            numbers().fold(f64::NAN, f64::max),
        );
        let summary = summary_of(&lab, &run);
        prop_assert_eq!(summary.n, all.len() as u64);
        prop_assert_eq!(summary.min.to_bits(), min.to_bits());
        prop_assert_eq!(summary.max.to_bits(), max.to_bits());
        let last = all.iter().max_by_key(|p| p.step).map(|p| p.value);
        prop_assert_eq!(summary.last.is_nan(), last.is_some_and(f64::is_nan));
        if let Some(best) = all.iter().find(|p| p.value == min) {
            prop_assert_eq!(summary.best_step, best.step);
        }
        // Charts show what is neither NaN nor infinite.
        let finite = || numbers().filter(|value| value.is_finite());
        let (min, max) = (
            finite().fold(f64::NAN, f64::min),
            finite().fold(f64::NAN, f64::max),
        );
        for n in [1, 7, 5_000] {
            let buckets = lab.store.metric_buckets(&run, "test.loss", &ALL_STEPS, n)?;
            prop_assert!(buckets.len() <= n as usize);
            prop_assert_eq!(
                joined(&buckets),
                (all.len() as u64, min.to_bits(), max.to_bits())
            );
        }
        Ok(())
    });
    assert!(outcome.is_ok(), "{outcome:?}");
    assert!(number.get() > 0);
}

fn fixed_rng() -> proptest::test_runner::TestRng {
    proptest::test_runner::TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha)
}

fn joined(buckets: &[MetricBucket]) -> (u64, u64, u64) {
    let n = buckets.iter().map(|bucket| bucket.n).sum();
    let min = buckets
        .iter()
        .map(|bucket| bucket.min)
        .fold(f64::NAN, f64::min);
    let max = buckets
        .iter()
        .map(|bucket| bucket.max)
        .fold(f64::NAN, f64::max);
    (n, min.to_bits(), max.to_bits())
}

#[test]
fn a_spike_among_a_hundred_thousand_points_is_seen() {
    let lab = Lab::new();
    let run = lab.run(1);
    let mut points: Vec<_> = (0..100_000).map(|step| point(1.0, step)).collect();
    points[61_803].value = 99.0;
    lab.store.log_metrics(&run, &points).unwrap();
    let buckets = lab
        .store
        .metric_buckets(&run, "test.loss", &ALL_STEPS, 500)
        .unwrap();
    assert_eq!(buckets.len(), 500);
    let spikes: Vec<_> = buckets.iter().filter(|bucket| bucket.max > 1.0).collect();
    assert_eq!(spikes.len(), 1);
    assert!(spikes[0].first_step <= 61_803 && 61_803 <= spikes[0].last_step);
    // Far below the 2.9 MB of a row per point: the chunks are what is stored.
    let size_bytes = std::fs::metadata(lab.path().join("lab.db")).unwrap().len()
        + std::fs::metadata(lab.path().join("lab.db-wal"))
            .unwrap()
            .len();
    assert!(size_bytes < 1_500_000, "{size_bytes}");
}

#[test]
fn the_best_step_follows_the_direction_of_the_metric() {
    let lab = Lab::new();
    let run = lab.run(1);
    let values = [0.2, f64::NAN, 0.9, 0.1, 0.9];
    for key in ["test.accuracy", "test.log_loss"] {
        let points: Vec<_> = values
            .iter()
            .zip(1..)
            .map(|(value, step)| MetricPoint {
                key: key.to_owned(),
                ..point(*value, step)
            })
            .collect();
        lab.store.log_metrics(&run, &points).unwrap();
    }
    let summaries = lab.store.metric_summaries(&run).unwrap();
    let best: Vec<_> = summaries
        .iter()
        .map(|s| (s.key.as_str(), s.best_step, s.last))
        .collect();
    assert_eq!(best, [("test.accuracy", 3, 0.9), ("test.log_loss", 4, 0.9)]);
    assert_eq!(lab.store.metric_points(&run, "no such").unwrap(), []);
    let none = lab.store.metric_buckets(&run, "no such", &ALL_STEPS, 5);
    assert_eq!(none.unwrap(), []);
}
