//! Events: what a window or a browser hears without asking. One closed list.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::job::Job;

/// What a read depends on and a write changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Another lab was opened: everything changed.
    Lab,
    Datasets,
    Expectations,
    /// Recipes that have a name.
    Recipes,
    Runs,
    Models,
    Replays,
    Jobs,
    Trash,
    Audit,
    Servers,
    /// Watched folders and what became of their files.
    Watches,
    /// Bearer tokens of clients.
    Tokens,
}

impl Kind {
    pub const ALL: [Self; 13] = [
        Self::Lab,
        Self::Datasets,
        Self::Expectations,
        Self::Recipes,
        Self::Runs,
        Self::Models,
        Self::Replays,
        Self::Jobs,
        Self::Trash,
        Self::Audit,
        Self::Servers,
        Self::Watches,
        Self::Tokens,
    ];

    pub fn label(self) -> &'static str {
        match self {
            Self::Lab => "lab",
            Self::Datasets => "datasets",
            Self::Expectations => "expectations",
            Self::Recipes => "recipes",
            Self::Runs => "runs",
            Self::Models => "models",
            Self::Replays => "replays",
            Self::Jobs => "jobs",
            Self::Trash => "trash",
            Self::Audit => "audit",
            Self::Servers => "servers",
            Self::Watches => "watches",
            Self::Tokens => "tokens",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// Something that reads of these kinds depend on was written.
    Changed { kinds: Vec<Kind> },
    /// A job moved.
    Job { job: Box<Job> },
    /// Something a person should know, without an action of theirs.
    Notice { level: NoticeLevel, text: String },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum NoticeLevel {
    Info,
    Warning,
    Critical,
}

impl NoticeLevel {
    pub fn label(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Critical => "critical",
        }
    }
}
