//! Whether a recipe can be fitted to a table at all. Said before any row is read.

use std::collections::HashMap;

use super::{ImputeStrategy, InputColumn, Recipe, Step};
use crate::schema::{ColumnType, Schema};

/// Why a recipe cannot be used, one sentence each.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum RecipeError {
    #[error("the recipe has no input; name at least one column other than the target")]
    NoInputs,
    #[error("there is no target column `{0}`; choose one of the columns")]
    UnknownTarget(String),
    #[error("the target `{0}` is among the inputs; take it out, or it would predict itself")]
    TargetIsInput(String),
    #[error("there is no column `{0}`; take it out of the inputs or correct its name")]
    UnknownInput(String),
    #[error("the input `{0}` is named twice; name it once")]
    InputTwice(String),
    #[error("the input `{column}` is said to be {said} and is {found}; correct its kind")]
    Kind {
        column: String,
        said: &'static str,
        found: &'static str,
    },
    #[error("`{column}` is a {kind}, for which there is no step; take it out of the inputs")]
    Time { column: String, kind: &'static str },
    #[error(
        "step {step} ({name}) names `{column}`, which is no input; add it to the inputs or take it out of the step"
    )]
    NotAnInput {
        step: usize,
        name: &'static str,
        column: String,
    },
    #[error(
        "step {step} ({name}) needs numbers, and `{column}` holds text; encode it before, or use another step"
    )]
    NeedsNumber {
        step: usize,
        name: &'static str,
        column: String,
    },
    #[error(
        "step {step} ({name}) needs text, and `{column}` holds numbers; standardise it instead"
    )]
    NeedsText {
        step: usize,
        name: &'static str,
        column: String,
    },
    #[error(
        "step {step} ({name}) comes after the one-hot step of `{column}`, which no longer is one column; move it before"
    )]
    AfterOneHot {
        step: usize,
        name: &'static str,
        column: String,
    },
    #[error("step {step} fills `{column}` with `{value}`, which is no number; write a number")]
    NoNumber {
        step: usize,
        column: String,
        value: String,
    },
    #[error("step {step} (one-hot) keeps no category; let it keep at least 1")]
    NoCategories { step: usize },
    #[error("step {step} (ordinal) names the category `{category}` twice; name it once")]
    CategoryTwice { step: usize, category: String },
    #[error("the text column `{0}` is not encoded by any step; add a one-hot or an ordinal step")]
    NotEncoded(String),
    #[error("`{0}` has missing values and no step fills them; add an impute step")]
    NotImputed(String),
}

/// Checks a recipe against the columns of a table: every column there, of the kind that is said, the target not among
/// the inputs, each step fit for what its columns are by then, and numbers without a gap at the end.
///
/// # Errors
/// The first thing that is wrong.
pub fn validate(recipe: &Recipe, schema: &Schema, target: &str) -> Result<(), RecipeError> {
    if schema.column(target).is_none() {
        return Err(RecipeError::UnknownTarget(target.to_owned()));
    }
    if recipe.inputs.is_empty() {
        return Err(RecipeError::NoInputs);
    }
    let mut states = HashMap::new();
    for input in &recipe.inputs {
        let state = check_input(input, schema, target)?;
        if states.insert(input.name.as_str(), state).is_some() {
            return Err(RecipeError::InputTwice(input.name.clone()));
        }
    }
    for (index, step) in recipe.steps.iter().enumerate() {
        check_step(index + 1, step, &mut states)?;
    }
    for input in &recipe.inputs {
        match states.get(input.name.as_str()) {
            Some(State::Text) => return Err(RecipeError::NotEncoded(input.name.clone())),
            Some(State::Number { gaps: true }) => {
                return Err(RecipeError::NotImputed(input.name.clone()));
            }
            _ => {}
        }
    }
    Ok(())
}

/// What a column is between two steps.
#[derive(Debug, Clone, Copy, PartialEq)]
enum State {
    Text,
    Number { gaps: bool },
    OneHot,
}

fn check_input(input: &InputColumn, schema: &Schema, target: &str) -> Result<State, RecipeError> {
    let column = || input.name.clone();
    if input.name == target {
        return Err(RecipeError::TargetIsInput(column()));
    }
    let Some(found) = schema.column(&input.name) else {
        return Err(RecipeError::UnknownInput(column()));
    };
    if found.kind != input.kind {
        return Err(RecipeError::Kind {
            column: column(),
            said: input.kind.label(),
            found: found.kind.label(),
        });
    }
    match input.kind {
        ColumnType::Text => Ok(State::Text),
        ColumnType::Integer | ColumnType::Float | ColumnType::Boolean => Ok(State::Number {
            gaps: found.nullable,
        }),
        ColumnType::Date | ColumnType::Datetime => Err(RecipeError::Time {
            column: column(),
            kind: input.kind.label(),
        }),
    }
}

fn check_step(
    number: usize,
    step: &Step,
    states: &mut HashMap<&str, State>,
) -> Result<(), RecipeError> {
    match step {
        Step::OneHot {
            max_categories: 0, ..
        } => return Err(RecipeError::NoCategories { step: number }),
        Step::Ordinal { order, .. } => check_order(number, order)?,
        _ => {}
    }
    let name = step_name(step);
    for column in step.columns() {
        let Some(state) = states.get_mut(column.as_str()) else {
            return Err(RecipeError::NotAnInput {
                step: number,
                name,
                column: column.clone(),
            });
        };
        *state = apply(number, step, column, *state)?;
    }
    Ok(())
}

fn check_order(step: usize, order: &[String]) -> Result<(), RecipeError> {
    for (index, category) in order.iter().enumerate() {
        if order.iter().take(index).any(|other| other == category) {
            return Err(RecipeError::CategoryTwice {
                step,
                category: category.clone(),
            });
        }
    }
    Ok(())
}

/// What the column is after the step.
fn apply(number: usize, step: &Step, column: &str, state: State) -> Result<State, RecipeError> {
    let name = step_name(step);
    let column = || column.to_owned();
    if state == State::OneHot {
        return Err(RecipeError::AfterOneHot {
            step: number,
            name,
            column: column(),
        });
    }
    let needs_number = || RecipeError::NeedsNumber {
        step: number,
        name,
        column: column(),
    };
    match (step, state) {
        (
            Step::Impute {
                strategy: ImputeStrategy::Mean | ImputeStrategy::Median,
                ..
            }
            | Step::Standardise { .. }
            | Step::Passthrough { .. },
            State::Text,
        ) => Err(needs_number()),
        (
            Step::Impute {
                strategy: ImputeStrategy::Constant { value },
                ..
            },
            State::Number { .. },
        ) if !is_number(value) => Err(RecipeError::NoNumber {
            step: number,
            column: column(),
            value: value.clone(),
        }),
        (Step::Impute { .. }, State::Number { .. }) => Ok(State::Number { gaps: false }),
        (Step::OneHot { .. } | Step::Ordinal { .. }, State::Number { .. }) => {
            Err(RecipeError::NeedsText {
                step: number,
                name,
                column: column(),
            })
        }
        (Step::OneHot { .. }, _) => Ok(State::OneHot),
        // A missing text is −1 like any unknown one.
        (Step::Ordinal { .. }, _) => Ok(State::Number { gaps: false }),
        (_, state) => Ok(state),
    }
}

fn is_number(text: &str) -> bool {
    text.trim()
        .parse()
        .is_ok_and(|number: f64| number.is_finite())
}

fn step_name(step: &Step) -> &'static str {
    match step {
        Step::Impute { .. } => "impute",
        Step::Standardise { .. } => "standardise",
        Step::OneHot { .. } => "one-hot",
        Step::Ordinal { .. } => "ordinal",
        Step::Passthrough { .. } => "passthrough",
    }
}
