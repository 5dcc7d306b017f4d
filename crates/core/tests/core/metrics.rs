//! Metrics against scikit-learn (golden/metrics.json) and their laws.

use std::collections::BTreeMap;

use assay_core::matrix::{Prediction, Target};
use assay_core::metrics::{
    Measure, MeasureOptions, adjusted_rand, calinski_harabasz, confusion, davies_bouldin, evaluate,
    intervals, normalized_mutual_info, precision_recall_curve, roc_auc, roc_curve, silhouette,
    wilson_interval,
};
use assay_core::result::calibration;
use assay_core::schema::ColumnType;
use assay_core::{Matrix, Task};
use proptest::prelude::*;
use serde::Deserialize;

use crate::{assert_close, law};

#[derive(Deserialize)]
struct Golden {
    classes: Vec<ClassesCase>,
    values: Vec<ValuesCase>,
    intervals: Vec<IntervalCase>,
    clusters: Vec<ClustersCase>,
    bootstrap: BootstrapCase,
}

#[derive(Deserialize)]
struct ClustersCase {
    name: String,
    n_columns: usize,
    x: Vec<f32>,
    labels: Vec<u32>,
    truth: Vec<u32>,
    silhouette: f64,
    calinski_harabasz: f64,
    davies_bouldin: f64,
    adjusted_rand: f64,
    normalized_mutual_info: f64,
}

#[derive(Deserialize)]
struct BootstrapCase {
    truth: Vec<u32>,
    probability: Vec<f64>,
    y: Vec<f64>,
    predicted: Vec<f64>,
    expected: BTreeMap<String, (f64, f64)>,
}

#[derive(Deserialize)]
struct IntervalCase {
    n_success: u64,
    n: u64,
    low: f64,
    high: f64,
}

#[derive(Deserialize)]
struct ClassesCase {
    name: String,
    n_classes: usize,
    truth: Vec<u32>,
    predicted: Vec<u32>,
    probabilities: Vec<f64>,
    expected: BTreeMap<String, f64>,
    weights: Vec<f64>,
    weighted: BTreeMap<String, f64>,
    confusion: Vec<Vec<u64>>,
    roc_curve: Option<Curve>,
    precision_recall_curve: Option<PrecisionRecall>,
    calibration: Option<Bins>,
}

#[derive(Deserialize)]
struct PrecisionRecall {
    precision: Vec<f64>,
    recall: Vec<f64>,
    thresholds: Vec<f64>,
}

#[derive(Deserialize)]
struct Bins {
    share: Vec<f64>,
    mean: Vec<f64>,
}

#[derive(Deserialize)]
struct Curve {
    fpr: Vec<f64>,
    tpr: Vec<f64>,
    /// Without the first, which is infinite.
    thresholds: Vec<f64>,
}

#[derive(Deserialize)]
struct ValuesCase {
    name: String,
    truth: Vec<f64>,
    predicted: Vec<f64>,
    quantile: f64,
    expected: BTreeMap<String, f64>,
    weights: Vec<f64>,
    weighted: BTreeMap<String, f64>,
}

fn golden() -> Golden {
    serde_json::from_str(include_str!("../golden/metrics.json")).expect("golden file")
}

fn assert_metrics(name: &str, found: &BTreeMap<String, f64>, wanted: &BTreeMap<String, f64>) {
    assert_eq!(
        found.keys().collect::<Vec<_>>(),
        wanted.keys().collect::<Vec<_>>(),
        "{name}"
    );
    for (key, value) in wanted {
        assert_close(&format!("{name}: {key}"), found[key], *value, 1e-12);
    }
}

#[test]
fn metrics_of_classes_are_those_of_scikit_learn() {
    for case in golden().classes {
        let truth = Target::Classes {
            classes: (0..case.n_classes).map(|i| i.to_string()).collect(),
            kind: ColumnType::Text,
            indices: case.truth.clone(),
        };
        let prediction = Prediction::Classes {
            indices: case.predicted.clone(),
            probabilities: case.probabilities.clone(),
            n_classes: case.n_classes,
        };
        let metrics = evaluate(&truth, &prediction).expect("measurable");
        assert_metrics(&case.name, &metrics, &case.expected);
        let options = MeasureOptions {
            weights: Some(&case.weights),
            ..MeasureOptions::default()
        };
        let measure = Measure::new(&truth, &prediction, &options).expect("measurable");
        assert_metrics(&case.name, &measure.metrics(), &case.weighted);
        if let Some(wanted) = case.calibration {
            let bins = calibration(&case.truth, &prediction).expect("bins").bins;
            assert_eq!(bins.len(), wanted.share.len(), "{}", case.name);
            for (bin, (share, mean)) in bins.iter().zip(wanted.share.iter().zip(&wanted.mean)) {
                assert_close("share", bin.share, *share, 1e-12);
                assert_close("mean", bin.mean_probability, *mean, 1e-12);
            }
        }
        assert_eq!(
            confusion(&case.truth, &case.predicted, case.n_classes),
            case.confusion,
            "{}",
            case.name
        );
        let Some(wanted) = case.roc_curve else {
            continue;
        };
        let positive: Vec<bool> = case.truth.iter().map(|&class| class == 1).collect();
        let score: Vec<f64> = case.probabilities.chunks(2).map(|row| row[1]).collect();
        let curve = roc_curve(&positive, &score);
        assert_eq!(curve.false_positive_rate, wanted.fpr, "{}", case.name);
        assert_eq!(curve.true_positive_rate, wanted.tpr, "{}", case.name);
        assert_eq!(curve.thresholds[0], f64::INFINITY);
        assert_eq!(curve.thresholds[1..], wanted.thresholds, "{}", case.name);
        let wanted = case.precision_recall_curve.expect("a curve");
        let curve = precision_recall_curve(&positive, &score);
        assert_eq!(curve.precision, wanted.precision, "{}", case.name);
        assert_eq!(curve.recall, wanted.recall, "{}", case.name);
        assert_eq!(curve.thresholds, wanted.thresholds, "{}", case.name);
    }
}

#[test]
fn metrics_of_numbers_are_those_of_scikit_learn() {
    for case in golden().values {
        let (truth, predicted) = (
            Target::Values(case.truth),
            Prediction::Values(case.predicted),
        );
        for (weights, wanted) in [
            (None, &case.expected),
            (Some(&*case.weights), &case.weighted),
        ] {
            let options = MeasureOptions {
                weights,
                quantile: Some(case.quantile),
                ..MeasureOptions::default()
            };
            let measure = Measure::new(&truth, &predicted, &options).expect("measurable");
            assert_metrics(&case.name, &measure.metrics(), wanted);
        }
        let metrics = evaluate(&truth, &predicted).expect("measurable");
        assert!(!metrics.contains_key("quantile_loss"));
        assert_eq!(metrics["mae"], case.expected["mae"], "{}", case.name);
    }
}

#[test]
fn metrics_of_clusters_are_those_of_scikit_learn() {
    for case in golden().clusters {
        let x = Matrix {
            n_rows: case.labels.len(),
            names: (0..case.n_columns).map(|i| i.to_string()).collect(),
            values: case.x,
        };
        let labels = &case.labels;
        let measured = silhouette(&x, labels, &Task::silent()).expect("not cancelled");
        for (what, found, wanted) in [
            ("silhouette", measured, case.silhouette),
            (
                "calinski_harabasz",
                calinski_harabasz(&x, labels),
                case.calinski_harabasz,
            ),
            (
                "davies_bouldin",
                davies_bouldin(&x, labels),
                case.davies_bouldin,
            ),
            (
                "adjusted_rand",
                adjusted_rand(&case.truth, labels),
                case.adjusted_rand,
            ),
            (
                "normalized_mutual_info",
                normalized_mutual_info(&case.truth, labels),
                case.normalized_mutual_info,
            ),
        ] {
            let found = found.expect("defined");
            assert_close(&format!("{}: {what}", case.name), found, wanted, 1e-9);
        }
        let one = vec![0; x.n_rows];
        assert_eq!(calinski_harabasz(&x, &one), None);
        assert_eq!(davies_bouldin(&x, &one), None);
        assert_eq!(silhouette(&x, &one, &Task::silent()), Ok(None));
    }
    assert_eq!(adjusted_rand(&[0, 1], &[0]), None);
    assert_eq!(adjusted_rand(&[0, 0, 1], &[5, 5, 2]), Some(1.0));
    assert_eq!(normalized_mutual_info(&[0, 0], &[5, 5]), Some(1.0));
}

fn two_classes(truth: &[u32], probability: &[f64]) -> (Target, Prediction) {
    let truth = Target::Classes {
        classes: vec!["a".into(), "b".into()],
        kind: ColumnType::Text,
        indices: truth.to_vec(),
    };
    let prediction = Prediction::Classes {
        indices: probability.iter().map(|&p| u32::from(p > 0.5)).collect(),
        probabilities: probability.iter().flat_map(|p| [1.0 - p, *p]).collect(),
        n_classes: 2,
    };
    (truth, prediction)
}

#[test]
fn bootstrap_intervals_are_those_of_scipy() {
    let case = golden().bootstrap;
    let (truth, prediction) = two_classes(&case.truth, &case.probability);
    let (y, predicted) = (Target::Values(case.y), Prediction::Values(case.predicted));
    let mut found = BTreeMap::new();
    for (truth, prediction) in [(&truth, &prediction), (&y, &predicted)] {
        let measure =
            || Measure::new(truth, prediction, &MeasureOptions::default()).expect("measurable");
        let metrics = measure().metrics();
        let all = intervals(measure(), 3, &Task::silent()).expect("not cancelled");
        assert_eq!(all.n_resamples, 1_000);
        assert!(!all.by_metric.contains_key("max_error"));
        for (name, interval) in &all.by_metric {
            assert!(
                interval.low <= metrics[name] && metrics[name] <= interval.high,
                "{name}"
            );
        }
        assert_eq!(intervals(measure(), 3, &Task::silent()).as_ref(), Ok(&all));
        found.extend(all.by_metric);
    }
    for (name, (low, high)) in case.expected {
        let interval = found[&name];
        // Two bootstraps of so many resamples differ by some hundredths of the width.
        let slack = 0.12 * (high - low);
        assert!(
            (interval.low - low).abs() < slack,
            "{name}: {interval:?}, {low} to {high}"
        );
        assert!(
            (interval.high - high).abs() < slack,
            "{name}: {interval:?}, {low} to {high}"
        );
    }
}

#[test]
fn weights_that_are_none_are_said() {
    let (truth, prediction) = two_classes(&[0, 1], &[0.2, 0.7]);
    for weights in [&[1.0][..], &[1.0, -1.0], &[1.0, f64::NAN], &[0.0, 0.0]] {
        let options = MeasureOptions {
            weights: Some(weights),
            ..MeasureOptions::default()
        };
        assert!(
            Measure::new(&truth, &prediction, &options).is_err(),
            "{weights:?}"
        );
    }
}

#[test]
fn the_interval_of_a_share_is_wilsons() {
    for case in golden().intervals {
        let (low, high) = wilson_interval(case.n_success, case.n);
        assert_close("low", low, case.low, 1e-12);
        assert_close("high", high, case.high, 1e-12);
    }
    assert_eq!(wilson_interval(0, 0), (0.0, 1.0));
}

fn scored() -> impl Strategy<Value = Vec<(bool, f64)>> {
    prop::collection::vec((any::<bool>(), (-20i32..20).prop_map(f64::from)), 0..60)
}

proptest! {
    #![proptest_config(law())]

    #[test]
    fn the_area_depends_on_the_order_alone(pairs in scored()) {
        let (positive, score): (Vec<bool>, Vec<f64>) = pairs.into_iter().unzip();
        let area = roc_auc(&positive, &score);
        let bent: Vec<f64> = score.iter().map(|s| (s / 10.0).exp() * 3.0 - 7.0).collect();
        prop_assert_eq!(area, roc_auc(&positive, &bent));
        let reversed: Vec<f64> = score.iter().map(|s| -s).collect();
        match (area, roc_auc(&positive, &reversed)) {
            (Some(a), Some(b)) => {
                prop_assert!((0.0..=1.0).contains(&a));
                prop_assert!((a + b - 1.0).abs() < 1e-12);
            }
            (a, b) => prop_assert_eq!(a, b),
        }
    }

    #[test]
    fn the_curve_rises_from_corner_to_corner_and_encloses_the_area(pairs in scored()) {
        let (positive, score): (Vec<bool>, Vec<f64>) = pairs.into_iter().unzip();
        let curve = roc_curve(&positive, &score);
        let Some(area) = roc_auc(&positive, &score) else {
            prop_assert!(curve.thresholds.is_empty());
            return Ok(());
        };
        let (x, y) = (&curve.false_positive_rate, &curve.true_positive_rate);
        prop_assert!(x.is_sorted() && y.is_sorted());
        prop_assert!(curve.thresholds.is_sorted_by(|a, b| a > b));
        prop_assert_eq!((x[0], y[0]), (0.0, 0.0));
        prop_assert_eq!((x.last(), y.last()), (Some(&1.0), Some(&1.0)));
        let under: f64 = (1..x.len()).map(|i| (x[i] - x[i - 1]) * (y[i] + y[i - 1]) / 2.0).sum();
        prop_assert!((under - area).abs() < 1e-12);
    }

    #[test]
    fn metrics_of_classes_lie_in_their_bounds(
        rows in prop::collection::vec((0u32..3, prop::collection::vec(0.01f64..1.0, 3)), 1..40),
    ) {
        let truth: Vec<u32> = rows.iter().map(|row| row.0).collect();
        let probabilities: Vec<f64> = rows
            .iter()
            .flat_map(|(_, row)| row.iter().map(|p| p / row.iter().sum::<f64>()))
            .collect();
        let predicted: Vec<u32> = rows
            .iter()
            .map(|(_, row)| (0..3).max_by(|&a, &b| row[a].total_cmp(&row[b])).unwrap_or(0) as u32)
            .collect();
        let counts = confusion(&truth, &predicted, 3);
        prop_assert_eq!(counts.iter().flatten().sum::<u64>(), truth.len() as u64);
        for class in 0..3u32 {
            let n = truth.iter().filter(|&&t| t == class).count() as u64;
            prop_assert_eq!(counts[class as usize].iter().sum::<u64>(), n);
        }
        let metrics = evaluate(
            &Target::Classes {
                classes: vec!["a".into(), "b".into(), "c".into()],
                kind: ColumnType::Text,
                indices: truth,
            },
            &Prediction::Classes { indices: predicted, probabilities, n_classes: 3 },
        )
        .expect("measurable");
        for (name, value) in metrics {
            let (least, most) = match name.as_str() {
                "log_loss" => (0.0, f64::MAX),
                "brier" => (0.0, 2.0),
                "mcc" | "cohen_kappa" => (-1.0 - 1e-12, 1.0 + 1e-12),
                _ => (0.0, 1.0 + 1e-12),
            };
            prop_assert!((least..=most).contains(&value), "{} {}", name, value);
        }
    }

    #[test]
    fn a_weight_of_two_is_a_row_twice(
        rows in prop::collection::vec((0u32..2, 0.01f64..0.99, 0usize..4), 2..40),
    ) {
        let repeat = |times: fn(usize) -> usize| -> (Vec<u32>, Vec<f64>) {
            rows.iter().flat_map(|&(class, p, n)| vec![(class, p); times(n)]).unzip()
        };
        let (truth, probability) = repeat(|_| 1);
        let weights: Vec<f64> = rows.iter().map(|row| row.2 as f64).collect();
        let (truth, prediction) = two_classes(&truth, &probability);
        let options = MeasureOptions { weights: Some(&weights), ..MeasureOptions::default() };
        let (many, probability) = repeat(|n| n);
        if many.is_empty() {
            prop_assert!(Measure::new(&truth, &prediction, &options).is_err());
            return Ok(());
        }
        let weighted = Measure::new(&truth, &prediction, &options).expect("measurable").metrics();
        let (truth, prediction) = two_classes(&many, &probability);
        let repeated = evaluate(&truth, &prediction).expect("measurable");
        prop_assert_eq!(weighted.keys().collect::<Vec<_>>(), repeated.keys().collect::<Vec<_>>());
        for (name, value) in weighted {
            prop_assert!((value - repeated[&name]).abs() < 1e-9, "{} {} {}", name, value, repeated[&name]);
        }
        let y = |values: &[f64]| (Target::Values(values.iter().map(|p| (p * 7.0).sin()).collect()), Prediction::Values(values.to_vec()));
        let (truth, prediction) = y(&rows.iter().map(|row| row.1).collect::<Vec<_>>());
        let weighted = Measure::new(&truth, &prediction, &options).expect("measurable").metrics();
        let (truth, prediction) = y(&probability);
        let repeated = evaluate(&truth, &prediction).expect("measurable");
        for (name, value) in repeated {
            // A row of weight 0 may have a truth for which a metric is not defined.
            if let Some(found) = weighted.get(&name) {
                prop_assert!((value - found).abs() < 1e-6 * value.abs().max(1.0), "{} {} {}", name, value, found);
            }
        }
    }

    #[test]
    fn the_interval_holds_the_share_and_narrows(n_success in 0u64..1000, more in 0u64..1000) {
        let n = n_success + more;
        let (low, high) = wilson_interval(n_success, n);
        prop_assert!(0.0 <= low && low <= high && high <= 1.0);
        if n > 0 {
            let share = n_success as f64 / n as f64;
            prop_assert!(low <= share + 1e-12 && share <= high + 1e-12);
            let (low_of_ten, high_of_ten) = wilson_interval(n_success * 10, n * 10);
            prop_assert!(high_of_ten - low_of_ten < high - low);
        }
    }
}
