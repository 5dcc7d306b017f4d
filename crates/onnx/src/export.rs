//! A fitted recipe and a model as one ONNX graph, raw columns in, answers out.
//!
//! Opset 17, ai.onnx.ml 3, IR 8: any ONNX Runtime since 1.12 reads it. With words of free text opset 20, IR 9: any since
//! 1.17. Numbers are f64 up to the features, which are
//! f32; weighted sums and means of leaves are added up in f64; answers are f32. That is, step by
//! step, what `core::model` says a model computes.

mod answer;
mod calibration;
mod check;
mod dates;
mod estimator;
mod features;
mod gaussian;
mod graph;
mod inverse;
mod layers;
mod median;
mod members;
mod mixture;
mod nearest;
mod nearness;
mod numbers;
mod position;
mod projection;
mod reach;
pub(crate) mod tensor;
mod trees;
mod words;

use assay_core::model::{Model, Output};
use assay_core::recipe::{FittedRecipe, FittedStep};
use assay_core::registry::GraphSummary;
use prost::Message;
use serde::Serialize;

use self::graph::Graph;
use crate::error::Error;
use crate::inspect::summary;
use crate::proto::{ModelProto, OperatorSetIdProto, StringStringEntryProto};

const OPSET: u32 = 17;
const OPSET_ML: i64 = 3;

/// Metadata: for every text column with an imputed value, the texts that the graph takes for a missing one beside
/// "" (a JSON object of arrays). See [`position`].
pub(crate) const MISSING_TEXTS_KEY: &str = "assay.missing_texts";

/// Metadata: the classes in the order of the probabilities (a JSON array).
pub(crate) const CLASSES_KEY: &str = "assay.classes";

/// What a file says of itself beside its graph.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct About {
    /// Version of Assay.
    pub producer_version: String,
    /// A sentence for people.
    pub doc: String,
    /// Run, data version and the like. The export adds what a reader of the graph needs: [`CLASSES_KEY`],
    /// `assay.features` (a JSON array; features in the order of the graph), and [`MISSING_TEXTS_KEY`].
    pub metadata: Vec<(String, String)>,
}

/// An ONNX file.
#[derive(Debug, Clone, PartialEq)]
pub struct Exported {
    pub bytes: Vec<u8>,
    /// Of the domain ai.onnx.
    pub opset: u32,
    pub graph: GraphSummary,
}

/// Writes recipe and model as one graph.
///
/// Inputs are the raw columns in the order of the recipe, each of shape [N]: numbers (booleans as 0 and 1, dates as days
/// and date-times as microseconds since 1970-01-01) as f64 with NaN for a missing value, texts with "" for a missing
/// value. Outputs, see [`output_names`]: the label [N] (integers or texts) and the probabilities [N, n_classes] in f32,
/// the value [N] in f32, or the coordinates [N, n_components] in f32.
///
/// # Errors
/// [`Error::Export`]: recipe and model do not belong together, a column never becomes a number, a step that has no
/// ONNX form, a damaged model.
pub fn export(recipe: &FittedRecipe, model: &Model, about: &About) -> Result<Exported, Error> {
    check::check(recipe, model)?;
    let outputs = output_names(recipe, &model.output);
    let opset_main = opset_of(recipe);
    let mut graph = Graph::new(
        opset_main,
        recipe
            .inputs
            .iter()
            .map(|input| &input.name)
            .chain(&outputs),
    );
    let features = features::write(&mut graph, recipe)?;
    estimator::write(&mut graph, model, &features, &outputs)?;

    let names: Vec<&str> = features
        .order
        .iter()
        .map(|&index| recipe.features[index].as_str())
        .collect();
    let mut metadata = about.metadata.clone();
    metadata.push(("assay.features".to_owned(), json(&names)));
    if let Output::Classes { classes, .. } = &model.output {
        metadata.push((CLASSES_KEY.to_owned(), json(classes)));
    }
    if !features.missing_texts.is_empty() {
        metadata.push((MISSING_TEXTS_KEY.to_owned(), json(&features.missing_texts)));
    }
    let graph = graph.into_proto();
    let summary = summary(&graph);
    let file = ModelProto {
        // The first version of the format with the opset.
        ir_version: Some(if opset_main > OPSET { 9 } else { 8 }),
        opset_import: vec![
            opset("", i64::from(opset_main)),
            opset(graph::ML_DOMAIN, OPSET_ML),
        ],
        producer_name: Some("assay".to_owned()),
        producer_version: Some(about.producer_version.clone()),
        doc_string: Some(about.doc.clone()),
        graph: Some(graph),
        metadata_props: metadata
            .into_iter()
            .map(|(key, value)| StringStringEntryProto {
                key: Some(key),
                value: Some(value),
            })
            .collect(),
        ..ModelProto::default()
    };
    Ok(Exported {
        bytes: file.encode_to_vec(),
        opset: opset_main,
        graph: summary,
    })
}

/// Names of the outputs, in the order of the graph: `label` and `probabilities`, `value`, or `coordinates`. A name that a raw column
/// has already gets a `_` behind it.
pub fn output_names(recipe: &FittedRecipe, output: &Output) -> Vec<String> {
    let wanted: &[&str] = match output {
        Output::Value => &["value"],
        Output::Classes { .. } => &["label", "probabilities"],
        Output::Coordinates { .. } => &["coordinates"],
    };
    wanted
        .iter()
        .map(|&name| {
            let mut name = name.to_owned();
            while recipe.inputs.iter().any(|input| input.name == name) {
                name.push('_');
            }
            name
        })
        .collect()
}

fn opset_of(recipe: &FittedRecipe) -> u32 {
    let mut steps = recipe.steps.iter();
    let has_words =
        steps.any(|s| matches!(s, FittedStep::TextLength { .. } | FittedStep::Tfidf { .. }));
    if has_words { words::OPSET } else { OPSET }
}

fn opset(domain: &str, version: i64) -> OperatorSetIdProto {
    OperatorSetIdProto {
        domain: Some(domain.to_owned()),
        version: Some(version),
    }
}

fn json<T: Serialize>(texts: &T) -> String {
    // Nothing but texts: there is none that JSON could not hold.
    serde_json::to_string(texts).unwrap_or_default()
}
