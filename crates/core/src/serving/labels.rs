//! What turned out to be true of predictions that were logged.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The truth of one prediction.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GivenLabel {
    /// The `id` of the prediction's line in the log: the request's, with `/` and the row behind it where there were several.
    pub id: String,
    /// A text, a number, true or false; null takes an earlier one back.
    pub label: Value,
}

impl GivenLabel {
    /// What is wrong with it, as a clause.
    pub fn trouble(&self) -> Option<String> {
        if self.id.is_empty() || self.id.len() > 256 {
            return Some("an id has from 1 to 256 bytes".to_owned());
        }
        matches!(self.label, Value::Array(_) | Value::Object(_))
            .then(|| format!("the label of `{}` is no single value", self.id))
    }
}
