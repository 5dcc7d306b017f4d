//! t-SNE: rows in a plane, so that neighbours stay neighbours (van der Maaten 2014, by Barnes and Hut's tree).
//!
//! Ours behind linfa's traits: linfa's draws its start and sums in the order of its threads.
//!
//! Invariant: forces are taken row by row from the places before, and sums are added in the order of the rows, so that
//! the places do not depend on the number of threads.

mod affinities;
mod tree;

use assay_core::Task;
use assay_core::model::{Distance, Form, Model, Output, Weighting};
use assay_core::{Cancelled, Matrix};
use linfa::traits::Fit;
use linfa::{DatasetBase, ParamGuard};
use ndarray::ArrayView2;
use rayon::prelude::*;

use self::affinities::Affinities;
use self::tree::Tree;
use crate::params::Resolved;
use crate::{Error, Training, data, pca};

/// While neighbours are drawn together so many times as much, crowds form.
const EXAGGERATION: f64 = 12.0;
const EXAGGERATED: usize = 250;
/// How far the first places are apart.
const START_DEVIATION: f64 = 1e-4;
/// A cell of the tree stands for its rows when it is under this share of its distance in size.
const THETA: f64 = 0.5;
const LEAST_GAIN: f64 = 0.01;
const LEAST_RATE: f64 = 50.0;
/// Iterations between two points of the curve.
const TELL_EVERY: usize = 10;
const ROWS_A_PART: usize = 256;
/// Training rows whose places a new row gets the mean of.
const N_NEIGHBOURS: usize = 5;

/// Checked parameters.
#[derive(Debug, Clone)]
pub struct TsneValidParams {
    perplexity: f64,
    max_iter: usize,
    task: Task,
}

/// Parameters as they were given.
#[derive(Debug, Clone)]
pub struct TsneParams(TsneValidParams);

impl TsneParams {
    /// Perplexity 30, 1,000 iterations.
    pub fn new(task: &Task) -> Self {
        Self(TsneValidParams {
            perplexity: 30.0,
            max_iter: 1_000,
            task: task.clone(),
        })
    }

    /// How many neighbours a row has, about; at least 1, and at most a third of the rows is taken.
    pub fn perplexity(mut self, perplexity: f64) -> Self {
        self.0.perplexity = perplexity;
        self
    }

    /// At least 1.
    pub fn max_iter(mut self, max_iter: usize) -> Self {
        self.0.max_iter = max_iter;
        self
    }
}

impl ParamGuard for TsneParams {
    type Checked = TsneValidParams;
    type Error = linfa::Error;

    fn check_ref(&self) -> Result<&Self::Checked, Self::Error> {
        if self.0.perplexity.is_nan() || self.0.perplexity < 1.0 || self.0.max_iter == 0 {
            return Err(linfa::Error::Parameters(
                "t-SNE: give a perplexity from 1 up and at least one iteration".to_owned(),
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
pub struct TsneModel {
    /// Per row.
    pub places: Vec<[f64; 2]>,
    /// Kullback-Leibler divergence of the places' neighbourhoods from the rows'.
    pub divergence: f64,
}

impl<'v> Fit<ArrayView2<'v, f32>, (), Error> for TsneValidParams {
    type Object = TsneModel;

    fn fit(&self, dataset: &DatasetBase<ArrayView2<'v, f32>, ()>) -> Result<TsneModel, Error> {
        let (n_rows, n_features) = dataset.records.dim();
        let x = dataset.records.to_slice().ok_or_else(|| {
            Error::Numeric("the features do not lie row by row in memory".to_owned())
        })?;
        self.task.step(0, 0, "finding neighbours");
        let perplexity = self.perplexity.min((n_rows.max(4) - 1) as f64 / 3.0);
        let affinities = Affinities::new(x, n_features, perplexity, &self.task)?;
        let places = self.started(x, n_features)?;
        Ok(self.descend(&affinities, places)?)
    }
}

impl TsneValidParams {
    /// The plane of the principal components, small.
    fn started(&self, x: &[f32], n_features: usize) -> Result<Vec<[f64; 2]>, Error> {
        let matrix = Matrix {
            n_rows: x.len() / n_features.max(1),
            names: (0..n_features).map(|at| at.to_string()).collect(),
            values: x.to_vec(),
        };
        let (mut places, _) = pca::plane(&matrix, &self.task)?;
        let squares: f64 = places.iter().map(|[x, _]| x * x).sum();
        let deviation = (squares / places.len().max(1) as f64).sqrt();
        for (row, place) in places.iter_mut().enumerate() {
            if deviation > 0.0 {
                for at in place.iter_mut() {
                    *at *= START_DEVIATION / deviation;
                }
            }
            // Equal rows would never part, and neither would rows along a line.
            let turned = row as f64 * 2.399_963_229_728_653;
            place[0] += START_DEVIATION * 1e-3 * turned.cos();
            place[1] += START_DEVIATION * 1e-3 * turned.sin();
        }
        Ok(places)
    }

    fn descend(
        &self,
        affinities: &Affinities,
        mut places: Vec<[f64; 2]>,
    ) -> Result<TsneModel, Cancelled> {
        let n = places.len();
        let rate = (n as f64 / EXAGGERATION / 4.0).max(LEAST_RATE);
        let mut moves = vec![[0.0; 2]; n];
        let mut gains = vec![[1.0_f64; 2]; n];
        let mut divergence = 0.0;
        for iteration in 1..=self.max_iter {
            let exaggeration = match iteration <= EXAGGERATED {
                true => EXAGGERATION,
                false => 1.0,
            };
            let momentum = if iteration <= EXAGGERATED { 0.5 } else { 0.8 };
            let tells = iteration % TELL_EVERY == 0 || iteration == self.max_iter;
            let (slopes, found) = self.slopes(affinities, &places, exaggeration, tells)?;
            for (row, slope) in slopes.iter().enumerate() {
                for axis in 0..2 {
                    let (gain, last) = (&mut gains[row][axis], &mut moves[row][axis]);
                    *gain = match slope[axis] * *last < 0.0 {
                        true => *gain + 0.2,
                        false => (*gain * 0.8).max(LEAST_GAIN),
                    };
                    *last = momentum * *last - rate * *gain * slope[axis];
                    places[row][axis] += *last;
                }
            }
            if tells {
                divergence = found;
                let (done, total) = (iteration as u64, self.max_iter as u64);
                self.task.step(done, total, format!("iteration {done}"));
                self.task.metric("train.divergence", divergence, done);
            }
        }
        centre(&mut places);
        Ok(TsneModel { places, divergence })
    }

    /// The slope of the divergence at every place, and the divergence itself when `tells`.
    fn slopes(
        &self,
        affinities: &Affinities,
        places: &[[f64; 2]],
        exaggeration: f64,
        tells: bool,
    ) -> Result<(Vec<[f64; 2]>, f64), Cancelled> {
        let tree = Tree::new(places);
        let parts = (0..places.len())
            .collect::<Vec<usize>>()
            .par_chunks(ROWS_A_PART)
            .map(|rows| {
                self.task.check()?;
                let of_row = |&row: &usize| {
                    let repulsion = tree.repulsion(places[row], THETA);
                    (affinities.attraction(row, places), repulsion)
                };
                Ok(rows.iter().map(of_row).collect::<Vec<_>>())
            })
            .collect::<Result<Vec<_>, Cancelled>>()?;
        let forces = parts.concat();
        // Every row counts itself once.
        let total = forces
            .iter()
            .map(|(_, repulsion)| repulsion.sum)
            .sum::<f64>();
        let total = (total - places.len() as f64).max(f64::MIN_POSITIVE);
        let slope = |(attraction, repulsion): &([f64; 2], tree::Repulsion)| {
            let along = |axis: usize| {
                4.0 * (exaggeration * attraction[axis] - repulsion.force[axis] / total)
            };
            [along(0), along(1)]
        };
        let divergence = if tells {
            affinities.divergence(places, total)
        } else {
            0.0
        };
        Ok((forces.iter().map(slope).collect(), divergence))
    }
}

fn centre(places: &mut [[f64; 2]]) {
    let n = places.len().max(1) as f64;
    for axis in 0..2 {
        let mean = places.iter().map(|place| place[axis]).sum::<f64>() / n;
        for place in places.iter_mut() {
            place[axis] -= mean;
        }
    }
}

/// The training rows keep their places; a new row gets the mean of those of its nearest training rows, nearer ones
/// counting more.
pub(crate) fn fit(params: &Resolved, training: &Training<'_>) -> Result<Model, Error> {
    let taken = data::at_most(params.count("max_rows")?, training);
    let x = taken.x(training);
    let found = TsneParams::new(training.task)
        .perplexity(params.float("perplexity")?)
        .max_iter(params.count("max_iter")?)
        .check()?
        .fit(&DatasetBase::new(data::view(x)?, ()))?;
    Ok(Model {
        n_features: x.n_columns(),
        output: Output::Coordinates { n_components: 2 },
        form: Form::Neighbours {
            rows: x.values.clone(),
            answers: found.places.iter().flatten().map(|&at| at as f32).collect(),
            n_neighbours: N_NEIGHBOURS.min(x.n_rows) as u32,
            distance: Distance::Euclidean,
            weighting: Weighting::Distance,
        },
    })
}
