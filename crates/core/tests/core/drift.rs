//! Drift against scipy (golden/drift.json), the verdicts, and their words.

use assay_core::drift::{
    ColumnDrift, DriftRule, SketchShape, Verdict, compare_column, judge, sketch_column,
};
use assay_core::matrix::RawValues;
use serde::Deserialize;

use crate::assert_close;
use crate::samples::{judged, numbers, ramp, texts};

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
