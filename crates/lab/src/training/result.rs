//! What a run says of its model, from the test rows: kept with the run as one document.

use std::collections::BTreeMap;

use assay_core::matrix::Prediction;
use assay_core::metrics::{self, Measure, MeasureOptions};
use assay_core::result::{
    self, Choice, Costs, Importances, LearningCurve, MetricValue, PrecisionRecall, RESULT_SCHEMA,
    RocPoints, RunResult, ScoredRows, ThresholdReport,
};
use assay_core::train::{ParamValue, TrainSpec};
use assay_core::{Target, Task};

use super::folds::{Validated, scored};
use super::importances::own_importances;
use super::{Fitted, Plan};
use crate::error::Cause;

/// Points of a curve that the document keeps.
const MAX_POINTS: usize = 500;
const N_ERRORS: usize = 50;

/// What was found out beside the model itself.
#[derive(Default)]
pub struct Beside {
    pub validated: Option<Validated>,
    pub learning_curve: Option<LearningCurve>,
    pub choice: Option<Choice>,
}

impl Fitted {
    pub fn result(
        &self,
        spec: &TrainSpec,
        plan: &Plan,
        beside: Beside,
        task: &Task,
    ) -> Result<RunResult, Cause> {
        task.step(0, 0, "measuring");
        let (truth, prediction) = (&self.test_target, &self.test_prediction);
        let problem = plan.target.target.problem();
        let (metrics, n_resamples) = self.measured(spec, plan, task)?;
        let test = scored(truth, prediction);
        let classes = super::classes(truth);
        let answered = super::answered_classes(&self.model);
        let slices = result::slices(&self.test_columns, truth, prediction, task)?;
        Ok(RunResult {
            schema: RESULT_SCHEMA,
            problem,
            n_test_rows: self.test_rows.len() as u64,
            metrics,
            n_resamples,
            roc: roc(&test),
            precision_recall: precision_recall(&test),
            threshold: threshold(
                &test,
                beside.validated.as_ref().map(|validated| &validated.scored),
                &classes,
                Costs::default(),
            ),
            calibration: match truth {
                Target::Classes { indices, .. } => result::calibration(indices, prediction),
                Target::Values(_) | Target::Nothing { .. } => None,
            },
            uncalibrated: self.uncalibrated(spec)?,
            residuals: match (truth, prediction) {
                (Target::Values(truth), Prediction::Values(predicted)) => {
                    result::residuals(truth, predicted, spec.seed)
                }
                _ => None,
            },
            slices,
            errors: result::worst_rows(truth, prediction, &self.test_rows, N_ERRORS),
            importances: Importances {
                own: own_importances(&self.model, &self.fitted.features),
                permutation: self.permutation_importances(problem, spec.seed, task)?,
            },
            learning_curve: beside.learning_curve,
            choice: beside.choice,
            groups: self.group_sizes(&answered),
            scatter: self.scatter(spec.seed, task)?,
            classes: if classes.is_empty() {
                answered
            } else {
                classes
            },
        })
    }

    /// Every metric with its interval, and the resamples behind them.
    fn measured(
        &self,
        spec: &TrainSpec,
        plan: &Plan,
        task: &Task,
    ) -> Result<(Vec<MetricValue>, u32), Cause> {
        if !plan.target.target.problem().has_target() {
            let found = self.metrics_without_target(spec.seed, task)?;
            let values = found.into_iter().map(|(name, value)| MetricValue {
                name,
                value,
                interval: None,
            });
            return Ok((values.collect(), 0));
        }
        let options = MeasureOptions {
            quantile: predicted_quantile(&plan.params),
            ..MeasureOptions::default()
        };
        let measure = Measure::new(&self.test_target, &self.test_prediction, &options)?;
        let found = measure.metrics();
        let intervals = metrics::intervals(measure, spec.seed, task)?;
        let mut values: Vec<MetricValue> = found
            .into_iter()
            .map(|(name, value)| MetricValue {
                interval: intervals.by_metric.get(&name).copied(),
                name,
                value,
            })
            .collect();
        values.sort_by_key(|value| metrics::place(&value.name));
        Ok((values, intervals.n_resamples))
    }
}

/// The quantile that a model is trained for, where one of its parameters says so.
fn predicted_quantile(params: &BTreeMap<String, ParamValue>) -> Option<f64> {
    let is_quantile =
        matches!(params.get("objective"), Some(ParamValue::Text(text)) if text == "quantile");
    match params.get("quantile").or(params.get("alpha")) {
        Some(ParamValue::Float(share)) if is_quantile && *share > 0.0 && *share < 1.0 => {
            Some(*share)
        }
        _ => None,
    }
}

/// `None` unless there are two classes.
pub fn threshold(
    test: &ScoredRows,
    validation: Option<&ScoredRows>,
    classes: &[String],
    costs: Costs,
) -> Option<ThresholdReport> {
    let [_, positive] = classes else {
        return None;
    };
    result::threshold_report(test, validation, positive, costs)
}

fn roc(test: &ScoredRows) -> Option<RocPoints> {
    let curve = metrics::roc_curve(&test.positive, &test.probability);
    let curve = metrics::thin(&curve, MAX_POINTS);
    (!curve.thresholds.is_empty()).then_some(RocPoints {
        false_positive_rate: curve.false_positive_rate,
        true_positive_rate: curve.true_positive_rate,
    })
}

fn precision_recall(test: &ScoredRows) -> Option<PrecisionRecall> {
    let curve = metrics::precision_recall_curve(&test.positive, &test.probability);
    let n = curve.thresholds.len();
    if n == 0 {
        return None;
    }
    let n_points = n.min(MAX_POINTS);
    let places = || (0..n_points).map(|index| index * (n - 1) / (n_points - 1).max(1));
    let of = |values: &[f64]| {
        places()
            .filter_map(|place| values.get(place).copied())
            .collect()
    };
    let n_positive = test.positive.iter().filter(|&&positive| positive).count();
    Some(PrecisionRecall {
        recall: of(&curve.recall),
        precision: of(&curve.precision),
        chance: n_positive as f64 / test.positive.len() as f64,
    })
}
