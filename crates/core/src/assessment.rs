//! What people, judges and programs think of a trace, or of one of its spans, as clients of the tracking API say it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::TimestampMs;
use crate::ids::TraceId;

/// `a-` and 32 hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AssessmentId(pub String);

impl AssessmentId {
    pub fn from_bits(bits: u128) -> Self {
        Self(format!("a-{bits:032x}"))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for AssessmentId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct Assessment {
    pub assessment_id: AssessmentId,
    pub trace_id: TraceId,
    /// The assessment in whose place this one stands.
    pub overrides: Option<AssessmentId>,
    /// No other assessment stands in its place.
    pub is_valid: bool,
    pub content: AssessmentContent,
}

/// What an assessment says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AssessmentContent {
    pub name: String,
    /// `None`: of the whole trace.
    pub span_id: Option<String>,
    pub source: AssessmentSource,
    pub value: AssessmentValue,
    pub rationale: Option<String>,
    pub metadata: BTreeMap<String, String>,
    pub created_ms: TimestampMs,
    pub updated_ms: TimestampMs,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssessmentSource {
    pub kind: AssessmentSourceKind,
    /// A person's name, a judge's name; empty when it is not said.
    pub id: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AssessmentSourceKind {
    #[default]
    SourceTypeUnspecified,
    Human,
    LlmJudge,
    Code,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AssessmentValue {
    /// What came out is like this.
    Feedback {
        value: Value,
        error: Option<AssessmentError>,
    },
    /// What should have come out.
    Expectation { value: Value },
    /// A known issue is seen here.
    Issue { issue_name: String },
}

impl AssessmentValue {
    pub fn is_like(&self, other: &Self) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }
}

/// Why there is no feedback.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct AssessmentError {
    pub error_code: Option<String>,
    pub error_message: Option<String>,
    pub stack_trace: Option<String>,
}

/// What is to be different about an assessment; who said it and of what stays.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AssessmentChange {
    pub name: Option<String>,
    /// Of the same kind as before.
    pub value: Option<AssessmentValue>,
    pub rationale: Option<String>,
    /// Added to what is there.
    pub metadata: BTreeMap<String, String>,
}

impl AssessmentContent {
    /// `None` when the new value is of another kind than the old one.
    pub fn with(&self, change: &AssessmentChange, at_ms: TimestampMs) -> Option<Self> {
        let mut changed = self.clone();
        if let Some(value) = &change.value {
            if !value.is_like(&self.value) {
                return None;
            }
            changed.value = value.clone();
        }
        if let Some(name) = &change.name {
            changed.name.clone_from(name);
        }
        if let Some(rationale) = &change.rationale {
            changed.rationale = Some(rationale.clone());
        }
        changed.metadata.extend(change.metadata.clone());
        changed.updated_ms = at_ms;
        Some(changed)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_change_leaves_what_it_does_not_name() {
        let feedback = |value| AssessmentValue::Feedback { value, error: None };
        let before = AssessmentContent {
            name: "quality".to_owned(),
            span_id: Some("ab".to_owned()),
            source: AssessmentSource {
                kind: AssessmentSourceKind::Human,
                id: "ana".to_owned(),
            },
            value: feedback(json!({ "rating": 4 })),
            rationale: Some("good".to_owned()),
            metadata: BTreeMap::from([("a".to_owned(), "1".to_owned())]),
            created_ms: 5,
            updated_ms: 5,
        };
        let change = AssessmentChange {
            value: Some(feedback(json!({ "rating": 5 }))),
            metadata: BTreeMap::from([("b".to_owned(), "2".to_owned())]),
            ..AssessmentChange::default()
        };
        let after = before.with(&change, 9).expect("of the same kind");
        assert_eq!(after.value, feedback(json!({ "rating": 5 })));
        assert_eq!(after.metadata.len(), 2);
        assert_eq!((after.created_ms, after.updated_ms), (5, 9));
        assert_eq!(after.rationale, before.rationale);
        assert_eq!(after.source, before.source);
        let other = AssessmentChange {
            value: Some(AssessmentValue::Expectation { value: json!(1) }),
            ..AssessmentChange::default()
        };
        assert_eq!(before.with(&other, 9), None);
    }
}
