//! Tables out and in again: what comes back is what went, with the forms of the columns, and other programs see types.

use std::path::Path;

use assay_core::Task;
use assay_core::dataset::ImportOptions;
use assay_core::schema::Schema;
use assay_frame::{
    ExportFormat, Frame, StoredTable, content_hash, export, read, row_texts, write_parquet,
};
use polars::prelude::{DataFrame, IpcReader, ParquetReader, SerReader};
use tempfile::TempDir;

use crate::support::{fixture, read_as, table};

/// The frame in groups of so many rows.
fn stored(frame: &Frame, group_rows: usize, folder: &Path) -> StoredTable {
    let groups: Vec<_> = (0..frame.n_rows())
        .step_by(group_rows)
        .map(|first| {
            let path = folder.join(format!("group-{first}"));
            let group = frame.slice(first, group_rows);
            write_parquet(&group, &path).unwrap();
            (path, group.n_rows() as u64)
        })
        .collect();
    StoredTable::new(frame.schema(), groups)
}

fn written(frame: &Frame, group_rows: usize, path: &Path) {
    let folder = TempDir::new().unwrap();
    let table = stored(frame, group_rows, folder.path());
    let format = ExportFormat::of(path).unwrap();
    export(&table, format, path, &Task::silent()).unwrap();
}

fn round_trip(frame: &Frame, group_rows: usize, name: &str, options: &ImportOptions) -> Frame {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join(name);
    written(frame, group_rows, &path);
    read(&path, options, &Task::silent()).unwrap()
}

/// Types that a person would choose to get the same forms again.
fn chosen(schema: &Schema) -> ImportOptions {
    ImportOptions {
        types: schema
            .columns
            .iter()
            .map(|column| (column.name.clone(), column.type_label().parse().unwrap()))
            .collect(),
        ..ImportOptions::default()
    }
}

fn assert_same(found: &Frame, frame: &Frame, what: &str) {
    assert_eq!(found.schema(), frame.schema(), "{what}");
    let texts = |frame: &Frame| row_texts(frame, 0, 100).unwrap();
    assert_eq!(texts(found), texts(frame), "{what}");
    assert_eq!(
        content_hash(found).unwrap(),
        content_hash(frame).unwrap(),
        "{what}"
    );
}

/// Every form, with missing values, at the ends of what it holds.
fn forms() -> Frame {
    let options = ImportOptions {
        types: [
            ("level", "category"),
            ("nothing", "category"),
            ("price", "decimal(9,2)"),
            ("amount", "decimal(18,4)"),
            ("huge", "decimal(38,3)"),
            ("tallinn", "datetime(Europe/Tallinn)"),
            ("offset", "datetime(+02:00)"),
            ("half", "datetime(+05:30)"),
        ]
        .map(|(column, type_)| (column.to_owned(), type_.parse().unwrap()))
        .into(),
        ..ImportOptions::default()
    };
    let csv = "level,nothing,price,amount,huge,tallinn,offset,half,code\n\
        low,,-0.01,12345678901234.5678,12345678901234567890123456789012345.678,2026-07-01T10:00:00Z,1969-12-31T23:59:59.5Z,2026-01-01T00:00:00Z,007\n\
        \"high; \"\"5\"\"\",,9999999.99,-0.0001,-0.001,2026-12-01T10:00:00.25Z,2026-01-01T00:00:00Z,,010\n\
        ,,,,,,,2026-01-01T00:00:00.000001Z,\n\
        low,,0.00,0.0000,0.000,1900-01-01T00:00:00Z,,,õ\n";
    let frame = read_as("forms.csv", csv, &options).0.unwrap();
    assert_eq!(
        frame
            .schema()
            .columns
            .iter()
            .map(|c| c.type_label())
            .collect::<Vec<_>>(),
        [
            "category",
            "category",
            "decimal(9,2)",
            "decimal(18,4)",
            "decimal(38,3)",
            "datetime(Europe/Tallinn)",
            "datetime(+02:00)",
            "datetime(+05:30)",
            "text"
        ]
    );
    frame
}

#[test]
fn parquet_and_arrow_bring_every_type_back_without_a_word() {
    // an ordered category with a level that no row has, zones, decimals, lists as texts, names that stand twice
    let types = read(
        &fixture("formats/types.arrow"),
        &ImportOptions::default(),
        &Task::silent(),
    );
    for frame in [types.unwrap(), forms()] {
        for group_rows in [1, 2, 1_000] {
            for name in ["t.parquet", "t.arrow", "t.feather"] {
                let again = round_trip(&frame, group_rows, name, &ImportOptions::default());
                assert_same(
                    &again,
                    &frame,
                    &format!("{name}, groups of {group_rows} rows"),
                );
            }
        }
    }
}

#[test]
fn texts_bring_forms_back_when_they_are_asked_for() {
    let frame = forms();
    for name in [
        "t.csv",
        "t.tsv",
        "t.csv.gz",
        "t.tsv.zst",
        "t.json",
        "t.jsonl",
        "t.json.zst",
        "t.jsonl.gz",
    ] {
        let again = round_trip(&frame, 2, name, &chosen(&frame.schema()));
        assert_same(&again, &frame, name);
    }
}

/// A row without a value is none in a sheet.
#[test]
fn a_workbook_brings_forms_back_where_its_numbers_and_times_suffice() {
    let frame = forms();
    let whole = Frame::concat(&[frame.slice(0, 2), frame.slice(3, 1)])
        .unwrap()
        .frame
        .with_forms_of(&frame.schema());
    let again = round_trip(&whole, 2, "t.xlsx", &chosen(&frame.schema()));
    assert_same(&again, &whole, "t.xlsx");
}

#[test]
fn a_table_without_rows_in_a_group_and_one_with_many_is_whole() {
    let lines: String = (0..70_000).map(|n| format!("{n},x{}\n", n % 7)).collect();
    let frame = table(&format!("n,text\n{lines}"));
    for name in ["t.parquet", "t.arrow", "t.csv", "t.jsonl", "t.xlsx"] {
        let again = round_trip(&frame, 40_000, name, &ImportOptions::default());
        assert_same(&again, &frame, name);
    }
}

fn types_of(data: &DataFrame) -> Vec<String> {
    let types = data.columns().iter().map(|column| column.dtype());
    types.map(ToString::to_string).collect()
}

/// As the polars library sees a file; pandas sees the same types in the same Arrow schema.
#[test]
fn other_programs_see_the_types() {
    let folder = TempDir::new().unwrap();
    let frame = forms();
    let expected = [
        "cat",
        "cat",
        "decimal[9,2]",
        "decimal[18,4]",
        "decimal[38,3]",
        "datetime[μs, Europe/Tallinn]",
        "datetime[μs, Etc/GMT-2]",
        "datetime[μs, UTC]",
        "str",
    ];
    let path = folder.path().join("t.parquet");
    written(&frame, 3, &path);
    let file = std::fs::File::open(&path).unwrap();
    let data = ParquetReader::new(file).finish().unwrap();
    assert_eq!(types_of(&data), expected);
    let path = folder.path().join("t.arrow");
    written(&frame, 3, &path);
    let file = std::fs::File::open(&path).unwrap();
    let data = IpcReader::new(file).finish().unwrap();
    assert_eq!(types_of(&data), expected);
}
