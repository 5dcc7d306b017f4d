//! Performance without labels, and reconstruction, against NannyML (golden/estimates.json).

use std::collections::BTreeMap;
use std::sync::LazyLock;

use assay_core::Task;
use assay_core::drift::estimate::{
    CbpeOptions, CbpeReference, EstimateError, EstimatedMetric, LossKind, LossReference, LossTally,
};
use assay_core::drift::multivariate::{JudgedBy, PcaReference, ReconstructionTally};
use assay_core::matrix::{Columns, RawColumn, RawValues};
use serde::Deserialize;

use crate::assert_close;
use crate::uniform::Uniform;

#[derive(Deserialize)]
struct Golden {
    n_reference: usize,
    n_window: usize,
    n_chunk: usize,
    binary: Cbpe<bool>,
    multiclass: Cbpe<Vec<bool>>,
    dle: Dle,
    reconstruction: Reconstruction,
}

type Chunk = BTreeMap<String, Record>;

#[derive(Deserialize)]
struct Cbpe<T> {
    calibrated: T,
    chunks: Vec<Chunk>,
}

#[derive(Deserialize)]
struct Record {
    value: f64,
    sampling_error: f64,
    upper_confidence_boundary: f64,
    lower_confidence_boundary: f64,
    upper_threshold: Option<f64>,
    lower_threshold: Option<f64>,
    alert: bool,
}

#[derive(Deserialize)]
struct Dle {
    chunks: Vec<Chunk>,
    losses: BTreeMap<String, Losses>,
}

#[derive(Deserialize)]
struct Losses {
    levels: Vec<f64>,
    /// A character a row: the place of its level.
    rows: String,
}

#[derive(Deserialize)]
struct Reconstruction {
    n_components: usize,
    shifted: Vec<Chunk>,
    same: Vec<Chunk>,
}

static GOLDEN: LazyLock<Golden> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../golden/estimates.json")).expect("golden numbers")
});

pub struct Classified {
    pub truth: Vec<u32>,
    pub predicted: Vec<u32>,
    pub probabilities: Vec<f64>,
}

#[test]
fn two_classes_are_estimated_as_by_nannyml() {
    let worth = vec![1.0, -2.0, -3.0, 5.0];
    let reference = binary(1, GOLDEN.n_reference, false);
    let fitted = fit(&["0", "1"], &reference, worth);
    assert_eq!(fitted.calibrators[0].is_some(), GOLDEN.binary.calibrated);
    let window = binary(2, GOLDEN.n_window, true);
    compare(&fitted, &window, &GOLDEN.binary.chunks, |name| {
        name.to_owned()
    });
}

#[test]
fn three_classes_are_estimated_as_by_nannyml() {
    let worth = vec![1.0, -1.0, -2.0, -3.0, 2.0, 0.5, -4.0, -0.5, 3.0];
    let reference = multiclass(3, GOLDEN.n_reference, false);
    let fitted = fit(&["a", "b", "c"], &reference, worth);
    let calibrated: Vec<bool> = fitted.calibrators.iter().map(Option::is_some).collect();
    assert_eq!(calibrated, GOLDEN.multiclass.calibrated);
    let window = multiclass(4, GOLDEN.n_window, true);
    compare(
        &fitted,
        &window,
        &GOLDEN.multiclass.chunks,
        |name| match name {
            "f1" | "precision" | "recall" | "specificity" => format!("{name}_macro"),
            other => other.to_owned(),
        },
    );
}

#[test]
fn losses_are_estimated_as_by_nannyml() {
    let (truth, predicted) = regression(5, GOLDEN.n_reference, false);
    let n_stretches = GOLDEN.n_reference / GOLDEN.n_chunk;
    let fitted = LossReference::fit(&truth, &predicted, n_stretches).expect("fitted");
    let mut n_compared = 0;
    for kind in LossKind::ALL {
        let losses = &GOLDEN.dle.losses[kind.metric()];
        let rows: Vec<f64> = losses
            .rows
            .bytes()
            .map(|b| losses.levels[usize::from(b - b'0')])
            .collect();
        for (chunk, rows) in GOLDEN.dle.chunks.iter().zip(rows.chunks(GOLDEN.n_chunk)) {
            let (mut tally, mut rest) = (LossTally::default(), LossTally::default());
            let (first, second) = rows.split_at(123);
            first.iter().for_each(|loss| assert!(tally.add(*loss)));
            second.iter().for_each(|loss| assert!(rest.add(*loss)));
            tally.merge(&rest);
            assert!(!tally.add(f64::NAN));
            let found = fitted.estimated(kind, &tally).expect("rows");
            assert_like(&found, &chunk[kind.metric()], 1e-9, 1e-9);
            n_compared += 1;
        }
    }
    assert_eq!(n_compared, 12);
    // A sample speaks for all rows, and is less sure of them; a part of a few rows that were all asked is not.
    let losses: Vec<f64> = (0..100).map(|row| f64::from(row % 10)).collect();
    let (mut all, mut some) = (LossTally::default(), LossTally::default());
    losses.iter().for_each(|loss| assert!(all.add(*loss)));
    some.add_sample(&losses[..30], 100);
    let mut whole = LossTally::default();
    whole.add_sample(&losses[..40], 40);
    whole.add_sample(&losses[40..], 60);
    let estimated = |tally| fitted.estimated(LossKind::Mae, tally).expect("rows");
    let errors = [&all, &some, &whole].map(|tally| {
        assert_eq!(tally.n_rows(), 100);
        assert!((estimated(tally).value - 4.5).abs() < 1e-12);
        estimated(tally).sampling_error.expect("an error")
    });
    // 30 of 100 with a variance of 8.25 · 30 / 29.
    let of_sample = 8.25 * 30.0 / 29.0 / 30.0 * 0.7;
    assert!((errors[1] - (errors[0].powi(2) + of_sample).sqrt()).abs() < 1e-12);
    assert!((errors[2] - errors[0]).abs() < 1e-12);
    // A truth of 0 has no share, and one below -1 no logarithm.
    let fitted = LossReference::fit(&[0.0, -3.0], &[1.0, 1.0], 2).expect("fitted");
    let mut tally = LossTally::default();
    tally.add(1.0);
    assert!(fitted.estimated(LossKind::Mape, &tally).is_none());
    assert!(fitted.estimated(LossKind::Rmsle, &tally).is_none());
    assert!(
        fitted
            .estimated(LossKind::Mae, &LossTally::default())
            .is_none()
    );
    assert!(fitted.estimated(LossKind::Mae, &tally).is_some());
}

#[test]
fn rows_are_reconstructed_as_by_nannyml() {
    let golden = &GOLDEN.reconstruction;
    let n_stretches = GOLDEN.n_reference / GOLDEN.n_chunk;
    let reference = mixed(8, GOLDEN.n_reference, false);
    let fitted = PcaReference::fit(&reference, n_stretches, &Task::silent()).expect("fitted");
    assert_eq!(fitted.components.len(), golden.n_components);
    let text = serde_json::to_string(&fitted).expect("stored");
    assert!(text.len() < 4_000, "{}", text.len());
    let fitted: PcaReference = serde_json::from_str(&text).expect("read");
    for (window, chunks) in [
        (mixed(9, GOLDEN.n_window, true), &golden.shifted),
        (mixed(10, GOLDEN.n_window, false), &golden.same),
    ] {
        for (at, chunk) in chunks.iter().enumerate() {
            let rows = window.slice(at * GOLDEN.n_chunk..(at + 1) * GOLDEN.n_chunk);
            let (mut tally, mut rest) = (
                ReconstructionTally::default(),
                ReconstructionTally::default(),
            );
            fitted.add(&mut tally, &rows.slice(0..200));
            fitted.add(&mut rest, &rows.slice(200..GOLDEN.n_chunk));
            tally.merge(&rest);
            let found = fitted
                .reconstruction(&tally, &fitted.limits_by(JudgedBy::Stretches))
                .expect("rows");
            let wanted = &chunk["reconstruction_error"];
            assert_close("error", found.error, wanted.value, 1e-9);
            assert_close(
                "sampling",
                found.sampling_error.unwrap(),
                wanted.sampling_error,
                1e-9,
            );
            assert_close(
                "low",
                found.low.unwrap(),
                wanted.lower_confidence_boundary,
                1e-9,
            );
            assert_close(
                "high",
                found.high.unwrap(),
                wanted.upper_confidence_boundary,
                1e-9,
            );
            assert_close(
                "limit",
                fitted.limits.high.unwrap(),
                wanted.upper_threshold.unwrap(),
                1e-9,
            );
            assert_close(
                "limit",
                fitted.limits.low.unwrap(),
                wanted.lower_threshold.unwrap(),
                1e-9,
            );
            assert_eq!(found.alert, wanted.alert);
        }
    }
    let alerts = |chunks: &[Chunk]| {
        chunks
            .iter()
            .filter(|c| c["reconstruction_error"].alert)
            .count()
    };
    assert_eq!((alerts(&golden.shifted), alerts(&golden.same)), (2, 0));
}

#[test]
fn what_cannot_be_a_reference_is_said() {
    let classes = |n: usize| -> Vec<String> { (0..n).map(|c| c.to_string()).collect() };
    let options = CbpeOptions::default();
    let worthless = CbpeOptions {
        business_value: Some(vec![1.0; 3]),
        ..CbpeOptions::default()
    };
    let fit = |n, truth: &[u32], probabilities: &[f64], options: &CbpeOptions| {
        CbpeReference::fit(&classes(n), truth, truth, probabilities, options).map(|_| ())
    };
    for (found, wanted) in [
        (
            fit(1, &[0], &[1.0], &options),
            EstimateError::Classes { n_classes: 1 },
        ),
        (fit(2, &[], &[], &options), EstimateError::NoRows),
        (
            fit(2, &[0], &[1.0], &options),
            EstimateError::Lengths {
                truth: 1,
                predicted: 1,
                probabilities: 1,
                n_classes: 2,
            },
        ),
        (
            fit(2, &[2], &[0.5, 0.5], &options),
            EstimateError::ClassOutOfRange {
                row: 0,
                class: 2,
                n_classes: 2,
            },
        ),
        (
            fit(2, &[0, 1], &[0.5, 0.5, -0.5, 1.5], &options),
            EstimateError::Probability {
                row: 1,
                found: "-0.5".to_owned(),
            },
        ),
        (
            fit(2, &[0], &[0.5, 0.5], &worthless),
            EstimateError::BusinessValue {
                found: 3,
                n_classes: 2,
            },
        ),
    ] {
        assert_eq!(found, Err(wanted));
    }
}

/// A window in parts is the window whole, a row that is none is not counted, an empty window has no estimate.
#[test]
fn parts_of_a_window_add_up() {
    let reference = multiclass(3, 900, false);
    let fitted = fit(&["a", "b", "c"], &reference, vec![0.0; 9]);
    let window = multiclass(4, 600, true);
    let tally_of = |rows: std::ops::Range<usize>| {
        let mut tally = fitted.tally();
        for row in rows {
            assert!(fitted.add(
                &mut tally,
                window.predicted[row],
                &window.probabilities[row * 3..row * 3 + 3]
            ));
        }
        tally
    };
    let whole = tally_of(0..600);
    let mut parts = tally_of(0..77);
    assert!(parts.merge(&tally_of(77..600)));
    assert!(!fitted.add(&mut parts, 3, &[0.2, 0.3, 0.5]));
    assert!(!fitted.add(&mut parts, 1, &[0.2, f64::NAN, 0.5]));
    assert!(!fitted.add(&mut parts, 1, &[0.5, 0.5]));
    for (found, wanted) in fitted
        .estimated(&parts)
        .iter()
        .zip(fitted.estimated(&whole))
    {
        assert_close(&wanted.metric, found.value, wanted.value, 1e-12);
    }
    assert!(fitted.estimated(&fitted.tally()).is_empty());
}

fn fit(classes: &[&str], rows: &Classified, worth: Vec<f64>) -> CbpeReference {
    let classes: Vec<String> = classes.iter().map(|c| (*c).to_owned()).collect();
    let options = CbpeOptions {
        n_stretches: GOLDEN.n_reference / GOLDEN.n_chunk,
        business_value: Some(worth),
        seed: 42,
    };
    let fitted = CbpeReference::fit(
        &classes,
        &rows.truth,
        &rows.predicted,
        &rows.probabilities,
        &options,
    );
    let text = serde_json::to_string(&fitted.expect("fitted")).expect("stored");
    serde_json::from_str(&text).expect("read")
}

fn compare(
    fitted: &CbpeReference,
    window: &Classified,
    chunks: &[Chunk],
    ours: impl Fn(&str) -> String,
) {
    let k = fitted.classes.len();
    for (at, chunk) in chunks.iter().enumerate() {
        let mut tally = fitted.tally();
        for row in at * GOLDEN.n_chunk..(at + 1) * GOLDEN.n_chunk {
            fitted.add(
                &mut tally,
                window.predicted[row],
                &window.probabilities[row * k..(row + 1) * k],
            );
        }
        let found = fitted.estimated(&tally);
        for (name, wanted) in chunk {
            let ours = if name == "average_precision" {
                "pr_auc".to_owned()
            } else {
                ours(name)
            };
            let found = found
                .iter()
                .find(|e| e.metric == ours)
                .unwrap_or_else(|| panic!("{ours}"));
            if name == "average_precision" {
                // NannyML draws fifty resamples without a seed: the error has a spread of a tenth of its own.
                assert_close(name, found.value, wanted.value, 1e-6);
                let ratio = found.sampling_error.expect("an error") / wanted.sampling_error;
                assert!((0.6..1.6).contains(&ratio), "{ratio}");
                assert_eq!(found.alert, wanted.alert, "{name}");
            } else {
                assert_like(found, wanted, 1e-6, 1e-6);
            }
        }
    }
}

fn assert_like(found: &EstimatedMetric, wanted: &Record, value: f64, error: f64) {
    let what = &found.metric;
    assert_close(what, found.value, wanted.value, value);
    assert_close(
        what,
        found.sampling_error.expect("an error"),
        wanted.sampling_error,
        error,
    );
    assert_close(
        what,
        found.low.expect("an end"),
        wanted.lower_confidence_boundary,
        error,
    );
    assert_close(
        what,
        found.high.expect("an end"),
        wanted.upper_confidence_boundary,
        error,
    );
    let limits = found.limits.expect("limits");
    assert_close(
        what,
        limits.low.expect("a limit"),
        wanted.lower_threshold.expect("a limit"),
        value,
    );
    assert_close(
        what,
        limits.high.expect("a limit"),
        wanted
            .upper_threshold
            .unwrap_or(f64::MAX)
            .min(limits.high.unwrap_or(0.0)),
        value,
    );
    assert_eq!(found.alert, wanted.alert, "{what}");
}

/// The samples of golden/make_estimates.py.
pub fn binary(seed: u64, n: usize, shifted: bool) -> Classified {
    let mut uniform = Uniform::new(seed);
    let mut rows = Classified {
        truth: Vec::new(),
        predicted: Vec::new(),
        probabilities: Vec::new(),
    };
    for _ in 0..n {
        let mut p = uniform.draw();
        if shifted {
            p *= p;
        }
        rows.truth
            .push(u32::from(uniform.draw() < 0.1 + 0.8 * p * p));
        rows.predicted.push(u32::from(p >= 0.5));
        rows.probabilities.extend([1.0 - p, p]);
    }
    rows
}

pub fn multiclass(seed: u64, n: usize, shifted: bool) -> Classified {
    let mut uniform = Uniform::new(seed);
    let mut rows = Classified {
        truth: Vec::new(),
        predicted: Vec::new(),
        probabilities: Vec::new(),
    };
    for _ in 0..n {
        let mut a = [uniform.draw(), uniform.draw(), uniform.draw()];
        if shifted {
            a[2] *= 2.0;
        }
        let total = a[0] + a[1] + a[2];
        let p = a.map(|x| x / total);
        let squares = p[0] * p[0] + p[1] * p[1] + p[2] * p[2];
        let at = uniform.draw() * squares;
        let truth = if at < p[0] * p[0] {
            0
        } else if at < p[0] * p[0] + p[1] * p[1] {
            1
        } else {
            2
        };
        rows.truth.push(truth);
        let predicted = (1..3).fold(
            0,
            |best, class| if p[class] > p[best] { class } else { best },
        );
        rows.predicted.push(predicted as u32);
        rows.probabilities.extend(p);
    }
    rows
}

fn regression(seed: u64, n: usize, shifted: bool) -> (Vec<f64>, Vec<f64>) {
    let mut uniform = Uniform::new(seed);
    (0..n)
        .map(|_| {
            let mut x = uniform.draw();
            if shifted {
                x = 0.5 + 0.5 * x;
            }
            (1.0 + 3.0 * x + (uniform.draw() - 0.5) * x, 1.0 + 3.0 * x)
        })
        .unzip()
}

pub fn mixed(seed: u64, n: usize, shifted: bool) -> Columns {
    let mut uniform = Uniform::new(seed);
    let mut numbers = [const { Vec::new() }; 3];
    let mut texts = [const { Vec::new() }; 2];
    for _ in 0..n {
        let (a, b, c) = (uniform.draw(), uniform.draw(), uniform.draw());
        let second = if shifted {
            1.0 - a + 0.2 * b
        } else {
            a + 0.2 * b
        };
        let third = if uniform.draw() < 0.05 {
            f64::NAN
        } else {
            100.0 * c
        };
        for (column, value) in numbers.iter_mut().zip([a, second, third]) {
            column.push(value);
        }
        let color = uniform.draw();
        let mut color = if color < 0.5 {
            "red"
        } else if color < 0.8 {
            "green"
        } else {
            "blue"
        };
        if shifted && uniform.draw() < 0.1 {
            color = "mauve";
        }
        let size = uniform.draw();
        let size = (size >= 0.1).then_some(if size < 0.4 { "large" } else { "small" });
        texts[0].push(Some(color.to_owned()));
        texts[1].push(size.map(str::to_owned));
    }
    let [a, b, c] = numbers.map(RawValues::Numbers);
    let [color, size] = texts.map(RawValues::Texts);
    let names = ["a", "b", "c", "color", "size"];
    Columns {
        n_rows: n,
        columns: names
            .into_iter()
            .zip([a, b, c, color, size])
            .map(|(name, values)| RawColumn {
                name: name.to_owned(),
                values,
            })
            .collect(),
    }
}
