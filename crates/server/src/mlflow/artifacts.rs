//! `artifacts/list`, and the artifact proxy `mlflow-artifacts/artifacts/…`: files streamed in and out.
//!
//! Invariant: a path never leaves its run or model. It is a name in the lab's database; the bytes lie under their hash.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use assay_api::Lab;
use assay_core::tracking::ArtifactFile;
use axum::Json;
use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, RawQuery, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use futures_util::stream;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use tokio::sync::mpsc;

use super::answer::put_list;
use super::fields::Fields;
use super::files::{Files, no_artifact};
use super::place::{Place, check_path};
use super::{Context, Refusal, logged_models, runs};
use crate::Shared;

/// Chunks of an upload that wait for the disk.
const WAITING_CHUNKS: usize = 8;
const CHUNK_BYTES: usize = 64 << 10;

pub fn router() -> Router<Arc<Shared>> {
    let mut router = Router::new();
    for root in [
        "/api/2.0/mlflow-artifacts",
        "/ajax-api/2.0/mlflow-artifacts",
    ] {
        router = router
            .route(&format!("{root}/artifacts"), get(list_proxy))
            .route(&format!("{root}/artifacts/{{*path}}"), any(proxy));
    }
    router.layer(DefaultBodyLimit::disable())
}

/// `artifacts/list?run_id=…&path=…`
pub fn list(context: &Context<'_>, fields: &Fields) -> Result<Value, Refusal> {
    let path = fields.text("path")?.unwrap_or_default();
    check_path(path)?;
    let run = runs::find(context, fields)?;
    let files = Files::of_run(context, &run, path)?.list(context)?;
    let location = logged_models::location(context, run.experiment_id)?;
    let mut answer = json!({ "root_uri": format!("{location}/{}/artifacts", run.run_id) });
    put_list(&mut answer, "files", files);
    Ok(answer)
}

/// `?path=EXPERIMENT/RUN/artifacts/…`
async fn list_proxy(
    State(shared): State<Arc<Shared>>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let listed = move || -> Result<Value, Refusal> {
        let fields = Fields::read(query.as_deref(), b"")?;
        let path = fields.text("path")?.unwrap_or_default().to_owned();
        let place = Place::of(&path)?;
        let files = lab(&shared)?
            .files_of(&place.owner)
            .map_err(|error| no_artifact(error.failure(), &path))?;
        let mut answer = json!({});
        // Relative to what was asked for.
        put_list(&mut answer, "files", entries(&files, &place.path, ""));
        Ok(answer)
    };
    Ok(Json(blocking(listed).await?).into_response())
}

async fn proxy(State(shared): State<Arc<Shared>>, request: Request) -> Result<Response, Refusal> {
    let place = Place::in_uri(request.uri())?;
    match request.method().as_str() {
        "GET" | "HEAD" => {
            let range = request
                .headers()
                .get(header::RANGE)
                .and_then(|range| range.to_str().ok())
                .map(str::to_owned);
            download(shared, place, range).await
        }
        "PUT" => upload(shared, place, request.into_body()).await,
        "DELETE" => {
            let deleted = move || {
                lab(&shared)?
                    .delete_files(&place.owner, &place.path)
                    .map_err(|error| no_artifact(error.failure(), &place.path))
            };
            blocking(deleted).await?;
            Ok(Json(json!({})).into_response())
        }
        _ => Ok(StatusCode::METHOD_NOT_ALLOWED.into_response()),
    }
}

async fn upload(shared: Arc<Shared>, place: Place, mut body: Body) -> Result<Response, Refusal> {
    let (sender, mut receiver) = mpsc::channel::<io::Result<_>>(WAITING_CHUNKS);
    let kept = tokio::task::spawn_blocking(move || {
        let chunks = std::iter::from_fn(|| receiver.blocking_recv());
        lab(&shared)?
            .put_file(&place.owner, &place.path, chunks)
            .map_err(|error| no_artifact(error.failure(), &place.path))
    });
    while let Some(frame) = body.frame().await {
        let chunk = match frame.map(|frame| frame.into_data()) {
            Ok(Ok(data)) => Ok(data),
            Ok(Err(_)) => continue,
            Err(error) => Err(io::Error::other(error)),
        };
        // Who receives stops early only to refuse; its answer says why.
        if sender.send(chunk).await.is_err() {
            break;
        }
    }
    drop(sender);
    kept.await
        .map_err(|error| Refusal::internal(error.to_string()))??;
    Ok(StatusCode::OK.into_response())
}

async fn download(
    shared: Arc<Shared>,
    place: Place,
    range: Option<String>,
) -> Result<Response, Refusal> {
    let name = name_of(&place.path);
    let found = move || {
        lab(&shared)?
            .file_of(&place.owner, &place.path)
            .map_err(|error| no_artifact(error.failure(), &place.path))
    };
    send(blocking(found).await?, &name, range).await
}

/// The last part of a path.
pub fn name_of(path: &str) -> String {
    path.rsplit('/').next().unwrap_or_default().to_owned()
}

/// A file's bytes as they are read; `range` is the header of that name.
pub async fn send(path: PathBuf, name: &str, range: Option<String>) -> Result<Response, Refusal> {
    let io = |error: io::Error| Refusal::internal(error.to_string());
    let mut file = tokio::fs::File::open(path).await.map_err(io)?;
    let size = file.metadata().await.map_err(io)?.len();
    let part = range.as_deref().and_then(|range| part_of(range, size));
    let (first, n) = part.unwrap_or((0, size));
    if first > 0 {
        file.seek(io::SeekFrom::Start(first)).await.map_err(io)?;
    }
    let chunks = stream::try_unfold((file, n), async |(mut file, left)| {
        let mut chunk = vec![0; CHUNK_BYTES.min(usize::try_from(left).unwrap_or(CHUNK_BYTES))];
        let n_read = file.read(&mut chunk).await?;
        chunk.truncate(n_read);
        Ok::<_, io::Error>((n_read > 0).then(|| (chunk, (file, left - n_read as u64))))
    });
    let mut response = Response::builder()
        .header(header::CONTENT_TYPE, content_type(name))
        .header(header::CONTENT_DISPOSITION, disposition(name))
        .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
        .header(header::ACCEPT_RANGES, "bytes")
        .header(header::CONTENT_LENGTH, n);
    if part.is_some() {
        let last = (first + n).saturating_sub(1);
        response = response.status(StatusCode::PARTIAL_CONTENT).header(
            header::CONTENT_RANGE,
            format!("bytes {first}-{last}/{size}"),
        );
    }
    response
        .body(Body::from_stream(chunks))
        .map_err(|error| Refusal::internal(error.to_string()))
}

pub async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Refusal> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| Refusal::internal(error.to_string()))?
}

pub fn lab(shared: &Shared) -> Result<Arc<Lab>, Refusal> {
    shared.desk.lab().map_err(Refusal::from)
}

/// What stands in a folder, by name; `shown` stands before each name in the answer.
pub fn entries(files: &[ArtifactFile], folder: &str, shown: &str) -> Vec<Value> {
    let folder = folder.trim_end_matches('/');
    let mut found: BTreeMap<&str, Option<u64>> = BTreeMap::new();
    for file in files {
        let inside = match folder {
            "" => Some(file.path.as_str()),
            _ => file
                .path
                .strip_prefix(folder)
                .and_then(|rest| rest.strip_prefix('/')),
        };
        match inside.map(|inside| inside.split_once('/').ok_or(inside)) {
            Some(Ok((name, _))) => {
                found.insert(name, None);
            }
            Some(Err(name)) => {
                found.insert(name, Some(file.size_bytes));
            }
            None => {}
        }
    }
    let shown = shown.trim_end_matches('/');
    found
        .into_iter()
        .map(|(name, size_bytes)| {
            let path = if shown.is_empty() {
                name.to_owned()
            } else {
                format!("{shown}/{name}")
            };
            match size_bytes {
                Some(size_bytes) => {
                    json!({ "path": path, "is_dir": false, "file_size": size_bytes })
                }
                None => json!({ "path": path, "is_dir": true }),
            }
        })
        .collect()
}

/// The first byte and the number of bytes of `bytes=a-b`; `None` for what is no single range of this file.
fn part_of(range: &str, size: u64) -> Option<(u64, u64)> {
    let (first, last) = range.strip_prefix("bytes=")?.split_once('-')?;
    let (first, end) = match (first.parse::<u64>(), last.parse::<u64>()) {
        (Ok(first), Ok(last)) => (first, last.checked_add(1)?.min(size)),
        (Ok(first), Err(_)) if last.is_empty() => (first, size),
        (Err(_), Ok(n)) => (size.saturating_sub(n), size),
        _ => return None,
    };
    (first < end).then(|| (first, end - first))
}

/// Nothing that a browser would run.
fn content_type(name: &str) -> &'static str {
    let ending = name.rsplit('.').next().unwrap_or_default();
    match ending {
        "txt" | "log" | "md" | "csv" | "json" | "yaml" | "yml" | "py" | "toml" | "MLmodel" => {
            "text/plain; charset=utf-8"
        }
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        _ => "application/octet-stream",
    }
}

fn disposition(name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|c| {
            if c.is_ascii_graphic() && c != '"' && c != '\\' || c == ' ' {
                c
            } else {
                '_'
            }
        })
        .collect();
    let escaped: String = name
        .bytes()
        .map(|byte| {
            if byte.is_ascii_alphanumeric() || b"-_.".contains(&byte) {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect();
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{escaped}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_lists_files_and_folders() {
        let file = |path: &str, size_bytes| ArtifactFile {
            path: path.to_owned(),
            size_bytes,
        };
        let files = [
            file("a.txt", 5),
            file("d/b.txt", 1),
            file("d/e/c.txt", 2),
            file("dd/x", 3),
        ];
        let paths = |folder: &str, shown: &str| -> Vec<String> {
            entries(&files, folder, shown)
                .iter()
                .map(|entry| format!("{} {}", entry["path"].as_str().unwrap(), entry["is_dir"]))
                .collect()
        };
        assert_eq!(paths("", ""), ["a.txt false", "d true", "dd true"]);
        assert_eq!(paths("d", "d"), ["d/b.txt false", "d/e true"]);
        assert_eq!(paths("d/", ""), ["b.txt false", "e true"]);
        assert!(paths("absent", "").is_empty());
    }

    #[test]
    fn ranges_lie_in_the_file() {
        for (range, part) in [
            ("bytes=0-9", Some((0, 10))),
            ("bytes=90-", Some((90, 10))),
            ("bytes=-5", Some((95, 5))),
            ("bytes=95-200", Some((95, 5))),
            ("bytes=100-", None),
            ("bytes=5-2", None),
            ("lines=1-2", None),
            ("bytes=a-b", None),
        ] {
            assert_eq!(part_of(range, 100), part, "{range}");
        }
    }
}
