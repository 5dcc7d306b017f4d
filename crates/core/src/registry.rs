//! The registry: models, versions, aliases, stages, gates and the audit log.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::TimestampMs;
use crate::gate::GateReport;
pub use crate::ids::VersionKey;
use crate::ids::{DatasetName, ModelName, ObjectHash, ReplayId, RunId};
use crate::imported_model::ImportedModel;
use crate::parity::ParityReport;
use crate::registered::RegisteredVersion;
pub use crate::registered::Stage;
use crate::schema::ColumnType;
use crate::signing::SignatureReport;
use crate::train::ProblemKind;
use crate::variants::ModelVariant;

pub const MODEL_VERSION_SCHEMA: u32 = 1;

/// One version of a registered model that has an exported folder.
///
/// Invariant: either a run of this lab trained it, then `run_id`, `problem`, the three of the data set, `parity` and
/// `reference` are all there ([`ModelVersion::trained`]); or it was imported as an ONNX file, then `imported` is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ModelVersion {
    pub schema: u32,
    pub model: ModelName,
    pub version: u32,
    pub stage: Stage,
    pub aliases: Vec<String>,
    pub run_id: Option<RunId>,
    /// Of an imported one what its outputs say; `None` when they are tensors.
    pub problem: Option<ProblemKind>,
    /// Of an imported one the operator that holds most of its numbers.
    pub algorithm: String,
    pub dataset: Option<DatasetName>,
    pub dataset_number: Option<u32>,
    pub dataset_version: Option<ObjectHash>,
    pub signature: Signature,
    /// Of an imported one none: no run measured it.
    pub metrics: BTreeMap<String, f64>,
    /// The ONNX file among the objects.
    pub onnx: ObjectHash,
    pub onnx_size_bytes: u64,
    pub opset: u32,
    pub parity: Option<ParityReport>,
    /// The drift sketch of the training rows among the objects.
    pub reference: Option<ObjectHash>,
    #[serde(default)]
    pub imported: Option<ImportedModel>,
    pub created_ms: TimestampMs,
}

/// What the run that trained a version left.
#[derive(Debug, Clone, Copy)]
pub struct Trained<'a> {
    pub run_id: &'a RunId,
    pub problem: ProblemKind,
    pub dataset: &'a DatasetName,
    pub dataset_number: u32,
    pub dataset_version: &'a ObjectHash,
    pub parity: &'a ParityReport,
    pub reference: &'a ObjectHash,
}

impl ModelVersion {
    /// `None` for one that was imported.
    pub fn trained(&self) -> Option<Trained<'_>> {
        Some(Trained {
            run_id: self.run_id.as_ref()?,
            problem: self.problem?,
            dataset: self.dataset.as_ref()?,
            dataset_number: self.dataset_number?,
            dataset_version: self.dataset_version.as_ref()?,
            parity: self.parity.as_ref()?,
            reference: self.reference.as_ref()?,
        })
    }

    pub fn key(&self) -> VersionKey {
        VersionKey {
            model: self.model.clone(),
            version: self.version,
        }
    }
}

/// The named inputs and outputs of the exported graph.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Signature {
    pub inputs: Vec<SignatureColumn>,
    pub outputs: Vec<SignatureColumn>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct SignatureColumn {
    pub name: String,
    pub kind: ColumnType,
    pub nullable: bool,
    /// What training saw: `0 to 0.19`, `Biscoe, Dream, Torgersen`, `constant 0.003467`.
    pub seen: String,
    pub constant: bool,
}

/// A row of the list of models.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ModelSummary {
    pub model: ModelName,
    /// Of Assay and of clients.
    pub n_versions: u32,
    /// The newest of all; a client's model may have none.
    pub newest: Option<RegisteredVersion>,
    /// The newest that was registered here; `None` when only clients registered some.
    pub latest: Option<ModelVersion>,
    /// The numbers of those that were registered here, newest first.
    pub exported: Vec<u32>,
    /// The version in production, when there is one.
    pub production: Option<u32>,
    pub aliases: BTreeMap<String, u32>,
}

/// Everything the page of a model version shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ModelDetail {
    pub version: ModelVersion,
    /// Newest first.
    pub versions: Vec<ModelVersion>,
    /// Those of clients too, newest first.
    pub line: Vec<RegisteredVersion>,
    /// The metrics of the version before, for comparison.
    pub previous_metrics: BTreeMap<String, f64>,
    /// What promotion to production would say now.
    pub gate: GateReport,
    /// The version that a rollback of the model would put into production.
    pub rollback_to: Option<u32>,
    pub audit: Vec<AuditEntry>,
    /// Entries of the whole log, and whether its chain holds.
    pub n_audit_entries: u64,
    pub audit_intact: bool,
    pub replays: Vec<ReplayId>,
    /// The exported folder, relative to the lab.
    pub folder: String,
    pub graph: GraphSummary,
    /// Whether, and by whom, the files are signed.
    pub signed: SignatureReport,
    pub variants: Vec<ModelVariant>,
}

/// The exported graph, small enough to draw.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
pub struct GraphSummary {
    pub nodes: Vec<GraphNode>,
    pub inputs: Vec<String>,
    pub outputs: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct GraphNode {
    pub name: String,
    /// `Concat`, `TreeEnsembleClassifier` ...
    pub op: String,
    pub inputs: Vec<String>,
    pub outputs: Vec<String>,
}

/// A named input or output of a graph.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Port {
    pub name: String,
    /// `double`, `string`, `float`, `int64` ...
    pub element: String,
    /// One entry per axis: a number, the name of a free axis, or `?`.
    pub shape: Vec<String>,
}

/// What an ONNX file says of itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Inspection {
    pub ir_version: u32,
    /// Version by domain; the domain of ONNX itself is `ai.onnx`.
    pub opsets: BTreeMap<String, u32>,
    /// Name and version of what wrote it; empty when it does not say.
    pub producer: String,
    pub inputs: Vec<Port>,
    pub outputs: Vec<Port>,
    pub graph: GraphSummary,
    /// Floating-point constants in the graph: coefficients, thresholds, leaves, means.
    pub n_parameters: u64,
    /// In the order of the file.
    pub metadata: Vec<(String, String)>,
    /// Of the file, without the files of external data.
    pub size_bytes: u64,
    /// `domain::Operator` that neither ONNX, ONNX Runtime nor the file itself define; sorted.
    pub custom_operators: Vec<String>,
    /// Names of files, beside this one, that hold constants; sorted.
    pub external_data: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct PromoteRequest {
    pub model: crate::reference::Reference,
    pub to: Stage,
    /// Why; kept in the audit log.
    #[serde(default)]
    pub reason: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct RollbackRequest {
    pub model: ModelName,
    /// Why; kept in the audit log.
    #[serde(default)]
    pub reason: String,
}

/// A version that is in production again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Rollback {
    pub to: VersionKey,
    /// The one that was in its place, and is in the archive now.
    pub from: Option<VersionKey>,
    /// Those that point at it again.
    pub aliases: Vec<String>,
}

/// One line of the audit log. Invariant: `hash` is blake3 over the previous hash and this entry's other fields.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AuditEntry {
    pub number: u64,
    pub at_ms: TimestampMs,
    /// `command line`, `window`, `browser`, `worker`, `client`
    pub actor: String,
    /// `model.promoted`
    pub action: String,
    /// `nsw-price@3`
    pub subject: String,
    /// A sentence.
    pub detail: String,
    pub previous_hash: String,
    pub hash: String,
}

/// `model verify`: every file of the exported folder against CHECKSUMS, and the graph against stored answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct VerifyReport {
    pub model: VersionKey,
    pub n_files: u32,
    /// Files that are missing or changed.
    pub damaged: Vec<String>,
    pub signed: SignatureReport,
    pub parity: Option<ParityReport>,
    pub passed: bool,
}
