//! Lloyd's iterations in which a row is looked at only when bounds leave open which centre is nearest.
//!
//! Invariant: rows are cut into the same parts on any number of threads, and sums are added in the order of the parts.

use assay_core::{Cancelled, Task};
use rayon::prelude::*;

use super::KMeansModel;
use super::centres::Centres;

/// A few milliseconds of work between two looks at the task.
const ROWS_A_PART: usize = 8_192;

/// Bounds are kept in f32: what rounding may have taken is given back.
const SLACK: f32 = 1e-5;

/// Row-major features.
pub struct Rows<'a> {
    pub values: &'a [f32],
    pub n_features: usize,
}

impl Rows<'_> {
    pub fn n_rows(&self) -> usize {
        self.values.len() / self.n_features.max(1)
    }

    pub fn row(&self, row: usize) -> &[f32] {
        &self.values[row * self.n_features..(row + 1) * self.n_features]
    }

    /// The mean over the features of their variances.
    pub fn mean_variance(&self, task: &Task) -> Result<f64, Cancelled> {
        let n = self.n_features;
        let first: Vec<f64> = self.row(0).iter().map(|&x| f64::from(x)).collect();
        let parts = self
            .values
            .par_chunks(ROWS_A_PART * n)
            .map(|part| {
                task.check()?;
                let mut sums = vec![(0.0, 0.0); n];
                for row in part.chunks_exact(n) {
                    for ((sum, &x), first) in sums.iter_mut().zip(row).zip(&first) {
                        let apart = f64::from(x) - first;
                        sum.0 += apart;
                        sum.1 += apart * apart;
                    }
                }
                Ok(sums)
            })
            .collect::<Result<Vec<_>, Cancelled>>()?;
        let n_rows = self.n_rows() as f64;
        let variance = |feature: usize| {
            let (sum, squares) = parts.iter().fold((0.0, 0.0), |(sum, squares), part| {
                (sum + part[feature].0, squares + part[feature].1)
            });
            (squares / n_rows - (sum / n_rows).powi(2)).max(0.0)
        };
        Ok((0..n).map(variance).sum::<f64>() / n as f64)
    }
}

/// What is known of one row.
#[derive(Clone, Copy)]
struct Held {
    cluster: u32,
    /// At least the distance to the centre of its cluster.
    upper: f32,
    /// At most the distance to any other centre.
    lower: f32,
}

/// How the sums of the clusters change by a part of the rows.
struct Change {
    sums: Vec<f64>,
    counts: Vec<i64>,
}

pub struct Descent<'a> {
    rows: &'a Rows<'a>,
    task: &'a Task,
    centres: Vec<Vec<f64>>,
    held: Vec<Held>,
    /// Per cluster and feature: the sum over its rows.
    sums: Vec<f64>,
    counts: Vec<i64>,
    n_iterations: usize,
}

impl<'a> Descent<'a> {
    pub fn new(rows: &'a Rows<'a>, centres: Vec<Vec<f64>>, task: &'a Task) -> Self {
        let n_clusters = centres.len();
        Self {
            rows,
            task,
            centres,
            held: Vec::new(),
            sums: vec![0.0; n_clusters * rows.n_features],
            counts: vec![0; n_clusters],
            n_iterations: 0,
        }
    }

    /// Moves the centres until no row changes its cluster, or until the squares of the moves sum to `tolerance` at
    /// most; false when `max_iter` came first.
    pub fn run(&mut self, max_iter: usize, tolerance: f64, tells: bool) -> Result<bool, Cancelled> {
        let mut n_changed = self.assign_all()?;
        for iteration in 0..max_iter {
            if n_changed == 0 {
                return Ok(true);
            }
            self.n_iterations = iteration + 1;
            if tells {
                let (done, total) = (iteration as u64 + 1, max_iter as u64);
                self.task.step(done, total, format!("iteration {done}"));
                self.task.metric("train.rows_moved", n_changed as f64, done);
            }
            let moves = self.move_centres();
            let squares: f64 = moves.iter().map(|length| length * length).sum();
            n_changed = self.reassign(&moves)?;
            if squares <= tolerance {
                return Ok(true);
            }
        }
        Ok(n_changed == 0)
    }

    /// Centres are the means of their rows; clusters without rows are left out, the larger ones come first.
    pub fn finish(mut self) -> Result<KMeansModel, Cancelled> {
        self.move_centres();
        let inertia = self.inertia()?;
        let mut order: Vec<usize> = (0..self.centres.len())
            .filter(|&cluster| self.counts[cluster] > 0)
            .collect();
        order.sort_by_key(|&cluster| (-self.counts[cluster], cluster));
        Ok(KMeansModel {
            centres: order
                .into_iter()
                .map(|cluster| std::mem::take(&mut self.centres[cluster]))
                .collect(),
            inertia,
            n_iterations: self.n_iterations,
        })
    }

    /// Σ squared distance to the centre of the own cluster.
    pub fn inertia(&self) -> Result<f64, Cancelled> {
        let n = self.rows.n_features;
        let parts = self
            .held
            .par_chunks(ROWS_A_PART)
            .zip(self.rows.values.par_chunks(ROWS_A_PART * n))
            .map(|(held, values)| {
                self.task.check()?;
                let rows = held.iter().zip(values.chunks_exact(n));
                Ok(rows
                    .map(|(held, row)| {
                        let centre = &self.centres[held.cluster as usize];
                        row.iter()
                            .zip(centre)
                            .map(|(&x, centre)| (f64::from(x) - centre).powi(2))
                            .sum::<f64>()
                    })
                    .sum())
            })
            .collect::<Result<Vec<f64>, Cancelled>>()?;
        Ok(parts.into_iter().sum())
    }

    pub fn into_centres(self) -> Vec<Vec<f64>> {
        self.centres
    }

    /// Every row to its nearest centre, whatever is known of it; says how many rows there are.
    fn assign_all(&mut self) -> Result<usize, Cancelled> {
        let centres = Centres::new(&self.centres, self.rows.n_features);
        let n_rows = self.rows.n_rows();
        let unknown = Held {
            cluster: 0,
            upper: f32::INFINITY,
            lower: 0.0,
        };
        self.held = vec![unknown; n_rows];
        self.sums.fill(0.0);
        self.counts.fill(0);
        self.visit(|held, row, change| {
            *held = found(&centres, row);
            change.add(held.cluster, row, 1);
            true
        })
    }

    /// The centres moved by `moves`; says how many rows changed their cluster.
    fn reassign(&mut self, moves: &[f64]) -> Result<usize, Cancelled> {
        let centres = Centres::new(&self.centres, self.rows.n_features);
        let half_gaps = half_gaps(&self.centres);
        let up = |length: f64| (length * (1.0 + f64::from(SLACK))) as f32;
        let mut longest = (0, 0.0, 0.0);
        for (cluster, &length) in moves.iter().enumerate() {
            if length > longest.1 {
                longest = (cluster, length, longest.1);
            } else if length > longest.2 {
                longest.2 = length;
            }
        }
        let (own, others): (Vec<f32>, Vec<f32>) = moves
            .iter()
            .enumerate()
            .map(|(cluster, &length)| {
                let other = if cluster == longest.0 {
                    longest.2
                } else {
                    longest.1
                };
                (up(length), up(other))
            })
            .unzip();
        self.visit(|held, row, change| {
            let cluster = held.cluster as usize;
            held.upper = (held.upper + own[cluster]) * (1.0 + SLACK * 0.1);
            held.lower = (held.lower - others[cluster]) * (1.0 - SLACK * 0.1);
            let enough = held.lower.max(half_gaps[cluster]);
            if held.upper <= enough {
                return false;
            }
            held.upper = centres.squared_to(row, held.cluster).sqrt() * (1.0 + SLACK);
            if held.upper <= enough {
                return false;
            }
            let now = found(&centres, row);
            let before = std::mem::replace(held, now).cluster;
            if before == now.cluster {
                return false;
            }
            change.add(before, row, -1);
            change.add(now.cluster, row, 1);
            true
        })
    }

    /// Every row with what is known of it; `work` says whether its cluster changed. Says how many did.
    fn visit(
        &mut self,
        work: impl Fn(&mut Held, &[f32], &mut Change) -> bool + Sync,
    ) -> Result<usize, Cancelled> {
        let n = self.rows.n_features;
        let (n_clusters, task) = (self.centres.len(), self.task);
        let parts = self
            .held
            .par_chunks_mut(ROWS_A_PART)
            .zip(self.rows.values.par_chunks(ROWS_A_PART * n))
            .map(|(held, values)| {
                task.check()?;
                let mut change = Change {
                    sums: vec![0.0; n_clusters * n],
                    counts: vec![0; n_clusters],
                };
                let mut n_changed = 0;
                for (held, row) in held.iter_mut().zip(values.chunks_exact(n)) {
                    n_changed += usize::from(work(held, row, &mut change));
                }
                Ok((n_changed, change))
            })
            .collect::<Result<Vec<_>, Cancelled>>()?;
        let mut total = 0;
        for (n_changed, change) in parts {
            total += n_changed;
            for (sum, by) in self.sums.iter_mut().zip(change.sums) {
                *sum += by;
            }
            for (count, by) in self.counts.iter_mut().zip(change.counts) {
                *count += by;
            }
        }
        Ok(total)
    }

    /// To the means of their rows; says how far each went. A centre without rows stays.
    fn move_centres(&mut self) -> Vec<f64> {
        let n = self.rows.n_features;
        let means = self.sums.chunks_exact(n).zip(&self.counts);
        self.centres
            .iter_mut()
            .zip(means)
            .map(|(centre, (sums, &count))| {
                if count == 0 {
                    return 0.0;
                }
                let mut square = 0.0;
                for (value, sum) in centre.iter_mut().zip(sums) {
                    let mean = sum / count as f64;
                    square += (mean - *value).powi(2);
                    *value = mean;
                }
                square.sqrt()
            })
            .collect()
    }
}

impl Change {
    fn add(&mut self, cluster: u32, row: &[f32], times: i64) {
        let from = cluster as usize * row.len();
        let factor = times as f64;
        for (sum, &x) in self.sums[from..from + row.len()].iter_mut().zip(row) {
            *sum += factor * f64::from(x);
        }
        self.counts[cluster as usize] += times;
    }
}

fn found(centres: &Centres, row: &[f32]) -> Held {
    let nearest = centres.nearest(row);
    Held {
        cluster: nearest.cluster,
        upper: nearest.squared.sqrt() * (1.0 + SLACK),
        lower: nearest.second_squared.sqrt() * (1.0 - SLACK),
    }
}

/// Per centre: half the distance to the nearest other one. Rows nearer than that need no look at others.
fn half_gaps(centres: &[Vec<f64>]) -> Vec<f32> {
    let squared =
        |a: &[f64], b: &[f64]| -> f64 { a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum() };
    centres
        .iter()
        .enumerate()
        .map(|(own, centre)| {
            let others = centres
                .iter()
                .enumerate()
                .filter(|(other, _)| *other != own);
            let least = others
                .map(|(_, other)| squared(centre, other))
                .fold(f64::INFINITY, f64::min);
            (least.sqrt() / 2.0 * (1.0 - f64::from(SLACK))) as f32
        })
        .collect()
}
