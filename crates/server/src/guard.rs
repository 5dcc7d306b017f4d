//! Who may ask: requests that name this server, come from its own pages, and hold the token.

use std::sync::Arc;

use assay_core::code::{Code, Failure};
use axum::Json;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::Shared;
use crate::mlflow::Refusal;

/// 256 random bits in hexadecimal.
pub fn new_token() -> std::io::Result<String> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).map_err(std::io::Error::other)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Refuses requests under another name (a rebound domain) or from another origin (a foreign page).
pub async fn require_own_name(
    State(shared): State<Arc<Shared>>,
    request: Request,
    next: Next,
) -> Response {
    let port = shared.address.port();
    let own = |authority: &str| {
        ["127.0.0.1", "localhost", "[::1]"]
            .iter()
            .any(|name| authority == format!("{name}:{port}"))
    };
    let headers = request.headers();
    let host = text(headers, header::HOST);
    if !host.is_some_and(own) {
        return refuse("this server answers to 127.0.0.1 and localhost only");
    }
    if let Some(origin) = headers.get(header::ORIGIN) {
        let authority = origin
            .to_str()
            .ok()
            .and_then(|origin| origin.strip_prefix("http://"));
        if !authority.is_some_and(own) {
            return refuse("the request comes from a page of another origin");
        }
    }
    next.run(request).await
}

/// Refuses requests without the bearer token.
pub async fn require_token(
    State(shared): State<Arc<Shared>>,
    request: Request,
    next: Next,
) -> Response {
    if holds_token(&shared, request.headers()) {
        return next.run(request).await;
    }
    let failure = Failure {
        code: Code::Invalid,
        attempted: "answer".to_owned(),
        wrong: "the request holds no valid token".to_owned(),
        hint: Some("open the address that `assay serve` printed, or reload this page".to_owned()),
    };
    (StatusCode::UNAUTHORIZED, Json(failure)).into_response()
}

/// Where the owner named a token, clients of the tracking API need it too; without one they are as free as programs
/// on this computer are anyhow, for they can read the lab's folder. Pages of other origins were refused before.
pub async fn require_token_of_owner(
    State(shared): State<Arc<Shared>>,
    request: Request,
    next: Next,
) -> Response {
    if shared.open_page || holds_token(&shared, request.headers()) {
        return next.run(request).await;
    }
    Refusal::unauthenticated(
        "the request holds no valid token; set MLFLOW_TRACKING_TOKEN to that of the server's --token-file",
    )
    .into_response()
}

/// Takes as long for a wrong token as for the right one.
pub fn equal(given: &str, token: &str) -> bool {
    given.len() == token.len()
        && given
            .bytes()
            .zip(token.bytes())
            .fold(0, |sum, (a, b)| sum | (a ^ b))
            == 0
}

pub fn holds_token(shared: &Shared, headers: &HeaderMap) -> bool {
    text(headers, header::AUTHORIZATION)
        .and_then(|value| value.strip_prefix("Bearer "))
        .is_some_and(|given| equal(given, &shared.token))
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn refuse(why: &str) -> Response {
    (StatusCode::FORBIDDEN, why.to_owned()).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_long_and_differ() {
        let (a, b) = (new_token().expect("random"), new_token().expect("random"));
        assert_eq!(a.len(), 64);
        assert_ne!(a, b);
        assert!(equal(&a, &a));
        assert!(!equal(&a, &b));
        assert!(!equal("", &a));
    }
}
