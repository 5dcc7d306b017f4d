//! How good a model is in a window: measured where labels have come, estimated where they have not.

mod bands;
mod calibrate;
mod cbpe;
mod classes;
mod limits;
mod loss;
mod sampling;
mod scores;
mod values;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

pub use calibrate::IsotonicCurve;
pub use cbpe::{CbpeOptions, CbpeReference};
pub use classes::{ClassRow, ClassTally};
pub use limits::MetricLimits;
pub(crate) use limits::stretches;
pub use loss::{LossKind, LossReference, LossTally};
pub use sampling::{Grows, SamplingScale};
pub use scores::{ScoreCell, ScoreSketch};
pub use values::ValueTally;

/// Standard errors on either side of an estimate, as NannyML draws its bands.
pub const SAMPLING_ERRORS: f64 = 3.0;

/// A metric of a window with labels and its 95 % band.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct MeasuredMetric {
    /// As the catalogue of metrics names it; `specificity`, `specificity_macro` and `calibration_error` beside.
    pub metric: String,
    pub value: f64,
    pub low: f64,
    pub high: f64,
    pub band: Band,
}

/// How a band was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Band {
    /// Wilson 1927, of a share; F1 through the share of hits among hits and misses, F1 = 2 share / (1 + share).
    Wilson,
    /// DeLong, DeLong and Clarke-Pearson 1988; of a macro average the mean of the classes' half widths, which is never
    /// too narrow.
    DeLong,
    /// On the logit with 1 / (positives · value · (1 − value)) as variance (Boyd, Eng and Page 2013); of a macro average
    /// the mean of the classes' ends.
    Logit,
    /// Of a mean of rows.
    Normal,
    /// First-order change of the counts or moments that the metric is made of.
    Delta,
}

/// A metric of a window without labels.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct EstimatedMetric {
    pub metric: String,
    pub value: f64,
    /// Standard error of the metric on so many rows, as the reference scatters.
    pub sampling_error: Option<f64>,
    /// Three standard errors under and over, within the metric's bounds.
    pub low: Option<f64>,
    pub high: Option<f64>,
    pub limits: Option<MetricLimits>,
    /// Outside the limits.
    pub alert: bool,
}

/// Why a reference cannot be fitted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EstimateError {
    #[error(
        "estimating performance without labels needs reference rows with labels, and there are none; score rows whose outcome is known first"
    )]
    NoRows,
    #[error(
        "the reference has {truth} labels, {predicted} predictions and {probabilities} probabilities of {n_classes} classes; they must be of the same rows"
    )]
    Lengths {
        truth: usize,
        predicted: usize,
        probabilities: usize,
        n_classes: usize,
    },
    #[error("estimating performance needs two classes or more, and the model knows {n_classes}")]
    Classes { n_classes: usize },
    #[error("row {row} names class {class}, and there are {n_classes}")]
    ClassOutOfRange {
        row: usize,
        class: u32,
        n_classes: usize,
    },
    #[error(
        "row {row} has the probability {found}; calibrating needs probabilities, finite numbers from 0 to 1"
    )]
    Probability { row: usize, found: String },
    #[error(
        "the matrix of business values has {found} numbers, and {n_classes} classes need {}; name one per truth and prediction",
        n_classes * n_classes
    )]
    BusinessValue { found: usize, n_classes: usize },
}
