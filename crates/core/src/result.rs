//! What a run says of its model beyond single figures: intervals, curves, slices, errors, importances.
//!
//! All of it is of the test rows unless a field says otherwise, and small: curves are thinned, lists are cut.

mod calibration;
mod errors;
mod residuals;
pub(crate) mod slices;
mod threshold;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::train::{CalibrationMethod, ParamValue, ProblemKind};

pub use calibration::calibration;
pub use errors::worst_rows;
pub use residuals::residuals;
pub use slices::{parts, slices};
pub use threshold::{ScoredRows, threshold_report};

pub const RESULT_SCHEMA: u32 = 1;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct RunResult {
    pub schema: u32,
    pub problem: ProblemKind,
    /// In the order of the probabilities; empty for regression.
    pub classes: Vec<String>,
    pub n_test_rows: u64,
    /// In the order of the catalogue.
    pub metrics: Vec<MetricValue>,
    /// Resamples of the test rows behind each interval; 0: there are none.
    pub n_resamples: u32,
    /// Two classes only.
    pub roc: Option<RocPoints>,
    pub precision_recall: Option<PrecisionRecall>,
    pub threshold: Option<ThresholdReport>,
    /// Classes only.
    pub calibration: Option<Calibration>,
    /// The same before the model was calibrated; `None` for one that was not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub uncalibrated: Option<Uncalibrated>,
    /// Regression only.
    pub residuals: Option<Residuals>,
    /// The worst first.
    pub slices: Vec<Slice>,
    /// The most confident wrong answers, or the largest residuals; the worst first.
    pub errors: Vec<RowError>,
    pub importances: Importances,
    pub learning_curve: Option<LearningCurve>,
    /// What folds inside the training rows chose among the candidates.
    pub choice: Option<Choice>,
    /// Without a target: the test rows of each group, in the order of the classes.
    #[serde(default)]
    pub groups: Vec<GroupSize>,
    /// Without a target: some test rows in a plane.
    #[serde(default)]
    pub scatter: Option<Scatter>,
}

/// Test rows that were put into one group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct GroupSize {
    pub name: String,
    pub n_rows: u64,
}

/// Rows by two coordinates; a drawn part of them where there are many.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Scatter {
    /// What the coordinates are: `first principal component (61 %)`.
    pub x_title: String,
    pub y_title: String,
    pub points: Vec<ScatterPoint>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ScatterPoint {
    pub x: f64,
    pub y: f64,
    /// 0-based row of the data set version.
    pub row: u64,
    /// Index of its group; of its label for an embedding; `None` without either.
    pub group: Option<u32>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct MetricValue {
    /// Of the catalogue, without `test.`.
    pub name: String,
    pub value: f64,
    /// 95 % interval; `None` where resampling says nothing (the largest error) or was not done.
    pub interval: Option<Interval>,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS)]
pub struct Interval {
    pub low: f64,
    pub high: f64,
}

/// From (0, 0) to (1, 1).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct RocPoints {
    pub false_positive_rate: Vec<f64>,
    pub true_positive_rate: Vec<f64>,
}

/// By falling threshold, so by rising recall.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct PrecisionRecall {
    pub recall: Vec<f64>,
    pub precision: Vec<f64>,
    /// The share of the positive class: what chance reaches.
    pub chance: f64,
}

/// What a wrong answer costs, in any one unit; both at least 0, one of them over 0.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS)]
pub struct Costs {
    /// Of calling a row of the first class the second.
    pub false_positive: f64,
    /// Of calling a row of the second class the first.
    pub false_negative: f64,
}

impl Default for Costs {
    fn default() -> Self {
        Self {
            false_positive: 1.0,
            false_negative: 1.0,
        }
    }
}

/// Where to cut the probability of the second class.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ThresholdReport {
    /// The second class: rows at or over the threshold are called this.
    pub positive_class: String,
    pub costs: Costs,
    /// Which rows chose the threshold. Chosen on the test rows themselves, it flatters a little.
    pub chosen_on: ChosenOn,
    pub choices: Vec<ThresholdChoice>,
    /// On the test rows, by rising threshold.
    pub curve: Vec<ThresholdPoint>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ChosenOn {
    TestRows,
    /// Answers of the cross-validation's models for rows that they had not seen.
    ValidationRows,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ThresholdChoice {
    pub rule: ThresholdRule,
    /// What this threshold does on the test rows.
    pub point: ThresholdPoint,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ThresholdRule {
    /// 0.5, what the model's own labels use.
    Default,
    LowestCost,
    HighestF1,
    /// The largest true positive rate less false positive rate (Youden 1950).
    Youden,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS)]
pub struct ThresholdPoint {
    pub threshold: f64,
    pub n_true_positive: u64,
    pub n_false_positive: u64,
    pub n_false_negative: u64,
    pub n_true_negative: u64,
    /// 0 where nothing is called positive.
    pub precision: f64,
    pub recall: f64,
    pub f1: f64,
    pub accuracy: f64,
    /// Mean cost of a row.
    pub cost: f64,
}

/// How far a probability of 0.8 comes true 8 times of 10: for two classes the second one, for more the class predicted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Calibration {
    /// At most ten of about equal rows, by rising probability.
    pub bins: Vec<CalibrationBin>,
    /// Mean distance of probability and share over the rows, 0 to 1 (expected calibration error).
    pub expected_error: f64,
    pub largest_error: f64,
}

/// What the probabilities were worth before they were calibrated.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Uncalibrated {
    pub method: CalibrationMethod,
    pub calibration: Option<Calibration>,
    pub log_loss: Option<f64>,
    pub brier: Option<f64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS)]
pub struct CalibrationBin {
    pub mean_probability: f64,
    /// Share of the rows that are of the class.
    pub share: f64,
    /// 95 %, Wilson.
    pub interval: Interval,
    pub n: u64,
}

/// Truth less prediction.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Residuals {
    /// n + 1 ascending edges of n counts.
    pub edges: Vec<f64>,
    pub counts: Vec<u64>,
    pub mean: f64,
    pub std: f64,
    /// At most twenty of about equal rows, by rising prediction.
    pub by_prediction: Vec<ResidualBin>,
    /// At most 500 rows, drawn with the run's seed.
    pub sample: Vec<ResidualPoint>,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS)]
pub struct ResidualBin {
    pub mean_prediction: f64,
    /// Quantiles 0.1, 0.5 and 0.9 of the residuals.
    pub low: f64,
    pub median: f64,
    pub high: f64,
    pub n: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS)]
pub struct ResidualPoint {
    pub prediction: f64,
    pub residual: f64,
}

/// The model on the test rows of one value, or range of values, of a column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Slice {
    pub column: String,
    /// `Dream`, `39.2 to 44.5`, `missing`, `other`
    pub label: String,
    pub n: u64,
    /// `accuracy` or `mae`.
    pub metric: String,
    pub value: f64,
    /// 95 %: Wilson for accuracy, normal approximation for the mean absolute error.
    pub interval: Interval,
    /// Too few rows to lean on (under 30).
    pub is_small: bool,
    /// The interval excludes the figure of all test rows, on the bad side.
    pub is_worse: bool,
    /// More of the catalogue's figures, where they are defined.
    pub metrics: BTreeMap<String, f64>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct RowError {
    /// 0-based row of the data set version.
    pub row: u64,
    pub truth: String,
    pub prediction: String,
    /// Probability of the predicted class, or the size of the residual.
    pub size: f64,
    /// Probability of the true class; `None` for regression.
    pub truth_probability: Option<f64>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, TS)]
pub struct Importances {
    /// What the model says of its features, largest first; `None` when it says nothing.
    pub own: Option<OwnImportances>,
    /// What shuffling a raw column costs on test rows; `None` when it was not asked.
    pub permutation: Option<PermutationImportances>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct OwnImportances {
    /// `impurity`, `split gain`, `coefficient`
    pub kind: String,
    pub features: Vec<FeatureImportance>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct FeatureImportance {
    pub feature: String,
    pub value: f64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct PermutationImportances {
    /// The metric that falls: `roc_auc`, `accuracy` or `r2`.
    pub metric: String,
    /// On the rows used, before anything is shuffled.
    pub baseline: f64,
    pub n_rows: u64,
    pub n_repeats: u32,
    /// Largest mean first.
    pub columns: Vec<ColumnImportance>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ColumnImportance {
    pub column: String,
    /// How much the metric falls when the column is shuffled; about 0 or under it: the model does not need it.
    pub mean: f64,
    /// Sample standard deviation over the repeats.
    pub std: f64,
}

/// How good the model is when it learns from fewer rows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct LearningCurve {
    pub metric: String,
    pub n_folds: u32,
    pub points: Vec<LearningPoint>,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS)]
pub struct LearningPoint {
    pub n_train_rows: u64,
    /// On the rows that trained, mean over the folds.
    pub train: f64,
    /// On the fold's validation rows, mean over the folds.
    pub validation: f64,
    /// Sample standard deviation over the folds.
    pub validation_std: f64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Choice {
    pub metric: String,
    pub n_inner_folds: u32,
    /// In the order given.
    pub candidates: Vec<Candidate>,
    /// Index of the one that the model was trained with.
    pub chosen: u32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Candidate {
    pub params: BTreeMap<String, ParamValue>,
    /// Over the inner folds of all training rows.
    pub mean: f64,
    pub std: f64,
    /// How many folds of the cross-validation chose it.
    pub n_outer_chosen: u32,
}
