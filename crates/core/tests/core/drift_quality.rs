//! Data quality per window, as a table over columns.

use assay_core::drift::quality::{QualityKind, QualityLimits, column_quality, volume};
use assay_core::drift::sketch_column;
use assay_core::matrix::RawValues;

use crate::uniform::Uniform;

const ALONE: QualityLimits = QualityLimits {
    min_missing_rise: 0.05,
    n_comparisons: 1,
};

fn numbers(seed: u64, n: usize, missing: f64, scale: f64) -> RawValues {
    let mut uniform = Uniform::new(seed);
    RawValues::Numbers(
        (0..n)
            .map(|_| {
                let x = uniform.draw() * scale;
                if uniform.draw() < missing {
                    f64::NAN
                } else {
                    x
                }
            })
            .collect(),
    )
}

/// Six of twelve are missing.
fn few() -> RawValues {
    let value = |i: u8| {
        if i.is_multiple_of(2) {
            f64::NAN
        } else {
            f64::from(i) / 12.0
        }
    };
    RawValues::Numbers((0..12).map(value).collect())
}

fn texts(seed: u64, n: usize, names: &[&str]) -> RawValues {
    let mut uniform = Uniform::new(seed);
    let name = |draw: f64| names[(draw * names.len() as f64) as usize].to_owned();
    RawValues::Texts((0..n).map(|_| Some(name(uniform.draw()))).collect())
}

#[test]
fn each_fault_is_found_and_no_other() {
    let known = ["red", "green", "blue"];
    let whole: Vec<String> = (0..500).map(|i| format!("c{i}")).collect();
    let many: Vec<&str> = whole.iter().map(String::as_str).collect();
    for (what, reference, window, alerts) in [
        (
            "the same",
            numbers(1, 5_000, 0.1, 1.0),
            numbers(2, 500, 0.1, 1.0),
            vec![],
        ),
        (
            "missing",
            numbers(1, 5_000, 0.1, 1.0),
            numbers(2, 500, 0.4, 1.0),
            vec![QualityKind::Missing],
        ),
        (
            "a little missing",
            numbers(1, 5_000, 0.0, 1.0),
            numbers(2, 500, 0.03, 1.0),
            vec![],
        ),
        (
            "scatter of a small window",
            numbers(1, 5_000, 0.3, 1.0),
            few(),
            vec![],
        ),
        (
            "out of range",
            numbers(1, 5_000, 0.0, 1.0),
            numbers(2, 500, 0.0, 1.2),
            vec![QualityKind::OutOfRange],
        ),
        (
            "as large as the reference",
            numbers(1, 5_000, 0.0, 1.0),
            numbers(9, 5_000, 0.0, 1.0),
            vec![],
        ),
        (
            "a new category",
            texts(1, 5_000, &known),
            texts(2, 500, &["red", "mauve"]),
            vec![QualityKind::Unseen],
        ),
        (
            "the same categories",
            texts(1, 5_000, &known),
            texts(2, 500, &known),
            vec![],
        ),
        (
            "rare ones, some seen once",
            texts(1, 800, &many),
            texts(2, 200, &many),
            vec![],
        ),
        (
            "texts now",
            numbers(1, 5_000, 0.0, 1.0),
            texts(2, 500, &known),
            vec![QualityKind::TypeChange],
        ),
    ] {
        let found = column_quality(
            &sketch_column("x", &reference),
            &sketch_column("x", &window),
            ALONE,
        );
        let alarmed: Vec<QualityKind> = found.iter().filter(|f| f.alert).map(|f| f.kind).collect();
        assert_eq!(alarmed, alerts, "{what}: {found:?}");
        assert!(
            found
                .iter()
                .all(|f| f.column.as_deref() == Some("x") && f.sentence.contains("`x`"))
        );
    }
    let (reference, empty) = (numbers(1, 100, 0.0, 1.0), numbers(1, 0, 0.0, 1.0));
    assert!(
        column_quality(
            &sketch_column("x", &reference),
            &sketch_column("x", &empty),
            ALONE
        )
        .is_empty()
    );
}

#[test]
fn sentences_say_what_is_wrong() {
    let reference = sketch_column(
        "age",
        &RawValues::Numbers((0..1_000).map(f64::from).collect()),
    );
    let window = RawValues::Numbers(
        (0..100)
            .map(|i| if i < 40 { f64::NAN } else { f64::from(i * 20) })
            .collect(),
    );
    let found = column_quality(&reference, &sketch_column("age", &window), ALONE);
    let said: Vec<&str> = found.iter().map(|f| f.sentence.as_str()).collect();
    assert_eq!(
        said,
        [
            "40.0 % of `age` is missing, 0.0 % in the reference.",
            "`age` holds numbers, as in the reference.",
            "50 values of `age` (83.3 %) lie outside the reference's 0 to 999: 0 below, 50 above.",
        ]
    );
}

#[test]
fn too_many_and_too_few_rows_are_an_alert() {
    let reference = [980, 1_010, 1_000, 995, 1_020, 1_005];
    for (n, alert) in [
        (0, true),
        (850, true),
        (950, false),
        (1_000, false),
        (1_080, false),
        (1_200, true),
    ] {
        assert_eq!(volume(&reference, n).unwrap().alert, alert, "{n}");
    }
    // Windows that were all alike still scatter.
    assert!(!volume(&[100; 10], 110).unwrap().alert);
    assert!(volume(&[100], 5).is_none());
}

/// Of 1,000 windows like the reference hardly any is an alert by itself, and none where they are judged together.
#[test]
fn false_alarms_are_rare() {
    let reference = sketch_column("x", &numbers(1, 4_000, 0.2, 1.0));
    // Three standard deviations and 1 in 1,000: about 2 to 4 are expected of 2,000 measures. Together: 1 in 20 of one or
    // more by either measure.
    for (n_comparisons, most) in [(1, 12), (1_000, 1)] {
        let limits = QualityLimits {
            min_missing_rise: 0.0,
            n_comparisons,
        };
        let mut alerts = 0;
        for seed in 0..1_000 {
            let window = sketch_column("x", &numbers(50 + seed, 300, 0.2, 1.0));
            let found = column_quality(&reference, &window, limits);
            alerts += found.iter().filter(|f| f.alert).count();
        }
        assert!(alerts <= most, "{n_comparisons}: {alerts}");
    }
}
