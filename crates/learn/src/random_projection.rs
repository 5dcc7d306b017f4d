//! Random directions: distances between rows are nearly kept, whatever the rows are (Johnson and Lindenstrauss 1984).

use assay_core::model::{Form, Model, Output};
use linfa::DatasetBase;
use linfa::ParamGuard;
use linfa::traits::Fit;
use ndarray::{Array2, ArrayView2};
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;

use crate::draw::{normal, share};
use crate::params::Resolved;
use crate::{Error, Training, data};

/// How the numbers of a direction are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Directions {
    /// Normal, of variance 1 / n_components.
    Gaussian,
    /// 0 but for one in the root of n_features, and those of either sign (Li, Hastie and Church 2006).
    Sparse,
}

/// Checked parameters.
#[derive(Debug, Clone)]
pub struct RandomProjectionValidParams {
    n_components: usize,
    directions: Directions,
    seed: u64,
}

/// Parameters as they were given.
#[derive(Debug, Clone)]
pub struct RandomProjectionParams(RandomProjectionValidParams);

impl RandomProjectionParams {
    /// Gaussian directions.
    pub fn new(n_components: usize, seed: u64) -> Self {
        Self(RandomProjectionValidParams {
            n_components,
            directions: Directions::Gaussian,
            seed,
        })
    }

    pub fn directions(mut self, directions: Directions) -> Self {
        self.0.directions = directions;
        self
    }
}

impl ParamGuard for RandomProjectionParams {
    type Checked = RandomProjectionValidParams;
    type Error = linfa::Error;

    fn check_ref(&self) -> Result<&Self::Checked, Self::Error> {
        if self.0.n_components == 0 {
            return Err(linfa::Error::Parameters(
                "random projection: n_components is 0; give at least 1".to_owned(),
            ));
        }
        Ok(&self.0)
    }

    fn check(self) -> Result<Self::Checked, Self::Error> {
        self.check_ref()?;
        Ok(self.0)
    }
}

impl<'v> Fit<ArrayView2<'v, f32>, (), Error> for RandomProjectionValidParams {
    /// n_components x n_features.
    type Object = Array2<f64>;

    /// Of the rows, only the number of their features matters.
    fn fit(&self, dataset: &DatasetBase<ArrayView2<'v, f32>, ()>) -> Result<Array2<f64>, Error> {
        let n_features = dataset.records.ncols();
        let mut random = Xoshiro256PlusPlus::seed_from_u64(self.seed);
        let n_components = self.n_components as f64;
        let rare = (n_features as f64).sqrt().recip();
        let size = (rare * n_components).sqrt().recip();
        Ok(Array2::from_shape_simple_fn(
            (self.n_components, n_features),
            || match self.directions {
                Directions::Gaussian => normal(&mut random) / n_components.sqrt(),
                Directions::Sparse => match share(&mut random) {
                    at if at < rare / 2.0 => -size,
                    at if at < rare => size,
                    _ => 0.0,
                },
            },
        ))
    }
}

pub(crate) fn fit(params: &Resolved, training: &Training<'_>) -> Result<Model, Error> {
    let directions = match params.text("directions")? {
        "sparse" => Directions::Sparse,
        _ => Directions::Gaussian,
    };
    let components = RandomProjectionParams::new(params.count("n_components")?, training.seed)
        .directions(directions)
        .check()?
        .fit(&DatasetBase::new(data::view(training.x)?, ()))?;
    let n_features = training.x.n_columns();
    Ok(Model {
        n_features,
        output: Output::Coordinates {
            n_components: components.nrows(),
        },
        form: Form::Projection {
            origin: vec![0.0; n_features],
            components: components
                .rows()
                .into_iter()
                .map(|row| row.to_vec())
                .collect(),
        },
    })
}
