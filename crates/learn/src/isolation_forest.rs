//! Isolation forest: rows that few random cuts set apart are unlike the others (Liu, Ting and Zhou 2008).
//!
//! Ours behind linfa's traits; linfa has none.
//!
//! Invariant: a tree depends on the rows, the parameters, the seed and its own number alone.

use assay_core::model::{Form, Link, Model, Node, Output, Tree};
use assay_core::schema::ColumnType;
use assay_core::{Cancelled, Matrix, Task};
use linfa::traits::Fit;
use linfa::{DatasetBase, ParamGuard};
use ndarray::ArrayView2;
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;
use rayon::prelude::*;

use crate::draw::share;
use crate::params::Resolved;
use crate::trees::below;
use crate::{Error, Training, data};

/// Leaves are multiples of it, so that their sums are exact in every order: 2^−20.
const UNIT: f64 = 1.0 / 1_048_576.0;

/// Checked parameters.
#[derive(Debug, Clone)]
pub struct IsolationForestValidParams {
    n_estimators: usize,
    max_samples: usize,
    contamination: f64,
    seed: u64,
    task: Task,
}

/// Parameters as they were given.
#[derive(Debug, Clone)]
pub struct IsolationForestParams(IsolationForestValidParams);

impl IsolationForestParams {
    /// 100 trees of 256 rows each.
    pub fn new(task: &Task) -> Self {
        Self(IsolationForestValidParams {
            n_estimators: 100,
            max_samples: 256,
            contamination: 0.0,
            seed: 0,
            task: task.clone(),
        })
    }

    /// At least 1.
    pub fn n_estimators(mut self, n_estimators: usize) -> Self {
        self.0.n_estimators = n_estimators;
        self
    }

    /// Rows that each tree is grown on, at least 2.
    pub fn max_samples(mut self, max_samples: usize) -> Self {
        self.0.max_samples = max_samples;
        self
    }

    /// The share of the training rows that is to be called anomalies, 0 to 0.5; 0: rows whose path is shorter than that
    /// of a random row are.
    pub fn contamination(mut self, contamination: f64) -> Self {
        self.0.contamination = contamination;
        self
    }

    pub fn seed(mut self, seed: u64) -> Self {
        self.0.seed = seed;
        self
    }
}

impl ParamGuard for IsolationForestParams {
    type Checked = IsolationForestValidParams;
    type Error = linfa::Error;

    fn check_ref(&self) -> Result<&Self::Checked, Self::Error> {
        let params = &self.0;
        if params.n_estimators == 0
            || params.max_samples < 2
            || !(0.0..=0.5).contains(&params.contamination)
        {
            return Err(linfa::Error::Parameters(
                "isolation forest: give at least one tree of two rows, and a contamination from 0 to 0.5"
                    .to_owned(),
            ));
        }
        Ok(params)
    }

    fn check(self) -> Result<Self::Checked, Self::Error> {
        self.check_ref()?;
        Ok(self.0)
    }
}

/// Trees whose leaves hold the length of the path to them, completed by what the rows left in the leaf would need.
#[derive(Debug, Clone, PartialEq)]
pub struct IsolationForest {
    pub trees: Vec<Tree>,
    /// Rows with a shorter mean path are anomalies.
    pub least_path: f64,
}

impl<'v> Fit<ArrayView2<'v, f32>, (), Error> for IsolationForestValidParams {
    type Object = IsolationForest;

    fn fit(
        &self,
        dataset: &DatasetBase<ArrayView2<'v, f32>, ()>,
    ) -> Result<IsolationForest, Error> {
        let records = dataset.records;
        let n_samples = self.max_samples.min(records.nrows()).max(1);
        let max_depth = (n_samples as f64).log2().ceil() as u32;
        let total = self.n_estimators as u64;
        self.task.step(0, total, "growing trees");
        let trees = (0..self.n_estimators)
            .into_par_iter()
            .map(|number| {
                self.task.check()?;
                let seed = self.seed ^ (number as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
                let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
                let rows = drawn(records.nrows(), n_samples, &mut random);
                Ok(grow(&records, rows, max_depth, &mut random))
            })
            .collect::<Result<Vec<Tree>, Cancelled>>()?;
        let least_path = if self.contamination > 0.0 {
            self.task.step(0, 0, "finding the threshold");
            self.shortest(&records, &trees)?
        } else {
            mean_path(n_samples)
        };
        Ok(IsolationForest { trees, least_path })
    }
}

impl IsolationForestValidParams {
    /// The length of path that the share `contamination` of the rows stays under; interpolated between two rows.
    fn shortest(&self, records: &ArrayView2<'_, f32>, trees: &[Tree]) -> Result<f64, Cancelled> {
        let mut paths = (0..records.nrows())
            .into_par_iter()
            .map(|row| {
                if row % 256 == 0 {
                    self.task.check()?;
                }
                let row = records.row(row);
                let lengths = trees.iter().map(|tree| path(tree, |feature| row[feature]));
                Ok(lengths.sum::<f64>() / trees.len() as f64)
            })
            .collect::<Result<Vec<f64>, Cancelled>>()?;
        paths.sort_unstable_by(f64::total_cmp);
        let place = self.contamination * (paths.len().max(1) - 1) as f64;
        let (low, part) = (place as usize, place.fract());
        let at = |index: usize| paths.get(index).or(paths.last()).copied().unwrap_or(1.0);
        Ok(at(low) + part * (at(low + 1) - at(low)))
    }
}

impl IsolationForest {
    /// Sums of leaves are then the mean path as a share of the least.
    fn form(self) -> Form {
        let n_trees = self.trees.len() as f64;
        // A single row has no path: then nothing is shorter than the least.
        let share_of = |length: f64| match self.least_path > 0.0 {
            true => length / self.least_path,
            false => 1.0,
        };
        let mut trees = self.trees;
        for node in trees.iter_mut().flat_map(|tree| &mut tree.nodes) {
            if let Node::Leaf { values } = node {
                for value in values {
                    let share = share_of(f64::from(*value)) / n_trees;
                    *value = ((share / UNIT).round() * UNIT) as f32;
                }
            }
        }
        Form::Boosted {
            trees,
            offsets: vec![0.0],
            link: Link::Halving,
        }
    }
}

/// `n` of `n_rows` rows, none twice.
fn drawn(n_rows: usize, n: usize, random: &mut Xoshiro256PlusPlus) -> Vec<u32> {
    // Floyd's way: no list of all rows.
    let mut taken = std::collections::BTreeSet::new();
    for last in n_rows - n..n_rows {
        let row = below(random, last + 1) as u32;
        if !taken.insert(row) {
            taken.insert(last as u32);
        }
    }
    taken.into_iter().collect()
}

/// A node that is still to be cut, and which child of which node it is.
struct Open {
    rows: Vec<u32>,
    depth: u32,
    parent: Option<(usize, bool)>,
}

fn grow(
    records: &ArrayView2<'_, f32>,
    rows: Vec<u32>,
    max_depth: u32,
    random: &mut Xoshiro256PlusPlus,
) -> Tree {
    let mut nodes: Vec<Node> = Vec::new();
    let mut features: Vec<usize> = (0..records.ncols()).collect();
    let mut open = vec![Open {
        rows,
        depth: 0,
        parent: None,
    }];
    while let Some(Open {
        rows,
        depth,
        parent,
    }) = open.pop()
    {
        let at = nodes.len();
        if let Some((parent, is_left)) = parent
            && let Some(Node::Split { left, right, .. }) = nodes.get_mut(parent)
        {
            *(if is_left { left } else { right }) = at as u32;
        }
        let cut = (depth < max_depth && rows.len() > 1)
            .then(|| cut(records, &rows, &mut features, random))
            .flatten();
        let Some((feature, threshold)) = cut else {
            let length = f64::from(depth) + mean_path(rows.len());
            nodes.push(Node::Leaf {
                values: vec![length as f32],
            });
            continue;
        };
        nodes.push(Node::Split {
            feature: feature as u32,
            threshold,
            missing_left: false,
            left: 0,
            right: 0,
            gain: 0.0,
        });
        let (low, high) = rows
            .into_iter()
            .partition(|&row| records[(row as usize, feature)] <= threshold);
        for (rows, is_left) in [(high, false), (low, true)] {
            open.push(Open {
                rows,
                depth: depth + 1,
                parent: Some((at, is_left)),
            });
        }
    }
    Tree { nodes }
}

/// A feature drawn among those that vary over the rows, and a threshold between its least and its largest value; `None`
/// when none varies.
fn cut(
    records: &ArrayView2<'_, f32>,
    rows: &[u32],
    features: &mut [usize],
    random: &mut Xoshiro256PlusPlus,
) -> Option<(usize, f32)> {
    let n = features.len();
    for at in 0..n {
        features.swap(at, at + below(random, n - at));
        let feature = features[at];
        let values = rows.iter().map(|&row| records[(row as usize, feature)]);
        let (low, high) = values.fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), value| {
            (low.min(value), high.max(value))
        });
        if low < high {
            let (wide, part) = (f64::from(high) - f64::from(low), share(random));
            let threshold = (f64::from(low) + part * wide) as f32;
            // Rounding must not leave one side empty.
            return Some((feature, if threshold >= high { low } else { threshold }));
        }
    }
    None
}

/// The mean path of an unsuccessful search in a binary search tree of `n` rows.
fn mean_path(n: usize) -> f64 {
    const EULER: f64 = 0.577_215_664_901_532_9;
    match n {
        0 | 1 => 0.0,
        2 => 1.0,
        n => {
            let below = n as f64 - 1.0;
            2.0 * (below.ln() + EULER) - 2.0 * below / n as f64
        }
    }
}

/// The length of the path that a row takes.
fn path(tree: &Tree, value: impl Fn(usize) -> f32) -> f64 {
    let mut at = 0;
    while let Some(Node::Split {
        feature,
        threshold,
        left,
        right,
        ..
    }) = tree.nodes.get(at)
    {
        let goes_left = value(*feature as usize) <= *threshold;
        at = if goes_left { *left } else { *right } as usize;
    }
    match tree.nodes.get(at) {
        Some(Node::Leaf { values }) => values.first().copied().map_or(0.0, f64::from),
        _ => 0.0,
    }
}

/// What models that find anomalies answer.
pub(crate) fn output() -> Output {
    Output::Classes {
        classes: vec!["normal".to_owned(), "anomaly".to_owned()],
        kind: ColumnType::Text,
    }
}

pub(crate) fn fit(params: &Resolved, training: &Training<'_>) -> Result<Model, Error> {
    let x: &Matrix = training.x;
    let found = IsolationForestParams::new(training.task)
        .n_estimators(params.count("n_estimators")?)
        .max_samples(params.count("max_samples")?)
        .contamination(params.float("contamination")?)
        .seed(training.seed)
        .check()?
        .fit(&DatasetBase::new(data::view(x)?, ()))?;
    Ok(Model {
        n_features: x.n_columns(),
        output: output(),
        form: found.form(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_as_long_as_in_the_paper() {
        for (n, wanted) in [(1, 0.0), (2, 1.0), (256, 10.244_770_920_119_917)] {
            assert!(
                (mean_path(n) - wanted).abs() < 1e-12,
                "{n}: {}",
                mean_path(n)
            );
        }
    }

    #[test]
    fn no_row_is_drawn_twice() {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(1);
        for (n_rows, n) in [(5, 5), (1_000, 256), (2, 1)] {
            let rows = drawn(n_rows, n, &mut random);
            assert_eq!(rows.len(), n);
            assert!(rows.iter().all(|&row| (row as usize) < n_rows));
        }
    }
}
