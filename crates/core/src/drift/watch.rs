//! What a model version remembers of its rows besides the sketch of each column.

use serde::{Deserialize, Serialize};

use super::estimate::{CbpeReference, LossKind, LossReference};
use super::multivariate::{CorrelationReference, DomainReference, PcaReference};

/// Travels with a model version, in the sketch of its reference. What could not be fitted (too few rows or columns, no
/// labels) is `None`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct WatchReference {
    /// Of rows with labels that the model had not seen: what it will be worth where labels have not come yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub classes: Option<CbpeReference>,
    /// The same for numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub losses: Option<LossReference>,
    /// One a loss that is estimated.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub loss_models: Vec<LossModel>,
    /// Of the training rows: how the columns hang together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub components: Option<PcaReference>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correlation: Option<CorrelationReference>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub domain: Option<DomainReference>,
}

/// Says how large the loss of a row will be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LossModel {
    pub loss: LossKind,
    /// An ONNX graph that takes what the model takes, as base64.
    pub onnx: String,
}
