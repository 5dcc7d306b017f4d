//! Gaussian naive Bayes: within a class every feature is normal, with a mean and a variance of its own.

use assay_core::Task;
use assay_core::model::{Form, Model};
use linfa::ParamGuard;
use linfa::traits::Fit;
use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis};

use super::{Classes, LOG_OF_NOTHING, class_sums, class_weights, log_priors, n_present};
use crate::params::Resolved;
use crate::rows::Rows;
use crate::{Error, Training, data};

/// Added to the variances where no feature varies at all.
const LEAST_VARIANCE: f64 = 1e-9;

/// Checked parameters.
#[derive(Debug, Clone)]
pub struct GaussianValidParams {
    var_smoothing: f64,
    /// 0: one more than the largest index among the targets.
    n_classes: usize,
    task: Task,
}

/// Parameters as they were given.
#[derive(Debug, Clone)]
pub struct GaussianParams(GaussianValidParams);

/// Per class (row) and feature.
#[derive(Debug, Clone, PartialEq)]
pub struct GaussianModel {
    pub means: Array2<f64>,
    /// Over 0; infinite for a class without rows.
    pub variances: Array2<f64>,
    pub log_priors: Array1<f64>,
}

impl GaussianParams {
    /// Smoothing 1e-9.
    pub fn new(task: &Task) -> Self {
        Self(GaussianValidParams {
            var_smoothing: 1e-9,
            n_classes: 0,
            task: task.clone(),
        })
    }

    /// The share of the largest variance of a feature that is added to all variances; 0 or more.
    pub fn var_smoothing(mut self, var_smoothing: f64) -> Self {
        self.0.var_smoothing = var_smoothing;
        self
    }

    /// The number of classes, where not all of them are among the training rows.
    pub fn n_classes(mut self, n_classes: usize) -> Self {
        self.0.n_classes = n_classes;
        self
    }
}

impl ParamGuard for GaussianParams {
    type Checked = GaussianValidParams;
    type Error = linfa::Error;

    fn check_ref(&self) -> Result<&Self::Checked, Self::Error> {
        if self.0.var_smoothing >= 0.0 && self.0.var_smoothing.is_finite() {
            Ok(&self.0)
        } else {
            Err(linfa::Error::Parameters(format!(
                "gaussian naive Bayes: var_smoothing is {}; give 0 or more",
                self.0.var_smoothing
            )))
        }
    }

    fn check(self) -> Result<Self::Checked, Self::Error> {
        self.check_ref()?;
        Ok(self.0)
    }
}

impl<'v> Fit<ArrayView2<'v, f32>, ArrayView1<'v, u32>, Error> for GaussianValidParams {
    type Object = GaussianModel;

    /// Targets are class indices.
    fn fit(&self, dataset: &Classes<'v>) -> Result<GaussianModel, Error> {
        let y = dataset.targets.to_vec();
        let n_classes = self.n_classes.max(n_present(dataset));
        let weights = class_weights(dataset, n_classes);
        let rows = Rows::new(dataset, &self.task)?;
        let centre = rows.means()?;
        // Less the mean of all rows, so that squares keep their digits.
        let rows = rows.centred(centre.clone());
        let per_row = weights.mapv(|weight| if weight > 0.0 { weight.recip() } else { 0.0 });
        let per_row = per_row.insert_axis(Axis(1));
        let shifts = class_sums(&rows, &y, n_classes, |_, _, x| x)? * &per_row;
        let squares = class_sums(&rows, &y, n_classes, |class, column, x| {
            let distance = x - shifts[(class, column)];
            distance * distance
        })?;
        // The rows' means are 0 here: the variance of all rows is that within the classes and that between them.
        let between = &shifts * &shifts * weights.view().insert_axis(Axis(1));
        let of_all = (&squares + &between).sum_axis(Axis(0)) / weights.sum();
        let largest = of_all.iter().copied().fold(0.0, f64::max);
        let mut smoothing = self.var_smoothing * largest;
        let mut variances = squares * &per_row + smoothing;
        if variances.iter().any(|variance| *variance <= 0.0) {
            smoothing = LEAST_VARIANCE * if largest > 0.0 { largest } else { 1.0 };
            variances += smoothing;
        }
        for (class, weight) in weights.iter().enumerate() {
            if *weight <= 0.0 {
                variances.row_mut(class).fill(f64::INFINITY);
            }
        }
        Ok(GaussianModel {
            means: shifts + &centre,
            variances,
            log_priors: log_priors(&weights, true),
        })
    }
}

impl GaussianModel {
    pub fn form(&self) -> Form {
        let tau = std::f64::consts::TAU;
        let constants = self.variances.rows().into_iter().zip(&self.log_priors);
        Form::Gaussian {
            means: listed(&self.means),
            precisions: listed(&self.variances.mapv(f64::recip)),
            constants: constants
                .map(|(variances, &prior)| {
                    if prior == LOG_OF_NOTHING {
                        return prior;
                    }
                    let logs: f64 = variances.iter().map(|variance| (tau * variance).ln()).sum();
                    prior - 0.5 * logs
                })
                .collect(),
        }
    }
}

pub(crate) fn fit(params: &Resolved, training: &Training<'_>) -> Result<Model, Error> {
    let fitted = GaussianParams::new(training.task)
        .var_smoothing(params.float("var_smoothing")?)
        .n_classes(data::n_classes(training.y))
        .fit(&data::with_classes(training)?)?;
    Ok(Model {
        n_features: training.x.n_columns(),
        output: data::output(training.y),
        form: fitted.form(),
    })
}

fn listed(table: &Array2<f64>) -> Vec<Vec<f64>> {
    table.rows().into_iter().map(|row| row.to_vec()).collect()
}
