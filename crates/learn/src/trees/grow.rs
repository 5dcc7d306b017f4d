//! One tree, grown from binned features.
//!
//! Ties between equally good splits go to the feature that was looked at first (the first column, when no features
//! are drawn) and to its lowest threshold, so that a tree is the same on every machine.

use assay_core::{Cancelled, Task};
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::RngCore;

use super::bins::{BinnedFeature, MAX_BINS, between};
use super::search::{Search, Split};
use super::split::Objective;

/// When a node is split no further, and how its split is found.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    pub max_depth: usize,
    pub min_samples_split: usize,
    pub min_samples_leaf: usize,
    /// Features drawn at a split; all of them when it is their number.
    pub max_features: usize,
    pub splitter: Splitter,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Splitter {
    /// The best threshold of every feature drawn.
    Best,
    /// One random threshold for every feature drawn (extremely randomised trees).
    Random,
}

/// Nodes, each before its children, and the answers of the leaves, kept apart so that a tree is two blocks of memory.
pub struct Grown {
    pub nodes: Vec<GrownNode>,
    /// Class probabilities, or the mean: `width` numbers a leaf.
    answers: Vec<f64>,
    width: usize,
}

pub enum GrownNode {
    Split {
        feature: u32,
        threshold: f32,
        missing_left: bool,
        left: u32,
        right: u32,
        /// The impurity that goes, times the share of the tree's weight that comes here.
        gain: f64,
    },
    /// Number of the leaf.
    Leaf(u32),
}

impl Grown {
    /// Class probabilities, or the mean, of a leaf.
    pub fn answer(&self, leaf: u32) -> &[f64] {
        let start = leaf as usize * self.width;
        &self.answers[start..start + self.width]
    }

    /// Of all leaves, one after the other.
    pub fn answers(&self) -> &[f64] {
        &self.answers
    }
}

/// The training rows as a tree sees them.
#[derive(Clone, Copy)]
pub struct Rows<'a, O> {
    /// Row-major.
    pub x: &'a [f32],
    pub n_features: usize,
    /// None for [`Splitter::Random`], which needs no bins.
    pub features: &'a [BinnedFeature],
    pub objective: O,
}

/// A row of one tree. Kept together, so that a node's rows are read in one go.
#[derive(Clone, Copy)]
pub struct Sample<L> {
    pub row: u32,
    pub weight: f32,
    pub label: L,
}

impl<O: Objective> Rows<'_, O> {
    pub fn value(&self, row: u32, feature: usize) -> f32 {
        self.x[row as usize * self.n_features + feature]
    }

    /// The rows for which `weight` is over 0, in order.
    pub fn samples(&self, n_rows: usize, weight: impl Fn(usize) -> f32) -> Vec<Sample<O::Label>> {
        (0..n_rows)
            .filter_map(|row| {
                let weight = weight(row);
                (weight > 0.0).then(|| Sample {
                    row: row as u32,
                    weight,
                    label: self.objective.label(row),
                })
            })
            .collect()
    }
}

/// Grows one tree. Without `rng` the features are looked at in column order.
pub fn grow<O: Objective>(
    rows: Rows<'_, O>,
    limits: Limits,
    samples: Vec<Sample<O::Label>>,
    rng: Option<Xoshiro256PlusPlus>,
    task: &Task,
) -> Result<Grown, Cancelled> {
    let mut grower = Grower {
        rows,
        limits,
        task,
        rng,
        order: (0..rows.n_features).collect(),
        search: Search::new(rows, limits.min_samples_leaf, MAX_BINS + 1),
        aside: Vec::with_capacity(samples.len()),
        total: 0.0,
    };
    grower.grow(samples)
}

struct Grower<'a, O: Objective> {
    rows: Rows<'a, O>,
    limits: Limits,
    task: &'a Task,
    rng: Option<Xoshiro256PlusPlus>,
    /// The features, in the order in which they were last drawn.
    order: Vec<usize>,
    search: Search<'a, O>,
    /// Rows that go right, while a node is parted.
    aside: Vec<Sample<O::Label>>,
    /// The weight of the whole tree.
    total: f64,
}

/// A node whose rows are known and whose split is not.
struct Open {
    start: usize,
    end: usize,
    depth: usize,
    /// The split that leads here, as a left or right child.
    parent: Option<(usize, Side)>,
}

#[derive(Clone, Copy)]
enum Side {
    Left,
    Right,
}

impl<O: Objective> Grower<'_, O> {
    fn grow(&mut self, mut samples: Vec<Sample<O::Label>>) -> Result<Grown, Cancelled> {
        let objective = self.rows.objective;
        let mut nodes: Vec<GrownNode> = Vec::new();
        let mut answers = Vec::new();
        let mut n_leaves = 0;
        let mut open = vec![Open {
            start: 0,
            end: samples.len(),
            depth: 0,
            parent: None,
        }];
        while let Some(node) = open.pop() {
            self.task.check()?;
            let at = nodes.len();
            if let Some((parent, side)) = node.parent
                && let Some(GrownNode::Split { left, right, .. }) = nodes.get_mut(parent)
            {
                match side {
                    Side::Left => *left = at as u32,
                    Side::Right => *right = at as u32,
                }
            }
            let here = &mut samples[node.start..node.end];
            let mut sums = vec![0.0; objective.width()];
            for sample in here.iter() {
                objective.add(&mut sums, sample.label, f64::from(sample.weight));
            }
            if at == 0 {
                self.total = objective.weight(&sums);
            }
            let is_pure = here.windows(2).all(|pair| pair[0].label == pair[1].label);
            let split = if node.depth >= self.limits.max_depth
                || here.len() < self.limits.min_samples_split
                || here.len() < 2 * self.limits.min_samples_leaf
                || is_pure
            {
                None
            } else {
                self.best_split(here, &sums)?
            };
            let Some(mut split) = split else {
                nodes.push(GrownNode::Leaf(n_leaves));
                answers.extend(objective.answer(&sums));
                n_leaves += 1;
                continue;
            };
            let gain = (split.purity - objective.purity(&sums)).max(0.0) / self.total;
            let middle = node.start + self.part(here, &mut split);
            nodes.push(GrownNode::Split {
                feature: split.feature as u32,
                threshold: split.threshold,
                missing_left: split.missing_left,
                left: 0,
                right: 0,
                gain,
            });
            let child = |start, end, side| Open {
                start,
                end,
                depth: node.depth + 1,
                parent: Some((at, side)),
            };
            // The left child comes off the stack first and follows its parent.
            open.push(child(middle, node.end, Side::Right));
            open.push(child(node.start, middle, Side::Left));
        }
        nodes.shrink_to_fit();
        answers.shrink_to_fit();
        Ok(Grown {
            width: answers.len() / n_leaves.max(1) as usize,
            nodes,
            answers,
        })
    }

    /// The best split over the features drawn. As in scikit-learn, features that do not vary here count as drawn, but
    /// drawing goes on until one that varies was found.
    fn best_split(
        &mut self,
        samples: &[Sample<O::Label>],
        sums: &[f64],
    ) -> Result<Option<Split>, Cancelled> {
        let n_features = self.order.len();
        let mut best: Option<Split> = None;
        let mut any_varied = false;
        for drawn in 0..n_features {
            if drawn >= self.limits.max_features && any_varied {
                break;
            }
            if let Some(rng) = &mut self.rng {
                let pick = drawn + below(rng, n_features - drawn);
                self.order.swap(drawn, pick);
            }
            self.task.check()?;
            let feature = self.order[drawn];
            any_varied |= match (self.limits.splitter, &mut self.rng) {
                (Splitter::Random, Some(rng)) => {
                    self.search.look_random(feature, samples, rng, &mut best)
                }
                _ => self.search.look(feature, samples, sums, &mut best),
            };
        }
        Ok(best)
    }

    /// Rows of the left side first, both sides in their old order. How many went left. The threshold is moved into the
    /// middle between the two sides, and missing values that no row here has are sent to the larger one.
    fn part(&mut self, samples: &mut [Sample<O::Label>], split: &mut Split) -> usize {
        let (mut below, mut above) = (f32::NEG_INFINITY, f32::INFINITY);
        let mut any_missing = false;
        self.aside.clear();
        let mut n_left = 0;
        for at in 0..samples.len() {
            let sample = samples[at];
            let value = self.rows.value(sample.row, split.feature);
            let goes_left = if value.is_nan() {
                any_missing = true;
                split.missing_left
            } else if value <= split.threshold {
                below = below.max(value);
                true
            } else {
                above = above.min(value);
                false
            };
            if goes_left {
                samples[n_left] = sample;
                n_left += 1;
            } else {
                self.aside.push(sample);
            }
        }
        samples[n_left..].copy_from_slice(&self.aside);
        if self.limits.splitter == Splitter::Best && below.is_finite() && above.is_finite() {
            split.threshold = between(below, above);
        }
        if !any_missing {
            split.missing_left = 2 * n_left > samples.len();
        }
        n_left
    }
}

/// A whole number under `n`, by Lemire's multiplication; its bias under 2^-50 is nothing to a forest.
pub fn below(rng: &mut Xoshiro256PlusPlus, n: usize) -> usize {
    ((u128::from(rng.next_u64()) * n as u128) >> 64) as usize
}
