//! How near each row is to its neighbours, as shares of one whole.

use assay_core::model::Distance;
use assay_core::{Cancelled, Task};
use rayon::prelude::*;

use crate::neighbours::Index;

/// Rows whose neighbours one thread looks for at a time.
const ROWS_A_PART: usize = 64;
/// Halvings on the way to the perplexity.
const MAX_STEPS: usize = 64;
const TOLERANCE: f64 = 1e-5;

/// Invariant: symmetric, and all shares sum to 1.
pub struct Affinities {
    /// Per row: other rows with their shares, by rising row.
    of_rows: Vec<Vec<(u32, f64)>>,
}

impl Affinities {
    /// From the neighbours of every row, of which there are about `perplexity`.
    pub fn new(
        x: &[f32],
        n_features: usize,
        perplexity: f64,
        task: &Task,
    ) -> Result<Self, Cancelled> {
        let n_rows = x.len() / n_features.max(1);
        let n_neighbours = ((3.0 * perplexity) as usize).clamp(1, n_rows.max(2) - 1);
        let index = Index::new(x, n_features, Distance::Euclidean);
        let parts = x
            .par_chunks(ROWS_A_PART * n_features)
            .enumerate()
            .map(|(part, rows)| {
                task.check()?;
                // One more, since a row is its own neighbour.
                let found = index.nearest(rows, n_neighbours + 1);
                let shares = found.into_iter().enumerate().map(|(at, near)| {
                    let own = (part * ROWS_A_PART + at) as u32;
                    let mut others: Vec<(u32, f64)> = near
                        .into_iter()
                        .filter(|near| near.row != own)
                        .map(|near| (near.row, near.distance * near.distance))
                        .collect();
                    others.truncate(n_neighbours);
                    shares(&mut others, perplexity);
                    others
                });
                Ok(shares.collect::<Vec<_>>())
            })
            .collect::<Result<Vec<_>, Cancelled>>()?;
        Ok(Self {
            of_rows: symmetric(parts.concat()),
        })
    }

    /// Σ share · (place − other place) / (1 + distance²) of one row.
    pub fn attraction(&self, row: usize, places: &[[f64; 2]]) -> [f64; 2] {
        let mut force = [0.0; 2];
        for &(other, share) in &self.of_rows[row] {
            let (x, y, q) = kernel(places[row], places[other as usize]);
            force[0] += share * q * x;
            force[1] += share * q * y;
        }
        force
    }

    /// Σ share · ln (share / the places' share), where `total` is the sum of the places' kernels over all pairs.
    pub fn divergence(&self, places: &[[f64; 2]], total: f64) -> f64 {
        let rows = self.of_rows.iter().enumerate();
        rows.flat_map(|(row, others)| others.iter().map(move |other| (row, other)))
            .filter(|(_, (_, share))| *share > 0.0)
            .map(|(row, &(other, share))| {
                let (_, _, q) = kernel(places[row], places[other as usize]);
                share * (share / (q / total).max(f64::MIN_POSITIVE)).ln()
            })
            .sum()
    }
}

/// The difference of two places, and 1 / (1 + distance²).
pub fn kernel(a: [f64; 2], b: [f64; 2]) -> (f64, f64, f64) {
    let (x, y) = (a[0] - b[0], a[1] - b[1]);
    (x, y, 1.0 / (1.0 + x * x + y * y))
}

/// Squared distances become shares of 1 that fall normally, so wide that their entropy is ln perplexity.
fn shares(others: &mut [(u32, f64)], perplexity: f64) {
    let nearest = others
        .iter()
        .map(|other| other.1)
        .fold(f64::INFINITY, f64::min);
    let squares: Vec<f64> = others.iter().map(|other| other.1 - nearest).collect();
    let mean = squares.iter().sum::<f64>() / squares.len().max(1) as f64;
    let (mut low, mut high) = (0.0, f64::INFINITY);
    let mut precision = if mean > 0.0 { 1.0 / mean } else { 1.0 };
    for _ in 0..MAX_STEPS {
        let (mut sum, mut weighted) = (0.0, 0.0);
        for square in &squares {
            let p = (-precision * square).exp();
            sum += p;
            weighted += p * square;
        }
        let entropy = sum.ln() + precision * weighted / sum;
        let apart = entropy - perplexity.ln();
        if apart.abs() < TOLERANCE {
            break;
        }
        if apart > 0.0 {
            low = precision;
            precision = if high.is_finite() {
                f64::midpoint(low, high)
            } else {
                precision * 2.0
            };
        } else {
            high = precision;
            precision = f64::midpoint(low, high);
        }
        if !precision.is_finite() {
            precision = low;
            break;
        }
    }
    let total: f64 = squares
        .iter()
        .map(|square| (-precision * square).exp())
        .sum();
    for (other, square) in others.iter_mut().zip(squares) {
        other.1 = (-precision * square).exp() / total;
    }
}

/// The mean of what two rows are to each other, over all rows.
fn symmetric(of_rows: Vec<Vec<(u32, f64)>>) -> Vec<Vec<(u32, f64)>> {
    let n = of_rows.len();
    let mut both: Vec<Vec<(u32, f64)>> = vec![Vec::new(); n];
    for (row, others) in of_rows.iter().enumerate() {
        for &(other, share) in others {
            both[row].push((other, share));
            both[other as usize].push((row as u32, share));
        }
    }
    let scale = 1.0 / (2.0 * n.max(1) as f64);
    for others in &mut both {
        others.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
        let mut merged: Vec<(u32, f64)> = Vec::with_capacity(others.len());
        for &(other, share) in others.iter() {
            match merged.last_mut() {
                Some(last) if last.0 == other => last.1 += share * scale,
                _ => merged.push((other, share * scale)),
            }
        }
        *others = merged;
    }
    both
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_sum_to_one_and_are_as_perplexed_as_asked() {
        let x: Vec<f32> = (0..200).map(|i| ((i * i) as f32 * 0.37).sin()).collect();
        let found = Affinities::new(&x, 2, 10.0, &Task::silent()).expect("not cancelled");
        let total: f64 = found.of_rows.iter().flatten().map(|other| other.1).sum();
        assert!((total - 1.0).abs() < 1e-12, "{total}");
        let mut others: Vec<(u32, f64)> = (1..40).map(|at| (at, f64::from(at * at))).collect();
        shares(&mut others, 8.0);
        let entropy: f64 = others
            .iter()
            .map(|other| -other.1 * other.1.max(1e-300).ln())
            .sum();
        assert!((entropy - 8.0_f64.ln()).abs() < 1e-4, "{entropy}");
    }
}
