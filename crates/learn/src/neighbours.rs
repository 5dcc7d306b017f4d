//! The nearest rows answer: classification and regression by k nearest neighbours.
//!
//! Few features: a kd-tree over the stored rows; more: the distances of the rows that a product of matrices does not
//! show to be too far. Both find the same rows to the bit, since a distance is rounded to f32 before it is compared and
//! ties go to the row stored first.

mod index;
mod screen;

use assay_core::Target;
use assay_core::model::{Distance, Form, Model, Weighting};
use linfa::traits::Fit;
use linfa::{DatasetBase, ParamGuard};
use ndarray::{Array1, ArrayView2};

pub(crate) use index::{Index, Near};

use crate::params::Resolved;
use crate::{Error, Training, data};

/// Checked parameters.
#[derive(Debug, Clone)]
pub struct NeighboursValidParams {
    n_neighbours: usize,
    distance: Distance,
    weighting: Weighting,
    n_classes: usize,
}

/// Parameters as they were given.
#[derive(Debug, Clone)]
pub struct NeighboursParams(NeighboursValidParams);

/// The stored rows with their answers.
#[derive(Debug, Clone, PartialEq)]
pub struct Neighbours {
    /// Row-major.
    pub rows: Vec<f32>,
    /// Row-major: 1 for the row's class and 0 for the others, or its number.
    pub answers: Vec<f32>,
    pub n_neighbours: usize,
    pub distance: Distance,
    pub weighting: Weighting,
}

impl NeighboursParams {
    /// At least 1 neighbour.
    pub fn new(n_neighbours: usize) -> Self {
        Self(NeighboursValidParams {
            n_neighbours,
            distance: Distance::Euclidean,
            weighting: Weighting::Uniform,
            n_classes: 0,
        })
    }

    pub fn distance(mut self, distance: Distance) -> Self {
        self.0.distance = distance;
        self
    }

    pub fn weighting(mut self, weighting: Weighting) -> Self {
        self.0.weighting = weighting;
        self
    }

    /// The number of classes, where not all of them are among the training rows.
    pub fn n_classes(mut self, n_classes: usize) -> Self {
        self.0.n_classes = n_classes;
        self
    }
}

impl ParamGuard for NeighboursParams {
    type Checked = NeighboursValidParams;
    type Error = linfa::Error;

    fn check_ref(&self) -> Result<&Self::Checked, Self::Error> {
        if self.0.n_neighbours == 0 {
            return Err(linfa::Error::Parameters(
                "neighbours: give at least one".to_owned(),
            ));
        }
        Ok(&self.0)
    }

    fn check(self) -> Result<Self::Checked, Self::Error> {
        self.check_ref()?;
        Ok(self.0)
    }
}

impl<'v> Fit<ArrayView2<'v, f32>, Array1<usize>, Error> for NeighboursValidParams {
    type Object = Neighbours;

    /// Targets are class indices.
    fn fit(
        &self,
        dataset: &DatasetBase<ArrayView2<'v, f32>, Array1<usize>>,
    ) -> Result<Neighbours, Error> {
        let classes = dataset.targets();
        let n_classes = classes.iter().max().map_or(1, |most| most + 1);
        let n_classes = self.n_classes.max(n_classes);
        let answers = classes.iter().flat_map(|&class| {
            (0..n_classes).map(move |other| f32::from(u8::from(other == class)))
        });
        Ok(self.stored(dataset.records(), answers.collect()))
    }
}

impl<'v> Fit<ArrayView2<'v, f32>, Array1<f64>, Error> for NeighboursValidParams {
    type Object = Neighbours;

    /// Targets are numbers.
    fn fit(
        &self,
        dataset: &DatasetBase<ArrayView2<'v, f32>, Array1<f64>>,
    ) -> Result<Neighbours, Error> {
        let answers = dataset.targets().iter().map(|&y| y as f32).collect();
        Ok(self.stored(dataset.records(), answers))
    }
}

impl NeighboursValidParams {
    fn stored(&self, x: &ArrayView2<'_, f32>, answers: Vec<f32>) -> Neighbours {
        Neighbours {
            rows: x.iter().copied().collect(),
            answers,
            n_neighbours: self.n_neighbours.min(x.nrows()).max(1),
            distance: self.distance,
            weighting: self.weighting,
        }
    }
}

pub(crate) fn fit(params: &Resolved, training: &Training<'_>) -> Result<Model, Error> {
    let taken = data::at_most(params.count("max_rows")?, training);
    let (x, y) = (taken.x(training), taken.y(training));
    let estimator = NeighboursParams::new(params.count("n_neighbors")?)
        .distance(match params.text("metric")? {
            "manhattan" => Distance::Manhattan,
            _ => Distance::Euclidean,
        })
        .weighting(match params.text("weights")? {
            "distance" => Weighting::Distance,
            _ => Weighting::Uniform,
        });
    let records = data::view(x)?;
    let fitted = match y {
        Target::Classes { classes, .. } => estimator
            .n_classes(classes.len())
            .fit(&DatasetBase::new(records, data::class_indices(y)))?,
        Target::Values(_) | Target::Nothing { .. } => {
            estimator.fit(&DatasetBase::new(records, data::numbers(y)))?
        }
    };
    Ok(Model {
        n_features: x.n_columns(),
        output: data::output(y),
        form: Form::Neighbours {
            rows: fitted.rows,
            answers: fitted.answers,
            n_neighbours: fitted.n_neighbours as u32,
            distance: fitted.distance,
            weighting: fitted.weighting,
        },
    })
}
