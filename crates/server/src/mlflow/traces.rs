//! `traces…`, version 3 of MLflow's traces: begun with what is known at their end, found, read with their spans, tagged,
//! deleted. The spans themselves come over OpenTelemetry's protocol, or as a file from older clients.

use std::collections::BTreeMap;

use assay_core::RunId;
use assay_core::code::{Code, Failure};
use assay_core::trace::{TraceId, TraceInfo, TraceQuery, TraceSelection, TraceState};
use assay_core::tracking::ExperimentId;
use serde_json::{Value, json};

use super::answer::{number, put_list};
use super::fields::Fields;
use super::times::{duration_ms, duration_text, instant_ms, instant_text};
use super::{Context, Refusal, assessments, experiments, filter};

const MAX_RESULTS: usize = 500;
const MAX_IDS: usize = 100;
/// What is added to each cell of small samples' counts.
const JEFFREYS_PRIOR: f64 = 0.5;
const LOCATION_TAG: &str = "mlflow.artifactLocation";

pub fn start(context: &Context<'_>, fields: &Fields) -> Result<Value, Refusal> {
    let given = fields.object("trace")?.object("trace_info")?;
    let experiment = given
        .object("trace_location")?
        .object("mlflow_experiment")?;
    let text = |name: &str| given.text(name).map(|text| text.map(str::to_owned));
    let trace_id = TraceId(given.required("trace_id")?.to_owned());
    let info = TraceInfo {
        assessments: given
            .objects("assessments")?
            .iter()
            .map(|given| assessments::read(context, &trace_id, given))
            .collect::<Result<_, _>>()?,
        trace_id,
        experiment_id: experiments::id_of(experiment.required("experiment_id")?)?,
        started_ms: instant_ms(given.required("request_time")?)?,
        duration_ms: given
            .text("execution_duration")?
            .map(duration_ms)
            .transpose()?,
        state: state_of(given.text("state")?.unwrap_or_default())?,
        client_request_id: text("client_request_id")?,
        request_preview: text("request_preview")?,
        response_preview: text("response_preview")?,
        metadata: given.texts_by_name("trace_metadata")?,
        tags: given.texts_by_name("tags")?,
    };
    let kept = context.lab.start_trace(&info).map_err(|error| {
        Refusal::of(error.failure(), || {
            format!("No Experiment with id={} exists", info.experiment_id)
        })
    })?;
    Ok(json!({ "trace": { "trace_info": shown(context, &kept)? } }))
}

pub fn get_info(context: &Context<'_>, fields: &Fields) -> Result<Value, Refusal> {
    let info = find(context, &id_of(fields)?)?;
    Ok(json!({ "trace": { "trace_info": shown(context, &info)? } }))
}

pub fn get(context: &Context<'_>, fields: &Fields) -> Result<Value, Refusal> {
    Ok(json!({ "trace": whole(context, &id_of(fields)?)? }))
}

/// Ids that are not there are left out.
pub fn batch_get(context: &Context<'_>, fields: &Fields) -> Result<Value, Refusal> {
    let mut answer = json!({});
    let found = known(context, fields)?;
    let traces: Vec<Value> = found
        .iter()
        .map(|info| whole(context, &info.trace_id))
        .collect::<Result<_, _>>()?;
    put_list(&mut answer, "traces", traces);
    Ok(answer)
}

pub fn batch_get_infos(context: &Context<'_>, fields: &Fields) -> Result<Value, Refusal> {
    let mut answer = json!({});
    let infos: Vec<Value> = known(context, fields)?
        .iter()
        .map(|info| shown(context, info))
        .collect::<Result<_, _>>()?;
    put_list(&mut answer, "trace_infos", infos);
    Ok(answer)
}

pub fn search(context: &Context<'_>, fields: &Fields) -> Result<Value, Refusal> {
    let experiments = fields
        .objects("locations")?
        .iter()
        .map(|location| {
            let experiment = location.object("mlflow_experiment")?;
            experiments::id_of(experiment.required("experiment_id")?)
        })
        .collect::<Result<Vec<ExperimentId>, _>>()?;
    if experiments.is_empty() {
        return Err(Refusal::missing("locations"));
    }
    page(context, fields, experiments, shown)
}

/// The page of traces that is asked for, as `shown` shows each of them.
pub fn page(
    context: &Context<'_>,
    fields: &Fields,
    experiments: Vec<ExperimentId>,
    shown: impl Fn(&Context<'_>, &TraceInfo) -> Result<Value, Refusal>,
) -> Result<Value, Refusal> {
    let offset = filter::offset(fields)?;
    let wanted = TraceQuery {
        experiments,
        filter: fields.text("filter")?.unwrap_or_default().to_owned(),
        order_by: filter::order_by_any(fields)?,
        offset: offset as u64,
        limit: filter::limit(fields, 100, MAX_RESULTS)? as u32,
    };
    let (found, more) = context
        .lab
        .search_traces(&wanted)
        .map_err(|error| error.failure())?;
    let infos: Vec<Value> = found
        .iter()
        .map(|info| shown(context, info))
        .collect::<Result<_, _>>()?;
    let next = more.then_some(offset + infos.len());
    let mut answer = json!({});
    put_list(&mut answer, "traces", infos);
    Ok(filter::with_next_page(answer, next))
}

/// How far two conditions come together.
pub fn correlate(context: &Context<'_>, fields: &Fields) -> Result<Value, Refusal> {
    let experiments = fields
        .texts("experiment_ids")?
        .iter()
        .map(|id| experiments::id_of(id))
        .collect::<Result<Vec<ExperimentId>, _>>()?;
    if experiments.is_empty() {
        return Err(Refusal::missing("experiment_ids"));
    }
    let counts = context
        .lab
        .count_traces(
            &experiments,
            fields.text("base_filter")?.unwrap_or_default(),
            fields.required("filter_string1")?,
            fields.required("filter_string2")?,
        )
        .map_err(|error| Refusal::invalid(format!("Invalid filter: {}", error.failure().wrong)))?;
    Ok(json!({
        "npmi": number(counts.correlation(0.0).unwrap_or(f64::NAN)),
        "npmi_smoothed": number(counts.correlation(JEFFREYS_PRIOR).unwrap_or(f64::NAN)),
        "filter1_count": counts.n_first,
        "filter2_count": counts.n_second,
        "joint_count": counts.n_both,
        "total_count": counts.n_all,
    }))
}

pub fn delete(context: &Context<'_>, fields: &Fields) -> Result<Value, Refusal> {
    let experiment_id = experiments::id_of(fields.required("experiment_id")?)?;
    let ids = ids(fields.texts("request_ids")?);
    let until_ms = fields.integer("max_timestamp_millis")?;
    let limit = fields.integer("max_traces")?;
    let selection = match (ids.is_empty(), until_ms) {
        (true, None) => {
            return Err(Refusal::invalid(
                "Either `max_timestamp_millis` or `trace_ids` must be specified.",
            ));
        }
        (false, Some(_)) => {
            return Err(Refusal::invalid(
                "Only one of `max_timestamp_millis` and `trace_ids` can be specified.",
            ));
        }
        (false, None) if limit.is_some() => {
            return Err(Refusal::invalid(
                "`max_traces` can't be specified if `trace_ids` is specified.",
            ));
        }
        (false, None) => TraceSelection::Ids(ids),
        (true, Some(at_ms)) => TraceSelection::Until {
            at_ms,
            limit: match limit {
                None => u32::MAX,
                Some(limit) => u32::try_from(limit)
                    .ok()
                    .filter(|&limit| limit > 0)
                    .ok_or_else(|| {
                        Refusal::invalid(format!(
                            "`max_traces` must be a positive integer, received {limit}."
                        ))
                    })?,
            },
        },
    };
    let n_deleted = context
        .lab
        .delete_traces(experiment_id, &selection)
        .map_err(|error| error.failure())?;
    Ok(json!({ "traces_deleted": n_deleted }))
}

pub fn set_tag(context: &Context<'_>, fields: &Fields) -> Result<Value, Refusal> {
    let id = id_of(fields)?;
    let value = fields.text("value")?.unwrap_or_default();
    context
        .lab
        .set_trace_tag(&id, fields.required("key")?, value)
        .map_err(|error| no_trace(error.failure(), &id))?;
    Ok(json!({}))
}

pub fn delete_tag(context: &Context<'_>, fields: &Fields) -> Result<Value, Refusal> {
    let id = find(context, &id_of(fields)?)?.trace_id;
    let key = fields.required("key")?;
    context.lab.delete_trace_tag(&id, key).map_err(|error| {
        Refusal::of(error.failure(), || {
            format!("No trace tag with key '{key}' for trace with ID '{id}'")
        })
    })?;
    Ok(json!({}))
}

pub fn link_to_run(context: &Context<'_>, fields: &Fields) -> Result<Value, Refusal> {
    let ids = ids(fields.texts("trace_ids")?);
    if ids.len() > MAX_IDS {
        return Err(Refusal::invalid(format!(
            "Cannot link more than {MAX_IDS} traces to a run in a single request. Provided {} traces.",
            ids.len()
        )));
    }
    let run_id = RunId::new(fields.required("run_id")?);
    context
        .lab
        .link_traces(&run_id, &ids)
        .map_err(|error| error.failure())?;
    Ok(json!({}))
}

fn whole(context: &Context<'_>, id: &TraceId) -> Result<Value, Refusal> {
    let info = find(context, id)?;
    let spans = context
        .lab
        .trace_spans(id)
        .map_err(|error| no_trace(error.failure(), id))?;
    let mut answer = json!({ "trace_info": shown(context, &info)? });
    let spans = spans.into_iter().map(|span| span.otlp).collect();
    put_list(&mut answer, "spans", spans);
    Ok(answer)
}

fn known(context: &Context<'_>, fields: &Fields) -> Result<Vec<TraceInfo>, Refusal> {
    let ids = ids(fields.texts("trace_ids")?);
    if ids.is_empty() {
        return Err(Refusal::missing("trace_ids"));
    }
    let mut found = Vec::with_capacity(ids.len());
    for id in ids {
        match context.lab.trace_info(&id) {
            Ok(info) => found.push(info),
            Err(error) => {
                let failure = error.failure();
                if failure.code != Code::NotFound {
                    return Err(failure.into());
                }
            }
        }
    }
    Ok(found)
}

/// With that of the place of its files.
pub fn tags_of(
    context: &Context<'_>,
    info: &TraceInfo,
) -> Result<BTreeMap<String, String>, Refusal> {
    let experiment = context
        .lab
        .experiment(info.experiment_id)
        .map_err(|error| error.failure())?;
    let mut tags = info.tags.clone();
    let location = format!(
        "{}/traces/{}/artifacts",
        context.location(&experiment),
        info.trace_id
    );
    tags.entry(LOCATION_TAG.to_owned()).or_insert(location);
    Ok(tags)
}

fn shown(context: &Context<'_>, info: &TraceInfo) -> Result<Value, Refusal> {
    let mut answer = json!({
        "trace_id": info.trace_id,
        "trace_location": {
            "type": "MLFLOW_EXPERIMENT",
            "mlflow_experiment": { "experiment_id": info.experiment_id.to_string() },
        },
        "request_time": instant_text(info.started_ms),
        "state": info.state.word(),
        "trace_metadata": info.metadata,
        "tags": tags_of(context, info)?,
    });
    let assessments = info.assessments.iter().map(assessments::shown);
    put_list(&mut answer, "assessments", assessments.collect());
    let texts = [
        ("execution_duration", info.duration_ms.map(duration_text)),
        ("client_request_id", info.client_request_id.clone()),
        ("request_preview", info.request_preview.clone()),
        ("response_preview", info.response_preview.clone()),
    ];
    if let Value::Object(fields) = &mut answer {
        for (name, text) in texts {
            if let Some(text) = text {
                fields.insert(name.to_owned(), text.into());
            }
        }
    }
    Ok(answer)
}

pub fn find(context: &Context<'_>, id: &TraceId) -> Result<TraceInfo, Refusal> {
    context
        .lab
        .trace_info(id)
        .map_err(|error| no_trace(error.failure(), id))
}

pub fn no_trace(failure: Failure, id: &TraceId) -> Refusal {
    Refusal::of(failure, || format!("Trace with ID '{id}' not found."))
}

pub fn id_of(fields: &Fields) -> Result<TraceId, Refusal> {
    fields.required("trace_id").map(|id| TraceId(id.to_owned()))
}

fn ids(texts: Vec<String>) -> Vec<TraceId> {
    texts.into_iter().map(TraceId).collect()
}

pub fn state_of(word: &str) -> Result<TraceState, Refusal> {
    match word {
        "" | "STATE_UNSPECIFIED" => Ok(TraceState::StateUnspecified),
        "OK" => Ok(TraceState::Ok),
        "ERROR" => Ok(TraceState::Error),
        "IN_PROGRESS" => Ok(TraceState::InProgress),
        other => Err(Refusal::invalid(format!(
            "Invalid value '{other}' for parameter 'state' supplied: OK, ERROR or IN_PROGRESS"
        ))),
    }
}
