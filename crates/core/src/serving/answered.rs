//! A request as it is remembered once it was answered or refused: for the prediction log and the meters.

use std::sync::Arc;

use super::{Chosen, ClassProbabilities, FieldWarning, PredictAnswer, Refusal, RowPrediction};
use crate::TimestampMs;
use crate::ids::VersionKey;
use crate::matrix::{Columns, Prediction};
use crate::tensor::NamedTensor;

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
    /// What a graph answered that takes whole tensors; it has no prediction by row then.
    pub tensors: Option<Vec<NamedTensor>>,
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

impl Answered {
    /// A request that did not come to a model.
    pub fn refused(protocol: Protocol, refusal: Refusal) -> Self {
        Self {
            refusal: Some(refusal),
            ..Self::new(protocol)
        }
    }

    /// A request of which nothing is known yet.
    pub fn new(protocol: Protocol) -> Self {
        Self {
            at_ms: 0,
            request_id: String::new(),
            trace_parent: None,
            client: None,
            protocol,
            asked: None,
            version: None,
            chosen: None,
            instead_of: None,
            inputs: None,
            prediction: None,
            tensors: None,
            classes: Arc::default(),
            warnings: Vec::new(),
            latency_secs: 0.0,
            n_batch_rows: 0,
            refusal: None,
        }
    }

    /// `None` for a request that was refused, and for a row that it does not have.
    pub fn row(&self, row: usize) -> Option<RowPrediction> {
        RowPrediction::of(self.prediction.as_ref()?, &self.classes, row)
    }

    /// What is said of a request of one record.
    fn record(&self) -> Option<RowPrediction> {
        match &self.tensors {
            Some(tensors) => Some(RowPrediction {
                outputs: Some(
                    tensors
                        .iter()
                        .map(|tensor| (tensor.name.clone(), tensor.nested()))
                        .collect(),
                ),
                ..RowPrediction::default()
            }),
            None => self.row(0),
        }
    }

    /// What the caller of one record hears; `None` for a request that was refused.
    pub fn answer_of_record(&self) -> Option<PredictAnswer> {
        let version = self.version.as_ref()?;
        Some(PredictAnswer {
            model: version.model.clone(),
            version: version.version,
            chosen: self.chosen?,
            instead_of: self.instead_of.clone(),
            request_id: self.request_id.clone(),
            prediction: self.record()?,
            warnings: self.warnings.clone(),
            latency_ms: self.latency_secs * 1e3,
        })
    }
}

impl RowPrediction {
    /// `None` for a row that is not there.
    pub fn of(prediction: &Prediction, classes: &[String], row: usize) -> Option<Self> {
        Some(match prediction {
            Prediction::Classes {
                indices,
                probabilities,
                n_classes,
            } => {
                let label = classes.get(*indices.get(row)? as usize)?.clone();
                let probabilities = probabilities.get(row * n_classes..(row + 1) * n_classes)?;
                let by_class = classes.iter().cloned().zip(probabilities.iter().copied());
                Self {
                    label: Some(label),
                    probabilities: Some(ClassProbabilities(by_class.collect())),
                    ..Self::default()
                }
            }
            Prediction::Values(values) => Self {
                value: Some(*values.get(row)?),
                ..Self::default()
            },
            Prediction::Coordinates {
                values,
                n_components,
            } => Self {
                coordinates: Some(
                    values
                        .get(row * n_components..(row + 1) * n_components)?
                        .to_vec(),
                ),
                ..Self::default()
            },
        })
    }
}
