//! Lines, and the bytes that a chart reads.

use assay_core::RunId;
use assay_core::curves::{Axes, Buckets, CurveAxis, Line, MetricBucket};
use assay_core::tracking::{Batch, DEFAULT_EXPERIMENT_ID, LoggedMetric, MetricSample};

use super::*;
use crate::Environment;

/// The head, and of each curve its columns.
fn read(bytes: &[u8]) -> (Curves, Vec<Vec<Vec<f64>>>) {
    let (length, rest) = bytes.split_first_chunk().expect("a length");
    let (head, numbers) = rest.split_at(u32::from_le_bytes(*length) as usize);
    assert!((4 + head.len()).is_multiple_of(8));
    let curves: Curves = serde_json::from_slice(head).expect("a head");
    let numbers: Vec<f64> = numbers
        .chunks_exact(8)
        .map(|number| f64::from_le_bytes(number.try_into().expect("eight bytes")))
        .collect();
    let n_columns = if curves.has_smoothed { 5 } else { 4 };
    let columns = curves
        .curves
        .iter()
        .map(|curve| {
            let n = curve.n_buckets as usize;
            let own = &numbers[curve.offset as usize..][..n * n_columns];
            own.chunks(n.max(1)).map(<[f64]>::to_vec).collect()
        })
        .collect();
    (curves, columns)
}

#[test]
fn curves_of_runs_come_as_columns() {
    let folder = tempfile::tempdir().expect("a folder");
    let environment = Environment::system("test").expect("this computer");
    let lab = Lab::create(&folder.path().join("lab"), environment).expect("a lab");
    let mut runs = Vec::new();
    for (factor, n) in [(1.0, 5_000), (10.0, 3)] {
        let run = lab
            .begin_tracked_run(DEFAULT_EXPERIMENT_ID, None, "", None, Vec::new())
            .expect("a run");
        let metrics = (0..n)
            .map(|step| LoggedMetric {
                key: "loss".to_owned(),
                value: if step == 777 { 99.0 } else { factor },
                step,
                at_ms: 1_000 * step,
            })
            .collect();
        let batch = Batch {
            metrics,
            ..Batch::default()
        };
        lab.log_batch(&run.run_id, &batch).expect("points");
        runs.push(run.run_id);
    }
    runs.push(RunId::from_bits(7));
    let request = CurvesRequest {
        runs: runs.clone(),
        keys: vec!["absent".to_owned(), "loss".to_owned()],
        width: 100,
        ..CurvesRequest::default()
    };
    let (head, columns) = read(&lab.curves(&request).expect("curves"));
    let told: Vec<_> = head
        .curves
        .iter()
        .map(|curve| {
            (
                &curve.run_id,
                curve.key.as_str(),
                curve.n_buckets,
                curve.n_shown,
            )
        })
        .collect();
    assert_eq!(
        told,
        [(&runs[0], "loss", 100, 5_000), (&runs[1], "loss", 3, 3)]
    );
    assert_eq!((head.from, head.to), (Some(0.0), Some(4_999.0)));
    assert_eq!(columns[0][2][15], 99.0);
    assert_eq!(columns[0][3][15], 1.0);
    assert_eq!(
        columns[1],
        [
            vec![0.0, 1.0, 2.0],
            vec![10.0; 3],
            vec![10.0; 3],
            vec![10.0; 3]
        ]
    );

    let zoomed = CurvesRequest {
        from: Some(775.5),
        to: Some(779.5),
        smoothing: 0.5,
        ..request.clone()
    };
    let (head, columns) = read(&lab.curves(&zoomed).expect("curves"));
    assert_eq!(columns[0][0], [775.0, 776.0, 777.0, 778.0, 779.0, 780.0]);
    assert_eq!(columns[0][3], [1.0, 1.0, 99.0, 1.0, 1.0, 1.0]);
    // Half of the spike, a quarter of it, and so on, above 1.
    for (found, expected) in columns[0][4]
        .iter()
        .zip([1.0, 1.0, 50.0, 25.5, 13.25, 7.125])
    {
        assert!((found - expected).abs() < 1e-9, "{found} {expected}");
    }
    assert_eq!(head.curves[1].n_buckets, 0);
    // Without smoothing the chunks elsewhere are not read, and the same points are shown.
    let raw = CurvesRequest {
        smoothing: 0.0,
        ..zoomed
    };
    let (head, raw) = read(&lab.curves(&raw).expect("curves"));
    assert_eq!(raw[0][..4], columns[0][..4]);
    assert_eq!(head.curves[0].n_points, 5_000);

    for wrong in [
        CurvesRequest {
            width: 0,
            ..request.clone()
        },
        CurvesRequest {
            smoothing: 1.0,
            ..request.clone()
        },
        CurvesRequest {
            from: Some(f64::NAN),
            ..request.clone()
        },
        CurvesRequest {
            from: Some(2.0),
            to: Some(1.0),
            ..request.clone()
        },
        CurvesRequest {
            runs: vec![RunId::from_bits(1); 201],
            ..request
        },
    ] {
        let failure = lab.curves(&wrong).expect_err("a refusal").failure();
        assert_eq!(failure.code, Code::Invalid, "{failure}");
        assert!(failure.hint.is_some());
    }
}

/// Waves with noise that is the same every time, spikes, a pause, and what is no number.
fn long_curve() -> Vec<LoggedMetric> {
    let mut state = 7_u64;
    let mut noise = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 40) as f64 / f64::from(1 << 24) - 0.5
    };
    (0..LONG)
        .map(|step| {
            let wave = 3.0 + (step as f64 / 5_000.0).sin() + noise();
            let value = match step {
                12_345 => 40.0,
                77_777 => -20.0,
                20_000..=20_500 => f64::NAN,
                _ if step % 9_000 == 5 => f64::INFINITY,
                _ => wave,
            };
            // Two points a second; a night in the middle.
            let night_ms = if step < 60_000 { 0 } else { 8 * 3_600 * 1_000 };
            LoggedMetric {
                key: "loss".to_owned(),
                value,
                step,
                at_ms: 1_000 + step * 500 + night_ms,
            }
        })
        .collect()
}

const LONG: i64 = 100_300;

#[test]
fn what_is_read_of_a_long_curve_shows_what_all_of_it_would() {
    let folder = tempfile::tempdir().expect("a folder");
    let environment = Environment::system("test").expect("this computer");
    let lab = Lab::create(&folder.path().join("lab"), environment).expect("a lab");
    let run = lab
        .begin_tracked_run(DEFAULT_EXPERIMENT_ID, None, "", Some(1_000), Vec::new())
        .expect("a run");
    let metrics = long_curve();
    for metrics in metrics.chunks(1_000) {
        let batch = Batch {
            metrics: metrics.to_vec(),
            ..Batch::default()
        };
        lab.log_batch(&run.run_id, &batch).expect("points");
    }
    let points: Vec<MetricBucket> = metrics
        .iter()
        .map(|metric| {
            MetricBucket::of(&[MetricSample {
                value: metric.value,
                step: metric.step,
                at_ms: metric.at_ms,
            }])
        })
        .collect();
    let plain = CurvesRequest {
        runs: vec![run.run_id],
        keys: vec!["loss".to_owned()],
        width: 100,
        ..CurvesRequest::default()
    };
    let whole = |x: CurveAxis, smoothing: f64| CurvesRequest {
        x,
        smoothing,
        ..plain.clone()
    };
    let requests = [
        whole(CurveAxis::Step, 0.0),
        whole(CurveAxis::Step, 0.99),
        whole(CurveAxis::RelativeTime, 0.0),
        whole(CurveAxis::WallTime, 0.9),
        CurvesRequest {
            log_x: true,
            ..whole(CurveAxis::Step, 0.6)
        },
        CurvesRequest {
            log_y: true,
            ..whole(CurveAxis::Step, 0.0)
        },
        CurvesRequest {
            width: 2_000,
            from: Some(19_990.0),
            to: Some(21_000.0),
            ..whole(CurveAxis::Step, 0.9)
        },
        CurvesRequest {
            from: Some(3_000.5),
            to: Some(59_000.0),
            ..whole(CurveAxis::RelativeTime, 0.99)
        },
        CurvesRequest {
            from: Some(90_000.0),
            ..whole(CurveAxis::Step, 0.999)
        },
    ];
    for request in requests {
        let (head, columns) = read(&lab.curves(&request).expect("curves"));
        let axes = Axes {
            request: &request,
            started_ms: 1_000,
        };
        let frame = Frame::new(&request, axes.extent(&points).expect("points"));
        assert_eq!((head.from, head.to), (Some(frame.from), Some(frame.to)));
        let line = Line::new(points.clone(), &axes);
        let exact = curves::buckets(&line.parts, &frame);
        let [curve] = head.curves.as_slice() else {
            panic!("one curve")
        };
        assert_eq!(curve.n_points, LONG as u64);
        assert_eq!(
            (curve.n_not_finite, curve.n_not_positive),
            (line.n_not_finite, line.n_not_positive),
            "{request:?}"
        );
        is_near(&columns[0], curve.n_shown, &exact, &frame, &request);
    }
}

/// Whether what was cut from the pyramid is at most half a column away from what is cut from all points.
fn is_near(
    columns: &[Vec<f64>],
    n_shown: u64,
    exact: &Buckets,
    frame: &Frame,
    request: &CurvesRequest,
) {
    let most = |values: &[f64]| values.iter().copied().fold(f64::NAN, f64::max);
    let least = |values: &[f64]| values.iter().copied().fold(f64::NAN, f64::min);
    assert_eq!(n_shown, exact.n_shown, "{request:?}");
    assert_eq!(least(&columns[1]), least(&exact.min), "{request:?}");
    assert_eq!(most(&columns[2]), most(&exact.max), "{request:?}");
    assert_eq!(columns[0].len(), exact.x.len(), "{request:?}");
    let place = |x: f64| if frame.log { x.ln() } else { x };
    let column = (place(frame.to) - place(frame.from)) / f64::from(frame.width);
    for (index, x) in columns[0].iter().enumerate() {
        let off = (place(*x) - place(exact.x[index])).abs();
        assert!(off <= 0.51 * column, "{x} {} {request:?}", exact.x[index]);
    }
    if request.smoothing > 0.0 {
        // The noise is 1 high; this much of it is left.
        let bound = (1.0 - request.smoothing).sqrt();
        for (index, smoothed) in columns[4].iter().enumerate() {
            let off = (smoothed - exact.smoothed[index]).abs();
            assert!(
                off < bound,
                "{smoothed} {} {index} {request:?}",
                exact.smoothed[index]
            );
        }
    }
}
