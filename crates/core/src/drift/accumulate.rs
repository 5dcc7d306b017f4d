//! The sketch of a column whose rows come in chunks: any number of them, in memory that does not grow with them.
//!
//! A chunk is pushed, builders of parts are merged, and what comes out is a [`ColumnSketch`] like that of a reference.

mod levels;
mod listed;
mod texts;

use std::cmp::Ordering;

use super::sketch::{self, MAX_VALUES};
use super::{ColumnSketch, SketchShape};
use levels::Levels;
use listed::Listed;

use texts::TextCounts;
pub use texts::{Dictionary, MAX_TEXTS};

/// Numbers that a builder keeps when nobody asks for fewer: between two of them lies no more than the share of the rows
/// that [`rank_error`] says.
pub const MAX_KEPT: usize = 2_048;
/// With fewer the ranks say nothing.
pub const MIN_KEPT: usize = 64;

/// Chunks shorter than that wait until they are worth sorting.
const PENDING: usize = 512;

/// The largest error of any rank read off a finished sketch, as a share of the rows, when its builder kept `kept` numbers:
/// twice 2.3 / kept^0.9, which holds for one rank with 99 % confidence (Karnin, Lang and Liberty 2016, with the constants
/// that Apache DataSketches fitted), so that it holds for all of them, and what thinning leaves out between two values.
/// Long chunks lose much less. Up to `kept` distinct values, 2,000 of them at most, the sketch is exact.
pub fn rank_error(kept: usize) -> f64 {
    let kept = kept.clamp(MIN_KEPT, MAX_KEPT) as f64;
    2.0 * 2.296 / kept.powf(0.9021) + 1.0 / kept
}

/// One column of one window on its way.
///
/// Invariant: the numbers and counts that are kept stand for all values that were pushed, `n_values` of them.
#[derive(Debug, Clone, PartialEq)]
pub struct SketchBuilder {
    n_rows: u64,
    values: Values,
}

#[derive(Debug, Clone, PartialEq)]
enum Values {
    Numbers(Numbers),
    Texts(TextCounts),
}

#[derive(Debug, Clone, PartialEq)]
struct Numbers {
    moments: Moments,
    kept: usize,
    /// Not sorted in yet.
    pending: Vec<f64>,
    held: Held,
}

#[derive(Debug, Clone, PartialEq)]
enum Held {
    Listed(Listed),
    Levels(Levels),
}

impl SketchBuilder {
    /// For numbers, of which at most about three times `kept` are held ([`MIN_KEPT`] to [`MAX_KEPT`]).
    pub fn numbers(kept: usize) -> Self {
        Self {
            n_rows: 0,
            values: Values::Numbers(Numbers {
                moments: Moments::default(),
                kept: kept.clamp(MIN_KEPT, MAX_KEPT),
                pending: Vec::new(),
                held: Held::Listed(Listed::default()),
            }),
        }
    }

    /// For texts, which come as codes of one [`Dictionary`].
    pub fn texts() -> Self {
        Self {
            n_rows: 0,
            values: Values::Texts(TextCounts::default()),
        }
    }

    pub fn is_numeric(&self) -> bool {
        matches!(self.values, Values::Numbers(_))
    }

    pub fn n_rows(&self) -> u64 {
        self.n_rows
    }

    /// Rows whose value is missing.
    pub fn push_missing(&mut self, n_rows: u64) {
        self.n_rows += n_rows;
    }

    /// Numbers in any order; NaN and infinite ones are missing. To a builder of texts they are missing.
    pub fn push_numbers(&mut self, numbers: &[f64]) {
        self.n_rows += numbers.len() as u64;
        if let Values::Numbers(held) = &mut self.values {
            let start = held.pending.len();
            // Adding 0 makes −0 equal to 0.
            held.pending.extend(
                numbers
                    .iter()
                    .filter(|number| number.is_finite())
                    .map(|number| number + 0.0),
            );
            held.moments
                .merge(&Moments::of(held.pending.get(start..).unwrap_or_default()));
            if held.pending.len() >= PENDING {
                held.settle();
            }
        }
    }

    /// How often each text came, by its code, and how many values came that have no code.
    pub fn push_counts(&mut self, counts: &[(u32, u64)], n_other: u64) {
        self.n_rows += counts.iter().map(|(_, count)| count).sum::<u64>() + n_other;
        if let Values::Texts(held) = &mut self.values {
            held.add(counts, n_other);
        }
    }

    /// Takes the rows of another builder of the same column: as if they had been pushed here.
    ///
    /// Codes must be of the same dictionary. A builder of the other kind counts as missing values.
    pub fn merge(&mut self, other: &Self) {
        self.n_rows += other.n_rows;
        match (&mut self.values, &other.values) {
            (Values::Numbers(held), Values::Numbers(more)) => held.merge(more),
            (Values::Texts(held), Values::Texts(more)) => held.add(&more.counts, more.n_other),
            _ => {}
        }
    }

    /// Values that are held at the moment; each takes 8 to 16 bytes.
    pub fn n_held(&self) -> usize {
        match &self.values {
            Values::Numbers(numbers) => {
                numbers.pending.capacity()
                    + match &numbers.held {
                        Held::Listed(listed) => 2 * listed.values.len(),
                        Held::Levels(levels) => levels.n_held(),
                    }
            }
            Values::Texts(texts) => 2 * texts.counts.len(),
        }
    }

    /// Holds no more than `points` values from now until more are pushed: for windows whose rows are through.
    pub fn seal(&mut self, points: usize) {
        match &mut self.values {
            Values::Texts(texts) => texts.shrink(points.max(MIN_KEPT)),
            Values::Numbers(numbers) => {
                numbers.settle();
                numbers.pending = Vec::new();
                let listed = match &numbers.held {
                    Held::Listed(listed) => listed.thinned(points),
                    Held::Levels(levels) => levels.listed().thinned(points),
                };
                numbers.held = Held::Listed(listed);
            }
        }
    }

    /// Holds fewer numbers from now on, also while more are pushed.
    pub fn shrink(&mut self, kept: usize) {
        if let Values::Numbers(numbers) = &mut self.values {
            numbers.kept = numbers.kept.min(kept.clamp(MIN_KEPT, MAX_KEPT));
            numbers.settle();
            if let Held::Levels(levels) = &mut numbers.held {
                levels.shrink(numbers.kept);
            }
        }
    }

    /// The sketch of all that was pushed; `dictionary` names the codes.
    pub fn finish(&self, name: &str, dictionary: &Dictionary) -> ColumnSketch {
        let (n_values, shape) = match &self.values {
            Values::Numbers(numbers) => (numbers.moments.n, numbers.shape()),
            Values::Texts(texts) => (texts.n_values(), texts.shape(dictionary)),
        };
        ColumnSketch {
            name: name.to_owned(),
            n_rows: self.n_rows,
            n_missing: self.n_rows - n_values.min(self.n_rows),
            shape,
            own: None,
            own_by_method: Vec::new(),
        }
    }
}

impl Numbers {
    /// Sorts in what waits.
    fn settle(&mut self) {
        if self.pending.is_empty() {
            return;
        }
        let mut pending = std::mem::take(&mut self.pending);
        sort(&mut pending);
        self.take_sorted(&pending);
    }

    fn take_sorted(&mut self, sorted: &[f64]) {
        match &mut self.held {
            Held::Levels(levels) => levels.push_sorted(sorted),
            Held::Listed(listed) => {
                if listed.is_exact && listed.push_sorted(sorted, self.kept) {
                    return;
                }
                let mut levels = Levels::new(self.kept);
                levels.push_listed(listed);
                levels.push_sorted(sorted);
                self.held = Held::Levels(levels);
            }
        }
    }

    fn merge(&mut self, other: &Self) {
        self.moments.merge(&other.moments);
        self.kept = self.kept.min(other.kept);
        self.settle();
        match (&mut self.held, &other.held) {
            (Held::Levels(levels), Held::Levels(more)) => levels.merge(more),
            (Held::Levels(levels), Held::Listed(more)) => levels.push_listed(more),
            (Held::Listed(listed), Held::Levels(more)) => {
                let mut levels = Levels::new(self.kept);
                levels.push_listed(listed);
                levels.merge(more);
                self.held = Held::Levels(levels);
            }
            (Held::Listed(listed), Held::Listed(more)) => {
                let all = listed.with(more);
                if all.is_exact && all.values.len() <= self.kept {
                    *listed = all;
                } else {
                    let mut levels = Levels::new(self.kept);
                    levels.push_listed(listed);
                    levels.push_listed(more);
                    self.held = Held::Levels(levels);
                }
            }
        }
        let mut pending = other.pending.clone();
        sort(&mut pending);
        if !pending.is_empty() {
            self.take_sorted(&pending);
        }
    }

    fn shape(&self) -> SketchShape {
        let mut whole = self.clone();
        whole.settle();
        let listed = match whole.held {
            Held::Listed(listed) => listed,
            Held::Levels(levels) => levels.listed(),
        };
        let is_exact = listed.is_exact;
        let listed = if is_exact {
            listed
        } else {
            listed.reaching(self.moments.min, self.moments.max)
        };
        let (values, cumulative) = listed.steps();
        let moments = (!is_exact).then(|| (self.moments.mean, self.moments.std()));
        sketch::numeric(values, cumulative, moments)
    }
}

/// Ascending; no value is NaN.
fn sort(numbers: &mut [f64]) {
    // Whole numbers of this order sort several times faster than floats that are compared.
    let mut keys: Vec<i64> = numbers.iter().map(|&number| key_of(number)).collect();
    keys.sort_unstable();
    for (slot, key) in numbers.iter_mut().zip(keys) {
        *slot = number_of(key);
    }
}

/// Orders like the number; its own inverse on the bits.
fn key_of(number: f64) -> i64 {
    flipped(number.to_bits().cast_signed())
}

fn number_of(key: i64) -> f64 {
    f64::from_bits(flipped(key).cast_unsigned())
}

/// Negative numbers have their lower bits turned round.
fn flipped(bits: i64) -> i64 {
    bits ^ ((bits >> 63).cast_unsigned() >> 1).cast_signed()
}

/// Number, mean, sum of squared deviations and range of values, mergeable without loss (Chan, Golub and LeVeque 1979).
#[derive(Debug, Clone, Copy, PartialEq)]
struct Moments {
    n: u64,
    mean: f64,
    squares: f64,
    min: f64,
    max: f64,
}

impl Default for Moments {
    fn default() -> Self {
        Self {
            n: 0,
            mean: 0.0,
            squares: 0.0,
            min: f64::INFINITY,
            max: f64::NEG_INFINITY,
        }
    }
}

impl Moments {
    fn of(values: &[f64]) -> Self {
        let Some(&origin) = values.first() else {
            return Self::default();
        };
        let n = values.len() as f64;
        // Deviations from the first value keep a constant exact.
        let mean = values.iter().map(|value| value - origin).sum::<f64>() / n;
        let (mut squares, mut min, mut max) = (0.0, origin, origin);
        for &value in values {
            let deviation = value - origin - mean;
            squares += deviation * deviation;
            min = if value < min { value } else { min };
            max = if value > max { value } else { max };
        }
        Self {
            n: values.len() as u64,
            mean: origin + mean,
            squares,
            min,
            max,
        }
    }

    fn merge(&mut self, other: &Self) {
        match (self.n, other.n) {
            (_, 0) => {}
            (0, _) => *self = *other,
            (a, b) => {
                let (a, b) = (a as f64, b as f64);
                let apart = other.mean - self.mean;
                self.mean += apart * b / (a + b);
                self.squares += other.squares + apart * apart * a * b / (a + b);
                self.n += other.n;
                self.min = self.min.min(other.min);
                self.max = self.max.max(other.max);
            }
        }
    }

    /// Sample standard deviation.
    fn std(&self) -> f64 {
        match self.min.partial_cmp(&self.max) {
            Some(Ordering::Less) if self.n > 1 => (self.squares / (self.n as f64 - 1.0)).sqrt(),
            _ => 0.0,
        }
    }
}

const _: () = assert!(MAX_KEPT as u64 >= MAX_VALUES);
