//! `traces…` of the API's version 2, for older clients: a trace begins, and ends with a request of its own; texts come
//! as lists of keys and values.

use std::collections::BTreeMap;

use assay_core::trace::{TraceEnd, TraceInfo};
use assay_core::tracking::ExperimentId;
use serde_json::{Value, json};

use super::answer::{pairs, put_list};
use super::fields::Fields;
use super::{Context, Refusal, experiments, traces};

pub fn start(context: &Context<'_>, fields: &Fields) -> Result<Value, Refusal> {
    let experiment = experiments::find(context, fields)?;
    let started_ms = fields
        .integer("timestamp_ms")?
        .ok_or_else(|| Refusal::missing("timestamp_ms"))?;
    let info = context
        .lab
        .begin_trace(
            experiment.experiment_id,
            started_ms,
            texts(fields, "request_metadata")?,
            texts(fields, "tags")?,
        )
        .map_err(|error| error.failure())?;
    Ok(json!({ "trace_info": shown(context, &info)? }))
}

pub fn end(context: &Context<'_>, fields: &Fields) -> Result<Value, Refusal> {
    let id = traces::id_of(fields)?;
    let end = TraceEnd {
        ended_ms: fields
            .integer("timestamp_ms")?
            .ok_or_else(|| Refusal::missing("timestamp_ms"))?,
        state: match fields.text("status")?.unwrap_or_default() {
            "TRACE_STATUS_UNSPECIFIED" => traces::state_of("")?,
            word => traces::state_of(word)?,
        },
        metadata: texts(fields, "request_metadata")?,
        tags: texts(fields, "tags")?,
    };
    let info = context
        .lab
        .end_trace(&id, &end)
        .map_err(|error| traces::no_trace(error.failure(), &id))?;
    Ok(json!({ "trace_info": shown(context, &info)? }))
}

pub fn get_info(context: &Context<'_>, fields: &Fields) -> Result<Value, Refusal> {
    let info = traces::find(context, &traces::id_of(fields)?)?;
    Ok(json!({ "trace_info": shown(context, &info)? }))
}

pub fn search(context: &Context<'_>, fields: &Fields) -> Result<Value, Refusal> {
    let experiments = fields
        .texts("experiment_ids")?
        .iter()
        .map(|id| experiments::id_of(id))
        .collect::<Result<Vec<ExperimentId>, _>>()?;
    if experiments.is_empty() {
        return Err(Refusal::missing("experiment_ids"));
    }
    traces::page(context, fields, experiments, shown)
}

fn shown(context: &Context<'_>, info: &TraceInfo) -> Result<Value, Refusal> {
    let mut answer = json!({
        "request_id": info.trace_id,
        "experiment_id": info.experiment_id.to_string(),
        "timestamp_ms": info.started_ms,
        "execution_time_ms": info.duration_ms.unwrap_or(0),
        "status": match info.state {
            assay_core::trace::TraceState::StateUnspecified => "TRACE_STATUS_UNSPECIFIED",
            state => state.word(),
        },
    });
    put_list(&mut answer, "request_metadata", pairs(&info.metadata));
    put_list(&mut answer, "tags", pairs(&traces::tags_of(context, info)?));
    Ok(answer)
}

fn texts(fields: &Fields, name: &str) -> Result<BTreeMap<String, String>, Refusal> {
    Ok(fields.pairs(name)?.into_iter().collect())
}
