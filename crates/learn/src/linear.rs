//! What linear and ridge regression share: centring, and the fitted line.

use assay_core::model::Form;
use ndarray::{Array1, Array2, Axis};

/// y = x · coefficients + intercept, in f64.
#[derive(Debug, Clone, PartialEq)]
pub struct LinearModel {
    pub coefficients: Array1<f64>,
    pub intercept: f64,
}

impl LinearModel {
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

/// Features and target less their means, so that the intercept stays out of penalties and ranks.
pub struct Centred {
    pub x: Array2<f64>,
    pub y: Array1<f64>,
    x_means: Array1<f64>,
    y_mean: f64,
}

impl Centred {
    /// Without `fit_intercept` the means are taken as zero.
    pub fn new(x: &Array2<f64>, y: &Array1<f64>, fit_intercept: bool) -> Self {
        let zeros = || Array1::zeros(x.ncols());
        let x_means = if fit_intercept {
            x.mean_axis(Axis(0)).unwrap_or_else(zeros)
        } else {
            zeros()
        };
        let y_mean = if fit_intercept {
            y.mean().unwrap_or(0.0)
        } else {
            0.0
        };
        Self {
            x: x - &x_means,
            y: y - y_mean,
            x_means,
            y_mean,
        }
    }

    /// The model on the features as they were.
    pub fn model(&self, coefficients: Array1<f64>) -> LinearModel {
        let intercept = self.y_mean - self.x_means.dot(&coefficients);
        LinearModel {
            coefficients,
            intercept,
        }
    }

    /// Root mean squares of the centred features; exactly zero for those that do not vary.
    pub fn deviations(&self) -> Array1<f64> {
        // Subtracting a rounded mean leaves this much of a constant.
        const ROUNDING: f64 = 1e-12;
        let n_rows = self.x.nrows() as f64;
        self.x
            .axis_iter(Axis(1))
            .zip(&self.x_means)
            .map(|(column, mean)| {
                let deviation = (column.dot(&column) / n_rows).sqrt();
                if deviation <= mean.abs() * ROUNDING {
                    0.0
                } else {
                    deviation
                }
            })
            .collect()
    }
}
