//! A model that came as an ONNX file: what it is, how rows reach it, and what was seen when it ran once.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::ids::{ModelName, ObjectHash};
use crate::reference::Reference;
use crate::registry::Port;

/// Asks to register an ONNX file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ModelImportSpec {
    #[ts(type = "string")]
    pub path: PathBuf,
    pub name: ModelName,
    /// Constants may lie in files beside it, within its folder; they are taken into the file.
    #[serde(default)]
    pub allow_external_data: bool,
    /// Operators of domains other than `ai.onnx`, `ai.onnx.ml` and `com.microsoft`.
    #[serde(default)]
    pub allow_custom_operators: bool,
    /// The names of the columns of an input that takes many, in its order; empty: those that its metadata name, else
    /// `f0`, `f1` ...
    #[serde(default)]
    pub columns: Vec<String>,
    /// Rows to try it on; `None`: made-up values.
    #[serde(default)]
    pub sample: Option<RowSource>,
}

/// Rows to score: of a data set, or of a file that can be imported as one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "of", rename_all = "snake_case")]
pub enum RowSource {
    Dataset {
        dataset: Reference,
    },
    File {
        #[ts(type = "string")]
        path: PathBuf,
    },
}

/// Endings of files with rows.
const ENDINGS: [&str; 12] = [
    "csv", "tsv", "txt", "json", "jsonl", "ndjson", "parquet", "arrow", "feather", "xlsx", "gz",
    "zst",
];

/// A text with a separator of folders, or that ends as files with rows do, is a file; else it is a reference.
impl std::str::FromStr for RowSource {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let ending = text
            .rsplit_once('.')
            .map(|(_, ending)| ending.to_lowercase());
        let is_file = ending.is_some_and(|ending| ENDINGS.contains(&ending.as_str()));
        if is_file || text.contains(['/', '\\']) {
            return Ok(Self::File {
                path: PathBuf::from(text),
            });
        }
        let dataset: Reference = text
            .parse()
            .map_err(|error| format!("{error}; a file ends in .csv, .parquet or the like"))?;
        Ok(Self::Dataset { dataset })
    }
}

/// What a version has in place of a run. Its folder holds `model.onnx`, `signature.json`, `MLmodel`, a card, a sample
/// request with its answer, a bill of materials and the sums, but no parity, recipe or reference of its training rows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ImportedModel {
    pub file_name: String,
    /// Of the file as it was; `onnx` of the version differs when external data were taken in.
    pub file: ObjectHash,
    pub ir_version: u32,
    /// Version by domain; the domain of ONNX itself is `ai.onnx`.
    pub opsets: BTreeMap<String, u32>,
    /// Name and version of what wrote it; empty when it does not say.
    pub producer: String,
    /// In the order of the file.
    pub metadata: Vec<(String, String)>,
    /// As the file names them; a runtime takes these.
    pub inputs: Vec<Port>,
    pub outputs: Vec<Port>,
    /// Allowed by who imported it.
    pub custom_operators: Vec<String>,
    /// Files whose constants were taken in.
    pub external_data: Vec<String>,
    pub wiring: Wiring,
    pub sample: SampleRun,
}

/// How columns become the inputs of a graph, and its outputs an answer per row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Wiring {
    /// Empty when the graph takes tensors that are no rows of columns; then it can be run with whole tensors only.
    pub inputs: Vec<WiredInput>,
    pub answer: GraphAnswer,
    /// Those of the labels, in the order of the probabilities; empty when the answer has no labels.
    pub classes: Vec<String>,
    /// The graph takes one row at a time: it says so in the shape of an input.
    pub row_by_row: bool,
}

impl Wiring {
    /// Rows of columns go in, and one answer per row comes out.
    pub fn takes_columns(&self) -> bool {
        !self.inputs.is_empty() && self.answer != GraphAnswer::Tensors
    }
}

/// An input and the columns that fill it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct WiredInput {
    pub input: String,
    /// `float`, `double`, `int64`, `int32`, `bool` or `string`.
    pub element: String,
    /// One for an input of one value a row; else as many as its second axis is long.
    pub columns: Vec<String>,
    /// 1 for a shape of [rows], 2 for [rows, columns].
    pub n_axes: u32,
}

/// Which outputs say what. Names are those of outputs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum GraphAnswer {
    Classes {
        label: String,
        /// A tensor [rows, classes], or a sequence of maps from label to probability; `None` when the graph gives none:
        /// then the whole probability is the label's.
        probabilities: Option<String>,
    },
    /// One number a row.
    Value { output: String },
    /// Several numbers a row, at least 1.
    Coordinates { output: String, n_components: u32 },
    /// Anything else.
    Tensors,
}

/// What happened when it ran once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct SampleRun {
    /// `dataset penguins@2`, `file rows.csv`, `made-up values`
    pub rows_of: String,
    pub n_rows: u64,
    /// `onnxruntime 1.31.1`
    pub runtime: String,
    pub duration_secs: f64,
    /// Names, elements and shapes of what came out; empty when it could not run.
    pub outputs: Vec<Port>,
    /// Why it could not run, which is allowed of custom operators alone.
    pub refused: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_told_from_data_sets() {
        for (text, is_file) in [
            ("penguins", false),
            ("penguins@2", false),
            ("penguins-2026.v2", false),
            ("rows.csv", true),
            ("rows.CSV.gz", true),
            ("data/rows", true),
        ] {
            let source: RowSource = text.parse().unwrap();
            assert_eq!(matches!(source, RowSource::File { .. }), is_file, "{text}");
        }
        assert!("".parse::<RowSource>().is_err());
    }
}
