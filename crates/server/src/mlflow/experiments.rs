//! `experiments/…`

use std::cmp::Reverse;

use assay_core::code::{Code, Failure};
use assay_core::query::Value as Field;
use assay_core::tracking::{ExperimentId, TrackedExperiment};
use serde_json::{Value, json};

use super::answer::put_list;
use super::fields::Fields;
use super::{Context, Refusal, filter};

const MAX_RESULTS: usize = 50_000;
const MAX_DATASET_EXPERIMENTS: usize = 20;
const MAX_DATASETS: u32 = 1_000;

pub fn create(context: &Context<'_>, fields: &Fields) -> Result<Value, Refusal> {
    let name = fields.required("name")?;
    let location = fields
        .text("artifact_location")?
        .filter(|location| !location.is_empty())
        .map(checked_location)
        .transpose()?;
    let tags = fields.pairs("tags")?;
    let id = context
        .lab
        .create_experiment(name, location.as_deref(), &tags)
        .map_err(|error| name_refused(error.failure(), name))?;
    Ok(json!({ "experiment_id": id.to_string() }))
}

pub fn get(context: &Context<'_>, fields: &Fields) -> Result<Value, Refusal> {
    let found = find(context, fields)?;
    Ok(json!({ "experiment": context.experiment(&found) }))
}

pub fn get_by_name(context: &Context<'_>, fields: &Fields) -> Result<Value, Refusal> {
    let name = fields.required("experiment_name")?;
    let found = context
        .lab
        .experiment_by_name(name)
        .map_err(|error| error.failure())?
        .ok_or_else(|| Refusal::absent(format!("Could not find experiment with name '{name}'")))?;
    Ok(json!({ "experiment": context.experiment(&found) }))
}

pub fn update(context: &Context<'_>, fields: &Fields) -> Result<Value, Refusal> {
    let found = find(context, fields)?;
    let name = fields.required("new_name")?;
    context
        .lab
        .rename_experiment(found.experiment_id, name)
        .map_err(|error| name_refused(error.failure(), name))?;
    Ok(json!({}))
}

pub fn delete(context: &Context<'_>, fields: &Fields) -> Result<Value, Refusal> {
    let id = find_in_state(context, fields, false)?;
    context
        .lab
        .delete_experiment(id)
        .map_err(|error| error.failure())?;
    Ok(json!({}))
}

pub fn restore(context: &Context<'_>, fields: &Fields) -> Result<Value, Refusal> {
    let id = find_in_state(context, fields, true)?;
    context
        .lab
        .restore_experiment(id)
        .map_err(|error| error.failure())?;
    Ok(json!({}))
}

pub fn set_tag(context: &Context<'_>, fields: &Fields) -> Result<Value, Refusal> {
    let found = find(context, fields)?;
    let (key, value) = (
        fields.required("key")?,
        fields.text("value")?.unwrap_or_default(),
    );
    context
        .lab
        .set_experiment_tag(found.experiment_id, key, value)
        .map_err(|error| error.failure())?;
    Ok(json!({}))
}

pub fn delete_tag(context: &Context<'_>, fields: &Fields) -> Result<Value, Refusal> {
    let found = find(context, fields)?;
    let key = fields.required("key")?;
    context
        .lab
        .delete_experiment_tag(found.experiment_id, key)
        .map_err(|error| {
            Refusal::of(error.failure(), || {
                format!(
                    "No tag with name: {key} in experiment with id {}",
                    found.experiment_id
                )
            })
        })?;
    Ok(json!({}))
}

pub fn search(context: &Context<'_>, fields: &Fields) -> Result<Value, Refusal> {
    let limit = filter::limit(fields, 1_000, MAX_RESULTS)?;
    let offset = filter::offset(fields)?;
    let view = filter::view_type(fields, "view_type")?;
    let wanted = filter::read(
        &filter::EXPERIMENTS,
        fields.text("filter")?.unwrap_or_default(),
    )?;
    let orders = filter::order_by(&filter::EXPERIMENTS, fields)?;
    let mut found = context
        .lab
        .tracked_experiments()
        .map_err(|error| error.failure())?;
    found.retain(|experiment| {
        view.shows(experiment.is_deleted) && wanted.matches(&|name: &str| field(experiment, name))
    });
    // Equal ones, and all of them without an order: the newest first.
    if orders.is_empty() {
        found.sort_by_key(|experiment| Reverse((experiment.created_ms, experiment.experiment_id)));
    } else {
        found.sort_by_key(|experiment| Reverse(experiment.experiment_id));
    }
    filter::sort(&mut found, &orders, field);
    let (page, next) = filter::page(&found, offset, limit);
    let mut answer = json!({});
    put_list(
        &mut answer,
        "experiments",
        page.iter()
            .map(|experiment| context.experiment(experiment))
            .collect(),
    );
    Ok(filter::with_next_page(answer, next))
}

/// The data sets that runs of experiments used.
pub fn search_datasets(context: &Context<'_>, fields: &Fields) -> Result<Value, Refusal> {
    let ids = fields.texts("experiment_ids")?;
    if ids.is_empty() {
        return Err(Refusal::invalid(
            "SearchDatasets request must specify at least one experiment_id.",
        ));
    }
    if ids.len() > MAX_DATASET_EXPERIMENTS {
        return Err(Refusal::invalid(format!(
            "SearchDatasets request cannot specify more than {MAX_DATASET_EXPERIMENTS} experiment_ids. Received {} experiment_ids.",
            ids.len()
        )));
    }
    let ids = ids
        .iter()
        .map(|id| id_of(id))
        .collect::<Result<Vec<_>, _>>()?;
    let found = context
        .lab
        .used_datasets(&ids, MAX_DATASETS)
        .map_err(|error| error.failure())?;
    let summaries = found.into_iter().map(|dataset| {
        let mut summary = json!({
            "experiment_id": dataset.experiment_id.to_string(),
            "name": dataset.name,
            "digest": dataset.digest,
        });
        if let (Some(context), Value::Object(summary)) = (dataset.context, &mut summary) {
            summary.insert("context".to_owned(), context.into());
        }
        summary
    });
    let mut answer = json!({});
    put_list(&mut answer, "dataset_summaries", summaries.collect());
    Ok(answer)
}

/// The experiment that a request names by its id.
pub fn find(context: &Context<'_>, fields: &Fields) -> Result<TrackedExperiment, Refusal> {
    let id = id_of(fields.required("experiment_id")?)?;
    context
        .lab
        .experiment(id)
        .map_err(|error| Refusal::of(error.failure(), || no_experiment(id)))
}

pub fn id_of(text: &str) -> Result<ExperimentId, Refusal> {
    text.parse().map(ExperimentId).map_err(|_| {
        Refusal::invalid(format!(
            "Invalid experiment ID: '{text}'. Experiment IDs are decimal digits"
        ))
    })
}

/// The experiments that a request names by their ids.
pub fn ids(fields: &Fields) -> Result<Vec<ExperimentId>, Refusal> {
    let texts = fields.texts("experiment_ids")?;
    texts.iter().map(|id| id_of(id)).collect()
}

fn find_in_state(
    context: &Context<'_>,
    fields: &Fields,
    is_deleted: bool,
) -> Result<ExperimentId, Refusal> {
    let found = find(context, fields)?;
    if found.is_deleted == is_deleted {
        Ok(found.experiment_id)
    } else {
        Err(Refusal::absent(no_experiment(found.experiment_id)))
    }
}

fn name_refused(failure: Failure, name: &str) -> Refusal {
    if failure.code == Code::Conflict {
        Refusal::exists(format!("Experiment(name={name}) already exists."))
    } else {
        failure.into()
    }
}

fn no_experiment(id: ExperimentId) -> String {
    format!("No Experiment with id={id} exists")
}

/// A folder that is named without its beginning is one below this process's; its client may be in another.
///
/// # Errors
/// Fragments, parameters and `..` would end up in the middle of every artifact's address.
fn checked_location(location: &str) -> Result<String, Refusal> {
    if location.contains(['?', '#']) || location.contains("..") {
        return Err(Refusal::invalid(format!(
            "Invalid artifact_location '{location}': it holds `?`, `#` or `..`"
        )));
    }
    if location.contains(':') {
        return Ok(location.to_owned());
    }
    std::path::absolute(location)
        .map(|path| path.display().to_string())
        .map_err(|error| {
            Refusal::invalid(format!("Invalid artifact_location '{location}': {error}"))
        })
}

fn field<'v>(experiment: &'v TrackedExperiment, name: &str) -> Field<'v> {
    match name {
        "name" => Field::Text(&experiment.name),
        "creation_time" => Field::Number(experiment.created_ms as f64),
        "last_update_time" => Field::Number(experiment.updated_ms as f64),
        "experiment_id" => Field::Number(experiment.experiment_id.0 as f64),
        _ => name
            .strip_prefix("tags.")
            .and_then(|key| experiment.tags.get(key))
            .map_or(Field::Missing, |value| Field::Text(value)),
    }
}
