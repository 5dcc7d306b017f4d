//! How well a model answered, added up row by row.

use assay_core::matrix::Prediction;
use assay_core::metrics;
use assay_core::replay::WindowPerformance;

use super::accumulation::Rows;
use super::truth::{Known, Truth};

/// Sums of a window. Invariant: rows are all of classes or all of values.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Performance {
    n: u64,
    n_right: u64,
    is_squares: bool,
    mean_square: f64,
    /// Sum of squared deviations of the squared errors from their mean.
    spread: f64,
}

impl Performance {
    pub fn of(known: &Known, rows: &Rows) -> Self {
        let mut performance = Self::default();
        match (&known.truth, known.prediction()) {
            (Some(Truth::Classes(labels)), Some(Prediction::Classes { indices, .. })) => {
                for row in rows.iter() {
                    let label = labels.get(row).copied().flatten();
                    if let (Some(label), Some(index)) = (label, indices.get(row)) {
                        performance.add_answer(label == *index);
                    }
                }
            }
            (Some(Truth::Values(truth)), Some(Prediction::Values(predicted))) => {
                for row in rows.iter() {
                    let pair = truth.get(row).zip(predicted.get(row));
                    let error = pair.map(|(truth, predicted)| truth - predicted);
                    if let Some(error) = error.filter(|error| error.is_finite()) {
                        performance.add_error(error);
                    }
                }
            }
            _ => {}
        }
        performance
    }

    pub fn add_answer(&mut self, is_right: bool) {
        self.n += 1;
        self.n_right += u64::from(is_right);
    }

    pub fn add_error(&mut self, error: f64) {
        let square = error * error;
        self.n += 1;
        self.is_squares = true;
        let apart = square - self.mean_square;
        self.mean_square += apart / self.n as f64;
        self.spread += apart * (square - self.mean_square);
    }

    pub fn merge(&mut self, other: &Self) {
        let (a, b) = (self.n as f64, other.n as f64);
        if b > 0.0 {
            let apart = other.mean_square - self.mean_square;
            self.mean_square += apart * b / (a + b);
            self.spread += other.spread + apart * apart * a * b / (a + b);
        }
        self.n += other.n;
        self.n_right += other.n_right;
        self.is_squares |= other.is_squares;
    }

    /// Accuracy with its Wilson interval, or root of the mean squared error with that of the mean by the normal approximation,
    /// rooted; 95 %. `None` without labelled rows.
    pub fn value(&self) -> Option<WindowPerformance> {
        if self.n == 0 {
            return None;
        }
        let n = self.n as f64;
        if !self.is_squares {
            let (low, high) = metrics::wilson_interval(self.n_right, self.n);
            return Some(WindowPerformance {
                value: self.n_right as f64 / n,
                low,
                high,
                n: self.n,
            });
        }
        let variance = self.spread / (n - 1.0).max(1.0);
        let half = 1.959_963_984_540_054 * (variance / n).sqrt();
        Some(WindowPerformance {
            value: self.mean_square.sqrt(),
            low: (self.mean_square - half).max(0.0).sqrt(),
            high: (self.mean_square + half).sqrt(),
            n: self.n,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_of_an_rmse_holds_it() {
        let (mut first, mut second) = (Performance::default(), Performance::default());
        for (sum, errors) in [(&mut first, [1.0, 2.0]), (&mut second, [-3.0, 4.0])] {
            errors.iter().for_each(|error| sum.add_error(*error));
        }
        first.merge(&second);
        let answer = first.value().expect("four errors");
        assert!((answer.value - 7.5_f64.sqrt()).abs() < 1e-12);
        // the squares 1, 4, 9, 16 have a sample variance of 43
        let half = 1.959_963_984_540_054 * (43.0_f64 / 4.0).sqrt();
        assert!((answer.high - (7.5 + half).sqrt()).abs() < 1e-12);
        assert!(answer.low < answer.value, "{answer:?}");
        assert_eq!(Performance::default().value(), None);
    }

    #[test]
    fn right_answers_are_counted() {
        let mut answers = Performance::default();
        for is_right in [true, true, false, true] {
            answers.add_answer(is_right);
        }
        let value = answers.value().expect("four answers");
        assert_eq!((value.value, value.n), (0.75, 4));
    }
}
