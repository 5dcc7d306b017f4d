//! Confidence-based performance estimation: calibrated probabilities say how often a model is right without a label
//! (NannyML 0.13's CBPE; Guo et al. 2017 and Kuleshov and Liang 2015 on why calibration allows it).
//!
//! Exact: accuracy, precision, recall, specificity, F1, counts and business value. Areas under curves are exact for up to
//! 1,024 distinct scores a window; beyond, neighbours tie, see [`super::ScoreSketch::area_error`].

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::calibrate::{IsotonicCurve, needs_calibration};
use super::classes::{ClassRow, ClassTally, ranked_classes};
use super::limits::{MetricLimits, stretches};
use super::sampling::{Grows, SamplingScale, average_precision_scale, bernoulli, scales};
use super::{EstimateError, EstimatedMetric, SAMPLING_ERRORS};

const BUSINESS_VALUE: &str = "business_value";

/// What a model version remembers of reference rows whose labels are known, to judge windows whose labels are not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CbpeReference {
    pub classes: Vec<String>,
    /// Of the second class for two, else of each; `None` where the model's own probabilities come truer.
    pub calibrators: Vec<Option<IsotonicCurve>>,
    pub scales: Vec<SamplingScale>,
    /// By metric, from what was realised in the reference's own stretches.
    pub limits: BTreeMap<String, MetricLimits>,
    /// Per truth and prediction, row-major.
    pub business_value: Option<Vec<f64>>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct CbpeOptions {
    /// Consecutive stretches of the reference that limits are made of.
    pub n_stretches: usize,
    /// What a row is worth, per truth and prediction, row-major.
    pub business_value: Option<Vec<f64>>,
    /// Decides the draws of resamples.
    pub seed: u64,
}

impl Default for CbpeOptions {
    fn default() -> Self {
        Self {
            n_stretches: 10,
            business_value: None,
            seed: 0,
        }
    }
}

impl CbpeReference {
    /// `truth` and `predicted` are indices into `classes`; `probabilities` are the model's, one a class, row-major, in the
    /// order of the rows.
    ///
    /// # Errors
    /// No row, under two classes, lengths that differ, or numbers that are no class or no probability.
    pub fn fit(
        classes: &[String],
        truth: &[u32],
        predicted: &[u32],
        probabilities: &[f64],
        options: &CbpeOptions,
    ) -> Result<Self, EstimateError> {
        let k = classes.len();
        check(k, truth, predicted, probabilities, options)?;
        let tally_of = |rows: std::ops::Range<usize>| {
            let mut tally = ClassTally::exact(k);
            for row in rows {
                tally.add(ClassRow {
                    truth: truth[row],
                    predicted: predicted[row],
                    probabilities: &probabilities[row * k..(row + 1) * k],
                });
            }
            tally
        };
        let calibrators = ranked_classes(k)
            .map(|class| {
                let scores: Vec<f64> = probabilities
                    .iter()
                    .skip(class)
                    .step_by(k)
                    .copied()
                    .collect();
                let positive: Vec<bool> = truth.iter().map(|t| *t as usize == class).collect();
                needs_calibration(&scores, &positive, options.seed)
                    .then(|| IsotonicCurve::fit(&scores, &positive))
            })
            .collect();
        let mut fitted = Self {
            classes: classes.to_vec(),
            calibrators,
            scales: Vec::new(),
            limits: BTreeMap::new(),
            business_value: options.business_value.clone(),
        };
        fitted.scales = fitted.sampling_scales(&tally_of(0..truth.len()), options.seed);
        let realised: Vec<Vec<(String, f64)>> = stretches(truth.len(), options.n_stretches)
            .into_iter()
            .map(|rows| fitted.values(&tally_of(rows)))
            .collect();
        for (metric, _) in realised.iter().flatten() {
            if fitted.limits.contains_key(metric) {
                continue;
            }
            let values: Vec<f64> = realised
                .iter()
                .flatten()
                .filter(|(name, _)| name == metric)
                .map(|(_, value)| *value)
                .collect();
            let (least, most) = bounds(metric);
            if let Some(limits) = MetricLimits::of_stretches(&values, least, most) {
                fitted.limits.insert(metric.clone(), limits);
            }
        }
        Ok(fitted)
    }

    /// Without the cells of the confusion matrix, which grow with the square of the classes.
    pub fn without_cells(mut self) -> Self {
        let cells = self.cell_names();
        self.scales.retain(|scale| !cells.contains(&scale.metric));
        self.limits.retain(|metric, _| !cells.contains(metric));
        self
    }

    /// For a window's rows.
    pub fn tally(&self) -> ClassTally {
        ClassTally::new(self.classes.len())
    }

    /// A row of a window without labels. One that names no class, or whose probabilities are not finite numbers, one a
    /// class, is not counted: `false`.
    pub fn add(&self, tally: &mut ClassTally, predicted: u32, probabilities: &[f64]) -> bool {
        tally.add_expected(predicted, probabilities, &self.calibrated(probabilities))
    }

    /// How probable each class is by the calibrators; they sum to 1.
    pub fn calibrated(&self, probabilities: &[f64]) -> Vec<f64> {
        let k = self.classes.len();
        let of = |(calibrator, class): (&Option<IsotonicCurve>, usize)| {
            let score = probabilities.get(class).copied().unwrap_or(f64::NAN);
            calibrator.as_ref().map_or(score, |curve| curve.of(score))
        };
        let calibrated: Vec<f64> = self
            .calibrators
            .iter()
            .zip(ranked_classes(k))
            .map(of)
            .collect();
        if let ([second], 2) = (&calibrated[..], k) {
            return vec![1.0 - second, *second];
        }
        let sum: f64 = calibrated.iter().sum();
        calibrated
            .into_iter()
            .map(|p| if sum == 0.0 { 1.0 / k as f64 } else { p / sum })
            .collect()
    }

    /// The metrics that the window's tally expects, with error, limits and alert. Without a row: none.
    pub fn estimated(&self, tally: &ClassTally) -> Vec<EstimatedMetric> {
        let estimate = |(metric, value): (String, f64)| {
            let scale = self.scales.iter().find(|scale| scale.metric == metric);
            let error = scale.and_then(|scale| scale.error(tally.n_rows()));
            let (least, most) = bounds(&metric);
            let limits = self.limits.get(&metric).copied();
            EstimatedMetric {
                value,
                sampling_error: error,
                low: error.map(|error| {
                    let low = value - SAMPLING_ERRORS * error;
                    least.map_or(low, |least| low.max(least))
                }),
                high: error.map(|error| {
                    let high = value + SAMPLING_ERRORS * error;
                    most.map_or(high, |most| high.min(most))
                }),
                alert: limits.is_some_and(|limits| !limits.contain(value)),
                limits,
                metric,
            }
        };
        self.values(tally).into_iter().map(estimate).collect()
    }

    /// As [`Self::estimated`], of shares and areas alone.
    pub fn estimated_rates(&self, tally: &ClassTally) -> Vec<EstimatedMetric> {
        let rates = estimated_metrics(self.classes.len());
        let mut estimates = self.estimated(tally);
        estimates.retain(|estimate| rates.contains(&estimate.metric.as_str()));
        estimates
    }

    /// What is estimated, of a tally whose truth is known or expected.
    pub fn values(&self, tally: &ClassTally) -> Vec<(String, f64)> {
        let k = self.classes.len();
        if tally.n_rows() == 0 || tally.n_classes() != k {
            return Vec::new();
        }
        let mut values: Vec<(String, f64)> = tally
            .values()
            .into_iter()
            .filter(|(name, _)| estimated_metrics(k).contains(name))
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        values.extend(
            self.cell_names()
                .into_iter()
                .zip(tally.confusion().iter().copied()),
        );
        if let Some(worth) = &self.business_value {
            values.push((BUSINESS_VALUE.to_owned(), tally.business_value(worth)));
        }
        values
    }

    fn sampling_scales(&self, tally: &ClassTally, seed: u64) -> Vec<SamplingScale> {
        let n = tally.n_rows() as f64;
        let scale = |metric: &str, scale: f64, grows: Grows| SamplingScale {
            metric: metric.to_owned(),
            scale,
            grows,
        };
        let mut all: Vec<SamplingScale> = scales(tally)
            .into_iter()
            .map(|(metric, of)| scale(metric, of, Grows::Down))
            .collect();
        let precision = average_precision_scale(tally.scores(), seed);
        all.push(scale("pr_auc", precision, Grows::Down));
        for (name, count) in self.cell_names().iter().zip(tally.confusion()) {
            all.push(scale(name, bernoulli(count / n).sqrt(), Grows::Up));
        }
        if let Some(worth) = &self.business_value {
            let mean = tally.business_value(worth) / n;
            let squares: f64 = tally
                .confusion()
                .iter()
                .zip(worth)
                .map(|(count, worth)| count * (worth - mean).powi(2))
                .sum();
            // NannyML divides by n for two classes and by n − 1 for more.
            let divisor = if self.classes.len() == 2 { n } else { n - 1.0 };
            all.push(scale(BUSINESS_VALUE, (squares / divisor).sqrt(), Grows::Up));
        }
        all.retain(|scale| scale.scale.is_finite());
        all
    }

    /// Of the confusion matrix, row-major, as NannyML names them.
    fn cell_names(&self) -> Vec<String> {
        if self.classes.len() == 2 {
            return [
                "true_negative",
                "false_positive",
                "false_negative",
                "true_positive",
            ]
            .map(str::to_owned)
            .to_vec();
        }
        let pairs = self.classes.iter().flat_map(|truth| {
            let name = move |predicted| format!("true_{truth}_pred_{predicted}");
            self.classes.iter().map(name)
        });
        pairs.collect()
    }
}

fn estimated_metrics(n_classes: usize) -> [&'static str; 7] {
    if n_classes == 2 {
        [
            "accuracy",
            "precision",
            "recall",
            "specificity",
            "f1",
            "roc_auc",
            "pr_auc",
        ]
    } else {
        [
            "accuracy",
            "precision_macro",
            "recall_macro",
            "specificity_macro",
            "f1_macro",
            "roc_auc",
            "pr_auc",
        ]
    }
}

/// Between which a metric can lie.
fn bounds(metric: &str) -> (Option<f64>, Option<f64>) {
    if metric == BUSINESS_VALUE {
        (None, None)
    } else if metric.starts_with("true_") || metric.starts_with("false_") {
        (Some(0.0), None)
    } else {
        (Some(0.0), Some(1.0))
    }
}

fn check(
    k: usize,
    truth: &[u32],
    predicted: &[u32],
    probabilities: &[f64],
    options: &CbpeOptions,
) -> Result<(), EstimateError> {
    if k < 2 {
        return Err(EstimateError::Classes { n_classes: k });
    }
    if truth.len() != predicted.len() || probabilities.len() != truth.len() * k {
        return Err(EstimateError::Lengths {
            truth: truth.len(),
            predicted: predicted.len(),
            probabilities: probabilities.len(),
            n_classes: k,
        });
    }
    if truth.is_empty() {
        return Err(EstimateError::NoRows);
    }
    for (row, class) in truth
        .iter()
        .zip(predicted)
        .map(|(t, p)| *t.max(p))
        .enumerate()
    {
        if class as usize >= k {
            return Err(EstimateError::ClassOutOfRange {
                row,
                class,
                n_classes: k,
            });
        }
    }
    if let Some(at) = probabilities.iter().position(|p| !(0.0..=1.0).contains(p)) {
        return Err(EstimateError::Probability {
            row: at / k,
            found: probabilities[at].to_string(),
        });
    }
    match &options.business_value {
        Some(worth) if worth.len() != k * k => Err(EstimateError::BusinessValue {
            found: worth.len(),
            n_classes: k,
        }),
        _ => Ok(()),
    }
}
