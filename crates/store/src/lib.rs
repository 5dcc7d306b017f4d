//! The lab folder: the only SQL, the only writer.
//!
//! Invariant: every change is one transaction that also appends to `changes`, and to the audit log where a person
//! did it. Bytes are claimed, synced and renamed into place before anything refers to them, so a process killed at any
//! moment leaves a whole lab; what it had on its way goes when the lab is opened the next time.

mod access_tokens;
mod act;
mod archive;
mod audit;
mod cache;
mod changes;
mod datasets;
mod day_log;
mod doctor;
mod error;
mod expectations;
mod files;
mod foreign;
mod jobs;
mod layout;
mod lease;
mod lock;
mod migrate;
mod mlflow_database;
mod models;
mod objects;
mod orphans;
mod recipes;
mod registry;
mod replays;
mod rows;
mod runs;
mod scratch;
mod servers;
mod settings;
mod sqlite_file;
mod status;
mod store;
mod tracking;
mod trash;
mod undo;
mod wal;
mod watches;

pub use access_tokens::HashedToken;
pub use act::Act;
pub use archive::{ArchiveDatabase, Extract, Taken, TakenLab};
pub use audit::ChainBreak;
pub use changes::Watch;
pub use datasets::NewDatasetVersion;
pub use day_log::{DayLog, DayLogKind};
pub use error::{Error, Result};
pub use foreign::{ForeignDatabase, ForeignRows, ForeignTable, ForeignValue};
pub use mlflow_database::{DatabasePoint, DatabaseRun, MlflowDatabase};
pub use models::{NewModelVersion, NewOrigin, NewTrained};
pub use objects::PendingObject;
pub use orphans::Removed;
pub use registry::{
    CHECKSUMS, FolderCheck, ReadFolder, SIGNATURE, check_folder, read_folder, write_folder,
};
pub use runs::curve::{CurveChunk, CurveId, CurveOutline};
pub use runs::metrics::{ALL_STEPS, MetricPoint};
pub use runs::{FinishedRun, NewRun, RunParts};
pub use scratch::{BATCH, Scratch, ScratchError, ScratchKind, ScratchValue, SelectedRows};
pub use sqlite_file::{SqliteValue, write_sqlite};
pub use store::Store;
pub use tracking::queue::Answer;
pub use tracking::{KnownRun, PutPoints, RunOrigin};
pub use watches::WatchLock;
