//! The domain classifier: can a model tell the window's rows from those of the reference (Rabanser, Günnemann and Lipton
//! 2019; NannyML 0.13's `DomainClassifierCalculator`)? The model is the caller's.

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{RngCore, SeedableRng};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::MultivariateError;
use super::encoding::RowEncoding;
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
    /// Row-major, as [`RowEncoding::encode_codes`] says; at most 1,000 rows.
    rows: Vec<f64>,
    seed: u64,
}

/// A sample of a window's rows: those with the least hash of their number, so that parts of a window merge to the sample
/// of the whole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DomainSample {
    seed: u64,
    /// Hash and row, by rising hash.
    rows: Vec<(u64, Vec<f64>)>,
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
        let rows = encoding.encode_codes(&reference.take(&order));
        Ok(Self {
            encoding,
            rows,
            seed,
        })
    }

    pub fn sample(&self) -> DomainSample {
        DomainSample {
            // Another seed than the reference's, so that the same rows are not the same sample.
            seed: self.seed.wrapping_add(1),
            rows: Vec::new(),
        }
    }

    /// Adds a part of a window, whose first row has the number `first_row` in the log.
    pub fn add(&self, sample: &mut DomainSample, rows: &Columns, first_row: u64) {
        let hashes = (0..rows.n_rows).map(|row| (hash(sample.seed, first_row + row as u64), row));
        let worst = sample.rows.get(MAX_DOMAIN_ROWS - 1).map(|(hash, _)| *hash);
        let mut kept: Vec<(u64, usize)> = hashes
            .filter(|(hash, _)| worst.is_none_or(|worst| *hash < worst))
            .collect();
        kept.sort_unstable();
        kept.truncate(MAX_DOMAIN_ROWS);
        let places: Vec<usize> = kept.iter().map(|(_, row)| *row).collect();
        let encoded = self.encoding.encode_codes(&rows.take(&places));
        let p = self.encoding.n_columns();
        let new = kept.iter().zip(encoded.chunks_exact(p));
        sample
            .rows
            .extend(new.map(|((hash, _), row)| (*hash, row.to_vec())));
        sample.cut();
    }

    /// Both sides in five folds, each fitted on the others: `classify` answers the chance that each test row is of the
    /// window. `None` where a side has fewer rows than folds.
    ///
    /// # Errors
    /// Those of `classify`.
    pub fn judge<E>(
        &self,
        sample: &DomainSample,
        classify: impl FnMut(&DomainFold<'_>) -> Result<Vec<f64>, E>,
    ) -> Result<Option<DomainVerdict>, E> {
        let window: Vec<f64> = sample
            .rows
            .iter()
            .flat_map(|(_, row)| row.iter().copied())
            .collect();
        judge_domain(
            &self.rows,
            &window,
            self.encoding.n_columns(),
            self.seed,
            classify,
        )
    }
}

impl DomainSample {
    pub fn merge(&mut self, other: &Self) {
        self.rows.extend(other.rows.iter().cloned());
        self.cut();
    }

    pub fn n_rows(&self) -> usize {
        self.rows.len()
    }

    fn cut(&mut self) {
        self.rows.sort_by_key(|(hash, _)| *hash);
        self.rows.truncate(MAX_DOMAIN_ROWS);
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
    Ok(roc_auc(&truth, &scores).map(|roc_auc| DomainVerdict {
        n_reference: n_reference as u32,
        n_window: n_window as u32,
        roc_auc,
        limits: DOMAIN_LIMITS,
        alert: !DOMAIN_LIMITS.contain(roc_auc),
    }))
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
