//! A column: every distinct value with its count as long as they are few, a sample and a summary of all values after.

use super::DistinctSample;

/// What is kept of values that are too many to be counted one by one. Sums only, so that shards add up.
pub trait Summary: Default {
    /// What is kept of a value that is counted.
    type Value;

    fn add(&mut self, hash: u64, value: &Self::Value, count: u64);
    fn merge(&mut self, other: Self);
}

/// A [`Summary`] of values that lie in memory as `I`.
pub trait Takes<I>: Summary {
    fn keep(item: I) -> Self::Value;
    fn add_all(&mut self, hashes: &[u64], items: &[I]);
}

/// Invariant: the summary is there exactly when the sample is not complete, and then holds every value. So the state
/// depends on the multiset of values alone.
#[derive(Debug, Clone)]
pub struct Counted<S: Summary> {
    distinct: DistinctSample<S::Value>,
    summary: Option<S>,
}

impl<S: Summary> Counted<S> {
    /// Counts at most `limit` distinct values one by one.
    pub fn new(limit: usize) -> Self {
        Self {
            distinct: DistinctSample::new(limit),
            summary: None,
        }
    }

    pub fn distinct(&self) -> &DistinctSample<S::Value> {
        &self.distinct
    }

    /// `None` while every distinct value is counted.
    pub fn summary(&self) -> Option<&S> {
        self.summary.as_ref()
    }

    /// Values that are present, each with its hash.
    pub fn push<I: Copy>(&mut self, hashes: &[u64], items: &[I])
    where
        S: Takes<I>,
    {
        let taken = self.distinct.push_while_complete(hashes, items, S::keep);
        let (Some(hashes), Some(items)) = (hashes.get(taken..), items.get(taken..)) else {
            return;
        };
        if items.is_empty() {
            return;
        }
        self.summarised().add_all(hashes, items);
        self.distinct.push(hashes, items, S::keep);
    }

    /// Takes in what another column of the same limit counted.
    pub fn merge(&mut self, mut other: Self) {
        let stays_complete = self.summary.is_none()
            && other.summary.is_none()
            && !self.distinct.overflows_with(&other.distinct);
        if !stays_complete {
            other.summarised();
            let theirs = other.summary.take();
            let ours = self.summarised();
            if let Some(theirs) = theirs {
                ours.merge(theirs);
            }
        }
        self.distinct.merge(other.distinct);
    }

    /// The summary, made from the counts when it is not there yet.
    fn summarised(&mut self) -> &mut S {
        let distinct = &self.distinct;
        self.summary.get_or_insert_with(|| {
            let mut entries: Vec<_> = distinct.entries().collect();
            // in a fixed order, so that sums round alike
            entries.sort_unstable_by_key(|(hash, _)| *hash);
            let mut summary = S::default();
            for (hash, entry) in entries {
                summary.add(hash, &entry.value, entry.count);
            }
            summary
        })
    }
}
