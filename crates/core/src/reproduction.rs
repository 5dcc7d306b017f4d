//! A run trained again from its record, and what came out differently.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::RunId;

/// Invariant: `identical` means that every bit of the exported model and of the predictions of the test rows is the
/// same; then `metrics` is empty.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Reproduction {
    pub run_id: RunId,
    pub identical: bool,
    /// Whether the fitted recipe, the ONNX file and the test predictions are the same, bit for bit.
    pub recipe_identical: bool,
    pub model_identical: bool,
    pub predictions_identical: bool,
    pub n_test_rows: u64,
    /// Rows whose predicted class or value is another one.
    pub n_rows_differing: u64,
    /// Between probabilities, or values; 0 to 1 for probabilities.
    pub max_difference: f64,
    /// Metrics of the test rows that came out differently, by name.
    pub metrics: Vec<MetricDifference>,
    /// What of the record's surroundings is not as it was: the likely reasons.
    pub environment: Vec<EnvironmentDifference>,
    pub duration_secs: f64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct MetricDifference {
    pub name: String,
    pub before: f64,
    pub now: f64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct EnvironmentDifference {
    /// `version of Assay`
    pub what: String,
    pub before: String,
    pub now: String,
}

impl Reproduction {
    /// What a person wants to know, in one sentence without a full stop.
    pub fn sentence(&self) -> String {
        if self.identical {
            return format!(
                "bit-identical: the model and all {} test predictions are the same",
                self.n_test_rows
            );
        }
        if self.predictions_identical {
            let parts = if self.recipe_identical {
                "the model file differs"
            } else {
                "the recipe and the model file differ"
            };
            return format!("{parts}, and predicts the same on all test rows");
        }
        format!(
            "not the same: {} of {} test rows are predicted differently, by up to {}",
            self.n_rows_differing, self.n_test_rows, self.max_difference
        )
    }
}
