//! Partial least squares regression of one target, as scikit-learn's `PLSRegression` with scale=True.
//!
//! Ours behind linfa's traits, since linfa's iterates on the rows in f64 and takes no weights. With one target the
//! components follow from the products of the features alone (Dayal and MacGregor 1997, their algorithm 2).

use assay_core::Task;
use assay_core::model::Model;
use linfa::ParamGuard;
use linfa::traits::Fit;
use ndarray::{Array1, ArrayView1, ArrayView2};

use crate::linear::LinearModel;
use crate::moments::{Moments, Numbers};
use crate::params::Resolved;
use crate::{Error, Training, data};

/// A component that covaries with the target less than this share of what the first does is rounding.
const LEAST_COVARIANCE: f64 = 1e-12;

/// Checked parameters.
#[derive(Debug, Clone)]
pub struct PlsValidParams {
    n_components: usize,
    task: Task,
}

/// Parameters as they were given.
#[derive(Debug, Clone)]
pub struct PlsParams(PlsValidParams);

impl PlsParams {
    /// Two components.
    pub fn new(task: &Task) -> Self {
        Self(PlsValidParams {
            n_components: 2,
            task: task.clone(),
        })
    }

    /// At least 1; no more are taken than the features have directions.
    pub fn n_components(mut self, n_components: usize) -> Self {
        self.0.n_components = n_components;
        self
    }
}

impl ParamGuard for PlsParams {
    type Checked = PlsValidParams;
    type Error = linfa::Error;

    fn check_ref(&self) -> Result<&Self::Checked, Self::Error> {
        if self.0.n_components == 0 {
            return Err(linfa::Error::Parameters(
                "partial least squares: n_components is 0; give at least 1".to_owned(),
            ));
        }
        Ok(&self.0)
    }

    fn check(self) -> Result<Self::Checked, Self::Error> {
        self.check_ref()?;
        Ok(self.0)
    }
}

impl<'v> Fit<ArrayView2<'v, f32>, ArrayView1<'v, f64>, Error> for PlsValidParams {
    type Object = LinearModel;

    fn fit(&self, dataset: &Numbers<'v>) -> Result<LinearModel, Error> {
        let moments = Moments::new(dataset, true, &self.task)?;
        let n = moments.xy.len();
        let scale = moments.gram.diag().mapv(|square| match square.sqrt() {
            norm if norm > 0.0 => norm.recip(),
            _ => 0.0,
        });
        let mut gram = moments.gram.clone();
        for ((row, column), value) in gram.indexed_iter_mut() {
            *value *= scale[row] * scale[column];
        }
        let mut xy = &moments.xy * &scale;
        let mut coefficients = Array1::zeros(n);
        // Rotations (what makes a component of the features) and loadings, a pair a component.
        let mut components: Vec<(Array1<f64>, Array1<f64>)> = Vec::new();
        let first = xy.dot(&xy).sqrt();
        for _ in 0..self.n_components.min(n) {
            self.task.check()?;
            let norm = xy.dot(&xy).sqrt();
            if norm <= first * LEAST_COVARIANCE {
                break;
            }
            let weights = &xy / norm;
            let mut rotation = weights.clone();
            for (other, loading) in &components {
                rotation.scaled_add(-loading.dot(&weights), other);
            }
            let loading = gram.dot(&rotation);
            let variance = rotation.dot(&loading);
            if variance <= LEAST_COVARIANCE {
                break;
            }
            let loading = loading / variance;
            let share = rotation.dot(&xy) / variance;
            coefficients.scaled_add(share, &rotation);
            xy.scaled_add(-share * variance, &loading);
            components.push((rotation, loading));
        }
        Ok(moments.model(coefficients * scale))
    }
}

pub(crate) fn fit(params: &Resolved, training: &Training<'_>) -> Result<Model, Error> {
    let fitted = PlsParams::new(training.task)
        .n_components(params.count("n_components")?)
        .fit(&data::with_numbers(training)?)?;
    Ok(fitted.model(training))
}
