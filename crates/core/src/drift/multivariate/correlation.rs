//! Change of correlation: pairs of columns that hang together otherwise than in the reference.

use serde::{Deserialize, Serialize};
use statrs::distribution::{ContinuousCDF, Normal};
use ts_rs::TS;

use super::MultivariateError;
use super::encoding::RowEncoding;
use super::ordinary::{JudgedBy, Variation, WindowLimits};
use crate::drift::Correction;
use crate::drift::correction::adjusted;
use crate::drift::estimate::{MetricLimits, stretches};
use crate::matrix::{Columns, RawColumn, RawValues};

/// Pairs that are named.
const MAX_NAMED: usize = 10;
/// Rows of a pair under which Fisher's z says nothing.
const MIN_PAIR_ROWS: u64 = 10;
/// Correlations nearer to 1 are taken as this far from it, so that z stays finite.
const NEAREST_TO_ONE: f64 = 1e-12;

/// The correlations of a reference's numeric columns. Small, and travels with a model version.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CorrelationReference {
    pub columns: Vec<String>,
    /// By which a window's values are scaled, so that its sums keep their digits.
    means: Vec<f64>,
    stds: Vec<f64>,
    /// Of all reference rows.
    tally: CorrelationTally,
    /// Of the statistic of the reference's own stretches.
    pub limits: Option<MetricLimits>,
    /// Of the squared statistic, by the length of a stretch; `None`: too few rows.
    pub variation: Option<Variation>,
}

/// What a window's rows leave behind: per pair of columns sums over the rows that hold both. Parts merge.
///
/// Invariant: pairs stand in the order (1, 0), (2, 0), (2, 1), (3, 0) ...
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CorrelationTally {
    n_rows: u64,
    pairs: Vec<PairSums>,
}

/// Of scaled values a and b.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
struct PairSums {
    n: u64,
    a: f64,
    b: f64,
    aa: f64,
    bb: f64,
    ab: f64,
}

/// A window against the reference.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct CorrelationChange {
    pub n_rows: u64,
    /// Root of the mean squared change over all pairs, 0 to 2.
    pub statistic: f64,
    pub limits: Option<MetricLimits>,
    /// Over the upper limit.
    pub alert: bool,
    /// The largest changes, at most ten.
    pub pairs: Vec<PairChange>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct PairChange {
    pub first: String,
    pub second: String,
    /// Pearson's correlation, -1 to 1.
    pub reference: f64,
    pub window: f64,
    /// Two-sided, of the difference of Fisher's z (as if both were normal); `None` under ten rows.
    pub p_value: Option<f64>,
    /// After Benjamini-Hochberg over all pairs.
    pub p_adjusted: Option<f64>,
}

impl PairSums {
    fn add(&mut self, a: f64, b: f64) {
        self.n += 1;
        self.a += a;
        self.b += b;
        self.aa += a * a;
        self.bb += b * b;
        self.ab += a * b;
    }

    fn merge(&mut self, other: &Self) {
        self.n += other.n;
        self.a += other.a;
        self.b += other.b;
        self.aa += other.aa;
        self.bb += other.bb;
        self.ab += other.ab;
    }

    /// `None` where a side does not vary.
    fn correlation(&self) -> Option<f64> {
        let n = self.n as f64;
        let spread = |sum: f64, squares: f64| squares - sum * sum / n;
        let (of_a, of_b) = (spread(self.a, self.aa), spread(self.b, self.bb));
        let r = (self.ab - self.a * self.b / n) / (of_a * of_b).sqrt();
        let varies = of_a > f64::EPSILON * self.aa && of_b > f64::EPSILON * self.bb;
        (varies && r.is_finite()).then(|| r.clamp(-1.0, 1.0))
    }
}

impl CorrelationTally {
    fn new(n_columns: usize) -> Self {
        Self {
            n_rows: 0,
            pairs: vec![PairSums::default(); n_columns * n_columns.saturating_sub(1) / 2],
        }
    }

    /// Scaled values by column, NaN where one is missing.
    fn add(&mut self, n_rows: usize, columns: &[Vec<f64>]) {
        self.n_rows += n_rows as u64;
        // Of columns without a missing value all sums but that of the products are the same for every pair.
        let whole: Vec<Option<(f64, f64)>> = columns
            .iter()
            .map(|values| {
                let is_whole = values.iter().all(|value| value.is_finite());
                is_whole.then(|| (values.iter().sum(), dot(values, values)))
            })
            .collect();
        let mut pairs = self.pairs.iter_mut();
        for (a, first) in columns.iter().enumerate() {
            for ((b, second), pair) in columns.iter().enumerate().take(a).zip(pairs.by_ref()) {
                match (whole[a], whole[b]) {
                    (Some((sum_a, sum_aa)), Some((sum_b, sum_bb))) => pair.merge(&PairSums {
                        n: n_rows as u64,
                        a: sum_a,
                        b: sum_b,
                        aa: sum_aa,
                        bb: sum_bb,
                        ab: dot(first, second),
                    }),
                    _ => {
                        let both = first.iter().zip(second);
                        both.filter(|(a, b)| a.is_finite() && b.is_finite())
                            .for_each(|(a, b)| pair.add(*a, *b));
                    }
                }
            }
        }
    }

    /// Of other numbers of columns: `false`.
    pub fn merge(&mut self, other: &Self) -> bool {
        if self.pairs.len() != other.pairs.len() {
            return false;
        }
        self.n_rows += other.n_rows;
        for (ours, theirs) in self.pairs.iter_mut().zip(&other.pairs) {
            ours.merge(theirs);
        }
        true
    }
}

impl CorrelationReference {
    /// Of the numeric columns that vary, in their order; limits from `n_stretches` consecutive stretches.
    ///
    /// # Errors
    /// Under two such columns.
    pub fn fit(reference: &Columns, n_stretches: usize) -> Result<Self, MultivariateError> {
        let varying: Vec<(&RawColumn, f64, f64)> = reference
            .columns
            .iter()
            .filter_map(|column| {
                let values: Vec<f64> = numbers(column)?
                    .iter()
                    .copied()
                    .filter(|v| v.is_finite())
                    .collect();
                let moments = crate::sketch::Moments::of(&values);
                (moments.std() > 0.0).then(|| (column, moments.mean, moments.std()))
            })
            .collect();
        if varying.len() < 2 {
            return Err(MultivariateError::TooSmall {
                n_rows: reference.n_rows,
                n_columns: varying.len(),
            });
        }
        let mut fitted = Self {
            columns: varying
                .iter()
                .map(|(column, ..)| column.name.clone())
                .collect(),
            means: varying.iter().map(|(_, mean, _)| *mean).collect(),
            stds: varying.iter().map(|(.., std)| *std).collect(),
            tally: CorrelationTally::new(varying.len()),
            limits: None,
            variation: None,
        };
        // Texts would be copied with every stretch.
        let reference = &Columns {
            n_rows: reference.n_rows,
            columns: varying
                .iter()
                .map(|(column, ..)| (*column).clone())
                .collect(),
        };
        let parts: Vec<CorrelationTally> = stretches(reference.n_rows, n_stretches)
            .into_iter()
            .map(|rows| {
                let mut tally = fitted.tally();
                fitted.add(&mut tally, &reference.slice(rows));
                tally
            })
            .collect();
        for part in &parts {
            fitted.tally.merge(part);
        }
        let statistics: Vec<f64> = parts
            .iter()
            .filter_map(|part| fitted.statistic(part))
            .collect();
        fitted.limits = MetricLimits::of_stretches(&statistics, Some(0.0), Some(2.0));
        fitted.variation = Variation::of_squares(reference.n_rows, |rows| {
            let mut tally = fitted.tally();
            fitted.add(&mut tally, &reference.slice(rows));
            fitted.statistic(&tally).map(|statistic| statistic.powi(2))
        });
        Ok(fitted)
    }

    /// For a window's rows.
    pub fn tally(&self) -> CorrelationTally {
        CorrelationTally::new(self.columns.len())
    }

    /// Adds a part of a window; columns are found by name, a missing one counts as missing values.
    pub fn add(&self, tally: &mut CorrelationTally, rows: &Columns) {
        let found = self.columns.iter().enumerate().map(|(at, name)| {
            let values = rows.column(name).and_then(numbers).unwrap_or_default();
            let mut scaled: Vec<f64> = values.iter().map(|v| self.scale(at, *v)).collect();
            scaled.resize(rows.n_rows, f64::NAN);
            scaled
        });
        tally.add(rows.n_rows, &found.collect::<Vec<_>>());
    }

    /// Of rows as [`RowEncoding::raw`] has them.
    pub fn add_raw(&self, tally: &mut CorrelationTally, rows: &[f64], encoding: &RowEncoding) {
        let p = encoding.n_columns().max(1);
        let found = self.columns.iter().enumerate().map(|(at, name)| {
            let place = encoding.place(name);
            let values = rows.chunks_exact(p).map(|row| {
                let value = place.and_then(|place| row.get(place)).copied();
                self.scale(at, value.unwrap_or(f64::NAN))
            });
            values.collect()
        });
        tally.add(rows.len() / p, &found.collect::<Vec<_>>());
    }

    fn scale(&self, column: usize, value: f64) -> f64 {
        (value - self.means[column]) / self.stds[column]
    }

    pub fn limits_by(&self, by: JudgedBy) -> WindowLimits {
        match by {
            JudgedBy::Stretches => WindowLimits::Same(self.limits),
            JudgedBy::Chance(chance) => WindowLimits::over_square(self.variation, chance),
        }
    }

    /// `None` where no pair can be compared.
    pub fn change(
        &self,
        window: &CorrelationTally,
        limits: &WindowLimits,
    ) -> Option<CorrelationChange> {
        let statistic = self.statistic(window)?;
        let mut pairs: Vec<PairChange> = self
            .compared(window)
            .map(|(a, b, reference, now)| {
                let (r0, r1) = (reference.correlation(), now.correlation());
                PairChange {
                    first: self.columns[b].clone(),
                    second: self.columns[a].clone(),
                    reference: r0.unwrap_or(0.0),
                    window: r1.unwrap_or(0.0),
                    p_value: fisher(reference, now),
                    p_adjusted: None,
                }
            })
            .collect();
        let p_values: Vec<Option<f64>> = pairs.iter().map(|pair| pair.p_value).collect();
        for (pair, p) in pairs
            .iter_mut()
            .zip(adjusted(&p_values, Correction::BenjaminiHochberg))
        {
            pair.p_adjusted = p;
        }
        let size = |pair: &PairChange| (pair.window - pair.reference).abs();
        pairs.sort_by(|a, b| size(b).total_cmp(&size(a)));
        pairs.truncate(MAX_NAMED);
        let limits = limits.of(window.n_rows);
        let high = limits.and_then(|limits| limits.high);
        Some(CorrelationChange {
            n_rows: window.n_rows,
            statistic,
            limits,
            alert: high.is_some_and(|high| statistic > high),
            pairs,
        })
    }

    fn statistic(&self, window: &CorrelationTally) -> Option<f64> {
        let changes: Vec<f64> = self
            .compared(window)
            .filter_map(|(_, _, reference, now)| {
                Some((now.correlation()? - reference.correlation()?).powi(2))
            })
            .collect();
        let mean = changes.iter().sum::<f64>() / changes.len() as f64;
        (!changes.is_empty()).then(|| mean.sqrt())
    }

    /// Pairs whose correlation is defined on both sides, by the places of their columns.
    fn compared<'a>(
        &'a self,
        window: &'a CorrelationTally,
    ) -> impl Iterator<Item = (usize, usize, &'a PairSums, &'a PairSums)> {
        let places = (1..self.columns.len()).flat_map(|a| (0..a).map(move |b| (a, b)));
        places
            .zip(self.tally.pairs.iter().zip(&window.pairs))
            .map(|((a, b), (reference, now))| (a, b, reference, now))
            .filter(|(_, _, reference, now)| {
                // Of fewer rows chance makes any correlation.
                reference.n.min(now.n) >= MIN_PAIR_ROWS
                    && reference.correlation().is_some()
                    && now.correlation().is_some()
            })
    }
}

fn numbers(column: &RawColumn) -> Option<&[f64]> {
    match &column.values {
        RawValues::Numbers(values) => Some(values),
        RawValues::Texts(_) => None,
    }
}

/// In eight sums side by side, which a processor adds at once.
fn dot(a: &[f64], b: &[f64]) -> f64 {
    let (a_parts, b_parts) = (a.chunks_exact(8), b.chunks_exact(8));
    let rest: f64 = a_parts
        .remainder()
        .iter()
        .zip(b_parts.remainder())
        .map(|(x, y)| x * y)
        .sum();
    let mut sums = [0.0; 8];
    for (a, b) in a_parts.zip(b_parts) {
        for ((sum, x), y) in sums.iter_mut().zip(a).zip(b) {
            *sum += x * y;
        }
    }
    sums.iter().sum::<f64>() + rest
}

/// Fisher 1921: z = atanh r is about normal with variance 1 / (n − 3).
fn fisher(reference: &PairSums, window: &PairSums) -> Option<f64> {
    if reference.n < MIN_PAIR_ROWS || window.n < MIN_PAIR_ROWS {
        return None;
    }
    let z = |pair: &PairSums| {
        let most = 1.0 - NEAREST_TO_ONE;
        pair.correlation().map(|r| r.clamp(-most, most).atanh())
    };
    let variance = 1.0 / (reference.n as f64 - 3.0) + 1.0 / (window.n as f64 - 3.0);
    let off = (z(window)? - z(reference)?).abs() / variance.sqrt();
    let normal = Normal::new(0.0, 1.0).ok()?;
    Some((2.0 * normal.sf(off)).min(1.0))
}
