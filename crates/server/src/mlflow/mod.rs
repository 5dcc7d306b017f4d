//! MLflow's REST API, as its stock Python client calls it: what a client logs are the lab's own runs.
//!
//! Every call is a function of the lab and the request's fields; one table says which path has which. The guard
//! refuses foreign pages and foreign names as everywhere, and wants the owner's token when there is one.

mod answer;
mod artifacts;
mod assessments;
mod experiments;
mod fields;
mod file_links;
mod files;
mod filter;
mod hot;
mod logged_model_search;
mod logged_models;
mod metrics;
mod older_traces;
mod place;
mod refusal;
mod registry;
mod registry_search;
mod registry_source;
mod registry_versions;
mod run_log;
mod runs;
mod times;
mod trace_file;
mod traces;

use std::sync::Arc;

use assay_api::Lab;
use assay_core::tracking::ExperimentId;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, RawPathParams, RawQuery, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{Method, StatusCode, Uri};
use axum::middleware::map_response;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, MethodRouter, get, on};
use serde::Serialize;
use serde_json::{Value, json};

use self::fields::Fields;
pub use self::files::artifact_root;
pub use self::refusal::Refusal;
use crate::Shared;

/// The MLflow whose API this is.
pub const MLFLOW_VERSION: &str = "3.17.2";
/// A batch of 1,000 metrics with long names, and then some.
const MAX_REQUEST_BYTES: usize = 16 << 20;

/// What every call sees.
pub struct Context<'a> {
    pub lab: &'a Lab,
    /// Where clients find the artifacts of an experiment that names no other place.
    pub artifact_root: &'a str,
}

type Call = fn(&Context<'_>, &Fields) -> Result<Value, Refusal>;
type LongCall = fn(&Context<'_>, &Fields) -> Result<Answer, Refusal>;

/// JSON that is written already.
pub struct Answer(Vec<u8>);

const GET: MethodFilter = MethodFilter::GET;
const POST: MethodFilter = MethodFilter::POST;
const PATCH: MethodFilter = MethodFilter::PATCH;
const DELETE: MethodFilter = MethodFilter::DELETE;

/// Below `/api/2.0/mlflow/`, and below `/ajax-api/2.0/mlflow/` for pages.
const CALLS: &[(MethodFilter, &str, Call)] = &[
    (POST, "experiments/create", experiments::create),
    (GET, "experiments/get", experiments::get),
    (GET, "experiments/get-by-name", experiments::get_by_name),
    (POST, "experiments/update", experiments::update),
    (POST, "experiments/delete", experiments::delete),
    (POST, "experiments/restore", experiments::restore),
    (GET.or(POST), "experiments/search", experiments::search),
    (POST, "experiments/set-experiment-tag", experiments::set_tag),
    (
        POST,
        "experiments/delete-experiment-tag",
        experiments::delete_tag,
    ),
    (
        POST,
        "experiments/search-datasets",
        experiments::search_datasets,
    ),
    (POST, "runs/create", runs::create),
    (GET, "runs/get", runs::get),
    (POST, "runs/update", runs::update),
    (POST, "runs/delete", runs::delete),
    (POST, "runs/restore", runs::restore),
    (POST, "runs/log-metric", run_log::log_metric),
    (POST, "runs/log-parameter", run_log::log_parameter),
    (POST, "runs/log-batch", run_log::log_batch),
    (POST, "runs/log-model", run_log::log_model),
    (POST, "runs/log-inputs", run_log::log_inputs),
    (POST, "runs/outputs", logged_models::log_outputs),
    (POST, "runs/set-tag", run_log::set_tag),
    (POST, "runs/delete-tag", run_log::delete_tag),
    (GET, "metrics/get-history-bulk", metrics::history_bulk),
    (
        GET,
        "metrics/get-history-bulk-interval",
        metrics::history_bulk_interval,
    ),
    (POST, "logged-models", logged_models::create),
    (POST, "logged-models/search", logged_models::search),
    (GET, "logged-models/{model_id}", logged_models::get),
    (PATCH, "logged-models/{model_id}", logged_models::finish),
    (DELETE, "logged-models/{model_id}", logged_models::delete),
    (
        PATCH,
        "logged-models/{model_id}/tags",
        logged_models::set_tags,
    ),
    (
        DELETE,
        "logged-models/{model_id}/tags/{tag_key}",
        logged_models::delete_tag,
    ),
    (
        POST,
        "logged-models/{model_id}/params",
        logged_models::log_params,
    ),
    (
        GET,
        "logged-models/{model_id}/artifacts/directories",
        logged_models::list_files,
    ),
    (POST, "registered-models/create", registry::create),
    (GET, "registered-models/get", registry::get),
    (PATCH.or(POST), "registered-models/update", registry::update),
    (POST, "registered-models/rename", registry::rename),
    (DELETE, "registered-models/delete", registry::delete),
    (GET, "registered-models/search", registry_search::models),
    (
        GET.or(POST),
        "registered-models/get-latest-versions",
        registry::latest_versions,
    ),
    (POST, "registered-models/set-tag", registry::set_tag),
    (DELETE, "registered-models/delete-tag", registry::delete_tag),
    (GET, "registered-models/alias", registry::get_alias),
    (POST, "registered-models/alias", registry::set_alias),
    (DELETE, "registered-models/alias", registry::delete_alias),
    (POST, "model-versions/create", registry_versions::create),
    (GET, "model-versions/get", registry_versions::get),
    (
        PATCH.or(POST),
        "model-versions/update",
        registry_versions::update,
    ),
    (DELETE, "model-versions/delete", registry_versions::delete),
    (GET, "model-versions/search", registry_search::versions),
    (
        POST,
        "model-versions/transition-stage",
        registry_versions::transition,
    ),
    (
        GET,
        "model-versions/get-download-uri",
        registry_versions::download_uri,
    ),
    (POST, "model-versions/set-tag", registry_versions::set_tag),
    (
        DELETE,
        "model-versions/delete-tag",
        registry_versions::delete_tag,
    ),
    (GET, "artifacts/list", artifacts::list),
    (GET.or(POST), "users/current", |_, _| Ok(json!({}))),
    (GET, "server-info", server_info),
    (POST, "traces", older_traces::start),
    (GET, "traces", older_traces::search),
    (PATCH, "traces/{trace_id}", older_traces::end),
    (GET, "traces/{trace_id}/info", older_traces::get_info),
];

/// Beside [`CALLS`]: their answers are long, and written without a tree of values between.
const LONG_CALLS: &[(MethodFilter, &str, LongCall)] = &[
    (POST, "runs/search", runs::search),
    (GET, "metrics/get-history", metrics::history),
];

/// Below `/api/3.0/mlflow/`: there traces have another form than at the older place.
const TRACE_CALLS: &[(MethodFilter, &str, Call)] = &[
    (GET, "server-info", server_info),
    (POST, "traces", traces::start),
    (POST, "traces/search", traces::search),
    (GET, "traces/get", traces::get),
    (GET, "traces/batchGet", traces::batch_get),
    (
        GET.or(POST),
        "traces/batchGetInfos",
        traces::batch_get_infos,
    ),
    (
        POST,
        "traces/calculate-filter-correlation",
        traces::correlate,
    ),
    (GET, "traces/{trace_id}", traces::get_info),
    (POST, "traces/{trace_id}/assessments", assessments::create),
    (
        GET,
        "traces/{trace_id}/assessments/{assessment_id}",
        assessments::get,
    ),
    (
        PATCH,
        "traces/{trace_id}/assessments/{assessment_id}",
        assessments::update,
    ),
    (
        DELETE,
        "traces/{trace_id}/assessments/{assessment_id}",
        assessments::delete,
    ),
];

/// Below both, for clients ask for them here and there.
const TRACE_CHANGES: &[(MethodFilter, &str, Call)] = &[
    (POST, "traces/delete-traces", traces::delete),
    (POST, "traces/link-to-run", traces::link_to_run),
    (PATCH, "traces/{trace_id}/tags", traces::set_tag),
    (DELETE, "traces/{trace_id}/tags", traces::delete_tag),
];

pub fn router() -> Router<Arc<Shared>> {
    let mut router = Router::new();
    for root in ["/api/2.0/mlflow", "/ajax-api/2.0/mlflow"] {
        for (methods, path, call) in CALLS.iter().chain(TRACE_CHANGES) {
            let answered = match hot::reader(path) {
                Some(read) => hot::answer_to(*methods, read, *call),
                None => answer_to(*methods, *call),
            };
            router = router.route(&format!("{root}/{path}"), answered);
        }
        for (methods, path, call) in LONG_CALLS {
            router = router.route(&format!("{root}/{path}"), answer_long(*methods, *call));
        }
    }
    for root in ["/api/3.0/mlflow", "/ajax-api/3.0/mlflow"] {
        for (methods, path, call) in TRACE_CALLS.iter().chain(TRACE_CHANGES) {
            router = router.route(&format!("{root}/{path}"), answer_to(*methods, *call));
        }
    }
    for root in ["/api", "/ajax-api"] {
        for version in ["2.0", "3.0"] {
            let spans = answer_to(GET, trace_file::get).layer(map_response(trace_file::as_file));
            router = router.route(
                &format!("{root}/{version}/mlflow/get-trace-artifact"),
                spans,
            );
        }
    }
    router
        .layer(DefaultBodyLimit::max(MAX_REQUEST_BYTES))
        .merge(artifacts::router())
        .merge(file_links::router())
        .route("/version", get(async || MLFLOW_VERSION))
        .method_not_allowed_fallback(async |method: Method, uri: Uri| {
            Refusal::no_call(StatusCode::METHOD_NOT_ALLOWED, &method, uri.path())
        })
}

/// Whether a call changes nothing. Searches are posted, too.
pub fn only_reads(method: &Method, path: &str) -> bool {
    let last = path.rsplit('/').next().unwrap_or_default();
    let asks = ["search", "get", "calculate"]
        .iter()
        .any(|word| last.starts_with(word));
    *method == Method::GET || *method == Method::HEAD || (*method == Method::POST && asks)
}

/// What is asked for below these is no page.
pub fn is_call(path: &str) -> bool {
    path.starts_with("/api/") || path.starts_with("/ajax-api/")
}

pub fn experiment_id(text: &str) -> Result<ExperimentId, Refusal> {
    experiments::id_of(text)
}

/// A call as a route: its fields come from the query, the body or the path, the work is done on a thread that may block.
fn answer_to(methods: MethodFilter, call: Call) -> MethodRouter<Arc<Shared>> {
    answer_long(methods, written(call))
}

fn answer_long(
    methods: MethodFilter,
    call: impl Fn(&Context<'_>, &Fields) -> Result<Answer, Refusal> + Copy + Send + Sync + 'static,
) -> MethodRouter<Arc<Shared>> {
    on(
        methods,
        move |State(shared): State<Arc<Shared>>,
              path: RawPathParams,
              RawQuery(query): RawQuery,
              body: Bytes| {
            let named = path
                .iter()
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect();
            answer(shared, named, query, body, call)
        },
    )
}

/// `named` are the fields that stand in the path.
async fn answer(
    shared: Arc<Shared>,
    named: Vec<(String, String)>,
    query: Option<String>,
    body: Bytes,
    call: impl Fn(&Context<'_>, &Fields) -> Result<Answer, Refusal> + Send + 'static,
) -> Response {
    let work = move || {
        let fields = Fields::read(query.as_deref(), &body)?.with(named);
        let lab = shared.desk.lab().map_err(Refusal::from)?;
        let context = Context {
            lab: &lab,
            artifact_root: &shared.artifact_root,
        };
        call(&context, &fields)
    };
    match tokio::task::spawn_blocking(work).await {
        Ok(Ok(Answer(json))) => ([(CONTENT_TYPE, "application/json")], json).into_response(),
        Ok(Err(refusal)) => refusal.into_response(),
        Err(error) => Refusal::internal(error.to_string()).into_response(),
    }
}

fn written(
    call: Call,
) -> impl Fn(&Context<'_>, &Fields) -> Result<Answer, Refusal> + Copy + Send + Sync + 'static {
    move |context, fields| Answer::of(&call(context, fields)?)
}

impl Answer {
    pub fn of(answer: &impl Serialize) -> Result<Self, Refusal> {
        serde_json::to_vec(answer)
            .map(Self)
            .map_err(|error| Refusal::internal(error.to_string()))
    }
}

fn server_info(_: &Context<'_>, _: &Fields) -> Result<Value, Refusal> {
    Ok(json!({
        "store_type": "SqlStore",
        "workspaces_enabled": false,
        "trace_archival_enabled": false,
        "multipart_uploads_enabled": false,
        "multipart_downloads_enabled": false,
        "presigned_upload_run_id_supported": false,
        "presigned_upload_model_id_supported": false,
        "features_enabled": {},
    }))
}
