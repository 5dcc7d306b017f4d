//! Recipes fitted and applied.

use assay_core::recipe::{FittedRecipe, InputColumn, Recipe};
use assay_core::{Columns, Matrix};

use crate::error::Error;
use crate::frame::Frame;

/// The inputs as they enter the exported graph, for the 0-based `rows` in that order.
///
/// # Errors
/// [`Error::NoSuchColumn`], [`Error::WrongType`] (dates; text where a number is needed).
pub fn raw_columns(frame: &Frame, rows: &[usize], inputs: &[InputColumn]) -> Result<Columns, Error> {
    let _ = (frame, rows, inputs);
    Err(Error::NoTimes)
}

/// Learns from the rows given, and from nothing else.
///
/// # Errors
/// [`Error::Recipe`], [`Error::NoSuchColumn`].
pub fn fit_recipe(columns: &Columns, recipe: &Recipe) -> Result<FittedRecipe, Error> {
    let _ = (columns, recipe);
    Err(Error::NoTimes)
}

/// # Errors
/// [`Error::MissingValue`], [`Error::NotFinite`], [`Error::NoSuchColumn`].
pub fn apply_recipe(columns: &Columns, recipe: &FittedRecipe) -> Result<Matrix, Error> {
    let _ = (columns, recipe);
    Err(Error::NoTimes)
}
