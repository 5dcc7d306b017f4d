//! A version written in each format and read again: the types survive as far as the format can hold them.

#[cfg(unix)]
use std::process::{Child, Command, Stdio};
#[cfg(unix)]
use std::time::{Duration, Instant};

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
    assert_eq!(left_beside(&lab), Vec::<String>::new());
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

/// What exports have left beside the lab.
fn left_beside(lab: &TestLab) -> Vec<String> {
    let entries = std::fs::read_dir(lab.path().join("..")).expect("the folder");
    entries
        .map(|entry| entry.expect("an entry").file_name())
        .map(|name| name.to_string_lossy().into_owned())
        .filter(|name| name.starts_with(".assay"))
        .collect()
}

/// A workbook of many cells, and the process that writes it when it has begun.
#[cfg(unix)]
fn long_export(lab: &TestLab) -> Child {
    let rows: String = (0..60_000_u32)
        .map(|row| format!("{row},{},{},{},text {row}\n", row % 7, row / 3, row ^ 5))
        .collect();
    lab.import(&lab.file("long.csv", format!("a,b,c,d,e\n{rows}")), &[]);
    let target = lab.file("long.xlsx", "old");
    let child = lab
        .command()
        .args(["data", "export", "long", target.to_str().expect("text")])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("assay starts");
    let deadline = Instant::now() + Duration::from_secs(60);
    while left_beside(lab).is_empty() {
        assert!(Instant::now() < deadline, "the export never began");
        std::thread::sleep(Duration::from_millis(5));
    }
    child
}

#[cfg(unix)]
fn signal(child: &Child, name: &str) {
    let status = Command::new("kill")
        .args([&format!("-{name}"), &child.id().to_string()])
        .status();
    assert!(status.is_ok_and(|status| status.success()), "kill -{name}");
}

#[cfg(unix)]
#[test]
fn an_export_that_is_interrupted_leaves_what_was_there() {
    let lab = TestLab::new();
    let mut child = long_export(&lab);
    signal(&child, "INT");
    assert_eq!(child.wait().expect("it ends").code(), Some(1));
    assert_eq!(left_beside(&lab), Vec::<String>::new());
    let target = lab.path().join("../long.xlsx");
    assert_eq!(std::fs::read_to_string(target).expect("text"), "old");
    assert_eq!(lab.json(&["doctor"])["healthy"], true);
}

#[cfg(unix)]
#[test]
fn what_a_killed_export_left_goes_when_the_lab_is_opened_again() {
    let lab = TestLab::new();
    let mut child = long_export(&lab);
    signal(&child, "KILL");
    child.wait().expect("it ends");
    let deadline = Instant::now() + Duration::from_secs(30);
    // its worker follows it, and may do so a moment later
    loop {
        lab.json(&["data", "list"]);
        if left_beside(&lab).is_empty() {
            break;
        }
        assert!(Instant::now() < deadline, "{:?}", left_beside(&lab));
        std::thread::sleep(Duration::from_millis(100));
    }
    let target = lab.path().join("../long.xlsx");
    assert_eq!(std::fs::read_to_string(target).expect("text"), "old");
}
