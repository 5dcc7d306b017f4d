//! Rows of f32 features, read as blocks of f64: the whole matrix is never widened.
//!
//! Invariant: rows are cut into the same parts and blocks however many threads there are, and sums are added up in the
//! order of the parts, so that every sum is the same to the bit.

use std::ops::Range;

use assay_core::{Cancelled, Task};
use linfa::DatasetBase;
use ndarray::linalg::general_mat_mul;
use ndarray::{Array1, Array2, ArrayView1, ArrayView2, s};
use rayon::prelude::*;

use crate::Error;

/// Parts for the threads, unless their sums would take more room than the data.
const MAX_PARTS: usize = 16;
const MIN_ROWS_A_PART: usize = 256;

/// A sample of more rows would hardly be less work.
const LEAST_STRIDE: usize = 4;

/// Numbers in a block: 128 KB stay in a core's own cache.
const BLOCK_LEN: usize = 16_384;
const MAX_ROWS_A_BLOCK: usize = 1_024;
const MIN_ROWS_A_BLOCK: usize = 16;

#[derive(Clone)]
pub struct Rows<'a> {
    /// Row-major, n_rows x n_features.
    values: &'a [f32],
    n_rows: usize,
    n_features: usize,
    weights: Option<&'a [f32]>,
    /// Subtracted from every row; empty: nothing is.
    means: Array1<f64>,
    tail: Tail<'a>,
    /// Of so many blocks one is read.
    stride: usize,
    task: &'a Task,
}

/// What stands in the column after the features.
#[derive(Clone, Copy)]
enum Tail<'a> {
    Nothing,
    Ones,
    Target { values: &'a [f64], mean: f64 },
}

/// A few rows, widened.
pub struct Block<'b> {
    /// Where they stand in the data.
    pub rows: Range<usize>,
    /// n_rows x n_columns.
    pub x: ArrayView2<'b, f64>,
    values: &'b [f64],
    weights: Option<&'b [f32]>,
}

impl Block<'_> {
    /// Of a row of the block.
    pub fn weight(&self, row: usize) -> f64 {
        let weight = self.weights.and_then(|weights| weights.get(row));
        weight.map_or(1.0, |&weight| f64::from(weight))
    }

    /// Of all its rows.
    pub fn total_weight(&self) -> f64 {
        match self.weights {
            None => self.rows.len() as f64,
            Some(weights) => weights.iter().map(|&weight| f64::from(weight)).sum(),
        }
    }

    /// Row by row, as slices.
    pub fn each_row(&self) -> impl Iterator<Item = &[f64]> {
        self.values.chunks_exact(self.x.ncols().max(1))
    }

    pub fn is_weighted(&self) -> bool {
        self.weights.is_some()
    }
}

impl<'a> Rows<'a> {
    /// # Errors
    /// [`Error::Numeric`] for features that do not lie row by row.
    pub fn new<T>(
        dataset: &'a DatasetBase<ArrayView2<'_, f32>, T>,
        task: &'a Task,
    ) -> Result<Self, Error> {
        let weights = dataset.weights.as_slice();
        let values = dataset.records.as_slice().ok_or_else(|| {
            Error::Numeric("the features do not lie row by row in memory".to_owned())
        })?;
        Ok(Self {
            values,
            n_rows: dataset.records.nrows(),
            n_features: dataset.records.ncols(),
            weights: weights.filter(|weights| !weights.is_empty()),
            means: Array1::default(0),
            tail: Tail::Nothing,
            stride: 1,
            task,
        })
    }

    /// About `n_rows` of them, in blocks that are spread evenly; `None` where that is not far fewer.
    pub fn sample(&self, n_rows: usize, task: &'a Task) -> Option<Self> {
        let stride = self.n_rows / n_rows.max(1);
        (stride >= LEAST_STRIDE).then(|| Self {
            stride,
            task,
            ..self.clone()
        })
    }

    /// Less `means` (n_features). With an intercept, which no penalty touches, that changes no prediction, and it
    /// keeps the digits of features that vary little around a large mean.
    pub fn centred(mut self, means: Array1<f64>) -> Self {
        self.means = means;
        self
    }

    /// With a last column of ones.
    pub fn with_ones(mut self) -> Self {
        self.tail = Tail::Ones;
        self
    }

    /// With a last column of `values` (n_rows) less their `mean`.
    pub fn with_target(mut self, values: &'a [f64], mean: f64) -> Self {
        self.tail = Tail::Target { values, mean };
        self
    }

    pub fn n_rows(&self) -> usize {
        self.n_rows
    }

    pub fn n_features(&self) -> usize {
        self.n_features
    }

    /// With the last one.
    pub fn n_columns(&self) -> usize {
        self.n_features + usize::from(!matches!(self.tail, Tail::Nothing))
    }

    pub fn task(&self) -> &'a Task {
        self.task
    }

    /// The number of rows, where they do not weigh differently.
    pub fn total_weight(&self) -> f64 {
        match self.weights {
            None => self.n_rows() as f64,
            Some(weights) => weights.iter().map(|&weight| f64::from(weight)).sum(),
        }
    }

    /// Weighted means of the features; of a feature that does not vary, exactly its value.
    pub fn means(&self) -> Result<Array1<f64>, Cancelled> {
        if self.n_rows() == 0 {
            return Ok(Array1::zeros(self.n_features()));
        }
        let n = self.n_features;
        let first = ArrayView1::from(&self.values[..n]).mapv(f64::from);
        let shifted = Rows {
            means: first.clone(),
            tail: Tail::Nothing,
            ..*self
        };
        let sums = shifted.fold(
            n,
            || Array1::<f64>::zeros(n),
            |sums, block| {
                for (row, x) in block.each_row().enumerate() {
                    let weight = block.weight(row);
                    for (sum, x) in sums.iter_mut().zip(x) {
                        *sum += weight * x;
                    }
                }
            },
            |total, sums| *total += &sums,
        )?;
        Ok(first + sums / self.total_weight())
    }

    /// Σ weight · x xᵀ, n_columns x n_columns.
    pub fn gram(&self) -> Result<Array2<f64>, Cancelled> {
        let n = self.n_columns();
        let new = || (Array2::<f64>::zeros((n, n)), Scaled::default());
        let add = |sum: &mut (Array2<f64>, Scaled), block: &Block<'_>| {
            if block.is_weighted() {
                let weights = (0..block.rows.len()).map(|row| block.weight(row));
                sum.1.add_gram(block, weights, &mut sum.0);
            } else {
                general_mat_mul(1.0, &block.x.t(), &block.x, 1.0, &mut sum.0);
            }
        };
        let total = self.fold(n * n, new, add, |total, sum| total.0 += &sum.0)?;
        Ok(total.0)
    }

    /// Σ weight · x², n_columns.
    pub fn squares(&self) -> Result<Array1<f64>, Cancelled> {
        let n = self.n_columns();
        self.fold(
            n,
            || Array1::<f64>::zeros(n),
            |sums, block| {
                for (row, x) in block.each_row().enumerate() {
                    let weight = block.weight(row);
                    for (sum, x) in sums.iter_mut().zip(x) {
                        *sum += weight * x * x;
                    }
                }
            },
            |total, sums| *total += &sums,
        )
    }

    /// Sums over all blocks: `work` adds a block to the sums of its part, `add` one part's sums to the total.
    /// `n_sums` says how large a sum is.
    pub fn fold<S: Send>(
        &self,
        n_sums: usize,
        new: impl Fn() -> S + Sync,
        work: impl Fn(&mut S, &Block<'_>) + Sync,
        add: impl Fn(&mut S, S),
    ) -> Result<S, Cancelled> {
        let parts = self
            .parts(n_sums)
            .into_par_iter()
            .map(|rows| {
                let mut sum = new();
                self.each_block(rows, |block| work(&mut sum, block))?;
                Ok(sum)
            })
            .collect::<Result<Vec<S>, Cancelled>>()?;
        let mut total = new();
        for part in parts {
            add(&mut total, part);
        }
        Ok(total)
    }

    fn parts(&self, n_sums: usize) -> Vec<Range<usize>> {
        let n_rows = self.n_rows();
        let affordable = self.values.len() / (2 * n_sums).max(1);
        let size = n_rows
            .div_ceil(affordable.clamp(1, MAX_PARTS))
            .max(MIN_ROWS_A_PART);
        (0..n_rows)
            .step_by(size)
            .map(|start| start..(start + size).min(n_rows))
            .collect()
    }

    fn each_block(
        &self,
        rows: Range<usize>,
        mut work: impl FnMut(&Block<'_>),
    ) -> Result<(), Cancelled> {
        let n_columns = self.n_columns();
        let size = (BLOCK_LEN / n_columns.max(1)).clamp(MIN_ROWS_A_BLOCK, MAX_ROWS_A_BLOCK);
        let mut wide = Array2::zeros((size.min(rows.len()), n_columns));
        for start in rows.clone().step_by(size * self.stride) {
            self.task.check()?;
            let range = start..(start + size).min(rows.end);
            self.widen(range.clone(), &mut wide);
            let values = wide.as_slice().unwrap_or_default();
            work(&Block {
                x: wide.slice(s![..range.len(), ..]),
                values: &values[..range.len() * n_columns],
                weights: self.weights.and_then(|weights| weights.get(range.clone())),
                rows: range,
            });
        }
        Ok(())
    }

    fn widen(&self, rows: Range<usize>, wide: &mut Array2<f64>) {
        let n_features = self.n_features();
        for (row, mut out) in rows.zip(wide.rows_mut()) {
            let narrow = &self.values[row * n_features..(row + 1) * n_features];
            let Some(out) = out.as_slice_mut() else {
                continue;
            };
            let (features, tail) = out.split_at_mut(n_features);
            if self.means.is_empty() {
                for (out, &x) in features.iter_mut().zip(narrow) {
                    *out = f64::from(x);
                }
            } else {
                for ((out, &x), mean) in features.iter_mut().zip(narrow).zip(&self.means) {
                    *out = f64::from(x) - mean;
                }
            }
            match self.tail {
                Tail::Nothing => {}
                Tail::Ones => tail.fill(1.0),
                Tail::Target { values, mean } => {
                    tail.fill(values.get(row).copied().unwrap_or(mean) - mean);
                }
            }
        }
    }
}

/// Room for the rows of a block, each times its own factor.
#[derive(Default)]
pub struct Scaled(Vec<f64>);

impl Scaled {
    /// Adds Σ factor · x xᵀ to `gram`.
    pub fn add_gram(
        &mut self,
        block: &Block<'_>,
        factors: impl Iterator<Item = f64>,
        gram: &mut Array2<f64>,
    ) {
        self.0.clear();
        for (row, factor) in block.each_row().zip(factors) {
            self.0.extend(row.iter().map(|x| x * factor));
        }
        self.multiply(block, gram);
    }

    /// Adds Σ curvature · x xᵀ to the first rows of `sums` and Σ slope · x to the last, which is one more.
    pub fn add_derivatives(
        &mut self,
        block: &Block<'_>,
        derivatives: impl Iterator<Item = (f64, f64)>,
        sums: &mut Array2<f64>,
    ) {
        self.0.clear();
        for (row, (slope, curvature)) in block.each_row().zip(derivatives) {
            self.0.extend(row.iter().map(|x| x * curvature));
            self.0.push(slope);
        }
        self.multiply(block, sums);
    }

    fn multiply(&self, block: &Block<'_>, sums: &mut Array2<f64>) {
        let shape = (block.rows.len(), sums.nrows());
        if let Ok(scaled) = ArrayView2::from_shape(shape, &self.0) {
            general_mat_mul(1.0, &scaled.t(), &block.x, 1.0, sums);
        }
    }
}

#[cfg(test)]
mod tests;
