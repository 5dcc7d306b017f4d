//! What a model answers, from its plain data alone.
//!
//! Invariant: the answers are those of ONNX Runtime's f32 kernels to within 1e-5. Weighted sums are taken in f64 and
//! rounded to f32 once, which lies inside the error of any f32 kernel whatever order it adds in; the logistic and the
//! softmax start from that f32 sum. Tree leaves are multiples of one power of two (see [`crate::trees`]), so that
//! their f32 sum is exact in every order and equal to the bit.

mod nearness;
mod nested;
mod no_target;

use assay_core::Matrix;
use assay_core::matrix::{Prediction, most_probable};
use assay_core::model::{Form, Link, Model, Node, Output, Tree};
use linfa::traits::{Predict, PredictInplace};
use ndarray::{Array2, ArrayView1, ArrayView2, ArrayViewMut1, Axis};
use rayon::prelude::*;

use nearness::Comparison;
use nested::median;
pub(crate) use nested::stacked_features;

/// Trees pass over a chunk one after the other, so that large chunks read each tree once for many rows.
const MAX_ROWS_A_CHUNK: usize = 4_096;
const MIN_ROWS_A_CHUNK: usize = 64;

/// What `model` says of every row of `x` (n_rows x model.n_features). Parallel over rows; the answer does not depend
/// on the number of threads. Features that `x` lacks count as zero, features beyond the model's are ignored.
pub fn predict(model: &Model, x: &Matrix) -> Prediction {
    let scorer = Scorer::new(model);
    let n_columns = x.n_columns().max(1);
    let rows_a_chunk =
        (x.n_rows / (4 * rayon::current_num_threads())).clamp(MIN_ROWS_A_CHUNK, MAX_ROWS_A_CHUNK);
    let answers: Vec<Array2<f64>> = x
        .values
        .par_chunks(rows_a_chunk * n_columns)
        .map(|chunk| {
            let n_rows = chunk.len() / n_columns;
            ArrayView2::from_shape((n_rows, n_columns), chunk)
                .map(|rows| scorer.predict(&rows))
                .unwrap_or_default()
        })
        .collect();
    let values: Vec<f64> = answers.iter().flatten().copied().collect();
    match &model.output {
        Output::Value => Prediction::Values(values),
        Output::Coordinates { n_components } => Prediction::Coordinates {
            values,
            n_components: *n_components,
        },
        Output::Classes { classes, .. } => Prediction::Classes {
            indices: values
                .chunks(classes.len().max(1))
                .map(most_probable)
                .collect(),
            probabilities: values,
            n_classes: classes.len(),
        },
    }
}

/// linfa's side of a stored model: rows in (n_rows x n_features, f32), probabilities (n_rows x n_classes) or values
/// (n_rows x 1) out.
pub struct Scorer<'a> {
    model: &'a Model,
    /// Of forms that compare rows with stored ones.
    comparison: Option<Comparison<'a>>,
    /// Of forms that are made of other models.
    within: Vec<Scorer<'a>>,
}

impl<'a> Scorer<'a> {
    pub fn new(model: &'a Model) -> Self {
        Self {
            model,
            comparison: Comparison::new(model),
            within: nested::within(model).map(Self::new).collect(),
        }
    }
}

impl<'v> PredictInplace<ArrayView2<'v, f32>, Array2<f64>> for Scorer<'_> {
    fn predict_inplace<'a>(&'a self, x: &'a ArrayView2<'v, f32>, y: &mut Array2<f64>) {
        match &self.model.form {
            Form::Linear {
                coefficients,
                intercept,
            } => {
                for (row, mut out) in x.axis_iter(Axis(0)).zip(y.axis_iter_mut(Axis(0))) {
                    out.fill(f64::from(weighted_sum(row, coefficients, *intercept)));
                }
            }
            Form::LogLinear {
                coefficients,
                intercept,
            } => {
                for (row, mut out) in x.axis_iter(Axis(0)).zip(y.axis_iter_mut(Axis(0))) {
                    let sum = weighted_sum(row, coefficients, *intercept);
                    let mean = f64::from(sum).exp().min(f64::from(f32::MAX));
                    out.fill(f64::from(mean as f32));
                }
            }
            Form::Logistic {
                coefficients,
                intercepts,
            } => {
                for (row, mut out) in x.axis_iter(Axis(0)).zip(y.axis_iter_mut(Axis(0))) {
                    odds(row, coefficients, intercepts, &mut out);
                }
            }
            Form::Threshold {
                threshold,
                coefficients,
                intercepts,
            } => {
                for (row, mut out) in x.axis_iter(Axis(0)).zip(y.axis_iter_mut(Axis(0))) {
                    let is_there = row.mapv(|x| f32::from(u8::from(x > *threshold)));
                    odds(is_there.view(), coefficients, intercepts, &mut out);
                }
            }
            Form::Gaussian {
                means,
                precisions,
                constants,
            } => {
                let mut sums = vec![0.0; constants.len()];
                for (row, mut out) in x.axis_iter(Axis(0)).zip(y.axis_iter_mut(Axis(0))) {
                    for (class, sum) in sums.iter_mut().enumerate() {
                        let distance = squared_distance(row, &means[class], &precisions[class]);
                        *sum = f64::from(in_range(constants[class] - 0.5 * distance));
                    }
                    softmax(&sums, &mut out);
                }
            }
            Form::Nearest { origin, centres } => no_target::nearest(x, origin, centres, y),
            Form::Mixture {
                means,
                factors,
                constants,
            } => no_target::mixture(x, means, factors, constants, y),
            Form::Projection { origin, components } => {
                no_target::projection(x, origin, components, y);
            }
            Form::Trees { trees } => mean_of_leaves(trees, x, y),
            Form::Boosted {
                trees,
                offsets,
                link,
            } => boosted(trees, offsets, *link, x, y),
            Form::Neighbours { .. } | Form::Kernel { .. } | Form::Reach { .. } => {
                if let Some(comparison) = &self.comparison {
                    comparison.answer(x, self.model.n_features, y);
                }
            }
            Form::Median { trees, weights } => median(trees, weights, x, y),
            Form::Calibrated { calibration, .. } => self.calibrated(calibration, x, y),
            Form::Transformed { inverse, .. } => self.transformed(inverse, x, y),
            Form::Vote { weights, .. } => self.voted(weights, x, y),
            Form::Stack { .. } => self.stacked(x, y),
        }
    }

    fn default_target(&self, x: &ArrayView2<'v, f32>) -> Array2<f64> {
        Array2::zeros((x.nrows(), self.model.n_outputs()))
    }
}

fn weighted_sum(row: ArrayView1<'_, f32>, coefficients: &[f32], intercept: f32) -> f32 {
    let sum = row
        .iter()
        .zip(coefficients)
        .fold(f64::from(intercept), |sum, (&x, &w)| {
            sum + f64::from(x) * f64::from(w)
        });
    in_range(sum)
}

/// Σ (x − mean)² · precision, in f64.
fn squared_distance(row: ArrayView1<'_, f32>, means: &[f64], precisions: &[f64]) -> f64 {
    row.iter()
        .zip(means)
        .zip(precisions)
        .fold(0.0, |sum, ((&x, mean), precision)| {
            let distance = f64::from(x) - mean;
            sum + distance * distance * precision
        })
}

/// Beyond f32 a kernel would say infinity, which is no number to store or to plot.
fn in_range(sum: f64) -> f32 {
    sum.clamp(f64::from(f32::MIN), f64::from(f32::MAX)) as f32
}

/// One row of coefficients: the logistic of its sum and of its negative. More: their softmax.
fn odds(
    row: ArrayView1<'_, f32>,
    coefficients: &[Vec<f32>],
    intercepts: &[f32],
    out: &mut ArrayViewMut1<'_, f64>,
) {
    let mut sums = coefficients
        .iter()
        .zip(intercepts)
        .map(|(class, &intercept)| f64::from(weighted_sum(row, class, intercept)));
    if coefficients.len() == 1 {
        logistic(sums.next().unwrap_or(0.0), out);
        return;
    }
    softmax(&sums.collect::<Vec<f64>>(), out);
}

/// Of the sum's negative, and of the sum.
fn logistic(sum: f64, out: &mut ArrayViewMut1<'_, f64>) {
    for (p, sum) in out.iter_mut().zip([-sum, sum]) {
        *p = rounded(1.0 / (1.0 + (-sum).exp()));
    }
}

fn softmax(sums: &[f64], out: &mut ArrayViewMut1<'_, f64>) {
    let largest = sums.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let total: f64 = sums.iter().map(|sum| (sum - largest).exp()).sum();
    for (p, sum) in out.iter_mut().zip(sums) {
        *p = rounded((sum - largest).exp() / total);
    }
}

fn rounded(p: f64) -> f64 {
    f64::from(p as f32)
}

fn mean_of_leaves(trees: &[Tree], x: &ArrayView2<'_, f32>, y: &mut Array2<f64>) {
    let n_trees = trees.len() as f32;
    // Trees outside, rows inside: a tree stays in the cache while the rows pass.
    for tree in trees {
        for (row, mut out) in x.axis_iter(Axis(0)).zip(y.axis_iter_mut(Axis(0))) {
            for (sum, &value) in out.iter_mut().zip(leaf(tree, row)) {
                *sum += f64::from(value / n_trees);
            }
        }
    }
}

fn boosted(
    trees: &[Tree],
    offsets: &[f32],
    link: Link,
    x: &ArrayView2<'_, f32>,
    y: &mut Array2<f64>,
) {
    let n_sums = offsets.len().max(1);
    let start: Vec<f64> = offsets.iter().map(|&offset| f64::from(offset)).collect();
    let mut sums = vec![start; x.nrows()].concat();
    for (number, tree) in trees.iter().enumerate() {
        for (row, sums) in x.axis_iter(Axis(0)).zip(sums.chunks_mut(n_sums)) {
            let values = leaf(tree, row);
            let first = (number * values.len()) % n_sums;
            for (sum, &value) in sums.iter_mut().skip(first).zip(values) {
                *sum += f64::from(value);
            }
        }
    }
    for (sums, mut out) in sums.chunks_mut(n_sums).zip(y.axis_iter_mut(Axis(0))) {
        for sum in sums.iter_mut() {
            *sum = f64::from(in_range(*sum));
        }
        match (link, &*sums) {
            (Link::Identity, [sum]) => out.fill(*sum),
            (Link::Exp, [sum]) => out.fill(f64::from(in_range(sum.exp()))),
            (Link::Logistic, [sum]) => logistic(*sum, &mut out),
            (Link::Halving, [sum]) => no_target::halving(*sum, &mut out),
            (_, sums) => softmax(sums, &mut out),
        }
    }
}

/// The values of the leaf that `row` falls into; none for a tree without nodes.
fn leaf<'a>(tree: &'a Tree, row: ArrayView1<'_, f32>) -> &'a [f32] {
    let mut at = 0;
    loop {
        match tree.nodes.get(at) {
            Some(Node::Split {
                feature,
                threshold,
                missing_left,
                left,
                right,
                ..
            }) => {
                let value = row.get(*feature as usize).copied().unwrap_or(0.0);
                let goes_left = value <= *threshold || (*missing_left && value.is_nan());
                let next = if goes_left { *left } else { *right } as usize;
                // Children come after their parent; anything else would never end.
                if next <= at {
                    return &[];
                }
                at = next;
            }
            Some(Node::Leaf { values }) => return values,
            None => return &[],
        }
    }
}
