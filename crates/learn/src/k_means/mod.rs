//! k-means: starts by k-means++ on a sample, then Hamerly's form of Lloyd's algorithm on all rows (Hamerly 2010).

mod centres;
mod hamerly;
mod start;

use assay_core::Task;
use assay_core::model::{Form, Model, Output};
use assay_core::schema::ColumnType;
use linfa::traits::Fit;
use linfa::{DatasetBase, ParamGuard};
use ndarray::ArrayView2;

use self::hamerly::Descent;
use crate::params::Resolved;
use crate::{Error, Training, data};

/// Checked parameters.
#[derive(Debug, Clone)]
pub struct KMeansValidParams {
    n_clusters: usize,
    n_init: usize,
    max_iter: usize,
    tol: f64,
    start: Option<Vec<Vec<f64>>>,
    seed: u64,
    task: Task,
}

/// Parameters as they were given.
#[derive(Debug, Clone)]
pub struct KMeansParams(KMeansValidParams);

impl KMeansParams {
    /// Eight clusters, the best of ten starts on a sample, at most 300 iterations.
    pub fn new(task: &Task) -> Self {
        Self(KMeansValidParams {
            n_clusters: 8,
            n_init: 10,
            max_iter: 300,
            tol: 1e-4,
            start: None,
            seed: 0,
            task: task.clone(),
        })
    }

    /// At least 1; no more are found than there are different rows.
    pub fn n_clusters(mut self, n_clusters: usize) -> Self {
        self.0.n_clusters = n_clusters;
        self
    }

    /// Starts on a sample, at least 1.
    pub fn n_init(mut self, n_init: usize) -> Self {
        self.0.n_init = n_init;
        self
    }

    /// At least 1.
    pub fn max_iter(mut self, max_iter: usize) -> Self {
        self.0.max_iter = max_iter;
        self
    }

    /// The squared move of all centres that ends the descent, as a share of the mean variance of the features; 0 and
    /// more.
    pub fn tol(mut self, tol: f64) -> Self {
        self.0.tol = tol;
        self
    }

    /// Where the centres start, n_features numbers each; else they are drawn.
    pub fn start(mut self, start: Vec<Vec<f64>>) -> Self {
        self.0.start = Some(start);
        self
    }

    pub fn seed(mut self, seed: u64) -> Self {
        self.0.seed = seed;
        self
    }
}

impl ParamGuard for KMeansParams {
    type Checked = KMeansValidParams;
    type Error = linfa::Error;

    fn check_ref(&self) -> Result<&Self::Checked, Self::Error> {
        let params = &self.0;
        for (name, value) in [
            ("n_clusters", params.n_clusters),
            ("n_init", params.n_init),
            ("max_iter", params.max_iter),
        ] {
            if value == 0 {
                return Err(linfa::Error::Parameters(format!(
                    "k-means: {name} is 0; give at least 1"
                )));
            }
        }
        if params.tol.is_nan() || params.tol < 0.0 {
            return Err(linfa::Error::Parameters(format!(
                "k-means: tol is {}; give 0 or more",
                params.tol
            )));
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
pub struct KMeansModel {
    /// The larger clusters first. n_clusters x n_features.
    pub centres: Vec<Vec<f64>>,
    /// Σ squared distance of the training rows to the centre of their cluster.
    pub inertia: f64,
    pub n_iterations: usize,
}

impl<'v> Fit<ArrayView2<'v, f32>, (), Error> for KMeansValidParams {
    type Object = KMeansModel;

    fn fit(&self, dataset: &DatasetBase<ArrayView2<'v, f32>, ()>) -> Result<KMeansModel, Error> {
        let n_features = dataset.records.ncols();
        let values = dataset.records.as_slice().ok_or_else(|| {
            Error::Numeric("the features do not lie row by row in memory".to_owned())
        })?;
        let all = hamerly::Rows { values, n_features };
        let tolerance = self.tol * all.mean_variance(&self.task)?;
        let centres = match &self.start {
            Some(start) if start.iter().all(|centre| centre.len() == n_features) => start.clone(),
            _ => start::best(self, &all)?,
        };
        let mut descent = Descent::new(&all, centres, &self.task);
        let is_done = descent.run(self.max_iter, tolerance, true)?;
        if !is_done {
            self.task.warn(format!(
                "k-means had not settled after {} iterations; allow more with max_iter",
                self.max_iter
            ));
        }
        let found = descent.finish()?;
        if found.centres.len() < self.n_clusters {
            self.task.warn(format!(
                "{} clusters were asked for, and the rows make {} only",
                self.n_clusters,
                found.centres.len()
            ));
        }
        Ok(found)
    }
}

pub(crate) fn fit(params: &Resolved, training: &Training<'_>) -> Result<Model, Error> {
    let checked = KMeansParams::new(training.task)
        .n_clusters(params.count("n_clusters")?)
        .n_init(params.count("n_init")?)
        .max_iter(params.count("max_iter")?)
        .tol(params.float("tol")?)
        .seed(training.seed)
        .check()?;
    let found = checked.fit(&DatasetBase::new(data::view(training.x)?, ()))?;
    Ok(nearest_model(&found.centres, training.x.n_columns()))
}

/// A row belongs to the nearest of `centres` (at least one, n_features numbers each), which are numbered from 0.
pub(crate) fn nearest_model(centres: &[Vec<f64>], n_features: usize) -> Model {
    let n_clusters = centres.len();
    let origin: Vec<f64> = (0..n_features)
        .map(|feature| {
            let sum: f64 = centres.iter().map(|centre| centre[feature]).sum();
            sum / n_clusters as f64
        })
        .collect();
    let from_origin = |centre: &Vec<f64>| -> Vec<f64> {
        let pairs = centre.iter().zip(&origin);
        pairs.map(|(value, origin)| value - origin).collect()
    };
    Model {
        n_features,
        output: Output::Classes {
            classes: (0..n_clusters).map(|cluster| cluster.to_string()).collect(),
            kind: ColumnType::Integer,
        },
        form: Form::Nearest {
            centres: centres.iter().map(from_origin).collect(),
            origin,
        },
    }
}
