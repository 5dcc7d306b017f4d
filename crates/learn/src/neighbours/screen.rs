//! Which stored rows can be among the nearest, told from products of f32 matrices, which are several times faster than
//! the distances themselves.
//!
//! |a − b|² = |a|² + |b|² − 2 a·b loses the digits of near rows, so nothing is answered from it: rows that it shows to
//! be too far, by more than it can err, are left out, and the distances of the others are taken.

use ndarray::linalg::general_mat_mul;
use ndarray::{Array2, ArrayView2, s};

/// Stored rows in a product.
const ROWS_A_BLOCK: usize = 512;
/// Questions in a product.
pub const QUESTIONS_A_BLOCK: usize = 128;
/// Bounds looked at together.
const LANES: usize = 16;

/// Squared norms up to this keep every product within f32.
const LARGEST_SQUARE: f64 = 1e37;
/// More than what sums of numbers too small for f32 lose.
const LEAST_SQUARE: f64 = 1e-30;

/// Stored rows less their mean, which keeps norms small beside distances.
pub struct Screen {
    means: Vec<f64>,
    /// n_rows x n_features.
    centred: Array2<f32>,
    /// |b|² less what it adds to the error.
    lows: Vec<f32>,
}

/// Rows that are asked for.
pub struct Questions {
    /// n_questions x n_features, less the stored rows' mean.
    centred: Array2<f32>,
    /// |a|² less what it adds to the error.
    lows: Vec<f64>,
}

impl Screen {
    /// `rows` is row-major, n x n_features. `None` where numbers are so large that products leave f32.
    pub fn new(rows: &[f32], n_features: usize) -> Option<Self> {
        let n_rows = rows.len() / n_features.max(1);
        let mut means = vec![0.0; n_features];
        for row in rows.chunks_exact(n_features.max(1)) {
            for (mean, &x) in means.iter_mut().zip(row) {
                *mean += f64::from(x) / n_rows as f64;
            }
        }
        let (centred, lows) = centred(rows, &means)?;
        // Rounded down.
        let lows = lows.iter().map(|&low| (low as f32).next_down()).collect();
        Some(Self {
            means,
            centred,
            lows,
        })
    }

    /// `x` is row-major, n x n_features. `None` where one is so large that products leave f32, or missing.
    pub fn questions(&self, x: &[f32]) -> Option<Questions> {
        let (centred, lows) = centred(x, &self.means)?;
        Some(Questions { centred, lows })
    }

    /// Calls `offer` with a question and the number of a stored row for every stored row that may be no farther
    /// (squared) than the last answer for that question, which is infinity at first.
    pub fn each_near(&self, questions: &Questions, mut offer: impl FnMut(usize, usize) -> f64) {
        let n_questions = questions.lows.len();
        let mut farthest = vec![f64::INFINITY; n_questions];
        let mut products = Array2::zeros((n_questions, ROWS_A_BLOCK));
        for (block, lows) in self.lows.chunks(ROWS_A_BLOCK).enumerate() {
            let first = block * ROWS_A_BLOCK;
            let rows: ArrayView2<'_, f32> = self.centred.slice(s![first..first + lows.len(), ..]);
            let mut out = products.slice_mut(s![.., ..lows.len()]);
            general_mat_mul(-2.0, &questions.centred, &rows.t(), 0.0, &mut out);
            for (question, products) in products.outer_iter().enumerate() {
                let Some(products) = products.to_slice() else {
                    continue;
                };
                let own = questions.lows[question];
                let limit = |farthest: f64| ((farthest - own) as f32).next_up();
                let mut most = limit(farthest[question]);
                let chunks = lows.chunks(LANES).zip(products.chunks(LANES));
                for (chunk, (lows, products)) in chunks.enumerate() {
                    let bounds = || {
                        lows.iter()
                            .zip(products)
                            .map(|(low, product)| low + product)
                    };
                    // Without branches inside, so that several are compared at once.
                    if bounds().fold(0_u32, |n, bound| n + u32::from(bound <= most)) == 0 {
                        continue;
                    }
                    for (at, bound) in bounds().enumerate() {
                        if bound <= most {
                            let row = first + chunk * LANES + at;
                            farthest[question] = offer(question, row);
                            most = limit(farthest[question]);
                        }
                    }
                }
            }
        }
    }
}

/// Rows less `means` in f32, and of each its squared norm less its share of what |a|² + |b|² − 2 a·b can err.
///
/// With u = 2^-24: rounding the centred numbers moves a squared distance by at most 4 u (|a|² + |b|²), a product of d
/// numbers, in any order, 2 · a·b by d u (|a|² + |b|²), and the sums and roundings after it by less than 8 u of the
/// same.
fn centred(rows: &[f32], means: &[f64]) -> Option<(Array2<f32>, Vec<f64>)> {
    let n_features = means.len().max(1);
    let unit = f64::from(f32::EPSILON) / 2.0;
    let error = (n_features as f64 + 16.0) * unit;
    let mut values = Vec::with_capacity(rows.len());
    let mut lows = Vec::with_capacity(rows.len() / n_features);
    for row in rows.chunks_exact(n_features) {
        let from_mean = row.iter().zip(means).map(|(&x, mean)| f64::from(x) - mean);
        let square: f64 = from_mean.clone().map(|x| x * x).sum();
        // Also false for what is no number.
        let is_fit = square <= LARGEST_SQUARE;
        if !is_fit {
            return None;
        }
        values.extend(from_mean.map(|x| x as f32));
        lows.push(square * (1.0 - error) - LEAST_SQUARE);
    }
    let shape = (lows.len(), n_features);
    Some((Array2::from_shape_vec(shape, values).ok()?, lows))
}
