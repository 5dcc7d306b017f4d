//! Decision tree, random forest, extremely randomised trees, boosted trees (AdaBoost), for classes and numbers.
//!
//! Ours behind linfa's traits, since linfa's trees break ties by the order of a HashMap (two processes grow different
//! trees from the same data), hold a class and no probabilities in their leaves and know no regression, and its forest
//! draws features per tree instead of per split, one tree after the other.
//!
//! Invariant: a tree depends on the data, the parameters, the seed and its own number alone.

mod ada_boost;
mod ada_boost_numbers;
mod bins;
mod forest;
mod grow;
mod leaves;
mod search;
mod split;

use assay_core::Task;
use assay_core::model::Model;
use linfa::ParamGuard;

pub(crate) use ada_boost::fit as fit_ada_boost;
pub use ada_boost::{AdaBoostParams, AdaBoostValidParams, Boosted};
pub use ada_boost_numbers::Weighted;
pub use forest::Forest;
pub use grow::Splitter;
pub(crate) use grow::below;
pub use split::Criterion;

use crate::params::Resolved;
use crate::{Error, Training};

/// How many features are drawn at a split.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MaxFeatures {
    All,
    /// The whole part of the square root of their number, at least 1.
    Sqrt,
    /// The whole part of the logarithm to base 2 of their number, at least 1.
    Log2,
    /// `Sqrt` for classes, `All` for numbers.
    Auto,
}

/// Checked parameters of one tree or of a forest.
#[derive(Debug, Clone)]
pub struct ForestValidParams {
    n_estimators: usize,
    criterion: Criterion,
    max_depth: usize,
    min_samples_split: usize,
    min_samples_leaf: usize,
    max_nodes: usize,
    max_features: MaxFeatures,
    splitter: Splitter,
    bootstrap: bool,
    /// 0: one more than the largest index among the targets.
    n_classes: usize,
    seed: u64,
    task: Task,
}

/// Parameters as they were given.
#[derive(Debug, Clone)]
pub struct ForestParams(ForestValidParams);

impl ForestParams {
    /// One tree on all rows and features, of depth up to 64.
    pub fn tree(task: &Task) -> Self {
        Self(ForestValidParams {
            n_estimators: 1,
            criterion: Criterion::Gini,
            max_depth: 64,
            min_samples_split: 2,
            min_samples_leaf: 1,
            max_nodes: usize::MAX,
            max_features: MaxFeatures::All,
            splitter: Splitter::Best,
            bootstrap: false,
            n_classes: 0,
            seed: 0,
            task: task.clone(),
        })
    }

    /// 100 trees on bootstrap samples, features drawn at every split.
    pub fn forest(task: &Task) -> Self {
        let mut params = Self::tree(task).max_features(MaxFeatures::Auto);
        params.0.n_estimators = 100;
        params.0.bootstrap = true;
        params
    }

    /// 100 trees on all rows, thresholds drawn at random.
    pub fn extra_trees(task: &Task) -> Self {
        let mut params = Self::forest(task).bootstrap(false);
        params.0.splitter = Splitter::Random;
        params
    }

    pub fn n_estimators(mut self, n_estimators: usize) -> Self {
        self.0.n_estimators = n_estimators;
        self
    }

    pub fn criterion(mut self, criterion: Criterion) -> Self {
        self.0.criterion = criterion;
        self
    }

    /// At least 1.
    pub fn max_depth(mut self, max_depth: usize) -> Self {
        self.0.max_depth = max_depth;
        self
    }

    /// At least 2.
    pub fn min_samples_split(mut self, rows: usize) -> Self {
        self.0.min_samples_split = rows;
        self
    }

    /// At least 1.
    pub fn min_samples_leaf(mut self, rows: usize) -> Self {
        self.0.min_samples_leaf = rows;
        self
    }

    /// About the most nodes of all trees together: where they would be more, leaves hold more rows, with a warning.
    pub fn max_nodes(mut self, nodes: usize) -> Self {
        self.0.max_nodes = nodes;
        self
    }

    pub fn max_features(mut self, max_features: MaxFeatures) -> Self {
        self.0.max_features = max_features;
        self
    }

    pub fn bootstrap(mut self, bootstrap: bool) -> Self {
        self.0.bootstrap = bootstrap;
        self
    }

    /// The number of classes, where not all of them are among the training rows.
    pub fn n_classes(mut self, n_classes: usize) -> Self {
        self.0.n_classes = n_classes;
        self
    }

    pub fn seed(mut self, seed: u64) -> Self {
        self.0.seed = seed;
        self
    }

    fn resolved(self, params: &Resolved) -> Result<Self, Error> {
        Ok(self
            .criterion(match params.text("criterion")? {
                "entropy" => Criterion::Entropy,
                _ => Criterion::Gini,
            })
            .max_depth(params.count("max_depth")?)
            .min_samples_split(params.count("min_samples_split")?)
            .min_samples_leaf(params.count("min_samples_leaf")?)
            .max_nodes(params.count("max_nodes")?)
            .max_features(match params.text("max_features")? {
                "all" => MaxFeatures::All,
                "sqrt" => MaxFeatures::Sqrt,
                "log2" => MaxFeatures::Log2,
                _ => MaxFeatures::Auto,
            }))
    }
}

impl ParamGuard for ForestParams {
    type Checked = ForestValidParams;
    type Error = linfa::Error;

    fn check_ref(&self) -> Result<&Self::Checked, Self::Error> {
        let params = &self.0;
        for (name, value, least) in [
            ("n_estimators", params.n_estimators, 1),
            ("max_depth", params.max_depth, 1),
            ("min_samples_split", params.min_samples_split, 2),
            ("min_samples_leaf", params.min_samples_leaf, 1),
            ("max_nodes", params.max_nodes, 1),
        ] {
            if value < least {
                return Err(linfa::Error::Parameters(format!(
                    "forest: {name} is {value}; give at least {least}"
                )));
            }
        }
        Ok(params)
    }

    fn check(self) -> Result<Self::Checked, Self::Error> {
        self.check_ref()?;
        Ok(self.0)
    }
}

pub(crate) fn fit_tree(params: &Resolved, training: &Training<'_>) -> Result<Model, Error> {
    let estimator = ForestParams::tree(training.task)
        .resolved(params)?
        .seed(training.seed);
    forest::fit(estimator, training)
}

pub(crate) fn fit_forest(params: &Resolved, training: &Training<'_>) -> Result<Model, Error> {
    fit_many(ForestParams::forest(training.task), params, training)
}

pub(crate) fn fit_extra_trees(params: &Resolved, training: &Training<'_>) -> Result<Model, Error> {
    fit_many(ForestParams::extra_trees(training.task), params, training)
}

fn fit_many(
    estimator: ForestParams,
    params: &Resolved,
    training: &Training<'_>,
) -> Result<Model, Error> {
    let estimator = estimator
        .resolved(params)?
        .n_estimators(params.count("n_estimators")?)
        .bootstrap(params.flag("bootstrap")?)
        .seed(training.seed);
    forest::fit(estimator, training)
}
