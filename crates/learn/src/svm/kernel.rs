//! Kernels between training rows, and the rows of the kernel matrix that were needed so far.

use std::collections::VecDeque;
use std::sync::{Arc, OnceLock};

use assay_core::model::Kernel;

/// Kernel rows are kept in f32, as libsvm does, up to this many bytes.
const CACHE_BYTES: usize = 400 << 20;

/// Values of a feature that are worked on at a time, so that they stay in the cache.
const BLOCK: usize = 1_024;

/// The kernel matrix of the training rows, n_rows x n_rows, of which no more is computed than is asked for.
///
/// Invariant: a number in it does not depend on which rows were asked for before.
pub struct KernelMatrix<'a> {
    x: &'a [f32],
    n_rows: usize,
    n_features: usize,
    kernel: Kernel,
    /// Feature-major.
    columns: Vec<f32>,
    /// All rows that were computed, when there is room for all.
    shared: Option<Vec<OnceLock<Arc<[f32]>>>>,
}

impl<'a> KernelMatrix<'a> {
    /// `x` is row-major, n_rows x n_features.
    pub fn new(x: &'a [f32], n_rows: usize, n_features: usize, kernel: Kernel) -> Self {
        let mut columns = Vec::with_capacity(x.len());
        for feature in 0..n_features {
            columns.extend(x.iter().skip(feature).step_by(n_features.max(1)));
        }
        let fits = n_rows * n_rows * size_of::<f32>() <= CACHE_BYTES;
        Self {
            x,
            n_rows,
            n_features,
            kernel,
            columns,
            shared: fits.then(|| (0..n_rows).map(|_| OnceLock::new()).collect()),
        }
    }

    /// Multiplications that a row costs.
    pub fn work_a_row(&self) -> usize {
        self.n_rows * (self.n_features + 1)
    }

    pub fn diagonal(&self, row: usize) -> f64 {
        let x = self.row_of_x(row);
        match self.kernel {
            Kernel::Rbf { .. } => 1.0,
            _ => of_dot(self.kernel, x.iter().map(|x| x * x).sum()).into(),
        }
    }

    fn row_of_x(&self, row: usize) -> &[f32] {
        &self.x[row * self.n_features..(row + 1) * self.n_features]
    }

    pub fn row(&self, row: usize) -> Arc<[f32]> {
        match self.shared.as_ref().and_then(|shared| shared.get(row)) {
            Some(cell) => cell.get_or_init(|| self.computed(row)).clone(),
            None => self.computed(row),
        }
    }

    fn computed(&self, row: usize) -> Arc<[f32]> {
        let here = self.row_of_x(row);
        let mut out = vec![0.0_f32; self.n_rows];
        for (block, sums) in out.chunks_mut(BLOCK).enumerate() {
            for (feature, &x) in here.iter().enumerate() {
                let start = feature * self.n_rows + block * BLOCK;
                let column = &self.columns[start..start + sums.len()];
                if let Kernel::Rbf { .. } = self.kernel {
                    for (sum, &other) in sums.iter_mut().zip(column) {
                        let apart = x - other;
                        *sum += apart * apart;
                    }
                } else {
                    for (sum, &other) in sums.iter_mut().zip(column) {
                        *sum += x * other;
                    }
                }
            }
            match self.kernel {
                Kernel::Rbf { gamma } => {
                    let gamma = -gamma as f32;
                    for sum in sums {
                        *sum = exp(gamma * *sum);
                    }
                }
                kernel => {
                    for sum in sums {
                        *sum = of_dot(kernel, *sum);
                    }
                }
            }
        }
        out.into()
    }
}

/// A kernel that is a function of the product of two rows.
fn of_dot(kernel: Kernel, dot: f32) -> f32 {
    match kernel {
        Kernel::Polynomial {
            gamma,
            offset,
            degree,
        } => {
            let power = (gamma * f64::from(dot) + offset).powi(degree as i32);
            power.clamp(f64::from(f32::MIN), f64::from(f32::MAX)) as f32
        }
        Kernel::Linear | Kernel::Rbf { .. } => dot,
    }
}

/// exp of numbers up to 0, to 2 units in the last place (Cephes' polynomial); 0 under −87. Written without branches,
/// so that four are computed at once.
fn exp(x: f32) -> f32 {
    const SHIFT: f32 = 12_582_912.0; // 1.5 · 2^23: adding it rounds to a whole number
    let bounded = x.max(-87.0);
    let shifted = bounded * std::f32::consts::LOG2_E + SHIFT;
    let whole = shifted - SHIFT;
    let rest = bounded - whole * 0.693_359_4 + whole * 2.121_944_4e-4;
    let mut p = 1.987_569_1e-4;
    for coefficient in [
        1.398_199_9e-3,
        8.333_452e-3,
        4.166_579_6e-2,
        0.166_666_66,
        0.5,
    ] {
        p = p * rest + coefficient;
    }
    let power = p * rest * rest + rest + 1.0;
    let scale = f32::from_bits((shifted.to_bits() << 23).wrapping_add(127 << 23));
    if x < -87.0 { 0.0 } else { power * scale }
}

/// Kernel rows over a part of the training rows, of which the last used ones are kept.
pub struct PartRows<'m, 'a> {
    matrix: &'m KernelMatrix<'a>,
    /// Which training rows; they may repeat.
    part: &'m [usize],
    kept: Vec<Option<Arc<[f32]>>>,
    /// Those that are kept, the oldest first.
    order: VecDeque<usize>,
    n_kept: usize,
    /// The part is all rows in their order, and the matrix keeps them.
    is_whole: bool,
}

impl<'m, 'a> PartRows<'m, 'a> {
    pub fn new(matrix: &'m KernelMatrix<'a>, part: &'m [usize]) -> Self {
        let row_bytes = (part.len() * size_of::<f32>()).max(1);
        Self {
            matrix,
            part,
            kept: vec![None; part.len()],
            order: VecDeque::new(),
            n_kept: (CACHE_BYTES / row_bytes).max(2),
            is_whole: matrix.shared.is_some()
                && part.len() == matrix.n_rows
                && part.iter().enumerate().all(|(at, &row)| at == row),
        }
    }

    /// Row number `at` of the part: its kernel with every row of the part.
    pub fn row(&mut self, at: usize) -> Arc<[f32]> {
        if let Some(row) = &self.kept[at] {
            return row.clone();
        }
        let whole = self.matrix.row(self.part[at]);
        if self.is_whole {
            return whole;
        }
        let row: Arc<[f32]> = self.part.iter().map(|&other| whole[other]).collect();
        if self.order.len() >= self.n_kept
            && let Some(oldest) = self.order.pop_front()
        {
            self.kept[oldest] = None;
        }
        self.order.push_back(at);
        self.kept[at] = Some(row.clone());
        row
    }

    pub fn diagonal(&self, at: usize) -> f64 {
        self.matrix.diagonal(self.part[at])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exponential_is_right_to_its_last_places() {
        for i in 0..200_000 {
            let x = -(i as f32) * 0.000_45;
            let wanted = f64::from(x).exp();
            let found = f64::from(exp(x));
            assert!(
                (found - wanted).abs() <= wanted * 2.5e-7 + 1e-37,
                "{x}: {found} {wanted}"
            );
        }
        assert_eq!((exp(0.0), exp(-1e30)), (1.0, 0.0));
    }

    #[test]
    fn rows_hold_the_kernel_of_every_pair() {
        let x: Vec<f32> = (0..12).map(|i| (i as f32 * 1.7).sin()).collect();
        let polynomial = Kernel::Polynomial {
            gamma: 0.5,
            offset: 1.0,
            degree: 3,
        };
        for kernel in [Kernel::Linear, Kernel::Rbf { gamma: 0.7 }, polynomial] {
            let matrix = KernelMatrix::new(&x, 4, 3, kernel);
            let part = [3, 0, 2];
            let mut rows = PartRows::new(&matrix, &part);
            for (i, &a) in part.iter().enumerate() {
                let row = rows.row(i);
                for (j, &b) in part.iter().enumerate() {
                    let (a, b) = (&x[a * 3..a * 3 + 3], &x[b * 3..b * 3 + 3]);
                    let wanted = kernel.of(a, b);
                    assert!((f64::from(row[j]) - wanted).abs() < 1e-5, "{kernel:?}");
                }
                assert!((rows.diagonal(i) - f64::from(row[i])).abs() < 1e-5);
            }
        }
    }
}
