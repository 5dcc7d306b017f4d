//! The Python packages that tests hold exported models against, beside the build and in no Python's own folder.

use std::fs;
use std::process::Command;

use super::python;
use crate::error::{Error, Result, io as at};
use crate::places::Places;
use crate::process;

const REQUIREMENTS: &str = include_str!("../../../lab/tests/parity/requirements.txt");

/// Installs them unless those that are wanted are there.
pub fn install(places: &Places) -> Result<()> {
    let folder = places.python_packages();
    let (stamp, interpreter) = (folder.join("requirements.txt"), folder.join("interpreter"));
    let python = python::with_pip().ok_or_else(|| {
        Error::Stopped(
            "cannot fetch the Python packages of the tests: no Python 3 with pip was found\nhint: install Python with pip"
                .into(),
        )
    })?;
    let is_there = fs::read_to_string(&stamp).is_ok_and(|text| text == REQUIREMENTS)
        && fs::read_to_string(&interpreter).is_ok_and(|text| text.trim() == python);
    if is_there {
        return Ok(());
    }
    println!("setup: fetching the Python packages of the tests");
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(at("remove", &folder))?;
    }
    fs::create_dir_all(&folder).map_err(at("create", &folder))?;
    let requirements = folder.join("wanted.txt");
    fs::write(&requirements, REQUIREMENTS).map_err(at("write", &requirements))?;
    process::run(
        Command::new(python)
            .args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
            ])
            .args(["--only-binary=:all:", "--target"])
            .arg(&folder)
            .arg("--requirement")
            .arg(&requirements),
    )?;
    fs::write(&interpreter, python).map_err(at("write", &interpreter))?;
    // Last: while it is missing, the next setup tries again.
    fs::rename(&requirements, &stamp).map_err(at("move", &requirements))
}
