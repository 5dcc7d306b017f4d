//! Generalised linear models: one weighted sum a row, and the losses that go with it.
//!
//! Poisson, gamma and Tweedie regression minimise Σ weight · half deviance(y, exp(xw + b)) / Σ weight + alpha / 2 ·
//! ‖w‖², the intercept unpenalised, as scikit-learn's. Ours behind linfa's traits, since linfa's needs the whole matrix
//! in f64, takes no weights and descends by first derivatives.

mod loss;
mod newton;
mod objective;

use assay_core::model::{Form, Model};
use assay_core::{Cancelled, Target, Task};
use linfa::ParamGuard;
use linfa::traits::Fit;
use ndarray::{Array1, ArrayView1, ArrayView2, s};

use crate::linear::{LinearModel, narrowed};
use crate::moments::Numbers;
use crate::params::Resolved;
use crate::quasi_newton::{self, Minimum, Search};
use crate::rows::Rows;
use crate::{Error, Training, data};

pub(crate) use loss::Loss;
pub(crate) use objective::Objective;

/// With more columns the products of the features at every step cost more than the steps they save.
const MAX_NEWTON_COLUMNS: usize = 120;

/// exp of it is the mean of targets that are all zero, to the precision of f32.
const LOG_OF_NOTHING: f64 = -80.0;

/// Checked parameters.
#[derive(Debug, Clone)]
pub struct GlmValidParams {
    power: f64,
    alpha: f64,
    max_iter: usize,
    fit_intercept: bool,
    task: Task,
}

/// Parameters as they were given.
#[derive(Debug, Clone)]
pub struct GlmParams(GlmValidParams);

impl GlmParams {
    /// Variance as the mean to the `power`: 1 Poisson, 2 gamma, 1 to 3. alpha 1, an intercept, at most 100 steps.
    pub fn new(power: f64, task: &Task) -> Self {
        Self(GlmValidParams {
            power,
            alpha: 1.0,
            max_iter: 100,
            fit_intercept: true,
            task: task.clone(),
        })
    }

    /// Strength of the penalty, 0 or more.
    pub fn alpha(mut self, alpha: f64) -> Self {
        self.0.alpha = alpha;
        self
    }

    /// The most steps, at least 1.
    pub fn max_iter(mut self, max_iter: usize) -> Self {
        self.0.max_iter = max_iter;
        self
    }

    pub fn with_intercept(mut self, fit_intercept: bool) -> Self {
        self.0.fit_intercept = fit_intercept;
        self
    }
}

impl ParamGuard for GlmParams {
    type Checked = GlmValidParams;
    type Error = linfa::Error;

    fn check_ref(&self) -> Result<&Self::Checked, Self::Error> {
        let params = &self.0;
        let wrong = if !(1.0..=3.0).contains(&params.power) {
            format!("power is {}; give a number from 1 to 3", params.power)
        } else if !(params.alpha >= 0.0 && params.alpha.is_finite()) {
            format!("alpha is {}; give 0 or more", params.alpha)
        } else if params.max_iter == 0 {
            "max_iter is 0; give at least 1".to_owned()
        } else {
            return Ok(params);
        };
        Err(linfa::Error::Parameters(format!(
            "generalised linear model: {wrong}"
        )))
    }

    fn check(self) -> Result<Self::Checked, Self::Error> {
        self.check_ref()?;
        Ok(self.0)
    }
}

impl<'v> Fit<ArrayView2<'v, f32>, ArrayView1<'v, f64>, Error> for GlmValidParams {
    /// Of the logarithm of the mean.
    type Object = LinearModel;

    /// Targets of 0 and more, or over 0 where the power is at least 2.
    fn fit(&self, dataset: &Numbers<'v>) -> Result<LinearModel, Error> {
        let mean = data::mean(dataset.targets, dataset.weights());
        let n = dataset.records.ncols();
        if mean <= 0.0 {
            return Ok(LinearModel {
                coefficients: Array1::zeros(n),
                intercept: LOG_OF_NOTHING,
            });
        }
        // In units of their mean, so that the loss is of one size; the penalty is scaled along.
        let unit = if self.fit_intercept { mean } else { 1.0 };
        let scale = unit.powf(self.power - 2.0);
        let y = |row: usize| dataset.targets.get(row).map_or(0.0, |y| y / unit);
        let problem = Problem {
            dataset_rows: Rows::new(dataset, &self.task)?,
            y: &y,
            y_mean: mean / unit,
            loss: Loss::of_power(self.power),
            l2: self.alpha * scale,
            l1: 0.0,
            fit_intercept: self.fit_intercept,
            max_iter: self.max_iter,
            phase: "fitting a generalised linear model",
        };
        let (mut model, minimum) = problem.solve()?;
        minimum.warn_unless_converged(
            "the generalised linear model",
            "raise max_iter, standardise the features or raise alpha",
            &self.task,
        );
        model.intercept += unit.ln();
        Ok(model)
    }
}

/// One weighted sum a row, a loss and penalties on the mean loss.
pub(crate) struct Problem<'a> {
    /// As they are: neither centred nor with ones.
    pub dataset_rows: Rows<'a>,
    /// Of a row.
    pub y: &'a (dyn Fn(usize) -> f64 + Sync),
    pub y_mean: f64,
    pub loss: Loss,
    pub l2: f64,
    pub l1: f64,
    pub fit_intercept: bool,
    pub max_iter: usize,
    pub phase: &'a str,
}

impl Problem<'_> {
    /// The weighted sum on features as they were.
    pub fn solve(self) -> Result<(LinearModel, Minimum), Error> {
        let n = self.dataset_rows.n_features();
        let (rows, means) = centred(self.dataset_rows.clone(), self.fit_intercept)?;
        let n_columns = rows.n_columns();
        let objective = Objective {
            rows,
            y: self.y,
            loss: self.loss,
            l2: self.l2,
        };
        let mut l1 = vec![self.l1; n];
        l1.resize(n_columns, 0.0);
        let minimum = if n_columns <= MAX_NEWTON_COLUMNS {
            let start = self.start(&objective, &l1)?;
            newton::minimise(&objective, &l1, start, self.max_iter, self.phase)?
        } else {
            let start = Array1::zeros(n_columns);
            let diagonal = objective.rows.squares()? / objective.rows.total_weight();
            let inverse = inverse(diagonal + self.l2);
            let search = Search {
                l1: &l1,
                precondition: &|vector| vector * &inverse,
                max_steps: self.max_iter * QUASI_STEPS_A_STEP,
                phase: self.phase,
                task: objective.rows.task(),
            };
            quasi_newton::minimise(&objective, &search, start)?
        };
        let coefficients = minimum.w.slice(s![..n]).to_owned();
        let intercept = if self.fit_intercept {
            minimum.w[n]
        } else {
            0.0
        };
        let model = LinearModel {
            intercept: intercept - means.dot(&coefficients),
            coefficients,
        };
        Ok((model, minimum))
    }
}

impl Problem<'_> {
    /// Where a sample of the rows has its minimum, and the value at zero, which a good start lies under. Newton's method
    /// then needs but two or three passes over all rows.
    fn start(&self, objective: &Objective<'_>, l1: &[f64]) -> Result<(Array1<f64>, f64), Error> {
        let zeros = (Array1::zeros(l1.len()), f64::INFINITY);
        let task = objective.rows.task().without_steps();
        let n_rows = SAMPLE_ROWS.max(SAMPLE_ROWS_A_COLUMN * l1.len());
        let Some(rows) = objective.rows.sample(n_rows, &task) else {
            return Ok(zeros);
        };
        let sample = Objective { rows, ..*objective };
        match newton::minimise(&sample, l1, zeros.clone(), self.max_iter, self.phase) {
            // At zero all losses are linear in y.
            Ok(found) => Ok((found.w, self.loss.at(0.0, self.y_mean).loss)),
            Err(Error::Cancelled(cancelled)) => Err(cancelled.into()),
            Err(_) => Ok(zeros),
        }
    }
}

/// Rows of a sample that shows where to start.
const SAMPLE_ROWS: usize = 16_384;
const SAMPLE_ROWS_A_COLUMN: usize = 200;

/// Cheap steps that stand for one of Newton's.
pub(crate) const QUASI_STEPS_A_STEP: usize = 10;

/// With an intercept the rows are centred and get a column of ones; the means are zero without.
pub(crate) fn centred(
    rows: Rows<'_>,
    fit_intercept: bool,
) -> Result<(Rows<'_>, Array1<f64>), Cancelled> {
    if !fit_intercept {
        let means = Array1::zeros(rows.n_features());
        return Ok((rows, means));
    }
    let means = rows.means()?;
    Ok((rows.centred(means.clone()).with_ones(), means))
}

/// 1 / x; 1 where a column does not vary.
pub(crate) fn inverse(diagonal: Array1<f64>) -> Array1<f64> {
    diagonal.mapv(|value| if value > 0.0 { value.recip() } else { 1.0 })
}

pub(crate) fn fit_poisson(params: &Resolved, training: &Training<'_>) -> Result<Model, Error> {
    fit(params, 1.0, training)
}

pub(crate) fn fit_gamma(params: &Resolved, training: &Training<'_>) -> Result<Model, Error> {
    fit(params, 2.0, training)
}

pub(crate) fn fit_tweedie(params: &Resolved, training: &Training<'_>) -> Result<Model, Error> {
    fit(params, params.float("power")?, training)
}

fn fit(params: &Resolved, power: f64, training: &Training<'_>) -> Result<Model, Error> {
    check_targets(params, power, training.y)?;
    let fitted = GlmParams::new(power, training.task)
        .alpha(params.float("alpha")?)
        .max_iter(params.count("max_iter")?)
        .with_intercept(params.flag("fit_intercept")?)
        .fit(&data::with_numbers(training)?)?;
    Ok(Model {
        n_features: training.x.n_columns(),
        output: data::output(training.y),
        form: Form::LogLinear {
            coefficients: narrowed(&fitted.coefficients),
            intercept: fitted.intercept as f32,
        },
    })
}

/// A mean of exp(z) with such a variance knows no targets below 0, and from power 2 on no 0 either.
fn check_targets(params: &Resolved, power: f64, y: &Target) -> Result<(), Error> {
    let Target::Values(values) = y else {
        return Ok(());
    };
    let is_unfit = |value: &f64| *value < 0.0 || (*value == 0.0 && power >= 2.0);
    match values.iter().position(is_unfit) {
        None => Ok(()),
        Some(row) => Err(Error::Data {
            algorithm: params.algorithm().to_owned(),
            reason: format!("the target is {} in row {}", values[row], row + 1),
            hint: if power >= 2.0 {
                "leave such rows out, or choose an algorithm for targets of 0 and below, like `ridge`"
            } else {
                "leave such rows out, or choose an algorithm for targets below 0, like `ridge`"
            },
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use linfa::DatasetBase;
    use ndarray::Array2;

    /// Many columns are left to L-BFGS, which must find what Newton's method finds.
    #[test]
    fn both_searches_find_the_same_minimum() {
        let at = |i: usize| ((i * 7_919 % 1_009) as f32 / 1_009.0 - 0.5) * 3.0;
        let x = Array2::from_shape_fn((300, 12), |(row, column)| at(row * 13 + column * 101));
        let dataset = DatasetBase::new(x.view(), ());
        let task = Task::silent();
        let n = 13;
        for loss in [Loss::Logistic, Loss::Poisson, Loss::Tweedie(1.5)] {
            let y = |row: usize| f64::from(u8::from(x[(row, 0)] + at(row) > 0.2));
            for (l1, l2) in [(0.0, 0.01), (0.03, 0.0), (0.01, 0.02)] {
                let rows = Rows::new(&dataset, &task).unwrap();
                let (rows, _) = centred(rows, true).unwrap();
                let objective = Objective {
                    rows,
                    y: &y,
                    loss,
                    l2,
                };
                let mut penalties = vec![l1; n - 1];
                penalties.push(0.0);
                let zeros = (Array1::zeros(n), f64::INFINITY);
                let newton =
                    newton::minimise(&objective, &penalties, zeros, 100, "testing").unwrap();
                let diagonal = objective.rows.squares().unwrap() / 300.0;
                let inverse = inverse(diagonal + l2);
                let search = Search {
                    l1: &penalties,
                    precondition: &|vector| vector * &inverse,
                    max_steps: 1_000,
                    phase: "testing",
                    task: &task,
                };
                let quasi = quasi_newton::minimise(&objective, &search, Array1::zeros(n)).unwrap();
                assert!(newton.converged && quasi.converged, "{loss:?} {l1} {l2}");
                let apart = &newton.w - &quasi.w;
                assert!(
                    apart.iter().all(|value| value.abs() <= 1e-5),
                    "{loss:?} {l1} {l2}: {apart}"
                );
                let zeros = |w: &Array1<f64>| w.iter().filter(|value| **value == 0.0).count();
                assert_eq!(zeros(&newton.w), zeros(&quasi.w), "{loss:?} {l1} {l2}");
                assert!(l1 < 0.02 || zeros(&newton.w) > 0, "{loss:?} {l1} {l2}");
            }
        }
    }
}
