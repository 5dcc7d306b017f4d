//! Traces: what a program did while it answered one request, as tracing clients tell it. A trace has spans; a span
//! keeps the form in which OpenTelemetry's protocol brought it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::TimestampMs;
use crate::assessment::Assessment;
use crate::ids::ExperimentId;
pub use crate::ids::TraceId;
use crate::tracking::OrderBy;

/// The tag that holds a trace's name.
pub const NAME_TAG: &str = "mlflow.traceName";
/// The tag that says where clients find the spans.
pub const SPANS_LOCATION_TAG: &str = "mlflow.trace.spansLocation";
/// What that tag says when the spans are in the lab.
pub const SPANS_IN_STORE: &str = "TRACKING_STORE";
/// The run in which a trace was made.
pub const SOURCE_RUN: &str = "mlflow.sourceRun";
/// The attributes of a span that hold what it was given, what it gave, and what kind it is.
pub const SPAN_INPUTS: &str = "mlflow.spanInputs";
pub const SPAN_OUTPUTS: &str = "mlflow.spanOutputs";
pub const SPAN_TYPE: &str = "mlflow.spanType";

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TraceState {
    #[default]
    StateUnspecified,
    Ok,
    Error,
    InProgress,
}

impl TraceState {
    /// As clients write it.
    pub fn word(self) -> &'static str {
        match self {
            Self::StateUnspecified => "STATE_UNSPECIFIED",
            Self::Ok => "OK",
            Self::Error => "ERROR",
            Self::InProgress => "IN_PROGRESS",
        }
    }
}

/// A trace without its spans.
#[derive(Debug, Clone, PartialEq)]
pub struct TraceInfo {
    pub trace_id: TraceId,
    pub experiment_id: ExperimentId,
    pub started_ms: TimestampMs,
    /// `None`: it goes on, or nobody said.
    pub duration_ms: Option<i64>,
    pub state: TraceState,
    pub client_request_id: Option<String>,
    pub request_preview: Option<String>,
    pub response_preview: Option<String>,
    pub metadata: BTreeMap<String, String>,
    pub tags: BTreeMap<String, String>,
    /// By when they were made.
    pub assessments: Vec<Assessment>,
}

/// What is said of a trace when it ends, in addition to what is known of it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TraceEnd {
    pub ended_ms: TimestampMs,
    pub state: TraceState,
    pub metadata: BTreeMap<String, String>,
    pub tags: BTreeMap<String, String>,
}

/// One step of a trace.
#[derive(Debug, Clone, PartialEq)]
pub struct Span {
    pub trace_id: TraceId,
    /// 16 hexadecimal digits.
    pub span_id: String,
    /// `None`: the root of its trace.
    pub parent_id: Option<String>,
    pub name: String,
    /// Nanoseconds since 1970.
    pub started_ns: i64,
    pub ended_ns: Option<i64>,
    pub state: TraceState,
    /// The span of OpenTelemetry's protocol, in protobuf's JSON with the fields' own names.
    pub otlp: Value,
}

impl Span {
    /// An attribute as a text; what is no text is written as JSON.
    pub fn attribute(&self, key: &str) -> Option<String> {
        let list = self.otlp.get("attributes")?.as_array()?;
        let found = list
            .iter()
            .find(|entry| entry.get("key").and_then(Value::as_str) == Some(key))?;
        match plain(found.get("value")?) {
            Value::Null => None,
            Value::String(text) => Some(text),
            other => Some(other.to_string()),
        }
    }
}

/// The protocol's value as the JSON that it means: `{"int_value": 3}` is 3.
pub fn plain(value: &Value) -> Value {
    let Some((kind, value)) = value.as_object().and_then(|value| value.iter().next()) else {
        return Value::Null;
    };
    let list = || {
        value
            .get("values")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
    };
    match kind.as_str() {
        "array_value" => list().map(plain).collect(),
        "kvlist_value" => list()
            .filter_map(|entry| {
                let key = entry.get("key")?.as_str()?.to_owned();
                Some((key, entry.get("value").map_or(Value::Null, plain)))
            })
            .collect(),
        _ => value.clone(),
    }
}

/// Which traces a client wants, and in which order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TraceQuery {
    pub experiments: Vec<ExperimentId>,
    /// In the grammar of [`crate::query`].
    pub filter: String,
    /// At the end the newest first, then by id.
    pub order_by: Vec<OrderBy>,
    pub offset: u64,
    pub limit: u32,
}

/// Which traces of an experiment to delete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TraceSelection {
    Ids(Vec<TraceId>),
    /// Those that began until then, the oldest first and at most so many.
    Until {
        at_ms: TimestampMs,
        limit: u32,
    },
}

/// How often two conditions hold, each alone and both together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TraceCounts {
    pub n_all: u64,
    pub n_first: u64,
    pub n_second: u64,
    pub n_both: u64,
}

impl TraceCounts {
    /// Normalized pointwise mutual information, from -1 (never together) by 0 (independent) to 1 (always together); with
    /// `smoothing` added to each of the four cells (0.5: Jeffreys' prior). `None` where it is not defined: a condition
    /// that never holds. Bouma, "Normalized (pointwise) mutual information in collocation extraction", 2009.
    pub fn correlation(&self, smoothing: f64) -> Option<f64> {
        if self.n_first == 0 || self.n_second == 0 {
            return None;
        }
        let only_first = self.n_first.checked_sub(self.n_both)?;
        let only_second = self.n_second.checked_sub(self.n_both)?;
        let neither = (self.n_all + self.n_both).checked_sub(self.n_first + self.n_second)?;
        if only_first == 0 && only_second == 0 && neither == 0 {
            return Some(1.0);
        }
        if self.n_both == 0 && smoothing == 0.0 {
            return Some(-1.0);
        }
        let both = self.n_both as f64 + smoothing;
        let first = self.n_first as f64 + 2.0 * smoothing;
        let second = self.n_second as f64 + 2.0 * smoothing;
        let all = self.n_all as f64 + 4.0 * smoothing;
        let information = both.ln() + all.ln() - first.ln() - second.ln();
        Some((information / (all.ln() - both.ln())).clamp(-1.0, 1.0))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_attribute_is_a_text() {
        let span = Span {
            trace_id: TraceId("tr-1".to_owned()),
            span_id: "1".to_owned(),
            parent_id: None,
            name: "s".to_owned(),
            started_ns: 0,
            ended_ns: None,
            state: TraceState::Ok,
            otlp: json!({ "attributes": [
                { "key": "text", "value": { "string_value": "a" } },
                { "key": "number", "value": { "int_value": 3 } },
                { "key": "list", "value": { "kvlist_value": { "values": [
                    { "key": "a", "value": { "array_value": { "values": [{ "bool_value": true }, {}] } } },
                ] } } },
                { "key": "empty", "value": {} },
            ] }),
        };
        assert_eq!(span.attribute("text").as_deref(), Some("a"));
        assert_eq!(span.attribute("number").as_deref(), Some("3"));
        assert_eq!(
            span.attribute("list").as_deref(),
            Some(r#"{"a":[true,null]}"#)
        );
        assert_eq!(span.attribute("empty"), None);
        assert_eq!(span.attribute("absent"), None);
    }

    /// Numbers of `calculate_npmi_from_counts` of MLflow 3.17.2, without smoothing and with.
    #[test]
    fn conditions_correlate_as_mlflow_says() {
        for (n_both, n_first, n_second, n_all, plain, smoothed) in [
            (
                6,
                6,
                7,
                10,
                Some(0.6982322877799215),
                Some(0.5404578674731575),
            ),
            (
                3,
                4,
                3,
                10,
                Some(0.7610560044063087),
                Some(0.6021516451320165),
            ),
            (0, 0, 7, 10, None, None),
            (0, 3, 4, 10, Some(-1.0), Some(-0.3788396511188485)),
            (5, 5, 5, 5, Some(1.0), Some(1.0)),
            (1, 1, 1, 100, Some(1.0), Some(0.8636418783646828)),
            (
                2,
                5,
                4,
                10,
                Some(2.7592814014081835e-16),
                Some(2.831089527898402e-16),
            ),
            (9, 3, 4, 10, None, None),
        ] {
            let counts = TraceCounts {
                n_all,
                n_first,
                n_second,
                n_both,
            };
            for (found, wanted) in [
                (counts.correlation(0.0), plain),
                (counts.correlation(0.5), smoothed),
            ] {
                match (found, wanted) {
                    (Some(found), Some(wanted)) => {
                        let wanted: f64 = wanted;
                        assert!(
                            (found - wanted).abs() < 1e-12,
                            "{counts:?}: {found} {wanted}"
                        );
                    }
                    _ => assert_eq!(found, wanted, "{counts:?}"),
                }
            }
        }
    }
}
