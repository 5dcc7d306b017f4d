//! Numbers of a column: moments that merge, and the numbers themselves where an order among them is asked for.

use assay_core::expect::read::{Interpolation, OutlierMethod};

use super::cell::Cell;
use super::piece::{Piece, Rows};
use super::tally::Tally;
use crate::columns::View;
use crate::error::Error;

/// Count, mean and sum of squared deviations; Chan, Golub and LeVeque (1983) for two parts.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Moments {
    pub(super) n: u64,
    pub(super) mean: f64,
    m2: f64,
    pub(super) sum: f64,
    /// Exact, for integers.
    pub(super) whole_sum: i128,
    /// The sum of the squares, exact; `None` for floats, and beyond the range.
    whole_squares: Option<i128>,
}

impl Moments {
    pub(super) fn of(piece: &Piece, column: &str) -> Result<Self, Error> {
        let view = piece.view(column)?;
        let mut moments = match view {
            View::Integer(values) => {
                let mut moments = Self::default();
                for part in values.downcast_iter() {
                    let part = if values.null_count() == 0 {
                        Self::of_values(part.values(), |v| *v as f64)
                    } else {
                        let present: Vec<i64> = part.iter().flatten().copied().collect();
                        Self::of_values(&present, |v| *v as f64)
                    };
                    moments.merge(part);
                }
                moments.whole_sum = values
                    .downcast_iter()
                    .flat_map(|part| part.iter().flatten())
                    .map(|value| i128::from(*value))
                    .sum();
                moments.whole_squares = values
                    .downcast_iter()
                    .flat_map(|part| part.iter().flatten())
                    .map(|value| i128::from(*value).pow(2))
                    .try_fold(0_i128, i128::checked_add);
                moments
            }
            View::Float(values) if values.null_count() == 0 => {
                let mut moments = Self::default();
                for part in values.downcast_iter() {
                    moments.merge(Self::of_values(part.values(), |v| *v));
                }
                moments
            }
            _ => Self::of_values(&present(view), |v| *v),
        };
        if moments.n == 0 {
            moments = Self::default();
        }
        Ok(moments)
    }

    fn of_values<T>(values: &[T], float: impl Fn(&T) -> f64) -> Self {
        if values.is_empty() {
            return Self::default();
        }
        let sum = lanes(values, &float);
        let mean = sum / values.len() as f64;
        Self {
            n: values.len() as u64,
            mean,
            m2: lanes(values, |value| {
                let deviation = float(value) - mean;
                deviation * deviation
            }),
            sum,
            whole_sum: 0,
            whole_squares: None,
        }
    }

    pub(super) fn merge(&mut self, later: Self) {
        if later.n == 0 {
            return;
        }
        let (n, m) = (self.n as f64, later.n as f64);
        let difference = later.mean - self.mean;
        self.m2 += later.m2 + difference * difference * n * m / (n + m);
        self.mean = if self.n == 0 {
            later.mean
        } else {
            self.mean + difference * m / (n + m)
        };
        self.sum += later.sum;
        self.whole_squares = match self.n {
            0 => later.whole_squares,
            _ => self
                .whole_squares
                .zip(later.whole_squares)
                .and_then(|(earlier, later)| earlier.checked_add(later)),
        };
        self.whole_sum += later.whole_sum;
        self.n += later.n;
    }

    /// Divisor n − 1; `None` for fewer than two values. Of integers it is the same however the rows were cut.
    pub(super) fn std(&self) -> Option<f64> {
        let divisor = (self.n > 1).then(|| (self.n - 1) as f64)?;
        let m2 = self.whole_m2().unwrap_or(self.m2);
        Some((m2 / divisor).sqrt())
    }

    /// n times the sum of squares less the square of the sum, over n: exact up to the division.
    fn whole_m2(&self) -> Option<f64> {
        let n = i128::from(self.n);
        let squares = n.checked_mul(self.whole_squares?)?;
        let square = self.whole_sum.checked_mul(self.whole_sum)?;
        Some((squares - square) as f64 / self.n as f64)
    }
}

/// A sum in eight lanes: faster than one after the other, and less is lost by rounding.
fn lanes<T>(values: &[T], float: impl Fn(&T) -> f64) -> f64 {
    let mut sums = [0.0; 8];
    let chunks = values.chunks_exact(8);
    let rest: f64 = chunks.remainder().iter().map(&float).sum();
    for chunk in chunks {
        for (sum, value) in sums.iter_mut().zip(chunk) {
            *sum += float(value);
        }
    }
    sums.iter().sum::<f64>() + rest
}

fn present(view: View<'_>) -> Vec<f64> {
    view.numbers()
        .map_or_else(Vec::new, |values| values.into_iter().flatten().collect())
}

/// The numbers that are there, in the order of their rows.
#[derive(Debug)]
pub(super) struct Numbers {
    pub(super) values: Vec<f64>,
    /// The rows of the values; `None` where nobody asks for them.
    rows: Option<Rows>,
    n_missing: u64,
    /// They were integers.
    whole: bool,
}

impl Numbers {
    pub(super) fn of(piece: &Piece, column: &str, with_rows: bool) -> Result<Self, Error> {
        let view = piece.view(column)?;
        let n_missing = view.n_missing();
        let values = match view {
            View::Integer(values) if n_missing == 0 => values
                .downcast_iter()
                .flat_map(|part| part.values().iter().map(|v| *v as f64))
                .collect(),
            View::Float(values) => values
                .downcast_iter()
                .flat_map(|part| part.iter().flatten().copied())
                .collect(),
            _ => present(view),
        };
        let rows = with_rows.then(|| {
            if n_missing == 0 {
                return piece.rows.clone();
            }
            let places: Vec<u32> = (0..)
                .zip(0..piece.n_rows())
                .filter(|(_, row)| !super::cell::cell(view, *row).is_missing())
                .map(|(place, _)| place)
                .collect();
            piece.rows.take(&places)
        });
        Ok(Self {
            values,
            rows,
            n_missing: n_missing as u64,
            whole: matches!(view, View::Integer(_)),
        })
    }

    pub(super) fn merge(&mut self, later: Self) {
        self.values.extend(later.values);
        self.n_missing += later.n_missing;
        if let (Some(rows), Some(later)) = (&mut self.rows, &later.rows) {
            rows.append(later);
        }
    }

    /// The values for which it does not hold.
    pub(super) fn tally(&self, max_named: usize, holds: impl Fn(f64) -> bool) -> Tally {
        let mut tally = Tally {
            n_checked: self.values.len() as u64,
            n_missing: self.n_missing,
            ..Tally::default()
        };
        for (at, value) in self.values.iter().enumerate() {
            if !holds(*value) {
                let row = self.rows.as_ref().map_or(0, |rows| rows.at(at));
                let cell: Cell<&str> = if self.whole {
                    Cell::Integer(*value as i64)
                } else {
                    Cell::Float(*value)
                };
                tally.unexpected(row, max_named, || cell.json());
            }
        }
        tally
    }

    /// Fewer standard deviations from the mean than the threshold. Without a deviation every value holds.
    pub(super) fn z_scores(&self, threshold: f64, double_sided: bool, max_named: usize) -> Tally {
        let moments = Moments::of_values(&self.values, |v| *v);
        let Some(std) = moments.std().filter(|std| *std > 0.0) else {
            return self.tally(max_named, |_| true);
        };
        self.tally(max_named, |value| {
            let score = (value - moments.mean) / std;
            if double_sided {
                score.abs() < threshold.abs()
            } else {
                score < threshold
            }
        })
    }

    /// As Great Expectations defines outliers. Without a spread only the value that all share holds.
    pub(super) fn outliers(
        &self,
        method: OutlierMethod,
        multiplier: f64,
        max_named: usize,
    ) -> Tally {
        match method {
            OutlierMethod::Iqr => {
                let quartiles = quantiles(&self.values, &[0.25, 0.75], Interpolation::Linear);
                let [low, high] = quartiles.as_slice() else {
                    return self.tally(max_named, |_| true);
                };
                let reach = (high - low) * multiplier;
                self.tally(max_named, |v| low - reach <= v && v <= high + reach)
            }
            OutlierMethod::Std => {
                let moments = Moments::of_values(&self.values, |v| *v);
                let Some(std) = moments.std() else {
                    return self.tally(max_named, |_| true);
                };
                let reach = std * multiplier;
                self.tally(max_named, |value| {
                    let distance = (value - moments.mean).abs();
                    distance < reach || (reach == 0.0 && distance == 0.0)
                })
            }
        }
    }
}

/// Quantiles as numpy defines them, in the order of the probabilities; none without values. Linear time.
pub(super) fn quantiles(
    values: &[f64],
    probabilities: &[f64],
    interpolation: Interpolation,
) -> Vec<f64> {
    let Some(last) = values.len().checked_sub(1) else {
        return Vec::new();
    };
    let mut values = values.to_vec();
    probabilities
        .iter()
        .map(|probability| {
            let place = probability.clamp(0.0, 1.0) * last as f64;
            let below = place.floor() as usize;
            let (_, low, rest) = values.select_nth_unstable_by(below.min(last), f64::total_cmp);
            let low = *low;
            let high = rest.iter().copied().min_by(f64::total_cmp).unwrap_or(low);
            let fraction = place - below as f64;
            match interpolation {
                _ if fraction == 0.0 => low,
                Interpolation::Linear => low + (high - low) * fraction,
                Interpolation::Lower => low,
                Interpolation::Higher => high,
                Interpolation::Midpoint => low + (high - low) / 2.0,
                // to the even place from halfway, as numpy rounds
                Interpolation::Nearest => {
                    if place.round_ties_even() as usize == below {
                        low
                    } else {
                        high
                    }
                }
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::columns::Values;
    use crate::frame::Frame;

    #[test]
    fn quantiles_follow_numpy() {
        let values = [4.0, 1.0, 3.0, 2.0];
        for (interpolation, expected) in [
            (Interpolation::Linear, [1.0, 2.5, 3.7, 4.0]),
            (Interpolation::Lower, [1.0, 2.0, 3.0, 4.0]),
            (Interpolation::Higher, [1.0, 3.0, 4.0, 4.0]),
            (Interpolation::Midpoint, [1.0, 2.5, 3.5, 4.0]),
            (Interpolation::Nearest, [1.0, 3.0, 4.0, 4.0]),
        ] {
            let found = quantiles(&values, &[0.0, 0.5, 0.9, 1.0], interpolation);
            for (found, expected) in found.iter().zip(expected) {
                assert!((found - expected).abs() < 1e-12, "{interpolation:?}");
            }
        }
        assert!(quantiles(&[], &[0.5], Interpolation::Linear).is_empty());
    }

    /// Found by a property test: a limit of 2 was met or not as the rows were cut.
    #[test]
    fn the_deviation_of_integers_does_not_depend_on_the_cut() {
        let values = [
            8, 5, 4, 4, 6, 4, 6, 3, 5, 4, 3, 3, 8, 8, 3, 1, 8, 3, 6, 8, 3, 3, 3, 4, 3, 4, 3, 3, 3,
            3, 3, 1,
        ];
        let column = Values::Integer(values.into_iter().map(Some).collect());
        let frame = Frame::from_series(values.len(), vec![column.into_series("n")]).unwrap();
        let columns = ["n".to_owned()];
        let of = |first: usize, n: usize| {
            let piece = Piece::new(&frame, &columns, (first, n), 0).unwrap();
            Moments::of(&piece, "n").unwrap()
        };
        for cut in 0..=values.len() {
            let mut moments = of(0, cut);
            moments.merge(of(cut, values.len() - cut));
            assert_eq!(moments.std(), Some(2.0), "{cut}");
        }
    }

    #[test]
    fn moments_of_parts_merge() {
        let values: Vec<f64> = (0..100).map(|i| f64::from(i * i % 37) - 5.0).collect();
        let whole = Moments::of_values(&values, |v| *v);
        let mut merged = Moments::default();
        for part in values.chunks(13) {
            merged.merge(Moments::of_values(part, |v| *v));
        }
        assert_eq!(merged.n, 100);
        assert!((merged.mean - whole.mean).abs() < 1e-12);
        assert!((merged.std().unwrap() - whole.std().unwrap()).abs() < 1e-12);
    }
}
