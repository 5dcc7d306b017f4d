//! DBSCAN.

use assay_core::Cancelled;
use assay_core::model::Model;
use linfa::traits::Fit;
use linfa::{DatasetBase, ParamGuard};
use ndarray::ArrayView2;
use rayon::prelude::*;

use super::params::{CrowdAlgorithm, CrowdParams, CrowdValidParams};
use super::{Crowds, chosen_radius, squared};
use crate::neighbours::Index;
use crate::params::Resolved;
use crate::{Error, Training, data};

/// Rows whose neighbourhoods are held at once.
const ROWS_A_PART: usize = 256;

/// The algorithm as its parameters name it.
#[derive(Debug, Clone, Copy)]
pub struct Dbscan;

impl CrowdAlgorithm for Dbscan {
    const TITLE: &str = "DBSCAN";
}

/// Cut at the radius within which rows are counted.
pub type DbscanParams = CrowdParams<Dbscan>;

impl<'v> Fit<ArrayView2<'v, f32>, (), Error> for CrowdValidParams<Dbscan> {
    type Object = Crowds;

    fn fit(&self, dataset: &DatasetBase<ArrayView2<'v, f32>, ()>) -> Result<Crowds, Error> {
        let (n_rows, n_features) = dataset.records.dim();
        let x = dataset.records.to_slice().ok_or_else(|| {
            Error::Numeric("the features do not lie row by row in memory".to_owned())
        })?;
        let index = Index::new(x, n_features, assay_core::model::Distance::Euclidean);
        let radius = match self.eps {
            0.0 => chosen_radius(&index, x, n_features, self.min_samples, &self.task)?,
            eps => eps,
        };
        let most = squared(radius);
        let row = |row: usize| &x[row * n_features..(row + 1) * n_features];
        self.task.step(0, 2, "counting neighbours");
        let is_core = (0..n_rows)
            .into_par_iter()
            .map(|at| {
                self.task.check()?;
                Ok(index.within(row(at), most).len() >= self.min_samples)
            })
            .collect::<Result<Vec<bool>, Cancelled>>()?;
        self.task.step(1, 2, "joining neighbours");
        let mut joined = Joined::new(n_rows);
        // Of every row that is no core, the nearest one that is.
        let mut border: Vec<Option<u32>> = vec![None; n_rows];
        for start in (0..n_rows).step_by(ROWS_A_PART) {
            let end = (start + ROWS_A_PART).min(n_rows);
            let near = (start..end)
                .into_par_iter()
                .map(|at| {
                    self.task.check()?;
                    let mut near = index.within(row(at), most);
                    near.retain(|(_, other)| is_core[*other as usize]);
                    Ok(near)
                })
                .collect::<Result<Vec<_>, Cancelled>>()?;
            for (at, near) in (start..end).zip(near) {
                if is_core[at] {
                    for (_, other) in near {
                        joined.join(at as u32, other);
                    }
                } else {
                    let nearest = near
                        .into_iter()
                        .min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
                    border[at] = nearest.map(|(_, other)| other);
                }
            }
        }
        let found: Vec<Option<u32>> = (0..n_rows)
            .map(|at| match is_core[at] {
                true => Some(joined.first(at as u32)),
                false => border[at].map(|core| joined.first(core)),
            })
            .collect();
        let crowds = Crowds::new(&found, is_core, radius);
        crowds.warn(&self.task);
        Ok(crowds)
    }
}

/// Rows that belong together, known by the first of them.
struct Joined {
    parents: Vec<u32>,
}

impl Joined {
    fn new(n_rows: usize) -> Self {
        Self {
            parents: (0..n_rows as u32).collect(),
        }
    }

    fn first(&mut self, mut row: u32) -> u32 {
        while self.parents[row as usize] != row {
            let parent = self.parents[row as usize];
            self.parents[row as usize] = self.parents[parent as usize];
            row = parent;
        }
        row
    }

    fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.first(a), self.first(b));
        let (low, high) = (a.min(b), a.max(b));
        self.parents[high as usize] = low;
    }
}

pub(crate) fn fit(params: &Resolved, training: &Training<'_>) -> Result<Model, Error> {
    let taken = data::at_most(params.count("max_rows")?, training);
    let x = taken.x(training);
    let found = DbscanParams::new(training.task)
        .eps(params.float("eps")?)
        .min_samples(params.count("min_samples")?)
        .check()?
        .fit(&DatasetBase::new(data::view(x)?, ()))?;
    Ok(found.model(&x.values, x.n_columns()))
}
