//! The bins that distances between distributions are measured on.

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
