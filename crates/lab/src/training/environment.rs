//! Where a run ran: versions, threads, and the git state of the folder it was asked in.

use std::path::Path;
use std::process::Command;

use assay_core::run::RunEnvironment;

pub fn describe(folder: &Path, onnx_runtime: String) -> RunEnvironment {
    let commit = git(folder, &["rev-parse", "HEAD"]);
    let dirty = commit
        .as_ref()
        .and_then(|_| git(folder, &["status", "--porcelain"]))
        .map(|text| !text.is_empty());
    RunEnvironment {
        assay: crate::VERSION.to_owned(),
        os: std::env::consts::OS.to_owned(),
        arch: std::env::consts::ARCH.to_owned(),
        n_threads: std::thread::available_parallelism()
            .map_or(1, |n| u32::try_from(n.get()).unwrap_or(u32::MAX)),
        onnx_runtime,
        git_commit: commit,
        git_dirty: dirty,
    }
}

/// `None` without git, or outside a repository.
fn git(folder: &Path, arguments: &[&str]) -> Option<String> {
    let output = Command::new("git")
        .arg("-C")
        .arg(folder)
        .args(arguments)
        .output()
        .ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
