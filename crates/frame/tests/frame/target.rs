//! What a column is as a target.

use assay_core::Target;
use assay_core::schema::ColumnType::{self, Boolean, Integer, Text};
use assay_frame::{Error, TargetKind, target};

use crate::support::{penguins, table};

fn column(values: &[&str]) -> assay_frame::Frame {
    let mut csv = "y,other\n".to_owned();
    for value in values {
        csv.push_str(&format!("{value},1\n"));
    }
    table(&csv)
}

#[test]
fn columns_become_classes_or_values() {
    type Expected<'a> = Result<(ColumnType, &'a [&'a str], &'a [u32]), &'a [f64]>;
    use TargetKind::{Auto, Classes, Values};
    let cases: [(&[&str], TargetKind, Expected); 10] = [
        (&["b", "a", "b"], Auto, Ok((Text, &["a", "b"], &[1, 0, 1]))),
        (
            &["true", "false", "true"],
            Auto,
            Ok((Boolean, &["false", "true"], &[1, 0, 1])),
        ),
        (
            &["10", "9", "10"],
            Auto,
            Ok((Integer, &["9", "10"], &[1, 0, 1])),
        ),
        (
            &["-1", "1", "0"],
            Classes,
            Ok((Integer, &["-1", "0", "1"], &[0, 2, 1])),
        ),
        (&["10", "9", "10"], Values, Err(&[10.0, 9.0, 10.0])),
        (
            &["1.0", "0.0", "1.0"],
            Auto,
            Ok((Integer, &["0", "1"], &[1, 0, 1])),
        ),
        (&["1.0", "2.0", "3.0"], Auto, Err(&[1.0, 2.0, 3.0])),
        (
            &["1.0", "2.0", "3.0"],
            Classes,
            Ok((Integer, &["1", "2", "3"], &[0, 1, 2])),
        ),
        (&["0.5", "1.0", "1.0"], Auto, Err(&[0.5, 1.0, 1.0])),
        (&["true", "false", "true"], Values, Err(&[1.0, 0.0, 1.0])),
    ];
    for (values, want, expected) in cases {
        let got = target(&column(values), "y", want)
            .unwrap_or_else(|error| panic!("{values:?}: {error}"));
        match (got.target, expected) {
            (
                Target::Classes {
                    classes,
                    kind,
                    indices,
                },
                Ok(expected),
            ) => {
                let classes: Vec<&str> = classes.iter().map(String::as_str).collect();
                assert_eq!(
                    (kind, classes.as_slice(), indices.as_slice()),
                    expected,
                    "{values:?}"
                );
            }
            (Target::Values(got), Err(expected)) => assert_eq!(got, expected, "{values:?}"),
            other => panic!("{values:?} {other:?}"),
        }
        assert_eq!(got.rows, [0, 1, 2]);
    }
}

#[test]
fn rows_without_target_are_left_out() {
    let got = target(&column(&["a", "", "b", "", "a"]), "y", TargetKind::Auto).unwrap();
    assert_eq!((got.rows.as_slice(), got.n_missing), (&[0, 2, 4][..], 2));
    assert_eq!(got.target.n_rows(), 3);
    let got = target(&column(&["1.5", "", "inf", "2.5"]), "y", TargetKind::Auto).unwrap();
    assert_eq!((got.rows.as_slice(), got.n_missing), (&[0, 3][..], 2));
    let got = target(&penguins(), "sex", TargetKind::Auto).unwrap();
    assert_eq!(got.n_missing, 11);
}

#[test]
fn more_than_twenty_whole_numbers_are_values() {
    for (n, is_classes) in [(20, true), (21, false)] {
        let values: Vec<String> = (0..n).map(|i| i.to_string()).collect();
        let values: Vec<&str> = values.iter().map(String::as_str).collect();
        let got = target(&column(&values), "y", TargetKind::Auto).unwrap();
        assert_eq!(
            matches!(got.target, Target::Classes { .. }),
            is_classes,
            "{n}"
        );
    }
}

#[test]
fn useless_targets_are_refused() {
    use TargetKind::{Auto, Classes, Values};
    type Judge = fn(&Error) -> bool;
    let one: Judge = |e| matches!(e, Error::TooFewClasses { n_distinct: 1, .. });
    let wrong: Judge = |e| matches!(e, Error::WrongType { .. });
    let cases: [(&[&str], TargetKind, Judge); 8] = [
        (&["a", "a"], Auto, one),
        (&["5", "5"], Auto, one),
        (&["5.5", "5.5"], Values, one),
        (&["true", ""], Auto, one),
        (&["", ""], Auto, |e| {
            matches!(e, Error::TooFewClasses { n_distinct: 0, .. })
        }),
        (&["2026-11-21", "2026-11-22"], Auto, wrong),
        (&["a", "b"], Values, wrong),
        (&["1.5", "2.5"], Classes, wrong),
    ];
    for (values, want, judge) in cases {
        let error = target(&column(values), "y", want).unwrap_err();
        assert!(judge(&error), "{values:?}: {error}");
    }
    assert!(matches!(
        target(&penguins(), "zz", Auto),
        Err(Error::NoSuchColumn { .. })
    ));
    let many: Vec<String> = (0..1001).map(|i| format!("c{i}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert!(matches!(
        target(&column(&many), "y", Auto),
        Err(Error::TooManyClasses {
            n_distinct: 1001,
            ..
        })
    ));
}
