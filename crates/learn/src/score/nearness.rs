//! Models that compare a row with stored rows: neighbours, rows within reach, and kernels.

use assay_core::model::{Decisions, Distance, Form, Kernel, Model, Weighting};
use ndarray::{ArrayView2, ArrayViewMut1, Axis};

use super::in_range;
use crate::neighbours::{Index, Near};

/// What is made ready once for many rows.
pub enum Comparison<'a> {
    Neighbours {
        index: Index<'a>,
        answers: &'a [f32],
        n_neighbours: usize,
        weighting: Weighting,
    },
    Reach {
        index: Index<'a>,
        clusters: &'a [u32],
        radius_squared: f32,
    },
    Kernel {
        kernel: Kernel,
        vectors: &'a [f32],
        /// Of every decision: numbers of vectors with their coefficients, where these are not 0.
        coefficients: Vec<Vec<(usize, f64)>>,
        intercepts: &'a [f64],
        decisions: &'a Decisions,
    },
}

impl<'a> Comparison<'a> {
    /// `None` for other forms.
    pub fn new(model: &'a Model) -> Option<Self> {
        match &model.form {
            Form::Neighbours {
                rows,
                answers,
                n_neighbours,
                distance,
                weighting,
            } => Some(Self::neighbours(
                (rows, answers),
                model.n_features,
                *n_neighbours as usize,
                (*distance, *weighting),
            )),
            Form::Kernel {
                kernel,
                vectors,
                coefficients,
                intercepts,
                decisions,
            } => Some(Self::Kernel {
                kernel: *kernel,
                vectors,
                coefficients: coefficients.iter().map(|row| present(row)).collect(),
                intercepts,
                decisions,
            }),
            Form::Reach {
                rows,
                clusters,
                radius_squared,
            } => Some(Self::Reach {
                index: Index::new(rows, model.n_features, Distance::Euclidean),
                clusters,
                radius_squared: *radius_squared,
            }),
            _ => None,
        }
    }

    fn neighbours(
        (rows, answers): (&'a [f32], &'a [f32]),
        n_features: usize,
        n_neighbours: usize,
        (distance, weighting): (Distance, Weighting),
    ) -> Self {
        Self::Neighbours {
            index: Index::new(rows, n_features, distance),
            answers,
            n_neighbours,
            weighting,
        }
    }

    /// Answers for rows of `n_features` into `y`, n_rows x n_outputs, which is 0 before.
    pub fn answer(&self, x: &ArrayView2<'_, f32>, n_features: usize, y: &mut ndarray::Array2<f64>) {
        let mut rows = Vec::with_capacity(x.nrows() * n_features);
        for row in x.rows() {
            let given = row.iter().copied().chain(std::iter::repeat(0.0));
            rows.extend(given.take(n_features));
        }
        match self {
            Self::Neighbours {
                index,
                answers,
                n_neighbours,
                weighting,
            } => {
                let near = index.nearest(&rows, *n_neighbours);
                for (near, mut out) in near.iter().zip(y.axis_iter_mut(Axis(0))) {
                    let mut answer = vec![0.0; out.len()];
                    mean(near, answers, *weighting, &mut answer);
                    write(&answer, &mut out);
                }
            }
            Self::Reach {
                index,
                clusters,
                radius_squared,
            } => {
                let near = index.nearest(&rows, 1);
                for (near, mut out) in near.iter().zip(y.axis_iter_mut(Axis(0))) {
                    // The rounded sum of squares again: a root is exact enough to be undone.
                    let is_reached =
                        |near: &&Near| (near.distance * near.distance) as f32 <= *radius_squared;
                    let found = near.first().filter(is_reached);
                    let class = found.and_then(|near| clusters.get(near.row as usize));
                    let noise = out.len().saturating_sub(1);
                    if let Some(p) = out.get_mut(class.map_or(noise, |&class| class as usize)) {
                        *p = 1.0;
                    }
                }
            }
            Self::Kernel {
                kernel,
                vectors,
                coefficients,
                intercepts,
                decisions,
            } => {
                let width = n_features.max(1);
                for (row, mut out) in rows.chunks(width).zip(y.axis_iter_mut(Axis(0))) {
                    let mut answer = vec![0.0; out.len()];
                    let kernels: Vec<f64> = vectors
                        .chunks(width)
                        .map(|vector| kernel.of(row, vector))
                        .collect();
                    let sums = coefficients
                        .iter()
                        .zip(*intercepts)
                        .map(|(row, intercept)| {
                            let products = row.iter().map(|&(at, c)| c * kernels[at]);
                            f64::from(in_range(products.sum::<f64>() + intercept))
                        });
                    decide(&sums.collect::<Vec<f64>>(), decisions, &mut answer);
                    write(&answer, &mut out);
                }
            }
        }
    }
}

fn write(answer: &[f64], out: &mut ArrayViewMut1<'_, f64>) {
    for (out, &value) in out.iter_mut().zip(answer) {
        *out = f64::from(in_range(value));
    }
}

fn present(row: &[f64]) -> Vec<(usize, f64)> {
    let numbered = row.iter().copied().enumerate();
    numbered.filter(|(_, value)| *value != 0.0).collect()
}

fn mean(near: &[Near], answers: &[f32], weighting: Weighting, out: &mut [f64]) {
    let width = out.len();
    let any_same = near.iter().any(|near| near.distance == 0.0);
    let weight = |near: &Near| match weighting {
        Weighting::Uniform => 1.0,
        Weighting::Distance if any_same => f64::from(u8::from(near.distance == 0.0)),
        Weighting::Distance => 1.0 / near.distance,
    };
    let total: f64 = near.iter().map(weight).sum();
    for near in near {
        let answer = &answers[near.row as usize * width..(near.row as usize + 1) * width];
        for (sum, &value) in out.iter_mut().zip(answer) {
            *sum += weight(near) * f64::from(value);
        }
    }
    for sum in out {
        *sum /= total;
    }
}

fn decide(sums: &[f64], decisions: &Decisions, out: &mut [f64]) {
    match decisions {
        Decisions::Value => out.fill(sums.first().copied().unwrap_or_default()),
        Decisions::Pairs(pairs) => {
            let share = 1.0 / pairs.len().max(1) as f64;
            for (pair, sum) in pairs.iter().zip(sums) {
                let z = pair.slope * sum + pair.shift;
                for (class, z) in [(pair.first, -z), (pair.second, z)] {
                    if let Some(p) = out.get_mut(class as usize) {
                        *p += share / (1.0 + (-z).exp());
                    }
                }
            }
        }
    }
}
