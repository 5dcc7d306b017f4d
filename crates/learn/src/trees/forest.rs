//! Trees grown in parallel, each from its own stream of random numbers, and put together as a model.

use std::sync::{Mutex, PoisonError};

use assay_core::model::{Form, Model, Node, Tree};
use assay_core::{Cancelled, Target};
use linfa::DatasetBase;
use linfa::traits::Fit;
use ndarray::{Array1, ArrayView2};
use rand_xoshiro::rand_core::SeedableRng;
use rand_xoshiro::{SplitMix64, Xoshiro256PlusPlus};
use rayon::prelude::*;

use super::bins::{self, BinnedFeature};
use super::grow::{GrownNode, Limits, below, grow};
use super::leaves::Grid;
use super::split::Objective;
use super::{ForestParams, ForestValidParams, MaxFeatures};
use crate::{Error, Training, data};

/// Trees whose mean is the answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Forest {
    pub trees: Vec<Tree>,
}

impl<'v> Fit<ArrayView2<'v, f32>, Array1<usize>, Error> for ForestValidParams {
    type Object = Forest;

    /// Targets are class indices.
    fn fit(
        &self,
        dataset: &DatasetBase<ArrayView2<'v, f32>, Array1<usize>>,
    ) -> Result<Forest, Error> {
        let indices = dataset.targets().to_vec();
        let present = indices.iter().max().map_or(1, |largest| largest + 1);
        let objective = Objective::Classes {
            indices: &indices,
            n_classes: self.n_classes.max(present),
            criterion: self.criterion,
        };
        let grown = self.grow_all(*dataset.records(), dataset.weights(), objective)?;
        let grid = Grid::new(self.n_estimators, 1.0);
        Ok(assemble(grown, |tree, leaf| grid.probabilities(tree, leaf)))
    }
}

impl<'v> Fit<ArrayView2<'v, f32>, Array1<f64>, Error> for ForestValidParams {
    type Object = Forest;

    /// Targets are numbers.
    fn fit(
        &self,
        dataset: &DatasetBase<ArrayView2<'v, f32>, Array1<f64>>,
    ) -> Result<Forest, Error> {
        let mean = data::mean(dataset.targets().view(), dataset.weights());
        let centred = (dataset.targets() - mean).to_vec();
        let objective = Objective::Numbers {
            centred: &centred,
            mean,
        };
        let grown = self.grow_all(*dataset.records(), dataset.weights(), objective)?;
        let largest = grown
            .iter()
            .flatten()
            .filter_map(|node| match node {
                GrownNode::Leaf(values) => Some(values),
                GrownNode::Split { .. } => None,
            })
            .flatten()
            .fold(0.0, |largest: f64, value| largest.max(value.abs()));
        let grid = Grid::new(self.n_estimators, largest);
        Ok(assemble(grown, |tree, leaf| {
            leaf.iter().map(|value| grid.value(tree, *value)).collect()
        }))
    }
}

/// The catalogue's way in.
pub fn fit(params: ForestParams, training: &Training<'_>) -> Result<Model, Error> {
    let records = data::view(training.x)?;
    let weights = data::weights(training);
    let y = training.y;
    let forest = match y {
        Target::Classes { classes, .. } => params
            .n_classes(classes.len())
            .fit(&DatasetBase::new(records, data::class_indices(y)).with_weights(weights))?,
        Target::Values(_) => {
            params.fit(&DatasetBase::new(records, data::numbers(y)).with_weights(weights))?
        }
    };
    Ok(Model {
        n_features: training.x.n_columns(),
        output: data::output(y),
        form: Form::Trees {
            trees: forest.trees,
        },
    })
}

impl ForestValidParams {
    fn grow_all(
        &self,
        x: ArrayView2<'_, f32>,
        weights: Option<&[f32]>,
        objective: Objective<'_>,
    ) -> Result<Vec<Vec<GrownNode>>, Cancelled> {
        let total = self.n_estimators as u64;
        self.task.step(0, total, "growing trees");
        let features = bins::cut(x, &self.task)?;
        let n_grown = Mutex::new(0);
        (0..self.n_estimators)
            .into_par_iter()
            .map(|tree| {
                let nodes = self.grow_one(tree, x.nrows(), &features, weights, objective)?;
                // Counted and told under one lock, so that progress never goes back.
                let mut n_grown = n_grown.lock().unwrap_or_else(PoisonError::into_inner);
                *n_grown += 1;
                self.task.step(*n_grown, total, "growing trees");
                Ok(nodes)
            })
            .collect()
    }

    fn grow_one(
        &self,
        tree: usize,
        n_rows: usize,
        features: &[BinnedFeature],
        row_weights: Option<&[f32]>,
        objective: Objective<'_>,
    ) -> Result<Vec<GrownNode>, Cancelled> {
        let limits = Limits {
            max_depth: self.max_depth,
            min_samples_split: self.min_samples_split,
            min_samples_leaf: self.min_samples_leaf,
            max_features: self.n_drawn(features.len(), objective),
        };
        let mut rng = stream(self.seed, tree);
        let mut weights = if self.bootstrap {
            let mut weights = vec![0.0; n_rows];
            for _ in 0..n_rows {
                weights[below(&mut rng, n_rows)] += 1.0;
            }
            weights
        } else {
            vec![1.0; n_rows]
        };
        for (weight, &row_weight) in weights.iter_mut().zip(row_weights.unwrap_or_default()) {
            *weight *= f64::from(row_weight);
        }
        let rows = (0..n_rows as u32)
            .filter(|&row| weights[row as usize] > 0.0)
            .collect();
        let draws = self.bootstrap || limits.max_features < features.len();
        grow(
            features,
            objective,
            limits,
            rows,
            &weights,
            draws.then_some(rng),
            &self.task,
        )
    }

    fn n_drawn(&self, n_features: usize, objective: Objective<'_>) -> usize {
        let n = match (self.max_features, objective) {
            (MaxFeatures::All, _) | (MaxFeatures::Auto, Objective::Numbers { .. }) => n_features,
            (MaxFeatures::Sqrt, _) | (MaxFeatures::Auto, Objective::Classes { .. }) => {
                n_features.isqrt()
            }
            (MaxFeatures::Log2, _) => n_features.max(1).ilog2() as usize,
        };
        n.max(1)
    }
}

/// The random numbers of tree number `tree`: streams of one seed share nothing.
fn stream(seed: u64, tree: usize) -> Xoshiro256PlusPlus {
    let mut seeds = SplitMix64::seed_from_u64(seed);
    let base = rand_xoshiro::rand_core::RngCore::next_u64(&mut seeds);
    Xoshiro256PlusPlus::seed_from_u64(base.wrapping_add(tree as u64))
}

fn assemble(grown: Vec<Vec<GrownNode>>, leaf: impl Fn(usize, &[f64]) -> Vec<f32>) -> Forest {
    let trees = grown
        .into_iter()
        .enumerate()
        .map(|(tree, nodes)| Tree {
            nodes: nodes
                .into_iter()
                .map(|node| match node {
                    GrownNode::Split {
                        feature,
                        threshold,
                        left,
                        right,
                    } => Node::Split {
                        feature,
                        threshold,
                        left,
                        right,
                    },
                    GrownNode::Leaf(values) => Node::Leaf {
                        values: leaf(tree, &values),
                    },
                })
                .collect(),
        })
        .collect();
    Forest { trees }
}
