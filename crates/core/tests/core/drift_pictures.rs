//! What a person sees of drift: bins and sentences.

use assay_core::drift::{
    OTHER_CATEGORIES, bins, bins_over, cell_sentence, counts, reference_counts, sketch_column,
    verdict_sentence,
};
use assay_core::matrix::RawValues;
use assay_core::replay::{Bins, ColumnRole, ReplayColumn, WindowReport};

use crate::samples::{judged, numbers, ramp, texts, window};

#[test]
fn bins_show_the_body_and_reach_to_the_ends() {
    let reference = numbers("x", &ramp(1000));
    let Bins::Edges { edges } = bins(&reference, -50.0, 99.0) else {
        panic!("numbers have edges");
    };
    assert_eq!(edges.len(), 26);
    assert_eq!((edges[0], edges[25]), (-50.0, 99.0));
    assert!(edges[1] > -0.3 && edges[24] < 1.3, "{edges:?}");
    assert!(edges.is_sorted_by(|a, b| a < b));

    let constant = numbers("vicprice", &[0.003467; 10]);
    let log = RawValues::Numbers(vec![0.003467, 0.001, 0.006, 1.0]);
    let shared = bins_over(&constant, &log);
    let shown = counts(&shared, &log);
    assert_eq!(shown.iter().sum::<u64>(), 4);
    assert_eq!(shown.iter().filter(|&&n| n > 0).count(), 4, "{shown:?}");
    assert_eq!(reference_counts(&shared, &constant).iter().max(), Some(&10));
    for (low, high) in [(0.003467, 0.003467), (f64::INFINITY, f64::NEG_INFINITY)] {
        let Bins::Edges { edges } = bins(&constant, low, high) else {
            panic!("numbers have edges");
        };
        assert!(edges.is_sorted_by(|a, b| a < b), "{edges:?}");
    }
    let zero = numbers("x", &[0.0; 10]);
    assert!(matches!(bins(&zero, 0.0, 5.0), Bins::Edges { edges } if edges[25] == 5.0));
}

#[test]
fn bars_of_categories_name_what_is_new() {
    let reference = sketch_column("x", &texts(&["a", "a", "b"]));
    let log = texts(&["a", "new", "new"]);
    let shared = bins_over(&reference, &log);
    assert_eq!(
        shared,
        Bins::Categories {
            categories: vec!["a".into(), "b".into(), "new".into()]
        }
    );
    assert_eq!(counts(&shared, &log), [1, 0, 2]);
    assert_eq!(reference_counts(&shared, &reference), [2, 1, 0]);
    let blind = bins(&reference, f64::NAN, f64::NAN);
    assert_eq!(
        blind,
        Bins::Categories {
            categories: vec!["a".into(), "b".into(), OTHER_CATEGORIES.into()]
        }
    );
    assert_eq!(counts(&blind, &log), [1, 0, 2]);
}

#[test]
fn cells_are_sentences() {
    let constant = numbers("vicprice", &[0.003467; 500]);
    let mut values: Vec<f64> = (0..285).map(|i| 0.004 + f64::from(i) / 1e5).collect();
    values.extend([0.003467; 51]);
    let drift = judged(&constant, &RawValues::Numbers(values));
    assert_eq!(
        cell_sentence(&drift, &constant, &window(336)),
        "One value became 286. Every reference row holds 0.003467; 84.8 % of this window lies outside the reference's range."
    );
    let still = judged(&constant, &RawValues::Numbers(vec![0.003467; 336]));
    assert_eq!(
        cell_sentence(&still, &constant, &window(336)),
        "Every reference row holds 0.003467; so does this window."
    );

    let island = sketch_column("island", &texts(&["Biscoe", "Dream"].repeat(60)));
    let moved = judged(&island, &texts(&["Biscoe", "Oslo"].repeat(40)));
    assert_eq!(
        cell_sentence(&moved, &island, &window(80)),
        "The distribution moved: distance 0.707. 1 category that the reference did not hold, in 50.0 % of this window."
    );
    let x = numbers("x", &ramp(1000));
    let same = judged(&x, &RawValues::Numbers(ramp(1000)));
    assert_eq!(
        cell_sentence(&same, &x, &window(1000)),
        "Like the reference: distance 0.000. Every value lies within the reference's range, 0 to 0.999."
    );
    let gone = judged(&x, &RawValues::Numbers(vec![f64::NAN; 50]));
    assert_eq!(
        cell_sentence(&gone, &x, &window(50)),
        "Missing values rose from 0.0 % to 100.0 % of the rows."
    );
    let few = judged(&x, &RawValues::Numbers(ramp(5)));
    assert_eq!(
        cell_sentence(&few, &x, &window(5)),
        "Not judged: 5 values, 30 are needed."
    );
    assert_eq!(
        cell_sentence(&few, &x, &window(0)),
        "This window holds no rows."
    );
}

#[test]
fn verdicts_are_sentences() {
    let x = numbers("x", &ramp(100));
    let report = |index: u32, values: &[f64], n_drifted| WindowReport {
        index,
        n_drifted,
        columns: vec![judged(&x, &RawValues::Numbers(values.to_vec()))],
        ..window(values.len() as u64)
    };
    let column = |name: &str, first_drifted_window: Option<u32>| ReplayColumn {
        name: name.to_owned(),
        role: ColumnRole::Feature,
        numeric: true,
        constant: false,
        n_drifted_windows: if first_drifted_window.is_some() {
            20
        } else {
            0
        },
        first_drifted_window,
    };
    let columns = [
        column("period", None),
        column("transfer", Some(26)),
        column("vicprice", Some(25)),
        column("vicdemand", Some(25)),
    ];
    let drifting: Vec<WindowReport> = (0..40)
        .map(|index| report(index, &ramp(50), u32::from(index > 24)))
        .collect();
    assert_eq!(
        verdict_sentence(&columns, &drifting),
        "Drifted from window 26 on: vicprice, vicdemand, transfer"
    );
    assert_eq!(
        verdict_sentence(&columns[2..], &drifting[..26]),
        "Drifted in window 26: vicprice, vicdemand"
    );
    let many: Vec<ReplayColumn> = (0..11).map(|i| column(&format!("c{i}"), Some(0))).collect();
    assert_eq!(
        verdict_sentence(&many, &drifting),
        "Drifted from window 1 on: c0, c1, c2, c3, c4, c5, c6, c7 and 3 more"
    );
    let seldom = ReplayColumn {
        n_drifted_windows: 2,
        ..column("nswprice", Some(3))
    };
    assert_eq!(
        verdict_sentence(&[seldom.clone(), columns[2].clone()], &drifting),
        "Drifted from window 26 on: vicprice; now and then: nswprice"
    );
    assert_eq!(
        verdict_sentence(&[seldom], &drifting),
        "Drifted now and then, first in window 4: nswprice"
    );
    let still = [report(0, &ramp(50), 0), window(0), report(2, &ramp(50), 0)];
    assert_eq!(
        verdict_sentence(&columns[..1], &still),
        "Stable: no column drifted in 2 windows"
    );
    assert_eq!(
        verdict_sentence(&columns[..1], &[report(0, &ramp(5), 0)]),
        "Not judged: no window holds 30 values of a column"
    );
}
