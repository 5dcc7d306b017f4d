//! The penalised mean log loss of logistic regression, its gradient and its curvature.

use std::ops::Range;

use assay_core::{Cancelled, Task};
use ndarray::linalg::general_mat_mul;
use ndarray::{Array2, ArrayView2, ArrayViewMut1, Axis, s};
use rayon::prelude::*;

use crate::solve;

/// f(W) = mean log loss + penalty / 2 · ‖W without intercepts‖².
///
/// W is n_outputs x n_columns. One output: P(class 1) = logistic(z). More: P = softmax(z), one output a class.
pub struct Likelihood<'a> {
    /// n_rows x n_columns; where there is an intercept, the last column is 1.
    pub x: ArrayView2<'a, f64>,
    /// Class indices, n_rows.
    pub y: &'a [usize],
    pub n_outputs: usize,
    /// The columns after these belong to the intercept.
    pub n_penalised: usize,
    pub penalty: f64,
    pub task: &'a Task,
}

/// Some rows and their class probabilities (rows x n_outputs) at the weights last evaluated.
pub struct Part {
    rows: Range<usize>,
    probabilities: Array2<f64>,
}

impl Likelihood<'_> {
    pub fn parts(&self) -> Vec<Part> {
        solve::parts(self.x.nrows())
            .into_iter()
            .map(|rows| Part {
                probabilities: Array2::zeros((rows.len(), self.n_outputs)),
                rows,
            })
            .collect()
    }

    pub fn zeros(&self) -> Array2<f64> {
        Array2::zeros((self.n_outputs, self.x.ncols()))
    }

    /// f and its gradient; leaves the probabilities in `parts`.
    pub fn evaluate(
        &self,
        parts: &mut [Part],
        weights: &Array2<f64>,
    ) -> Result<(f64, Array2<f64>), Cancelled> {
        let sums = parts
            .par_iter_mut()
            .map(|part| {
                let mut loss = 0.0;
                let mut gradient = self.zeros();
                self.each_step(&part.rows.clone(), |rows, own| {
                    let x = self.x.slice(s![rows.clone(), ..]);
                    let mut p = part.probabilities.slice_mut(s![own, ..]);
                    general_mat_mul(1.0, &x, &weights.t(), 0.0, &mut p);
                    let mut residuals = Array2::zeros(p.dim());
                    for ((mut p, mut residual), &class) in p
                        .axis_iter_mut(Axis(0))
                        .zip(residuals.axis_iter_mut(Axis(0)))
                        .zip(&self.y[rows])
                    {
                        loss += log_loss(&mut p, class);
                        residual.assign(&p);
                        if self.n_outputs > 1 {
                            residual[class] -= 1.0;
                        } else if class == 1 {
                            residual[0] -= 1.0;
                        }
                    }
                    general_mat_mul(1.0, &residuals.t(), &x, 1.0, &mut gradient);
                })?;
                Ok((loss, gradient))
            })
            .collect::<Result<Vec<_>, Cancelled>>()?;
        let (loss, gradient) = sums
            .into_iter()
            .fold((0.0, self.zeros()), |(loss, total), (part, gradient)| {
                (loss + part, total + gradient)
            });
        let penalised = weights.slice(s![.., ..self.n_penalised]);
        let squares: f64 = penalised.iter().map(|weight| weight * weight).sum();
        Ok((
            loss / self.n_rows() + self.penalty / 2.0 * squares,
            self.with_penalty(gradient, weights),
        ))
    }

    /// The second derivative at the weights last evaluated, times `direction`.
    pub fn curvature(
        &self,
        parts: &[Part],
        direction: &Array2<f64>,
    ) -> Result<Array2<f64>, Cancelled> {
        let sums = parts
            .par_iter()
            .map(|part| {
                let mut sum = self.zeros();
                self.each_step(&part.rows, |rows, own| {
                    let x = self.x.slice(s![rows, ..]);
                    let mut change = x.dot(&direction.t());
                    for (mut change, p) in change
                        .axis_iter_mut(Axis(0))
                        .zip(part.probabilities.slice(s![own, ..]).axis_iter(Axis(0)))
                    {
                        let mean = if self.n_outputs > 1 {
                            change.dot(&p)
                        } else {
                            p[0] * change[0]
                        };
                        change.zip_mut_with(&p, |change, p| *change = p * (*change - mean));
                    }
                    general_mat_mul(1.0, &change.t(), &x, 1.0, &mut sum);
                })?;
                Ok(sum)
            })
            .collect::<Result<Vec<_>, Cancelled>>()?;
        let total = sums
            .into_iter()
            .fold(self.zeros(), |total, sum| total + sum);
        Ok(self.with_penalty(total, direction))
    }

    /// Per row, the curvature of its loss in z: exact for one output, the mean over the outputs for more.
    pub fn row_curvatures(&self, parts: &[Part]) -> Vec<f64> {
        parts
            .iter()
            .flat_map(|part| part.probabilities.axis_iter(Axis(0)))
            .map(|p| p.iter().map(|p| p * (1.0 - p)).sum::<f64>() / p.len() as f64)
            .collect()
    }

    pub fn n_rows(&self) -> f64 {
        self.x.nrows() as f64
    }

    /// `sum` / n_rows + penalty · `weights`, the intercepts left out of the penalty.
    fn with_penalty(&self, sum: Array2<f64>, weights: &Array2<f64>) -> Array2<f64> {
        let mut mean = sum / self.n_rows();
        let penalised = s![.., ..self.n_penalised];
        mean.slice_mut(penalised)
            .scaled_add(self.penalty, &weights.slice(penalised));
        mean
    }

    /// Steps over `rows`, each as rows of the data and as rows of the part.
    fn each_step(
        &self,
        rows: &Range<usize>,
        mut work: impl FnMut(Range<usize>, Range<usize>),
    ) -> Result<(), Cancelled> {
        let flops = 2 * self.x.ncols() * self.n_outputs + 16 * self.n_outputs;
        solve::in_steps(rows.clone(), flops, self.task, |step| {
            let own = step.start - rows.start..step.end - rows.start;
            work(step, own);
        })
    }
}

/// Turns the z of a row into probabilities; its log loss.
fn log_loss(z: &mut ArrayViewMut1<'_, f64>, class: usize) -> f64 {
    if z.len() == 1 {
        let sum = z[0];
        // ln(1 + exp(z)), without overflow.
        let softplus = sum.max(0.0) + (-sum.abs()).exp().ln_1p();
        z[0] = 1.0 / (1.0 + (-sum).exp());
        return if class == 1 { softplus - sum } else { softplus };
    }
    let largest = z.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let of_class = z[class] - largest;
    z.mapv_inplace(|sum| (sum - largest).exp());
    let total = z.sum();
    z.mapv_inplace(|share| share / total);
    total.ln() - of_class
}
