//! Ordinary least squares, safe for features that repeat one another.
//!
//! Ours behind linfa's traits, since linfa's QR does not look at the rank (the columns of a full one-hot encoding sum
//! to one, and its coefficients then come out as 1e15 and cancel) and needs the whole matrix in f64. The normal
//! equations are solved in the directions in which the features vary, and the digits that products of products lose are
//! brought back by refinement on the rows (corrected seminormal equations, Björck 1987). Of all equally good
//! coefficients those with the least norm are given, as scikit-learn does.

use assay_core::Task;
use assay_core::model::Model;
use linfa::ParamGuard;
use linfa::traits::Fit;
use ndarray::{Array1, ArrayView1, ArrayView2, Axis};

use crate::linear::LinearModel;
use crate::moments::{Moments, Numbers};
use crate::params::Resolved;
use crate::{Error, Training, data, solve};

/// A direction of the standardised features with less than this share of the largest variance is no direction.
/// f32 features that are sums of others leave 1e-14.
const LEAST_VARIANCE: f64 = 1e-12;

const N_REFINEMENTS: usize = 2;

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

impl<'v> Fit<ArrayView2<'v, f32>, ArrayView1<'v, f64>, Error> for LeastSquaresValidParams {
    type Object = LinearModel;

    fn fit(&self, dataset: &Numbers<'v>) -> Result<LinearModel, Error> {
        let moments = Moments::new(dataset, self.fit_intercept, &self.task)?;
        let (varying, norms): (Vec<usize>, Vec<f64>) = moments
            .gram
            .diag()
            .iter()
            .map(|square| square.sqrt())
            .enumerate()
            .filter(|(_, norm)| *norm > 0.0)
            .unzip();
        let mut coefficients = Array1::zeros(moments.xy.len());
        if varying.is_empty() {
            return Ok(moments.model(coefficients));
        }

        let scale = Array1::from_vec(norms).mapv(f64::recip);
        let mut unit = moments
            .gram
            .select(Axis(0), &varying)
            .select(Axis(1), &varying);
        for ((row, column), value) in unit.indexed_iter_mut() {
            *value *= scale[row] * scale[column];
        }
        self.task.check()?;
        let (variances, directions) = solve::eigen(&unit)?;
        self.task.check()?;
        let least = variances.last().copied().unwrap_or(0.0) * LEAST_VARIANCE;
        let n_idle = variances.iter().filter(|&&value| value <= least).count();
        let (idle, kept) = directions.view().split_at(Axis(1), n_idle);
        let kept_variances = variances.slice(ndarray::s![n_idle..]);
        let solved = |products: &Array1<f64>| {
            let scaled = products.select(Axis(0), &varying) * &scale;
            kept.dot(&(kept.t().dot(&scaled) / kept_variances)) * &scale
        };
        let add = |coefficients: &mut Array1<f64>, found: Array1<f64>| {
            for (&column, value) in varying.iter().zip(found) {
                coefficients[column] += value;
            }
        };
        add(&mut coefficients, solved(&moments.xy));
        for _ in 0..N_REFINEMENTS {
            let left = moments.residual_products(dataset, &coefficients, &self.task)?;
            add(&mut coefficients, solved(&left));
        }
        let found = without(coefficients.select(Axis(0), &varying), idle, &scale);
        for (&column, value) in varying.iter().zip(found) {
            coefficients[column] = value;
        }
        Ok(moments.model(coefficients))
    }
}

pub(crate) fn fit(params: &Resolved, training: &Training<'_>) -> Result<Model, Error> {
    let fitted = LeastSquaresParams::new(training.task)
        .with_intercept(params.flag("fit_intercept")?)
        .fit(&data::with_numbers(training)?)?;
    Ok(fitted.model(training))
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
