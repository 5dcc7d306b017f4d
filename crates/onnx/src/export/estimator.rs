//! From the features to the numbers that a model answers with.

use assay_core::model::{Form, Link, Model, Output};

use super::answer;
use super::calibration;
use super::features::Features;
use super::gaussian;
use super::graph::Graph;
use super::inverse;
use super::median;
use super::members;
use super::mixture;
use super::nearest;
use super::nearness::{self, Machine, Stored};
use super::projection;
use super::reach;
use super::tensor::{self, Constant};
use super::trees;
use crate::error::Error;
use crate::proto::tensor_proto::DataType;

/// Adds the model and the outputs. The model was checked before.
pub fn write(
    graph: &mut Graph,
    model: &Model,
    features: &Features,
    outputs: &[String],
) -> Result<(), Error> {
    let wide = graph.cast("features_f64", &features.name, DataType::Double);
    let scores = write_answers(graph, model, features, &wide);
    match &model.output {
        Output::Value => {
            answer::write_value(graph, &scores, outputs);
            Ok(())
        }
        Output::Classes { classes, kind } => {
            answer::write_classes(graph, &scores, classes, *kind, outputs)
        }
        Output::Coordinates { n_components } => {
            answer::write_coordinates(graph, &scores, *n_components as i64, outputs);
            Ok(())
        }
    }
}

/// f32 [N, n_outputs]. `wide` is the features in f64.
pub fn write_answers(graph: &mut Graph, model: &Model, features: &Features, wide: &str) -> String {
    match &model.form {
        Form::Linear {
            coefficients,
            intercept,
        } => {
            let sums = vec![(1.0, coefficients.as_slice(), *intercept)];
            write_sums(graph, wide, features, &sums)
        }
        Form::LogLinear {
            coefficients,
            intercept,
        } => write_log_linear(graph, wide, features, coefficients, *intercept),
        Form::Logistic {
            coefficients,
            intercepts,
        } => write_logistic(graph, wide, features, coefficients, intercepts),
        Form::Threshold {
            threshold,
            coefficients,
            intercepts,
        } => {
            let threshold =
                graph.constant("threshold", Constant::F32(Vec::new(), vec![*threshold]));
            let is_over = graph.node("Greater", "is_over", &[&features.name, &threshold], vec![]);
            let over = graph.cast("over_f64", &is_over, DataType::Double);
            write_logistic(graph, &over, features, coefficients, intercepts)
        }
        Form::Gaussian {
            means,
            precisions,
            constants,
        } => gaussian::write(graph, wide, features, means, precisions, constants),
        Form::Nearest { origin, centres } => nearest::write(graph, wide, features, origin, centres),
        Form::Mixture {
            means,
            factors,
            constants,
        } => mixture::write(graph, wide, features, means, factors, constants),
        Form::Projection { origin, components } => {
            projection::write(graph, wide, features, origin, components)
        }
        Form::Reach {
            rows,
            clusters,
            radius_squared,
        } => {
            let n_classes = model.n_outputs() as i64;
            let reach = (rows.as_slice(), clusters.as_slice(), *radius_squared);
            reach::write(graph, wide, features, reach, n_classes)
        }
        Form::Trees { trees } => trees::write_mean(graph, wide, features, trees),
        Form::Boosted {
            trees,
            offsets,
            link,
        } => {
            let sums = trees::write_sums(graph, wide, features, trees, offsets);
            write_link(graph, &sums, *link)
        }
        Form::Neighbours {
            rows,
            answers,
            n_neighbours,
            distance,
            weighting,
        } => {
            let stored = Stored {
                rows,
                answers,
                n_neighbours: *n_neighbours,
                distance: *distance,
                weighting: *weighting,
            };
            nearness::write_neighbours(graph, wide, features, &stored)
        }
        Form::Kernel {
            kernel,
            vectors,
            coefficients,
            intercepts,
            decisions,
        } => {
            let machine = Machine {
                kernel: *kernel,
                vectors,
                coefficients,
                intercepts,
                decisions,
            };
            nearness::write_kernel(graph, wide, features, &machine, model.n_outputs())
        }
        Form::Median { trees, weights } => median::write(graph, wide, features, trees, weights),
        Form::Calibrated { base, calibration } => {
            let probabilities = write_answers(graph, base, features, wide);
            calibration::write(graph, &probabilities, calibration, model.n_outputs())
        }
        Form::Transformed { base, inverse } => {
            let answers = write_answers(graph, base, features, wide);
            inverse::write(graph, &answers, inverse)
        }
        Form::Vote { members, weights } => {
            members::write_vote(graph, members, weights, features, wide)
        }
        Form::Stack { members, last } => members::write_stack(graph, members, last, features, wide),
    }
}

/// f32 [N, 1].
fn write_log_linear(
    graph: &mut Graph,
    wide: &str,
    features: &Features,
    coefficients: &[f32],
    intercept: f32,
) -> String {
    let rounded = write_sums(graph, wide, features, &[(1.0, coefficients, intercept)]);
    let sums = graph.cast("sums_f64", &rounded, DataType::Double);
    let means = graph.node("Exp", "means", &[&sums], vec![]);
    let means = write_in_range(graph, &means);
    graph.cast("means_f32", &means, DataType::Float)
}

/// From sums, f32 [N, n_sums], to the answers, f32 [N, n_outputs].
fn write_link(graph: &mut Graph, sums: &str, link: Link) -> String {
    if link == Link::Identity {
        return sums.to_owned();
    }
    let sums = graph.cast("sums_f64", sums, DataType::Double);
    let answers = match link {
        Link::Identity => sums,
        Link::Exp => {
            let powers = graph.node("Exp", "powers", &[&sums], vec![]);
            write_in_range(graph, &powers)
        }
        Link::Logistic => {
            let signs = graph.constant("signs", Constant::row_f64(vec![-1.0, 1.0]));
            let both = graph.node("Mul", "both_sums", &[&sums, &signs], vec![]);
            write_sigmoid(graph, &both)
        }
        Link::Halving => {
            let scale = Constant::F64(Vec::new(), vec![-std::f64::consts::LN_2]);
            let scale = graph.constant("minus_ln_2", scale);
            let powers = graph.node("Mul", "powers", &[&sums, &scale], vec![]);
            let second = graph.node("Exp", "second", &[&powers], vec![]);
            let one = graph.constant("one", Constant::F64(Vec::new(), vec![1.0]));
            let first = graph.node("Sub", "first", &[&one, &second], vec![]);
            graph.concat("probabilities_f64", &[first, second])
        }
        Link::Softmax => {
            let axis = vec![tensor::int("axis", 1)];
            graph.node("Softmax", "probabilities_f64", &[&sums], axis)
        }
    };
    graph.cast("answers", &answers, DataType::Float)
}

/// 1 / (1 + exp(−z)) of f64 numbers, step by step: the runtime's `Sigmoid` takes small ones from 1, which costs their
/// digits.
pub fn write_sigmoid(graph: &mut Graph, z: &str) -> String {
    let negative = graph.node("Neg", "minus_z", &[z], vec![]);
    let power = graph.node("Exp", "exp_minus_z", &[&negative], vec![]);
    let one = graph.constant("one", Constant::F64(Vec::new(), vec![1.0]));
    let divisor = graph.node("Add", "divisor", &[&power, &one], vec![]);
    graph.node("Reciprocal", "probabilities_f64", &[&divisor], vec![])
}

/// f32 [N, n_classes].
fn write_logistic(
    graph: &mut Graph,
    wide: &str,
    features: &Features,
    coefficients: &[Vec<f32>],
    intercepts: &[f32],
) -> String {
    let rows = coefficients.iter().map(Vec::as_slice).zip(intercepts);
    let is_binary = coefficients.len() == 1;
    let mut sums: Vec<Sum<'_>> = rows.map(|(row, &b)| (1.0, row, b)).collect();
    if let (true, Some(&(_, row, b))) = (is_binary, sums.first()) {
        // P(class 0) is the logistic of the negative sum; 1 − P(class 1) would lose its small values.
        sums.insert(0, (-1.0, row, -b));
    }
    let rounded = write_sums(graph, wide, features, &sums);
    let sums = graph.cast("sums_f64", &rounded, DataType::Double);
    let probabilities = if is_binary {
        graph.node("Sigmoid", "probabilities_f64", &[&sums], vec![])
    } else {
        let axis = vec![tensor::int("axis", 1)];
        graph.node("Softmax", "probabilities_f64", &[&sums], axis)
    };
    graph.cast("probabilities", &probabilities, DataType::Float)
}

/// Sign of the coefficients, the coefficients in the recipe's order, the intercept.
type Sum<'a> = (f64, &'a [f32], f32);

/// f32 [N, n_sums]: taken in f64 and rounded once, within the range of f32.
fn write_sums(graph: &mut Graph, wide: &str, features: &Features, sums: &[Sum<'_>]) -> String {
    let n_sums = sums.len() as i64;
    let coefficients = features
        .order
        .iter()
        .flat_map(|&feature| {
            sums.iter()
                .map(move |(sign, row, _)| sign * f64::from(row[feature]))
        })
        .collect();
    let shape = vec![features.order.len() as i64, n_sums];
    let coefficients = graph.constant("coefficients", Constant::F64(shape, coefficients));
    let intercepts = sums.iter().map(|&(_, _, b)| f64::from(b)).collect();
    let intercepts = graph.constant("intercepts", Constant::row_f64(intercepts));
    let products = graph.node("MatMul", "products", &[wide, &coefficients], vec![]);
    let sums = graph.node("Add", "sums", &[&products, &intercepts], vec![]);
    let sums = write_in_range(graph, &sums);
    graph.cast("sums_f32", &sums, DataType::Float)
}

/// f64 within the range of f32, whatever came.
pub fn write_in_range(graph: &mut Graph, values: &str) -> String {
    let scalar = |value: f32| Constant::F64(Vec::new(), vec![f64::from(value)]);
    let smallest = graph.constant("smallest_f32", scalar(f32::MIN));
    let largest = graph.constant("largest_f32", scalar(f32::MAX));
    graph.node(
        "Clip",
        &format!("{values}_in_range"),
        &[values, &smallest, &largest],
        vec![],
    )
}
