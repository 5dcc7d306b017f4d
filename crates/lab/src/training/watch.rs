//! What a model version remembers so that a replay can say what it is worth before labels come: fitted on the test rows, whose
//! outcome is known and which the model has not seen.

use assay_core::code::Code;
use assay_core::drift::estimate::{CbpeOptions, CbpeReference, LossKind, LossReference};
use assay_core::drift::{LossModel, WatchReference};
use assay_core::matrix::{Columns, Prediction};
use assay_core::recipe::FittedRecipe;
use assay_core::run::TrainRecord;
use assay_core::train::ParamValue;
use assay_core::{Target, Task};
use assay_learn::Training;
use assay_onnx::About;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Fitted, rows_reference};
use crate::error::Cause;

/// Rows that estimates are fitted on at most: an isotonic curve and the scatter of a metric are no better by more.
const MAX_ROWS: usize = 20_000;
/// Probabilities of them at most, so that a hundred classes take no longer than two.
const MAX_PROBABILITIES: usize = 100_000;
/// Numbers of features that a loss model is fitted on at most.
const MAX_NUMBERS: usize = 1_000_000;
const N_STRETCHES: usize = 10;
/// Rows under which a mean of losses is all that can be learned.
const MIN_LOSS_ROWS: usize = 100;
/// A forest answers with means, as an expected loss is one; the boosting that NannyML uses is a native library here.
const LOSS_ALGORITHM: &str = "random_forest";
const LOSS_PARAMS: [(&str, i64); 3] = [
    ("n_estimators", 20),
    ("max_depth", 6),
    ("min_samples_leaf", 20),
];
/// NannyML's other losses are means of other things of the same rows; these two are what replays measure.
const LOSSES: [LossKind; 2] = [LossKind::Mae, LossKind::Rmse];

/// # Errors
/// The task was cancelled. What cannot be fitted (no test rows, no probabilities) is left out.
pub fn watch_reference(
    fitted: &Fitted,
    record: &TrainRecord,
    task: &Task,
) -> Result<WatchReference, Cause> {
    task.check()?;
    let mut watch = WatchReference::default();
    rows_reference::remember(&mut watch, &fitted.train_columns, task)?;
    match (&fitted.test_target, &fitted.test_prediction) {
        (
            Target::Classes { indices, .. },
            Prediction::Classes {
                indices: predicted,
                probabilities,
                n_classes,
            },
        ) => {
            let prediction = (&predicted[..], &probabilities[..], *n_classes);
            watch.classes =
                classes_reference(&record.classes, &fitted.test_rows, indices, prediction);
        }
        (Target::Values(truth), Prediction::Values(predicted)) => remember_errors(
            &mut watch,
            &Errors {
                recipe: &fitted.fitted,
                columns: &fitted.test_columns,
                row_numbers: &fitted.test_rows,
                truth,
                predicted,
                seed: record.spec.seed,
                producer_version: &record.environment.assay,
            },
            task,
        )?,
        _ => {}
    }
    readable(&mut watch.components);
    readable(&mut watch.correlation);
    readable(&mut watch.domain);
    Ok(watch)
}

/// How well the probabilities of classes come true, in the order of the row numbers. `indices` and `probabilities` (row-major)
/// of the predictions are of the same rows as `truth`. `None` where they are too few.
pub fn classes_reference(
    classes: &[String],
    row_numbers: &[usize],
    truth: &[u32],
    (indices, probabilities, n_classes): (&[u32], &[f64], usize),
) -> Option<CbpeReference> {
    let most = MAX_PROBABILITIES / n_classes.max(1);
    let rows = in_order(row_numbers, most.min(MAX_ROWS));
    let probabilities: Vec<f64> = rows
        .iter()
        .filter_map(|row| probabilities.get(row * n_classes..(row + 1) * n_classes))
        .flatten()
        .map(|probability| probability.clamp(0.0, 1.0))
        .collect();
    let (truth, predicted) = (take(truth, &rows), take(indices, &rows));
    let options = CbpeOptions {
        n_stretches: N_STRETCHES,
        ..CbpeOptions::default()
    };
    let fitted = CbpeReference::fit(classes, &truth, &predicted, &probabilities, &options).ok();
    let mut fitted = fitted.map(CbpeReference::without_cells);
    readable(&mut fitted);
    fitted
}

/// How far off predictions of numbers were, row by row.
pub struct Errors<'a> {
    /// What turns the columns into features that errors are expected by.
    pub recipe: &'a FittedRecipe,
    pub columns: &'a Columns,
    pub row_numbers: &'a [usize],
    pub truth: &'a [f64],
    pub predicted: &'a [f64],
    pub seed: u64,
    pub producer_version: &'a str,
}

/// How large the errors are, and forests that say how large those of a row will be.
///
/// # Errors
/// The task was cancelled; what cannot be fitted is left out with a warning.
pub fn remember_errors(
    watch: &mut WatchReference,
    errors: &Errors<'_>,
    task: &Task,
) -> Result<(), Cause> {
    let rows = in_order(errors.row_numbers, MAX_ROWS);
    let truth: Vec<f64> = take(errors.truth, &rows);
    let predicted: Vec<f64> = take(errors.predicted, &rows);
    watch.losses = LossReference::fit(&truth, &predicted, N_STRETCHES).ok();
    readable(&mut watch.losses);
    let models = loss_models(errors, (&rows, &truth, &predicted), task);
    // A model is kept also when nobody can say how large its errors will be.
    watch.loss_models = match models {
        Err(cause) if cause.code() != Code::Cancelled => {
            task.warn(format!("its errors will not be estimated: {cause}"));
            Vec::new()
        }
        models => models?,
    };
    Ok(())
}

/// A number that is not finite cannot be written: better no part than a version that cannot be read.
fn readable<T: Serialize + DeserializeOwned>(part: &mut Option<T>) {
    let again = |part: &T| {
        let written = serde_json::to_vec(part).ok()?;
        serde_json::from_slice::<T>(&written).ok()
    };
    if part.as_ref().is_some_and(|part| again(part).is_none()) {
        *part = None;
    }
}

/// One forest a loss; none where there are too few rows.
fn loss_models(
    errors: &Errors<'_>,
    (rows, truth, predicted): (&[usize], &[f64], &[f64]),
    task: &Task,
) -> Result<Vec<LossModel>, Cause> {
    let most = MAX_NUMBERS / errors.recipe.features.len().max(1);
    let some = in_order(rows, most.max(MIN_LOSS_ROWS));
    if some.len() < MIN_LOSS_ROWS {
        return Ok(Vec::new());
    }
    let columns = errors.columns.take(&take(rows, &some));
    let features = assay_frame::apply_recipe(&columns, errors.recipe)?;
    let params = LOSS_PARAMS
        .map(|(name, value)| (name.to_owned(), ParamValue::Integer(value)))
        .into();
    let about = About {
        producer_version: errors.producer_version.to_owned(),
        doc: "how large the error of a row will be".to_owned(),
        metadata: Vec::new(),
    };
    let mut models = Vec::with_capacity(LOSSES.len());
    for loss in LOSSES {
        let losses: Option<Vec<f64>> = some
            .iter()
            .map(|&row| loss.of_row(*truth.get(row)?, *predicted.get(row)?))
            .collect();
        let Some(losses) = losses else { continue };
        let training = Training {
            x: &features,
            y: &Target::Values(losses),
            weights: None,
            seed: errors.seed,
            task,
        };
        let model = assay_learn::fit(LOSS_ALGORITHM, &params, &training)?;
        let exported = assay_onnx::export(errors.recipe, &model, &about)?;
        models.push(LossModel {
            loss,
            onnx: BASE64_STANDARD.encode(&exported.bytes),
        });
    }
    Ok(models)
}

/// Places of at most `most` rows, evenly taken, in the order of the row numbers: the log of production has an order too.
fn in_order(row_numbers: &[usize], most: usize) -> Vec<usize> {
    let mut places: Vec<usize> = (0..row_numbers.len()).collect();
    places.sort_by_key(|&place| row_numbers.get(place));
    let n = places.len().min(most);
    (0..n)
        .filter_map(|k| places.get(k * places.len() / n).copied())
        .collect()
}

fn take<T: Copy>(values: &[T], places: &[usize]) -> Vec<T> {
    let some = places.iter().filter_map(|&place| values.get(place));
    some.copied().collect()
}

#[cfg(test)]
mod tests {
    use super::in_order;

    #[test]
    fn rows_are_taken_evenly_in_their_order() {
        let rows = [40, 10, 30, 0, 20];
        assert_eq!(in_order(&rows, 9), [3, 1, 4, 2, 0]);
        assert_eq!(in_order(&rows, 2), [3, 4]);
        assert!(in_order(&[], 2).is_empty());
    }
}
