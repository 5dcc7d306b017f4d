//! Inference: what a caller sends and gets, what is wrong with a request, which versions answer and how they fare.

mod answered;
mod labels;
mod settings;

use std::collections::BTreeMap;

use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Map, Value};
use ts_rs::TS;

use crate::TimestampMs;
use crate::code::Code;
use crate::ids::{ModelName, VersionKey};
use crate::reference::Reference;
use crate::registered::Stage;

pub use answered::{Answered, Protocol};
pub use labels::GivenLabel;
pub use settings::ServeSettings;

/// One record for one model: a value by column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct TryModel {
    pub model: Reference,
    pub record: Map<String, Value>,
}

/// What a model says of one record.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct PredictAnswer {
    pub model: ModelName,
    pub version: u32,
    pub chosen: Chosen,
    /// The version that was meant and could not answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub instead_of: Option<VersionKey>,
    pub request_id: String,
    #[serde(flatten)]
    pub prediction: RowPrediction,
    pub warnings: Vec<FieldWarning>,
    /// From the whole request read to the answer known.
    pub latency_ms: f64,
}

/// What a model says of one row; what does not apply is left out.
#[derive(Debug, Clone, PartialEq, Default, Serialize, TS)]
pub struct RowPrediction {
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub label: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub probabilities: Option<ClassProbabilities>,
    /// Null when it is no finite number.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub value: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub coordinates: Option<Vec<f64>>,
    /// Whole tensors as nested lists, of a graph that takes them.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable, type = "Record<string, unknown>")]
    pub outputs: Option<BTreeMap<String, Value>>,
}

/// In the order of the model's classes; an object on the wire.
#[derive(Debug, Clone, PartialEq, TS)]
#[ts(type = "Record<string, number>")]
pub struct ClassProbabilities(pub Vec<(String, f64)>);

impl Serialize for ClassProbabilities {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (class, probability) in &self.0 {
            map.serialize_entry(class, probability)?;
        }
        map.end()
    }
}

/// Why this version answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Chosen {
    /// The request names it.
    Version,
    /// The request names an alias that points at it.
    Alias,
    /// The request names none, and it is in production.
    Production,
    /// The request names none, and none is in production: the newest that can be served.
    Newest,
}

/// Something in a request that training did not see; the model answers nevertheless.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct FieldWarning {
    /// 0-based row of the request; `None` for a request of one record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub row: Option<u64>,
    pub field: String,
    pub kind: WarningKind,
    pub sentence: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum WarningKind {
    /// A number below the smallest or over the largest of the training rows.
    OutOfRange,
    /// A text that no training row held.
    UnseenCategory,
}

/// Something in a request that keeps the model from answering.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct FieldError {
    /// 0-based row of the request; `None` for a request of one record, or for a whole column.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub row: Option<u64>,
    pub field: String,
    pub kind: FieldErrorKind,
    /// A sentence.
    pub wrong: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum FieldErrorKind {
    /// The model takes it and the request lacks it.
    Missing,
    /// The model does not take it.
    Extra,
    /// Named twice.
    Twice,
    WrongType,
    /// Missing, not a number or infinite where the model needs a finite number.
    NotANumber,
}

/// Why a request was not answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum RefusalKind {
    /// No such model or version, or none that can be served.
    NotFound,
    /// Not in the form that the route takes.
    Unreadable,
    /// The fields do not fit the signature.
    Fields,
    /// More bytes or rows than are taken at once.
    TooLarge,
    /// A form of content that the route does not take or give.
    UnknownForm,
    /// Without a token where one is needed, or with a wrong one.
    Unauthenticated,
    /// With a token that does not allow it.
    Forbidden,
    /// More requests than the token allows.
    TooMany,
    /// The version does not answer for now, and neither does a fallback; or the server is ending.
    Unavailable,
    /// Not answered in time.
    Late,
    /// A mistake in Assay.
    Failed,
}

impl RefusalKind {
    pub const ALL: [Self; 11] = [
        Self::Unauthenticated,
        Self::Forbidden,
        Self::TooMany,
        Self::NotFound,
        Self::Unreadable,
        Self::Fields,
        Self::TooLarge,
        Self::UnknownForm,
        Self::Unavailable,
        Self::Late,
        Self::Failed,
    ];

    pub fn http_status(self) -> u16 {
        match self {
            Self::Unauthenticated => 401,
            Self::Forbidden => 403,
            Self::TooMany => 429,
            Self::NotFound => 404,
            Self::Unreadable => 400,
            Self::Fields => 422,
            Self::TooLarge => 413,
            Self::UnknownForm => 415,
            Self::Unavailable => 503,
            Self::Late => 504,
            Self::Failed => 500,
        }
    }

    /// As a command that failed says it.
    pub fn code(self) -> Code {
        match self {
            Self::NotFound => Code::NotFound,
            Self::Unauthenticated
            | Self::Forbidden
            | Self::TooMany
            | Self::Unreadable
            | Self::Fields
            | Self::TooLarge => Code::Invalid,
            Self::UnknownForm => Code::Unsupported,
            Self::Unavailable => Code::Precondition,
            Self::Late => Code::Cancelled,
            Self::Failed => Code::Bug,
        }
    }

    /// As it is written on the wire.
    pub fn label(self) -> &'static str {
        match self {
            Self::Unauthenticated => "unauthenticated",
            Self::Forbidden => "forbidden",
            Self::TooMany => "too_many",
            Self::NotFound => "not_found",
            Self::Unreadable => "unreadable",
            Self::Fields => "fields",
            Self::TooLarge => "too_large",
            Self::UnknownForm => "unknown_form",
            Self::Unavailable => "unavailable",
            Self::Late => "late",
            Self::Failed => "failed",
        }
    }
}

/// A request that was not answered, as its caller is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, thiserror::Error)]
#[error("{wrong}")]
pub struct Refusal {
    pub kind: RefusalKind,
    /// One clause.
    pub wrong: String,
    /// What to do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub hint: Option<String>,
    /// At most [`Refusal::MAX_FIELDS`].
    pub fields: Vec<FieldError>,
}

impl Refusal {
    pub const MAX_FIELDS: usize = 100;

    pub fn new(kind: RefusalKind, wrong: impl Into<String>) -> Self {
        Self {
            kind,
            wrong: wrong.into(),
            hint: None,
            fields: Vec::new(),
        }
    }

    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Of fields that do not fit. The first says what is wrong.
    pub fn of_fields(mut fields: Vec<FieldError>) -> Self {
        fields.truncate(Self::MAX_FIELDS);
        let wrong = match fields.as_slice() {
            [] => "a field does not fit the signature".to_owned(),
            [only] => only.wrong.clone(),
            [first, rest @ ..] => format!("{}; and {} more", first.wrong, rest.len()),
        };
        Self {
            fields,
            ..Self::new(RefusalKind::Fields, wrong)
        }
        .with_hint("GET the model's page under /models for the columns that it takes")
    }
}

/// A model that has a version which can be served.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ServedModel {
    pub model: ModelName,
    /// The version that answers when a request names none.
    pub default_version: u32,
    pub default_chosen: Chosen,
    pub aliases: BTreeMap<String, u32>,
    /// Newest first.
    pub versions: Vec<ServedVersion>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ServedVersion {
    pub version: u32,
    pub stage: Stage,
    pub aliases: Vec<String>,
    /// Whether it is in memory; one that is not is loaded with the next request.
    pub is_loaded: bool,
    pub breaker: BreakerState,
    /// The version that answers in its place while the breaker is open.
    pub fallback: Option<Reference>,
    /// Since this process began.
    pub counts: ServedCounts,
    /// Of the requests that were answered since; `None` without any.
    pub latency: Option<ServedLatency>,
}

/// From the whole request read to the answer known; by a ruler of tenths, so within 10 %.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS)]
pub struct ServedLatency {
    pub p50_ms: f64,
    pub p99_ms: f64,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ServedCounts {
    /// Requests answered, each of one row or more.
    pub n_answered: u64,
    pub n_rows: u64,
    /// Runs of the graph; fewer than requests where several were gathered.
    pub n_runs: u64,
    pub n_failed: u64,
    /// Requests that the fallback answered instead.
    pub n_fallback: u64,
    pub n_warnings: u64,
}

/// A circuit breaker: after too many failures a version is not asked for a while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct BreakerState {
    pub position: BreakerPosition,
    /// Within the window of the settings.
    pub n_failures: u32,
    /// When it opened the last time; `None` while it is closed.
    pub opened_ms: Option<TimestampMs>,
    /// When the next request is let through to try.
    pub retry_ms: Option<TimestampMs>,
    /// A sentence.
    pub last_failure: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum BreakerPosition {
    /// Every request is let through.
    Closed,
    /// None is.
    Open,
    /// One at a time is, to see whether the version answers again.
    HalfOpen,
}
