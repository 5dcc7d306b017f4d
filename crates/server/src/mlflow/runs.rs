//! `runs/…`

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use assay_core::RunId;
use assay_core::run::RunStatus;
use assay_core::tracking::{
    Batch, DatasetInput, ExperimentId, LoggedMetric, RunUpdate, TrackedQuery, TrackedRun,
};
use serde::Serialize;
use serde_json::{Value, json};

use super::answer::{RunAnswer, RunInfo};
use super::fields::Fields;
use super::{Answer, Context, Refusal, experiments, filter, logged_models};

const MAX_RESULTS: usize = 50_000;
const MAX_METRICS: usize = 1_000;
const MAX_PARAMS: usize = 100;
const MAX_TAGS: usize = 100;
const MAX_ENTITIES: usize = 1_000;
const MAX_KEY_CHARACTERS: usize = 250;
const MAX_PARAM_CHARACTERS: usize = 6_000;
const MAX_TAG_CHARACTERS: usize = 8_000;
/// The tag in which the client keeps a run's name.
const RUN_NAME_TAG: &str = "mlflow.runName";
const USER_TAG: &str = "mlflow.user";

pub fn create(context: &Context<'_>, fields: &Fields) -> Result<Value, Refusal> {
    let experiment = match fields.text("experiment_id")? {
        None | Some("") => context
            .lab
            .experiment(assay_core::tracking::DEFAULT_EXPERIMENT_ID)
            .map_err(|error| error.failure())?,
        Some(_) => experiments::find(context, fields)?,
    };
    if experiment.is_deleted {
        return Err(Refusal::invalid(format!(
            "The experiment {} must be in the 'active' state. Current state is deleted.",
            experiment.experiment_id
        )));
    }
    let tags = fields.pairs("tags")?;
    for (key, value) in &tags {
        check_tag(key, value)?;
    }
    let tag = |name: &str| {
        tags.iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    };
    let given = fields.text("run_name")?.filter(|name| !name.is_empty());
    if let (Some(name), Some(tagged)) = (given, tag(RUN_NAME_TAG))
        && name != tagged
    {
        return Err(Refusal::invalid(format!(
            "Both 'run_name' argument and 'mlflow.runName' tag are specified, but with different values (run_name='{name}', mlflow.runName='{tagged}')."
        )));
    }
    let name = given.or_else(|| tag(RUN_NAME_TAG)).map(str::to_owned);
    let user = fields
        .text("user_id")?
        .filter(|user| !user.is_empty())
        .or_else(|| tag(USER_TAG))
        .unwrap_or_default()
        .to_owned();
    let started_ms = fields.integer("start_time")?.filter(|&at_ms| at_ms > 0);
    let run = context
        .lab
        .begin_tracked_run(
            experiment.experiment_id,
            name.as_deref(),
            &user,
            started_ms,
            tags,
        )
        .map_err(|error| error.failure())?;
    Ok(json!({ "run": RunAnswer::of(&run, &context.location(&experiment)) }))
}

pub fn get(context: &Context<'_>, fields: &Fields) -> Result<Value, Refusal> {
    let run = find(context, fields)?;
    let location = location_of(context, run.experiment_id)?;
    Ok(json!({ "run": RunAnswer::of(&run, &location) }))
}

pub fn update(context: &Context<'_>, fields: &Fields) -> Result<Value, Refusal> {
    let run = find_active(context, fields)?;
    let status = match fields.text("status")? {
        None => None,
        Some("RUNNING" | "SCHEDULED") => Some(RunStatus::Running),
        Some("FINISHED") => Some(RunStatus::Finished),
        Some("FAILED") => Some(RunStatus::Failed),
        Some("KILLED") => Some(RunStatus::Killed),
        Some(other) => {
            return Err(Refusal::invalid(format!(
                "Invalid value '{other}' for parameter 'status' supplied: RUNNING, SCHEDULED, FINISHED, FAILED or KILLED"
            )));
        }
    };
    let update = RunUpdate {
        status,
        ended_ms: fields.integer("end_time")?.filter(|&at_ms| at_ms > 0),
        name: fields.text("run_name")?.map(str::to_owned),
    };
    let run = context
        .lab
        .update_tracked_run(&run.run_id, &update)
        .map_err(|error| error.failure())?;
    let location = location_of(context, run.experiment_id)?;
    Ok(json!({ "run_info": RunInfo::of(&run, &location) }))
}

pub fn delete(context: &Context<'_>, fields: &Fields) -> Result<Value, Refusal> {
    let run = find(context, fields)?;
    context
        .lab
        .delete_tracked_run(&run.run_id)
        .map_err(|error| error.failure())?;
    Ok(json!({}))
}

pub fn restore(context: &Context<'_>, fields: &Fields) -> Result<Value, Refusal> {
    let run = find(context, fields)?;
    context
        .lab
        .restore_tracked_run(&run.run_id)
        .map_err(|error| error.failure())?;
    Ok(json!({}))
}

pub fn search(context: &Context<'_>, fields: &Fields) -> Result<Answer, Refusal> {
    let experiments = fields
        .texts("experiment_ids")?
        .iter()
        .map(|id| experiments::id_of(id))
        .collect::<Result<Vec<ExperimentId>, _>>()?;
    let text = fields.text("filter")?.unwrap_or_default();
    let filter = filter::read(&filter::RUNS, text)?;
    let wanted = TrackedQuery {
        experiments,
        view: filter::view_type(fields, "run_view_type")?,
        filter: filter.to_string(),
        order_by: filter::order_by(&filter::RUNS, fields)?,
        after: filter::cursor(fields)?,
        limit: filter::limit(fields, 1_000, MAX_RESULTS)? as u32,
        artifact_root: context.artifact_root.trim_end_matches('/').to_owned(),
    };
    let (found, next) = context
        .lab
        .search_tracked_runs(&wanted)
        .map_err(|error| error.failure())?;
    let mut locations: HashMap<ExperimentId, String> = HashMap::new();
    for run in &found {
        if let Entry::Vacant(unknown) = locations.entry(run.experiment_id) {
            unknown.insert(location_of(context, run.experiment_id)?);
        }
    }
    let runs = found.iter().filter_map(|run| {
        let location = locations.get(&run.experiment_id)?;
        Some(RunAnswer::of(run, location))
    });
    let page = RunPage {
        runs: runs.collect(),
        next_page_token: next.map(|next| filter::token(&next)).transpose()?,
    };
    Answer::of(&page)
}

#[derive(Serialize)]
struct RunPage<'a> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    runs: Vec<RunAnswer<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_page_token: Option<String>,
}

pub fn log_metric(context: &Context<'_>, fields: &Fields) -> Result<Value, Refusal> {
    let run = find_active(context, fields)?;
    let metric = metric(fields, "")?;
    let of_models = logged_models::metrics_of_models(context, &run.run_id, &[(fields, &metric)])?;
    let batch = Batch {
        metrics: vec![metric],
        ..Batch::default()
    };
    log(context, &run, &batch)?;
    logged_models::log_metrics(context, &of_models)?;
    Ok(json!({}))
}

pub fn log_parameter(context: &Context<'_>, fields: &Fields) -> Result<Value, Refusal> {
    let run = find_active(context, fields)?;
    let (key, value) = (
        fields.required("key")?.to_owned(),
        fields.text("value")?.unwrap_or_default().to_owned(),
    );
    check_param(&key, &value)?;
    if let Some(known) = run.params.get(&key).filter(|known| **known != value) {
        return Err(Refusal::invalid(format!(
            "Changing param values is not allowed. Param with key='{key}' was already logged with value='{known}' for run ID='{}'. Attempted logging new value '{value}'.",
            run.run_id
        )));
    }
    let batch = Batch {
        params: vec![(key, value)],
        ..Batch::default()
    };
    log(context, &run, &batch)
}

pub fn log_batch(context: &Context<'_>, fields: &Fields) -> Result<Value, Refusal> {
    let metrics = fields.objects("metrics")?;
    let batch = Batch {
        metrics: metrics
            .iter()
            .enumerate()
            .map(|(at, fields)| metric(fields, &format!("metrics[{at}].")))
            .collect::<Result<_, _>>()?,
        params: fields.pairs("params")?,
        tags: fields.pairs("tags")?,
    };
    check_batch(batch.metrics.len(), &batch.params, &batch.tags)?;
    let run = find_active(context, fields)?;
    let logged: Vec<(&Fields, &LoggedMetric)> = metrics.iter().zip(&batch.metrics).collect();
    let of_models = logged_models::metrics_of_models(context, &run.run_id, &logged)?;
    log(context, &run, &batch)?;
    logged_models::log_metrics(context, &of_models)?;
    Ok(json!({}))
}

pub fn log_inputs(context: &Context<'_>, fields: &Fields) -> Result<Value, Refusal> {
    let run = find_active(context, fields)?;
    let mut inputs = Vec::new();
    for given in fields.objects("datasets")? {
        let dataset = given
            .objects("dataset")?
            .into_iter()
            .next()
            .ok_or_else(|| Refusal::invalid("Dataset input must have a dataset"))?;
        let text = |name: &str| dataset.text(name).map(|text| text.map(str::to_owned));
        inputs.push(DatasetInput {
            name: dataset.required("name")?.to_owned(),
            digest: dataset.required("digest")?.to_owned(),
            source_type: dataset.required("source_type")?.to_owned(),
            source: dataset.required("source")?.to_owned(),
            schema: text("schema")?,
            profile: text("profile")?,
            tags: given.pairs("tags")?.into_iter().collect(),
        });
    }
    context
        .lab
        .log_inputs(&run.run_id, &inputs)
        .map_err(|error| error.failure())?;
    Ok(json!({}))
}

pub fn set_tag(context: &Context<'_>, fields: &Fields) -> Result<Value, Refusal> {
    let run = find_active(context, fields)?;
    let (key, value) = (
        fields.required("key")?.to_owned(),
        fields.text("value")?.unwrap_or_default().to_owned(),
    );
    check_tag(&key, &value)?;
    let batch = Batch {
        tags: vec![(key, value)],
        ..Batch::default()
    };
    log(context, &run, &batch)
}

pub fn delete_tag(context: &Context<'_>, fields: &Fields) -> Result<Value, Refusal> {
    let run = find_active(context, fields)?;
    let key = fields.required("key")?;
    context
        .lab
        .delete_tracked_tag(&run.run_id, key)
        .map_err(|error| {
            Refusal::of(error.failure(), || {
                format!("No tag with name: {key} in run with id {}", run.run_id)
            })
        })?;
    Ok(json!({}))
}

/// By `run_id`, or by its older name.
pub fn find(context: &Context<'_>, fields: &Fields) -> Result<TrackedRun, Refusal> {
    let id = match fields.text("run_id")?.filter(|id| !id.is_empty()) {
        Some(id) => id,
        None => match fields.text("run_uuid")?.filter(|id| !id.is_empty()) {
            Some(id) => id,
            None => fields.required("run_id")?,
        },
    };
    let run_id = RunId::new(id);
    context
        .lab
        .tracked_run(&run_id)
        .map_err(|error| Refusal::of(error.failure(), || format!("Run with id={id} not found")))
}

/// One that is not in the trash.
pub fn find_active(context: &Context<'_>, fields: &Fields) -> Result<TrackedRun, Refusal> {
    let run = find(context, fields)?;
    if run.is_deleted {
        return Err(Refusal::invalid(format!(
            "The run {} must be in the 'active' state. Current state is deleted.",
            run.run_id
        )));
    }
    Ok(run)
}

fn location_of(context: &Context<'_>, id: ExperimentId) -> Result<String, Refusal> {
    let experiment = context
        .lab
        .experiment(id)
        .map_err(|error| error.failure())?;
    Ok(context.location(&experiment))
}

fn log(context: &Context<'_>, run: &TrackedRun, batch: &Batch) -> Result<Value, Refusal> {
    context
        .lab
        .log_batch(&run.run_id, batch)
        .map_err(|error| error.failure())?;
    Ok(json!({}))
}

/// `place` stands before the names of what is missing.
fn metric(fields: &Fields, place: &str) -> Result<LoggedMetric, Refusal> {
    let missing = |name: &str| Refusal::missing(&format!("{place}{name}"));
    let key = fields
        .text("key")?
        .filter(|key| !key.is_empty())
        .ok_or_else(|| missing("key"))?;
    check_metric(key)?;
    let value = fields.number("value")?.ok_or_else(|| missing("value"))?;
    let at_ms = fields
        .integer("timestamp")?
        .ok_or_else(|| missing("timestamp"))?;
    Ok(LoggedMetric {
        key: key.to_owned(),
        value,
        step: fields.integer("step")?.unwrap_or(0),
        at_ms,
    })
}

/// What holds for a request as a whole, and for its parameters and tags.
pub fn check_batch(
    n_metrics: usize,
    params: &[(String, String)],
    tags: &[(String, String)],
) -> Result<(), Refusal> {
    let n_all = n_metrics + params.len() + tags.len();
    for (n, limit, name) in [
        (n_metrics, MAX_METRICS, "metrics"),
        (params.len(), MAX_PARAMS, "params"),
        (tags.len(), MAX_TAGS, "tags"),
        (n_all, MAX_ENTITIES, "metrics, params, and tags"),
    ] {
        if n > limit {
            return Err(Refusal::invalid(format!(
                "A batch logging request can contain at most {limit} {name}. Got {n} {name}. Please split up {name} across multiple requests and try again."
            )));
        }
    }
    for (key, value) in params {
        check_param(key, value)?;
    }
    for (key, value) in tags {
        check_tag(key, value)?;
    }
    for (at, (key, value)) in params.iter().enumerate() {
        let twice = params.iter().take(at);
        if twice
            .clone()
            .any(|(other, old)| other == key && old != value)
        {
            return Err(Refusal::invalid(format!(
                "Duplicate parameter keys have been submitted: ['{key}']. Please ensure the request contains only one param value per param key."
            )));
        }
    }
    Ok(())
}

/// The name of a metric.
pub fn check_metric(key: &str) -> Result<(), Refusal> {
    check_key("name", key)
}

fn check_param(key: &str, value: &str) -> Result<(), Refusal> {
    check_key("key", key)?;
    check_length("value", value, MAX_PARAM_CHARACTERS)
}

fn check_tag(key: &str, value: &str) -> Result<(), Refusal> {
    check_key("key", key)?;
    check_length("value", value, MAX_TAG_CHARACTERS)
}

/// Names become paths in some stores, so they must be clean ones.
pub fn check_key(parameter: &str, key: &str) -> Result<(), Refusal> {
    let plain = key
        .chars()
        .all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ' ' | ':' | '/'));
    if key.is_empty() || !plain {
        return Err(Refusal::invalid(format!(
            "Invalid value {key:?} for parameter '{parameter}' supplied: Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), colon(:) and slashes (/)."
        )));
    }
    let clean =
        !key.starts_with('/') && key.split('/').all(|part| !matches!(part, "" | "." | ".."));
    if !clean {
        return Err(Refusal::invalid(format!(
            "Invalid value {key:?} for parameter '{parameter}' supplied: Names may be treated as files in certain cases, and must not resolve to other names when treated as such."
        )));
    }
    check_length(parameter, key, MAX_KEY_CHARACTERS)
}

fn check_length(parameter: &str, text: &str, limit: usize) -> Result<(), Refusal> {
    let n = text.chars().count();
    if n > limit {
        return Err(Refusal::invalid(format!(
            "'{parameter}' exceeds the maximum length of {limit} characters. Got length {n}"
        )));
    }
    Ok(())
}
