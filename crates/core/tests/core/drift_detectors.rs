//! Concept drift detectors against River (golden/detectors.json), on streams made by exact arithmetic.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use assay_core::drift::detectors::{Detector, Direction, Signal};
use proptest::prelude::*;
use proptest::test_runner::Config;
use serde::Deserialize;

use crate::law;
use crate::uniform::Uniform;

#[derive(Deserialize)]
pub struct Golden {
    pub n_rows: usize,
    low: f64,
    high: f64,
    pub kinds: Vec<Kind>,
    check: Check,
    pub cases: Vec<Case>,
}

#[derive(Deserialize)]
pub struct Kind {
    pub name: String,
    /// Rows at which the world changes.
    pub changes: Vec<usize>,
    /// Rows that the change takes.
    pub width: usize,
}

#[derive(Deserialize)]
struct Check {
    errors: f64,
    losses: f64,
}

#[derive(Deserialize)]
pub struct Case {
    pub kind: String,
    pub seed: u64,
    pub stream: String,
    pub detector: String,
    pub drift_rows: Vec<usize>,
    n_warnings: usize,
}

pub static GOLDEN: LazyLock<Golden> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../golden/detectors.json")).expect("golden numbers")
});

#[test]
fn detectors_fire_where_those_of_river_fire() {
    let check = &GOLDEN.check;
    assert_eq!(
        stream("errors", "gradual", 3).iter().sum::<f64>(),
        check.errors
    );
    assert_eq!(
        stream("losses", "gradual", 3).iter().sum::<f64>(),
        check.losses
    );
    let mut n_fired = BTreeMap::new();
    for case in GOLDEN.cases.iter().filter(|case| case.detector != "kswin") {
        let found = run(
            &detector(&case.detector),
            &stream(&case.stream, &case.kind, case.seed),
        );
        let what = format!(
            "{} {} {} {}",
            case.detector, case.stream, case.kind, case.seed
        );
        assert_eq!(found.drift_rows, case.drift_rows, "{what}");
        assert_eq!(found.n_warnings, case.n_warnings, "{what}");
        *n_fired.entry(&case.detector).or_insert(0) += case.drift_rows.len();
    }
    assert!(n_fired.values().all(|n| *n > 0), "{n_fired:?}");
    assert_eq!(n_fired.len(), 9);
}

/// River draws with Python's generator, we with ours: the number of alarms is of the same law.
#[test]
fn kswin_fires_as_often_as_that_of_river() {
    let of = |kind: &str| {
        let cases = GOLDEN
            .cases
            .iter()
            .filter(|case| case.detector == "kswin" && case.kind == kind);
        let theirs: Vec<usize> = cases.clone().map(|case| case.drift_rows.len()).collect();
        let ours: usize = cases
            .map(|case| run(&detector("kswin"), &stream("errors", kind, case.seed)))
            .map(|found| found.drift_rows.len())
            .sum();
        (ours as f64, theirs.iter().sum::<usize>() as f64)
    };
    for kind in &GOLDEN.kinds {
        let (ours, theirs) = of(&kind.name);
        // Two counts of the same Poisson law differ by less than four standard deviations, but once in 16,000.
        let most = 4.0 * (ours + theirs).sqrt().max(1.0);
        assert!(
            (ours - theirs).abs() < most,
            "{}: {ours} {theirs}",
            kind.name
        );
        assert!(kind.name == "none" || ours > 0.0);
    }
}

#[test]
fn a_detector_goes_on_where_it_was_stored() {
    let values = stream("errors", "recurring", 1);
    for detector in Detector::ALL {
        let whole = detector.detections(&values);
        let mut running = detector.start();
        let mut rows = Vec::new();
        for (row, value) in values.iter().enumerate() {
            if row % 997 == 0 {
                let text = serde_json::to_string(&running).expect("stored");
                running = serde_json::from_str(&text).expect("taken up");
            }
            if running.push(*value) == Signal::Drift {
                rows.push(row as u64);
            }
        }
        let wanted = whole.iter().filter(|found| found.signal == Signal::Drift);
        assert_eq!(rows, wanted.map(|found| found.row).collect::<Vec<_>>());
        assert_eq!(running.n_rows(), values.len() as u64);
    }
}

proptest! {
    #![proptest_config(law())]

    /// Nothing that ever stays the same is drift, whatever it is.
    #[test]
    fn a_constant_stream_is_never_drift(value in -1e6..1e6_f64, n in 1..3_000_usize) {
        for detector in Detector::ALL {
            let value = if detector.takes_errors_only() { f64::from(u8::from(value > 0.0)) } else { value };
            let found = detector.detections(&vec![value; n]);
            prop_assert!(found.iter().all(|found| found.signal != Signal::Drift), "{} {value}", detector.label());
        }
    }

}

proptest! {
    #![proptest_config(Config { cases: 8, ..law() })]

    /// ADWIN and KSWIN look at differences alone: a shift of all values by a power of two changes nothing.
    #[test]
    fn a_shift_of_all_values_moves_no_alarm(seed in 1..500_u64) {
        let values: Vec<f64> = stream("errors", "abrupt", seed).into_iter().skip(4_000).take(2_000).collect();
        let shifted: Vec<f64> = values.iter().map(|value| value + 4.0).collect();
        for detector in [Detector::ALL[0], Detector::ALL[4]] {
            prop_assert_eq!(detector.detections(&values), detector.detections(&shifted));
        }
    }
}

pub struct Found {
    pub drift_rows: Vec<usize>,
    n_warnings: usize,
}

pub fn run(detector: &Detector, values: &[f64]) -> Found {
    let mut running = detector.start();
    let mut found = Found {
        drift_rows: Vec::new(),
        n_warnings: 0,
    };
    for (row, value) in values.iter().enumerate() {
        match running.push(*value) {
            Signal::Drift => found.drift_rows.push(row),
            Signal::Warning => found.n_warnings += 1,
            Signal::None => {}
        }
    }
    found
}

/// As golden/make_detectors.py names them.
pub fn detector(name: &str) -> Detector {
    let [adwin, ddm, eddm, page_hinkley, kswin] = Detector::ALL;
    match name {
        "adwin" => adwin,
        "ddm" => ddm,
        "eddm" => eddm,
        "page_hinkley" => page_hinkley,
        "kswin" => kswin,
        "kswin_whole" => Detector::Kswin {
            alpha: 0.01,
            window_size: 60,
            stat_size: 30,
            seed: 5,
        },
        "adwin_eager" => Detector::Adwin {
            delta: 0.05,
            clock: 1,
            max_buckets: 2,
            min_window_length: 10,
            grace_period: 50,
        },
        "page_hinkley_up" => Detector::PageHinkley {
            min_instances: 100,
            delta: 0.05,
            threshold: 10.0,
            alpha: 0.999,
            direction: Direction::Up,
        },
        "eddm_slow" => Detector::Eddm {
            warm_start: 60,
            alpha: 0.8,
            beta: 0.7,
        },
        "ddm_slow" => Detector::Ddm {
            warm_start: 100,
            warning_threshold: 3.0,
            drift_threshold: 4.0,
        },
        other => panic!("no detector is named {other}"),
    }
}

/// The streams of golden/make_detectors.py.
pub fn stream(of: &str, kind: &str, seed: u64) -> Vec<f64> {
    let mut uniform = Uniform::new(seed);
    let rates = rates(kind, &mut uniform);
    if of == "errors" {
        let draw = |rate| f64::from(u8::from(uniform.draw() < rate));
        rates.into_iter().map(draw).collect()
    } else {
        let draw = |rate: f64| rate + 0.5 * (uniform.draw() - 0.5) * uniform.draw();
        rates.into_iter().map(draw).collect()
    }
}

fn rates(name: &str, uniform: &mut Uniform) -> Vec<f64> {
    let (low, high) = (GOLDEN.low, GOLDEN.high);
    let kind = GOLDEN.kinds.iter().find(|kind| kind.name == name);
    let kind = kind.expect("a kind of stream");
    let share = |row: usize| {
        let passed = row as f64 - kind.changes[0] as f64;
        (passed / kind.width as f64).clamp(0.0, 1.0)
    };
    let mut is_new = false;
    (0..GOLDEN.n_rows)
        .map(|row| match name {
            "gradual" => {
                if row % 50 == 0 {
                    is_new = uniform.draw() < share(row);
                }
                if is_new { high } else { low }
            }
            "incremental" => low + (high - low) * share(row),
            _ => {
                let passed = kind.changes.iter().filter(|change| row >= **change).count();
                if passed % 2 == 1 { high } else { low }
            }
        })
        .collect()
}
