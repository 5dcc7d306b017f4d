//! Distinct numbers with their counts: all of them, or some that stand for the others.

use super::super::sketch::thinned_to;
use super::super::steps::Steps;

/// Ascending distinct values, each with the rows that it stands for.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Listed {
    pub(super) values: Vec<f64>,
    pub(super) counts: Vec<u64>,
    /// Every value stands for itself alone.
    pub(super) is_exact: bool,
}

impl Default for Listed {
    fn default() -> Self {
        Self {
            values: Vec::new(),
            counts: Vec::new(),
            is_exact: true,
        }
    }
}

impl Listed {
    /// Of values in any order with their weights.
    pub(super) fn of_weighted(mut weighted: Vec<(f64, u64)>) -> Self {
        weighted.sort_unstable_by(|(a, _), (b, _)| a.total_cmp(b));
        let mut listed = Self {
            is_exact: false,
            ..Self::default()
        };
        for (value, weight) in weighted {
            listed.put(value, weight);
        }
        listed
    }

    /// Adds numbers in ascending order, unless there would be more than `limit` distinct ones: then nothing changes.
    #[must_use]
    pub(super) fn push_sorted(&mut self, sorted: &[f64], limit: usize) -> bool {
        let mut more = Self::default();
        for &value in sorted {
            more.put(value, 1);
            if more.values.len() > limit {
                return false;
            }
        }
        let all = self.with(&more);
        let fits = all.values.len() <= limit;
        if fits {
            *self = all;
        }
        fits
    }

    pub(super) fn with(&self, other: &Self) -> Self {
        if self.values.is_empty() && self.is_exact {
            return other.clone();
        }
        let mut all = Self {
            values: Vec::with_capacity(self.values.len() + other.values.len()),
            counts: Vec::with_capacity(self.values.len() + other.values.len()),
            is_exact: self.is_exact && other.is_exact,
        };
        let mut left = self.pairs().peekable();
        let mut right = other.pairs().peekable();
        loop {
            let next = match (left.peek(), right.peek()) {
                (Some((a, _)), Some((b, _))) if a <= b => left.next(),
                (Some(_), None) => left.next(),
                (_, Some(_)) => right.next(),
                (None, None) => break,
            };
            if let Some((value, count)) = next {
                all.put(value, count);
            }
        }
        all.values.shrink_to_fit();
        all.counts.shrink_to_fit();
        all
    }

    pub(super) fn pairs(&self) -> impl Iterator<Item = (f64, u64)> + '_ {
        self.values.iter().copied().zip(self.counts.iter().copied())
    }

    /// At most `points` values, between two of which lies under a `points`-th of the rows.
    pub(super) fn thinned(&self, points: usize) -> Self {
        if self.values.len() <= points {
            return self.clone();
        }
        let (values, cumulative) = self.steps();
        let steps = Steps {
            values: &values,
            cumulative: &cumulative,
        };
        let (values, cumulative) = thinned_to(steps, points);
        let steps = Steps {
            values: &values,
            cumulative: &cumulative,
        };
        let counts = steps.counts().map(|(_, count)| count).collect();
        Self {
            counts,
            values,
            is_exact: false,
        }
    }

    /// With the true smallest and largest value, each standing for one row at least.
    pub(super) fn reaching(mut self, min: f64, max: f64) -> Self {
        if let (Some(&first), Some(count)) = (self.values.first(), self.counts.first_mut())
            && min < first
        {
            if *count > 1 {
                *count -= 1;
                self.values.insert(0, min);
                self.counts.insert(0, 1);
            } else if let Some(slot) = self.values.first_mut() {
                *slot = min;
            }
        }
        if let (Some(&last), Some(count)) = (self.values.last(), self.counts.last_mut())
            && max > last
        {
            if *count > 1 {
                *count -= 1;
                self.values.push(max);
                self.counts.push(1);
            } else if let Some(slot) = self.values.last_mut() {
                *slot = max;
            }
        }
        self
    }

    /// The values with the rows at or below each.
    pub(super) fn steps(&self) -> (Vec<f64>, Vec<u64>) {
        let cumulative = self.counts.iter().scan(0, |sum, count| {
            *sum += count;
            Some(*sum)
        });
        (self.values.clone(), cumulative.collect())
    }

    /// At the end, or to the last value when it is the same.
    fn put(&mut self, value: f64, count: u64) {
        match self.counts.last_mut() {
            Some(last) if self.values.last() == Some(&value) => *last += count,
            _ => {
                self.values.push(value);
                self.counts.push(count);
            }
        }
    }
}
