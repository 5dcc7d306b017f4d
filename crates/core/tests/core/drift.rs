//! Drift against scipy (golden/drift.json), the verdicts, and their words.

use assay_core::drift::{
    ColumnDrift, ColumnSketch, DriftRule, OTHER_CATEGORIES, SketchShape, Verdict, bins, bins_over,
    cell_sentence, compare_column, counts, judge, reference_counts, sketch_column,
    verdict_sentence,
};
use assay_core::matrix::RawValues;
use assay_core::replay::{Bins, WindowReport};
use serde::Deserialize;

use crate::assert_close;

#[derive(Deserialize)]
struct Golden {
    p_values: Vec<f64>,
    p_adjusted: Vec<f64>,
    numeric: Vec<NumericCase>,
    categorical: Vec<CategoricalCase>,
}

#[derive(Deserialize)]
struct NumericCase {
    name: String,
    reference: Sample,
    window: Sample,
    expected: NumericMeasures,
}

/// A sample made by exact arithmetic, as golden/make_drift.py describes it.
#[derive(Deserialize)]
struct Sample {
    n: u64,
    multiplier: u64,
    modulus: u64,
    #[serde(default)]
    offset: f64,
    #[serde(default = "one")]
    scale: f64,
    #[serde(default = "once")]
    power: u32,
    #[serde(default)]
    levels: u64,
}

fn one() -> f64 {
    1.0
}

fn once() -> u32 {
    1
}

#[derive(Deserialize)]
struct NumericMeasures {
    ks_statistic: f64,
    p_value: f64,
    wasserstein: f64,
    jensen_shannon: f64,
    psi: f64,
}

#[derive(Deserialize)]
struct CategoricalCase {
    name: String,
    reference: Vec<u64>,
    window: Vec<u64>,
    expected: CategoricalMeasures,
}

#[derive(Deserialize)]
struct CategoricalMeasures {
    chi_square: f64,
    p_value: f64,
    jensen_shannon: f64,
    psi: f64,
}

impl Sample {
    fn values(&self) -> RawValues {
        let value = |i: u64| {
            let mut u = ((i * self.multiplier) % self.modulus) as f64 / self.modulus as f64;
            if self.levels > 0 {
                u = (u * self.levels as f64).floor() / self.levels as f64;
            }
            let mut x = 1.0;
            for _ in 0..self.power {
                x *= u;
            }
            self.offset + self.scale * x
        };
        RawValues::Numbers((0..self.n).map(value).collect())
    }
}

fn golden() -> Golden {
    serde_json::from_str(include_str!("../golden/drift.json")).expect("golden file")
}

#[test]
fn numeric_measures_are_those_of_scipy() {
    for case in golden().numeric {
        let reference = sketch_column("x", &case.reference.values());
        let drift = compare_column(&reference, &case.window.values());
        let wanted = case.expected;
        for (what, found, wanted) in [
            ("KS", drift.ks_statistic, wanted.ks_statistic),
            ("p", drift.p_value, wanted.p_value),
            ("Wasserstein", drift.wasserstein, wanted.wasserstein),
            (
                "Jensen-Shannon",
                drift.jensen_shannon,
                wanted.jensen_shannon,
            ),
            ("PSI", drift.psi, wanted.psi),
        ] {
            let found = found.expect("measured");
            assert_close(&format!("{}: {what}", case.name), found, wanted, 1e-9);
            if what == "p" && wanted > 0.0 {
                assert_close(&case.name, found / wanted, 1.0, 1e-6);
            }
        }
    }
}

#[test]
fn categorical_measures_are_those_of_scipy() {
    let texts = |counts: &[u64]| {
        let category = |(i, &n): (usize, &u64)| vec![Some(format!("c{i}")); n as usize];
        RawValues::Texts(counts.iter().enumerate().flat_map(category).collect())
    };
    for case in golden().categorical {
        let reference = sketch_column("x", &texts(&case.reference));
        let drift = compare_column(&reference, &texts(&case.window));
        let wanted = case.expected;
        for (what, found, wanted) in [
            ("chi-square", drift.chi_square, wanted.chi_square),
            ("p", drift.p_value, wanted.p_value),
            (
                "Jensen-Shannon",
                drift.jensen_shannon,
                wanted.jensen_shannon,
            ),
            ("PSI", drift.psi, wanted.psi),
        ] {
            let found = found.expect("measured");
            assert_close(&format!("{}: {what}", case.name), found, wanted, 1e-9);
            if what == "p" {
                assert_close(&case.name, found / wanted, 1.0, 1e-6);
            }
        }
        assert_eq!(drift.ks_statistic, None);
    }
}

#[test]
fn p_values_are_adjusted_over_those_that_exist() {
    let golden = golden();
    let blank = compare_column(&numbers("x", &[]), &RawValues::Numbers(vec![]));
    let mut columns = vec![blank.clone()];
    columns.extend(golden.p_values.iter().map(|&p| ColumnDrift {
        p_value: Some(p),
        ..blank.clone()
    }));
    judge(&mut columns, &[], &DriftRule::default());
    assert_eq!(columns[0].p_adjusted, None);
    for (column, wanted) in columns.iter().skip(1).zip(golden.p_adjusted) {
        assert_close("p", column.p_adjusted.expect("adjusted"), wanted, 1e-12);
    }
}

fn numbers(name: &str, values: &[f64]) -> ColumnSketch {
    sketch_column(name, &RawValues::Numbers(values.to_vec()))
}

fn texts(values: &[&str]) -> RawValues {
    RawValues::Texts(values.iter().map(|v| Some((*v).to_owned())).collect())
}

fn ramp(n: usize) -> Vec<f64> {
    (0..n).map(|i| i as f64 / n as f64).collect()
}

fn judged(reference: &ColumnSketch, window: &RawValues) -> ColumnDrift {
    let mut columns = [compare_column(reference, window)];
    judge(
        &mut columns,
        std::slice::from_ref(reference),
        &DriftRule::default(),
    );
    let [column] = columns;
    column
}

fn window(n_rows: u64) -> WindowReport {
    WindowReport {
        index: 25,
        first_row: 1,
        last_row: n_rows,
        start_ms: None,
        end_ms: None,
        n_rows,
        columns: vec![],
        n_drifted: 0,
        performance: None,
    }
}

#[test]
fn one_value_moves_a_constant_and_none_does_not() {
    let reference = numbers("vicprice", &[0.003467; 500]);
    let still = judged(&reference, &RawValues::Numbers(vec![0.003467; 336]));
    assert_eq!(
        (still.verdict, still.jensen_shannon),
        (Verdict::Stable, Some(0.0))
    );
    let mut one = vec![0.003467; 336];
    one[335] = 0.0035;
    for window in [one, vec![0.0035]] {
        let moved = judged(&reference, &RawValues::Numbers(window));
        assert_eq!(moved.verdict, Verdict::Drifted);
        assert_eq!(moved.reason, "a constant moved");
        assert_eq!((moved.n_outside, moved.n_unseen), (1, 1));
    }
    let text = sketch_column("flag", &texts(&["N"; 60]));
    assert_eq!(judged(&text, &texts(&["N"; 60])).verdict, Verdict::Stable);
    assert_eq!(judged(&text, &texts(&["N", "Y"])).verdict, Verdict::Drifted);
    let gone = RawValues::Numbers(vec![f64::NAN; 10]);
    assert_eq!(judged(&reference, &gone).verdict, Verdict::NotJudged);
}

#[test]
fn verdicts_follow_the_rule() {
    let reference = numbers("x", &ramp(1000));
    let mut half_missing = ramp(400);
    for value in half_missing.iter_mut().step_by(2) {
        *value = f64::NAN;
    }
    let shifted: Vec<f64> = ramp(300).iter().map(|x| x + 0.4).collect();
    let table = [
        (ramp(300), Verdict::Stable, "distance 0.0"),
        (shifted.clone(), Verdict::Drifted, "and p "),
        (
            shifted[..29].to_vec(),
            Verdict::NotJudged,
            "29 values, 30 are needed",
        ),
        (vec![], Verdict::NotJudged, "0 values, 30 are needed"),
        (half_missing, Verdict::Drifted, "missing rose by 50.0 %"),
        (
            vec![f64::NAN; 40],
            Verdict::Drifted,
            "missing rose by 100.0 %",
        ),
        (
            vec![f64::INFINITY; 40],
            Verdict::Drifted,
            "missing rose by 100.0 %",
        ),
    ];
    for (values, verdict, reason) in table {
        let drift = judged(&reference, &RawValues::Numbers(values));
        assert_eq!(drift.verdict, verdict, "{}", drift.reason);
        assert!(drift.reason.contains(reason), "{} / {reason}", drift.reason);
    }
    let far_but_unsure = judged(
        &reference,
        &RawValues::Numbers(ramp(30).iter().map(|x| x * 0.9).collect()),
    );
    assert_eq!(
        far_but_unsure.verdict,
        Verdict::Stable,
        "{}",
        far_but_unsure.reason
    );

    let nothing = numbers("x", &[f64::NAN; 40]);
    let drift = judged(&nothing, &RawValues::Numbers(ramp(40)));
    assert_eq!(drift.verdict, Verdict::NotJudged);
    assert_eq!(drift.reason, "the reference holds no value");
}

#[test]
fn a_value_of_the_other_kind_is_read_as_the_references() {
    let reference = numbers("x", &[1.0, 2.0, 3.0]);
    let drift = compare_column(&reference, &texts(&["1", " 2 ", "?", "9"]));
    assert_eq!((drift.n_missing, drift.n_outside), (1, 1));
    let reference = sketch_column("x", &texts(&["1", "2", "0.5"]));
    let drift = compare_column(
        &reference,
        &RawValues::Numbers(vec![1.0, 0.5, 7.0, f64::NAN]),
    );
    assert_eq!(
        (drift.n_missing, drift.n_outside, drift.n_unseen),
        (1, 1, 1)
    );
}

#[test]
fn large_sketches_stay_small_and_near() {
    let values: Vec<f64> = (0..50_000).map(|i| ((i * 7919) % 50_021) as f64).collect();
    let window = RawValues::Numbers((0..3000).map(|i| ((i * 104_729) % 60_013) as f64).collect());
    let sketch = sketch_column("x", &RawValues::Numbers(values.clone()));
    let SketchShape::Numeric {
        values: kept,
        cumulative,
        exact,
        max,
        ..
    } = &sketch.shape
    else {
        panic!("numbers make a numeric sketch");
    };
    assert!(!exact && kept.len() <= 2000 && kept.last() == Some(max));
    assert_eq!(cumulative.last(), Some(&50_000));
    assert!(cumulative.windows(2).all(|pair| pair[1] - pair[0] <= 26));
    // The same distances from all of the values, put together as an exact sketch.
    let mut sorted = values;
    sorted.sort_by(f64::total_cmp);
    let mut full = sketch.clone();
    if let SketchShape::Numeric {
        values, cumulative, ..
    } = &mut full.shape
    {
        *cumulative = (1..=sorted.len() as u64).collect();
        *values = sorted;
    }
    let (near, right) = (
        compare_column(&sketch, &window),
        compare_column(&full, &window),
    );
    assert_close(
        "KS",
        near.ks_statistic.unwrap_or(9.0),
        right.ks_statistic.unwrap_or(0.0),
        1.0 / 2000.0,
    );
    assert_close(
        "JS",
        near.jensen_shannon.unwrap_or(9.0),
        right.jensen_shannon.unwrap_or(0.0),
        1e-3,
    );
    assert_close(
        "W",
        near.wasserstein.unwrap_or(9.0),
        right.wasserstein.unwrap_or(0.0),
        2e-3,
    );

    let many: Vec<String> = (0..1500).map(|i| format!("c{}", i % 1200)).collect();
    let sketch = sketch_column(
        "x",
        &RawValues::Texts(many.iter().cloned().map(Some).collect()),
    );
    let SketchShape::Categorical {
        values,
        counts,
        n_other,
    } = &sketch.shape
    else {
        panic!("texts make a categorical sketch");
    };
    assert_eq!((values.len(), counts[0], *n_other), (1000, 2, 200));
    assert_eq!(compare_column(&sketch, &texts(&["unheard of"])).n_unseen, 0);
}

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
fn verdicts_are_sentences() {
    let names = ["vicprice", "vicdemand", "transfer"].map(str::to_owned);
    assert_eq!(
        verdict_sentence(&names, Some(25), 100),
        "Drifted from window 26 on: vicprice, vicdemand, transfer"
    );
    assert_eq!(
        verdict_sentence(&[], None, 100),
        "Stable: no column drifted in 100 windows"
    );

    let constant = numbers("vicprice", &[0.003467; 500]);
    let mut values: Vec<f64> = (0..285).map(|i| 0.004 + f64::from(i) / 1e5).collect();
    values.extend([0.0039; 0]);
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
