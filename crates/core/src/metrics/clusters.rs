//! Metrics of clusterings, as scikit-learn defines them. Labels are any codes; each code is a cluster.

use std::collections::BTreeMap;

use crate::matrix::Matrix;
use crate::task::{Cancelled, Task};

/// Mean over the rows of (b − a) / max(a, b): a the mean distance to the row's own cluster, b to the nearest other one;
/// 0 for a row alone in its cluster. −1 to 1. `None` unless there are 2 to n − 1 clusters.
///
/// Takes time and no memory of the order n_rows²: give it a sample of large tables.
///
/// # Errors
/// [`Cancelled`].
pub fn silhouette(x: &Matrix, labels: &[u32], task: &Task) -> Result<Option<f64>, Cancelled> {
    let Some(clusters) = Clusters::of(x, labels) else {
        return Ok(None);
    };
    let n = x.n_rows;
    let k = clusters.sizes.len();
    if k >= n {
        return Ok(None);
    }
    let mut total = 0.0;
    for row in 0..n {
        if row % 64 == 0 {
            task.check()?;
        }
        let mut sums = vec![0.0; k];
        for other in 0..n {
            sums[clusters.of_row[other]] += squared(x.row(row), x.row(other)).sqrt();
        }
        let own = clusters.of_row[row];
        if clusters.sizes[own] < 2 {
            continue;
        }
        let within = sums[own] / (clusters.sizes[own] - 1) as f64;
        let nearest = (0..k)
            .filter(|&cluster| cluster != own)
            .map(|cluster| sums[cluster] / clusters.sizes[cluster] as f64)
            .fold(f64::INFINITY, f64::min);
        let larger = within.max(nearest);
        if larger > 0.0 {
            total += (nearest - within) / larger;
        }
    }
    Ok(Some(total / n as f64))
}

/// Spread between the clusters over the spread within them, each over its degrees of freedom (Calinski and Harabasz
/// 1974); 1 when nothing spreads within. `None` unless there are 2 to n − 1 clusters.
pub fn calinski_harabasz(x: &Matrix, labels: &[u32]) -> Option<f64> {
    let clusters = Clusters::of(x, labels)?;
    let (n, k) = (x.n_rows, clusters.sizes.len());
    if k >= n {
        return None;
    }
    let mean = mean_of(x);
    let between: f64 = clusters
        .centres
        .iter()
        .zip(&clusters.sizes)
        .map(|(centre, &size)| size as f64 * squared_64(centre, &mean))
        .sum();
    let within: f64 = (0..n)
        .map(|row| squared_to(x.row(row), &clusters.centres[clusters.of_row[row]]))
        .sum();
    if within == 0.0 {
        return Some(1.0);
    }
    Some(between * (n - k) as f64 / (within * (k - 1) as f64))
}

/// Mean over the clusters of how alike each is to the one most like it (Davies and Bouldin 1979), from 0 up. `None`
/// unless there are 2 to n − 1 clusters.
pub fn davies_bouldin(x: &Matrix, labels: &[u32]) -> Option<f64> {
    let clusters = Clusters::of(x, labels)?;
    let k = clusters.sizes.len();
    if k >= x.n_rows {
        return None;
    }
    let mut spreads = vec![0.0; k];
    for row in 0..x.n_rows {
        let own = clusters.of_row[row];
        spreads[own] += squared_to(x.row(row), &clusters.centres[own]).sqrt();
    }
    for (spread, &size) in spreads.iter_mut().zip(&clusters.sizes) {
        *spread /= size as f64;
    }
    let sum: f64 = (0..k)
        .map(|a| {
            (0..k)
                .filter(|&b| b != a)
                .map(|b| {
                    let apart = squared_64(&clusters.centres[a], &clusters.centres[b]).sqrt();
                    if apart > 0.0 {
                        (spreads[a] + spreads[b]) / apart
                    } else {
                        0.0
                    }
                })
                .fold(0.0, f64::max)
        })
        .sum();
    Some(sum / k as f64)
}

/// Sum of squared distances of the rows to the mean of their cluster. `None` for labels of other rows.
pub fn inertia(x: &Matrix, labels: &[u32]) -> Option<f64> {
    let clusters = Clusters::any_of(x, labels)?;
    let squares =
        (0..x.n_rows).map(|row| squared_to(x.row(row), &clusters.centres[clusters.of_row[row]]));
    Some(squares.sum())
}

/// Agreement over pairs of rows, corrected for chance (Hubert and Arabie 1985): 1 the same, 0 chance. `None` for lists
/// that are empty or differ in length.
pub fn adjusted_rand(a: &[u32], b: &[u32]) -> Option<f64> {
    let table = Contingency::of(a, b)?;
    let squares = |counts: &BTreeMap<u32, u64>| -> f64 {
        counts.values().map(|&count| (count as f64).powi(2)).sum()
    };
    let n = a.len() as f64;
    let both: f64 = table
        .cells
        .values()
        .map(|&count| (count as f64).powi(2))
        .sum();
    let (of_a, of_b) = (squares(&table.of_a), squares(&table.of_b));
    let together = both - n;
    let (only_a, only_b) = (of_a - both, of_b - both);
    let apart = n * n - only_a - only_b - both;
    if only_a == 0.0 && only_b == 0.0 {
        return Some(1.0);
    }
    let wide = (together + only_a) * (only_a + apart) + (together + only_b) * (only_b + apart);
    Some(2.0 * (together * apart - only_a * only_b) / wide)
}

/// Mutual information over the mean of both entropies, 0 to 1; 1 when both have one cluster only. `None` for lists that
/// are empty or differ in length.
pub fn normalized_mutual_info(a: &[u32], b: &[u32]) -> Option<f64> {
    let table = Contingency::of(a, b)?;
    if table.of_a.len() == 1 && table.of_b.len() == 1 {
        return Some(1.0);
    }
    let n = a.len() as f64;
    let entropy = |counts: &BTreeMap<u32, u64>| -> f64 {
        counts
            .values()
            .map(|&count| {
                let share = count as f64 / n;
                -share * share.ln()
            })
            .sum()
    };
    let shared: f64 = table
        .cells
        .iter()
        .map(|((a, b), &count)| {
            let (of_a, of_b) = (table.of_a[a] as f64, table.of_b[b] as f64);
            let count = count as f64;
            count / n * (count * n / (of_a * of_b)).ln()
        })
        .sum();
    let mean = f64::midpoint(entropy(&table.of_a), entropy(&table.of_b));
    if mean <= 0.0 || shared <= f64::EPSILON {
        return Some(0.0);
    }
    Some(shared / mean)
}

/// How far each cluster of `found` holds members of one group of `truth` only, 0 to 1 (Rosenberg and Hirschberg 2007):
/// 1 − H(truth | found) / H(truth); 1 for a single group. `None` for lists that are empty or differ in length.
pub fn homogeneity(truth: &[u32], found: &[u32]) -> Option<f64> {
    let table = Contingency::of(truth, found)?;
    let n = truth.len() as f64;
    let entropy: f64 = table
        .of_a
        .values()
        .map(|&count| {
            let share = count as f64 / n;
            -share * share.ln()
        })
        .sum();
    if entropy <= 0.0 {
        return Some(1.0);
    }
    let left: f64 = table
        .cells
        .iter()
        .map(|((_, found), &count)| {
            let count = count as f64;
            -count / n * (count / table.of_b[found] as f64).ln()
        })
        .sum();
    Some((1.0 - left / entropy).max(0.0))
}

/// How far the members of each group of `truth` are in one cluster of `found`, 0 to 1.
pub fn completeness(truth: &[u32], found: &[u32]) -> Option<f64> {
    homogeneity(found, truth)
}

struct Contingency {
    cells: BTreeMap<(u32, u32), u64>,
    of_a: BTreeMap<u32, u64>,
    of_b: BTreeMap<u32, u64>,
}

impl Contingency {
    fn of(a: &[u32], b: &[u32]) -> Option<Self> {
        if a.is_empty() || a.len() != b.len() {
            return None;
        }
        let mut table = Self {
            cells: BTreeMap::new(),
            of_a: BTreeMap::new(),
            of_b: BTreeMap::new(),
        };
        for (&a, &b) in a.iter().zip(b) {
            *table.cells.entry((a, b)).or_default() += 1;
            *table.of_a.entry(a).or_default() += 1;
            *table.of_b.entry(b).or_default() += 1;
        }
        Some(table)
    }
}

struct Clusters {
    /// The cluster of each row, 0 to k − 1.
    of_row: Vec<usize>,
    sizes: Vec<usize>,
    centres: Vec<Vec<f64>>,
}

impl Clusters {
    /// `None` for labels of other rows, or fewer than two clusters.
    fn of(x: &Matrix, labels: &[u32]) -> Option<Self> {
        Self::any_of(x, labels).filter(|clusters| clusters.sizes.len() >= 2)
    }

    /// `None` for labels of other rows.
    fn any_of(x: &Matrix, labels: &[u32]) -> Option<Self> {
        if labels.len() != x.n_rows {
            return None;
        }
        let mut places: BTreeMap<u32, usize> = labels.iter().map(|&label| (label, 0)).collect();
        for (place, index) in places.values_mut().zip(0..) {
            *place = index;
        }
        let k = places.len();
        let of_row: Vec<usize> = labels.iter().map(|label| places[label]).collect();
        let mut sizes = vec![0; k];
        let mut centres = vec![vec![0.0; x.n_columns()]; k];
        for (row, &cluster) in of_row.iter().enumerate() {
            sizes[cluster] += 1;
            for (sum, &value) in centres[cluster].iter_mut().zip(x.row(row)) {
                *sum += f64::from(value);
            }
        }
        for (centre, &size) in centres.iter_mut().zip(&sizes) {
            for sum in centre {
                *sum /= size as f64;
            }
        }
        Some(Self {
            of_row,
            sizes,
            centres,
        })
    }
}

fn mean_of(x: &Matrix) -> Vec<f64> {
    let mut mean = vec![0.0; x.n_columns()];
    for row in 0..x.n_rows {
        for (sum, &value) in mean.iter_mut().zip(x.row(row)) {
            *sum += f64::from(value);
        }
    }
    for sum in &mut mean {
        *sum /= x.n_rows as f64;
    }
    mean
}

fn squared(a: &[f32], b: &[f32]) -> f64 {
    a.iter()
        .zip(b)
        .map(|(&a, &b)| (f64::from(a) - f64::from(b)).powi(2))
        .sum()
}

fn squared_to(row: &[f32], centre: &[f64]) -> f64 {
    row.iter()
        .zip(centre)
        .map(|(&a, b)| (f64::from(a) - b).powi(2))
        .sum()
}

fn squared_64(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum()
}
