//! Experiments, runs and metrics in MLflow's shapes. Empty lists are left out, empty messages stay.
//!
//! Runs come by the hundred with twenty values each: they are written as they stand, without a tree of values between.

use assay_core::run::RunStatus;
use assay_core::tracking::{
    DatasetInput, LoggedMetric, ModelOutput, TrackedExperiment, TrackedRun,
};
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use super::Context;

#[derive(Debug, Serialize)]
pub struct RunAnswer<'a> {
    info: RunInfo<'a>,
    data: RunData<'a>,
    inputs: Inputs<'a>,
    outputs: Outputs<'a>,
}

#[derive(Debug, Serialize)]
pub struct RunInfo<'a> {
    run_uuid: &'a str,
    experiment_id: String,
    run_name: &'a str,
    user_id: &'a str,
    status: &'static str,
    start_time: i64,
    artifact_uri: String,
    lifecycle_stage: &'static str,
    run_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_time: Option<i64>,
}

#[derive(Debug, Serialize)]
struct RunData<'a> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    metrics: Vec<Point<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    params: Vec<Pair<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<Pair<'a>>,
}

#[derive(Debug, Serialize)]
pub struct Point<'a> {
    key: &'a str,
    #[serde(serialize_with = "write_number")]
    value: f64,
    timestamp: i64,
    step: i64,
}

#[derive(Debug, Serialize)]
struct Pair<'a> {
    key: &'a str,
    value: &'a str,
}

#[derive(Debug, Serialize)]
struct Inputs<'a> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    dataset_inputs: Vec<Input<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    model_inputs: Vec<InputModel<'a>>,
}

#[derive(Debug, Serialize)]
struct InputModel<'a> {
    model_id: &'a str,
}

#[derive(Debug, Serialize)]
struct Input<'a> {
    dataset: Dataset<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<Pair<'a>>,
}

#[derive(Debug, Serialize)]
struct Dataset<'a> {
    name: &'a str,
    digest: &'a str,
    source_type: &'a str,
    source: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    schema: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    profile: Option<&'a str>,
}

#[derive(Debug, Serialize)]
struct Outputs<'a> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    model_outputs: Vec<Output<'a>>,
}

#[derive(Debug, Serialize)]
struct Output<'a> {
    model_id: &'a str,
    step: i64,
}

impl<'a> RunAnswer<'a> {
    /// `location` is that of its experiment.
    pub fn of(run: &'a TrackedRun, location: &str) -> Self {
        let metrics = run.metrics.iter().map(|metric| Point {
            key: &metric.key,
            value: metric.value,
            timestamp: metric.at_ms,
            step: metric.step,
        });
        Self {
            info: RunInfo::of(run, location),
            data: RunData {
                metrics: metrics.collect(),
                params: texts(&run.params),
                tags: texts(&run.tags),
            },
            inputs: Inputs {
                dataset_inputs: run.inputs.iter().map(Input::of).collect(),
                model_inputs: run
                    .input_models
                    .iter()
                    .map(|id| InputModel {
                        model_id: id.as_str(),
                    })
                    .collect(),
            },
            outputs: Outputs {
                model_outputs: run.outputs.iter().map(Output::of).collect(),
            },
        }
    }
}

impl<'a> RunInfo<'a> {
    /// `location` is that of its experiment.
    pub fn of(run: &'a TrackedRun, location: &str) -> Self {
        Self {
            run_uuid: run.run_id.as_str(),
            experiment_id: run.experiment_id.to_string(),
            run_name: &run.name,
            user_id: &run.user,
            status: status_word(run.status),
            start_time: run.started_ms,
            artifact_uri: format!("{location}/{}/artifacts", run.run_id),
            lifecycle_stage: stage(run.is_deleted),
            run_id: run.run_id.as_str(),
            end_time: run.ended_ms,
        }
    }
}

impl<'a> Output<'a> {
    fn of(output: &'a ModelOutput) -> Self {
        Self {
            model_id: output.model_id.as_str(),
            step: output.step,
        }
    }
}

impl<'a> Point<'a> {
    pub fn of(metric: &'a LoggedMetric) -> Self {
        Self {
            key: &metric.key,
            value: metric.value,
            timestamp: metric.at_ms,
            step: metric.step,
        }
    }
}

impl<'a> Input<'a> {
    fn of(input: &'a DatasetInput) -> Self {
        Self {
            dataset: Dataset {
                name: &input.name,
                digest: &input.digest,
                source_type: &input.source_type,
                source: &input.source,
                schema: input.schema.as_deref(),
                profile: input.profile.as_deref(),
            },
            tags: texts(&input.tags),
        }
    }
}

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

fn texts<'a>(texts: impl IntoIterator<Item = (&'a String, &'a String)>) -> Vec<Pair<'a>> {
    texts
        .into_iter()
        .map(|(key, value)| Pair { key, value })
        .collect()
}

fn write_number<S: Serializer>(value: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    number(*value).serialize(serializer)
}
