//! One model on some rows, and what it says of others: what the run, its folds and its learning curve share.

use std::collections::BTreeMap;

use assay_core::matrix::Prediction;
use assay_core::model::Model;
use assay_core::recipe::{FittedRecipe, Missing};
use assay_core::train::ParamValue;
use assay_core::{Columns, Task};
use assay_learn::Training;

use super::{Plan, weights};
use crate::error::Cause;

/// A recipe and a model, fitted on the same rows.
pub struct FittedModel {
    pub recipe: FittedRecipe,
    pub model: Model,
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
        task.step(0, 0, "fitting the recipe");
        let target = self.target.target.take(positions);
        let (recipe, matrix) = assay_frame::fit_and_apply(
            columns,
            &target,
            &self.recipe,
            missing_of(&self.algorithm)?,
            task,
        )?;
        task.check()?;
        let weights = weights::take(self.weights.as_deref(), positions)?;
        let training = Training {
            x: &matrix,
            y: &target,
            weights: weights.as_deref(),
            seed,
            task,
        };
        let model =
            assay_learn::fit_transformed(&self.algorithm, params, self.transform, &training)?;
        Ok(FittedModel { recipe, model })
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
