//! AdaBoost for classes: SAMME (Zhu, Zou, Rosset and Hastie 2009) over shallow trees, as scikit-learn has it.
//!
//! Every tree votes for one class with a weight of its own; rows that it gets wrong weigh more for the next tree.
//! Numbers are in [`super::ada_boost_numbers`], which shares the parameters.

use assay_core::model::{Form, Link, Model, Node, Tree};
use assay_core::{Target, Task};
use linfa::traits::Fit;
use linfa::{DatasetBase, ParamGuard};
use ndarray::{Array1, ArrayView2};

use super::bins;
use super::forest::{class_indices, plain};
use super::grow::{Limits, Rows, Splitter, grow};
use super::split::{Classes, Criterion};
use crate::params::Resolved;
use crate::{Error, Training, data};

/// Of a tree where nothing else is said, as in scikit-learn.
const CLASSES_DEPTH: usize = 1;
const NUMBERS_DEPTH: usize = 3;

/// Checked parameters.
#[derive(Debug, Clone)]
pub struct AdaBoostValidParams {
    pub(super) n_estimators: usize,
    pub(super) learning_rate: f64,
    pub(super) max_depth: usize,
    n_classes: usize,
    pub(super) seed: u64,
    pub(super) task: Task,
}

/// Parameters as they were given.
#[derive(Debug, Clone)]
pub struct AdaBoostParams(AdaBoostValidParams);

/// Trees whose weighted votes are the answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Boosted {
    /// Two classes: one number a leaf, for class 1. More: one number a class.
    pub trees: Vec<Tree>,
}

impl AdaBoostParams {
    /// Up to 50 stumps.
    pub fn new(task: &Task) -> Self {
        Self(AdaBoostValidParams {
            n_estimators: 50,
            learning_rate: 1.0,
            max_depth: 1,
            n_classes: 0,
            seed: 0,
            task: task.clone(),
        })
    }

    /// At least 1.
    pub fn n_estimators(mut self, n_estimators: usize) -> Self {
        self.0.n_estimators = n_estimators;
        self
    }

    /// Over 0.
    pub fn learning_rate(mut self, learning_rate: f64) -> Self {
        self.0.learning_rate = learning_rate;
        self
    }

    /// At least 1.
    pub fn max_depth(mut self, max_depth: usize) -> Self {
        self.0.max_depth = max_depth;
        self
    }

    /// Decides which rows each tree for numbers sees.
    pub fn seed(mut self, seed: u64) -> Self {
        self.0.seed = seed;
        self
    }

    /// The number of classes, where not all of them are among the training rows.
    pub fn n_classes(mut self, n_classes: usize) -> Self {
        self.0.n_classes = n_classes;
        self
    }
}

impl ParamGuard for AdaBoostParams {
    type Checked = AdaBoostValidParams;
    type Error = linfa::Error;

    fn check_ref(&self) -> Result<&Self::Checked, Self::Error> {
        let params = &self.0;
        if params.n_estimators == 0 || params.max_depth == 0 {
            return Err(linfa::Error::Parameters(
                "AdaBoost: give at least one tree of depth 1".to_owned(),
            ));
        }
        if params.learning_rate.is_nan() || params.learning_rate <= 0.0 {
            return Err(linfa::Error::Parameters(
                "AdaBoost: give a learning rate over 0".to_owned(),
            ));
        }
        Ok(params)
    }

    fn check(self) -> Result<Self::Checked, Self::Error> {
        self.check_ref()?;
        Ok(self.0)
    }
}

impl AdaBoostValidParams {
    /// Of every tree; all features are looked at in every split.
    pub(super) fn limits(&self, n_features: usize) -> Limits {
        Limits {
            max_depth: self.max_depth,
            min_samples_split: 2,
            min_samples_leaf: 1,
            max_features: n_features,
            splitter: Splitter::Best,
        }
    }
}

impl<'v> Fit<ArrayView2<'v, f32>, Array1<usize>, Error> for AdaBoostValidParams {
    type Object = Boosted;

    /// Targets are class indices.
    fn fit(
        &self,
        dataset: &DatasetBase<ArrayView2<'v, f32>, Array1<usize>>,
    ) -> Result<Boosted, Error> {
        let x = *dataset.records();
        let (indices, n_classes) = class_indices(dataset.targets(), self.n_classes);
        let features = bins::cut(x, &self.task)?;
        let rows = Rows {
            x: x.to_slice()
                .ok_or_else(|| Error::Numeric("the features are not in row order".to_owned()))?,
            n_features: x.ncols(),
            features: &features,
            objective: Classes {
                indices: &indices,
                n_classes,
                criterion: Criterion::Gini,
            },
        };
        let limits = self.limits(x.ncols());
        let mut weights = start_weights(dataset.weights(), x.nrows());
        let mut found = Vec::new();
        for number in 0..self.n_estimators {
            self.task
                .step(number as u64, self.n_estimators as u64, "boosting");
            normalise(&mut weights);
            let samples = rows.samples(x.nrows(), |row| (weights[row] * x.nrows() as f64) as f32);
            let tree = plain(&grow(rows, limits, samples, None, &self.task)?, vote);
            let is_wrong: Vec<bool> = (0..x.nrows())
                .map(|row| voted(&tree, rows.x, row * x.ncols()) != Some(indices[row]))
                .collect();
            self.task.check()?;
            let error: f64 = weights
                .iter()
                .zip(&is_wrong)
                .filter_map(|(weight, is_wrong)| is_wrong.then_some(weight))
                .sum();
            self.task.metric("train.error", error, number as u64 + 1);
            if error <= 0.0 {
                // It is never wrong: its word ends the matter.
                found.push((tree, 1.0));
                break;
            }
            let k = n_classes as f64;
            if error >= 1.0 - 1.0 / k {
                if found.is_empty() {
                    self.task
                        .warn("no tree is better than a guess; the answer is a single tree's");
                    found.push((tree, 1.0));
                }
                break;
            }
            let weight = self.learning_rate * (((1.0 - error) / error).ln() + (k - 1.0).ln());
            for (row_weight, _) in weights
                .iter_mut()
                .zip(&is_wrong)
                .filter(|(_, wrong)| **wrong)
            {
                *row_weight *= weight.exp();
            }
            found.push((tree, weight));
        }
        let total: f64 = found.iter().map(|(_, weight)| weight).sum();
        let trees = found
            .into_iter()
            .map(|(tree, weight)| weighted(tree, weight, total, n_classes))
            .collect();
        Ok(Boosted { trees })
    }
}

pub(crate) fn fit(params: &Resolved, training: &Training<'_>) -> Result<Model, Error> {
    let estimator = |depth: usize| -> Result<AdaBoostParams, Error> {
        let max_depth = match params.count("max_depth")? {
            0 => depth,
            given => given,
        };
        Ok(AdaBoostParams::new(training.task)
            .n_estimators(params.count("n_estimators")?)
            .learning_rate(params.float("learning_rate")?)
            .max_depth(max_depth)
            .seed(training.seed))
    };
    let records = data::view(training.x)?;
    let weights = data::weights(training);
    let form = match training.y {
        Target::Classes { classes, .. } => {
            let targets = data::class_indices(training.y);
            let fitted = estimator(CLASSES_DEPTH)?
                .n_classes(classes.len())
                .fit(&DatasetBase::new(records, targets).with_weights(weights))?;
            let (n_sums, link) = match classes.len() {
                2 => (1, Link::Logistic),
                n => (n, Link::Softmax),
            };
            Form::Boosted {
                trees: fitted.trees,
                offsets: vec![0.0; n_sums],
                link,
            }
        }
        Target::Values(_) | Target::Nothing { .. } => {
            let targets = data::numbers(training.y);
            let fitted = estimator(NUMBERS_DEPTH)?
                .fit(&DatasetBase::new(records, targets).with_weights(weights))?;
            Form::Median {
                trees: fitted.trees,
                weights: fitted.weights,
            }
        }
    };
    Ok(Model {
        n_features: training.x.n_columns(),
        output: data::output(training.y),
        form,
    })
}

/// One per row, not yet normalised.
pub(super) fn start_weights(given: Option<&[f32]>, n_rows: usize) -> Vec<f64> {
    match given {
        Some(weights) => weights.iter().map(|&weight| f64::from(weight)).collect(),
        None => vec![1.0; n_rows],
    }
}

/// The sum becomes 1, and no weight becomes too small to grow again.
pub(super) fn normalise(weights: &mut [f64]) {
    let sum: f64 = weights.iter().sum();
    for weight in weights {
        if *weight > 0.0 {
            *weight = (*weight / sum).max(f64::EPSILON);
        }
    }
}

/// A leaf's class, as its number.
fn vote(probabilities: &[f64]) -> Vec<f32> {
    let mut best = 0;
    for (class, probability) in probabilities.iter().enumerate() {
        if *probability > probabilities[best] {
            best = class;
        }
    }
    vec![best as f32]
}

/// The class that the tree says for the row that starts at `start`.
fn voted(tree: &Tree, x: &[f32], start: usize) -> Option<u32> {
    let mut at = 0;
    loop {
        match tree.nodes.get(at)? {
            Node::Leaf { values } => return values.first().map(|&class| class as u32),
            Node::Split {
                feature,
                threshold,
                missing_left,
                left,
                right,
                ..
            } => {
                let value = x[start + *feature as usize];
                let goes_left = value <= *threshold || (*missing_left && value.is_nan());
                at = if goes_left { *left } else { *right } as usize;
            }
        }
    }
}

/// Leaves that hold a class become what they add to the sums; the gains of the tree sum to its weight.
///
/// With w the tree's share of all weights: two classes: ±2 w. K classes: w / (K − 1) for the class and
/// −w / (K − 1)² for every other.
fn weighted(mut tree: Tree, weight: f64, total: f64, n_classes: usize) -> Tree {
    let share = weight / total;
    let others = n_classes as f64 - 1.0;
    let gain: f32 = tree.nodes.iter().map(gain_of).sum();
    for node in &mut tree.nodes {
        match node {
            Node::Leaf { values } => {
                let voted = values.first().map_or(0, |&class| class as usize);
                *values = if n_classes == 2 {
                    vec![(if voted == 1 { 2.0 } else { -2.0 } * share) as f32]
                } else {
                    (0..n_classes)
                        .map(|class| match class == voted {
                            true => (share / others) as f32,
                            false => (-share / (others * others)) as f32,
                        })
                        .collect()
                };
            }
            Node::Split { gain: of_split, .. } if gain > 0.0 => {
                *of_split *= share as f32 / gain;
            }
            Node::Split { .. } => {}
        }
    }
    tree
}

fn gain_of(node: &Node) -> f32 {
    match node {
        Node::Split { gain, .. } => *gain,
        Node::Leaf { .. } => 0.0,
    }
}
