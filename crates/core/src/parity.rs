//! Does the exported graph say what the trained model said?

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::profile::Histogram;

pub const PARITY_SCHEMA: u32 = 1;

/// The largest difference that passes: |a − b| <= TOLERANCE * max(1, |a|).
pub const TOLERANCE: f64 = 1e-5;

/// Differences between our own predictions and those of ONNX Runtime on the same rows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ParityReport {
    pub schema: u32,
    /// Rows compared.
    pub rows: u64,
    /// Of probabilities, or of values for regression.
    pub max_abs_diff: f64,
    /// |a − b| / max(1, |a|).
    pub max_rel_diff: f64,
    pub label_flips: u64,
    pub tolerance: f64,
    pub passed: bool,
    /// Rows whose answers are equal to the bit.
    pub n_exact: u64,
    /// Rows that differ, by log10 of the absolute difference; edges −12 to 0.
    pub log10_differences: Histogram,
    /// 1-based rows of the comparison with the largest differences, at most 10.
    pub worst_rows: Vec<u64>,
    /// `onnxruntime 1.31.1`
    pub runtime: String,
}
