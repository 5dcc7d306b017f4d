//! Gaussian mixture: rows come from several normal distributions, found by expectation and maximisation from the
//! clusters of k-means (Dempster, Laird and Rubin 1977).
//!
//! Ours behind linfa's traits: linfa's has no diagonal covariances, and keeps every row's products at once.

mod components;

use assay_core::Task;
use assay_core::model::{Form, Model, Output};
use assay_core::schema::ColumnType;
use linfa::traits::Fit;
use linfa::{DatasetBase, ParamGuard};
use ndarray::{Array1, ArrayView2};

use self::components::{Component, Sums};
use crate::k_means::KMeansParams;
use crate::params::Resolved;
use crate::rows::Rows;
use crate::{Error, Training, data};

/// What each component may look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Covariance {
    /// Any ellipsoid.
    Full,
    /// Its axes are the features'.
    Diagonal,
}

/// Checked parameters.
#[derive(Debug, Clone)]
pub struct GmmValidParams {
    n_components: usize,
    covariance: Covariance,
    max_iter: usize,
    tol: f64,
    least_variance: f64,
    seed: u64,
    task: Task,
}

/// Parameters as they were given.
#[derive(Debug, Clone)]
pub struct GmmParams(GmmValidParams);

impl GmmParams {
    /// Two components of any shape, at most 100 iterations, tolerance 1e-3, 1e-6 added to every variance.
    pub fn new(task: &Task) -> Self {
        Self(GmmValidParams {
            n_components: 2,
            covariance: Covariance::Full,
            max_iter: 100,
            tol: 1e-3,
            least_variance: 1e-6,
            seed: 0,
            task: task.clone(),
        })
    }

    /// At least 1; no more are found than there are different rows.
    pub fn n_components(mut self, n_components: usize) -> Self {
        self.0.n_components = n_components;
        self
    }

    pub fn covariance(mut self, covariance: Covariance) -> Self {
        self.0.covariance = covariance;
        self
    }

    /// At least 1.
    pub fn max_iter(mut self, max_iter: usize) -> Self {
        self.0.max_iter = max_iter;
        self
    }

    /// How little the mean logarithm of the likelihood of a row must grow to be done; at least 0.
    pub fn tol(mut self, tol: f64) -> Self {
        self.0.tol = tol;
        self
    }

    /// Added to every variance; at least 0.
    pub fn least_variance(mut self, least_variance: f64) -> Self {
        self.0.least_variance = least_variance;
        self
    }

    pub fn seed(mut self, seed: u64) -> Self {
        self.0.seed = seed;
        self
    }
}

impl ParamGuard for GmmParams {
    type Checked = GmmValidParams;
    type Error = linfa::Error;

    fn check_ref(&self) -> Result<&Self::Checked, Self::Error> {
        let params = &self.0;
        let is_usable = params.tol >= 0.0 && params.least_variance >= 0.0;
        if params.n_components == 0 || params.max_iter == 0 || !is_usable {
            return Err(linfa::Error::Parameters(
                "Gaussian mixture: give at least one component and iteration, and a tolerance and least variance from 0 up"
                    .to_owned(),
            ));
        }
        Ok(params)
    }

    fn check(self) -> Result<Self::Checked, Self::Error> {
        self.check_ref()?;
        Ok(self.0)
    }
}

/// What was found.
#[derive(Debug, Clone, PartialEq)]
pub struct GmmModel {
    /// The heavier ones first.
    pub components: Vec<Component>,
    pub covariance: Covariance,
    /// Mean logarithm of the likelihood of a training row.
    pub log_likelihood: f64,
    pub n_iterations: usize,
}

impl<'v> Fit<ArrayView2<'v, f32>, (), Error> for GmmValidParams {
    type Object = GmmModel;

    fn fit(&self, dataset: &DatasetBase<ArrayView2<'v, f32>, ()>) -> Result<GmmModel, Error> {
        let rows = Rows::new(dataset, &self.task)?;
        // Around the mean, so that features far from zero keep their digits.
        let means = rows.means()?;
        let rows = rows.centred(means.clone());
        let mut components = self.started(dataset, &rows, &means)?;
        let mut log_likelihood = f64::NEG_INFINITY;
        let mut is_done = false;
        let mut n_iterations = 0;
        while n_iterations < self.max_iter && !is_done {
            n_iterations += 1;
            let (done, total) = (n_iterations as u64, self.max_iter as u64);
            self.task.step(done, total, format!("iteration {done}"));
            let sums = Sums::of(&rows, &components, self.covariance)?;
            let now = sums.log_likelihood / rows.n_rows() as f64;
            self.task.metric("train.log_likelihood", now, done);
            is_done = (now - log_likelihood).abs() < self.tol || !now.is_finite();
            log_likelihood = now;
            components = sums.components(&components, self.least_variance, &self.task)?;
        }
        if !is_done {
            self.task.warn(format!(
                "the mixture had not settled after {} iterations: allow more with max_iter, or a larger tol",
                self.max_iter
            ));
        }
        components.retain(|component| component.weight > 0.0);
        components.sort_by(|a, b| b.weight.total_cmp(&a.weight));
        for component in &mut components {
            component.mean += &means;
        }
        Ok(GmmModel {
            components,
            covariance: self.covariance,
            log_likelihood,
            n_iterations,
        })
    }
}

impl GmmValidParams {
    /// From the clusters of k-means: every row counts in its own cluster alone.
    fn started(
        &self,
        dataset: &DatasetBase<ArrayView2<'_, f32>, ()>,
        rows: &Rows<'_>,
        means: &Array1<f64>,
    ) -> Result<Vec<Component>, Error> {
        self.task.step(0, 0, "finding where to start");
        let clusters = KMeansParams::new(&self.task.without_steps())
            .n_clusters(self.n_components)
            .n_init(1)
            .seed(self.seed)
            .check()?
            .fit(dataset)?;
        let centres: Vec<Array1<f64>> = clusters
            .centres
            .iter()
            .map(|centre| Array1::from(centre.clone()) - means)
            .collect();
        let sums = Sums::of_nearest(rows, &centres, self.covariance)?;
        let centres: Vec<Component> = centres.into_iter().map(Component::at).collect();
        sums.components(&centres, self.least_variance, &self.task)
    }
}

impl GmmModel {
    fn form(&self) -> Form {
        let means = || self.components.iter().map(|c| c.mean.to_vec()).collect();
        let constants = self.components.iter().map(Component::constant).collect();
        if self.covariance == Covariance::Diagonal && self.components.len() > 1 {
            let precisions = self.components.iter().map(Component::precisions).collect();
            return Form::Gaussian {
                means: means(),
                precisions,
                constants,
            };
        }
        Form::Mixture {
            means: means(),
            factors: self.components.iter().map(|c| c.whitening()).collect(),
            constants,
        }
    }
}

pub(crate) fn fit(params: &Resolved, training: &Training<'_>) -> Result<Model, Error> {
    let covariance = match params.text("covariance")? {
        "diagonal" => Covariance::Diagonal,
        _ => Covariance::Full,
    };
    let found = GmmParams::new(training.task)
        .n_components(params.count("n_components")?)
        .covariance(covariance)
        .max_iter(params.count("max_iter")?)
        .tol(params.float("tol")?)
        .least_variance(params.float("least_variance")?)
        .seed(training.seed)
        .check()?
        .fit(&DatasetBase::new(data::view(training.x)?, ()))?;
    let n_found = found.components.len();
    Ok(Model {
        n_features: training.x.n_columns(),
        output: Output::Classes {
            classes: (0..n_found)
                .map(|component| component.to_string())
                .collect(),
            kind: ColumnType::Integer,
        },
        form: found.form(),
    })
}
