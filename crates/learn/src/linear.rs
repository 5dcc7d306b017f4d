//! What the linear estimators share: the fitted line.

use assay_core::model::{Form, Model};
use ndarray::Array1;

use crate::{Training, data};

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
            coefficients: narrowed(&self.coefficients),
            intercept: self.intercept as f32,
        }
    }

    pub(crate) fn model(&self, training: &Training<'_>) -> Model {
        Model {
            n_features: training.x.n_columns(),
            output: data::output(training.y),
            form: self.form(),
        }
    }
}

pub fn narrowed<'a>(values: impl IntoIterator<Item = &'a f64>) -> Vec<f32> {
    values.into_iter().map(|&value| value as f32).collect()
}
