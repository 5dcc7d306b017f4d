//! Labelled rows of a log, kept to be trained on.

use std::sync::Arc;

use assay_core::drift::challenge::row_hash;
use assay_core::matrix::{Prediction, RawValues};
use assay_frame::LogColumn;

use super::super::tallies::PaneRows;
use super::super::truth::{Known, Truth};

/// Rows that are trained on again, besides those of the first training.
const MAX_ROWS: usize = 1_000_000;
/// Numbers of theirs that are held.
const MAX_NUMBERS: usize = 64 << 20;
/// The same rows for the same log.
const SEED: u64 = 11;

/// Rows that may be held of so many columns.
pub fn most_rows(n_columns: usize) -> usize {
    MAX_ROWS.min(MAX_NUMBERS / n_columns.max(1))
}

/// Labelled rows of a pane, in the order in which they came; empty where no policy asks for them.
#[derive(Clone, Default)]
pub struct Labelled {
    /// Shared: a pane is copied when windows are made of it.
    parts: Vec<Arc<Part>>,
}

/// Some of them.
pub struct Part {
    hashes: Vec<u64>,
    /// The champion's inputs.
    pub columns: Vec<RawValues>,
    /// Places of classes, or numbers.
    pub truths: Vec<f64>,
    /// What the champion said, in the same way.
    pub said: Vec<f64>,
}

impl Labelled {
    pub fn of(rows: &PaneRows<'_>) -> Self {
        if rows.subject.retrain.is_empty() {
            return Self::default();
        }
        let known = rows.rows.iter().filter_map(|row| {
            let (truth, said) = truth_and_said(rows.known, row)?;
            Some((row, truth, said))
        });
        let known: Vec<(usize, f64, f64)> = known.collect();
        let places: Vec<usize> = known.iter().map(|(row, ..)| *row).collect();
        let hash = |row: &usize| {
            let number = rows.first_row + *row as u64;
            row_hash(number, SEED)
        };
        let inputs = rows.columns.iter().take(rows.subject.inputs.len());
        let part = Part {
            hashes: places.iter().map(hash).collect(),
            columns: inputs.map(|column| taken(column, &places)).collect(),
            truths: known.iter().map(|(_, truth, _)| *truth).collect(),
            said: known.iter().map(|(.., said)| *said).collect(),
        };
        let parts = (!part.hashes.is_empty()).then(|| Arc::new(part));
        Self {
            parts: parts.into_iter().collect(),
        }
    }

    pub fn merge(&mut self, other: &Self) {
        self.parts.extend(other.parts.iter().cloned());
    }

    pub fn parts(&self) -> impl Iterator<Item = &Part> {
        self.parts.iter().map(Arc::as_ref)
    }

    pub fn n_rows(&self) -> usize {
        self.parts.iter().map(|part| part.hashes.len()).sum()
    }

    /// Leaves out rows with a larger hash.
    pub fn thin(&mut self, most: u64) {
        for part in &mut self.parts {
            let places: Vec<usize> = (0..part.hashes.len())
                .filter(|place| part.hashes.get(*place).is_some_and(|hash| *hash <= most))
                .collect();
            if places.len() < part.hashes.len() {
                *part = Arc::new(part.take(&places));
            }
        }
        self.parts.retain(|part| !part.hashes.is_empty());
    }
}

impl Part {
    fn take(&self, places: &[usize]) -> Self {
        let numbers = |numbers: &[f64]| -> Vec<f64> {
            places
                .iter()
                .filter_map(|place| numbers.get(*place).copied())
                .collect()
        };
        let hashes = places
            .iter()
            .filter_map(|place| self.hashes.get(*place).copied());
        Self {
            hashes: hashes.collect(),
            columns: self
                .columns
                .iter()
                .map(|column| column.take(places))
                .collect(),
            truths: numbers(&self.truths),
            said: numbers(&self.said),
        }
    }
}

fn truth_and_said(known: &Known, row: usize) -> Option<(f64, f64)> {
    match (known.truth.as_ref()?, known.prediction()?) {
        (Truth::Classes(labels), Prediction::Classes { indices, .. }) => {
            let label = labels.get(row).copied().flatten()?;
            Some((f64::from(label), f64::from(*indices.get(row)?)))
        }
        (Truth::Values(truths), Prediction::Values(values)) => {
            let truth = truths.get(row).copied().filter(|truth| truth.is_finite())?;
            Some((truth, *values.get(row)?))
        }
        _ => None,
    }
}

fn taken(column: &LogColumn, places: &[usize]) -> RawValues {
    match column {
        LogColumn::Numbers(numbers) => {
            let number = |place: &usize| numbers.get(*place).copied().unwrap_or(f64::NAN);
            RawValues::Numbers(places.iter().map(number).collect())
        }
        LogColumn::Texts { codes, texts } => {
            let text = |place: &usize| texts.get(*codes.get(*place)? as usize).cloned();
            RawValues::Texts(places.iter().map(text).collect())
        }
    }
}
