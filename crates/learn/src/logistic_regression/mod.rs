//! Logistic regression for two and more classes with an L2 penalty, as scikit-learn's `LogisticRegression`:
//! minimises c · Σ log loss + ½ ‖w‖², the intercepts unpenalised.
//!
//! Ours behind linfa's traits, since linfa's L-BFGS takes 17 times as long as scikit-learn (65 times for more than two
//! classes), stops short of the optimum, and orders its labels by the rows it saw first.

mod likelihood;
mod newton;

use assay_core::model::{Form, Model};
use assay_core::{Target, Task};
use linfa::traits::Fit;
use linfa::{DatasetBase, ParamGuard};
use ndarray::{Array1, Array2, Axis, concatenate};

use crate::linear::Centred;
use crate::params::Resolved;
use crate::{Error, Training, data};
use likelihood::Likelihood;

/// Checked parameters.
#[derive(Debug, Clone)]
pub struct LogisticValidParams {
    c: f64,
    max_iter: usize,
    fit_intercept: bool,
    /// 0: one more than the largest index among the targets.
    n_classes: usize,
    task: Task,
}

/// Parameters as they were given.
#[derive(Debug, Clone)]
pub struct LogisticParams(LogisticValidParams);

/// z = coefficients · x + intercepts, in f64: one row for two classes (of class 1), else one row a class.
#[derive(Debug, Clone, PartialEq)]
pub struct LogisticModel {
    pub coefficients: Array2<f64>,
    pub intercepts: Array1<f64>,
}

impl LogisticParams {
    /// c 1, 100 steps, with intercepts.
    pub fn new(task: &Task) -> Self {
        Self(LogisticValidParams {
            c: 1.0,
            max_iter: 100,
            fit_intercept: true,
            n_classes: 0,
            task: task.clone(),
        })
    }

    /// Inverse strength of the penalty, over 0.
    pub fn c(mut self, c: f64) -> Self {
        self.0.c = c;
        self
    }

    /// The most Newton steps, at least 1.
    pub fn max_iter(mut self, max_iter: usize) -> Self {
        self.0.max_iter = max_iter;
        self
    }

    pub fn with_intercept(mut self, fit_intercept: bool) -> Self {
        self.0.fit_intercept = fit_intercept;
        self
    }

    /// The number of classes, where not all of them are among the training rows.
    pub fn n_classes(mut self, n_classes: usize) -> Self {
        self.0.n_classes = n_classes;
        self
    }
}

impl ParamGuard for LogisticParams {
    type Checked = LogisticValidParams;
    type Error = linfa::Error;

    fn check_ref(&self) -> Result<&Self::Checked, Self::Error> {
        if !(self.0.c > 0.0 && self.0.c.is_finite()) {
            return Err(linfa::Error::Parameters(format!(
                "logistic regression: c is {}; give a number over 0",
                self.0.c
            )));
        }
        if self.0.max_iter == 0 {
            return Err(linfa::Error::Parameters(
                "logistic regression: max_iter is 0; give at least 1".to_owned(),
            ));
        }
        Ok(&self.0)
    }

    fn check(self) -> Result<Self::Checked, Self::Error> {
        self.check_ref()?;
        Ok(self.0)
    }
}

impl Fit<Array2<f64>, Array1<usize>, Error> for LogisticValidParams {
    type Object = LogisticModel;

    /// Targets are class indices.
    fn fit(
        &self,
        dataset: &DatasetBase<Array2<f64>, Array1<usize>>,
    ) -> Result<LogisticModel, Error> {
        let (x, y) = (dataset.records(), dataset.targets());
        let present = y.iter().max().map_or(1, |largest| largest + 1);
        let n_classes = self.n_classes.max(present);
        let centred = Centred::new(x, self.fit_intercept, &self.task)?;
        let with_ones = if self.fit_intercept {
            concatenate(
                Axis(1),
                &[centred.x.view(), Array2::ones((x.nrows(), 1)).view()],
            )
            .map_err(|error| Error::Numeric(error.to_string()))?
        } else {
            centred.x.clone()
        };
        let likelihood = Likelihood {
            x: with_ones.view(),
            y: &y.to_vec(),
            n_outputs: if n_classes <= 2 { 1 } else { n_classes },
            n_penalised: x.ncols(),
            penalty: 1.0 / (self.c * x.nrows() as f64),
            task: &self.task,
        };
        let found = newton::minimise(&likelihood, self.max_iter)?;
        if !found.converged {
            self.task.warn(format!(
                "logistic regression did not converge in {} steps: the next would lower the mean loss of {:.6} by \
                 {:.1e}; raise max_iter, standardise the features or lower c",
                found.n_steps, found.loss, found.decrement
            ));
        }
        let coefficients = found.weights.slice(ndarray::s![.., ..x.ncols()]).to_owned();
        let intercepts = found
            .weights
            .axis_iter(Axis(0))
            .map(|row| match row.split_at(Axis(0), x.ncols()) {
                (class, last) if self.fit_intercept => centred.intercept(last.sum(), class),
                _ => 0.0,
            })
            .collect::<Array1<f64>>();
        // A softmax is the same when all its intercepts rise together: their mean is set to zero.
        let shared = if n_classes > 2 {
            intercepts.mean().unwrap_or(0.0)
        } else {
            0.0
        };
        Ok(LogisticModel {
            coefficients,
            intercepts: intercepts - shared,
        })
    }
}

impl LogisticModel {
    /// The model as it is stored, in f32.
    pub fn form(&self) -> Form {
        Form::Logistic {
            coefficients: self
                .coefficients
                .axis_iter(Axis(0))
                .map(|class| class.iter().map(|&value| value as f32).collect())
                .collect(),
            intercepts: self.intercepts.iter().map(|&value| value as f32).collect(),
        }
    }
}

pub(crate) fn fit(params: &Resolved, training: &Training<'_>) -> Result<Model, Error> {
    let (x, y, task) = (training.x, training.y, training.task);
    let n_classes = match y {
        Target::Classes { classes, .. } => classes.len(),
        Target::Values(_) => 0,
    };
    let fitted = LogisticParams::new(task)
        .c(params.float("c")?)
        .max_iter(params.count("max_iter")?)
        .with_intercept(params.flag("fit_intercept")?)
        .n_classes(n_classes)
        .fit(&DatasetBase::new(data::widened(x)?, data::class_indices(y)))?;
    Ok(Model {
        n_features: x.n_columns(),
        output: data::output(y),
        form: fitted.form(),
    })
}
