//! Features cut into at most 4,096 bins, so that most splits are found by counting small whole numbers.
//!
//! A bin may hold several values; [`super::grow`] looks inside those bins where a better split can lie, so that a tree
//! is the one that sorting every node would grow.

use assay_core::{Cancelled, Task};
use ndarray::{ArrayView1, ArrayView2, Axis};
use rayon::prelude::*;

pub const MAX_BINS: usize = 4_096;

/// Bins are cut from at most this many rows, evenly spaced; sorting more would not move them.
const MAX_SORTED: usize = 200_000;

/// Rows binned between two looks at the task.
const ROWS_A_STEP: usize = 100_000;

/// One feature of the training rows. Invariant: every bin but that of the missing values holds a row, and the values
/// of a bin are less than those of the next.
pub struct BinnedFeature {
    /// Per row; a missing value (NaN) has bin number `n_bins`.
    pub bins: Vec<u16>,
    /// Bins of values.
    pub n_bins: usize,
    /// The largest value of each bin.
    pub high: Vec<f32>,
    pub has_missing: bool,
    /// Some bin holds more than one value.
    pub is_coarse: bool,
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
        let n_bins = tops.len() + 1;
        let mut low = vec![f32::INFINITY; n_bins];
        let mut high = vec![f32::NEG_INFINITY; n_bins];
        let mut has_missing = false;
        let mut bins = Vec::with_capacity(column.len());
        for (row, &value) in column.iter().enumerate() {
            if row % ROWS_A_STEP == 0 {
                task.check()?;
            }
            if value.is_nan() {
                has_missing = true;
                bins.push(n_bins as u16);
                continue;
            }
            let bin = tops.partition_point(|&top| top < value);
            low[bin] = low[bin].min(value);
            high[bin] = high[bin].max(value);
            bins.push(bin as u16);
        }
        let is_coarse = low.iter().zip(&high).any(|(low, high)| low < high);
        Ok(Self {
            bins,
            n_bins,
            high,
            has_missing,
            is_coarse,
        })
    }
}

/// The f32 at or just under the middle of two values: `x <= threshold` sends each of them to its own side.
pub fn between(below: f32, above: f32) -> f32 {
    let middle = (f64::from(below) + f64::from(above)) / 2.0;
    let rounded = middle as f32;
    if f64::from(rounded) > middle {
        rounded.next_down()
    } else {
        rounded
    }
}

/// The largest value of every bin but the last.
fn tops(column: ArrayView1<'_, f32>) -> Vec<f32> {
    let stride = column.len().div_ceil(MAX_SORTED).max(1);
    let mut values: Vec<f32> = column.iter().copied().step_by(stride).collect();
    values.retain(|value| !value.is_nan());
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
        assert_eq!(feature.n_bins, 3);
        assert!(!feature.has_missing && !feature.is_coarse);
        let all: Vec<f32> = (0..MAX_BINS).map(|i| i as f32).collect();
        assert_eq!(binned(&all).n_bins, MAX_BINS);
        assert_eq!(binned(&[5.0; 9]).n_bins, 1);
    }

    #[test]
    fn many_distinct_values_share_bins_of_about_one_size() {
        let mut values: Vec<f32> = (0..100_000).map(|i| (i as f32 * 0.37).sin()).collect();
        values.extend([9.0; 50_000]);
        let feature = binned(&values);
        assert!(
            (4_000..=MAX_BINS).contains(&feature.n_bins),
            "{}",
            feature.n_bins
        );
        let mut counts = vec![0; feature.n_bins];
        feature
            .bins
            .iter()
            .for_each(|&bin| counts[bin as usize] += 1);
        let heavy = counts.pop().unwrap();
        assert_eq!(heavy, 50_000);
        assert!(counts.iter().all(|&n| (10..=50).contains(&n)), "{counts:?}");
        for bin in 1..feature.n_bins {
            assert!(feature.high[bin - 1] < feature.high[bin]);
        }
    }

    #[test]
    fn missing_values_have_a_bin_behind_the_others() {
        let feature = binned(&[2.0, f32::NAN, 1.0]);
        assert_eq!(feature.bins, [1, 2, 0]);
        assert_eq!((feature.n_bins, feature.has_missing), (2, true));
        let nothing = binned(&[f32::NAN, f32::NAN]);
        assert_eq!((nothing.bins, nothing.n_bins), (vec![1, 1], 1));
    }

    #[test]
    fn a_threshold_parts_even_adjacent_floats() {
        let value = 16_777_217.0_f32;
        for (below, above) in [
            (value, value.next_up()),
            (0.1, 0.1_f32.next_up()),
            (f32::MIN, f32::MAX),
            (1.0, 2.0),
        ] {
            let threshold = between(below, above);
            assert!(below <= threshold && threshold < above);
        }
        assert_eq!(between(0.0, 3.0), 1.5);
    }
}
