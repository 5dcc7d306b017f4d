//! Curves smoothed and cut to pixels.

use assay_core::curves::{
    Axes, CurveAxis, CurvesRequest, Detail, Frame, Line, MetricBucket, Part, buckets, details,
    is_fine, smooth,
};
use assay_core::tracking::MetricSample;
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

/// Steps 0, 1, 2 and so on, three seconds apart.
fn samples(values: &[f64]) -> Vec<MetricSample> {
    let sample = |(step, &value)| MetricSample {
        value,
        step,
        at_ms: step * 3_000,
    };
    (0..).zip(values).map(sample).collect()
}

fn one_by_one(values: &[f64]) -> Vec<MetricBucket> {
    samples(values).chunks(1).map(MetricBucket::of).collect()
}

fn parts(x: &[f64], values: &[f64]) -> Vec<Part> {
    let part = |(&x, &value)| Part {
        x,
        min: value,
        max: value,
        last: value,
        smoothed: value,
        n: 1,
    };
    x.iter().zip(values).map(part).collect()
}

#[test]
fn smoothing_is_the_weighted_mean_without_bias() {
    let golden: Golden = serde_json::from_str(include_str!("../golden/smoothing.json")).unwrap();
    assert_eq!(golden.cases.len(), 5);
    for case in golden.cases {
        let found = smooth(&one_by_one(&case.values), case.weight);
        assert_eq!(found.len(), case.smoothed.len());
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
fn what_is_no_number_counts_nothing() {
    let nan = f64::NAN;
    let smooth = |values: &[f64], weight| smooth(&one_by_one(values), weight);
    let found = smooth(&[1.0, nan, 2.0, f64::INFINITY], 0.5);
    assert_eq!(found[0], 1.0);
    assert!(found[1].is_nan() && found[3].is_nan());
    assert_eq!(found[2], smooth(&[1.0, 2.0], 0.5)[1]);
    assert_eq!(smooth(&[0.1; 9], 0.9), [0.1; 9]);
    assert_eq!(smooth(&[3.0, 4.0], 0.0), [3.0, 4.0]);
    assert!(smooth(&[], 0.9).is_empty());
}

#[test]
fn a_line_has_what_the_axes_can_show_and_counts_the_rest() {
    let points = [
        (0, 1, 8.0),
        (2, 3, 2.0),
        (1, 2, -4.0),
        (3, 5, f64::NAN),
        (4, 4, 1.0),
        (5, 6, f64::INFINITY),
    ]
    .map(|(step, seconds, value)| {
        let at_ms = 1_000 * seconds + 500;
        MetricBucket::of(&[MetricSample { value, step, at_ms }])
    });
    let plain = CurvesRequest::default();
    for (request, x, values, counts) in [
        (
            plain.clone(),
            vec![0.0, 1.0, 2.0, 4.0],
            vec![8.0, -4.0, 2.0, 1.0],
            (2, 0),
        ),
        (
            CurvesRequest {
                from: Some(1.0),
                to: Some(4.5),
                ..plain.clone()
            },
            vec![0.0, 1.0, 2.0, 4.0],
            vec![8.0, -4.0, 2.0, 1.0],
            (1, 0),
        ),
        (
            CurvesRequest {
                x: CurveAxis::RelativeTime,
                log_y: true,
                ..plain.clone()
            },
            vec![1.0, 3.0, 4.0],
            vec![8.0, 2.0, 1.0],
            (2, 1),
        ),
        (
            CurvesRequest {
                x: CurveAxis::WallTime,
                ..plain.clone()
            },
            vec![1_500.0, 2_500.0, 3_500.0, 4_500.0],
            vec![8.0, -4.0, 2.0, 1.0],
            (2, 0),
        ),
        (
            CurvesRequest {
                log_x: true,
                log_y: true,
                ..plain
            },
            vec![2.0, 4.0],
            vec![2.0, 1.0],
            (2, 2),
        ),
    ] {
        let axes = Axes {
            request: &request,
            started_ms: 500,
        };
        let line = Line::new(points.to_vec(), &axes);
        let found = |of: fn(&Part) -> f64| line.parts.iter().map(of).collect::<Vec<_>>();
        assert_eq!(
            (found(|p| p.x), found(|p| p.last)),
            (x, values),
            "{request:?}"
        );
        assert_eq!((line.n_not_finite, line.n_not_positive), counts);
    }
}

#[test]
fn no_more_of_a_curve_is_read_than_can_be_seen() {
    use Detail::{Groups, Nothing, Points, Whole};
    // Eight chunks of 1,024 steps, the values of the third up and down, of the sixth no numbers.
    let values: Vec<f64> = (0..8 * 1_024)
        .map(|step| match step / 1_024 {
            2 => f64::from(step % 2 * 2 - 1),
            5 => f64::NAN,
            _ => 1.0,
        })
        .collect();
    let samples = samples(&values);
    let chunks: Vec<MetricBucket> = samples.chunks(1_024).map(MetricBucket::of).collect();
    let plain = CurvesRequest::default();
    let zoomed = |from: f64, to: f64, width| CurvesRequest {
        from: Some(from),
        to: Some(to),
        width,
        ..plain.clone()
    };
    let of = |width| CurvesRequest {
        width,
        ..plain.clone()
    };
    for (request, expected) in [
        (
            of(1_000),
            [
                Points, Points, Points, Points, Points, Whole, Points, Points,
            ],
        ),
        (
            of(100),
            [
                Groups, Groups, Groups, Groups, Groups, Whole, Groups, Groups,
            ],
        ),
        (of(4), [Whole; 8]),
        (
            CurvesRequest {
                log_y: true,
                ..of(100)
            },
            [
                Groups, Groups, Points, Groups, Groups, Whole, Groups, Groups,
            ],
        ),
        (
            // 1 to 1,023 is most of a logarithmic axis.
            CurvesRequest {
                log_x: true,
                ..of(100)
            },
            [
                Points, Groups, Groups, Groups, Groups, Whole, Groups, Groups,
            ],
        ),
        (
            zoomed(2_100.0, 3_100.0, 10),
            [
                Nothing, Points, Points, Points, Points, Nothing, Nothing, Nothing,
            ],
        ),
        (
            CurvesRequest {
                smoothing: 0.9,
                ..zoomed(2_100.0, 3_100.0, 10)
            },
            [
                Whole, Points, Points, Points, Points, Nothing, Nothing, Nothing,
            ],
        ),
        (
            CurvesRequest {
                smoothing: 0.999,
                ..zoomed(7_000.0, 7_100.0, 10)
            },
            [
                Points, Points, Points, Points, Points, Whole, Points, Points,
            ],
        ),
    ] {
        let axes = Axes {
            request: &request,
            started_ms: 0,
        };
        let frame = Frame::new(&request, (1.0, 8_191.0));
        let frame = if request.log_x || request.from.is_some() {
            frame
        } else {
            Frame { from: 0.0, ..frame }
        };
        assert_eq!(details(&chunks, &axes, &frame), expected, "{request:?}");
    }

    let by_time = CurvesRequest {
        x: CurveAxis::RelativeTime,
        ..of(100)
    };
    let axes = Axes {
        request: &by_time,
        started_ms: 0,
    };
    let frame = Frame::new(&by_time, (0.0, 24_573.0));
    let groups: Vec<MetricBucket> = samples[..1_024].chunks(32).map(MetricBucket::of).collect();
    assert!(is_fine(&groups, &axes, &frame));
    // A night lies within one of them.
    let mut late = samples[..1_024].to_vec();
    for sample in &mut late[500..] {
        sample.at_ms += 8 * 3_600 * 1_000;
    }
    let groups: Vec<MetricBucket> = late.chunks(32).map(MetricBucket::of).collect();
    assert!(!is_fine(&groups, &axes, &frame));
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
        let found = buckets(&parts(&x, &x), &frame);
        assert_eq!(found.x, expected, "{frame:?}");
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
        let found = buckets(&parts(&x, values), &frame);
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

    #[test]
    fn buckets_of_buckets_know_what_buckets_of_points_do(
        values in prop::collection::vec(
            prop_oneof![8 => -1e3..1e3_f64, 1 => Just(f64::NAN), 1 => Just(f64::INFINITY)],
            1..200,
        ),
        size in 1_usize..40,
    ) {
        let samples = samples(&values);
        let whole = MetricBucket::of(&samples);
        let mut joined = MetricBucket::default();
        for part in samples.chunks(size) {
            joined.join(&MetricBucket::of(part));
        }
        let bits = |bucket: &MetricBucket| [bucket.min, bucket.max, bucket.last].map(f64::to_bits);
        prop_assert_eq!(bits(&joined), bits(&whole));
        prop_assert_eq!((joined.n, joined.n_finite), (whole.n, whole.n_finite));
        prop_assert_eq!((joined.first_ms, joined.last_step), (whole.first_ms, whole.last_step));
        prop_assert!(whole.mean.is_nan() == joined.mean.is_nan());
        prop_assert!(whole.mean.is_nan() || (whole.mean - joined.mean).abs() < 1e-9);
        prop_assert!(whole.mean.is_nan() || (whole.min <= whole.mean && whole.mean <= whole.max));
    }

    #[test]
    fn smoothed_buckets_differ_by_no_more_than_their_smoothed_heights(
        values in prop::collection::vec(-1e3..1e3_f64, 1..600),
        size in 1_usize..64,
        weight in 0.01..0.9999_f64,
    ) {
        let points = one_by_one(&values);
        let groups: Vec<MetricBucket> =
            samples(&values).chunks(size).map(MetricBucket::of).collect();
        let exact = smooth(&points, weight);
        let found = smooth(&groups, weight);
        // A value of each height, as many as points.
        let heights: Vec<f64> = groups
            .iter()
            .flat_map(|group| vec![group.max - group.min; group.n as usize])
            .collect();
        let most = smooth(&one_by_one(&heights), weight);
        for (index, found) in found.iter().enumerate() {
            let end = ((index + 1) * size).min(values.len()) - 1;
            prop_assert!((found - exact[end]).abs() <= most[end] + 1e-6, "{} {}", found, exact[end]);
        }
    }
}
