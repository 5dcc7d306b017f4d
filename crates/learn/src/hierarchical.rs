//! Hierarchical clustering: the two nearest clusters become one, again and again, by the chain of nearest neighbours
//! (Murtagh 1983).
//!
//! Ours behind linfa's traits: linfa's builds the same tree from a kernel matrix, and answers for no new row.

use assay_core::model::Model;
use assay_core::{Cancelled, Task};
use linfa::traits::Fit;
use linfa::{DatasetBase, ParamGuard};
use ndarray::ArrayView2;
use rayon::prelude::*;

use crate::k_means::nearest_model;
use crate::params::Resolved;
use crate::{Error, Training, data};

/// How far two clusters are apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Linkage {
    /// By how much their join would raise the spread within clusters.
    Ward,
    /// As far as their farthest rows.
    Complete,
    /// The mean over all pairs of rows.
    Average,
    /// As near as their nearest rows.
    Single,
}

/// Checked parameters.
#[derive(Debug, Clone)]
pub struct HierarchicalValidParams {
    n_clusters: usize,
    linkage: Linkage,
    task: Task,
}

/// Parameters as they were given.
#[derive(Debug, Clone)]
pub struct HierarchicalParams(HierarchicalValidParams);

impl HierarchicalParams {
    /// Two clusters by Ward's distance.
    pub fn new(task: &Task) -> Self {
        Self(HierarchicalValidParams {
            n_clusters: 2,
            linkage: Linkage::Ward,
            task: task.clone(),
        })
    }

    /// At least 1; no more are made than there are rows.
    pub fn n_clusters(mut self, n_clusters: usize) -> Self {
        self.0.n_clusters = n_clusters;
        self
    }

    pub fn linkage(mut self, linkage: Linkage) -> Self {
        self.0.linkage = linkage;
        self
    }
}

impl ParamGuard for HierarchicalParams {
    type Checked = HierarchicalValidParams;
    type Error = linfa::Error;

    fn check_ref(&self) -> Result<&Self::Checked, Self::Error> {
        if self.0.n_clusters == 0 {
            return Err(linfa::Error::Parameters(
                "hierarchical clustering: n_clusters is 0; give at least 1".to_owned(),
            ));
        }
        Ok(&self.0)
    }

    fn check(self) -> Result<Self::Checked, Self::Error> {
        self.check_ref()?;
        Ok(self.0)
    }
}

/// What was found.
#[derive(Debug, Clone, PartialEq)]
pub struct HierarchicalModel {
    /// Per training row; the larger clusters first.
    pub labels: Vec<u32>,
    /// How far apart the clusters were that were joined, by rising distance; one less than there are rows.
    pub heights: Vec<f64>,
    /// Means of the clusters' rows, n_clusters x n_features.
    pub centres: Vec<Vec<f64>>,
}

impl<'v> Fit<ArrayView2<'v, f32>, (), Error> for HierarchicalValidParams {
    type Object = HierarchicalModel;

    fn fit(
        &self,
        dataset: &DatasetBase<ArrayView2<'v, f32>, ()>,
    ) -> Result<HierarchicalModel, Error> {
        let (n_rows, n_features) = dataset.records.dim();
        let x = dataset.records.to_slice().ok_or_else(|| {
            Error::Numeric("the features do not lie row by row in memory".to_owned())
        })?;
        self.task.step(0, n_rows as u64, "measuring distances");
        let distances = Distances::new(x, n_features, self.linkage, &self.task)?;
        let mut joins = joins(distances, self.linkage, &self.task)?;
        // Found in the order of the chain: a stable sort keeps a join behind those it builds on.
        joins.sort_by(|a, b| a.height.total_cmp(&b.height));
        let n_clusters = self.n_clusters.min(n_rows);
        let mut parents: Vec<usize> = (0..n_rows).collect();
        for join in joins.iter().take(n_rows - n_clusters) {
            let (a, b) = (first(&mut parents, join.a), first(&mut parents, join.b));
            parents[a.max(b)] = a.min(b);
        }
        let roots: Vec<usize> = (0..n_rows).map(|row| first(&mut parents, row)).collect();
        let heights = joins.iter().map(|join| match self.linkage {
            Linkage::Ward => join.height.max(0.0).sqrt(),
            _ => join.height,
        });
        let heights = heights.collect();
        let (labels, centres) = by_size(&roots, x, n_features);
        Ok(HierarchicalModel {
            labels,
            heights,
            centres,
        })
    }
}

/// Between all pairs of clusters; squares for Ward's distance.
struct Distances {
    n: usize,
    /// Above the diagonal, row by row.
    values: Vec<f64>,
}

impl Distances {
    fn new(x: &[f32], n_features: usize, linkage: Linkage, task: &Task) -> Result<Self, Cancelled> {
        let n = x.len() / n_features.max(1);
        let row = |row: usize| &x[row * n_features..(row + 1) * n_features];
        let of_rows = (0..n)
            .into_par_iter()
            .map(|a| {
                task.check()?;
                let to = |b: usize| {
                    let pairs = row(a).iter().zip(row(b));
                    let sum: f64 = pairs
                        .map(|(&a, &b)| (f64::from(a) - f64::from(b)).powi(2))
                        .sum();
                    if linkage == Linkage::Ward {
                        sum
                    } else {
                        sum.sqrt()
                    }
                };
                Ok((a + 1..n).map(to).collect::<Vec<f64>>())
            })
            .collect::<Result<Vec<_>, Cancelled>>()?;
        let mut values = Vec::with_capacity(n * n.saturating_sub(1) / 2);
        for of_row in of_rows {
            values.extend(of_row);
        }
        Ok(Self { n, values })
    }

    fn place(&self, a: usize, b: usize) -> usize {
        let (low, high) = (a.min(b), a.max(b));
        low * self.n - low * (low + 1) / 2 + high - low - 1
    }

    fn between(&self, a: usize, b: usize) -> f64 {
        self.values[self.place(a, b)]
    }
}

/// Two clusters, each known by one of its rows, and how far apart they were.
struct Join {
    a: usize,
    b: usize,
    height: f64,
}

fn joins(mut distances: Distances, linkage: Linkage, task: &Task) -> Result<Vec<Join>, Cancelled> {
    let n = distances.n;
    let mut sizes = vec![1.0_f64; n];
    let mut alive: Vec<usize> = (0..n).collect();
    let mut joins = Vec::with_capacity(n.saturating_sub(1));
    let mut chain: Vec<usize> = Vec::new();
    while alive.len() > 1 {
        task.check()?;
        if joins.len() % 64 == 0 {
            task.step(joins.len() as u64, n as u64, "joining clusters");
        }
        let tip = match chain.last() {
            Some(&tip) => tip,
            None => {
                chain.push(alive[0]);
                alive[0]
            }
        };
        let before = chain.len().checked_sub(2).map(|at| chain[at]);
        // The one before wins a tie, or the chain would run in circles.
        let mut best = before.map(|before| (distances.between(tip, before), before));
        for &other in alive.iter().filter(|&&other| other != tip) {
            let apart = distances.between(tip, other);
            if best.is_none_or(|(least, _)| apart < least) {
                best = Some((apart, other));
            }
        }
        let Some((height, nearest)) = best else {
            break;
        };
        if Some(nearest) != before {
            chain.push(nearest);
            continue;
        }
        chain.truncate(chain.len() - 2);
        let (kept, gone) = (tip.min(nearest), tip.max(nearest));
        alive.retain(|&row| row != gone);
        for &other in alive.iter().filter(|&&other| other != kept) {
            let (a, b) = (
                distances.between(kept, other),
                distances.between(gone, other),
            );
            let (n_a, n_b, n_o) = (sizes[kept], sizes[gone], sizes[other]);
            let joined = match linkage {
                Linkage::Single => a.min(b),
                Linkage::Complete => a.max(b),
                Linkage::Average => (n_a * a + n_b * b) / (n_a + n_b),
                Linkage::Ward => {
                    ((n_a + n_o) * a + (n_b + n_o) * b - n_o * height) / (n_a + n_b + n_o)
                }
            };
            let place = distances.place(kept, other);
            distances.values[place] = joined;
        }
        sizes[kept] += sizes[gone];
        joins.push(Join {
            a: kept,
            b: gone,
            height,
        });
    }
    Ok(joins)
}

fn first(parents: &mut [usize], mut row: usize) -> usize {
    while parents[row] != row {
        parents[row] = parents[parents[row]];
        row = parents[row];
    }
    row
}

/// Labels and means of the clusters that `roots` name, the larger ones first.
fn by_size(roots: &[usize], x: &[f32], n_features: usize) -> (Vec<u32>, Vec<Vec<f64>>) {
    let mut sizes = vec![0_usize; roots.len()];
    for &root in roots {
        sizes[root] += 1;
    }
    let mut order: Vec<usize> = (0..roots.len()).filter(|&root| sizes[root] > 0).collect();
    order.sort_by_key(|&root| (std::cmp::Reverse(sizes[root]), root));
    let mut place_of = vec![0; roots.len()];
    for (place, &root) in order.iter().enumerate() {
        place_of[root] = place;
    }
    let mut centres = vec![vec![0.0; n_features]; order.len()];
    for (row, &root) in roots.iter().enumerate() {
        let values = &x[row * n_features..(row + 1) * n_features];
        for (sum, &value) in centres[place_of[root]].iter_mut().zip(values) {
            *sum += f64::from(value) / sizes[root] as f64;
        }
    }
    let labels = roots.iter().map(|&root| place_of[root] as u32);
    (labels.collect(), centres)
}

pub(crate) fn fit(params: &Resolved, training: &Training<'_>) -> Result<Model, Error> {
    let taken = data::at_most(params.count("max_rows")?, training);
    let x = taken.x(training);
    let linkage = match params.text("linkage")? {
        "complete" => Linkage::Complete,
        "average" => Linkage::Average,
        "single" => Linkage::Single,
        _ => Linkage::Ward,
    };
    let found = HierarchicalParams::new(training.task)
        .n_clusters(params.count("n_clusters")?)
        .linkage(linkage)
        .check()?
        .fit(&DatasetBase::new(data::view(x)?, ()))?;
    Ok(nearest_model(&found.centres, x.n_columns()))
}
