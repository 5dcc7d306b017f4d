//! Small dense linear algebra for the linear estimators: Gram matrices over rows, Cholesky, eigenvectors.

use std::ops::Range;

use assay_core::{Cancelled, Task};
use faer::linalg::solvers::{Llt, Solve};
use faer::{Mat, MatRef, Side};
use ndarray::linalg::general_mat_mul;
use ndarray::{Array1, Array2, ArrayView2, Axis, s};
use rayon::prelude::*;

use crate::Error;

/// Rows are cut into this many parts however many threads there are, so that sums are always added in one order.
const N_PARTS: usize = 16;

/// Multiplications between two looks at the task: some 10 ms of work.
const FLOPS_A_STEP: usize = 8_000_000;

/// The row ranges over which sums are taken in parallel.
pub fn parts(n_rows: usize) -> Vec<Range<usize>> {
    let size = n_rows.div_ceil(N_PARTS).max(256);
    (0..n_rows)
        .step_by(size)
        .map(|start| start..(start + size).min(n_rows))
        .collect()
}

/// `range` in steps of some 10 ms, when a row costs `flops`; looks at the task before each.
pub fn in_steps(
    range: Range<usize>,
    flops: usize,
    task: &Task,
    mut work: impl FnMut(Range<usize>),
) -> Result<(), Cancelled> {
    let size = (FLOPS_A_STEP / flops.max(1)).clamp(16, 65_536);
    for start in range.clone().step_by(size) {
        task.check()?;
        work(start..(start + size).min(range.end));
    }
    Ok(())
}

/// xᵀ diag(weights) x of rows x columns; without weights they are 1.
pub fn gram(
    x: ArrayView2<'_, f64>,
    weights: Option<&[f64]>,
    task: &Task,
) -> Result<Array2<f64>, Cancelled> {
    let p = x.ncols();
    let sums = parts(x.nrows())
        .into_par_iter()
        .map(|range| {
            let mut sum = Array2::zeros((p, p));
            in_steps(range, p * p, task, |rows| {
                let block = x.slice(s![rows.clone(), ..]);
                match weights.and_then(|weights| weights.get(rows)) {
                    None => general_mat_mul(1.0, &block.t(), &block, 1.0, &mut sum),
                    Some(weights) => {
                        let mut weighted = block.to_owned();
                        for (mut row, &weight) in weighted.axis_iter_mut(Axis(0)).zip(weights) {
                            row *= weight;
                        }
                        general_mat_mul(1.0, &weighted.t(), &block, 1.0, &mut sum);
                    }
                }
            })?;
            Ok(sum)
        })
        .collect::<Result<Vec<_>, Cancelled>>()?;
    Ok(sums
        .into_iter()
        .fold(Array2::zeros((p, p)), |total, sum| total + sum))
}

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

    /// matrix⁻¹ · rhs, where a row of `rhs` is one right-hand side.
    pub fn solve(&self, rhs: &Array2<f64>) -> Array2<f64> {
        let scaled = Mat::from_fn(rhs.ncols(), rhs.nrows(), |i, j| rhs[(j, i)] * self.scale[i]);
        let solved = self.factor.solve(scaled);
        Array2::from_shape_fn(rhs.dim(), |(j, i)| solved[(i, j)] * self.scale[i])
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
