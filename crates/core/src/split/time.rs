//! Splits in which training comes before testing.

use super::{Fold, SplitError, SplitRows};
use crate::train::CvWindow;

/// Rows in the order of time: as they were given, or by their times (equal ones as given).
pub(super) struct Timeline {
    rows: Vec<usize>,
    /// As long as `rows`, or empty: then each row has a time of its own.
    times: Vec<i64>,
}

impl Timeline {
    pub fn new(data: &SplitRows<'_>) -> Self {
        let mut rows = data.rows.to_vec();
        let Some(times) = data.times else {
            return Self {
                rows,
                times: Vec::new(),
            };
        };
        let time = |row: &usize| times.get(*row).copied().unwrap_or(i64::MAX);
        rows.sort_by_key(time);
        Self {
            times: rows.iter().map(time).collect(),
            rows,
        }
    }

    /// Train and test rows: about the last `n_test` test, `gap` rows before them are left out.
    ///
    /// # Errors
    /// One time only, or a gap that leaves nothing to train on.
    pub fn hold_out(
        &self,
        n_test: usize,
        gap: usize,
    ) -> Result<(Vec<usize>, Vec<usize>), SplitError> {
        let wanted = self.rows.len().saturating_sub(n_test);
        // Towards more test rows, unless nothing were left to train on.
        let border = match self.first_of_its_time(wanted) {
            0 => self.after_its_time(wanted.saturating_sub(1)),
            border => border,
        };
        if border == 0 || border >= self.rows.len() {
            return Err(SplitError::OneTime);
        }
        let n_train = border.saturating_sub(gap);
        if n_train < 2 {
            return Err(SplitError::Gap {
                gap,
                n_rows: border,
            });
        }
        Ok((self.rows[..n_train].to_vec(), self.rows[border..].to_vec()))
    }

    /// `k` folds of n / (k + 1) validation rows each, one after another up to the last row, as scikit-learn's
    /// `TimeSeriesSplit`; borders move back to the first row of their time.
    ///
    /// # Errors
    /// Too few rows, or times, for so many folds.
    pub fn folds(&self, k: usize, gap: usize, window: CvWindow) -> Result<Vec<Fold>, SplitError> {
        let n = self.rows.len();
        let n_validation = n / (k + 1);
        if k < 1 || n_validation == 0 {
            return Err(SplitError::Folds {
                k,
                n_rows: n.saturating_sub(1),
            });
        }
        let mut borders: Vec<usize> = (0..k)
            .map(|fold| self.first_of_its_time(n - (k - fold) * n_validation))
            .collect();
        borders.push(n);
        if borders.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err(SplitError::FewTimes { k });
        }
        borders
            .windows(2)
            .map(|pair| {
                let (border, end) = (pair[0], pair[1]);
                let n_before = border.saturating_sub(gap);
                let first = match window {
                    CvWindow::Expanding => 0,
                    CvWindow::Sliding { max_train_rows } => {
                        n_before.saturating_sub(max_train_rows as usize)
                    }
                };
                if n_before - first < 1 {
                    return Err(SplitError::Gap {
                        gap,
                        n_rows: border,
                    });
                }
                Ok(Fold {
                    train: sorted(&self.rows[first..n_before]),
                    validation: sorted(&self.rows[border..end]),
                })
            })
            .collect()
    }

    fn first_of_its_time(&self, place: usize) -> usize {
        match self.times.get(place) {
            Some(&time) => self.times.partition_point(|&other| other < time),
            None => place,
        }
    }

    fn after_its_time(&self, place: usize) -> usize {
        match self.times.get(place) {
            Some(&time) => self.times.partition_point(|&other| other <= time),
            None => place + 1,
        }
    }
}

fn sorted(rows: &[usize]) -> Vec<usize> {
    let mut rows = rows.to_vec();
    rows.sort_unstable();
    rows
}
