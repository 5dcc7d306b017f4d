//! Numbers with how often each occurs: what all figures of a numeric column are read from.

use super::Moments;

/// Sizes beyond which fourth powers leave the range of a double.
const LARGE: f64 = 1e70;
const SMALL: f64 = 1e-70;

/// Finite numbers, each standing for a count of rows.
///
/// Invariant: the values ascend, and so do the cumulative counts; both are equally long.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Weighted {
    values: Vec<f64>,
    /// Rows up to and with the value.
    cumulative: Vec<u64>,
}

impl Weighted {
    /// Of finite numbers in any order. Equal numbers may stand in several pairs.
    pub fn of(mut pairs: Vec<(f64, u64)>) -> Self {
        pairs.sort_unstable_by(|(a, _), (b, _)| a.total_cmp(b));
        let (values, counts): (Vec<f64>, Vec<u64>) = pairs.into_iter().unzip();
        Self::ascending(values, &counts)
    }

    /// Of ascending finite numbers.
    pub fn ascending(values: Vec<f64>, counts: &[u64]) -> Self {
        let mut total = 0;
        let cumulative = counts
            .iter()
            .map(|count| {
                total += count;
                total
            })
            .collect();
        Self { values, cumulative }
    }

    /// Rows.
    pub fn n(&self) -> u64 {
        self.cumulative.last().copied().unwrap_or(0)
    }

    pub fn min(&self) -> Option<f64> {
        self.values.first().copied()
    }

    pub fn max(&self) -> Option<f64> {
        self.values.last().copied()
    }

    /// Values with their counts, ascending.
    pub fn steps(&self) -> impl Iterator<Item = (f64, u64)> {
        let before = std::iter::once(0).chain(self.cumulative.iter().copied());
        let counts = self.cumulative.iter().zip(before).map(|(c, b)| c - b);
        self.values.iter().copied().zip(counts)
    }

    /// Rows whose number is below `edge`.
    pub fn n_below(&self, edge: f64) -> u64 {
        let place = self.values.partition_point(|value| *value < edge);
        match place.checked_sub(1) {
            Some(last) => self.cumulative.get(last).copied().unwrap_or(0),
            None => 0,
        }
    }

    /// Rows whose number is `edge` or below.
    pub fn n_up_to(&self, edge: f64) -> u64 {
        self.n_below(edge.next_up())
    }

    /// The quantile at `probability` (0 to 1): type 7 of Hyndman and Fan (1996), numpy's default. `None` without values.
    pub fn quantile(&self, probability: f64) -> Option<f64> {
        interpolated(self.n(), probability, |rank| self.at(rank))
    }

    /// The number in the row of that 0-based rank.
    fn at(&self, rank: u64) -> Option<f64> {
        let place = self.cumulative.partition_point(|rows| *rows <= rank);
        self.values.get(place).copied()
    }

    /// Moments in two passes, in units of the second number, which is a power of two: 1 unless the numbers are so large
    /// or so small that their fourth powers leave the range of a double.
    pub fn moments(&self) -> (Moments, f64) {
        let size = self
            .values
            .iter()
            .fold(0.0, |size: f64, v| size.max(v.abs()));
        let unit = if size > LARGE || (size < SMALL && size > 0.0) {
            // 1e308 and its unit stay normal numbers
            f64::exp2(size.log2().floor().clamp(-1022.0, 1022.0))
        } else {
            1.0
        };
        let n = self.n() as f64;
        let sum: f64 = self.steps().map(|(v, c)| v / unit * c as f64).sum();
        let mean = sum / n;
        let mut moments = Moments {
            n: self.n(),
            mean,
            ..Moments::default()
        };
        for (value, count) in self.steps() {
            let (d, count) = (value / unit - mean, count as f64);
            let square = d * d;
            moments.m2 += count * square;
            moments.m3 += count * square * d;
            moments.m4 += count * square * square;
        }
        (moments, unit)
    }
}

/// The quantile of ascending numbers at `probability` (0 to 1): type 7 of Hyndman and Fan (1996), numpy's default.
/// `None` without numbers.
pub fn quantile(ascending: &[f64], probability: f64) -> Option<f64> {
    interpolated(ascending.len() as u64, probability, |rank| {
        ascending.get(usize::try_from(rank).ok()?).copied()
    })
}

/// Between the two of `n` numbers that are next to the place; `at` gives the number of a 0-based rank.
fn interpolated(n: u64, probability: f64, at: impl Fn(u64) -> Option<f64>) -> Option<f64> {
    let last = n.checked_sub(1)?;
    let place = probability.clamp(0.0, 1.0) * last as f64;
    let below = place.floor();
    let low = at(below as u64)?;
    let high = at((below as u64 + 1).min(last))?;
    Some(lerp(low, high, place - below))
}

/// As numpy computes it, from the nearer end, so that the figures agree to the last bit.
fn lerp(low: f64, high: f64, share: f64) -> f64 {
    if low == high {
        return low;
    }
    if share >= 0.5 {
        high - (high - low) * (1.0 - share)
    } else {
        low + (high - low) * share
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_lie_between_neighbours() {
        for (values, probability, expected) in [
            (&[][..], 0.5, None),
            (&[3.0], 0.25, Some(3.0)),
            (&[4.0, 1.0, 3.0, 2.0], 0.5, Some(2.5)),
            (&[1.0, 2.0, 3.0, 4.0], 0.25, Some(1.75)),
            (&[1.0, 1.0, 1.0, 4.0], 0.5, Some(1.0)),
            (&[1.0, 2.0], 1.0, Some(2.0)),
            (&[1.0, 2.0], 0.0, Some(1.0)),
        ] {
            let weighted = Weighted::of(values.iter().map(|value| (*value, 1)).collect());
            let mut ascending = values.to_vec();
            ascending.sort_by(f64::total_cmp);
            assert_eq!(
                [
                    weighted.quantile(probability),
                    quantile(&ascending, probability)
                ],
                [expected; 2],
                "{values:?} {probability}"
            );
        }
    }

    #[test]
    fn moments_of_extremes_stay_finite() {
        for values in [[1e308, -1e308, 0.0], [5e-324, 1e-323, 0.0], [1.0, 2.0, 3.0]] {
            let weighted = Weighted::of(values.iter().map(|value| (*value, 1)).collect());
            let (moments, unit) = weighted.moments();
            assert!(moments.std().is_finite() && moments.m4.is_finite() && moments.m4 > 0.0);
            assert!((moments.std() * unit).is_finite(), "{values:?}");
        }
    }

    #[test]
    fn ranks_count_rows() {
        let weighted = Weighted::of(vec![(1.0, 3), (2.0, 2), (5.0, 1)]);
        assert_eq!(
            (weighted.n_below(2.0), weighted.n_up_to(2.0), weighted.n()),
            (3, 5, 6)
        );
        assert_eq!(
            weighted.steps().collect::<Vec<_>>(),
            [(1.0, 3), (2.0, 2), (5.0, 1)]
        );
    }
}
