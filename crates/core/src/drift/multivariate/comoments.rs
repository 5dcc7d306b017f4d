//! Means and products of deviations of several columns in one pass, from parts that add up.

use serde::{Deserialize, Serialize};

/// Sums of products of deviations from the means; parts merge as Chan, Golub and LeVeque (1979) do.
///
/// Invariant: `products` is the lower triangle of p × p, row by row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CoMoments {
    n: u64,
    means: Vec<f64>,
    products: Vec<f64>,
}

impl CoMoments {
    pub fn new(n_columns: usize) -> Self {
        Self {
            n: 0,
            means: vec![0.0; n_columns],
            products: vec![0.0; n_columns * (n_columns + 1) / 2],
        }
    }

    /// A row of finite numbers, one a column.
    pub fn push(&mut self, row: &[f64]) {
        self.n += 1;
        let n = self.n as f64;
        let mut products = self.products.iter_mut();
        for (i, value) in row.iter().enumerate().take(self.means.len()) {
            let off = value - self.means[i];
            // Of columns up to i − 1 the means hold this row already, of i they do not: each product is of a deviation
            // from the mean before and one from the mean after.
            for (j, product) in products.by_ref().take(i + 1).enumerate() {
                *product += if j < i {
                    off * (row[j] - self.means[j])
                } else {
                    off * off * (n - 1.0) / n
                };
            }
            self.means[i] += off / n;
        }
    }

    /// Of other numbers of columns: `false`.
    pub fn merge(&mut self, other: &Self) -> bool {
        if self.means.len() != other.means.len() {
            return false;
        }
        if other.n == 0 {
            return true;
        }
        let (a, b) = (self.n as f64, other.n as f64);
        let off: Vec<f64> = other
            .means
            .iter()
            .zip(&self.means)
            .map(|(o, s)| o - s)
            .collect();
        let mut at = 0;
        for i in 0..off.len() {
            for j in 0..=i {
                self.products[at] += other.products[at] + off[i] * off[j] * a * b / (a + b);
                at += 1;
            }
        }
        for (mean, off) in self.means.iter_mut().zip(off) {
            *mean += off * b / (a + b);
        }
        self.n += other.n;
        true
    }

    pub fn n(&self) -> u64 {
        self.n
    }

    pub fn n_columns(&self) -> usize {
        self.means.len()
    }

    /// 0 out of range.
    pub fn mean(&self, column: usize) -> f64 {
        self.means.get(column).copied().unwrap_or(0.0)
    }

    /// Σ (a − mean a) (b − mean b); 0 out of range.
    pub fn product(&self, a: usize, b: usize) -> f64 {
        let (low, high) = (a.min(b), a.max(b));
        let at = high * (high + 1) / 2 + low;
        self.products.get(at).copied().unwrap_or(0.0)
    }

    /// p × p, divisor n − 1.
    pub fn covariance(&self) -> Vec<f64> {
        let p = self.n_columns();
        let divisor = (self.n.max(2) - 1) as f64;
        (0..p * p)
            .map(|at| self.product(at / p, at % p) / divisor)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_add_up_to_what_two_passes_find() {
        let rows: Vec<[f64; 3]> = (0..200)
            .map(|i| {
                let x = f64::from(i * i % 37);
                [1e6 + x, 2.0 * x + f64::from(i % 5), f64::from(i % 7)]
            })
            .collect();
        let mut whole = CoMoments::new(3);
        rows.iter().for_each(|row| whole.push(row));
        let n = rows.len() as f64;
        let mean = |c: usize| rows.iter().map(|row| row[c]).sum::<f64>() / n;
        for a in 0..3 {
            for b in 0..3 {
                let wanted: f64 = rows
                    .iter()
                    .map(|r| (r[a] - mean(a)) * (r[b] - mean(b)))
                    .sum();
                assert!((whole.product(a, b) - wanted).abs() < 1e-6, "{a} {b}");
            }
        }
        for cut in [0, 1, 77, 200] {
            let (mut first, mut second) = (CoMoments::new(3), CoMoments::new(3));
            rows[..cut].iter().for_each(|row| first.push(row));
            rows[cut..].iter().for_each(|row| second.push(row));
            assert!(first.merge(&second));
            for (ours, theirs) in first.products.iter().zip(&whole.products) {
                assert!((ours - theirs).abs() < 1e-6, "{cut}");
            }
        }
        assert!(!whole.merge(&CoMoments::new(2)));
    }
}
