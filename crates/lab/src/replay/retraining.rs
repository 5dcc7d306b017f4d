//! Simulated retraining: the champion walks through the windows again, trained anew when a policy says so.

mod labelled;

use std::collections::BTreeMap;
use std::ops::Range;

use assay_core::code::Code;
use assay_core::drift::challenge::{Policy, PolicyOutcome, WindowScore, simulate};
use assay_core::drift::{
    self, ColumnSketch, DriftRule, Verdict, compare_columns, sketch_reference, window_verdict,
};
use assay_core::matrix::{Prediction, RawColumn, RawValues};
use assay_core::replay::{ReplaySpec, WindowPerformance};
use assay_core::run::TrainRecord;
use assay_core::words::count;
use assay_core::{Columns, Target, Task, metrics};
use rayon::prelude::*;

use self::labelled::Part;
use super::measure::{Measured, cuttings};
use super::pass::Pass;
use super::performance::Performance;
use super::subject::{Model, Subject};
use crate::Lab;
use crate::error::Cause;
use crate::training::{Again, FittedModel, PREDICTIONS};

pub use self::labelled::{Labelled, most_rows};

/// # Errors
/// Nothing that could be trained again.
pub fn require_model(spec: &ReplaySpec, model: Option<&Model>) -> Result<(), Cause> {
    if spec.retrain.is_empty() {
        return Ok(());
    }
    match model {
        None => Err(Cause::with_hint(
            Code::Invalid,
            "there is no model to train again",
            "name it with --model, or leave --retrain out",
        )),
        Some(model) if model.record.is_none() => Err(Cause::with_hint(
            Code::Unsupported,
            format!(
                "`{}` was imported, and how it was trained is not known",
                model.version.key()
            ),
            "leave --retrain out",
        )),
        Some(model) if !model.problem.has_target() => Err(Cause::with_hint(
            Code::Unsupported,
            format!(
                "`{}` learnt without a target, so that training it again could not be judged",
                model.version.key()
            ),
            "leave --retrain out",
        )),
        Some(_) => Ok(()),
    }
}

/// # Errors
/// No labels to train on.
pub fn require_labels(subject: &Subject, has_labels: bool) -> Result<(), Cause> {
    if subject.retrain.is_empty() || has_labels {
        return Ok(());
    }
    Err(Cause::with_hint(
        Code::Invalid,
        "the log has no labels to train on again",
        "name the column with --label, or a file with --labels, or leave --retrain out",
    ))
}

impl Lab {
    /// What each policy would have brought, `never` first; what could not be done is said in `notes`.
    pub(super) fn retrained(
        &self,
        subject: &Subject,
        pass: &Pass,
        measured: &Measured,
        rule: &DriftRule,
        notes: &mut Vec<String>,
        task: &Task,
    ) -> Result<Vec<PolicyOutcome>, Cause> {
        let asked = subject
            .model
            .as_ref()
            .filter(|_| !subject.retrain.is_empty());
        let Some((model, record)) = asked.and_then(|model| Some((model, model.record.as_ref()?)))
        else {
            return Ok(Vec::new());
        };
        task.step(0, 0, "reading the training rows");
        let again = self.again(record, notes)?;
        let history = History::of(&again, pass, measured, rule)?;
        if pass.total.most < u64::MAX {
            notes.push(format!(
                "of the labelled rows {}, drawn evenly, are trained on again",
                count(history.said.len() as u64)
            ));
        }
        let ordinary = self.ordinary(model, record)?;
        if ordinary.is_none() {
            notes.push(
                "how far the model's performance scatters on its test rows is not known here; drift alone asks for \
                 training it again"
                    .to_owned(),
            );
        }
        let walk = Walk {
            again: &again,
            history: &history,
            measured,
            n_features: subject.inputs.len(),
            rule,
            ordinary,
            task,
        };
        let mut outcomes: Vec<PolicyOutcome> = Vec::new();
        for policy in std::iter::once(&Policy::Never).chain(&subject.retrain) {
            if outcomes.iter().all(|known| known.policy != *policy) {
                match walk.by(*policy) {
                    Ok(outcome) => outcomes.push(outcome),
                    Err(cause) if cause.code() == Code::Cancelled => return Err(cause),
                    Err(cause) => notes.push(format!(
                        "training the model again {} was given up: {cause}",
                        policy.label()
                    )),
                }
            }
        }
        Ok(outcomes)
    }

    /// How the model did on its own test rows, with the interval beyond which a window is worse; `None` where the errors
    /// of those rows are in another lab.
    fn ordinary(
        &self,
        model: &Model,
        record: &TrainRecord,
    ) -> Result<Option<WindowPerformance>, Cause> {
        let version = &model.version;
        if let Some(accuracy) = version.metrics.get("test.accuracy") {
            let n = record.n_test_rows;
            let n_right = (accuracy * n as f64).round() as u64;
            let (low, high) = metrics::wilson_interval(n_right, n);
            return Ok(Some(WindowPerformance {
                value: *accuracy,
                low,
                high,
                n,
            }));
        }
        let Some(trained) = version.trained() else {
            return Ok(None);
        };
        let parts = match self.store.run_parts(trained.run_id) {
            Err(assay_store::Error::NotFound { .. }) => return Ok(None),
            parts => parts?,
        };
        let mut artifacts = parts.artifacts.iter();
        let Some(kept) = artifacts.find(|artifact| artifact.path == PREDICTIONS) else {
            return Ok(None);
        };
        let rows = assay_frame::read_predictions(&self.store.object_path(&kept.object)?)?;
        let mut errors = Performance::default();
        for (truth, said) in rows.truth_value.iter().zip(&rows.predicted_value) {
            errors.add_error(truth - said);
        }
        Ok(errors.value())
    }
}

/// All rows that may be trained on: those of the first training, then the log's by window.
struct History {
    columns: Columns,
    truths: Vec<f64>,
    n_before: usize,
    /// What the champion said of the log's.
    said: Vec<f64>,
    /// With labelled rows.
    spans: Vec<Span>,
}

/// A window with labelled rows.
struct Span {
    /// Of the replay.
    window: u32,
    /// Of `said`.
    rows: Range<usize>,
    is_drifted: bool,
}

impl History {
    fn of(
        again: &Again,
        pass: &Pass,
        measured: &Measured,
        rule: &DriftRule,
    ) -> Result<Self, Cause> {
        let mut history = Self {
            columns: again.columns.clone(),
            truths: match &again.target {
                Target::Classes { indices, .. } => indices.iter().map(|i| f64::from(*i)).collect(),
                Target::Values(values) => values.clone(),
                Target::Nothing { .. } => Vec::new(),
            },
            n_before: again.columns.n_rows,
            said: Vec::new(),
            spans: Vec::new(),
        };
        // Of each pane, where its rows end.
        let mut ends: BTreeMap<i64, usize> = BTreeMap::new();
        for (index, pane) in &pass.total.panes {
            for part in pane.tallies.labelled.parts() {
                history.take(part);
            }
            ends.insert(*index, history.said.len());
        }
        let before = |pane: i64| ends.range(..pane).next_back().map_or(0, |(_, end)| *end);
        for (cutting, window) in cuttings(pass)?.into_iter().zip(&measured.windows) {
            let rows = before(cutting.panes.start)..before(cutting.panes.end);
            if !rows.is_empty() {
                history.spans.push(Span {
                    window: window.index,
                    rows,
                    is_drifted: window_verdict(&window.columns, rule.mode) == Verdict::Drifted,
                });
            }
        }
        Ok(history)
    }

    fn take(&mut self, part: &Part) {
        for (column, more) in self.columns.columns.iter_mut().zip(&part.columns) {
            match (&mut column.values, more) {
                (RawValues::Numbers(values), RawValues::Numbers(more)) => values.extend(more),
                (RawValues::Texts(values), RawValues::Texts(more)) => {
                    values.extend(more.iter().cloned());
                }
                // Invariant: an input is read as what it was in training.
                _ => {}
            }
        }
        self.columns.n_rows += part.truths.len();
        self.truths.extend(&part.truths);
        self.said.extend(&part.said);
    }

    fn columns(&self, rows: Range<usize>) -> Columns {
        let columns = self.columns.columns.iter();
        Columns {
            n_rows: rows.len(),
            columns: columns
                .map(|column| RawColumn {
                    name: column.name.clone(),
                    values: column.values.slice(rows.clone()),
                })
                .collect(),
        }
    }
}

/// One walk through the windows.
struct Walk<'a> {
    again: &'a Again,
    history: &'a History,
    measured: &'a Measured,
    n_features: usize,
    rule: &'a DriftRule,
    ordinary: Option<WindowPerformance>,
    task: &'a Task,
}

enum Walker {
    Champion,
    Anew(Box<Anew>),
}

struct Anew {
    model: FittedModel,
    /// Of the rows it was trained on: what windows are held against from now on.
    references: Vec<ColumnSketch>,
}

impl Walk<'_> {
    fn by(&self, policy: Policy) -> Result<PolicyOutcome, Cause> {
        let spans = &self.history.spans;
        let n_windows = u32::try_from(spans.len()).unwrap_or(u32::MAX);
        let span = |at: u32| {
            let found = spans.get(at as usize);
            found.ok_or_else(|| Cause::said(Code::Bug, "a window beyond the last one"))
        };
        let mut outcome = simulate(
            policy,
            n_windows,
            Walker::Champion,
            |walker, at| self.score(walker, span(at)?),
            |at| self.refit(span(at)?, at, n_windows),
        )?;
        for step in &mut outcome.steps {
            step.window = span(step.window)?.window;
        }
        Ok(outcome)
    }

    fn refit(&self, span: &Span, at: u32, n_windows: u32) -> Result<Walker, Cause> {
        self.task.check()?;
        let phase = format!("training again after window {}", span.window + 1);
        self.task.step(u64::from(at), u64::from(n_windows), phase);
        let n_rows = self.history.n_before + span.rows.end;
        let columns = self.history.columns(0..n_rows);
        let truths = self.history.truths.get(..n_rows).unwrap_or_default();
        let target = self.again.target(truths.to_vec());
        let model = self
            .again
            .fit(&columns, &target, &self.task.without_steps())?;
        let features = columns.columns.par_iter();
        Ok(Walker::Anew(Box::new(Anew {
            model,
            references: features
                .map(|column| sketch_reference(&column.name, &column.values))
                .collect(),
        })))
    }

    fn score(&self, walker: &Walker, span: &Span) -> Result<WindowScore, Cause> {
        let before = self.history.n_before;
        let rows = before + span.rows.start..before + span.rows.end;
        let truths = self.history.truths.get(rows.clone()).unwrap_or_default();
        let (performance, is_drifted) = match walker {
            Walker::Champion => {
                let said = self.history.said.get(span.rows.clone()).unwrap_or_default();
                (
                    self.performance(truths, said.iter().copied()),
                    span.is_drifted,
                )
            }
            Walker::Anew(anew) => {
                let performance = match anew.model.predict(&self.history.columns(rows))? {
                    Prediction::Classes { indices, .. } => {
                        self.performance(truths, indices.into_iter().map(f64::from))
                    }
                    Prediction::Values(values) => self.performance(truths, values.into_iter()),
                    Prediction::Coordinates { .. } => Performance::default(),
                };
                (performance, self.is_drifted(&anew.references, span))
            }
        };
        let found = performance.value();
        let is_worse = found.zip(self.ordinary).is_some_and(|(found, ordinary)| {
            match self.again.is_of_classes() {
                true => found.value < ordinary.low,
                false => found.value > ordinary.high,
            }
        });
        let found = found.ok_or_else(|| {
            Cause::said(
                Code::Invalid,
                format!("nothing could be told of window {}", span.window + 1),
            )
        })?;
        Ok(WindowScore {
            performance: found.value,
            alert: is_worse || is_drifted,
        })
    }

    fn performance(&self, truths: &[f64], said: impl Iterator<Item = f64>) -> Performance {
        let mut performance = Performance::default();
        for (truth, said) in truths.iter().zip(said) {
            match self.again.is_of_classes() {
                // Both are places of classes.
                true => performance.add_answer(*truth as u32 == said as u32),
                false => performance.add_error(truth - said),
            }
        }
        performance
    }

    fn is_drifted(&self, references: &[ColumnSketch], span: &Span) -> bool {
        let sketches = self.measured.sketches.get(span.window as usize);
        let Some(sketches) = sketches.and_then(Option::as_ref) else {
            return false;
        };
        let features = sketches.get(..self.n_features).unwrap_or(sketches);
        let mut drifts = compare_columns(references, features, self.rule);
        drift::judge_windows(&mut [drifts.as_mut_slice()], references, self.rule);
        window_verdict(&drifts, self.rule.mode) == Verdict::Drifted
    }
}
