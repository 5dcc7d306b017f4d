//! Do recipe and model belong together, and is each of them whole?

use assay_core::model::{Form, Model, Node, Output};
use assay_core::recipe::FittedRecipe;
use assay_core::schema::ColumnType;

use crate::error::Error;

/// Everything that the writers rely on.
pub fn check(recipe: &FittedRecipe, model: &Model) -> Result<(), Error> {
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
        (
            Form::Linear { coefficients, .. } | Form::LogLinear { coefficients, .. },
            Output::Value,
        ) => coefficients.len() == n_features,
        (
            Form::Logistic {
                coefficients,
                intercepts,
            }
            | Form::Threshold {
                coefficients,
                intercepts,
                ..
            },
            Output::Classes { .. },
        ) => {
            let n_sums = if n_outputs == 2 { 1 } else { n_outputs };
            n_outputs >= 2
                && intercepts.len() == n_sums
                && coefficients.len() == n_sums
                && coefficients.iter().all(|row| row.len() == n_features)
        }
        (
            Form::Gaussian {
                means,
                precisions,
                constants,
            },
            Output::Classes { .. },
        ) => {
            let fits = |table: &[Vec<f64>]| {
                table.len() == n_outputs && table.iter().all(|row| row.len() == n_features)
            };
            n_outputs >= 2 && constants.len() == n_outputs && fits(means) && fits(precisions)
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
