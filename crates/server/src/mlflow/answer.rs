//! Experiments, runs and metrics in MLflow's shapes. Empty lists are left out, empty messages stay.

use assay_core::run::RunStatus;
use assay_core::tracking::{DatasetInput, LatestMetric, TrackedExperiment, TrackedRun};
use serde_json::{Map, Value, json};

use super::Context;

impl Context<'_> {
    pub fn experiment(&self, experiment: &TrackedExperiment) -> Value {
        let mut answer = json!({
            "experiment_id": experiment.experiment_id.to_string(),
            "name": experiment.name,
            "artifact_location": self.location(experiment),
            "lifecycle_stage": stage(experiment.is_deleted),
            "last_update_time": experiment.updated_ms,
            "creation_time": experiment.created_ms,
            "workspace": "default",
        });
        put_list(&mut answer, "tags", pairs(&experiment.tags));
        answer
    }

    /// Where the files of its runs lie, without a slash at the end.
    pub fn location(&self, experiment: &TrackedExperiment) -> String {
        experiment.artifact_location.clone().unwrap_or_else(|| {
            format!(
                "{}/{}",
                self.artifact_root.trim_end_matches('/'),
                experiment.experiment_id
            )
        })
    }

    /// `location` is that of its experiment.
    pub fn run_info(&self, run: &TrackedRun, location: &str) -> Value {
        let mut info = json!({
            "run_uuid": run.run_id,
            "experiment_id": run.experiment_id.to_string(),
            "run_name": run.name,
            "user_id": run.user,
            "status": status_word(run.status),
            "start_time": run.started_ms,
            "artifact_uri": format!("{location}/{}/artifacts", run.run_id),
            "lifecycle_stage": stage(run.is_deleted),
            "run_id": run.run_id,
        });
        if let (Some(ended_ms), Value::Object(info)) = (run.ended_ms, &mut info) {
            info.insert("end_time".to_owned(), ended_ms.into());
        }
        info
    }

    pub fn run(&self, run: &TrackedRun, location: &str) -> Value {
        let mut data = json!({});
        put_list(
            &mut data,
            "metrics",
            run.metrics.iter().map(latest).collect(),
        );
        put_list(&mut data, "params", pairs(&run.params));
        put_list(&mut data, "tags", pairs(&run.tags));
        let mut inputs = json!({});
        put_list(
            &mut inputs,
            "dataset_inputs",
            run.inputs.iter().map(input).collect(),
        );
        let mut outputs = json!({});
        let models = run
            .outputs
            .iter()
            .map(|output| json!({ "model_id": output.model_id, "step": output.step }));
        put_list(&mut outputs, "model_outputs", models.collect());
        json!({
            "info": self.run_info(run, location),
            "data": data,
            "inputs": inputs,
            "outputs": outputs,
        })
    }
}

/// NaN is a text; an infinity is the largest number.
pub fn number(value: f64) -> Value {
    if value.is_nan() {
        "NaN".into()
    } else {
        value.clamp(f64::MIN, f64::MAX).into()
    }
}

pub fn put_list(answer: &mut Value, name: &str, list: Vec<Value>) {
    if let (false, Value::Object(answer)) = (list.is_empty(), answer) {
        answer.insert(name.to_owned(), Value::Array(list));
    }
}

pub fn pairs<'a>(texts: impl IntoIterator<Item = (&'a String, &'a String)>) -> Vec<Value> {
    texts
        .into_iter()
        .map(|(key, value)| json!({ "key": key, "value": value }))
        .collect()
}

pub fn stage(is_deleted: bool) -> &'static str {
    if is_deleted { "deleted" } else { "active" }
}

pub fn status_word(status: RunStatus) -> &'static str {
    match status {
        RunStatus::Running => "RUNNING",
        RunStatus::Finished => "FINISHED",
        RunStatus::Failed => "FAILED",
        RunStatus::Killed => "KILLED",
    }
}

fn latest(metric: &LatestMetric) -> Value {
    json!({
        "key": metric.key,
        "value": number(metric.value),
        "timestamp": metric.at_ms,
        "step": metric.step,
    })
}

fn input(input: &DatasetInput) -> Value {
    let mut dataset = Map::new();
    for (name, text) in [
        ("name", Some(&input.name)),
        ("digest", Some(&input.digest)),
        ("source_type", Some(&input.source_type)),
        ("source", Some(&input.source)),
        ("schema", input.schema.as_ref()),
        ("profile", input.profile.as_ref()),
    ] {
        if let Some(text) = text {
            dataset.insert(name.to_owned(), text.as_str().into());
        }
    }
    let mut answer = json!({ "dataset": dataset });
    put_list(&mut answer, "tags", pairs(&input.tags));
    answer
}
