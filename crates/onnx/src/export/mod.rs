//! A fitted recipe and a model as one ONNX graph, raw columns in, answers out.
//!
//! Opset 17, ai.onnx.ml 3, IR 8: any ONNX Runtime since 1.12 reads it. Numbers are f64 up to the features, which are
//! f32; weighted sums and means of leaves are taken in f64 over those f32 features; answers are f32. That is, step by
//! step, what `core::model` says a model computes.

mod answer;
mod column;
mod estimator;
mod features;
mod graph;
mod tensor;
mod trees;

use assay_core::model::{Form, Model, Node, Output};
use assay_core::recipe::FittedRecipe;
use assay_core::registry::GraphSummary;
use assay_core::schema::ColumnType;
use prost::Message;

use self::graph::Graph;
use crate::error::Error;
use crate::inspect::summary;
use crate::proto::{ModelProto, OperatorSetIdProto, StringStringEntryProto};

const IR_VERSION: i64 = 8;
const OPSET: u32 = 17;
const OPSET_ML: i64 = 3;

/// What a file says of itself beside its graph.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct About {
    /// Version of Assay.
    pub producer_version: String,
    /// A sentence for people.
    pub doc: String,
    /// Run, data version and the like. The export adds `assay.classes` and `assay.features` (JSON arrays; features
    /// in the order of the graph).
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
/// Inputs are the raw columns in the order of the recipe, each of shape [N]: numbers (booleans as 0 and 1) as f64 with
/// NaN for a missing value, texts with "" for a missing value. A graph with a single input takes it as [N, 1], because
/// that is how Python's mlflow feeds it. Outputs, see [`output_names`], each of shape [N].
///
/// # Errors
/// [`Error::Export`]: recipe and model do not belong together, a column never becomes a number, a step that has no
/// ONNX form, a damaged model.
pub fn export(recipe: &FittedRecipe, model: &Model, about: &About) -> Result<Exported, Error> {
    check(recipe, model)?;
    let outputs = output_names(recipe, &model.output);
    let mut graph = Graph::new(
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
        metadata.push(("assay.classes".to_owned(), json(classes)));
    }
    let graph = graph.into_proto();
    let summary = summary(&graph);
    let file = ModelProto {
        ir_version: Some(IR_VERSION),
        opset_import: vec![
            opset("", i64::from(OPSET)),
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
        opset: OPSET,
        graph: summary,
    })
}

/// Names of the outputs, in the order of the graph: `label` and `probability_<class>` for every class, or `value`.
/// A name that a raw column has already gets a `_` behind it.
///
/// One output per class instead of a matrix, because mlflow lays the outputs side by side in a data frame and takes
/// columns alone.
pub fn output_names(recipe: &FittedRecipe, output: &Output) -> Vec<String> {
    let wanted = match output {
        Output::Value => vec!["value".to_owned()],
        Output::Classes { classes, .. } => std::iter::once("label".to_owned())
            .chain(classes.iter().map(|class| format!("probability_{class}")))
            .collect(),
    };
    let mut names: Vec<String> = Vec::with_capacity(wanted.len());
    for mut name in wanted {
        while names.contains(&name) || recipe.inputs.iter().any(|input| input.name == name) {
            name.push('_');
        }
        names.push(name);
    }
    names
}

fn opset(domain: &str, version: i64) -> OperatorSetIdProto {
    OperatorSetIdProto {
        domain: Some(domain.to_owned()),
        version: Some(version),
    }
}

fn json<T: serde::Serialize>(names: &[T]) -> String {
    // Texts alone: there is nothing that JSON could not hold.
    serde_json::to_string(names).unwrap_or_default()
}

/// Everything the writers below rely on.
fn check(recipe: &FittedRecipe, model: &Model) -> Result<(), Error> {
    let refuse = |reason: String| Err(Error::Export(reason));
    for (index, input) in recipe.inputs.iter().enumerate() {
        if input.name.is_empty() || recipe.inputs[..index].iter().any(|i| i.name == input.name) {
            return refuse(format!(
                "column name `{}` is empty or appears twice",
                input.name
            ));
        }
        if matches!(input.kind, ColumnType::Date | ColumnType::Datetime) {
            return refuse(format!(
                "column `{}` holds {}s, which have no ONNX form",
                input.name,
                input.kind.label()
            ));
        }
    }
    let n_features = recipe.features.len();
    if n_features == 0 || n_features != model.n_features {
        return refuse(format!(
            "the recipe makes {n_features} features, the model takes {}",
            model.n_features
        ));
    }
    let n_outputs = match &model.output {
        Output::Value => 1,
        Output::Classes { classes, .. } => classes.len(),
    };
    let fits = match (&model.form, &model.output) {
        (Form::Linear { coefficients, .. }, Output::Value) => coefficients.len() == n_features,
        (
            Form::Logistic {
                coefficients,
                intercepts,
            },
            Output::Classes { .. },
        ) => {
            let n_sums = if n_outputs == 2 { 1 } else { n_outputs };
            n_outputs >= 2
                && intercepts.len() == n_sums
                && coefficients.len() == n_sums
                && coefficients.iter().all(|row| row.len() == n_features)
        }
        (Form::Trees { trees }, output) => {
            (n_outputs >= 2 || *output == Output::Value)
                && !trees.is_empty()
                && trees
                    .iter()
                    .all(|tree| is_tree(&tree.nodes, n_features, n_outputs))
        }
        _ => false,
    };
    if !fits {
        return refuse("its coefficients or trees do not fit its features and answers".to_owned());
    }
    Ok(())
}

fn is_tree(nodes: &[Node], n_features: usize, n_outputs: usize) -> bool {
    !nodes.is_empty()
        && nodes.iter().enumerate().all(|(index, node)| match node {
            Node::Split {
                feature,
                threshold,
                left,
                right,
            } => {
                let is_child = |child: u32| (index + 1..nodes.len()).contains(&(child as usize));
                (*feature as usize) < n_features
                    && threshold.is_finite()
                    && is_child(*left)
                    && is_child(*right)
            }
            Node::Leaf { values } => values.len() == n_outputs,
        })
}
