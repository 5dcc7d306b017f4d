//! Two ONNX models side by side: their graphs, their numbers, and what they say of the same rows.

mod predictions;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::ids::ObjectHash;
use crate::imported_model::RowSource;
use crate::onnx_graph::ModelSource;

pub use predictions::{compare_predictions, texts_of};

pub const MODEL_DIFF_SCHEMA: u32 = 1;

/// The most entries of each list of a [`ModelDiff`].
pub const MOST_LISTED: usize = 500;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ModelDiffRequest {
    pub left: ModelSource,
    pub right: ModelSource,
    /// Rows that both are asked about; `None`: only the files are compared.
    #[serde(default)]
    pub data: Option<RowSource>,
    /// The names of the columns of an input that takes many, for files that do not name them.
    #[serde(default)]
    pub columns: Vec<String>,
}

/// Lists are cut at [`MOST_LISTED`] entries; the counts beside them are of all.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ModelDiff {
    pub schema: u32,
    pub left: ModelDiffSide,
    pub right: ModelDiffSide,
    /// Byte for byte.
    pub same_file: bool,
    /// By domain.
    pub opsets: Vec<ChangedText>,
    pub metadata: Vec<ChangedText>,
    /// `float [N, 3]` by name.
    pub inputs: Vec<ChangedText>,
    pub outputs: Vec<ChangedText>,
    pub nodes: NodeChanges,
    pub weights: WeightChanges,
    pub ensembles: Vec<EnsembleChange>,
    /// `None` when no rows were named.
    pub predictions: Option<PredictionDiff>,
}

impl ModelDiff {
    /// Nothing that was compared differs.
    pub fn is_same(&self) -> bool {
        let graph = self.opsets.is_empty()
            && self.inputs.is_empty()
            && self.outputs.is_empty()
            && self.nodes.is_same()
            && self.weights.n_changed + self.weights.n_left_only + self.weights.n_right_only == 0
            && self.ensembles.is_empty();
        let answers = self.predictions.as_ref();
        graph && answers.is_none_or(|found| found.n_flips == 0 && found.max_abs == Some(0.0))
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ModelDiffSide {
    /// `penguin-species@3`, `model.onnx`
    pub title: String,
    pub file: ObjectHash,
    pub size_bytes: u64,
    pub producer: String,
    pub ir_version: u32,
    pub n_nodes: u64,
    pub n_parameters: u64,
}

/// Something with a name that differs; `None` where it is not there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ChangedText {
    pub name: String,
    pub left: Option<String>,
    pub right: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct NodeChanges {
    pub n_same: u64,
    pub n_left_only: u64,
    pub n_right_only: u64,
    pub n_changed: u64,
    pub left_only: Vec<NodeAt>,
    pub right_only: Vec<NodeAt>,
    pub changed: Vec<NodeChange>,
}

impl NodeChanges {
    fn is_same(&self) -> bool {
        self.n_left_only + self.n_right_only + self.n_changed == 0
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct NodeAt {
    /// Among the nodes of its graph ([`crate::onnx_graph::OnnxNode::index`]).
    pub index: u32,
    pub name: String,
    pub op: String,
    pub path: String,
}

/// The same node on both sides, with other attributes or other inputs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct NodeChange {
    pub left: NodeAt,
    pub right: NodeAt,
    pub attributes: Vec<ChangedText>,
    /// It is fed by other nodes or inputs than before.
    pub rewired: bool,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, TS)]
pub struct WeightChanges {
    pub n_same: u64,
    pub n_changed: u64,
    pub n_left_only: u64,
    pub n_right_only: u64,
    /// The largest relative norm first; what is on one side only comes last.
    pub changes: Vec<WeightChange>,
}

/// An initializer, or a list of numbers of a node.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct WeightChange {
    /// `fc.weight`, `Scaler.offset`
    pub name: String,
    pub path: String,
    /// `float [3, 4]`; `None` where it is not there.
    pub left: Option<String>,
    pub right: Option<String>,
    /// Numbers that are not the same; `None` when there are not as many on both sides.
    pub n_changed: Option<u64>,
    /// Of |right − left|.
    pub max_abs: Option<f64>,
    pub mean_abs: Option<f64>,
    /// ‖right − left‖ / ‖left‖ (2-norms); `None` also when the left norm is 0.
    pub relative_norm: Option<f64>,
}

/// A tree ensemble on both sides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct EnsembleChange {
    pub node: NodeAt,
    pub left: EnsembleShape,
    pub right: EnsembleShape,
    /// By their numbers: trees that are there on both sides and differ.
    pub n_trees_changed: u64,
    /// Nodes of those trees with another feature, comparison or threshold.
    pub n_splits_changed: u64,
    /// Values of leaves that differ.
    pub n_leaves_changed: u64,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct EnsembleShape {
    pub n_trees: u64,
    /// Splits and leaves.
    pub n_nodes: u64,
    pub n_leaves: u64,
}

/// What both say of the same rows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct PredictionDiff {
    /// `dataset penguins@2`, `file rows.csv`
    pub rows_of: String,
    pub n_rows: u64,
    /// The share of rows with the same label, or with the same 32-bit number.
    pub agreement: f64,
    /// Rows with another label; 0 without labels.
    pub n_flips: u64,
    /// The most frequent first.
    pub flips: Vec<LabelFlip>,
    /// Of the value, or of the probability that differs most; `None` when the two do not answer in the same numbers.
    pub max_abs: Option<f64>,
    pub mean_abs: Option<f64>,
    /// Rows by their difference; edges 0, then powers of ten from 1e-9 to 1, then the largest.
    pub histogram: crate::profile::Histogram,
    /// The most different first; flips come before all others.
    pub rows: Vec<RowDifference>,
    /// The most different first.
    pub slices: Vec<SliceDifference>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LabelFlip {
    pub left: String,
    pub right: String,
    pub n_rows: u64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct RowDifference {
    /// 1-based.
    pub row: u64,
    /// `Adelie 0.93`, `12.5`
    pub left: String,
    pub right: String,
    pub flipped: bool,
    /// Of the value, or of the probability that differs most.
    pub difference: Option<f64>,
}

/// Rows of one value, or of one range of a column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct SliceDifference {
    pub column: String,
    pub label: String,
    pub n_rows: u64,
    pub agreement: f64,
    pub n_flips: u64,
    pub max_abs: Option<f64>,
    pub mean_abs: Option<f64>,
}
