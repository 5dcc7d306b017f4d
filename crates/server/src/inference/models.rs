//! Assay's own routes: one record, many rows.

use std::collections::HashMap;

use assay_api::serving::{JsonForm, RowsGiven, arrow_of};
use assay_core::serving::{Answered, Protocol, Refusal, RefusalKind};
use axum::body::Body;
use axum::extract::{Path, Query};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use super::answer::{ByColumn, ByRow, bytes, document, refusal};
use super::answered::answered;
use super::ask::asked;
use super::request::{ARROW_FILE, ARROW_STREAM, Caller, State, body, content_type, reference};
use super::{MAX_BATCH_BYTES, MAX_RECORD_BYTES, request};

const PROTOCOL: Protocol = Protocol::Assay;

/// `GET /health/ready`: whether requests are welcome.
pub async fn ready(state: State) -> Response {
    if state.is_ending() {
        return (StatusCode::SERVICE_UNAVAILABLE, "ending").into_response();
    }
    "OK".into_response()
}

/// `POST /models/{name}/predict`: a JSON object in, one answer out.
pub async fn predict(
    state: State,
    Path(name): Path<String>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
    content: Body,
) -> Response {
    let mut caller = Caller::of(&state, &headers);
    let given = async {
        let model = reference(&name, query.get("version").map(String::as_str))?;
        if content_type(&headers).is_some_and(|media| !is_json(&media)) {
            return Err(unknown_form("one record is sent as application/json"));
        }
        let content = body(&headers, content, MAX_RECORD_BYTES).await?;
        Ok((model, RowsGiven::Json(JsonForm::Record, content)))
    };
    let outcome = match asked(&state, &mut caller, &headers, PROTOCOL, given).await {
        Ok(outcome) => outcome,
        Err(response) => return response,
    };
    let response = match (&outcome.refusal, outcome.answer_of_record()) {
        (Some(refused), _) => refusal(&caller, refused),
        (None, Some(answer)) => document(&caller, &answer),
        (None, None) => refusal(&caller, &no_rows()),
    };
    answered(&state, *outcome);
    response
}

/// `POST /models/{name}/predict/batch`: a JSON list of records, JSON columns, CSV or Arrow in; JSON or Arrow out.
pub async fn predict_batch(
    state: State,
    Path(name): Path<String>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
    content: Body,
) -> Response {
    let mut caller = Caller::of(&state, &headers);
    let mut is_by_column = false;
    let given = async {
        let model = reference(&name, query.get("version").map(String::as_str))?;
        let content = body(&headers, content, MAX_BATCH_BYTES).await?;
        let rows = rows_of(content_type(&headers).as_deref(), content)?;
        is_by_column = matches!(&rows, RowsGiven::Json(JsonForm::Columns, _));
        Ok((model, rows))
    };
    let outcome = match asked(&state, &mut caller, &headers, PROTOCOL, given).await {
        Ok(outcome) => outcome,
        Err(response) => return response,
    };
    let response = match &outcome.refusal {
        Some(refused) => refusal(&caller, refused),
        None if request::wants_arrow(&headers) => arrow(&caller, &outcome),
        None if is_by_column => document(&caller, &ByColumn(&outcome)),
        None => document(&caller, &ByRow(&outcome)),
    };
    answered(&state, *outcome);
    response
}

fn rows_of(media: Option<&str>, content: Vec<u8>) -> Result<RowsGiven, Refusal> {
    match media {
        Some(ARROW_STREAM | ARROW_FILE) => Ok(RowsGiven::Arrow(content)),
        Some("text/csv") => Ok(RowsGiven::Csv(content)),
        Some(media) if !is_json(media) => Err(unknown_form(
            "rows are sent as application/json, text/csv or application/vnd.apache.arrow.stream",
        )),
        _ => {
            let first = content.iter().find(|byte| !byte.is_ascii_whitespace());
            let form = match first {
                Some(b'{') => JsonForm::Columns,
                _ => JsonForm::Records,
            };
            Ok(RowsGiven::Json(form, content))
        }
    }
}

/// What clients call JSON, and what they send without a thought.
fn is_json(media: &str) -> bool {
    matches!(
        media,
        "application/json" | "text/json" | "application/x-www-form-urlencoded" | "text/plain"
    )
}

fn unknown_form(wrong: &str) -> Refusal {
    Refusal::new(RefusalKind::UnknownForm, wrong)
}

fn no_rows() -> Refusal {
    Refusal::new(RefusalKind::Failed, "the model answered without a row")
}

fn arrow(caller: &Caller, outcome: &Answered) -> Response {
    match arrow_of(outcome) {
        Ok(stream) => bytes(caller, ARROW_STREAM, stream),
        Err(refused) => refusal(caller, &refused),
    }
}
