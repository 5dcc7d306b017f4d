//! What the linear estimators share: centring, and the fitted line.

use assay_core::model::Form;
use ndarray::{Array1, Array2, ArrayView1, Axis};

/// y = x · coefficients + intercept, in f64.
#[derive(Debug, Clone, PartialEq)]
pub struct LinearModel {
    pub coefficients: Array1<f64>,
    pub intercept: f64,
}

impl LinearModel {
    /// The model on features as they were, from one on centred features that predicts `y_mean` at their means.
    pub fn uncentred(centred: &Centred, coefficients: Array1<f64>, y_mean: f64) -> Self {
        Self {
            intercept: centred.intercept(y_mean, coefficients.view()),
            coefficients,
        }
    }

    /// The model as it is stored, in f32.
    pub fn form(&self) -> Form {
        Form::Linear {
            coefficients: self
                .coefficients
                .iter()
                .map(|&value| value as f32)
                .collect(),
            intercept: self.intercept as f32,
        }
    }
}

/// Features less their means. With an intercept, which no penalty touches, that changes no prediction, and it keeps
/// the digits of features that vary little around a large mean.
pub struct Centred {
    /// Exactly zero in columns that do not vary.
    pub x: Array2<f64>,
    means: Array1<f64>,
}

impl Centred {
    /// Without `fit_intercept` the means are taken as zero.
    pub fn new(x: &Array2<f64>, fit_intercept: bool) -> Self {
        let mut centred = x.clone();
        let mut means = Array1::zeros(x.ncols());
        if fit_intercept {
            for (mut column, mean) in centred.axis_iter_mut(Axis(1)).zip(&mut means) {
                let first = column.first().copied().unwrap_or(0.0);
                *mean = if column.iter().all(|value| *value == first) {
                    first
                } else {
                    column.mean().unwrap_or(0.0)
                };
                column -= *mean;
            }
        }
        Self { x: centred, means }
    }

    /// The intercept on the features as they were, for one of the centred features.
    pub fn intercept(&self, centred: f64, coefficients: ArrayView1<'_, f64>) -> f64 {
        centred - self.means.dot(&coefficients)
    }
}

/// The mean that goes with [`Centred`]: 0 without an intercept.
pub fn mean(y: &Array1<f64>, fit_intercept: bool) -> f64 {
    if fit_intercept {
        y.mean().unwrap_or(0.0)
    } else {
        0.0
    }
}
