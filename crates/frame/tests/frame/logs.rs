//! Logs in time order, windows over them, files one after another, and stored predictions.

use assay_core::recipe::InputColumn;
use assay_core::run::StoredPredictions;
use assay_core::schema::ColumnType::{Date, Datetime, Float, Integer, Text};
use assay_frame::{
    Error, Frame, LogColumn, LogTimes, MissingColumn, TimeForm, column_texts, order_log,
    read_column, read_predictions, row_texts, write_predictions,
};
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
        let log = order_log(&frame, &times_of(&frame, "time", None).unwrap()).unwrap();
        assert_eq!(log.times_ms, expected_ms, "{times:?}");
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

/// The times of a column, read as its own texts suggest.
fn times_of(frame: &Frame, column: &str, zone: Option<&str>) -> Option<LogTimes> {
    let kind = frame.schema().column(column)?.kind;
    let form = TimeForm::of(kind, &column_texts(frame, column).unwrap())?;
    Some(LogTimes::new(column, form.format, zone).unwrap())
}

#[test]
fn logs_without_usable_times() {
    let frame = table("time,n\nnoon,1\n2026-01-01,2\n2026-01-02,2\n");
    let read = times_of(&frame, "time", None)
        .unwrap()
        .read(&frame)
        .unwrap();
    assert_eq!(
        (read.n_unreadable, read.unreadable.as_deref()),
        (1, Some("noon"))
    );
    assert_eq!(read.times_ms.first(), Some(&None));
    let absent = LogTimes::new("zz", None, None).unwrap();
    assert!(matches!(
        order_log(&frame, &absent),
        Err(Error::NoSuchColumn { .. })
    ));
    let words = table("time,n\nnoon,1\nmidnight,2\n");
    assert!(times_of(&words, "time", None).is_none());
    let none = table("time,n\n,1\n,2\n");
    assert!(matches!(
        order_log(&none, &LogTimes::new("time", None, None).unwrap()),
        Err(Error::NoTimes)
    ));
    assert!(LogTimes::new("time", None, Some("Middle/Earth")).is_err());
}

#[test]
fn times_are_read_in_any_common_form() {
    let hour = 3_600_000;
    for (text, zone, wanted) in [
        ("1700000000.5", None, 1_700_000_000_500),
        ("2024-05-01 12:00", None, 1_714_564_800_000),
        (
            "2024-05-01 12:00",
            Some("Europe/Tallinn"),
            1_714_564_800_000 - 3 * hour,
        ),
        (
            "2024-05-01T12:00:00+02:00",
            Some("Europe/Tallinn"),
            1_714_564_800_000 - 2 * hour,
        ),
        ("2024-05-01", Some("+02:00"), 1_714_521_600_000 - 2 * hour),
        ("31/05/2024 12:00", None, 1_717_156_800_000),
        ("05/31/2024 12:00", None, 1_717_156_800_000),
        ("31.05.2024 9:30", None, 1_717_147_800_000),
        ("01/05/2024", None, 1_714_521_600_000),
        ("12-31-2024 14:05:09", Some("UTC"), 1_735_653_909_000),
    ] {
        let plain = table(&format!("time,n\n{text},1\n"));
        let read = times_of(&plain, "time", zone)
            .unwrap()
            .read(&plain)
            .unwrap();
        assert_eq!(read.times_ms, [Some(wanted)], "{text} in {zone:?}");
    }
    let mixed = table("time,n\n01/02/2024,1\n13/02/2024,2\n02/14/2024,3\n");
    let read = times_of(&mixed, "time", None)
        .unwrap()
        .read(&mixed)
        .unwrap();
    let evidence = read.evidence;
    assert_eq!(
        (
            evidence.n_either,
            evidence.n_day_first,
            evidence.n_month_first
        ),
        (1, 1, 1)
    );
    assert_eq!(read.unreadable.as_deref(), Some("02/14/2024"));
}

#[test]
fn columns_of_other_types_are_read_as_far_as_they_can() {
    let frame = table("n,t,flag\n1,2026-01-01,true\nx,2026-01-02,false\n2.5,2026-01-03,true\n");
    let read = |name: &str, kind| {
        let input = InputColumn {
            name: "input".to_owned(),
            kind,
        };
        read_column(&frame, name, &input).unwrap()
    };
    let numbers = read("n", Float);
    assert_eq!(numbers.changed, Some(Text));
    assert_eq!(
        (numbers.n_unreadable, numbers.unreadable.as_deref()),
        (1, Some("x"))
    );
    let LogColumn::Numbers(values) = numbers.column else {
        panic!("numbers");
    };
    assert_eq!((values[0], values[2]), (1.0, 2.5));
    assert!(values[1].is_nan());
    let texts = read("n", Text);
    assert_eq!(texts.changed, None);
    assert_eq!(
        texts.column,
        LogColumn::Texts {
            codes: vec![0, 1, 2],
            texts: ["1", "x", "2.5"].map(str::to_owned).to_vec()
        }
    );
    assert_eq!(read("t", Float).changed, Some(Date));
    assert_eq!(read("flag", Float).changed, None);
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
