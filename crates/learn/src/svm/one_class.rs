//! One-class support vector machine: the smallest region that holds all but a share of the rows (Schölkopf et al. 2001).

use assay_core::Task;
use assay_core::model::{ClassPair, Decisions, Form, Kernel, Model};
use linfa::traits::Fit;
use linfa::{DatasetBase, ParamGuard};
use ndarray::ArrayView2;

use super::kernel::KernelMatrix;
use super::solver::{Problem, solve};
use super::{Machine, kernel};
use crate::isolation_forest::output;
use crate::params::Resolved;
use crate::{Error, Training, data};

/// The logit of a row that is like none of the vectors: a probability of 0.98.
const LOGIT_OF_STRANGER: f64 = 4.0;

/// Checked parameters.
#[derive(Debug, Clone)]
pub struct OneClassSvmValidParams {
    kernel: Kernel,
    nu: f64,
    tolerance: f64,
    max_iter: usize,
    task: Task,
}

/// Parameters as they were given.
#[derive(Debug, Clone)]
pub struct OneClassSvmParams(OneClassSvmValidParams);

impl OneClassSvmParams {
    /// ν = 0.05, tolerance 1e-3, at most 1,000,000 steps.
    pub fn new(kernel: Kernel, task: &Task) -> Self {
        Self(OneClassSvmValidParams {
            kernel,
            nu: 0.05,
            tolerance: 1e-3,
            max_iter: 1_000_000,
            task: task.clone(),
        })
    }

    /// The largest share of the training rows outside, and the least share of them that are vectors; over 0, at most 1.
    pub fn nu(mut self, nu: f64) -> Self {
        self.0.nu = nu;
        self
    }

    /// How far from the optimum the solver may stop; over 0.
    pub fn tolerance(mut self, tolerance: f64) -> Self {
        self.0.tolerance = tolerance;
        self
    }

    /// At least 1.
    pub fn max_iter(mut self, max_iter: usize) -> Self {
        self.0.max_iter = max_iter;
        self
    }
}

impl ParamGuard for OneClassSvmParams {
    type Checked = OneClassSvmValidParams;
    type Error = linfa::Error;

    fn check_ref(&self) -> Result<&Self::Checked, Self::Error> {
        let params = &self.0;
        let is_share = params.nu > 0.0 && params.nu <= 1.0;
        if !is_share || params.tolerance.is_nan() || params.tolerance <= 0.0 || params.max_iter == 0
        {
            return Err(linfa::Error::Parameters(
                "one-class SVM: give nu over 0 and at most 1, a tolerance over 0 and at least one iteration"
                    .to_owned(),
            ));
        }
        Ok(params)
    }

    fn check(self) -> Result<Self::Checked, Self::Error> {
        self.check_ref()?;
        Ok(self.0)
    }
}

impl<'v> Fit<ArrayView2<'v, f32>, (), Error> for OneClassSvmValidParams {
    /// Its decision is under 0 for rows outside.
    type Object = Machine;

    fn fit(&self, dataset: &DatasetBase<ArrayView2<'v, f32>, ()>) -> Result<Machine, Error> {
        let (n_rows, n_features) = dataset.records().dim();
        let x = dataset
            .records()
            .to_slice()
            .ok_or_else(|| Error::Numeric("the features are not in row order".to_owned()))?;
        let rows: Vec<usize> = (0..n_rows).collect();
        self.task.step(0, 0, "solving");
        // α between 0 and 1 with the sum ν n; the first rows have it all at the start.
        let sum = self.nu * n_rows as f64;
        let problem = Problem {
            rows: &rows,
            is_positive: vec![true; n_rows],
            linear: vec![0.0; n_rows],
            upper: vec![1.0; n_rows],
            start: (0..n_rows)
                .map(|row| (sum - row as f64).clamp(0.0, 1.0))
                .collect(),
        };
        let matrix = KernelMatrix::new(x, n_rows, n_features, self.kernel);
        let solution = solve(&problem, &matrix, self.tolerance, self.max_iter, &self.task)?;
        if !solution.is_converged {
            self.task.warn(format!(
                "the one-class support vector machine did not converge within {} iterations: scale the features, or \
                 allow more with max_iter",
                self.max_iter
            ));
        }
        let vectors = rows.iter().zip(&solution.coefficients);
        let vectors: Vec<(usize, f64)> = vectors
            .map(|(&row, &alpha)| (row, alpha))
            .filter(|(_, alpha)| *alpha != 0.0)
            .collect();
        Ok(Machine {
            kernel: self.kernel,
            n_features,
            vectors: vectors
                .iter()
                .flat_map(|(row, _)| &x[row * n_features..(row + 1) * n_features])
                .copied()
                .collect(),
            coefficients: vectors.into_iter().map(|(_, alpha)| alpha).collect(),
            intercept: solution.intercept,
        })
    }
}

/// The probability of an anomaly is ½ on the border and grows with the distance to it, in units of how far in the
/// border lies.
pub(crate) fn fit(params: &Resolved, training: &Training<'_>) -> Result<Model, Error> {
    let taken = data::at_most(params.count("max_rows")?, training);
    let x = taken.x(training);
    let machine = OneClassSvmParams::new(kernel(params, x)?, training.task)
        .nu(params.float("nu")?)
        .max_iter(params.count("max_iter")?)
        .check()?
        .fit(&DatasetBase::new(data::view(x)?, ()))?;
    let depth = machine.intercept.abs();
    let scale = if depth > 0.0 { depth } else { 1.0 };
    let mut form = machine.form();
    if let Form::Kernel { decisions, .. } = &mut form {
        *decisions = Decisions::Pairs(vec![ClassPair {
            first: 0,
            second: 1,
            slope: -LOGIT_OF_STRANGER / scale,
            shift: 0.0,
        }]);
    }
    Ok(Model {
        n_features: x.n_columns(),
        output: output(),
        form,
    })
}
