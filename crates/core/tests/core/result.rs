//! What a run says beside its metrics: thresholds against brute force, slices, residuals and errors by their laws.

use assay_core::matrix::{Columns, Prediction, RawColumn, RawValues, Target};
use assay_core::result::{
    ChosenOn, Costs, ScoredRows, ThresholdRule, calibration, residuals, slices, threshold_report,
    worst_rows,
};
use assay_core::schema::ColumnType;
use assay_core::task::Task;
use proptest::prelude::*;

use crate::law;

fn scored() -> impl Strategy<Value = ScoredRows> {
    prop::collection::vec((any::<bool>(), 0u32..=20), 1..50).prop_map(|rows| ScoredRows {
        positive: rows.iter().map(|row| row.0).collect(),
        probability: rows.iter().map(|row| f64::from(row.1) / 20.0).collect(),
    })
}

/// Mean cost of a row at a threshold, counted row by row.
fn cost_at(rows: &ScoredRows, threshold: f64, costs: Costs) -> f64 {
    let total: f64 = rows
        .positive
        .iter()
        .zip(&rows.probability)
        .map(|(&positive, &p)| match (positive, p >= threshold) {
            (true, false) => costs.false_negative,
            (false, true) => costs.false_positive,
            _ => 0.0,
        })
        .sum();
    total / rows.positive.len() as f64
}

fn classes(indices: &[u32]) -> Target {
    Target::Classes {
        classes: vec!["no".into(), "yes".into()],
        kind: ColumnType::Text,
        indices: indices.to_vec(),
    }
}

fn answers(probabilities: &[f64]) -> Prediction {
    Prediction::Classes {
        indices: probabilities.iter().map(|&p| u32::from(p > 0.5)).collect(),
        probabilities: probabilities.iter().flat_map(|p| [1.0 - p, *p]).collect(),
        n_classes: 2,
    }
}

#[test]
fn a_threshold_chosen_on_validation_rows_is_measured_on_test_rows() {
    let test = ScoredRows {
        positive: vec![true, false, true, false],
        probability: vec![0.9, 0.6, 0.4, 0.1],
    };
    let validation = ScoredRows {
        positive: vec![true, true, false, false],
        probability: vec![0.8, 0.35, 0.3, 0.2],
    };
    let report = threshold_report(&test, Some(&validation), "yes", Costs::default()).expect("rows");
    assert_eq!(report.chosen_on, ChosenOn::ValidationRows);
    for choice in &report.choices {
        let point = choice.point;
        if choice.rule == ThresholdRule::Default {
            assert_eq!(
                (
                    point.threshold,
                    point.n_true_positive,
                    point.n_false_positive
                ),
                (0.5, 1, 1)
            );
        } else {
            assert_eq!(point.threshold, 0.35, "{:?}", choice.rule);
            assert_eq!((point.n_true_positive, point.n_false_positive), (2, 1));
            assert_eq!((point.recall, point.cost), (1.0, 0.25));
        }
    }
    let alone = threshold_report(&test, None, "yes", Costs::default()).expect("rows");
    assert_eq!(alone.chosen_on, ChosenOn::TestRows);
    assert_eq!(
        threshold_report(&ScoredRows::default(), None, "yes", Costs::default()),
        None
    );
    for (false_positive, false_negative, usable) in [
        (1.0, 5.0, true),
        (0.0, 1.0, true),
        (0.0, 0.0, false),
        (-1.0, 2.0, false),
        (f64::NAN, 1.0, false),
    ] {
        let costs = Costs {
            false_positive,
            false_negative,
        };
        assert_eq!(costs.are_usable(), usable, "{costs:?}");
    }
}

#[test]
fn the_bad_corner_is_the_first_slice() {
    let n = 400;
    let site = |row: usize| ["north", "south", "east"][row % 3];
    let age = |row: usize| {
        if row.is_multiple_of(50) {
            f64::NAN
        } else {
            (row * 7 % 90) as f64
        }
    };
    let truth: Vec<u32> = (0..n).map(|row| (row % 2) as u32).collect();
    // Always right, but in the south, where every other answer is wrong.
    let said: Vec<f64> = (0..n)
        .map(|row| {
            let right = site(row) != "south" || row % 4 < 2;
            f64::from(u8::from((row % 2 == 1) == right)) * 0.8 + 0.1
        })
        .collect();
    let columns = Columns {
        n_rows: n,
        columns: vec![
            RawColumn {
                name: "site".into(),
                values: RawValues::Texts((0..n).map(|row| Some(site(row).to_owned())).collect()),
            },
            RawColumn {
                name: "age".into(),
                values: RawValues::Numbers((0..n).map(age).collect()),
            },
            RawColumn {
                name: "id".into(),
                values: RawValues::Texts((0..n).map(|row| Some(format!("row {row}"))).collect()),
            },
        ],
    };
    let found =
        slices(&columns, &classes(&truth), &answers(&said), &Task::silent()).expect("slices");
    let first = &found[0];
    assert_eq!(
        (first.column.as_str(), first.label.as_str()),
        ("site", "south")
    );
    assert!(first.is_worse && !first.is_small && first.metrics.contains_key("roc_auc"));
    assert_eq!(found.iter().filter(|slice| slice.is_worse).count(), 1);
    assert!(found.iter().all(|slice| slice.column != "id"));
    let all_right = answers(
        &truth
            .iter()
            .map(|&class| class.into())
            .collect::<Vec<f64>>(),
    );
    let right = slices(&columns, &classes(&truth), &all_right, &Task::silent());
    assert!(right.expect("slices").iter().all(|slice| !slice.is_worse));
    let of_age: Vec<_> = found.iter().filter(|slice| slice.column == "age").collect();
    assert_eq!(of_age.iter().map(|slice| slice.n).sum::<u64>(), n as u64);
    assert_eq!(of_age.len(), 5);
    let missing = of_age
        .iter()
        .find(|slice| slice.label == "missing")
        .expect("missing");
    assert!(missing.is_small);

    let truth = Target::Values((0..n).map(|row| row as f64).collect());
    let off = |row: usize| {
        if site(row) == "east" {
            9.0 + (row % 3) as f64
        } else {
            (row % 2) as f64
        }
    };
    let said = Prediction::Values((0..n).map(|row| row as f64 + off(row)).collect());
    let found = slices(&columns, &truth, &said, &Task::silent()).expect("slices");
    assert_eq!(
        (found[0].label.as_str(), found[0].metric.as_str()),
        ("east", "mae")
    );
    assert!(found[0].is_worse && (found[0].value - 11.0).abs() < 1e-9);
}

#[test]
fn the_surest_mistakes_and_the_largest_residuals_come_first() {
    let truth = classes(&[0, 1, 0, 1]);
    let errors = worst_rows(
        &truth,
        &answers(&[0.6, 0.9, 0.99, 0.2]),
        &[10, 20, 30, 40],
        2,
    );
    let told: Vec<_> = errors
        .iter()
        .map(|e| (e.row, e.truth.as_str(), e.prediction.as_str()))
        .collect();
    assert_eq!(told, [(30, "no", "yes"), (40, "yes", "no")]);
    assert!((errors[1].size - 0.8).abs() < 1e-12);
    assert!((errors[1].truth_probability.expect("a probability") - 0.2).abs() < 1e-12);
    let values = Target::Values(vec![1.0, 2.0, 3.0]);
    let errors = worst_rows(
        &values,
        &Prediction::Values(vec![1.5, 2.0, -7.0]),
        &[4, 5, 6],
        9,
    );
    let rows: Vec<_> = errors.iter().map(|error| (error.row, error.size)).collect();
    assert_eq!(rows, [(6, 10.0), (4, 0.5), (5, 0.0)]);
}

proptest! {
    #![proptest_config(law())]

    #[test]
    fn no_threshold_is_cheaper_than_the_one_chosen(
        rows in scored(),
        false_positive in 0u32..5,
        false_negative in 1u32..5,
    ) {
        let costs = Costs { false_positive: false_positive.into(), false_negative: false_negative.into() };
        let report = threshold_report(&rows, None, "yes", costs).expect("rows");
        for choice in &report.choices {
            let found = cost_at(&rows, choice.point.threshold, costs);
            prop_assert!((choice.point.cost - found).abs() < 1e-12);
        }
        let chosen = report.choices.iter().find(|c| c.rule == ThresholdRule::LowestCost).expect("a choice");
        for step in 0..=42 {
            let other = cost_at(&rows, f64::from(step) / 40.0, costs);
            prop_assert!(chosen.point.cost <= other + 1e-12);
        }
        let thresholds: Vec<f64> = report.curve.iter().map(|point| point.threshold).collect();
        prop_assert!(thresholds.is_sorted_by(|a, b| a < b) && thresholds.len() <= 200);
        let last = report.curve.last().expect("a point");
        prop_assert_eq!(last.n_true_positive + last.n_false_positive, 0);
    }

    #[test]
    fn residuals_are_all_in_the_bars_and_the_bins(
        pairs in prop::collection::vec((-1e3f64..1e3, -1e3f64..1e3), 1..700),
        seed in any::<u64>(),
    ) {
        let (truth, predicted): (Vec<f64>, Vec<f64>) = pairs.iter().copied().unzip();
        let found = residuals(&truth, &predicted, seed).expect("rows");
        let n = pairs.len() as u64;
        prop_assert_eq!(found.counts.iter().sum::<u64>(), n);
        prop_assert_eq!(found.edges.len(), found.counts.len() + 1);
        prop_assert!(found.edges.is_sorted());
        prop_assert_eq!(found.by_prediction.iter().map(|bin| bin.n).sum::<u64>(), n);
        prop_assert!(found.by_prediction.iter().all(|bin| bin.low <= bin.median && bin.median <= bin.high));
        prop_assert_eq!(found.sample.len(), pairs.len().min(500));
        prop_assert_eq!(residuals(&truth, &predicted, seed), Some(found));
    }

    #[test]
    fn calibration_counts_every_row_once(rows in scored()) {
        let truth: Vec<u32> = rows.positive.iter().map(|&positive| positive.into()).collect();
        let found = calibration(&truth, &answers(&rows.probability)).expect("rows");
        prop_assert_eq!(found.bins.iter().map(|bin| bin.n).sum::<u64>(), truth.len() as u64);
        prop_assert!(found.bins.len() <= 10);
        prop_assert!(found.bins.is_sorted_by(|a, b| a.mean_probability < b.mean_probability));
        prop_assert!(found.expected_error <= found.largest_error + 1e-12 && found.largest_error <= 1.0);
        for bin in &found.bins {
            prop_assert!(bin.interval.low <= bin.share + 1e-12 && bin.share <= bin.interval.high + 1e-12);
        }
    }
}
