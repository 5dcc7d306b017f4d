//! `assay init [DIR]`

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use assay_lab::{Error, Lab};

use crate::environment;
use crate::output::Output;

#[derive(clap::Args)]
pub struct Arguments {
    /// The folder, empty or absent; else that of --lab
    dir: Option<PathBuf>,
}

impl Arguments {
    pub fn run(&self, lab: &Path, output: Output) -> Result<ExitCode, Error> {
        let folder = self.dir.as_deref().unwrap_or(lab);
        let lab = Lab::create(folder, environment("command line")?)?;
        output.result(&lab.status()?, |status| {
            format!("made a lab in {}", status.path)
        });
        Ok(ExitCode::SUCCESS)
    }
}
