//! What clients of the tracking API log and ask. Their runs are those of the window and the command line.

use std::collections::BTreeMap;

use assay_core::RunId;
use assay_core::tracking::{
    Batch, DatasetInput, DatasetSummary, ExperimentId, LogEntry, LoggedMetric, LoggedModel,
    LoggedModelId, LoggedModelStatus, ModelMetric, ModelOutput, NewTrackedRun, RunCursor,
    RunUpdate, TrackedExperiment, TrackedQuery, TrackedRun,
};

use crate::error::Attempt;
use crate::{Error, Lab};

impl Lab {
    pub fn create_experiment(
        &self,
        name: &str,
        artifact_location: Option<&str>,
        tags: &[(String, String)],
    ) -> Result<ExperimentId, Error> {
        self.store
            .create_experiment(name, artifact_location, tags, self.environment.now_ms())
            .attempt(|| format!("create the experiment `{name}`"))
    }

    pub fn experiment(&self, id: ExperimentId) -> Result<TrackedExperiment, Error> {
        self.store
            .experiment(id)
            .attempt(|| format!("show the experiment {id}"))
    }

    /// `None`: there is none of that name.
    pub fn experiment_by_name(&self, name: &str) -> Result<Option<TrackedExperiment>, Error> {
        self.store
            .experiment_by_name(name)
            .attempt(|| format!("show the experiment `{name}`"))
    }

    /// All of them, the deleted too; by id.
    pub fn tracked_experiments(&self) -> Result<Vec<TrackedExperiment>, Error> {
        self.store
            .tracked_experiments()
            .attempt(|| "list the experiments".to_owned())
    }

    pub fn rename_experiment(&self, id: ExperimentId, name: &str) -> Result<(), Error> {
        self.store
            .rename_experiment(id, name, self.environment.now_ms())
            .attempt(|| format!("rename the experiment {id}"))
    }

    pub fn delete_experiment(&self, id: ExperimentId) -> Result<(), Error> {
        self.store
            .delete_experiment(id, self.environment.now_ms())
            .attempt(|| format!("delete the experiment {id}"))
    }

    pub fn restore_experiment(&self, id: ExperimentId) -> Result<(), Error> {
        self.store
            .restore_experiment(id, self.environment.now_ms())
            .attempt(|| format!("restore the experiment {id}"))
    }

    pub fn set_experiment_tag(
        &self,
        id: ExperimentId,
        key: &str,
        value: &str,
    ) -> Result<(), Error> {
        self.store
            .set_experiment_tag(id, key, value, self.environment.now_ms())
            .attempt(|| format!("tag the experiment {id}"))
    }

    pub fn delete_experiment_tag(&self, id: ExperimentId, key: &str) -> Result<(), Error> {
        self.store
            .delete_experiment_tag(id, key, self.environment.now_ms())
            .attempt(|| format!("take a tag off the experiment {id}"))
    }

    /// The id is made here; `started_ms` of `None` is now, a name of `None` is made from the id.
    pub fn begin_tracked_run(
        &self,
        experiment_id: ExperimentId,
        name: Option<&str>,
        user: &str,
        started_ms: Option<i64>,
        tags: Vec<(String, String)>,
    ) -> Result<TrackedRun, Error> {
        let bits = || u128::from(self.environment.id_bits());
        let run_id = RunId::from_bits((bits() << 64) | bits());
        let name = name.map_or_else(
            || format!("run-{}", run_id.as_str().get(..8).unwrap_or_default()),
            str::to_owned,
        );
        let new = NewTrackedRun {
            run_id,
            experiment_id,
            name,
            user: user.to_owned(),
            started_ms: started_ms.unwrap_or_else(|| self.environment.now_ms()),
            tags: tags.into_iter().collect(),
        };
        self.store
            .begin_tracked_run(&new)
            .attempt(|| "begin a run".to_owned())
    }

    /// By its whole id; a deleted one too.
    pub fn tracked_run(&self, run_id: &RunId) -> Result<TrackedRun, Error> {
        self.store
            .tracked_run(run_id)
            .attempt(|| format!("show the run {run_id}"))
    }

    pub fn update_tracked_run(
        &self,
        run_id: &RunId,
        update: &RunUpdate,
    ) -> Result<TrackedRun, Error> {
        self.store
            .update_tracked_run(run_id, update, self.environment.now_ms())
            .attempt(|| format!("change the run {run_id}"))
    }

    pub fn delete_tracked_run(&self, run_id: &RunId) -> Result<(), Error> {
        self.store
            .delete_tracked_run(run_id, self.environment.now_ms())
            .attempt(|| format!("delete the run {run_id}"))
    }

    pub fn restore_tracked_run(&self, run_id: &RunId) -> Result<(), Error> {
        self.store
            .restore_tracked_run(run_id, self.environment.now_ms())
            .attempt(|| format!("restore the run {run_id}"))
    }

    pub fn delete_tracked_tag(&self, run_id: &RunId, key: &str) -> Result<(), Error> {
        self.store
            .delete_tracked_tag(run_id, key, self.environment.now_ms())
            .attempt(|| format!("take a tag off the run {run_id}"))
    }

    /// Tags may be set on any run; metrics and parameters only on one that a client began.
    pub fn log_batch(&self, run_id: &RunId, batch: &Batch) -> Result<(), Error> {
        self.store
            .log_entry(
                &LogEntry::of(run_id.clone(), batch),
                self.environment.now_ms(),
            )
            .attempt(|| format!("log to the run {run_id}"))
    }

    /// The same, in one commit with whatever else waits; `answer` hears afterwards how it went. When this returns true,
    /// the caller is to call [`Lab::commit_logged`] on a thread that may block.
    #[must_use]
    pub fn log_soon(
        &self,
        entry: LogEntry,
        answer: impl FnOnce(Result<(), Error>) + Send + 'static,
    ) -> bool {
        let run_id = entry.run_id.clone();
        let answer = move |outcome: Result<(), assay_store::Error>| {
            answer(outcome.attempt(|| format!("log to the run {run_id}")));
        };
        self.store.enqueue(entry, Box::new(answer))
    }

    /// Commits group after group of what waits, until nothing does.
    pub fn commit_logged(&self) {
        self.store.commit_queue(|| self.environment.now_ms());
    }

    /// The same with metrics of models: all of it or nothing.
    pub fn log_batch_of_models(
        &self,
        run_id: &RunId,
        batch: &Batch,
        of_models: &[(LoggedModelId, ModelMetric)],
    ) -> Result<(), Error> {
        self.store
            .log_entry_of_models(
                &LogEntry::of(run_id.clone(), batch),
                of_models,
                self.environment.now_ms(),
            )
            .attempt(|| format!("log to the run {run_id}"))
    }

    /// Data and models that the run used.
    pub fn log_inputs(
        &self,
        run_id: &RunId,
        inputs: &[DatasetInput],
        models: &[LoggedModelId],
    ) -> Result<(), Error> {
        self.store
            .log_inputs(run_id, inputs, models, self.environment.now_ms())
            .attempt(|| format!("log what the run {run_id} used"))
    }

    /// The data sets that runs of the experiments used, at most `limit`.
    pub fn used_datasets(
        &self,
        experiments: &[ExperimentId],
        limit: u32,
    ) -> Result<Vec<DatasetSummary>, Error> {
        self.store
            .used_datasets(experiments, limit)
            .attempt(|| "list data sets of experiments".to_owned())
    }

    /// Every point once, by time and step.
    pub fn metric_history(&self, run_id: &RunId, key: &str) -> Result<Vec<LoggedMetric>, Error> {
        let points = self
            .store
            .tracked_points(run_id, key)
            .attempt(|| format!("show the metric `{key}` of the run {run_id}"))?;
        Ok(points
            .into_iter()
            .map(|point| LoggedMetric {
                key: point.key,
                value: point.value,
                step: point.step,
                at_ms: point.at_ms,
            })
            .collect())
    }

    /// A page, and where the next begins when there is one.
    pub fn search_tracked_runs(
        &self,
        wanted: &TrackedQuery,
    ) -> Result<(Vec<TrackedRun>, Option<RunCursor>), Error> {
        self.store
            .search_tracked_runs(wanted)
            .attempt(|| "search runs".to_owned())
    }

    /// Models that the run made.
    pub fn log_outputs(&self, run_id: &RunId, outputs: &[ModelOutput]) -> Result<(), Error> {
        self.store
            .log_outputs(run_id, outputs, self.environment.now_ms())
            .attempt(|| format!("log the models of the run {run_id}"))
    }

    /// The id and the times are made here; it is pending until its client says otherwise.
    pub fn create_logged_model(
        &self,
        experiment_id: ExperimentId,
        name: Option<&str>,
        model_type: &str,
        source_run_id: &str,
        params: BTreeMap<String, String>,
        tags: BTreeMap<String, String>,
    ) -> Result<LoggedModel, Error> {
        let bits = || u128::from(self.environment.id_bits());
        let model_id = LoggedModelId::from_bits((bits() << 64) | bits());
        let now = self.environment.now_ms();
        let model = LoggedModel {
            name: name.unwrap_or(model_id.as_str()).to_owned(),
            model_id,
            experiment_id,
            model_type: model_type.to_owned(),
            status: LoggedModelStatus::Pending,
            source_run_id: source_run_id.to_owned(),
            created_ms: now,
            updated_ms: now,
            params,
            tags,
            metrics: Vec::new(),
        };
        self.store
            .create_logged_model(&model)
            .attempt(|| format!("log the model `{}`", model.name))?;
        Ok(model)
    }

    pub fn logged_model(
        &self,
        id: &LoggedModelId,
        deleted_too: bool,
    ) -> Result<LoggedModel, Error> {
        self.store
            .logged_model(id, deleted_too)
            .attempt(|| format!("show the logged model {id}"))
    }

    /// The newest first.
    pub fn logged_models(&self, experiments: &[ExperimentId]) -> Result<Vec<LoggedModel>, Error> {
        self.store
            .logged_models(experiments)
            .attempt(|| "search logged models".to_owned())
    }

    pub fn finish_logged_model(
        &self,
        id: &LoggedModelId,
        status: LoggedModelStatus,
    ) -> Result<LoggedModel, Error> {
        self.store
            .finish_logged_model(id, status, self.environment.now_ms())
            .attempt(|| format!("finish the logged model {id}"))
    }

    pub fn log_logged_model_params(
        &self,
        id: &LoggedModelId,
        params: &BTreeMap<String, String>,
    ) -> Result<(), Error> {
        self.store
            .log_logged_model_params(id, params, self.environment.now_ms())
            .attempt(|| format!("log parameters of the logged model {id}"))
    }

    pub fn set_logged_model_tags(
        &self,
        id: &LoggedModelId,
        tags: &BTreeMap<String, String>,
    ) -> Result<(), Error> {
        self.store
            .set_logged_model_tags(id, tags, self.environment.now_ms())
            .attempt(|| format!("tag the logged model {id}"))
    }

    pub fn delete_logged_model_tag(&self, id: &LoggedModelId, key: &str) -> Result<(), Error> {
        self.store
            .delete_logged_model_tag(id, key, self.environment.now_ms())
            .attempt(|| format!("take a tag off the logged model {id}"))
    }

    pub fn delete_logged_model(&self, id: &LoggedModelId) -> Result<(), Error> {
        self.store
            .delete_logged_model(id, self.environment.now_ms())
            .attempt(|| format!("delete the logged model {id}"))
    }
}
