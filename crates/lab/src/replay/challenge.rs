//! What the champion and its challengers leave behind: a tally a pane, and one sample of rows for the paired tests.

use assay_core::Task;
use assay_core::drift::challenge::{
    Answer, ChallengeReport, ChallengeTally, ChallengeWindow, Outcome, PairedSample,
};
use assay_core::drift::{ReferenceSketch, SketchShape};
use assay_core::matrix::Prediction;
use assay_core::replay::WindowReport;

use super::measure::{Measured, cuttings};
use super::pass::Pass;
use super::reading::Reading;
use super::subject::Subject;
use super::tallies::PaneRows;
use super::truth::{Known, Truth};
use crate::error::Cause;
use crate::prediction_log::time_of;

/// Cells of scores that all panes, models and classes hold together.
const MAX_CELLS: usize = 2 << 20;
/// Of one model and class in one pane.
const MOST_CELLS: usize = 1_024;
const FEWEST_CELLS: usize = 16;
/// The same rows for the same log.
const SEED: u64 = 7;

/// Of one pane; empty without challengers.
#[derive(Clone, Default)]
pub struct Challenge(Option<ChallengeTally>);

impl Challenge {
    pub fn of(rows: &PaneRows<'_>) -> Self {
        let models = answers(rows.known);
        if models.is_empty() {
            return Self(None);
        }
        let mut tally = match rows.subject.answers().len() {
            0 => ChallengeTally::of_values(models.len(), centre(&rows.subject.reference)),
            n_classes => ChallengeTally::of_classes(models.len(), n_classes),
        };
        let mut said = Vec::with_capacity(models.len());
        for row in rows.rows.iter() {
            said.clear();
            said.extend(models.iter().filter_map(|(model, _)| answer(model, row)));
            tally.add(outcome(rows.known.truth.as_ref(), row), &said);
        }
        for (place, (_, row_ms)) in models.iter().enumerate() {
            tally.add_latency(place, *row_ms, rows.rows.len() as u64);
        }
        Self(Some(tally))
    }

    pub fn merge(&mut self, other: &Self) {
        match (&mut self.0, &other.0) {
            (Some(ours), Some(theirs)) => {
                ours.merge(theirs);
            }
            (ours @ None, Some(theirs)) => *ours = Some(theirs.clone()),
            (_, None) => {}
        }
    }

    /// So that so many panes together hold no more than they may.
    pub fn narrow(&mut self, n_panes: usize) {
        if let Some(tally) = &mut self.0 {
            let n_sketches = n_panes * tally.n_scores();
            let cells = (MAX_CELLS / n_sketches.max(1)).clamp(FEWEST_CELLS, MOST_CELLS);
            tally.narrow(cells);
        }
    }

    fn window(&self, name: &str) -> ChallengeWindow {
        match &self.0 {
            Some(tally) => tally.window(name),
            None => ChallengeWindow {
                window: name.to_owned(),
                models: Vec::new(),
            },
        }
    }
}

/// Rows of the whole log for the paired tests; empty without challengers or without labels.
#[derive(Clone)]
pub struct Sample(Option<PairedSample>);

impl Sample {
    pub fn of(subject: &Subject, reading: &Reading) -> Self {
        let n_models = 1 + reading.beside.asked.len();
        let n_classes = subject.answers().len();
        Self((n_models > 1).then(|| PairedSample::new(n_models, n_classes, SEED)))
    }

    /// For a part of the same log.
    pub fn beside(&self) -> Self {
        Self(self.0.as_ref().map(PairedSample::beside))
    }

    pub fn add(&mut self, rows: &PaneRows<'_>) {
        let Some(sample) = &mut self.0 else { return };
        if rows.known.truth.is_none() {
            return;
        }
        let models = answers(rows.known);
        let mut said = Vec::with_capacity(models.len());
        for row in rows.rows.iter() {
            said.clear();
            said.extend(models.iter().filter_map(|(model, _)| answer(model, row)));
            let outcome = outcome(rows.known.truth.as_ref(), row);
            sample.add(rows.first_row + row as u64, outcome, &said);
        }
    }

    pub fn merge(&mut self, other: Self) {
        if let (Some(ours), Some(theirs)) = (&mut self.0, other.0) {
            ours.merge(theirs);
        }
    }
}

/// Every model in every window, and whether a challenger is better; `None` where none was asked.
pub fn report(
    subject: &Subject,
    reading: &Reading,
    pass: &Pass,
    measured: &Measured,
    task: &Task,
) -> Result<Option<ChallengeReport>, Cause> {
    let Some(model) = &subject.model else {
        return Ok(None);
    };
    if reading.beside.asked.is_empty() {
        return Ok(None);
    }
    task.step(0, 0, "comparing the models");
    let mut models = vec![model.version.key().to_string()];
    let asked = reading.beside.asked.iter();
    let challengers = asked.filter_map(|asked| subject.challengers.get(asked.challenger));
    models.extend(challengers.map(|challenger| challenger.key.to_string()));
    let whole = |panes: std::ops::Range<i64>| {
        let mut whole = Challenge::default();
        for (_, pane) in pass.total.panes.range(panes) {
            whole.merge(&pane.tallies.challenge);
        }
        whole
    };
    let windows = cuttings(pass)?.into_iter().zip(&measured.windows);
    let windows = windows.map(|(cutting, window)| whole(cutting.panes).window(&name(window)));
    let tests = match (&pass.sample.0, measured.performance_metric) {
        (Some(sample), Some(metric)) => sample.clone().tests(&models, metric, task)?,
        _ => Vec::new(),
    };
    Ok(Some(ChallengeReport {
        windows: windows.collect(),
        totals: whole(i64::MIN..i64::MAX).window("").models,
        models,
        tests,
        policies: Vec::new(),
    }))
}

/// The champion without anybody beside it.
pub fn alone(subject: &Subject) -> ChallengeReport {
    let model = subject.model.iter();
    ChallengeReport {
        models: model.map(|model| model.version.key().to_string()).collect(),
        totals: Vec::new(),
        windows: Vec::new(),
        tests: Vec::new(),
        policies: Vec::new(),
    }
}

fn name(window: &WindowReport) -> String {
    let label = window.label.clone().or(window.start_ms.map(time_of));
    label.unwrap_or_else(|| format!("rows {} to {}", window.first_row, window.last_row))
}

/// The champion's answers and those of its challengers, with the milliseconds a row; none where one was not asked.
fn answers(known: &Known) -> Vec<(&Prediction, f64)> {
    match (&known.said, known.beside.as_slice()) {
        (Some(champion), beside @ [_, ..]) => std::iter::once(champion)
            .chain(beside)
            .map(|said| (&said.prediction, said.row_ms))
            .collect(),
        _ => Vec::new(),
    }
}

fn answer(prediction: &Prediction, row: usize) -> Option<Answer<'_>> {
    match prediction {
        Prediction::Classes {
            indices,
            probabilities,
            n_classes,
        } => Some(Answer::Class {
            class: *indices.get(row)?,
            probabilities: probabilities.get(row * n_classes..(row + 1) * n_classes)?,
        }),
        Prediction::Values(values) => values.get(row).copied().map(Answer::Value),
        Prediction::Coordinates { .. } => None,
    }
}

fn outcome(truth: Option<&Truth>, row: usize) -> Outcome {
    match truth {
        Some(Truth::Classes(labels)) => {
            let label = labels.get(row).copied().flatten();
            label.map_or(Outcome::Unknown, Outcome::Class)
        }
        Some(Truth::Values(values)) => {
            let value = values.get(row).filter(|value| value.is_finite());
            value.map_or(Outcome::Unknown, |value| Outcome::Value(*value))
        }
        None => Outcome::Unknown,
    }
}

/// About what the truth is.
fn centre(reference: &ReferenceSketch) -> f64 {
    let mut columns = reference.columns.iter();
    let target = columns.find(|column| column.name == "target");
    match target.map(|column| &column.shape) {
        Some(SketchShape::Numeric { mean, .. }) => *mean,
        _ => 0.0,
    }
}
