//! Logs in time order, windows over them, files one after another, and stored predictions.

use assay_core::replay::WindowSpec;
use assay_core::run::StoredPredictions;
use assay_core::schema::ColumnType::{Date, Datetime, Float, Integer, Text};
use assay_frame::{
    Error, Frame, MissingColumn, Window, order_log, read_predictions, row_texts, windows,
    write_predictions,
};
use proptest::prelude::*;
use tempfile::TempDir;

use crate::support::table;

#[test]
fn logs_are_ordered_by_any_kind_of_time() {
    for (times, expected_ms, order) in [
        (["1970-01-02", "", "1970-01-01"], vec![0, 86_400_000], "ca"),
        (
            ["1970-01-01T00:00:02", "", "1970-01-01T00:00:01.5"],
            vec![1500, 2000],
            "ca",
        ),
        (
            ["1970-01-01T00:00:02Z", "", "1970-01-01T01:00:00+01:00"],
            vec![0, 2000],
            "ca",
        ),
        (
            ["1970-01-01T00:00:02Z", "", "1970-01-01T00:00:01"],
            vec![1000, 2000],
            "ca",
        ),
        (
            ["1700000001", "", "1700000000"],
            vec![1_700_000_000_000, 1_700_000_001_000],
            "ca",
        ),
        (
            ["1700000000001", "", "1700000000000"],
            vec![1_700_000_000_000, 1_700_000_000_001],
            "ca",
        ),
        (
            ["1700000000000001", "", "1700000000000000"],
            vec![1_700_000_000_000, 1_700_000_000_000],
            "ca",
        ),
        (
            ["1700000000000000001", "", "1700000000000000000"],
            vec![1_700_000_000_000, 1_700_000_000_000],
            "ac",
        ),
        (["5", "", "5"], vec![5000, 5000], "ac"),
    ] {
        let frame = table(&format!(
            "time,row\n{},a\n{},b\n{},c\n",
            times[0], times[1], times[2]
        ));
        let log = order_log(&frame, Some("time")).unwrap();
        assert_eq!(log.times_ms.as_deref(), Some(&expected_ms[..]), "{times:?}");
        assert_eq!(log.n_without_time, 1);
        let rows = row_texts(&log.frame, 0, 9).unwrap().rows;
        let got: String = rows.iter().filter_map(|row| row[1].clone()).collect();
        // microseconds and nanoseconds are cut to milliseconds before rows are ordered
        let order = if expected_ms[0] == expected_ms[1] {
            "ac"
        } else {
            order
        };
        assert_eq!(got, order, "{times:?}");
    }
}

#[test]
fn logs_without_usable_times() {
    let frame = table("time,n\nnoon,1\n2026-01-01,2\n");
    let log = order_log(&frame, None).unwrap();
    assert_eq!(
        (log.frame.n_rows(), log.times_ms, log.n_without_time),
        (2, None, 0)
    );
    assert!(matches!(
        order_log(&frame, Some("zz")),
        Err(Error::NoSuchColumn { .. })
    ));
    assert!(matches!(
        order_log(&frame, Some("time")),
        Err(Error::BadValue { row: 1, .. })
    ));
    let floats = table("time,n\n1.5,1\n2.5,2\n");
    assert!(matches!(
        order_log(&floats, Some("time")),
        Err(Error::WrongType { .. })
    ));
    let none = table("time,n\n,1\n,2\n");
    assert!(matches!(
        order_log(&none, Some("time")),
        Err(Error::NoTimes)
    ));
}

fn window(range: std::ops::Range<usize>, start_ms: i64, end_ms: i64) -> Window {
    Window {
        range,
        start_ms: Some(start_ms),
        end_ms: Some(end_ms),
    }
}

#[test]
fn windows_by_rows_and_by_time() {
    let by_rows = windows(5, None, WindowSpec::Rows(2)).unwrap();
    let ranges: Vec<_> = by_rows.iter().map(|w| w.range.clone()).collect();
    assert_eq!(ranges, [0..2, 2..4, 4..5]);
    assert!(by_rows.iter().all(|w| w.start_ms.is_none()));
    let times = [-1, 0, 5, 9, 10, 35];
    assert_eq!(
        windows(6, Some(&times), WindowSpec::Rows(4)).unwrap(),
        [window(0..4, -1, 9), window(4..6, 10, 35)]
    );
    assert_eq!(
        windows(6, Some(&times), WindowSpec::Millis(10)).unwrap(),
        [
            window(0..1, -10, 0),
            window(1..4, 0, 10),
            window(4..5, 10, 20),
            window(5..5, 20, 30),
            window(5..6, 30, 40)
        ]
    );
    assert_eq!(windows(0, None, WindowSpec::Rows(10)).unwrap(), []);
    assert_eq!(windows(0, Some(&[]), WindowSpec::Millis(10)).unwrap(), []);
    assert!(matches!(
        windows(5, None, WindowSpec::Millis(10)),
        Err(Error::NoTimes)
    ));
    for (n_rows, times, spec) in [
        (10_001, vec![], WindowSpec::Rows(1)),
        (2, vec![0, 10_000], WindowSpec::Millis(1)),
        (2, vec![i64::MIN, i64::MAX], WindowSpec::Millis(1)),
    ] {
        let outcome = windows(n_rows, Some(&times), spec);
        assert!(
            matches!(outcome, Err(Error::TooManyWindows { limit: 10_000, .. })),
            "{n_rows}"
        );
    }
    assert_eq!(
        windows(10_000, None, WindowSpec::Rows(1)).unwrap().len(),
        10_000
    );
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_row_is_in_one_window_of_its_time(mut times in prop::collection::vec(-5000_i64..5000, 0..50), length in 1_i64..700) {
        times.sort_unstable();
        let found = windows(times.len(), Some(&times), WindowSpec::Millis(length));
        let found = found.unwrap();
        let mut next = 0;
        for window in &found {
            prop_assert_eq!(window.range.start, next);
            next = window.range.end;
            let (start, end) = (window.start_ms.unwrap(), window.end_ms.unwrap());
            prop_assert_eq!((end - start, start.rem_euclid(length)), (length, 0));
            for time in &times[window.range.clone()] {
                prop_assert!((start..end).contains(time));
            }
        }
        prop_assert_eq!(next, times.len());
        prop_assert!(found.first().is_none_or(|w| !w.range.is_empty()));
        prop_assert!(found.last().is_none_or(|w| !w.range.is_empty()));
    }
}

#[test]
fn log_files_are_put_one_after_another() {
    let parts = [
        table("a,b,c,e\n1,x,2026-01-01,\n2,,,\n"),
        table("b,a,d,e\n7,1.5,9,3\n"),
        table("c,a\n2026-01-01T10:00,5\n"),
    ];
    let joined = Frame::concat(&parts).unwrap();
    let schema = joined.frame.schema();
    let kinds: Vec<_> = schema
        .columns
        .iter()
        .map(|c| (c.name.as_str(), c.kind))
        .collect();
    assert_eq!(
        kinds,
        [
            ("a", Float),
            ("b", Text),
            ("c", Datetime),
            ("e", Integer),
            ("d", Integer)
        ]
    );
    let rows = row_texts(&joined.frame, 0, 9).unwrap().rows;
    let printed: Vec<String> = rows
        .iter()
        .map(|row| {
            row.iter()
                .map(|v| v.as_deref().unwrap_or("-"))
                .collect::<Vec<_>>()
                .join(" ")
        })
        .collect();
    assert_eq!(
        printed,
        [
            "1.0 x 2026-01-01T00:00:00 - -",
            "2.0 - - - -",
            "1.5 7 - 3 9",
            "5.0 - 2026-01-01T10:00:00 - -"
        ]
    );
    let missing: Vec<(usize, &str)> = joined
        .missing
        .iter()
        .map(|MissingColumn { part, column }| (*part, column.as_str()))
        .collect();
    assert_eq!(missing, [(2, "b"), (1, "c"), (2, "e"), (0, "d"), (2, "d")]);
    let retyped: Vec<_> = joined
        .retyped
        .iter()
        .map(|c| (c.name.as_str(), c.kind))
        .collect();
    assert_eq!(retyped, [("a", Float), ("b", Text), ("c", Datetime)]);
    assert_eq!(Frame::concat(&[]).unwrap().frame.n_rows(), 0);
    let clash = [table("a\n2026-01-01\n"), table("a\n5\n")];
    assert!(matches!(
        Frame::concat(&clash),
        Err(Error::WrongType { .. })
    ));
    let same = Frame::concat(&[table("d\n2026-01-01\n")]).unwrap();
    assert_eq!(same.frame.schema().columns[0].kind, Date);
}

#[test]
fn predictions_read_back_as_written() {
    let classes = StoredPredictions {
        schema: 1,
        rows: vec![3, 1, 4_000_000_000],
        classes: vec!["a".to_owned(), "b".to_owned(), "row".to_owned()],
        truth_class: vec![0, 2, 1],
        predicted_class: vec![0, 1, 1],
        probabilities: vec![0.7, 0.2, 0.1, 0.1, 0.6, 0.3, 0.0, 1.0, 0.0],
        truth_value: vec![],
        predicted_value: vec![],
        coordinates: vec![],
        n_components: 0,
    };
    let clusters = StoredPredictions {
        truth_class: vec![],
        ..classes.clone()
    };
    let values = StoredPredictions {
        schema: 1,
        rows: vec![0, 2],
        classes: vec![],
        truth_class: vec![],
        predicted_class: vec![],
        probabilities: vec![],
        truth_value: vec![1.5, -0.1],
        predicted_value: vec![1.25, 1e300],
        coordinates: vec![],
        n_components: 0,
    };
    let coordinates = StoredPredictions {
        truth_value: vec![],
        predicted_value: vec![],
        coordinates: vec![0.5, -1.0, 2.0, 3.5],
        n_components: 2,
        ..values.clone()
    };
    let folder = TempDir::new().unwrap();
    for predictions in [classes, clusters, values, coordinates] {
        let path = folder.path().join("predictions.parquet");
        write_predictions(&predictions, &path).unwrap();
        assert_eq!(read_predictions(&path).unwrap(), predictions);
    }
    let other = folder.path().join("other.parquet");
    assay_frame::write_parquet(&table("a\n1\n2\n"), &other).unwrap();
    assert!(matches!(
        read_predictions(&other),
        Err(Error::NoSuchColumn { .. })
    ));
}
