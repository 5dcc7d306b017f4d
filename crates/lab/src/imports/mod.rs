//! Runs of other trackers become runs of the lab: each whole or not at all, and once only.

mod carry;
mod database;
mod fingerprint;

use std::path::{Path, PathBuf};

use assay_core::Task;
use assay_core::code::Code;
use assay_core::imports::{RecognisedRuns, RunFormat, RunImportReport, RunImportSpec};
use assay_imports::RunSource;
use assay_store::MlflowDatabase;

use crate::error::{Attempt, Cause};
use crate::{Error, Lab, archive};
use carry::Import;

/// What of runs a file or folder holds.
pub fn recognise_runs(path: &Path) -> RecognisedRuns {
    let format = resolve(path).map(|(_, format)| format);
    RecognisedRuns {
        format,
        words: format.map_or_else(String::new, |format| format.words().to_owned()),
    }
}

/// The file or folder that is meant, and what it holds.
pub(crate) fn resolve(path: &Path) -> Option<(PathBuf, RunFormat)> {
    let found = assay_imports::recognise(path);
    let beside = path.join("mlflow.db");
    // event files in the same folder may be artifacts of the database's runs
    let comes_first = found.is_none() || found == Some(RunFormat::Tensorboard);
    if comes_first && path.is_dir() && MlflowDatabase::is_at(&beside) {
        return Some((beside, RunFormat::MlflowDatabase));
    }
    if let Some(format) = found {
        return Some((path.to_owned(), format));
    }
    if archive::is_archive(path) {
        return Some((path.to_owned(), RunFormat::Archive));
    }
    if path.is_file() && MlflowDatabase::is_at(path) {
        return Some((path.to_owned(), RunFormat::MlflowDatabase));
    }
    None
}

impl Lab {
    /// Importing the same again adds nothing; runs whose source has changed are brought up to date. What cannot be read
    /// is left out and named.
    ///
    /// # Errors
    /// When nothing could be read at all. Cancelled, the runs that were finished stay.
    pub fn import_runs(&self, spec: &RunImportSpec, task: &Task) -> Result<RunImportReport, Error> {
        self.import_from(spec, task, false)
            .attempt(|| format!("import the runs of `{}`", spec.path.display()))
    }

    /// The same for a lab that is only a view: files stay where they are.
    pub(crate) fn view_runs(
        &self,
        spec: &RunImportSpec,
        task: &Task,
    ) -> Result<RunImportReport, Error> {
        self.import_from(spec, task, true)
            .attempt(|| format!("look into `{}`", spec.path.display()))
    }

    fn import_from(
        &self,
        spec: &RunImportSpec,
        task: &Task,
        links_files: bool,
    ) -> Result<RunImportReport, Cause> {
        if !spec.path.exists() {
            return Err(Cause::with_hint(
                Code::NotFound,
                "there is no such file or folder",
                "check the path",
            ));
        }
        let (path, format) = match spec.format {
            Some(format) => (spec.path.clone(), format),
            None => resolve(&spec.path).ok_or_else(|| {
                Cause::with_hint(
                    Code::Invalid,
                    "it holds no runs that can be read",
                    "name an mlruns folder, an mlflow.db, TensorBoard or W&B folders, or a CSV file of metrics",
                )
            })?,
        };
        let mut source: Box<dyn RunSource> = match format {
            RunFormat::Archive => return self.import_archive(&path, task),
            RunFormat::MlflowDatabase => Box::new(database::DatabaseRuns::open(&path)?),
            _ => assay_imports::open(&path, format, task)?,
        };
        Import::new(self, spec, (&path, format), links_files, task).all(source.as_mut())
    }
}
