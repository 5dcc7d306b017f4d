//! A lab full of runs, for as long as a measurement needs it.

use std::path::PathBuf;
use std::process::Command;

use crate::error::Result;
use crate::places::Places;
use crate::process::{self, cargo};

/// The release build of the executable, and of what fills a lab with runs.
pub(super) fn build(places: &Places) -> Result<()> {
    process::run(cargo(places).args(["build", "--release", "--bin", "assay"]))?;
    process::run(cargo(places).args([
        "build",
        "--release",
        "--package",
        "assay-store",
        "--example",
        "fill_runs",
    ]))
}

/// It goes when it is dropped.
pub(super) struct Filled {
    program: PathBuf,
    pub folder: PathBuf,
}

impl Filled {
    /// `bench` stands in the name of the folder; `n_points` are of one metric of one run.
    pub fn new(places: &Places, bench: &str, n_runs: u32, n_points: u32) -> Result<Self> {
        let name = format!("bench-{bench}-{}-{n_runs}", std::process::id());
        let filled = Self {
            program: places.executable("release", "assay"),
            folder: places.target.join(name),
        };
        let filler = places.target.join("release/examples/fill_runs");
        process::run(
            Command::new(filler.with_extension(std::env::consts::EXE_EXTENSION))
                .arg(&filled.folder)
                .arg(n_runs.to_string())
                .arg(n_points.to_string()),
        )?;
        Ok(filled)
    }

    /// The command line on this lab.
    pub fn assay(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.arg("--lab").arg(&self.folder);
        command
    }
}

impl Drop for Filled {
    fn drop(&mut self) {
        // What cannot be removed is a folder in the target folder.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
