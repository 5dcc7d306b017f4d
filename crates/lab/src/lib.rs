//! The use cases: everything a person can do with a lab, one module per noun.
//!
//! Invariant: this is the only crate in which store, frame, learn, onnx and chart meet. Hosts call it and print.

mod access;
mod alerts;
mod archive;
mod artifact_files;
mod charts;
mod curves;
mod datasets;
mod demo;
mod environment;
mod error;
mod expectations;
mod external_data;
mod gates;
mod imported_model;
mod imports;
mod intact;
mod jobs;
mod labels;
mod line_log;
mod lineage;
mod model_card;
mod model_diff;
mod model_exchange;
mod model_files;
mod model_graph;
mod model_import;
mod model_rows;
mod model_sample;
mod model_sbom;
mod model_variants;
mod models;
mod parity;
mod prediction_log;
mod processes;
mod recipes;
mod registered;
mod replay;
mod reports;
mod run_log;
mod run_table;
mod run_tail;
mod runs;
mod scoring;
mod search;
pub mod serving;
mod signing;
pub mod suites;
mod traces;
mod tracking;
mod training;
mod view;
mod watch;
mod watch_folders;
pub mod worker;

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, OnceLock, PoisonError};

use assay_core::code::Code;
use assay_core::event::Event;
use assay_core::lab::{
    DoctorReport, LabStatus, ServerInfo, ServerSettings, Settings, TrashItem, TrashKind,
};
use assay_core::reference::Reference;
use assay_core::train::AlgorithmInfo;
use assay_core::{ask::TrashEmptied, ask::Undone};
use assay_onnx::Runtime;
use assay_store::{Act, Store};

pub use access::{Access, Denied};
pub use assay_frame::RowTexts;
pub use assay_learn::parse_param;
pub use charts::PlotOrder;
pub use demo::DemoSummary;
pub use demo::LOG_NAME as SAMPLE_LOG_NAME;
pub use environment::Environment;
pub use error::{Cause, Error};
pub use imports::recognise_runs;
pub use intact::IntactModel;
pub use line_log::LineLog;
pub use prediction_log::{MAX_WAITING_ROWS, PredictionLog};
pub use replay::{Heard, replay_junit};
pub use run_log::metric_value;
pub use run_tail::{RunNews, RunTail};
pub use signing::verify_folder;
pub use view::View;
pub use watch_folders::SETTLE as WATCH_SETTLE;

use error::Attempt;
use processes::is_alive;

pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// An open lab. Cheap to share behind an `Arc`; all methods take `&self`.
pub struct Lab {
    store: Store,
    environment: Environment,
    runtime: OnceLock<Runtime>,
    running: jobs::Running,
    /// The rows that were looked at last.
    shown: Mutex<Option<datasets::Shown>>,
    listeners: Mutex<Vec<Sender<Event>>>,
    comparisons: gates::Comparisons,
    serving: serving::Serving,
    /// Its folder goes when the lab is closed; dropped after the store.
    view: Option<View>,
}

impl Lab {
    /// Makes a new lab in an empty or absent folder.
    pub fn create(folder: &Path, environment: Environment) -> Result<Self, Error> {
        let store = Store::create(
            folder,
            VERSION,
            Act::new(&environment.actor, environment.now_ms()),
        )
        .attempt(|| format!("make a lab in {}", folder.display()))?;
        Ok(Self::around(store, environment))
    }

    /// A folder or file with the runs of another tracker is opened as a view: a lab that takes no changes and goes when
    /// it is closed. The files are only read.
    pub fn open(folder: &Path, environment: Environment) -> Result<Self, Error> {
        let store = match Store::open(folder, VERSION, environment.now_ms()) {
            Err(assay_store::Error::NotALab { .. }) if imports::resolve(folder).is_some() => {
                return Self::open_in_place(folder, environment);
            }
            outcome => outcome.attempt(|| format!("open the lab {}", folder.display()))?,
        };
        let lab = Self::around(store, environment);
        lab.settle()?;
        Ok(lab)
    }

    /// Opens the lab in a folder, or makes one there when it is empty or absent.
    pub fn open_or_create(folder: &Path, environment: Environment) -> Result<Self, Error> {
        if Store::is_lab(folder) {
            Self::open(folder, environment)
        } else {
            Self::create(folder, environment)
        }
    }

    fn around(store: Store, environment: Environment) -> Self {
        assay_learn::lightgbm::look_in(environment.lightgbm_libraries.clone());
        Self {
            store,
            environment,
            runtime: OnceLock::new(),
            running: jobs::Running::default(),
            shown: Mutex::default(),
            listeners: Mutex::default(),
            comparisons: gates::Comparisons::default(),
            serving: serving::Serving::default(),
            view: None,
        }
    }

    /// Marks jobs whose application died as interrupted.
    fn settle(&self) -> Result<(), Error> {
        let now = self.environment.now_ms();
        let interrupted = self
            .store
            .interrupt_dead_jobs(is_alive, now)
            .attempt(|| "settle interrupted jobs".to_owned())?;
        for job in interrupted {
            jobs::forget_unfinished(&job);
        }
        Ok(())
    }

    pub fn path(&self) -> &Path {
        self.store.dir()
    }

    pub fn environment(&self) -> &Environment {
        &self.environment
    }

    pub fn settings(&self) -> Result<Settings, Error> {
        self.store
            .settings()
            .attempt(|| "read assay.toml".to_owned())
    }

    pub fn status(&self) -> Result<LabStatus, Error> {
        self.store
            .status(VERSION, is_alive)
            .attempt(|| "show the lab's status".to_owned())
    }

    pub fn doctor(&self, repair: bool) -> Result<DoctorReport, Error> {
        Ok(self
            .store
            .doctor(repair, is_alive, self.environment.now_ms()))
    }

    pub fn undo(&self) -> Result<Undone, Error> {
        let what = self
            .store
            .undo(self.act())
            .attempt(|| "undo the last change".to_owned())?;
        Ok(Undone { what })
    }

    pub fn trash(&self) -> Result<Vec<TrashItem>, Error> {
        self.store.trash().attempt(|| "list the trash".to_owned())
    }

    pub fn delete(&self, kind: TrashKind, id: &str) -> Result<(), Error> {
        self.store
            .delete(kind, id, self.act())
            .attempt(|| format!("delete `{id}`"))
    }

    pub fn restore(&self, kind: TrashKind, id: &str) -> Result<(), Error> {
        self.store
            .restore(kind, id, self.act())
            .attempt(|| format!("restore `{id}`"))
    }

    pub fn empty_trash(&self) -> Result<TrashEmptied, Error> {
        let n_items = self.trash()?.len() as u64;
        let removed = self
            .store
            .empty_trash(self.act())
            .attempt(|| "empty the trash".to_owned())?;
        Ok(TrashEmptied {
            n_items,
            freed_bytes: removed.size_bytes,
        })
    }

    /// Makes a server known to other windows of this lab until it is dropped.
    /// Remembers in `assay.toml` on which port this lab is served, and whether the window does it.
    pub fn set_server_settings(&self, server: &ServerSettings) -> Result<(), Error> {
        self.store
            .set_server_settings(server)
            .attempt(|| "remember the server in assay.toml".to_owned())
    }

    pub fn announce_server(&self, address: &str) -> Result<(), Error> {
        if self.view.is_some() {
            // nobody else can open it
            return Ok(());
        }
        let server = ServerInfo {
            address: address.to_owned(),
            process_id: std::process::id(),
            started_ms: self.environment.now_ms(),
        };
        self.store
            .add_server(&server)
            .attempt(|| format!("announce the server {address}"))
    }

    pub fn withdraw_server(&self) -> Result<(), Error> {
        if self.view.is_some() {
            return Ok(());
        }
        self.store
            .remove_server(std::process::id(), self.environment.now_ms())
            .attempt(|| "withdraw the server".to_owned())
    }

    /// Events from now on. The receiver may be dropped at any time.
    pub fn listen(&self) -> Receiver<Event> {
        let (sender, receiver) = channel();
        self.listeners
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(sender);
        receiver
    }

    /// Who acts, and when.
    pub(crate) fn act(&self) -> Act<'_> {
        Act::new(&self.environment.actor, self.environment.now_ms())
    }

    pub(crate) fn tell(&self, event: &Event) {
        let mut listeners = self
            .listeners
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        listeners.retain(|listener| listener.send(event.clone()).is_ok());
    }

    /// ONNX Runtime, loaded when it is first needed.
    pub(crate) fn runtime(&self) -> Result<&Runtime, Cause> {
        if let Some(runtime) = self.runtime.get() {
            return Ok(runtime);
        }
        let places = &self.environment.onnx_runtimes;
        let path: &PathBuf = places.iter().find(|path| path.is_file()).ok_or_else(|| {
            Cause::with_hint(
                Code::NotFound,
                "the ONNX Runtime library is not there",
                "run `cargo xtask setup`, or name the library in ASSAY_ONNXRUNTIME",
            )
        })?;
        let loaded = Runtime::load(path)?;
        Ok(self.runtime.get_or_init(|| loaded))
    }
}

/// The algorithm catalogue, which is the same in every lab.
pub fn algorithms() -> Vec<AlgorithmInfo> {
    assay_learn::catalogue()
}

/// The names of the algorithm catalogue, for an argument parser.
pub fn algorithm_names() -> Vec<String> {
    algorithms().into_iter().map(|info| info.name).collect()
}

/// `2026-11-21 06:09 UTC`; empty for a time that no calendar has.
pub fn time_text(at_ms: assay_core::TimestampMs) -> String {
    jiff::Timestamp::from_millisecond(at_ms)
        .map(|time| time.strftime("%Y-%m-%d %H:%M UTC").to_string())
        .unwrap_or_default()
}

/// `name@version` of a data set.
pub(crate) fn dataset_reference(version: &assay_core::dataset::DatasetVersion) -> Reference {
    Reference::version(version.dataset.as_str(), version.version)
}
