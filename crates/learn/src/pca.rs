//! Principal components: the directions in which the rows vary most.
//!
//! Ours behind linfa's traits: linfa's takes twenty times as long, and its shares of the variance sum to 1 over the
//! components that are kept. The covariance is summed up in blocks, and its eigenvectors are the components.

use assay_core::model::{Form, Model, Output};
use assay_core::{Matrix, Task};
use linfa::traits::Fit;
use linfa::{DatasetBase, ParamGuard};
use ndarray::{Array1, Array2, ArrayView2};

use crate::params::Resolved;
use crate::rows::Rows;
use crate::solve::eigen;
use crate::{Error, Training, data};

/// Checked parameters.
#[derive(Debug, Clone)]
pub struct PcaValidParams {
    n_components: usize,
    whiten: bool,
    task: Task,
}

/// Parameters as they were given.
#[derive(Debug, Clone)]
pub struct PcaParams(PcaValidParams);

impl PcaParams {
    /// Two components.
    pub fn new(task: &Task) -> Self {
        Self(PcaValidParams {
            n_components: 2,
            whiten: false,
            task: task.clone(),
        })
    }

    /// At least 1; no more are taken than there are features, or rows less one.
    pub fn n_components(mut self, n_components: usize) -> Self {
        self.0.n_components = n_components;
        self
    }

    /// Whether every coordinate is divided by its standard deviation.
    pub fn whiten(mut self, whiten: bool) -> Self {
        self.0.whiten = whiten;
        self
    }
}

impl ParamGuard for PcaParams {
    type Checked = PcaValidParams;
    type Error = linfa::Error;

    fn check_ref(&self) -> Result<&Self::Checked, Self::Error> {
        if self.0.n_components == 0 {
            return Err(linfa::Error::Parameters(
                "principal components: n_components is 0; give at least 1".to_owned(),
            ));
        }
        Ok(&self.0)
    }

    fn check(self) -> Result<Self::Checked, Self::Error> {
        self.check_ref()?;
        Ok(self.0)
    }
}

/// What was found.
#[derive(Debug, Clone, PartialEq)]
pub struct PcaModel {
    /// n_features.
    pub means: Array1<f64>,
    /// n_components x n_features, of length 1; the largest number of each, by size, is over 0.
    pub components: Array2<f64>,
    /// Along each component, the largest first; with n − 1 in the divisor.
    pub variances: Array1<f64>,
    /// Of the variance of all features, the share along each component.
    pub shares: Array1<f64>,
    whiten: bool,
}

impl<'v> Fit<ArrayView2<'v, f32>, (), Error> for PcaValidParams {
    type Object = PcaModel;

    fn fit(&self, dataset: &DatasetBase<ArrayView2<'v, f32>, ()>) -> Result<PcaModel, Error> {
        let (n_rows, n_features) = dataset.records.dim();
        self.task.step(0, 0, "summing up the covariance");
        let rows = Rows::new(dataset, &self.task)?;
        let means = rows.means()?;
        let rows = rows.centred(means.clone());
        let covariance = rows.gram()? / (n_rows.max(2) - 1) as f64;
        self.task.check()?;
        self.task.step(0, 0, "finding the components");
        let total: f64 = covariance.diag().sum();
        let (values, vectors) = eigen(&covariance)?;
        let most = n_features.min(n_rows.max(2) - 1);
        let n_components = self.n_components.min(most);
        if n_components < self.n_components {
            self.task.warn(format!(
                "{} components were asked for, and the rows have {n_components} only",
                self.n_components
            ));
        }
        let nth = |component: usize| n_features - 1 - component;
        let variances = Array1::from_shape_fn(n_components, |at| values[nth(at)].max(0.0));
        let mut components =
            Array2::from_shape_fn((n_components, n_features), |(at, j)| vectors[(j, nth(at))]);
        for mut component in components.rows_mut() {
            let largest =
                component
                    .iter()
                    .fold(0.0_f64, |most, &value| match value.abs() > most.abs() {
                        true => value,
                        false => most,
                    });
            if largest < 0.0 {
                component.mapv_inplace(|value| -value);
            }
        }
        let shares = variances.mapv(|variance| match total > 0.0 {
            true => variance / total,
            false => 0.0,
        });
        for (at, share) in shares.iter().enumerate() {
            self.task
                .metric("train.explained_variance_ratio", *share, at as u64 + 1);
        }
        Ok(PcaModel {
            means,
            components,
            variances,
            shares,
            whiten: self.whiten,
        })
    }
}

impl PcaModel {
    fn form(&self) -> Form {
        let rows = self.components.rows().into_iter().zip(&self.variances);
        Form::Projection {
            origin: self.means.to_vec(),
            components: rows
                .map(|(component, variance)| {
                    let scale = match self.whiten && *variance > 0.0 {
                        true => variance.sqrt().recip(),
                        false => 1.0,
                    };
                    component.iter().map(|value| value * scale).collect()
                })
                .collect(),
        }
    }
}

pub(crate) fn fit(params: &Resolved, training: &Training<'_>) -> Result<Model, Error> {
    let found = PcaParams::new(training.task)
        .n_components(params.count("n_components")?)
        .whiten(params.flag("whiten")?)
        .check()?
        .fit(&DatasetBase::new(data::view(training.x)?, ()))?;
    Ok(Model {
        n_features: training.x.n_columns(),
        output: Output::Coordinates {
            n_components: found.components.nrows(),
        },
        form: found.form(),
    })
}

/// Every row of `x` by its first two principal components, and the shares of the variance along them. Rows of a single
/// feature have 0 for the second.
///
/// # Errors
/// [`Error::Cancelled`], [`Error::Numeric`].
pub fn plane(x: &Matrix, task: &Task) -> Result<(Vec<[f64; 2]>, [f64; 2]), Error> {
    let quiet = task.without_steps();
    let most = x.n_columns().min(x.n_rows.max(2) - 1).min(2);
    let found = PcaParams::new(&quiet)
        .n_components(most)
        .check()?
        .fit(&DatasetBase::new(data::view(x)?, ()))?;
    let place = |row: &[f32]| {
        let mut at = [0.0; 2];
        for (at, component) in at.iter_mut().zip(found.components.rows()) {
            let features = row.iter().zip(&found.means).zip(component);
            *at = features.fold(0.0, |sum, ((&x, mean), component)| {
                sum + (f64::from(x) - mean) * component
            });
        }
        at
    };
    let mut shares = [0.0; 2];
    for (share, found) in shares.iter_mut().zip(&found.shares) {
        *share = *found;
    }
    Ok(((0..x.n_rows).map(|row| place(x.row(row))).collect(), shares))
}
