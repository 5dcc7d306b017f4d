//! One model on some rows, and what it says of others: what the run, its folds and its learning curve share.

use std::collections::BTreeMap;

use assay_core::matrix::Prediction;
use assay_core::model::Model;
use assay_core::recipe::{FittedRecipe, Missing, Recipe};
use assay_core::train::{ParamValue, TargetTransform};
use assay_core::{Columns, Target, Task};
use assay_learn::Training;

use super::{Plan, weights};
use crate::error::Cause;

/// A recipe and a model, fitted on the same rows.
pub struct FittedModel {
    pub recipe: FittedRecipe,
    pub model: Model,
}

/// All that decides a model besides its rows.
pub struct Fitting<'a> {
    pub algorithm: &'a str,
    pub params: &'a BTreeMap<String, ParamValue>,
    pub recipe: &'a Recipe,
    pub transform: Option<TargetTransform>,
    /// One a row; `None`: each counts 1.
    pub weights: Option<&'a [f32]>,
    pub seed: u64,
}

impl Plan {
    /// 0-based rows of the version.
    pub fn version_rows(&self, positions: &[usize]) -> Vec<usize> {
        positions
            .iter()
            .filter_map(|&position| self.target.rows.get(position).copied())
            .collect()
    }

    pub fn columns(&self, positions: &[usize]) -> Result<Columns, Cause> {
        let rows = self.version_rows(positions);
        Ok(assay_frame::raw_columns(
            &self.frame,
            &rows,
            &self.recipe.inputs,
        )?)
    }

    /// Fits the recipe and the model on these rows alone, and calibrates it where that was asked for; `columns` are
    /// theirs.
    pub fn fit(
        &self,
        params: &BTreeMap<String, ParamValue>,
        columns: &Columns,
        positions: &[usize],
        seed: u64,
        task: &Task,
    ) -> Result<FittedModel, Cause> {
        let fitted = self.fit_as_it_is(params, columns, positions, seed, task)?;
        match self.calibrate {
            Some(method) => self.calibrated(fitted, method, params, (positions, seed), task),
            None => Ok(fitted),
        }
    }

    /// Without a calibration.
    pub fn fit_as_it_is(
        &self,
        params: &BTreeMap<String, ParamValue>,
        columns: &Columns,
        positions: &[usize],
        seed: u64,
        task: &Task,
    ) -> Result<FittedModel, Cause> {
        let target = self.target.target.take(positions);
        let weights = weights::take(self.weights.as_deref(), positions)?;
        let fitting = Fitting {
            algorithm: &self.algorithm,
            params,
            recipe: &self.recipe,
            transform: self.transform,
            weights: weights.as_deref(),
            seed,
        };
        fit_rows(&fitting, columns, &target, task)
    }

    /// A model on the rows `train`, and what it says of the rows `validation`.
    pub fn fit_and_predict(
        &self,
        params: &BTreeMap<String, ParamValue>,
        (train, validation): (&[usize], &[usize]),
        seed: u64,
        task: &Task,
    ) -> Result<Prediction, Cause> {
        let fitted = self.fit(params, &self.columns(train)?, train, seed, task)?;
        fitted.predict(&self.columns(validation)?)
    }
}

pub fn fit_rows(
    fitting: &Fitting<'_>,
    columns: &Columns,
    target: &Target,
    task: &Task,
) -> Result<FittedModel, Cause> {
    task.step(0, 0, "fitting the recipe");
    let missing = missing_of(fitting.algorithm)?;
    let (recipe, matrix) =
        assay_frame::fit_and_apply(columns, target, fitting.recipe, missing, task)?;
    task.check()?;
    let training = Training {
        x: &matrix,
        y: target,
        weights: fitting.weights,
        seed: fitting.seed,
        task,
    };
    let (algorithm, params) = (fitting.algorithm, fitting.params);
    let model = assay_learn::fit_transformed(algorithm, params, fitting.transform, &training)?;
    Ok(FittedModel { recipe, model })
}

impl FittedModel {
    pub fn predict(&self, columns: &Columns) -> Result<Prediction, Cause> {
        let matrix = assay_frame::apply_recipe(columns, &self.recipe)?;
        Ok(assay_learn::predict(&self.model, &matrix))
    }
}

/// What becomes of numbers that no step filled.
pub fn missing_of(algorithm: &str) -> Result<Missing, Cause> {
    Ok(if assay_learn::algorithm(algorithm)?.takes_missing {
        Missing::Kept
    } else {
        Missing::Refused
    })
}
