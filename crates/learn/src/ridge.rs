//! Ridge regression: minimises Σ weight · (y − xw − b)² + alpha ‖w‖², the intercept unpenalised, as scikit-learn's
//! `Ridge`.
//!
//! Ours, since linfa's elastic net at l1_ratio 0 descends coordinate by coordinate and never meets its stop; the
//! normal equations with the penalty on their diagonal are solved by one Cholesky factorisation.

use assay_core::Task;
use assay_core::model::Model;
use linfa::ParamGuard;
use linfa::traits::Fit;
use ndarray::{ArrayView1, ArrayView2};

use crate::linear::LinearModel;
use crate::moments::{Moments, Numbers};
use crate::params::Resolved;
use crate::{Error, Training, data, solve};

/// Checked parameters.
#[derive(Debug, Clone)]
pub struct RidgeValidParams {
    alpha: f64,
    fit_intercept: bool,
    task: Task,
}

/// Parameters as they were given.
#[derive(Debug, Clone)]
pub struct RidgeParams(RidgeValidParams);

impl RidgeParams {
    /// alpha 1 with an intercept.
    pub fn new(task: &Task) -> Self {
        Self(RidgeValidParams {
            alpha: 1.0,
            fit_intercept: true,
            task: task.clone(),
        })
    }

    /// Over 0.
    pub fn alpha(mut self, alpha: f64) -> Self {
        self.0.alpha = alpha;
        self
    }

    pub fn with_intercept(mut self, fit_intercept: bool) -> Self {
        self.0.fit_intercept = fit_intercept;
        self
    }
}

impl ParamGuard for RidgeParams {
    type Checked = RidgeValidParams;
    type Error = linfa::Error;

    fn check_ref(&self) -> Result<&Self::Checked, Self::Error> {
        if self.0.alpha > 0.0 && self.0.alpha.is_finite() {
            Ok(&self.0)
        } else {
            Err(linfa::Error::Parameters(format!(
                "ridge: alpha is {}; give a number over 0",
                self.0.alpha
            )))
        }
    }

    fn check(self) -> Result<Self::Checked, Self::Error> {
        self.check_ref()?;
        Ok(self.0)
    }
}

impl<'v> Fit<ArrayView2<'v, f32>, ArrayView1<'v, f64>, Error> for RidgeValidParams {
    type Object = LinearModel;

    fn fit(&self, dataset: &Numbers<'v>) -> Result<LinearModel, Error> {
        let moments = Moments::new(dataset, self.fit_intercept, &self.task)?;
        let mut penalised = moments.gram.clone();
        penalised
            .diag_mut()
            .mapv_inplace(|value| value + self.alpha);
        self.task.check()?;
        let coefficients = match solve::Cholesky::new(&penalised) {
            Some(factor) => factor.solve(&moments.xy),
            // Features that repeat one another and a penalty far below their squares: the penalty is lost in the sum
            // above, and kept when it is added to the eigenvalues.
            None => {
                let (values, vectors) = solve::eigen(&moments.gram)?;
                let kept = values.mapv(|value| value.max(0.0) + self.alpha);
                vectors.dot(&(vectors.t().dot(&moments.xy) / kept))
            }
        };
        Ok(moments.model(coefficients))
    }
}

pub(crate) fn fit(params: &Resolved, training: &Training<'_>) -> Result<Model, Error> {
    let fitted = RidgeParams::new(training.task)
        .alpha(params.float("alpha")?)
        .with_intercept(params.flag("fit_intercept")?)
        .fit(&data::with_numbers(training)?)?;
    Ok(fitted.model(training))
}
