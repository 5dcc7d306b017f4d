//! `POST /v1/traces`: spans as OpenTelemetry's clients send them, MLflow's own among them, in protobuf or JSON.
//!
//! The header `x-mlflow-experiment-id` says to which experiment they belong.

mod messages;

use std::io::Read as _;
use std::sync::Arc;

use assay_core::RunId;
use assay_core::trace::{Span, TraceId, TraceState};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::read::{GzDecoder, ZlibDecoder};
use prost::Message as _;
use serde_json::{Map, Value, json};

use self::messages::{Any, AnyValue, Event, ExportRequest, KeyValue, Link};
use crate::Shared;
use crate::mlflow::{Refusal, experiment_id};

const MAX_REQUEST_BYTES: usize = 64 << 20;
const PROTOBUF: &str = "application/x-protobuf";
const JSON: &str = "application/json";
const EXPERIMENT: &str = "x-mlflow-experiment-id";
const RUN: &str = "x-mlflow-run-id";

pub fn router() -> Router<Arc<Shared>> {
    Router::new()
        .route("/v1/traces", post(export))
        .layer(DefaultBodyLimit::max(MAX_REQUEST_BYTES))
}

async fn export(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let work = move || -> Result<Response, Refusal> {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let kind = text(header::CONTENT_TYPE.as_str())
            .and_then(|kind| kind.split(';').next())
            .map(str::trim);
        let encoding = text(header::CONTENT_ENCODING.as_str());
        let experiment = text(EXPERIMENT).ok_or_else(|| {
            Refusal::invalid(format!(
                "the header `{EXPERIMENT}` is missing: it says to which experiment the spans belong"
            ))
        })?;
        let request = read(kind, &unpacked(&body, encoding)?)?;
        let spans = spans(&request)?;
        if spans.is_empty() {
            return Err(Refusal::invalid(
                "Invalid OpenTelemetry format - no spans found",
            ));
        }
        let lab = shared.desk.lab().map_err(Refusal::from)?;
        lab.log_spans(experiment_id(experiment)?, &spans)
            .map_err(|error| {
                Refusal::of(error.failure(), || {
                    format!("No Experiment with id={experiment} exists")
                })
            })?;
        if let Some(run_id) = text(RUN) {
            let traces: Vec<TraceId> = spans
                .iter()
                .filter(|span| span.parent_id.is_none())
                .map(|span| span.trace_id.clone())
                .collect();
            lab.link_traces(&RunId::new(run_id), &traces)
                .map_err(|error| Refusal::from(error.failure()))?;
        }
        // An answer in which nothing is said has no bytes in protobuf.
        Ok(match kind {
            Some(JSON) => (StatusCode::OK, [(header::CONTENT_TYPE, JSON)], "{}").into_response(),
            _ => (StatusCode::OK, [(header::CONTENT_TYPE, PROTOBUF)], "").into_response(),
        })
    };
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| Refusal::internal(error.to_string()))?
}

/// Never more than a request may have, however well it was packed.
fn unpacked(body: &[u8], encoding: Option<&str>) -> Result<Vec<u8>, Refusal> {
    let limit = MAX_REQUEST_BYTES as u64 + 1;
    let mut bytes = Vec::new();
    let read = match encoding.map(str::trim) {
        None | Some("" | "identity") => return Ok(body.to_vec()),
        Some("gzip") => GzDecoder::new(body).take(limit).read_to_end(&mut bytes),
        Some("deflate") => ZlibDecoder::new(body).take(limit).read_to_end(&mut bytes),
        Some(other) => {
            return Err(Refusal::invalid(format!(
                "Unsupported Content-Encoding: {other}"
            )));
        }
    };
    match read {
        Ok(n) if n <= MAX_REQUEST_BYTES => Ok(bytes),
        Ok(_) => Err(Refusal::invalid(format!(
            "the request is unpacked larger than {MAX_REQUEST_BYTES} bytes; send fewer spans at once"
        ))),
        Err(error) => Err(Refusal::invalid(format!(
            "Failed to decompress the payload: {error}"
        ))),
    }
}

fn read(kind: Option<&str>, body: &[u8]) -> Result<ExportRequest, Refusal> {
    let wrong = |error: String| Refusal::invalid(format!("Invalid OpenTelemetry format: {error}"));
    match kind {
        Some(PROTOBUF) => ExportRequest::decode(body).map_err(|error| wrong(error.to_string())),
        Some(JSON) => serde_json::from_slice(body).map_err(|error| wrong(error.to_string())),
        other => Err(Refusal::invalid(format!(
            "Invalid Content-Type: {}. Expected: {PROTOBUF} or {JSON}",
            other.unwrap_or("none")
        ))),
    }
}

fn spans(request: &ExportRequest) -> Result<Vec<Span>, Refusal> {
    request
        .resource_spans
        .iter()
        .flat_map(|resource| &resource.scope_spans)
        .flat_map(|scope| &scope.spans)
        .map(span)
        .collect()
}

fn span(given: &messages::Span) -> Result<Span, Refusal> {
    if given.trace_id.len() != 16 || given.span_id.len() != 8 {
        return Err(Refusal::invalid(format!(
            "Cannot convert OpenTelemetry span to MLflow span: the span `{}` has no trace id of 16 bytes and span id of 8",
            given.name
        )));
    }
    let nanoseconds = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
    Ok(Span {
        trace_id: TraceId(format!("tr-{}", hexadecimal(&given.trace_id))),
        span_id: hexadecimal(&given.span_id),
        parent_id: (!given.parent_span_id.is_empty()).then(|| hexadecimal(&given.parent_span_id)),
        name: given.name.clone(),
        started_ns: nanoseconds(given.start_time_unix_nano),
        ended_ns: (given.end_time_unix_nano > 0).then(|| nanoseconds(given.end_time_unix_nano)),
        state: match given.status.as_ref().map_or(0, |status| status.code) {
            1 => TraceState::Ok,
            2 => TraceState::Error,
            _ => TraceState::StateUnspecified,
        },
        otlp: span_json(given),
    })
}

/// Protobuf's JSON with the fields' own names, in which MLflow's clients read a span.
fn span_json(span: &messages::Span) -> Value {
    let mut json = json!({
        "trace_id": STANDARD.encode(&span.trace_id),
        "span_id": STANDARD.encode(&span.span_id),
        "name": span.name,
        "start_time_unix_nano": span.start_time_unix_nano,
        "end_time_unix_nano": span.end_time_unix_nano,
    });
    let mut put = |name: &str, value: Value| {
        if let Value::Object(fields) = &mut json {
            fields.insert(name.to_owned(), value);
        }
    };
    if !span.parent_span_id.is_empty() {
        put(
            "parent_span_id",
            STANDARD.encode(&span.parent_span_id).into(),
        );
    }
    if !span.trace_state.is_empty() {
        put("trace_state", span.trace_state.clone().into());
    }
    if span.kind != 0 {
        put("kind", span.kind.into());
    }
    if let Some(status) = &span.status {
        put(
            "status",
            json!({ "code": status.code, "message": status.message }),
        );
    }
    for (name, list) in [
        ("attributes", attributes(&span.attributes)),
        ("events", span.events.iter().map(event).collect()),
        ("links", span.links.iter().map(link).collect()),
    ] {
        if !list.is_empty() {
            put(name, Value::Array(list));
        }
    }
    json
}

fn event(event: &Event) -> Value {
    json!({
        "time_unix_nano": event.time_unix_nano,
        "name": event.name,
        "attributes": attributes(&event.attributes),
    })
}

fn link(link: &Link) -> Value {
    json!({
        "trace_id": STANDARD.encode(&link.trace_id),
        "span_id": STANDARD.encode(&link.span_id),
        "trace_state": link.trace_state,
        "attributes": attributes(&link.attributes),
    })
}

fn attributes(list: &[KeyValue]) -> Vec<Value> {
    list.iter()
        .map(|entry| json!({ "key": entry.key, "value": any(entry.value.as_ref()) }))
        .collect()
}

fn any(value: Option<&AnyValue>) -> Value {
    let Some(value) = value.and_then(|value| value.value.as_ref()) else {
        return Value::Object(Map::new());
    };
    let (name, value) = match value {
        Any::String(text) => ("string_value", text.as_str().into()),
        Any::Bool(value) => ("bool_value", (*value).into()),
        Any::Int(value) => ("int_value", (*value).into()),
        Any::Double(value) if value.is_finite() => ("double_value", (*value).into()),
        Any::Double(value) if value.is_nan() => ("double_value", "NaN".into()),
        Any::Double(value) if *value > 0.0 => ("double_value", "Infinity".into()),
        Any::Double(_) => ("double_value", "-Infinity".into()),
        Any::Array(list) => {
            let values: Vec<Value> = list.values.iter().map(|value| any(Some(value))).collect();
            ("array_value", json!({ "values": values }))
        }
        Any::List(list) => (
            "kvlist_value",
            json!({ "values": attributes(&list.values) }),
        ),
        Any::Bytes(bytes) => ("bytes_value", STANDARD.encode(bytes).into()),
    };
    Value::Object(Map::from_iter([(name.to_owned(), value)]))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn from_base64(text: &str) -> Result<Vec<u8>, base64::DecodeError> {
    STANDARD.decode(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"{"resourceSpans": [{"resource": {"attributes": []}, "scopeSpans": [{"spans": [{
        "traceId": "0102030405060708090a0b0c0d0e0f10", "spanId": "1112131415161718", "name": "answer", "kind": 1,
        "startTimeUnixNano": "1700000000000000001", "endTimeUnixNano": 1700000000500000000,
        "attributes": [
            {"key": "n", "value": {"intValue": "3"}}, {"key": "x", "value": {"doubleValue": 0.5}},
            {"key": "list", "value": {"arrayValue": {"values": [{"stringValue": "a"}, {"boolValue": true}]}}},
            {"key": "map", "value": {"kvlistValue": {"values": [{"key": "k", "value": {"bytesValue": "AQI="}}]}}},
            {"key": "none", "value": {}}
        ],
        "events": [{"name": "e", "timeUnixNano": "5"}], "status": {"code": 2, "message": "no"}, "unknown": 1
    }]}]}]}"#;

    #[test]
    fn both_encodings_say_the_same() {
        let request = read(Some(JSON), TEXT.as_bytes()).unwrap();
        let bytes = request.encode_to_vec();
        assert_eq!(read(Some(PROTOBUF), &bytes), Ok(request.clone()));
        let [span] = spans(&request).unwrap().try_into().unwrap();
        assert_eq!(
            span.trace_id.as_str(),
            "tr-0102030405060708090a0b0c0d0e0f10"
        );
        assert_eq!(
            (span.span_id.as_str(), span.parent_id),
            ("1112131415161718", None)
        );
        assert_eq!(
            (span.started_ns, span.ended_ns),
            (1_700_000_000_000_000_001, Some(1_700_000_000_500_000_000))
        );
        assert_eq!(span.state, TraceState::Error);
        assert_eq!(span.otlp["trace_id"], "AQIDBAUGBwgJCgsMDQ4PEA==");
        assert_eq!(
            span.otlp["attributes"][0]["value"],
            json!({ "int_value": 3 })
        );
        assert_eq!(
            span.otlp["attributes"][3]["value"]["kvlist_value"]["values"][0]["value"],
            json!({ "bytes_value": "AQI=" })
        );
    }

    #[test]
    fn what_is_no_request_is_refused() {
        let text = |change: (&str, &str)| TEXT.replace(change.0, change.1);
        for body in [
            "[1]".to_owned(),
            "{".to_owned(),
            text(("0102030405060708090a0b0c0d0e0f10", "xy")),
            text(("\"1700000000000000001\"", "\"soon\"")),
            text(("{\"intValue\": \"3\"}", "{\"strangeValue\": 3}")),
        ] {
            assert!(read(Some(JSON), body.as_bytes()).is_err(), "{body}");
        }
        assert!(read(Some(PROTOBUF), b"\xff\xff\xff").is_err());
        assert!(read(None, TEXT.as_bytes()).is_err());
        let short = text(("1112131415161718", "11"));
        assert!(spans(&read(Some(JSON), short.as_bytes()).unwrap()).is_err());
        // A thousand lists in one another.
        let deep = format!("{}{}", "[".repeat(1_000), "]".repeat(1_000));
        assert!(read(Some(JSON), deep.as_bytes()).is_err());
    }

    #[test]
    fn packed_requests_have_an_end() {
        use std::io::Write as _;
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(TEXT.as_bytes()).unwrap();
        let packed = packed.finish().unwrap();
        assert_eq!(unpacked(&packed, Some("gzip")).unwrap(), TEXT.as_bytes());
        assert!(unpacked(&packed, Some("br")).is_err());
        assert!(unpacked(b"no gzip", Some("gzip")).is_err());
    }
}
