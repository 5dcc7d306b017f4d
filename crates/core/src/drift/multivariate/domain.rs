//! The domain classifier: can a model tell the window's rows from those of the reference (Rabanser, Günnemann and Lipton
//! 2019; NannyML 0.13's `DomainClassifierCalculator`)? The model is the caller's.

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{RngCore, SeedableRng};
use serde::{Deserialize, Serialize};
use statrs::distribution::{ContinuousCDF, Normal};
use ts_rs::TS;

use super::encoding::RowEncoding;
use super::{JudgedBy, MultivariateError};
use crate::drift::estimate::MetricLimits;
use crate::matrix::Columns;
use crate::metrics::roc_auc;

/// Rows of either side that are looked at.
pub const MAX_DOMAIN_ROWS: usize = 1_000;
/// NannyML's: an area outside is an alert.
pub const DOMAIN_LIMITS: MetricLimits = MetricLimits {
    low: Some(0.45),
    high: Some(0.65),
};
const N_FOLDS: usize = 5;

/// A sample of the reference's rows as numbers. Travels with a model version.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DomainReference {
    pub encoding: RowEncoding,
    /// Row-major, as [`RowEncoding::filled`] says; at most 1,000 rows.
    rows: Vec<f64>,
    seed: u64,
}

/// What a model is fitted on and asked; rows row-major.
#[derive(Debug, Clone, PartialEq)]
pub struct DomainFold<'a> {
    pub n_columns: usize,
    pub train: &'a [f64],
    /// Whether a training row is of the window.
    pub of_window: &'a [bool],
    pub test: &'a [f64],
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS)]
pub struct DomainVerdict {
    pub n_reference: u32,
    pub n_window: u32,
    /// Area under the receiver's curve over the rows of all folds, each judged by a model that had not seen it; 0.5: no
    /// row can be told.
    pub roc_auc: f64,
    pub limits: MetricLimits,
    pub alert: bool,
}

impl DomainReference {
    /// # Errors
    /// Columns of different lengths, under two rows or columns.
    pub fn fit(reference: &Columns, seed: u64) -> Result<Self, MultivariateError> {
        let encoding = RowEncoding::fit(reference)?;
        let mut order: Vec<usize> = (0..reference.n_rows).collect();
        order.sort_by_key(|row| hash(seed, *row as u64));
        order.truncate(MAX_DOMAIN_ROWS);
        order.sort_unstable();
        let rows = encoding.filled(&encoding.raw(&reference.take(&order)));
        Ok(Self {
            encoding,
            rows,
            seed,
        })
    }

    /// Both sides in five folds, each fitted on the others: `classify` answers the chance that each test row is of the
    /// window, whose rows are as [`RowEncoding::raw`] has them, in no order; the first 1,000 are looked at. `None` where a
    /// side has fewer rows than folds.
    ///
    /// # Errors
    /// Those of `classify`.
    pub fn judge<E>(
        &self,
        window: &[f64],
        by: JudgedBy,
        classify: impl FnMut(&DomainFold<'_>) -> Result<Vec<f64>, E>,
    ) -> Result<Option<DomainVerdict>, E> {
        let p = self.encoding.n_columns();
        let some = window.get(..MAX_DOMAIN_ROWS * p).unwrap_or(window);
        let window = self.encoding.filled(some);
        judge_domain(&self.rows, &window, p, self.seed, by, classify)
    }
}

/// The same of any rows, row-major with `n_columns` numbers each.
///
/// # Errors
/// Those of `classify`.
pub fn judge_domain<E>(
    reference: &[f64],
    window: &[f64],
    n_columns: usize,
    seed: u64,
    by: JudgedBy,
    mut classify: impl FnMut(&DomainFold<'_>) -> Result<Vec<f64>, E>,
) -> Result<Option<DomainVerdict>, E> {
    let p = n_columns.max(1);
    let (n_reference, n_window) = (reference.len() / p, window.len() / p);
    if n_reference < N_FOLDS || n_window < N_FOLDS {
        return Ok(None);
    }
    let rows: Vec<&[f64]> = reference
        .chunks_exact(p)
        .chain(window.chunks_exact(p))
        .collect();
    let folds = dealt(n_reference, n_window, seed);
    let (mut truth, mut scores) = (Vec::new(), Vec::new());
    for fold in 0..N_FOLDS {
        let of = |in_fold: bool| -> Vec<usize> {
            (0..rows.len())
                .filter(|&row| (folds[row] == fold) == in_fold)
                .collect()
        };
        let values = |places: &[usize]| -> Vec<f64> {
            places
                .iter()
                .flat_map(|&row| rows[row].iter().copied())
                .collect()
        };
        let (train, test) = (of(false), of(true));
        let of_window: Vec<bool> = train.iter().map(|&row| row >= n_reference).collect();
        let chances = classify(&DomainFold {
            n_columns: p,
            train: &values(&train),
            of_window: &of_window,
            test: &values(&test),
        })?;
        for (row, chance) in test.into_iter().zip(chances) {
            truth.push(row >= n_reference);
            scores.push(chance);
        }
    }
    let limits = limits(by, n_reference, n_window);
    Ok(roc_auc(&truth, &scores).map(|roc_auc| DomainVerdict {
        n_reference: n_reference as u32,
        n_window: n_window as u32,
        roc_auc,
        limits,
        alert: !limits.contain(roc_auc),
    }))
}

/// NannyML's limits, or those that chance does not reach in a small window either. An area under one half is no drift: rows
/// that cannot be told apart are ordered at random.
fn limits(by: JudgedBy, n_reference: usize, n_window: usize) -> MetricLimits {
    let JudgedBy::Chance(chance) = by else {
        return DOMAIN_LIMITS;
    };
    let (a, b) = (n_reference as f64, n_window as f64);
    // Mann and Whitney (1947): the variance of the area where both sides are alike.
    let std = ((a + b + 1.0) / (12.0 * a * b)).sqrt();
    let reach = Normal::new(0.5, std).map_or(0.5, |area| area.inverse_cdf(1.0 - chance));
    MetricLimits {
        low: None,
        high: DOMAIN_LIMITS.high.map(|high| high.max(reach).min(1.0)),
    }
}

/// The fold of each row, either side dealt evenly.
fn dealt(n_reference: usize, n_window: usize, seed: u64) -> Vec<usize> {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut folds = Vec::with_capacity(n_reference + n_window);
    for n in [n_reference, n_window] {
        let mut side: Vec<usize> = (0..n).map(|row| row % N_FOLDS).collect();
        for last in (1..n).rev() {
            side.swap(last, (random.next_u64() % (last as u64 + 1)) as usize);
        }
        folds.extend(side);
    }
    folds
}

fn hash(seed: u64, row: u64) -> u64 {
    xxhash_rust::xxh3::xxh3_64_with_seed(&row.to_le_bytes(), seed)
}
