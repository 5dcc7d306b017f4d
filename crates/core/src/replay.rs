//! Replays: a production log, window by window, against the data a model was trained on.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::TimestampMs;
use crate::alert::Alert;
use crate::dataset::ImportOptions;
use crate::drift::{ColumnDrift, DriftRule};
use crate::ids::ReplayId;
use crate::reference::Reference;
use crate::registry::VersionKey;
use crate::train::ProblemKind;

pub const DRIFT_REPORT_SCHEMA: u32 = 1;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ReplaySpec {
    /// CSV, JSON lines or Parquet; read one after another.
    #[ts(type = "Array<string>")]
    pub logs: Vec<PathBuf>,
    pub model: Reference,
    /// Orders the rows and cuts windows by time. `None`: the order of the file.
    #[serde(default)]
    pub timestamp: Option<String>,
    /// The truth, where it is known. `None`: the model's target column when the log has it.
    #[serde(default)]
    pub label: Option<String>,
    /// Predictions that production made. They are compared with ours; `None`: not compared.
    #[serde(default)]
    pub prediction: Option<String>,
    /// `None`: about a hundred windows of equal rows, none under 100 rows.
    #[serde(default)]
    pub window: Option<WindowSpec>,
    #[serde(default)]
    pub options: ImportOptions,
}

/// `336rows`, `12h`, `1d`, `1w`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(try_from = "String", into = "String")]
#[ts(type = "string")]
pub enum WindowSpec {
    Rows(u64),
    /// Aligned to multiples since 1970-01-01T00:00Z.
    Millis(i64),
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no window; write for example 1000rows, 12h, 1d or 1w")]
pub struct WindowError(pub String);

const UNITS: [(&str, i64); 5] = [
    ("min", 60_000),
    ("h", 3_600_000),
    ("d", 86_400_000),
    ("w", 604_800_000),
    ("s", 1_000),
];

impl std::str::FromStr for WindowSpec {
    type Err = WindowError;

    fn from_str(text: &str) -> Result<Self, WindowError> {
        let fail = || WindowError(text.to_owned());
        let trimmed = text.trim();
        if let Some(number) = trimmed
            .strip_suffix("rows")
            .or_else(|| trimmed.strip_suffix("row"))
        {
            let rows: u64 = number.trim().parse().map_err(|_| fail())?;
            return if rows > 0 {
                Ok(Self::Rows(rows))
            } else {
                Err(fail())
            };
        }
        for (unit, millis) in UNITS {
            if let Some(number) = trimmed.strip_suffix(unit) {
                let count: i64 = number.trim().parse().map_err(|_| fail())?;
                let total = count
                    .checked_mul(millis)
                    .filter(|total| *total > 0)
                    .ok_or_else(fail)?;
                return Ok(Self::Millis(total));
            }
        }
        Err(fail())
    }
}

impl std::fmt::Display for WindowSpec {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match *self {
            Self::Rows(rows) => write!(f, "{rows}rows"),
            Self::Millis(millis) => {
                let largest = UNITS
                    .iter()
                    .filter(|(_, size)| millis % size == 0)
                    .max_by_key(|(_, size)| *size);
                match largest {
                    Some((unit, size)) => write!(f, "{}{unit}", millis / size),
                    None => write!(f, "{}s", millis / 1000),
                }
            }
        }
    }
}

impl TryFrom<String> for WindowSpec {
    type Error = WindowError;
    fn try_from(text: String) -> Result<Self, WindowError> {
        text.parse()
    }
}

impl From<WindowSpec> for String {
    fn from(window: WindowSpec) -> Self {
        window.to_string()
    }
}

/// The result of a replay.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct DriftReport {
    pub schema: u32,
    pub replay_id: ReplayId,
    pub model: VersionKey,
    pub problem: ProblemKind,
    pub logs: Vec<String>,
    pub rule: DriftRule,
    pub window: WindowSpec,
    pub n_rows: u64,
    pub n_reference_rows: u64,
    /// The metric of `performance`: `accuracy` or `rmse`; `None` without labels.
    pub performance_metric: Option<String>,
    /// Over all labelled rows.
    pub performance: Option<f64>,
    /// The same metric on the model's own test rows.
    pub test_performance: Option<f64>,
    /// Columns in the order of the model's inputs; then `prediction`, and `target` where labels exist.
    pub columns: Vec<ReplayColumn>,
    /// In time order. A window without rows is a gap: it has no columns and no verdict.
    pub windows: Vec<WindowReport>,
    /// Names of columns that drifted in at least one window, by first drift.
    pub drifted: Vec<String>,
    /// 0-based index of the first drifted window.
    pub first_drifted_window: Option<u32>,
    /// `Drifted from window 26 on: vicprice, vicdemand, transfer`
    pub verdict: String,
    /// Said once: columns of the model that the log lacks, labels that were not seen in training ...
    pub warnings: Vec<String>,
    /// Rules of `[[alert]]` that came true.
    #[serde(default)]
    pub alerts: Vec<Alert>,
    pub created_ms: TimestampMs,
    pub duration_secs: f64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ReplayColumn {
    pub name: String,
    pub role: ColumnRole,
    pub numeric: bool,
    /// The reference has one value only.
    pub constant: bool,
    pub n_drifted_windows: u32,
    pub first_drifted_window: Option<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ColumnRole {
    Feature,
    Prediction,
    Target,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct WindowReport {
    /// 0-based.
    pub index: u32,
    /// 1-based rows of the log after ordering, both inclusive; 0 and 0 for a gap.
    pub first_row: u64,
    pub last_row: u64,
    pub start_ms: Option<TimestampMs>,
    pub end_ms: Option<TimestampMs>,
    pub n_rows: u64,
    /// In the order of `DriftReport::columns`; empty for a gap.
    pub columns: Vec<ColumnDrift>,
    pub n_drifted: u32,
    pub performance: Option<WindowPerformance>,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS)]
pub struct WindowPerformance {
    pub value: f64,
    /// 95 % interval: Wilson for accuracy, normal approximation of the squared errors for RMSE.
    pub low: f64,
    pub high: f64,
    /// Rows with a label.
    pub n: u64,
}

/// Histograms of every column and window over shared bins: what a click on a cell overlays.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReplayShapes {
    pub schema: u32,
    /// In the order of `DriftReport::columns`.
    pub columns: Vec<ColumnShapes>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ColumnShapes {
    pub name: String,
    pub bins: Bins,
    pub reference: Vec<u64>,
    /// One per window; empty for a gap.
    pub windows: Vec<Vec<u64>>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Bins {
    /// n + 1 ascending edges for n counts; the outer two reach to the smallest and largest value of the log.
    Edges {
        edges: Vec<f64>,
    },
    Categories {
        categories: Vec<String>,
    },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct CellRequest {
    pub replay: ReplayId,
    pub column: String,
    /// 0-based.
    pub window: u32,
}

/// One cell of the heat map, with its two distributions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct CellDetail {
    pub column: String,
    pub window: WindowReport,
    pub drift: ColumnDrift,
    pub bins: Bins,
    pub reference: Vec<u64>,
    pub current: Vec<u64>,
    /// `One value became 286. Every reference row holds 0.003467; 90.5 % of this window lies outside the reference's range.`
    pub sentence: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ReplaySummary {
    pub replay_id: ReplayId,
    pub model: VersionKey,
    pub logs: Vec<String>,
    pub n_rows: u64,
    pub n_windows: u32,
    pub drifted: Vec<String>,
    pub verdict: String,
    pub created_ms: TimestampMs,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_read_back_as_written() {
        for (text, window) in [
            ("1000rows", WindowSpec::Rows(1000)),
            ("90s", WindowSpec::Millis(90_000)),
            ("30min", WindowSpec::Millis(1_800_000)),
            ("12h", WindowSpec::Millis(43_200_000)),
            ("1d", WindowSpec::Millis(86_400_000)),
            ("2w", WindowSpec::Millis(1_209_600_000)),
        ] {
            assert_eq!(text.parse(), Ok(window), "{text}");
            assert_eq!(window.to_string(), text);
        }
        for bad in ["", "rows", "0rows", "-1d", "1y", "d", "99999999999999999d"] {
            assert!(bad.parse::<WindowSpec>().is_err(), "{bad:?}");
        }
    }
}
