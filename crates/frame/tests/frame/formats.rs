//! The same rows in every format: what a type says survives.

use assay_core::Task;
use assay_core::dataset::{BadRows, ImportOptions, TypeChoice};
use assay_core::schema::{ColumnType, Form};
use assay_frame::{Error, Frame, peek, row_texts};

use crate::support::{fixture, read_as, read_noting};

type Described = (String, String, Vec<Option<String>>);

/// Name, type and values of every column.
fn described(frame: &Frame) -> Vec<Described> {
    let texts = row_texts(frame, 0, 100).unwrap();
    let columns = frame.schema().columns.into_iter().enumerate();
    columns
        .map(|(i, column)| {
            let label = column.type_label();
            (
                column.name,
                label,
                texts.rows.iter().map(|row| row[i].clone()).collect(),
            )
        })
        .collect()
}

fn open(name: &str, options: &ImportOptions) -> (Frame, Vec<String>) {
    let (frame, warnings) = read_noting(&fixture(&format!("formats/{name}")), options);
    (
        frame.unwrap_or_else(|error| panic!("{name}: {error}")),
        warnings,
    )
}

/// `-`: missing.
fn expected(columns: &[(&str, &str, &[&str])]) -> Vec<Described> {
    columns
        .iter()
        .map(|(name, label, values)| {
            let values = values.iter().map(|value| match *value {
                "-" => None,
                text => Some(text.to_owned()),
            });
            ((*name).to_owned(), (*label).to_owned(), values.collect())
        })
        .collect()
}

#[test]
fn types_survive_parquet_and_arrow() {
    let columns = expected(&[
        ("int", "int", &["9007199254740993", "-1", "-"]),
        ("small", "int", &["1", "-", "255"]),
        ("unsigned", "int", &["1", "-", "9223372036854775807"]),
        ("huge", "text", &["1", "-", "18446744073709551615"]),
        ("float", "float", &["0.1", "-", "-"]),
        ("bool", "bool", &["true", "false", "-"]),
        ("code", "text", &["007", "-", "õ"]),
        ("date", "date", &["2026-11-21", "1900-01-01", "-"]),
        (
            "moment",
            "datetime",
            &["2026-11-21T07:30:15.25", "1969-12-31T23:59:59", "-"],
        ),
        (
            "zoned",
            "datetime(Europe/Tallinn)",
            &[
                "2026-11-21T09:30:15.25+02:00",
                "1970-01-01T02:59:59+03:00",
                "-",
            ],
        ),
        ("decimal", "decimal(10,2)", &["12.50", "-0.01", "-"]),
        (
            "wide",
            "decimal(38,3)",
            &["12345678901234567890123456789012345.678", "-", "0.000"],
        ),
        ("category", "category", &["high", "low", "-"]),
        ("clock", "text", &["09:30:00", "23:59:59.000005", "-"]),
        ("duration", "float", &["1.5", "-1e-6", "-"]),
        ("bytes", "text", &["a", "b", "-"]),
        ("list", "text", &["[1,null]", "[]", "-"]),
        ("user.name", "text", &["Ada", "-", "-"]),
        ("user.home.city", "text", &["Tallinn", "-", "-"]),
        ("user.home.zip", "int", &["10111", "-", "-"]),
        ("map", "text", &["[{\"key\":\"a\",\"value\":1}]", "-", "[]"]),
        ("nothing", "text", &["-", "-", "-"]),
        // names that stand twice, or are none
        ("user.name_2", "int", &["1", "2", "3"]),
        ("column_24", "text", &["x", "y", "z"]),
    ]);
    for name in [
        "types.parquet",
        "types.arrow",
        "types.arrows",
        "types.feather",
    ] {
        let (frame, warnings) = open(name, &ImportOptions::default());
        for (found, expected) in described(&frame).iter().zip(&columns) {
            assert_eq!(found, expected, "{name}");
        }
        assert_eq!(frame.n_columns(), columns.len(), "{name}");
        assert!(
            warnings.iter().any(|w| w.contains("`huge`"))
                && warnings.iter().any(|w| w.contains("seconds")),
            "{name}: {warnings:?}"
        );
    }
}

#[test]
fn levels_of_categories_come_with_them() {
    for (name, column, levels, ordered) in [
        (
            "types.arrow",
            "category",
            vec!["low", "high", "never"],
            true,
        ),
        (
            "types.feather",
            "category",
            vec!["low", "high", "never"],
            true,
        ),
        // Parquet keeps neither the order nor levels that do not occur
        ("types.parquet", "category", vec!["high", "low"], false),
        ("pandas_category.parquet", "level", vec!["b", "a"], false),
    ] {
        let (frame, _) = open(name, &ImportOptions::default());
        let form = frame.schema().column(column).unwrap().form.clone();
        let levels = levels.into_iter().map(str::to_owned).collect();
        assert_eq!(form, Some(Form::Category { levels, ordered }), "{name}");
    }
}

#[test]
fn columns_that_no_table_can_hold_are_named() {
    for (name, needle) in [
        ("twins.parquet", "more than one occurrence"),
        ("twins.arrow", "same name"),
        ("fixed.parquet", "`interval`"),
    ] {
        let (frame, _) = read_noting(
            &fixture(&format!("formats/{name}")),
            &ImportOptions::default(),
        );
        let error = frame.unwrap_err();
        assert!(error.to_string().contains(needle), "{name}: {error}");
        assert!(error.hint().is_some());
    }
}

#[test]
fn sheets_are_tables() {
    let (frame, warnings) = open("book.xlsx", &ImportOptions::default());
    let columns = expected(&[
        ("id", "int", &["1", "2", "3"]),
        ("name", "text", &["007", "Ada", "-"]),
        (
            "when",
            "datetime",
            &["2026-11-21T09:30:00", "2026-11-22T00:00:00", "-"],
        ),
        ("day", "date", &["2026-11-21", "2026-11-22", "-"]),
        ("ok", "bool", &["true", "false", "-"]),
        ("value", "float", &["1.5", "2.0", "-"]),
        // one name over two columns
        ("length", "int", &["10", "20", "-"]),
        ("length_2", "int", &["11", "21", "-"]),
    ]);
    assert_eq!(described(&frame), columns);
    for needle in ["3 sheets", "title", "`length`"] {
        assert!(
            warnings.iter().any(|w| w.contains(needle)),
            "{needle}: {warnings:?}"
        );
    }
    let columns = expected(&[
        ("id", "int", &["1", "2"]),
        ("name", "text", &["007", "b"]),
        ("day", "date", &["2026-11-21", "-"]),
        ("ok", "bool", &["true", "false"]),
        ("value", "float", &["1.5", "2.0"]),
    ]);
    for name in ["book.xls", "book.ods"] {
        let (frame, warnings) = open(name, &ImportOptions::default());
        assert_eq!(described(&frame), columns, "{name}");
        assert!(warnings.is_empty(), "{name}: {warnings:?}");
    }
    let named = |sheet: &str| ImportOptions {
        sheet: Some(sheet.to_owned()),
        ..ImportOptions::default()
    };
    let (other, _) = open("book.xlsx", &named("other sheet"));
    assert_eq!(described(&other), expected(&[("a", "int", &["1"])]));
    let (error, _) = read_noting(&fixture("formats/book.xlsx"), &named("nowhere"));
    let error = error.unwrap_err();
    assert!(matches!(&error, Error::NoSuchTable { tables, .. } if tables.len() == 3));
    let headless = ImportOptions {
        no_header: true,
        skip_lines: 2,
        ..ImportOptions::default()
    };
    let (rows, _) = open("book.xlsx", &headless);
    assert_eq!(rows.names()[..2], ["column_1", "column_2"]);
    assert_eq!(rows.n_rows(), 3);
}

#[test]
fn a_peek_tells_kind_sheets_and_first_rows() {
    for (name, kind, tables, table, n_columns) in [
        ("book.xlsx", "an Excel workbook", 3, Some("measures"), 8),
        ("book.xls", "an Excel workbook", 1, Some("measures"), 5),
        ("types.parquet", "Parquet", 0, None, 24),
        ("types.arrows", "Arrow IPC", 0, None, 24),
    ] {
        let path = fixture(&format!("formats/{name}"));
        let peeked = peek(&path, &ImportOptions::default(), &Task::silent()).unwrap();
        assert_eq!(peeked.kind.label(), kind, "{name}");
        assert_eq!(peeked.tables.len(), tables, "{name}");
        assert_eq!(peeked.table.as_deref(), table, "{name}");
        assert_eq!(peeked.frame.unwrap().n_columns(), n_columns, "{name}");
        assert!(peeked.is_whole, "{name}");
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.jsonl");
    std::fs::write(&path, "{\"a\":1}\n".repeat(1000)).unwrap();
    let peeked = peek(&path, &ImportOptions::default(), &Task::silent()).unwrap();
    assert_eq!(peeked.frame.unwrap().n_rows(), 200);
    assert!(!peeked.is_whole);
}

#[test]
fn json_is_flattened_and_types_are_found_over_all_of_it() {
    let lines = concat!(
        "{\"id\":9007199254740993,\"big\":123456789012345678901234567890,\"user\":{\"name\":\"Ada\",\"address\":{\"city\":\"Tallinn\"}},\"tags\":[1, \"a b\"],\"at\":\"2026-11-21T09:30:00+02:00\",\"code\":\"007\"}\n",
        "\n",
        "{\"id\":-1,\"user\":{\"name\":null},\"user.name\":\"twice\",\"ok\":true,\"mixed\":1,\"at\":\"2026-06-01T00:00:00+02:00\",\"day\":\"2026-11-21\"}\r\n",
        "{\"user\":null,\"mixed\":\"x\\u00f5\",\"x\":1,\"x\":2.5,\"tags\":[],\"empty\":{},\"none\":null}\n",
    );
    let columns = expected(&[
        ("id", "int", &["9007199254740993", "-1", "-"]),
        ("big", "text", &["123456789012345678901234567890", "-", "-"]),
        ("user.name", "text", &["Ada", "-", "-"]),
        ("user.address.city", "text", &["Tallinn", "-", "-"]),
        ("tags", "text", &["[1,\"a b\"]", "-", "[]"]),
        (
            "at",
            "datetime(+02:00)",
            &[
                "2026-11-21T09:30:00+02:00",
                "2026-06-01T00:00:00+02:00",
                "-",
            ],
        ),
        ("code", "text", &["007", "-", "-"]),
        ("user.name_2", "text", &["-", "twice", "-"]),
        ("ok", "bool", &["-", "true", "-"]),
        ("mixed", "text", &["-", "1", "xõ"]),
        ("day", "date", &["-", "2026-11-21", "-"]),
        ("x", "float", &["-", "-", "2.5"]),
        ("none", "text", &["-", "-", "-"]),
    ]);
    let items: Vec<&str> = lines.lines().filter(|line| !line.is_empty()).collect();
    let array = format!(" [ {}\n]\n", items.join(" ,\n"));
    let pretty: Vec<String> = items
        .iter()
        .map(|item| item.replace(",\"", ",\n \""))
        .collect();
    for (name, text) in [
        ("t.jsonl", lines.to_owned()),
        ("t.json", array),
        ("t.json", pretty.join("\n")),
        ("t.json", items.join(" ")),
    ] {
        let (frame, warnings) = read_as(name, &text, &ImportOptions::default());
        let frame = frame.unwrap_or_else(|error| panic!("{error}: {text}"));
        assert_eq!(described(&frame), columns, "{text}");
        assert!(
            warnings.iter().any(|w| w.contains("`x` stands twice")),
            "{warnings:?}"
        );
    }
}

#[test]
fn bad_lines_of_json_are_counted_where_they_stand() {
    let long = format!("{{\"a\":\"{}\"}}", "x".repeat(300));
    let text = format!(
        "{{\"a\":1}}\n{{\"a\":\n[1]\n\n{{\"a\":\"\u{1}\"}}\nnull\n{long} ,\n{{\"a\":{{\"a\":{{\"b\":1}}}}}} x\n{{\"a\":2}}\n"
    );
    let (frame, _) = read_as("t.jsonl", text, &ImportOptions::default());
    let Err(Error::BadRows { n_rows, first, .. }) = frame else {
        panic!("{frame:?}");
    };
    let lines: Vec<u64> = first.iter().map(|bad| bad.line).collect();
    assert_eq!((n_rows, lines), (6, vec![2, 3, 5, 6, 7, 8]));
    assert!(first.iter().all(|bad| bad.text.chars().count() <= 200));
    assert!(
        first[0].problem.starts_with("is no JSON object"),
        "{}",
        first[0].problem
    );
    for (text, needle) in [
        (
            "[{\"a\":1},{\"a\":2}",
            "line 1 is no JSON object: the array is cut off",
        ),
        ("[{\"a\":1}\n{\"a\":2}]", "line 2"),
        ("[{\"a\":1},\n\n]", "line 3"),
        (
            "[{\"a\":1}]\n[]",
            "line 2 is no JSON object: something follows",
        ),
        ("[{\"a\":1},{\"a\":\"", "cut off"),
    ] {
        let (frame, _) = read_as("t.json", text, &ImportOptions::default());
        let error = frame.expect_err(text).to_string();
        assert!(error.contains(needle), "{text}: {error}");
    }
}

#[test]
fn chosen_types_hold_for_every_format() {
    let choice = |kind, form| TypeChoice { kind, form };
    let options = ImportOptions {
        columns: vec![
            "i".to_owned(),
            "money".to_owned(),
            "level".to_owned(),
            "when".to_owned(),
        ],
        types: [
            ("i", choice(ColumnType::Text, None)),
            (
                "money",
                choice(
                    ColumnType::Float,
                    Some(Form::Decimal {
                        precision: 10,
                        scale: 2,
                    }),
                ),
            ),
            (
                "level",
                choice(
                    ColumnType::Text,
                    Some(Form::Category {
                        levels: vec![],
                        ordered: false,
                    }),
                ),
            ),
            (
                "when",
                choice(
                    ColumnType::Datetime,
                    Some(Form::Zone {
                        name: "UTC".to_owned(),
                    }),
                ),
            ),
        ]
        .into_iter()
        .map(|(name, choice)| (name.to_owned(), choice))
        .collect(),
        null_values: vec!["-".to_owned()],
        bad_rows: BadRows::Refuse,
        ..ImportOptions::default()
    };
    let text = "{\"a\":1,\"b\":1.5,\"c\":\"x\",\"d\":\"2026-11-21\"}\n{\"a\":2,\"b\":0.1,\"c\":\"-\",\"d\":\"2026-11-22\"}\n";
    let (frame, _) = read_as("t.jsonl", text, &options);
    let frame = frame.unwrap();
    assert_eq!(
        described(&frame),
        expected(&[
            ("i", "text", &["1", "2"]),
            ("money", "decimal(10,2)", &["1.50", "0.10"]),
            ("level", "category", &["x", "-"]),
            (
                "when",
                "datetime(UTC)",
                &["2026-11-21T00:00:00Z", "2026-11-22T00:00:00Z"]
            ),
        ])
    );
    let levels = frame.schema().column("level").unwrap().form.clone();
    assert_eq!(
        levels,
        Some(Form::Category {
            levels: vec!["x".to_owned()],
            ordered: false
        })
    );
    let (frame, _) = read_as("t.jsonl", text.replace("0.1", "0.123"), &options);
    let error = frame.unwrap_err();
    assert!(
        matches!(&error, Error::BadRows { n_rows: 1, first, .. } if first[0].line == 2 && first[0].problem.contains("`0.123`")),
        "{error}"
    );
    let unknown = ImportOptions {
        columns: Vec::new(),
        ..options
    };
    assert!(matches!(
        read_as("t.jsonl", text, &unknown).0,
        Err(Error::NoSuchColumn { .. })
    ));
}

#[test]
fn what_is_stored_is_what_came_in() {
    let folder = tempfile::tempdir().unwrap();
    let (frame, _) = open("types.arrow", &ImportOptions::default());
    let path = folder.path().join("t.parquet");
    assay_frame::write_parquet(&frame, &path).unwrap();
    let imported = read_noting(&path, &ImportOptions::default()).0.unwrap();
    assert_eq!(imported.schema(), frame.schema());
    assert_eq!(described(&imported), described(&frame));
    let stored = assay_frame::read_parquet(&path).unwrap();
    assert_eq!(stored.schema(), frame.schema());
    assert_eq!(
        assay_frame::content_hash(&stored).unwrap(),
        assay_frame::content_hash(&frame).unwrap()
    );
}
