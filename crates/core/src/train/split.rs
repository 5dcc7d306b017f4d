//! How rows are divided for training and testing.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct SplitSpec {
    pub method: SplitMethod,
    /// Share of rows held out for the test, over 0 and under 1.
    pub test_fraction: f64,
    /// For the grouped methods: the column whose rows of one value stay on one side. A row without a value is a
    /// group of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub group: Option<String>,
    /// For `time`: the column that orders the rows; `None`: the order of the file. Rows of one time are never cut
    /// apart, rows without a time are left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub time: Option<String>,
    /// For `time`: rows left out between training and test, and between training and validation of each fold.
    #[serde(default, skip_serializing_if = "is_zero")]
    #[ts(as = "Option<u32>", optional)]
    pub gap: u32,
}

impl Default for SplitSpec {
    fn default() -> Self {
        Self {
            method: SplitMethod::Auto,
            test_fraction: 0.2,
            group: None,
            time: None,
            gap: 0,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SplitMethod {
    /// Stratified for classes, random for numbers.
    Auto,
    Random,
    /// Keeps the share of each class.
    Stratified,
    /// Rows of one group stay together.
    Grouped,
    /// Rows of one group stay together, and each class keeps its share as far as they let it.
    StratifiedGrouped,
    /// The first rows train, the last rows test.
    Time,
}

impl SplitMethod {
    pub const ALL: [Self; 6] = [
        Self::Auto,
        Self::Random,
        Self::Stratified,
        Self::Grouped,
        Self::StratifiedGrouped,
        Self::Time,
    ];

    /// As documents write it: `stratified_grouped`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Random => "random",
            Self::Stratified => "stratified",
            Self::Grouped => "grouped",
            Self::StratifiedGrouped => "stratified_grouped",
            Self::Time => "time",
        }
    }

    pub fn is_grouped(self) -> bool {
        matches!(self, Self::Grouped | Self::StratifiedGrouped)
    }
}

/// How the folds of a cross-validation are made; [`super::TrainSpec::cv_folds`] says how many.
///
/// Group and time columns and the gap are those of the split.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct CvSpec {
    /// `auto`: as the split when it is grouped or by time, else stratified for classes and random for numbers.
    pub method: SplitMethod,
    /// How often all folds are made anew, each time in another order, 1 to 100; folds by time have one order only.
    pub repeats: u32,
    /// For folds by time.
    pub window: CvWindow,
    /// Folds inside the training rows that choose among candidates, 2 to 20.
    pub inner_folds: u32,
}

impl Default for CvSpec {
    fn default() -> Self {
        Self {
            method: SplitMethod::Auto,
            repeats: 1,
            window: CvWindow::Expanding,
            inner_folds: 3,
        }
    }
}

impl CvSpec {
    pub(super) fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// Which rows before the validation rows train.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum CvWindow {
    /// All of them.
    Expanding,
    /// The last so many.
    Sliding { max_train_rows: u32 },
}

fn is_zero(value: &u32) -> bool {
    *value == 0
}
