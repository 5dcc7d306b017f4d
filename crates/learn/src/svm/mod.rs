//! Support vector machines: for classes one against one with cross-fitted probabilities, for numbers with an
//! epsilon-insensitive loss.
//!
//! Ours behind linfa's traits: linfa's builds the dense kernel matrix of all rows, and is six times slower than
//! scikit-learn's.

mod classes;
mod kernel;
mod numbers;
mod one_class;
pub(crate) mod platt;
mod solver;

use assay_core::model::{Kernel, Model};
use assay_core::{Matrix, Target, Task};
use linfa::traits::Fit;
use linfa::{DatasetBase, ParamGuard};

pub use classes::PairedMachines;
pub use numbers::Machine;
pub(crate) use one_class::fit as fit_one_class;
pub use one_class::{OneClassSvmParams, OneClassSvmValidParams};

use crate::params::Resolved;
use crate::{Error, Training, data};

/// Checked parameters.
#[derive(Debug, Clone)]
pub struct SvmValidParams {
    kernel: Kernel,
    c: f64,
    epsilon: f64,
    tolerance: f64,
    max_iter: usize,
    n_classes: usize,
    n_folds: usize,
    task: Task,
}

/// Parameters as they were given.
#[derive(Debug, Clone)]
pub struct SvmParams(SvmValidParams);

impl SvmParams {
    /// C = 1, epsilon 0.1, probabilities cross-fitted over 3 folds.
    pub fn new(kernel: Kernel, task: &Task) -> Self {
        Self(SvmValidParams {
            kernel,
            c: 1.0,
            epsilon: 0.1,
            tolerance: 1e-3,
            max_iter: 1_000_000,
            n_classes: 0,
            n_folds: 3,
            task: task.clone(),
        })
    }

    /// The price of a row on the wrong side; over 0.
    pub fn c(mut self, c: f64) -> Self {
        self.0.c = c;
        self
    }

    /// Numbers: errors up to this cost nothing; at least 0.
    pub fn epsilon(mut self, epsilon: f64) -> Self {
        self.0.epsilon = epsilon;
        self
    }

    /// How far from the optimum the solver may stop; over 0.
    pub fn tolerance(mut self, tolerance: f64) -> Self {
        self.0.tolerance = tolerance;
        self
    }

    pub fn max_iter(mut self, max_iter: usize) -> Self {
        self.0.max_iter = max_iter;
        self
    }

    /// The number of classes, where not all of them are among the training rows.
    pub fn n_classes(mut self, n_classes: usize) -> Self {
        self.0.n_classes = n_classes;
        self
    }

    /// Machines that the probabilities are fitted by, each on the rows it did not see.
    pub fn n_folds(mut self, n_folds: usize) -> Self {
        self.0.n_folds = n_folds;
        self
    }
}

impl ParamGuard for SvmParams {
    type Checked = SvmValidParams;
    type Error = linfa::Error;

    fn check_ref(&self) -> Result<&Self::Checked, Self::Error> {
        let params = &self.0;
        for (name, value, may_be_zero) in [
            ("c", params.c, false),
            ("epsilon", params.epsilon, true),
            ("tolerance", params.tolerance, false),
        ] {
            if !(value > 0.0 || (may_be_zero && value == 0.0)) {
                return Err(linfa::Error::Parameters(format!("SVM: {name} is {value}")));
            }
        }
        if params.max_iter == 0 || params.n_folds < 2 {
            return Err(linfa::Error::Parameters(
                "SVM: give at least one iteration and two folds".to_owned(),
            ));
        }
        Ok(params)
    }

    fn check(self) -> Result<Self::Checked, Self::Error> {
        self.check_ref()?;
        Ok(self.0)
    }
}

impl SvmValidParams {
    fn warn_if(&self, stopped_early: bool) {
        if stopped_early {
            self.task.warn(format!(
                "the support vector machine did not converge within {} iterations: scale the features, or lower c",
                self.max_iter
            ));
        }
    }
}

pub(crate) fn fit(params: &Resolved, training: &Training<'_>) -> Result<Model, Error> {
    let taken = data::at_most(params.count("max_rows")?, training);
    let (x, y) = (taken.x(training), taken.y(training));
    let estimator = SvmParams::new(kernel(params, x)?, training.task)
        .c(params.float("c")?)
        .epsilon(params.float("epsilon")?)
        .max_iter(params.count("max_iter")?);
    let records = data::view(x)?;
    let weights = taken.weights(training);
    let form = match y {
        Target::Classes { classes, .. } => estimator
            .n_classes(classes.len())
            .fit(&DatasetBase::new(records, data::class_indices(y)).with_weights(weights))?
            .form(),
        Target::Values(_) | Target::Nothing { .. } => estimator
            .fit(&DatasetBase::new(records, data::numbers(y)).with_weights(weights))?
            .form(),
    };
    Ok(Model {
        n_features: x.n_columns(),
        output: data::output(y),
        form,
    })
}

fn kernel(params: &Resolved, x: &Matrix) -> Result<Kernel, Error> {
    let gamma = match params.float("gamma")? {
        0.0 => scaled_gamma(x),
        gamma => gamma,
    };
    Ok(match params.text("kernel")? {
        "linear" => Kernel::Linear,
        "polynomial" => Kernel::Polynomial {
            gamma,
            offset: params.float("coef0")?,
            degree: params.count("degree")? as u32,
        },
        _ => Kernel::Rbf { gamma },
    })
}

/// 1 / (n_features · variance of all values), as scikit-learn's `scale`; 1 when they do not vary.
fn scaled_gamma(x: &Matrix) -> f64 {
    let n = x.values.len().max(1) as f64;
    let mean = x.values.iter().map(|&value| f64::from(value)).sum::<f64>() / n;
    let squares: f64 = x
        .values
        .iter()
        .map(|&value| (f64::from(value) - mean).powi(2))
        .sum();
    let variance = squares / n;
    if variance > 0.0 {
        1.0 / (x.n_columns().max(1) as f64 * variance)
    } else {
        1.0
    }
}
