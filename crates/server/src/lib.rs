//! The local server: the wire and the window's pages for browsers.
//!
//! Invariant: it assumes a hostile page in the same browser. It listens on 127.0.0.1, answers only to its own name
//! (DNS rebinding), refuses foreign origins, and wants a bearer token for every command.

mod beside_window;
mod events;
mod guard;
mod inference;
mod mlflow;
mod otlp;
mod pages;
mod rpc;
mod upload;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

pub use beside_window::offer;

pub use assay_api::Desk;
use assay_api::{Access, Lab, PredictionLog};
use assay_core::code::{Code, Failure};
use assay_core::reference::Reference;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use axum::routing::{get, post};
use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::watch;

/// How long a server that is told to end still takes requests, while it says that it is not ready.
const DRAIN: Duration = Duration::from_secs(1);
/// The largest JSON request.
const MAX_REQUEST_BYTES: usize = 8 << 20;

pub struct Options {
    /// 0: any free port.
    pub port: u16,
    /// A token of the owner's; it must then be in the address that is opened. `None`: one is made and handed to the
    /// pages that this server gives out.
    pub token: Option<String>,
    /// Where clients of the tracking API keep the files of runs. `None`: in the lab, through this server.
    pub artifact_root: Option<String>,
    /// The model that `/invocations` asks. `None`: the only one of the lab.
    pub model: Option<Reference>,
}

/// What every request sees.
pub(crate) struct Shared {
    desk: Arc<Desk>,
    address: SocketAddr,
    token: String,
    /// Whether the page may be had without naming the token.
    open_page: bool,
    uploads: tempfile::TempDir,
    artifact_root: String,
    lab: Arc<Lab>,
    default_model: Option<Reference>,
    request_ids: inference::RequestIds,
    access: Access,
    meters: inference::Meters,
    prediction_log: Option<PredictionLog>,
    /// True from the moment on that the server is told to end.
    ending: watch::Sender<bool>,
}

impl Shared {
    fn is_ending(&self) -> bool {
        *self.ending.borrow()
    }

    /// When the server is told to end.
    async fn ended(&self) {
        let mut ending = self.ending.subscribe();
        // Its sender lives as long as this.
        let _ = ending.wait_for(|is_ending| *is_ending).await;
    }
}

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("cannot listen on 127.0.0.1:{port}: {source}")]
    Listen { port: u16, source: std::io::Error },
    #[error("cannot serve: {0}")]
    Serve(#[from] std::io::Error),
    #[error(transparent)]
    Lab(#[from] Failure),
}

impl Error {
    pub fn failure(&self) -> Failure {
        match self {
            Self::Lab(failure) => failure.clone(),
            Self::Listen { port, source } => {
                let taken = source.kind() == std::io::ErrorKind::AddrInUse;
                Failure {
                    code: if taken { Code::Conflict } else { Code::Io },
                    attempted: format!("listen on 127.0.0.1:{port}"),
                    wrong: if taken {
                        "another program holds that port".to_owned()
                    } else {
                        source.to_string()
                    },
                    hint: Some(
                        "choose another port (`--port` in a shell), or 0 for any free one"
                            .to_owned(),
                    ),
                }
            }
            Self::Serve(source) => Failure {
                code: Code::Io,
                attempted: "serve".to_owned(),
                wrong: source.to_string(),
                hint: None,
            },
        }
    }
}

/// Serves until the process is told to end. `ready` hears the address to open.
pub fn serve(desk: Desk, options: Options, ready: impl FnOnce(&str)) -> Result<(), Error> {
    let desk = Arc::new(desk);
    runtime()?.block_on(async {
        let bound = Bound::new(Arc::clone(&desk), options).await?;
        ready(&bound.url);
        let served = bound.run(told_to_end()).await;
        desk.close();
        served
    })
}

fn runtime() -> std::io::Result<Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
}

/// A server that holds its port and does not answer yet.
struct Bound {
    listener: TcpListener,
    shared: Arc<Shared>,
    lab: Arc<Lab>,
    url: String,
}

impl Bound {
    async fn new(desk: Arc<Desk>, options: Options) -> Result<Self, Error> {
        let wanted = SocketAddr::from((Ipv4Addr::LOCALHOST, options.port));
        let listener = TcpListener::bind(wanted)
            .await
            .map_err(|source| Error::Listen {
                port: options.port,
                source,
            })?;
        let address = listener.local_addr()?;
        let lab = desk.lab()?;
        lab.announce_server(&address.to_string())
            .map_err(|error| error.failure())?;
        let access = Access::default();
        let is_guarded = access.is_guarded(&lab).map_err(|error| error.failure())?;
        let open_page = options.token.is_none() && !is_guarded;
        let token = match options.token {
            Some(token) => token,
            None => guard::new_token()?,
        };
        let url = if open_page {
            format!("http://{address}/")
        } else {
            format!("http://{address}/?token={token}")
        };
        let shared = Arc::new(Shared {
            desk,
            address,
            token,
            open_page,
            uploads: tempfile::tempdir()?,
            artifact_root: mlflow::artifact_root(options.artifact_root.as_deref())?,
            lab: Arc::clone(&lab),
            default_model: options.model,
            request_ids: inference::RequestIds::new()?,
            access,
            meters: inference::Meters::new(),
            prediction_log: PredictionLog::begin(&lab).map_err(|error| error.failure())?,
            ending: watch::Sender::new(false),
        });
        Ok(Self {
            listener,
            shared,
            lab,
            url,
        })
    }

    /// Told to end, it says that it is not ready, goes on for `drain` (so that whoever sends requests hears of it), takes
    /// no more, and answers those under way.
    async fn run(self, end: impl Future<Output = Duration> + Send + 'static) -> Result<(), Error> {
        let shared = Arc::clone(&self.shared);
        let ended = async move {
            let drain = end.await;
            shared.ending.send_replace(true);
            tokio::time::sleep(drain).await;
        };
        // An answer is not to wait for the acknowledgement of the one before.
        let listener = self.listener.tap_io(|stream| {
            let _ = stream.set_nodelay(true);
        });
        let served = axum::serve(listener, router(&self.shared))
            .with_graceful_shutdown(ended)
            .await;
        self.lab
            .withdraw_server()
            .map_err(|error| error.failure())?;
        served.map_err(Error::Serve)
    }
}

fn router(shared: &Arc<Shared>) -> Router {
    Router::new()
        .route("/rpc/{command}", post(rpc::call))
        .layer(DefaultBodyLimit::max(MAX_REQUEST_BYTES))
        .route(
            "/upload",
            post(upload::receive).layer(DefaultBodyLimit::disable()),
        )
        .layer(middleware::from_fn_with_state(
            Arc::clone(shared),
            guard::require_token,
        ))
        .route("/events", get(events::stream))
        .merge(
            mlflow::router()
                .merge(otlp::router())
                .layer(middleware::from_fn_with_state(
                    Arc::clone(shared),
                    guard::require_token_of_owner,
                )),
        )
        .merge(inference::router())
        .fallback(pages::page)
        .layer(middleware::from_fn_with_state(
            Arc::clone(shared),
            guard::require_own_name,
        ))
        .with_state(Arc::clone(shared))
}

/// How long it still takes requests then.
async fn told_to_end() -> Duration {
    let interrupt = async {
        // Without a handler the default action ends the process, which is what is wanted.
        let _ = tokio::signal::ctrl_c().await;
    };
    #[cfg(unix)]
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        // Somebody sits before it.
        () = interrupt => Duration::ZERO,
        () = terminate => DRAIN,
    }
}
