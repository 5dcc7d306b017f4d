//! Who may ask: requests that name this server, come from its own pages, and hold the token.

use std::sync::Arc;

use assay_api::Denied;
use assay_core::access::Role;
use assay_core::code::{Code, Failure};
use axum::Json;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::Shared;
use crate::mlflow::{self, Refusal};

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

/// Refuses commands and uploads without the page's token or that of a client who may.
pub async fn require_token(
    State(shared): State<Arc<Shared>>,
    request: Request,
    next: Next,
) -> Response {
    let needs = match request.uri().path().strip_prefix("/rpc/") {
        Some(command) => assay_api::role_of(command),
        None => Role::Write,
    };
    // Without a token there is no command: a page of another program on this computer holds none.
    let secret = bearer(request.headers());
    let turned = match admit(&shared, request.headers(), needs) {
        Ok(client)
            if secret.is_some()
                && (client.is_some() || holds_token(&shared, request.headers())) =>
        {
            return next.run(request).await;
        }
        Ok(_) => Turned::Away(Denied::NoToken),
        Err(turned) => turned,
    };
    let (status, code) = match turned {
        Turned::Away(Denied::NoToken) => (StatusCode::UNAUTHORIZED, Code::Invalid),
        Turned::Away(Denied::Role { .. }) => (StatusCode::FORBIDDEN, Code::Precondition),
        Turned::Away(Denied::TooMany { .. }) => (StatusCode::TOO_MANY_REQUESTS, Code::Precondition),
        Turned::Failed(ref failure) => (StatusCode::INTERNAL_SERVER_ERROR, failure.code),
    };
    let failure = Failure {
        code,
        attempted: "answer".to_owned(),
        wrong: turned.wrong(),
        hint: Some("open the address that `assay serve` printed, or reload this page".to_owned()),
    };
    (status, Json(failure)).into_response()
}

/// Where the owner named a token or made tokens for clients, clients of the tracking API need one, too.
pub async fn require_token_of_owner(
    State(shared): State<Arc<Shared>>,
    request: Request,
    next: Next,
) -> Response {
    let needs = if mlflow::only_reads(request.method(), request.uri().path()) {
        Role::Read
    } else {
        Role::Write
    };
    match admit(&shared, request.headers(), needs) {
        Ok(_) => next.run(request).await,
        Err(Turned::Away(Denied::NoToken)) => Refusal::unauthenticated(
            "the request holds no valid token; set MLFLOW_TRACKING_TOKEN to that of the server's --token-file, \
             or to one of `assay token new`",
        )
        .into_response(),
        Err(Turned::Failed(failure)) => Refusal::internal(failure.to_string()).into_response(),
        Err(turned) => Refusal::forbidden(turned.wrong()).into_response(),
    }
}

/// Why a request goes no further.
pub enum Turned {
    Away(Denied),
    Failed(Failure),
}

impl Turned {
    pub fn wrong(&self) -> String {
        match self {
            Self::Away(Denied::NoToken) => "the request holds no valid token".to_owned(),
            Self::Away(Denied::Role { has, needs }) => {
                format!("the request's token may {has}, and this needs one that may {needs}")
            }
            Self::Away(Denied::TooMany { retry_after }) => format!(
                "the client sends more requests than it may; the next one is taken in {:.2} s",
                retry_after.as_secs_f64()
            ),
            Self::Failed(failure) => failure.to_string(),
        }
    }
}

/// The name of the client who asks; `None` for the page, for the owner, and where nobody needs a token: programs on this
/// computer are as free as they are anyhow, for they can read the lab's folder. Pages of other origins were refused
/// before.
pub fn admit(shared: &Shared, headers: &HeaderMap, needs: Role) -> Result<Option<String>, Turned> {
    if holds_token(shared, headers) {
        return Ok(None);
    }
    let asked = shared.access.ask(&shared.lab, bearer(headers), needs);
    match asked.map_err(|error| Turned::Failed(error.failure()))? {
        Ok(None) if !shared.open_page => Err(Turned::Away(Denied::NoToken)),
        Ok(client) => Ok(client),
        Err(denied) => Err(Turned::Away(denied)),
    }
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
    bearer(headers).is_some_and(|given| equal(given, &shared.token))
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    text(headers, header::AUTHORIZATION)?.strip_prefix("Bearer ")
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
