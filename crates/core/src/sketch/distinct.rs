//! Distinct values: all of them with their counts while they are few, a fair sample of them with their counts after.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// Of the estimated number of distinct values, relative, times the root of the number kept (Flajolet 1990).
const STANDARD_ERROR: f64 = 1.2;

/// Adaptive sampling of distinct values (Wegman 1984; Flajolet 1990, "On adaptive sampling"): kept are the values whose
/// hash ends in `z` zero bits, where `z` is the least number with which at most `limit` distinct values remain. Every
/// kept value has been kept from its first occurrence on, so its count is exact.
///
/// While `z` is 0 the sample is complete. After that the number of distinct values is estimated as kept · 2^z, with a
/// relative standard error of about 1.2 / √limit.
///
/// Invariant: `z` and the entries depend on the multiset of values alone.
#[derive(Debug, Clone)]
pub struct DistinctSample<V> {
    limit: usize,
    n_zero_bits: u32,
    entries: HashMap<u64, Entry<V>, BuildHasherDefault<HashItself>>,
}

/// A kept value.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry<V> {
    pub count: u64,
    pub value: V,
}

impl<V> DistinctSample<V> {
    /// Keeps at most `limit` distinct values.
    pub fn new(limit: usize) -> Self {
        Self {
            limit: limit.max(1),
            n_zero_bits: 0,
            entries: HashMap::default(),
        }
    }

    /// Whether every distinct value is in the sample.
    pub fn is_complete(&self) -> bool {
        self.n_zero_bits == 0
    }

    /// Distinct values kept.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Kept values with their hashes, in no order.
    pub fn entries(&self) -> impl Iterator<Item = (u64, &Entry<V>)> {
        self.entries.iter().map(|(hash, entry)| (*hash, entry))
    }

    pub fn get(&self, hash: u64) -> Option<&Entry<V>> {
        self.entries.get(&hash)
    }

    /// One distinct value for every 2^z; 1 while the sample is complete.
    pub fn scale(&self) -> f64 {
        2_f64.powi(self.n_zero_bits.cast_signed())
    }

    /// Exact while complete; then an estimate for `n_values` values.
    ///
    /// Where the values occur about equally often, their number is known better from how often the kept ones occur than
    /// from how many are kept: when none of them occurs twice, all values count as distinct. Frequent values that are
    /// not kept spoil that, so it is only believed where both estimates agree within two standard errors.
    pub fn n_distinct(&self, n_values: u64) -> u64 {
        let kept = self.entries.len() as f64;
        if self.is_complete() || self.entries.is_empty() {
            return self.entries.len() as u64;
        }
        let by_size = kept * self.scale();
        let n_counted: u64 = self.entries.values().map(|entry| entry.count).sum();
        let by_count = n_values as f64 * kept / n_counted as f64;
        let agree = (by_count / by_size - 1.0).abs() <= 2.0 * STANDARD_ERROR / kept.sqrt();
        let estimate = if agree { by_count } else { by_size };
        (estimate.round() as u64).min(n_values)
    }

    /// Values beyond the first occurrence of each; exact while complete, estimated from the kept ones after.
    pub fn n_repeats(&self) -> u64 {
        let kept: u64 = self.entries.values().map(|entry| entry.count - 1).sum();
        (kept as f64 * self.scale()) as u64
    }

    /// Counts values as long as the sample stays complete; answers how many it took. `keep` makes what is kept of a value
    /// that is new.
    pub fn push_while_complete<I: Copy>(
        &mut self,
        hashes: &[u64],
        items: &[I],
        keep: impl Fn(I) -> V,
    ) -> usize {
        if !self.is_complete() {
            return 0;
        }
        for (taken, (hash, item)) in hashes.iter().zip(items).enumerate() {
            if let Some(entry) = self.entries.get_mut(hash) {
                entry.count += 1;
            } else if self.entries.len() < self.limit {
                let value = keep(*item);
                self.entries.insert(*hash, Entry { count: 1, value });
            } else {
                return taken;
            }
        }
        hashes.len().min(items.len())
    }

    /// Counts values, and samples more thinly when they get too many.
    pub fn push<I: Copy>(&mut self, hashes: &[u64], items: &[I], keep: impl Fn(I) -> V) {
        let mut mask = self.mask();
        for (hash, item) in hashes.iter().zip(items) {
            if hash & mask != 0 {
                continue;
            }
            self.entries
                .entry(*hash)
                .or_insert_with(|| Entry {
                    count: 0,
                    value: keep(*item),
                })
                .count += 1;
            if self.entries.len() > self.limit {
                self.thin_out();
                mask = self.mask();
            }
        }
    }

    /// Takes in what another sample of the same limit saw.
    pub fn merge(&mut self, other: Self) {
        self.n_zero_bits = self.n_zero_bits.max(other.n_zero_bits);
        let mask = self.mask();
        self.entries.retain(|hash, _| hash & mask == 0);
        for (hash, theirs) in other.entries {
            if hash & mask != 0 {
                continue;
            }
            match self.entries.get_mut(&hash) {
                Some(ours) => ours.count += theirs.count,
                None => {
                    self.entries.insert(hash, theirs);
                }
            }
        }
        self.thin_out();
    }

    /// Whether the two together would no longer be complete.
    pub fn overflows_with(&self, other: &Self) -> bool {
        let (large, small) = if self.len() >= other.len() {
            (self, other)
        } else {
            (other, self)
        };
        let new = small.entries.keys();
        let n_new = new.filter(|hash| !large.entries.contains_key(hash)).count();
        large.len() + n_new > self.limit
    }

    fn thin_out(&mut self) {
        while self.entries.len() > self.limit && self.n_zero_bits < u64::BITS {
            self.n_zero_bits += 1;
            let mask = self.mask();
            self.entries.retain(|hash, _| hash & mask == 0);
        }
    }

    fn mask(&self) -> u64 {
        1_u64
            .checked_shl(self.n_zero_bits)
            .unwrap_or(0)
            .wrapping_sub(1)
    }
}

/// The keys are hashes already. Their low bits are zero in a thin sample, so the high ones come first.
#[derive(Debug, Clone, Copy, Default)]
struct HashItself(u64);

impl Hasher for HashItself {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, key: u64) {
        self.0 = key.rotate_right(32);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sketch::scatter;

    fn sample(values: impl Iterator<Item = u64>, limit: usize) -> DistinctSample<u64> {
        let mut sample = DistinctSample::new(limit);
        let values: Vec<u64> = values.collect();
        let hashes: Vec<u64> = values.iter().map(|value| scatter(*value)).collect();
        sample.push(&hashes, &values, |value| value);
        sample
    }

    #[test]
    fn few_values_are_counted_and_many_are_estimated() {
        let few = sample((0..1000).map(|i| i % 10), 16);
        assert!(few.is_complete());
        assert_eq!((few.n_distinct(1000), few.n_repeats()), (10, 990));
        for n in [20_000_u64, 300_000] {
            let twice = sample((0..2 * n).map(|i| i % n), 4096);
            assert!(!twice.is_complete());
            assert!(twice.entries().all(|(_, entry)| entry.count == 2));
            let three_errors = 3.0 * 1.2 / 4096_f64.sqrt();
            for estimate in [twice.n_distinct(2 * n), twice.n_repeats()] {
                let error = estimate as f64 / n as f64 - 1.0;
                assert!(error.abs() < three_errors, "{n} {error}");
            }
            assert_eq!(sample(0..n, 4096).n_distinct(n), n, "all distinct");
            // half of the rows hold one value that may not be kept
            let half = sample((0..2 * n).map(|i| (i % 2) * i), 4096).n_distinct(2 * n);
            assert!(
                (half as f64 / n as f64 - 1.0).abs() < three_errors,
                "{half}"
            );
            assert_eq!(sample(0..n, 4096).n_repeats(), 0);
        }
    }
}
