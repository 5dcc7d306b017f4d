//! What the linear estimators share: centring, and the fitted line.

use assay_core::model::Form;
use assay_core::{Cancelled, Task};
use ndarray::{Array1, Array2, ArrayView1, Axis, Zip, s};

use crate::solve;

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
    pub fn new(x: &Array2<f64>, fit_intercept: bool, task: &Task) -> Result<Self, Cancelled> {
        let mut centred = x.clone();
        let mut means = Array1::zeros(x.ncols());
        if !fit_intercept || x.nrows() == 0 {
            return Ok(Self { x: centred, means });
        }
        // Differences to the first row: exactly zero, and so exactly its mean, in a column that does not vary.
        let first = x.row(0);
        solve::in_steps(0..x.nrows(), x.ncols(), task, |rows| {
            for row in x.slice(s![rows, ..]).axis_iter(Axis(0)) {
                Zip::from(&mut means)
                    .and(&row)
                    .and(&first)
                    .for_each(|sum, value, first| *sum += value - first);
            }
        })?;
        means /= x.nrows() as f64;
        means += &first;
        solve::in_steps(0..x.nrows(), x.ncols(), task, |rows| {
            let mut block = centred.slice_mut(s![rows, ..]);
            block -= &means;
        })?;
        Ok(Self { x: centred, means })
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
