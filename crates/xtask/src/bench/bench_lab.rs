//! A new lab for a bench and the program that works in it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::error::Result;
use crate::places::Places;
use crate::process::{self, cargo};
use crate::setup::{self, Scope};

/// Builds the program as it is released.
pub(super) fn build(places: &Places) -> Result<()> {
    setup::run(places, Scope::Core)?;
    setup::web::build(places)?;
    process::run(cargo(places).args(["build", "--release", "--bin", "assay"]))
}

/// Its folder goes when this does.
pub(super) struct BenchLab {
    program: PathBuf,
    pub folder: PathBuf,
    libraries: [(&'static str, PathBuf); 2],
}

impl BenchLab {
    /// Makes the lab; the program must have been built.
    pub fn new(places: &Places) -> Result<Self> {
        let lab = Self {
            program: places.executable("release", "assay"),
            folder: places
                .target
                .join(format!("bench-lab-{}", std::process::id())),
            libraries: [
                ("ASSAY_ONNXRUNTIME", places.onnxruntime()),
                ("ASSAY_LIGHTGBM", places.lightgbm()),
            ],
        };
        process::run(Command::new(&lab.program).arg("init").arg(&lab.folder))?;
        Ok(lab)
    }

    pub fn assay(&self, words: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command
            .envs(self.libraries.iter().map(|(name, path)| (name, path)))
            .arg("--lab")
            .arg(&self.folder)
            .args(words);
        command
    }

    pub fn import(&self, file: &Path, name: &str) -> Result<()> {
        process::run(
            self.assay(&["data", "import", "--name", name])
                .arg(file)
                .stdout(Stdio::null()),
        )
    }
}

impl Drop for BenchLab {
    fn drop(&mut self) {
        // A folder that stays takes room in the target folder alone.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Seconds of a command, the start of its process included; what it prints is thrown away.
pub(super) fn timed(command: &mut Command) -> Result<f64> {
    let started = Instant::now();
    process::run(command.stdout(Stdio::null()))?;
    Ok(started.elapsed().as_secs_f64())
}
