//! Single files by an address of their own, for pages and links: `/get-artifact`, `/model-versions/get-artifact`,
//! `logged-models/{model_id}/artifacts/files`, and `upload-artifact` for small ones.

use std::sync::Arc;

use assay_core::tracking::LoggedModelId;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, RawQuery, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};

use super::artifacts::{blocking, lab, name_of, send};
use super::fields::Fields;
use super::files::Files;
use super::place::check_path;
use super::{Context, Refusal, registry_versions, runs};
use crate::Shared;

/// Of a file that a page sends whole.
const MAX_SMALL_BYTES: usize = 10 << 20;

pub fn router() -> Router<Arc<Shared>> {
    let mut router = Router::new();
    for root in ["/api/2.0/mlflow", "/ajax-api/2.0/mlflow"] {
        router = router
            .route(
                &format!("{root}/logged-models/{{model_id}}/artifacts/files"),
                get(of_logged_model),
            )
            .route(&format!("{root}/upload-artifact"), post(upload));
    }
    router
        .route("/get-artifact", get(of_run))
        .route("/model-versions/get-artifact", get(of_version))
        .layer(DefaultBodyLimit::disable())
}

/// `?run_id=…&path=…`
async fn of_run(
    State(shared): State<Arc<Shared>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let find = |context: &Context<'_>, fields: &Fields, path: &str| {
        Files::of_run(context, &runs::find(context, fields)?, path)
    };
    download(shared, headers, query.as_deref(), "path", find).await
}

/// `?artifact_file_path=…`
async fn of_logged_model(
    State(shared): State<Arc<Shared>>,
    Path(model_id): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let find = move |context: &Context<'_>, _: &Fields, path: &str| {
        Files::of_logged_model(context, &LoggedModelId(model_id), path)
    };
    download(
        shared,
        headers,
        query.as_deref(),
        "artifact_file_path",
        find,
    )
    .await
}

/// `?name=…&version=…&path=…`
async fn of_version(
    State(shared): State<Arc<Shared>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let find = |context: &Context<'_>, fields: &Fields, path: &str| {
        Files::of_version(context, &registry_versions::find(context, fields)?, path)
    };
    download(shared, headers, query.as_deref(), "path", find).await
}

/// `?run_uuid=…&path=…`; the body is the file.
async fn upload(
    State(shared): State<Arc<Shared>>,
    RawQuery(query): RawQuery,
    request: Request,
) -> Result<Response, Refusal> {
    let fields = Fields::read(query.as_deref(), b"")?;
    for name in ["run_uuid", "path"] {
        if fields.text(name)?.is_none_or(str::is_empty) {
            return Err(Refusal::invalid(format!("Request must specify {name}.")));
        }
    }
    let path = fields.required("path")?.to_owned();
    check_path(&path)?;
    let data = axum::body::to_bytes(request.into_body(), MAX_SMALL_BYTES)
        .await
        .map_err(|_| Refusal::invalid("Artifact size is too large. Max size is 10MB."))?;
    if data.is_empty() {
        return Err(Refusal::invalid("Request must specify data."));
    }
    in_lab(shared, move |context| {
        let run = runs::find_active(context, &fields)?;
        Files::of_run(context, &run, &path)?.put(context, &data)
    })
    .await?;
    Ok(StatusCode::OK.into_response())
}

/// The file whose path stands in the field `named`; `find` says what it belongs to.
async fn download(
    shared: Arc<Shared>,
    headers: HeaderMap,
    query: Option<&str>,
    named: &str,
    find: impl FnOnce(&Context<'_>, &Fields, &str) -> Result<Files, Refusal> + Send + 'static,
) -> Result<Response, Refusal> {
    let fields = Fields::read(query, b"")?;
    let path = fields.required(named)?.to_owned();
    check_path(&path)?;
    let name = name_of(&path);
    let found = in_lab(shared, move |context| {
        find(context, &fields, &path)?.find(context)
    });
    let range = headers
        .get(header::RANGE)
        .and_then(|range| range.to_str().ok())
        .map(str::to_owned);
    send(found.await?, &name, range).await
}

/// Does `work` on a thread that may block.
async fn in_lab<T: Send + 'static>(
    shared: Arc<Shared>,
    work: impl FnOnce(&Context<'_>) -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Refusal> {
    blocking(move || {
        let lab = lab(&shared)?;
        work(&Context {
            lab: &lab,
            artifact_root: &shared.artifact_root,
        })
    })
    .await
}
