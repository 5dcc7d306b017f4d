//! `/v2/models/{name}[/versions/{version}]/infer`.

use std::collections::HashMap;
use std::io::Read;

use assay_api::serving::RowsGiven;
use assay_core::serving::{Protocol, Refusal, RefusalKind};
use axum::body::Body;
use axum::extract::Path;
use axum::http::{HeaderMap, header};
use axum::response::Response;

use super::HEADER_LENGTH;
use super::request::{Wanted, read};
use super::response::respond;
use crate::inference::MAX_BATCH_BYTES;
use crate::inference::answer::refusal;
use crate::inference::answered::answered;
use crate::inference::ask::asked;
use crate::inference::request::{Caller, State, body, reference};

const PROTOCOL: Protocol = Protocol::OpenInference;

pub async fn infer(
    state: State,
    Path(path): Path<HashMap<String, String>>,
    headers: HeaderMap,
    content: Body,
) -> Response {
    let mut caller = Caller::of(&state, &headers);
    let mut wanted = Wanted::default();
    let given = async {
        let name = path.get("name").map_or("", String::as_str);
        let model = reference(name, path.get("version").map(String::as_str))?;
        let length = header_length(&headers)?;
        let content = body(&headers, content, MAX_BATCH_BYTES).await?;
        let content = unpacked(&headers, content)?;
        let (form, columns) = read(&content, length)?;
        wanted = form;
        Ok((model, RowsGiven::Columns(columns)))
    };
    let outcome = match asked(&state, &mut caller, &headers, PROTOCOL, given).await {
        Ok(outcome) => outcome,
        Err(response) => return response,
    };
    let response = match &outcome.refusal {
        Some(refused) => refusal(&caller, refused),
        None => {
            // As the exported graph has it: classes that are whole numbers leave it as such.
            let has_integers = outcome
                .classes
                .iter()
                .all(|class| class.parse::<i64>().is_ok());
            respond(&caller, &wanted, &outcome, has_integers)
        }
    };
    answered(&state, *outcome);
    response
}

fn header_length(headers: &HeaderMap) -> Result<Option<usize>, Refusal> {
    let Some(value) = headers.get(HEADER_LENGTH) else {
        return Ok(None);
    };
    let length = value
        .to_str()
        .ok()
        .and_then(|text| text.trim().parse().ok());
    length.map(Some).ok_or_else(|| {
        Refusal::new(
            RefusalKind::Unreadable,
            "the header Inference-Header-Content-Length is no number of bytes",
        )
    })
}

/// Bodies that clients pack; no more comes out than a body may have.
fn unpacked(headers: &HeaderMap, content: Vec<u8>) -> Result<Vec<u8>, Refusal> {
    let packing = headers
        .get(header::CONTENT_ENCODING)
        .and_then(|value| value.to_str().ok())
        .unwrap_or("identity");
    let mut out = Vec::new();
    let limit = MAX_BATCH_BYTES as u64 + 1;
    let read = match packing {
        "identity" => return Ok(content),
        "gzip" => flate2::read::GzDecoder::new(content.as_slice())
            .take(limit)
            .read_to_end(&mut out),
        "deflate" => flate2::read::ZlibDecoder::new(content.as_slice())
            .take(limit)
            .read_to_end(&mut out),
        other => {
            return Err(Refusal::new(
                RefusalKind::UnknownForm,
                format!("a body packed with `{other}` is not taken"),
            )
            .with_hint("send it as it is, or with gzip or deflate"));
        }
    };
    match read {
        Ok(_) if out.len() > MAX_BATCH_BYTES => Err(Refusal::new(
            RefusalKind::TooLarge,
            format!("the request is larger than {MAX_BATCH_BYTES} bytes"),
        )),
        Ok(_) => Ok(out),
        Err(error) => Err(Refusal::new(
            RefusalKind::Unreadable,
            format!("the request cannot be unpacked: {error}"),
        )),
    }
}
