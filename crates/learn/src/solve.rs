//! Small dense linear algebra for the linear estimators: Cholesky with and without
//! pivots, eigenvectors.

use assay_core::{Cancelled, Task};
use faer::linalg::solvers::{Llt, Solve};
use faer::{Mat, MatRef, Side};
use ndarray::{Array1, Array2, s};

use crate::Error;

/// A Cholesky factor of a symmetric positive definite matrix.
pub struct Cholesky {
    /// The matrix is factored with a unit diagonal, so that features of any magnitude keep their digits.
    scale: Vec<f64>,
    factor: Llt<f64>,
}

impl Cholesky {
    /// `None` when the matrix is not positive definite to the precision of f64.
    pub fn new(matrix: &Array2<f64>) -> Option<Self> {
        let scale: Vec<f64> = matrix
            .diag()
            .iter()
            .map(|value| value.sqrt().recip())
            .collect();
        if !scale.iter().all(|value| value.is_finite()) {
            return None;
        }
        let unit = Mat::from_fn(matrix.nrows(), matrix.ncols(), |i, j| {
            matrix[(i, j)] * scale[i] * scale[j]
        });
        let factor = unit.llt(Side::Lower).ok()?;
        Some(Self { scale, factor })
    }

    /// Of a positive semidefinite matrix: columns that are zero or sums of others are held by a small addition to
    /// their diagonal, the least that makes the factor exist.
    pub fn regularised(mut matrix: Array2<f64>) -> Result<Self, Error> {
        for value in matrix.diag_mut() {
            if *value <= 0.0 {
                *value = 1.0;
            }
        }
        let mut share = 1e-14;
        while share < 1.0 {
            if let Some(factor) = Self::new(&matrix) {
                return Ok(factor);
            }
            matrix
                .diag_mut()
                .mapv_inplace(|value| value * (1.0 + share));
            share *= 10.0;
        }
        Err(Error::Numeric(
            "the features' products are no numbers".to_owned(),
        ))
    }

    /// matrix⁻¹ · rhs.
    pub fn solve(&self, rhs: &Array1<f64>) -> Array1<f64> {
        let scaled = Mat::from_fn(rhs.len(), 1, |i, _| rhs[i] * self.scale[i]);
        let solved = self.factor.solve(scaled);
        Array1::from_shape_fn(rhs.len(), |i| solved[(i, 0)] * self.scale[i])
    }
}

/// A positive semidefinite matrix by columns of which none is a sum of others (Cholesky with pivots; Higham 2002,
/// section 10.3).
pub struct Independent {
    /// Columns in the order in which they were taken; those after the rank are sums of them.
    order: Vec<usize>,
    rank: usize,
    /// A row a column of the matrix, in its own order; rank x rank below the diagonal in the order of taking.
    lower: Array2<f64>,
}

impl Independent {
    /// For a matrix with ones on the diagonal: a column of which at most `least` is left is a sum of others.
    pub fn new(matrix: &Array2<f64>, least: f64, task: &Task) -> Result<Self, Cancelled> {
        let n = matrix.nrows();
        let mut order: Vec<usize> = (0..n).collect();
        let mut left = matrix.diag().to_owned();
        let mut lower = Array2::zeros((n, n));
        for k in 0..n {
            task.check()?;
            // The first of the largest, so that the choice is the same everywhere.
            let largest = (k..n).fold(k, |best, at| {
                if left[order[at]] > left[order[best]] {
                    at
                } else {
                    best
                }
            });
            if left[order[largest]] <= least {
                return Ok(Self {
                    order,
                    rank: k,
                    lower,
                });
            }
            order.swap(k, largest);
            let pivot = order[k];
            let root = left[pivot].sqrt();
            let taken = lower.slice(s![pivot, ..k]).to_owned();
            for &column in &order[k + 1..] {
                let explained = lower.slice(s![column, ..k]).dot(&taken);
                let value = (matrix[(column, pivot)] - explained) / root;
                lower[(column, k)] = value;
                left[column] -= value * value;
            }
            lower[(pivot, k)] = root;
        }
        Ok(Self {
            order,
            rank: n,
            lower,
        })
    }

    pub fn rank(&self) -> usize {
        self.rank
    }

    /// A solution of matrix · x = rhs that is zero outside the independent columns.
    pub fn solve(&self, rhs: &Array1<f64>) -> Array1<f64> {
        let mut y = Array1::zeros(self.rank);
        for k in 0..self.rank {
            let row = self.lower.row(self.order[k]);
            let known = row.slice(s![..k]).dot(&y.slice(s![..k]));
            y[k] = (rhs[self.order[k]] - known) / row[k];
        }
        self.back(y)
    }

    /// Of matrix · x = 0: number `index` of n − rank independent solutions.
    pub fn idle_direction(&self, index: usize) -> Array1<f64> {
        let column = self.order[self.rank + index];
        let row = self.lower.slice(s![column, ..self.rank]);
        let mut direction = -self.back(row.to_owned());
        direction[column] = 1.0;
        direction
    }

    /// Number `index` of rank independent directions that the matrix maps onto.
    pub fn direction(&self, index: usize) -> Array1<f64> {
        self.lower.column(index).to_owned()
    }

    /// lowerᵀ · x = y, as a vector over all columns.
    fn back(&self, mut y: Array1<f64>) -> Array1<f64> {
        let mut x = Array1::zeros(self.order.len());
        for k in (0..self.rank).rev() {
            let row = self.lower.row(self.order[k]);
            let value = y[k] / row[k];
            y.slice_mut(s![..k]).scaled_add(-value, &row.slice(s![..k]));
            x[self.order[k]] = value;
        }
        x
    }
}

/// Eigenvalues (ascending) and eigenvectors (columns) of a symmetric matrix.
pub fn eigen(matrix: &Array2<f64>) -> Result<(Array1<f64>, Array2<f64>), Error> {
    let n = matrix.nrows();
    if n == 0 {
        return Ok((Array1::default(0), Array2::default((0, 0))));
    }
    let copy = Mat::from_fn(n, n, |i, j| matrix[(i, j)]);
    let found = copy
        .self_adjoint_eigen(Side::Lower)
        .map_err(|_| Error::Numeric("the eigenvalues of the features were not found".to_owned()))?;
    let vectors: MatRef<'_, f64> = found.U();
    let values = found.S().column_vector();
    Ok((
        Array1::from_shape_fn(n, |i| values[i]),
        Array2::from_shape_fn((n, n), |(i, j)| vectors[(i, j)]),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use proptest::test_runner::RngSeed;

    /// Products of columns of which the last are sums of the first.
    fn products(n_free: usize, n_sums: usize, values: &[f64]) -> Array2<f64> {
        let n = n_free + n_sums;
        let mut x = Array2::from_shape_fn((3 * n, n), |(row, column)| values[row * n + column]);
        for sum in n_free..n {
            let of = &x.column(sum % n_free) + &x.column((sum + 1) % n_free);
            x.column_mut(sum).assign(&of);
        }
        for mut column in x.columns_mut() {
            let norm = column.dot(&column).sqrt();
            column /= norm;
        }
        x.t().dot(&x)
    }

    proptest! {
        #![proptest_config(ProptestConfig { rng_seed: RngSeed::Fixed(5), failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn sums_of_columns_are_found_and_systems_solved(
            n_free in 2_usize..8,
            n_sums in 0_usize..5,
            values in prop::collection::vec(-1.0_f64..1.0, 3 * 12 * 12),
            wanted in prop::collection::vec(-1.0_f64..1.0, 12),
        ) {
            let matrix = products(n_free, n_sums, &values);
            let n = n_free + n_sums;
            let factor = Independent::new(&matrix, 1e-12, &Task::silent()).unwrap();
            prop_assert_eq!(factor.rank(), n_free);
            let rhs = matrix.dot(&Array1::from(wanted[..n].to_vec()));
            let apart = matrix.dot(&factor.solve(&rhs)) - &rhs;
            prop_assert!(apart.iter().all(|value| value.abs() <= 1e-9), "{apart}");
            for idle in 0..n_sums {
                let direction = factor.idle_direction(idle);
                prop_assert!(direction.iter().any(|value| value.abs() >= 0.5));
                let nothing = matrix.dot(&direction);
                prop_assert!(nothing.iter().all(|value| value.abs() <= 1e-7), "{nothing}");
                for own in 0..n_free {
                    prop_assert!(direction.dot(&factor.direction(own)).abs() <= 1e-7);
                }
            }
        }
    }
}
