//! Jobs: cancelled at once, killed without harm, remembered.

use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::TestLab;

/// Enough work for minutes.
const LONG: [&str; 9] = [
    "train",
    "wide",
    "--target",
    "label",
    "--param",
    "n_estimators=2000",
    "--cv",
    "10",
    "--seed=1",
];

fn lab_with_much_to_do() -> TestLab {
    let lab = TestLab::new();
    let rows: String = (0..4_000_u64)
        .map(|row| {
            let noise = |salt: u64| {
                (row.wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(salt * 1_442_695_040_888_963_407)
                    >> 33)
                    % 1_000
            };
            format!(
                "{},{},{},{},{}\n",
                noise(1),
                noise(2),
                noise(3),
                noise(4),
                noise(5) % 2
            )
        })
        .collect();
    lab.import(&lab.file("wide.csv", format!("a,b,c,d,label\n{rows}")), &[]);
    lab
}

fn wait_for_run(lab: &TestLab) -> Value {
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        let runs = lab.json(&["runs", "list"]);
        if runs["runs"][0]["status"] == "running" {
            return runs["runs"][0].clone();
        }
        assert!(Instant::now() < deadline, "the run never began");
        sleep(Duration::from_millis(50));
    }
}

#[cfg(unix)]
fn signal(process_id: u32, name: &str) {
    let status = Command::new("kill")
        .args([&format!("-{name}"), &process_id.to_string()])
        .status();
    assert!(
        status.is_ok_and(|status| status.success()),
        "kill -{name} {process_id}"
    );
}

/// Ctrl-C: it ends, and says why.
#[cfg(unix)]
fn interrupted(child: Child) {
    signal(child.id(), "INT");
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("cancelled"), "{said}");
}

#[cfg(unix)]
#[test]
fn an_interrupted_training_is_cancelled_and_said_so() {
    let lab = lab_with_much_to_do();
    let child = lab
        .command()
        .args(LONG)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("assay starts");
    wait_for_run(&lab);
    interrupted(child);
    assert_eq!(lab.json(&["runs", "list"])["runs"][0]["status"], "killed");
    assert_eq!(lab.json(&["doctor"])["healthy"], true);
}

/// A model is trained again at every window for minutes; of what was cancelled nothing stays.
#[cfg(unix)]
#[test]
fn training_again_within_a_replay_is_cancelled() {
    let lab = lab_with_much_to_do();
    let run = lab.json(&[
        "train",
        "wide",
        "--target",
        "label",
        "--param",
        "n_estimators=100",
    ]);
    let run = run["run_id"].as_str().expect("a run");
    lab.json(&["model", "register", run, "--name", "m"]);
    let log = lab.path().with_file_name("wide.csv");
    let child = lab
        .command()
        .arg("replay")
        .arg(&log)
        .args(["--model", "m", "--window", "40rows", "--retrain", "every=1"])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("assay starts");
    // The pass itself takes a moment; then it trains.
    sleep(Duration::from_secs(4));
    interrupted(child);
    let runs = lab.json(&["runs", "list"]);
    assert_eq!(runs["runs"].as_array().map(Vec::len), Some(1));
    assert_eq!(lab.json(&["doctor"])["healthy"], true);
}

#[cfg(unix)]
#[test]
fn a_killed_application_leaves_a_whole_lab() {
    let lab = lab_with_much_to_do();
    let mut child = lab
        .command()
        .args(LONG)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("assay starts");
    wait_for_run(&lab);
    signal(child.id(), "KILL");
    child.wait().expect("it ends");
    // the worker follows its host; whoever opens the lab for good next settles what it left
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        let doctor = lab.json(&["doctor", "--repair"]);
        let runs = lab.json(&["runs", "list"]);
        if doctor["healthy"] == true && runs["runs"][0]["status"] == "killed" {
            break;
        }
        assert!(Instant::now() < deadline, "{doctor} {runs}");
        sleep(Duration::from_millis(200));
    }
    let again = lab.json(&[
        "train",
        "wide",
        "--target",
        "label",
        "--algorithm",
        "decision_tree",
    ]);
    assert_eq!(again["status"], "finished");
}

#[cfg(target_os = "linux")]
#[test]
fn a_job_that_asks_for_too_much_memory_fails_alone_and_says_so() {
    let lab = lab_with_much_to_do();
    lab.file("lab/assay.toml", "[jobs]\nmemory_mb = 24\n");
    let answer = lab
        .command()
        .args(LONG)
        .env("RUST_BACKTRACE", "1")
        .output()
        .expect("assay starts");
    assert!(!answer.status.success());
    let said = String::from_utf8_lossy(&answer.stderr);
    assert!(said.contains("it was allowed 24 MB"), "{said}");
    assert_eq!(lab.json(&["doctor"])["healthy"], true);
    lab.file("lab/assay.toml", "");
    let again = lab.json(&[
        "train",
        "wide",
        "--target=label",
        "--algorithm=decision_tree",
    ]);
    assert_eq!(again["status"], "finished");
}
