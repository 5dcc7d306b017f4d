//! Versions on their way from one lab to another through a shared folder.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::TimestampMs;
use crate::ids::VersionKey;
use crate::reference::Reference;
use crate::signing::SignatureReport;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct PushRequest {
    pub model: Reference,
    #[ts(type = "string")]
    pub folder: PathBuf,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct PullRequest {
    #[ts(type = "string")]
    pub folder: PathBuf,
    /// `None`: every version of the folder.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub model: Option<Reference>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct SharedFolder {
    #[ts(type = "string")]
    pub folder: PathBuf,
}

/// A version in a shared folder.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct OfferedVersion {
    pub version: VersionKey,
    pub signature: SignatureReport,
    /// Files that are missing or changed; such a version is not pulled.
    pub damaged: Vec<String>,
    pub size_bytes: u64,
    pub state: OfferState,
    /// When it was registered in its lab.
    pub created_ms: TimestampMs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum OfferState {
    /// The lab has no version of that name and number.
    New,
    /// The lab has the very same.
    Same,
    /// The lab has another one of that name and number.
    Different,
}

/// What became of one version.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Moved {
    pub version: VersionKey,
    /// False: the same was there already.
    pub copied: bool,
    pub n_files: u32,
    pub size_bytes: u64,
    pub path: String,
    pub signature: SignatureReport,
}
