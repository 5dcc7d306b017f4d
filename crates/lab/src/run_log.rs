//! Runs that are logged from a shell: begun by name, filled with numbers as texts and files by path.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use assay_core::RunId;
use assay_core::code::Code;
use assay_core::tracking::{ArtifactOwner, Batch, ExperimentId};
use assay_imports::{SourceFile, files_below};

use crate::error::{Attempt, Cause};
use crate::{Error, Lab};

/// The tag by which a run names the one that it is a part of.
const PARENT_TAG: &str = "mlflow.parentRunId";
const COPIED_BYTES: usize = 1 << 20;

impl Lab {
    /// The experiment is made when there is none of that name.
    pub fn begin_logged_run(
        &self,
        experiment: &str,
        name: Option<&str>,
        parent: Option<&RunId>,
        params: &[(String, String)],
        tags: &[(String, String)],
    ) -> Result<RunId, Error> {
        let experiment_id = self.experiment_named(experiment)?;
        let mut tags = tags.to_vec();
        if let Some(parent) = parent {
            tags.push((PARENT_TAG.to_owned(), parent.to_string()));
        }
        let run = self.begin_tracked_run(experiment_id, name, "", None, tags)?;
        if !params.is_empty() {
            let params = params.to_vec();
            self.log_batch(
                &run.run_id,
                &Batch {
                    params,
                    ..Batch::default()
                },
            )?;
        }
        Ok(run.run_id)
    }

    /// Keeps a file under its name, or all files of a folder below its name; `path` is another name. Gives the paths in
    /// the run.
    pub fn log_files(
        &self,
        run_id: &RunId,
        file: &Path,
        path: Option<&str>,
    ) -> Result<Vec<String>, Error> {
        let attempted = || format!("keep `{}`", file.display());
        let name = match path {
            Some(path) => path.to_owned(),
            None => std::fs::canonicalize(file)
                .map_err(|error| Cause::io(file, error))
                .attempt(attempted)?
                .file_name()
                .map(|name| name.to_string_lossy().into_owned())
                .unwrap_or_default(),
        };
        let files = if file.is_dir() {
            let mut left_out = Vec::new();
            let files = files_below(file, &mut left_out);
            if let Some(first) = left_out.first() {
                let wrong = Cause::with_hint(
                    Code::Invalid,
                    first.to_string(),
                    "name the files one by one",
                );
                return Err(Error::new(attempted(), wrong));
            }
            files
                .into_iter()
                .map(|found| SourceFile {
                    path: format!("{name}/{}", found.path),
                    ..found
                })
                .collect()
        } else {
            vec![SourceFile {
                path: name,
                file: file.to_owned(),
            }]
        };
        let owner = ArtifactOwner::Run(run_id.clone());
        for found in &files {
            let opened = File::open(&found.file)
                .map_err(|error| Cause::io(&found.file, error))
                .attempt(attempted)?;
            self.put_file(&owner, &found.path, chunks(opened))?;
        }
        Ok(files.into_iter().map(|found| found.path).collect())
    }

    fn experiment_named(&self, name: &str) -> Result<ExperimentId, Error> {
        if let Some(known) = self.experiment_by_name(name)? {
            return Ok(known.experiment_id);
        }
        match self.create_experiment(name, None, &[]) {
            // another process was faster
            Err(error) if error.code() == Code::Conflict => self
                .experiment_by_name(name)?
                .map(|known| known.experiment_id)
                .ok_or(error),
            outcome => outcome,
        }
    }
}

/// A value of a metric as a person types it: `0.3`, `nan`, `-inf`.
pub fn metric_value(name: &str, text: &str) -> Result<f64, Error> {
    text.trim().parse().map_err(|_| {
        Error::new(
            format!("log the metric `{name}`"),
            Cause::with_hint(
                Code::Invalid,
                format!("`{text}` is no number"),
                "write for example loss=0.3; texts are parameters or tags",
            ),
        )
    })
}

fn chunks(mut file: File) -> impl Iterator<Item = std::io::Result<Vec<u8>>> {
    std::iter::from_fn(move || {
        let mut buffer = vec![0; COPIED_BYTES];
        match file.read(&mut buffer) {
            Ok(0) => None,
            Ok(n) => {
                buffer.truncate(n);
                Some(Ok(buffer))
            }
            Err(error) => Some(Err(error)),
        }
    })
}
