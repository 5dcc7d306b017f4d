//! Recipes: raw columns become features. Fitted on the rows given, applied in double precision.

mod apply;
mod cell;
mod components;
mod filters;
mod fit;
mod numbers;
mod power;
mod raw;
mod rows;
mod target_means;
mod texts;
mod words;

pub use apply::apply_recipe;
pub use cell::{is_missing_text, number_text, time_number};
pub use fit::{fit_and_apply, fit_recipe};
pub use raw::raw_columns;

use assay_core::recipe::PlanError;

use crate::error::Error;

impl From<PlanError> for Error {
    fn from(error: PlanError) -> Self {
        Self::Recipe(error.to_string())
    }
}

/// An empty text counts as missing.
fn text(value: &Option<String>) -> Option<&str> {
    value.as_deref().filter(|text| !text.is_empty())
}
