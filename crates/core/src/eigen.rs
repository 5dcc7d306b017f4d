//! Eigenvalues and eigenvectors of a symmetric matrix, by Jacobi's rotations (Golub and Van Loan, Matrix Computations,
//! fourth edition, algorithm 8.5.3). Slower than other methods for many columns, exact to the last digits, and the same
//! bits everywhere.

use crate::task::{Cancelled, Task};

/// Convergence is quadratic: about ten sweeps are enough for any matrix that fits a computer.
const MAX_SWEEPS: usize = 60;

#[derive(Debug, Clone, PartialEq)]
pub struct Eigen {
    /// Largest first; none below 0.
    pub values: Vec<f64>,
    /// Of length 1, in the order of the values.
    pub vectors: Vec<Vec<f64>>,
}

/// `matrix` is p × p, symmetric, without negative eigenvalues but by rounding.
///
/// # Errors
/// [`Cancelled`].
pub fn eigen(mut matrix: Vec<f64>, p: usize, task: &Task) -> Result<Eigen, Cancelled> {
    let mut vectors: Vec<Vec<f64>> = (0..p)
        .map(|row| (0..p).map(|at| f64::from(u8::from(at == row))).collect())
        .collect();
    let squares: f64 = matrix.iter().map(|value| value * value).sum();
    for _ in 0..MAX_SWEEPS {
        let beside: f64 = (0..p)
            .flat_map(|i| matrix[i * p..i * p + i].iter())
            .map(|value| value * value)
            .sum();
        if beside <= squares * f64::EPSILON * f64::EPSILON {
            break;
        }
        for i in 0..p {
            for j in i + 1..p {
                rotate(&mut matrix, p, &mut vectors, (i, j));
            }
            task.check()?;
        }
    }
    let mut order: Vec<usize> = (0..p).collect();
    let value = |at: usize| matrix[at * p + at].max(0.0);
    order.sort_by(|&a, &b| value(b).total_cmp(&value(a)));
    Ok(Eigen {
        values: order.iter().map(|&at| value(at)).collect(),
        vectors: order
            .into_iter()
            .map(|at| std::mem::take(&mut vectors[at]))
            .collect(),
    })
}

/// Makes the entry at (i, j) and at (j, i) zero.
fn rotate(matrix: &mut [f64], p: usize, vectors: &mut [Vec<f64>], (i, j): (usize, usize)) {
    let entry = matrix[i * p + j];
    if entry == 0.0 {
        return;
    }
    let theta = (matrix[j * p + j] - matrix[i * p + i]) / (2.0 * entry);
    let tangent = theta.signum() / (theta.abs() + theta.hypot(1.0));
    let cosine = 1.0 / tangent.hypot(1.0);
    let sine = tangent * cosine;
    let turn = |a: f64, b: f64| (cosine * a - sine * b, sine * a + cosine * b);
    for k in (0..p).filter(|k| *k != i && *k != j) {
        let (a, b) = turn(matrix[k * p + i], matrix[k * p + j]);
        (matrix[k * p + i], matrix[i * p + k]) = (a, a);
        (matrix[k * p + j], matrix[j * p + k]) = (b, b);
    }
    matrix[i * p + i] -= tangent * entry;
    matrix[j * p + j] += tangent * entry;
    (matrix[i * p + j], matrix[j * p + i]) = (0.0, 0.0);
    let (first, rest) = vectors.split_at_mut(j);
    for (a, b) in first[i].iter_mut().zip(&mut rest[0]) {
        (*a, *b) = turn(*a, *b);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_matrix_is_put_together_again_from_what_was_found() {
        let mut seed = 1_u64;
        let mut draw = || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (seed >> 40) as f64 / (1_u64 << 23) as f64 - 1.0
        };
        for p in [1, 2, 3, 7, 20] {
            let factor: Vec<f64> = (0..p * p).map(|_| draw()).collect();
            let product = |i: usize, j: usize| -> f64 {
                (0..p).map(|k| factor[i * p + k] * factor[j * p + k]).sum()
            };
            let matrix: Vec<f64> = (0..p * p).map(|at| product(at / p, at % p)).collect();
            let found = eigen(matrix.clone(), p, &Task::silent()).unwrap();
            assert!(found.values.is_sorted_by(|a, b| a >= b));
            for (at, value) in matrix.iter().enumerate() {
                let (i, j) = (at / p, at % p);
                let sum = |of: &dyn Fn(usize) -> f64| (0..p).map(of).sum::<f64>();
                let again = sum(&|k| found.values[k] * found.vectors[k][i] * found.vectors[k][j]);
                assert!((again - value).abs() < 1e-12, "{p}: {again} / {value}");
                let inner = sum(&|k| found.vectors[i][k] * found.vectors[j][k]);
                assert!((inner - f64::from(u8::from(i == j))).abs() < 1e-12, "{p}");
            }
        }
    }

    #[test]
    fn equal_and_empty_directions_are_found_too() {
        let matrix = vec![2.0, 0.0, 0.0, 0.0, 2.0, 0.0, 0.0, 0.0, 0.0];
        let found = eigen(matrix, 3, &Task::silent()).unwrap();
        assert_eq!(found.values, [2.0, 2.0, 0.0]);
    }
}
