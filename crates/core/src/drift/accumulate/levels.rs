//! Numbers of which only some are kept, each standing for as many rows as its level says (Karnin, Lang and Liberty 2016,
//! "Optimal quantile approximation in streams"). Merging two loses nothing beyond what each has lost.

use super::listed::Listed;
use super::sort;

/// A level holds this share of the level above it.
const SHRINKING: f64 = 2.0 / 3.0;
/// The lowest levels hold no fewer.
const MIN_CAPACITY: usize = 8;

/// Invariant: a value of level k stands for 2^k rows; all together stand for exactly the rows that came.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Levels {
    /// What the highest level holds.
    kept: usize,
    levels: Vec<Vec<f64>>,
    /// Decides which half of a full level goes on, so that the same rows give the same sketch.
    state: u64,
}

impl Levels {
    pub(super) fn new(kept: usize) -> Self {
        Self {
            kept,
            levels: vec![Vec::new()],
            state: 0x9e37_79b9_7f4a_7c15,
        }
    }

    pub(super) fn n_held(&self) -> usize {
        self.levels.iter().map(Vec::len).sum()
    }

    /// Of a long chunk the middle of every 2^k values in a row goes to level k; what is left over goes to the lower ones.
    pub(super) fn push_sorted(&mut self, sorted: &[f64]) {
        let mut rest = sorted;
        let mut level = 0;
        while rest.len() >> level > self.kept {
            level += 1;
        }
        loop {
            let size = 1_usize << level;
            let (whole, left) = rest.split_at(rest.len() >> level << level);
            let into = self.level(level);
            into.extend(
                whole
                    .chunks_exact(size)
                    .filter_map(|part| part.get(size / 2)),
            );
            rest = left;
            if level == 0 {
                break;
            }
            level -= 1;
        }
        self.compact();
    }

    pub(super) fn push_listed(&mut self, listed: &Listed) {
        // A frequent value goes in many times rather than to a level of its own: every level above takes room from those
        // below it.
        let n: u64 = listed.counts.iter().sum();
        let mut top = 0;
        while n >> top > self.kept as u64 {
            top += 1;
        }
        for (value, count) in listed.pairs() {
            for level in (0..top).filter(|level| count >> level & 1 == 1) {
                self.level(level).push(value);
            }
            for _ in 0..count >> top {
                self.level(top).push(value);
            }
        }
        self.compact();
    }

    pub(super) fn merge(&mut self, other: &Self) {
        for (level, values) in other.levels.iter().enumerate() {
            self.level(level).extend_from_slice(values);
        }
        self.state ^= other.state.rotate_left(17);
        self.kept = self.kept.min(other.kept);
        self.compact();
    }

    pub(super) fn shrink(&mut self, kept: usize) {
        self.kept = self.kept.min(kept);
        self.compact();
        for level in &mut self.levels {
            level.shrink_to_fit();
        }
    }

    pub(super) fn listed(&self) -> Listed {
        let weighted = self.levels.iter().enumerate();
        Listed::of_weighted(
            weighted
                .flat_map(|(level, values)| values.iter().map(move |&value| (value, 1 << level)))
                .collect(),
        )
    }

    fn level(&mut self, level: usize) -> &mut Vec<f64> {
        if level >= self.levels.len() {
            self.levels.resize_with(level + 1, Vec::new);
        }
        &mut self.levels[level]
    }

    fn capacity(&self, level: usize) -> usize {
        let below = self.levels.len() - 1 - level;
        let share = SHRINKING.powi(i32::try_from(below).unwrap_or(i32::MAX));
        ((self.kept as f64 * share) as usize).max(MIN_CAPACITY)
    }

    /// Every second value of a level that is too full goes one up, until all fit.
    fn compact(&mut self) {
        loop {
            let full = (0..self.levels.len())
                .find(|&level| self.levels[level].len() > self.capacity(level));
            let Some(level) = full else { return };
            let mut values = std::mem::take(&mut self.levels[level]);
            sort(&mut values);
            let offset = self.coin();
            // Of an odd number one stays, at either end by turns.
            let stays = (values.len() % 2 == 1).then(|| {
                if self.coin() == 0 {
                    values.remove(0)
                } else {
                    values.pop().unwrap_or_default()
                }
            });
            let up = values.iter().skip(offset).step_by(2).copied();
            let up: Vec<f64> = up.collect();
            self.level(level + 1).extend(up);
            self.levels[level].extend(stays);
        }
    }

    /// 0 or 1 (xorshift64*, Vigna 2016).
    fn coin(&mut self) -> usize {
        self.state ^= self.state >> 12;
        self.state ^= self.state << 25;
        self.state ^= self.state >> 27;
        usize::from(self.state.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 63 == 1)
    }
}
