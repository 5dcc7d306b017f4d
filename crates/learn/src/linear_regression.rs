//! Ordinary least squares, safe for features that repeat one another.
//!
//! Ours behind linfa's traits, since linfa's QR does not look at the rank (the columns of a full one-hot encoding sum
//! to one, and its coefficients then come out as 1e15 and cancel) and needs the whole matrix in f64. The normal
//! equations are solved for features of which none is a sum of others, and the digits that products lose are brought
//! back by refinement on the rows (corrected seminormal equations, Björck 1987). Of all equally good coefficients those
//! with the least norm are given, as scikit-learn does.

use assay_core::model::Model;
use assay_core::{Cancelled, Task};
use linfa::ParamGuard;
use linfa::traits::Fit;
use ndarray::{Array1, ArrayView1, ArrayView2, Axis};

use crate::linear::LinearModel;
use crate::moments::{Moments, Numbers};
use crate::params::Resolved;
use crate::solve::Independent;
use crate::{Error, Training, data};

/// A standardised feature of which less than this share of the variance is its own is a sum of others. f32 features that
/// are sums leave 1e-14.
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
        let factor = Independent::new(&unit, LEAST_VARIANCE, &self.task)?;
        let add_solved = |coefficients: &mut Array1<f64>, products: &Array1<f64>| {
            let scaled = products.select(Axis(0), &varying) * &scale;
            let found = factor.solve(&scaled) * &scale;
            for (&column, value) in varying.iter().zip(found) {
                coefficients[column] += value;
            }
        };
        add_solved(&mut coefficients, &moments.xy);
        for _ in 0..N_REFINEMENTS {
            let left = moments.residual_products(dataset, &coefficients, &self.task)?;
            add_solved(&mut coefficients, &left);
        }
        let found = coefficients.select(Axis(0), &varying);
        let shortest = shortest(found, &factor, &scale, &self.task)?;
        for (&column, value) in varying.iter().zip(shortest) {
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

/// Of all coefficients that predict the same, those with the least norm: less their share in the directions in which no
/// row varies, or what they have in the directions in which rows do vary, whichever are fewer.
fn shortest(
    coefficients: Array1<f64>,
    factor: &Independent,
    scale: &Array1<f64>,
    task: &Task,
) -> Result<Array1<f64>, Cancelled> {
    let n_idle = coefficients.len() - factor.rank();
    if n_idle == 0 {
        return Ok(coefficients);
    }
    let mut within = Array1::zeros(coefficients.len());
    let is_idle = n_idle <= factor.rank();
    let n_directions = n_idle.min(factor.rank());
    let mut basis: Vec<Array1<f64>> = Vec::with_capacity(n_directions);
    for direction in 0..n_directions {
        task.check()?;
        let mut unit = if is_idle {
            factor.idle_direction(direction) * scale
        } else {
            factor.direction(direction) / scale
        };
        unit /= unit.dot(&unit).sqrt();
        // Twice is enough (Giraud et al. 2005) for a basis that is orthogonal to rounding.
        for _ in 0..2 {
            for other in &basis {
                let share = unit.dot(other);
                unit.scaled_add(-share, other);
            }
            unit /= unit.dot(&unit).sqrt();
        }
        within.scaled_add(coefficients.dot(&unit), &unit);
        basis.push(unit);
    }
    Ok(if is_idle {
        coefficients - within
    } else {
        within
    })
}
