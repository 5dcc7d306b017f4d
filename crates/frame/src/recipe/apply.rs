//! A fitted recipe applied: the same arithmetic as the exported graph.

use std::collections::HashMap;

use assay_core::recipe::{FittedRecipe, FittedStep};
use assay_core::{Columns, Matrix, RawColumn, RawValues};

use super::fit::position;
use super::{inputs_in_order, text};
use crate::error::Error;

/// Features of the rows given. Everything is computed in f64 (standardising as a subtraction and a division) and rounded to
/// f32 once, at the end.
///
/// # Errors
/// [`Error::NoSuchColumn`]; [`Error::MissingValue`] where no step filled a missing number; [`Error::NotFinite`] for a
/// value that f32 cannot hold (the graph's cast would make it infinite); [`Error::Recipe`] for a step that does not fit
/// its column.
pub fn apply_recipe(columns: &Columns, recipe: &FittedRecipe) -> Result<Matrix, Error> {
    let raw = inputs_in_order(columns, &recipe.inputs)?;
    let mut features: Vec<Vec<f32>> = Vec::with_capacity(recipe.features.len());
    for column in raw {
        let steps = recipe
            .steps
            .iter()
            .filter(|step| step.column() == column.name);
        features.extend(column_features(column, steps)?);
    }
    if features.len() != recipe.features.len() {
        return Err(Error::Recipe(format!(
            "it names {} features and makes {}",
            recipe.features.len(),
            features.len()
        )));
    }
    let n_rows = columns.n_rows;
    let n_features = features.len();
    let mut values = vec![0.0; n_rows * n_features];
    for (place, feature) in features.iter().enumerate() {
        let slots = values.iter_mut().skip(place).step_by(n_features.max(1));
        for (slot, value) in slots.zip(feature) {
            *slot = *value;
        }
    }
    Ok(Matrix {
        n_rows,
        names: recipe.features.clone(),
        values,
    })
}

enum Work {
    Numbers(Vec<f64>),
    Texts(Vec<Option<String>>),
}

fn column_features<'a>(
    column: &RawColumn,
    steps: impl Iterator<Item = &'a FittedStep>,
) -> Result<Vec<Vec<f32>>, Error> {
    let mut work = match &column.values {
        RawValues::Numbers(values) => Work::Numbers(values.clone()),
        RawValues::Texts(values) => {
            Work::Texts(values.iter().map(|v| text(v).map(str::to_owned)).collect())
        }
    };
    for step in steps {
        work = match (work, step) {
            (Work::Numbers(values), FittedStep::ImputeNumber { value, .. }) => Work::Numbers(
                values
                    .into_iter()
                    .map(|v| if v.is_nan() { *value } else { v })
                    .collect(),
            ),
            (Work::Numbers(values), FittedStep::Standardise { mean, std, .. }) => {
                Work::Numbers(values.into_iter().map(|v| (v - mean) / std).collect())
            }
            (Work::Texts(values), FittedStep::ImputeText { value, .. }) => Work::Texts(
                values
                    .into_iter()
                    .map(|v| v.or_else(|| Some(value.clone())))
                    .collect(),
            ),
            (Work::Texts(values), FittedStep::Ordinal { categories, .. }) => Work::Numbers(
                values
                    .iter()
                    .map(|value| position(categories, value.as_deref()))
                    .collect(),
            ),
            (Work::Texts(values), FittedStep::OneHot { categories, .. }) => {
                return Ok(one_hot(&values, categories));
            }
            _ => {
                return Err(Error::Recipe(format!(
                    "a step does not fit the column `{}`",
                    column.name
                )));
            }
        };
    }
    match work {
        Work::Numbers(values) => Ok(vec![rounded(&column.name, &values)?]),
        Work::Texts(_) => Err(Error::Recipe(format!(
            "the text column `{}` never becomes a number",
            column.name
        ))),
    }
}

fn one_hot(values: &[Option<String>], categories: &[String]) -> Vec<Vec<f32>> {
    let places: HashMap<&str, usize> = categories
        .iter()
        .enumerate()
        .map(|(place, category)| (category.as_str(), place))
        .collect();
    let mut features = vec![vec![0.0; values.len()]; categories.len()];
    for (row, value) in values.iter().enumerate() {
        let feature = value
            .as_deref()
            .and_then(|value| places.get(value))
            .and_then(|place| features.get_mut(*place));
        if let Some(slot) = feature.and_then(|feature| feature.get_mut(row)) {
            *slot = 1.0;
        }
    }
    features
}

fn rounded(column: &str, values: &[f64]) -> Result<Vec<f32>, Error> {
    values
        .iter()
        .zip(1..)
        .map(|(value, row)| {
            let narrow = *value as f32;
            if narrow.is_finite() {
                Ok(narrow)
            } else if value.is_nan() {
                Err(Error::MissingValue {
                    column: column.to_owned(),
                    row,
                })
            } else {
                Err(Error::NotFinite {
                    column: column.to_owned(),
                    row,
                    value: *value,
                })
            }
        })
        .collect()
}
