//! Rows worth looking at: where the model was sure and wrong, or furthest off.

use super::RowError;
use crate::matrix::{Prediction, Target};

/// The worst `n` rows; `rows` are the row numbers of the version, one per row of truth and prediction. Classes: wrong
/// answers by falling probability of the class predicted; numbers: by falling size of the residual.
pub fn worst_rows(
    truth: &Target,
    prediction: &Prediction,
    rows: &[usize],
    n: usize,
) -> Vec<RowError> {
    let mut errors: Vec<RowError> = match (truth, prediction) {
        (
            Target::Classes {
                classes, indices, ..
            },
            Prediction::Classes {
                indices: predicted,
                probabilities,
                n_classes,
            },
        ) => {
            let name = |class: u32| classes.get(class as usize).cloned().unwrap_or_default();
            let answers = predicted
                .iter()
                .zip(probabilities.chunks_exact((*n_classes).max(1)));
            rows.iter()
                .zip(indices)
                .zip(answers)
                .filter(|((_, truth), (predicted, _))| truth != predicted)
                .map(|((&row, &truth), (&predicted, probabilities))| {
                    let of = |class: u32| probabilities.get(class as usize).copied();
                    RowError {
                        row: row as u64,
                        truth: name(truth),
                        prediction: name(predicted),
                        size: of(predicted).unwrap_or_default(),
                        truth_probability: of(truth),
                    }
                })
                .collect()
        }
        (Target::Values(truth), Prediction::Values(predicted)) => rows
            .iter()
            .zip(truth.iter().zip(predicted))
            .map(|(&row, (&truth, &predicted))| RowError {
                row: row as u64,
                truth: truth.to_string(),
                // A model answers in 32 bits; more digits say nothing.
                prediction: (predicted as f32).to_string(),
                size: (truth - predicted).abs(),
                truth_probability: None,
            })
            .collect(),
        _ => Vec::new(),
    };
    errors.sort_by(|a, b| b.size.total_cmp(&a.size).then(a.row.cmp(&b.row)));
    errors.truncate(n);
    errors
}
