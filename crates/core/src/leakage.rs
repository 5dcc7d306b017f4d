//! Signs that a model's test flatters it: the target in a feature, the same rows or groups on both sides, the future
//! among the training rows.

mod sides;
mod target;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

pub use sides::{duplicate_rows, future_rows, group_over_split};
pub use target::target_in_column;

/// One sign of leakage, with its numbers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Leak {
    pub kind: LeakKind,
    /// The column that leaks; empty for whole rows.
    pub column: String,
    /// Rows that show it, of so many looked at.
    pub n_rows: u64,
    pub of_rows: u64,
    /// AUC or r² of the column alone, 0 to 1.
    pub strength: Option<f64>,
    /// What was found, with its numbers, and what to do.
    pub sentence: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum LeakKind {
    /// The column equals the target.
    TargetCopied,
    /// Each value of the column stands for one value of the target.
    TargetMapped,
    /// The column alone all but predicts the target.
    TargetPredicted,
    /// Test rows that are also among the training rows.
    DuplicateRows,
    /// Rows of one value of the column on both sides.
    GroupOverSplit,
    /// Training rows that are later than test rows.
    FutureRows,
}
