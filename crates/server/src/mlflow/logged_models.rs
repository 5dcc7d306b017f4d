//! `logged-models/…`, and the models that a run made: `runs/outputs`.

use std::collections::{BTreeMap, BTreeSet};

use assay_core::RunId;
use assay_core::tracking::{
    ExperimentId, LoggedMetric, LoggedModel, LoggedModelId, LoggedModelStatus, ModelMetric,
    ModelOutput,
};
use serde_json::{Value, json};

use super::answer::{number, pairs, put_list};
use super::fields::Fields;
use super::files::Files;
use super::{Context, Refusal, experiments, logged_model_search, runs};

/// What would not come back as a name from a model's address.
const BAD_NAME_CHARACTERS: [char; 6] = ['/', ':', '.', '%', '"', '\''];

pub fn create(context: &Context<'_>, fields: &Fields) -> Result<Value, Refusal> {
    let experiment = experiments::find(context, fields)?;
    if experiment.is_deleted {
        return Err(Refusal::invalid(format!(
            "The experiment {} must be in the 'active' state. Current state is deleted.",
            experiment.experiment_id
        )));
    }
    let name = fields.text("name")?.filter(|name| !name.is_empty());
    if let Some(name) = name.filter(|name| name.contains(BAD_NAME_CHARACTERS)) {
        return Err(Refusal::invalid(format!(
            "Invalid model name ('{name}') provided. Model name must be a non-empty string and cannot contain the following characters: ('/', ':', '.', '%', '\"', \"'\")"
        )));
    }
    let model = context
        .lab
        .create_logged_model(
            experiment.experiment_id,
            name,
            fields.text("model_type")?.unwrap_or_default(),
            fields.text("source_run_id")?.unwrap_or_default(),
            texts(fields, "params")?,
            texts(fields, "tags")?,
        )
        .map_err(|error| error.failure())?;
    Ok(json!({ "model": answer(&model, &context.location(&experiment)) }))
}

pub fn get(context: &Context<'_>, fields: &Fields) -> Result<Value, Refusal> {
    let deleted_too = fields.boolean("allow_deleted")?.unwrap_or(false);
    let model = find(context, &id(fields)?, deleted_too)?;
    shown(context, &model)
}

pub fn finish(context: &Context<'_>, fields: &Fields) -> Result<Value, Refusal> {
    let id = id(fields)?;
    let status = match fields.required("status")? {
        "LOGGED_MODEL_PENDING" | "1" => LoggedModelStatus::Pending,
        "LOGGED_MODEL_READY" | "2" => LoggedModelStatus::Ready,
        "LOGGED_MODEL_UPLOAD_FAILED" | "3" => LoggedModelStatus::Failed,
        other => {
            return Err(Refusal::invalid(format!(
                "Invalid value '{other}' for parameter 'status' supplied: LOGGED_MODEL_PENDING, LOGGED_MODEL_READY or LOGGED_MODEL_UPLOAD_FAILED"
            )));
        }
    };
    let model = context
        .lab
        .finish_logged_model(&id, status)
        .map_err(|error| Refusal::of(error.failure(), || absent(&id)))?;
    shown(context, &model)
}

pub fn delete(context: &Context<'_>, fields: &Fields) -> Result<Value, Refusal> {
    let id = id(fields)?;
    context
        .lab
        .delete_logged_model(&id)
        .map_err(|error| Refusal::of(error.failure(), || absent(&id)))?;
    Ok(json!({}))
}

pub fn search(context: &Context<'_>, fields: &Fields) -> Result<Value, Refusal> {
    logged_model_search::search(context, fields)
}

pub fn set_tags(context: &Context<'_>, fields: &Fields) -> Result<Value, Refusal> {
    let id = id(fields)?;
    context
        .lab
        .set_logged_model_tags(&id, &texts(fields, "tags")?)
        .map_err(|error| Refusal::of(error.failure(), || absent(&id)))?;
    Ok(json!({}))
}

pub fn delete_tag(context: &Context<'_>, fields: &Fields) -> Result<Value, Refusal> {
    let model = find(context, &id(fields)?, true)?;
    let key = fields.required("tag_key")?;
    context
        .lab
        .delete_logged_model_tag(&model.model_id, key)
        .map_err(|error| {
            Refusal::of(error.failure(), || {
                format!(
                    "No tag with key '{key}' found for model with ID '{}'.",
                    model.model_id
                )
            })
        })?;
    Ok(json!({}))
}

pub fn log_params(context: &Context<'_>, fields: &Fields) -> Result<Value, Refusal> {
    let id = id(fields)?;
    context
        .lab
        .log_logged_model_params(&id, &texts(fields, "params")?)
        .map_err(|error| Refusal::of(error.failure(), || absent(&id)))?;
    Ok(json!({}))
}

/// `logged-models/{model_id}/artifacts/directories?artifact_directory_path=…`
pub fn list_files(context: &Context<'_>, fields: &Fields) -> Result<Value, Refusal> {
    let path = fields.text("artifact_directory_path")?.unwrap_or_default();
    let id = id(fields)?;
    let files = Files::of_logged_model(context, &id, path)?.list(context)?;
    let model = find(context, &id, false)?;
    let mut answer = json!({ "root_uri": folder_of(context, &model)? });
    put_list(&mut answer, "files", files);
    Ok(answer)
}

/// `runs/outputs`
pub fn log_outputs(context: &Context<'_>, fields: &Fields) -> Result<Value, Refusal> {
    let run = runs::find_active(context, fields)?;
    let outputs = fields
        .objects("models")?
        .iter()
        .map(|model| {
            Ok(ModelOutput {
                model_id: LoggedModelId(model.required("model_id")?.to_owned()),
                step: model.integer("step")?.unwrap_or(0),
            })
        })
        .collect::<Result<Vec<_>, Refusal>>()?;
    context
        .lab
        .log_outputs(&run.run_id, &outputs)
        .map_err(|error| error.failure())?;
    Ok(json!({}))
}

/// Metrics of a request that name a model. Every model must exist before anything is logged.
pub fn metrics_of_models(
    context: &Context<'_>,
    run_id: &RunId,
    logged: &[(&Fields, &LoggedMetric)],
) -> Result<Vec<(LoggedModelId, ModelMetric)>, Refusal> {
    let mut of_models = Vec::new();
    let mut known: BTreeSet<LoggedModelId> = BTreeSet::new();
    for (fields, metric) in logged {
        let Some(model) = fields.text("model_id")?.filter(|id| !id.is_empty()) else {
            continue;
        };
        let model_id = LoggedModelId(model.to_owned());
        if !known.contains(&model_id) {
            find(context, &model_id, true)?;
            known.insert(model_id.clone());
        }
        let text = |name: &str| {
            fields
                .text(name)
                .map(|text| text.unwrap_or_default().to_owned())
        };
        let metric = ModelMetric {
            metric: (*metric).clone(),
            run_id: run_id.clone(),
            dataset_name: text("dataset_name")?,
            dataset_digest: text("dataset_digest")?,
        };
        of_models.push((model_id, metric));
    }
    Ok(of_models)
}

/// `location` is that of its experiment.
pub fn answer(model: &LoggedModel, location: &str) -> Value {
    let mut info = json!({
        "model_id": model.model_id,
        "experiment_id": model.experiment_id.to_string(),
        "name": model.name,
        "creation_timestamp_ms": model.created_ms,
        "last_updated_timestamp_ms": model.updated_ms,
        "artifact_uri": folder(model, location),
        "status": status_word(model.status),
        "model_type": model.model_type,
        "source_run_id": model.source_run_id,
    });
    put_list(&mut info, "tags", pairs(&model.tags));
    let mut data = json!({});
    put_list(&mut data, "params", pairs(&model.params));
    let metrics = model.metrics.iter().map(|found| metric(model, found));
    put_list(&mut data, "metrics", metrics.collect());
    json!({ "info": info, "data": data })
}

pub fn find(
    context: &Context<'_>,
    id: &LoggedModelId,
    deleted_too: bool,
) -> Result<LoggedModel, Refusal> {
    context
        .lab
        .logged_model(id, deleted_too)
        .map_err(|error| Refusal::of(error.failure(), || absent(id)))
}

/// Where a model's files lie, as clients name the place.
pub fn folder_of(context: &Context<'_>, model: &LoggedModel) -> Result<String, Refusal> {
    Ok(folder(model, &location(context, model.experiment_id)?))
}

pub fn location(context: &Context<'_>, id: ExperimentId) -> Result<String, Refusal> {
    let experiment = context
        .lab
        .experiment(id)
        .map_err(|error| error.failure())?;
    Ok(context.location(&experiment))
}

pub fn status_word(status: LoggedModelStatus) -> &'static str {
    match status {
        LoggedModelStatus::Pending => "LOGGED_MODEL_PENDING",
        LoggedModelStatus::Ready => "LOGGED_MODEL_READY",
        LoggedModelStatus::Failed => "LOGGED_MODEL_UPLOAD_FAILED",
    }
}

fn shown(context: &Context<'_>, model: &LoggedModel) -> Result<Value, Refusal> {
    let location = location(context, model.experiment_id)?;
    Ok(json!({ "model": answer(model, &location) }))
}

fn folder(model: &LoggedModel, location: &str) -> String {
    format!("{location}/models/{}/artifacts", model.model_id)
}

fn metric(model: &LoggedModel, found: &ModelMetric) -> Value {
    let mut answer = json!({
        "key": found.metric.key,
        "value": number(found.metric.value),
        "timestamp": found.metric.at_ms,
        "step": found.metric.step,
        "model_id": model.model_id,
        "run_id": found.run_id,
    });
    if let Value::Object(answer) = &mut answer {
        for (name, text) in [
            ("dataset_name", &found.dataset_name),
            ("dataset_digest", &found.dataset_digest),
        ] {
            if !text.is_empty() {
                answer.insert(name.to_owned(), text.as_str().into());
            }
        }
    }
    answer
}

fn id(fields: &Fields) -> Result<LoggedModelId, Refusal> {
    Ok(LoggedModelId(fields.required("model_id")?.to_owned()))
}

fn texts(fields: &Fields, name: &str) -> Result<BTreeMap<String, String>, Refusal> {
    Ok(fields.pairs(name)?.into_iter().collect())
}

fn absent(id: &LoggedModelId) -> String {
    format!("Logged model with ID '{id}' not found.")
}
