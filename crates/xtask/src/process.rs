//! Other programs: how they are started, and what they said when they failed.

use std::ffi::OsStr;
use std::fs::File;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::error::{Error, Result, io as at};
use crate::places::Places;

/// Cargo, in the root of the clone, building into the chosen target folder.
pub fn cargo(places: &Places) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command
        .current_dir(&places.root)
        .env("CARGO_TARGET_DIR", &places.target)
        .env("ASSAY_ONNXRUNTIME", places.onnxruntime())
        .env("ASSAY_LIGHTGBM", places.lightgbm());
    command
}

/// npm, in the folder of the web front end.
pub fn npm(places: &Places) -> Command {
    let mut command = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
    command.current_dir(&places.ui);
    command
}

/// Runs to the end with this terminal's input and output.
pub fn run(command: &mut Command) -> Result<()> {
    let status = command.status().map_err(|source| start(command, source))?;
    if status.success() {
        Ok(())
    } else {
        Err(Error::Failed {
            command: shown(command),
            status: status.to_string(),
        })
    }
}

/// Runs to the end without input, its output and errors going to the file `log`.
pub fn run_into(log: &Path, command: &mut Command) -> Result<()> {
    let file = File::create(log).map_err(at("create", log))?;
    let errors = file.try_clone().map_err(at("open", log))?;
    run(command.stdin(Stdio::null()).stdout(file).stderr(errors))
}

/// Whether the command starts and succeeds; it says nothing to the terminal.
pub fn succeeds(command: &mut Command) -> bool {
    quiet(command)
        .stdout(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// What the command printed, whether it succeeded or not; `None` when it does not start.
pub fn printed(command: &mut Command) -> Option<String> {
    let output = quiet(command).output().ok()?;
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The command line as a person would type it.
pub fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(word).collect::<Vec<_>>().join(" ")
}

/// The error for a command that did not start.
pub fn start(command: &Command, source: std::io::Error) -> Error {
    Error::Start {
        command: shown(command),
        source,
    }
}

fn quiet(command: &mut Command) -> &mut Command {
    command.stdin(Stdio::null()).stderr(Stdio::null())
}

fn word(word: &OsStr) -> String {
    let word = word.to_string_lossy();
    if word.is_empty() || word.contains([' ', '$', '*']) {
        format!("'{word}'")
    } else {
        word.into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_shown_as_typed() {
        let mut command = Command::new("apt-get");
        command.args(["install", "-o", "a b", ""]);
        assert_eq!(shown(&command), "apt-get install -o 'a b' ''");
    }

    #[test]
    fn a_program_that_is_not_there_is_named() {
        let error = run(&mut Command::new("assay-no-such-program")).unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("cannot run `assay-no-such-program`: ")
        );
    }
}
