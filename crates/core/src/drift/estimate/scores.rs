//! The scores of a window by value: areas under curves and calibration without the rows.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::metrics::weighted_areas;

/// Scores that a window keeps apart.
const MAX_CELLS: usize = 1_024;
const N_CALIBRATION_BINS: usize = 10;
/// Where precision turns from that of p to that of 1 − p.
const MIDDLE: u64 = 0x3FE0_0000_0000_0000;

/// Rows by probability: exact for up to 1,024 distinct ones; of more, neighbours share a cell whose width is a share of
/// the lesser of p and 1 − p. The same rows make the same cells in whatever order and parts they come.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScoreSketch {
    max_cells: usize,
    /// Bits of the key that are left out; 0: exact.
    shift: u32,
    cells: BTreeMap<u64, ScoreCell>,
}

/// Rows of about the same score.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct ScoreCell {
    pub n: u64,
    /// Rows that came true, or are expected to.
    pub positive: f64,
    /// Sum of the scores.
    pub sum: f64,
}

impl ScoreCell {
    pub fn negative(&self) -> f64 {
        self.n as f64 - self.positive
    }

    fn add(&mut self, other: &Self) {
        self.n += other.n;
        self.positive += other.positive;
        self.sum += other.sum;
    }
}

impl Default for ScoreSketch {
    fn default() -> Self {
        Self {
            max_cells: MAX_CELLS,
            shift: 0,
            cells: BTreeMap::new(),
        }
    }
}

impl ScoreSketch {
    /// Keeps every score apart, for rows that are in memory.
    pub fn exact() -> Self {
        Self {
            max_cells: usize::MAX,
            ..Self::default()
        }
    }

    /// `probability` from 0 to 1 (what lies beyond counts as the end); `positive`: 1 or 0, or the chance of it.
    pub fn add(&mut self, probability: f64, positive: f64) {
        let probability = probability.clamp(0.0, 1.0);
        let cell = ScoreCell {
            n: 1,
            positive,
            sum: probability,
        };
        let key = key(probability) >> self.shift;
        self.cells.entry(key).or_default().add(&cell);
        self.shrink();
    }

    pub fn merge(&mut self, other: &Self) {
        self.coarsen(other.shift.max(self.shift));
        for (key, cell) in &other.cells {
            let key = key >> (self.shift - other.shift);
            self.cells.entry(key).or_default().add(cell);
        }
        self.shrink();
    }

    /// At most so many cells from now on; never more than before.
    pub fn narrow(&mut self, max_cells: usize) {
        self.max_cells = self.max_cells.min(max_cells.max(1));
        self.shrink();
    }

    pub fn is_exact(&self) -> bool {
        self.shift == 0
    }

    /// Ascending by score.
    pub fn cells(&self) -> impl Iterator<Item = &ScoreCell> {
        self.cells.values()
    }

    /// The area under the receiver's curve and the average precision; rows of a cell tie. `None` when all rows are of one
    /// kind.
    pub fn areas(&self) -> Option<(f64, f64)> {
        let steps: Vec<(f64, f64)> = self.cells().map(|c| (c.positive, c.negative())).collect();
        weighted_areas(&steps)
    }

    /// The most that the area under the receiver's curve may be off for ties that only the cells made; 0 when exact.
    pub fn area_error(&self) -> f64 {
        if self.is_exact() {
            return 0.0;
        }
        let (positive, negative) = self.totals();
        let tied: f64 = self.cells().map(|c| c.positive * c.negative()).sum();
        tied / (2.0 * positive * negative).max(f64::MIN_POSITIVE)
    }

    /// By rising score of the positives: the share of negatives below (ties by half), and the weight.
    pub(super) fn positive_placements(&self) -> Vec<(f64, f64)> {
        let (_, negative) = self.totals();
        let mut below = 0.0;
        self.cells()
            .map(|cell| {
                let share = (below + cell.negative() / 2.0) / negative;
                below += cell.negative();
                (share, cell.positive)
            })
            .collect()
    }

    /// By rising score of the negatives: the share of positives above (ties by half), and the weight.
    pub(super) fn negative_placements(&self) -> Vec<(f64, f64)> {
        let (positive, _) = self.totals();
        let mut above = positive;
        self.cells()
            .map(|cell| {
                above -= cell.positive;
                ((above + cell.positive / 2.0) / positive, cell.negative())
            })
            .collect()
    }

    /// Standard error of the area (DeLong, DeLong and Clarke-Pearson 1988). `None` with under two rows of a kind.
    pub fn area_std(&self) -> Option<f64> {
        let (area, _) = self.areas()?;
        let (positive, negative) = self.totals();
        if positive < 2.0 || negative < 2.0 {
            return None;
        }
        let spread = |placements: Vec<(f64, f64)>, n: f64| {
            let squares: f64 = placements
                .iter()
                .map(|(share, weight)| weight * (share - area).powi(2))
                .sum();
            squares / (n - 1.0) / n
        };
        let variance = spread(self.positive_placements(), positive)
            + spread(self.negative_placements(), negative);
        Some(variance.sqrt())
    }

    /// Rows that came true and rows that did not.
    pub fn totals(&self) -> (f64, f64) {
        self.cells().fold((0.0, 0.0), |(p, n), cell| {
            (p + cell.positive, n + cell.negative())
        })
    }

    /// Mean distance between what is claimed and what comes true over ten bins of about equally many rows, and its
    /// standard error (of the bins' shares alone). Bins end at the quantiles of the scores, as in the reliability
    /// diagram of a run.
    pub fn calibration_error(&self) -> Option<(f64, f64)> {
        let n: u64 = self.cells().map(|cell| cell.n).sum();
        if n == 0 {
            return None;
        }
        let edges: Vec<f64> = (1..N_CALIBRATION_BINS)
            .map(|edge| self.quantile(n, edge as f64 / N_CALIBRATION_BINS as f64))
            .collect();
        let mut bins = [ScoreCell::default(); N_CALIBRATION_BINS];
        for cell in self.cells() {
            let score = cell.sum / cell.n as f64;
            let at = edges.partition_point(|&edge| edge < score);
            if let Some(bin) = bins.get_mut(at) {
                bin.add(cell);
            }
        }
        let (mut error, mut variance) = (0.0, 0.0);
        for bin in bins.iter().filter(|bin| bin.n > 0) {
            let rows = bin.n as f64;
            let weight = rows / n as f64;
            let share = bin.positive / rows;
            error += weight * (bin.sum / rows - share).abs();
            variance += weight * weight * share * (1.0 - share) / rows;
        }
        Some((error, variance.sqrt()))
    }

    /// On the line between two ranks, as [`crate::metrics::quantile`].
    fn quantile(&self, n: u64, share: f64) -> f64 {
        let place = share * (n - 1) as f64;
        let (below, part) = (place.floor() as u64, place - place.floor());
        let at = |rank: u64| {
            let mut passed = 0;
            self.cells()
                .find(|cell| {
                    passed += cell.n;
                    passed > rank
                })
                .map_or(0.0, |cell| cell.sum / cell.n as f64)
        };
        let (low, high) = (at(below), at((below + 1).min(n - 1)));
        low + (high - low) * part
    }

    fn shrink(&mut self) {
        while self.cells.len() > self.max_cells {
            self.coarsen(self.shift + 1);
        }
    }

    fn coarsen(&mut self, shift: u32) {
        let by = shift - self.shift;
        if by == 0 {
            return;
        }
        self.shift = shift;
        for (key, cell) in std::mem::take(&mut self.cells) {
            self.cells.entry(key >> by).or_default().add(&cell);
        }
    }
}

/// Ascends with the probability; as fine near 1 as near 0.
fn key(probability: f64) -> u64 {
    if probability <= 0.5 {
        // −0 is 0
        (probability + 0.0).to_bits()
    } else {
        2 * MIDDLE - (1.0 - probability).to_bits()
    }
}
