//! Rows prepared once and measured with any weights: plain, weighted, and resampled metrics are one computation.

use std::collections::BTreeMap;

use super::classes::Classes;
use super::values::Values;
use super::{MetricError, place};
use crate::matrix::{Prediction, Target};

/// What a measurement may be told beside truth and prediction.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct MeasureOptions<'a> {
    /// One per row, at least 0 and finite, with a sum over 0; `None`: each row counts 1.
    pub weights: Option<&'a [f64]>,
    /// The quantile that a model predicts, over 0 and under 1: asks for `quantile_loss`.
    pub quantile: Option<f64>,
    /// Leaves `roc_auc` and `pr_auc` of more than two classes out, which sort the rows once a class.
    pub without_class_areas: bool,
}

/// Truth and prediction of the same rows, checked and laid out for measuring.
#[derive(Debug)]
pub struct Measure<'a> {
    n_rows: usize,
    weights: Option<&'a [f64]>,
    rows: Rows<'a>,
}

#[derive(Debug)]
enum Rows<'a> {
    Classes(Classes<'a>),
    Values(Values<'a>),
}

impl<'a> Measure<'a> {
    /// # Errors
    /// Differing lengths, kinds or classes, no row at all, or weights that are none.
    pub fn new(
        truth: &'a Target,
        prediction: &'a Prediction,
        options: &MeasureOptions<'a>,
    ) -> Result<Self, MetricError> {
        let (n_truth, n_prediction) = (truth.n_rows(), prediction.n_rows());
        if n_truth != n_prediction {
            return Err(MetricError::Lengths {
                truth: n_truth,
                prediction: n_prediction,
            });
        }
        if n_truth == 0 {
            return Err(MetricError::NoRows);
        }
        if let Some(weights) = options.weights {
            check_weights(weights, n_truth)?;
        }
        let rows = match (truth, prediction) {
            (
                Target::Classes {
                    classes,
                    indices: truth,
                    ..
                },
                Prediction::Classes {
                    indices,
                    probabilities,
                    n_classes,
                },
            ) => {
                if classes.len() != *n_classes {
                    return Err(MetricError::Classes {
                        truth: classes.len(),
                        prediction: *n_classes,
                    });
                }
                let classes = Classes::new(truth, indices, probabilities, *n_classes)?;
                Rows::Classes(if options.without_class_areas {
                    classes.without_class_areas()
                } else {
                    classes
                })
            }
            (Target::Values(truth), Prediction::Values(predicted)) => {
                Rows::Values(Values::new(truth, predicted, options.quantile))
            }
            _ => return Err(MetricError::Kinds),
        };
        Ok(Self {
            n_rows: n_truth,
            weights: options.weights,
            rows,
        })
    }

    pub fn n_rows(&self) -> usize {
        self.n_rows
    }

    /// Every metric that is defined, with the weights given at the beginning.
    pub fn metrics(&self) -> BTreeMap<String, f64> {
        self.measured(None)
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect()
    }

    /// The same in the order of the catalogue, each row counted `counts[row]` times over.
    pub(super) fn measured(&self, counts: Option<&[u8]>) -> Vec<(&'static str, f64)> {
        let mut metrics = match (self.weights, counts) {
            (None, None) => self.with(|_| 1.0),
            (Some(weights), None) => self.with(|row| weights[row]),
            (None, Some(counts)) => self.with(|row| f64::from(counts[row])),
            (Some(weights), Some(counts)) => self.with(|row| weights[row] * f64::from(counts[row])),
        };
        metrics.retain(|(_, value)| value.is_finite());
        metrics.sort_by_key(|(name, _)| place(name));
        metrics
    }

    fn with(&self, weight: impl Fn(usize) -> f64) -> Vec<(&'static str, f64)> {
        match &self.rows {
            Rows::Classes(classes) => classes.measure(weight),
            Rows::Values(values) => values.measure(weight),
        }
    }

    /// Lays out what is needed again for each resample, and says how many passes over the rows a measurement takes.
    pub(super) fn prepare_to_repeat(&mut self) -> usize {
        match &mut self.rows {
            Rows::Classes(classes) => classes.keep_curves() + 3,
            // The median visits the rows out of order, deviances and shares each pass once more.
            Rows::Values(_) => 8,
        }
    }
}

fn check_weights(weights: &[f64], n_rows: usize) -> Result<(), MetricError> {
    if weights.len() != n_rows {
        return Err(MetricError::Lengths {
            truth: n_rows,
            prediction: weights.len(),
        });
    }
    let usable = |weight: &f64| weight.is_finite() && *weight >= 0.0;
    match weights.iter().position(|weight| !usable(weight)) {
        Some(row) => Err(MetricError::Weight {
            row,
            weight: weights[row].to_string(),
        }),
        None if weights.iter().all(|&weight| weight == 0.0) => Err(MetricError::NoRows),
        None => Ok(()),
    }
}
