//! The bins that distances between distributions are measured on, and those distances.

use super::steps::Steps;

/// Cuts the number line at the deciles of a reference.
///
/// A value that alone holds a tenth of the reference or more gets a cell of its own, so that zeros, constants and
/// scales of a few values are compared value by value. The outer cells are open.
pub(super) struct Cells {
    /// Ascending: a value, and whether the cut lies after it.
    cuts: Vec<(f64, bool)>,
}

impl Cells {
    pub fn of(reference: Steps<'_>) -> Self {
        let n = reference.n();
        let mut cuts: Vec<(f64, bool)> = Vec::new();
        for decile in 1..10 {
            let Some(value) = reference.quantile(decile, 10) else {
                continue;
            };
            if cuts.last().is_some_and(|&(last, _)| last == value) {
                continue;
            }
            if count_at(reference, value) * 10 >= n {
                cuts.push((value, false));
            }
            cuts.push((value, true));
        }
        Self { cuts }
    }

    pub fn counts(&self, sample: Steps<'_>) -> Vec<u64> {
        let mut counts = vec![0; self.cuts.len() + 1];
        for (value, count) in sample.counts() {
            let cell = self
                .cuts
                .partition_point(|&(cut, after)| if after { cut < value } else { cut <= value });
            if let Some(cell) = counts.get_mut(cell) {
                *cell += count;
            }
        }
        counts
    }
}

fn count_at(sample: Steps<'_>, value: f64) -> u64 {
    let index = sample.values.partition_point(|&other| other < value);
    let at = |index: usize| sample.cumulative.get(index).copied().unwrap_or(0);
    at(index) - index.checked_sub(1).map_or(0, at)
}

/// Jensen-Shannon distance, base 2, 0 to 1: the square root of the mean Kullback-Leibler divergence from both to
/// their mean (Endres and Schindelin 2003). `None` when one side is empty.
pub(crate) fn jensen_shannon(a: &[u64], b: &[u64]) -> Option<f64> {
    let divergence: f64 = shares(a, b)?
        .map(|(p, q)| {
            let mean = (p + q) / 2.0;
            let part = |share: f64| {
                if share > 0.0 {
                    share * (share / mean).log2()
                } else {
                    0.0
                }
            };
            (part(p) + part(q)) / 2.0
        })
        .sum();
    Some(divergence.clamp(0.0, 1.0).sqrt())
}

/// The share that an empty cell counts as in [`population_stability`].
const EMPTY_SHARE: f64 = 0.0001;

/// Population stability index: the sum of (q − p) ln(q / p). A cell that is empty on one side counts as 0.0001 there;
/// cells that are empty on both are left out. `None` when one side is empty.
pub(super) fn population_stability(a: &[u64], b: &[u64]) -> Option<f64> {
    let smoothed = |share: f64| if share > 0.0 { share } else { EMPTY_SHARE };
    let index = shares(a, b)?
        .filter(|&(p, q)| p > 0.0 || q > 0.0)
        .map(|(p, q)| (smoothed(p), smoothed(q)))
        .map(|(p, q)| (q - p) * (q / p).ln())
        .sum();
    Some(index)
}

fn shares<'a>(a: &'a [u64], b: &'a [u64]) -> Option<impl Iterator<Item = (f64, f64)> + 'a> {
    let (n_a, n_b) = (a.iter().sum::<u64>(), b.iter().sum::<u64>());
    (n_a > 0 && n_b > 0).then(|| {
        a.iter()
            .zip(b)
            .map(move |(&p, &q)| (p as f64 / n_a as f64, q as f64 / n_b as f64))
    })
}
