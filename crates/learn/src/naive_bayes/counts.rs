//! Multinomial naive Bayes (features are counts) and Bernoulli naive Bayes (features are there or not).
//!
//! Both answer with the softmax of a weighted sum a class, and are stored as that.

use assay_core::Task;
use assay_core::model::{Form, Model};
use linfa::ParamGuard;
use linfa::traits::Fit;
use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis};

use super::{Classes, LOG_OF_NOTHING, class_sums, class_weights, log_priors, n_present};
use crate::linear::narrowed;
use crate::logistic_regression::LogisticModel;
use crate::params::Resolved;
use crate::rows::Rows;
use crate::{Error, Training, data};

/// Less smoothing gives logarithms of zero.
const LEAST_ALPHA: f64 = 1e-10;

/// Checked parameters.
#[derive(Debug, Clone)]
pub struct CountsValidParams {
    alpha: f64,
    fit_prior: bool,
    /// Over it a feature is there. `None`: features are counts.
    threshold: Option<f32>,
    /// 0: one more than the largest index among the targets.
    n_classes: usize,
    task: Task,
}

/// Parameters as they were given.
#[derive(Debug, Clone)]
pub struct CountsParams(CountsValidParams);

impl CountsParams {
    /// For features that are counts: alpha 1, priors from the rows.
    pub fn multinomial(task: &Task) -> Self {
        Self(CountsValidParams {
            alpha: 1.0,
            fit_prior: true,
            threshold: None,
            n_classes: 0,
            task: task.clone(),
        })
    }

    /// For features that are there when they are over `threshold`: alpha 1, priors from the rows.
    pub fn bernoulli(threshold: f32, task: &Task) -> Self {
        let mut params = Self::multinomial(task);
        params.0.threshold = Some(threshold);
        params
    }

    /// Added to every count; 0 or more.
    pub fn alpha(mut self, alpha: f64) -> Self {
        self.0.alpha = alpha;
        self
    }

    /// Whether classes count by their share of the rows, rather than alike.
    pub fn fit_prior(mut self, fit_prior: bool) -> Self {
        self.0.fit_prior = fit_prior;
        self
    }

    /// The number of classes, where not all of them are among the training rows.
    pub fn n_classes(mut self, n_classes: usize) -> Self {
        self.0.n_classes = n_classes;
        self
    }
}

impl ParamGuard for CountsParams {
    type Checked = CountsValidParams;
    type Error = linfa::Error;

    fn check_ref(&self) -> Result<&Self::Checked, Self::Error> {
        if self.0.alpha >= 0.0 && self.0.alpha.is_finite() {
            Ok(&self.0)
        } else {
            Err(linfa::Error::Parameters(format!(
                "naive Bayes: alpha is {}; give 0 or more",
                self.0.alpha
            )))
        }
    }

    fn check(self) -> Result<Self::Checked, Self::Error> {
        self.check_ref()?;
        Ok(self.0)
    }
}

impl<'v> Fit<ArrayView2<'v, f32>, ArrayView1<'v, u32>, Error> for CountsValidParams {
    /// For features that are there or not, of these as 1 and 0.
    type Object = LogisticModel;

    /// Targets are class indices.
    fn fit(&self, dataset: &Classes<'v>) -> Result<LogisticModel, Error> {
        let y = dataset.targets.to_vec();
        let n_classes = self.n_classes.max(n_present(dataset));
        let weights = class_weights(dataset, n_classes);
        let rows = Rows::new(dataset, &self.task)?;
        let alpha = self.alpha.max(LEAST_ALPHA);
        let priors = log_priors(&weights, self.fit_prior);
        let (coefficients, intercepts) = match self.threshold {
            Some(threshold) => {
                let threshold = f64::from(threshold);
                let is_there = |x: f64| f64::from(u8::from(x > threshold));
                let counts = class_sums(&rows, &y, n_classes, |_, _, x| is_there(x))?;
                bernoulli(&counts, &weights, alpha)
            }
            None => {
                let starts = self.starts(dataset)?;
                let counts = class_sums(&rows, &y, n_classes, |_, column, x| x - starts[column])?;
                multinomial(&counts, &starts, alpha)
            }
        };
        Ok(compared(coefficients, intercepts + priors, &weights))
    }
}

impl CountsValidParams {
    /// What counts as 0, per feature: 0, or a feature's least value where that is below.
    fn starts(&self, dataset: &Classes<'_>) -> Result<Array1<f64>, Error> {
        let mut least: Array1<f32> = Array1::zeros(dataset.records.ncols());
        for rows in dataset.records.axis_chunks_iter(Axis(0), 4_096) {
            self.task.check()?;
            for row in rows.rows() {
                least.zip_mut_with(&row, |least, &x| *least = least.min(x));
            }
        }
        let n_below = least.iter().filter(|least| **least < 0.0).count();
        if n_below > 0 {
            self.task.warn(format!(
                "multinomial naive Bayes takes counts: {n_below} features with values below 0 are counted from their \
                 least value on; leave them unstandardised, or choose gaussian_nb"
            ));
        }
        Ok(least.mapv(f64::from))
    }
}

/// Weights and constants of ln P(x | class), from the counts of every class: Σ x ln((count + alpha) / (all + n alpha)).
fn multinomial(
    counts: &Array2<f64>,
    starts: &Array1<f64>,
    alpha: f64,
) -> (Array2<f64>, Array1<f64>) {
    let smoothed = counts + alpha;
    let totals = smoothed.sum_axis(Axis(1)).mapv(f64::ln);
    let weights = smoothed.mapv(f64::ln) - &totals.insert_axis(Axis(1));
    let constants = -weights.dot(starts);
    (weights, constants)
}

/// The same where a feature is there with probability (count + alpha) / (rows + 2 alpha).
fn bernoulli(counts: &Array2<f64>, rows: &Array1<f64>, alpha: f64) -> (Array2<f64>, Array1<f64>) {
    let there = (counts + alpha).mapv(f64::ln);
    let gone = (&rows.view().insert_axis(Axis(1)) - counts + alpha).mapv(f64::ln);
    let all = (rows + 2.0 * alpha).mapv(f64::ln);
    let constants = gone.sum_axis(Axis(1)) - &all * counts.ncols() as f64;
    (there - &gone, constants)
}

/// What a softmax makes of the classes depends on their differences alone, which are small and keep their digits in
/// f32: two classes become one row, more are taken less their mean. Classes without rows get the probability 0.
fn compared(
    mut coefficients: Array2<f64>,
    mut intercepts: Array1<f64>,
    class_weights: &Array1<f64>,
) -> LogisticModel {
    let present: Vec<usize> = (0..class_weights.len())
        .filter(|&class| class_weights[class] > 0.0)
        .collect();
    let n_present = present.len().max(1) as f64;
    let mean = coefficients.select(Axis(0), &present).sum_axis(Axis(0)) / n_present;
    let mean_intercept = intercepts.select(Axis(0), &present).sum() / n_present;
    for class in 0..class_weights.len() {
        let mut own = coefficients.row_mut(class);
        if class_weights[class] > 0.0 {
            own -= &mean;
            intercepts[class] -= mean_intercept;
        } else {
            own.fill(0.0);
            intercepts[class] = LOG_OF_NOTHING;
        }
    }
    if class_weights.len() == 2 {
        let difference = &coefficients.row(1) - &coefficients.row(0);
        return LogisticModel {
            coefficients: difference.insert_axis(Axis(0)),
            intercepts: Array1::from_elem(1, intercepts[1] - intercepts[0]),
        };
    }
    LogisticModel {
        coefficients,
        intercepts,
    }
}

pub(crate) fn fit_multinomial(params: &Resolved, training: &Training<'_>) -> Result<Model, Error> {
    let fitted = CountsParams::multinomial(training.task)
        .alpha(params.float("alpha")?)
        .fit_prior(params.flag("fit_prior")?)
        .n_classes(data::n_classes(training.y))
        .fit(&data::with_classes(training)?)?;
    Ok(model(fitted.form(), training))
}

pub(crate) fn fit_bernoulli(params: &Resolved, training: &Training<'_>) -> Result<Model, Error> {
    // Features are f32, and so is what they are compared with.
    let threshold = params.float("binarize")? as f32;
    let fitted = CountsParams::bernoulli(threshold, training.task)
        .alpha(params.float("alpha")?)
        .fit_prior(params.flag("fit_prior")?)
        .n_classes(data::n_classes(training.y))
        .fit(&data::with_classes(training)?)?;
    let form = Form::Threshold {
        threshold,
        coefficients: fitted
            .coefficients
            .rows()
            .into_iter()
            .map(narrowed)
            .collect(),
        intercepts: narrowed(&fitted.intercepts),
    };
    Ok(model(form, training))
}

fn model(form: Form, training: &Training<'_>) -> Model {
    Model {
        n_features: training.x.n_columns(),
        output: data::output(training.y),
        form,
    }
}
