//! Ridge regression: minimises ‖y − xw − b‖² + alpha ‖w‖², the intercept unpenalised, as scikit-learn's `Ridge`.
//!
//! Ours, since linfa's elastic net at l1_ratio 0 descends coordinate by coordinate and never meets its stop; the
//! normal equations with the penalty on their diagonal are solved by one Cholesky factorisation.

use assay_core::Task;
use assay_core::model::Model;
use linfa::traits::Fit;
use linfa::{DatasetBase, ParamGuard};
use ndarray::{Array1, Array2, Axis};

use crate::linear::{self, Centred, LinearModel};
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

impl Fit<Array2<f64>, Array1<f64>, Error> for RidgeValidParams {
    type Object = LinearModel;

    fn fit(&self, dataset: &DatasetBase<Array2<f64>, Array1<f64>>) -> Result<LinearModel, Error> {
        let centred = Centred::new(dataset.records(), self.fit_intercept, &self.task)?;
        let y_mean = linear::mean(dataset.targets(), self.fit_intercept);
        let gram = solve::gram(centred.x.view(), None, &self.task)?;
        let moments = centred.x.t().dot(&(dataset.targets() - y_mean));
        let penalised = &gram + &(Array2::<f64>::eye(gram.nrows()) * self.alpha);
        self.task.check()?;
        let coefficients = match solve::Cholesky::new(&penalised) {
            Some(factor) => factor
                .solve(&moments.insert_axis(Axis(0)))
                .row(0)
                .to_owned(),
            // Features that repeat one another and a penalty far below their squares: the penalty is lost in the sum
            // above, and kept when it is added to the eigenvalues.
            None => {
                let (values, vectors) = solve::eigen(&gram)?;
                let parts = vectors.t().dot(&moments) / values.mapv(|v| v.max(0.0) + self.alpha);
                vectors.dot(&parts)
            }
        };
        Ok(LinearModel::uncentred(&centred, coefficients, y_mean))
    }
}

pub(crate) fn fit(params: &Resolved, training: &Training<'_>) -> Result<Model, Error> {
    let (x, y, task) = (training.x, training.y, training.task);
    let dataset = DatasetBase::new(data::widened(x)?, data::numbers(y));
    let fitted = RidgeParams::new(task)
        .alpha(params.float("alpha")?)
        .with_intercept(params.flag("fit_intercept")?)
        .fit(&dataset)?;
    Ok(Model {
        n_features: x.n_columns(),
        output: data::output(y),
        form: fitted.form(),
    })
}
