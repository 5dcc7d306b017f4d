//! Where a run ran: versions, threads, and the git state of the folder it was asked in.

use std::path::Path;
use std::process::Command;

use assay_core::run::RunEnvironment;

pub fn describe(folder: &Path, onnx_runtime: String, algorithm: &str) -> RunEnvironment {
    let commit = git(folder, &["rev-parse", "HEAD"]);
    let dirty = commit
        .as_ref()
        .and_then(|_| git(folder, &["status", "--porcelain"]))
        .map(|text| !text.is_empty());
    RunEnvironment {
        assay: crate::VERSION.to_owned(),
        os: std::env::consts::OS.to_owned(),
        arch: std::env::consts::ARCH.to_owned(),
        n_threads: u32::try_from(assay_learn::n_threads()).unwrap_or(u32::MAX),
        onnx_runtime,
        cpu_features: cpu_features(),
        lightgbm: (algorithm == "lightgbm")
            .then(assay_learn::lightgbm::version)
            .flatten(),
        git_commit: commit,
        git_dirty: dirty,
    }
}

/// Those that change which instructions arithmetic is done with.
fn cpu_features() -> Vec<String> {
    #[cfg(target_arch = "x86_64")]
    let found = [
        ("avx", std::arch::is_x86_feature_detected!("avx")),
        ("avx2", std::arch::is_x86_feature_detected!("avx2")),
        ("fma", std::arch::is_x86_feature_detected!("fma")),
        ("avx512f", std::arch::is_x86_feature_detected!("avx512f")),
    ];
    // Every processor of the other kinds that Assay is built for has the same.
    #[cfg(not(target_arch = "x86_64"))]
    let found: [(&str, bool); 0] = [];
    found
        .into_iter()
        .filter(|(_, has)| *has)
        .map(|(name, _)| name.to_owned())
        .collect()
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
