//! `/models` and `/models/{name}`: what is served and what it takes.

use std::collections::HashMap;
use std::sync::Arc;

use assay_api::serving::Description;
use assay_core::serving::{Refusal, RefusalKind};
use axum::extract::{Path, Query};
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::{Value, json};
use tokio::task::spawn_blocking;

use super::answer::{document, refusal};
use super::request::{Caller, State, reference};
use super::who::{Wish, who};
use crate::Shared;

pub async fn list(state: State, headers: HeaderMap) -> Response {
    let caller = Caller::of(&state, &headers);
    if let Err(refused) = who(&state, &headers, Wish::Look) {
        return refusal(&caller, &refused);
    }
    let served = blocking(&state, |shared| {
        shared.lab.served_models().map_err(|error| {
            let mut refused = Refusal::new(RefusalKind::Failed, error.to_string());
            refused.hint = error.hint();
            refused
        })
    });
    match served.await {
        Ok(models) => document(&caller, &json!({ "models": models })),
        Err(refused) => refusal(&caller, &refused),
    }
}

pub async fn show(
    state: State,
    Path(name): Path<String>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    let caller = Caller::of(&state, &headers);
    match described(&state, &headers, &name, query.get("version")).await {
        Ok(found) => document(&caller, &form(&found)),
        Err(refused) => refusal(&caller, &refused),
    }
}

/// # Errors
/// As for a request to the model.
pub async fn described(
    state: &State,
    headers: &HeaderMap,
    name: &str,
    version: Option<&String>,
) -> Result<Description, Refusal> {
    who(state, headers, Wish::Look)?;
    let model = reference(name, version.map(String::as_str))?;
    blocking(state, move |shared| shared.lab.describe_served(&model)).await
}

/// Off the threads that answer requests.
pub async fn blocking<T: Send + 'static>(
    state: &State,
    work: impl FnOnce(&Shared) -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Refusal> {
    let shared = Arc::clone(&state.0);
    match spawn_blocking(move || work(&shared)).await {
        Ok(done) => done,
        Err(error) => Err(Refusal::new(
            RefusalKind::Failed,
            format!("Assay made a mistake: {error}"),
        )),
    }
}

fn form(found: &Description) -> Value {
    json!({
        "model": found.version.model,
        "version": found.version.version,
        "chosen": found.chosen,
        "stage": found.version.stage,
        "aliases": found.version.aliases,
        "run_id": found.version.run_id,
        "created_ms": found.version.created_ms,
        "signature": found.signature,
        "classes": &found.classes[..],
        "card": found.card,
    })
}
