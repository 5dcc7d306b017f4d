//! What a model version remembers of its rows besides the sketch of each column.

use serde::{Deserialize, Serialize};

use super::estimate::{CbpeReference, LossReference};
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
    /// Of the training rows: how the columns hang together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub components: Option<PcaReference>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correlation: Option<CorrelationReference>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub domain: Option<DomainReference>,
}
