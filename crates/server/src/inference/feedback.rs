//! What comes beside predictions: labels that were learnt later, and the meters.

use assay_core::serving::{GivenLabel, Refusal, RefusalKind};
use axum::body::Body;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;
use tokio::task::spawn_blocking;

use super::answer::{document, refusal};
use super::meters;
use super::request::{Caller, State, body};
use super::who::{Wish, who};

const MAX_LABELS_BYTES: usize = 64 << 20;

/// One, or several.
#[derive(Deserialize)]
#[serde(untagged)]
enum Given {
    Several(Vec<GivenLabel>),
    One(GivenLabel),
}

/// `POST /labels`: `{"id": ..., "label": ...}` or a list; they are on the disk when it answers.
pub async fn labels(state: State, headers: HeaderMap, content: Body) -> Response {
    let mut caller = Caller::of(&state, &headers);
    if let Err(refused) = caller.admit(&state, &headers) {
        return refusal(&caller, &refused);
    }
    let content = match body(&headers, content, MAX_LABELS_BYTES).await {
        Ok(content) => content,
        Err(refused) => return refusal(&caller, &refused),
    };
    let client = caller.client.clone();
    let taken = spawn_blocking(move || {
        let given: Given = serde_json::from_slice(&content).map_err(|_| {
            Refusal::new(
                RefusalKind::Unreadable,
                "the request is no label and no list of labels",
            )
            .with_hint("send {\"id\": …, \"label\": …}, or a list of them")
        })?;
        let labels = match given {
            Given::One(label) => vec![label],
            Given::Several(labels) => labels,
        };
        state
            .lab
            .add_labels(&labels, client.as_deref())
            .map_err(|error| {
                let kind = match error.code() {
                    assay_core::Code::Invalid => RefusalKind::Unreadable,
                    _ => RefusalKind::Failed,
                };
                let mut refused = Refusal::new(kind, error.cause.to_string());
                refused.hint = error.hint();
                refused
            })?;
        Ok(labels.len())
    });
    match taken.await {
        Ok(Ok(n_labels)) => document(&caller, &json!({ "n_labels": n_labels })),
        Ok(Err(refused)) => refusal(&caller, &refused),
        Err(error) => refusal(
            &caller,
            &Refusal::new(
                RefusalKind::Failed,
                format!("Assay made a mistake: {error}"),
            ),
        ),
    }
}

/// `GET /metrics`
pub async fn metrics(state: State, headers: HeaderMap) -> Response {
    let caller = Caller::of(&state, &headers);
    if let Err(refused) = who(&state, &headers, Wish::Measure) {
        return refusal(&caller, &refused);
    }
    let text = spawn_blocking(move || {
        // A lab that is busy for a moment shows its breakers the next time.
        let served = state.lab.served_models().unwrap_or_default();
        state.meters.text(&served)
    });
    match text.await {
        Ok(Ok(text)) => ([(axum::http::header::CONTENT_TYPE, meters::MEDIA)], text).into_response(),
        Ok(Err(_)) | Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
