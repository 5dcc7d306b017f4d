//! A run trained again from what its record says, and held against what it left behind.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Instant;

use assay_core::code::Code;
use assay_core::reference::Reference;
use assay_core::reproduction::{EnvironmentDifference, MetricDifference, Reproduction};
use assay_core::run::{RunEnvironment, StoredPredictions, TrainRecord};
use assay_core::train::TrainSpec;
use assay_core::{RunId, Target, Task, metrics};

use super::{Fitted, environment, keep};
use crate::error::{Attempt, Cause};
use crate::{Error, Lab};

impl Lab {
    /// Trains a finished run again, keeping nothing, and says whether it comes out the same to the bit.
    ///
    /// # Errors
    /// A run that Assay did not train or that did not finish; data that was deleted or whose content is another.
    pub fn reproduce(&self, run_id: &RunId, task: &Task) -> Result<Reproduction, Error> {
        self.trained_again(run_id, task)
            .attempt(|| format!("reproduce run {run_id}"))
    }

    fn trained_again(&self, run_id: &RunId, task: &Task) -> Result<Reproduction, Cause> {
        let started = Instant::now();
        let before = self.store.run_parts(run_id)?;
        let record = before.record.ok_or_else(|| {
            Cause::with_hint(
                Code::Invalid,
                "there is no record of how it was trained",
                "choose a finished run that was trained in this lab",
            )
        })?;
        let spec = spec_of(&record);
        let plan = self.plan(&spec, task)?;
        if plan.version.content != record.dataset_version {
            return Err(Cause::said(
                Code::Conflict,
                format!(
                    "the rows of `{}` are not those it was trained on",
                    spec.dataset
                ),
            ));
        }
        let params = match &record.chosen_params {
            Some(chosen) => &assay_learn::resolve_params(&plan.algorithm, chosen)?,
            None => &plan.params,
        };
        let fitted = self.fit_once(&spec, &plan, params, task)?;
        task.step(0, 0, "comparing");
        let exported =
            assay_onnx::export(&fitted.fitted, &fitted.model, &keep::about(&record, run_id))?;
        let artifact = |path: &str| -> Result<PathBuf, Cause> {
            let artifacts = &before.artifacts;
            let found = artifacts.iter().find(|artifact| artifact.path == path);
            let found = found.ok_or_else(|| {
                Cause::said(Code::NotFound, format!("its artifact `{path}` is gone"))
            })?;
            Ok(self.store.object_path(&found.object)?)
        };
        let kept =
            std::fs::read(artifact(keep::MODEL)?).map_err(|error| Cause::io(self.path(), error))?;
        let model_identical = kept == exported.bytes;
        let stored = assay_frame::read_predictions(&artifact(keep::PREDICTIONS)?)?;
        let now = keep::stored_predictions(&fitted, &record.classes);
        let (n_rows_differing, max_difference) = differences(&stored, &now);
        let predictions_identical = stored == now;
        let recipe_identical = record.fitted == fitted.fitted;
        let here = environment::describe(
            &self.environment.folder,
            self.runtime()?.version(),
            &record.algorithm,
        );
        Ok(Reproduction {
            run_id: run_id.clone(),
            identical: recipe_identical && model_identical && predictions_identical,
            recipe_identical,
            model_identical,
            predictions_identical,
            n_test_rows: now.rows.len() as u64,
            n_rows_differing,
            max_difference,
            metrics: metric_differences(&before.summary.metrics, &fitted, &spec)?,
            environment: environment_differences(&record.environment, &here),
            duration_secs: started.elapsed().as_secs_f64(),
        })
    }
}

/// What decides the model: neither folds nor curves do, nor does a newer version of the data.
fn spec_of(record: &TrainRecord) -> TrainSpec {
    TrainSpec {
        dataset: Reference::version(record.dataset.as_str(), record.dataset_number),
        recipe: Some(record.recipe.clone()),
        named_recipe: None,
        cv_folds: None,
        learning_curve: None,
        ..record.spec.clone()
    }
}

/// Rows with another answer, and the largest distance between two probabilities or values.
fn differences(before: &StoredPredictions, now: &StoredPredictions) -> (u64, f64) {
    let n_rows = before.rows.len().max(now.rows.len());
    if before.rows != now.rows {
        return (n_rows as u64, f64::INFINITY);
    }
    let classes = before.predicted_class.iter().zip(&now.predicted_class);
    let values = before.predicted_value.iter().zip(&now.predicted_value);
    let width = now.n_components.max(1);
    let n_moved = (before.coordinates.chunks(width))
        .zip(now.coordinates.chunks(width))
        .filter(|(before, now)| before != now)
        .count();
    let coordinates = before.coordinates.iter().zip(&now.coordinates);
    let n_other = classes.filter(|(before, now)| before != now).count()
        + values
            .clone()
            .filter(|(before, now)| before.to_bits() != now.to_bits())
            .count()
        + n_moved;
    let probabilities = before.probabilities.iter().zip(&now.probabilities);
    let largest = values
        .chain(probabilities)
        .chain(coordinates)
        .map(|(before, now)| (before - now).abs())
        .fold(0.0, f64::max);
    (n_other as u64, largest)
}

fn metric_differences(
    before: &BTreeMap<String, f64>,
    fitted: &Fitted,
    spec: &TrainSpec,
) -> Result<Vec<MetricDifference>, Cause> {
    let now = match &fitted.test_target {
        Target::Nothing { .. } => fitted
            .metrics_without_target(spec.seed, &Task::silent())?
            .into_iter()
            .collect(),
        truth => metrics::evaluate(truth, &fitted.test_prediction)?,
    };
    Ok(now
        .into_iter()
        .filter_map(|(key, now)| {
            let name = format!("test.{key}");
            let before = *before.get(&name)?;
            (before.to_bits() != now.to_bits()).then_some(MetricDifference { name, before, now })
        })
        .collect())
}

fn environment_differences(
    before: &RunEnvironment,
    now: &RunEnvironment,
) -> Vec<EnvironmentDifference> {
    let commit = |environment: &RunEnvironment| {
        let dirty = environment.git_dirty.unwrap_or(false);
        let commit = environment.git_commit.clone().unwrap_or_else(none);
        format!("{commit}{}", if dirty { ", changed files" } else { "" })
    };
    [
        ("version of Assay", before.assay.clone(), now.assay.clone()),
        ("system", before.os.clone(), now.os.clone()),
        ("processor", before.arch.clone(), now.arch.clone()),
        (
            "processor features",
            before.cpu_features.join(" "),
            now.cpu_features.join(" "),
        ),
        (
            "threads",
            before.n_threads.to_string(),
            now.n_threads.to_string(),
        ),
        (
            "ONNX Runtime",
            before.onnx_runtime.clone(),
            now.onnx_runtime.clone(),
        ),
        (
            "LightGBM",
            before.lightgbm.clone().unwrap_or_else(none),
            now.lightgbm.clone().unwrap_or_else(none),
        ),
        ("git commit", commit(before), commit(now)),
    ]
    .into_iter()
    .filter(|(_, before, now)| before != now)
    .map(|(what, before, now)| EnvironmentDifference {
        what: what.to_owned(),
        before,
        now,
    })
    .collect()
}

fn none() -> String {
    "none".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn predictions(values: &[f64]) -> StoredPredictions {
        StoredPredictions {
            schema: 1,
            rows: (0..values.len() as u64).collect(),
            classes: Vec::new(),
            truth_class: Vec::new(),
            predicted_class: Vec::new(),
            probabilities: Vec::new(),
            truth_value: Vec::new(),
            predicted_value: values.to_vec(),
            coordinates: Vec::new(),
            n_components: 0,
        }
    }

    #[test]
    fn a_single_bit_counts() {
        let before = predictions(&[1.0, 2.0, 0.0]);
        assert_eq!(differences(&before, &before), (0, 0.0));
        let bit = f64::from_bits(2.0_f64.to_bits() + 1);
        let now = predictions(&[1.0, bit, 0.5]);
        assert_eq!(differences(&before, &now), (2, 0.5));
        assert_eq!(
            differences(&before, &predictions(&[1.0])),
            (3, f64::INFINITY)
        );
    }

    #[test]
    fn what_is_not_as_it_was_is_named() {
        let before = RunEnvironment {
            assay: "0.1.0".to_owned(),
            n_threads: 2,
            git_commit: Some("abc".to_owned()),
            ..RunEnvironment::default()
        };
        let now = RunEnvironment {
            n_threads: 4,
            git_dirty: Some(true),
            ..before.clone()
        };
        let found: Vec<String> = environment_differences(&before, &now)
            .into_iter()
            .map(|found| format!("{}: {} -> {}", found.what, found.before, found.now))
            .collect();
        assert_eq!(
            found,
            ["threads: 2 -> 4", "git commit: abc -> abc, changed files"]
        );
    }
}
