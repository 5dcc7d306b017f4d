//! Curves as charts ask for them, whatever portions they came in and whichever format they were written in.

use assay_core::curves::MetricBucket;
use assay_core::run::RunStatus;
use assay_store::{ALL_STEPS, FinishedRun, MetricPoint, Store};
use rusqlite::{Connection, params};

use crate::support::{ACT, Lab, VERSION, new_run};

const FORMATS: [&str; 4] = [
    include_str!("../../src/migrations/1.sql"),
    include_str!("../../src/migrations/2.sql"),
    include_str!("../../src/migrations/3.sql"),
    include_str!("../../src/migrations/4.sql"),
];

/// Sawtooth, spike and noughts: no two neighbours are alike.
fn point(step: i64) -> MetricPoint {
    MetricPoint {
        key: "loss".to_owned(),
        value: if step == 61_803 {
            1e6
        } else {
            (step % 97) as f64
        },
        step,
        at_ms: step * 3,
    }
}

fn points(steps: impl Iterator<Item = i64>) -> Vec<MetricPoint> {
    steps.map(point).collect()
}

/// Number of points, smallest and largest value.
fn sum(buckets: &[MetricBucket]) -> (u64, f64, f64) {
    buckets
        .iter()
        .fold((0, f64::NAN, f64::NAN), |(n, min, max), bucket| {
            (n + bucket.n, min.min(bucket.min), max.max(bucket.max))
        })
}

#[test]
fn a_range_of_steps_is_shown_as_finely_as_it_can_be() {
    let lab = Lab::new();
    let run = lab.run(1);
    let mut step = 0;
    // Portions of a client that logs one by one, of one that logs by the hundred, and of one that logs at the end.
    for n in [1, 1, 30, 255, 256, 999, 1_000, 3, 1_024, 1_025, 100, 900] {
        lab.store
            .log_metrics(&run, &points(step..step + n))
            .unwrap();
        step += n;
    }
    lab.store.log_metrics(&run, &points(step..200_000)).unwrap();
    let ask = |steps: std::ops::RangeInclusive<i64>, n: u32| {
        let buckets = lab.store.metric_buckets(&run, "loss", &steps, n).unwrap();
        assert!(buckets.len() <= n as usize, "{steps:?} in {n}");
        for pair in buckets.windows(2) {
            assert!(pair[0].last_step < pair[1].first_step, "{steps:?} in {n}");
        }
        buckets
    };
    // All levels: single points, groups, and (200 chunks on 5 buckets) chunks.
    for n in [1, 5, 50, 500, 5_000, 500_000] {
        assert_eq!(sum(&ask(ALL_STEPS, n)), (200_000, 0.0, 1e6), "{n}");
    }
    for (from, to) in [(0, 0), (61_803, 61_803), (100, 3_000), (5_001, 190_007)] {
        for n in [1, 7, 2_000] {
            let buckets = ask(from..=to, n);
            assert_eq!(buckets[0].first_step, from);
            assert_eq!(buckets[buckets.len() - 1].last_step, to);
            let (n_points, _, max) = sum(&buckets);
            assert_eq!(n_points as i64, to - from + 1, "{from} to {to} in {n}");
            assert_eq!(max > 100.0, (from..=to).contains(&61_803));
        }
    }
    let near = ask(61_000..=62_000, 2_000);
    let spike: Vec<_> = near.iter().filter(|bucket| bucket.max > 100.0).collect();
    assert_eq!(near.len(), 1_001);
    assert_eq!((spike.len(), spike[0].first_step), (1, 61_803));
    assert_eq!(ask(300_000..=400_000, 10), []);
    let all = lab.store.metric_points(&run, "loss").unwrap();
    assert_eq!(all, points(0..200_000));
}

#[test]
fn steps_in_any_order_are_buckets_in_order() {
    let lab = Lab::new();
    let run = lab.run(1);
    // 7 and 10,007 have no common divisor: every step once.
    let steps = (0..10_007).map(|step| step * 7 % 10_007);
    lab.store.log_metrics(&run, &points(steps)).unwrap();
    let buckets = lab
        .store
        .metric_buckets(&run, "loss", &(1_000..=1_999), 2_000)
        .unwrap();
    let found: Vec<i64> = buckets.iter().map(|bucket| bucket.first_step).collect();
    assert_eq!(found, (1_000..2_000).collect::<Vec<_>>());
}

#[test]
fn what_is_new_is_read_without_the_rest() {
    let lab = Lab::new();
    let run = lab.run(1);
    let mut n_known = 0;
    // Points that wait in the summary, in the tail, in chunks, and all of it on its way from one to the next.
    for n in [1, 1, 20, 300, 2, 255, 700, 1, 2_000, 17] {
        let step = n_known as i64;
        lab.store
            .log_metrics(&run, &points(step..step + n))
            .unwrap();
        let new = lab
            .store
            .metric_points_behind(&run, "loss", n_known)
            .unwrap();
        assert_eq!(new, points(step..step + n));
        n_known += new.len();
        for behind in [0, n_known / 2, n_known - 1, n_known, n_known + 5] {
            let found = lab.store.metric_points_behind(&run, "loss", behind);
            let first = behind.min(n_known) as i64;
            assert_eq!(found.unwrap(), points(first..n_known as i64), "{behind}");
        }
    }
}

/// A lab as format 4 kept it: full chunks by their number, and a row for every point behind them.
fn lab_of_format_4(chunks: &[Vec<u8>], tail: &[MetricPoint]) -> tempfile::TempDir {
    let lab = Lab::new();
    let path = lab.path();
    let folder = lab.close();
    for part in ["lab.db", "lab.db-wal", "lab.db-shm"] {
        let _ = std::fs::remove_file(path.join(part));
    }
    let db = Connection::open(path.join("lab.db")).unwrap();
    for format in FORMATS {
        db.execute_batch(format).unwrap();
    }
    db.pragma_update(None, "user_version", 4).unwrap();
    db.pragma_update(None, "application_id", 0x4153_4159)
        .unwrap();
    db.execute_batch(&format!(
        "INSERT INTO experiments (id, name) VALUES (7, 'first');
         INSERT INTO runs (id, run_id, experiment_id, name, status, started_ms)
             VALUES (70, '{}', 7, 'run', 'running', 1);
         INSERT INTO metric_summaries (run, key, last, last_step, min, max, best_step, n)
             VALUES (70, 'loss', 0, 0, 0, 96, 0, {});",
        new_run(1).run_id,
        chunks.len() * 1_024 + tail.len()
    ))
    .unwrap();
    for (number, points) in chunks.iter().enumerate() {
        db.execute(
            "INSERT INTO metric_chunks (run, key, number, groups, points) VALUES (70, 'loss', ?1, x'00', ?2)",
            params![number as i64, points],
        )
        .unwrap();
    }
    for (place, point) in tail.iter().enumerate() {
        db.execute(
            "INSERT INTO metric_tails (run, key, place, value, step, at_ms) VALUES (70, 'loss', ?1, ?2, ?3, ?4)",
            params![place as i64, point.value.to_bits() as i64, point.step, point.at_ms],
        )
        .unwrap();
    }
    folder
}

#[test]
fn a_curve_of_format_4_reads_as_before_and_goes_on() {
    // Their points are written as they were, what is known of these is found anew.
    let newest = Lab::new();
    let run = newest.run(1);
    newest.store.log_metrics(&run, &points(0..2_048)).unwrap();
    let db = Connection::open(newest.path().join("lab.db")).unwrap();
    let chunks: Vec<Vec<u8>> = db
        .prepare("SELECT points FROM metric_chunks ORDER BY place")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    assert_eq!(chunks.len(), 2);
    let known = |db: &Connection| -> Vec<Vec<rusqlite::types::Value>> {
        db.prepare(
            "SELECT place, n, first_step, last_step, first_ms, last_ms, n_finite, min, max, mean, last, groups
             FROM metric_chunks ORDER BY place",
        )
        .unwrap()
        .query_map([], |row| (0..12).map(|index| row.get(index)).collect())
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap()
    };
    let mut tail = points(2_048..2_051);
    tail.push(MetricPoint {
        value: -0.0,
        step: -5,
        at_ms: -1,
        ..point(0)
    });

    let folder = lab_of_format_4(&chunks, &tail);
    let store = Store::open(&folder.path().join("lab"), VERSION, ACT.at_ms).unwrap();
    let older = Connection::open(folder.path().join("lab/lab.db")).unwrap();
    assert_eq!(known(&older), known(&db));
    drop(older);
    let mut expected = points(0..2_048);
    expected.extend(tail);
    let bits = |points: &[MetricPoint]| -> Vec<_> {
        points
            .iter()
            .map(|point| (point.value.to_bits(), point.step, point.at_ms))
            .collect()
    };
    let found = store.metric_points(&run, "loss").unwrap();
    assert_eq!(bits(&found), bits(&expected));
    let whole = store.metric_buckets(&run, "loss", &ALL_STEPS, 1).unwrap();
    assert_eq!(sum(&whole), (2_052, 0.0, 96.0));

    // What comes now stands behind, and the tail goes into a chunk with it.
    store.log_metrics(&run, &points(3_000..3_500)).unwrap();
    expected.extend(points(3_000..3_500));
    let found = store.metric_points(&run, "loss").unwrap();
    assert_eq!(bits(&found), bits(&expected));
    let late = store.metric_buckets(&run, "loss", &(2_050..=9_999), 9_999);
    assert_eq!(late.unwrap().len(), 501);
    let end = FinishedRun::new(RunStatus::Finished, ACT.at_ms + 1);
    store.finish_run(&run, &end).unwrap();
    let report = store.doctor(false, |_| true, 0);
    assert!(report.healthy, "{report:?}");
}
