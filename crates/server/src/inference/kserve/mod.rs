//! The Open Inference Protocol, which KServe calls V2 and Triton's clients speak, with its binary tensors.

mod infer;
mod metadata;
mod request;
mod response;
mod tensor;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

use crate::Shared;

/// What the server says of itself.
const EXTENSIONS: [&str; 1] = ["binary_tensor_data"];
/// How many bytes of a body are JSON; tensors follow.
const HEADER_LENGTH: &str = "inference-header-content-length";

pub fn router() -> Router<Arc<Shared>> {
    let mut router = Router::new()
        .route("/v2", get(metadata::server))
        .route("/v2/health/live", get(async || ""))
        .route("/v2/health/ready", get(super::models::ready));
    for root in ["/v2/models/{name}", "/v2/models/{name}/versions/{version}"] {
        router = router
            .route(root, get(metadata::model))
            .route(&format!("{root}/ready"), get(metadata::model_ready))
            .route(&format!("{root}/infer"), post(infer::infer));
    }
    router
}
