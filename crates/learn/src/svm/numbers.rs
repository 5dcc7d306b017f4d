//! Support vector regression.

use assay_core::model::{Decisions, Form, Kernel};
use linfa::DatasetBase;
use linfa::traits::Fit;
use ndarray::{Array1, ArrayView2};

use super::SvmValidParams;
use super::kernel::KernelMatrix;
use super::solver::{Problem, solve};
use crate::Error;

/// f(x) = Σ coefficient · K(vector, x) + intercept.
#[derive(Debug, Clone, PartialEq)]
pub struct Machine {
    pub kernel: Kernel,
    pub n_features: usize,
    /// Row-major.
    pub vectors: Vec<f32>,
    pub coefficients: Vec<f64>,
    pub intercept: f64,
}

impl<'v> Fit<ArrayView2<'v, f32>, Array1<f64>, Error> for SvmValidParams {
    type Object = Machine;

    /// Targets are numbers.
    fn fit(
        &self,
        dataset: &DatasetBase<ArrayView2<'v, f32>, Array1<f64>>,
    ) -> Result<Machine, Error> {
        let (n_rows, n_features) = dataset.records().dim();
        let x = dataset
            .records()
            .to_slice()
            .ok_or_else(|| Error::Numeric("the features are not in row order".to_owned()))?;
        let weights = dataset.weights();
        let c_of = |row: usize| self.c * weights.map_or(1.0, |weights| f64::from(weights[row]));
        // Solved around the mean, so that large targets do not cost digits.
        let mean = dataset.targets().mean().unwrap_or(0.0);
        let y: Vec<f64> = dataset.targets().iter().map(|y| y - mean).collect();
        let mut rows: Vec<usize> = (0..n_rows).filter(|&row| c_of(row) > 0.0).collect();
        let n = rows.len();
        rows.extend_from_within(..);
        self.task.step(0, 0, "solving");
        // Each row twice: once for errors above, once for errors below.
        let problem = Problem {
            rows: &rows,
            is_positive: (0..2 * n).map(|at| at < n).collect(),
            linear: (0..2 * n)
                .map(|at| {
                    let y = y[rows[at]];
                    self.epsilon + if at < n { -y } else { y }
                })
                .collect(),
            upper: rows.iter().map(|&row| c_of(row)).collect(),
            start: Vec::new(),
        };
        let matrix = KernelMatrix::new(x, n_rows, n_features, self.kernel);
        let solution = solve(&problem, &matrix, self.tolerance, self.max_iter, &self.task)?;
        self.warn_if(!solution.is_converged);
        let mut machine = Machine {
            kernel: self.kernel,
            n_features,
            vectors: Vec::new(),
            coefficients: Vec::new(),
            intercept: solution.intercept + mean,
        };
        let (above, below) = solution.coefficients.split_at(n);
        for ((&row, above), below) in rows.iter().zip(above).zip(below) {
            if above + below != 0.0 {
                machine
                    .vectors
                    .extend_from_slice(&x[row * n_features..(row + 1) * n_features]);
                machine.coefficients.push(above + below);
            }
        }
        Ok(machine)
    }
}

impl Machine {
    pub(super) fn form(self) -> Form {
        let mut machine = self;
        if machine.kernel == Kernel::Linear || machine.coefficients.is_empty() {
            machine = machine.flat();
        }
        Form::Kernel {
            kernel: machine.kernel,
            vectors: machine.vectors,
            coefficients: vec![machine.coefficients],
            intercepts: vec![machine.intercept],
            decisions: Decisions::Value,
        }
    }

    /// The same with a single vector: their weighted sum, where the kernel is linear (or there is none to sum).
    fn flat(self) -> Self {
        Self {
            kernel: Kernel::Linear,
            vectors: weighted_sum(&self.vectors, &self.coefficients, self.n_features),
            coefficients: vec![1.0],
            ..self
        }
    }
}

/// Σ coefficient · vector, n_features.
pub fn weighted_sum(vectors: &[f32], coefficients: &[f64], n_features: usize) -> Vec<f32> {
    let mut sum = vec![0.0_f64; n_features];
    for (vector, coefficient) in vectors.chunks(n_features.max(1)).zip(coefficients) {
        for (sum, &value) in sum.iter_mut().zip(vector) {
            *sum += coefficient * f64::from(value);
        }
    }
    sum.into_iter()
        .map(|value| value.clamp(f64::from(f32::MIN), f64::from(f32::MAX)) as f32)
        .collect()
}
