//! Lines, and the bytes that a chart reads.

use assay_core::RunId;
use assay_core::tracking::{Batch, DEFAULT_EXPERIMENT_ID, LoggedMetric};

use super::*;
use crate::Environment;

/// Steps, seconds after the start and values, in the order they were logged.
const POINTS: [(i64, i64, f64); 6] = [
    (0, 1, 8.0),
    (2, 3, 2.0),
    (1, 2, -4.0),
    (3, 5, f64::NAN),
    (4, 4, 1.0),
    (5, 6, f64::INFINITY),
];

fn points() -> Vec<MetricSample> {
    POINTS
        .iter()
        .map(|&(step, seconds, value)| MetricSample {
            value,
            step,
            at_ms: 1_000 * seconds + 500,
        })
        .collect()
}

#[test]
fn a_line_has_what_the_axes_can_show_and_counts_the_rest() {
    let request = CurvesRequest::default();
    for (request, x, values, counts) in [
        (
            request.clone(),
            vec![0.0, 1.0, 2.0, 4.0],
            vec![8.0, -4.0, 2.0, 1.0],
            (2, 0),
        ),
        (
            CurvesRequest {
                x: CurveAxis::RelativeTime,
                log_y: true,
                ..request.clone()
            },
            vec![1.0, 3.0, 4.0],
            vec![8.0, 2.0, 1.0],
            (2, 1),
        ),
        (
            CurvesRequest {
                x: CurveAxis::WallTime,
                ..request.clone()
            },
            vec![1_500.0, 2_500.0, 3_500.0, 4_500.0],
            vec![8.0, -4.0, 2.0, 1.0],
            (2, 0),
        ),
        (
            CurvesRequest {
                log_x: true,
                log_y: true,
                ..request
            },
            vec![2.0, 4.0],
            vec![2.0, 1.0],
            (2, 2),
        ),
    ] {
        let line = Line::new(&points(), 500, &request);
        assert_eq!((line.x, line.values), (x, values), "{request:?}");
        assert_eq!((line.n_not_finite, line.n_not_positive), counts);
    }
}

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
