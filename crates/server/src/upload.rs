//! `POST /upload?name=…`: a file dropped on a browser becomes a file of this computer, to be imported by its path.

use std::path::Path;
use std::sync::Arc;

use assay_core::code::{Code, Failure};
use axum::Json;
use axum::body::Body;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt;
use serde::{Deserialize, Serialize};
use tokio::io::AsyncWriteExt;

use crate::{Shared, rpc};

/// The largest file that a browser may hand over; larger ones are imported by their path.
const MAX_UPLOAD_BYTES: u64 = 4 << 30;

#[derive(Deserialize)]
pub struct Named {
    name: String,
}

#[derive(Serialize)]
struct Received {
    path: String,
}

pub async fn receive(
    State(shared): State<Arc<Shared>>,
    Query(named): Query<Named>,
    body: Body,
) -> Response {
    match save(shared.uploads.path(), &named.name, body).await {
        Ok(path) => Json(Received { path }).into_response(),
        Err((code, wrong)) => rpc::failed(&Failure {
            code,
            attempted: format!("receive `{}`", named.name),
            wrong,
            hint: Some("import the file by its path with `assay data import`".to_owned()),
        }),
    }
}

async fn save(folder: &Path, name: &str, mut body: Body) -> Result<String, (Code, String)> {
    let failed = |error: std::io::Error| (Code::Io, error.to_string());
    // A folder of its own keeps the file's name, from which the data set gets its own.
    let folder = tempfile::Builder::new()
        .prefix("upload-")
        .tempdir_in(folder)
        .map_err(failed)?
        .keep();
    let path = folder.join(safe_name(name));
    let mut file = tokio::fs::File::create(&path).await.map_err(failed)?;
    let mut size_bytes = 0_u64;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| (Code::Io, error.to_string()))?;
        let Some(data) = frame.data_ref() else {
            continue;
        };
        size_bytes += data.len() as u64;
        if size_bytes > MAX_UPLOAD_BYTES {
            return Err((Code::Unsupported, "it is larger than 4 GB".to_owned()));
        }
        file.write_all(data).await.map_err(failed)?;
    }
    file.flush().await.map_err(failed)?;
    Ok(path.display().to_string())
}

/// Invariant: never a path. Only the last part, without what a file system could take amiss.
fn safe_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let cleaned: String = last
        .chars()
        .take(120)
        .map(|c| {
            if c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | ' ') {
                c
            } else {
                '-'
            }
        })
        .collect();
    let cleaned = cleaned.trim_start_matches(['.', ' ']);
    if cleaned.is_empty() {
        "upload".to_owned()
    } else {
        cleaned.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_never_leaves_its_folder() {
        for (given, safe) in [
            ("penguins.csv", "penguins.csv"),
            ("../../etc/passwd", "passwd"),
            ("..\\..\\boot.ini", "boot.ini"),
            ("..", "upload"),
            ("", "upload"),
            ("a\0b.csv", "a-b.csv"),
        ] {
            assert_eq!(safe_name(given), safe, "{given:?}");
        }
    }
}
