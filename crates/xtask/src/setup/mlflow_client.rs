//! A virtual environment with MLflow's own Python client, with which tests talk to `assay serve`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::python;
use crate::error::{Error, Result, io as at};
use crate::places::Places;
use crate::process;

const REQUIREMENTS: &str = include_str!("../../../../tests/mlflow/requirements.txt");

/// Makes it unless the one that is wanted is there. One that only lacks packages gets them where it stands.
pub fn install(places: &Places) -> Result<()> {
    let folder = places.mlflow_client();
    let stamp = folder.join("requirements.txt");
    let had = fs::read_to_string(&stamp).unwrap_or_default();
    if had == REQUIREMENTS {
        return Ok(());
    }
    let python = python::with_pip().ok_or_else(|| {
        Error::Stopped(
            "cannot fetch MLflow's client for the tests: no Python 3 with pip was found\nhint: install Python with pip"
                .into(),
        )
    })?;
    if keeps_all(&had, REQUIREMENTS) {
        println!("setup: adding packages to the virtual environment with MLflow's client");
    } else {
        println!("setup: making a virtual environment with MLflow's client");
        if folder.exists() {
            fs::remove_dir_all(&folder).map_err(at("remove", &folder))?;
        }
        // Without a pip of its own, which some systems keep in a package that has to be installed first.
        process::run(
            Command::new(python)
                .args(["-m", "venv", "--without-pip"])
                .arg(&folder),
        )?;
    }
    let requirements = folder.join("wanted.txt");
    fs::write(&requirements, REQUIREMENTS).map_err(at("write", &requirements))?;
    process::run(
        Command::new(python)
            .args(["-m", "pip", "install", "--quiet"])
            .args(["--disable-pip-version-check", "--only-binary=:all:"])
            // What stands beside this Python is no matter of the folder's.
            .arg("--no-warn-conflicts")
            // What is there already is written anew: pip does not look into a folder.
            .arg("--upgrade")
            .arg("--target")
            .arg(packages(&folder)?)
            .arg("--requirement")
            .arg(&requirements),
    )?;
    // Last: while it is missing or an older one, the next setup tries again.
    fs::rename(&requirements, &stamp).map_err(at("move", &requirements))
}

/// Whether everything that an environment was made with is wanted still, in the same version.
fn keeps_all(had: &str, wanted: &str) -> bool {
    let pins = |text: &str| -> Vec<String> {
        text.lines()
            .map(str::trim)
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
            .map(str::to_owned)
            .collect()
    };
    let (had, wanted) = (pins(had), pins(wanted));
    !had.is_empty() && had.iter().all(|pin| wanted.contains(pin))
}

/// Where the environment's own Python looks for packages.
fn packages(folder: &Path) -> Result<PathBuf> {
    let python = if cfg!(windows) {
        folder.join("Scripts").join("python.exe")
    } else {
        folder.join("bin").join("python")
    };
    let code = "import sysconfig; print(sysconfig.get_path('purelib'))";
    let printed = process::printed(Command::new(&python).args(["-c", code])).unwrap_or_default();
    match printed.trim() {
        "" => Err(Error::Stopped(format!(
            "cannot use the virtual environment {}: its Python does not say where its packages are\nhint: remove the folder and try again",
            folder.display()
        ))),
        path => Ok(PathBuf::from(path)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_environment_stays_while_all_of_it_is_wanted() {
        for (had, wanted, stays) in [
            ("# a\na==1\n", "# b\nb==2\na==1\n", true),
            ("a==1\n", "a==2\n", false),
            ("a==1\nb==2\n", "a==1\n", false),
            ("", "a==1\n", false),
            ("# nothing\n", "a==1\n", false),
        ] {
            assert_eq!(keeps_all(had, wanted), stays, "{had:?} to {wanted:?}");
        }
    }
}
