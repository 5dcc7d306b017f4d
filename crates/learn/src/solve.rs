//! Small dense linear algebra for the linear estimators: Cholesky, eigenvectors.

use faer::linalg::solvers::{Llt, Solve};
use faer::{Mat, MatRef, Side};
use ndarray::{Array1, Array2};

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
