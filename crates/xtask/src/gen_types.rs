//! `gen`: the TypeScript types of the wire and the reference page, written from the Rust types and catalogues.

use std::process::Command;

use crate::error::{Error, Result};
use crate::places::Places;
use crate::process::{self, cargo};

/// The tests that write; ts-rs exports from tests.
const EXPORT: &str = "export_types";
const WRITTEN: [&str; 2] = ["ui/src/gen", "docs/reference.md"];

/// Writes them anew.
pub fn write(places: &Places) -> Result<()> {
    let mut export = cargo(places);
    export.args(["test", "--quiet", "--package", "assay-api", "--lib", EXPORT]);
    process::run(writes_here(&mut export, places))
}

/// Writes them and fails when that changed a file, or left one that is not committed.
pub fn check(places: &Places) -> Result<()> {
    write(places)?;
    refuse_changes(places)
}

/// Lets a test run of cargo write them where they belong.
pub fn writes_here<'a>(command: &'a mut Command, places: &Places) -> &'a mut Command {
    command.env("ASSAY_GENERATED_ROOT", &places.root)
}

/// Fails when the generated files differ from the committed ones.
pub fn refuse_changes(places: &Places) -> Result<()> {
    let mut git = Command::new("git");
    git.current_dir(&places.root)
        .args(["status", "--porcelain", "--untracked-files=all", "--"])
        .args(WRITTEN);
    let output = git
        .output()
        .map_err(|source| process::start(&git, source))?;
    if !output.status.success() {
        return Err(Error::Failed {
            command: process::shown(&git),
            status: output.status.to_string(),
        });
    }
    let changed = String::from_utf8_lossy(&output.stdout);
    if changed.is_empty() {
        return Ok(());
    }
    Err(Error::Stopped(format!(
        "cannot accept the generated files: they differ from the committed ones\n{changed}hint: commit what `cargo xtask gen` wrote"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn a_generated_file_that_is_not_committed_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let places = Places {
            root: folder.path().into(),
            ui: folder.path().join("ui"),
            target: folder.path().join("target"),
        };
        let mut git = Command::new("git");
        process::run(git.current_dir(&places.root).args(["init", "-q"])).unwrap();
        refuse_changes(&places).unwrap();
        let types = folder.path().join(WRITTEN[0]);
        fs::create_dir_all(&types).unwrap();
        fs::write(types.join("Run.ts"), "").unwrap();
        let refused = refuse_changes(&places).unwrap_err().to_string();
        assert!(refused.contains("?? ui/src/gen/Run.ts"), "{refused}");
    }
}
