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

use super::bins;
use super::grow::{Grown, GrownNode, Limits, Rows, Splitter, below, grow};
use super::leaves::Grid;
use super::split::{Classes, Numbers, Objective};
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
        let (indices, n_classes) = class_indices(dataset.targets(), self.n_classes);
        let objective = Classes {
            indices: &indices,
            n_classes,
            criterion: self.criterion,
        };
        let grown = self.grow_all(*dataset.records(), objective, dataset.weights())?;
        let grid = Grid::new(self.n_estimators, 1.0);
        self.assemble(grown, |tree, leaf| grid.probabilities(tree, leaf))
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
        let objective = Numbers {
            centred: &centred,
            mean,
        };
        let grown = self.grow_all(*dataset.records(), objective, dataset.weights())?;
        let answers = grown.iter().flat_map(Grown::answers);
        let largest = answers.fold(0.0, |largest: f64, value| largest.max(value.abs()));
        let grid = Grid::new(self.n_estimators, largest);
        self.assemble(grown, |tree, leaf| {
            leaf.iter().map(|value| grid.value(tree, *value)).collect()
        })
    }
}

/// The catalogue's way in.
pub fn fit(params: ForestParams, training: &Training<'_>) -> Result<Model, Error> {
    let records = data::view(training.x)?;
    let weights = data::weights(training);
    let forest = match training.y {
        Target::Classes { classes, .. } => params.n_classes(classes.len()).fit(
            &DatasetBase::new(records, data::class_indices(training.y)).with_weights(weights),
        )?,
        Target::Values(_) | Target::Nothing { .. } => params
            .fit(&DatasetBase::new(records, data::numbers(training.y)).with_weights(weights))?,
    };
    Ok(Model {
        n_features: training.x.n_columns(),
        output: data::output(training.y),
        form: Form::Trees {
            trees: forest.trees,
        },
    })
}

impl ForestValidParams {
    fn grow_all<O: Objective>(
        &self,
        x: ArrayView2<'_, f32>,
        objective: O,
        weights: Option<&[f32]>,
    ) -> Result<Vec<Grown>, Error> {
        let total = self.n_estimators as u64;
        self.task.step(0, total, "growing trees");
        let features = match self.splitter {
            Splitter::Best => bins::cut(x, &self.task)?,
            Splitter::Random => Vec::new(),
        };
        let rows = Rows {
            x: x.to_slice()
                .ok_or_else(|| Error::Numeric("the features are not in row order".to_owned()))?,
            n_features: x.ncols(),
            features: &features,
            objective,
        };
        let limits = self.limits(x.nrows(), rows, weights)?;
        let n_grown = Mutex::new(0);
        let grown: Result<_, Cancelled> = (0..self.n_estimators)
            .into_par_iter()
            .map(|tree| {
                let nodes = self.grow_one(tree, limits, x.nrows(), rows, weights)?;
                // Counted and told under one lock, so that progress never goes back.
                let mut n_grown = n_grown.lock().unwrap_or_else(PoisonError::into_inner);
                *n_grown += 1;
                self.task.step(*n_grown, total, "growing trees");
                Ok(nodes)
            })
            .collect();
        Ok(grown?)
    }

    /// With leaves of more rows where a first tree shows that all would have too many nodes.
    fn limits<O: Objective>(
        &self,
        n_rows: usize,
        rows: Rows<'_, O>,
        weights: Option<&[f32]>,
    ) -> Result<Limits, Cancelled> {
        let mut limits = Limits {
            max_depth: self.max_depth,
            min_samples_split: self.min_samples_split,
            min_samples_leaf: self.min_samples_leaf,
            max_features: self.n_drawn(rows.n_features, rows.objective),
            splitter: self.splitter,
        };
        let of_depth = 1_usize.checked_shl(self.max_depth as u32);
        let most_leaves = of_depth
            .unwrap_or(usize::MAX)
            .min(n_rows / self.min_samples_leaf);
        let nodes = |of_one: usize| of_one.saturating_mul(self.n_estimators);
        if nodes(most_leaves.saturating_mul(2)) <= self.max_nodes {
            return Ok(limits);
        }
        let would_be = |limits: Limits| {
            let first = self.grow_one(0, limits, n_rows, rows, weights)?;
            Ok::<usize, Cancelled>(nodes(first.nodes.len()))
        };
        let whole = would_be(limits)?;
        let mut n_nodes = whole;
        // A tree that is a single leaf gets no smaller.
        while n_nodes > self.max_nodes.max(self.n_estimators) {
            let fewer = limits.min_samples_leaf;
            let in_proportion = fewer.saturating_mul(n_nodes).div_ceil(self.max_nodes);
            limits.min_samples_leaf = in_proportion.max(fewer + fewer / 8);
            n_nodes = would_be(limits)?;
        }
        if n_nodes < whole {
            self.task.warn(format!(
                "leaves hold at least {} rows, since all trees together would have {whole} nodes: `max_nodes` allows \
                 more",
                limits.min_samples_leaf
            ));
        }
        Ok(limits)
    }

    fn grow_one<O: Objective>(
        &self,
        tree: usize,
        limits: Limits,
        n_rows: usize,
        rows: Rows<'_, O>,
        weights: Option<&[f32]>,
    ) -> Result<Grown, Cancelled> {
        let mut rng = stream(self.seed, tree);
        let weight = |row: usize| weights.map_or(1.0, |weights| weights[row]);
        let samples = if self.bootstrap {
            let mut drawn = vec![0.0_f32; n_rows];
            for _ in 0..n_rows {
                drawn[below(&mut rng, n_rows)] += 1.0;
            }
            rows.samples(n_rows, |row| drawn[row] * weight(row))
        } else {
            rows.samples(n_rows, weight)
        };
        let draws = self.bootstrap
            || limits.max_features < rows.n_features
            || self.splitter == Splitter::Random;
        grow(rows, limits, samples, draws.then_some(rng), &self.task)
    }

    /// The model's trees, whose leaves `leaf` makes from the number of the tree and the answer.
    fn assemble(
        &self,
        grown: Vec<Grown>,
        leaf: impl Fn(usize, &[f64]) -> Vec<f32> + Sync,
    ) -> Result<Forest, Error> {
        let trees = grown.into_par_iter().enumerate().map(|(tree, grown)| {
            self.task.check()?;
            Ok(plain(&grown, |values| leaf(tree, values)))
        });
        let trees: Result<_, Cancelled> = trees.collect();
        Ok(Forest { trees: trees? })
    }

    fn n_drawn<O: Objective>(&self, n_features: usize, objective: O) -> usize {
        let n = match self.max_features {
            MaxFeatures::All => n_features,
            MaxFeatures::Auto if !objective.is_classes() => n_features,
            MaxFeatures::Sqrt | MaxFeatures::Auto => n_features.isqrt(),
            MaxFeatures::Log2 => n_features.max(1).ilog2() as usize,
        };
        n.max(1)
    }
}

/// The class of every row, and how many classes there are: `n_classes`, or more where the rows have more.
pub(super) fn class_indices(targets: &Array1<usize>, n_classes: usize) -> (Vec<u32>, usize) {
    let indices: Vec<u32> = targets.iter().map(|&index| index as u32).collect();
    let present = indices
        .iter()
        .max()
        .map_or(1, |largest| *largest as usize + 1);
    (indices, n_classes.max(present))
}

/// The random numbers of tree number `tree`: streams of one seed share nothing.
pub fn stream(seed: u64, tree: usize) -> Xoshiro256PlusPlus {
    let mut seeds = SplitMix64::seed_from_u64(seed);
    let base = rand_xoshiro::rand_core::RngCore::next_u64(&mut seeds);
    Xoshiro256PlusPlus::seed_from_u64(base.wrapping_add(tree as u64))
}

/// A tree with its leaves turned into answers by `leaf`.
pub fn plain(grown: &Grown, leaf: impl Fn(&[f64]) -> Vec<f32>) -> Tree {
    let nodes = grown.nodes.iter().map(|node| match *node {
        GrownNode::Split {
            feature,
            threshold,
            missing_left,
            left,
            right,
            gain,
        } => Node::Split {
            feature,
            threshold,
            missing_left,
            left,
            right,
            gain: gain as f32,
        },
        GrownNode::Leaf(number) => Node::Leaf {
            values: leaf(grown.answer(number)),
        },
    });
    Tree {
        nodes: nodes.collect(),
    }
}
