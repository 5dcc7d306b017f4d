//! DBSCAN.

use assay_core::model::Model;
use assay_core::{Cancelled, Task};
use linfa::traits::Fit;
use linfa::{DatasetBase, ParamGuard};
use ndarray::ArrayView2;
use rayon::prelude::*;

use super::{Crowds, chosen_radius, squared};
use crate::neighbours::Index;
use crate::params::Resolved;
use crate::{Error, Training, data};

/// Rows whose neighbourhoods are held at once.
const ROWS_A_PART: usize = 256;

/// Checked parameters.
#[derive(Debug, Clone)]
pub struct DbscanValidParams {
    eps: f64,
    min_samples: usize,
    task: Task,
}

/// Parameters as they were given.
#[derive(Debug, Clone)]
pub struct DbscanParams(DbscanValidParams);

impl DbscanParams {
    /// Five rows within a radius that is chosen.
    pub fn new(task: &Task) -> Self {
        Self(DbscanValidParams {
            eps: 0.0,
            min_samples: 5,
            task: task.clone(),
        })
    }

    /// The radius, at least 0; 0: chosen so that nine in ten rows have enough others within it.
    pub fn eps(mut self, eps: f64) -> Self {
        self.0.eps = eps;
        self
    }

    /// Rows within the radius that make a core, itself included; at least 1.
    pub fn min_samples(mut self, min_samples: usize) -> Self {
        self.0.min_samples = min_samples;
        self
    }
}

impl ParamGuard for DbscanParams {
    type Checked = DbscanValidParams;
    type Error = linfa::Error;

    fn check_ref(&self) -> Result<&Self::Checked, Self::Error> {
        if self.0.eps.is_nan() || self.0.eps < 0.0 || self.0.min_samples == 0 {
            return Err(linfa::Error::Parameters(
                "DBSCAN: give an eps from 0 up, and at least one row for min_samples".to_owned(),
            ));
        }
        Ok(&self.0)
    }

    fn check(self) -> Result<Self::Checked, Self::Error> {
        self.check_ref()?;
        Ok(self.0)
    }
}

impl<'v> Fit<ArrayView2<'v, f32>, (), Error> for DbscanValidParams {
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
