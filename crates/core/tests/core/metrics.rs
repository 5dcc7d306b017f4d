//! Metrics against scikit-learn (golden/metrics.json) and their laws.

use std::collections::BTreeMap;

use assay_core::matrix::{Prediction, Target};
use assay_core::metrics::{confusion, evaluate, roc_auc, roc_curve, wilson_interval};
use assay_core::schema::ColumnType;
use proptest::prelude::*;
use serde::Deserialize;

use crate::{assert_close, law};

#[derive(Deserialize)]
struct Golden {
    classes: Vec<ClassesCase>,
    values: Vec<ValuesCase>,
    intervals: Vec<IntervalCase>,
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
    confusion: Vec<Vec<u64>>,
    roc_curve: Option<Curve>,
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
    expected: BTreeMap<String, f64>,
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
    }
}

#[test]
fn metrics_of_numbers_are_those_of_scikit_learn() {
    for case in golden().values {
        let metrics = evaluate(
            &Target::Values(case.truth),
            &Prediction::Values(case.predicted),
        )
        .expect("measurable");
        assert_metrics(&case.name, &metrics, &case.expected);
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
            let most = if name == "log_loss" { f64::MAX } else { 1.0 + 1e-12 };
            prop_assert!((0.0..=most).contains(&value), "{} {}", name, value);
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
