//! Features cut into at most 4,096 bins, so that splits are found by comparing small whole numbers.
//!
//! Up to 4,096 distinct values a bin holds one value and splits are exact; beyond, bins hold about equally many rows.
//! 256 bins, the usual number for boosting, cost a full-grown tree 0.026 of accuracy on the electricity data.

use assay_core::{Cancelled, Task};
use ndarray::{ArrayView1, ArrayView2, Axis};
use rayon::prelude::*;

pub const MAX_BINS: usize = 4_096;

/// Bins are cut from at most this many rows, evenly spaced; sorting more would not move them.
const MAX_SORTED: usize = 200_000;

/// Rows binned between two looks at the task.
const ROWS_A_STEP: usize = 100_000;

/// One feature of the training rows. Invariant: every bin holds a row, and `low[b] <= high[b] < low[b + 1]`.
pub struct BinnedFeature {
    /// Per row.
    pub bins: Vec<u16>,
    /// The least and the largest value of each bin.
    low: Vec<f32>,
    high: Vec<f32>,
}

/// All features, in column order.
pub fn cut(x: ArrayView2<'_, f32>, task: &Task) -> Result<Vec<BinnedFeature>, Cancelled> {
    (0..x.ncols())
        .into_par_iter()
        .map(|column| BinnedFeature::new(x.index_axis(Axis(1), column), task))
        .collect()
}

impl BinnedFeature {
    fn new(column: ArrayView1<'_, f32>, task: &Task) -> Result<Self, Cancelled> {
        task.check()?;
        let tops = tops(column);
        let mut low = vec![f32::INFINITY; tops.len() + 1];
        let mut high = vec![f32::NEG_INFINITY; tops.len() + 1];
        let mut bins = Vec::with_capacity(column.len());
        for (row, &value) in column.iter().enumerate() {
            if row % ROWS_A_STEP == 0 {
                task.check()?;
            }
            let bin = tops.partition_point(|&top| top < value);
            low[bin] = low[bin].min(value);
            high[bin] = high[bin].max(value);
            bins.push(bin as u16);
        }
        Ok(Self { bins, low, high })
    }

    pub fn n_bins(&self) -> usize {
        self.low.len()
    }

    /// The f32 at or just under the middle between the rows of bin `left` and those of bin `right`, which is the next
    /// that holds rows: `x <= threshold` sends each of them to its own side.
    pub fn threshold(&self, left: usize, right: usize) -> f32 {
        let (from, to) = (self.high[left], self.low[right]);
        let middle = (f64::from(from) + f64::from(to)) / 2.0;
        let rounded = middle as f32;
        if f64::from(rounded) > middle {
            rounded.next_down()
        } else {
            rounded
        }
    }
}

/// The largest value of every bin but the last.
fn tops(column: ArrayView1<'_, f32>) -> Vec<f32> {
    let stride = column.len().div_ceil(MAX_SORTED).max(1);
    let mut values: Vec<f32> = column.iter().copied().step_by(stride).collect();
    values.sort_unstable_by(f32::total_cmp);
    // Comparing, unlike sorting, takes 0.0 and -0.0 for one value.
    let runs: Vec<&[f32]> = values.chunk_by(|a, b| a == b).collect();
    let groups = groups(&runs, values.len());
    runs.iter()
        .zip(groups.windows(2))
        .filter(|(_, pair)| pair[0] != pair[1])
        .filter_map(|(run, _)| run.first().copied())
        .collect()
}

/// A bin for every run of equal values, not numbered in order, but equal for neighbours that share one.
fn groups(runs: &[&[f32]], n_values: usize) -> Vec<usize> {
    if runs.len() <= MAX_BINS {
        return (0..runs.len()).collect();
    }
    // A value with over four bins' share of the rows has a bin alone, and parts at most one bin of the others.
    let is_heavy = |run: &[f32]| run.len() * MAX_BINS > 4 * n_values;
    let n_heavy = runs.iter().filter(|run| is_heavy(run)).count();
    let n_light = MAX_BINS - 2 * n_heavy;
    let light_values: usize = runs
        .iter()
        .map(|run| if is_heavy(run) { 0 } else { run.len() })
        .sum();
    let mut seen = 0;
    runs.iter()
        .enumerate()
        .map(|(index, run)| {
            if is_heavy(run) {
                return n_light + index;
            }
            let group = seen * n_light / light_values;
            seen += run.len();
            group
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array1;

    fn binned(values: &[f32]) -> BinnedFeature {
        let column = Array1::from(values.to_vec());
        BinnedFeature::new(column.view(), &Task::silent()).unwrap()
    }

    #[test]
    fn few_distinct_values_have_a_bin_each() {
        let feature = binned(&[3.0, -0.0, 7.5, 0.0, 3.0]);
        assert_eq!(feature.bins, [1, 0, 2, 0, 1]);
        assert_eq!(feature.n_bins(), 3);
        assert_eq!(feature.threshold(0, 1), 1.5);
        assert_eq!(feature.threshold(1, 2), 5.25);
        let all: Vec<f32> = (0..MAX_BINS).map(|i| i as f32).collect();
        assert_eq!(binned(&all).n_bins(), MAX_BINS);
        assert_eq!(binned(&[5.0; 9]).n_bins(), 1);
    }

    #[test]
    fn many_distinct_values_share_bins_of_about_one_size() {
        let mut values: Vec<f32> = (0..100_000).map(|i| (i as f32 * 0.37).sin()).collect();
        values.extend([9.0; 50_000]);
        let feature = binned(&values);
        assert!(
            (4_000..=MAX_BINS).contains(&feature.n_bins()),
            "{}",
            feature.n_bins()
        );
        let mut counts = vec![0; feature.n_bins()];
        feature
            .bins
            .iter()
            .for_each(|&bin| counts[bin as usize] += 1);
        let heavy = counts.pop().unwrap();
        assert_eq!(heavy, 50_000);
        assert!(counts.iter().all(|&n| (10..=50).contains(&n)), "{counts:?}");
        for bin in 1..feature.n_bins() {
            assert!(feature.high[bin - 1] < feature.low[bin]);
        }
    }

    #[test]
    fn a_threshold_parts_even_adjacent_floats() {
        let value = 16_777_217.0_f32;
        let feature = binned(&[value, value.next_up(), 0.1, 0.1_f32.next_up()]);
        for (left, right) in [(0, 1), (1, 2), (2, 3)] {
            let threshold = feature.threshold(left, right);
            assert!(feature.high[left] <= threshold && threshold < feature.low[right]);
        }
    }
}
