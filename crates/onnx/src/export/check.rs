//! Do recipe and model belong together, and is each of them whole?

use assay_core::model::{Calibration, Decisions, Form, Kernel, Link, Model, Node, Output, Piece};
use assay_core::recipe::FittedRecipe;

use crate::error::Error;

/// Models within models within models; no algorithm makes more.
const MAX_DEPTH: usize = 4;

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
    }
    let n_features = recipe.features.len();
    if n_features == 0 || n_features != model.n_features {
        return refuse(format!(
            "the recipe makes {n_features} features, the model takes {}",
            model.n_features
        ));
    }
    if !fits(model, 0) {
        return refuse("its coefficients or trees do not fit its features and answers".to_owned());
    }
    Ok(())
}

/// Whether the parts of a model are as long and wide as its features and answers ask.
fn fits(model: &Model, depth: usize) -> bool {
    let (n_features, n_outputs) = (model.n_features, model.n_outputs());
    if depth > MAX_DEPTH {
        return false;
    }
    let is_member = |member: &Model| {
        member.n_features == n_features && member.output == model.output && fits(member, depth + 1)
    };
    match (&model.form, &model.output) {
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
        (
            Form::Mixture {
                means,
                factors,
                constants,
            },
            Output::Classes { .. },
        ) => {
            n_outputs >= 1
                && [means.len(), factors.len(), constants.len()] == [n_outputs; 3]
                && means.iter().all(|row| row.len() == n_features)
                && factors
                    .iter()
                    .all(|factor| !factor.is_empty() && factor.len().is_multiple_of(n_features))
        }
        (Form::Projection { origin, components }, Output::Coordinates { .. }) => {
            n_outputs >= 1
                && origin.len() == n_features
                && components.len() == n_outputs
                && components.iter().all(|row| row.len() == n_features)
        }
        (Form::Reach { rows, clusters, .. }, Output::Classes { .. }) => {
            !clusters.is_empty()
                && rows.len() == clusters.len() * n_features
                && rows.iter().all(|value| value.is_finite())
                && clusters
                    .iter()
                    .all(|&cluster| (cluster as usize) + 1 < n_outputs.max(2))
        }
        (Form::Nearest { origin, centres }, Output::Classes { .. }) => {
            origin.len() == n_features
                && !centres.is_empty()
                && centres.len() == n_outputs
                && centres.iter().all(|centre| centre.len() == n_features)
        }
        (Form::Trees { trees }, output) => {
            (n_outputs >= 2 || *output == Output::Value)
                && !trees.is_empty()
                && trees
                    .iter()
                    .all(|tree| is_tree(&tree.nodes, n_features, n_outputs))
        }
        (
            Form::Boosted {
                trees,
                offsets,
                link,
            },
            output,
        ) => {
            let n_sums = offsets.len();
            let is_answer = match (link, output) {
                (Link::Identity | Link::Exp, Output::Value) => n_sums == 1,
                (Link::Logistic | Link::Halving, Output::Classes { .. }) => {
                    n_outputs == 2 && n_sums == 1
                }
                (Link::Softmax, Output::Classes { .. }) => n_outputs >= 2 && n_sums == n_outputs,
                _ => false,
            };
            is_answer
                && !trees.is_empty()
                && trees.iter().all(|tree| {
                    is_tree(&tree.nodes, n_features, 1) || is_tree(&tree.nodes, n_features, n_sums)
                })
        }
        (
            Form::Neighbours {
                rows,
                answers,
                n_neighbours,
                ..
            },
            output,
        ) => {
            let n_stored = rows.len() / n_features;
            (n_outputs >= 2 || *output == Output::Value)
                && rows.len() == n_stored * n_features
                && answers.len() == n_stored * n_outputs
                && (1..=n_stored).contains(&(*n_neighbours as usize))
                && rows.iter().chain(answers).all(|value| value.is_finite())
        }
        (
            Form::Kernel {
                kernel,
                vectors,
                coefficients,
                intercepts,
                decisions,
            },
            output,
        ) => {
            let n_vectors = vectors.len() / n_features;
            let means_an_answer = match (decisions, output) {
                (Decisions::Value, Output::Value) => intercepts.len() == 1,
                (Decisions::Pairs(pairs), Output::Classes { .. }) => {
                    let is_class = |class: u32| (class as usize) < n_outputs;
                    intercepts.len() == pairs.len()
                        && !pairs.is_empty()
                        && pairs
                            .iter()
                            .all(|pair| is_class(pair.first) && is_class(pair.second))
                }
                _ => false,
            };
            let is_kernel =
                !matches!(kernel, Kernel::Polynomial { degree, .. } if !(1..=10).contains(degree));
            means_an_answer
                && is_kernel
                && n_vectors > 0
                && vectors.len() == n_vectors * n_features
                && coefficients.len() == intercepts.len()
                && coefficients.iter().all(|row| row.len() == n_vectors)
        }
        (Form::Median { trees, weights }, Output::Value) => {
            let is_weight = |weight: &f64| *weight > 0.0 && weight.fract() == 0.0;
            !trees.is_empty()
                && trees.len() == weights.len()
                && weights.iter().all(is_weight)
                && trees.iter().all(|tree| is_tree(&tree.nodes, n_features, 1))
        }
        (Form::Calibrated { base, calibration }, Output::Classes { .. }) => {
            is_calibration(calibration, n_outputs) && is_member(base)
        }
        (Form::Transformed { base, inverse }, Output::Value) => {
            inverse.low <= inverse.high && inverse.std > 0.0 && is_member(base)
        }
        (Form::Vote { members, weights }, _) => {
            !members.is_empty() && members.len() == weights.len() && members.iter().all(is_member)
        }
        (Form::Stack { members, last }, _) => {
            let width = if n_outputs == 2 { 1 } else { n_outputs };
            !members.is_empty()
                && members.iter().all(is_member)
                && last.n_features == members.len() * width
                && last.output == model.output
                && fits(last, depth + 1)
        }
        _ => false,
    }
}

fn is_calibration(calibration: &Calibration, n_classes: usize) -> bool {
    let n_curves = if n_classes == 2 { 1 } else { n_classes };
    match calibration {
        Calibration::Temperature { sharpness } => sharpness.is_finite(),
        Calibration::Sigmoid { curves, .. } => curves.len() == n_curves,
        Calibration::Isotonic { curves, .. } => {
            let ascends = |pair: &[Piece]| pair[0].from <= pair[1].from;
            let is_curve = |curve: &Vec<Piece>| {
                !curve.is_empty()
                    && curve.iter().all(|piece| piece.from.is_finite())
                    && curve.windows(2).all(ascends)
            };
            curves.len() == n_curves && curves.iter().all(is_curve)
        }
    }
}

fn is_tree(nodes: &[Node], n_features: usize, n_outputs: usize) -> bool {
    !nodes.is_empty()
        && nodes.iter().enumerate().all(|(index, node)| match node {
            Node::Split {
                feature,
                threshold,
                left,
                right,
                ..
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
