//! What gives the target away, and what does not; rows, groups and times over a split.

use super::*;
use crate::matrix::{Columns, RawColumn, RawValues, Target};
use crate::schema::ColumnType;

const N: usize = 200;

fn numbers(of: impl Fn(usize) -> f64) -> RawColumn {
    RawColumn {
        name: "x".to_owned(),
        values: RawValues::Numbers((0..N).map(of).collect()),
    }
}

fn texts(of: impl Fn(usize) -> String) -> RawColumn {
    RawColumn {
        name: "x".to_owned(),
        values: RawValues::Texts((0..N).map(|i| Some(of(i))).collect()),
    }
}

fn class(i: usize) -> u32 {
    (!(i * 7 % 11).is_multiple_of(3)).into()
}

fn classes() -> Target {
    Target::Classes {
        classes: vec!["no".into(), "yes".into()],
        kind: ColumnType::Text,
        indices: (0..N).map(class).collect(),
    }
}

fn values() -> Target {
    Target::Values((0..N).map(|i| (i * 37 % 101) as f64).collect())
}

#[test]
fn the_target_in_a_feature_is_seen() {
    let name = |i: usize| if class(i) == 1 { "yes" } else { "no" }.to_owned();
    let y = |i: usize| (i * 37 % 101) as f64;
    let noise = |i: usize| (i * 53 % 97) as f64;
    for (what, column, target, kind) in [
        (
            "a copy",
            texts(name),
            classes(),
            Some(LeakKind::TargetCopied),
        ),
        (
            "another name",
            texts(|i| format!("level {}", 9 - class(i))),
            classes(),
            Some(LeakKind::TargetMapped),
        ),
        (
            "a code",
            numbers(|i| f64::from(class(i)) * 5.0),
            classes(),
            Some(LeakKind::TargetMapped),
        ),
        (
            "a score",
            numbers(|i| f64::from(class(i)) * 1e3 + i as f64),
            classes(),
            Some(LeakKind::TargetPredicted),
        ),
        (
            "finer levels",
            texts(|i| format!("{}{}", class(i), i % 5)),
            classes(),
            Some(LeakKind::TargetPredicted),
        ),
        ("an id", texts(|i| format!("id{i}")), classes(), None),
        ("noise", numbers(noise), classes(), None),
        ("a copy", numbers(y), values(), Some(LeakKind::TargetCopied)),
        (
            "another unit",
            numbers(|i| y(i) * 1.8 + 32.0),
            values(),
            Some(LeakKind::TargetPredicted),
        ),
        ("noise", numbers(noise), values(), None),
        ("a constant", numbers(|_| 1.0), values(), None),
        ("an id", texts(|i| format!("id{i}")), values(), None),
    ] {
        let leak = target_in_column(&column, &target);
        assert_eq!(
            leak.as_ref().map(|leak| leak.kind),
            kind,
            "{what}: {leak:?}"
        );
        if let Some(leak) = leak {
            assert_eq!((leak.of_rows, leak.column.as_str()), (N as u64, "x"));
            assert!(leak.strength.is_some_and(|strength| strength >= 0.999));
            assert!(leak.sentence.contains("`x`"), "{}", leak.sentence);
        }
    }
}

fn side(rows: &[(f64, Option<&str>, f64)]) -> (Columns, Target) {
    let columns = vec![
        RawColumn {
            name: "a".to_owned(),
            values: RawValues::Numbers(rows.iter().map(|row| row.0).collect()),
        },
        RawColumn {
            name: "b".to_owned(),
            values: RawValues::Texts(rows.iter().map(|row| row.1.map(str::to_owned)).collect()),
        },
    ];
    let target = Target::Values(rows.iter().map(|row| row.2).collect());
    let n_rows = rows.len();
    (Columns { n_rows, columns }, target)
}

#[test]
fn rows_on_both_sides_are_counted() {
    let train = side(&[
        (1.0, Some("p"), 5.0),
        (f64::NAN, None, 6.0),
        (0.0, Some("q"), 7.0),
    ]);
    let test = side(&[
        (1.0, Some("p"), 5.0),
        (1.0, Some("p"), 9.0),
        (-f64::NAN, None, 6.0),
        (-0.0, Some("q"), 7.0),
        (2.0, Some("q"), 7.0),
    ]);
    let leak = duplicate_rows((&train.0, &train.1), (&test.0, &test.1)).expect("a leak");
    assert_eq!(
        (leak.kind, leak.n_rows, leak.of_rows),
        (LeakKind::DuplicateRows, 3, 5)
    );
    assert!(
        leak.sentence.starts_with("3 of 5 test rows (60.0 %)"),
        "{}",
        leak.sentence
    );
    let other = side(&[(3.0, Some("r"), 5.0)]);
    assert_eq!(
        duplicate_rows((&train.0, &train.1), (&other.0, &other.1)),
        None
    );
}

#[test]
fn groups_and_times_over_the_split_are_counted() {
    let groups = [Some(1), Some(1), Some(2), Some(3), None, None];
    let leak = group_over_split("patient", &groups, &[0, 2, 4], &[1, 3, 5]).expect("a leak");
    assert_eq!((leak.n_rows, leak.of_rows), (1, 3));
    assert!(
        leak.sentence.contains("--group patient"),
        "{}",
        leak.sentence
    );
    assert_eq!(
        group_over_split("patient", &groups, &[0, 1], &[2, 3, 5]),
        None
    );

    let times = [Some(10), Some(20), Some(30), Some(40), None];
    let leak = future_rows("day", &times, &[0, 2, 3, 4], &[1]).expect("a leak");
    assert_eq!((leak.n_rows, leak.of_rows), (2, 4));
    assert_eq!(future_rows("day", &times, &[0, 1], &[2, 3]), None);
    assert_eq!(future_rows("day", &times, &[0, 1], &[4]), None);
}
