//! A whole ONNX graph as it is drawn: nodes with their attributes, constants with their statistics.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::profile::Histogram;
use crate::reference::Reference;
use crate::registry::Port;

/// Where an ONNX file is: of a version of a model, or anywhere on this computer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "of", rename_all = "snake_case")]
pub enum ModelSource {
    Version {
        model: Reference,
    },
    File {
        /// A browser's file was uploaded before.
        #[ts(type = "string")]
        path: PathBuf,
    },
}

impl std::fmt::Display for ModelSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Version { model } => model.fmt(f),
            Self::File { path } => {
                let name = path.file_name().unwrap_or(path.as_os_str());
                f.write_str(&name.to_string_lossy())
            }
        }
    }
}

/// A text with a separator of folders, or that ends as ONNX files do, is a file; else it is a reference.
impl std::str::FromStr for ModelSource {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.contains(['/', '\\']) || text.to_lowercase().ends_with(".onnx") {
            return Ok(Self::File {
                path: PathBuf::from(text),
            });
        }
        let reference: Reference = text
            .parse()
            .map_err(|error| format!("{error}; an ONNX file ends in .onnx"))?;
        Ok(Self::Version { model: reference })
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct GraphRequest {
    pub source: ModelSource,
}

/// Asks for the statistics of one constant, however large it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TensorRequest {
    pub source: ModelSource,
    pub tensor: TensorPlace,
}

/// Where a graph keeps numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kept", rename_all = "snake_case")]
pub enum TensorPlace {
    /// By its index among [`OnnxGraph::initializers`].
    Initializer { index: u32 },
    /// An attribute of a node, by the node's index and the attribute's name.
    Attribute { node: u32, name: String },
}

/// What an ONNX file holds, without the values of its constants.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct OnnxGraph {
    /// `penguin-species@3`, `model.onnx`
    pub title: String,
    pub ir_version: u32,
    /// Version by domain; the domain of ONNX itself is `ai.onnx`.
    pub opsets: BTreeMap<String, u32>,
    /// Name and version of what wrote it; empty when it does not say.
    pub producer: String,
    pub description: String,
    /// In the order of the file.
    pub metadata: Vec<(String, String)>,
    /// Of the file, without the files of external data.
    pub size_bytes: u64,
    pub inputs: Vec<Port>,
    pub outputs: Vec<Port>,
    /// Those of the graph itself in the order of the file, each followed by those of the graphs inside it.
    pub nodes: Vec<OnnxNode>,
    pub initializers: Vec<Initializer>,
    /// Types of values between nodes, where the file says them.
    pub values: Vec<Port>,
    /// Floating-point numbers among the constants: coefficients, thresholds, leaves, means.
    pub n_parameters: u64,
    /// `domain::Operator` of domains that neither ONNX nor ONNX Runtime define, unless the file brings the operator
    /// as a function; sorted.
    pub custom_operators: Vec<String>,
    /// `domain::Operator` of functions that the file brings itself; sorted.
    pub functions: Vec<String>,
    /// Names of files, beside this one, that hold constants; sorted.
    pub external_data: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct OnnxNode {
    /// Its place among [`OnnxGraph::nodes`].
    pub index: u32,
    /// May be empty, and need not be unique.
    pub name: String,
    pub op: String,
    /// `ai.onnx` for ONNX itself.
    pub domain: String,
    /// In order; an optional one that is left out is empty. Names are those of values: outputs of other nodes, inputs
    /// of the graph, initializers.
    pub inputs: Vec<String>,
    pub outputs: Vec<String>,
    pub attributes: Vec<OnnxAttribute>,
    /// The node in whose attribute the graph of this one is (If, Loop, Scan); `None` in the graph itself.
    pub parent: Option<u32>,
    /// The attributes that lead to it: `` in the graph itself, `12.then_branch`, `12.then_branch/20.body`; the number
    /// is the index of the node.
    pub path: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct OnnxAttribute {
    pub name: String,
    /// `float`, `ints`, `tensor`, `graph` ...
    pub kind: String,
    /// At most 120 characters: `0.5`, `1, 1`, `12,000 numbers`, `float [3, 4]`, `5 nodes`.
    pub text: String,
    /// Of `floats`, `ints` and `tensor` with more than a few numbers, up to a bound; beyond it they can be asked for.
    pub statistics: Option<TensorStatistics>,
}

/// A constant by name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Initializer {
    pub name: String,
    /// As [`OnnxNode::path`].
    pub path: String,
    /// `float`, `int64` ...
    pub element: String,
    pub shape: Vec<u64>,
    pub n_values: u64,
    /// Within the file, or in the file of external data.
    pub size_bytes: u64,
    /// The file beside this one that holds the values.
    pub external: Option<String>,
    /// `None` for texts, for values that are elsewhere or damaged, and beyond a bound; then they can be asked for.
    pub statistics: Option<TensorStatistics>,
}

/// What numbers of a constant are like.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct TensorStatistics {
    pub n_values: u64,
    /// NaN and infinite ones; they count in nothing else here.
    pub n_not_finite: u64,
    pub min: f64,
    pub max: f64,
    pub mean: f64,
    /// Of all values (divided by n).
    pub standard_deviation: f64,
    /// Of all values, 0 to 1.
    pub zero_share: f64,
    /// 20 bins of equal width from `min` to `max`; one when they are equal.
    pub histogram: Histogram,
}

/// Bins of [`TensorStatistics::histogram`].
const N_BINS: usize = 20;

impl TensorStatistics {
    /// Two passes over the numbers; `None` when none of them is finite.
    pub fn of(values: impl Iterator<Item = f64> + Clone) -> Option<Self> {
        let (mut n_values, mut n_finite, mut n_zeros) = (0_u64, 0_u64, 0_u64);
        let (mut min, mut max) = (f64::INFINITY, f64::NEG_INFINITY);
        // Welford's running mean and sum of squares, which stay exact enough for numbers far from zero.
        let (mut mean, mut squares) = (0.0, 0.0);
        for value in values.clone() {
            n_values += 1;
            if !value.is_finite() {
                continue;
            }
            n_finite += 1;
            n_zeros += u64::from(value == 0.0);
            min = f64::min(min, value);
            max = f64::max(max, value);
            let from_mean = value - mean;
            mean += from_mean / n_finite as f64;
            squares += from_mean * (value - mean);
        }
        if n_finite == 0 {
            return None;
        }
        // Halves, for the range of doubles exceeds a double.
        let width = (max / 2.0 - min / 2.0) / (N_BINS as f64 / 2.0);
        let n_bins = if width > 0.0 { N_BINS } else { 1 };
        let mut counts = vec![0; n_bins];
        for value in values.filter(|value| value.is_finite()) {
            let bin = if width > 0.0 {
                (((value / 2.0 - min / 2.0) / width * 2.0) as usize).min(n_bins - 1)
            } else {
                0
            };
            counts[bin] += 1;
        }
        let mut edges: Vec<f64> = (0..n_bins).map(|bin| min + width * bin as f64).collect();
        edges.push(max);
        let variance = squares / n_finite as f64;
        let bounded = |value: f64| value.clamp(f64::MIN, f64::MAX);
        Some(Self {
            n_values,
            n_not_finite: n_values - n_finite,
            min,
            max,
            mean: if mean.is_finite() {
                mean
            } else {
                bounded(max / 2.0 + min / 2.0)
            },
            standard_deviation: if variance.is_finite() {
                variance.max(0.0).sqrt()
            } else {
                bounded(max / 2.0 - min / 2.0)
            },
            zero_share: n_zeros as f64 / n_values as f64,
            histogram: Histogram { edges, counts },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statistics_count_what_is_finite() {
        let values = [0.0, 1.0, f64::NAN, 3.0, 0.0, f64::INFINITY];
        let found = TensorStatistics::of(values.into_iter()).unwrap();
        assert_eq!((found.n_values, found.n_not_finite), (6, 2));
        assert_eq!((found.min, found.max, found.mean), (0.0, 3.0, 1.0));
        assert!((found.standard_deviation - 1.5_f64.sqrt()).abs() < 1e-15);
        assert_eq!(found.zero_share, 2.0 / 6.0);
        assert_eq!(found.histogram.counts.iter().sum::<u64>(), 4);
        assert_eq!(found.histogram.counts.len(), 20);
        assert_eq!(
            (found.histogram.counts[0], found.histogram.counts[19]),
            (2, 1)
        );
        assert_eq!(TensorStatistics::of([f64::NAN].into_iter()), None);
    }

    #[test]
    fn files_are_told_from_references() {
        for (text, is_file) in [
            ("penguins", false),
            ("penguins@champion", false),
            ("penguins@3", false),
            ("model.onnx", true),
            ("Model.ONNX", true),
            ("./model", true),
            ("C:\\models\\a", true),
        ] {
            let source: ModelSource = text.parse().unwrap();
            assert_eq!(
                matches!(source, ModelSource::File { .. }),
                is_file,
                "{text}"
            );
        }
        assert!("a b@".parse::<ModelSource>().is_err());
    }

    #[test]
    fn extreme_numbers_have_finite_statistics() {
        for values in [
            vec![f64::MAX, f64::MIN, f64::MAX],
            vec![5.0; 4],
            vec![f64::MIN_POSITIVE, 0.0],
            vec![5e-324, 0.0],
        ] {
            let found = TensorStatistics::of(values.iter().copied()).unwrap();
            let numbers = [found.mean, found.standard_deviation, found.min, found.max];
            assert!(numbers.iter().all(|number| number.is_finite()), "{found:?}");
            assert_eq!(
                found.histogram.counts.iter().sum::<u64>(),
                values.len() as u64
            );
            assert_eq!(
                found.histogram.edges.len(),
                found.histogram.counts.len() + 1
            );
        }
    }
}
