//! The best split of a node on one feature.
//!
//! Nodes with few rows are sorted. In others the rows are counted in bins, the gaps between bins are tried, and then
//! the values of those bins within which a better split can lie, by a bound on the purity; most bins never are.

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::RngCore;

use super::grow::{Rows, Sample};
use super::split::Objective;

/// A feature with this many times more bins than the node has rows is sorted; else its bins are counted.
const BINS_A_SORTED_ROW: usize = 4;

#[derive(Debug, Clone, Copy)]
pub struct Split {
    pub purity: f64,
    pub feature: usize,
    /// `x <= threshold` goes left.
    pub threshold: f32,
    pub missing_left: bool,
}

/// Room that is used again and again.
pub struct Search<'a, O> {
    rows: Rows<'a, O>,
    min_samples_leaf: usize,
    /// Sums per bin, and rows per bin. Invariant: zero between two features.
    histogram: Vec<f64>,
    counts: Vec<u32>,
    /// Bins to look into.
    open: Vec<OpenBin>,
    /// Whether a bin is among them. Invariant: false between two features.
    is_open: Vec<bool>,
    /// Value (see [`key`]) and position in the node.
    sorted: Vec<u64>,
    /// One feature of the node's rows.
    values: Vec<f32>,
    left: Vec<f64>,
    right: Vec<f64>,
    missing: Vec<f64>,
}

struct OpenBin {
    bin: usize,
    /// Rows and sums to the left of it.
    n_left: usize,
    left: Vec<f64>,
    right: Vec<f64>,
}

/// What does not change while one feature of one node is looked at.
#[derive(Clone, Copy)]
struct Gap {
    feature: usize,
    n_rows: usize,
    missing_left: bool,
}

impl<'a, O: Objective> Search<'a, O> {
    pub fn new(rows: Rows<'a, O>, min_samples_leaf: usize, n_bins: usize) -> Self {
        let width = rows.objective.width();
        // Without bins there is nothing to count.
        let n_bins = if rows.features.is_empty() { 0 } else { n_bins };
        Self {
            rows,
            min_samples_leaf,
            histogram: vec![0.0; n_bins * width],
            counts: vec![0; n_bins],
            open: Vec::new(),
            is_open: vec![false; n_bins],
            sorted: Vec::new(),
            values: Vec::new(),
            left: vec![0.0; width],
            right: vec![0.0; width],
            missing: vec![0.0; width],
        }
    }

    /// Replaces `best` where this feature splits better. Whether the feature varies over the rows.
    pub fn look(
        &mut self,
        feature: usize,
        samples: &[Sample<O::Label>],
        sums: &[f64],
        best: &mut Option<Split>,
    ) -> bool {
        let binned = &self.rows.features[feature];
        if binned.n_bins < 2 && !binned.has_missing {
            return false;
        }
        if samples.len() * BINS_A_SORTED_ROW < binned.n_bins {
            self.look_sorted(feature, samples, sums, best)
        } else {
            self.look_counted(feature, samples, sums, best)
        }
    }

    /// A threshold drawn between the smallest and the largest value of the rows, and a side for missing ones.
    pub fn look_random(
        &mut self,
        feature: usize,
        samples: &[Sample<O::Label>],
        rng: &mut Xoshiro256PlusPlus,
        best: &mut Option<Split>,
    ) -> bool {
        let (mut low, mut high, mut n_missing) = (f32::INFINITY, f32::NEG_INFINITY, 0);
        self.values.clear();
        for sample in samples {
            let value = self.rows.value(sample.row, feature);
            self.values.push(value);
            n_missing += usize::from(value.is_nan());
            // NaN loses every comparison.
            low = low.min(value);
            high = high.max(value);
        }
        let is_constant = low >= high;
        if is_constant && (n_missing == 0 || n_missing == samples.len()) {
            return false;
        }
        let share = (rng.next_u64() >> 11) as f64 / (1_u64 << 53) as f64;
        let drawn = f64::from(low) + share * (f64::from(high) - f64::from(low));
        let (threshold, missing_left) = if is_constant {
            (f32::MAX, false)
        } else {
            let threshold = drawn as f32;
            let threshold = if threshold >= high { low } else { threshold };
            (threshold, n_missing > 0 && rng.next_u64() >> 63 == 1)
        };
        self.left.fill(0.0);
        self.right.fill(0.0);
        let mut n_left = 0;
        for (sample, &value) in samples.iter().zip(&self.values) {
            let goes_left = value <= threshold || (missing_left && value.is_nan());
            n_left += usize::from(goes_left);
            let side = if goes_left {
                &mut self.left
            } else {
                &mut self.right
            };
            (self.rows.objective).add(side, sample.label, f64::from(sample.weight));
        }
        let gap = Gap {
            feature,
            n_rows: samples.len(),
            missing_left,
        };
        self.consider(gap, threshold, n_left, best);
        true
    }

    /// For few rows over many bins: sorts the rows.
    fn look_sorted(
        &mut self,
        feature: usize,
        samples: &[Sample<O::Label>],
        sums: &[f64],
        best: &mut Option<Split>,
    ) -> bool {
        let mut sorted = std::mem::take(&mut self.sorted);
        sorted.clear();
        self.missing.fill(0.0);
        for (position, sample) in samples.iter().enumerate() {
            let value = self.rows.value(sample.row, feature);
            if value.is_nan() {
                (self.rows.objective).add(
                    &mut self.missing,
                    sample.label,
                    f64::from(sample.weight),
                );
            } else {
                sorted.push(key(value, position));
            }
        }
        sorted.sort_unstable();
        let n_missing = samples.len() - sorted.len();
        let varies = match (sorted.first(), sorted.last()) {
            (Some(first), Some(last)) => n_missing > 0 || value_of(*first) != value_of(*last),
            _ => false,
        };
        if varies {
            for missing_left in sides(n_missing) {
                let gap = Gap {
                    feature,
                    n_rows: samples.len(),
                    missing_left,
                };
                let mut n_left = self.start(sums, missing_left, n_missing);
                n_left = self.walk(gap, &sorted, samples, n_left, best);
                if n_missing > 0 && !missing_left {
                    self.consider(gap, f32::MAX, n_left, best);
                }
            }
        }
        self.sorted = sorted;
        varies
    }

    /// Moves sorted rows to the left, one value after another, and considers the gaps between them. Rows on the left
    /// in the end.
    fn walk(
        &mut self,
        gap: Gap,
        sorted: &[u64],
        samples: &[Sample<O::Label>],
        mut n_left: usize,
        best: &mut Option<Split>,
    ) -> usize {
        let mut previous = None;
        for same in sorted.chunk_by(|a, b| a >> 32 == b >> 32) {
            if let Some(previous) = previous {
                self.consider(gap, previous, n_left, best);
            }
            previous = same.first().map(|&first| value_of(first));
            n_left += same.len();
            for &key in same {
                let sample = &samples[key as u32 as usize];
                let weight = f64::from(sample.weight);
                (self.rows.objective).add(&mut self.left, sample.label, weight);
                (self.rows.objective).add(&mut self.right, sample.label, -weight);
            }
        }
        n_left
    }

    /// For many rows over few bins: adds the rows of each bin up.
    fn look_counted(
        &mut self,
        feature: usize,
        samples: &[Sample<O::Label>],
        sums: &[f64],
        best: &mut Option<Split>,
    ) -> bool {
        let rows = self.rows;
        let binned = &rows.features[feature];
        let width = rows.objective.width();
        for sample in samples {
            let bin = binned.bins[sample.row as usize] as usize;
            self.counts[bin] += 1;
            rows.objective.add(
                &mut self.histogram[bin * width..(bin + 1) * width],
                sample.label,
                f64::from(sample.weight),
            );
        }
        let of_missing = binned.n_bins;
        let n_missing = self.counts[of_missing] as usize;
        let present = |bin: &usize| self.counts[*bin] > 0;
        let first = (0..binned.n_bins).find(present);
        let last = (0..binned.n_bins).rfind(present);
        let mut varies = false;
        if let (Some(first), Some(last)) = (first, last) {
            varies = first < last || n_missing > 0 || !self.is_one_value(feature, samples);
            self.missing
                .copy_from_slice(&self.histogram[of_missing * width..(of_missing + 1) * width]);
            for missing_left in sides(n_missing) {
                let gap = Gap {
                    feature,
                    n_rows: samples.len(),
                    missing_left,
                };
                self.scan(gap, first..last + 1, sums, n_missing, best);
                if binned.is_coarse {
                    self.open_bins(gap, first..last + 1, sums, n_missing, best.as_ref());
                    self.look_inside(gap, samples, best);
                }
            }
            self.counts[first..=last].fill(0);
            self.histogram[first * width..(last + 1) * width].fill(0.0);
        }
        self.counts[of_missing] = 0;
        self.histogram[of_missing * width..(of_missing + 1) * width].fill(0.0);
        varies
    }

    fn is_one_value(&self, feature: usize, samples: &[Sample<O::Label>]) -> bool {
        let mut values = samples
            .iter()
            .map(|sample| self.rows.value(sample.row, feature));
        let first = values.next();
        values.all(|value| Some(value) == first)
    }

    /// Considers the gaps between bins.
    fn scan(
        &mut self,
        gap: Gap,
        bins: std::ops::Range<usize>,
        sums: &[f64],
        n_missing: usize,
        best: &mut Option<Split>,
    ) {
        let rows = self.rows;
        let high = &rows.features[gap.feature].high;
        let mut n_left = self.start(sums, gap.missing_left, n_missing);
        let mut previous = None;
        for bin in bins {
            if self.counts[bin] == 0 {
                continue;
            }
            if let Some(previous) = previous {
                self.consider(gap, high[previous], n_left, best);
            }
            n_left += self.counts[bin] as usize;
            self.pass(bin);
            previous = Some(bin);
        }
        if n_missing > 0 && !gap.missing_left {
            self.consider(gap, f32::MAX, n_left, best);
        }
    }

    /// Finds the bins that may hide a better split than the best.
    fn open_bins(
        &mut self,
        gap: Gap,
        bins: std::ops::Range<usize>,
        sums: &[f64],
        n_missing: usize,
        best: Option<&Split>,
    ) {
        let width = self.rows.objective.width();
        let to_beat = best.map_or(f64::NEG_INFINITY, |best| best.purity);
        let mut n_left = self.start(sums, gap.missing_left, n_missing);
        for bin in bins {
            let count = self.counts[bin] as usize;
            if count == 0 {
                continue;
            }
            let in_bin = &self.histogram[bin * width..(bin + 1) * width];
            for (right, sum) in self.right.iter_mut().zip(in_bin) {
                *right -= sum;
            }
            if count > 1 && self.rows.objective.bound(&self.left, &self.right, in_bin) > to_beat {
                self.is_open[bin] = true;
                let with_bin = self
                    .right
                    .iter()
                    .zip(in_bin)
                    .map(|(right, sum)| right + sum);
                self.open.push(OpenBin {
                    bin,
                    n_left,
                    left: self.left.clone(),
                    right: with_bin.collect(),
                });
            }
            for (left, sum) in self.left.iter_mut().zip(in_bin) {
                *left += sum;
            }
            n_left += count;
        }
    }

    /// Sorts the rows of the open bins and considers the gaps within each bin.
    fn look_inside(&mut self, gap: Gap, samples: &[Sample<O::Label>], best: &mut Option<Split>) {
        if self.open.is_empty() {
            return;
        }
        let rows = self.rows;
        let bins = &rows.features[gap.feature].bins;
        let mut sorted = std::mem::take(&mut self.sorted);
        sorted.clear();
        for (position, sample) in samples.iter().enumerate() {
            if self.is_open[bins[sample.row as usize] as usize] {
                sorted.push(key(rows.value(sample.row, gap.feature), position));
            }
        }
        sorted.sort_unstable();
        // Bins follow one another as their values do.
        let mut rest = sorted.as_slice();
        let mut open = std::mem::take(&mut self.open);
        for bin in open.drain(..) {
            self.is_open[bin.bin] = false;
            let (here, behind) = rest.split_at(self.counts[bin.bin] as usize);
            rest = behind;
            self.left.copy_from_slice(&bin.left);
            self.right.copy_from_slice(&bin.right);
            self.walk(gap, here, samples, bin.n_left, best);
        }
        self.open = open;
        self.sorted = sorted;
    }

    /// Everything right, but for the missing values that go left. Rows on the left.
    fn start(&mut self, sums: &[f64], missing_left: bool, n_missing: usize) -> usize {
        self.left.fill(0.0);
        self.right.copy_from_slice(sums);
        if !missing_left {
            return 0;
        }
        for ((left, right), sum) in self.left.iter_mut().zip(&mut self.right).zip(&self.missing) {
            *left += sum;
            *right -= sum;
        }
        n_missing
    }

    /// Moves a bin to the left.
    fn pass(&mut self, bin: usize) {
        let width = self.left.len();
        let sums = &self.histogram[bin * width..(bin + 1) * width];
        for ((left, right), sum) in self.left.iter_mut().zip(&mut self.right).zip(sums) {
            *left += sum;
            *right -= sum;
        }
    }

    /// Takes the split at this threshold when it is allowed and better than the best so far.
    fn consider(&self, gap: Gap, threshold: f32, n_left: usize, best: &mut Option<Split>) {
        if n_left.min(gap.n_rows - n_left) < self.min_samples_leaf {
            return;
        }
        let objective = &self.rows.objective;
        let purity = objective.purity(&self.left) + objective.purity(&self.right);
        let is_better = best.is_none_or(|best| {
            let is_lower = best.feature == gap.feature
                && best.missing_left == gap.missing_left
                && threshold < best.threshold;
            purity > best.purity || (purity == best.purity && is_lower)
        });
        if is_better && purity.is_finite() {
            *best = Some(Split {
                purity,
                feature: gap.feature,
                threshold,
                missing_left: gap.missing_left,
            });
        }
    }
}

/// Both sides where there are missing values; else they are no matter.
fn sides(n_missing: usize) -> impl Iterator<Item = bool> {
    [false, true]
        .into_iter()
        .take(if n_missing > 0 { 2 } else { 1 })
}

/// Sorts as the value does, and then by the position. 0.0 and -0.0 are one value.
fn key(value: f32, position: usize) -> u64 {
    let bits = (value + 0.0).to_bits();
    let ordered = if bits >> 31 == 1 {
        !bits
    } else {
        bits | 1 << 31
    };
    u64::from(ordered) << 32 | position as u64
}

fn value_of(key: u64) -> f32 {
    let ordered = (key >> 32) as u32;
    f32::from_bits(if ordered >> 31 == 1 {
        ordered & !(1 << 31)
    } else {
        !ordered
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_sort_as_their_values_and_keep_them() {
        let values = [f32::MIN, -2.5, -1e-40, 0.0, 1e-40, 1.0, f32::MAX];
        for pair in values.windows(2) {
            assert!(key(pair[0], 9) < key(pair[1], 0));
        }
        for value in values {
            assert_eq!(value_of(key(value, 3)), value);
        }
        assert_eq!(key(0.0, 1), key(-0.0, 1));
    }
}
