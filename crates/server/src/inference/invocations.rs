//! MLflow's scoring server: `/ping` and `/invocations`, for the one model that this server answers for.

use assay_api::serving::{JsonForm, RowsGiven};
use assay_core::serving::{Protocol, Refusal, RefusalKind};
use axum::body::Body;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::MAX_BATCH_BYTES;
use super::answer::{Columns, document, refusal};
use super::answered::answered;
use super::ask::asked;
use super::describe::blocking;
use super::request::{Caller, State, body, content_type};

const PROTOCOL: Protocol = Protocol::Invocations;

/// As MLflow's server answers.
#[derive(Serialize)]
struct Predictions<'a> {
    predictions: Columns<'a>,
}

/// Whether the model can be asked: 200 or 404, as MLflow has it.
pub async fn ping(state: State) -> Response {
    match state.default_model {
        Some(_) => "\n".into_response(),
        None => match blocking(&state, |shared| shared.lab.only_served()).await {
            Ok(_) => "\n".into_response(),
            Err(refused) => (StatusCode::NOT_FOUND, refused.wrong).into_response(),
        },
    }
}

pub async fn invoke(state: State, headers: HeaderMap, content: Body) -> Response {
    let mut caller = Caller::of(&state, &headers);
    let given = async {
        let named = state.default_model.clone();
        let model = match named.or_else(|| state.lab.only_remembered()) {
            Some(model) => model,
            None => blocking(&state, |shared| shared.lab.only_served()).await?,
        };
        let media = content_type(&headers);
        let content = body(&headers, content, MAX_BATCH_BYTES).await?;
        let rows = match media.as_deref() {
            Some("text/csv") => RowsGiven::Csv(content),
            Some("application/json") | None => RowsGiven::Json(JsonForm::Invocations, content),
            Some(other) => {
                return Err(Refusal::new(
                    RefusalKind::UnknownForm,
                    format!("`{other}` is none of the forms that are taken"),
                )
                .with_hint("send application/json or text/csv"));
            }
        };
        Ok((model, rows))
    };
    let outcome = match asked(&state, &mut caller, &headers, PROTOCOL, given).await {
        Ok(outcome) => outcome,
        Err(response) => return response,
    };
    let response = match &outcome.refusal {
        Some(refused) => refusal(&caller, refused),
        None => document(
            &caller,
            &Predictions {
                predictions: Columns {
                    answered: &outcome,
                    names_classes: false,
                },
            },
        ),
    };
    answered(&state, *outcome);
    response
}
