//! ADWIN: a window of the newest rows that is cut where its two sides differ in mean (Bifet and Gavaldà 2007, "Learning
//! from time-changing data with adaptive windowing"), summarised in buckets of 1, 2, 4, ... rows (ADWIN2).

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::Signal;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AdwinState {
    delta: f64,
    clock: u64,
    max_buckets: usize,
    min_window_length: f64,
    grace_period: f64,
    n_rows: u64,
    /// Of the window: rows, sum, sum of squares about the mean.
    width: f64,
    total: f64,
    squares: f64,
    /// Buckets of 2^i rows in place i, the oldest first. Invariant: never empty, no empty last place but the first.
    levels: Vec<VecDeque<Bucket>>,
}

/// Rows that are remembered by their sum and their squares about their own mean.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct Bucket {
    total: f64,
    squares: f64,
}

impl AdwinState {
    pub(super) fn new(
        delta: f64,
        clock: u32,
        max_buckets: u32,
        min_window_length: u32,
        grace_period: u32,
    ) -> Self {
        Self {
            delta: delta.clamp(f64::MIN_POSITIVE, 1.0),
            clock: u64::from(clock.max(1)),
            max_buckets: max_buckets.max(1) as usize,
            min_window_length: f64::from(min_window_length),
            grace_period: f64::from(grace_period),
            n_rows: 0,
            width: 0.0,
            total: 0.0,
            squares: 0.0,
            levels: vec![VecDeque::new()],
        }
    }

    /// Mean of the rows that the window holds now.
    pub fn mean(&self) -> Option<f64> {
        (self.width > 0.0).then(|| self.total / self.width)
    }

    /// Rows that the window holds now.
    pub fn width(&self) -> u64 {
        self.width as u64
    }

    pub(super) fn push(&mut self, value: f64) -> Signal {
        self.insert(value);
        self.n_rows += 1;
        let looks = self.n_rows.is_multiple_of(self.clock) && self.width > self.grace_period;
        let mut drift = false;
        while looks && self.has_cut() {
            drift = true;
            self.drop_oldest();
        }
        if drift { Signal::Drift } else { Signal::None }
    }

    fn insert(&mut self, value: f64) {
        if let Some(newest) = self.levels.first_mut() {
            newest.push_back(Bucket {
                total: value,
                squares: 0.0,
            });
        }
        self.width += 1.0;
        if self.width > 1.0 {
            let off = value - self.total / (self.width - 1.0);
            self.squares += (self.width - 1.0) * off * off / self.width;
        }
        self.total += value;
        self.compress();
    }

    /// Where a level is over its number of buckets, the oldest two become one of the next level.
    fn compress(&mut self) {
        let mut level = 0;
        while let Some(buckets) = self.levels.get_mut(level) {
            if buckets.len() != self.max_buckets + 1 {
                break;
            }
            let (Some(a), Some(b)) = (buckets.pop_front(), buckets.pop_front()) else {
                break;
            };
            let n = rows_of(level);
            let (mean_a, mean_b) = (a.total / n, b.total / n);
            let merged = Bucket {
                total: a.total + b.total,
                squares: a.squares + b.squares + n * 0.5 * (mean_a - mean_b) * (mean_a - mean_b),
            };
            level += 1;
            match self.levels.get_mut(level) {
                Some(next) => next.push_back(merged),
                None => self.levels.push(VecDeque::from([merged])),
            }
        }
    }

    fn drop_oldest(&mut self) {
        let level = self.levels.len().saturating_sub(1);
        let Some(oldest) = self.levels.last_mut().and_then(VecDeque::pop_front) else {
            return;
        };
        let n = rows_of(level);
        let mean = oldest.total / n;
        self.width -= n;
        self.total -= oldest.total;
        let rest = self.total / self.width;
        self.squares -=
            oldest.squares + n * self.width * (mean - rest) * (mean - rest) / (n + self.width);
        if level > 0 && self.levels.last().is_some_and(VecDeque::is_empty) {
            self.levels.pop();
        }
    }

    /// Whether the window may be cut between two buckets so that its sides differ.
    fn has_cut(&self) -> bool {
        let (mut n_before, mut n_after) = (0.0, self.width);
        let (mut sum_before, mut sum_after) = (0.0, self.total);
        for (level, buckets) in self.levels.iter().enumerate().rev() {
            for (place, bucket) in buckets.iter().enumerate() {
                n_before += rows_of(level);
                n_after -= rows_of(level);
                sum_before += bucket.total;
                sum_after -= bucket.total;
                if level == 0 && place + 1 == buckets.len() {
                    return false;
                }
                if n_after >= self.min_window_length
                    && n_before >= self.min_window_length
                    && self.differ(
                        n_before,
                        n_after,
                        sum_before / n_before - sum_after / n_after,
                    )
                {
                    return true;
                }
            }
        }
        false
    }

    /// The paper's bound with the variance of the window.
    fn differ(&self, n_before: f64, n_after: f64, difference: f64) -> bool {
        let delta = (2.0 * self.width.ln() / self.delta).ln();
        let share = 1.0 / (n_before - self.min_window_length + 1.0)
            + 1.0 / (n_after - self.min_window_length + 1.0);
        let bound =
            (2.0 * share * (self.squares / self.width) * delta).sqrt() + 2.0 / 3.0 * delta * share;
        difference.abs() > bound
    }
}

fn rows_of(level: usize) -> f64 {
    2f64.powi(level as i32)
}
