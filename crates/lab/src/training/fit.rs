//! One model on some rows, and what it says of others: what the run, its folds and its learning curve share.

use std::collections::BTreeMap;

use assay_core::matrix::Prediction;
use assay_core::model::Model;
use assay_core::recipe::FittedRecipe;
use assay_core::train::ParamValue;
use assay_core::{Columns, Matrix, Target, Task};
use assay_learn::Training;

use super::Plan;
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

    /// Fits the recipe and the model on these columns and their target alone.
    pub fn fit(
        &self,
        params: &BTreeMap<String, ParamValue>,
        columns: &Columns,
        target: &Target,
        seed: u64,
        task: &Task,
    ) -> Result<FittedModel, Cause> {
        task.step(0, 0, "fitting the recipe");
        let recipe = assay_frame::fit_recipe(columns, &self.recipe)?;
        let matrix = assay_frame::apply_recipe(columns, &recipe)?;
        task.check()?;
        let model = fit(&self.algorithm, params, &matrix, target, seed, task)?;
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
        let target = self.target.target.take(train);
        let fitted = self.fit(params, &self.columns(train)?, &target, seed, task)?;
        fitted.predict(&self.columns(validation)?)
    }
}

impl FittedModel {
    pub fn predict(&self, columns: &Columns) -> Result<Prediction, Cause> {
        let matrix = assay_frame::apply_recipe(columns, &self.recipe)?;
        Ok(assay_learn::predict(&self.model, &matrix))
    }
}

fn fit(
    algorithm: &str,
    params: &BTreeMap<String, ParamValue>,
    matrix: &Matrix,
    target: &Target,
    seed: u64,
    task: &Task,
) -> Result<Model, Cause> {
    let training = Training {
        x: matrix,
        y: target,
        weights: None,
        seed,
        task,
    };
    Ok(assay_learn::fit(algorithm, params, &training)?)
}
