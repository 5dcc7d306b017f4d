//! Metrics of embeddings, as scikit-learn defines them.

use crate::matrix::Matrix;
use crate::task::{Cancelled, Task};

/// How far the `n_neighbours` nearest rows by the coordinates are near by the features too (Venna and Kaski 2001): 1 when
/// all are, falling with how far down they stand among the neighbours by the features. 0 to 1. `coordinates` is
/// row-major, n_rows x n_components. `None` unless there are over 2 · n_neighbours rows, and coordinates for each.
///
/// Takes time of the order n_rows² · log n_rows: give it a sample of large tables.
///
/// # Errors
/// [`Cancelled`].
pub fn trustworthiness(
    x: &Matrix,
    coordinates: &[f64],
    n_components: usize,
    n_neighbours: usize,
    task: &Task,
) -> Result<Option<f64>, Cancelled> {
    let (n, k) = (x.n_rows, n_neighbours);
    if n <= 2 * k || k == 0 || n_components == 0 || coordinates.len() != n * n_components {
        return Ok(None);
    }
    let place = |row: usize| &coordinates[row * n_components..(row + 1) * n_components];
    let mut penalty = 0.0;
    let mut rank_of = vec![0; n];
    for row in 0..n {
        if row % 16 == 0 {
            task.check()?;
        }
        let by_features = ordered(n, row, |other| {
            let pairs = x.row(row).iter().zip(x.row(other));
            pairs
                .map(|(&a, &b)| (f64::from(a) - f64::from(b)).powi(2))
                .sum()
        });
        for (rank, &other) in by_features.iter().enumerate() {
            rank_of[other] = rank + 1;
        }
        let by_coordinates = ordered(n, row, |other| {
            let pairs = place(row).iter().zip(place(other));
            pairs.map(|(a, b)| (a - b).powi(2)).sum()
        });
        let ranks = by_coordinates.iter().take(k).map(|&other| rank_of[other]);
        penalty += ranks.map(|rank| rank.saturating_sub(k) as f64).sum::<f64>();
    }
    let (n, k) = (n as f64, k as f64);
    Ok(Some(
        1.0 - penalty * 2.0 / (n * k * (2.0 * n - 3.0 * k - 1.0)),
    ))
}

/// All rows but `row`, the nearest first; of equally near ones the first.
fn ordered(n: usize, row: usize, squared: impl Fn(usize) -> f64) -> Vec<usize> {
    let mut others: Vec<(f64, usize)> = (0..n)
        .filter(|&other| other != row)
        .map(|other| (squared(other), other))
        .collect();
    others.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    others.into_iter().map(|(_, other)| other).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// scikit-learn 1.9.1: `sklearn.manifold.trustworthiness(X, E, n_neighbors=k)` of X = [[sin(i), cos(2 i), i % 5]] for
    /// i below 40, in f32, and E = [[sin(3 i), i % 7]], in f64.
    #[test]
    fn it_is_that_of_scikit_learn() -> Result<(), Cancelled> {
        let x = Matrix {
            n_rows: 40,
            names: ["a", "b", "c"].map(str::to_owned).to_vec(),
            values: (0..40)
                .flat_map(|i| {
                    let at = f64::from(i);
                    [at.sin() as f32, (2.0 * at).cos() as f32, (i % 5) as f32]
                })
                .collect(),
        };
        let e: Vec<f64> = (0..40)
            .flat_map(|i| [(3.0 * f64::from(i)).sin(), f64::from(i % 7)])
            .collect();
        for (k, wanted) in [
            (3, 0.5257142857142857),
            (5, 0.5096875000000001),
            (12, 0.5231589147286821),
        ] {
            let found = trustworthiness(&x, &e, 2, k, &Task::silent())?;
            let apart = found.map(|found| (found - wanted).abs());
            assert!(apart.is_some_and(|apart| apart < 1e-12), "{k}: {found:?}");
        }
        assert_eq!(trustworthiness(&x, &e, 2, 20, &Task::silent())?, None);
        Ok(())
    }
}
