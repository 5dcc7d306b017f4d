//! The calibrator of a reference: what share of rows came true at a score.

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{RngCore, SeedableRng};
use serde::{Deserialize, Serialize};

use crate::metrics::roc_auc;
use crate::model::{Scored, rising_pools};

/// Scores that tell the classes apart like this need no calibration.
const PERFECT_AREA: f64 = 0.999;
const N_SPLITS: usize = 10;
const N_BINS: usize = 10;

/// Rising from score to probability: straight between the scores, flat beyond them, as scikit-learn's
/// `IsotonicRegression(out_of_bounds="clip")`.
///
/// Invariant: as many scores as probabilities, both ascending.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IsotonicCurve {
    pub scores: Vec<f64>,
    pub probabilities: Vec<f64>,
}

impl IsotonicCurve {
    /// Of rows with finite scores. Without a row it says ½.
    pub fn fit(scores: &[f64], positive: &[bool]) -> Self {
        let rows = scores.iter().zip(positive).map(|(&score, &truth)| Scored {
            score,
            truth: f64::from(u8::from(truth)),
            weight: 1.0,
        });
        let mut curve = Self {
            scores: Vec::new(),
            probabilities: Vec::new(),
        };
        for pool in rising_pools(rows.collect()) {
            curve.scores.push(pool.first);
            curve.probabilities.push(pool.mean());
            if pool.last > pool.first {
                curve.scores.push(pool.last);
                curve.probabilities.push(pool.mean());
            }
        }
        curve
    }

    pub fn of(&self, score: f64) -> f64 {
        let above = self.scores.partition_point(|&at| at < score);
        let at = |place: usize| {
            self.scores
                .get(place)
                .copied()
                .zip(self.probabilities.get(place).copied())
        };
        match (above.checked_sub(1).and_then(at), at(above)) {
            (Some((x0, y0)), Some((x1, y1))) => y0 + (y1 - y0) * (score - x0) / (x1 - x0),
            (None, Some((_, y))) | (Some((_, y)), None) => y,
            (None, None) => 0.5,
        }
    }
}

/// Whether calibrating brings scores nearer to what comes true on rows that the calibrator has not seen: the expected
/// calibration error over ten draws of a tenth of the rows, as NannyML decides (whose draws scikit-learn makes).
pub(super) fn needs_calibration(scores: &[f64], positive: &[bool], seed: u64) -> bool {
    let one_kind = positive.iter().all(|p| *p) || positive.iter().all(|p| !p);
    if one_kind || roc_auc(positive, scores).is_none_or(|area| area > PERFECT_AREA) {
        return false;
    }
    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
    let (mut before, mut after) = (Vec::new(), Vec::new());
    for _ in 0..N_SPLITS {
        let test = draw_stratified(positive, &mut random);
        let side = |of_test: bool| -> (Vec<f64>, Vec<bool>) {
            (0..scores.len())
                .filter(|&row| test[row] == of_test)
                .map(|row| (scores[row], positive[row]))
                .unzip()
        };
        let (train_scores, train_positive) = side(false);
        let curve = IsotonicCurve::fit(&train_scores, &train_positive);
        let (test_scores, test_positive) = side(true);
        for (score, positive) in test_scores.into_iter().zip(test_positive) {
            before.push((score, positive));
            after.push((curve.of(score), positive));
        }
    }
    if before.len() < 4 {
        return false;
    }
    calibration_error(before) > calibration_error(after)
}

/// Per row whether it is one of a tenth that holds as many of either kind as all rows do.
fn draw_stratified(positive: &[bool], random: &mut Xoshiro256PlusPlus) -> Vec<bool> {
    let mut drawn = vec![false; positive.len()];
    for kind in [false, true] {
        let mut rows: Vec<usize> = (0..positive.len())
            .filter(|&row| positive[row] == kind)
            .collect();
        let n_test = rows.len().div_ceil(10);
        for at in 0..n_test {
            let left = (rows.len() - at) as u64;
            rows.swap(at, at + (random.next_u64() % left) as usize);
            drawn[rows[at]] = true;
        }
    }
    drawn
}

/// In bins of equally many rows by score.
fn calibration_error(mut rows: Vec<(f64, bool)>) -> f64 {
    rows.sort_by(|a, b| a.0.total_cmp(&b.0));
    let n_bins = N_BINS.min(rows.len() / 2).max(1);
    let width = rows.len() / n_bins;
    let gap = |bin: &[(f64, bool)]| {
        let claimed: f64 = bin.iter().map(|row| row.0).sum();
        let came: f64 = bin.iter().map(|row| f64::from(u8::from(row.1))).sum();
        (claimed - came).abs()
    };
    let gaps: f64 = (0..n_bins)
        .map(|bin| {
            let end = if bin + 1 == n_bins {
                rows.len()
            } else {
                (bin + 1) * width
            };
            gap(&rows[bin * width..end])
        })
        .sum();
    gaps / rows.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_is_straight_between_pools_and_flat_beyond() {
        let curve = IsotonicCurve::fit(&[0.2, 0.4, 0.5, 0.6], &[false, true, false, true]);
        for (score, wanted) in [
            (0.0, 0.0),
            (0.2, 0.0),
            (0.3, 0.25),
            (0.45, 0.5),
            (0.55, 0.75),
            (0.9, 1.0),
        ] {
            assert!(
                (curve.of(score) - wanted).abs() < 1e-12,
                "{score} {}",
                curve.of(score)
            );
        }
        assert_eq!(IsotonicCurve::fit(&[], &[]).of(0.3), 0.5);
    }

    #[test]
    fn scores_that_come_true_need_no_calibration_and_others_do() {
        let scores: Vec<f64> = (0..4_000)
            .map(|row| f64::from(row * 7 % 4_000) / 4_000.0)
            .collect();
        let draws: Vec<f64> = (0..4_000_u64)
            .map(|row| (row * 2_654_435_761 % 4_093) as f64 / 4_093.0)
            .collect();
        let truth = |of: fn(f64) -> f64| -> Vec<bool> {
            scores
                .iter()
                .zip(&draws)
                .map(|(s, d)| *d < of(*s))
                .collect()
        };
        assert!(needs_calibration(&scores, &truth(|score| score * score), 1));
        assert!(!needs_calibration(&scores, &vec![true; 4_000], 1));
        let apart: Vec<bool> = scores.iter().map(|score| *score > 0.5).collect();
        assert!(!needs_calibration(&scores, &apart, 1));
    }
}
