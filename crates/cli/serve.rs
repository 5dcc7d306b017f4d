//! `assay serve [--port P] [--token-file F]`

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use assay_core::code::Code;
use assay_core::reference::Reference;
use assay_lab::{Cause, Error, Lab};
use assay_server::{Desk, Options};

use crate::environment;

#[derive(clap::Args)]
pub struct Arguments {
    /// 0 for any free one; else that of assay.toml
    #[arg(long)]
    port: Option<u16>,
    /// A file whose first line is the token that every request must hold
    #[arg(long, value_name = "F")]
    token_file: Option<PathBuf>,
    /// Where MLflow's clients keep the files of runs themselves, a folder or a `file://` address; else in the lab
    #[arg(long, value_name = "DIR")]
    artifact_root: Option<String>,
    /// The model that /invocations asks (NAME, NAME@3 or NAME@champion); else the only one of the lab
    #[arg(long, value_name = "M")]
    model: Option<Reference>,
}

impl Arguments {
    pub fn run(&self, folder: &Path) -> Result<ExitCode, Error> {
        let lab = Lab::open(folder, environment("browser")?)?;
        let port = match self.port {
            Some(port) => port,
            None => lab.settings()?.server.port,
        };
        let token = self.token_file.as_deref().map(read_token).transpose()?;
        let desk = Desk::around(lab)?;
        assay_server::serve(
            desk,
            Options {
                port,
                token,
                artifact_root: self.artifact_root.clone(),
                model: self.model.clone(),
            },
            |url| println!("{url}"),
        )
        .map_err(|error| Error::from(error.failure()))?;
        Ok(ExitCode::SUCCESS)
    }
}

/// At least 16 characters that need no escaping anywhere.
fn read_token(path: &Path) -> Result<String, Error> {
    let attempted = || format!("read the token from {}", path.display());
    let text = std::fs::read_to_string(path)
        .map_err(|error| Error::new(attempted(), Cause::io(path, error)))?;
    let token = text.lines().next().unwrap_or_default().trim();
    let plain = token
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
    if token.len() < 16 || !plain {
        let cause = Cause::with_hint(
            Code::Invalid,
            "its first line is no token",
            "write at least 16 letters, digits, `-`, `_` or `.` into it",
        );
        return Err(Error::new(attempted(), cause));
    }
    Ok(token.to_owned())
}
