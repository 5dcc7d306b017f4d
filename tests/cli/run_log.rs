//! Runs from a shell: step by step, as lines, around a command; and followed.

use std::io::Write;
use std::process::Stdio;

use serde_json::{Value, json};

use crate::support::{Answer, TestLab};

fn run(lab: &TestLab, id: &str) -> Value {
    lab.json(&["runs", "list"])["runs"]
        .as_array()
        .and_then(|runs| runs.iter().find(|run| run["run_id"] == id).cloned())
        .unwrap_or_default()
}

fn with_input(lab: &TestLab, arguments: &[&str], input: &str) -> Answer {
    let mut child = lab
        .command()
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("assay starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(input.as_bytes()).expect("it is written");
    drop(stdin);
    Answer::of(child.wait_with_output().expect("it ends"))
}

#[test]
fn a_run_is_begun_filled_and_ended_from_a_shell() {
    let lab = TestLab::new();
    let parent = lab
        .assay(&["runs", "log", "start", "--name", "sweep"])
        .stdout
        .trim()
        .to_owned();
    let started = lab.assay(&[
        "runs",
        "log",
        "start",
        "--experiment",
        "shell",
        "--name",
        "first",
        "--param",
        "lr=0.1",
        "--tag",
        "team=red",
        "--parent",
        &parent,
    ]);
    assert_eq!(started.status, 0, "{}", started.stderr);
    let id = started.stdout.trim();
    assert_eq!(id.len(), 32);
    let file = lab.file("notes.txt", "hello\n");
    let file = file.to_str().expect("text");
    for arguments in [
        &["metric", id, "loss=0.5", "auc=nan", "--step", "1"][..],
        &[
            "metric",
            id,
            "loss=-1e-3",
            "--step",
            "2",
            "--timestamp",
            "1700000000000",
        ],
        &["param", id, "depth=3", "lr=0.1"],
        &["tag", id, "note=a=b"],
        &["artifact", id, file],
        &["artifact", id, file, "--as", "deep/er/ö.txt"],
        &["end", id, "--status", "failed"],
    ] {
        let answer = lab.assay(&[&["runs", "log"], arguments].concat());
        assert_eq!(answer.status, 0, "{arguments:?}: {}", answer.stderr);
    }
    let found = run(&lab, id);
    assert_eq!(found["status"], "failed");
    assert_eq!(found["experiment"], "shell");
    assert_eq!(found["params"], json!({ "depth": "3", "lr": "0.1" }));
    assert_eq!(found["metrics"]["loss"], -1e-3);
    assert_eq!(found["tags"]["mlflow.parentRunId"], parent.as_str());
    assert_eq!(found["tags"]["note"], "a=b");

    let tail = lab.assay(&["--json", "runs", "tail", id]);
    assert_eq!(tail.status, 0, "{}", tail.stderr);
    let news: Vec<Value> = tail
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).expect("a line is JSON"))
        .collect();
    let steps: Vec<_> = news
        .iter()
        .filter(|news| news["event"] == "metric")
        .map(|news| {
            (
                news["key"].clone(),
                news["value"].clone(),
                news["step"].clone(),
            )
        })
        .collect();
    assert_eq!(
        steps,
        [
            (json!("auc"), json!("NaN"), json!(1)),
            (json!("loss"), json!(0.5), json!(1)),
            (json!("loss"), json!(-1e-3), json!(2)),
        ]
    );
    let paths: Vec<_> = news
        .iter()
        .filter_map(|news| news["path"].as_str())
        .collect();
    assert_eq!(paths, ["deep/er/ö.txt", "notes.txt"]);
    assert_eq!(
        news.last(),
        Some(&json!({ "event": "status", "status": "failed" }))
    );
}

#[test]
fn bad_steps_are_refused_with_a_hint() {
    let lab = TestLab::new();
    let id = lab
        .assay(&["runs", "log", "start", "--param", "lr=0.1"])
        .stdout
        .trim()
        .to_owned();
    for (arguments, status) in [
        (&["metric", id.as_str(), "loss=high"][..], 1),
        (&["metric", &id, "loss"], 2),
        (&["param", &id, "lr=0.2"], 1),
        (&["artifact", &id, "/nowhere/at/all"], 1),
        (&["metric", "0123456789", "loss=1"], 1),
        (&[], 2),
    ] {
        let answer = lab.assay(&[&["runs", "log"], arguments].concat());
        assert_eq!(answer.status, status, "{arguments:?} {}", answer.stderr);
    }
    assert_eq!(run(&lab, &id)["metrics"], json!({}));
}

#[test]
fn lines_of_a_program_become_a_run() {
    let lab = TestLab::new();
    let lines = "epoch 1 of 2\n{\"loss\": 0.5, \"step\": 1, \"eval\": {\"auc\": 0.7}}\n{\"loss\": NaN, \"step\": 2}\n\
                 {\"params\": {\"lr\": 0.1}, \"tags\": {\"by\": \"me\"}}\n";
    let answer = with_input(
        &lab,
        &[
            "runs",
            "log",
            "--stdin",
            "--experiment",
            "pipe",
            "--name",
            "piped",
        ],
        lines,
    );
    assert_eq!(answer.status, 0, "{}", answer.stderr);
    let (told, id) = answer.stdout.trim().split_once('\n').expect("two lines");
    assert_eq!(told, "epoch 1 of 2");
    let found = run(&lab, id);
    assert_eq!(found["status"], "finished");
    assert_eq!(found["metrics"]["eval.auc"], 0.7);
    assert_eq!(found["params"]["lr"], "0.1");
    let ended = with_input(
        &lab,
        &["--json", "runs", "log", "--stdin"],
        "{\"loss\": 1, \"status\": \"failed\"}\n",
    );
    assert_eq!(ended.json()["status"], "failed");
}

#[cfg(unix)]
#[test]
fn a_run_around_a_command_ends_as_the_command_does() {
    let lab = TestLab::new();
    for (script, status, fate) in [
        ("echo '{\"loss\": 0.5}'", 0, "finished"),
        ("echo '{\"loss\": 0.5}'; exit 7", 7, "failed"),
    ] {
        let answer = lab.assay(&["runs", "log", "--name", fate, "--", "sh", "-c", script]);
        assert_eq!(answer.status, status, "{}", answer.stderr);
        let found = run(&lab, answer.stdout.trim());
        assert_eq!(found["status"], fate);
        assert_eq!(found["metrics"]["loss"], 0.5);
    }
    let missing = lab.assay(&["runs", "log", "--", "no-such-program-anywhere"]);
    assert_eq!(missing.status, 1);
    assert_eq!(lab.json(&["runs", "list"])["n_total"], 2, "it began no run");
}

#[test]
fn a_run_is_followed_while_it_is_filled() {
    let lab = TestLab::new();
    let id = lab
        .assay(&["runs", "log", "start"])
        .stdout
        .trim()
        .to_owned();
    let tail = lab
        .command()
        .args(["runs", "tail", &id])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("assay starts");
    for step in ["1", "2"] {
        lab.assay(&["runs", "log", "metric", &id, "loss=0.25", "--step", step]);
    }
    lab.assay(&["runs", "log", "end", &id]);
    let answer = Answer::of(tail.wait_with_output().expect("it ends"));
    assert_eq!(answer.status, 0, "{}", answer.stderr);
    for line in ["step 1  loss = 0.25", "step 2  loss = 0.25", "finished"] {
        assert!(
            answer.stdout.lines().any(|told| told == line),
            "{line}: {}",
            answer.stdout
        );
    }
}
