//! Independent components: FastICA with the logarithm of cosh, all components at once (Hyvärinen 1999).
//!
//! Ours behind linfa's traits: linfa's keeps the whitened rows in f64 several times over, and cannot be stopped.

use assay_core::Task;
use assay_core::model::{Form, Model, Output};
use linfa::traits::Fit;
use linfa::{DatasetBase, ParamGuard};
use ndarray::{Array1, Array2, ArrayView2};
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;

use crate::draw::normal;
use crate::params::Resolved;
use crate::pca::PcaParams;
use crate::rows::Rows;
use crate::solve::eigen;
use crate::{Error, Training, data};

/// A direction along which the rows vary less than this share of the most is rounding.
const LEAST_VARIANCE: f64 = 1e-12;

/// Checked parameters.
#[derive(Debug, Clone)]
pub struct IcaValidParams {
    n_components: usize,
    max_iter: usize,
    tol: f64,
    start: Option<Array2<f64>>,
    seed: u64,
    task: Task,
}

/// Parameters as they were given.
#[derive(Debug, Clone)]
pub struct IcaParams(IcaValidParams);

impl IcaParams {
    /// Two components, at most 200 iterations, tolerance 1e-4.
    pub fn new(task: &Task) -> Self {
        Self(IcaValidParams {
            n_components: 2,
            max_iter: 200,
            tol: 1e-4,
            start: None,
            seed: 0,
            task: task.clone(),
        })
    }

    /// At least 1; no more are taken than the rows have directions.
    pub fn n_components(mut self, n_components: usize) -> Self {
        self.0.n_components = n_components;
        self
    }

    /// At least 1.
    pub fn max_iter(mut self, max_iter: usize) -> Self {
        self.0.max_iter = max_iter;
        self
    }

    /// How far from parallel a direction may be to the one before to be done; over 0.
    pub fn tol(mut self, tol: f64) -> Self {
        self.0.tol = tol;
        self
    }

    /// Where the directions start among the whitened features, n_components x n_components; else they are drawn.
    pub fn start(mut self, start: Array2<f64>) -> Self {
        self.0.start = Some(start);
        self
    }

    pub fn seed(mut self, seed: u64) -> Self {
        self.0.seed = seed;
        self
    }
}

impl ParamGuard for IcaParams {
    type Checked = IcaValidParams;
    type Error = linfa::Error;

    fn check_ref(&self) -> Result<&Self::Checked, Self::Error> {
        let params = &self.0;
        if params.n_components == 0
            || params.max_iter == 0
            || params.tol.is_nan()
            || params.tol <= 0.0
        {
            return Err(linfa::Error::Parameters(
                "independent components: give at least one component and iteration, and a tolerance over 0"
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

/// What was found: coordinates of variance 1, (x − mean) · component.
#[derive(Debug, Clone, PartialEq)]
pub struct IcaModel {
    pub means: Array1<f64>,
    /// n_components x n_features; the largest number of each, by size, is over 0.
    pub components: Array2<f64>,
    pub n_iterations: usize,
}

impl<'v> Fit<ArrayView2<'v, f32>, (), Error> for IcaValidParams {
    type Object = IcaModel;

    fn fit(&self, dataset: &DatasetBase<ArrayView2<'v, f32>, ()>) -> Result<IcaModel, Error> {
        let whole = PcaParams::new(&self.task.without_steps())
            .n_components(self.n_components)
            .check()?
            .fit(dataset)?;
        let most = whole.variances.iter().copied().fold(0.0, f64::max);
        let n = whole
            .variances
            .iter()
            .filter(|&&variance| variance > most * LEAST_VARIANCE)
            .count()
            .max(1);
        if n < whole.variances.len() {
            self.task.warn(format!(
                "{} components were asked for, and the rows vary along {n} only",
                self.n_components
            ));
        }
        // n x n_features: the rows have variance 1 along each, with n_rows in the divisor.
        let n_rows = dataset.records.nrows() as f64;
        let scale = (n_rows / (n_rows - 1.0).max(1.0)).sqrt();
        let whitening = Array2::from_shape_fn((n, whole.means.len()), |(at, feature)| {
            let variance = whole.variances[at];
            let deviation = if variance > 0.0 { variance.sqrt() } else { 1.0 };
            whole.components[(at, feature)] * scale / deviation
        });
        let rows = Rows::new(dataset, &self.task)?.centred(whole.means.clone());
        let (unmixing, n_iterations) = self.unmix(&rows, &whitening)?;
        let mut components = unmixing.dot(&whitening);
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
        Ok(IcaModel {
            means: whole.means,
            components,
            n_iterations,
        })
    }
}

impl IcaValidParams {
    /// n x n, orthogonal; and the iterations it took.
    fn unmix(
        &self,
        rows: &Rows<'_>,
        whitening: &Array2<f64>,
    ) -> Result<(Array2<f64>, usize), Error> {
        let n = whitening.nrows();
        let mut random = Xoshiro256PlusPlus::seed_from_u64(self.seed);
        let start = match &self.start {
            Some(start) if start.dim() == (n, n) => start.clone(),
            _ => Array2::from_shape_simple_fn((n, n), || normal(&mut random)),
        };
        let mut unmixing = decorrelated(&start)?;
        let n_rows = rows.n_rows() as f64;
        for iteration in 1..=self.max_iter {
            let (done, total) = (iteration as u64, self.max_iter as u64);
            self.task.step(done, total, format!("iteration {done}"));
            let directions = unmixing.dot(whitening);
            let (products, slopes) = contrast(rows, &directions)?;
            // E[g(w z) z] of whitened z, from E[g(w z) x].
            let products = products.dot(&whitening.t()) / n_rows;
            let slopes = Array2::from_diag(&(slopes / n_rows));
            let next = decorrelated(&(products - slopes.dot(&unmixing)))?;
            let apart = (0..n)
                .map(|at| (next.row(at).dot(&unmixing.row(at)).abs() - 1.0).abs())
                .fold(0.0, f64::max);
            unmixing = next;
            self.task.metric("train.turned", apart, done);
            if apart < self.tol {
                return Ok((unmixing, iteration));
            }
        }
        self.task.warn(format!(
            "the independent components had not settled after {} iterations: allow more with max_iter, or a larger tol",
            self.max_iter
        ));
        Ok((unmixing, self.max_iter))
    }
}

/// Σ g(w x) x (n x n_features) and Σ g'(w x) (n) over the rows x, for every direction w; g = tanh.
fn contrast(
    rows: &Rows<'_>,
    directions: &Array2<f64>,
) -> Result<(Array2<f64>, Array1<f64>), Error> {
    let (n, n_features) = directions.dim();
    let new = || {
        (
            Array2::<f64>::zeros((n, n_features)),
            Array1::<f64>::zeros(n),
        )
    };
    Ok(rows.fold(
        n * n_features,
        new,
        |(products, slopes), block| {
            let mut along = block.x.dot(&directions.t());
            along.mapv_inplace(f64::tanh);
            for row in along.rows() {
                slopes.zip_mut_with(&row, |slope, g| *slope += 1.0 - g * g);
            }
            ndarray::linalg::general_mat_mul(1.0, &along.t(), &block.x, 1.0, products);
        },
        |total, part| {
            total.0 += &part.0;
            total.1 += &part.1;
        },
    )?)
}

/// (W Wᵀ)^(−½) W.
fn decorrelated(w: &Array2<f64>) -> Result<Array2<f64>, Error> {
    let (values, vectors) = eigen(&w.dot(&w.t()))?;
    let least = f64::MIN_POSITIVE;
    let scaled = &vectors * &values.mapv(|value| value.max(least).sqrt().recip());
    Ok(scaled.dot(&vectors.t()).dot(w))
}

pub(crate) fn fit(params: &Resolved, training: &Training<'_>) -> Result<Model, Error> {
    let found = IcaParams::new(training.task)
        .n_components(params.count("n_components")?)
        .max_iter(params.count("max_iter")?)
        .tol(params.float("tol")?)
        .seed(training.seed)
        .check()?
        .fit(&DatasetBase::new(data::view(training.x)?, ()))?;
    Ok(Model {
        n_features: training.x.n_columns(),
        output: Output::Coordinates {
            n_components: found.components.nrows(),
        },
        form: Form::Projection {
            origin: found.means.to_vec(),
            components: found
                .components
                .rows()
                .into_iter()
                .map(|row| row.to_vec())
                .collect(),
        },
    })
}
