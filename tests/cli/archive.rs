//! Archives: what is exported and imported elsewhere is equal, and what is damaged is refused.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::support::{TestLab, text};

fn samples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/imports/tests/samples")
}

/// A trained run with its model, imported runs (nested, deleted, with files and histories), and one that was logged.
fn full_lab() -> TestLab {
    let lab = TestLab::new();
    lab.import(&lab.penguins(), &[]);
    let trained = lab.json(&[
        "train",
        "penguins",
        "--target",
        "species",
        "--algorithm",
        "logistic_regression",
        "--experiment",
        "birds",
    ]);
    let run_id = trained["run_id"].as_str().expect("an id");
    lab.json(&["model", "register", run_id, "--name", "bird"]);
    lab.json(&[
        "runs",
        "import",
        text(&samples().join("mlflow/3.17.2/mlruns")),
    ]);
    lab.json(&["runs", "import", text(&samples().join("wandb"))]);
    let notes = lab.file("notes.txt", "hello\n");
    let id = lab.assay(&[
        "runs",
        "log",
        "start",
        "--experiment",
        "shell",
        "--name",
        "logged",
    ]);
    let id = id.stdout.trim().to_owned();
    lab.assay(&[
        "runs", "log", "metric", &id, "loss=nan", "odd=inf", "--step", "3",
    ]);
    lab.assay(&[
        "runs",
        "log",
        "artifact",
        &id,
        text(&notes),
        "--as",
        "deep/ö.txt",
    ]);
    lab.assay(&["runs", "log", "end", &id, "--status", "killed"]);
    lab
}

/// All that a lab tells of its runs: rows, points, files, documents.
fn told(lab: &TestLab, ids: &[String]) -> Vec<Value> {
    ids.iter()
        .map(|id| {
            let tail = lab.assay(&["--json", "runs", "tail", id]);
            assert_eq!(tail.status, 0, "{}", tail.stderr);
            json!({ "shown": lab.json(&["runs", "show", id]), "points": tail.stdout })
        })
        .collect()
}

fn ids(lab: &TestLab) -> Vec<String> {
    let page = lab.json(&["runs", "list", "--limit", "1000"]);
    let runs = page["runs"].as_array().expect("runs");
    runs.iter()
        // a run that is still running would be followed for ever
        .filter(|run| run["status"] != "running")
        .filter_map(|run| run["run_id"].as_str().map(str::to_owned))
        .collect()
}

fn trained_run(lab: &TestLab) -> String {
    let filter = "params.algorithm = 'logistic_regression'";
    let page = lab.json(&["runs", "list", "--filter", filter]);
    let run_id = page["runs"][0]["run_id"].as_str();
    run_id.expect("an id").to_owned()
}

#[test]
fn a_whole_lab_comes_back_equal_in_a_new_one() {
    let lab = full_lab();
    let file = lab.path().join("../all.zip");
    let written = lab.json(&["runs", "export", "--all", text(&file)]);
    assert_eq!(written["n_runs"], 9);
    let new = TestLab::new();
    let report = new.json(&["runs", "import", text(&file)]);
    assert_eq!(report["problems"], json!([]), "{report}");
    assert_eq!(report["n_new"], 9);
    assert_eq!(new.holdings().0, lab.holdings().0);
    assert_eq!(
        new.json(&["runs", "list"])["runs"],
        lab.json(&["runs", "list"])["runs"]
    );
    assert_eq!(new.json(&["trash", "list"]), lab.json(&["trash", "list"]));
    assert_eq!(told(&new, &ids(&lab)), told(&lab, &ids(&lab)));
    assert_eq!(
        new.json(&["model", "verify", "bird@1"]),
        lab.json(&["model", "verify", "bird@1"])
    );
    let doctor = new.json(&["doctor"]);
    assert_eq!(doctor["healthy"], true, "{doctor}");
    // what was trained there can be trained again here
    let again = new.assay(&["runs", "reproduce", &trained_run(&lab)]);
    assert_eq!(again.status, 0, "{}", again.stderr);
    // and a second import adds nothing
    let again = new.json(&["runs", "import", text(&file)]);
    assert_eq!(
        (&again["n_new"], &again["n_unchanged"]),
        (&0.into(), &9.into())
    );
}

#[test]
fn runs_and_experiments_come_into_a_lab_that_has_others() {
    let lab = full_lab();
    let other = TestLab::new();
    other.json(&[
        "runs",
        "log",
        "start",
        "--experiment",
        "wines",
        "--name",
        "here before",
    ]);
    let file = lab.path().join("../some.zip");
    let trained = trained_run(&lab);
    for arguments in [
        &["--experiment", "wines"][..],
        &["--experiment", "shell"],
        &[trained.as_str(), "logged"],
    ] {
        let arguments = [&["runs", "export"], arguments, &[text(&file)]].concat();
        lab.json(&arguments);
        let report = other.json(&["runs", "import", text(&file)]);
        assert_eq!(report["problems"], json!([]), "{arguments:?}");
    }
    let page = other.json(&["runs", "list"]);
    for id in ids(&lab) {
        let found = page["runs"]
            .as_array()
            .and_then(|runs| runs.iter().find(|run| run["run_id"] == id.as_str()));
        let name = found.map(|run| run["name"].clone()).unwrap_or_default();
        assert_ne!(name, "", "{id}");
    }
    let same: Vec<String> = ids(&lab).into_iter().filter(|id| *id != trained).collect();
    assert_eq!(told(&other, &same), told(&lab, &same));
    // the model was left where it is; of the run all is there
    let (ours, theirs) = (
        lab.json(&["runs", "show", &trained]),
        other.json(&["runs", "show", &trained]),
    );
    for part in [
        "metrics",
        "params",
        "result",
        "spec",
        "recipe",
        "environment",
        "parity",
        "artifacts",
        "command",
    ] {
        assert_eq!(ours[part], theirs[part], "{part}");
    }
    assert_eq!(other.json(&["doctor"])["healthy"], true);
}

#[test]
fn a_damaged_archive_is_refused_as_a_whole_and_the_file_is_named() {
    let lab = full_lab();
    let file = lab.path().join("../all.zip");
    lab.json(&["runs", "export", "--all", text(&file)]);
    let bytes = std::fs::read(&file).expect("an archive");
    let new = TestLab::new();
    let before = new.holdings();
    let objects: Vec<usize> = bytes
        .windows(8)
        .enumerate()
        .filter(|(_, window)| *window == b"objects/")
        .map(|(place, _)| place)
        .collect();
    let broken = lab.path().join("../broken.zip");
    for (place, name) in [(objects[0] + 90, "objects/"), (4_000, "lab.db")] {
        let mut damaged = bytes.clone();
        damaged[place] ^= 0x40;
        std::fs::write(&broken, damaged).expect("a file");
        let answer = new.assay(&["runs", "import", text(&broken)]);
        assert_eq!(answer.status, 1, "{name}");
        assert!(
            answer.stderr.contains("damaged") && answer.stderr.contains(name),
            "{}",
            answer.stderr
        );
        assert_eq!(new.holdings(), before, "{name}");
    }
    std::fs::write(&broken, &bytes[..bytes.len() / 2]).expect("a file");
    let half = new.assay(&["runs", "import", text(&broken)]);
    assert!(
        half.status == 1 && half.stderr.contains("damaged"),
        "{}",
        half.stderr
    );
    assert_eq!(new.holdings(), before);
    for wrong in [
        &["--all"][..],
        &["only-a-name"],
        &["--experiment", "nowhere", "x.zip"],
        &["nobody", "x.zip"],
    ] {
        let answer = lab.assay(&[&["runs", "export"], wrong].concat());
        assert!(answer.status > 0, "{wrong:?}");
    }
}
