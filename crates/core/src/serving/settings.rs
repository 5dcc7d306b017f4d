//! `[serve.MODEL]` of `assay.toml`: how a model answers.

use serde::{Deserialize, Serialize};

use crate::reference::Reference;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ServeSettings {
    /// The version that answers in place of one whose breaker is open: `name@3`.
    pub fallback: Option<Reference>,
    /// So many failures within the window open the breaker of a version. At least 1.
    pub max_failures: u32,
    pub window_secs: f64,
    /// How long a breaker stays open before a request is let through to try.
    pub open_secs: f64,
    /// Requests that take longer are answered with 504. Over 0.
    pub timeout_secs: f64,
    /// Rows of one request. At least 1.
    pub max_rows: u64,
    /// Rows of several requests that are gathered into one run. At least 1, which gathers nothing.
    pub max_batch_rows: u64,
}

impl Default for ServeSettings {
    fn default() -> Self {
        Self {
            fallback: None,
            max_failures: 5,
            window_secs: 30.0,
            open_secs: 10.0,
            timeout_secs: 30.0,
            max_rows: 100_000,
            max_batch_rows: 64,
        }
    }
}

impl ServeSettings {
    /// The key that is out of range, with what it must be.
    pub fn out_of_range(&self) -> Option<(&'static str, &'static str)> {
        let over_0 = |value: f64| value.is_finite() && value > 0.0;
        [
            ("max_failures", self.max_failures >= 1, "1 or more"),
            ("window_secs", over_0(self.window_secs), "over 0"),
            ("open_secs", over_0(self.open_secs), "over 0"),
            ("timeout_secs", over_0(self.timeout_secs), "over 0"),
            ("max_rows", self.max_rows >= 1, "1 or more"),
            ("max_batch_rows", self.max_batch_rows >= 1, "1 or more"),
        ]
        .into_iter()
        .find(|(_, fits, _)| !fits)
        .map(|(key, _, words)| (key, words))
    }
}
