//! What a finished run leaves behind: the ONNX file, its parity, predictions, the sketch for drift, the record.

use assay_core::adversarial::StoredAdversarial;
use assay_core::drift::{self, ReferenceSketch, SKETCH_SCHEMA};
use assay_core::matrix::Prediction;
use assay_core::result::{RunResult, ScoredRows};
use assay_core::run::{Artifact, Confusion, RUN_SCHEMA, RunStatus, StoredPredictions, TrainRecord};
use assay_core::{ObjectHash, RawColumn, RawValues, RunId, Target, Task, metrics};
use assay_onnx::About;
use assay_store::{FinishedRun, MetricPoint};

use super::Fitted;
use super::watch::watch_reference;
use crate::Lab;
use crate::error::Cause;
use crate::parity::Sides;

/// Names of a run's artifacts.
pub const MODEL: &str = "model.onnx";
pub const PREDICTIONS: &str = "predictions.parquet";
pub const REFERENCE: &str = "reference.json";
pub const RECIPE: &str = "recipe.json";
pub const RESULT: &str = "result.json";
/// Adversarial rows with the answers of the model as it was trained, which is not kept.
pub const ADVERSARIAL: &str = "adversarial.json";
/// What the models of the cross-validation said of rows that they had not seen; of two classes.
pub const VALIDATION: &str = "validation.parquet";

impl Lab {
    pub(super) fn log_all(
        &self,
        run_id: &RunId,
        values: impl Iterator<Item = (String, f64, i64)>,
    ) -> Result<(), Cause> {
        let at_ms = self.environment.now_ms();
        let points: Vec<MetricPoint> = values
            .map(|(key, value, step)| MetricPoint {
                key,
                value,
                step,
                at_ms,
            })
            .collect();
        Ok(self.store.log_metrics(run_id, &points)?)
    }

    /// Exports, checks the export against our own predictions on every test row, stores all, closes the run.
    pub(super) fn keep(
        &self,
        run_id: &RunId,
        record: &TrainRecord,
        fitted: &Fitted,
        result: &RunResult,
        validation: Option<&ScoredRows>,
        task: &Task,
    ) -> Result<(), Cause> {
        task.step(0, 0, "exporting to ONNX");
        let exported = assay_onnx::export(&fitted.fitted, &fitted.model, &about(record, run_id))?;
        task.step(0, 0, "checking the export");
        let (rows, answers) = fitted.adversarial();
        let sides = Sides {
            test: (&fitted.test_columns, &fitted.test_prediction),
            adversarial: Some((&rows, &answers)),
        };
        let parity = self.parity(&exported.bytes, &sides, &record.classes)?;
        task.check()?;
        task.step(0, 0, "storing");
        self.put_artifact(run_id, MODEL, &exported.bytes)?;
        let reference = ReferenceSketch {
            watch: Some(Box::new(watch_reference(fitted, record, task)?)),
            ..reference_sketch(fitted, record)
        };
        self.put_artifact(run_id, REFERENCE, &serde_json::to_vec(&reference)?)?;
        self.put_artifact(run_id, RECIPE, &serde_json::to_vec_pretty(&record.recipe)?)?;
        self.put_artifact(run_id, RESULT, &serde_json::to_vec(result)?)?;
        let adversarial = StoredAdversarial::new(rows, &answers);
        self.put_artifact(run_id, ADVERSARIAL, &serde_json::to_vec(&adversarial)?)?;
        self.put_predictions(
            run_id,
            PREDICTIONS,
            &stored_predictions(fitted, &record.classes),
        )?;
        if let Some(scored) = validation.filter(|scored| !scored.positive.is_empty()) {
            let stored = stored_validation(scored, &record.classes);
            self.put_predictions(run_id, VALIDATION, &stored)?;
        }
        self.store.finish_run(
            run_id,
            &FinishedRun {
                status: RunStatus::Finished,
                ended_ms: self.environment.now_ms(),
                record: Some(record.clone()),
                failure: None,
                confusion: confusion(&fitted.test_target, &fitted.test_prediction),
                parity: Some(parity),
            },
        )?;
        Ok(())
    }

    fn put_artifact(&self, run_id: &RunId, path: &str, bytes: &[u8]) -> Result<(), Cause> {
        self.add_artifact(run_id, path, self.store.put_object(bytes)?)
    }

    fn add_artifact(
        &self,
        run_id: &RunId,
        path: &str,
        (object, size_bytes): (ObjectHash, u64),
    ) -> Result<(), Cause> {
        let file = Artifact {
            path: path.to_owned(),
            object,
            size_bytes,
        };
        let now = self.environment.now_ms();
        Ok(self.store.add_artifact(run_id, &file, now)?)
    }

    fn put_predictions(
        &self,
        run_id: &RunId,
        path: &str,
        predictions: &StoredPredictions,
    ) -> Result<(), Cause> {
        let pending = self.store.begin_object()?;
        assay_frame::write_predictions(predictions, pending.path())?;
        self.add_artifact(run_id, path, pending.commit()?)
    }
}

/// What the exported file says of itself.
pub(super) fn about(record: &TrainRecord, run_id: &RunId) -> About {
    About {
        // of the Assay that trained it, so that the same model is the same file later
        producer_version: record.environment.assay.clone(),
        doc: format!(
            "{} on {}@{}",
            record.algorithm, record.dataset, record.dataset_number
        ),
        metadata: vec![
            ("run_id".to_owned(), run_id.to_string()),
            (
                "dataset_version".to_owned(),
                record.dataset_version.to_string(),
            ),
        ],
    }
}

fn reference_sketch(fitted: &Fitted, record: &TrainRecord) -> ReferenceSketch {
    let mut columns: Vec<_> = fitted
        .train_columns
        .columns
        .iter()
        .map(|column| drift::sketch_reference(&column.name, &column.values))
        .collect();
    // On its training rows a model is surer than it will ever be again. The test rows of a split by time are another
    // time, so there the training rows must do.
    let like_training = fitted
        .train_prediction
        .as_ref()
        .unwrap_or(&fitted.test_prediction);
    let prediction = prediction_column(like_training, &record.classes);
    columns.push(drift::sketch_reference(
        &prediction.name,
        &prediction.values,
    ));
    if let Some(target) = target_column(&fitted.train_target) {
        columns.push(drift::sketch_reference(&target.name, &target.values));
    }
    ReferenceSketch {
        schema: SKETCH_SCHEMA,
        n_rows: fitted.train_rows.len() as u64,
        columns,
        watch: None,
    }
}

/// What is watched of a model's answers: the probability of the second class for two classes, the class for more,
/// the value for regression, the first coordinate of an embedding.
pub(crate) fn prediction_column(prediction: &Prediction, classes: &[String]) -> RawColumn {
    let values = match prediction {
        Prediction::Classes {
            probabilities,
            n_classes: 2,
            ..
        } => RawValues::Numbers(probabilities.iter().skip(1).step_by(2).copied().collect()),
        Prediction::Classes { indices, .. } => RawValues::Texts(
            indices
                .iter()
                .map(|&index| classes.get(index as usize).cloned())
                .collect(),
        ),
        Prediction::Values(values) => RawValues::Numbers(values.clone()),
        Prediction::Coordinates {
            values,
            n_components,
        } => RawValues::Numbers(values.iter().step_by(*n_components).copied().collect()),
    };
    RawColumn {
        name: "prediction".to_owned(),
        values,
    }
}

/// The truth, as drift compares it: classes as text, values as numbers; `None` without one.
fn target_column(target: &Target) -> Option<RawColumn> {
    let values = match target {
        Target::Classes {
            classes, indices, ..
        } => RawValues::Texts(
            indices
                .iter()
                .map(|&index| classes.get(index as usize).cloned())
                .collect(),
        ),
        Target::Values(values) => RawValues::Numbers(values.clone()),
        Target::Nothing { .. } => return None,
    };
    Some(RawColumn {
        name: "target".to_owned(),
        values,
    })
}

fn confusion(truth: &Target, prediction: &Prediction) -> Option<Confusion> {
    match (truth, prediction) {
        (
            Target::Classes {
                classes, indices, ..
            },
            Prediction::Classes {
                indices: predicted, ..
            },
        ) => Some(Confusion {
            classes: classes.clone(),
            counts: metrics::confusion(indices, predicted, classes.len()),
        }),
        _ => None,
    }
}

/// Without row numbers: a row that several repeats validated is there as often.
fn stored_validation(scored: &ScoredRows, classes: &[String]) -> StoredPredictions {
    StoredPredictions {
        schema: RUN_SCHEMA,
        rows: (0..scored.positive.len() as u64).collect(),
        classes: classes.to_vec(),
        truth_class: scored
            .positive
            .iter()
            .map(|&positive| positive.into())
            .collect(),
        predicted_class: scored
            .probability
            .iter()
            .map(|&p| (p > 0.5).into())
            .collect(),
        probabilities: scored
            .probability
            .iter()
            .flat_map(|&p| [1.0 - p, p])
            .collect(),
        truth_value: Vec::new(),
        predicted_value: Vec::new(),
        coordinates: Vec::new(),
        n_components: 0,
    }
}

pub(super) fn stored_predictions(fitted: &Fitted, classes: &[String]) -> StoredPredictions {
    let mut stored = StoredPredictions {
        schema: RUN_SCHEMA,
        rows: fitted.test_rows.iter().map(|&row| row as u64).collect(),
        classes: classes.to_vec(),
        truth_class: Vec::new(),
        predicted_class: Vec::new(),
        probabilities: Vec::new(),
        truth_value: Vec::new(),
        predicted_value: Vec::new(),
        coordinates: Vec::new(),
        n_components: 0,
    };
    match &fitted.test_target {
        Target::Classes { indices, .. } => stored.truth_class.clone_from(indices),
        Target::Values(values) => stored.truth_value.clone_from(values),
        Target::Nothing { .. } => {}
    }
    match &fitted.test_prediction {
        Prediction::Classes {
            indices,
            probabilities,
            ..
        } => {
            stored.predicted_class.clone_from(indices);
            stored.probabilities.clone_from(probabilities);
        }
        Prediction::Values(values) => stored.predicted_value.clone_from(values),
        Prediction::Coordinates {
            values,
            n_components,
        } => {
            stored.coordinates.clone_from(values);
            stored.n_components = *n_components;
        }
    }
    stored
}
