//! What stands around an algorithm: a scale before it, a correction behind it.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What corrects a classifier's probabilities, learnt from folds inside the training rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CalibrationMethod {
    /// A logistic curve; for few rows too.
    Platt,
    /// A curve of steps, free but rising; for a thousand rows and more.
    Isotonic,
    /// One number that makes all probabilities less, or more, sure; labels stay.
    Temperature,
}

impl CalibrationMethod {
    /// As documents and the command line write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Platt => "platt",
            Self::Isotonic => "isotonic",
            Self::Temperature => "temperature",
        }
    }
}

/// The scale on which numbers are learnt; predictions and metrics are on the target's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum TargetTransform {
    /// ln y, for targets over 0.
    Log,
    /// ln (1 + y), for targets over −1, as counts and amounts with zeros.
    #[serde(rename = "log1p")]
    Log1p,
    /// The power that makes targets over 0 most normal, standardised.
    BoxCox,
    /// The same for targets of any sign.
    YeoJohnson,
}

impl TargetTransform {
    /// As documents and the command line write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Log => "log",
            Self::Log1p => "log1p",
            Self::BoxCox => "box_cox",
            Self::YeoJohnson => "yeo_johnson",
        }
    }
}
