//! What every request to a model has beside its rows: its id, its trace, its body within bounds, the model it names.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use assay_core::reference::{Reference, Selector};
use assay_core::serving::{Refusal, RefusalKind};
use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};

use super::who::{Wish, who};
use crate::Shared;

pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
pub const TRACE_PARENT: HeaderName = HeaderName::from_static("traceparent");

/// How long a body may take to come.
const MAX_BODY_SECS: Duration = Duration::from_secs(60);
const MAX_ID_BYTES: usize = 128;

/// Who asks, and what is said of the request in its answer.
#[derive(Debug, Clone)]
pub struct Caller {
    pub request_id: String,
    pub trace_parent: Option<String>,
    pub client: Option<String>,
}

/// Numbers requests that name no id of their own.
pub struct RequestIds {
    prefix: u32,
    n_given: AtomicU64,
}

impl RequestIds {
    pub fn new() -> std::io::Result<Self> {
        Ok(Self {
            prefix: getrandom::u32().map_err(std::io::Error::other)?,
            n_given: AtomicU64::new(0),
        })
    }

    fn next(&self) -> String {
        let number = self.n_given.fetch_add(1, Ordering::Relaxed);
        format!("{:08x}-{number:08x}", self.prefix)
    }
}

impl Caller {
    /// An id that is no plain text, or longer than 128 bytes, is replaced by one of ours.
    pub fn of(shared: &Shared, headers: &HeaderMap) -> Self {
        let text = |name: HeaderName| {
            let value = headers.get(name)?.to_str().ok()?;
            let is_plain = !value.is_empty() && value.len() <= MAX_ID_BYTES;
            is_plain.then(|| value.to_owned())
        };
        Self {
            request_id: text(REQUEST_ID).unwrap_or_else(|| shared.request_ids.next()),
            trace_parent: text(TRACE_PARENT),
            client: None,
        }
    }

    /// # Errors
    /// Those of [`who`].
    pub fn admit(&mut self, shared: &Shared, headers: &HeaderMap) -> Result<(), Refusal> {
        self.client = who(shared, headers, Wish::Predict)?;
        Ok(())
    }

    /// Into the answer, so that both ends name it alike.
    pub fn mark(&self, headers: &mut HeaderMap) {
        let marks = [
            (REQUEST_ID, Some(&self.request_id)),
            (TRACE_PARENT, self.trace_parent.as_ref()),
        ];
        for (name, text) in marks {
            if let Some(value) = text.and_then(|text| HeaderValue::from_str(text).ok()) {
                headers.insert(name, value);
            }
        }
    }
}

/// # Errors
/// [`RefusalKind::TooLarge`], [`RefusalKind::Late`], and [`RefusalKind::Unreadable`] where it breaks off.
pub async fn body(headers: &HeaderMap, body: Body, max_bytes: usize) -> Result<Vec<u8>, Refusal> {
    let too_large = || {
        Refusal::new(
            RefusalKind::TooLarge,
            format!("the request is larger than {max_bytes} bytes"),
        )
        .with_hint("send it in parts")
    };
    let announced = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|n| n > max_bytes) {
        read_over(body).await;
        return Err(too_large());
    }
    let read = tokio::time::timeout(MAX_BODY_SECS, Limited::new(body, max_bytes).collect());
    match read.await {
        Ok(Ok(collected)) => Ok(Vec::from(collected.to_bytes())),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(too_large()),
        Ok(Err(error)) => Err(Refusal::new(
            RefusalKind::Unreadable,
            format!("the request broke off: {error}"),
        )),
        Err(_) => Err(Refusal::new(
            RefusalKind::Late,
            "the request did not come within a minute",
        )),
    }
}

/// Takes some of a body that is not wanted: a client that still writes would find its connection broken and never see
/// the answer.
async fn read_over(mut body: Body) {
    const MAX_BYTES: usize = 8 << 20;
    let mut n_bytes = 0;
    let reading = async {
        while let Some(Ok(frame)) = body.frame().await {
            n_bytes += frame.data_ref().map_or(0, |data| data.len());
            if n_bytes > MAX_BYTES {
                break;
            }
        }
    };
    // Not in time: then it is broken.
    let _ = tokio::time::timeout(Duration::from_millis(500), reading).await;
}

/// `birds`, `birds@3`, `birds@champion`; a version or an alias beside it (`?version=3`) counts when the name has none.
///
/// # Errors
/// [`RefusalKind::NotFound`] for what cannot be a name.
pub fn reference(name: &str, version: Option<&str>) -> Result<Reference, Refusal> {
    let no_name = |error: assay_core::ids::NameError| {
        Refusal::new(RefusalKind::NotFound, error.to_string())
            .with_hint("GET /models lists the models that are served")
    };
    let named: Reference = name.parse().map_err(no_name)?;
    match (&named.selector, version) {
        (Selector::Latest, Some(version)) => format!("{name}@{version}").parse().map_err(no_name),
        _ => Ok(named),
    }
}

/// The media type of the body, in lower case and without its parameters.
pub fn content_type(headers: &HeaderMap) -> Option<String> {
    let text = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    let media = text.split(';').next().unwrap_or_default().trim();
    (!media.is_empty()).then(|| media.to_ascii_lowercase())
}

/// Whether the caller wants Arrow back.
pub fn wants_arrow(headers: &HeaderMap) -> bool {
    headers
        .get_all(header::ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .any(|accepted| accepted.to_ascii_lowercase().contains(ARROW_STREAM))
}

pub const ARROW_STREAM: &str = "application/vnd.apache.arrow.stream";
pub const ARROW_FILE: &str = "application/vnd.apache.arrow.file";

/// What a handler of a request to a model sees.
pub type State = axum::extract::State<Arc<Shared>>;
