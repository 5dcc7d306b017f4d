//! What a recipe learns from the training rows.

use std::collections::HashMap;

use assay_core::recipe::{FittedRecipe, FittedStep, ImputeStrategy, Recipe, Step};
use assay_core::{Columns, RawValues};

use super::{inputs_in_order, text};
use crate::error::Error;

/// Learns from the rows given, and from nothing else.
///
/// Means and standard deviations are over the values that are present. A constant column gets its own value as mean and a
/// standard deviation of 1, so that it becomes 0.
///
/// # Errors
/// [`Error::NoSuchColumn`] for an input that the rows lack; [`Error::Recipe`] for a step that does not fit its column, a
/// text column that never becomes a number, and a statistic of a column without a value.
pub fn fit_recipe(columns: &Columns, recipe: &Recipe) -> Result<FittedRecipe, Error> {
    if recipe.inputs.is_empty() {
        return Err(Error::Recipe("it has no input column".to_owned()));
    }
    let raw = inputs_in_order(columns, &recipe.inputs)?;
    let mut states: HashMap<&str, State> = HashMap::new();
    for column in raw {
        let state = match &column.values {
            RawValues::Numbers(values) => State::Numbers(values.clone()),
            RawValues::Texts(values) => {
                State::Texts(values.iter().map(|v| text(v).map(str::to_owned)).collect())
            }
        };
        if states.insert(&column.name, state).is_some() {
            return Err(Error::Recipe(format!(
                "it names the input `{}` twice",
                column.name
            )));
        }
    }
    let mut fitted = Vec::new();
    for step in &recipe.steps {
        for name in step.columns() {
            let Some(state) = states.get_mut(name.as_str()) else {
                return Err(Error::Recipe(format!(
                    "a step names the column `{name}`, which is no input"
                )));
            };
            let learnt = fit_step(step, name, state)?;
            if let Some(step) = &learnt {
                state.advance(step);
            }
            fitted.extend(learnt);
        }
    }
    let mut features = Vec::new();
    for input in &recipe.inputs {
        match states.get(input.name.as_str()) {
            Some(State::Numbers(_)) => features.push(input.name.clone()),
            Some(State::OneHot(categories)) => {
                features.extend(categories.iter().map(|c| format!("{}={c}", input.name)));
            }
            Some(State::Texts(_)) | None => {
                return Err(Error::Recipe(format!(
                    "the text column `{}` never becomes a number; add a one-hot or an ordinal step",
                    input.name
                )));
            }
        }
    }
    if features.is_empty() {
        return Err(Error::Recipe("it leaves no feature".to_owned()));
    }
    Ok(FittedRecipe {
        schema: recipe.schema,
        inputs: recipe.inputs.clone(),
        steps: fitted,
        features,
    })
}

/// A column on its way through the steps.
enum State {
    /// NaN is missing.
    Numbers(Vec<f64>),
    Texts(Vec<Option<String>>),
    /// Nothing may follow.
    OneHot(Vec<String>),
}

impl State {
    /// The column as the next step sees it.
    fn advance(&mut self, step: &FittedStep) {
        match (&mut *self, step) {
            (Self::Numbers(values), FittedStep::ImputeNumber { value, .. }) => {
                for missing in values.iter_mut().filter(|v| v.is_nan()) {
                    *missing = *value;
                }
            }
            (Self::Numbers(values), FittedStep::Standardise { mean, std, .. }) => {
                for value in values {
                    *value = (*value - mean) / std;
                }
            }
            (Self::Texts(values), FittedStep::ImputeText { value, .. }) => {
                for missing in values.iter_mut().filter(|v| v.is_none()) {
                    *missing = Some(value.clone());
                }
            }
            (Self::Texts(values), FittedStep::Ordinal { categories, .. }) => {
                *self = Self::Numbers(
                    values
                        .iter()
                        .map(|value| position(categories, value.as_deref()))
                        .collect(),
                );
            }
            (_, FittedStep::OneHot { categories, .. }) => *self = Self::OneHot(categories.clone()),
            _ => {}
        }
    }
}

/// A category's place, or −1.
pub(super) fn position(categories: &[String], value: Option<&str>) -> f64 {
    value
        .and_then(|value| categories.iter().position(|category| category == value))
        .map_or(-1.0, |place| place as f64)
}

fn fit_step(step: &Step, name: &str, state: &State) -> Result<Option<FittedStep>, Error> {
    let column = name.to_owned();
    let refuse = |why: &str| Err(Error::Recipe(format!("column `{name}`: {why}")));
    match (step, state) {
        (_, State::OneHot(_)) => refuse("no step may follow a one-hot step"),
        (Step::Passthrough { .. }, State::Numbers(_)) => Ok(None),
        (Step::Passthrough { .. }, State::Texts(_)) => {
            refuse("passthrough needs numbers; text needs a one-hot or an ordinal step")
        }
        (Step::Impute { strategy, .. }, State::Numbers(values)) => {
            let value = number_to_impute(name, strategy, values)?;
            Ok(Some(FittedStep::ImputeNumber { column, value }))
        }
        (Step::Impute { strategy, .. }, State::Texts(values)) => {
            let value = text_to_impute(name, strategy, values)?;
            Ok(Some(FittedStep::ImputeText { column, value }))
        }
        (Step::Standardise { .. }, State::Numbers(values)) => {
            let present: Vec<f64> = values.iter().copied().filter(|v| !v.is_nan()).collect();
            let Some((mean, std)) = mean_and_std(&present) else {
                return no_value(name);
            };
            if !mean.is_finite() || !std.is_finite() {
                return refuse("its values are infinite or too large to standardise");
            }
            Ok(Some(FittedStep::Standardise { column, mean, std }))
        }
        (Step::Standardise { .. }, State::Texts(_)) => refuse("text cannot be standardised"),
        (Step::OneHot { max_categories, .. }, State::Texts(values)) => {
            let categories = most_frequent(values, *max_categories as usize);
            if categories.is_empty() {
                return no_value(name);
            }
            Ok(Some(FittedStep::OneHot { column, categories }))
        }
        (Step::Ordinal { order, .. }, State::Texts(values)) => {
            let categories = if order.is_empty() {
                most_frequent(values, usize::MAX)
            } else {
                order.clone()
            };
            if categories.is_empty() {
                return no_value(name);
            }
            Ok(Some(FittedStep::Ordinal { column, categories }))
        }
        (Step::OneHot { .. } | Step::Ordinal { .. }, State::Numbers(_)) => refuse(
            "one-hot and ordinal steps take text; let the column enter as text to encode its numbers",
        ),
    }
}

fn no_value<T>(name: &str) -> Result<T, Error> {
    Err(Error::Recipe(format!(
        "column `{name}` has no value in the training rows; leave it out"
    )))
}

fn number_to_impute(name: &str, strategy: &ImputeStrategy, values: &[f64]) -> Result<f64, Error> {
    let mut present: Vec<f64> = values.iter().copied().filter(|v| !v.is_nan()).collect();
    let value = match strategy {
        ImputeStrategy::Constant { value } => {
            return match value.trim().parse::<f64>() {
                Ok(value) if value.is_finite() => Ok(value),
                _ => Err(Error::Recipe(format!(
                    "column `{name}` is numeric, and `{value}` to fill it with is no number"
                ))),
            };
        }
        ImputeStrategy::Mean => mean_and_std(&present).map(|(mean, _)| mean),
        ImputeStrategy::Median => {
            present.sort_by(f64::total_cmp);
            assay_core::sketch::quantile(&present, 0.5)
        }
        ImputeStrategy::Mode => {
            present.sort_by(f64::total_cmp);
            present
                .chunk_by(|a, b| a == b)
                .rev()
                .max_by_key(|run| run.len())
                .and_then(|run| run.first().copied())
        }
    };
    match value {
        None => no_value(name),
        Some(value) if value.is_finite() => Ok(value),
        Some(_) => Err(Error::Recipe(format!(
            "column `{name}` holds infinite values; mend them or leave it out"
        ))),
    }
}

fn text_to_impute(
    name: &str,
    strategy: &ImputeStrategy,
    values: &[Option<String>],
) -> Result<String, Error> {
    match strategy {
        ImputeStrategy::Constant { value } if value.is_empty() => Err(Error::Recipe(format!(
            "column `{name}` cannot be filled with the empty text, which means missing"
        ))),
        ImputeStrategy::Constant { value } => Ok(value.clone()),
        ImputeStrategy::Mode => match most_frequent(values, 1).pop() {
            Some(value) => Ok(value),
            None => no_value(name),
        },
        ImputeStrategy::Mean | ImputeStrategy::Median => Err(Error::Recipe(format!(
            "column `{name}` is text, which has no mean and no median; fill it with the mode or a constant"
        ))),
    }
}

/// Mean and population standard deviation, in two passes. Of equal values: that value and 1, whatever rounding would say.
fn mean_and_std(values: &[f64]) -> Option<(f64, f64)> {
    let first = *values.first()?;
    if values.iter().all(|value| *value == first) {
        return Some((first, 1.0));
    }
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / n;
    let std = variance.sqrt();
    Some((mean, if std == 0.0 { 1.0 } else { std }))
}

/// The most frequent texts (ties in text order), at most `limit`, in text order.
fn most_frequent(values: &[Option<String>], limit: usize) -> Vec<String> {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for value in values.iter().flatten() {
        *counts.entry(value).or_default() += 1;
    }
    let mut counts: Vec<(&str, usize)> = counts.into_iter().collect();
    counts.sort_by(|(a, n_a), (b, n_b)| n_b.cmp(n_a).then(a.cmp(b)));
    counts.truncate(limit);
    let mut kept: Vec<String> = counts
        .into_iter()
        .map(|(text, _)| text.to_owned())
        .collect();
    kept.sort();
    kept
}
