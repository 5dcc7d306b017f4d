//! Histograms with edges that a person would choose.

use super::Histogram;
use crate::sketch::Weighted;

/// Bins aimed at; there are 9 to 40.
const AIM: f64 = 18.0;
/// More bins than this would mean that the arithmetic has run out of digits.
const MAX_BINS: f64 = 60.0;
/// Powers of ten below this have no exact reciprocal that is finite.
const SMALLEST_WIDTH: f64 = 1e-300;

/// Bins of a round width (1, 2, 2.5 or 5 times a power of ten) beginning at a multiple of it. Whole numbers get whole
/// edges, and the last bin ends above the largest of them, so that no bin holds more numbers than the others. A constant
/// column gets one bin.
///
/// `min` and `max` are those of the column, which `weighted` may know but nearly.
pub(super) fn histogram(weighted: &Weighted, min: f64, max: f64, whole: bool) -> Histogram {
    if weighted.n() == 0 {
        return Histogram {
            edges: Vec::new(),
            counts: Vec::new(),
        };
    }
    let edges = edges(min, max, whole);
    let mut below = 0;
    let n_bins = edges.len().saturating_sub(1);
    let counts = edges
        .iter()
        .skip(1)
        .enumerate()
        .map(|(bin, edge)| {
            let up_to = if bin + 1 == n_bins {
                weighted.n()
            } else {
                weighted.n_below(*edge)
            };
            let count = up_to.saturating_sub(below);
            below = up_to.max(below);
            count
        })
        .collect();
    Histogram { edges, counts }
}

/// Ascending edges with `min` at or above the first and `max` at or below the last.
fn edges(min: f64, max: f64, whole: bool) -> Vec<f64> {
    if min == max {
        let half = if whole { 1.0 } else { 0.5 };
        let low = if whole { min } else { min - half };
        return if low < min + half {
            vec![low, min + half]
        } else {
            // so large that nothing fits between neighbours
            vec![min, min.next_up()]
        };
    }
    // halves, for the range of doubles exceeds a double
    let raw = (max / 2.0 - min / 2.0) / (AIM / 2.0);
    if raw < SMALLEST_WIDTH {
        return vec![min, max];
    }
    let step = Step::near(raw, whole);
    let first = (min / step.width()).floor();
    let last = if whole {
        (max / step.width()).floor() + 1.0
    } else {
        (max / step.width()).ceil()
    };
    let n_bins = last - first;
    if !(1.0..=MAX_BINS).contains(&n_bins) {
        return vec![min, max];
    }
    let edges: Vec<f64> = (0..=n_bins as u32)
        .map(|i| step.times(first + f64::from(i)))
        .collect();
    let ascending =
        edges.windows(2).all(|pair| pair[0] < pair[1]) && edges.iter().all(|edge| edge.is_finite());
    let covers = edges.first().is_some_and(|edge| *edge <= min)
        && edges.last().is_some_and(|edge| *edge >= max);
    if ascending && covers {
        edges
    } else {
        vec![min, max]
    }
}

/// `factor` x 10^`power`.
#[derive(Clone, Copy)]
struct Step {
    factor: f64,
    power: i32,
}

impl Step {
    /// The round width nearest to `raw` (by ratio); for whole numbers a whole one.
    fn near(raw: f64, whole: bool) -> Self {
        let power = raw.log10().floor() as i32;
        let mut best = Self { factor: 1.0, power };
        for candidate in [1.0, 2.0, 2.5, 5.0, 10.0].map(|factor| Self { factor, power }) {
            let distance = |step: Self| (step.width() / raw).ln().abs();
            if distance(candidate) < distance(best) && !(whole && candidate.width().fract() != 0.0)
            {
                best = candidate;
            }
        }
        if whole && best.width() < 1.0 {
            best = Self {
                factor: 1.0,
                power: 0,
            };
        }
        best
    }

    fn width(self) -> f64 {
        self.times(1.0)
    }

    /// Divides for small widths: 3 x 0.1 is not 0.3, 3 / 10 is.
    fn times(self, n: f64) -> f64 {
        if self.power < 0 {
            n * self.factor / 10f64.powi(-self.power)
        } else {
            n * self.factor * 10f64.powi(self.power)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges_are_round() {
        for (min, max, whole, first, second, n_bins) in [
            (32.1, 59.6, false, 32.0, 34.0, 14),
            (13.1, 21.5, false, 13.0, 13.5, 17),
            (172.0, 231.0, true, 170.0, 175.0, 13),
            (2700.0, 6300.0, true, 2600.0, 2800.0, 19),
            (0.0, 1.0, false, 0.0, 0.05, 20),
            (0.0, 1.0, true, 0.0, 1.0, 2),
            (1.0, 7.0, true, 1.0, 2.0, 7),
            (5.0, 5.0, true, 5.0, 6.0, 1),
            (0.003467, 0.003467, false, -0.496533, 0.503467, 1),
            (-1e-9, 1e-9, false, -1e-9, -9e-10, 20),
            (-1.7e308, 1.7e308, false, -1.7e308, 1.7e308, 1),
        ] {
            let edges = edges(min, max, whole);
            assert_eq!(edges.len(), n_bins + 1, "{min} to {max}: {edges:?}");
            assert!((edges[0] - first).abs() <= 1e-12 * first.abs(), "{edges:?}");
            assert!(
                (edges[1] - second).abs() <= 1e-12 * second.abs(),
                "{edges:?}"
            );
        }
        assert_eq!(edges(0.0, 1.0, false)[3], 0.15);
    }

    #[test]
    fn every_value_is_in_one_bin() {
        for (values, whole) in [
            (vec![0.0, 1.0, 1.0, 2.0, 3.0], true),
            (vec![1e16, 1e16 + 2.0, 1e16 + 4.0], true),
            (vec![-3.5, -0.1, 0.0, 1e-300, 7.25], false),
            (vec![1e308, 1.5e308], false),
            (vec![5e-324, 1e-323], false),
            ((0..1000).map(f64::from).collect(), true),
        ] {
            let weighted = Weighted::of(values.iter().map(|value| (*value, 1)).collect());
            let (min, max) = (weighted.min().unwrap(), weighted.max().unwrap());
            let histogram = histogram(&weighted, min, max, whole);
            assert_eq!(
                histogram.counts.iter().sum::<u64>(),
                values.len() as u64,
                "{histogram:?}"
            );
            assert_eq!(histogram.edges.len(), histogram.counts.len() + 1);
            for (bin, count) in histogram.counts.iter().enumerate() {
                let (low, high) = (histogram.edges[bin], histogram.edges[bin + 1]);
                let last = bin + 1 == histogram.counts.len();
                let inside = values
                    .iter()
                    .filter(|v| **v >= low && (**v < high || (last && **v == high)));
                assert_eq!(inside.count() as u64, *count, "{histogram:?}");
            }
        }
    }
}
