//! Mean, spread, skewness and kurtosis in one pass, from parts that add up.

use serde::{Deserialize, Serialize};

/// Values summed side by side, so that the compiler can use wide registers.
const LANES: usize = 8;

/// Sums of the powers of deviations from the mean; parts merge by the formulas of Chan, Golub and LeVeque (1979) and
/// Pébay (2008, "Formulas for robust, one-pass parallel computation of covariances and arbitrary-order statistical
/// moments").
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Moments {
    pub n: u64,
    pub mean: f64,
    /// Σ (x − mean)², ³ and ⁴.
    pub m2: f64,
    pub m3: f64,
    pub m4: f64,
}

impl Moments {
    /// In two passes over the values, which are finite.
    pub fn of(values: &[f64]) -> Self {
        if values.is_empty() {
            return Self::default();
        }
        let (mut sums, rest) = ([0.0; LANES], values.chunks_exact(LANES).remainder());
        for chunk in values.chunks_exact(LANES) {
            for (sum, value) in sums.iter_mut().zip(chunk) {
                *sum += value;
            }
        }
        let mean = (sums.iter().sum::<f64>() + rest.iter().sum::<f64>()) / values.len() as f64;
        let (mut m2, mut m3, mut m4) = ([0.0; LANES], [0.0; LANES], [0.0; LANES]);
        for chunk in values.chunks_exact(LANES) {
            for lane in 0..LANES {
                let d = chunk[lane] - mean;
                let square = d * d;
                m2[lane] += square;
                m3[lane] += square * d;
                m4[lane] += square * square;
            }
        }
        let mut moments = Self {
            n: values.len() as u64,
            mean,
            m2: m2.iter().sum(),
            m3: m3.iter().sum(),
            m4: m4.iter().sum(),
        };
        for value in rest {
            let d = value - mean;
            moments.m2 += d * d;
            moments.m3 += d * d * d;
            moments.m4 += d * d * d * d;
        }
        moments
    }

    /// `count` times the same value.
    pub fn of_one(value: f64, count: u64) -> Self {
        Self {
            n: count,
            mean: value,
            ..Self::default()
        }
    }

    pub fn push(&mut self, value: f64) {
        self.merge(&Self::of_one(value, 1));
    }

    pub fn merge(&mut self, other: &Self) {
        if self.n == 0 || other.n == 0 {
            if self.n == 0 {
                *self = *other;
            }
            return;
        }
        let (a, b) = (self.n as f64, other.n as f64);
        let n = a + b;
        let d = other.mean - self.mean;
        let d_n = d / n;
        let m4 = self.m4
            + other.m4
            + d * d_n.powi(3) * a * b * (a * a - a * b + b * b)
            + 6.0 * d_n * d_n * (a * a * other.m2 + b * b * self.m2)
            + 4.0 * d_n * (a * other.m3 - b * self.m3);
        let m3 = self.m3
            + other.m3
            + d * d_n * d_n * a * b * (a - b)
            + 3.0 * d_n * (a * other.m2 - b * self.m2);
        let m2 = self.m2 + other.m2 + d * d_n * a * b;
        *self = Self {
            n: self.n + other.n,
            mean: self.mean + d_n * b,
            m2,
            m3,
            m4,
        };
    }

    /// Sample standard deviation (divisor n − 1); 0 for one value.
    pub fn std(&self) -> f64 {
        if self.n < 2 {
            return 0.0;
        }
        (self.m2 / (self.n - 1) as f64).sqrt()
    }

    /// m3 / m2^1.5 with divisor n; `None` without spread.
    pub fn skewness(&self) -> Option<f64> {
        let n = self.n as f64;
        let skewness = self.m3 / n / (self.m2 / n).powf(1.5);
        (self.has_spread() && skewness.is_finite()).then_some(skewness)
    }

    /// m4 / m2² − 3 with divisor n; `None` without spread.
    pub fn kurtosis(&self) -> Option<f64> {
        let n = self.n as f64;
        let kurtosis = self.m4 / n / (self.m2 / n).powi(2) - 3.0;
        (self.has_spread() && kurtosis.is_finite()).then_some(kurtosis)
    }

    /// More than the rounding of a mean leaves (as scipy judges it).
    fn has_spread(&self) -> bool {
        self.n > 0 && self.m2 / self.n as f64 > (f64::EPSILON * self.mean).powi(2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_add_up_to_the_whole() {
        let values: Vec<f64> = (0..1003).map(|i| f64::from(i * i % 97) - 20.5).collect();
        let whole = Moments::of(&values);
        for cut in [0, 1, 7, 500, 1002, 1003] {
            let mut parts = Moments::of(&values[..cut]);
            parts.merge(&Moments::of(&values[cut..]));
            assert_eq!(parts.n, whole.n);
            for (ours, theirs) in [
                (parts.mean, whole.mean),
                (parts.m2, whole.m2),
                (parts.m3, whole.m3),
                (parts.m4, whole.m4),
            ] {
                assert!(
                    (ours - theirs).abs() <= 1e-11 * theirs.abs().max(1.0),
                    "{cut} {ours} {theirs}"
                );
            }
        }
        assert_eq!(Moments::of(&[3.5; 9]).skewness(), None);
        assert_eq!(Moments::of(&[]).kurtosis(), None);
    }
}
