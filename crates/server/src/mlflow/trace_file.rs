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

/// A span with its attributes as a plain object whose values are JSON texts.
fn document(span: &Span) -> Value {
    let mut document = span.otlp.clone();
    let attributes: Map<String, Value> = span
        .otlp
        .get("attributes")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let value = assay_core::trace::plain(entry.get("value")?).to_string();
            Some((entry.get("key")?.as_str()?.to_owned(), value.into()))
        })
        .chain([(
            "mlflow.traceRequestId".to_owned(),
            format!("\"{}\"", span.trace_id).into(),
        )])
        .collect();
    if let Value::Object(fields) = &mut document {
        fields.insert("attributes".to_owned(), Value::Object(attributes));
    }
    document
}
