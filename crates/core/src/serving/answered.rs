//! A request as it is remembered once it was answered or refused: for the prediction log and the meters.

use std::sync::Arc;

use super::{Chosen, FieldWarning, Refusal};
use crate::TimestampMs;
use crate::ids::VersionKey;
use crate::matrix::{Columns, Prediction};

/// One request, whatever came of it.
#[derive(Debug, Clone)]
pub struct Answered {
    /// When the request had been read.
    pub at_ms: TimestampMs,
    pub request_id: String,
    /// The header `traceparent` as it came.
    pub trace_parent: Option<String>,
    /// The name of the token; `None` for one who needs none.
    pub client: Option<String>,
    pub protocol: Protocol,
    /// As the request names the model; `None` where it names none.
    pub asked: Option<String>,
    /// The version that answered, or that was to.
    pub version: Option<VersionKey>,
    pub chosen: Option<Chosen>,
    /// The version that was meant and could not answer.
    pub instead_of: Option<VersionKey>,
    /// Raw columns as they entered the graph; `None` where the request could not be read.
    pub inputs: Option<Columns>,
    pub prediction: Option<Prediction>,
    /// Of the model, in the order of the probabilities.
    pub classes: Arc<[String]>,
    pub warnings: Vec<FieldWarning>,
    /// From the whole request read to the answer known.
    pub latency_secs: f64,
    /// Rows of the run that answered it, those of other requests included; 0 when none did.
    pub n_batch_rows: usize,
    pub refusal: Option<Refusal>,
}

/// The form in which a model was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// `/models/{name}/predict`
    Assay,
    /// The Open Inference Protocol: `/v2/models/{name}/infer`.
    OpenInference,
    /// MLflow's `/invocations`.
    Invocations,
    /// A window or a browser tries a model.
    Command,
}

impl Protocol {
    /// `assay`, `open_inference`, `invocations`, `command`
    pub fn label(self) -> &'static str {
        match self {
            Self::Assay => "assay",
            Self::OpenInference => "open_inference",
            Self::Invocations => "invocations",
            Self::Command => "command",
        }
    }
}
