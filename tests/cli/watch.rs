//! Watched folders with real files: settled ones only, a version per change, nothing twice, every reason said.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde_json::Value;

use crate::support::TestLab;

fn folder(lab: &TestLab) -> PathBuf {
    let folder = lab.path().join("..").join("incoming");
    fs::create_dir_all(&folder).expect("a folder");
    folder
}

fn once(lab: &TestLab, folder: &Path, more: &[&str]) -> Value {
    let folder = folder.to_str().expect("text");
    let watch = ["data", "watch", folder, "--once", "--settle-ms", "30"];
    lab.json(&[&watch, more].concat())
}

fn outcomes(watch: &Value) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = watch["files"]
        .as_array()
        .expect("files")
        .iter()
        .map(|file| {
            let outcome = &file["outcome"];
            let text = match outcome["outcome"].as_str().unwrap_or_default() {
                "imported" => format!(
                    "{}@{}",
                    outcome["dataset"].as_str().unwrap_or_default(),
                    outcome["version"]
                ),
                other => format!(
                    "{other}: {}",
                    outcome["reason"].as_str().unwrap_or_default()
                ),
            };
            (file["file"].as_str().unwrap_or_default().to_owned(), text)
        })
        .collect();
    found.sort();
    found
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected
        .iter()
        .map(|(a, b)| ((*a).to_owned(), (*b).to_owned()))
        .collect()
}

#[test]
fn every_file_is_imported_or_has_its_reason() {
    let lab = TestLab::new();
    let folder = folder(&lab);
    for (name, text) in [
        ("sales.csv", "a,b\n1,2\n"),
        (".hidden.csv", "a\n1\n"),
        ("half.csv.part", "a\n1"),
        ("notes.docx", "notes"),
        ("empty.csv", ""),
        ("ragged.csv", "a,b\n1,2\n1,2,3\n"),
    ] {
        fs::write(folder.join(name), text).expect("a file");
    }
    let seen = outcomes(&once(&lab, &folder, &[]));
    let failed = seen
        .iter()
        .find(|(file, _)| file == "ragged.csv")
        .expect("ragged")
        .1
        .clone();
    assert!(
        failed.starts_with("failed: ") && failed.contains("line 3"),
        "{failed}"
    );
    assert_eq!(
        seen,
        pairs(&[
            (".hidden.csv", "skipped: it is hidden"),
            ("empty.csv", "skipped: it is empty"),
            (
                "half.csv.part",
                "skipped: its name is that of a temporary file"
            ),
            ("notes.docx", "skipped: its ending names no kind of data"),
            ("ragged.csv", &failed),
            ("sales.csv", "sales@1"),
        ])
    );

    // Seen once, it is not imported again, whoever looks; a change is the next version, and so is a change back.
    assert_eq!(outcomes(&once(&lab, &folder, &[])), seen);
    for (text, version) in [("a,b\n1,3\n", 2), ("a,b\n1,2\n", 3)] {
        fs::write(folder.join("sales.csv"), text).expect("a file");
        let seen = outcomes(&once(&lab, &folder, &[]));
        assert!(
            seen.contains(&("sales.csv".to_owned(), format!("sales@{version}"))),
            "{seen:?}"
        );
    }
    assert_eq!(
        lab.json(&["data", "show", "sales"])["version"]["restored_from"],
        1
    );

    // A file that is gone is forgotten, its versions stay; a folder can be let go.
    fs::remove_file(folder.join("sales.csv")).expect("it goes");
    let seen = outcomes(&once(&lab, &folder, &[]));
    assert!(
        !seen.iter().any(|(file, _)| file == "sales.csv"),
        "{seen:?}"
    );
    assert_eq!(
        lab.json(&["data", "watches"]).as_array().map(Vec::len),
        Some(1)
    );
    let text = folder.to_str().expect("text");
    assert_eq!(
        lab.json(&["data", "unwatch", text]),
        Value::Array(Vec::new())
    );
    assert_eq!(lab.assay(&["data", "unwatch", text]).status, 1);
    assert_eq!(
        lab.json(&["data", "versions", "sales"])["versions"]
            .as_array()
            .map(Vec::len),
        Some(3)
    );
}

#[test]
fn the_suite_is_run_on_what_arrives() {
    let lab = TestLab::new();
    let folder = folder(&lab);
    fs::write(folder.join("p.csv"), lab_text(&[1, 2, 3])).expect("a file");
    once(&lab, &folder, &["--name", "numbers"]);
    lab.json(&["expect", "suggest", "numbers"]);
    fs::write(folder.join("p.csv"), lab_text(&[4, 5, -600])).expect("a file");
    let seen = once(&lab, &folder, &["--name", "numbers"]);
    let outcome = &seen["files"][0]["outcome"];
    assert_eq!(
        (&outcome["dataset"], &outcome["version"]),
        (&"numbers".into(), &2.into())
    );
    assert_ne!(outcome["check"]["check"], "could_not_run", "{outcome}");
}

fn lab_text(values: &[i64]) -> String {
    let rows: Vec<String> = values.iter().map(|value| format!("{value},x\n")).collect();
    format!("value,group\n{}", rows.concat())
}

#[test]
fn a_folder_that_is_watched_tells_of_each_change_as_it_comes() {
    let lab = TestLab::new();
    let folder = folder(&lab);
    let mut watch = lab
        .command()
        .args(["data", "watch"])
        .arg(&folder)
        .args(["--settle-ms", "30"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("assay starts");
    let mut lines = BufReader::new(watch.stdout.take().expect("its output"))
        .lines()
        .map_while(Result::ok)
        .filter(|line| !line.contains("waits") && !line.contains("is empty"));
    fs::write(folder.join("a.csv"), "x\n1\n2\n").expect("a file");
    let first = lines.next().expect("a line");
    assert_eq!(first, "a.csv imported as a@1, 2 rows");
    fs::write(folder.join("a.csv"), "x\n1\n2\n3\n").expect("a file");
    assert_eq!(
        lines.next().expect("a line"),
        "a.csv imported as a@2, 3 rows"
    );
    // A second one finds that the work is done by the first, and says the same.
    fs::write(folder.join("b.csv"), "x\n7\n").expect("a file");
    let seen = outcomes(&once(&lab, &folder, &[]));
    assert_eq!(seen, pairs(&[("a.csv", "a@2"), ("b.csv", "b@1")]));
    assert_eq!(
        lines.next().expect("a line"),
        "b.csv imported as b@1, 1 row"
    );
    watch.kill().expect("it ends");
    watch.wait().expect("it ended");
    assert_eq!(lab.json(&["doctor"])["healthy"], true);
}

#[test]
fn what_cannot_be_watched_is_said() {
    let lab = TestLab::new();
    let inside = lab.path().join("objects");
    let file = lab.file("a.csv", "x\n1\n");
    for (path, wrong) in [
        (lab.path().join("../nowhere"), "nowhere"),
        (file, "it is no folder"),
        (inside, "it belongs to the lab itself"),
    ] {
        let answer = lab.assay(&["data", "watch", path.to_str().expect("text"), "--once"]);
        assert_eq!(answer.status, 1);
        assert!(answer.stderr.contains(wrong), "{}", answer.stderr);
    }
}
