//! Whether a recipe can be fitted to a table at all. Said before any row is read.

mod state;

use self::state::{State, Table};
use super::{InputColumn, Missing, Recipe, Step};
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
        "step {step} ({name}) comes after the step that made several features of `{column}`; move it before"
    )]
    AfterFeatures {
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
    #[error("step {step} ({name}) needs dates, and `{column}` holds none; take it out of the step")]
    NeedsDate {
        step: usize,
        name: &'static str,
        column: String,
    },
    #[error(
        "step {step} ({name}) makes a column `{column}`, which is there already; take one of the two out"
    )]
    NameTaken {
        step: usize,
        name: &'static str,
        column: String,
    },
    #[error("step {step} ({name}) takes two columns, and {found} are named; name two")]
    NotTwo {
        step: usize,
        name: &'static str,
        found: usize,
    },
    #[error("step {step} ({name}) has {setting} = {found}; {rule}")]
    Setting {
        step: usize,
        name: &'static str,
        setting: &'static str,
        found: String,
        rule: &'static str,
    },
    #[error(
        "step {step} ({name}) needs a value in every row, and `{column}` has missing ones; impute it before"
    )]
    NeedsAll {
        step: usize,
        name: &'static str,
        column: String,
    },
    #[error("step {step} ({name}) leaves no column; leave at least one")]
    NothingLeft { step: usize, name: &'static str },
    #[error(
        "the date column `{0}` is not encoded by any step; add a date_parts step or standardise it"
    )]
    DateNotEncoded(String),
    #[error(
        "the text column `{0}` is not encoded by any step; add a one-hot, an ordinal or a tf-idf step"
    )]
    NotEncoded(String),
    #[error(
        "`{0}` has missing values and no step fills them; add an impute step, or take an algorithm that knows missing values"
    )]
    NotImputed(String),
}

/// Checks a recipe against the columns of a table: every column there, of the kind that is said, the target not among
/// the inputs (an empty one is none), each step fit for what its columns are by then, and at the end numbers, without a gap unless `missing`
/// keeps them.
///
/// # Errors
/// The first thing that is wrong.
pub fn validate(
    recipe: &Recipe,
    schema: &Schema,
    target: &str,
    missing: Missing,
) -> Result<(), RecipeError> {
    if !target.is_empty() && schema.column(target).is_none() {
        return Err(RecipeError::UnknownTarget(target.to_owned()));
    }
    if recipe.inputs.is_empty() {
        return Err(RecipeError::NoInputs);
    }
    let mut table = Table::default();
    for input in &recipe.inputs {
        let state = check_input(input, schema, target)?;
        if !table.add(&input.name, &input.name, state) {
            return Err(RecipeError::InputTwice(input.name.clone()));
        }
    }
    for (index, step) in recipe.steps.iter().enumerate() {
        check_settings(index + 1, step)?;
        table.apply(index + 1, step)?;
    }
    match table.left_open() {
        None => Ok(()),
        Some((name, State::Text)) => Err(RecipeError::NotEncoded(name.to_owned())),
        Some((name, State::Date { .. })) => Err(RecipeError::DateNotEncoded(name.to_owned())),
        Some(_) if missing == Missing::Kept => Ok(()),
        Some((name, _)) => Err(RecipeError::NotImputed(name.to_owned())),
    }
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
    let gaps = found.nullable;
    Ok(match input.kind {
        ColumnType::Text => State::Text,
        ColumnType::Integer | ColumnType::Float | ColumnType::Boolean => State::Number { gaps },
        ColumnType::Date | ColumnType::Datetime => State::Date { gaps },
    })
}

fn check_settings(number: usize, step: &Step) -> Result<(), RecipeError> {
    let refuse = |setting, found: String, rule| {
        Err(RecipeError::Setting {
            step: number,
            name: step.label(),
            setting,
            found,
            rule,
        })
    };
    match step {
        Step::OneHot {
            max_categories: 0, ..
        } => Err(RecipeError::NoCategories { step: number }),
        Step::OneHot {
            rare: Some(rare), ..
        } if rare.is_empty() => {
            refuse("rare", "an empty name".to_owned(), "name the rare category")
        }
        Step::Ordinal { order, .. } => check_order(number, order),
        Step::Target {
            n_folds: n @ 0..=1, ..
        } => refuse("n_folds", n.to_string(), "take at least 2"),
        Step::Target {
            smoothing: Some(smoothing),
            ..
        } if !(smoothing.is_finite() && *smoothing >= 0.0) => {
            refuse("smoothing", smoothing.to_string(), "take 0 or more rows")
        }
        Step::Hash { n_buckets: 0, .. } => refuse("n_buckets", "0".to_owned(), "take at least 1"),
        Step::Bins {
            n_bins: n @ 0..=1, ..
        } => refuse("n_bins", n.to_string(), "take at least 2"),
        Step::DateParts { parts, .. } if parts.is_empty() => {
            refuse("parts", "none".to_owned(), "name at least one part")
        }
        Step::Tfidf {
            max_words: n @ (0 | 10_001..),
            ..
        } => refuse("max_words", n.to_string(), "take 1 to 10000"),
        Step::Pca {
            n_components: Some(0),
            ..
        } => refuse("n_components", "0".to_owned(), "take at least 1"),
        Step::Pca {
            variance: Some(share),
            ..
        } if !(*share > 0.0 && *share <= 1.0) => refuse(
            "variance",
            share.to_string(),
            "take more than 0 and at most 1",
        ),
        Step::VarianceFilter { threshold, .. } if !(threshold.is_finite() && *threshold >= 0.0) => {
            refuse("threshold", threshold.to_string(), "take 0 or more")
        }
        Step::CorrelationFilter { threshold, .. } if !(*threshold > 0.0 && *threshold <= 1.0) => {
            refuse(
                "threshold",
                threshold.to_string(),
                "take more than 0 and at most 1",
            )
        }
        Step::Ratio { columns } | Step::Product { columns } if columns.len() != 2 => {
            Err(RecipeError::NotTwo {
                step: number,
                name: step.label(),
                found: columns.len(),
            })
        }
        _ => Ok(()),
    }
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
