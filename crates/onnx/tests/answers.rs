//! A model's answer to one row of features, step by step.

mod no_target;

use assay_core::model::{Decisions, Distance, Form, Link, Model, Node, Output, Tree, Weighting};

use crate::composed;

pub fn answer(model: &Model, row: &[f32]) -> Vec<f64> {
    if let Some(answer) = composed::answer(model, row) {
        return answer;
    }
    match &model.form {
        Form::Linear {
            coefficients,
            intercept,
        } => vec![sum(row, coefficients, *intercept)],
        Form::LogLinear {
            coefficients,
            intercept,
        } => {
            let mean = sum(row, coefficients, *intercept).exp();
            vec![f64::from(mean.min(f64::from(f32::MAX)) as f32)]
        }
        Form::Logistic {
            coefficients,
            intercepts,
        } => {
            let sums: Vec<f64> = coefficients
                .iter()
                .zip(intercepts)
                .map(|(row_of_class, &b)| sum(row, row_of_class, b))
                .collect();
            match sums[..] {
                [z] => vec![1.0 / (1.0 + z.exp()), 1.0 / (1.0 + (-z).exp())],
                _ => softmax(&sums),
            }
        }
        Form::Threshold {
            threshold,
            coefficients,
            intercepts,
        } => {
            let over: Vec<f32> = row
                .iter()
                .map(|x| if x > threshold { 1.0 } else { 0.0 })
                .collect();
            let logistic = Form::Logistic {
                coefficients: coefficients.clone(),
                intercepts: intercepts.clone(),
            };
            answer(
                &Model {
                    form: logistic,
                    ..model.clone()
                },
                &over,
            )
        }
        Form::Gaussian {
            means,
            precisions,
            constants,
        } => {
            let sums: Vec<f64> = (0..constants.len())
                .map(|class| {
                    let distance: f64 = (0..row.len())
                        .map(|j| {
                            (f64::from(row[j]) - means[class][j]).powi(2) * precisions[class][j]
                        })
                        .sum();
                    in_range(constants[class] - 0.5 * distance)
                })
                .collect();
            softmax(&sums)
        }
        Form::Mixture { .. }
        | Form::Projection { .. }
        | Form::Reach { .. }
        | Form::Nearest { .. } => no_target::answer(model, row),
        Form::Trees { trees } => mean(trees, row),
        Form::Boosted {
            trees,
            offsets,
            link,
        } => {
            let mut sums: Vec<f64> = offsets.iter().map(|&offset| f64::from(offset)).collect();
            for (number, tree) in trees.iter().enumerate() {
                for (j, &value) in leaf(tree, row).iter().enumerate() {
                    let n_values = leaf(tree, row).len();
                    let n_sums = sums.len();
                    sums[(number * n_values + j) % n_sums] += f64::from(value);
                }
            }
            let sums: Vec<f64> = sums.iter().map(|&sum| f64::from(sum as f32)).collect();
            match link {
                Link::Identity => sums,
                Link::Exp => vec![f64::from(sums[0].exp() as f32)],
                Link::Logistic => vec![1.0 / (1.0 + sums[0].exp()), 1.0 / (1.0 + (-sums[0]).exp())],
                Link::Softmax => softmax(&sums),
                Link::Halving => vec![1.0 - (-sums[0]).exp2(), (-sums[0]).exp2()],
            }
        }
        Form::Neighbours {
            rows,
            answers,
            n_neighbours,
            distance,
            weighting,
        } => nearest(
            rows,
            answers,
            *n_neighbours as usize,
            (*distance, *weighting),
            row,
        ),
        Form::Kernel {
            kernel,
            vectors,
            coefficients,
            intercepts,
            decisions,
        } => {
            let kernels: Vec<f64> = vectors
                .chunks(row.len())
                .map(|vector| kernel.of(vector, row))
                .collect();
            let sums: Vec<f64> = coefficients
                .iter()
                .zip(intercepts)
                .map(|(row, b)| row.iter().zip(&kernels).map(|(c, k)| c * k).sum::<f64>() + b)
                .map(|sum| f64::from(sum.clamp(f64::from(f32::MIN), f64::from(f32::MAX)) as f32))
                .collect();
            match (decisions, &model.output) {
                (Decisions::Pairs(pairs), Output::Classes { classes, .. }) => {
                    let mut probabilities = vec![0.0; classes.len()];
                    for (pair, sum) in pairs.iter().zip(sums) {
                        let z = pair.slope * sum + pair.shift;
                        for (class, z) in [(pair.first, -z), (pair.second, z)] {
                            let share = 1.0 / (1.0 + (-z).exp());
                            probabilities[class as usize] += share / pairs.len() as f64;
                        }
                    }
                    probabilities
                }
                _ => sums,
            }
        }
        form => panic!("{form:?} is composed"),
    }
}

fn sum(row: &[f32], coefficients: &[f32], intercept: f32) -> f64 {
    let sum: f64 = row
        .iter()
        .zip(coefficients)
        .map(|(&x, &w)| f64::from(x) * f64::from(w))
        .sum();
    let sum = sum + f64::from(intercept);
    in_range(sum)
}

fn in_range(sum: f64) -> f64 {
    f64::from(sum.clamp(f64::from(f32::MIN), f64::from(f32::MAX)) as f32)
}

fn softmax(sums: &[f64]) -> Vec<f64> {
    let largest = sums.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let powers: Vec<f64> = sums.iter().map(|z| (z - largest).exp()).collect();
    let total: f64 = powers.iter().sum();
    powers.iter().map(|power| power / total).collect()
}

fn mean(trees: &[Tree], row: &[f32]) -> Vec<f64> {
    let mut total: Vec<f64> = Vec::new();
    for tree in trees {
        let leaf = leaf(tree, row);
        total.resize(leaf.len(), 0.0);
        for (sum, &value) in total.iter_mut().zip(leaf) {
            *sum += f64::from(value / trees.len() as f32);
        }
    }
    total
}

pub fn leaf<'a>(tree: &'a Tree, row: &[f32]) -> &'a [f32] {
    let mut at = 0;
    loop {
        match &tree.nodes[at] {
            Node::Leaf { values } => return values,
            Node::Split {
                feature,
                threshold,
                missing_left,
                left,
                right,
                ..
            } => {
                let x = row[*feature as usize];
                let goes_left = if x.is_nan() {
                    *missing_left
                } else {
                    x <= *threshold
                };
                at = if goes_left { *left } else { *right } as usize;
            }
        }
    }
}

fn nearest(
    rows: &[f32],
    answers: &[f32],
    n: usize,
    (distance, weighting): (Distance, Weighting),
    x: &[f32],
) -> Vec<f64> {
    let width = answers.len() * x.len() / rows.len();
    let mut near: Vec<(f32, usize)> = rows
        .chunks(x.len())
        .map(|row| {
            let apart = row
                .iter()
                .zip(x)
                .map(|(&a, &b)| (f64::from(a) - f64::from(b)).abs());
            let sum: f64 = match distance {
                Distance::Euclidean => apart.map(|apart| apart * apart).sum(),
                Distance::Manhattan => apart.sum(),
            };
            sum.min(f64::from(f32::MAX)) as f32
        })
        .zip(0..)
        .collect();
    near.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    near.truncate(n);
    let any_same = near.iter().any(|(compared, _)| *compared == 0.0);
    let weights: Vec<f64> = near
        .iter()
        .map(|(compared, _)| match (weighting, distance) {
            (Weighting::Uniform, _) => 1.0,
            _ if any_same => f64::from(u8::from(*compared == 0.0)),
            (_, Distance::Euclidean) => 1.0 / f64::from(*compared).sqrt(),
            (_, Distance::Manhattan) => 1.0 / f64::from(*compared),
        })
        .collect();
    (0..width)
        .map(|output| {
            let of = |(_, row): &(f32, usize)| f64::from(answers[row * width + output]);
            let sum: f64 = near
                .iter()
                .zip(&weights)
                .map(|(near, w)| w * of(near))
                .sum();
            sum / weights.iter().sum::<f64>()
        })
        .collect()
}
