//! MLflow's own Python client, out of its package, against `assay serve`: one script in this folder per subject.
//!
//! A script gets the server's address as its first argument and asserts; it ends with status 0 when all of it held.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use crate::server::Server;
use crate::support::TestLab;

#[test]
fn experiments_and_runs() {
    against_a_new_lab("runs.py");
}

#[test]
fn runs_are_found_page_by_page() {
    against_a_new_lab("search.py");
}

#[test]
fn files_go_in_and_out() {
    against_a_new_lab("artifacts.py");
}

#[test]
fn the_registry() {
    against_a_new_lab("registry.py");
}

#[test]
fn logged_models() {
    against_a_new_lab("logged_models.py");
}

#[test]
fn traces_and_spans() {
    against_a_new_lab("traces.py");
}

#[test]
fn traces_are_assessed() {
    against_a_new_lab("assessments.py");
}

#[test]
fn several_processes_log_at_once() {
    against_a_new_lab("crowd.py");
}

#[test]
fn what_is_wrong_is_refused() {
    against_a_new_lab("hostile.py");
}

#[test]
fn what_was_trained_here_is_read_by_the_client() {
    let lab = TestLab::new();
    lab.import(&lab.penguins(), &[]);
    let trained = lab.json(&[
        "train",
        "penguins",
        "--target",
        "species",
        "--algorithm",
        "decision_tree",
    ]);
    let server = Server::start(&lab, &[]);
    let run_id = trained["run_id"].as_str().expect("an id");
    run(&lab, &server, "trained.py", &[run_id]);
    let listed = lab.json(&["runs", "list"]);
    assert_eq!(listed["runs"][0]["tags"]["seen by"], "a client", "{listed}");
}

/// `mlflow.pyfunc` and onnxruntime, both out of their packages, on raw columns.
#[test]
fn the_folder_of_a_version_is_opened_by_other_tools() {
    let lab = TestLab::new();
    lab.import(&lab.penguins(), &[]);
    for (target, algorithm) in [
        ("species", "random_forest"),
        ("species", "logistic_regression"),
        ("body_mass_g", "ridge"),
    ] {
        let words = [
            "train",
            "penguins",
            "--target",
            target,
            "--algorithm",
            algorithm,
        ];
        let run = lab.json(&words)["run_id"].clone();
        let run = run.as_str().expect("an id");
        let version = lab.json(&["model", "register", run, "--name", algorithm]);
        assert_eq!(version["version"], 1);
        let shown = lab.json(&["runs", "show", run]);
        let kept = shown["artifacts"].as_array().expect("files");
        let adversarial = kept
            .iter()
            .find(|file| file["path"] == "adversarial.json")
            .expect("rows with answers");
        let hash = adversarial["object"].as_str().expect("a hash");
        let rows = lab.path().join("objects").join(&hash[..2]).join(hash);
        let folder = lab.path().join("registry").join(algorithm).join("1");
        let output = script(&lab, "model_folder.py")
            .arg(folder)
            .arg(rows)
            .output()
            .expect("Python starts");
        check("model_folder.py", &output);
    }
}

#[test]
fn what_a_client_logs_is_shown_by_the_command_line() {
    let lab = TestLab::new();
    let server = Server::start(&lab, &[]);
    run(&lab, &server, "logged.py", &[]);
    let listed = lab.json(&["runs", "list"]);
    let logged = listed["runs"]
        .as_array()
        .expect("runs")
        .iter()
        .find(|run| run["name"] == "logged")
        .expect("the run");
    assert_eq!(logged["experiment"], "from a notebook");
    assert_eq!(logged["status"], "finished");
    assert_eq!(logged["params"]["depth"], "3");
    assert_eq!(logged["metrics"]["loss"], 0.1);
    assert_eq!(logged["tags"]["team"], "a");
    let shown = lab.json(&["runs", "show", logged["run_id"].as_str().expect("an id")]);
    assert_eq!(shown["metrics"]["loss"], 0.1, "{shown}");
    assert_eq!(shown["artifacts"][0]["path"], "notes/a.txt");
}

#[test]
fn files_may_lie_in_a_folder_of_the_owners() {
    let lab = TestLab::new();
    let folder = lab.path().with_file_name("files");
    let folder = folder.to_str().expect("a path is text");
    // A path with a drive's letter is no address without the third slash.
    let url = format!(
        "file:///{}",
        folder.trim_start_matches('/').replace('\\', "/")
    );
    for root in [url.as_str(), folder] {
        let lab = TestLab::new();
        let server = Server::start(&lab, &["--artifact-root", root]);
        run(&lab, &server, "roots.py", &[root, folder]);
    }
}

#[test]
fn a_token_of_the_owner_is_asked_of_clients_too() {
    let lab = TestLab::new();
    let token = "a-token-of-the-owner-0123456789";
    let file = lab.file("token", token);
    let server = Server::start(&lab, &["--token-file", file.to_str().expect("text")]);
    let output = client(&lab, &server, "tokens.py")
        .env("MLFLOW_TRACKING_TOKEN", token)
        .output()
        .expect("Python starts");
    check("tokens.py", &output);
}

/// A page of another site in the same browser, or one that made its name point here, gets nothing and does nothing.
#[test]
fn pages_of_other_sites_log_nothing() {
    let lab = TestLab::new();
    let server = Server::start(&lab, &[]);
    let body = r#"{"experiment_id": "0", "start_time": 1}"#;
    let port = server.address.rsplit(':').next().expect("a port");
    let rebound = format!("evil.example:{port}");
    for (head, headers) in [
        (
            "POST /api/2.0/mlflow/runs/create",
            vec![("Origin", "https://evil.example")],
        ),
        ("POST /api/2.0/mlflow/runs/create", vec![("Origin", "null")]),
        (
            "POST /api/2.0/mlflow/runs/create",
            vec![("Origin", "http://127.0.0.1:1")],
        ),
        (
            "POST /api/2.0/mlflow/runs/create",
            vec![("Host", rebound.as_str())],
        ),
        ("POST /v1/traces", vec![("Origin", "https://evil.example")]),
        (
            "PUT /api/2.0/mlflow-artifacts/artifacts/0/a/artifacts/b",
            vec![("Host", rebound.as_str())],
        ),
        (
            "GET /api/2.0/mlflow/experiments/get?experiment_id=0",
            vec![("Host", rebound.as_str())],
        ),
    ] {
        let (status, answer) = server.request(head, &headers, body);
        assert_eq!(status, 403, "{head} {headers:?}: {answer}");
    }
    assert_eq!(lab.json(&["runs", "list"])["runs"], serde_json::json!([]));
    let own = format!("http://{}", server.address);
    let (status, answer) = server.request(
        "POST /api/2.0/mlflow/runs/create",
        &[("Origin", &own)],
        body,
    );
    assert_eq!(status, 200, "{answer}");
}

/// Runs a script against a server over a lab in which nothing is.
fn against_a_new_lab(script: &str) {
    let lab = TestLab::new();
    let server = Server::start(&lab, &[]);
    run(&lab, &server, script, &[]);
}

/// Runs a script, with more arguments behind the server's address; it may write below the test's folder.
fn run(lab: &TestLab, server: &Server, script: &str, more: &[&str]) {
    let output = client(lab, server, script)
        .args(more)
        .output()
        .expect("Python starts");
    check(script, &output);
}

fn check(script: &str, output: &Output) {
    assert!(
        output.status.success(),
        "{script}:\n{}\n{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

fn client(lab: &TestLab, server: &Server, script: &str) -> Command {
    let url = format!("http://{}", server.address);
    let mut command = self::script(lab, script);
    command.arg(&url).env("MLFLOW_TRACKING_URI", &url);
    command
}

fn script(lab: &TestLab, script: &str) -> Command {
    python_command(lab, &format!("tests/mlflow/{script}"))
}

/// A script of the tests, run by the Python that setup made beside the build.
pub fn python_command(lab: &TestLab, script: &str) -> Command {
    let home = lab.path().with_file_name("home");
    std::fs::create_dir_all(&home).expect("a folder");
    let mut command = Command::new(python());
    command
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join(script))
        .current_dir(&home)
        .stdin(Stdio::null())
        .env("HOME", &home)
        // What the client would tell its makers, or ask of git, has no place in a test.
        .env("MLFLOW_DISABLE_TELEMETRY", "true")
        .env("GIT_PYTHON_REFRESH", "quiet")
        .env("NO_PROXY", "127.0.0.1")
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("PYTHONUTF8", "1")
        // A refusal is looked at, not waited for.
        .env("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0");
    command
}

/// The Python of the environment that setup made beside the build.
fn python() -> PathBuf {
    let test = std::env::current_exe().expect("this program has a path");
    let target = test.ancestors().nth(3).expect("target/debug/deps/test");
    let folder = target.join("mlflow-client");
    assert!(
        folder.join("requirements.txt").is_file(),
        "{} holds no client; run `cargo xtask setup`",
        folder.display()
    );
    if cfg!(windows) {
        folder.join("Scripts").join("python.exe")
    } else {
        folder.join("bin").join("python")
    }
}
