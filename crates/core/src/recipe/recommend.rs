//! The recipe that a data set gets when nobody wrote one.

use super::{ImputeStrategy, InputColumn, LeftOut, RECIPE_SCHEMA, Recipe, Step};
use crate::profile::{ColumnProfile, Profile};
use crate::schema::{Column, ColumnType, Schema};
use crate::words::count;

/// One-hot features per text column.
const MAX_CATEGORIES: u32 = 32;
/// What a missing text becomes: a category like any other.
const MISSING_TEXT: &str = "(missing)";
/// Texts this long on average are sentences, not categories.
const FREE_TEXT_CHARS: f64 = 60.0;

/// Recommends how to turn the columns, all but the target, into features.
///
/// - Numbers: missing values become the median, then standardised.
/// - Booleans: missing values become the most frequent value.
/// - Texts of at most 32 distinct values, or of more as long as a value stands for two rows on average: missing
///   becomes a category of its own, the 32 most frequent categories become a feature each.
/// - Left out, each with its reason: ids, free text, dates and date-times, columns without a value.
///
/// Missing values are filled in every column, also where training saw none, so that one in production is no failure.
/// Constant columns stay: they teach the model nothing, but drift watches them.
pub fn recommend(profile: &Profile, schema: &Schema, target: &str) -> Recipe {
    let mut inputs = Vec::new();
    let mut left_out = Vec::new();
    for column in schema.columns.iter().filter(|c| c.name != target) {
        let seen = profile.columns.iter().find(|seen| seen.name == column.name);
        match reason_against(column, seen) {
            Some(reason) => left_out.push(LeftOut {
                column: column.name.clone(),
                reason,
            }),
            None => inputs.push(InputColumn {
                name: column.name.clone(),
                kind: column.kind,
            }),
        }
    }
    Recipe {
        schema: RECIPE_SCHEMA,
        steps: steps(&inputs),
        inputs,
        left_out,
    }
}

fn steps(inputs: &[InputColumn]) -> Vec<Step> {
    let of = |wanted: fn(ColumnType) -> bool| -> Vec<String> {
        let columns = inputs.iter().filter(|input| wanted(input.kind));
        columns.map(|input| input.name.clone()).collect()
    };
    let numbers = of(ColumnType::is_numeric);
    let booleans = of(|kind| kind == ColumnType::Boolean);
    let texts = of(|kind| kind == ColumnType::Text);
    let impute = |columns: &[String], strategy| Step::Impute {
        columns: columns.to_vec(),
        strategy,
    };
    let missing = ImputeStrategy::Constant {
        value: MISSING_TEXT.to_owned(),
    };
    let mut steps = vec![
        impute(&numbers, ImputeStrategy::Median),
        impute(&booleans, ImputeStrategy::Mode),
        impute(&texts, missing),
        Step::Standardise { columns: numbers },
        Step::Passthrough { columns: booleans },
        Step::OneHot {
            columns: texts,
            max_categories: MAX_CATEGORIES,
        },
    ];
    steps.retain(|step| !step.columns().is_empty());
    steps
}

/// Why a column does not enter, in words; `None`: it does.
fn reason_against(column: &Column, seen: Option<&ColumnProfile>) -> Option<String> {
    let Some(seen) = seen else {
        return Some("it has no profile".to_owned());
    };
    if seen.n_values() == 0 {
        return Some("it holds no value".to_owned());
    }
    if seen.looks_like_id() {
        return Some("it names the rows: no value occurs twice".to_owned());
    }
    match column.kind {
        ColumnType::Date => Some("dates have no recipe step yet".to_owned()),
        ColumnType::Datetime => Some("date-times have no recipe step yet".to_owned()),
        ColumnType::Text => text_reason(seen),
        ColumnType::Integer | ColumnType::Float | ColumnType::Boolean => None,
    }
}

fn text_reason(seen: &ColumnProfile) -> Option<String> {
    let long = seen
        .text
        .as_ref()
        .is_some_and(|text| text.mean_length > FREE_TEXT_CHARS);
    let few = seen.n_distinct <= u64::from(MAX_CATEGORIES);
    let repeats = seen.n_distinct * 2 <= seen.n_values();
    let distinct = format!(
        "{} distinct values in {} rows",
        count(seen.n_distinct),
        count(seen.n_rows)
    );
    match (few, repeats, long) {
        (true, _, _) | (false, true, false) => None,
        (false, _, true) => Some(format!("it is free text: {distinct}")),
        (false, false, false) => Some(format!("it is an id or free text: {distinct}")),
    }
}
