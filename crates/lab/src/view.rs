//! A view of what another tracker wrote: a lab that is made when it is opened, takes no changes and goes when it is
//! closed. The files are read where they are; artifacts are links to them.

use std::path::{Path, PathBuf};

use assay_core::Task;
use assay_core::imports::{RunImportReport, RunImportSpec};
use assay_store::Store;
use tempfile::TempDir;

use crate::error::{Attempt, Cause};
use crate::processes::is_alive;
use crate::{Environment, Error, Lab, VERSION};

/// Of the folders of views, before the number of their process.
const PREFIX: &str = "assay-view-";

/// What a view shows.
#[derive(Debug)]
pub struct View {
    pub source: PathBuf,
    pub report: RunImportReport,
    _folder: TempDir,
}

impl Lab {
    pub(crate) fn open_in_place(path: &Path, environment: Environment) -> Result<Self, Error> {
        let attempted = || format!("look into {}", path.display());
        remove_forgotten();
        let folder = tempfile::Builder::new()
            .prefix(&format!("{PREFIX}{}-", std::process::id()))
            .tempdir()
            .map_err(|error| Cause::io(path, error))
            .attempt(attempted)?;
        let act = assay_store::Act::new(&environment.actor, environment.now_ms());
        let store = Store::create(&folder.path().join("lab"), VERSION, act).attempt(attempted)?;
        let mut lab = Self::around(store, environment);
        let spec = RunImportSpec {
            path: path.to_owned(),
            format: None,
            experiment: None,
        };
        let report = lab.view_runs(&spec, &Task::silent())?;
        lab.store.close_to_changes(&path.display().to_string());
        lab.view = Some(View {
            source: path.to_owned(),
            report,
            _folder: folder,
        });
        Ok(lab)
    }

    /// `None`: it is a lab of its own.
    pub fn view(&self) -> Option<&View> {
        self.view.as_ref()
    }
}

/// Views of processes that were killed. What cannot be removed is somebody else's.
fn remove_forgotten() {
    for entry in std::fs::read_dir(std::env::temp_dir())
        .into_iter()
        .flatten()
        .flatten()
    {
        let name = entry.file_name().to_string_lossy().into_owned();
        let process = name
            .strip_prefix(PREFIX)
            .and_then(|rest| rest.split('-').next())
            .and_then(|process| process.parse().ok());
        if process.is_some_and(|process| !is_alive(process)) {
            // the links in it are removed, not what they point at
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}
