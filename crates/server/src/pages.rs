//! The pages: the built web front end, from the executable (from its folder in a development build).

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::{Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Redirect, Response};
use rust_embed::RustEmbed;

use crate::Shared;
use crate::{guard, mlflow};

#[derive(RustEmbed)]
#[folder = "../../ui/dist"]
#[allow_missing = true]
struct Built;

const POLICY: &str = "default-src 'self'; connect-src 'self'; img-src 'self' data: blob:; \
    style-src 'self' 'unsafe-inline'; script-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
const TOKEN_PLACE: &str = "<meta name=\"assay-token\" content=\"\"";

pub async fn page(
    State(shared): State<Arc<Shared>>,
    Query(query): Query<HashMap<String, String>>,
    method: Method,
    uri: Uri,
) -> Response {
    match uri.path() {
        "/" | "/index.html" => index(&shared, query.get("token").map(String::as_str)),
        path if path.contains("//") => merged(&uri).into_response(),
        path if mlflow::is_call(path) => {
            mlflow::Refusal::no_call(StatusCode::NOT_FOUND, &method, path).into_response()
        }
        path => match Built::get(path.trim_start_matches('/')) {
            Some(file) => respond(file.metadata.mimetype(), file.data.into_owned()),
            None => (StatusCode::NOT_FOUND, "there is no such page").into_response(),
        },
    }
}

/// An address that was put together with a slash too many means the one without.
///
/// Invariant: what it leads to begins with one slash, so it is here.
fn merged(uri: &Uri) -> Redirect {
    let mut path = String::with_capacity(uri.path().len());
    for part in uri.path().split('/').filter(|part| !part.is_empty()) {
        path.push('/');
        path.push_str(part);
    }
    if path.is_empty() {
        path.push('/');
    }
    if let Some(query) = uri.query() {
        path.push('?');
        path.push_str(query);
    }
    Redirect::permanent(&path)
}

fn index(shared: &Shared, given: Option<&str>) -> Response {
    if !shared.open_page && !given.is_some_and(|given| guard::equal(given, &shared.token)) {
        return (
            StatusCode::UNAUTHORIZED,
            "open the address that `assay serve` printed, with its token",
        )
            .into_response();
    }
    let Some(file) = Built::get("index.html") else {
        return (
            StatusCode::NOT_FOUND,
            "the pages are not built; run `npm run build` in ui/",
        )
            .into_response();
    };
    let html = String::from_utf8_lossy(&file.data);
    // The token is hexadecimal or was checked to hold no quotes when it was read, so it needs no escaping.
    let html = html.replace(
        TOKEN_PLACE,
        &format!("<meta name=\"assay-token\" content=\"{}\"", shared.token),
    );
    respond("text/html; charset=utf-8", html.into_bytes())
}

fn respond(kind: &str, bytes: Vec<u8>) -> Response {
    (
        [
            (header::CONTENT_TYPE, kind),
            (header::CONTENT_SECURITY_POLICY, POLICY),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (header::REFERRER_POLICY, "no-referrer"),
            (header::CACHE_CONTROL, "no-cache"),
        ],
        bytes,
    )
        .into_response()
}
