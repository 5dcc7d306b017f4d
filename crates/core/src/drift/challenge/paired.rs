//! Whether a challenger is better than the champion on the same rows, by the bootstrap that gates use.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Answer, Outcome};
use crate::matrix::{Prediction, Target};
use crate::metrics::{Measure, MeasureOptions, MetricError, paired_difference};
use crate::schema::ColumnType;
use crate::task::{Cancelled, Task};

/// Rows that are kept for the test, drawn evenly from all.
const MAX_ROWS: usize = 20_000;
const CONFIDENCE: f64 = 0.975;

/// Rows with a known outcome and what each model said, at most 20,000, those with the least hash of their number: so parts
/// merge to the sample of the whole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PairedSample {
    n_models: usize,
    /// 0: numbers.
    n_classes: usize,
    seed: u64,
    n_seen: u64,
    /// The largest hash that is still of the sample.
    most: u64,
    rows: Vec<SampleRow>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct SampleRow {
    hash: u64,
    /// The class's place, or the number.
    truth: f64,
    /// By model: class and probabilities, or the number.
    answers: Vec<Vec<f64>>,
}

/// A challenger against the champion.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct PairedTest {
    pub champion: String,
    pub challenger: String,
    pub metric: String,
    pub champion_value: f64,
    pub challenger_value: f64,
    /// Positive is better, also where less is better. 95 % interval, percentile bootstrap over rows that both share.
    pub gain: f64,
    pub low: f64,
    pub high: f64,
    /// Rows behind the test, and rows with a known outcome in all.
    pub n_rows: u64,
    pub n_seen: u64,
    /// The interval lies over 0.
    pub better: bool,
    /// The interval lies under 0.
    pub worse: bool,
}

impl PairedSample {
    /// `n_classes` 0: numbers.
    pub fn new(n_models: usize, n_classes: usize, seed: u64) -> Self {
        Self {
            n_models,
            n_classes,
            seed,
            n_seen: 0,
            most: u64::MAX,
            rows: Vec::new(),
        }
    }

    /// Empty, for rows of the same log that will be merged: of those that cannot be of the sample none is kept.
    pub fn beside(&self) -> Self {
        Self {
            n_seen: 0,
            rows: Vec::new(),
            ..*self
        }
    }

    /// `row`: its number in the log. Rows whose outcome is unknown, or whose answers are not of all models, are left out.
    pub fn add(&mut self, row: u64, outcome: Outcome, answers: &[Answer<'_>]) {
        let truth = match outcome {
            Outcome::Class(class) if (class as usize) < self.n_classes => f64::from(class),
            Outcome::Value(value) if self.n_classes == 0 && value.is_finite() => value,
            _ => return,
        };
        if answers.len() != self.n_models || !answers.iter().all(|answer| self.fits(answer)) {
            return;
        }
        self.n_seen += 1;
        let hash = row_hash(row, self.seed);
        if hash > self.most {
            return;
        }
        self.rows.push(SampleRow {
            hash,
            truth,
            answers: answers.iter().map(numbers).collect(),
        });
        if self.rows.len() >= 2 * MAX_ROWS {
            self.cut();
        }
    }

    pub fn merge(&mut self, other: Self) {
        self.n_seen += other.n_seen;
        self.rows.extend(other.rows);
        self.cut();
    }

    /// Each challenger against the champion by the metric, better or worse by more than chance. `names` are the models'.
    ///
    /// # Errors
    /// [`Cancelled`].
    pub fn tests(
        &mut self,
        names: &[String],
        metric: &str,
        task: &Task,
    ) -> Result<Vec<PairedTest>, Cancelled> {
        self.cut();
        let mut tests = Vec::new();
        for challenger in 1..self.n_models {
            tests.extend(self.test(names, challenger, metric, task)?);
        }
        Ok(tests)
    }

    fn test(
        &self,
        names: &[String],
        challenger: usize,
        metric: &str,
        task: &Task,
    ) -> Result<Option<PairedTest>, Cancelled> {
        let truth = self.truth();
        let (mine, other) = (self.prediction(challenger), self.prediction(0));
        let measure = |prediction| Measure::new(&truth, prediction, &MeasureOptions::default());
        let both = |a, b| -> Result<_, MetricError> { Ok((measure(a)?, measure(b)?)) };
        let (Ok((up, down)), Ok((turned_up, turned_down))) =
            (both(&mine, &other), both(&other, &mine))
        else {
            return Ok(None);
        };
        let found = paired_difference(up, down, metric, CONFIDENCE, self.seed, task)?;
        let turned =
            paired_difference(turned_up, turned_down, metric, CONFIDENCE, self.seed, task)?;
        let name = |at: usize| names.get(at).cloned().unwrap_or_default();
        Ok(found.zip(turned).map(|(found, turned)| {
            // The other way round, what is least is most.
            let (low, high) = (found.at_least, -turned.at_least);
            PairedTest {
                champion: name(0),
                challenger: name(challenger),
                metric: metric.to_owned(),
                champion_value: found.other,
                challenger_value: found.value,
                gain: found.difference,
                low,
                high,
                n_rows: found.n_rows as u64,
                n_seen: self.n_seen,
                better: low > 0.0,
                worse: high < 0.0,
            }
        }))
    }

    fn truth(&self) -> Target {
        let truths = self.rows.iter().map(|row| row.truth);
        if self.n_classes == 0 {
            return Target::Values(truths.collect());
        }
        Target::Classes {
            classes: (0..self.n_classes).map(|class| class.to_string()).collect(),
            kind: ColumnType::Text,
            indices: truths.map(|truth| truth as u32).collect(),
        }
    }

    fn prediction(&self, model: usize) -> Prediction {
        let answers = || self.rows.iter().filter_map(|row| row.answers.get(model));
        let first = || answers().filter_map(|answer| answer.first().copied());
        if self.n_classes == 0 {
            return Prediction::Values(first().collect());
        }
        Prediction::Classes {
            indices: first().map(|class| class as u32).collect(),
            probabilities: answers()
                .flat_map(|answer| answer.iter().skip(1).copied())
                .collect(),
            n_classes: self.n_classes,
        }
    }

    fn fits(&self, answer: &Answer<'_>) -> bool {
        match answer {
            Answer::Class {
                class,
                probabilities,
            } => (*class as usize) < self.n_classes && probabilities.len() == self.n_classes,
            Answer::Value(value) => self.n_classes == 0 && value.is_finite(),
        }
    }

    fn cut(&mut self) {
        self.rows.sort_by_key(|row| row.hash);
        self.rows.truncate(MAX_ROWS);
        if let (MAX_ROWS, Some(last)) = (self.rows.len(), self.rows.last()) {
            self.most = last.hash;
        }
    }
}

/// By which rows are drawn evenly, the same ones in whatever parts they come.
pub fn row_hash(row: u64, seed: u64) -> u64 {
    xxhash_rust::xxh3::xxh3_64_with_seed(&row.to_le_bytes(), seed)
}

/// A class and its probabilities, or the number alone.
fn numbers(answer: &Answer<'_>) -> Vec<f64> {
    match answer {
        Answer::Class {
            class,
            probabilities,
        } => {
            let class = std::iter::once(f64::from(*class));
            class.chain(probabilities.iter().copied()).collect()
        }
        Answer::Value(value) => vec![*value],
    }
}
