//! A version written in each format and read again: the types survive as far as the format can hold them.

use serde_json::Value;

use crate::support::TestLab;

/// Every type, missing values, and texts that need care.
const ROWS: &str = "n,x,flag,code,day,moment,text\n\
    1,0.5,true,007,2026-01-31,2026-01-31T10:00:00,plain\n\
    -9007199254740993,1e300,false,010,1999-12-31,1999-12-31T23:59:59,\"a \"\"quoted\"\", text\"\n\
    ,,,,,,\n\
    3,-2.0,true,100,2026-02-28,2026-02-28T00:00:00,\"two\nlines\"\n";

fn types(lab: &TestLab, name: &str) -> Vec<String> {
    let shown = lab.json(&["data", "show", name]);
    let columns = shown["version"]["columns"]["columns"]
        .as_array()
        .expect("columns")
        .clone();
    columns
        .iter()
        .map(|column| column["kind"].as_str().unwrap_or_default().to_owned())
        .collect()
}

fn export_and_import(lab: &TestLab, file: &str) -> Value {
    let path = lab.path().join("..").join(file);
    let written = lab.json(&["data", "export", "all", path.to_str().expect("text")]);
    let size_bytes = std::fs::metadata(&path).expect("a file").len();
    assert_eq!(written["size_bytes"], size_bytes, "{file}");
    let name = file.replace('.', "-");
    lab.import(&path, &["--name", &name])
}

#[test]
fn the_same_rows_come_back_from_every_text_and_columnar_format() {
    let lab = TestLab::new();
    let first = lab.import(&lab.file("all.csv", ROWS), &[]);
    for file in [
        "t.csv",
        "t.tsv",
        "t.csv.gz",
        "t.csv.zst",
        "t.jsonl",
        "t.json",
        "t.parquet",
    ] {
        let again = export_and_import(&lab, file);
        assert_eq!(again["dataset_version"], first["dataset_version"], "{file}");
    }
    let left: Vec<String> = std::fs::read_dir(lab.path().join(".."))
        .expect("the folder")
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .filter(|name| name.starts_with(".assay"))
        .collect();
    assert_eq!(left, Vec::<String>::new());
}

/// Excel has no integers over 15 digits: they are texts there. A row without a value is none in a sheet.
#[test]
fn types_survive_in_arrow_and_excel() {
    let lab = TestLab::new();
    let first = lab.import(&lab.file("all.csv", ROWS), &[]);
    for file in ["t.arrow", "t.feather"] {
        let again = export_and_import(&lab, file);
        assert_eq!(again["dataset_version"], first["dataset_version"], "{file}");
    }
    let rows = lab.json(&["data", "head", "all"]);
    export_and_import(&lab, "t.xlsx");
    let excel = lab.json(&["data", "head", "t-xlsx"]);
    for (row, was) in [(0, 0), (1, 1), (2, 3)] {
        for column in ["x", "flag", "code", "day", "moment", "text"] {
            assert_eq!(excel[row][column], rows[was][column], "row {was}, {column}");
        }
    }
    assert_eq!(excel[1]["n"], "-9007199254740993");
    let kinds = [
        "text", "float", "boolean", "text", "date", "datetime", "text",
    ];
    assert_eq!(types(&lab, "t-xlsx"), kinds);
}

#[test]
fn an_existing_file_is_replaced_whole_or_not_at_all() {
    let lab = TestLab::new();
    lab.import(&lab.file("all.csv", ROWS), &[]);
    let target = lab.file("out.csv", "old");
    let text = target.to_str().expect("text");
    lab.json(&["data", "export", "all", text]);
    let written = std::fs::read_to_string(&target).expect("text");
    assert!(written.starts_with("n,x,flag"), "{written}");
    for (path, wrong) in [
        ("out.docx", "the ending of the path names no format"),
        ("nowhere/out.csv", "nowhere"),
    ] {
        let path = lab.path().join("..").join(path);
        let answer = lab.assay(&["data", "export", "all", path.to_str().expect("text")]);
        assert_eq!(answer.status, 1);
        assert!(answer.stderr.contains(wrong), "{}", answer.stderr);
    }
}
