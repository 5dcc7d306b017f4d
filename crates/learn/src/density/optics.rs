//! OPTICS: the order in which rows are reached from crowd to crowd, cut at a radius.

use assay_core::Cancelled;
use assay_core::model::{Distance, Model};
use linfa::traits::Fit;
use linfa::{DatasetBase, ParamGuard};
use ndarray::ArrayView2;
use rayon::prelude::*;

use super::params::{CrowdAlgorithm, CrowdParams, CrowdValidParams};
use super::{Crowds, chosen_radius};
use crate::neighbours::Index;
use crate::params::Resolved;
use crate::{Error, Training, data};

/// Rows whose distances one thread takes.
const ROWS_A_PART: usize = 2_048;
/// Points of the curve of reachabilities.
const MAX_POINTS: usize = 1_000;

/// The algorithm as its parameters name it.
#[derive(Debug, Clone, Copy)]
pub struct Optics;

impl CrowdAlgorithm for Optics {
    const TITLE: &str = "OPTICS";
}

/// Cut into clusters at the radius.
pub type OpticsParams = CrowdParams<Optics>;

/// What was found.
#[derive(Debug, Clone, PartialEq)]
pub struct OpticsModel {
    /// The rows in the order in which they are reached.
    pub order: Vec<u32>,
    /// Per row: how far it is from what it was reached from; infinite for the first of all.
    pub reachability: Vec<f64>,
    /// Per row: how far its last neighbour in the crowd is.
    pub core_distances: Vec<f64>,
    pub crowds: Crowds,
}

impl<'v> Fit<ArrayView2<'v, f32>, (), Error> for CrowdValidParams<Optics> {
    type Object = OpticsModel;

    fn fit(&self, dataset: &DatasetBase<ArrayView2<'v, f32>, ()>) -> Result<OpticsModel, Error> {
        let (n_rows, n_features) = dataset.records.dim();
        let x = dataset.records.to_slice().ok_or_else(|| {
            Error::Numeric("the features do not lie row by row in memory".to_owned())
        })?;
        let index = Index::new(x, n_features, Distance::Euclidean);
        let radius = match self.eps {
            0.0 => chosen_radius(&index, x, n_features, self.min_samples, &self.task)?,
            eps => eps,
        };
        self.task.step(0, n_rows as u64, "looking at crowds");
        let core_distances = (0..n_rows)
            .into_par_iter()
            .map(|row| {
                self.task.check()?;
                let row = &x[row * n_features..(row + 1) * n_features];
                let near = index.nearest(row, self.min_samples).concat();
                let is_crowd = near.len() == self.min_samples;
                let last = near.last().filter(|_| is_crowd);
                Ok(last.map_or(f64::INFINITY, |near| near.distance))
            })
            .collect::<Result<Vec<f64>, Cancelled>>()?;
        let (order, reachability) = self.walk(x, n_features, &core_distances)?;
        self.tell(&order, &reachability);
        let found = cut(&order, &reachability, &core_distances, radius);
        let is_core = core_distances.iter().map(|&core| core <= radius).collect();
        let crowds = Crowds::new(&found, is_core, radius);
        crowds.warn(&self.task);
        Ok(OpticsModel {
            order,
            reachability,
            core_distances,
            crowds,
        })
    }
}

impl CrowdValidParams<Optics> {
    /// From row to row, always the one that is reached most nearly; of equally near ones the first.
    fn walk(
        &self,
        x: &[f32],
        n_features: usize,
        core_distances: &[f64],
    ) -> Result<(Vec<u32>, Vec<f64>), Cancelled> {
        let n_rows = core_distances.len();
        let mut reachability = vec![f64::INFINITY; n_rows];
        let mut is_reached = vec![false; n_rows];
        let mut order = Vec::with_capacity(n_rows);
        let mut next = 0;
        for done in 0..n_rows {
            self.task.check()?;
            if done % 64 == 0 {
                let total = n_rows as u64;
                self.task.step(done as u64, total, "ordering rows");
            }
            is_reached[next] = true;
            order.push(next as u32);
            let here = &x[next * n_features..(next + 1) * n_features];
            let core = core_distances[next];
            let is_reached = &is_reached;
            let nearest = reachability
                .par_chunks_mut(ROWS_A_PART)
                .zip(x.par_chunks(ROWS_A_PART * n_features))
                .enumerate()
                .map(|(part, (reachability, rows))| {
                    let mut best: Option<(f64, usize)> = None;
                    let rows = rows.chunks_exact(n_features);
                    for (at, (reached, row)) in reachability.iter_mut().zip(rows).enumerate() {
                        let at = part * ROWS_A_PART + at;
                        if is_reached[at] {
                            continue;
                        }
                        if core.is_finite() && *reached > core {
                            *reached = reached.min(core.max(apart(here, row)));
                        }
                        if best.is_none_or(|(least, _)| *reached < least) {
                            best = Some((*reached, at));
                        }
                    }
                    best
                })
                .collect::<Vec<_>>()
                .into_iter()
                .flatten()
                .reduce(|best, other| if other.0 < best.0 { other } else { best });
            if let Some((_, at)) = nearest {
                next = at;
            }
        }
        Ok((order, reachability))
    }

    /// The reachabilities in their order, as a curve.
    fn tell(&self, order: &[u32], reachability: &[f64]) {
        let step = order.len().div_ceil(MAX_POINTS).max(1);
        for (place, &row) in order.iter().enumerate().step_by(step) {
            let value = reachability[row as usize];
            self.task
                .metric("train.reachability", value, place as u64 + 1);
        }
    }
}

fn apart(a: &[f32], b: &[f32]) -> f64 {
    let pairs = a.iter().zip(b);
    let sum: f64 = pairs
        .map(|(&a, &b)| {
            let apart = f64::from(a) - f64::from(b);
            apart * apart
        })
        .sum();
    f64::from(sum.min(f64::from(f32::MAX)) as f32).sqrt()
}

/// A cluster begins where a row of a crowd is reached from farther than the radius; rows that are neither reached nor in
/// a crowd are noise.
fn cut(
    order: &[u32],
    reachability: &[f64],
    core_distances: &[f64],
    radius: f64,
) -> Vec<Option<u32>> {
    let mut found = vec![None; order.len()];
    let mut current = None;
    let mut n_clusters = 0;
    for &row in order {
        let row = row as usize;
        if reachability[row] > radius {
            current = (core_distances[row] <= radius).then(|| {
                n_clusters += 1;
                n_clusters - 1
            });
        }
        found[row] = current;
    }
    found
}

pub(crate) fn fit(params: &Resolved, training: &Training<'_>) -> Result<Model, Error> {
    let taken = data::at_most(params.count("max_rows")?, training);
    let x = taken.x(training);
    let found = OpticsParams::new(training.task)
        .eps(params.float("eps")?)
        .min_samples(params.count("min_samples")?)
        .check()?
        .fit(&DatasetBase::new(data::view(x)?, ()))?;
    Ok(found.crowds.model(&x.values, x.n_columns()))
}
