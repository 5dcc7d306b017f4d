//! MLflow's own Python client, out of its package, against `assay serve`: one script in this folder per subject.
//!
//! A script gets the server's address as its first argument and asserts; it ends with status 0 when all of it held.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::server::Server;
use crate::support::TestLab;

#[test]
fn experiments_and_runs() {
    against_a_new_lab("runs.py");
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
    assert!(
        output.status.success(),
        "{script}:\n{}\n{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

fn client(lab: &TestLab, server: &Server, script: &str) -> Command {
    let url = format!("http://{}", server.address);
    let home = lab.path().with_file_name("home");
    std::fs::create_dir_all(&home).expect("a folder");
    let mut command = Command::new(python());
    command
        .arg(
            Path::new(env!("CARGO_MANIFEST_DIR"))
                .join("tests/mlflow")
                .join(script),
        )
        .arg(&url)
        .current_dir(&home)
        .stdin(Stdio::null())
        .env("MLFLOW_TRACKING_URI", &url)
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
