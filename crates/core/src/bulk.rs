//! One change to many runs at once.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::ids::{ExperimentName, RunId};
use crate::run_table::RunQuery;

/// Which runs are meant.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct RunSelection {
    pub runs: Vec<RunId>,
    /// And all that this query finds: its filter, experiment and view count, and no order, tree or window.
    pub matching: Option<RunQuery>,
    /// But not these.
    pub except: Vec<RunId>,
    /// And the runs below all of these, at any depth.
    pub with_children: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RunsChange {
    pub selection: RunSelection,
    pub change: RunChange,
}

/// One undo step and one audit entry, however many runs it touches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum RunChange {
    Tag {
        key: String,
        value: String,
    },
    Untag {
        key: String,
    },
    /// The experiment is made when there is none of that name.
    Move {
        experiment: ExperimentName,
    },
    /// Out of the way and still there.
    Archive,
    Unarchive,
    /// To the trash.
    Delete {
        /// Whether runs of clients go that never said they ended.
        #[serde(default)]
        even_running: bool,
    },
    /// From the trash.
    Restore,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RunsChanged {
    /// Runs that are now otherwise.
    pub n_changed: u64,
    /// Runs that were so already.
    pub n_unchanged: u64,
    /// Runs that were left as they are, at most 1,000 of them.
    pub left: Vec<LeftRun>,
    pub n_left: u64,
    /// What the next undo takes back; `None` when nothing changed.
    pub undo: Option<String>,
}

/// A run that was not changed, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LeftRun {
    pub run_id: RunId,
    pub name: String,
    pub reason: LeftReason,
    /// One sentence for a person, with what to do.
    pub why: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum LeftReason {
    /// There is no such run.
    NotFound,
    /// A job of this lab trains it.
    Training,
    /// Its client has not said that it ended; [`RunChange::Delete`] can take it all the same.
    Running,
    /// A version of a registered model was made from it.
    Registered,
    /// It is in the trash.
    InTrash,
    /// It is not in the trash.
    NotInTrash,
}

/// Runs of the trash that are to be deleted for good, which nothing takes back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PurgeRuns {
    pub selection: RunSelection,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RunsPurged {
    pub n_deleted: u64,
    pub freed_bytes: u64,
    /// At most 1,000 of them.
    pub left: Vec<LeftRun>,
    pub n_left: u64,
}

/// What the trash holds of the lab's runs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RunTrash {
    pub n_runs: u64,
    /// Bytes that deleting all of them for good would free: files that nothing else has.
    pub size_bytes: u64,
    /// Of these runs, those that stay because a registered model was made from them.
    pub n_registered: u64,
}
