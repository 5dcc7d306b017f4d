//! What `assay runs` says to a person: when it logs, follows, changes, moves between labs, and when it refuses.

use std::path::{Path, PathBuf};

use crate::support::{Answer, TestLab, text};

/// Ids, sizes on disk and the place of the lab are others each time.
const FILTERS: [(&str, &str); 4] = [
    (r"\b[0-9a-f]{32}\b", "ID"),
    (r"\b[0-9a-f]{8}\b", "SHORTID"),
    (r"\d+(\.\d)? ([kKMG]?i?B|bytes?)\b", "SIZE"),
    (r"(?m)(^|[ `])/\S+/", "${1}FOLDER/"),
];

fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("crates/imports/tests/samples")
        .join(name)
}

/// What a terminal would show of the calls.
fn session<'a>(lab: &TestLab, calls: impl IntoIterator<Item = &'a [&'a str]>) -> String {
    let mut shown = String::new();
    for arguments in calls {
        let Answer {
            status,
            stdout,
            stderr,
        } = lab.assay(&[&["runs"], arguments].concat());
        shown += &format!("$ assay runs {}\n{stdout}{stderr}", arguments.join(" "));
        if status != 0 {
            shown += &format!("exit status {status}\n");
        }
        shown += "\n";
    }
    shown
}

/// A run that was filled step by step and ended.
fn logged(lab: &TestLab, name: &str) -> String {
    let start = [
        "runs", "log", "start", "--name", name, "--param", "lr=0.1", "--tag", "by=me",
    ];
    let id = lab.assay(&start).stdout.trim().to_owned();
    for (step, value) in [("1", "loss=0.5"), ("2", "loss=0.25")] {
        lab.json(&["runs", "log", "metric", &id, value, "--step", step]);
    }
    lab.json(&["runs", "log", "end", &id]);
    id
}

#[test]
fn a_run_is_logged_and_followed() {
    let lab = TestLab::new();
    let id = lab
        .assay(&["runs", "log", "start", "--name", "shell"])
        .stdout
        .trim()
        .to_owned();
    let notes = lab.file("notes.txt", "slow\n");
    let calls: [&[&str]; 7] = [
        &["log", "metric", &id, "loss=0.5", "acc=0.75", "--step", "3"],
        &["log", "metric", &id, "loss=NaN", "--step", "4"],
        &["log", "param", &id, "lr=0.1"],
        &["log", "tag", &id, "team=birds"],
        &[
            "log",
            "artifact",
            &id,
            text(&notes),
            "--as",
            "docs/notes.txt",
        ],
        &["log", "end", &id, "--status", "failed"],
        &["tail", &id],
    ];
    insta::with_settings!({ filters => FILTERS.to_vec() }, {
        insta::assert_snapshot!("log", session(&lab, calls));
    });
}

#[test]
fn changes_to_runs_are_told() {
    let lab = TestLab::new();
    let (a, b) = (logged(&lab, "a"), logged(&lab, "b"));
    let calls: [&[&str]; 12] = [
        &["list", "--order-by", "attributes.name"],
        &["tag", "team=birds", "a", "b"],
        &["untag", "team", "b"],
        &["move", "flights", "--filter", "tags.team = 'birds'"],
        &["list", "--order-by", "attributes.name", "--ascending"],
        &["archive", "a"],
        &["archive", "a"],
        &["list", "--view", "archived"],
        &["unarchive", &a],
        &["delete", "--filter", "metrics.loss < 0.3"],
        &["list", "--view", "trash", "--order-by", "attributes.name"],
        &["restore", &a, &b],
    ];
    insta::with_settings!({ filters => FILTERS.to_vec() }, {
        insta::assert_snapshot!("change", session(&lab, calls));
    });
}

#[test]
fn runs_go_from_lab_to_lab() {
    let lab = TestLab::new();
    logged(&lab, "a");
    logged(&lab, "b");
    let archive = lab.path().with_file_name("runs.zip");
    let table = lab.file("loss.csv", "step,loss\n1,0.5\n2,0.25\n3,high\n");
    let written = session(&lab, [&["export", "a", "b", text(&archive)][..]]);
    let other = TestLab::new();
    let calls: [&[&str]; 4] = [
        &["import", text(&archive)],
        &["import", text(&archive)],
        &["import", text(&table), "--experiment", "tables"],
        &["list", "--order-by", "attributes.name"],
    ];
    insta::with_settings!({ filters => FILTERS.to_vec() }, {
        insta::assert_snapshot!("transfer", written + &session(&other, calls));
    });
}

#[test]
fn files_of_another_tracker_are_a_lab_that_is_only_read() {
    let mut shown = String::new();
    for path in ["mlflow/3.17.2/mlruns", "mlflow/3.17.2/mlflow.db"] {
        for arguments in [
            &["list", "--order-by", "attributes.name"][..],
            &["tail", "sweep"],
            &["tag", "team=birds", "sweep"],
        ] {
            let output = std::process::Command::new(env!("CARGO_BIN_EXE_assay"))
                .arg("--lab")
                .arg(sample(path))
                .arg("runs")
                .args(arguments)
                .output();
            let answer = Answer::of(output.expect("assay starts"));
            shown += &format!(
                "$ assay --lab {path} runs {}\n{}{}exit status {}\n\n",
                arguments.join(" "),
                answer.stdout,
                answer.stderr,
                answer.status
            );
        }
    }
    insta::with_settings!({ filters => FILTERS.to_vec() }, {
        insta::assert_snapshot!("view", shown);
    });
}

#[test]
fn what_cannot_be_done_is_one_sentence() {
    let lab = TestLab::new();
    let id = logged(&lab, "a");
    let broken = lab.file("broken.zip", "PK\x03\x04 and no more");
    let notes = lab.file("notes.txt", "no runs\n");
    let nowhere = lab.path().with_file_name("nowhere");
    let calls: [&[&str]; 17] = [
        &["tail", "nobody"],
        &["show", "nobody"],
        &["tag", "team=birds", "nobody"],
        &["tag", "team", "a"],
        &["move", ".hidden", "a"],
        &["archive"],
        &["delete", "--filter", "metrics.loss <"],
        &["restore", "nobody"],
        &["restore", &id],
        &["log", "metric", "nobody", "loss=1"],
        &["log", "metric", &id, "loss=high"],
        &["log", "param", &id, "lr=0.2"],
        &["log", "artifact", &id, text(&nowhere)],
        &["import", text(&nowhere)],
        &["import", text(&broken)],
        &["import", text(&notes)],
        &["export", "nobody", text(&nowhere)],
    ];
    let before = lab.holdings();
    insta::with_settings!({ filters => FILTERS.to_vec() }, {
        insta::assert_snapshot!("refusals", session(&lab, calls));
    });
    assert_eq!(lab.holdings(), before);
    for arguments in calls {
        let answer = lab.assay(&[&["runs"], arguments].concat());
        assert!(matches!(answer.status, 1 | 2), "{arguments:?}");
        let told = answer.stdout.as_str();
        assert!(matches!(told, "" | "nothing was changed\n"), "{told}");
    }
}
