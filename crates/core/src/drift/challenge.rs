//! What would have happened: a champion and challengers on the same windows, and a model that is trained again now and then.

mod latency;
mod paired;
mod policy;
mod table;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::estimate::{ClassRow, ClassTally, MeasuredMetric, ValueTally};
use crate::sketch::Moments;

pub use latency::{LatencyTally, ModelLatency};
pub use paired::{PairedSample, PairedTest, row_hash};
pub use policy::{Policy, PolicyOutcome, PolicyStep, WindowScore, simulate};
pub use table::challenge_table;

/// Models on the same windows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ChallengeReport {
    /// The champion first.
    pub models: Vec<String>,
    /// Each over all windows, in the order of the models; empty without challengers.
    #[serde(default)]
    #[ts(as = "Option<Vec<ModelWindow>>", optional)]
    pub totals: Vec<ModelWindow>,
    /// One a window of the replay, in their order; empty without challengers.
    pub windows: Vec<ChallengeWindow>,
    /// Of each challenger against the champion, over all windows; those that could be made.
    pub tests: Vec<PairedTest>,
    pub policies: Vec<PolicyOutcome>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ChallengeWindow {
    /// As the replay names it.
    pub window: String,
    /// In the order of the models; empty for a gap.
    pub models: Vec<ModelWindow>,
}

/// One model in one window.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ModelWindow {
    pub n_rows: u64,
    /// Empty without labels.
    pub performance: Vec<MeasuredMetric>,
    /// From the champion: share of rows of another class, or root of the mean squared difference.
    pub disagreement: Option<f64>,
    /// Mean gain of a row over the champion and its 95 % interval (normal, of paired rows): in hits of classes, or in
    /// squared error of numbers; positive is better.
    pub gain: Option<Gain>,
    pub latency: Option<ModelLatency>,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS)]
pub struct Gain {
    pub mean: f64,
    pub low: f64,
    pub high: f64,
}

/// What a model said of a row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Answer<'a> {
    /// The class and the probability of each.
    Class {
        class: u32,
        probabilities: &'a [f64],
    },
    Value(f64),
}

/// What a row turned out to be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Outcome {
    Class(u32),
    Value(f64),
    /// Not known (yet).
    Unknown,
}

/// What the models' rows of a window leave behind, by model. Parts merge.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChallengeTally {
    models: Vec<ModelTally>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct ModelTally {
    n_rows: u64,
    classes: Option<ClassTally>,
    values: Option<ValueTally>,
    /// 1 or 0 of classes, the squared difference of numbers.
    disagreement: Moments,
    gain: Moments,
    latency: LatencyTally,
}

impl ChallengeTally {
    /// `n_models` with the champion first, of classes.
    pub fn of_classes(n_models: usize, n_classes: usize) -> Self {
        Self::new(n_models, Some(ClassTally::new(n_classes)), None)
    }

    /// `centre`: about what the truth is, the mean of the reference's target.
    pub fn of_values(n_models: usize, centre: f64) -> Self {
        Self::new(n_models, None, Some(ValueTally::around(centre)))
    }

    fn new(n_models: usize, classes: Option<ClassTally>, values: Option<ValueTally>) -> Self {
        let one = ModelTally {
            n_rows: 0,
            classes,
            values,
            disagreement: Moments::default(),
            gain: Moments::default(),
            latency: LatencyTally::default(),
        };
        Self {
            models: vec![one; n_models],
        }
    }

    /// A row and what each model said of it, in the order of the models.
    pub fn add(&mut self, outcome: Outcome, answers: &[Answer<'_>]) {
        let Some(champion) = answers.first() else {
            return;
        };
        let best = loss(outcome, champion);
        for (at, (model, answer)) in self.models.iter_mut().zip(answers).enumerate() {
            model.n_rows += 1;
            model.score(outcome, answer);
            if at == 0 {
                continue;
            }
            if let Some(off) = difference(champion, answer) {
                model.disagreement.push(off);
            }
            if let (Some(theirs), Some(ours)) = (best, loss(outcome, answer)) {
                model.gain.push(theirs - ours);
            }
        }
    }

    /// How long the model of that place took for each of so many rows, in milliseconds.
    pub fn add_latency(&mut self, model: usize, latency_ms: f64, n_rows: u64) {
        if let Some(model) = self.models.get_mut(model) {
            model.latency.add(latency_ms, n_rows);
        }
    }

    /// Sketches of scores that are held: one a model and ranked class.
    pub fn n_scores(&self) -> usize {
        let classes = self
            .models
            .iter()
            .filter_map(|model| model.classes.as_ref());
        classes.map(|classes| classes.scores().len()).sum()
    }

    /// At most so many distinct scores of each class are kept apart from now on.
    pub fn narrow(&mut self, max_cells: usize) {
        for model in &mut self.models {
            if let Some(classes) = &mut model.classes {
                classes.narrow(max_cells);
            }
        }
    }

    /// Of other models: `false`.
    pub fn merge(&mut self, other: &Self) -> bool {
        if self.models.len() != other.models.len() {
            return false;
        }
        for (ours, theirs) in self.models.iter_mut().zip(&other.models) {
            ours.merge(theirs);
        }
        true
    }

    pub fn window(&self, name: &str) -> ChallengeWindow {
        ChallengeWindow {
            window: name.to_owned(),
            models: self.models.iter().map(ModelTally::finished).collect(),
        }
    }
}

impl ModelTally {
    fn score(&mut self, outcome: Outcome, answer: &Answer<'_>) {
        match (outcome, answer) {
            (
                Outcome::Class(truth),
                Answer::Class {
                    class,
                    probabilities,
                },
            ) => {
                if let Some(tally) = &mut self.classes {
                    tally.add(ClassRow {
                        truth,
                        predicted: *class,
                        probabilities,
                    });
                }
            }
            (Outcome::Value(truth), Answer::Value(value)) => {
                if let Some(tally) = &mut self.values {
                    tally.add(truth, *value);
                }
            }
            _ => {}
        }
    }

    fn merge(&mut self, other: &Self) {
        self.n_rows += other.n_rows;
        if let (Some(ours), Some(theirs)) = (&mut self.classes, &other.classes) {
            ours.merge(theirs);
        }
        if let (Some(ours), Some(theirs)) = (&mut self.values, &other.values) {
            ours.merge(theirs);
        }
        self.disagreement.merge(&other.disagreement);
        self.gain.merge(&other.gain);
        self.latency.merge(&other.latency);
    }

    fn finished(&self) -> ModelWindow {
        let performance = match (&self.classes, &self.values) {
            (Some(classes), _) => classes.measured(),
            (None, Some(values)) => values.measured(),
            (None, None) => Vec::new(),
        };
        let off = &self.disagreement;
        let disagreement = (off.n > 0).then(|| {
            if self.values.is_some() {
                off.mean.sqrt()
            } else {
                off.mean
            }
        });
        let gain = (self.gain.n > 1).then(|| {
            let half = crate::metrics::Z * self.gain.std() / (self.gain.n as f64).sqrt();
            Gain {
                mean: self.gain.mean,
                low: self.gain.mean - half,
                high: self.gain.mean + half,
            }
        });
        ModelWindow {
            n_rows: self.n_rows,
            performance,
            disagreement,
            gain,
            latency: self.latency.finished(),
        }
    }
}

/// Less is better.
fn loss(outcome: Outcome, answer: &Answer<'_>) -> Option<f64> {
    match (outcome, answer) {
        (Outcome::Class(truth), Answer::Class { class, .. }) => {
            Some(f64::from(u8::from(truth != *class)))
        }
        (Outcome::Value(truth), Answer::Value(value)) => {
            let loss = (truth - value).powi(2);
            loss.is_finite().then_some(loss)
        }
        _ => None,
    }
}

fn difference(champion: &Answer<'_>, challenger: &Answer<'_>) -> Option<f64> {
    match (champion, challenger) {
        (Answer::Class { class: a, .. }, Answer::Class { class: b, .. }) => {
            Some(f64::from(u8::from(a != b)))
        }
        (Answer::Value(a), Answer::Value(b)) => {
            let off = (a - b).powi(2);
            off.is_finite().then_some(off)
        }
        _ => None,
    }
}
