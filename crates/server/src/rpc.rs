//! `POST /rpc/{command}`: the same commands as in the desktop window.

use std::sync::Arc;

use assay_api::Reply;
use assay_core::code::{Code, Failure};
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::Shared;

pub async fn call(
    State(shared): State<Arc<Shared>>,
    Path(command): Path<String>,
    body: Bytes,
) -> Response {
    let request = if body.is_empty() {
        b"{}".as_slice()
    } else {
        body.as_ref()
    };
    let request = match serde_json::from_slice(request) {
        Ok(request) => request,
        Err(error) => {
            return failed(&Failure {
                code: Code::Invalid,
                attempted: command,
                wrong: format!("the request is not JSON: {error}"),
                hint: None,
            });
        }
    };
    let name = command.clone();
    match tokio::task::spawn_blocking(move || shared.desk.dispatch(&command, request)).await {
        Ok(Ok(Reply::Json(text))) => {
            ([(header::CONTENT_TYPE, "application/json")], text).into_response()
        }
        Ok(Ok(Reply::Bytes(bytes))) => {
            ([(header::CONTENT_TYPE, "application/octet-stream")], bytes).into_response()
        }
        Ok(Err(failure)) => failed(&failure),
        Err(error) => failed(&Failure {
            code: Code::Bug,
            attempted: name,
            wrong: error.to_string(),
            hint: None,
        }),
    }
}

pub fn failed(failure: &Failure) -> Response {
    let status = StatusCode::from_u16(failure.code.http_status())
        .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, Json(failure)).into_response()
}
