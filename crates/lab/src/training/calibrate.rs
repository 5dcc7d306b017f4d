//! Probabilities made better by what models said of training rows that they had not seen.

use std::collections::BTreeMap;

use assay_core::code::Code;
use assay_core::matrix::Prediction;
use assay_core::metrics;
use assay_core::model::Form;
use assay_core::result::{Uncalibrated, calibration};
use assay_core::split::{self, Fold};
use assay_core::train::{CalibrationMethod, CvSpec, ParamValue, SplitMethod, TrainSpec};
use assay_core::{Target, Task};

use super::fit::FittedModel;
use super::{Fitted, Plan, weights};
use crate::error::Cause;

/// As scikit-learn's default; fewer where rows or groups do not make as many.
const N_FOLDS: usize = 5;
/// Fewer are too few for a free curve (scikit-learn's guide has the same figure).
const ROWS_OF_ISOTONIC: usize = 1_000;

/// # Errors
/// A calibration of numbers, or a transform of classes.
pub fn check(spec: &TrainSpec, target: &Target) -> Result<(), Cause> {
    let holds_classes = target.problem().is_classification();
    let refuse = |what: String, hint: &str| Err(Cause::with_hint(Code::Invalid, what, hint));
    match (spec.calibrate, spec.target_transform) {
        (Some(_), _) if !holds_classes => refuse(
            format!(
                "`{}` holds numbers, and probabilities are of classes",
                spec.target
            ),
            "leave the calibration out",
        ),
        (_, Some(_)) if holds_classes => refuse(
            format!("`{}` holds classes, which no transform takes", spec.target),
            "leave the transform of the target out",
        ),
        _ => Ok(()),
    }
}

/// What a person should know before anything is fitted.
pub fn doubts(spec: &TrainSpec, n_train_rows: usize) -> Vec<String> {
    let mut doubts = Vec::new();
    if spec.calibrate == Some(CalibrationMethod::Isotonic) && n_train_rows < ROWS_OF_ISOTONIC {
        doubts.push(format!(
            "{n_train_rows} training rows are few for an isotonic calibration, which then says 0 and 1 too soon; platt \
             suits them better"
        ));
    }
    let method = spec.split.method;
    if spec.algorithm_name() == "stacking" && (method.is_grouped() || method == SplitMethod::Time) {
        doubts.push(
            "the folds inside `stacking` part rows of one group or time, so that its last model may trust the members \
             too much; the test is not touched by that"
                .to_owned(),
        );
    }
    doubts
}

impl Plan {
    /// `base`, fitted on the rows at `positions`, with its probabilities corrected. The folds are made as the split says:
    /// groups stay together, and time goes forward. The recipe is fitted anew inside each.
    pub fn calibrated(
        &self,
        base: FittedModel,
        method: CalibrationMethod,
        params: &BTreeMap<String, ParamValue>,
        (positions, seed): (&[usize], u64),
        task: &Task,
    ) -> Result<FittedModel, Cause> {
        let folds = match self.calibration_folds(positions, seed) {
            Ok(folds) => folds,
            Err(error) => {
                task.warn(format!("the probabilities were not calibrated: {error}"));
                return Ok(base);
            }
        };
        let inner = task.without_steps();
        let mut rows: Vec<usize> = Vec::new();
        let mut unseen = Prediction::Values(Vec::new());
        for (number, fold) in folds.iter().enumerate() {
            let phase = format!("calibrating, fold {} of {}", number + 1, folds.len());
            task.step(number as u64, folds.len() as u64, phase);
            task.check()?;
            let columns = self.columns(&fold.train)?;
            let fitted = self.fit_as_it_is(params, &columns, &fold.train, seed, &inner)?;
            unseen = joined(unseen, fitted.predict(&self.columns(&fold.validation)?)?);
            rows.extend(&fold.validation);
        }
        let truth = self.target.target.take(&rows);
        let weights = weights::take(self.weights.as_deref(), &rows)?;
        Ok(FittedModel {
            recipe: base.recipe,
            model: assay_learn::calibrated(
                base.model,
                method,
                &unseen,
                &truth,
                weights.as_deref(),
                task,
            )?,
        })
    }

    /// The most folds, up to five, that the rows make.
    fn calibration_folds(
        &self,
        positions: &[usize],
        seed: u64,
    ) -> Result<Vec<Fold>, split::SplitError> {
        let rows = self.division.rows(&self.target, positions);
        let of = |k: usize| split::folds(&rows, &self.split, &CvSpec::default(), k, seed);
        (3..=N_FOLDS)
            .rev()
            .find_map(|k| of(k).ok())
            .map_or_else(|| of(2), Ok)
    }
}

impl Fitted {
    /// What the model says of the test rows without its calibration; `None` where it has none.
    pub fn uncalibrated(&self, spec: &TrainSpec) -> Result<Option<Uncalibrated>, Cause> {
        let (Some(method), Form::Calibrated { base, .. }, Target::Classes { indices, .. }) =
            (spec.calibrate, &self.model.form, &self.test_target)
        else {
            return Ok(None);
        };
        let matrix = assay_frame::apply_recipe(&self.test_columns, &self.fitted)?;
        let before = assay_learn::predict(base, &matrix);
        let measured = metrics::evaluate(&self.test_target, &before)?;
        let of = |name: &str| measured.get(name).copied();
        Ok(Some(Uncalibrated {
            method,
            calibration: calibration(indices, &before),
            log_loss: of("log_loss"),
            brier: of("brier"),
        }))
    }
}

/// Answers of the same kind to other rows behind `before`, which is empty at first.
fn joined(before: Prediction, more: Prediction) -> Prediction {
    match (before, more) {
        (
            Prediction::Classes {
                mut indices,
                mut probabilities,
                n_classes,
            },
            Prediction::Classes {
                indices: more_indices,
                probabilities: more_probabilities,
                ..
            },
        ) => {
            indices.extend(more_indices);
            probabilities.extend(more_probabilities);
            Prediction::Classes {
                indices,
                probabilities,
                n_classes,
            }
        }
        (_, more) => more,
    }
}
