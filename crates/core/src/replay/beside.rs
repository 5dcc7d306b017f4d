//! What a replay found besides the drift of single columns.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::drift::detectors::{Detector, Signal};
use crate::drift::quality::{QualityFinding, QualityKind};

/// One measure of data quality that alerts, over all windows where it does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct QualityIssue {
    pub kind: QualityKind,
    /// `None`: of whole windows.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub column: Option<String>,
    /// 0-based, ascending.
    pub windows: Vec<u32>,
    /// The window in which it is worst, and what was found there.
    pub worst_window: u32,
    pub worst: QualityFinding,
}

/// A detector on the stream of errors, in the order of the log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ConceptStream {
    pub detector: Detector,
    /// Rows with a truth: those that it was shown.
    pub n_rows: u64,
    pub n_drifts: u64,
    pub n_warnings: u64,
    /// The first of them; a warning is named at its first row.
    pub detections: Vec<ConceptDetection>,
}

impl ConceptStream {
    /// Whether somebody is told of it. KSWIN looks at a hundred rows at a time and EDDM at the distance between two errors:
    /// both fire by chance once in a while on any long stream.
    pub fn is_telling(&self) -> bool {
        !matches!(
            self.detector,
            Detector::Kswin { .. } | Detector::Eddm { .. }
        )
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ConceptDetection {
    /// 1-based, of the log as it was read.
    pub row: u64,
    /// 0-based; the first of those that hold the row.
    pub window: u32,
    pub signal: Signal,
}
