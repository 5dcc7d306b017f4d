//! `runs/…`

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use assay_core::RunId;
use assay_core::run::RunStatus;
use assay_core::tracking::{ExperimentId, RunUpdate, TrackedQuery, TrackedRun};
use serde::Serialize;
use serde_json::{Value, json};

use super::answer::{RunAnswer, RunInfo};
use super::fields::Fields;
use super::{Answer, Context, Refusal, experiments, filter, run_log};

const MAX_RESULTS: usize = 50_000;
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
        run_log::check_tag(key, value)?;
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
    let experiments = experiments::ids(fields)?;
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
