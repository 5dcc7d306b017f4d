//! `get-trace-artifact`: the spans of a trace as one file, for pages and older clients.

use assay_core::trace::{Span, TraceId};
use assay_core::tracking::ArtifactOwner;
use axum::http::HeaderValue;
use axum::http::header::CONTENT_DISPOSITION;
use axum::response::Response;
use serde_json::{Map, Value, json};

use super::fields::Fields;
use super::{Context, Refusal, traces};

/// What older clients, and what pages, call the file with the spans.
const SPANS_FILE: &str = "traces.json";

/// The spans as one document, in the form in which older clients keep them in a file.
pub fn get(context: &Context<'_>, fields: &Fields) -> Result<Value, Refusal> {
    let id = TraceId(fields.required("request_id")?.to_owned());
    let info = traces::find(context, &id)?;
    let spans = context
        .lab
        .trace_spans(&info.trace_id)
        .map_err(|error| traces::no_trace(error.failure(), &id))?;
    if !spans.is_empty() {
        return Ok(json!({ "spans": spans.iter().map(document).collect::<Vec<_>>() }));
    }
    let owner = ArtifactOwner::Trace(id.clone());
    let path = context.lab.file_of(&owner, SPANS_FILE).map_err(|error| {
        Refusal::of(error.failure(), || {
            format!("Trace data not found for the trace {id}")
        })
    })?;
    let text =
        std::fs::read_to_string(&path).map_err(|error| Refusal::internal(error.to_string()))?;
    serde_json::from_str(&text).map_err(|error| {
        Refusal::invalid(format!(
            "Trace data is corrupted for the trace {id}: {error}"
        ))
    })
}

/// An answer that browsers keep as a file.
pub async fn as_file(mut answer: Response) -> Response {
    let name = HeaderValue::from_static("attachment; filename=traces.json");
    answer.headers_mut().insert(CONTENT_DISPOSITION, name);
    answer
}

/// The ids and times as they came; attributes as a plain object, those of the span with values that are JSON texts.
fn document(span: &Span) -> Value {
    let field = |name: &str| span.otlp.get(name).cloned().unwrap_or(Value::Null);
    let mut attributes: Map<String, Value> = plain_attributes(&span.otlp)
        .map(|(key, value)| (key, value.to_string().into()))
        .collect();
    attributes.insert(
        "mlflow.traceRequestId".to_owned(),
        format!("\"{}\"", span.trace_id).into(),
    );
    let events: Vec<Value> = list(&span.otlp, "events")
        .map(|event| {
            json!({
                "name": event.get("name"),
                "time_unix_nano": event.get("time_unix_nano"),
                "attributes": plain_attributes(event).collect::<Map<_, _>>(),
            })
        })
        .collect();
    let status = span.otlp.get("status");
    let code = status.and_then(|status| status.get("code"));
    let code = match code.and_then(Value::as_u64) {
        Some(1) => "STATUS_CODE_OK",
        Some(2) => "STATUS_CODE_ERROR",
        _ => "STATUS_CODE_UNSET",
    };
    let message = status
        .and_then(|status| status.get("message"))
        .and_then(Value::as_str)
        .unwrap_or_default();
    json!({
        "trace_id": field("trace_id"),
        "span_id": field("span_id"),
        "parent_span_id": field("parent_span_id"),
        "name": span.name,
        "start_time_unix_nano": field("start_time_unix_nano"),
        "end_time_unix_nano": field("end_time_unix_nano"),
        "events": events,
        "status": { "code": code, "message": message },
        "attributes": attributes,
        "links": field("links").as_array().cloned().unwrap_or_default(),
    })
}

fn plain_attributes(of: &Value) -> impl Iterator<Item = (String, Value)> + '_ {
    list(of, "attributes").filter_map(|entry| {
        let key = entry.get("key")?.as_str()?.to_owned();
        Some((key, assay_core::trace::plain(entry.get("value")?)))
    })
}

fn list<'v>(of: &'v Value, name: &str) -> impl Iterator<Item = &'v Value> {
    of.get(name).and_then(Value::as_array).into_iter().flatten()
}
