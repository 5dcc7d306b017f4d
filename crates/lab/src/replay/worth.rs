//! What the model's answers are worth: measured where the truth has come, expected where it has not.

use assay_core::drift::estimate::{
    ClassRow, ClassTally, EstimatedMetric, LossTally, MeasuredMetric, ValueTally,
};
use assay_core::matrix::Prediction;

use super::accumulation::Rows;
use super::subject::Subject;
use super::tallies::PaneRows;
use super::truth::Truth;

/// Invariant: parts of a pane merge to what the whole pane would have left.
#[derive(Clone, Default)]
pub struct Worth {
    classes: Option<ClassTally>,
    values: Option<ValueTally>,
    /// By the calibrated probabilities alone.
    expected: Option<ClassTally>,
    /// By the models of the loss alone, in their order.
    losses: Vec<LossTally>,
}

impl Worth {
    pub fn of(rows: &PaneRows<'_>) -> Self {
        let mut worth = Self::default();
        match rows.known.prediction() {
            Some(Prediction::Classes {
                indices,
                probabilities,
                n_classes,
            }) => {
                let answers = Answers {
                    indices,
                    probabilities,
                    n_classes: *n_classes,
                };
                if let Some(Truth::Classes(truth)) = &rows.known.truth {
                    worth.classes = Some(answers.measured(truth, rows.rows));
                }
                worth.expected = answers.expected(rows.subject, rows.rows);
            }
            Some(Prediction::Values(predicted)) => {
                if let Some(Truth::Values(truth)) = &rows.known.truth {
                    let mut tally = ValueTally::around(rows.subject.target_centre());
                    for row in rows.rows.iter() {
                        if let (Some(truth), Some(predicted)) = (truth.get(row), predicted.get(row))
                        {
                            tally.add(*truth, *predicted);
                        }
                    }
                    worth.values = Some(tally);
                }
                worth.losses = rows.losses.to_vec();
            }
            Some(Prediction::Coordinates { .. }) | None => {}
        }
        worth
    }

    pub fn merge(&mut self, other: &Self) {
        join(&mut self.classes, &other.classes, ClassTally::merge);
        join(&mut self.values, &other.values, ValueTally::merge);
        join(&mut self.expected, &other.expected, ClassTally::merge);
        if self.losses.is_empty() {
            self.losses.clone_from(&other.losses);
        } else {
            for (ours, theirs) in self.losses.iter_mut().zip(&other.losses) {
                ours.merge(theirs);
            }
        }
    }

    /// Numbers of 8 bytes that are held, about.
    pub fn n_held(&self) -> usize {
        let tallies = self.classes.iter().chain(&self.expected);
        tallies.map(ClassTally::n_held).sum()
    }

    /// Keeps at most so many scores apart.
    pub fn seal(&mut self, points: usize) {
        for tally in self.classes.iter_mut().chain(&mut self.expected) {
            tally.narrow(points);
        }
    }

    pub fn metrics(&self) -> Vec<MeasuredMetric> {
        let classes = self.classes.iter().flat_map(ClassTally::measured);
        let values = self.values.iter().flat_map(ValueTally::measured);
        classes.chain(values).collect()
    }

    pub fn estimates(&self, subject: &Subject) -> Vec<EstimatedMetric> {
        let Some(watch) = &subject.reference.watch else {
            return Vec::new();
        };
        let mut estimates = Vec::new();
        if let (Some(reference), Some(tally)) = (&watch.classes, &self.expected) {
            estimates.extend(reference.estimated_rates(tally));
        }
        if let Some(reference) = &watch.losses {
            let models = watch.loss_models.iter().zip(&self.losses);
            estimates
                .extend(models.filter_map(|(model, tally)| reference.estimated(model.loss, tally)));
        }
        estimates
    }
}

fn join<T: Clone>(ours: &mut Option<T>, theirs: &Option<T>, merge: fn(&mut T, &T) -> bool) {
    match (ours, theirs) {
        (Some(ours), Some(theirs)) => {
            // Invariant: both are of the same model, and so merge.
            merge(ours, theirs);
        }
        (ours @ None, theirs) => ours.clone_from(theirs),
        (Some(_), None) => {}
    }
}

struct Answers<'a> {
    indices: &'a [u32],
    probabilities: &'a [f64],
    n_classes: usize,
}

impl Answers<'_> {
    fn row(&self, row: usize) -> Option<(u32, &[f64])> {
        let probabilities = row * self.n_classes..(row + 1) * self.n_classes;
        Some((
            *self.indices.get(row)?,
            self.probabilities.get(probabilities)?,
        ))
    }

    fn measured(&self, truth: &[Option<u32>], rows: &Rows) -> ClassTally {
        let mut tally = ClassTally::new(self.n_classes);
        for row in rows.iter() {
            let truth = truth.get(row).copied().flatten();
            if let (Some(truth), Some((predicted, probabilities))) = (truth, self.row(row)) {
                tally.add(ClassRow {
                    truth,
                    predicted,
                    probabilities,
                });
            }
        }
        tally
    }

    /// `None` where the version does not remember how its probabilities come true.
    fn expected(&self, subject: &Subject, rows: &Rows) -> Option<ClassTally> {
        let reference = subject.reference.watch.as_ref()?.classes.as_ref()?;
        let mut tally = reference.tally();
        for (predicted, probabilities) in rows.iter().filter_map(|row| self.row(row)) {
            reference.add(&mut tally, predicted, probabilities);
        }
        Some(tally)
    }
}
