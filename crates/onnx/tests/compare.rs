//! What passes and what does not.

use assay_core::matrix::Prediction;
use assay_core::parity::TOLERANCE;
use assay_onnx::{Error, compare};

fn values(values: &[f64]) -> Prediction {
    Prediction::Values(values.to_vec())
}

fn classes(indices: &[u32], probabilities: &[f64]) -> Prediction {
    Prediction::Classes {
        indices: indices.to_vec(),
        probabilities: probabilities.to_vec(),
        n_classes: 2,
    }
}

#[test]
fn the_rule_of_tolerance() {
    struct Row {
        what: &'static str,
        ours: Prediction,
        theirs: Prediction,
        passed: bool,
        label_flips: u64,
        n_exact: u64,
        worst_rows: &'static [u64],
    }
    let sure = || classes(&[1, 0], &[0.2, 0.8, 0.6, 0.4]);
    let table = [
        Row {
            what: "equal in 32 bits",
            ours: values(&[0.1, 2.0]),
            theirs: values(&[f64::from(0.1_f32), 2.0]),
            passed: true,
            label_flips: 0,
            n_exact: 2,
            worst_rows: &[],
        },
        Row {
            what: "large values may differ in proportion",
            ours: values(&[1.0, 500_000.0]),
            theirs: values(&[1.0, 500_004.9]),
            passed: true,
            label_flips: 0,
            n_exact: 1,
            worst_rows: &[2],
        },
        Row {
            what: "small values may differ by the tolerance",
            ours: values(&[1e-9, 1e-9]),
            theirs: values(&[1e-9 + 0.9 * TOLERANCE, 1e-9 + 1.1 * TOLERANCE]),
            passed: false,
            label_flips: 0,
            n_exact: 0,
            worst_rows: &[2, 1],
        },
        Row {
            what: "no number on one side",
            ours: values(&[1.0]),
            theirs: values(&[f64::NAN]),
            passed: false,
            label_flips: 0,
            n_exact: 0,
            worst_rows: &[1],
        },
        Row {
            what: "no number on both sides",
            ours: values(&[f64::NAN, f64::INFINITY]),
            theirs: values(&[f64::NAN, f64::INFINITY]),
            passed: false,
            label_flips: 0,
            n_exact: 0,
            worst_rows: &[1, 2],
        },
        Row {
            what: "the same classes",
            ours: sure(),
            theirs: sure(),
            passed: true,
            label_flips: 0,
            n_exact: 2,
            worst_rows: &[],
        },
        Row {
            what: "another label with the same probabilities",
            ours: sure(),
            theirs: classes(&[1, 1], &[0.2, 0.8, 0.6, 0.4]),
            passed: false,
            label_flips: 1,
            n_exact: 1,
            worst_rows: &[2],
        },
        Row {
            what: "a probability that is off",
            ours: sure(),
            theirs: classes(&[1, 0], &[0.2, 0.8, 0.6001, 0.3999]),
            passed: false,
            label_flips: 0,
            n_exact: 1,
            worst_rows: &[2],
        },
        Row {
            what: "nothing to compare",
            ours: values(&[]),
            theirs: values(&[]),
            passed: false,
            label_flips: 0,
            n_exact: 0,
            worst_rows: &[],
        },
    ];
    for row in table {
        let report = compare(&row.ours, &row.theirs, "onnxruntime 1.31.1").expect(row.what);
        assert_eq!(report.passed, row.passed, "{}: {report:?}", row.what);
        assert_eq!(report.label_flips, row.label_flips, "{}", row.what);
        assert_eq!(report.n_exact, row.n_exact, "{}", row.what);
        assert_eq!(report.worst_rows, row.worst_rows, "{}", row.what);
        assert_eq!(report.runtime, "onnxruntime 1.31.1");
        assert_eq!(
            report.log10_differences.counts.iter().sum::<u64>() + report.n_exact,
            report.rows,
            "{}",
            row.what
        );
        assert!(report.max_abs_diff.is_finite(), "{}", row.what);
    }
}

#[test]
fn differences_fall_into_bins_of_half_a_decade() {
    let ours = values(&[0.0; 6]);
    let theirs = values(&[1e-13, 2e-12, 5e-7, 2e-1, 1.0, 1e6]);
    let report = compare(&ours, &theirs, "").expect("of one kind");
    let histogram = report.log10_differences;
    assert_eq!(histogram.edges.len(), 25);
    assert_eq!((histogram.edges[0], histogram.edges[24]), (-12.0, 0.0));
    let filled: Vec<(usize, u64)> = histogram
        .counts
        .iter()
        .copied()
        .enumerate()
        .filter(|&(_, count)| count > 0)
        .collect();
    assert_eq!(filled, [(0, 2), (11, 1), (22, 1), (23, 2)]);
}

#[test]
fn ten_rows_are_named_at_most() {
    let ours = values(&[0.0; 40]);
    let theirs = values(&(0..40).map(f64::from).collect::<Vec<_>>());
    let report = compare(&ours, &theirs, "").expect("of one kind");
    assert_eq!(report.worst_rows, [40, 39, 38, 37, 36, 35, 34, 33, 32, 31]);
}

#[test]
fn what_does_not_belong_together_is_refused() {
    let table = [
        (values(&[1.0]), values(&[1.0, 2.0])),
        (values(&[1.0]), classes(&[0], &[0.5, 0.5])),
        (classes(&[0], &[0.5, 0.5]), classes(&[0], &[0.5])),
    ];
    for (ours, theirs) in table {
        assert!(matches!(
            compare(&ours, &theirs, ""),
            Err(Error::Compare(_))
        ));
    }
}
