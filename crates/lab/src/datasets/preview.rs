//! A look at files before anything is stored, and how files of the same shape were read before.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use assay_core::Task;
use assay_core::ask::Written;
use assay_core::code::Code;
use assay_core::dataset::ImportOptions;
use assay_core::preview::{ImportPreview, PreviewRequest};
use assay_core::reference::Reference;
use assay_core::task::TaskEvent;
use assay_frame::Beginning;

use super::database;
use super::import::{file_name, name_of_file};
use crate::charts::write_file;
use crate::error::{Attempt, Cause};
use crate::{Error, Lab};

const MAX_ROWS: u32 = 1_000;

impl Lab {
    /// What an import would make of files, judged by their beginning. Nothing is stored.
    pub fn preview(&self, request: &PreviewRequest) -> Result<ImportPreview, Error> {
        self.preview_of(request)
            .attempt(|| format!("look at `{}`", file_name(&request.path)))
    }

    fn preview_of(&self, request: &PreviewRequest) -> Result<ImportPreview, Cause> {
        let (task, warnings) = listening();
        let files = assay_frame::files_of(&request.path, &task)?;
        let n_rows = request.n_rows.min(MAX_ROWS);
        let look = |options: &ImportOptions| beginning(&files, options, n_rows, &task);
        let mut found = look(
            request
                .options
                .as_ref()
                .unwrap_or(&ImportOptions::default()),
        )?;
        let mut remembered = false;
        if request.options.is_none()
            && let Some(options) = self.store.import_options(&found.shape)?
            && options != ImportOptions::default()
        {
            // The file may be of the same shape and yet of another kind inside: then what was found out counts.
            let heard = warnings
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .len();
            if let Ok(again) = look(&options) {
                warnings
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .drain(..heard);
                found = again;
                remembered = true;
            }
        }
        let size_bytes = files
            .iter()
            .filter_map(|path| std::fs::metadata(path).ok())
            .map(|metadata| metadata.len())
            .sum();
        let warnings = warnings
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        Ok(ImportPreview {
            name: name_of_file(&request.path),
            kind: found.kind.label().to_owned(),
            compression: found.compression.map(|packed| packed.label().to_owned()),
            encoding: found.encoding,
            n_files: u32::try_from(files.len()).unwrap_or(u32::MAX),
            size_bytes,
            options: found.options,
            remembered,
            shape: found.shape,
            sheets: found.sheets,
            columns: found.columns,
            rows: found.rows.rows,
            n_rows: found.n_rows,
            is_whole: found.is_whole,
            n_bad_rows: found.bad_rows.len() as u64,
            bad_rows: found.bad_rows.into_iter().take(20).collect(),
            warnings,
        })
    }

    /// How the last file of this shape was read; the defaults when there was none.
    pub fn remembered_options(&self, path: &Path) -> Result<ImportOptions, Error> {
        let attempted = || format!("look at `{}`", file_name(path));
        let files = assay_frame::files_of(path, &Task::silent()).attempt(attempted)?;
        let options = ImportOptions::default();
        let found = beginning(&files, &options, 0, &Task::silent()).attempt(attempted)?;
        let remembered = self.store.import_options(&found.shape).attempt(attempted)?;
        Ok(remembered.unwrap_or_default())
    }

    /// Keeps how files were read, for the next ones of their shape.
    pub(super) fn remember_options(
        &self,
        files: &[PathBuf],
        options: &ImportOptions,
    ) -> Result<(), Cause> {
        let found = beginning(files, options, 0, &Task::silent())?;
        self.store.save_import_options(&found.shape, options)?;
        Ok(())
    }

    /// The rows that an import set aside, as CSV.
    pub fn set_aside_rows(&self, dataset: &Reference) -> Result<Vec<u8>, Error> {
        self.set_aside(dataset)
            .attempt(|| format!("read the rows set aside from `{dataset}`"))
    }

    /// Writes the rows that an import set aside as CSV. An existing file is replaced.
    pub fn export_set_aside(&self, dataset: &Reference, path: &Path) -> Result<Written, Error> {
        self.set_aside(dataset)
            .and_then(|rows| write_file(path, &rows))
            .attempt(|| format!("write the rows set aside from `{dataset}`"))
    }

    fn set_aside(&self, dataset: &Reference) -> Result<Vec<u8>, Cause> {
        let version = self.store.dataset_version(dataset)?;
        let aside = version.source.set_aside.ok_or_else(|| {
            Cause::with_hint(
                Code::NotFound,
                "no row was set aside",
                "import with --bad-rows set-aside",
            )
        })?;
        Ok(self.store.read_object(&aside.object)?)
    }
}

fn beginning(
    files: &[PathBuf],
    options: &ImportOptions,
    n_rows: u32,
    task: &Task,
) -> Result<Beginning, Cause> {
    match database::database_of(files)? {
        Some(database) => database::preview(&database, options, n_rows, task),
        None => Ok(assay_frame::preview(files, options, n_rows, task)?),
    }
}

/// A task whose warnings are kept.
fn listening() -> (Task, Arc<Mutex<Vec<String>>>) {
    let heard: Arc<Mutex<Vec<String>>> = Arc::default();
    let kept = Arc::clone(&heard);
    let task = Task::new(move |event| {
        if let TaskEvent::Warning { text } = event {
            let mut heard = kept.lock().unwrap_or_else(PoisonError::into_inner);
            if !heard.contains(text) {
                heard.push(text.clone());
            }
        }
    });
    (task, heard)
}
