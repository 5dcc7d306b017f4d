//! One tree, grown from binned features.
//!
//! Ties between equally good splits go to the feature that was looked at first (the first column, when no features
//! are drawn) and to its lowest threshold, so that a tree is the same on every machine.

use assay_core::{Cancelled, Task};
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::RngCore;

use super::bins::{BinnedFeature, MAX_BINS};
use super::split::Objective;

/// A feature with this many times more bins than the node has rows is sorted; else its bins are counted.
const BINS_A_SORTED_ROW: usize = 4;

/// When a node is split no further.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    pub max_depth: usize,
    pub min_samples_split: usize,
    pub min_samples_leaf: usize,
    /// Features drawn at a split; all of them when it is their number.
    pub max_features: usize,
}

pub enum GrownNode {
    Split {
        feature: u32,
        threshold: f32,
        left: u32,
        right: u32,
    },
    /// Class probabilities, or the mean.
    Leaf(Vec<f64>),
}

/// Grows one tree on `rows`, each with its weight (`weights` is per row of the data). Without `rng` the features
/// are looked at in column order.
pub fn grow(
    features: &[BinnedFeature],
    objective: Objective<'_>,
    limits: Limits,
    rows: Vec<u32>,
    weights: &[f64],
    rng: Option<Xoshiro256PlusPlus>,
    task: &Task,
) -> Result<Vec<GrownNode>, Cancelled> {
    let mut grower = Grower {
        features,
        objective,
        limits,
        weights,
        task,
        rng,
        order: (0..features.len()).collect(),
        histogram: vec![0.0; MAX_BINS * objective.width()],
        counts: vec![0; MAX_BINS],
        sorted: Vec::new(),
        left: vec![0.0; objective.width()],
        right: vec![0.0; objective.width()],
        aside: Vec::with_capacity(rows.len()),
    };
    grower.grow(rows)
}

struct Grower<'a> {
    features: &'a [BinnedFeature],
    objective: Objective<'a>,
    limits: Limits,
    weights: &'a [f64],
    task: &'a Task,
    rng: Option<Xoshiro256PlusPlus>,
    /// The features, in the order in which they were last drawn.
    order: Vec<usize>,
    /// Sums per bin, and rows per bin. Invariant: zero between two features.
    histogram: Vec<f64>,
    counts: Vec<u32>,
    /// Bin and row, ascending, of a node with few rows.
    sorted: Vec<(u16, u32)>,
    left: Vec<f64>,
    right: Vec<f64>,
    /// Rows that go right, while a node is parted.
    aside: Vec<u32>,
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

struct Split {
    purity: f64,
    feature: usize,
    /// The last bin on the left and the first on the right.
    last_left: usize,
    first_right: usize,
}

impl Grower<'_> {
    fn grow(&mut self, mut rows: Vec<u32>) -> Result<Vec<GrownNode>, Cancelled> {
        let mut nodes: Vec<GrownNode> = Vec::new();
        let mut open = vec![Open {
            start: 0,
            end: rows.len(),
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
            let here = &mut rows[node.start..node.end];
            let mut sums = vec![0.0; self.objective.width()];
            for &row in here.iter() {
                let row = row as usize;
                self.objective.add(&mut sums, row, self.weights[row]);
            }
            let split = if node.depth >= self.limits.max_depth
                || here.len() < self.limits.min_samples_split
                || here.len() < 2 * self.limits.min_samples_leaf
                || self.objective.is_pure(here)
            {
                None
            } else {
                self.best_split(here, &sums)?
            };
            let Some(split) = split else {
                nodes.push(GrownNode::Leaf(self.objective.answer(&sums)));
                continue;
            };
            let feature = &self.features[split.feature];
            nodes.push(GrownNode::Split {
                feature: split.feature as u32,
                threshold: feature.threshold(split.last_left, split.first_right),
                left: 0,
                right: 0,
            });
            let middle = node.start + self.part(here, &split);
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
        Ok(nodes)
    }

    /// The best split over the features drawn. As in scikit-learn, features that do not vary here count as drawn, but
    /// drawing goes on until one that varies was found.
    fn best_split(&mut self, rows: &[u32], sums: &[f64]) -> Result<Option<Split>, Cancelled> {
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
            any_varied |= self.look(feature, rows, sums, &mut best);
        }
        Ok(best)
    }

    /// Replaces `best` where this feature splits better. Whether the feature varies over the rows.
    fn look(
        &mut self,
        feature: usize,
        rows: &[u32],
        sums: &[f64],
        best: &mut Option<Split>,
    ) -> bool {
        let n_bins = self.features[feature].n_bins();
        if n_bins < 2 {
            return false;
        }
        self.left.fill(0.0);
        self.right.copy_from_slice(sums);
        if rows.len() * BINS_A_SORTED_ROW < n_bins {
            self.look_sorted(feature, rows, best)
        } else {
            self.look_counted(feature, rows, best)
        }
    }

    /// For few rows over many bins: sorts the rows.
    fn look_sorted(&mut self, feature: usize, rows: &[u32], best: &mut Option<Split>) -> bool {
        let bins = &self.features[feature].bins;
        let mut sorted = std::mem::take(&mut self.sorted);
        sorted.clear();
        sorted.extend(rows.iter().map(|&row| (bins[row as usize], row)));
        sorted.sort_unstable();
        let mut n_left = 0;
        for same in sorted.chunk_by(|a, b| a.0 == b.0) {
            if n_left > 0 {
                let gap = (sorted[n_left - 1].0 as usize, same[0].0 as usize);
                self.consider(feature, gap, n_left, rows.len(), best);
            }
            n_left += same.len();
            for &(_, row) in same {
                let row = row as usize;
                self.objective.add(&mut self.left, row, self.weights[row]);
                self.objective.add(&mut self.right, row, -self.weights[row]);
            }
        }
        let varies = sorted.first().map(|first| first.0) != sorted.last().map(|last| last.0);
        self.sorted = sorted;
        varies
    }

    /// For many rows over few bins: adds the rows of each bin up.
    fn look_counted(&mut self, feature: usize, rows: &[u32], best: &mut Option<Split>) -> bool {
        let bins = &self.features[feature].bins;
        let width = self.objective.width();
        let (mut first, mut last) = (MAX_BINS, 0);
        for &row in rows {
            let row = row as usize;
            let bin = bins[row] as usize;
            self.counts[bin] += 1;
            self.objective.add(
                &mut self.histogram[bin * width..(bin + 1) * width],
                row,
                self.weights[row],
            );
            first = first.min(bin);
            last = last.max(bin);
        }
        let mut n_left = 0;
        let mut previous = first;
        for bin in first..=last {
            let count = std::mem::take(&mut self.counts[bin]) as usize;
            if count == 0 {
                continue;
            }
            if n_left > 0 {
                self.consider(feature, (previous, bin), n_left, rows.len(), best);
            }
            n_left += count;
            previous = bin;
            let bin_sums = &mut self.histogram[bin * width..(bin + 1) * width];
            for ((left, right), sum) in self.left.iter_mut().zip(&mut self.right).zip(bin_sums) {
                *left += *sum;
                *right -= *sum;
                *sum = 0.0;
            }
        }
        first < last
    }

    /// Takes the split in this gap between two bins when it is allowed and better than the best so far.
    fn consider(
        &self,
        feature: usize,
        (last_left, first_right): (usize, usize),
        n_left: usize,
        n_rows: usize,
        best: &mut Option<Split>,
    ) {
        if n_left.min(n_rows - n_left) < self.limits.min_samples_leaf {
            return;
        }
        let purity = self.objective.purity(&self.left) + self.objective.purity(&self.right);
        if best.as_ref().is_none_or(|best| purity > best.purity) {
            *best = Some(Split {
                purity,
                feature,
                last_left,
                first_right,
            });
        }
    }

    /// Rows of the left side first, both sides in their old order. How many went left.
    fn part(&mut self, rows: &mut [u32], split: &Split) -> usize {
        let bins = &self.features[split.feature].bins;
        self.aside.clear();
        let mut n_left = 0;
        for at in 0..rows.len() {
            let row = rows[at];
            if bins[row as usize] as usize <= split.last_left {
                rows[n_left] = row;
                n_left += 1;
            } else {
                self.aside.push(row);
            }
        }
        rows[n_left..].copy_from_slice(&self.aside);
        n_left
    }
}

/// A whole number under `n`, by Lemire's multiplication; its bias under 2^-50 is nothing to a forest.
pub fn below(rng: &mut Xoshiro256PlusPlus, n: usize) -> usize {
    ((u128::from(rng.next_u64()) * n as u128) >> 64) as usize
}
