//! Ordinary least squares by linfa's `LinearRegression`, made safe for features that repeat one another.
//!
//! linfa's QR does not look at the rank: the columns of a full one-hot encoding sum to one, and its coefficients then
//! come out as 1e15 and cancel. So the features are first turned onto the directions in which they vary, linfa fits
//! there, and of all equally good coefficients those with the least norm are given, as scikit-learn does.

use assay_core::Task;
use assay_core::model::Model;
use linfa::traits::Fit;
use linfa::{DatasetBase, ParamGuard};
use linfa_linear::LinearRegression;
use ndarray::{Array1, Array2, ArrayView2, Axis};

use crate::linear::{self, Centred, LinearModel};
use crate::params::Resolved;
use crate::{Error, Training, data, solve};

/// A direction of the standardised features with less than this share of the largest variance is no direction.
/// f32 features that are sums of others leave 1e-14.
const LEAST_VARIANCE: f64 = 1e-12;

/// Checked parameters.
#[derive(Debug, Clone)]
pub struct LeastSquaresValidParams {
    fit_intercept: bool,
    task: Task,
}

/// Parameters as they were given.
#[derive(Debug, Clone)]
pub struct LeastSquaresParams(LeastSquaresValidParams);

impl LeastSquaresParams {
    /// With an intercept.
    pub fn new(task: &Task) -> Self {
        Self(LeastSquaresValidParams {
            fit_intercept: true,
            task: task.clone(),
        })
    }

    pub fn with_intercept(mut self, fit_intercept: bool) -> Self {
        self.0.fit_intercept = fit_intercept;
        self
    }
}

impl ParamGuard for LeastSquaresParams {
    type Checked = LeastSquaresValidParams;
    type Error = linfa::Error;

    fn check_ref(&self) -> Result<&Self::Checked, Self::Error> {
        Ok(&self.0)
    }

    fn check(self) -> Result<Self::Checked, Self::Error> {
        Ok(self.0)
    }
}

impl Fit<Array2<f64>, Array1<f64>, Error> for LeastSquaresValidParams {
    type Object = LinearModel;

    fn fit(&self, dataset: &DatasetBase<Array2<f64>, Array1<f64>>) -> Result<LinearModel, Error> {
        let centred = Centred::new(dataset.records(), self.fit_intercept, &self.task)?;
        let y_mean = linear::mean(dataset.targets(), self.fit_intercept);
        let (varying, norms): (Vec<usize>, Vec<f64>) = centred
            .x
            .axis_iter(Axis(1))
            .map(|column| column.dot(&column).sqrt())
            .enumerate()
            .filter(|(_, norm)| *norm > 0.0)
            .unzip();
        let mut coefficients = Array1::zeros(centred.x.ncols());
        if varying.is_empty() {
            return Ok(LinearModel::uncentred(&centred, coefficients, y_mean));
        }

        let scale = Array1::from_vec(norms).mapv(f64::recip);
        let unit = centred.x.select(Axis(1), &varying) * &scale;
        let (variances, directions) = solve::eigen(&solve::gram(unit.view(), None, &self.task)?)?;
        let least = variances.last().copied().unwrap_or(0.0) * LEAST_VARIANCE;
        let n_idle = variances.iter().filter(|&&value| value <= least).count();
        let (idle, kept) = directions.view().split_at(Axis(1), n_idle);
        self.task.check()?;
        let turned = DatasetBase::new(unit.dot(&kept), dataset.targets() - y_mean);
        let fitted = LinearRegression::new().with_intercept(false).fit(&turned)?;
        let found = without(kept.dot(fitted.params()) * &scale, idle, &scale);
        for (column, value) in varying.into_iter().zip(found) {
            coefficients[column] = value;
        }
        Ok(LinearModel::uncentred(&centred, coefficients, y_mean))
    }
}

pub(crate) fn fit(params: &Resolved, training: &Training<'_>) -> Result<Model, Error> {
    let (x, y, task) = (training.x, training.y, training.task);
    let dataset = DatasetBase::new(data::widened(x)?, data::numbers(y));
    let fitted = LeastSquaresParams::new(task)
        .with_intercept(params.flag("fit_intercept")?)
        .fit(&dataset)?;
    Ok(Model {
        n_features: x.n_columns(),
        output: data::output(y),
        form: fitted.form(),
    })
}

/// `coefficients` less their share in the directions (columns, of scaled features) that no row varies in.
fn without(
    mut coefficients: Array1<f64>,
    idle: ArrayView2<'_, f64>,
    scale: &Array1<f64>,
) -> Array1<f64> {
    let mut basis: Vec<Array1<f64>> = Vec::with_capacity(idle.ncols());
    for direction in idle.axis_iter(Axis(1)) {
        let mut unit = &direction * scale;
        // Twice is enough (Giraud et al. 2005) for a basis that is orthogonal to rounding.
        for _ in 0..2 {
            for other in &basis {
                let share = unit.dot(other);
                unit.scaled_add(-share, other);
            }
            unit /= unit.dot(&unit).sqrt();
        }
        let share = coefficients.dot(&unit);
        coefficients.scaled_add(-share, &unit);
        basis.push(unit);
    }
    coefficients
}
