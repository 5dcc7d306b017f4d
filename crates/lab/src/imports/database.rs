//! MLflow's database as a source of runs; store reads the tables.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use assay_core::RunId;
use assay_core::imports::{ImportProblem, ImportedExperiment, RunFormat};
use assay_core::registered::{Origin, RegisteredModel};
use assay_imports::mlruns::{is_remote, local_artifacts, version_location};
use assay_imports::{Keep, Point, RunSource, SourceModel, SourceRun, files_below, problem};
use assay_store::MlflowDatabase;

use crate::error::Cause;

pub(super) struct DatabaseRuns {
    database: MlflowDatabase,
    folder: PathBuf,
    experiments: Vec<ImportedExperiment>,
    runs: Vec<RunId>,
    problems: Vec<ImportProblem>,
}

impl DatabaseRuns {
    pub fn open(path: &Path) -> Result<Self, Cause> {
        let database = MlflowDatabase::open(path)?;
        Ok(Self {
            folder: path.parent().map(Path::to_owned).unwrap_or_default(),
            experiments: database.experiments()?,
            runs: database.run_ids()?,
            problems: Vec::new(),
            database,
        })
    }
}

impl RunSource for DatabaseRuns {
    fn read_as(&self) -> String {
        match self.database.revision().as_str() {
            "" => RunFormat::MlflowDatabase.words().to_owned(),
            revision => format!("{} of schema {revision}", RunFormat::MlflowDatabase.words()),
        }
    }

    fn experiments(&self) -> &[ImportedExperiment] {
        &self.experiments
    }

    fn n_runs(&self) -> usize {
        self.runs.len()
    }

    fn run(&mut self, index: usize) -> Result<SourceRun, ImportProblem> {
        let run_id = &self.runs[index];
        let left_out =
            |wrong: String| problem(run_id.as_str(), format!("the run is left out: {wrong}"));
        let found = self
            .database
            .run(run_id)
            .map_err(|error| left_out(error.to_string()))?;
        let experiment = self
            .experiments
            .iter()
            .position(|experiment| experiment.experiment_id == Some(found.experiment_id))
            .ok_or_else(|| left_out(format!("it has no experiment {}", found.experiment_id)))?;
        let mut problems = Vec::new();
        let files = local_artifacts(&found.artifact_uri, run_id.as_str(), &self.folder)
            .map(|folder| files_below(&folder, &mut problems))
            .unwrap_or_default();
        if is_remote(&found.artifact_uri) {
            problems.push(problem(
                run_id.as_str(),
                format!(
                    "its files lie at {} and were not fetched",
                    found.artifact_uri
                ),
            ));
        }
        self.problems.append(&mut problems);
        Ok(SourceRun {
            experiment,
            run: found.run,
            files,
        })
    }

    fn points(&mut self, index: usize, keep: &mut Keep<'_>) -> ControlFlow<()> {
        let run_id = &self.runs[index];
        let mut flow = ControlFlow::Continue(());
        let read = self.database.points(run_id, |key, (at_ms, step, value)| {
            flow = keep(key, Point { value, step, at_ms });
            flow.is_continue()
        });
        if let Err(error) = read {
            self.problems.push(problem(run_id.as_str(), error));
        }
        flow
    }

    fn models(&mut self) -> Vec<SourceModel> {
        let models = match self.database.logged_models() {
            Ok(models) => models,
            Err(error) => {
                self.problems.push(problem("logged models", error));
                return Vec::new();
            }
        };
        let mut found = Vec::with_capacity(models.len());
        for (model, location) in models {
            let id = Some(model.experiment_id.0);
            let experiment = self
                .experiments
                .iter()
                .position(|experiment| experiment.experiment_id == id);
            let Some(experiment) = experiment else {
                let wrong = "the model is left out: it has no experiment";
                self.problems.push(problem(model.model_id.as_str(), wrong));
                continue;
            };
            let files = local_artifacts(&location, model.model_id.as_str(), &self.folder)
                .map(|folder| files_below(&folder, &mut self.problems))
                .unwrap_or_default();
            found.push(SourceModel {
                experiment,
                model,
                files,
            });
        }
        found
    }

    fn registered_models(&mut self) -> Vec<RegisteredModel> {
        let mut models = match self.database.registered_models() {
            Ok(models) => models,
            Err(error) => {
                self.problems.push(problem("registered models", error));
                return Vec::new();
            }
        };
        for version in models.iter_mut().flat_map(|model| &mut model.versions) {
            let run_id = version.run_id.as_ref().map(RunId::as_str);
            if let Origin::Client {
                source, location, ..
            } = &mut version.origin
            {
                *location = version_location(source, run_id);
            }
        }
        models
    }

    fn take_problems(&mut self) -> Vec<ImportProblem> {
        std::mem::take(&mut self.problems)
    }
}
