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
    let fields = Fields::read(query.as_deref(), b"")?;
    let path = fields.required("path")?.to_owned();
    check_path(&path)?;
    download(shared, headers, path, move |context, path| {
        Files::of_run(context, &runs::find(context, &fields)?, path)
    })
    .await
}

/// `?artifact_file_path=…`
async fn of_logged_model(
    State(shared): State<Arc<Shared>>,
    Path(model_id): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let fields = Fields::read(query.as_deref(), b"")?;
    let path = fields.required("artifact_file_path")?.to_owned();
    check_path(&path)?;
    download(shared, headers, path, move |context, path| {
        Files::of_logged_model(context, &LoggedModelId(model_id), path)
    })
    .await
}

/// `?name=…&version=…&path=…`
async fn of_version(
    State(shared): State<Arc<Shared>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let fields = Fields::read(query.as_deref(), b"")?;
    let path = fields.required("path")?.to_owned();
    check_path(&path)?;
    download(shared, headers, path, move |context, path| {
        Files::of_version(context, &registry_versions::find(context, &fields)?, path)
    })
    .await
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
    let kept = move || {
        let lab = lab(&shared)?;
        let context = Context {
            lab: &lab,
            artifact_root: &shared.artifact_root,
        };
        let run = runs::find_active(&context, &fields)?;
        Files::of_run(&context, &run, &path)?.put(&context, &data)
    };
    blocking(kept).await?;
    Ok(StatusCode::OK.into_response())
}

/// `files` finds the place of the file with that path.
async fn download(
    shared: Arc<Shared>,
    headers: HeaderMap,
    path: String,
    files: impl FnOnce(&Context<'_>, &str) -> Result<Files, Refusal> + Send + 'static,
) -> Result<Response, Refusal> {
    let name = name_of(&path);
    let found = move || {
        let lab = lab(&shared)?;
        let context = Context {
            lab: &lab,
            artifact_root: &shared.artifact_root,
        };
        files(&context, &path)?.find(&context)
    };
    let range = headers
        .get(header::RANGE)
        .and_then(|range| range.to_str().ok())
        .map(str::to_owned);
    send(blocking(found).await?, &name, range).await
}
