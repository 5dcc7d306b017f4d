//! Pages of rows, filtered and sorted, as Arrow IPC.

use std::io::Cursor;

use assay_core::query::parse;
use assay_frame::{Error, Frame, Rows, column_texts, row_texts, rows};
use polars::prelude::{AnyValue, DataFrame, DataType, IpcStreamReader, SerReader};

use crate::support::{penguins, table};

fn opened(rows: &Rows) -> DataFrame {
    IpcStreamReader::new(Cursor::new(&rows.ipc))
        .finish()
        .unwrap()
}

fn names(data: &DataFrame) -> Vec<&str> {
    data.columns().iter().map(|c| c.name().as_str()).collect()
}

fn numbers(frame: &Frame, order_by: Option<&str>, descending: bool, filter: &str) -> Vec<u32> {
    let page = rows(
        frame,
        0,
        1000,
        order_by,
        descending,
        &parse(filter).unwrap(),
    )
    .unwrap();
    let data = opened(&page);
    assert_eq!(data.height() as u64, page.n_matching);
    let column = data.column("__row").unwrap().u32().unwrap().clone();
    column.iter().flatten().collect()
}

#[test]
fn a_page_holds_row_numbers_and_plain_types() {
    let frame = table("i,f,b,t,d,m\n1,0.5,true,é,2026-11-21,2026-11-21T10:00\n,,,,,\n");
    let page = rows(&frame, 0, 10, None, false, &parse("").unwrap()).unwrap();
    let data = opened(&page);
    assert_eq!(names(&data), ["__row", "i", "f", "b", "t", "d", "m"]);
    let types: Vec<String> = data
        .columns()
        .iter()
        .map(|c| c.dtype().to_string())
        .collect();
    assert_eq!(
        types,
        ["u32", "i64", "f64", "bool", "str", "date", "datetime[μs]"]
    );
    assert_eq!(
        data.column("t").unwrap().get(0).unwrap(),
        AnyValue::String("é")
    );
    assert_eq!(data.column("i").unwrap().null_count(), 1);
    assert_eq!(data.column("__row").unwrap().dtype(), &DataType::UInt32);
}

#[test]
fn pages_are_cut_from_the_rows_that_match() {
    let frame = penguins();
    let filter = parse(r#"island = "Dream" and body_mass_g > 4000"#).unwrap();
    let all = rows(&frame, 0, 2000, None, false, &filter).unwrap();
    assert_eq!(all.n_matching, 28);
    let page = rows(&frame, 24, 10, None, false, &filter).unwrap();
    assert_eq!(page.n_matching, 28);
    assert_eq!(opened(&page).height(), 4);
    let beyond = rows(&frame, u64::MAX, 10, None, false, &filter).unwrap();
    assert_eq!(opened(&beyond).height(), 0);
    assert_eq!(opened(&beyond).width(), 8);
}

#[test]
fn missing_values_come_last_and_ties_keep_their_order() {
    let frame = table("n,t,d\n2,b,2026-01-02\n,a,\n1,,2026-01-03\n2,a,2026-01-01\n");
    for (order_by, descending, filter, expected) in [
        (None, false, "", &[1, 2, 3, 4][..]),
        (Some("n"), false, "", &[3, 1, 4, 2]),
        (Some("n"), true, "", &[1, 4, 3, 2]),
        (Some("t"), false, "", &[2, 4, 1, 3]),
        (Some("d"), true, "", &[3, 1, 4, 2]),
        (Some("n"), false, "n = 2", &[1, 4]),
        (None, false, "d >= '2026-01-02'", &[1, 3]),
        (None, false, "n is null or t = 'b'", &[1, 2]),
        (None, false, "not n = 2", &[2, 3]),
        (None, false, "t in ('a', 'zz')", &[2, 4]),
        (None, false, "n = 7", &[]),
    ] {
        assert_eq!(
            numbers(&frame, order_by, descending, filter),
            expected,
            "{order_by:?} {filter}"
        );
    }
}

#[test]
fn unknown_columns_are_refused() {
    let frame = table("a\n1\n2\n");
    for (order_by, filter) in [
        (Some("zz"), ""),
        (None, "zz = 1"),
        (None, "a = 1 or zz is null"),
    ] {
        let error = rows(&frame, 0, 1, order_by, false, &parse(filter).unwrap()).unwrap_err();
        assert!(
            matches!(&error, Error::NoSuchColumn { column, .. } if column == "zz"),
            "{error}"
        );
        assert_eq!(error.hint().as_deref(), Some("the columns are `a`"));
    }
}

#[test]
fn a_column_with_the_name_of_the_row_numbers_is_kept() {
    let frame = table("__row,b\n7,x\n8,y\n");
    let data = opened(&rows(&frame, 1, 1, None, false, &parse("").unwrap()).unwrap());
    assert_eq!(names(&data), ["__row", "__row_", "b"]);
    assert_eq!(
        data.column("__row").unwrap().get(0).unwrap(),
        AnyValue::UInt32(2)
    );
}

#[test]
fn rows_as_texts() {
    let texts = row_texts(&penguins(), 3, 2).unwrap();
    assert_eq!(texts.header[2], "bill_length_mm");
    assert_eq!(texts.rows.len(), 2);
    assert_eq!(texts.rows[0][2], None);
    assert_eq!(texts.rows[1][2].as_deref(), Some("36.7"));
    assert_eq!(row_texts(&penguins(), 343, 9).unwrap().rows.len(), 1);
    assert_eq!(row_texts(&penguins(), u64::MAX, 9).unwrap().rows.len(), 0);
}

#[test]
fn one_column_as_texts() {
    let frame = table("a,b\n1,x\n2.5,\n");
    let texts = column_texts(&frame, "a").unwrap();
    assert_eq!(texts, [Some("1.0".to_owned()), Some("2.5".to_owned())]);
    assert_eq!(column_texts(&frame, "b").unwrap()[1], None);
    assert!(matches!(
        column_texts(&frame, "zz"),
        Err(Error::NoSuchColumn { .. })
    ));
}
