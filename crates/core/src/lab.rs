//! The lab as a whole: its status, its settings, its health, its trash.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::TimestampMs;
use crate::alert::{AlertRule, WebhookSettings};
use crate::drift::DriftSettings;
use crate::gate::GateSettings;
use crate::serving::ServeSettings;
use crate::signing::SigningSettings;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct LabStatus {
    pub path: String,
    pub assay_version: String,
    pub size_bytes: u64,
    pub n_datasets: u64,
    pub n_runs: u64,
    pub n_models: u64,
    pub n_replays: u64,
    pub n_jobs_running: u64,
    pub n_jobs_waiting: u64,
    pub n_in_trash: u64,
    pub last_change_ms: Option<TimestampMs>,
    pub servers: Vec<ServerInfo>,
    /// What the next undo would take back.
    pub undo: Option<String>,
}

/// A local server that has this lab open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ServerInfo {
    pub address: String,
    pub process_id: u32,
    pub started_ms: TimestampMs,
}

/// The server that runs in the window's own process when it is switched on: the pages and the tracking API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct OwnServer {
    /// Whether this host can switch it; a browser's host is a server already.
    pub is_offered: bool,
    /// `127.0.0.1:PORT` while it runs.
    pub address: Option<String>,
    /// The port of the lab's settings.
    pub port: u16,
}

/// Switches the server of the window's own process; it is remembered in the lab's settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SwitchServer {
    pub on: bool,
    pub port: u16,
}

/// `assay.toml`: what a person may edit. Unknown keys are refused with their line.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    pub gate: BTreeMap<String, GateSettings>,
    pub drift: DriftSettings,
    pub alert: Vec<AlertRule>,
    /// By its name.
    pub webhook: BTreeMap<String, WebhookSettings>,
    pub jobs: JobSettings,
    pub server: ServerSettings,
    /// By the name of a model.
    pub serve: BTreeMap<String, ServeSettings>,
    pub predictions: PredictionLogSettings,
    pub signing: SigningSettings,
}

/// What a server writes down of its answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PredictionLogSettings {
    pub log: bool,
    /// The share of requests that are logged, from 0 to 1; which ones, their ids decide.
    pub sample: f64,
    /// Inputs whose values are not written.
    pub redact: Vec<String>,
    /// A file that has so many megabytes (2^20 bytes) is followed by another one; so is that of a day.
    pub max_file_mb: u64,
    /// Older days are removed; `None`: all are kept.
    pub keep_days: Option<u32>,
}

impl Default for PredictionLogSettings {
    fn default() -> Self {
        Self {
            log: true,
            sample: 1.0,
            redact: Vec::new(),
            max_file_mb: 64,
            keep_days: None,
        }
    }
}

/// What the jobs of one application together may have. What is not set follows the computer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct JobSettings {
    /// Jobs side by side; the others wait.
    pub at_once: Option<u32>,
    /// Threads that compute.
    pub n_threads: Option<u32>,
    /// Megabytes (2^20 bytes) of memory.
    pub memory_mb: Option<u64>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ServerSettings {
    pub port: u16,
    /// Whether the desktop window serves the lab while it is open there.
    pub in_window: bool,
}

impl Default for ServerSettings {
    fn default() -> Self {
        Self {
            port: 5000,
            in_window: false,
        }
    }
}

/// What `assay doctor` found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DoctorReport {
    pub checks: Vec<DoctorCheck>,
    pub healthy: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DoctorCheck {
    /// `database integrity`, `objects`, `audit chain` ...
    pub name: String,
    pub n_checked: u64,
    /// One sentence each.
    pub problems: Vec<String>,
    /// What was repaired, one sentence each.
    pub repaired: Vec<String>,
}

/// A thing in the trash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TrashItem {
    pub kind: TrashKind,
    /// The run's id, the data set's or model's name.
    pub id: String,
    pub title: String,
    pub size_bytes: u64,
    pub deleted_ms: TimestampMs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum TrashKind {
    Run,
    Dataset,
    Model,
    Replay,
}

/// A hit of the command palette.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SearchHit {
    pub kind: SearchKind,
    pub title: String,
    /// A few words at the right: `drifted, 105 windows`.
    pub detail: String,
    /// Where the window goes: `/runs/RUN`.
    pub route: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SearchKind {
    Dataset,
    Run,
    Model,
    Replay,
}
