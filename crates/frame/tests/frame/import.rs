//! Files in.

use std::io::Write;

use assay_core::dataset::ImportOptions;
use assay_core::schema::ColumnType::{self, Boolean, Date, Datetime, Float, Integer, Text};
use assay_core::{Code, Task};
use assay_frame::{Error, FileKind, Frame, read, row_texts};

use crate::support::{fixture, read_as, read_noting};

fn kinds(frame: &Frame) -> Vec<ColumnType> {
    frame
        .schema()
        .columns
        .iter()
        .map(|column| column.kind)
        .collect()
}

fn first_row(frame: &Frame) -> Vec<Option<String>> {
    row_texts(frame, 0, 1).unwrap().rows.remove(0)
}

const ADULT: [&str; 15] = [
    "age",
    "workclass",
    "fnlwgt",
    "education",
    "education_num",
    "marital_status",
    "occupation",
    "relationship",
    "race",
    "sex",
    "capital_gain",
    "capital_loss",
    "hours_per_week",
    "native_country",
    "income",
];

#[test]
fn a_file_without_header_with_blanks_and_question_marks_comes_in_right() {
    let options = ImportOptions {
        no_header: true,
        columns: ADULT.map(str::to_owned).to_vec(),
        ..ImportOptions::default()
    };
    let (frame, warnings) = read_noting(&fixture("adult_400.csv"), &options);
    let frame = frame.unwrap();
    assert_eq!(warnings, Vec::<String>::new());
    assert_eq!(frame.n_rows(), 400);
    assert_eq!(frame.names(), ADULT);
    assert_eq!(
        kinds(&frame),
        [
            Integer, Text, Integer, Text, Integer, Text, Text, Text, Text, Text, Integer, Integer,
            Integer, Text, Text
        ]
    );
    let texts = row_texts(&frame, 0, 400).unwrap();
    assert_eq!(texts.rows[0][1].as_deref(), Some("State-gov"));
    for value in texts.rows.iter().flatten().flatten() {
        assert_eq!(value.trim(), value);
        assert_ne!(value, "?");
    }
    assert!(frame.schema().columns[1].nullable);
}

#[test]
fn a_missing_header_is_noticed() {
    let (frame, warnings) = read_noting(&fixture("adult_400.csv"), &ImportOptions::default());
    let frame = frame.unwrap();
    assert_eq!(frame.n_rows(), 400);
    assert_eq!(frame.names()[..2], ["column_1", "column_2"]);
    assert_eq!(warnings.len(), 1);
    assert!(
        warnings[0].contains("the first row looks like values"),
        "{warnings:?}"
    );
}

#[test]
fn headers_of_real_files_are_kept() {
    for name in [
        "penguins.csv",
        "titanic_300.csv",
        "bigmart_200.csv",
        "diamonds_60.csv",
        "electricity_60.csv",
    ] {
        let (frame, warnings) = read_noting(&fixture(name), &ImportOptions::default());
        let frame = frame.unwrap();
        assert!(!frame.names().contains(&"column_1".to_owned()), "{name}");
        assert_eq!(warnings, Vec::<String>::new(), "{name}");
    }
}

#[test]
fn delimited_text_in_its_many_forms_is_one_table() {
    let expected = crate::support::table("a,b\n1,x\n2,\n");
    let gzip = {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(b"a,b\n1,x\n2,\n").unwrap();
        encoder.finish().unwrap()
    };
    for (name, content) in [
        ("t.csv", b"a,b\n1,x\n2,\n".to_vec()),
        ("t.csv", b"a,b\r\n1,x\r\n2,".to_vec()),
        ("t.csv", b"\xef\xbb\xbfa,b\n1,x\n2,\n".to_vec()),
        ("t.csv", b"a;b\n1;x\n2;\n".to_vec()),
        ("t.tsv", b"a\tb\n1\tx\n2\t\n".to_vec()),
        ("t.txt", b"a|b\n1|x\n2|\n".to_vec()),
        ("t.data", b"a, b\n1, x\n2, ?\n".to_vec()),
        ("t.csv", b"\"a\",\"b\"\n\"1\",\"x\"\n\"2\",\"\"\n".to_vec()),
        ("t.csv", b"a,b\n\n 1 , \"x\" \n\n2,NA\n   \n".to_vec()),
        ("T.CSV.GZ", gzip),
        (
            "t.jsonl",
            b"{\"a\":1,\"b\":\"x\"}\n{\"a\":2,\"b\":null}\n".to_vec(),
        ),
        ("t.json", b"[{\"a\":1,\"b\":\"x\"},{\"a\":2}]".to_vec()),
        (
            "t.ndjson",
            b"{\"a\":1,\"b\":\"x\"}\n\n{\"a\":2,\"b\":\"\"}".to_vec(),
        ),
        ("noending", b"a,b\n1,x\n2,\n".to_vec()),
    ] {
        let (frame, _) = read_as(name, &content, &ImportOptions::default());
        let frame = frame.unwrap_or_else(|error| panic!("{name} {content:?}: {error}"));
        assert_eq!(frame.schema(), expected.schema(), "{name}");
        assert_eq!(
            row_texts(&frame, 0, 9).unwrap(),
            row_texts(&expected, 0, 9).unwrap(),
            "{name}"
        );
    }
}

#[test]
fn options_say_what_the_file_does_not() {
    let options = ImportOptions {
        delimiter: Some(":".to_owned()),
        null_values: vec!["-999".to_owned(), " unknown ".to_owned()],
        columns: vec!["x".to_owned(), "y".to_owned()],
        ..ImportOptions::default()
    };
    let (frame, _) = read_as("t.csv", "a:b\n-999:unknown\n2: red\n", &options);
    let frame = frame.unwrap();
    assert_eq!(frame.names(), ["x", "y"]);
    assert_eq!(kinds(&frame), [Integer, Text]);
    assert_eq!(first_row(&frame), [None, None]);

    let options = ImportOptions {
        null_values: vec!["-".to_owned()],
        columns: vec!["x".to_owned()],
        ..ImportOptions::default()
    };
    let (frame, _) = read_as("t.jsonl", "{\"a\":\"-\"}\n{\"a\":\"?\"}\n", &options);
    let frame = frame.unwrap();
    assert_eq!(frame.names(), ["x"]);
    assert_eq!(
        row_texts(&frame, 0, 2).unwrap().rows,
        [vec![None], vec![Some("?".to_owned())]]
    );
}

#[test]
fn what_is_odd_but_usable_is_warned_of() {
    for (name, content, names, kind, warning) in [
        (
            "t.csv",
            "a,a\n1,2\n",
            vec!["a", "a_2"],
            Integer,
            "the name `a` is there twice",
        ),
        (
            "t.csv",
            ",b\n1,2\n",
            vec!["column_1", "b"],
            Integer,
            "column 1 has no name",
        ),
        (
            "t.csv",
            "a,b\n,2\n,3\n",
            vec!["a", "b"],
            Text,
            "column `a` has no value in any row",
        ),
        (
            "t.csv",
            "a\n99999999999999999999\n",
            vec!["a"],
            Text,
            "exceed 64 bits",
        ),
        (
            "t.csv",
            "a\n2026-01-01T10:00Z\n2026-01-01T10:00\n",
            vec!["a"],
            Text,
            "with and without a zone",
        ),
        (
            "t.jsonl",
            "{\"a\":1}\n{\"a\":\"x\"}\n",
            vec!["a"],
            Text,
            "values of several types",
        ),
    ] {
        let (frame, warnings) = read_as(name, content, &ImportOptions::default());
        let frame = frame.unwrap();
        assert_eq!(frame.names(), names, "{content}");
        assert_eq!(kinds(&frame)[0], kind, "{content}");
        assert!(
            warnings.iter().any(|text| text.contains(warning)),
            "{content}: {warnings:?}"
        );
    }
}

#[test]
fn json_values_keep_their_types() {
    let (frame, warnings) = read_as(
        "t.jsonl",
        r#"{"i":1,"f":1,"b":true,"t":"007","d":"2026-11-21","m":"2026-11-21T10:00:00Z"}
{"i":-2,"f":2.5,"b":null,"t":"x","d":"2026-11-22","late":1}"#,
        &ImportOptions::default(),
    );
    let frame = frame.unwrap();
    assert_eq!(warnings, Vec::<String>::new());
    assert_eq!(frame.names(), ["i", "f", "b", "t", "d", "m", "late"]);
    assert_eq!(
        kinds(&frame),
        [Integer, Float, Boolean, Text, Date, Datetime, Integer]
    );
    let texts = first_row(&frame);
    let texts: Vec<_> = texts.iter().map(Option::as_deref).collect();
    assert_eq!(
        texts,
        [
            Some("1"),
            Some("1.0"),
            Some("true"),
            Some("007"),
            Some("2026-11-21"),
            Some("2026-11-21T10:00:00Z"),
            None
        ]
    );
}

#[test]
fn parquet_types_of_other_programs_are_brought_to_ours() {
    let (frame, warnings) = read_noting(&fixture("types.parquet"), &ImportOptions::default());
    let frame = frame.unwrap();
    let got: Vec<(String, ColumnType)> = frame
        .schema()
        .columns
        .into_iter()
        .map(|c| (c.name, c.kind))
        .collect();
    let expected = [
        ("int8", Integer),
        ("int16", Integer),
        ("int32", Integer),
        ("uint8", Integer),
        ("uint16", Integer),
        ("uint32", Integer),
        ("uint64", Integer),
        ("uint64_large", Text),
        ("float32", Float),
        ("bool", Boolean),
        ("text", Text),
        ("category", Text),
        ("date", Date),
        ("time_ns", Datetime),
        ("time_ms_utc", Datetime),
        ("nothing", Text),
    ]
    .map(|(name, kind)| (name.to_owned(), kind));
    assert_eq!(got, expected);
    assert_eq!(warnings.len(), 2, "{warnings:?}");
    let texts = row_texts(
        &read(
            &fixture("types.parquet"),
            &ImportOptions::default(),
            &Task::silent(),
        )
        .unwrap(),
        0,
        3,
    )
    .unwrap();
    let printed = |row: usize| {
        texts.rows[row]
            .iter()
            .map(|v| v.as_deref().unwrap_or(""))
            .collect::<Vec<_>>()
            .join("|")
    };
    assert_eq!(
        printed(0),
        "1|1|1|1|1|1|1|1|0.5|true|a|x|1970-01-01|1970-01-01T00:00:00.000001|1970-01-01T00:00:01Z|"
    );
    assert_eq!(printed(1), "|||||||||||y||||");
    assert_eq!(
        printed(2),
        "-3|-3|-3|255|65535|4294967295|3|18446744073709551615||false|||2024-10-04|1969-12-31T23:59:59.999999|1970-01-01T00:00:00Z|"
    );
}

#[test]
fn bad_files_are_refused_in_one_sentence() {
    use FileKind::{Binary, Delimited, Gzip, Json, Parquet, Zip};
    let parquet = std::fs::read(fixture("penguins.parquet")).unwrap();
    let cut = parquet[..parquet.len() / 2].to_vec();
    let mut cut_gzip = {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder
            .write_all("a,b\n1,2\n".repeat(1000).as_bytes())
            .unwrap();
        encoder.finish().unwrap()
    };
    cut_gzip.truncate(cut_gzip.len() / 2);
    let mismatch = |name, content| move |error: &Error| matches!(error, Error::KindMismatch { name: n, content: c } if *n == name && *c == content);
    type Judge = Box<dyn Fn(&Error) -> bool>;
    let cases: Vec<(&str, Vec<u8>, Judge)> = vec![
        (
            "t.csv",
            b"".to_vec(),
            Box::new(|e| matches!(e, Error::EmptyFile)),
        ),
        (
            "t.csv",
            b" \n\n".to_vec(),
            Box::new(|e| matches!(e, Error::EmptyFile)),
        ),
        (
            "t.jsonl",
            b"\n".to_vec(),
            Box::new(|e| matches!(e, Error::EmptyFile | Error::KindMismatch { .. })),
        ),
        (
            "t.csv",
            b"a,b\n".to_vec(),
            Box::new(|e| matches!(e, Error::NoRows)),
        ),
        (
            "t.json",
            b"[]".to_vec(),
            Box::new(|e| matches!(e, Error::NoRows)),
        ),
        (
            "t.csv",
            parquet.clone(),
            Box::new(mismatch(Delimited, Parquet)),
        ),
        (
            "t.parquet",
            b"a,b\n1,2\n".to_vec(),
            Box::new(mismatch(Parquet, Delimited)),
        ),
        (
            "t.csv",
            b"{\"a\":1}\n".to_vec(),
            Box::new(mismatch(Delimited, Json)),
        ),
        (
            "t.jsonl",
            b"a,b\n1,2\n".to_vec(),
            Box::new(mismatch(Json, Delimited)),
        ),
        (
            "t.csv",
            b"\x1f\x8b\x08\x00".to_vec(),
            Box::new(mismatch(Delimited, Gzip)),
        ),
        (
            "t.csv.gz",
            b"a,b\n1,2\n".to_vec(),
            Box::new(mismatch(Gzip, Delimited)),
        ),
        (
            "t.csv",
            b"PK\x03\x04rest".to_vec(),
            Box::new(mismatch(Delimited, Zip)),
        ),
        (
            "t.csv",
            b"a\0b\n".to_vec(),
            Box::new(mismatch(Delimited, Binary)),
        ),
        (
            "t.parquet",
            cut,
            Box::new(|e| matches!(e, Error::Parquet(_))),
        ),
        (
            "t.csv.gz",
            cut_gzip,
            Box::new(|e| matches!(e, Error::Unreadable(_))),
        ),
        (
            "t.csv",
            b"a,b\n1,2\n1,2,3\n".to_vec(),
            Box::new(|e| is_bad_row(e, 3, "has 3 fields where 2 are expected")),
        ),
        (
            "t.csv",
            b"a,b\n1,2\n1\n".to_vec(),
            Box::new(|e| is_bad_row(e, 3, "has 1 field where 2 are expected")),
        ),
        (
            "t.csv",
            // a mark says that it is UTF-8
            b"\xef\xbb\xbfa,b\n1,\xff\n".to_vec(),
            Box::new(|e| is_bad_row(e, 2, "is not UTF-8 text")),
        ),
        (
            "t.jsonl",
            b"{\"a\":1}\n{\"a\":}\n".to_vec(),
            Box::new(|e| is_bad_row(e, 2, "is no JSON object: expected value")),
        ),
    ];
    for (name, content, is_right) in cases {
        let (frame, _) = read_as(name, &content, &ImportOptions::default());
        let error = frame.expect_err(name);
        assert!(
            is_right(&error),
            "{name} {:?}: {error:?}",
            String::from_utf8_lossy(&content[..content.len().min(20)])
        );
        let sentence = error.to_string();
        assert!(
            !sentence.is_empty() && !sentence.contains('\n'),
            "{sentence}"
        );
        assert!(error.hint().is_some(), "{sentence}");
    }
    let error = read(
        &fixture("nowhere.csv"),
        &ImportOptions::default(),
        &Task::silent(),
    )
    .unwrap_err();
    assert_eq!(error.code(), Code::NotFound);
}

#[test]
fn bad_options_are_refused() {
    for options in [
        ImportOptions {
            columns: vec!["a".to_owned()],
            ..ImportOptions::default()
        },
        ImportOptions {
            columns: vec!["a".to_owned(), "a".to_owned()],
            ..ImportOptions::default()
        },
        ImportOptions {
            columns: vec!["a".to_owned(), " ".to_owned()],
            ..ImportOptions::default()
        },
        ImportOptions {
            delimiter: Some(",,".to_owned()),
            ..ImportOptions::default()
        },
    ] {
        let (frame, _) = read_as("t.csv", "x,y\n1,2\n", &options);
        assert!(matches!(frame, Err(Error::BadOptions(_))), "{options:?}");
    }
}

#[test]
fn a_cancelled_read_stops() {
    let task = Task::silent();
    task.cancel();
    let outcome = read(&fixture("penguins.csv"), &ImportOptions::default(), &task);
    assert_eq!(outcome.unwrap_err().code(), Code::Cancelled);
}

#[test]
fn the_line_of_a_bad_row_is_counted_as_an_editor_does() {
    for (content, line) in [
        ("a,b\n1,2\n1,2,3\n", 3),
        ("a,b\n1,2\n1,2,3", 3),
        ("a,b\r\n1,2\r\n1,2,3\r\n", 3),
        ("a,b\n1,2\n\n\n1,2,3\n", 5),
        ("a,b\r\n\r\n1,2\r\n\r\n1,2,3", 5),
        ("a,b\n1,\"x\ny\"\n1,2,3\n", 4),
        ("\u{feff}a,b\n1,2\n \n1\n", 4),
    ] {
        let error = read_as("t.csv", content, &ImportOptions::default())
            .0
            .unwrap_err();
        assert!(
            matches!(&error, Error::BadRows { n_rows: 1, first, .. } if first[0].line == line),
            "{content:?}: {error}"
        );
    }
}

fn is_bad_row(error: &Error, line: u64, problem: &str) -> bool {
    matches!(error, Error::BadRows { n_rows: 1, first, .. } if first[0].line == line && first[0].problem == problem)
}

mod any_bytes {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Whatever is in a file, it is read or refused in a sentence.
        #[test]
        fn nothing_in_a_file_stops_the_program(
            name in prop::sample::select(vec!["t.csv", "t.tsv", "t.json", "t.jsonl", "t"]),
            start in prop::sample::select(vec!["", "a,b\n", "[{", "{\"a\":", "\u{feff}", "\"", "a;b\n1,5;"]),
            rest in prop::collection::vec(any::<u8>(), 0..300),
            text in "[a-c0-9,;\"\n\t{}\\[\\]: .-]{0,200}",
            as_text in any::<bool>(),
        ) {
            let mut content = start.as_bytes().to_vec();
            content.extend(if as_text { text.into_bytes() } else { rest });
            match read_as(name, &content, &ImportOptions::default()).0 {
                Ok(frame) => prop_assert!(frame.n_rows() > 0 && frame.n_columns() > 0),
                Err(error) => prop_assert!(!error.to_string().is_empty() && error.code() != Code::Bug, "{}", error),
            }
        }
    }
}
