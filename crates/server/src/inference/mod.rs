//! Models asked over HTTP: Assay's own routes, the Open Inference Protocol (KServe V2), MLflow's `/invocations`, and the
//! OpenAPI document of them all.
//!
//! Bytes and routes are here; what a request means and whether it fits is the lab's. Pages of other origins were
//! refused before.

mod answer;
mod answered;
mod ask;
mod describe;
mod feedback;
mod invocations;
mod kserve;
mod meters;
mod models;
mod openapi;
mod request;
mod who;

use std::sync::Arc;

pub use self::meters::Meters;
pub use self::request::RequestIds;
use axum::Router;
use axum::routing::{get, post};

use crate::Shared;

/// The largest body of one record.
const MAX_RECORD_BYTES: usize = 1 << 20;
/// The largest body of many rows.
const MAX_BATCH_BYTES: usize = 256 << 20;

pub fn router() -> Router<Arc<Shared>> {
    Router::new()
        .route("/health", get(async || "OK"))
        .route("/health/ready", get(models::ready))
        .route("/models", get(describe::list))
        .route("/models/{name}", get(describe::show))
        .route("/models/{name}/openapi.json", get(openapi::of_model))
        .route("/openapi.json", get(openapi::of_all))
        .route("/models/{name}/predict", post(models::predict))
        .route("/models/{name}/predict/batch", post(models::predict_batch))
        .route("/labels", post(feedback::labels))
        .route("/metrics", get(feedback::metrics))
        .route("/ping", get(invocations::ping))
        .route("/invocations", post(invocations::invoke))
        .merge(kserve::router())
}
