//! What a window's rows of classes leave behind, truth known or expected.

use serde::{Deserialize, Serialize};

use super::scores::ScoreSketch;
use crate::metrics::{brier, log_loss, of_confusion};
use crate::sketch::Moments;

/// Rows of classes, added up. Of a window whose labels have come, `confusion` counts; without labels it holds what the
/// calibrated probabilities expect. Tallies of parts of a window merge to that of the whole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClassTally {
    n_classes: usize,
    n_rows: u64,
    /// Of truth (rows) and prediction (columns), n_classes².
    confusion: Vec<f64>,
    /// Of class 1 for two classes, else of each class.
    scores: Vec<ScoreSketch>,
    log_loss: Moments,
    brier: Moments,
}

/// A row with its label. `probabilities`: one a class.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ClassRow<'a> {
    pub truth: u32,
    pub predicted: u32,
    pub probabilities: &'a [f64],
}

impl ClassTally {
    pub fn new(n_classes: usize) -> Self {
        Self::with_scores(n_classes, ScoreSketch::default())
    }

    /// Keeps every score apart, for rows that are in memory.
    pub(super) fn exact(n_classes: usize) -> Self {
        Self::with_scores(n_classes, ScoreSketch::exact())
    }

    fn with_scores(n_classes: usize, empty: ScoreSketch) -> Self {
        Self {
            n_classes,
            n_rows: 0,
            confusion: vec![0.0; n_classes * n_classes],
            scores: vec![empty; ranked_classes(n_classes).len()],
            log_loss: Moments::default(),
            brier: Moments::default(),
        }
    }

    pub fn n_rows(&self) -> u64 {
        self.n_rows
    }

    pub fn n_classes(&self) -> usize {
        self.n_classes
    }

    /// Row-major, truth by prediction.
    pub fn confusion(&self) -> &[f64] {
        &self.confusion
    }

    /// Of class 1 for two classes, else of each class.
    pub fn scores(&self) -> &[ScoreSketch] {
        &self.scores
    }

    /// Numbers of 8 bytes that are held, about.
    pub fn n_held(&self) -> usize {
        // A key and its cell.
        let cells: usize = self
            .scores
            .iter()
            .map(|scores| scores.cells().count())
            .sum();
        self.confusion.len() + 4 * cells
    }

    pub(super) fn log_loss(&self) -> &Moments {
        &self.log_loss
    }

    pub(super) fn brier(&self) -> &Moments {
        &self.brier
    }

    /// A row whose label is known. A row that names no class of the model, or whose probabilities are not finite
    /// numbers, one a class, is not counted: `false`.
    pub fn add(&mut self, row: ClassRow<'_>) -> bool {
        let truth = row.truth as usize;
        if truth >= self.n_classes || !self.fits(row.predicted, row.probabilities) {
            return false;
        }
        self.n_rows += 1;
        self.count(truth, row.predicted, 1.0);
        for (score, class) in self.scores.iter_mut().zip(ranked_classes(self.n_classes)) {
            let positive = f64::from(u8::from(class == truth));
            score.add(row.probabilities[class], positive);
        }
        self.log_loss.push(log_loss(truth, row.probabilities));
        self.brier.push(brier(truth, row.probabilities));
        true
    }

    /// A row without a label: `calibrated` says how probable each class is, the scores are those of the model.
    pub(super) fn add_expected(
        &mut self,
        predicted: u32,
        probabilities: &[f64],
        calibrated: &[f64],
    ) -> bool {
        if !self.fits(predicted, probabilities) || calibrated.len() != self.n_classes {
            return false;
        }
        self.n_rows += 1;
        for (truth, chance) in calibrated.iter().enumerate() {
            self.count(truth, predicted, *chance);
        }
        for (score, class) in self.scores.iter_mut().zip(ranked_classes(self.n_classes)) {
            score.add(probabilities[class], calibrated[class]);
        }
        true
    }

    /// Tallies of other numbers of classes do not merge: `false`.
    pub fn merge(&mut self, other: &Self) -> bool {
        if self.n_classes != other.n_classes {
            return false;
        }
        self.n_rows += other.n_rows;
        for (ours, theirs) in self.confusion.iter_mut().zip(&other.confusion) {
            *ours += theirs;
        }
        for (ours, theirs) in self.scores.iter_mut().zip(&other.scores) {
            ours.merge(theirs);
        }
        self.log_loss.merge(&other.log_loss);
        self.brier.merge(&other.brier);
        true
    }

    /// At most so many distinct scores of each class are kept apart from now on.
    pub fn narrow(&mut self, max_cells: usize) {
        for scores in &mut self.scores {
            scores.narrow(max_cells);
        }
    }

    /// Metrics of the counts and of the scores, by the names of the catalogue and `specificity`; what is not defined is
    /// left out.
    pub fn values(&self) -> Vec<(&'static str, f64)> {
        if self.n_rows == 0 {
            return Vec::new();
        }
        let k = self.n_classes;
        let mut values = of_confusion(&self.confusion, k, self.n_rows as f64);
        let specificity = |class| {
            let one = self.against_rest(class);
            share(one.true_negative, one.false_positive)
        };
        if k == 2 {
            values.push(("specificity", specificity(1)));
        }
        let all: f64 = (0..k).map(specificity).sum();
        values.push(("specificity_macro", all / k as f64));
        let areas: Option<Vec<(f64, f64)>> = self.scores.iter().map(ScoreSketch::areas).collect();
        if let Some(areas) = areas.filter(|areas| !areas.is_empty()) {
            let n = areas.len() as f64;
            values.push(("roc_auc", areas.iter().map(|a| a.0).sum::<f64>() / n));
            values.push(("pr_auc", areas.iter().map(|a| a.1).sum::<f64>() / n));
        }
        values.retain(|(_, value)| value.is_finite());
        values
    }

    pub fn value(&self, metric: &str) -> Option<f64> {
        let values = self.values();
        values
            .into_iter()
            .find_map(|(name, value)| (name == metric).then_some(value))
    }

    /// What the rows are worth, all together: `worth` per truth and prediction, row-major.
    pub fn business_value(&self, worth: &[f64]) -> f64 {
        self.confusion.iter().zip(worth).map(|(n, w)| n * w).sum()
    }

    pub(super) fn against_rest(&self, class: usize) -> OneAgainstRest {
        let k = self.n_classes;
        let true_positive = self.confusion[class * k + class];
        let of_class: f64 = self.confusion[class * k..(class + 1) * k].iter().sum();
        let as_class: f64 = self.confusion.iter().skip(class).step_by(k).sum();
        OneAgainstRest {
            true_positive,
            false_negative: of_class - true_positive,
            false_positive: as_class - true_positive,
            true_negative: self.n_rows as f64 - of_class - as_class + true_positive,
        }
    }

    fn fits(&self, predicted: u32, probabilities: &[f64]) -> bool {
        (predicted as usize) < self.n_classes
            && probabilities.len() == self.n_classes
            && probabilities.iter().all(|p| p.is_finite())
    }

    fn count(&mut self, truth: usize, predicted: u32, weight: f64) {
        let at = truth * self.n_classes + predicted as usize;
        if let Some(cell) = self.confusion.get_mut(at) {
            *cell += weight;
        }
    }
}

/// Counts, or expected counts, of one class against all others.
#[derive(Debug, Clone, Copy)]
pub(super) struct OneAgainstRest {
    pub true_positive: f64,
    pub false_negative: f64,
    pub false_positive: f64,
    pub true_negative: f64,
}

/// Two classes: of the second one. More: each against the rest.
pub(super) fn ranked_classes(n_classes: usize) -> std::ops::Range<usize> {
    match n_classes {
        0 | 1 => 0..0,
        2 => 1..2,
        n => 0..n,
    }
}

/// a / (a + b); 0 where there is neither.
pub(super) fn share(a: f64, b: f64) -> f64 {
    if a + b > 0.0 { a / (a + b) } else { 0.0 }
}
